// Stage: report. Model -> Graphviz. Stocks are boxes, flows are double arrows through a valve,
// auxiliaries plain names, what influences what thin arrows. A model with many auxiliaries is
// drawn without them: an arrow then says that a stock influences a flow on whatever way. A model
// with many flows is drawn in parts: an overview of the parts, and each part by itself, with what
// influences it from elsewhere in grey; a large part by its stocks and flows alone.
#include "report/diagram.h"

#include "base/array.h"
#include "base/file.h"
#include "report/graphviz.h"

#include <string.h>

enum {
    MAX_BETWEEN_STOCKS = 30,
    MAX_AUXILIARIES_OF_PART = 20,
    MAX_FLOWS = 25,
    LABEL_WIDTH = 18,
    MAX_NAMED = 2
};

struct drawing {
    const struct model *model;
    enum language language;
    struct text dot;
    const char *part; // draw this part only; NULL: the whole model
    bool with_auxiliaries;
    const struct variable **sources; // of the variable being drawn
    int n_sources;
    char *seen;       // [variables] while walking back
    char *is_outside; // [variables] of other parts, drawn so far
};

static int index_of(const struct drawing *drawing, const struct variable *variable)
{
    for (size_t i = 0; i < drawing->model->variables.count; i++)
        if (drawing->model->variables.items[i] == variable)
            return (int)i;
    return -1;
}

static const char *title_of(const struct drawing *drawing, const struct variable *variable)
{
    const char *title = localized_text(&variable->title, drawing->language, NULL);
    if (title)
        return title;
    char *name = arena_copy_string(drawing->model->arena, variable->name);
    for (char *at = name; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    return name;
}

// Whether a variable belongs into diagrams at all, in this part or another.
static bool is_shown(const struct drawing *drawing, const struct variable *variable)
{
    if (variable->is_hidden)
        return false;
    switch (variable->kind) {
    case VARIABLE_STOCK:
    case VARIABLE_FLOW:
    case VARIABLE_INPUT:
        return true;
    case VARIABLE_AUXILIARY:
        return drawing->with_auxiliaries;
    case VARIABLE_TABLE:
        return drawing->with_auxiliaries && variable->n_equations > 0;
    default:
        return false; // parameters and bare tables would hide the structure
    }
}

static bool is_here(const struct drawing *drawing, const struct variable *variable)
{
    return !drawing->part || strcmp(variable->part, drawing->part) == 0;
}

static void append_node(struct drawing *drawing, const struct variable *variable)
{
    const char *title = title_of(drawing, variable);
    text_append_format(&drawing->dot, "    v%d [", index_of(drawing, variable));
    if (variable->kind == VARIABLE_FLOW) {
        text_append(&drawing->dot, "shape=plaintext margin=0.03 label=<<FONT COLOR=\"#0072B2\" "
                                   "POINT-SIZE=\"20\">⋈</FONT><BR/>");
        dot_append_html(&drawing->dot, title, LABEL_WIDTH);
        text_append(&drawing->dot, ">];\n");
        return;
    }
    if (variable->kind == VARIABLE_STOCK)
        text_append(&drawing->dot, "shape=box style=filled fillcolor=\"#DCE9F5\" penwidth=1.5 "
                                   "width=1.4 height=0.6 ");
    else
        text_append_format(&drawing->dot, "shape=plaintext%s ",
                           variable->kind == VARIABLE_INPUT ? " fontcolor=\"#935F00\"" : "");
    text_append(&drawing->dot, "label=\"");
    dot_append(&drawing->dot, title, LABEL_WIDTH);
    text_append(&drawing->dot, "\"];\n");
}

// What is of another part is a grey name.
static void append_outside(struct drawing *drawing, const struct variable *variable)
{
    int index = index_of(drawing, variable);
    if (is_here(drawing, variable) || drawing->is_outside[index])
        return;
    drawing->is_outside[index] = 1;
    text_append_format(&drawing->dot, "  v%d [shape=plaintext fontcolor=\"#777777\" label=<<I>",
                       index);
    dot_append_html(&drawing->dot, title_of(drawing, variable), LABEL_WIDTH);
    text_append(&drawing->dot, "</I>>];\n");
}

static void append_nodes(struct drawing *drawing, const char *part)
{
    for (size_t i = 0; i < drawing->model->variables.count; i++) {
        const struct variable *variable = drawing->model->variables.items[i];
        if (is_shown(drawing, variable) && is_here(drawing, variable) &&
            strcmp(variable->part, part) == 0)
            append_node(drawing, variable);
    }
}

static void append_clusters(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->model->parts.count; i++) {
        const struct part *part = &drawing->model->parts.items[i];
        text_append_format(&drawing->dot, "  subgraph cluster_%zu {\n    label=\"", i);
        dot_append(&drawing->dot, localized_text(&part->title, drawing->language, part->name), 0);
        text_append(&drawing->dot, "\"; color=\"#CCCCCC\"; fontcolor=\"#666666\";\n");
        append_nodes(drawing, part->name);
        text_append(&drawing->dot, "  }\n");
    }
    append_nodes(drawing, "");
}

