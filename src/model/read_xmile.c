// Stage: model. An XMILE file -> struct model. Tags are known by their names without prefix, since
// drafts and vendors use other name spaces; what is not known is passed over, as the standard asks.
// Chapter and section numbers are those of XMILE v1.0.
#include "model/read_xmile.h"

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "model/read_cfg.h"
#include "model/read_xmile_private.h"
#include "model/time.h"
#include "model/unit.h"

#include <math.h>
#include <string.h>
#include <strings.h>

bool xmile_is_file(const char *path)
{
    return path_has_ending(path, "xmile") || path_has_ending(path, "stmx") ||
           path_has_ending(path, "itmx") || path_has_ending(path, "xml");
}

// The number in `node`; false with an error where it is none.
static bool read_number(struct xmile_reader *reader, const xmlNode *node, double *number)
{
    struct equation equation = xmile_equation(reader, node);
    if (!equation.tree)
        return false;
    if (equation.tree->kind == EXPR_NUMBER) {
        *number = equation.tree->number;
        return true;
    }
    diag_error(reader->diag, equation.position, "<%s> must hold a number", xml_name(node));
    return false;
}

// <dt reciprocal="true">8</dt> is a step of 1/8 (2.3).
static void read_step(struct xmile_reader *reader, const xmlNode *node, struct time_spec *time)
{
    const char *reciprocal = xml_attribute(reader->file, node, "reciprocal");
    if (!read_number(reader, node, &time->step))
        return;
    if (reciprocal && strcasecmp(reciprocal, "true") == 0)
        time->step = 1 / time->step;
}

static void read_save_interval(struct xmile_reader *reader, const xmlNode *specs,
                               struct time_spec *time)
{
    const char *text = xml_attribute(reader->file, specs, "save_interval");
    const xmlNode *node = xml_child(specs, "savestep");
    if (node)
        read_number(reader, node, &time->save_every);
    if (text && !number_parse(text, &time->save_every))
        diag_error(reader->diag, xml_position(reader->file, specs),
                   "'save_interval' must be a number, not '%s'", text);
}

// <sim_specs> (2.3)
static void read_specs(struct xmile_reader *reader, const xmlNode *parent)
{
    const xmlNode *specs = xml_child(parent, "sim_specs");
    struct time_spec *time = &reader->model->time;
    if (!specs)
        return;
    time->position = xml_position(reader->file, specs);
    const char *method = xml_attribute(reader->file, specs, "method");
    const char *unit = xml_attribute(reader->file, specs, "time_units");
    time->method = method && *method ? method : time->method;
    time->unit = unit && *unit ? unit : time->unit;
    const xmlNode *start = xml_child(specs, "start"), *stop = xml_child(specs, "stop");
    const xmlNode *step = xml_child(specs, "dt");
    if (start)
        read_number(reader, start, &time->start);
    if (stop)
        read_number(reader, stop, &time->stop);
    if (step)
        read_step(reader, step, time);
    read_save_interval(reader, specs, time);
}

// <behavior>: <non_negative/> for all, or in <stock> or <flow> (2.6)
void xmile_read_behaviour(struct xmile_reader *reader, const xmlNode *node)
{
    const xmlNode *behaviour = xml_child(node, "behavior");
    struct behaviour *defaults = &reader->behaviour;
    if (!behaviour)
        return;
    bool for_all = xmile_option(reader, behaviour, "non_negative", false);
    const xmlNode *stock = xml_child(behaviour, "stock"), *flow = xml_child(behaviour, "flow");
    defaults->stocks_non_negative |= for_all;
    defaults->flows_non_negative |= for_all;
    if (stock)
        defaults->stocks_non_negative =
            xmile_option(reader, stock, "non_negative", defaults->stocks_non_negative);
    if (flow)
        defaults->flows_non_negative =
            xmile_option(reader, flow, "non_negative", defaults->flows_non_negative);
}

