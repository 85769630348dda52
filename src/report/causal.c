// Stage: report. Loops and their scores -> Graphviz. A loop goes from stock to stock; what lies
// between is one link, whose polarity is the sign that it had most of the time, weighed by the
// loop's share. Loops over the same stocks with the same polarity are one, under the name of the
// strongest.
#include "report/causal.h"

#include "base/array.h"
#include "base/file.h"
#include "report/graphviz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SHOWN = 7, LABEL_WIDTH = 16 };

// Loops over the same stocks.
struct bundle {
    const struct loop *leader;      // the strongest
    const struct variable **stocks; // [n] in the order of the leader, the model's first one first
    bool *is_negative;              // [n] the link from stock i to the next one, in the leader
    int n;
    int n_loops;
    double share; // of all of them, mean over time
};

struct drawing {
    const struct chart_context *context;
    const struct loop_analysis *analysis;
    struct arena *arena;
    enum language language;
    struct text dot;
    struct {
        struct bundle *items;
        size_t count, capacity;
    } bundles;
};

static const struct link_vertex *vertex_from(const struct loop_analysis *analysis, int edge)
{
    return &analysis->links->vertices[analysis->links->graph.edges[edge].from];
}

static bool is_stock(const struct link_vertex *vertex)
{
    return vertex->kind == VERTEX_STOCK && vertex->variable;
}

// Whether the links edges[from] .. edges[until - 1] of a loop, around its end, mostly turn a rise
// into a fall.
static bool is_segment_negative(const struct loop_analysis *analysis, const struct loop *loop,
                                int from, int until)
{
    const struct link_scores *scores = analysis->scores;
    int n_links = analysis->links->graph.n_edges;
    double balance = 0;
    for (int row = 0; row < scores->n_rows; row++) {
        double sign = 1;
        for (int i = from; i < until; i++) {
            double score = scores->scores[(size_t)row * (size_t)n_links +
                                          (size_t)loop->edges[i % loop->n_edges]];
            sign *= (score > 0) - (score < 0);
        }
        balance += sign * fabs(loop->relative[row]);
    }
    return balance < 0;
}

// The loop from stock to stock, beginning at the first of them in the model; elements of one array
// in a row are one stock. False: it passes no stock.
static bool reduce(const struct drawing *drawing, const struct loop *loop, struct bundle *bundle)
{
    const struct loop_analysis *analysis = drawing->analysis;
    int start = -1;
    for (int i = 0; i < loop->n_edges; i++) {
        const struct link_vertex *vertex = vertex_from(analysis, loop->edges[i]);
        if (is_stock(vertex) &&
            (start < 0 || vertex->variable->first_cell <
                              vertex_from(analysis, loop->edges[start])->variable->first_cell))
            start = i;
    }
    if (start < 0)
        return false;
    *bundle = (struct bundle){.leader = loop, .n_loops = 1, .share = loop->mean_share};
    bundle->stocks = ARENA_NEW_ARRAY(drawing->arena, const struct variable *, loop->n_edges);
    bundle->is_negative = ARENA_NEW_ARRAY(drawing->arena, bool, loop->n_edges);
    int segment = start;
    for (int i = start + 1; i <= start + loop->n_edges; i++) {
        const struct link_vertex *vertex = vertex_from(analysis, loop->edges[i % loop->n_edges]);
        if (!is_stock(vertex))
            continue;
        const struct variable *from =
            vertex_from(analysis, loop->edges[segment % loop->n_edges])->variable;
        bool is_negative = is_segment_negative(analysis, loop, segment, i);
        segment = i;
        if (bundle->n && bundle->stocks[bundle->n - 1] == from) {
            bundle->is_negative[bundle->n - 1] ^= is_negative;
            continue;
        }
        bundle->stocks[bundle->n] = from;
        bundle->is_negative[bundle->n++] = is_negative;
    }
    return true;
}

static bool is_same_bundle(const struct bundle *a, const struct bundle *b)
{
    if (a->n != b->n || a->leader->polarity != b->leader->polarity)
        return false;
    for (int i = 0; i < a->n; i++)
        if (a->stocks[i] != b->stocks[i] || a->is_negative[i] != b->is_negative[i])
            return false;
    return true;
}