// The stocks that a flow comes from and goes to; NULL: a cloud.
static void find_ends(const struct model *model, const struct variable *flow,
                      const struct variable **source, const struct variable **target)
{
    *source = *target = NULL;
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *stock = model->variables.items[i];
        for (int k = 0; k < stock->n_inflows; k++)
            *target = stock->inflows[k].variable == flow ? stock : *target;
        for (int k = 0; k < stock->n_outflows; k++)
            *source = stock->outflows[k].variable == flow ? stock : *source;
    }
}

// Draws the pipe of a flow from its source to its target; clouds where there is none.
static void append_pipe(struct drawing *drawing, const struct variable *flow)
{
    const char *const pipe = "color=\"#0072B2:#0072B2\" weight=8";
    const char *const cloud = "shape=circle style=dashed width=0.2 label=\"\"";
    const struct variable *source, *target;
    int at = index_of(drawing, flow);
    find_ends(drawing->model, flow, &source, &target);
    if (source) {
        append_outside(drawing, source);
        text_append_format(&drawing->dot, "  v%d -> v%d [%s arrowhead=none];\n",
                           index_of(drawing, source), at, pipe);
    } else
        text_append_format(&drawing->dot, "  c%d [%s];\n  c%d -> v%d [%s arrowhead=none];\n", at,
                           cloud, at, at, pipe);
    if (target) {
        append_outside(drawing, target);
        text_append_format(&drawing->dot, "  v%d -> v%d [%s];\n", at, index_of(drawing, target),
                           pipe);
    } else
        text_append_format(&drawing->dot, "  d%d [%s];\n  v%d -> d%d [%s];\n", at, cloud, at, at,
                           pipe);
}

static void find_sources(struct drawing *drawing, const struct variable *variable);

static void add_source(struct expr *expr, void *context)
{
    struct drawing *drawing = context;
    const struct variable *source = expr->variable;
    if (!source || drawing->seen[index_of(drawing, source)])
        return;
    drawing->seen[index_of(drawing, source)] = 1;
    bool stops = source->kind != VARIABLE_FLOW && is_shown(drawing, source);
    if (stops && (is_here(drawing, source) || source->kind == VARIABLE_STOCK ||
                  source->kind == VARIABLE_INPUT))
        drawing->sources[drawing->n_sources++] = source;
    else if (source->kind != VARIABLE_STOCK)
        find_sources(drawing, source);
}

// Collects what is drawn and influences `variable`, through what is not drawn.
static void find_sources(struct drawing *drawing, const struct variable *variable)
{
    for (int i = 0; i < variable->n_equations; i++)
        expr_walk(variable->equations[i].tree, add_source, drawing);
}

static void take_sources(struct drawing *drawing, const struct variable *variable)
{
    memset(drawing->seen, 0, drawing->model->variables.count);
    drawing->n_sources = 0;
    find_sources(drawing, variable);
}

static void append_influences(struct drawing *drawing, const struct variable *variable)
{
    take_sources(drawing, variable);
    for (int i = 0; i < drawing->n_sources; i++) {
        append_outside(drawing, drawing->sources[i]);
        text_append_format(&drawing->dot,
                           "  v%d -> v%d [color=\"#999999\" penwidth=0.8 arrowsize=0.6 "
                           "constraint=%s];\n",
                           index_of(drawing, drawing->sources[i]), index_of(drawing, variable),
                           drawing->with_auxiliaries ? "true" : "false");
    }
}

// Number of variables of a kind that are drawn.
static int count_kind(const struct drawing *drawing, enum variable_kind kind)
{
    int n = 0;
    for (size_t i = 0; i < drawing->model->variables.count; i++) {
        const struct variable *variable = drawing->model->variables.items[i];
        n += variable->kind == kind && !variable->is_hidden && is_here(drawing, variable);
    }
    return n;
}

static void append_model(struct drawing *drawing)
{
    const struct model *model = drawing->model;
    drawing->with_auxiliaries =
        count_kind(drawing, VARIABLE_AUXILIARY) + count_kind(drawing, VARIABLE_FLOW) <=
        MAX_BETWEEN_STOCKS;
    memset(drawing->is_outside, 0, model->variables.count);
    if (drawing->part)
        append_nodes(drawing, drawing->part);
    else
        append_clusters(drawing);
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        if (!is_here(drawing, variable))
            continue;
        if (variable->kind == VARIABLE_FLOW && !variable->is_hidden)
            append_pipe(drawing, variable);
        bool has_influences = drawing->with_auxiliaries || !drawing->part;
        if (has_influences && is_shown(drawing, variable) && variable->kind != VARIABLE_STOCK)
            append_influences(drawing, variable);
    }
}

