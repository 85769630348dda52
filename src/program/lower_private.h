// Shared by lower.c (cells, expressions, loops), lower_array.c and lower_function.c; nobody else
// includes it.
#ifndef PROGRAM_LOWER_PRIVATE_H
#define PROGRAM_LOWER_PRIVATE_H

#include "program/limits.h"
#include "program/lower.h"

enum lower_mode {
    MODE_RUN,     // values during the run
    MODE_INITIAL, // values at the start: stocks stand for their initial values
    N_MODES,
};

// One dimension that a reduction (SUM and its like) runs over.
struct axis {
    const struct dimension *dimension;
    int occurrence;  // 0 for the first subscript of that dimension in a reference, 1 for the next
    int first, last; // elements, last one included
    int at;          // the element at present
};

// Where an expression stands: whose equation it is, for which element.
struct place {
    struct variable *variable;
    int cell;
    const struct equation *equation;
    enum lower_mode mode;
    struct axis *axes; // [n_axes] of the reduction around it, innermost only
    int n_axes;
};

// How a graphical function is evaluated: as its kind says, or at the point before or after x.
enum table_use { USE_PLAIN, USE_BACKWARD, USE_FORWARD };

// Work put off until all cells are lowered, so that feedback through states is no loop.
struct pending {
    enum { PENDING_STOCK, PENDING_STAGE, PENDING_MEMORY, PENDING_DELAY_LINE, PENDING_NPV } kind;
    int index;                // of the state, memory or delay line
    struct place place;       // MODE_RUN
    const struct expr *input; // expression that goes in
    const struct expr *time;  // averaging or delay time
    int order;                // number of stages of the delay or smooth
    int stage;     // 0 .. order - 1; of NPV's sum: the state of its discount factor, else -1
    bool is_delay; // material delay rather than smooth
};

struct lowering {
    struct lowered *out;
    struct diag *diag;
    int *nodes[N_MODES]; // [n_cells]; NODE_UNKNOWN, NODE_IN_PROGRESS or the node
    struct {
        struct {
            struct variable *variable;
            int cell;
            enum lower_mode mode;
        } * items;
        size_t count, capacity;
    } stack; // cells in progress
    struct {
        struct pending *items;
        size_t count, capacity;
    } pending;
    int *varied_index;           // [n_cells] parameter index, -1
    const struct limits *limits; // of outflows
    int *state_index;            // [n_cells] of stocks
    int depth;                   // of lower_expr() and lower_cell() in themselves
    const struct lowered *whole; // lower_each(): the model as a whole; else NULL
    bool has_failed;
};

enum { NODE_UNKNOWN = -1, NODE_IN_PROGRESS = -2 };

// The node of an expression, of a cell.
int lower_expr(struct lowering *lowering, const struct place *place, const struct expr *expr);
int lower_cell(struct lowering *lowering, struct variable *variable, int cell,
               enum lower_mode mode);

// lower_array.c: a reference to a variable, with or without subscripts.
int lower_reference(struct lowering *lowering, const struct place *place, const struct expr *expr);

// lower_array.c: the nodes of `expr` for all elements that its arrays run over. Returns their
// number and sets `*nodes`.
int lower_elements(struct lowering *lowering, const struct place *place, const struct expr *expr,
                   int **nodes);

// lower_array.c: the graphical function that the name `expr` means, at the node `x`.
int lower_table_call(struct lowering *lowering, const struct place *place, const struct expr *expr,
                     enum table_use use, int x);

// lower_array.c: element number `index` (a node, from 1 in row-major order) of the array `array`;
// 0 where there is none.
int lower_flat_element(struct lowering *lowering, const struct place *place, struct variable *array,
                       int index);

// lower_array.c: the number of those elements, without computing any.
int lower_count(struct lowering *lowering, const struct place *place, const struct expr *expr);

// lower_function.c: a call of a built-in or graphical function, or a built-in without arguments.
int lower_function(struct lowering *lowering, const struct place *place, const struct expr *expr);

// lower_memory.c: finishes a stage of a delay or smooth, a state of NPV.
void lower_stage(struct lowering *lowering, const struct pending *pending);
void lower_npv_rate(struct lowering *lowering, const struct pending *pending);

// Index of `table` among the tables in use.
int lower_table(struct lowering *lowering, const struct table *table);

// Where `expr` stands in its file.
struct position lower_position(const struct place *place, const struct expr *expr);

// Reports an error and marks the lowering as failed; returns a node to go on with.
int lower_fail(struct lowering *lowering);

#endif
