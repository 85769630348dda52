// Stage: analysis. Each cell's equation by itself -> a graph of links -> their scores during a run.
// A link x -> z, with z = f(x, y), scores |Δₓz / Δz| with the sign of Δₓz / Δx, where
// Δₓz = f(x now, y before) - z before: the share of x in the change of z. A flow scores
// ±|Δflow / Δ(net flow)| for its stock, 1 where it is the only one, which holds for every
// integration method because flows are compared at the ends of steps (equations 1, 2 and 5 of the
// paper, with the revision of 2023). Stages of delays and smooths are stocks like others; PREVIOUS
// and DELAY pass on what went in, so their link scores 1.
#include "analysis/links.h"

#include "base/array.h"
#include "model/time.h"
#include "program/lookup.h"
#include "program/scalar.h"
#include "run/kernel_rare.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { ALL_NOW = -1 }; // instead of a vertex: everything has its value of now

// Values at two points in time, and the nodes computed from them.
struct evaluation {
    const struct link_graph *links;
    const struct lookup **lookups;
    const double *before, *now; // [n_vertices]
    double time_before, time_now;
    const struct frame *frame; // of the run, for random numbers
    long step;                 // of now
    int moved;                 // the vertex with its value of now, or ALL_NOW
    double *memo;              // [nodes]
    unsigned *stamp;           // [nodes] the present one where memo holds
    unsigned present;
};

// State s has two vertices, its rate and its level; those of stocks are not used.
static int rate_vertex(const struct link_graph *links, int state)
{
    return links->first_stage + 2 * state;
}

static int level_vertex(const struct link_graph *links, int state)
{
    return rate_vertex(links, state) + 1;
}

// The vertex that a leaf stands for, or -1.
static int leaf_vertex(const struct link_graph *links, const struct node *node)
{
    switch (node->op) {
    case NODE_PARAMETER:
        return node->index;
    case NODE_STOCK:
        return level_vertex(links, node->index);
    case NODE_MEMORY:
        return links->first_memory + node->index;
    case NODE_DELAY:
        return links->first_delay + node->index;
    default:
        return -1;
    }
}

// Replaces a mean by the random number of the step that the values are of.
static void draw(const struct evaluation *evaluation, const struct node *node, double *value)
{
    long step = evaluation->moved == ALL_NOW ? evaluation->step : evaluation->step - 1;
    rare_draw(evaluation->frame, &evaluation->links->lowered->draws.items[node->index],
              node->op == NODE_DRAW && step > 0 ? step : 0, value, 1);
}

static double evaluate(struct evaluation *evaluation, int index)
{
    const struct node *node = &evaluation->links->lowered->dag.items[index];
    bool is_now = evaluation->moved == ALL_NOW;
    int vertex = leaf_vertex(evaluation->links, node);
    if (vertex >= 0)
        return is_now || vertex == evaluation->moved ? evaluation->now[vertex]
                                                     : evaluation->before[vertex];
    if (node->op == NODE_CONSTANT)
        return node->value;
    if (node->op == NODE_TIME || node->op == NODE_STEP_TIME)
        return is_now ? evaluation->time_now : evaluation->time_before;
    if (evaluation->stamp[index] == evaluation->present)
        return evaluation->memo[index];
    double operands[3] = {0};
    for (int i = 0; i < 3 && node->operands[i] >= 0; i++)
        operands[i] = evaluate(evaluation, node->operands[i]);
    double value = operands[0]; // NODE_HOLD: values are those at the start of a step
    if (node->op == NODE_DRAW || node->op == NODE_FIRST_DRAW)
        draw(evaluation, node, &value);
    else if (node->op == NODE_LOOKUP)
        value = lookup_at(evaluation->lookups[node->index], operands[0]);
    else if (node->op != NODE_HOLD)
        value = scalar_operation((enum operation)node->op, operands[0], operands[1], operands[2]);
    evaluation->stamp[index] = evaluation->present;
    evaluation->memo[index] = value;
    return value;
}

// The value of node `root` with all vertices as before but `moved`.
static double value_with(struct evaluation *evaluation, int root, int moved)
{
    evaluation->moved = moved;
    evaluation->present++;
    return evaluate(evaluation, root);
}

