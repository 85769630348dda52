// Stage: analysis. Link scores -> loops -> relative scores -> phases. Every loop of each strongly
// connected set of stocks is found by Johnson's algorithm; where there are too many, the strongest
// ones at each saved time by the search of Eberlein & Schoenberg ("Finding the loops that matter",
// 2020): from each stock, always along the strongest link first, and never again through a vertex
// that was reached more strongly before.
#include "analysis/loops.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *loop_polarity_name(enum loop_polarity polarity)
{
    static const char *const names[N_LOOP_POLARITIES] = {"reinforcing", "balancing", "changing",
                                                         "inactive"};
    return names[polarity];
}

struct loop_list {
    struct loop *items;
    size_t count, capacity;
};

struct finder {
    struct loop_analysis *analysis;
    struct arena *arena;
    int set;
    int max_loops;
    struct loop_list found; // of this set
    // The search for the strongest:
    const double *scores; // [n_links] of one row
    double *best;         // [n_vertices] the strongest way that led there
    bool *is_visited;     // [n_vertices] on the present way
    int *way;             // links of the present way
    int n_way;
    int target;
    struct {
        int *items; // [n_buckets] first loop, -1 none
        int *chain; // [max_loops] next loop
    } table;
};

static void add_loop(struct finder *finder, const int *edges, int n)
{
    int *copy = ARENA_NEW_ARRAY(finder->analysis->arena, int, n);
    memcpy(copy, edges, (size_t)n * sizeof *copy);
    ARRAY_PUSH(finder->arena, &finder->found) =
        (struct loop){.edges = copy, .n_edges = n, .set = finder->set};
}

static bool visit_circuit(void *context, const int *edges, int n)
{
    struct finder *finder = context;
    if ((int)finder->found.count == finder->max_loops)
        return false;
    add_loop(finder, edges, n);
    return true;
}

enum { N_BUCKETS = 4096 };

static unsigned loop_hash(const int *edges, int n)
{
    unsigned hash = 2166136261u;
    for (int i = 0; i < n; i++)
        hash = (hash ^ (unsigned)edges[i]) * 16777619u;
    return hash % N_BUCKETS;
}

// Adds the loop that the way closes, from link `start` on, unless it is known.
static void add_way(struct finder *finder)
{
    int n = finder->n_way, lowest = 0;
    int *edges = ARENA_NEW_ARRAY(finder->arena, int, n);
    for (int i = 1; i < n; i++)
        if (finder->way[i] < finder->way[lowest])
            lowest = i;
    for (int i = 0; i < n; i++)
        edges[i] = finder->way[(lowest + i) % n];
    int *bucket = &finder->table.items[loop_hash(edges, n)];
    for (int i = *bucket; i >= 0; i = finder->table.chain[i])
        if (finder->found.items[i].n_edges == n &&
            memcmp(finder->found.items[i].edges, edges, (size_t)n * sizeof *edges) == 0)
            return;
    if ((int)finder->found.count == finder->max_loops)
        return;
    finder->table.chain[finder->found.count] = *bucket;
    *bucket = (int)finder->found.count;
    add_loop(finder, edges, n);
}

struct ranked {
    int edge;
    double strength;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->strength != y->strength)
        return (x->strength < y->strength) - (x->strength > y->strength);
    return (x->edge > y->edge) - (x->edge < y->edge);
}

static void search(struct finder *finder, int vertex, double strength)
{
    const struct graph *graph = &finder->analysis->links->graph;
    if (finder->is_visited[vertex]) {
        if (vertex == finder->target)
            add_way(finder);
        return;
    }
    if (strength <= finder->best[vertex])
        return;
    finder->best[vertex] = strength;
    finder->is_visited[vertex] = true;
    int first = graph->first[vertex], n = graph->first[vertex + 1] - first;
    struct ranked *ranked = malloc((size_t)n * sizeof *ranked + 1);
    if (!ranked)
        abort();
    for (int i = 0; i < n; i++)
        ranked[i] = (struct ranked){first + i, fabs(finder->scores[first + i])};
    qsort(ranked, (size_t)n, sizeof *ranked, compare_ranked);
    for (int i = 0; i < n && ranked[i].strength > 0; i++) {
        finder->way[finder->n_way++] = ranked[i].edge;
        search(finder, graph->edges[ranked[i].edge].to, strength * ranked[i].strength);
        finder->n_way--;
    }
    free(ranked);
    finder->is_visited[vertex] = false;
}

