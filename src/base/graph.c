// Stage: base. Strongly connected components by Tarjan (SIAM J. Comput. 1, 1972), elementary
// circuits by Johnson (SIAM J. Comput. 4, 1975): circuits through the lowest vertex first, then
// without it. Recursion goes as deep as a circuit is long.
#include "base/graph.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

static int compare_edges(const void *a, const void *b)
{
    const struct graph_edge *x = a, *y = b;
    return x->from != y->from ? (x->from > y->from) - (x->from < y->from)
                              : (x->to > y->to) - (x->to < y->to);
}

struct graph graph_build(struct arena *arena, int n_vertices, struct graph_edge *edges, int n_edges)
{
    struct graph graph = {.n_vertices = n_vertices, .edges = edges};
    graph.first = ARENA_NEW_ARRAY(arena, int, n_vertices + 1);
    if (n_edges)
        qsort(edges, (size_t)n_edges, sizeof *edges, compare_edges);
    for (int i = 0; i < n_edges; i++)
        if (!i || compare_edges(&edges[i], &edges[graph.n_edges - 1]) != 0)
            edges[graph.n_edges++] = edges[i];
    for (int i = 0; i < graph.n_edges; i++)
        graph.first[edges[i].from + 1]++;
    for (int v = 0; v < n_vertices; v++)
        graph.first[v + 1] += graph.first[v];
    return graph;
}

struct tarjan {
    const struct graph *graph;
    int *component; // result
    int *order;     // [n_vertices] when it was met, 0: not yet
    int *low;       // [n_vertices] the earliest vertex that can be reached
    int *next;      // [n_vertices] edge to follow
    bool *is_open;  // [n_vertices] on `open`
    int *open;      // vertices whose component is not complete
    int n_open;
    int *path; // vertices being visited
    int n_path;
    int n_met;
    int n_components;
};

static void enter(struct tarjan *tarjan, int vertex)
{
    tarjan->order[vertex] = tarjan->low[vertex] = ++tarjan->n_met;
    tarjan->next[vertex] = tarjan->graph->first[vertex];
    tarjan->is_open[vertex] = true;
    tarjan->open[tarjan->n_open++] = vertex;
    tarjan->path[tarjan->n_path++] = vertex;
}

static bool has_own_edge(const struct graph *graph, int vertex)
{
    for (int e = graph->first[vertex]; e < graph->first[vertex + 1]; e++)
        if (graph->edges[e].to == vertex)
            return true;
    return false;
}

// Closes the component whose first vertex is `vertex`.
static void close_component(struct tarjan *tarjan, int vertex)
{
    int top = tarjan->n_open;
    do
        top--;
    while (tarjan->open[top] != vertex);
    bool is_cyclic = tarjan->n_open - top > 1 || has_own_edge(tarjan->graph, vertex);
    for (int i = top; i < tarjan->n_open; i++) {
        tarjan->is_open[tarjan->open[i]] = false;
        tarjan->component[tarjan->open[i]] = is_cyclic ? tarjan->n_components : -1;
    }
    tarjan->n_components += is_cyclic;
    tarjan->n_open = top;
}

static void lower_to(int *low, int value)
{
    if (value < *low)
        *low = value;
}

static void walk(struct tarjan *tarjan, int root)
{
    enter(tarjan, root);
    while (tarjan->n_path) {
        int vertex = tarjan->path[tarjan->n_path - 1];
        if (tarjan->next[vertex] < tarjan->graph->first[vertex + 1]) {
            int to = tarjan->graph->edges[tarjan->next[vertex]++].to;
            if (!tarjan->order[to])
                enter(tarjan, to);
            else if (tarjan->is_open[to])
                lower_to(&tarjan->low[vertex], tarjan->order[to]);
            continue;
        }
        tarjan->n_path--;
        if (tarjan->low[vertex] == tarjan->order[vertex])
            close_component(tarjan, vertex);
        if (tarjan->n_path)
            lower_to(&tarjan->low[tarjan->path[tarjan->n_path - 1]], tarjan->low[vertex]);
    }
}

int graph_components(const struct graph *graph, struct arena *arena, int *component)
{
    int n = graph->n_vertices;
    struct tarjan tarjan = {.graph = graph,
                            .component = component,
                            .order = ARENA_NEW_ARRAY(arena, int, n),
                            .low = ARENA_NEW_ARRAY(arena, int, n),
                            .next = ARENA_NEW_ARRAY(arena, int, n),
                            .is_open = ARENA_NEW_ARRAY(arena, bool, n),
                            .open = ARENA_NEW_ARRAY(arena, int, n),
                            .path = ARENA_NEW_ARRAY(arena, int, n)};
    for (int v = 0; v < n; v++)
        if (!tarjan.order[v])
            walk(&tarjan, v);
    return tarjan.n_components;
}