struct edge_list {
    struct graph_edge *items;
    size_t count, capacity;
};

struct builder {
    struct link_graph *links;
    struct edge_list edges;
    bool *is_seen; // [nodes] below the present root
};

static void add_link(struct builder *builder, int from, int to)
{
    if (builder->links->vertices[from].kind != VERTEX_NONE)
        ARRAY_PUSH(builder->links->arena, &builder->edges) = (struct graph_edge){from, to};
}

static void add_leaves(struct builder *builder, int index, int to)
{
    const struct node *node = &builder->links->lowered->dag.items[index];
    if (builder->is_seen[index])
        return;
    builder->is_seen[index] = true;
    int vertex = leaf_vertex(builder->links, node);
    if (vertex >= 0)
        add_link(builder, vertex, to);
    for (int i = 0; i < 3 && node->operands[i] >= 0 && node->op != NODE_DELAY; i++)
        add_leaves(builder, node->operands[i], to);
}

// Links of the vertices that are computed by a node.
static void link_root(struct builder *builder, int vertex)
{
    int root = builder->links->vertices[vertex].root;
    memset(builder->is_seen, 0, builder->links->lowered->dag.count * sizeof *builder->is_seen);
    if (root >= 0)
        add_leaves(builder, root, vertex);
}

static void link_flows(struct builder *builder, const struct reference *flows, int n, int vertex)
{
    int cell = vertex - builder->links->vertices[vertex].variable->first_cell;
    for (int i = 0; i < n; i++)
        add_link(builder, flows[i].variable->first_cell + cell, vertex);
}

static void add_cells(struct link_graph *links, const struct lowered *whole)
{
    const struct model *model = links->model;
    for (size_t i = 0; i < model->variables.count; i++) {
        struct variable *variable = model->variables.items[i];
        bool has_value = variable->kind != VARIABLE_TABLE || variable->n_equations > 0;
        for (int cell = 0; cell < variable->n_cells && has_value; cell++) {
            int global = variable->first_cell + cell;
            struct link_vertex *vertex = &links->vertices[global];
            bool is_stock = variable->kind == VARIABLE_STOCK;
            *vertex = (struct link_vertex){
                is_stock ? VERTEX_STOCK : VERTEX_VALUE, cell_name(links->arena, variable, cell),
                variable, global, is_stock ? -1 : links->lowered->cell_nodes[global]};
            if (dag_is_constant(&whole->dag, whole->cell_nodes[global]))
                vertex->kind = VERTEX_NONE;
        }
    }
}

static void add_others(struct link_graph *links)
{
    const struct lowered *lowered = links->lowered;
    for (int i = 0; i < (int)lowered->states.count; i++) {
        const struct state *state = &lowered->states.items[i];
        if (state->variable)
            continue;
        links->vertices[rate_vertex(links, i)] =
            (struct link_vertex){VERTEX_RATE, NULL, NULL, i, state->rate};
        links->vertices[level_vertex(links, i)] =
            (struct link_vertex){VERTEX_STAGE, state->name, NULL, i, -1};
    }
    for (int i = 0; i < (int)lowered->memories.count; i++)
        links->vertices[links->first_memory + i] =
            (struct link_vertex){VERTEX_MEMORY, lowered->memories.items[i].name, NULL, i,
                                 lowered->memories.items[i].input};
    for (int i = 0; i < (int)lowered->delay_lines.count; i++)
        links->vertices[links->first_delay + i] =
            (struct link_vertex){VERTEX_DELAY, lowered->delay_lines.items[i].name, NULL, i,
                                 lowered->delay_lines.items[i].input};
}

