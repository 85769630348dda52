// Stage: report. Model -> Graphviz. Stocks are boxes, flows are double arrows through a valve,
// auxiliaries plain names, what influences what thin arrows. A model with many auxiliaries is
// drawn without them: an arrow then says that a stock influences a flow on whatever way.
#include "report/diagram.h"

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_AUXILIARIES = 30, LABEL_WIDTH = 18 };

struct drawing {
    const struct model *model;
    enum language language;
    struct text dot;
    bool with_auxiliaries;
    const struct variable **sources; // of the variable being drawn
    int n_sources;
    char *seen; // [variables] while walking back
};

static int index_of(const struct drawing *drawing, const struct variable *variable)
{
    for (size_t i = 0; i < drawing->model->variables.count; i++)
        if (drawing->model->variables.items[i] == variable)
            return (int)i;
    return -1;
}

// A text inside the quotes of a dot file.
static void append_escaped(struct drawing *drawing, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            text_append(&drawing->dot, "\\");
        text_append_bytes(&drawing->dot, text, 1);
    }
}

// A title as a label: quotes escaped, a line break every so many letters.
static void append_label(struct drawing *drawing, const struct variable *variable)
{
    const char *title = localized_text(&variable->title, drawing->language, NULL);
    int width = 0;
    for (const char *at = title ? title : variable->name; *at; at++) {
        char c = *at == '_' && !title ? ' ' : *at;
        if (c == ' ' && width > LABEL_WIDTH) {
            text_append(&drawing->dot, "\\n");
            width = 0;
            continue;
        }
        if (c == '"' || c == '\\')
            text_append(&drawing->dot, "\\");
        text_append_bytes(&drawing->dot, &c, 1);
        width++;
    }
}

static bool is_drawn(const struct drawing *drawing, const struct variable *variable)
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

static void append_node(struct drawing *drawing, const struct variable *variable)
{
    static const char *const shapes[N_VARIABLE_KINDS] = {
        [VARIABLE_STOCK] = "shape=box style=filled fillcolor=\"#DCE9F5\" penwidth=1.5 "
                           "width=1.4 height=0.6",
        [VARIABLE_FLOW] = "shape=invtriangle width=0.25 height=0.2 fixedsize=true label=\"\" "
                          "style=filled fillcolor=\"#0072B2\" xlabel",
        [VARIABLE_INPUT] = "shape=plaintext fontcolor=\"#935F00\"",
    };
    const char *shape = shapes[variable->kind] ? shapes[variable->kind] : "shape=plaintext";
    bool is_flow = variable->kind == VARIABLE_FLOW;
    text_append_format(&drawing->dot, "    v%d [%s%s\"", index_of(drawing, variable), shape,
                       is_flow ? "=" : " label=");
    append_label(drawing, variable);
    text_append(&drawing->dot, "\"];\n");
}

static void append_nodes(struct drawing *drawing, const char *part)
{
    for (size_t i = 0; i < drawing->model->variables.count; i++) {
        const struct variable *variable = drawing->model->variables.items[i];
        if (is_drawn(drawing, variable) && strcmp(variable->part, part) == 0)
            append_node(drawing, variable);
    }
}

static void append_parts(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->model->parts.count; i++) {
        const struct part *part = &drawing->model->parts.items[i];
        text_append_format(&drawing->dot, "  subgraph cluster_%zu {\n    label=\"", i);
        append_escaped(drawing, localized_text(&part->title, drawing->language, part->name));
        text_append(&drawing->dot, "\"; color=\"#CCCCCC\"; fontcolor=\"#666666\";\n");
        append_nodes(drawing, part->name);
        text_append(&drawing->dot, "  }\n");
    }
    append_nodes(drawing, "");
}

