// Directed graphs: what hangs together, and which ways lead around.
#ifndef BASE_GRAPH_H
#define BASE_GRAPH_H

#include "base/arena.h"

#include <stdbool.h>

struct graph_edge {
    int from, to;
};

// The edges that leave vertex v are first[v] .. first[v + 1] - 1.
struct graph {
    int n_vertices;
    int n_edges;
    const struct graph_edge *edges; // [n_edges] by where they come from
    int *first;                     // [n_vertices + 1]
};

// Sorts `edges` [n_edges] by where they come from, drops repeated ones and returns the graph; it
// keeps `edges`.
struct graph graph_build(struct arena *arena, int n_vertices, struct graph_edge *edges,
                         int n_edges);

// Numbers the strongly connected components: component[v] for each vertex, -1 for one that no way
// leads back to. Returns how many there are (Tarjan 1972).
int graph_components(const struct graph *graph, struct arena *arena, int *component);

// Hands over each elementary circuit among the vertices with component[v] = `wanted`, as the edges
// [n] that it goes through, starting at its lowest vertex (Johnson 1975). Stops, and returns false,
// where `visit` returns false.
bool graph_circuits(const struct graph *graph, struct arena *arena, const int *component,
                    int wanted, bool (*visit)(void *context, const int *edges, int n),
                    void *context);

#endif