static bool holds_state(const struct link_vertex *vertex)
{
    return vertex->kind == VERTEX_STOCK || vertex->kind == VERTEX_STAGE ||
           vertex->kind == VERTEX_MEMORY || vertex->kind == VERTEX_DELAY;
}

static void search_strongest(struct finder *finder, const int *component)
{
    const struct link_graph *links = finder->analysis->links;
    const struct link_scores *scores = finder->analysis->scores;
    int n = links->n_vertices;
    finder->found.count = 0;
    finder->best = ARENA_NEW_ARRAY(finder->arena, double, n);
    finder->is_visited = ARENA_NEW_ARRAY(finder->arena, bool, n);
    finder->way = ARENA_NEW_ARRAY(finder->arena, int, n + 1);
    finder->table.items = ARENA_NEW_ARRAY(finder->arena, int, N_BUCKETS);
    finder->table.chain = ARENA_NEW_ARRAY(finder->arena, int, finder->max_loops);
    memset(finder->table.items, -1, N_BUCKETS * sizeof(int));
    for (int row = 0; row < scores->n_rows; row++) {
        finder->scores = scores->scores + (size_t)row * (size_t)links->graph.n_edges;
        for (int v = 0; v < n; v++) {
            if (component[v] != finder->set || !holds_state(&links->vertices[v]))
                continue;
            memset(finder->best, 0, (size_t)n * sizeof *finder->best);
            finder->target = v;
            search(finder, v, 1);
        }
    }
}

double loop_score(const struct loop_analysis *analysis, int loop, int row)
{
    const struct link_scores *scores = analysis->scores;
    const double *values = scores->scores + (size_t)row * (size_t)analysis->links->graph.n_edges;
    double product = 1;
    for (int i = 0; i < analysis->loops[loop].n_edges; i++)
        product *= values[analysis->loops[loop].edges[i]];
    return product;
}

// The logarithm of |score| of a loop and its sign; products of many scores may leave the range of
// numbers where their shares do not.
static double log_score(const struct loop *loop, const double *values, int *sign)
{
    double sum = 0;
    *sign = 1;
    for (int i = 0; i < loop->n_edges; i++) {
        double value = values[loop->edges[i]];
        if (value == 0) {
            *sign = 0;
            return -INFINITY;
        }
        *sign = value < 0 ? -*sign : *sign;
        sum += log(fabs(value));
    }
    return sum;
}

// Fills in the relative scores of the loops [n] of one set.
static void score_set(struct loop_analysis *analysis, struct loop *loops, int n)
{
    const struct link_scores *scores = analysis->scores;
    double *logs = ARENA_NEW_ARRAY(analysis->arena, double, n);
    int *signs = ARENA_NEW_ARRAY(analysis->arena, int, n);
    for (int i = 0; i < n; i++)
        loops[i].relative = ARENA_NEW_ARRAY(analysis->arena, double, scores->n_rows);
    for (int row = 0; row < scores->n_rows; row++) {
        const double *values =
            scores->scores + (size_t)row * (size_t)analysis->links->graph.n_edges;
        double largest = -INFINITY, sum = 0;
        for (int i = 0; i < n; i++) {
            logs[i] = log_score(&loops[i], values, &signs[i]);
            largest = fmax(largest, logs[i]);
        }
        for (int i = 0; i < n; i++)
            sum += signs[i] ? exp(logs[i] - largest) : 0;
        for (int i = 0; i < n; i++) {
            loops[i].relative[row] = signs[i] ? signs[i] * exp(logs[i] - largest) / sum : 0;
            loops[i].mean_share += fabs(loops[i].relative[row]) / scores->n_rows;
        }
    }
}

static void find_polarity(struct loop *loop, int n_rows)
{
    bool is_positive = false, is_negative = false;
    for (int row = 0; row < n_rows; row++) {
        is_positive |= loop->relative[row] > 0;
        is_negative |= loop->relative[row] < 0;
    }
    if (is_positive)
        loop->polarity = is_negative ? LOOP_CHANGING : LOOP_REINFORCING;
    else
        loop->polarity = is_negative ? LOOP_BALANCING : LOOP_INACTIVE;
}