static int compare_bundles(const void *a, const void *b)
{
    const struct bundle *x = a, *y = b;
    if (x->share != y->share)
        return (x->share < y->share) - (x->share > y->share);
    return (x->leader > y->leader) - (x->leader < y->leader);
}

static void bundle_loops(struct drawing *drawing)
{
    for (int i = 0; i < drawing->analysis->n_loops; i++) {
        const struct loop *loop = &drawing->analysis->loops[i];
        struct bundle bundle;
        if (loop->set != 0 || loop->polarity == LOOP_INACTIVE || !reduce(drawing, loop, &bundle))
            continue;
        size_t k = 0;
        while (k < drawing->bundles.count && !is_same_bundle(&drawing->bundles.items[k], &bundle))
            k++;
        if (k == drawing->bundles.count) {
            ARRAY_PUSH(drawing->arena, &drawing->bundles) = bundle;
            continue;
        }
        drawing->bundles.items[k].share += bundle.share;
        drawing->bundles.items[k].n_loops++;
    }
    if (drawing->bundles.count)
        qsort(drawing->bundles.items, drawing->bundles.count, sizeof *drawing->bundles.items,
              compare_bundles);
    if (drawing->bundles.count > MAX_SHOWN)
        drawing->bundles.count = MAX_SHOWN;
}

