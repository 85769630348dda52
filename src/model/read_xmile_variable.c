// Stage: model. <stock>, <flow>, <aux> and <gf> of an XMILE file (XMILE v1.0, 4.1 to 4.5). An
// auxiliary that is just a number is a parameter, so that --set and sweeps may change it.
#include "model/read_xmile_private.h"

#include "base/array.h"
#include "equation/parse.h"
#include "equation/token.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Undoes \n, \", \\ and turns line ends and tabs into blanks, several into one.
static const char *clean_name(struct arena *arena, const char *text)
{
    size_t length = strlen(text);
    bool is_quoted = length >= 2 && text[0] == '"' && text[length - 1] == '"';
    char *name = arena_copy_text(arena, text + is_quoted, length - 2 * (size_t)is_quoted);
    char *to = name;
    for (const char *from = name; *from; from++) {
        char c = *from;
        if (c == '\\' && (from[1] == 'n' || from[1] == '"' || from[1] == '\\'))
            c = *++from == 'n' ? ' ' : *from;
        if (c == '\n' || c == '\t' || c == '\r')
            c = ' ';
        if (c != ' ' || (to > name && to[-1] != ' '))
            *to++ = c;
    }
    while (to > name && to[-1] == ' ')
        to--;
    *to = '\0';
    return name;
}

const char *xmile_name(struct xmile_reader *reader, const xmlNode *node)
{
    const char *text = xml_attribute(reader->file, node, "name");
    const char *name = text ? clean_name(reader->arena, text) : "";
    if (*name)
        return name;
    diag_error(reader->diag, xml_position(reader->file, node), "<%s> has no name", xml_name(node));
    return NULL;
}

struct equation xmile_equation(struct xmile_reader *reader, const xmlNode *node)
{
    struct equation equation = {.position = xml_text_position(reader->file, node)};
    equation.tree =
        parse_expression(reader->arena, equation.position, PARSE_EQUATION, reader->diag);
    return equation;
}

const char *xmile_text(struct xmile_reader *reader, const xmlNode *node, const char *name)
{
    const xmlNode *child = xml_child(node, name);
    const char *text = child ? xml_text(reader->file, child) : "";
    if (!*text)
        return NULL;
    char *copy = arena_copy_string(reader->arena, text), *to = copy;
    for (const char *from = text; *from; from++) {
        char c = *from;
        if (c == '\\' && (from[1] == 'n' || from[1] == 't' || from[1] == '\\'))
            c = *++from == 'n' ? '\n' : *from == 't' ? '\t' : '\\';
        *to++ = c;
    }
    *to = '\0';
    return copy;
}

bool xmile_option(struct xmile_reader *reader, const xmlNode *node, const char *name,
                  bool otherwise)
{
    const xmlNode *option = xml_child(node, name);
    const char *text = option ? xml_text(reader->file, option) : NULL;
    if (!text)
        return otherwise;
    if (!*text || strcasecmp(text, "true") == 0)
        return true;
    if (strcasecmp(text, "false") != 0)
        diag_error(reader->diag, xml_position(reader->file, option),
                   "<%s> must be true or false, not '%s'", name, text);
    return false;
}