// By mean share, the larger first; equal ones as they were found.
static int compare_loops(const void *a, const void *b)
{
    const struct loop *x = a, *y = b;
    if (x->mean_share != y->mean_share)
        return (x->mean_share < y->mean_share) - (x->mean_share > y->mean_share);
    if (x->n_edges != y->n_edges)
        return (x->n_edges > y->n_edges) - (x->n_edges < y->n_edges);
    return memcmp(x->edges, y->edges, (size_t)x->n_edges * sizeof *x->edges);
}

// The link at which a loop is best begun: the first that leaves a stock of the model, in the order
// of the file.
static int first_link(const struct loop_analysis *analysis, const struct loop *loop)
{
    const struct link_graph *links = analysis->links;
    int best = 0, best_vertex = links->n_vertices;
    for (int i = 0; i < loop->n_edges; i++) {
        int from = links->graph.edges[loop->edges[i]].from;
        bool is_stock = links->vertices[from].kind == VERTEX_STOCK;
        if (is_stock && from < best_vertex) {
            best = i;
            best_vertex = from;
        }
    }
    return best;
}

static const char *join(struct arena *arena, const char *text, const char *part)
{
    return *text ? arena_format(arena, "%s > %s", text, part) : part;
}

static const char *vertex_title(const struct link_vertex *vertex, enum language language)
{
    bool is_plain = vertex->variable && !vertex->variable->n_dimensions;
    return is_plain ? localized_text(&vertex->variable->title, language, vertex->name)
                    : vertex->name;
}

static void name_loop(const struct loop_analysis *analysis, struct loop *loop)
{
    struct arena *arena = analysis->arena;
    const struct link_graph *links = analysis->links;
    int start = first_link(analysis, loop);
    const char *path = "", *names[N_LANGUAGES] = {"", ""}, *first = "";
    for (int i = 0; i < loop->n_edges; i++) {
        int edge = loop->edges[(start + i) % loop->n_edges];
        const struct link_vertex *vertex = &links->vertices[links->graph.edges[edge].from];
        if (!vertex->name)
            continue;
        path = join(arena, path, vertex->name);
        first = *first ? first : vertex->name;
        for (int l = 0; l < N_LANGUAGES && holds_state(vertex); l++)
            names[l] = join(arena, names[l], vertex_title(vertex, (enum language)l));
    }
    loop->path = join(arena, path, first);
    for (int l = 0; l < N_LANGUAGES; l++)
        loop->name.text[l] = names[l];
}

static int compare_names(const void *a, const void *b)
{
    const struct loop *x = *(struct loop *const *)a, *y = *(struct loop *const *)b;
    return x->set != y->set ? (x->set > y->set) - (x->set < y->set)
                            : strcmp(x->name.text[0], y->name.text[0]);
}

// Names the variable that the fewest of the loops [n], which go through the same stocks, have in
// common.
static void tell_apart(const struct loop_analysis *analysis, struct loop **loops, int n, int *uses)
{
    const struct link_graph *links = analysis->links;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < loops[i]->n_edges; k++)
            uses[links->graph.edges[loops[i]->edges[k]].from]++;
    for (int i = 0; i < n && n > 1; i++) {
        const struct link_vertex *rarest = NULL;
        int start = first_link(analysis, loops[i]), least = n;
        for (int k = 0; k < loops[i]->n_edges; k++) {
            int edge = loops[i]->edges[(start + k) % loops[i]->n_edges];
            int from = links->graph.edges[edge].from;
            const struct link_vertex *vertex = &links->vertices[from];
            if (vertex->name && !holds_state(vertex) && uses[from] < least) {
                least = uses[from];
                rarest = vertex;
            }
        }
        for (int l = 0; l < N_LANGUAGES && rarest; l++)
            loops[i]->name.text[l] =
                arena_format(analysis->arena, "%s, via %s", loops[i]->name.text[l],
                             vertex_title(rarest, (enum language)l));
    }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < loops[i]->n_edges; k++)
            uses[links->graph.edges[loops[i]->edges[k]].from] = 0;
}

