// Stage: program. Resolved trees -> one graph. Each cell is lowered once for its values during a
// run and, where something asks for it, once for its value at the start (INIT, initial values),
// in which stocks stand for their initial values. A cell that is met again while it is being
// lowered closes an algebraic loop. Rates, PREVIOUS and DELAY inputs wait until all cells are
// done: they may refer to anything.
#include "program/lower_private.h"

#include "base/array.h"
#include "equation/function.h"
#include "model/time.h"

#include <math.h>
#include <string.h>

struct position lower_position(const struct place *place, const struct expr *expr)
{
    struct position position = place->equation->position;
    if (!position.excerpt)
        return position;
    return position_mark(position, expr->start, expr->length);
}

int lower_fail(struct lowering *lowering)
{
    lowering->has_failed = true;
    return dag_constant(&lowering->out->dag, NAN);
}

int lower_table(struct lowering *lowering, const struct table *table)
{
    struct lowered *out = lowering->out;
    for (size_t i = 0; i < out->tables.count; i++)
        if (out->tables.items[i] == table)
            return (int)i;
    ARRAY_PUSH(out->arena, &out->tables) = table;
    return (int)out->tables.count - 1;
}

static void report_loop(struct lowering *lowering, const struct variable *variable, int cell,
                        enum lower_mode mode)
{
    struct arena *arena = lowering->out->arena;
    size_t first = lowering->stack.count;
    while (first > 0) {
        first--;
        if (lowering->stack.items[first].variable == variable &&
            lowering->stack.items[first].cell == cell && lowering->stack.items[first].mode == mode)
            break;
    }
    const char *path = "";
    for (size_t i = first; i < lowering->stack.count; i++)
        path = arena_format(
            arena, "%s%s -> ", path,
            cell_name(arena, lowering->stack.items[i].variable, lowering->stack.items[i].cell));
    path = arena_format(arena, "%s%s", path, cell_name(arena, variable, cell));
    const struct equation *equation = variable_equation(variable, cell);
    struct position position = equation ? equation->position : variable->position;
    diag_error(lowering->diag, position, "%s: %s",
               mode == MODE_INITIAL ? "initial values depend on each other" : "algebraic loop",
               path);
    if (mode == MODE_RUN)
        diag_hint(lowering->diag,
                  "something on the way must take time: a stock, SMTH1 or PREVIOUS");
}

// The equation that gives the value of a cell, or its value at the start.
static const struct equation *find_equation(const struct variable *variable, int cell,
                                            enum lower_mode mode)
{
    if (mode == MODE_INITIAL && variable->n_initials) {
        const struct equation *initial = &variable->initials[variable->n_initials == 1 ? 0 : cell];
        if (initial->tree)
            return initial;
    }
    return variable_equation(variable, cell);
}

static int lower_equation(struct lowering *lowering, struct variable *variable, int cell,
                          enum lower_mode mode)
{
    const struct equation *equation = find_equation(variable, cell, mode);
    struct place place = {.variable = variable, .cell = cell, .equation = equation, .mode = mode};
    return lower_expr(lowering, &place, equation->tree);
}

// The same, through the graphical function of the cell where it has one.
static int lower_through_table(struct lowering *lowering, struct variable *variable, int cell,
                               enum lower_mode mode)
{
    const struct table *table = variable_table(variable, cell);
    int node = lower_equation(lowering, variable, cell, mode);
    if (!table)
        return node;
    return dag_lookup(&lowering->out->dag, lower_table(lowering, table), table, node);
}

// What a non-negative stock can still give to outflow `flow`: its level spread over one step, plus
// its inflows, less the outflows that come before in its list (XMILE v1.0, 4.8.4; the inflows as in
// Stella's help, "Flow prioritization"). Inflows that hang on an outflow of the stock are left out.
static int lower_available(struct lowering *lowering, const struct variable *stock,
                           const struct variable *flow, int cell, enum lower_mode mode)
{
    struct dag *dag = &lowering->out->dag;
    int level = lower_cell(lowering, (struct variable *)stock, cell, mode);
    int step = dag_constant(dag, lowering->out->model->time.step);
    int sum = dag_binary(dag, NODE_DIVIDE, level, step);
    for (int i = 0; i < stock->n_inflows; i++)
        if (!limits_depends(lowering->limits, stock, i))
            sum = dag_binary(dag, NODE_ADD, sum,
                             lower_cell(lowering, stock->inflows[i].variable, cell, mode));
    for (int i = 0; i < stock->n_outflows && stock->outflows[i].variable != flow; i++)
        sum = dag_binary(dag, NODE_SUBTRACT, sum,
                         lower_cell(lowering, stock->outflows[i].variable, cell, mode));
    return dag_binary(dag, NODE_MAXIMUM, sum, dag_constant(dag, 0));
}