struct johnson {
    const struct graph *graph;
    const int *part; // [n_vertices] components without the vertices before `start`
    int start;
    bool *is_blocked; // [n_vertices]
    struct {
        int *items;
        size_t count, capacity;
    } * waiting; // [n_vertices] vertices to unblock along with it
    int *edges;  // the way so far
    int n_edges;
    struct arena *arena; // of this start
    bool (*visit)(void *context, const int *edges, int n);
    void *context;
    bool is_stopped;
};

static bool is_inside(const struct johnson *johnson, int vertex)
{
    return vertex >= johnson->start && johnson->part[vertex] == johnson->part[johnson->start];
}

static void unblock(struct johnson *johnson, int vertex)
{
    johnson->is_blocked[vertex] = false;
    while (johnson->waiting[vertex].count) {
        int other = johnson->waiting[vertex].items[--johnson->waiting[vertex].count];
        if (johnson->is_blocked[other])
            unblock(johnson, other);
    }
}

static void wait_for(struct johnson *johnson, int vertex, int other)
{
    for (size_t i = 0; i < johnson->waiting[other].count; i++)
        if (johnson->waiting[other].items[i] == vertex)
            return;
    ARRAY_PUSH(johnson->arena, &johnson->waiting[other]) = vertex;
}

// Follows every way from `vertex`; whether one led back to the start.
static bool follow(struct johnson *johnson, int vertex)
{
    const struct graph *graph = johnson->graph;
    bool has_found = false;
    johnson->is_blocked[vertex] = true;
    for (int e = graph->first[vertex]; e < graph->first[vertex + 1] && !johnson->is_stopped; e++) {
        int to = graph->edges[e].to;
        if (!is_inside(johnson, to))
            continue;
        johnson->edges[johnson->n_edges++] = e;
        if (to == johnson->start) {
            johnson->is_stopped |=
                !johnson->visit(johnson->context, johnson->edges, johnson->n_edges);
            has_found = true;
        } else if (!johnson->is_blocked[to]) {
            has_found |= follow(johnson, to);
        }
        johnson->n_edges--;
    }
    if (has_found)
        unblock(johnson, vertex);
    for (int e = graph->first[vertex]; e < graph->first[vertex + 1] && !has_found; e++)
        if (is_inside(johnson, graph->edges[e].to))
            wait_for(johnson, vertex, graph->edges[e].to);
    return has_found;
}

// The components among the vertices from `start` on that are wanted.
static void find_part(const struct graph *graph, struct arena *arena, const int *component,
                      int wanted, int start, int *part)
{
    struct graph_edge *edges = ARENA_NEW_ARRAY(arena, struct graph_edge, graph->n_edges);
    int n = 0;
    for (int e = graph->first[start]; e < graph->n_edges; e++)
        if (graph->edges[e].to >= start && component[graph->edges[e].from] == wanted &&
            component[graph->edges[e].to] == wanted)
            edges[n++] = graph->edges[e];
    struct graph rest = graph_build(arena, graph->n_vertices, edges, n);
    graph_components(&rest, arena, part);
}

bool graph_circuits(const struct graph *graph, struct arena *arena, const int *component,
                    int wanted, bool (*visit)(void *context, const int *edges, int n),
                    void *context)
{
    int n = graph->n_vertices;
    int *part = ARENA_NEW_ARRAY(arena, int, n);
    struct johnson johnson = {.graph = graph, .part = part, .visit = visit, .context = context};
    for (int start = 0; start < n && !johnson.is_stopped; start++) {
        if (component[start] != wanted)
            continue;
        johnson.arena = arena_create();
        find_part(graph, johnson.arena, component, wanted, start, part);
        johnson.start = start;
        johnson.is_blocked = ARENA_NEW_ARRAY(johnson.arena, bool, n);
        johnson.waiting = arena_alloc_array(johnson.arena, (size_t)n, sizeof *johnson.waiting);
        johnson.edges = ARENA_NEW_ARRAY(johnson.arena, int, n + 1);
        if (part[start] >= 0)
            follow(&johnson, start);
        arena_free(johnson.arena);
    }
    return !johnson.is_stopped;
}
