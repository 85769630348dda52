// Stage: analysis. Starts -> long runs, gone on with where they have not settled -> the stable rest
// point that each ends at, or that it never comes to rest. The map is made
// on a coarse grid that is halved a few times: a node between nodes that all lead to one place
// leads there too, the others are run. Where neighbours differ the edge between them is halved
// until the separatrix is known; its points are strung together from cell to cell (marching
// squares).
#include "analysis/tip/basin.h"

#include "analysis/tip/tip_words.h"
#include "base/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COARSE = 16, DOUBLINGS = 2, LINE = 64, LINE_ROUNDS = 8, LINE_PARTS = 32 };
// Large models: a run of them takes long.
enum { MANY_UNKNOWNS = 30, COARSE_OF_MANY = 12, DOUBLINGS_OF_MANY = 1, LINE_ROUNDS_OF_MANY = 3 };

static const double NOTABLY = 0.999; // a cycle is also approached ever more, but not a point in it

bool basin_find_axis(const struct tip_case *tip_case, const char *name, struct basin_axis *axis,
                     struct diag *diag)
{
    const struct position position = {.file = "--basin", .is_option = true};
    int count;
    *axis = (struct basin_axis){0};
    axis->variable =
        model_find_cells(tip_case->source.model, name, position, &axis->cell, &count, diag);
    if (!axis->variable)
        return false;
    if (axis->variable->kind != VARIABLE_STOCK)
        diag_error(diag, position, "'%s' is %s, not a stock", name,
                   variable_kind_phrase(axis->variable->kind));
    else if (count > 1)
        diag_error(diag, position, "'%s' is an array: name one of its elements", name);
    else
        return true;
    return false;
}

// The unknown that a stock is.
static int unknown_of(const struct frozen *frozen, const struct basin_axis *axis)
{
    for (int i = 0; i < frozen->n_states; i++) {
        const struct state *state = &frozen->lowered->states.items[i];
        if (state->variable == axis->variable && state->cell == axis->cell)
            return i;
    }
    return 0;
}

// From all rest points and today, with some room around; not below 0 where none of them is.
static void set_range(const struct rest_set *rest, struct basin_axis *axis)
{
    int unknown = unknown_of(rest->frozen, axis);
    double low = axis->today, high = axis->today;
    for (size_t i = 0; i < rest->count; i++) {
        low = fmin(low, rest->items[i].unknowns[unknown]);
        high = fmax(high, rest->items[i].unknowns[unknown]);
    }
    if (rest->swing_low) {
        low = fmin(low, rest->swing_low[unknown]);
        high = fmax(high, rest->swing_high[unknown]);
    }
    double room = 0.25 * (high - low);
    if (!(room > 0))
        room = high != 0 ? fabs(high) : rest->frozen->size[unknown];
    axis->high = high + room;
    axis->low = low >= 0 ? 0 : low - room;
}

// The sides of the separatrix: tipped or not where the scenario says what that is and both occur,
// else each rest point by itself.
static void set_sides(struct basin *basin)
{
    const struct rest_set *rest = basin->rest;
    const struct tip_target *target = &basin->tip_case->target;
    struct headline headline = headline_of(basin->tip_case, rest);
    int n_tipped = 0, n_stable = 0;
    basin->sides = ARENA_NEW_ARRAY(basin->tip->arena, int, rest->count);
    for (size_t i = 0; i < rest->count; i++) {
        bool is_stable = rest->items[i].stability == REST_STABLE;
        basin->sides[i] = headline_value(&headline, &rest->items[i]) > target->above;
        n_stable += is_stable;
        n_tipped += is_stable && basin->sides[i];
    }
    if (!target->is_given || !n_tipped || n_tipped == n_stable)
        for (size_t i = 0; i < rest->count; i++)
            basin->sides[i] = (int)i;
}

static bool never_rests(const struct rest_set *rest)
{
    return rest->n_fates[FATE_SWINGS] > 0 || rest->n_fates[FATE_GROWS] > 0;
}

