// Stage: model, on the way out. struct model -> XMILE. Chapter numbers are those of XMILE v1.0.
#include "model/write_xmile.h"

#include "base/file.h"
#include "model/macro.h"
#include "model/print.h"
#include "model/write_cfg.h"
#include "model/write_xmile_private.h"

#include <math.h>
#include <string.h>
#include <strings.h>

void xmile_line(struct xmile_writer *writer)
{
    text_append(writer->text, "\n");
    for (int i = 0; i < writer->depth; i++)
        text_append(writer->text, "  ");
}

void xmile_escaped(struct xmile_writer *writer, const char *string)
{
    for (const char *at = string; *at; at++) {
        const char *escaped = *at == '&'   ? "&amp;"
                              : *at == '<' ? "&lt;"
                              : *at == '>' ? "&gt;"
                              : *at == '"' ? "&quot;"
                                           : NULL;
        if (escaped)
            text_append(writer->text, escaped);
        else
            text_append_bytes(writer->text, at, 1);
    }
}

static void open_element(struct xmile_writer *writer, const char *tag)
{
    xmile_line(writer);
    text_append_format(writer->text, "<%s>", tag);
    writer->depth++;
}

static void close_element(struct xmile_writer *writer, const char *tag)
{
    writer->depth--;
    xmile_line(writer);
    text_append_format(writer->text, "</%s>", tag);
}

// <tag>content</tag> on a line; nothing where the content is NULL.
static void put(struct xmile_writer *writer, const char *tag, const char *content)
{
    if (!content)
        return;
    xmile_line(writer);
    text_append_format(writer->text, "<%s>", tag);
    xmile_escaped(writer, content);
    text_append_format(writer->text, "</%s>", tag);
}

// Documentation escapes line ends (4.1).
static void put_doc(struct xmile_writer *writer, const struct localized *doc)
{
    const char *string = localized_text(doc, LANGUAGE_EN, NULL);
    struct text escaped = {0};
    for (const char *at = string; at && *at; at++) {
        if (*at == '\n' || *at == '\t' || *at == '\\')
            text_append(&escaped, *at == '\n' ? "\\n" : *at == '\t' ? "\\t" : "\\\\");
        else
            text_append_bytes(&escaped, at, 1);
    }
    put(writer, "doc", string ? text_string(&escaped) : NULL);
    text_clear(&escaped);
}

static const char *number(struct xmile_writer *writer, double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    return arena_copy_string(writer->model->arena, number_text(value, buffer));
}

bool xmile_is_written(const struct variable *variable)
{
    return !variable->is_hidden || strchr(variable->name, '#');
}

static void put_header(struct xmile_writer *writer)
{
    const struct model *model = writer->model;
    int n_dimensions = 0;
    bool has_macros = false;
    for (size_t i = 0; i < model->variables.count; i++)
        if (model->variables.items[i]->n_dimensions > n_dimensions)
            n_dimensions = model->variables.items[i]->n_dimensions;
    for (size_t i = 0; i < model->macros.count; i++)
        has_macros |= !model->macros.items[i]->variables.count;
    open_element(writer, "header");
    xmile_line(writer);
    text_append(writer->text, "<options namespace=\"std\">");
    writer->depth++;
    if (n_dimensions) {
        xmile_line(writer);
        text_append_format(writer->text, "<uses_arrays maximum_dimensions=\"%d\"/>", n_dimensions);
    }
    if (has_macros) {
        xmile_line(writer);
        text_append(writer->text,
                    "<uses_macros recursive_macros=\"false\" option_filters=\"false\"/>");
    }
    xmile_line(writer);
    text_append(writer->text, "<has_model_view/>");
    close_element(writer, "options");
    put(writer, "name", localized_text(&model->title, LANGUAGE_EN, model->name));
    put(writer, "vendor", "Kantelpunt");
    xmile_line(writer);
    text_append(writer->text,
                "<product version=\"" KANTELPUNT_VERSION "\" lang=\"en\">Kantelpunt</product>");
    put(writer, "caption", localized_text(&model->doc, LANGUAGE_EN, NULL));
    close_element(writer, "header");
}

