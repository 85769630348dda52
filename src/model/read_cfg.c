// Stage: model. A libconfig file -> struct model. What a file may hold is in the tables of fields;
// variables may stand in the model itself or in named `parts`, all in one name space.
#include "model/read_cfg.h"

#include "base/array.h"
#include "model/macro.h"
#include "model/read_cfg_private.h"
#include "model/read_spec.h"
#include "model/time.h"
#include "model/unit.h"

#include <math.h>
#include <string.h>

#define CUSTOM(key, read)                                                                          \
    {                                                                                              \
        key, FIELD_CUSTOM, 0, false, read                                                          \
    }

static void read_arguments(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct macro *macro = object;
    references_read(cfg, setting, &macro->parameters, &macro->n_parameters);
    macro->n_needed = macro->n_parameters;
}

static void read_macro_equation(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct macro *macro = object;
    equation_setting_read(cfg, setting, &macro->equation);
}

static const struct field macro_fields[] = {
    {"arguments", FIELD_CUSTOM, 0, true, read_arguments},
    {"equation", FIELD_CUSTOM, 0, true, read_macro_equation},
    {"doc", FIELD_TEXT, offsetof(struct macro, doc), false, NULL},
};

// The doc, in two languages, of a function that another reader has read.
static void annotate_macro(struct cfg_reader *cfg, config_setting_t *group,
                           const struct model *model)
{
    const char *name = config_setting_name(group);
    struct macro *macro = model_find_macro(model, name_key(cfg->arena, name, strlen(name)));
    config_setting_t *doc = config_setting_get_member(group, "doc");
    if (macro && doc)
        field_read(cfg, doc, &macro_fields[2], macro);
}

static void read_macro(struct cfg_reader *cfg, config_setting_t *group, void *object)
{
    struct part_reader *reader = object;
    const char *name = config_setting_name(group);
    if (reader->is_annotation) {
        annotate_macro(cfg, group, reader->model);
        return;
    }
    struct macro *macro =
        model_add_macro(reader->model, name, setting_position(cfg, group), cfg->diag);
    if (macro)
        fields_read(cfg, group, macro_fields, ARRAY_COUNT(macro_fields), macro,
                    arena_format(cfg->arena, "function '%s'", name));
}

static void read_macros(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    groups_read(cfg, setting, "function", read_macro, object);
}

#define SECTION_FIELDS                                                                             \
    CUSTOM("parameters", parameters_read), CUSTOM("stocks", stocks_read),                          \
        CUSTOM("flows", flows_read), CUSTOM("auxiliaries", auxiliaries_read),                      \
        CUSTOM("tables", tables_read), CUSTOM("inputs", inputs_read),                              \
        CUSTOM("functions", read_macros)

#define PART_MEMBER(key, member)                                                                   \
    {                                                                                              \
        key, FIELD_TEXT, offsetof(struct part_reader, member), false, NULL                         \
    }

static const struct field part_fields[] = {
    PART_MEMBER("title", title),
    PART_MEMBER("doc", doc),
    SECTION_FIELDS,
};

static void read_part(struct cfg_reader *cfg, config_setting_t *group, void *object)
{
    struct part_reader *outer = object;
    struct part_reader reader = {outer->model, .is_annotation = outer->is_annotation};
    reader.name = arena_copy_string(cfg->arena, config_setting_name(group));
    fields_read(cfg, group, part_fields, ARRAY_COUNT(part_fields), &reader,
                arena_format(cfg->arena, "part '%s'", reader.name));
    struct part part = {reader.name, reader.title, reader.doc};
    if (!outer->is_annotation) {
        ARRAY_PUSH(cfg->arena, &outer->model->parts) = part;
        return;
    }
    for (size_t i = 0; i < outer->model->parts.count; i++)
        if (strcmp(outer->model->parts.items[i].name, part.name) == 0)
            outer->model->parts.items[i] = part;
}

static void read_parts(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    groups_read(cfg, setting, "part", read_part, object);
}

static void read_units(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct part_reader *reader = object;
    struct reference *names = NULL;
    int count = 0;
    references_read(cfg, setting, &names, &count);
    for (int i = 0; i < count; i++) {
        unit_define(reader->model->units, names[i].name);
        ARRAY_PUSH(cfg->arena, &reader->model->unit_names) = names[i].name;
    }
}

static void read_time(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct part_reader *reader = object;
    time_spec_read(cfg, setting, reader->is_annotation ? &reader->time : &reader->model->time);
}