static double distance(const struct frozen *frozen, const double *states,
                       const struct rest_point *point)
{
    double sum = 0;
    for (int k = 0; k < frozen->m; k++) {
        int unknown = frozen->free[k];
        if (unknown < frozen->n_states)
            sum = hypot(sum, (states[unknown] - point->unknowns[unknown]) / frozen->size[unknown]);
    }
    return sum;
}

// How near a run must be to a rest point, in sizes, to be there: well within the distance to the
// next.
static void set_reach(struct basin *basin)
{
    static const double MOST = 0.02, PART = 0.2;
    const struct rest_set *rest = basin->rest;
    basin->reach = ARENA_NEW_ARRAY(basin->tip->arena, double, rest->count);
    for (size_t i = 0; i < rest->count; i++) {
        basin->reach[i] = MOST;
        for (size_t k = 0; k < rest->count; k++)
            if (k != i)
                basin->reach[i] =
                    fmin(basin->reach[i],
                         PART * distance(rest->frozen, rest->items[k].unknowns, &rest->items[i]));
    }
}

bool basin_open(struct basin *basin, struct tip *tip, const struct tip_case *tip_case,
                const struct rest_set *rest, struct diag *diag)
{
    const struct frozen *frozen = rest->frozen;
    static const struct output_list none = {0};
    const struct time_spec *time = &tip_case->source.model->time;
    struct vary_list varied = {0};
    basin->tip = tip;
    basin->tip_case = tip_case;
    basin->rest = rest;
    basin->first = frozen->n_parameters;
    basin->has_elsewhere = never_rests(rest);
    set_sides(basin);
    set_reach(basin);
    for (int i = 0; i < frozen->n_parameters; i++) // what is frozen stays so
        tip_vary(tip->arena, &varied, frozen->varied.items[i].variable,
                 frozen->varied.items[i].cell);
    for (int i = 0; i < basin->n_axes; i++) {
        struct basin_axis *axis = &basin->axes[i];
        axis->name = cell_name(tip->arena, axis->variable, axis->cell);
        axis->today = frozen->start[unknown_of(frozen, axis)];
        set_range(rest, axis);
        tip_vary(tip->arena, &varied, axis->variable, axis->cell);
    }
    basin->parameters = ARENA_NEW_ARRAY(tip->arena, double, varied.count);
    memcpy(basin->parameters, frozen->parameters, (size_t)frozen->n_parameters * sizeof(double));
    struct program *program = tip_compile(tip, tip_case, &varied, &none,
                                          frozen->run_length - (time->stop - time->start), diag);
    basin->batch = program ? tip_batch(tip, tip_case, program) : NULL;
    return program != NULL;
}

void basin_close(struct basin *basin)
{
    batch_free(basin->batch);
    basin->batch = NULL;
}

int basin_count_sides(const struct rest_set *rest)
{
    int n = never_rests(rest);
    for (size_t i = 0; i < rest->count; i++)
        n += rest->items[i].stability == REST_STABLE;
    return n;
}

// The stable rest point nearest to states, and how far it is; of those, where there are any, that
// have come nearer since `before` (NULL: not known).
static int nearest_rest(const struct basin *basin, const double *states, const double *before,
                        double *away, bool *comes_nearer)
{
    const struct rest_set *rest = basin->rest;
    int nearest = NO_END;
    *away = INFINITY;
    *comes_nearer = false;
    double part = basin->has_elsewhere ? NOTABLY : 1;
    for (size_t i = 0; i < rest->count; i++) {
        const struct rest_point *point = &rest->items[i];
        if (point->stability != REST_STABLE)
            continue;
        double gap = distance(rest->frozen, states, point);
        bool is_nearer = before && gap < part * distance(rest->frozen, before, point);
        if (is_nearer < *comes_nearer || (is_nearer == *comes_nearer && gap >= *away))
            continue;
        *away = gap;
        *comes_nearer = is_nearer;
        nearest = (int)i;
    }
    return nearest;
}