struct link_graph *links_build(struct arena *arena, const struct model *model, struct diag *diag)
{
    const struct lowered *whole = lower_model(arena, model, NULL, 0, diag);
    const struct lowered *each = whole ? lower_each(arena, whole, diag) : NULL;
    if (!each)
        return NULL;
    struct link_graph *links = ARENA_NEW(arena, struct link_graph);
    *links = (struct link_graph){.arena = arena, .model = model, .lowered = each};
    links->first_stage = model->n_cells;
    links->first_memory = links->first_stage + 2 * (int)each->states.count;
    links->first_delay = links->first_memory + (int)each->memories.count;
    links->n_vertices = links->first_delay + (int)each->delay_lines.count;
    links->vertices = ARENA_NEW_ARRAY(arena, struct link_vertex, links->n_vertices);
    add_cells(links, whole);
    add_others(links);
    struct builder builder = {.links = links,
                              .is_seen = ARENA_NEW_ARRAY(arena, bool, each->dag.count)};
    for (int v = 0; v < links->n_vertices; v++) {
        const struct link_vertex *vertex = &links->vertices[v];
        if (vertex->kind == VERTEX_STOCK) {
            link_flows(&builder, vertex->variable->inflows, vertex->variable->n_inflows, v);
            link_flows(&builder, vertex->variable->outflows, vertex->variable->n_outflows, v);
        } else if (vertex->kind == VERTEX_STAGE) {
            add_link(&builder, v - 1, v);
        } else if (vertex->kind != VERTEX_NONE) {
            link_root(&builder, v);
        }
    }
    links->graph =
        graph_build(arena, links->n_vertices, builder.edges.items, (int)builder.edges.count);
    return links;
}

// A change that rounding alone could have made counts as none.
static double change(double now, double before)
{
    double difference = now - before;
    double noise = 4 * DBL_EPSILON * fmax(fabs(now), fabs(before));
    return fabs(difference) <= noise ? 0 : difference;
}

// The score of `from` for `to`, which is computed by a node.
static double value_score(struct evaluation *evaluation, int from, int to)
{
    double before = evaluation->before[to];
    double whole = change(evaluation->now[to], before);
    double cause = change(evaluation->now[from], evaluation->before[from]);
    if (whole == 0 || cause == 0)
        return 0;
    double part =
        change(value_with(evaluation, evaluation->links->vertices[to].root, from), before);
    return part == 0 ? 0 : copysign(fabs(part / whole), part * cause > 0 ? 1 : -1);
}

// Adds the change of flows to `*net`; returns how often `flow` is among them.
static int sum_changes(const struct evaluation *evaluation, const struct reference *flows, int n,
                       int cell, int flow, double sign, double *net)
{
    int count = 0;
    for (int i = 0; i < n; i++) {
        int vertex = flows[i].variable->first_cell + cell;
        *net += sign * (evaluation->now[vertex] - evaluation->before[vertex]);
        count += vertex == flow;
    }
    return count;
}

static double flow_score(const struct evaluation *evaluation, int flow, int to)
{
    const struct variable *stock = evaluation->links->vertices[to].variable;
    int cell = to - stock->first_cell;
    double net = 0;
    int sign = sum_changes(evaluation, stock->inflows, stock->n_inflows, cell, flow, 1, &net);
    sign -= sum_changes(evaluation, stock->outflows, stock->n_outflows, cell, flow, -1, &net);
    if (stock->n_inflows + stock->n_outflows == 1)
        return sign;
    double part = change(evaluation->now[flow], evaluation->before[flow]);
    return part == 0 || net == 0 ? 0 : sign * fabs(part / net);
}

static double link_score(struct evaluation *evaluation, struct graph_edge link)
{
    double score = 1;
    switch (evaluation->links->vertices[link.to].kind) {
    case VERTEX_STOCK:
        score = flow_score(evaluation, link.from, link.to);
        break;
    case VERTEX_VALUE:
    case VERTEX_RATE:
        score = value_score(evaluation, link.from, link.to);
        break;
    default: // what went in comes out
        break;
    }
    return isfinite(score) ? score : 0;
}

// What a run leaves behind from step to step.
struct watch {
    const struct link_graph *links;
    struct link_scores *scores;
    const struct program *program;
    struct evaluation evaluation;
    double *before, *now; // [n_vertices]
    const int *cells;     // [n_outputs] vertex of each output
    const int *states;    // [states of lowered] the program's number for it
    double *remembered;   // [n_memories] inputs of the step before
    double **inputs;      // [n_delay_lines] inputs of all steps so far
    double *initials;     // [n_memories], then [n_delay_lines]
    long steps_per_save, n_steps;
};

static bool wants_step(void *context, long step, bool is_last)
{
    (void)context;
    (void)step;
    (void)is_last;
    return true;
}

static double root_now(struct watch *watch, int root)
{
    return value_with(&watch->evaluation, root, ALL_NOW);
}

