// From a resolved model to one graph over single numbers: arrays unrolled, delays and smooths
// expanded into stocks.
#ifndef PROGRAM_LOWER_H
#define PROGRAM_LOWER_H

#include "program/dag.h"

// A state variable of the integration: a cell of a stock, or a stage of a delay or smooth.
struct state {
    const char *name;          // "stock", "stock[element]", or "SMTH3 in x, stage 2"
    struct variable *variable; // NULL for stages of delays and smooths
    int cell;                  // of the variable
    int initial;               // node: value at the start; phase at most PHASE_RUN
    int rate;                  // node: change per time unit
};

// A value carried from one step to the next (PREVIOUS).
struct memory {
    const char *name; // "PREVIOUS in x"
    int initial;      // node: value during the first step
    int input;        // node: what is remembered at the start of each step
};

// A pipeline delay (DELAY).
struct delay_line {
    const char *name; // "DELAY in x"
    int initial;      // node: what comes out before the first input does
    int input;        // node: what goes in at the start of each step
    int delay_time;   // node: how long it takes
};

// One number that differs between runs: a parameter, the initial value of a stock, or what any
// other variable is held at instead of its equation.
struct vary {
    struct variable *variable;
    int cell;
};

struct vary_list {
    struct vary *items;
    size_t count, capacity;
};

enum draw_kind {
    DRAW_UNIFORM, // between 0 and 1, neither included
    DRAW_NORMAL,  // standard normal
    DRAW_POISSON, // with a given mean
};

// A random number that is drawn anew in each step. The same call of a random function in the same
// cell is the same draw, wherever its value is used.
struct draw {
    enum draw_kind kind;
    bool has_seed;   // from the model: the same numbers in every run
    uint64_t seed;   //
    uint32_t stream; // sets draws of one seed apart
};

struct lowered {
    struct arena *arena;
    const struct model *model;
    struct dag dag;
    int *cell_nodes; // [model->n_cells] node of each cell's value during a run; tables: -1
    int *cell_order; // [n_ordered] cells in order of dependence
    int n_ordered;
    struct {
        struct state *items;
        size_t count, capacity;
    } states;
    struct {
        struct memory *items;
        size_t count, capacity;
    } memories;
    struct {
        struct delay_line *items;
        size_t count, capacity;
    } delay_lines;
    struct {
        const struct table **items;
        size_t count, capacity;
    } tables;
    struct {
        struct draw *items;
        size_t count, capacity;
    } draws;
    struct name_table draw_keys; // calls in cells -> draws
};

// Expands `model`. The cells in `varied` become parameters 0 .. n_varied - 1 of a run; all other
// constants are folded. NULL with errors (algebraic loops, orders that are not constant).
struct lowered *lower_model(struct arena *arena, const struct model *model,
                            const struct vary *varied, int n_varied, struct diag *diag);

// Expands the model of `whole` again, but each cell by itself: where its equation refers to another
// cell there is NODE_PARAMETER with that cell's index among all cells of the model, or a constant
// where the cell is one. References to stocks are no exception. NULL with errors.
struct lowered *lower_each(struct arena *arena, const struct lowered *whole, struct diag *diag);

#endif