enum { AT_ONCE = 1024, MOST_ROUNDS = 4 };

// A block of runs that go on until they are near a rest point.
struct block {
    struct basin *basin;
    struct probe *probe;
    long n;
    double *parameters;         // [AT_ONCE][parameters]
    double *states, *before;    // [AT_ONCE][n_states] now and a long run ago
    bool comes_nearer[AT_ONCE]; // each time
    int *ends;                  // [n]
    bool is_open[AT_ONCE];      // not known yet
    struct run_ending endings[AT_ONCE];
};

// Makes a long run of those that are open, from their starts in round 0.
static bool run_open(struct block *block, int round)
{
    struct basin *basin = block->basin;
    int n_parameters = basin->first + basin->n_axes, n_states = basin->rest->frozen->n_states;
    long *who = malloc((size_t)block->n * sizeof *who), n = 0;
    double *rows = malloc((size_t)(block->n * n_parameters + 1) * sizeof *rows);
    double *from = malloc((size_t)(block->n * n_states + 1) * sizeof *from);
    double *to = malloc((size_t)(block->n * n_states + 1) * sizeof *to);
    for (long i = 0; i < block->n; i++)
        if (block->is_open[i]) {
            memcpy(rows + n * n_parameters, block->parameters + i * n_parameters,
                   (size_t)n_parameters * sizeof *rows);
            memcpy(from + n * n_states, block->states + i * n_states,
                   (size_t)n_states * sizeof *from);
            who[n++] = i;
        }
    struct run_ending *endings = malloc((size_t)(n + 1) * sizeof *endings);
    bool is_good = batch_run_states(basin->batch, n, rows, round ? from : NULL, to, endings);
    for (long i = 0; i < n; i++) {
        basin->tip->n_ends[endings[i].end]++;
        block->endings[who[i]] = endings[i];
        if (endings[i].end == RUN_COMPLETE)
            memcpy(block->states + who[i] * n_states, to + i * n_states,
                   (size_t)n_states * sizeof *to);
    }
    free(endings);
    free(to);
    free(from);
    free(rows);
    free(who);
    return is_good;
}

// Whether runs may end as numbers get too small to go on.
static bool has_limits(const struct rest_set *rest)
{
    bool is_found = false;
    for (size_t i = 0; i < rest->count; i++)
        is_found |= rest->items[i].is_limit;
    return is_found;
}

// Whether the rates at the states of run `i` lead nearer to a point.
static bool leads_to(struct block *block, long i, int end)
{
    const struct frozen *frozen = block->basin->rest->frozen;
    const double *unknowns = block->basin->rest->items[end].unknowns;
    const double *states = block->states + i * frozen->n_states;
    const double *rates = probe_rates(block->probe, states, frozen->parameters);
    double sum = 0;
    for (int k = 0; k < frozen->m; k++) {
        int unknown = frozen->free[k];
        if (unknown < frozen->n_states)
            sum += (states[unknown] - unknowns[unknown]) * rates[unknown] /
                   (frozen->size[unknown] * frozen->size[unknown]);
    }
    return sum < 0;
}

// Looks where run `i` of the block has got to in this round. Those that are not there yet go on:
// where all come to rest somewhere, until it shows what they come nearer to.
static void look(struct block *block, long i, int round)
{
    struct basin *basin = block->basin;
    int n = basin->rest->frozen->n_states;
    bool is_complete = block->endings[i].end == RUN_COMPLETE, is_nearer;
    if (!is_complete && (round == 0 || (basin->has_elsewhere && !has_limits(basin->rest)))) {
        block->ends[i] = basin->has_elsewhere ? ELSEWHERE : NO_END;
        block->is_open[i] = false;
        return;
    }
    double away;
    int nearest = nearest_rest(basin, block->states + i * n, round ? block->before + i * n : NULL,
                               &away, &is_nearer);
    bool has_stayed = round < 2 || nearest == block->ends[i];
    block->comes_nearer[i] = round < 2 ? is_nearer : block->comes_nearer[i] && is_nearer;
    block->comes_nearer[i] &= has_stayed;
    block->ends[i] = nearest;
    bool is_clear = !basin->has_elsewhere && nearest >= 0 &&
                    (round > 0 ? is_nearer : leads_to(block, i, nearest));
    block->is_open[i] = is_complete && !basin->rest->frozen->has_memory && !is_clear &&
                        !(nearest >= 0 && away <= basin->reach[nearest]);
}