static void name_loops(struct loop_analysis *analysis)
{
    static const char letters[N_LOOP_POLARITIES] = {'R', 'B', 'C', 'I'};
    int counts[N_LOOP_POLARITIES] = {0}, n = analysis->n_loops;
    struct loop **by_name = ARENA_NEW_ARRAY(analysis->arena, struct loop *, n);
    int *uses = ARENA_NEW_ARRAY(analysis->arena, int, analysis->links->n_vertices);
    for (int i = 0; i < n; i++) {
        struct loop *loop = by_name[i] = &analysis->loops[i];
        loop->id = arena_format(analysis->arena, "%c%d", letters[loop->polarity],
                                ++counts[loop->polarity]);
        name_loop(analysis, loop);
    }
    if (n)
        qsort(by_name, (size_t)n, sizeof *by_name, compare_names);
    for (int first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && compare_names(&by_name[first], &by_name[end]) == 0; end++)
            ;
        tell_apart(analysis, by_name + first, end - first, uses);
    }
}

// The loops of one set; larger than `max_loops`: the strongest only.
static void find_set(struct loop_analysis *analysis, struct loop_list *all, const int *component,
                     int set, int max_loops)
{
    struct finder finder = {
        .analysis = analysis, .arena = arena_create(), .set = set, .max_loops = max_loops};
    if (!graph_circuits(&analysis->links->graph, finder.arena, component, set, visit_circuit,
                        &finder)) {
        analysis->is_complete = false;
        search_strongest(&finder, component);
    }
    size_t first = all->count;
    for (size_t i = 0; i < finder.found.count; i++)
        ARRAY_PUSH(analysis->arena, all) = finder.found.items[i];
    struct loop *loops = all->items + first;
    int n = (int)finder.found.count;
    score_set(analysis, loops, n);
    for (int i = 0; i < n; i++)
        find_polarity(&loops[i], analysis->scores->n_rows);
    if (n)
        qsort(loops, (size_t)n, sizeof *loops, compare_loops);
    arena_free(finder.arena);
}

struct set_size {
    int set, n_states, first;
};

static int compare_sizes(const void *a, const void *b)
{
    const struct set_size *x = a, *y = b;
    return x->n_states != y->n_states ? (x->n_states < y->n_states) - (x->n_states > y->n_states)
                                      : (x->first > y->first) - (x->first < y->first);
}

// Numbers the sets anew: those with more stocks first.
static void sort_sets(const struct loop_analysis *analysis, int *component)
{
    const struct link_graph *links = analysis->links;
    struct set_size *sizes = ARENA_NEW_ARRAY(analysis->arena, struct set_size, analysis->n_sets);
    int *number = ARENA_NEW_ARRAY(analysis->arena, int, analysis->n_sets);
    for (int s = 0; s < analysis->n_sets; s++)
        sizes[s] = (struct set_size){s, 0, links->n_vertices};
    for (int v = links->n_vertices - 1; v >= 0; v--)
        if (component[v] >= 0) {
            sizes[component[v]].n_states += holds_state(&links->vertices[v]);
            sizes[component[v]].first = v;
        }
    if (analysis->n_sets)
        qsort(sizes, (size_t)analysis->n_sets, sizeof *sizes, compare_sizes);
    for (int s = 0; s < analysis->n_sets; s++)
        number[sizes[s].set] = s;
    for (int v = 0; v < links->n_vertices; v++)
        component[v] = component[v] < 0 ? -1 : number[component[v]];
}

struct share {
    int loop;
    double size;
};

static int compare_shares(const void *a, const void *b)
{
    const struct share *x = a, *y = b;
    return x->size != y->size ? (x->size < y->size) - (x->size > y->size)
                              : (x->loop > y->loop) - (x->loop < y->loop);
}

// The strongest loop of the stronger polarity in a row, or -1.
static int find_leader(const struct loop_analysis *analysis, int first, int end, int row)
{
    double sums[2] = {0, 0}, largest[2] = {0, 0};
    int leaders[2] = {-1, -1};
    for (int i = first; i < end; i++) {
        double relative = analysis->loops[i].relative[row];
        int side = relative < 0;
        sums[side] += fabs(relative);
        if (fabs(relative) > largest[side]) {
            largest[side] = fabs(relative);
            leaders[side] = i;
        }
    }
    return leaders[sums[1] > sums[0]];
}

