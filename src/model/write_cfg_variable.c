// Stage: model, on the way out. Variables of a libconfig model.
#include "model/write_cfg_private.h"

#include "base/array.h"
#include "model/print.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static const char *const sections[N_VARIABLE_KINDS] = {
    [VARIABLE_PARAMETER] = "parameters",  [VARIABLE_STOCK] = "stocks", [VARIABLE_FLOW] = "flows",
    [VARIABLE_AUXILIARY] = "auxiliaries", [VARIABLE_TABLE] = "tables", [VARIABLE_INPUT] = "inputs"};

// Variables that a file can hold: what the program made itself is left out, but for the copies of
// macros, which stand for calls that are written out.
static bool is_written(const struct variable *variable)
{
    return !variable->is_hidden || strchr(variable->name, '#');
}

// The subscripts of a cell, "a, b".
static const char *cell_subscripts(const struct cfg_writer *writer, const struct variable *variable,
                                   int cell)
{
    const char *name = cell_name(writer->model->arena, variable, cell) + strlen(variable->name);
    return arena_copy_text(writer->model->arena, name + 1, strlen(name) - 2);
}

static void put_points(struct cfg_writer *writer, const struct table *table)
{
    text_append(writer->text, " points = (");
    for (int i = 0; i < table->n_points; i++) {
        text_append(writer->text, i ? ", (" : "(");
        cfg_number(writer, table->x[i]);
        text_append(writer->text, ", ");
        cfg_number(writer, table->y[i]);
        text_append(writer->text, ")");
    }
    text_append(writer->text, ");");
    if (table->kind != TABLE_CONTINUOUS)
        cfg_put_string(writer, "kind", table_kind_name(table->kind));
}

static void put_tables(struct cfg_writer *writer, const struct variable *variable)
{
    if (variable->table && !variable->tables)
        put_points(writer, variable->table);
    if (!variable->tables)
        return;
    cfg_line(writer);
    text_append(writer->text, "each = (");
    writer->depth++;
    for (int cell = 0; cell < variable->n_cells; cell++) {
        text_append(writer->text, cell ? "," : "");
        cfg_line(writer);
        text_append(writer->text, "{");
        cfg_put_string(writer, "at", cell_subscripts(writer, variable, cell));
        put_points(writer, variable->tables[cell]);
        if (variable->n_equations > 1)
            cfg_put_string(writer, "input",
                           equation_text(writer->model, variable, &variable->equations[cell]));
        text_append(writer->text, " }");
    }
    writer->depth--;
    text_append(writer->text, " );");
}

static void put_equation(struct cfg_writer *writer, const char *key,
                         const struct variable *variable, const struct equation *equation)
{
    cfg_line(writer);
    text_append_format(writer->text, "%s = ", key);
    cfg_string(writer, equation_text(writer->model, variable, equation));
    text_append(writer->text, ";");
}

// One equation a cell: elements = ( { at = "a, b"; equation = "..."; }, ... );
static void put_elements(struct cfg_writer *writer, const struct variable *variable)
{
    cfg_line(writer);
    text_append(writer->text, "elements = (");
    writer->depth++;
    for (int cell = 0; cell < variable->n_cells; cell++) {
        text_append(writer->text, cell ? "," : "");
        cfg_line(writer);
        text_append(writer->text, "{");
        cfg_put_string(writer, "at", cell_subscripts(writer, variable, cell));
        cfg_put_string(writer, "equation",
                       equation_text(writer->model, variable, &variable->equations[cell]));
        if (variable->n_initials > 1 && variable->initials[cell].position.excerpt)
            cfg_put_string(writer, "initial",
                           equation_text(writer->model, variable, &variable->initials[cell]));
        text_append(writer->text, " }");
    }
    writer->depth--;
    text_append(writer->text, " );");
}

static void put_equations(struct cfg_writer *writer, const struct variable *variable)
{
    const char *key = variable->kind == VARIABLE_STOCK   ? "initial"
                      : variable->kind == VARIABLE_TABLE ? "input"
                                                         : "equation";
    if (variable->n_equations == 1)
        put_equation(writer, key, variable, variable->equations);
    else if (variable->n_equations && !variable->tables)
        put_elements(writer, variable);
    if (variable->n_initials == 1)
        put_equation(writer, "initial", variable, variable->initials);
}

static void put_values(struct cfg_writer *writer, const struct variable *variable)
{
    bool is_same = true;
    for (int i = 1; i < variable->n_values; i++)
        is_same &= variable->values[i] == variable->values[0];
    int n = is_same ? 1 : variable->n_values;
    text_append_format(writer->text, " %s = %s",
                       variable->kind == VARIABLE_INPUT ? "default" : "value", n > 1 ? "(" : "");
    for (int i = 0; i < n; i++) {
        text_append(writer->text, i ? ", " : "");
        cfg_number(writer, variable->values[i]);
    }
    text_append(writer->text, n > 1 ? ");" : ";");
}

static void put_spread(struct cfg_writer *writer, const struct spread *spread)
{
    if (spread->has_range) {
        text_append(writer->text, " range = (");
        cfg_number(writer, spread->low);
        text_append(writer->text, ", ");
        cfg_number(writer, spread->high);
        text_append(writer->text, ");");
    }
    cfg_put_string(writer, "distribution", spread->distribution);
    cfg_put_number(writer, "mode", spread->mode);
}

