// Expression trees: what the parser makes of an equation's text.
#ifndef EQUATION_EXPR_H
#define EQUATION_EXPR_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>

enum operation {
#define OPERATION(name, operands, symbol, algebra) OP_##name,
#include "equation/operation.def"
#undef OPERATION
    N_OPERATIONS,
};

struct operation_info {
    const char *name;   // "ADD"
    int n_operands;     // 1 to 3
    const char *symbol; // as written in an equation
    const char *algebra;
};

extern const struct operation_info operation_info[N_OPERATIONS];

struct function;
struct variable;
struct dimension;

enum expr_kind {
    EXPR_NUMBER,    // number
    EXPR_OPERATION, // op over args
    EXPR_NAME,      // name, with subscripts in args
    EXPR_CALL,      // name(args), a built-in or a graphical function
    EXPR_WILDCARD,  // * as a subscript
    EXPR_RANGE,     // a : b as a subscript
    EXPR_PLACE,     // @n as a subscript: the element of the nth dimension of the present variable
    EXPR_AT,        // args[0] AT args[1] (metrics only)
    EXPR_WHEN,      // TIME WHEN args[0], a comparison (metrics only)
};

struct expr {
    enum expr_kind kind;
    enum operation op;  // EXPR_OPERATION
    double number;      // EXPR_NUMBER; EXPR_PLACE: n
    const char *name;   // EXPR_NAME, EXPR_CALL: as written
    const char *key;    // the same, as names are compared
    struct expr **args; // operands, arguments or subscripts, [n_args]
    int n_args;         //
    bool is_transposed; // EXPR_NAME: followed by an apostrophe
    int start, length;  // span in the equation's text, bytes
    int mark;           // byte of the text that a caret should point to

    // Set when names are resolved (model/resolve):
    const struct function *function;   // EXPR_CALL of a built-in; EXPR_NAME of TIME, PI, ...
    struct variable *variable;         // EXPR_NAME or EXPR_CALL of a variable
    const struct dimension *dimension; // EXPR_NAME used as a subscript: a dimension, or an element
    int element;                       // its index from 0 where it names an element, else -1
};

// Returns a new node of `kind` with room for `n_args` arguments.
struct expr *expr_create(struct arena *arena, enum expr_kind kind, int n_args);

// Returns the number `value` as a tree.
struct expr *expr_number(struct arena *arena, double value);

// Returns the tree for `op` over the given operands (NULL where the operation has fewer).
struct expr *expr_operation(struct arena *arena, enum operation op, struct expr *a, struct expr *b,
                            struct expr *c);

// Returns a copy of `expr` and everything below it.
struct expr *expr_copy(struct arena *arena, const struct expr *expr);

// Whether `expr` is the literal number `value`.
bool expr_is_number(const struct expr *expr, double value);

// Calls `visit` for `expr` and everything below it, parents first.
void expr_walk(struct expr *expr, void (*visit)(struct expr *expr, void *context), void *context);

#endif