// Whether runs may be on their way to a rest point longer than they are followed.
static bool is_slow(const struct basin *basin, int end)
{
    static const double FAST = 2; // over a long run
    double rate = basin->rest->items[end].eigenvalue_max_real;
    return !(fabs(rate) * basin->rest->frozen->run_length > FAST);
}

static bool run_block(struct block *block)
{
    const struct basin *basin = block->basin;
    size_t bytes = (size_t)block->n * (size_t)basin->rest->frozen->n_states * sizeof(double);
    bool is_open = true, is_good = true;
    for (long i = 0; i < block->n; i++)
        block->is_open[i] = true;
    for (int round = 0; round < MOST_ROUNDS && is_open && is_good; round++) {
        bool was_open[AT_ONCE];
        memcpy(was_open, block->is_open, sizeof was_open);
        memcpy(block->before, block->states, bytes);
        is_good = run_open(block, round);
        is_open = false;
        for (long i = 0; i < block->n && is_good; i++) {
            if (was_open[i])
                look(block, i, round);
            is_open |= block->is_open[i];
        }
    }
    for (long i = 0; i < block->n; i++)
        if (block->is_open[i] && basin->has_elsewhere &&
            !(block->comes_nearer[i] && is_slow(basin, block->ends[i])))
            block->ends[i] = ELSEWHERE;
    return is_good;
}

bool basin_run(struct basin *basin, const struct basin_point *starts, long n, int *ends)
{
    const struct frozen *frozen = basin->rest->frozen;
    int n_parameters = basin->first + basin->n_axes;
    struct block *block = malloc(sizeof *block);
    struct arena *scratch = arena_create();
    block->basin = basin;
    block->probe = probe_create(scratch, frozen);
    block->parameters = malloc((size_t)(AT_ONCE * n_parameters + 1) * sizeof(double));
    block->states = calloc((size_t)(AT_ONCE * frozen->n_states) + 1, sizeof(double));
    block->before = calloc((size_t)(AT_ONCE * frozen->n_states) + 1, sizeof(double));
    bool is_good = true;
    for (long first = 0; first < n && is_good; first += AT_ONCE) {
        block->n = n - first < AT_ONCE ? n - first : AT_ONCE;
        block->ends = ends + first;
        for (long i = 0; i < block->n; i++) {
            double *row = block->parameters + i * n_parameters;
            memcpy(row, basin->parameters, (size_t)basin->first * sizeof *row);
            for (int axis = 0; axis < basin->n_axes; axis++)
                row[basin->first + axis] = starts[first + i].at[axis];
        }
        is_good = run_block(block);
    }
    free(block->parameters);
    free(block->states);
    free(block->before);
    free(block);
    arena_free(scratch);
    return is_good;
}

double basin_node(const struct basin *basin, int axis, int i)
{
    const struct basin_axis *along = &basin->axes[axis];
    return along->low + (along->high - along->low) * i / (basin->n - 1);
}

static struct basin_point node_point(const struct basin *basin, int i, int k)
{
    return (struct basin_point){
        {basin_node(basin, 0, i), basin->n_axes > 1 ? basin_node(basin, 1, k) : 0}};
}

// A node that is to be run.
struct node_list {
    int *items;
    size_t count, capacity;
};

