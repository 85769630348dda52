// Stage: model, on the way out. A stock-and-flow diagram for an XMILE file (XMILE v1.0, 6.4).
// Stocks that flows tie together stand in one row, in the order of the flow; what feeds a row
// stands in lines below it, nearest first, each close to what it feeds.
#include "model/write_xmile_private.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STOCK_GAP = 240,  // between stocks of a row
    HALF_WIDTH = 22,  // of a stock
    HALF_HEIGHT = 17, //
    COLUMN = 120,     // between auxiliaries
    LINE = 75,        // between lines of them
    LEFT = 180,       // of the first stock
    PIPE = 80,        // length of a flow from or to a cloud
    MIN_COLUMNS = 8,
};

struct spot {
    bool is_placed;
    double x, y;
    int row;
    int level; // 0: stocks and flows; above: how far from them
};

struct row {
    const struct variable **stocks; // [n_stocks]
    int n_stocks;
    double y;
    int n_levels;
};

struct ends {
    const struct variable *from, *to; // stocks; NULL: a cloud
};

struct layout {
    struct xmile_writer *writer;
    const struct model *model;
    int *index;         // [n_cells] place in the model by first cell
    struct spot *spots; // [n_variables]
    struct ends *ends;  // [n_variables] of flows
    int *n_pipes;       // [n_variables] flows drawn above or below a stock
    bool *is_bridged;   // [n_variables] a flow goes straight from a stock to its right neighbour
    bool *is_left_taken, *is_right_taken; // [n_variables] one comes from, goes to that side
    struct {
        struct row *items;
        size_t count, capacity;
    } rows;
    struct {
        const struct variable **items;
        size_t count, capacity;
    } queue;
    int n_connectors;
    double bottom; // of what is placed
};

static int index_of(const struct layout *layout, const struct variable *variable)
{
    return layout->index[variable->first_cell];
}

static struct spot *spot_of(const struct layout *layout, const struct variable *variable)
{
    return &layout->spots[index_of(layout, variable)];
}

// What has a symbol of its own.
static bool is_shown(const struct variable *variable)
{
    bool is_bare_table = variable->kind == VARIABLE_TABLE && !variable->n_equations;
    return xmile_is_written(variable) && !is_bare_table;
}

static void find_ends(struct layout *layout)
{
    for (size_t i = 0; i < layout->model->variables.count; i++) {
        const struct variable *stock = layout->model->variables.items[i];
        for (int k = 0; k < stock->n_inflows; k++)
            layout->ends[index_of(layout, stock->inflows[k].variable)].to = stock;
        for (int k = 0; k < stock->n_outflows; k++)
            layout->ends[index_of(layout, stock->outflows[k].variable)].from = stock;
    }
}

// Whether something flows into `stock` from a stock that has no place yet.
static bool waits(const struct layout *layout, const struct variable *stock)
{
    for (int k = 0; k < stock->n_inflows; k++) {
        const struct variable *from =
            layout->ends[index_of(layout, stock->inflows[k].variable)].from;
        if (from && from != stock && !spot_of(layout, from)->is_placed)
            return true;
    }
    return false;
}

static void add_to_row(struct layout *layout, struct row *row, const struct variable *stock)
{
    struct spot *spot = spot_of(layout, stock);
    *spot = (struct spot){.is_placed = true,
                          .x = LEFT + (double)row->n_stocks * STOCK_GAP,
                          .row = (int)layout->rows.count};
    row->stocks[row->n_stocks++] = stock;
}

// Adds the stocks that flows tie to `stock`, first those downstream.
static void follow(struct layout *layout, struct row *row, const struct variable *stock)
{
    if (spot_of(layout, stock)->is_placed)
        return;
    add_to_row(layout, row, stock);
    for (int k = 0; k < stock->n_outflows; k++) {
        const struct variable *to = layout->ends[index_of(layout, stock->outflows[k].variable)].to;
        if (to)
            follow(layout, row, to);
    }
    for (int k = 0; k < stock->n_inflows; k++) {
        const struct variable *from =
            layout->ends[index_of(layout, stock->inflows[k].variable)].from;
        if (from)
            follow(layout, row, from);
    }
}

static void add_row(struct layout *layout, const struct variable *stock)
{
    struct arena *arena = layout->model->arena;
    struct row row = {
        .stocks = ARENA_NEW_ARRAY(arena, const struct variable *, layout->model->variables.count)};
    if (stock)
        follow(layout, &row, stock);
    ARRAY_PUSH(arena, &layout->rows) = row;
}