static void put_structure(struct cfg_writer *writer, const struct variable *variable)
{
    cfg_put_string(writer, "unit", variable->unit_text);
    struct reference *names =
        ARENA_NEW_ARRAY(writer->model->arena, struct reference, variable->n_dimensions);
    for (int d = 0; d < variable->n_dimensions; d++)
        names[d].name = variable->dimensions[d]->name;
    cfg_put_references(writer, "dimensions", names, variable->n_dimensions);
    if (variable->values && !variable->n_equations)
        put_values(writer, variable);
    cfg_put_references(writer, "inflows", variable->inflows, variable->n_inflows);
    cfg_put_references(writer, "outflows", variable->outflows, variable->n_outflows);
    if (variable->is_non_negative)
        text_append(writer->text, " non_negative = true;");
    put_tables(writer, variable);
    put_equations(writer, variable);
}

static bool is_same_text(const struct localized *text)
{
    const char *nl = text->text[LANGUAGE_NL], *en = text->text[LANGUAGE_EN];
    return nl == en || (nl && en && strcmp(nl, en) == 0);
}

// Whether an XMILE file would read it as another kind than it is.
static bool has_own_kind(const struct variable *variable)
{
    if (variable->kind == VARIABLE_INPUT)
        return true;
    bool is_number = variable->kind == VARIABLE_AUXILIARY && variable->n_equations > 0;
    for (int i = 0; i < variable->n_equations && is_number; i++)
        is_number = variable->equations[i].tree && variable->equations[i].tree->kind == EXPR_NUMBER;
    return is_number && !variable->n_initials;
}

// A graphical function that is only called: XMILE gives it neither unit nor documentation.
static bool is_bare_table(const struct variable *variable)
{
    return variable->kind == VARIABLE_TABLE && !variable->n_equations && !variable->tables;
}

static bool is_annotated(const struct variable *variable)
{
    return has_own_kind(variable) || is_bare_table(variable) || variable->spread.has_range ||
           variable->spread.distribution || !isnan(variable->spread.mode) || variable->source ||
           variable->quality || variable->title.text[LANGUAGE_NL] ||
           variable->title.text[LANGUAGE_EN] || !is_same_text(&variable->doc);
}

static void put_variable(struct cfg_writer *writer, const struct variable *variable)
{
    bool is_name;
    if (writer->is_annotation && !is_annotated(variable))
        return;
    cfg_open(writer, cfg_key(writer, variable->name, &is_name));
    if (!is_name)
        cfg_put_string(writer, "name", variable->name);
    if (!writer->is_annotation)
        put_structure(writer, variable);
    else if (is_bare_table(variable))
        cfg_put_string(writer, "unit", variable->unit_text);
    put_spread(writer, &variable->spread);
    if (variable->source || variable->quality)
        cfg_line(writer);
    cfg_put_string(writer, "source", variable->source);
    cfg_put_string(writer, "quality", variable->quality);
    cfg_put_localized(writer, "title", &variable->title);
    if (!writer->is_annotation || is_bare_table(variable) || !is_same_text(&variable->doc))
        cfg_put_localized(writer, "doc", &variable->doc);
    cfg_close(writer);
}

// The variables of one kind in one part, from the one at `first` on.
static void put_section(struct cfg_writer *writer, size_t first)
{
    const struct variable_list *all = &writer->model->variables;
    const struct variable *leader = all->items[first];
    cfg_open(writer, sections[leader->kind]);
    for (size_t i = first; i < all->count; i++)
        if (all->items[i]->kind == leader->kind && is_written(all->items[i]) &&
            (writer->is_annotation || strcmp(all->items[i]->part, leader->part) == 0))
            put_variable(writer, all->items[i]);
    cfg_close(writer);
}

// Whether no variable before the one at `at` is of its kind (and part).
static bool starts_section(const struct cfg_writer *writer, size_t at)
{
    const struct variable_list *all = &writer->model->variables;
    for (size_t i = 0; i < at; i++)
        if (all->items[i]->kind == all->items[at]->kind && is_written(all->items[i]) &&
            (writer->is_annotation || strcmp(all->items[i]->part, all->items[at]->part) == 0))
            return false;
    return is_written(all->items[at]);
}

static void put_part(struct cfg_writer *writer, const char *name)
{
    const struct model *model = writer->model;
    bool is_name;
    cfg_open(writer, cfg_key(writer, name, &is_name));
    for (size_t i = 0; i < model->parts.count; i++)
        if (strcmp(model->parts.items[i].name, name) == 0) {
            cfg_put_localized(writer, "title", &model->parts.items[i].title);
            cfg_put_localized(writer, "doc", &model->parts.items[i].doc);
        }
    for (size_t i = 0; i < model->variables.count && !writer->is_annotation; i++)
        if (strcmp(model->variables.items[i]->part, name) == 0 && starts_section(writer, i))
            put_section(writer, i);
    cfg_close(writer);
}

// Whether no variable before the one at `at` belongs to its part.
static bool starts_part(const struct model *model, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(model->variables.items[i]->part, model->variables.items[at]->part) == 0)
            return false;
    return true;
}

static void put_parts(struct cfg_writer *writer)
{
    const struct model *model = writer->model;
    cfg_open(writer, "parts");
    for (size_t i = 0; i < model->variables.count; i++)
        if (*model->variables.items[i]->part && is_written(model->variables.items[i]) &&
            starts_part(model, i))
            put_part(writer, model->variables.items[i]->part);
    cfg_close(writer);
}

void cfg_put_variables(struct cfg_writer *writer)
{
    const struct model *model = writer->model;
    bool has_parts = false;
    for (size_t i = 0; i < model->variables.count; i++) {
        bool is_in_part = *model->variables.items[i]->part && is_written(model->variables.items[i]);
        if (is_in_part && !has_parts) {
            has_parts = true;
            put_parts(writer);
        }
        if ((!is_in_part || writer->is_annotation) && starts_section(writer, i))
            put_section(writer, i);
    }
}