static bool run_nodes(struct basin *basin, const struct node_list *nodes)
{
    struct basin_point *starts = malloc((nodes->count + 1) * sizeof *starts);
    int *ends = malloc((nodes->count + 1) * sizeof *ends);
    for (size_t i = 0; i < nodes->count; i++)
        starts[i] = node_point(basin, nodes->items[i] / basin->n, nodes->items[i] % basin->n);
    bool is_good = basin_run(basin, starts, (long)nodes->count, ends);
    for (size_t i = 0; i < nodes->count && is_good; i++)
        basin->ends[nodes->items[i]] = ends[i];
    free(starts);
    free(ends);
    return is_good;
}

enum { UNKNOWN_END = -9 };

// The end that all known nodes within `step` of a node share; UNKNOWN_END where they differ.
static int shared_end(const struct basin *basin, int i, int k, int step)
{
    int shared = UNKNOWN_END;
    for (int a = i - step; a <= i + step; a += step)
        for (int b = k - step; b <= k + step; b += step) {
            bool is_inside = a >= 0 && b >= 0 && a < basin->n && b < basin->n;
            int end = is_inside ? basin->ends[a * basin->n + b] : UNKNOWN_END;
            if (end == UNKNOWN_END)
                continue;
            if (shared != UNKNOWN_END && end != shared)
                return UNKNOWN_END;
            shared = end;
        }
    return shared;
}

// Fills the nodes `step` apart; those on the grid twice as wide are known, except in the first
// round.
static bool fill_level(struct basin *basin, int step, bool is_first, struct arena *scratch)
{
    struct node_list nodes = {0};
    int n = basin->n, *inherited = malloc((size_t)(n * n) * sizeof *inherited);
    for (int i = 0; i < n; i += step)
        for (int k = 0; k < n; k += step) {
            int *end = &basin->ends[i * n + k];
            inherited[i * n + k] = *end;
            if (*end != UNKNOWN_END)
                continue;
            inherited[i * n + k] = is_first ? UNKNOWN_END : shared_end(basin, i, k, step);
            if (inherited[i * n + k] == UNKNOWN_END)
                ARRAY_PUSH(scratch, &nodes) = i * n + k;
        }
    bool is_good = run_nodes(basin, &nodes);
    for (int i = 0; i < n; i += step)
        for (int k = 0; k < n; k += step)
            if (basin->ends[i * n + k] == UNKNOWN_END)
                basin->ends[i * n + k] = inherited[i * n + k];
    free(inherited);
    return is_good;
}

static int side_of(const struct basin *basin, int end)
{
    return end == ELSEWHERE ? ELSEWHERE : basin->sides[end];
}

// Whether two starts lead to two sides; one that failed leads nowhere.
static bool are_apart(const struct basin *basin, int a, int b)
{
    return a != NO_END && b != NO_END && side_of(basin, a) != side_of(basin, b);
}

// An edge between neighbouring nodes that lead to different places, and what is known of where the
// change is.
struct edge {
    struct basin_point low, high;
    int low_end;
    bool is_used;
};

struct edge_list {
    struct edge *items;
    size_t count, capacity;
};

static bool close_in(struct basin *basin, struct edge_list *edges, int rounds)
{
    struct basin_point *middles = malloc((edges->count + 1) * sizeof *middles);
    int *ends = malloc((edges->count + 1) * sizeof *ends);
    bool is_good = true;
    for (int round = 0; round < rounds && is_good; round++) {
        for (size_t i = 0; i < edges->count; i++)
            for (int a = 0; a < 2; a++)
                middles[i].at[a] = (edges->items[i].low.at[a] + edges->items[i].high.at[a]) / 2;
        is_good = basin_run(basin, middles, (long)edges->count, ends);
        for (size_t i = 0; i < edges->count && is_good; i++) {
            struct edge *edge = &edges->items[i];
            if (ends[i] != NO_END && !are_apart(basin, ends[i], edge->low_end))
                edge->low = middles[i];
            else
                edge->high = middles[i];
        }
    }
    free(middles);
    free(ends);
    return is_good;
}