static int lower_flow(struct lowering *lowering, struct variable *flow, int cell,
                      enum lower_mode mode)
{
    struct dag *dag = &lowering->out->dag;
    int node = lower_through_table(lowering, flow, cell, mode);
    if (flow->is_non_negative)
        node = dag_binary(dag, NODE_MAXIMUM, node, dag_constant(dag, 0));
    const struct variable *stock = limits_source(lowering->limits, flow);
    if (stock)
        node =
            dag_binary(dag, NODE_MINIMUM, node, lower_available(lowering, stock, flow, cell, mode));
    return node;
}

static int lower_value(struct lowering *lowering, struct variable *variable, int cell,
                       enum lower_mode mode)
{
    bool is_level = variable->kind == VARIABLE_STOCK && mode == MODE_RUN;
    int varied = lowering->varied_index[variable->first_cell + cell];
    if (varied >= 0 && !is_level)
        return dag_leaf(&lowering->out->dag, NODE_PARAMETER, varied);
    switch (variable->kind) {
    case VARIABLE_STOCK:
        if (is_level)
            return dag_leaf(&lowering->out->dag, NODE_STOCK,
                            lowering->state_index[variable->first_cell + cell]);
        return lower_equation(lowering, variable, cell, mode);
    case VARIABLE_FLOW:
        return lower_flow(lowering, variable, cell, mode);
    default:
        if (!variable->n_equations)
            return dag_constant(&lowering->out->dag, variable->values[cell]);
        return lower_through_table(lowering, variable, cell, mode);
    }
}

// What stands for a cell in the equations of others when each is expanded by itself.
static int lower_apart(struct lowering *lowering, int global)
{
    const struct node *node = &lowering->whole->dag.items[lowering->whole->cell_nodes[global]];
    return node->op == NODE_CONSTANT ? dag_constant(&lowering->out->dag, node->value)
                                     : dag_leaf(&lowering->out->dag, NODE_PARAMETER, global);
}

int lower_cell(struct lowering *lowering, struct variable *variable, int cell, enum lower_mode mode)
{
    if (lowering->whole && mode == MODE_RUN)
        return lower_apart(lowering, variable->first_cell + cell);
    int *memo = &lowering->nodes[mode][variable->first_cell + cell];
    if (*memo >= 0)
        return *memo;
    if (*memo == NODE_IN_PROGRESS) {
        if (!lowering->has_failed)
            report_loop(lowering, variable, cell, mode);
        return lower_fail(lowering);
    }
    *memo = NODE_IN_PROGRESS;
    size_t depth = lowering->stack.count;
    ARRAY_PUSH(lowering->out->arena, &lowering->stack) =
        (__typeof__(*lowering->stack.items)){variable, cell, mode};
    lowering->depth++;
    *memo = lower_value(lowering, variable, cell, mode);
    lowering->depth--;
    lowering->stack.count = depth;
    if (mode == MODE_RUN)
        lowering->out->cell_order[lowering->out->n_ordered++] = variable->first_cell + cell;
    return *memo;
}

// x^2 and x^3 by multiplication, faster and nearer to the exact value. Only for an exponent that
// the modeller wrote as a number: a parameter may vary from run to run, and the same value must
// then give the same bits whether it varies or not.
static int lower_power(struct dag *dag, int base, int exponent, const struct expr *written)
{
    bool is_number = written->kind == EXPR_NUMBER;
    if (!is_number || (written->number != 2 && written->number != 3))
        return dag_binary(dag, (enum node_op)OP_POWER, base, exponent);
    int square = dag_binary(dag, (enum node_op)OP_MULTIPLY, base, base);
    return written->number == 2 ? square : dag_binary(dag, (enum node_op)OP_MULTIPLY, square, base);
}

static int lower_operation(struct lowering *lowering, const struct place *place,
                           const struct expr *expr)
{
    struct dag *dag = &lowering->out->dag;
    int operands[3];
    for (int i = 0; i < expr->n_args; i++)
        operands[i] = lower_expr(lowering, place, expr->args[i]);
    if (expr->n_args == 1)
        return dag_unary(dag, (enum node_op)expr->op, operands[0]);
    if (expr->op == OP_POWER)
        return lower_power(dag, operands[0], operands[1], expr->args[1]);
    if (expr->n_args == 2)
        return dag_binary(dag, (enum node_op)expr->op, operands[0], operands[1]);
    return dag_select(dag, operands[0], operands[1], operands[2]);
}

