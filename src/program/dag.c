// Stage: program. Hash-consed nodes: a node is looked up by its operation and operands before it
// is made, so common subexpressions exist once. Constants are folded with the very code that the
// engine runs (scalar_operation), so folding never changes a digit. Nothing is reordered.
#include "program/dag.h"

#include "base/array.h"
#include "program/lookup.h"
#include "program/scalar.h"

#include <string.h>

enum { FIRST_BUCKETS = 1024 };

void dag_init(struct dag *dag, struct arena *arena)
{
    *dag = (struct dag){.arena = arena, .n_buckets = FIRST_BUCKETS};
    dag->buckets = ARENA_NEW_ARRAY(arena, int, dag->n_buckets);
    memset(dag->buckets, -1, dag->n_buckets * sizeof *dag->buckets);
}

static uint64_t node_hash(const struct node *node)
{
    uint64_t bits;
    memcpy(&bits, &node->value, sizeof bits);
    const uint64_t words[] = {(uint64_t)node->op,          (uint64_t)node->operands[0],
                              (uint64_t)node->operands[1], (uint64_t)node->operands[2],
                              (uint64_t)node->index,       bits};
    uint64_t hash = 0;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        hash = (hash ^ words[i]) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    return hash;
}

static bool node_equal(const struct node *a, const struct node *b)
{
    return a->op == b->op && a->index == b->index &&
           memcmp(a->operands, b->operands, sizeof a->operands) == 0 &&
           memcmp(&a->value, &b->value, sizeof a->value) == 0;
}

static void insert(struct dag *dag, int node)
{
    size_t bucket = (size_t)node_hash(&dag->items[node]) & (dag->n_buckets - 1);
    dag->chain[node] = dag->buckets[bucket];
    dag->buckets[bucket] = node;
}

static void rehash(struct dag *dag)
{
    dag->n_buckets *= 4;
    dag->buckets = ARENA_NEW_ARRAY(dag->arena, int, dag->n_buckets);
    memset(dag->buckets, -1, dag->n_buckets * sizeof *dag->buckets);
    for (size_t i = 0; i < dag->count; i++)
        insert(dag, (int)i);
}

static enum phase own_phase(enum node_op op)
{
    switch (op) {
    case NODE_PARAMETER:
    case NODE_FIRST_DRAW:
        return PHASE_RUN;
    case NODE_STEP_TIME:
    case NODE_MEMORY:
    case NODE_HOLD:
    case NODE_DELAY:
    case NODE_DRAW:
        return PHASE_STEP;
    case NODE_TIME:
        return PHASE_TIME;
    case NODE_STOCK:
        return PHASE_STATE;
    default:
        return PHASE_CONSTANT;
    }
}

static enum phase find_phase(const struct dag *dag, const struct node *node)
{
    enum phase phase = own_phase(node->op);
    if (phase == PHASE_STEP) // what goes in does not matter: it is taken at the step's start
        return phase;
    for (int i = 0; i < 3 && node->operands[i] >= 0; i++)
        if (dag->items[node->operands[i]].phase > phase)
            phase = dag->items[node->operands[i]].phase;
    return phase;
}

static int add(struct dag *dag, struct node node)
{
    uint64_t hash = node_hash(&node);
    for (int i = dag->buckets[hash & (dag->n_buckets - 1)]; i >= 0; i = dag->chain[i])
        if (node_equal(&dag->items[i], &node))
            return i;
    node.phase = find_phase(dag, &node);
    ARRAY_PUSH(dag->arena, dag) = node;
    int index = (int)dag->count - 1;
    dag->chain = array_reserve(dag->arena, dag->chain, (size_t)index, &dag->chain_capacity,
                               sizeof *dag->chain);
    if (dag->count > dag->n_buckets)
        rehash(dag);
    else
        insert(dag, index);
    return index;
}

int dag_constant(struct dag *dag, double value)
{
    return add(dag, (struct node){.op = NODE_CONSTANT, .operands = {-1, -1, -1}, .value = value});
}

int dag_leaf(struct dag *dag, enum node_op op, int index)
{
    return add(dag, (struct node){.op = op, .operands = {-1, -1, -1}, .index = index});
}

bool dag_is_constant(const struct dag *dag, int node)
{
    return dag->items[node].op == NODE_CONSTANT;
}

bool dag_is_value(const struct dag *dag, int node, double value)
{
    return dag_is_constant(dag, node) && dag->items[node].value == value;
}

// Makes the node, or its value where all operands are constants.
static int fold(struct dag *dag, enum node_op op, int a, int b, int c)
{
    const int operands[] = {a, b, c};
    double values[3] = {0};
    bool is_constant = true;
    for (int i = 0; i < 3 && operands[i] >= 0; i++) {
        is_constant &= dag_is_constant(dag, operands[i]);
        values[i] = dag->items[operands[i]].value;
    }
    if (is_constant)
        return dag_constant(dag,
                            scalar_operation((enum operation)op, values[0], values[1], values[2]));
    return add(dag, (struct node){.op = op, .operands = {a, b, c}});
}

int dag_unary(struct dag *dag, enum node_op op, int a)
{
    if (op != NODE_HOLD)
        return fold(dag, op, a, -1, -1);
    if (dag->items[a].phase <= PHASE_STEP)
        return a;
    return add(dag, (struct node){.op = op, .operands = {a, -1, -1}});
}

int dag_binary(struct dag *dag, enum node_op op, int a, int b)
{
    // Exact identities, for any operand: they clear away unused terms of schedules.
    if ((op == NODE_MULTIPLY || op == NODE_DIVIDE) && dag_is_value(dag, b, 1))
        return a;
    if (op == NODE_MULTIPLY && dag_is_value(dag, a, 1))
        return b;
    return fold(dag, op, a, b, -1);
}

int dag_select(struct dag *dag, int condition, int then, int otherwise)
{
    if (then == otherwise)
        return then;
    if (dag_is_constant(dag, condition))
        return dag_is_value(dag, condition, 0) ? otherwise : then;
    return fold(dag, NODE_SELECT, condition, then, otherwise);
}

int dag_lookup(struct dag *dag, int index, const struct table *table, int a)
{
    if (dag_is_constant(dag, a))
        return dag_constant(dag, lookup_at(lookup_prepare(dag->arena, table), dag->items[a].value));
    return add(dag, (struct node){.op = NODE_LOOKUP, .operands = {a, -1, -1}, .index = index});
}

int dag_delay(struct dag *dag, int line, int delay_time)
{
    return add(dag,
               (struct node){.op = NODE_DELAY, .operands = {delay_time, -1, -1}, .index = line});
}

int dag_draw(struct dag *dag, enum node_op op, int draw, int mean)
{
    return add(dag, (struct node){.op = op, .operands = {mean, -1, -1}, .index = draw});
}

int node_op_n_operands(enum node_op op)
{
    if (op < (enum node_op)N_OPERATIONS)
        return operation_info[op].n_operands;
    return op >= NODE_LOOKUP ? 1 : 0;
}

const char *node_op_name(enum node_op op)
{
    static const char *const names[] = {"CONSTANT",  "PARAMETER", "STOCK",     "TIME",
                                        "STEP_TIME", "MEMORY",    "LOOKUP",    "HOLD",
                                        "DELAY",     "DRAW",      "FIRST_DRAW"};
    if (op < (enum node_op)N_OPERATIONS)
        return operation_info[op].name;
    return names[op - NODE_CONSTANT];
}
