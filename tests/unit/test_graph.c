// Graphs: components and circuits.
#include "unit/support.h"

#include "base/graph.h"

#include <string.h>

struct counter {
    const struct graph *graph;
    int n, most;
    int n_edges; // over all circuits
};

static bool count_circuit(void *context, const int *edges, int n)
{
    struct counter *counter = context;
    for (int i = 0; i < n; i++) // a circuit is closed, and goes on where it came
        assert_int_equal(counter->graph->edges[edges[i]].to,
                         counter->graph->edges[edges[(i + 1) % n]].from);
    counter->n_edges += n;
    return ++counter->n < counter->most;
}

static struct graph complete_graph(struct world *world, int n)
{
    struct graph_edge *edges = ARENA_NEW_ARRAY(world->arena, struct graph_edge, n * n);
    int n_edges = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            if (i != k)
                edges[n_edges++] = (struct graph_edge){i, k};
    return graph_build(world->arena, n, edges, n_edges);
}

static struct counter count_circuits(struct world *world, const struct graph *graph, int most)
{
    int *component = ARENA_NEW_ARRAY(world->arena, int, graph->n_vertices);
    struct counter counter = {.graph = graph, .most = most};
    int n = graph_components(graph, world->arena, component);
    for (int i = 0; i < n; i++)
        graph_circuits(graph, world->arena, component, i, count_circuit, &counter);
    return counter;
}

static void test_repeated_edges_are_one(void **state)
{
    struct world *world = *state;
    struct graph_edge edges[] = {{1, 0}, {0, 1}, {1, 0}, {0, 1}, {0, 2}};
    struct graph graph = graph_build(world->arena, 3, edges, 5);
    assert_int_equal(graph.n_edges, 3);
    assert_int_equal(graph.first[1], 2);
    assert_int_equal(graph.first[3], 3);
}

static void test_components(void **state)
{
    struct world *world = *state;
    // 0 <-> 1 -> 2 -> 3 -> 4 -> 2, 5 alone, 6 with itself
    struct graph_edge edges[] = {{0, 1}, {1, 0}, {1, 2}, {2, 3}, {3, 4}, {4, 2}, {4, 5}, {6, 6}};
    struct graph graph = graph_build(world->arena, 7, edges, ARRAY_COUNT(edges));
    int component[7];
    assert_int_equal(graph_components(&graph, world->arena, component), 3);
    assert_int_equal(component[0], component[1]);
    assert_int_equal(component[2], component[3]);
    assert_int_equal(component[2], component[4]);
    assert_int_not_equal(component[0], component[2]);
    assert_int_equal(component[5], -1);
    assert_true(component[6] >= 0);
}

// A complete graph of n vertices has sum over k of n! / ((n - k)! k) circuits.
static void test_circuits_of_complete_graphs(void **state)
{
    struct world *world = *state;
    static const int known[] = {0, 0, 1, 5, 20, 84, 409, 2365};
    for (int n = 2; n <= 7; n++) {
        struct graph graph = complete_graph(world, n);
        assert_int_equal(count_circuits(world, &graph, 1 << 30).n, known[n]);
    }
}

static void test_own_edge_is_a_circuit(void **state)
{
    struct world *world = *state;
    struct graph_edge edges[] = {{0, 0}, {0, 1}, {1, 0}};
    struct graph graph = graph_build(world->arena, 2, edges, 3);
    struct counter counter = count_circuits(world, &graph, 100);
    assert_int_equal(counter.n, 2);
    assert_int_equal(counter.n_edges, 3);
}

static void test_stops_when_told(void **state)
{
    struct world *world = *state;
    struct graph graph = complete_graph(world, 12); // some hundred million circuits
    assert_int_equal(count_circuits(world, &graph, 1000).n, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_repeated_edges_are_one),
        WORLD_TEST(test_components),
        WORLD_TEST(test_circuits_of_complete_graphs),
        WORLD_TEST(test_own_edge_is_a_circuit),
        WORLD_TEST(test_stops_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