static int lower_kind(struct lowering *lowering, const struct place *place, const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_NUMBER:
        return dag_constant(&lowering->out->dag, expr->number);
    case EXPR_OPERATION:
        return lower_operation(lowering, place, expr);
    case EXPR_NAME:
        if (expr->variable || expr->dimension)
            return lower_reference(lowering, place, expr);
        return lower_function(lowering, place, expr);
    case EXPR_CALL:
        return lower_function(lowering, place, expr);
    default:
        return lower_fail(lowering); // resolve_model() lets nothing else through
    }
}

int lower_expr(struct lowering *lowering, const struct place *place, const struct expr *expr)
{
    enum { MAX_DEPTH = 7000 }; // what fits on the stack
    if (lowering->depth >= MAX_DEPTH) {
        if (!lowering->has_failed)
            diag_error(lowering->diag, lower_position(place, expr),
                       "more than %d calculations wait for each other in a row", MAX_DEPTH);
        return lower_fail(lowering);
    }
    lowering->depth++;
    int node = lower_kind(lowering, place, expr);
    lowering->depth--;
    return node;
}

static void lower_stock_rate(struct lowering *lowering, const struct pending *pending)
{
    struct dag *dag = &lowering->out->dag;
    struct state *state = &lowering->out->states.items[pending->index];
    const struct variable *stock = state->variable;
    int cell = state->cell, rate = -1;
    for (int i = 0; i < stock->n_inflows; i++) {
        int flow = lower_cell(lowering, stock->inflows[i].variable, cell, MODE_RUN);
        rate = rate < 0 ? flow : dag_binary(dag, NODE_ADD, rate, flow);
    }
    for (int i = 0; i < stock->n_outflows; i++) {
        int flow = lower_cell(lowering, stock->outflows[i].variable, cell, MODE_RUN);
        rate = rate < 0 ? dag_unary(dag, NODE_NEGATE, flow)
                        : dag_binary(dag, NODE_SUBTRACT, rate, flow);
    }
    if (rate >= 0 && limits_must_hold(lowering->limits, stock)) { // no lower than 0
        int level = dag_leaf(dag, NODE_STOCK, pending->index);
        int step = dag_constant(dag, lowering->out->model->time.step);
        int least = dag_unary(dag, NODE_NEGATE, dag_binary(dag, NODE_DIVIDE, level, step));
        rate = dag_binary(dag, NODE_MAXIMUM, rate, least);
    }
    int initial = lower_cell(lowering, (struct variable *)stock, cell, MODE_INITIAL);
    state = &lowering->out->states.items[pending->index]; // the list may have moved
    state->rate = rate < 0 ? dag_constant(dag, 0) : rate;
    state->initial = initial;
}

static void lower_pending(struct lowering *lowering, const struct pending *pending)
{
    struct lowered *out = lowering->out;
    int input;
    switch (pending->kind) {
    case PENDING_STOCK:
        lower_stock_rate(lowering, pending);
        break;
    case PENDING_STAGE:
        lower_stage(lowering, pending);
        break;
    case PENDING_NPV:
        lower_npv_rate(lowering, pending);
        break;
    case PENDING_MEMORY:
        input = lower_expr(lowering, &pending->place, pending->input);
        out->memories.items[pending->index].input = input;
        break;
    case PENDING_DELAY_LINE:
        input = lower_expr(lowering, &pending->place, pending->input);
        out->delay_lines.items[pending->index].input = input;
        break;
    }
}

// Notes what lower_value() and lower_flow() must know of other variables.
static void index_cells(struct lowering *lowering, const struct vary *varied, int n_varied)
{
    struct lowered *out = lowering->out;
    const struct model *model = out->model;
    for (size_t i = 0; i < model->variables.count; i++) {
        struct variable *variable = model->variables.items[i];
        for (int cell = 0; cell < variable->n_cells; cell++) {
            int global = variable->first_cell + cell;
            lowering->varied_index[global] = -1;
            if (variable->kind != VARIABLE_STOCK)
                continue;
            lowering->state_index[global] = (int)out->states.count;
            ARRAY_PUSH(out->arena, &lowering->pending) =
                (struct pending){.kind = PENDING_STOCK, .index = (int)out->states.count};
            ARRAY_PUSH(out->arena, &out->states) =
                (struct state){cell_name(out->arena, variable, cell), variable, cell, -1, -1};
        }
    }
    for (int i = 0; i < n_varied; i++)
        lowering->varied_index[varied[i].variable->first_cell + varied[i].cell] = i;
}

// Variables in an order in which most come after those that they use: it keeps the recursion of
// lower_cell() shallow however long a chain of auxiliaries is. Loops are left for it to find.
struct order {
    const struct model *model;
    struct variable **items; // [n] result
    int n;
    char *seen; // [variables]
    int *index; // [n_cells] of the variable in model->variables
    struct {
        struct {
            struct variable *variable;
            bool is_done;
        } * items;
        size_t count, capacity;
    } todo;
};

