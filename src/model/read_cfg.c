// Stage: model. A libconfig file -> struct model. What a file may hold is in the tables of fields;
// variables may stand in the model itself or in named `parts`, all in one name space.
#include "model/read_cfg.h"

#include "base/array.h"
#include "model/macro.h"
#include "model/read_spec.h"
#include "model/schema.h"
#include "model/time.h"
#include "model/unit.h"

#include <math.h>
#include <string.h>

// The model itself, or one of its named parts, in the reading.
struct part_reader {
    struct model *model;
    const char *name; // "" for the model itself
    struct localized title, doc, question;
};

static struct equation constant_equation(struct cfg_reader *cfg, double value,
                                         struct position position)
{
    return (struct equation){.position = position, .tree = expr_number(cfg->arena, value)};
}

// An equation is a string, or a plain number for short.
static void read_equation_setting(struct cfg_reader *cfg, config_setting_t *setting,
                                  struct equation *equation)
{
    struct position position = setting_position(cfg, setting);
    double number;
    if (config_setting_type(setting) == CONFIG_TYPE_STRING) {
        position.excerpt = string_read(cfg, setting);
        *equation = (struct equation){.position = position};
    } else if (config_setting_is_scalar(setting)) {
        if (number_read(cfg, setting, &number))
            *equation = constant_equation(cfg, number, position);
    } else {
        diag_error(cfg->diag, position, "'%s' must be an equation in quotes",
                   config_setting_name(setting));
    }
}

static void read_equation(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    variable->equations = ARENA_NEW(cfg->arena, struct equation);
    variable->n_equations = 1;
    read_equation_setting(cfg, setting, variable->equations);
}

static void read_element(struct cfg_reader *cfg, config_setting_t *setting,
                         struct element_equation *element)
{
    element->subscripts = arena_copy_string(cfg->arena, config_setting_name(setting));
    read_equation_setting(cfg, setting, &element->equation);
}

static void read_listed_element(struct cfg_reader *cfg, config_setting_t *entry,
                                struct element_equation *element)
{
    config_setting_t *at = NULL, *equation = NULL;
    if (config_setting_is_group(entry)) {
        at = config_setting_get_member(entry, "at");
        equation = config_setting_get_member(entry, "equation");
    }
    if (!at || !equation) {
        diag_error(cfg->diag, setting_position(cfg, entry),
                   "expected { at = \"element, element\"; equation = \"...\"; }");
        return;
    }
    element->subscripts = string_read(cfg, at);
    read_equation_setting(cfg, equation, &element->equation);
}

// elements: { construction = "..."; } or, with several dimensions,
// elements = ( { at = "construction, young"; equation = "..."; } )
static void read_elements(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    if (!config_setting_is_group(setting) && !config_setting_is_list(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'elements' must be a group { name = \"...\"; }");
        return;
    }
    variable->n_elements = config_setting_length(setting);
    variable->elements = ARENA_NEW_ARRAY(cfg->arena, struct element_equation, variable->n_elements);
    int n = 0;
    for (int i = 0; i < variable->n_elements; i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        struct element_equation *element = &variable->elements[n];
        if (config_setting_is_group(setting))
            read_element(cfg, entry, element);
        else
            read_listed_element(cfg, entry, element);
        n += element->subscripts != NULL;
    }
    variable->n_elements = n;
}

static void read_inflows(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    references_read(cfg, setting, &variable->inflows, &variable->n_inflows);
}

static void read_outflows(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    references_read(cfg, setting, &variable->outflows, &variable->n_outflows);
}

static void read_variable_dimensions(struct cfg_reader *cfg, config_setting_t *setting,
                                     void *object)
{
    struct variable *variable = object;
    references_read(cfg, setting, &variable->dimension_names, &variable->n_dimensions);
}

static void read_unit(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    variable->unit_text = string_read(cfg, setting);
    variable->unit_position = setting_position(cfg, setting);
    variable->unit_position.excerpt = variable->unit_text;
}

static void read_value(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    double *values = numbers_read(cfg, setting, &variable->n_values);
    if (values)
        variable->values = values;
    else
        variable->n_values = 1;
}

static void read_range(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    int count;
    double *ends = numbers_read(cfg, setting, &count);
    if (!ends)
        return;
    if (count != 2 || !(ends[0] <= ends[1])) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'range' must be two numbers, the lower one first");
        return;
    }
    variable->spread.has_range = true;
    variable->spread.low = ends[0];
    variable->spread.high = ends[1];
}