// The name that the standard gives to a method, with a fallback (3.4.1).
static const char *method_name(const char *method)
{
    static const char *const names[][2] = {{"rkf45", "rk45, rk4"},
                                           {"rk45", "rk45, rk4"},
                                           {"rk8pd", "rk45, rk4"},
                                           {"msbdf", "gear, rk4"},
                                           {"gear", "gear, rk4"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(method, names[i][0]) == 0)
            return names[i][1];
    return method;
}

static void put_specs(struct xmile_writer *writer)
{
    const struct time_spec *time = &writer->model->time;
    double per_unit = nearbyint(1 / time->step);
    bool is_reciprocal = per_unit > 1 && 1 / per_unit == time->step;
    xmile_line(writer);
    text_append(writer->text, "<sim_specs method=\"");
    xmile_escaped(writer, method_name(time->method));
    text_append(writer->text, "\" time_units=\"");
    xmile_escaped(writer, time->unit);
    if (!isnan(time->save_every) && time->save_every > 0)
        text_append_format(writer->text, "\" isee:save_interval=\"%s",
                           number(writer, time->save_every));
    text_append(writer->text, "\">");
    writer->depth++;
    put(writer, "start", number(writer, time->start));
    put(writer, "stop", number(writer, time->stop));
    xmile_line(writer);
    text_append_format(writer->text, "<dt%s>%s</dt>", is_reciprocal ? " reciprocal=\"true\"" : "",
                       number(writer, is_reciprocal ? per_unit : time->step));
    close_element(writer, "sim_specs");
}

static void put_units(struct xmile_writer *writer)
{
    const struct model *model = writer->model;
    if (!model->unit_names.count)
        return;
    open_element(writer, "model_units");
    for (size_t i = 0; i < model->unit_names.count; i++) {
        xmile_line(writer);
        text_append(writer->text, "<unit name=\"");
        xmile_escaped(writer, model->unit_names.items[i]);
        text_append(writer->text, "\"/>");
    }
    close_element(writer, "model_units");
}

static void put_named(struct xmile_writer *writer, const char *tag, const char *attribute,
                      const char *value, const char *end)
{
    xmile_line(writer);
    text_append_format(writer->text, "<%s %s=\"", tag, attribute);
    xmile_escaped(writer, value);
    text_append_format(writer->text, "\"%s", end);
}

static void put_dimensions(struct xmile_writer *writer)
{
    const struct model *model = writer->model;
    if (!model->dimensions.count)
        return;
    open_element(writer, "dimensions");
    for (size_t i = 0; i < model->dimensions.count; i++) {
        const struct dimension *dimension = model->dimensions.items[i];
        put_named(writer, "dim", "name", dimension->name, ">");
        writer->depth++;
        for (int k = 0; k < dimension->n_elements; k++)
            put_named(writer, "elem", "name", dimension->elements[k].name, "/>");
        close_element(writer, "dim");
    }
    close_element(writer, "dimensions");
}

static bool is_even(const struct table *table)
{
    int last = table->n_points - 1;
    for (int i = 0; i <= last; i++) {
        double share = last ? (double)i / (double)last : 0;
        double x = i == last && last ? table->x[last]
                                     : table->x[0] + share * (table->x[last] - table->x[0]);
        if (table->x[i] != x)
            return false;
    }
    return last > 0;
}

static void put_points(struct xmile_writer *writer, const char *tag, const double *values, int n)
{
    xmile_line(writer);
    text_append_format(writer->text, "<%s>", tag);
    for (int i = 0; i < n; i++) {
        text_append(writer->text, i ? "," : "");
        text_append_number(writer->text, values[i]);
    }
    text_append_format(writer->text, "</%s>", tag);
}

// The inside of a <gf> (4.1.3): an x scale where the points are evenly spread, else x points.
static void put_table(struct xmile_writer *writer, const struct table *table)
{
    if (is_even(table)) {
        xmile_line(writer);
        text_append_format(writer->text, "<xscale min=\"%s\" max=\"%s\"/>",
                           number(writer, table->x[0]),
                           number(writer, table->x[table->n_points - 1]));
    } else {
        put_points(writer, "xpts", table->x, table->n_points);
    }
    put_points(writer, "ypts", table->y, table->n_points);
}

static void put_gf(struct xmile_writer *writer, const struct table *table)
{
    xmile_line(writer);
    text_append_format(writer->text, "<gf type=\"%s\">", table_kind_name(table->kind));
    writer->depth++;
    put_table(writer, table);
    close_element(writer, "gf");
}

// The equation of a cell: a number where it is a parameter.
static const char *cell_equation(struct xmile_writer *writer, const struct variable *variable,
                                 int cell)
{
    const struct equation *equation = variable_equation(variable, cell);
    if (equation)
        return equation_text(writer->model, variable, equation);
    return variable->values ? number(writer, variable->values[cell]) : NULL;
}

static const char *cell_initial(struct xmile_writer *writer, const struct variable *variable,
                                int cell)
{
    if (!variable->n_initials)
        return NULL;
    const struct equation *initial = &variable->initials[variable->n_initials == 1 ? 0 : cell];
    if (!initial->tree && !initial->position.excerpt)
        return NULL;
    return equation_text(writer->model, variable, initial);
}

static bool is_same_everywhere(const struct variable *variable)
{
    for (int i = 1; i < variable->n_cells && variable->values; i++)
        if (variable->values[i] != variable->values[0])
            return false;
    return variable->n_equations <= 1 && variable->n_initials <= 1;
}

static void put_element(struct xmile_writer *writer, const struct variable *variable, int cell,
                        bool with_equation)
{
    struct arena *arena = writer->model->arena;
    const char *name = cell_name(arena, variable, cell) + strlen(variable->name);
    put_named(writer, "element", "subscript", arena_copy_text(arena, name + 1, strlen(name) - 2),
              ">");
    writer->depth++;
    put(writer, "eqn", with_equation ? cell_equation(writer, variable, cell) : NULL);
    put(writer, "init_eqn", with_equation ? cell_initial(writer, variable, cell) : NULL);
    if (variable->tables)
        put_gf(writer, variable->tables[cell]);
    close_element(writer, "element");
}

static void put_equations(struct xmile_writer *writer, const struct variable *variable)
{
    bool is_same = is_same_everywhere(variable);
    if (variable->n_dimensions) {
        open_element(writer, "dimensions");
        for (int d = 0; d < variable->n_dimensions; d++)
            put_named(writer, "dim", "name", variable->dimensions[d]->name, "/>");
        close_element(writer, "dimensions");
    }
    for (int cell = 0; cell < variable->n_cells && (!is_same || variable->tables); cell++)
        put_element(writer, variable, cell, !is_same);
    if (is_same) {
        put(writer, "eqn", cell_equation(writer, variable, 0));
        put(writer, "init_eqn", cell_initial(writer, variable, 0));
    }
}

static void put_flows(struct xmile_writer *writer, const char *tag,
                      const struct reference *references, int n)
{
    for (int i = 0; i < n; i++)
        put(writer, tag, name_quoted(writer->model->arena, references[i].variable->name));
}

static const char *tag_of(const struct variable *variable)
{
    if (variable->kind == VARIABLE_TABLE && !variable->n_equations && !variable->tables)
        return "gf";
    return variable->kind == VARIABLE_STOCK  ? "stock"
           : variable->kind == VARIABLE_FLOW ? "flow"
                                             : "aux";
}

static void put_variable(struct xmile_writer *writer, const struct variable *variable)
{
    const char *tag = tag_of(variable);
    bool is_function = strcmp(tag, "gf") == 0;
    put_named(writer, tag, "name", variable->name, "");
    if (is_function)
        text_append_format(writer->text, " type=\"%s\"", table_kind_name(variable->table->kind));
    text_append(writer->text, ">");
    writer->depth++;
    if (!is_function)
        put_doc(writer, &variable->doc);
    put_equations(writer, variable);
    if (is_function)
        put_table(writer, variable->table);
    else if (variable->table && !variable->tables)
        put_gf(writer, variable->table);
    put_flows(writer, "inflow", variable->inflows, variable->n_inflows);
    put_flows(writer, "outflow", variable->outflows, variable->n_outflows);
    if (variable->is_non_negative) {
        xmile_line(writer);
        text_append(writer->text, "<non_negative/>");
    }
    put(writer, "units", is_function ? NULL : variable->unit_text);
    close_element(writer, tag);
}

static void put_groups(struct xmile_writer *writer)
{
    const struct model *model = writer->model;
    for (size_t i = 0; i < model->parts.count; i++) {
        const struct part *part = &model->parts.items[i];
        put_named(writer, "group", "name", part->name, ">");
        writer->depth++;
        put_doc(writer, &part->doc);
        for (size_t k = 0; k < model->variables.count; k++)
            if (strcmp(model->variables.items[k]->part, part->name) == 0)
                put_named(writer, "entity", "name", model->variables.items[k]->name, "/>");
        close_element(writer, "group");
    }
}

static void put_model(struct xmile_writer *writer)
{
    const struct model *model = writer->model;
    open_element(writer, "model");
    open_element(writer, "variables");
    for (size_t i = 0; i < model->variables.count; i++)
        if (xmile_is_written(model->variables.items[i]))
            put_variable(writer, model->variables.items[i]);
    put_groups(writer);
    close_element(writer, "variables");
    xmile_put_views(writer);
    close_element(writer, "model");
}

static void put_macros(struct xmile_writer *writer)
{
    const struct model *model = writer->model;
    for (size_t i = 0; i < model->macros.count; i++) {
        const struct macro *macro = model->macros.items[i];
        if (macro->variables.count || !macro->equation.position.excerpt)
            continue; // written out where it is called
        put_named(writer, "macro", "name", macro->name, ">");
        writer->depth++;
        for (int k = 0; k < macro->n_parameters; k++)
            put(writer, "parm", macro->parameters[k].name);
        put(writer, "eqn", macro->equation.position.excerpt);
        put_doc(writer, &macro->doc);
        close_element(writer, "macro");
    }
}

// Our own element, in the format of libconfig models; CDATA cannot hold its own end.
static void put_annotation(struct xmile_writer *writer)
{
    struct text annotation = {0};
    model_append_annotation(&annotation, writer->model);
    xmile_line(writer);
    text_append(writer->text, "<kantelpunt:annotation><![CDATA[");
    for (const char *at = text_string(&annotation); *at;) {
        const char *end = strstr(at, "]]>");
        size_t length = end ? (size_t)(end - at) + 2 : strlen(at);
        text_append_bytes(writer->text, at, length);
        if (end)
            text_append(writer->text, "]]><![CDATA[");
        at += length;
    }
    text_append(writer->text, "]]></kantelpunt:annotation>");
    text_clear(&annotation);
}

bool model_write_xmile(const struct model *model, const char *path, struct diag *diag)
{
    struct text text = {0};
    struct xmile_writer writer = {.text = &text, .model = model};
    text_append(&text, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                       "<xmile version=\"1.0\" "
                       "xmlns=\"http://docs.oasis-open.org/xmile/ns/XMILE/v1.0\" "
                       "xmlns:isee=\"http://iseesystems.com/XMILE\" "
                       "xmlns:kantelpunt=\"urn:kantelpunt:annotation\">");
    writer.depth++;
    put_header(&writer);
    put_specs(&writer);
    put_units(&writer);
    put_dimensions(&writer);
    put_model(&writer);
    put_macros(&writer);
    put_annotation(&writer);
    text_append(&text, "\n</xmile>\n");
    bool is_good = file_write(model->arena, path, text_string(&text), diag);
    text_clear(&text);
    return is_good;
}