static void read_metrics(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct part_reader *reader = object;
    metric_specs_read(cfg, setting, &reader->model->metrics);
}

static void read_checks(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct part_reader *reader = object;
    check_specs_read(cfg, setting, &reader->model->checks);
}

static void read_charts(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct part_reader *reader = object;
    chart_specs_read(cfg, setting, &reader->model->charts);
}

static void read_name(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct part_reader *reader = object;
    const char *name = name_read(cfg, setting);
    if (name)
        reader->model->name = name;
}

// A list of texts.
static void read_leaves_out(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    static const struct field text = {"leaves_out", FIELD_TEXT, 0, false, NULL};
    struct model *model = ((struct part_reader *)object)->model;
    if (!config_setting_is_list(setting)) {
        diag_error(
            cfg->diag, setting_position(cfg, setting),
            "'leaves_out' must be a list of texts ( \"...\", { nl = \"...\"; en = \"...\"; } )");
        return;
    }
    int n = config_setting_length(setting);
    model->leaves_out = ARENA_NEW_ARRAY(cfg->arena, struct localized, n);
    for (int i = 0; i < n; i++)
        field_read(cfg, config_setting_get_elem(setting, (unsigned)i), &text,
                   &model->leaves_out[model->n_leaves_out++]);
}

static void read_lenient(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    static const struct field field = {"lenient", FIELD_BOOLEAN, offsetof(struct model, is_lenient),
                                       false, NULL};
    struct part_reader *reader = object;
    field_read(cfg, setting, &field, reader->model);
}

static const struct field model_fields[] = {
    CUSTOM("lenient", read_lenient),
    CUSTOM("name", read_name),
    PART_MEMBER("title", title),
    PART_MEMBER("doc", doc),
    CUSTOM("time", read_time),
    CUSTOM("units", read_units),
    CUSTOM("dimensions", dimensions_read),
    CUSTOM("parts", read_parts),
    SECTION_FIELDS,
    CUSTOM("metrics", read_metrics),
    CUSTOM("checks", read_checks),
    CUSTOM("charts", read_charts),
    PART_MEMBER("question", question),
    CUSTOM("leaves_out", read_leaves_out),
};

static void read_model(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct model *model = object;
    struct part_reader reader = {.model = model, .name = ""};
    fields_read(cfg, setting, model_fields, ARRAY_COUNT(model_fields), &reader, "the model");
    model->title = reader.title;
    model->doc = reader.doc;
    model->question = reader.question;
}

static const struct field root_fields[] = {
    {"model", FIELD_CUSTOM, 0, true, read_model},
};

bool model_annotate_cfg(struct model *model, const char *text, const char *path, int line,
                        struct diag *diag)
{
    struct cfg_reader cfg;
    size_t n_errors = diag->n_errors;
    struct part_reader reader = {
        .model = model, .name = "", .is_annotation = true, .time = time_spec_empty()};
    if (cfg_reader_open_text(&cfg, model->arena, text, path, line, diag))
        fields_read(&cfg, config_root_setting(&cfg.config), model_fields, ARRAY_COUNT(model_fields),
                    &reader, "the annotation");
    cfg_reader_clear(&cfg);
    for (int i = 0; i < N_LANGUAGES; i++) {
        if (reader.title.text[i])
            model->title.text[i] = reader.title.text[i];
        if (reader.doc.text[i])
            model->doc.text[i] = reader.doc.text[i];
    }
    model->question = reader.question;
    reader.time.position = (struct position){0};
    time_spec_override(&model->time, &reader.time);
    return diag->n_errors == n_errors;
}

struct model *model_read_cfg(struct arena *arena, const char *path, struct unit_system *units,
                             struct diag *diag)
{
    struct cfg_reader cfg;
    struct model *model = NULL;
    size_t n_errors = diag->n_errors;
    if (cfg_reader_open(&cfg, arena, path, diag)) {
        model = model_create(arena, cfg.path, units);
        fields_read(&cfg, config_root_setting(&cfg.config), root_fields, ARRAY_COUNT(root_fields),
                    model, "the file");
        for (size_t i = 0; i < cfg.files.count; i++)
            ARRAY_PUSH(arena, &model->files) = cfg.files.items[i];
    }
    cfg_reader_clear(&cfg);
    if (diag->n_errors != n_errors || !time_spec_check(&model->time, diag) ||
        !model_settle(model, diag))
        return NULL;
    return model;
}