static struct table *new_table(struct cfg_reader *cfg, struct variable *variable)
{
    if (!variable->table)
        variable->table = ARENA_NEW(cfg->arena, struct table);
    return variable->table;
}

static void read_points(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct table *table = new_table(cfg, object);
    const struct table *points = points_read(cfg, setting);
    if (points)
        *table = (struct table){table->kind, points->n_points, points->x, points->y};
}

static void read_table_kind(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    static const char *const names[] = {"continuous", "extrapolate", "discrete"};
    struct table *table = new_table(cfg, object);
    const char *name = string_read(cfg, setting);
    if (!name)
        return;
    struct nearest nearest = nearest_start(name);
    for (int i = 0; i < (int)ARRAY_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            table->kind = (enum table_kind)i;
            return;
        }
        nearest_consider(&nearest, names[i], names[i]);
    }
    diag_error(cfg->diag, setting_position(cfg, setting),
               "unknown kind of table '%s': continuous, extrapolate or discrete", name);
    diag_suggest(cfg->diag, nearest.best);
}

#define MEMBER(key, type, member)                                                                  \
    {                                                                                              \
        key, type, offsetof(struct variable, member), false, NULL                                  \
    }
#define CUSTOM(key, read)                                                                          \
    {                                                                                              \
        key, FIELD_CUSTOM, 0, false, read                                                          \
    }
#define COMMON_FIELDS                                                                              \
    CUSTOM("unit", read_unit), CUSTOM("dimensions", read_variable_dimensions),                     \
        MEMBER("title", FIELD_TEXT, title), MEMBER("doc", FIELD_TEXT, doc),                        \
        MEMBER("source", FIELD_STRING, source), MEMBER("quality", FIELD_STRING, quality)

static const struct field parameter_fields[] = {
    COMMON_FIELDS,
    CUSTOM("value", read_value),
    CUSTOM("elements", read_elements),
    CUSTOM("range", read_range),
    MEMBER("distribution", FIELD_STRING, spread.distribution),
    MEMBER("mode", FIELD_NUMBER, spread.mode),
};

static const struct field stock_fields[] = {
    COMMON_FIELDS,
    CUSTOM("initial", read_equation),
    CUSTOM("elements", read_elements),
    CUSTOM("inflows", read_inflows),
    CUSTOM("outflows", read_outflows),
    MEMBER("non_negative", FIELD_BOOLEAN, is_non_negative),
};

static const struct field flow_fields[] = {
    COMMON_FIELDS,
    CUSTOM("equation", read_equation),
    CUSTOM("elements", read_elements),
    MEMBER("non_negative", FIELD_BOOLEAN, is_non_negative),
};

static const struct field auxiliary_fields[] = {
    COMMON_FIELDS,
    CUSTOM("equation", read_equation),
    CUSTOM("elements", read_elements),
};

static const struct field table_fields[] = {
    COMMON_FIELDS,
    CUSTOM("input", read_equation),
    CUSTOM("points", read_points),
    CUSTOM("kind", read_table_kind),
};

static const struct field input_fields[] = {
    COMMON_FIELDS,
    CUSTOM("default", read_value),
};

static const struct kind_schema {
    const char *section;
    const struct field *fields;
    size_t n_fields;
    const char *needs; // the key without which the variable says nothing
} kind_schemas[N_VARIABLE_KINDS] = {
    [VARIABLE_PARAMETER] = {"parameters", parameter_fields, ARRAY_COUNT(parameter_fields), "value"},
    [VARIABLE_STOCK] = {"stocks", stock_fields, ARRAY_COUNT(stock_fields), "initial"},
    [VARIABLE_FLOW] = {"flows", flow_fields, ARRAY_COUNT(flow_fields), "equation"},
    [VARIABLE_AUXILIARY] = {"auxiliaries", auxiliary_fields, ARRAY_COUNT(auxiliary_fields),
                            "equation"},
    [VARIABLE_TABLE] = {"tables", table_fields, ARRAY_COUNT(table_fields), "points"},
    [VARIABLE_INPUT] = {"inputs", input_fields, ARRAY_COUNT(input_fields), NULL},
};