// What DELAY yields at step `step`, by the same rule as the engine.
static double delayed(struct watch *watch, int line, long step)
{
    const struct delay_line *delay = &watch->links->lowered->delay_lines.items[line];
    double time = root_now(watch, delay->delay_time);
    double back = rare_delay_steps(time, watch->links->model->time.step);
    if (isnan(time))
        return NAN;
    return back > (double)step ? watch->initials[watch->links->lowered->memories.count + line]
                               : watch->inputs[line][step - (long)back];
}

// What memories and delay lines yield before anything went in.
static void take_initials(struct watch *watch)
{
    const struct lowered *lowered = watch->links->lowered;
    for (size_t i = 0; i < lowered->memories.count; i++)
        watch->initials[i] = root_now(watch, lowered->memories.items[i].initial);
    for (size_t i = 0; i < lowered->delay_lines.count; i++)
        watch->initials[lowered->memories.count + i] =
            root_now(watch, lowered->delay_lines.items[i].initial);
}

// Values of all vertices at the start of step `step`.
static void take_values(struct watch *watch, const struct workspace *workspace, long step)
{
    const struct link_graph *links = watch->links;
    const struct lowered *lowered = links->lowered;
    double buffer[MAX_LANES];
    if (step == 0)
        take_initials(watch);
    for (int i = 0; i < watch->program->n_outputs; i++)
        watch->now[watch->cells[i]] = workspace_output(workspace, i, buffer)[0];
    for (int i = 0; i < (int)lowered->states.count; i++)
        if (!lowered->states.items[i].variable)
            watch->now[level_vertex(links, i)] = workspace_state(workspace, watch->states[i])[0];
    for (int i = 0; i < (int)lowered->memories.count; i++)
        watch->now[links->first_memory + i] = step ? watch->remembered[i] : watch->initials[i];
    for (int i = 0; i < (int)lowered->delay_lines.count; i++)
        watch->now[links->first_delay + i] = delayed(watch, i, step);
    for (int i = 0; i < (int)lowered->states.count; i++)
        if (!lowered->states.items[i].variable)
            watch->now[rate_vertex(links, i)] = root_now(watch, lowered->states.items[i].rate);
    for (int i = 0; i < (int)lowered->memories.count; i++)
        watch->remembered[i] = root_now(watch, lowered->memories.items[i].input);
    for (int i = 0; i < (int)lowered->delay_lines.count; i++)
        watch->inputs[i][step] = root_now(watch, lowered->delay_lines.items[i].input);
}

// Each equation by itself must yield what the engine found.
static void count_mismatches(struct watch *watch)
{
    const struct link_graph *links = watch->links;
    for (int v = 0; v < links->first_stage; v++)
        if (links->vertices[v].kind == VERTEX_VALUE) {
            double value = root_now(watch, links->vertices[v].root);
            watch->scores->n_mismatches += memcmp(&value, &watch->now[v], sizeof value) != 0 &&
                                           !(isnan(value) && isnan(watch->now[v]));
        }
}

static void take_step(void *context, const struct workspace *workspace, long step, double time)
{
    struct watch *watch = context;
    struct evaluation *evaluation = &watch->evaluation;
    struct link_scores *scores = watch->scores;
    double *spare = watch->before;
    watch->before = watch->now;
    watch->now = spare;
    evaluation->before = watch->before;
    evaluation->now = watch->now;
    evaluation->time_before = evaluation->time_now;
    evaluation->time_now = time;
    evaluation->step = step;
    evaluation->frame = &workspace->frame;
    take_values(watch, workspace, step);
    if (step == 0 || (step - 1) % watch->steps_per_save != 0)
        return;
    count_mismatches(watch);
    const struct graph *graph = &watch->links->graph;
    double *row = scores->scores + (size_t)scores->n_rows * (size_t)graph->n_edges;
    scores->times[scores->n_rows++] = evaluation->time_before;
    for (int e = 0; e < graph->n_edges; e++)
        row[e] = link_score(evaluation, graph->edges[e]);
}