// The edges of the map: `index` [2][n][n] says which of the list leaves node (i, k) along axis 0 or
// 1, -1 where its ends lead to one place.
static void list_edges(const struct basin *basin, struct arena *scratch, struct edge_list *edges,
                       int *index)
{
    int n = basin->n;
    for (int axis = 0; axis < 2; axis++)
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n; k++) {
                int a = i + (axis == 0), b = k + (axis == 1);
                int *at = &index[(axis * n + i) * n + k];
                *at = -1;
                if (a >= n || b >= n ||
                    !are_apart(basin, basin->ends[i * n + k], basin->ends[a * n + b]))
                    continue;
                *at = (int)edges->count;
                ARRAY_PUSH(scratch, edges) =
                    (struct edge){node_point(basin, i, k), node_point(basin, a, b),
                                  basin->ends[i * n + k], false};
            }
}

// The edges around cell (i, k) on which the separatrix crosses; returns their number.
static int cell_edges(const struct basin *basin, const int *index, int i, int k, int *around)
{
    int n = basin->n, found = 0;
    if (i < 0 || k < 0 || i + 1 >= n || k + 1 >= n)
        return 0;
    const int candidates[] = {index[i * n + k], index[i * n + k + 1], index[(n + i) * n + k],
                              index[(n + i + 1) * n + k]};
    for (int c = 0; c < 4; c++)
        if (candidates[c] >= 0)
            around[found++] = candidates[c];
    return found;
}

static void add_point(struct basin *basin, struct edge *edge)
{
    struct basin_point *point = &ARRAY_PUSH(basin->tip->arena, &basin->separatrix);
    for (int a = 0; a < 2; a++)
        point->at[a] = (edge->low.at[a] + edge->high.at[a]) / 2;
    edge->is_used = true;
}

// Links of each edge to the next ones, over the cells that share them.
struct links {
    int next[4];
    int n;
};

static void link_cells(const struct basin *basin, const int *index, struct links *links)
{
    for (int i = 0; i + 1 < basin->n; i++)
        for (int k = 0; k + 1 < basin->n; k++) {
            int around[4], n = cell_edges(basin, index, i, k, around);
            for (int a = 0; a + 1 < n; a += 2) { // pairs; of three the last stands alone
                struct links *one = &links[around[a]], *other = &links[around[a + 1]];
                if (one->n < 4)
                    one->next[one->n++] = around[a + 1];
                if (other->n < 4)
                    other->next[other->n++] = around[a];
            }
        }
}

// Strings the points of the edges together, from loose ends first.
static void string_together(struct basin *basin, struct edge_list *edges, const struct links *links)
{
    for (int round = 0; round < 2; round++)
        for (size_t start = 0; start < edges->count; start++) {
            int at = (int)start;
            if (edges->items[start].is_used || (round == 0 && links[start].n != 1))
                continue;
            while (at >= 0) {
                add_point(basin, &edges->items[at]);
                int next = -1;
                for (int i = 0; i < links[at].n; i++)
                    if (!edges->items[links[at].next[i]].is_used)
                        next = links[at].next[i];
                at = next;
            }
            ARRAY_PUSH(basin->tip->arena, &basin->parts) = basin->separatrix.count;
        }
}

