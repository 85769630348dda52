// The model as one graph of operations on single numbers: every cell's equation expanded, equal
// expressions shared, constants folded.
#ifndef PROGRAM_DAG_H
#define PROGRAM_DAG_H

#include "base/arena.h"
#include "equation/expr.h"
#include "model/model.h"

#include <stdint.h>

// What a node does; the pure operations of the equation language come first, with equal numbers.
enum node_op {
#define OPERATION(name, operands, symbol, algebra) NODE_##name,
#include "equation/operation.def"
#undef OPERATION
    NODE_CONSTANT,   // value
    NODE_PARAMETER,  // parameter `index`: one value a run
    NODE_STOCK,      // state `index`
    NODE_TIME,       // time of the stage being evaluated
    NODE_STEP_TIME,  // time at the start of the present step
    NODE_MEMORY,     // memory `index`: what its input was one step ago
    NODE_LOOKUP,     // table `index` at a
    NODE_HOLD,       // a as it was at the start of the present step
    NODE_DELAY,      // delay line `index`, a time units ago
    NODE_DRAW,       // random number `index` of the present step, with mean a where it has one
    NODE_FIRST_DRAW, // the same for the first step
    N_NODE_OPS,
};

// When a node changes, from never to at every stage. A node's phase is the latest one among its
// operands, and its own.
enum phase {
    PHASE_CONSTANT, // never
    PHASE_RUN,      // once a run: depends on parameters only
    PHASE_STEP,     // once a step: random numbers, pulses, previous values
    PHASE_TIME,     // with the time of the stage
    PHASE_STATE,    // with the stocks
};

struct node {
    enum node_op op;
    enum phase phase;
    int operands[3]; // nodes; -1 where there are fewer
    int index;       // of the parameter, stock, memory, table or delay line
    double value;    // NODE_CONSTANT
};

struct dag {
    struct arena *arena;
    struct node *items;
    size_t count, capacity;
    int *buckets;     // hash table: first node of each bucket, -1 none
    int *chain;       // next node of the same bucket, [capacity of items]
    size_t n_buckets; // power of two
    size_t chain_capacity;
};

// Starts an empty graph.
void dag_init(struct dag *dag, struct arena *arena);

// Each returns the node for what it says, the same node for the same thing.
int dag_constant(struct dag *dag, double value);
int dag_leaf(struct dag *dag, enum node_op op, int index);
int dag_unary(struct dag *dag, enum node_op op, int a);
int dag_binary(struct dag *dag, enum node_op op, int a, int b);
int dag_select(struct dag *dag, int condition, int then, int otherwise);
int dag_lookup(struct dag *dag, int index, const struct table *table, int a); // table: its points
int dag_delay(struct dag *dag, int line, int delay_time);
int dag_draw(struct dag *dag, enum node_op op, int draw, int mean);

// Whether `node` is a constant; the particular constant `value`.
bool dag_is_constant(const struct dag *dag, int node);
bool dag_is_value(const struct dag *dag, int node, double value);

// Number of operands of an operation.
int node_op_n_operands(enum node_op op);

// Its name for listings.
const char *node_op_name(enum node_op op);

#endif