// A box with the name of a part over the names of its stocks.
static void append_part(struct drawing *drawing, size_t index)
{
    const struct part *part = &drawing->model->parts.items[index];
    text_append_format(&drawing->dot,
                       "  p%zu [shape=plain label=<<TABLE BORDER=\"1\" CELLBORDER=\"0\" "
                       "CELLSPACING=\"0\" CELLPADDING=\"5\" COLOR=\"#0072B2\">"
                       "<TR><TD BGCOLOR=\"#DCE9F5\"><B>",
                       index);
    dot_append_html(&drawing->dot, localized_text(&part->title, drawing->language, part->name), 0);
    text_append(&drawing->dot, "</B></TD></TR>");
    for (size_t i = 0; i < drawing->model->variables.count; i++) {
        const struct variable *variable = drawing->model->variables.items[i];
        if (variable->kind != VARIABLE_STOCK || variable->is_hidden ||
            strcmp(variable->part, part->name) != 0)
            continue;
        text_append(&drawing->dot, "<TR><TD ALIGN=\"LEFT\">");
        dot_append_html(&drawing->dot, title_of(drawing, variable), 0);
        text_append(&drawing->dot, "</TD></TR>");
    }
    text_append(&drawing->dot, "</TABLE>>];\n");
}

// The stocks of part `from` that influence flows of part `to`, or flow into it: the first few by
// name, the others by their number.
static void append_part_link(struct drawing *drawing, size_t from, size_t to)
{
    const struct model *model = drawing->model;
    const char *source_part = model->parts.items[from].name;
    char *is_link = ARENA_NEW_ARRAY(model->arena, char, model->variables.count);
    int n = 0;
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *flow = model->variables.items[i];
        if (flow->kind != VARIABLE_FLOW || strcmp(flow->part, model->parts.items[to].name) != 0)
            continue;
        take_sources(drawing, flow);
        for (int k = 0; k < drawing->n_sources; k++) {
            const struct variable *source = drawing->sources[k];
            int at = index_of(drawing, source);
            bool counts = source->kind == VARIABLE_STOCK && strcmp(source->part, source_part) == 0;
            n += counts && !is_link[at];
            is_link[at] |= counts;
        }
    }
    if (!n)
        return;
    text_append_format(&drawing->dot, "  p%zu -> p%zu [color=\"#777777\" label=\"", from, to);
    int n_named = 0;
    for (size_t i = 0; i < model->variables.count && n_named < MAX_NAMED; i++) {
        if (!is_link[i])
            continue;
        text_append(&drawing->dot, n_named++ ? "\\n" : "");
        dot_append(&drawing->dot, title_of(drawing, model->variables.items[i]), 0);
    }
    if (n > n_named)
        text_append_format(&drawing->dot, "\\n+ %d", n - n_named);
    text_append(&drawing->dot, "\"];\n");
}

static void append_overview(struct drawing *drawing)
{
    size_t n = drawing->model->parts.count;
    drawing->with_auxiliaries = false;
    for (size_t i = 0; i < n; i++) {
        drawing->part = drawing->model->parts.items[i].name;
        if (count_kind(drawing, VARIABLE_STOCK))
            append_part(drawing, i);
    }
    drawing->part = NULL;
    for (size_t from = 0; from < n; from++)
        for (size_t to = 0; to < n; to++)
            if (from != to)
                append_part_link(drawing, from, to);
}

// The overview as diagram.dot, then diagram-PART.dot for each part with something to draw.
static bool write_parts(struct drawing *drawing, const char *folder, const char *title,
                        const bool formats[N_FORMATS], struct diag *diag)
{
    struct arena *arena = drawing->model->arena;
    dot_begin(&drawing->dot, "diagram", title, "TB");
    append_overview(drawing);
    bool is_good = dot_write(arena, folder, "diagram", &drawing->dot, formats, diag);
    for (size_t i = 0; i < drawing->model->parts.count && is_good; i++) {
        const struct part *part = &drawing->model->parts.items[i];
        drawing->part = part->name;
        if (!count_kind(drawing, VARIABLE_FLOW) && !count_kind(drawing, VARIABLE_STOCK))
            continue;
        const char *name = arena_format(arena, "diagram-%s", part->name);
        const char *part_title = localized_text(&part->title, drawing->language, part->name);
        dot_begin(&drawing->dot, name, arena_format(arena, "%s: %s", title, part_title), "LR");
        append_model(drawing);
        is_good = dot_write(arena, folder, name, &drawing->dot, formats, diag);
    }
    return is_good;
}

bool diagram_write(const struct model *model, const char *folder, enum language language,
                   const bool formats[N_FORMATS], struct diag *diag)
{
    struct drawing drawing = {.model = model, .language = language};
    size_t n = model->variables.count;
    drawing.sources = ARENA_NEW_ARRAY(model->arena, const struct variable *, n);
    drawing.seen = ARENA_NEW_ARRAY(model->arena, char, n);
    drawing.is_outside = ARENA_NEW_ARRAY(model->arena, char, n);
    const char *title = localized_text(&model->title, language, model->name);
    if (count_kind(&drawing, VARIABLE_FLOW) > MAX_FLOWS && model->parts.count > 1)
        return write_parts(&drawing, folder, title, formats, diag);
    dot_begin(&drawing.dot, "diagram", title, "LR");
    append_model(&drawing);
    return dot_write(model->arena, folder, "diagram", &drawing.dot, formats, diag);
}
