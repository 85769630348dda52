// A call of a built-in in the lowering; shared by the lower_*.c that know built-ins.
#ifndef PROGRAM_LOWER_CALL_H
#define PROGRAM_LOWER_CALL_H

#include "program/lower_private.h"

#include "equation/function.h"

// One call in the lowering.
struct call {
    struct lowering *lowering;
    struct dag *dag;
    const struct place *place;
    const struct expr *expr;
};

static inline int argument(const struct call *call, int i)
{
    return lower_expr(call->lowering, call->place, call->expr->args[i]);
}

// The value of argument `i` at the start of the run.
static inline int initial_argument(const struct call *call, int i)
{
    struct place place = *call->place;
    place.mode = MODE_INITIAL;
    return lower_expr(call->lowering, &place, call->expr->args[i]);
}

static inline int constant(const struct call *call, double value)
{
    return dag_constant(call->dag, value);
}

static inline int binary(const struct call *call, enum node_op op, int a, int b)
{
    return dag_binary(call->dag, op, a, b);
}

static inline const struct time_spec *time_of(const struct call *call)
{
    return &call->lowering->out->model->time;
}

// numerator / denominator; `otherwise` where the denominator is 0.
static inline int lower_quotient(const struct call *call, int numerator, int denominator,
                                 int otherwise)
{
    int is_zero = binary(call, NODE_EQUAL, denominator, constant(call, 0));
    return dag_select(call->dag, is_zero, otherwise,
                      binary(call, NODE_DIVIDE, numerator, denominator));
}

// lower_memory.c: built-ins that remember: their states, memories and delay lines.
int lower_memory(const struct call *call);

// lower_random.c: random functions.
int lower_random(const struct call *call);

#endif