// <dim name="X" size="3"/>, or with <elem name="a"/> (2.5)
static void read_elements(struct xmile_reader *reader, const xmlNode *dim,
                          struct dimension *dimension)
{
    enum { MAX_SIZE = 1000000 };
    struct arena *arena = reader->arena;
    const char *size = xml_attribute(reader->file, dim, "size");
    struct {
        struct element *items;
        size_t count, capacity;
    } list = {0};
    for (const xmlNode *elem = xml_child(dim, "elem"); elem; elem = xml_next(elem, "elem")) {
        const char *name = xmile_name(reader, elem);
        if (!name)
            continue;
        struct element element = {.name = name, .key = name_key(arena, name, strlen(name))};
        for (size_t i = 0; i < list.count; i++)
            if (strcmp(list.items[i].key, element.key) == 0)
                diag_error(reader->diag, xml_position(reader->file, elem),
                           "duplicate element '%s' in dimension '%s'", name, dimension->name);
        ARRAY_PUSH(arena, &list) = element;
    }
    double n = 0;
    if (!list.count && size && number_parse(size, &n) && n >= 1 && n <= MAX_SIZE)
        for (int i = 1; i <= (int)n; i++) {
            const char *name = arena_format(arena, "%d", i);
            ARRAY_PUSH(arena, &list) = (struct element){.name = name, .key = name};
        }
    dimension->elements = list.items;
    dimension->n_elements = (int)list.count;
    if (!list.count)
        diag_error(reader->diag, dimension->position, "dimension '%s' has no elements",
                   dimension->name);
}

static bool has_same_elements(const struct dimension *a, const struct dimension *b)
{
    for (int i = 0; i < a->n_elements && i < b->n_elements; i++)
        if (strcmp(a->elements[i].key, b->elements[i].key) != 0)
            return false;
    return a->n_elements == b->n_elements;
}

static void read_dimension(struct xmile_reader *reader, const xmlNode *dim)
{
    const char *name = xmile_name(reader, dim);
    if (!name)
        return;
    struct dimension *dimension = ARENA_NEW(reader->arena, struct dimension);
    dimension->name = name;
    dimension->key = name_key(reader->arena, name, strlen(name));
    dimension->position = xml_position(reader->file, dim);
    read_elements(reader, dim, dimension);
    const struct dimension *before = model_find_dimension(reader->model, dimension->key);
    if (!before)
        model_add_dimension(reader->model, dimension);
    else if (!has_same_elements(before, dimension)) // files of modules may say it again
        diag_error(reader->diag, dimension->position, "duplicate dimension '%s'", name);
}

void xmile_read_dimensions(struct xmile_reader *reader, const xmlNode *root)
{
    const xmlNode *dimensions = xml_child(root, "dimensions");
    for (const xmlNode *dim = dimensions ? xml_child(dimensions, "dim") : NULL; dim;
         dim = xml_next(dim, "dim"))
        read_dimension(reader, dim);
}

// <unit name="Person"><alias>People</alias></unit> (2.4); equations of units are left to UDUNITS-2,
// which knows the usual ones.
void xmile_read_units(struct xmile_reader *reader, const xmlNode *root)
{
    const xmlNode *units = xml_child(root, "model_units");
    for (const xmlNode *unit = units ? xml_child(units, "unit") : NULL; unit;
         unit = xml_next(unit, "unit")) {
        const char *name = xml_attribute(reader->file, unit, "name");
        const xmlNode *equation = xml_child(unit, "eqn");
        bool is_base = !equation || !*xml_text(reader->file, equation);
        if (!name || !*name || !is_base)
            continue;
        unit_define(reader->model->units, unit_name(reader->arena, name));
        for (const xmlNode *alias = xml_child(unit, "alias"); alias;
             alias = xml_next(alias, "alias"))
            unit_alias(reader->model->units,
                       unit_name(reader->arena, xml_text(reader->file, alias)),
                       unit_name(reader->arena, name));
    }
}

static void read_header(struct xmile_reader *reader, const xmlNode *root)
{
    const xmlNode *header = xml_child(root, "header");
    if (!header)
        return;
    const char *title = xmile_text(reader, header, "name");
    const char *doc = xmile_text(reader, header, "caption");
    reader->model->title = (struct localized){{title, title}};
    reader->model->doc = (struct localized){{doc, doc}};
}