static const char *stock_title(const struct drawing *drawing, const struct variable *stock)
{
    char *name = arena_copy_string(drawing->arena, stock->name);
    for (char *at = name; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    return localized_text(&stock->title, drawing->language, name);
}

// Number of a stock in the file; -1: it is not in the model.
static int number_of(const struct drawing *drawing, const struct variable *stock)
{
    const struct model *model = drawing->analysis->links->model;
    for (size_t i = 0; i < model->variables.count; i++)
        if (model->variables.items[i] == stock)
            return (int)i;
    return -1;
}

static void append_stocks(struct drawing *drawing)
{
    const struct model *model = drawing->analysis->links->model;
    char *is_done = ARENA_NEW_ARRAY(drawing->arena, char, model->variables.count + 1);
    for (size_t b = 0; b < drawing->bundles.count; b++) {
        const struct bundle *bundle = &drawing->bundles.items[b];
        for (int i = 0; i < bundle->n; i++) {
            int number = number_of(drawing, bundle->stocks[i]);
            if (number < 0 || is_done[number])
                continue;
            is_done[number] = 1;
            text_append_format(&drawing->dot,
                               "  v%d [shape=box style=\"filled,rounded\" "
                               "fillcolor=\"#DCE9F5\" penwidth=1.4 label=\"",
                               number);
            dot_append(&drawing->dot, stock_title(drawing, bundle->stocks[i]), LABEL_WIDTH);
            text_append(&drawing->dot, "\"];\n");
        }
    }
}

struct link {
    const struct variable *from, *to;
    bool is_negative;
    const char *loops; // "R1, B2"
    double share;
};

// The links of the shown loops, each once.
static int find_links(const struct drawing *drawing, struct link *links)
{
    int n = 0;
    for (size_t b = 0; b < drawing->bundles.count; b++) {
        const struct bundle *bundle = &drawing->bundles.items[b];
        for (int i = 0; i < bundle->n; i++) {
            struct link link = {bundle->stocks[i], bundle->stocks[(i + 1) % bundle->n],
                                bundle->is_negative[i], bundle->leader->id, bundle->share};
            int k = 0;
            while (k < n && (links[k].from != link.from || links[k].to != link.to ||
                             links[k].is_negative != link.is_negative))
                k++;
            if (k == n) {
                links[n++] = link;
                continue;
            }
            links[k].share += link.share;
            links[k].loops = arena_format(drawing->arena, "%s %s", links[k].loops, link.loops);
        }
    }
    return n;
}

static void append_links(struct drawing *drawing)
{
    size_t room = 0;
    for (size_t b = 0; b < drawing->bundles.count; b++)
        room += (size_t)drawing->bundles.items[b].n;
    struct link *links = ARENA_NEW_ARRAY(drawing->arena, struct link, room);
    int n = find_links(drawing, links);
    for (int i = 0; i < n; i++)
        text_append_format(
            &drawing->dot,
            "  v%d -> v%d [color=\"%s\" style=%s penwidth=%.1f fontcolor=\"%s\" "
            "label=< <B><FONT POINT-SIZE=\"16\">%s</FONT></B> %s >];\n",
            number_of(drawing, links[i].from), number_of(drawing, links[i].to),
            links[i].is_negative ? "#D55E00" : "#0072B2", links[i].is_negative ? "dashed" : "solid",
            1 + 4 * fmin(1, links[i].share), links[i].is_negative ? "#A84600" : "#005A8E",
            links[i].is_negative ? "−" : "+", links[i].loops);
}

static const char *polarity_word(const struct drawing *drawing, const struct loop *loop)
{
    static const char *const words[N_LOOP_POLARITIES][N_LANGUAGES] = {
        [LOOP_REINFORCING] = {"versterkend", "reinforcing"},
        [LOOP_BALANCING] = {"dempend", "balancing"},
        [LOOP_CHANGING] = {"wisselend", "changing"},
        [LOOP_INACTIVE] = {"werkt niet", "inactive"},
    };
    return words[loop->polarity][drawing->language];
}

// A row a loop: "R1 reinforcing, 16%: demand → firms → ...".
static void append_list(struct drawing *drawing)
{
    text_append(&drawing->dot, "  label=<<TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\">");
    for (size_t b = 0; b < drawing->bundles.count; b++) {
        const struct bundle *bundle = &drawing->bundles.items[b];
        text_append_format(&drawing->dot,
                           "<TR><TD ALIGN=\"LEFT\"><B>%s</B> %s</TD><TD "
                           "ALIGN=\"RIGHT\">%.0f%%</TD><TD ALIGN=\"LEFT\">",
                           bundle->leader->id, polarity_word(drawing, bundle->leader),
                           100 * bundle->share);
        for (int i = 0; i < bundle->n; i++) {
            text_append(&drawing->dot, i ? " → " : "");
            dot_append_html(&drawing->dot, stock_title(drawing, bundle->stocks[i]), 0);
        }
        text_append(&drawing->dot, "</TD></TR>");
    }
    text_append(&drawing->dot,
                "<TR><TD COLSPAN=\"3\" ALIGN=\"LEFT\"><FONT COLOR=\"#777777\" POINT-SIZE=\"10\">");
    dot_append_html(
        &drawing->dot,
        arena_format(drawing->arena, "%s: %s%s%s",
                     drawing->language == LANGUAGE_NL ? "Bron" : "Source", drawing->context->source,
                     *drawing->context->run_id ? " · run " : "", drawing->context->run_id),
        0);
    text_append(&drawing->dot, "</FONT></TD></TR></TABLE>>; labelloc=b; fontsize=12;\n");
}

static const char *title_of(const struct drawing *drawing)
{
    const struct run_case *source = &drawing->analysis->source;
    const struct bundle *first = &drawing->bundles.items[0];
    const char *what =
        localized_text(&source->model->title, drawing->language, source->model->name);
    if (source->scenario)
        what = arena_format(
            drawing->arena, "%s, %s",
            localized_text(&source->scenario->title, drawing->language, source->scenario->name),
            what);
    return arena_format(drawing->arena,
                        drawing->language == LANGUAGE_NL
                            ? "%s (%s) weegt het zwaarst: %.0f%% van wat de lussen doen\n%s"
                            : "%s (%s) weighs most: %.0f%% of what the loops do\n%s",
                        first->leader->id, polarity_word(drawing, first->leader),
                        100 * first->share, what);
}

bool causal_diagram(const struct chart_context *context, const char *name,
                    const struct loop_analysis *analysis)
{
    struct drawing drawing = {.context = context,
                              .analysis = analysis,
                              .arena = context->arena,
                              .language = context->language};
    const char *charts = path_join(context->arena, context->folder, "charts");
    bundle_loops(&drawing);
    if (!drawing.bundles.count)
        return true;
    dot_begin(&drawing.dot, name, "", "LR");
    append_list(&drawing);
    text_append(&drawing.dot, "  subgraph cluster_loops {\n  color=white; fontsize=16; "
                              "fontname=\"DejaVu Sans Bold\"; label=\"");
    dot_append(&drawing.dot, title_of(&drawing), 0);
    text_append(&drawing.dot, "\"; labelloc=t;\n");
    append_stocks(&drawing);
    append_links(&drawing);
    text_append(&drawing.dot, "  }\n");
    return folder_create(charts, context->diag) &&
           dot_write(drawing.arena, charts, name, &drawing.dot, context->formats, context->diag);
}