static bool map_plane(struct basin *basin, int rounds)
{
    struct arena *scratch = arena_create();
    bool is_many = basin->rest->frozen->m > MANY_UNKNOWNS;
    int doublings = is_many ? DOUBLINGS_OF_MANY : DOUBLINGS;
    int n = basin->n = ((is_many ? COARSE_OF_MANY : COARSE) << doublings) + 1;
    basin->ends = ARENA_NEW_ARRAY(basin->tip->arena, int, n *n);
    for (int i = 0; i < n * n; i++)
        basin->ends[i] = UNKNOWN_END;
    bool is_good = true;
    for (int step = 1 << doublings; step >= 1 && is_good; step /= 2)
        is_good = fill_level(basin, step, step == 1 << doublings, scratch);
    struct edge_list edges = {0};
    int *index = ARENA_NEW_ARRAY(scratch, int, 2 * n * n);
    if (is_good)
        list_edges(basin, scratch, &edges, index);
    is_good = is_good && close_in(basin, &edges, rounds);
    struct links *links = ARENA_NEW_ARRAY(scratch, struct links, edges.count + 1);
    if (is_good) {
        link_cells(basin, index, links);
        string_together(basin, &edges, links);
    }
    arena_free(scratch);
    return is_good;
}

static bool map_line(struct basin *basin, int rounds)
{
    struct arena *scratch = arena_create();
    int n = basin->n = LINE + 1;
    struct edge_list edges = {0};
    basin->ends = ARENA_NEW_ARRAY(basin->tip->arena, int, n);
    struct basin_point *starts = ARENA_NEW_ARRAY(scratch, struct basin_point, n);
    for (int i = 0; i < n; i++)
        starts[i] = node_point(basin, i, 0);
    bool is_good = basin_run(basin, starts, n, basin->ends);
    for (int i = 0; i + 1 < n && is_good; i++)
        if (are_apart(basin, basin->ends[i], basin->ends[i + 1]))
            ARRAY_PUSH(scratch, &edges) =
                (struct edge){starts[i], starts[i + 1], basin->ends[i], false};
    is_good = is_good && close_in(basin, &edges, rounds + DOUBLINGS);
    for (size_t i = 0; i < edges.count && is_good; i++) {
        add_point(basin, &edges.items[i]);
        ARRAY_PUSH(basin->tip->arena, &basin->parts) = basin->separatrix.count;
    }
    arena_free(scratch);
    return is_good;
}

bool basin_map(struct basin *basin, int rounds)
{
    return basin->n_axes > 1 ? map_plane(basin, rounds) : map_line(basin, rounds);
}

// The change of end nearest to `today` among `n` starts in a row; -1: none. The change is between
// the start that is returned and the next.
static int nearest_change(const struct basin *basin, const struct basin_point *starts,
                          const int *ends, int n, double today)
{
    int nearest = -1;
    double least = INFINITY;
    for (int i = 0; i + 1 < n; i++) {
        double middle = (starts[i].at[0] + starts[i + 1].at[0]) / 2;
        if (are_apart(basin, ends[i], ends[i + 1]) && fabs(middle - today) < least) {
            least = fabs(middle - today);
            nearest = i;
        }
    }
    return nearest;
}

bool basin_threshold(struct basin *basin, double *threshold)
{
    const struct basin_axis *axis = &basin->axes[0];
    struct basin_point starts[LINE + 1];
    int ends[LINE + 1];
    double low = axis->low, high = axis->high;
    *threshold = NAN;
    bool is_many = basin->rest->frozen->m > MANY_UNKNOWNS;
    for (int round = 0; round < (is_many ? LINE_ROUNDS_OF_MANY : LINE_ROUNDS); round++) {
        int n = round || is_many ? LINE_PARTS + 1 : LINE + 1;
        for (int i = 0; i < n; i++) {
            starts[i].at[0] = low + (high - low) * i / (n - 1);
            starts[i].at[1] = basin->n_axes > 1 ? basin->axes[1].today : 0;
        }
        if (!basin_run(basin, starts, n, ends))
            return false;
        int change = nearest_change(basin, starts, ends, n, axis->today);
        if (change < 0)
            return true; // in the first round; later ones have theirs at an end
        low = starts[change].at[0];
        high = starts[change + 1].at[0];
        *threshold = (low + high) / 2;
        if (fabs(*threshold) < 1e-9 * (axis->high - axis->low))
            *threshold = 0;
    }
    return true;
}