const xmlNode *xmile_find_model(struct xmile_reader *reader, const xmlNode *root, const char *name)
{
    const char *key = name_key(reader->arena, name, strlen(name));
    for (const xmlNode *model = xml_child(root, "model"); model; model = xml_next(model, "model")) {
        const char *other = xml_attribute(reader->file, model, "name");
        if (other && strcmp(name_key(reader->arena, other, strlen(other)), key) == 0)
            return model;
    }
    return NULL;
}

// Whether a module of any model of the file is called like `model`.
static bool is_module(struct xmile_reader *reader, const xmlNode *root, const xmlNode *model)
{
    for (const xmlNode *other = xml_child(root, "model"); other; other = xml_next(other, "model")) {
        const xmlNode *variables = xml_child(other, "variables");
        for (const xmlNode *module = xml_child(variables ? variables : other, "module"); module;
             module = xml_next(module, "module")) {
            const char *name = xml_attribute(reader->file, module, "name");
            if (name && xmile_find_model(reader, root, name) == model)
                return true;
        }
    }
    return false;
}

const xmlNode *xmile_find_root_model(struct xmile_reader *reader, const xmlNode *root)
{
    const xmlNode *first = NULL;
    for (const xmlNode *model = xml_child(root, "model"); model; model = xml_next(model, "model")) {
        const char *name = xml_attribute(reader->file, model, "name");
        if (!name || !*name)
            return model;
        if (!first && !is_module(reader, root, model))
            first = model;
    }
    return first ? first : xml_child(root, "model");
}

// What write_xmile.c adds: <annotation> with the text of a libconfig model's members.
static void read_annotation(struct xmile_reader *reader, const xmlNode *root)
{
    const xmlNode *annotation = xml_child(root, "annotation");
    if (!annotation)
        return;
    struct position position = xml_position(reader->file, annotation);
    reader->model->is_lenient = false;
    model_annotate_cfg(reader->model, xml_raw_text(reader->file, annotation), position.file,
                       position.line, reader->diag);
    struct localized *title = &reader->model->title; // the name stands for a title that is missing
    if (title->text[0] && strcmp(title->text[0], reader->model->name) == 0)
        *title = (struct localized){{NULL, NULL}};
}

static void read_file(struct xmile_reader *reader, const xmlNode *root)
{
    const xmlNode *model = xmile_find_root_model(reader, root);
    if (!xml_is(root, "xmile")) {
        diag_error(reader->diag, xml_position(reader->file, root),
                   "<%s> is not the start of an XMILE file", xml_name(root));
        return;
    }
    if (!model) {
        diag_error(reader->diag, xml_position(reader->file, root), "there is no <model> in it");
        return;
    }
    read_header(reader, root);
    read_specs(reader, root);
    read_specs(reader, model);
    xmile_read_behaviour(reader, root);
    xmile_read_behaviour(reader, model);
    xmile_read_units(reader, root);
    xmile_read_dimensions(reader, root);
    xmile_read_macros(reader, root);
    xmile_read_model(reader, model);
    xmile_connect(reader);
    read_annotation(reader, root);
}

struct model *model_read_xmile(struct arena *arena, const char *path, struct unit_system *units,
                               struct diag *diag)
{
    size_t n_errors = diag->n_errors;
    struct xml_file file;
    struct model *model = model_create(arena, arena_copy_string(arena, path), units);
    struct xmile_reader reader = {
        .arena = arena, .diag = diag, .model = model, .file = &file, .path = "", .scope = ""};
    model->is_lenient = true;
    ARRAY_PUSH(arena, &model->files) = model->path;
    if (xml_open(&file, arena, model->path, diag))
        read_file(&reader, xml_root(&file));
    xml_close(&file);
    if (diag->n_errors != n_errors || !time_spec_check(&model->time, diag) ||
        !model_settle(model, diag))
        return NULL;
    return model;
}