// The number that `program` gives to each state of `lowered`: the same names in the same order.
static int *match_states(const struct link_graph *links, const struct program *program)
{
    const struct lowered *lowered = links->lowered;
    int *numbers = ARENA_NEW_ARRAY(links->arena, int, lowered->states.count);
    bool *is_taken = ARENA_NEW_ARRAY(links->arena, bool, program->n_states);
    for (size_t i = 0; i < lowered->states.count; i++) {
        int k = 0;
        while (is_taken[k] || strcmp(program->states[k].name, lowered->states.items[i].name) != 0)
            k++;
        is_taken[k] = true;
        numbers[i] = k;
    }
    return numbers;
}

// Every cell that has a value.
static struct output_list all_outputs(const struct link_graph *links)
{
    struct output_list outputs = {0};
    for (int v = 0; v < links->first_stage; v++) {
        const struct variable *variable = links->vertices[v].variable;
        if (variable)
            ARRAY_PUSH(links->arena, &outputs) =
                (struct output){(struct variable *)variable, v - variable->first_cell};
    }
    return outputs;
}

static void prepare_watch(struct watch *watch)
{
    const struct link_graph *links = watch->links;
    const struct lowered *lowered = links->lowered;
    struct arena *arena = links->arena;
    const struct lookup **lookups =
        ARENA_NEW_ARRAY(arena, const struct lookup *, lowered->tables.count);
    for (size_t i = 0; i < lowered->tables.count; i++)
        lookups[i] = lookup_prepare(arena, lowered->tables.items[i]);
    watch->before = ARENA_NEW_ARRAY(arena, double, links->n_vertices);
    watch->now = ARENA_NEW_ARRAY(arena, double, links->n_vertices);
    watch->evaluation =
        (struct evaluation){.links = links,
                            .lookups = lookups,
                            .before = watch->before,
                            .now = watch->now,
                            .time_now = links->model->time.start,
                            .memo = ARENA_NEW_ARRAY(arena, double, lowered->dag.count),
                            .stamp = ARENA_NEW_ARRAY(arena, unsigned, lowered->dag.count)};
    watch->states = match_states(links, watch->program);
    watch->remembered = ARENA_NEW_ARRAY(arena, double, lowered->memories.count);
    watch->inputs = ARENA_NEW_ARRAY(arena, double *, lowered->delay_lines.count);
    watch->initials =
        ARENA_NEW_ARRAY(arena, double, lowered->memories.count + lowered->delay_lines.count);
    for (size_t i = 0; i < lowered->delay_lines.count; i++)
        watch->inputs[i] = ARENA_NEW_ARRAY(arena, double, watch->n_steps + 1);
}

struct link_scores *links_run(const struct link_graph *links, const volatile sig_atomic_t *cancel,
                              struct diag *diag)
{
    struct arena *arena = links->arena;
    const struct model *model = links->model;
    const struct method *method = method_find(model->time.method, model->time.position, diag);
    struct output_list outputs = all_outputs(links);
    struct program *program =
        method ? program_build(arena, model, NULL, 0, outputs.items, (int)outputs.count, diag)
               : NULL;
    if (!program)
        return NULL;
    int *cells = ARENA_NEW_ARRAY(arena, int, outputs.count);
    for (size_t i = 0; i < outputs.count; i++)
        cells[i] = outputs.items[i].variable->first_cell + outputs.items[i].cell;
    struct link_scores *scores = ARENA_NEW(arena, struct link_scores);
    struct watch watch = {.links = links,
                          .scores = scores,
                          .program = program,
                          .cells = cells,
                          .steps_per_save = time_spec_steps_per_save(&model->time),
                          .n_steps = time_spec_n_steps(&model->time)};
    long n_rows = watch.n_steps / watch.steps_per_save + 1;
    scores->times = ARENA_NEW_ARRAY(arena, double, n_rows);
    scores->scores =
        arena_alloc_array(arena, (size_t)n_rows * (size_t)links->graph.n_edges + 1, sizeof(double));
    prepare_watch(&watch);
    struct workspace *workspace = workspace_create(program, kernel_best(), method);
    struct integration integration = {.workspace = workspace,
                                      .n_lanes = 1,
                                      .observers = {{&watch, wants_step, take_step}},
                                      .n_observers = 1,
                                      .cancel = cancel,
                                      .endings = &scores->ending};
    integrate(&integration);
    workspace_free(workspace);
    return scores;
}