static void place_stocks(struct layout *layout)
{
    const struct variable_list *all = &layout->model->variables;
    for (int pass = 0; pass < 2; pass++) // first the stocks at the head of a chain
        for (size_t i = 0; i < all->count; i++) {
            const struct variable *stock = all->items[i];
            bool is_new = stock->kind == VARIABLE_STOCK && is_shown(stock) &&
                          !spot_of(layout, stock)->is_placed;
            if (is_new && (pass || !waits(layout, stock)))
                add_row(layout, stock);
        }
    if (!layout->rows.count)
        add_row(layout, NULL);
}

static void enqueue(struct layout *layout, const struct variable *variable)
{
    ARRAY_PUSH(layout->model->arena, &layout->queue) = variable;
}

// Flows stand between their stocks, or beside the one that they have.
static void place_flow(struct layout *layout, const struct variable *flow)
{
    const struct ends *ends = &layout->ends[index_of(layout, flow)];
    const struct spot *from = ends->from ? spot_of(layout, ends->from) : NULL;
    const struct spot *to = ends->to ? spot_of(layout, ends->to) : NULL;
    struct spot *spot = spot_of(layout, flow);
    if (!from && !to)
        return; // placed with the auxiliaries
    *spot = (struct spot){.is_placed = true, .row = from ? from->row : to->row};
    spot->x = from && to ? (from->x + to->x) / 2 : from ? from->x : to->x;
}

// Gives what `expr` uses a place below what uses it.
static void place_used(struct layout *layout, const struct expr *expr, const struct spot *user)
{
    const struct variable *used = expr->variable;
    if (used && is_shown(used) && !spot_of(layout, used)->is_placed) {
        *spot_of(layout, used) = (struct spot){
            .is_placed = true, .x = user->x, .row = user->row, .level = user->level + 1};
        enqueue(layout, used);
    }
    for (int i = 0; i < expr->n_args; i++)
        place_used(layout, expr->args[i], user);
}

static void place_all_used(struct layout *layout, const struct variable *variable)
{
    struct spot user = *spot_of(layout, variable);
    for (int i = 0; i < variable->n_equations; i++)
        if (variable->equations[i].tree)
            place_used(layout, variable->equations[i].tree, &user);
}

static void place_rest(struct layout *layout)
{
    const struct variable_list *all = &layout->model->variables;
    for (size_t i = 0; i < all->count; i++)
        if (spot_of(layout, all->items[i])->is_placed)
            enqueue(layout, all->items[i]);
    for (size_t i = 0; i < layout->queue.count; i++)
        place_all_used(layout, layout->queue.items[i]);
    for (size_t i = 0; i < all->count; i++) { // what nothing uses
        struct spot *spot = spot_of(layout, all->items[i]);
        if (!is_shown(all->items[i]) || spot->is_placed)
            continue;
        *spot = (struct spot){.is_placed = true, .x = LEFT, .level = 1};
        spot->row = (int)layout->rows.count - 1;
        enqueue(layout, all->items[i]);
        for (size_t k = layout->queue.count - 1; k < layout->queue.count; k++)
            place_all_used(layout, layout->queue.items[k]);
    }
}

struct entry {
    struct spot *spot;
    size_t order; // keeps equals as they are
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *first = a, *second = b;
    if (first->spot->x != second->spot->x)
        return first->spot->x < second->spot->x ? -1 : 1;
    return first->order < second->order ? -1 : 1;
}

// Sets the auxiliaries of one level of a row in lines from `y` on; returns where they end.
static double set_level(struct layout *layout, const struct row *row, int number, int level,
                        double y)
{
    const struct variable_list *all = &layout->model->variables;
    int n_columns = (row->n_stocks + 1) * STOCK_GAP / COLUMN, n = 0;
    struct entry *entries = ARENA_NEW_ARRAY(layout->model->arena, struct entry, all->count);
    if (n_columns < MIN_COLUMNS)
        n_columns = MIN_COLUMNS;
    for (size_t i = 0; i < all->count; i++) {
        struct spot *spot = spot_of(layout, all->items[i]);
        if (spot->is_placed && spot->row == number && spot->level == level)
            entries[n++] = (struct entry){spot, i};
    }
    qsort(entries, (size_t)n, sizeof *entries, compare_entries);
    double left = LEFT - COLUMN / 2.0;
    for (int i = 0; i < n; i++) {
        int in_line = i % n_columns;
        double shift = i / n_columns % 2 ? COLUMN / 2.0 : 0; // labels of lines do not meet
        entries[i].spot->x = left + in_line * COLUMN + shift;
        entries[i].spot->y = y + (double)(i / n_columns) * LINE;
    }
    return n ? y + (double)((n - 1) / n_columns + 1) * LINE : y;
}