// Draws the pipe of a flow from its source to its target; clouds where there is none.
static void append_pipe(struct drawing *drawing, const struct variable *flow)
{
    const struct variable *source = NULL, *target = NULL;
    int at = index_of(drawing, flow);
    for (size_t i = 0; i < drawing->model->variables.count; i++) {
        const struct variable *stock = drawing->model->variables.items[i];
        for (int k = 0; k < stock->n_inflows; k++)
            target = stock->inflows[k].variable == flow ? stock : target;
        for (int k = 0; k < stock->n_outflows; k++)
            source = stock->outflows[k].variable == flow ? stock : source;
    }
    const char *const pipe = "color=\"#0072B2:#0072B2\" weight=8";
    if (!source)
        text_append_format(&drawing->dot,
                           "  c%d [shape=circle style=dashed width=0.2 label=\"\"];\n"
                           "  c%d -> v%d [%s arrowhead=none];\n",
                           at, at, at, pipe);
    else
        text_append_format(&drawing->dot, "  v%d -> v%d [%s arrowhead=none];\n",
                           index_of(drawing, source), at, pipe);
    if (!target)
        text_append_format(&drawing->dot,
                           "  d%d [shape=circle style=dashed width=0.2 label=\"\"];\n"
                           "  v%d -> d%d [%s];\n",
                           at, at, at, pipe);
    else
        text_append_format(&drawing->dot, "  v%d -> v%d [%s];\n", at, index_of(drawing, target),
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
    if (is_drawn(drawing, source) && source->kind != VARIABLE_FLOW)
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

static void append_influences(struct drawing *drawing, const struct variable *variable)
{
    memset(drawing->seen, 0, drawing->model->variables.count);
    drawing->n_sources = 0;
    find_sources(drawing, variable);
    for (int i = 0; i < drawing->n_sources; i++)
        text_append_format(&drawing->dot,
                           "  v%d -> v%d [color=\"#999999\" penwidth=0.8 arrowsize=0.6 "
                           "constraint=%s];\n",
                           index_of(drawing, drawing->sources[i]), index_of(drawing, variable),
                           drawing->with_auxiliaries ? "true" : "false");
}

static void append_model(struct drawing *drawing)
{
    const struct model *model = drawing->model;
    text_append_format(&drawing->dot,
                       "// %s: made by kantelpunt; draw it with: dot -Tsvg diagram.dot\n"
                       "digraph model {\n  rankdir=LR; labelloc=t; fontname=\"DejaVu Sans\"; "
                       "fontsize=20; forcelabels=true; nodesep=0.5;\n"
                       "  node [fontname=\"DejaVu Sans\" fontsize=11];\n"
                       "  edge [fontname=\"DejaVu Sans\"];\n  label=\"",
                       model->name);
    append_escaped(drawing, localized_text(&model->title, drawing->language, model->name));
    text_append(&drawing->dot, "\";\n");
    append_parts(drawing);
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        if (variable->kind == VARIABLE_FLOW)
            append_pipe(drawing, variable);
        if (is_drawn(drawing, variable) && variable->kind != VARIABLE_STOCK)
            append_influences(drawing, variable);
    }
    text_append(&drawing->dot, "}\n");
}

static bool run_dot(const char *source, const char *target, const char *format, struct diag *diag)
{
    pid_t child = fork();
    if (child == 0) {
        execlp("dot", "dot", format, "-o", target, source, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    int code = child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 127;
    if (code == 0)
        return true;
    diag_fail(diag, FAULT_ENVIRONMENT,
              code == 127 ? "cannot draw the diagram: 'dot' cannot be started"
                          : "'dot' could not draw the diagram");
    if (code == 127)
        diag_hint(diag, "install Graphviz (Debian: graphviz)");
    unlink(target);
    return false;
}

bool diagram_write(const struct model *model, const char *folder, enum language language,
                   const bool formats[N_FORMATS], struct diag *diag)
{
    static const char *const endings[N_FORMATS] = {"svg", "png", "pdf"};
    struct drawing drawing = {.model = model, .language = language};
    size_t n = model->variables.count;
    int n_auxiliaries = 0;
    for (size_t i = 0; i < n; i++)
        n_auxiliaries += model->variables.items[i]->kind == VARIABLE_AUXILIARY;
    drawing.with_auxiliaries = n_auxiliaries <= MAX_AUXILIARIES;
    drawing.sources = ARENA_NEW_ARRAY(model->arena, const struct variable *, n);
    drawing.seen = ARENA_NEW_ARRAY(model->arena, char, n);
    append_model(&drawing);
    const char *source = path_join(model->arena, folder, "diagram.dot");
    bool is_good = file_write(model->arena, source, text_string(&drawing.dot), diag);
    text_clear(&drawing.dot);
    for (int i = 0; i < N_FORMATS && is_good; i++)
        if (formats[i])
            is_good =
                run_dot(source, arena_format(model->arena, "%s/diagram.%s", folder, endings[i]),
                        arena_format(model->arena, "-T%s", endings[i]), diag);
    return is_good;
}
