// Stage: parse. Nodes live in the model's arena and are never changed after resolving.
#include "equation/expr.h"

const struct operation_info operation_info[N_OPERATIONS] = {
#define OPERATION(name, operands, symbol, algebra) {#name, operands, symbol, algebra},
#include "equation/operation.def"
#undef OPERATION
};

struct expr *expr_create(struct arena *arena, enum expr_kind kind, int n_args)
{
    struct expr *expr = ARENA_NEW(arena, struct expr);
    expr->kind = kind;
    expr->n_args = n_args;
    expr->element = -1;
    if (n_args)
        expr->args = ARENA_NEW_ARRAY(arena, struct expr *, n_args);
    return expr;
}

struct expr *expr_number(struct arena *arena, double value)
{
    struct expr *expr = expr_create(arena, EXPR_NUMBER, 0);
    expr->number = value;
    return expr;
}

struct expr *expr_operation(struct arena *arena, enum operation op, struct expr *a, struct expr *b,
                            struct expr *c)
{
    struct expr *expr = expr_create(arena, EXPR_OPERATION, operation_info[op].n_operands);
    struct expr *operands[] = {a, b, c};
    expr->op = op;
    for (int i = 0; i < expr->n_args; i++)
        expr->args[i] = operands[i];
    return expr;
}

struct expr *expr_copy(struct arena *arena, const struct expr *expr)
{
    struct expr *copy = expr_create(arena, expr->kind, expr->n_args);
    struct expr **args = copy->args;
    *copy = *expr;
    copy->args = args;
    for (int i = 0; i < expr->n_args; i++)
        args[i] = expr_copy(arena, expr->args[i]);
    return copy;
}

bool expr_is_number(const struct expr *expr, double value)
{
    return expr->kind == EXPR_NUMBER && expr->number == value;
}

void expr_walk(struct expr *expr, void (*visit)(struct expr *expr, void *context), void *context)
{
    visit(expr, context);
    for (int i = 0; i < expr->n_args; i++)
        expr_walk(expr->args[i], visit, context);
}