// Sets the heights of all rows, and the places of auxiliaries.
static void set_rows(struct layout *layout)
{
    double y = 140;
    for (size_t number = 0; number < layout->rows.count; number++) {
        struct row *row = &layout->rows.items[number];
        int deepest = 0;
        row->y = y;
        for (size_t i = 0; i < layout->model->variables.count; i++) {
            struct spot *spot = &layout->spots[i];
            if (!spot->is_placed || spot->row != (int)number)
                continue;
            if (spot->level > deepest)
                deepest = spot->level;
            if (spot->level == 0)
                spot->y = y;
        }
        y += row->n_stocks ? PIPE + LINE : 0;
        for (int level = 1; level <= deepest; level++)
            y = set_level(layout, row, (int)number, level, y);
        y += 2 * LINE;
    }
}

struct point {
    double x, y;
};

// Whether no stock stands on the side `step` (-1: left, 1: right) of `stock` in its row.
static bool is_open(const struct layout *layout, const struct variable *stock, int step)
{
    const struct spot *spot = spot_of(layout, stock);
    const struct row *row = &layout->rows.items[spot->row];
    return row->stocks[step < 0 ? 0 : row->n_stocks - 1] == stock;
}

// A flow from a stock to another one: straight between neighbours, else above the row.
static int inner_course(struct layout *layout, const struct ends *ends, struct point course[4])
{
    const struct spot *from = spot_of(layout, ends->from), *to = spot_of(layout, ends->to);
    double step = to->x > from->x ? 1 : -1;
    bool is_neighbour = from->y == to->y && fabs(to->x - from->x) == STOCK_GAP;
    int left = index_of(layout, step > 0 ? ends->from : ends->to);
    if (is_neighbour && !layout->is_bridged[left]) {
        layout->is_bridged[left] = true;
        course[0] = (struct point){from->x + step * HALF_WIDTH, from->y};
        course[1] = (struct point){to->x - step * HALF_WIDTH, to->y};
        return 2;
    }
    int n = layout->n_pipes[index_of(layout, ends->from)]++;
    double y = fmin(from->y, to->y) - HALF_HEIGHT - 30 - n * 20, shift = 5 + n % 3 * 5;
    course[0] = (struct point){from->x + step * shift, from->y - HALF_HEIGHT};
    course[1] = (struct point){from->x + step * shift, y};
    course[2] = (struct point){to->x - step * shift, y};
    course[3] = (struct point){to->x - step * shift, to->y - HALF_HEIGHT};
    return 4;
}

// A flow from or to the outside: to the side where the row ends, else from above or to below.
static int outer_course(struct layout *layout, const struct ends *ends, struct point course[4])
{
    const struct variable *stock = ends->from ? ends->from : ends->to;
    const struct spot *spot = spot_of(layout, stock);
    int outwards = ends->from ? 1 : -1, at = index_of(layout, stock);
    bool *is_taken = ends->from ? &layout->is_right_taken[at] : &layout->is_left_taken[at];
    struct point near, far;
    if (is_open(layout, stock, outwards) && !*is_taken) {
        *is_taken = true;
        near = (struct point){spot->x + outwards * HALF_WIDTH, spot->y};
        far = (struct point){spot->x + outwards * (HALF_WIDTH + PIPE), spot->y};
    } else {
        int n = layout->n_pipes[at]++;
        double shift = (n % 3 - 1) * 15;
        near = (struct point){spot->x + shift, spot->y + outwards * HALF_HEIGHT};
        far = (struct point){spot->x + shift, spot->y + outwards * (PIPE + n / 3 * 20)};
    }
    course[0] = ends->from ? near : far;
    course[1] = ends->from ? far : near;
    return 2;
}

// The course of a flow; returns the number of its points.
static int flow_course(struct layout *layout, const struct variable *flow, struct point course[4])
{
    const struct ends *ends = &layout->ends[index_of(layout, flow)];
    const struct spot *spot = spot_of(layout, flow);
    if (ends->from && ends->to && ends->from != ends->to)
        return inner_course(layout, ends, course);
    if (ends->from || ends->to)
        return outer_course(layout, ends, course);
    course[0] = (struct point){spot->x - 40, spot->y};
    course[1] = (struct point){spot->x + 40, spot->y};
    return 2;
}

static void put_object(struct layout *layout, const char *tag, const struct variable *variable,
                       const char *end)
{
    const struct spot *spot = spot_of(layout, variable);
    struct text *text = layout->writer->text;
    xmile_line(layout->writer);
    text_append_format(text, "<%s x=\"%g\" y=\"%g\" name=\"", tag, spot->x, spot->y);
    xmile_escaped(layout->writer, variable->name);
    text_append_format(text, "\"%s", end);
}