// Reports the first child of `node` that makes it something this program cannot simulate.
static bool check_supported(struct xmile_reader *reader, const xmlNode *node, const char *name)
{
    static const struct {
        const char *tag, *what;
    } unsupported[] = {
        {"conveyor", "a conveyor"},
        {"queue", "a queue"},
        {"oven", "an oven"},
        {"leak", "a leakage of a conveyor"},
        {"overflow", "an overflow of a queue"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(unsupported); i++) {
        const xmlNode *child = xml_child(node, unsupported[i].tag);
        if (!child)
            continue;
        diag_error(reader->diag, xml_position(reader->file, child),
                   "'%s' is %s, which is not supported", name, unsupported[i].what);
        diag_hint(reader->diag, "DELAY(input, time) is a pipeline without capacity or leakage");
        return false;
    }
    return true;
}

static struct variable *add_variable(struct xmile_reader *reader, const xmlNode *node,
                                     enum variable_kind kind)
{
    const char *name = xmile_name(reader, node);
    struct position position = xml_position(reader->file, node);
    if (!name || !check_supported(reader, node, name))
        return NULL;
    if (reader->macro)
        return macro_add_variable(reader->macro, reader->arena, name, kind, position, reader->diag);
    name = arena_format(reader->arena, "%s%s", reader->path, name);
    struct variable *variable =
        model_add_variable(reader->model, name, kind, position, reader->diag);
    if (variable) {
        variable->scope = reader->scope;
        size_t length = strlen(reader->path); // the module is its part of the model
        variable->part = length ? arena_copy_text(reader->arena, reader->path, length - 1) : "";
    }
    return variable;
}

static void read_dimensions(struct xmile_reader *reader, const xmlNode *node,
                            struct variable *variable)
{
    const xmlNode *dimensions = xml_child(node, "dimensions");
    struct {
        struct reference *items;
        size_t count, capacity;
    } list = {0};
    for (const xmlNode *dim = dimensions ? xml_child(dimensions, "dim") : NULL; dim;
         dim = xml_next(dim, "dim")) {
        const char *name = xmile_name(reader, dim);
        if (name)
            ARRAY_PUSH(reader->arena, &list) =
                (struct reference){.name = name, .position = xml_position(reader->file, dim)};
    }
    if (list.count && reader->macro) {
        diag_error(reader->diag, list.items[0].position, "arrays inside a macro are not supported");
        diag_hint(reader->diag, "a macro called from an array has a copy for each element");
        return;
    }
    variable->dimension_names = list.items;
    variable->n_dimensions = (int)list.count;
}

// Whether `node` holds nothing but blanks and {comments}: what Stella writes into inputs of
// modules.
static bool is_empty(struct xmile_reader *reader, const xmlNode *node)
{
    return token_next(xml_text(reader->file, node), 0).kind == TOKEN_END;
}

// The equation in child `name` of `node`; nothing where it is missing or empty.
static struct equation read_child_equation(struct xmile_reader *reader, const xmlNode *node,
                                           const char *name)
{
    const xmlNode *child = xml_child(node, name);
    if (!child || is_empty(reader, child))
        return (struct equation){0};
    return xmile_equation(reader, child);
}

static bool is_number(const struct equation *equation)
{
    return equation->tree && equation->tree->kind == EXPR_NUMBER;
}

static void read_elements(struct xmile_reader *reader, const xmlNode *node,
                          struct variable *variable)
{
    struct {
        struct element_equation *items;
        size_t count, capacity;
    } list = {0};
    for (const xmlNode *element = xml_child(node, "element"); element;
         element = xml_next(element, "element")) {
        const char *subscripts = xml_attribute(reader->file, element, "subscript");
        const xmlNode *gf = xml_child(element, "gf");
        if (!subscripts || !variable->n_dimensions) {
            diag_error(reader->diag, xml_position(reader->file, element),
                       subscripts ? "'%s' has no dimensions" : "an <element> has no subscript",
                       variable->name);
            continue;
        }
        ARRAY_PUSH(reader->arena, &list) =
            (struct element_equation){.subscripts = subscripts,
                                      .equation = read_child_equation(reader, element, "eqn"),
                                      .initial = read_child_equation(reader, element, "init_eqn"),
                                      .table = gf ? xmile_read_table(reader, gf, variable) : NULL};
    }
    variable->elements = list.items;
    variable->n_elements = (int)list.count;
}

struct equation_list {
    struct equation *items;
    size_t count, capacity;
};

// Whether the text of `node` is a list of numbers, "1, 2; 3, 4": values in row-major order, as
// Vensim writes constants of arrays. Adds them to `list`.
static bool read_number_list(struct xmile_reader *reader, const xmlNode *node,
                             struct equation_list *list)
{
    const char *text = xml_text(reader->file, node), *at = text;
    struct equation_list found = {0};
    if (!text[strcspn(text, ",;")])
        return false;
    while (*at) {
        char *end;
        double number = strtod(at, &end);
        bool is_separated = end > at && (!*end || strchr(",; \t\r\n", *end));
        if (!is_separated)
            return false;
        ARRAY_PUSH(reader->arena, &found) = (struct equation){xml_text_position(reader->file, node),
                                                              expr_number(reader->arena, number)};
        at = end + strspn(end, ",; \t\r\n");
    }
    for (size_t i = 0; i < found.count; i++)
        ARRAY_PUSH(reader->arena, list) = found.items[i];
    return true;
}

// One equation for all elements; Vensim also writes one after the other for each.
static void read_equations(struct xmile_reader *reader, const xmlNode *node,
                           struct variable *variable)
{
    struct equation_list list = {0};
    struct equation initial = read_child_equation(reader, node, "init_eqn");
    for (const xmlNode *child = xml_child(node, "eqn"); child; child = xml_next(child, "eqn"))
        if (!is_empty(reader, child) &&
            !(variable->n_dimensions && read_number_list(reader, child, &list)))
            ARRAY_PUSH(reader->arena, &list) = xmile_equation(reader, child);
    variable->equations = list.items;
    variable->n_equations = variable->n_dimensions || !list.count ? (int)list.count : 1;
    if (initial.position.excerpt && variable->kind != VARIABLE_STOCK) {
        variable->initials = ARENA_NEW(reader->arena, struct equation);
        *variable->initials = initial;
        variable->n_initials = 1;
    }
    read_elements(reader, node, variable);
}

static bool has_tables(const struct variable *variable)
{
    bool is_any = variable->table != NULL;
    for (int i = 0; i < variable->n_elements; i++)
        is_any |= variable->elements[i].table != NULL;
    return is_any;
}

// Makes an auxiliary whose equations are all numbers a parameter.
static void settle_kind(struct xmile_reader *reader, struct variable *variable)
{
    int n = variable->n_equations;
    bool is_constant = !variable->n_initials && (n || variable->n_elements);
    for (int i = 0; i < n; i++)
        is_constant &= is_number(&variable->equations[i]);
    for (int i = 0; i < variable->n_elements; i++)
        is_constant &= is_number(&variable->elements[i].equation) &&
                       !variable->elements[i].initial.position.excerpt;
    if (!is_constant)
        return;
    variable->kind = VARIABLE_PARAMETER;
    variable->n_values = n ? n : 1;
    variable->values = ARENA_NEW_ARRAY(reader->arena, double, variable->n_values);
    variable->values[0] = NAN; // only elements have values
    for (int i = 0; i < n; i++)
        variable->values[i] = variable->equations[i].tree->number;
    variable->n_equations = 0;
}

static void read_flows(struct xmile_reader *reader, const xmlNode *node, const char *tag,
                       struct reference **references, int *count)
{
    struct {
        struct reference *items;
        size_t count, capacity;
    } list = {0};
    for (const xmlNode *flow = xml_child(node, tag); flow; flow = xml_next(flow, tag)) {
        const char *name = xml_text(reader->file, flow);
        if (*name)
            ARRAY_PUSH(reader->arena, &list) =
                (struct reference){.name = name, .position = xml_text_position(reader->file, flow)};
    }
    *references = list.items;
    *count = (int)list.count;
}

static void read_common(struct xmile_reader *reader, const xmlNode *node, struct variable *variable)
{
    const xmlNode *units = xml_child(node, "units");
    const char *doc = xmile_text(reader, node, "doc");
    variable->doc = (struct localized){{doc, doc}};
    if (units && *xml_text(reader->file, units)) {
        variable->unit_text = xml_text(reader->file, units);
        variable->unit_position = xml_text_position(reader->file, units);
    }
    read_dimensions(reader, node, variable);
}

static void read_stock(struct xmile_reader *reader, const xmlNode *node)
{
    struct variable *stock = add_variable(reader, node, VARIABLE_STOCK);
    if (!stock)
        return;
    read_common(reader, node, stock);
    read_equations(reader, node, stock);
    read_flows(reader, node, "inflow", &stock->inflows, &stock->n_inflows);
    read_flows(reader, node, "outflow", &stock->outflows, &stock->n_outflows);
    stock->is_non_negative =
        xmile_option(reader, node, "non_negative", reader->behaviour.stocks_non_negative);
}

static void read_flow(struct xmile_reader *reader, const xmlNode *node)
{
    struct variable *flow = add_variable(reader, node, VARIABLE_FLOW);
    if (!flow)
        return;
    const xmlNode *gf = xml_child(node, "gf"), *multiplier = xml_child(node, "multiplier");
    read_common(reader, node, flow);
    flow->table = gf ? xmile_read_table(reader, gf, flow) : NULL;
    read_equations(reader, node, flow);
    flow->is_non_negative =
        xmile_option(reader, node, "non_negative", reader->behaviour.flows_non_negative);
    if (multiplier && *xml_text(reader->file, multiplier))
        ARRAY_PUSH(reader->arena, &reader->multipliers) =
            (struct multiplier){flow, xmile_equation(reader, multiplier)};
}

// An auxiliary; with a graphical function, a table that may also be called.
static void read_auxiliary(struct xmile_reader *reader, const xmlNode *node)
{
    struct variable *variable = add_variable(reader, node, VARIABLE_AUXILIARY);
    if (!variable)
        return;
    const xmlNode *gf = xml_child(node, "gf");
    read_common(reader, node, variable);
    variable->table = gf ? xmile_read_table(reader, gf, variable) : NULL;
    read_equations(reader, node, variable);
    if (gf || has_tables(variable)) {
        variable->kind = VARIABLE_TABLE;
        return;
    }
    settle_kind(reader, variable);
}

// A graphical function that stands alone: <gf name="...">.
static void read_function(struct xmile_reader *reader, const xmlNode *node)
{
    struct variable *variable = add_variable(reader, node, VARIABLE_TABLE);
    if (!variable)
        return;
    read_common(reader, node, variable);
    variable->table = xmile_read_table(reader, node, variable);
    read_elements(reader, node, variable);
}

void xmile_read_variable(struct xmile_reader *reader, const xmlNode *node)
{
    if (xml_is(node, "stock"))
        read_stock(reader, node);
    else if (xml_is(node, "flow"))
        read_flow(reader, node);
    else if (xml_is(node, "aux"))
        read_auxiliary(reader, node);
    else if (xml_is(node, "gf"))
        read_function(reader, node);
}