// Fills in the loops that make up at least half of what happens during the phase.
static void choose_loops(const struct loop_analysis *analysis, int first, int end,
                         struct loop_phase *phase)
{
    struct share *shares = ARENA_NEW_ARRAY(analysis->arena, struct share, end - first);
    int n_rows = phase->last - phase->first + 1, n = 0;
    for (int i = first; i < end; i++) {
        double sum = 0;
        for (int row = phase->first; row <= phase->last; row++)
            sum += analysis->loops[i].relative[row];
        if (phase->is_balancing ? sum < 0 : sum > 0)
            shares[n++] = (struct share){i, fabs(sum) / n_rows};
    }
    if (n)
        qsort(shares, (size_t)n, sizeof *shares, compare_shares);
    phase->loops = ARENA_NEW_ARRAY(analysis->arena, int, n);
    while (phase->n_loops < n && phase->share < 0.5) {
        phase->share += shares[phase->n_loops].size;
        phase->loops[phase->n_loops] = shares[phase->n_loops].loop;
        phase->n_loops++;
    }
}

static void find_phases(struct loop_analysis *analysis, int first, int end)
{
    int n_rows = analysis->scores->n_rows, leader = -1, sign = 0;
    size_t n_before = analysis->phases.count;
    for (int row = 0; row < n_rows; row++) {
        int now = find_leader(analysis, first, end, row);
        int sign_now = now >= 0 && analysis->loops[now].relative[row] < 0 ? -1 : 1;
        if (analysis->phases.count > n_before && now == leader && sign_now == sign) {
            analysis->phases.items[analysis->phases.count - 1].last = row;
            continue;
        }
        leader = now;
        sign = sign_now;
        ARRAY_PUSH(analysis->arena, &analysis->phases) = (struct loop_phase){
            .set = analysis->loops[first].set, .first = row, .last = row, .is_balancing = sign < 0};
    }
    for (size_t i = n_before; i < analysis->phases.count; i++)
        choose_loops(analysis, first, end, &analysis->phases.items[i]);
}

struct loop_analysis *loops_analyse(struct arena *arena, const struct run_case *source,
                                    int max_loops, const volatile sig_atomic_t *cancel,
                                    struct diag *diag)
{
    struct loop_analysis *analysis = ARENA_NEW(arena, struct loop_analysis);
    *analysis = (struct loop_analysis){.arena = arena, .source = *source, .is_complete = true};
    analysis->links = links_build(arena, source->model, diag);
    if (analysis->links)
        analysis->scores = links_run(analysis->links, cancel, diag);
    if (!analysis->scores)
        return NULL;
    for (int v = 0; v < analysis->links->n_vertices; v++)
        analysis->n_stocks += analysis->links->vertices[v].kind == VERTEX_STOCK &&
                              !analysis->links->vertices[v].variable->is_hidden;
    int *component = ARENA_NEW_ARRAY(arena, int, analysis->links->n_vertices);
    analysis->n_sets = graph_components(&analysis->links->graph, arena, component);
    sort_sets(analysis, component);
    struct loop_list all = {0};
    for (int set = 0; set < analysis->n_sets; set++)
        find_set(analysis, &all, component, set, max_loops);
    analysis->loops = all.items;
    analysis->n_loops = (int)all.count;
    name_loops(analysis);
    for (int first = 0, end; first < analysis->n_loops; first = end) {
        for (end = first; end < analysis->n_loops; end++)
            if (all.items[end].set != all.items[first].set)
                break;
        find_phases(analysis, first, end);
    }
    return analysis;
}

bool loop_passes(const struct loop_analysis *analysis, int loop, const char *const *names, int n)
{
    const struct link_graph *links = analysis->links;
    for (int k = 0; k < n; k++) {
        int first, count;
        struct diag quiet;
        diag_init(&quiet, analysis->arena);
        const struct variable *variable =
            model_find_cells(links->model, names[k], (struct position){0}, &first, &count, &quiet);
        for (int i = 0; variable && i < analysis->loops[loop].n_edges; i++) {
            int cell = links->graph.edges[analysis->loops[loop].edges[i]].from;
            cell -= variable->first_cell + first;
            if (cell >= 0 && cell < count)
                return true;
        }
    }
    return false;
}