static void put_flow(struct layout *layout, const struct variable *flow)
{
    struct text *text = layout->writer->text;
    struct point course[4];
    int n = flow_course(layout, flow, course), middle = n / 2;
    struct spot *spot = spot_of(layout, flow);
    spot->x = (course[middle - 1].x + course[middle].x) / 2;
    spot->y = (course[middle - 1].y + course[middle].y) / 2;
    put_object(layout, "flow", flow, ">");
    layout->writer->depth++;
    xmile_line(layout->writer);
    text_append(text, "<pts>");
    for (int i = 0; i < n; i++)
        text_append_format(text, "<pt x=\"%g\" y=\"%g\"/>", course[i].x, course[i].y);
    text_append(text, "</pts>");
    layout->writer->depth--;
    xmile_line(layout->writer);
    text_append(text, "</flow>");
}

// Collects the variables that an equation uses, each once.
static void collect_used(const struct layout *layout, const struct expr *expr, bool *is_used)
{
    if (expr->variable)
        is_used[index_of(layout, expr->variable)] = true;
    for (int i = 0; i < expr->n_args; i++)
        collect_used(layout, expr->args[i], is_used);
}

static void put_connector(struct layout *layout, const struct variable *from,
                          const struct variable *to)
{
    struct xmile_writer *writer = layout->writer;
    const struct spot *start = spot_of(layout, from), *end = spot_of(layout, to);
    double angle = atan2(start->y - end->y, end->x - start->x) * 180 / acos(-1);
    xmile_line(writer);
    text_append_format(writer->text, "<connector uid=\"%d\" angle=\"%.1f\"><from>",
                       ++layout->n_connectors, angle < 0 ? angle + 360 : angle);
    xmile_escaped(writer, name_quoted(writer->model->arena, from->name));
    text_append(writer->text, "</from><to>");
    xmile_escaped(writer, name_quoted(writer->model->arena, to->name));
    text_append(writer->text, "</to></connector>");
}

static void put_connectors(struct layout *layout)
{
    const struct variable_list *all = &layout->model->variables;
    bool *is_used = ARENA_NEW_ARRAY(layout->model->arena, bool, all->count);
    for (size_t i = 0; i < all->count; i++) {
        const struct variable *user = all->items[i];
        memset(is_used, 0, all->count * sizeof *is_used);
        for (int k = 0; k < user->n_equations && is_shown(user); k++)
            if (user->equations[k].tree)
                collect_used(layout, user->equations[k].tree, is_used);
        for (size_t k = 0; k < all->count; k++)
            if (is_used[k] && k != i && is_shown(all->items[k]))
                put_connector(layout, all->items[k], user);
    }
}

static void put_objects(struct layout *layout)
{
    const struct variable_list *all = &layout->model->variables;
    for (size_t i = 0; i < all->count; i++)
        if (is_shown(all->items[i]) && all->items[i]->kind == VARIABLE_STOCK)
            put_object(layout, "stock", all->items[i], "/>");
    for (size_t i = 0; i < all->count; i++)
        if (is_shown(all->items[i]) && all->items[i]->kind == VARIABLE_FLOW)
            put_flow(layout, all->items[i]);
    for (size_t i = 0; i < all->count; i++)
        if (is_shown(all->items[i]) && all->items[i]->kind != VARIABLE_FLOW &&
            all->items[i]->kind != VARIABLE_STOCK)
            put_object(layout, "aux", all->items[i], "/>");
}

void xmile_put_views(struct xmile_writer *writer)
{
    struct arena *arena = writer->model->arena;
    size_t n = writer->model->variables.count;
    struct layout layout = {.writer = writer, .model = writer->model};
    layout.index = ARENA_NEW_ARRAY(arena, int, writer->model->n_cells);
    layout.spots = ARENA_NEW_ARRAY(arena, struct spot, n);
    layout.ends = ARENA_NEW_ARRAY(arena, struct ends, n);
    layout.n_pipes = ARENA_NEW_ARRAY(arena, int, n);
    layout.is_bridged = ARENA_NEW_ARRAY(arena, bool, n);
    layout.is_left_taken = ARENA_NEW_ARRAY(arena, bool, n);
    layout.is_right_taken = ARENA_NEW_ARRAY(arena, bool, n);
    for (size_t i = 0; i < n; i++)
        layout.index[writer->model->variables.items[i]->first_cell] = (int)i;
    find_ends(&layout);
    place_stocks(&layout);
    for (size_t i = 0; i < n; i++)
        if (writer->model->variables.items[i]->kind == VARIABLE_FLOW)
            place_flow(&layout, writer->model->variables.items[i]);
    place_rest(&layout);
    set_rows(&layout);
    xmile_line(writer);
    text_append(writer->text, "<views>");
    writer->depth++;
    xmile_line(writer);
    text_append(writer->text, "<view type=\"stock_flow\">");
    writer->depth++;
    put_objects(&layout);
    put_connectors(&layout);
    writer->depth--;
    xmile_line(writer);
    text_append(writer->text, "</view>");
    writer->depth--;
    xmile_line(writer);
    text_append(writer->text, "</views>");
}