static void check_complete(struct cfg_reader *cfg, config_setting_t *group,
                           const struct variable *variable)
{
    struct position position = variable->position;
    const char *kind = variable_kind_name(variable->kind), *name = variable->name;
    const char *needs = kind_schemas[variable->kind].needs;
    if (needs && !config_setting_get_member(group, needs) &&
        !config_setting_get_member(group, "elements"))
        diag_error(cfg->diag, position, "%s '%s' has no '%s'", kind, name, needs);
    if (!variable->unit_text && variable->kind != VARIABLE_TABLE &&
        !config_setting_get_member(group, "unit")) {
        diag_error(cfg->diag, position, "%s '%s' has no unit", kind, name);
        diag_hint(cfg->diag, "unit = \"person\"; or, for a pure number, unit = \"1\";");
    }
}

static void read_variable(struct cfg_reader *cfg, config_setting_t *group, enum variable_kind kind,
                          struct part_reader *reader)
{
    struct position position = setting_position(cfg, group);
    const char *name = config_setting_name(group);
    struct variable *variable = model_add_variable(reader->model, name, kind, position, cfg->diag);
    if (!variable)
        return;
    variable->part = reader->name;
    if (kind == VARIABLE_PARAMETER || kind == VARIABLE_INPUT) {
        variable->values = ARENA_NEW(cfg->arena, double);
        *variable->values = kind == VARIABLE_INPUT ? 0 : NAN; // NaN: only elements have values
        variable->n_values = 1;
    }
    const struct kind_schema *schema = &kind_schemas[kind];
    const char *what = arena_format(cfg->arena, "%s '%s'", variable_kind_name(kind), name);
    fields_read(cfg, group, schema->fields, schema->n_fields, variable, what);
    if (kind == VARIABLE_TABLE && !variable->unit_text)
        variable->unit_text = "1";
    check_complete(cfg, group, variable);
}

static void read_section(struct cfg_reader *cfg, config_setting_t *section, enum variable_kind kind,
                         struct part_reader *reader)
{
    if (!config_setting_is_group(section)) {
        diag_error(cfg->diag, setting_position(cfg, section), "'%s' must be a group { ... }",
                   config_setting_name(section));
        return;
    }
    for (int i = 0; i < config_setting_length(section); i++) {
        config_setting_t *member = config_setting_get_elem(section, (unsigned)i);
        if (config_setting_is_group(member))
            read_variable(cfg, member, kind, reader);
        else
            diag_error(cfg->diag, setting_position(cfg, member), "%s '%s' must be a group { ... }",
                       variable_kind_name(kind), config_setting_name(member));
    }
}

#define SECTION_READER(function, kind)                                                             \
    static void function(struct cfg_reader *cfg, config_setting_t *setting, void *object)          \
    {                                                                                              \
        read_section(cfg, setting, kind, object);                                                  \
    }
SECTION_READER(read_parameters, VARIABLE_PARAMETER)
SECTION_READER(read_stocks, VARIABLE_STOCK)
SECTION_READER(read_flows, VARIABLE_FLOW)
SECTION_READER(read_auxiliaries, VARIABLE_AUXILIARY)
SECTION_READER(read_tables, VARIABLE_TABLE)
SECTION_READER(read_inputs, VARIABLE_INPUT)

static void read_arguments(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct macro *macro = object;
    references_read(cfg, setting, &macro->parameters, &macro->n_parameters);
    macro->n_needed = macro->n_parameters;
}

static void read_macro_equation(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct macro *macro = object;
    read_equation_setting(cfg, setting, &macro->equation);
}

static const struct field macro_fields[] = {
    {"arguments", FIELD_CUSTOM, 0, true, read_arguments},
    {"equation", FIELD_CUSTOM, 0, true, read_macro_equation},
    {"doc", FIELD_TEXT, offsetof(struct macro, doc), false, NULL},
};

static void read_macro(struct cfg_reader *cfg, config_setting_t *group, void *object)
{
    struct part_reader *reader = object;
    const char *name = config_setting_name(group);
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
    CUSTOM("parameters", read_parameters), CUSTOM("stocks", read_stocks),                          \
        CUSTOM("flows", read_flows), CUSTOM("auxiliaries", read_auxiliaries),                      \
        CUSTOM("tables", read_tables), CUSTOM("inputs", read_inputs),                              \
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
    struct part_reader reader = {outer->model, .name = config_setting_name(group)};
    reader.name = arena_copy_string(cfg->arena, reader.name);
    fields_read(cfg, group, part_fields, ARRAY_COUNT(part_fields), &reader,
                arena_format(cfg->arena, "part '%s'", reader.name));
    ARRAY_PUSH(cfg->arena, &outer->model->parts) =
        (struct part){reader.name, reader.title, reader.doc};
}

