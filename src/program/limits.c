// Stage: program. Non-negative stocks limit their outflows (XMILE v1.0, 4.2, 4.8.4). A flow that
// leaves several stocks at once cannot be limited for one of them without harm to the others, and
// an inflow that becomes negative is no outflow; there the stock itself is held at 0.
#include "program/limits.h"

#include "base/array.h"
#include "equation/function.h"

struct limits {
    struct arena *arena;
    int *index;                     // [n_cells] place of a variable in the model, at its first cell
    const struct variable **source; // [n_variables] of flows
    bool *must_hold;                // [n_variables] of stocks
    bool **depends;                 // [n_variables] of stocks: [n_inflows]; NULL: none does
    struct {
        const struct variable **items;
        size_t count, capacity;
    } todo;     // while looking for dependences
    char *seen; // [n_variables]
};

static int index_of(const struct limits *limits, const struct variable *variable)
{
    return limits->index[variable->first_cell];
}

static void find_sources(struct limits *limits, const struct model *model)
{
    size_t n = model->variables.count;
    int *n_stocks = ARENA_NEW_ARRAY(limits->arena, int, n);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < model->variables.items[i]->n_outflows; k++) {
            const struct variable *stock = model->variables.items[i];
            int flow = index_of(limits, stock->outflows[k].variable);
            n_stocks[flow]++;
            if (stock->is_non_negative)
                limits->source[flow] = stock;
        }
    for (size_t i = 0; i < n; i++)
        if (n_stocks[i] > 1)
            limits->source[i] = NULL;
}

// Whether what `expr` gives can change in the course of a step with what it uses.
static bool is_delayed(const struct expr *expr)
{
    if (!expr->function)
        return false;
    switch (expr->function->id) {
    case FUNCTION_INIT:
    case FUNCTION_PREVIOUS:
    case FUNCTION_DELAY:
    case FUNCTION_DELAY1:
    case FUNCTION_DELAY3:
    case FUNCTION_DELAYN:
    case FUNCTION_SMTH1:
    case FUNCTION_SMTH3:
    case FUNCTION_SMTHN:
        return true;
    default:
        return false;
    }
}

static void add_used(struct limits *limits, const struct expr *expr)
{
    if (is_delayed(expr))
        return;
    const struct variable *used = expr->variable;
    if (used && used->kind != VARIABLE_STOCK && !limits->seen[index_of(limits, used)]) {
        limits->seen[index_of(limits, used)] = 1;
        ARRAY_PUSH(limits->arena, &limits->todo) = used;
    }
    for (int i = 0; i < expr->n_args; i++)
        add_used(limits, expr->args[i]);
}

static void add_all_used(struct limits *limits, const struct variable *variable)
{
    for (int i = 0; i < variable->n_equations; i++)
        if (variable->equations[i].tree)
            add_used(limits, variable->equations[i].tree);
    const struct variable *stock = limits->source[index_of(limits, variable)];
    if (!stock)
        return;
    for (int i = 0; i < stock->n_inflows; i++) { // what limits it hangs on these
        const struct variable *inflow = stock->inflows[i].variable;
        if (limits->seen[index_of(limits, inflow)])
            continue;
        limits->seen[index_of(limits, inflow)] = 1;
        ARRAY_PUSH(limits->arena, &limits->todo) = inflow;
    }
}

static bool depends_on_outflow(struct limits *limits, const struct model *model,
                               const struct variable *stock, const struct variable *inflow)
{
    for (size_t i = 0; i < model->variables.count; i++)
        limits->seen[i] = 0;
    limits->todo.count = 0;
    ARRAY_PUSH(limits->arena, &limits->todo) = inflow;
    while (limits->todo.count)
        add_all_used(limits, limits->todo.items[--limits->todo.count]);
    for (int i = 0; i < stock->n_outflows; i++)
        if (stock->outflows[i].variable == inflow ||
            limits->seen[index_of(limits, stock->outflows[i].variable)])
            return true;
    return false;
}

static void examine(struct limits *limits, const struct model *model, const struct variable *stock)
{
    int at = index_of(limits, stock);
    limits->depends[at] = ARENA_NEW_ARRAY(limits->arena, bool, stock->n_inflows);
    for (int i = 0; i < stock->n_inflows; i++) {
        const struct variable *inflow = stock->inflows[i].variable;
        limits->depends[at][i] = depends_on_outflow(limits, model, stock, inflow);
        limits->must_hold[at] |= !inflow->is_non_negative;
    }
    for (int i = 0; i < stock->n_outflows; i++)
        limits->must_hold[at] |=
            limits->source[index_of(limits, stock->outflows[i].variable)] != stock;
}

const struct limits *limits_find(struct arena *arena, const struct model *model)
{
    size_t n = model->variables.count;
    struct limits *limits = ARENA_NEW(arena, struct limits);
    limits->arena = arena;
    limits->index = ARENA_NEW_ARRAY(arena, int, model->n_cells);
    limits->source = ARENA_NEW_ARRAY(arena, const struct variable *, n);
    limits->must_hold = ARENA_NEW_ARRAY(arena, bool, n);
    limits->depends = ARENA_NEW_ARRAY(arena, bool *, n);
    limits->seen = ARENA_NEW_ARRAY(arena, char, n);
    for (size_t i = 0; i < n; i++)
        limits->index[model->variables.items[i]->first_cell] = (int)i;
    find_sources(limits, model);
    for (size_t i = 0; i < n; i++)
        if (model->variables.items[i]->kind == VARIABLE_STOCK &&
            model->variables.items[i]->is_non_negative)
            examine(limits, model, model->variables.items[i]);
    return limits;
}

const struct variable *limits_source(const struct limits *limits, const struct variable *flow)
{
    return limits->source[index_of(limits, flow)];
}

bool limits_depends(const struct limits *limits, const struct variable *stock, int inflow)
{
    const bool *depends = limits->depends[index_of(limits, stock)];
    return depends && depends[inflow];
}

bool limits_must_hold(const struct limits *limits, const struct variable *stock)
{
    return limits->must_hold[index_of(limits, stock)];
}