static void push_used(struct expr *expr, void *context)
{
    struct order *order = context;
    if (!expr->variable || expr->variable->kind == VARIABLE_STOCK ||
        order->seen[order->index[expr->variable->first_cell]])
        return;
    ARRAY_PUSH(order->model->arena, &order->todo) =
        (__typeof__(*order->todo.items)){expr->variable, false};
}

static void order_from(struct order *order, struct variable *variable)
{
    ARRAY_PUSH(order->model->arena, &order->todo) =
        (__typeof__(*order->todo.items)){variable, false};
    while (order->todo.count) {
        __typeof__(*order->todo.items) entry = order->todo.items[--order->todo.count];
        char *seen = &order->seen[order->index[entry.variable->first_cell]];
        if (entry.is_done) {
            order->items[order->n++] = entry.variable;
            continue;
        }
        if (*seen)
            continue;
        *seen = 1;
        entry.is_done = true;
        ARRAY_PUSH(order->model->arena, &order->todo) = entry;
        for (int i = 0; i < entry.variable->n_equations; i++)
            if (entry.variable->equations[i].tree)
                expr_walk(entry.variable->equations[i].tree, push_used, order);
    }
}

static struct variable **order_variables(struct arena *arena, const struct model *model)
{
    size_t n = model->variables.count;
    struct order order = {.model = model};
    order.items = ARENA_NEW_ARRAY(arena, struct variable *, n);
    order.seen = ARENA_NEW_ARRAY(arena, char, n);
    order.index = ARENA_NEW_ARRAY(arena, int, model->n_cells);
    for (size_t i = 0; i < n; i++)
        order.index[model->variables.items[i]->first_cell] = (int)i;
    for (size_t i = 0; i < n; i++)
        order_from(&order, model->variables.items[i]);
    return order.items;
}

static bool has_value(const struct variable *variable)
{
    return variable->kind != VARIABLE_TABLE || variable->n_equations > 0;
}

static void lower_cells(struct lowering *lowering)
{
    const struct model *model = lowering->out->model;
    struct variable **order = order_variables(lowering->out->arena, model);
    for (size_t i = 0; i < model->variables.count && !lowering->has_failed; i++)
        for (int cell = 0; cell < order[i]->n_cells && has_value(order[i]); cell++)
            if (lowering->whole)
                lowering->nodes[MODE_RUN][order[i]->first_cell + cell] =
                    lower_value(lowering, order[i], cell, MODE_RUN);
            else
                lower_cell(lowering, order[i], cell, MODE_RUN);
}

static void lower_all(struct lowering *lowering)
{
    lower_cells(lowering);
    for (size_t i = 0; i < lowering->pending.count && !lowering->has_failed; i++) {
        struct pending pending = lowering->pending.items[i]; // the list may move
        lower_pending(lowering, &pending);
    }
}

static struct lowered *lower(struct arena *arena, const struct model *model,
                             const struct vary *varied, int n_varied, const struct lowered *whole,
                             struct diag *diag)
{
    struct lowered *out = ARENA_NEW(arena, struct lowered);
    out->arena = arena;
    out->model = model;
    dag_init(&out->dag, arena);
    name_table_init(&out->draw_keys, arena);
    struct lowering lowering = {.out = out, .diag = diag, .whole = whole};
    if (whole) { // the same calls are the same draws
        out->draws.items = whole->draws.items;
        out->draws.count = out->draws.capacity = whole->draws.count;
        out->draw_keys = whole->draw_keys;
    }
    for (int mode = 0; mode < N_MODES; mode++) {
        lowering.nodes[mode] = ARENA_NEW_ARRAY(arena, int, model->n_cells);
        for (int i = 0; i < model->n_cells; i++)
            lowering.nodes[mode][i] = NODE_UNKNOWN;
    }
    lowering.varied_index = ARENA_NEW_ARRAY(arena, int, model->n_cells);
    lowering.limits = limits_find(arena, model);
    lowering.state_index = ARENA_NEW_ARRAY(arena, int, model->n_cells);
    out->cell_order = ARENA_NEW_ARRAY(arena, int, model->n_cells);
    index_cells(&lowering, varied, n_varied);
    lower_all(&lowering);
    out->cell_nodes = lowering.nodes[MODE_RUN];
    return lowering.has_failed ? NULL : out;
}

struct lowered *lower_model(struct arena *arena, const struct model *model,
                            const struct vary *varied, int n_varied, struct diag *diag)
{
    return lower(arena, model, varied, n_varied, NULL, diag);
}

struct lowered *lower_each(struct arena *arena, const struct lowered *whole, struct diag *diag)
{
    return lower(arena, whole->model, NULL, 0, whole, diag);
}