static void read_parts(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    groups_read(cfg, setting, "part", read_part, object);
}

// A dimension in the reading: [ "element", ... ], or a group that also gives the elements titles.
struct dimension_reader {
    struct reference *names; // [n_names]
    int n_names;
    config_setting_t *titles; // NULL: none
};

static void read_dimension_elements(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct dimension_reader *reader = object;
    references_read(cfg, setting, &reader->names, &reader->n_names);
}

static void read_dimension_titles(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct dimension_reader *reader = object;
    if (config_setting_is_group(setting))
        reader->titles = setting;
    else
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'titles' must be a group { element = \"...\"; }");
}

static const struct field dimension_fields[] = {
    {"elements", FIELD_CUSTOM, 0, true, read_dimension_elements},
    {"titles", FIELD_CUSTOM, 0, false, read_dimension_titles},
};

static void read_element_titles(struct cfg_reader *cfg, config_setting_t *titles,
                                struct dimension *dimension)
{
    static const struct field field = {"title", FIELD_TEXT, offsetof(struct element, title), false,
                                       NULL};
    for (int i = 0; titles && i < config_setting_length(titles); i++) {
        config_setting_t *entry = config_setting_get_elem(titles, (unsigned)i);
        const char *name = config_setting_name(entry);
        int element = dimension_find_element(dimension, name_key(cfg->arena, name, strlen(name)));
        if (element >= 0)
            field_read(cfg, entry, &field, &dimension->elements[element]);
        else
            diag_error(cfg->diag, setting_position(cfg, entry),
                       "dimension '%s' has no element '%s'", dimension->name, name);
    }
}

static void read_dimension(struct cfg_reader *cfg, config_setting_t *setting, struct model *model)
{
    struct dimension *dimension = ARENA_NEW(cfg->arena, struct dimension);
    dimension->name = arena_copy_string(cfg->arena, config_setting_name(setting));
    dimension->key = name_key(cfg->arena, dimension->name, strlen(dimension->name));
    dimension->position = setting_position(cfg, setting);
    if (model_find_dimension(model, dimension->key)) {
        diag_error(cfg->diag, dimension->position, "duplicate dimension '%s'", dimension->name);
        return;
    }
    struct dimension_reader reader = {0};
    if (config_setting_is_group(setting))
        fields_read(cfg, setting, dimension_fields, ARRAY_COUNT(dimension_fields), &reader,
                    "dimension");
    else
        read_dimension_elements(cfg, setting, &reader);
    if (!reader.names && config_setting_is_group(setting))
        return; // reported
    if (!reader.names || !reader.n_names) {
        diag_error(cfg->diag, dimension->position, "dimension '%s' has no elements",
                   dimension->name);
        return;
    }
    dimension->elements = ARENA_NEW_ARRAY(cfg->arena, struct element, reader.n_names);
    for (int i = 0; i < reader.n_names; i++) {
        const struct reference *name = &reader.names[i];
        const char *key = name_key(cfg->arena, name->name, strlen(name->name));
        if (dimension_find_element(dimension, key) >= 0)
            diag_error(cfg->diag, name->position, "duplicate element '%s' in dimension '%s'",
                       name->name, dimension->name);
        dimension->elements[dimension->n_elements++] =
            (struct element){.name = name->name, .key = key};
    }
    read_element_titles(cfg, reader.titles, dimension);
    model_add_dimension(model, dimension);
}

static void read_dimensions(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct part_reader *reader = object;
    if (!config_setting_is_group(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'dimensions' must be a group { name = [ \"element\" ]; }");
        return;
    }
    for (int i = 0; i < config_setting_length(setting); i++)
        read_dimension(cfg, config_setting_get_elem(setting, (unsigned)i), reader->model);
}

static void read_units(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct part_reader *reader = object;
    struct reference *names = NULL;
    int count = 0;
    references_read(cfg, setting, &names, &count);
    for (int i = 0; i < count; i++)
        unit_define(reader->model->units, names[i].name);
}

static void read_time(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct part_reader *reader = object;
    time_spec_read(cfg, setting, &reader->model->time);
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

static const struct field model_fields[] = {
    CUSTOM("name", read_name),
    PART_MEMBER("title", title),
    PART_MEMBER("doc", doc),
    CUSTOM("time", read_time),
    CUSTOM("units", read_units),
    CUSTOM("dimensions", read_dimensions),
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
