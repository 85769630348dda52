// Stage: model. Dimensions of arrays in a libconfig model.
#include "model/read_cfg_private.h"

#include "base/array.h"
#include "model/read_spec.h"

#include <string.h>

// A dimension in the reading: [ "element", ... ], or a group that also gives the elements titles.
struct dimension_reader {
    const char *name;        // where the group cannot be called so, or NULL
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

static void read_dimension_name(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct dimension_reader *reader = object;
    reader->name = string_read(cfg, setting);
}

static const struct field dimension_fields[] = {
    {"name", FIELD_CUSTOM, 0, false, read_dimension_name},
    {"elements", FIELD_CUSTOM, 0, false, read_dimension_elements},
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

static void read_names(struct cfg_reader *cfg, const struct dimension_reader *reader,
                       struct dimension *dimension)
{
    dimension->elements = ARENA_NEW_ARRAY(cfg->arena, struct element, reader->n_names);
    for (int i = 0; i < reader->n_names; i++) {
        const struct reference *name = &reader->names[i];
        const char *key = name_key(cfg->arena, name->name, strlen(name->name));
        if (dimension_find_element(dimension, key) >= 0)
            diag_error(cfg->diag, name->position, "duplicate element '%s' in dimension '%s'",
                       name->name, dimension->name);
        dimension->elements[dimension->n_elements++] =
            (struct element){.name = name->name, .key = key};
    }
}

// Titles of the elements of a dimension that another reader has read.
static void annotate_dimension(struct cfg_reader *cfg, config_setting_t *setting,
                               const struct dimension_reader *reader, struct dimension *dimension)
{
    if (dimension)
        read_element_titles(cfg, reader->titles, dimension);
    else
        diag_warning(cfg->diag, setting_position(cfg, setting),
                     "dimension '%s' is annotated, but there is none",
                     reader->name ? reader->name : config_setting_name(setting));
}

static void read_dimension(struct cfg_reader *cfg, config_setting_t *setting,
                           struct part_reader *part)
{
    struct dimension *dimension = ARENA_NEW(cfg->arena, struct dimension);
    struct dimension_reader reader = {0};
    if (config_setting_is_group(setting))
        fields_read(cfg, setting, dimension_fields, ARRAY_COUNT(dimension_fields), &reader,
                    "dimension");
    else
        read_dimension_elements(cfg, setting, &reader);
    dimension->name =
        arena_copy_string(cfg->arena, reader.name ? reader.name : config_setting_name(setting));
    dimension->key = name_key(cfg->arena, dimension->name, strlen(dimension->name));
    dimension->position = setting_position(cfg, setting);
    struct dimension *before = model_find_dimension(part->model, dimension->key);
    if (part->is_annotation) {
        annotate_dimension(cfg, setting, &reader, before);
        return;
    }
    if (before) {
        diag_error(cfg->diag, dimension->position, "duplicate dimension '%s'", dimension->name);
        return;
    }
    if (!reader.names || !reader.n_names) {
        diag_error(cfg->diag, dimension->position, "dimension '%s' has no elements",
                   dimension->name);
        return;
    }
    read_names(cfg, &reader, dimension);
    read_element_titles(cfg, reader.titles, dimension);
    model_add_dimension(part->model, dimension);
}

void dimensions_read(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct part_reader *reader = object;
    if (!config_setting_is_group(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'dimensions' must be a group { name = [ \"element\" ]; }");
        return;
    }
    for (int i = 0; i < config_setting_length(setting); i++)
        read_dimension(cfg, config_setting_get_elem(setting, (unsigned)i), reader);
}
