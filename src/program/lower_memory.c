// Stage: program. Built-ins that remember -> states, memories and delay lines. Delays and smooths
// become chains of states (XMILE v1.0, 3.5.3; Sterman 2000, ch. 11).
#include "program/lower_call.h"

#include "base/array.h"

#include <math.h>

enum { MAX_ORDER = 100 };

// The place of the call, for use after the reduction around it has moved on.
static struct place frozen_place(const struct call *call)
{
    struct place place = *call->place;
    place.axes = ARENA_NEW_ARRAY(call->lowering->out->arena, struct axis, place.n_axes);
    for (int i = 0; i < place.n_axes; i++)
        place.axes[i] = call->place->axes[i];
    return place;
}

// "SMTH3 in x": for states and memories that a call makes.
static const char *call_name(const struct call *call)
{
    struct arena *arena = call->lowering->out->arena;
    return arena_format(arena, "%s in %s", call->expr->function->name,
                        cell_name(arena, call->place->variable, call->place->cell));
}

static int lower_previous(const struct call *call)
{
    struct lowered *out = call->lowering->out;
    int initial = initial_argument(call, call->expr->n_args > 1 ? 1 : 0);
    if (call->place->mode == MODE_INITIAL)
        return initial;
    int index = (int)out->memories.count;
    ARRAY_PUSH(out->arena, &out->memories) = (struct memory){call_name(call), initial, -1};
    ARRAY_PUSH(out->arena, &call->lowering->pending) =
        (struct pending){.kind = PENDING_MEMORY,
                         .index = index,
                         .place = frozen_place(call),
                         .input = call->expr->args[0]};
    return dag_leaf(call->dag, NODE_MEMORY, index);
}

static int lower_delay_line(const struct call *call)
{
    struct lowered *out = call->lowering->out;
    int initial = initial_argument(call, call->expr->n_args > 2 ? 2 : 0);
    if (call->place->mode == MODE_INITIAL)
        return initial;
    int delay_time = argument(call, 1);
    int index = (int)out->delay_lines.count;
    ARRAY_PUSH(out->arena, &out->delay_lines) =
        (struct delay_line){call_name(call), initial, -1, delay_time};
    ARRAY_PUSH(out->arena, &call->lowering->pending) =
        (struct pending){.kind = PENDING_DELAY_LINE,
                         .index = index,
                         .place = frozen_place(call),
                         .input = call->expr->args[0]};
    return dag_delay(call->dag, index, delay_time);
}

// The order of DELAYN and SMTHN: a constant whole number; 0 with an error.
static int find_order(const struct call *call, int given)
{
    if (given)
        return given;
    int node = argument(call, 2);
    double order = dag_is_constant(call->dag, node) ? call->dag->items[node].value : NAN;
    if (order >= 1 && order <= MAX_ORDER && order == floor(order))
        return (int)order;
    diag_error(call->lowering->diag, lower_position(call->place, call->expr->args[2]),
               "the order of %s must be a constant whole number from 1 to %d",
               call->expr->function->name, MAX_ORDER);
    lower_fail(call->lowering);
    return 0;
}

// Adds the `order` states of a delay or smooth; returns the index of the first.
static int add_stages(const struct call *call, int order, bool is_delay, int initial)
{
    struct lowered *out = call->lowering->out;
    int first = (int)out->states.count;
    for (int stage = 0; stage < order; stage++) {
        ARRAY_PUSH(out->arena, &call->lowering->pending) =
            (struct pending){.kind = PENDING_STAGE,
                             .index = first + stage,
                             .place = frozen_place(call),
                             .input = call->expr->args[0],
                             .time = call->expr->args[1],
                             .order = order,
                             .stage = stage,
                             .is_delay = is_delay};
        ARRAY_PUSH(out->arena, &out->states) =
            (struct state){arena_format(out->arena, "%s, stage %d", call_name(call), stage + 1),
                           NULL, 0, initial, -1};
    }
    return first;
}

static int stage_time(struct lowering *lowering, const struct pending *pending)
{
    struct dag *dag = &lowering->out->dag;
    int time = lower_expr(lowering, &pending->place, pending->time);
    return dag_binary(dag, NODE_DIVIDE, time, dag_constant(dag, pending->order));
}

void lower_stage(struct lowering *lowering, const struct pending *pending)
{
    struct dag *dag = &lowering->out->dag;
    int level = dag_leaf(dag, NODE_STOCK, pending->index);
    int time = stage_time(lowering, pending);
    int input;
    if (pending->stage == 0)
        input = lower_expr(lowering, &pending->place, pending->input);
    else
        input = dag_leaf(dag, NODE_STOCK, pending->index - 1);
    if (pending->is_delay && pending->stage > 0)
        input = dag_binary(dag, NODE_DIVIDE, input, time);
    int rate =
        pending->is_delay
            ? dag_binary(dag, NODE_SUBTRACT, input, dag_binary(dag, NODE_DIVIDE, level, time))
            : dag_binary(dag, NODE_DIVIDE, dag_binary(dag, NODE_SUBTRACT, input, level), time);
    lowering->out->states.items[pending->index].rate = rate;
}

// SMTH1, SMTH3, SMTHN: each stage closes the gap to the one before.
static int lower_smooth(const struct call *call, int given_order)
{
    int order = find_order(call, given_order);
    int initial_at = given_order ? 2 : 3;
    int initial = initial_argument(call, call->expr->n_args > initial_at ? initial_at : 0);
    if (call->place->mode == MODE_INITIAL || !order)
        return initial;
    int first = add_stages(call, order, false, initial);
    return dag_leaf(call->dag, NODE_STOCK, first + order - 1);
}

// DELAY1, DELAY3, DELAYN: each stage holds what is under way and passes on its level per time.
static int lower_material_delay(const struct call *call, int given_order)
{
    int order = find_order(call, given_order);
    int initial_at = given_order ? 2 : 3;
    int initial = initial_argument(call, call->expr->n_args > initial_at ? initial_at : 0);
    if (call->place->mode == MODE_INITIAL || !order)
        return initial;
    int divisor = constant(call, order);
    int initial_time = binary(call, NODE_DIVIDE, initial_argument(call, 1), divisor);
    int first = add_stages(call, order, true, binary(call, NODE_MULTIPLY, initial, initial_time));
    int time = binary(call, NODE_DIVIDE, argument(call, 1), divisor);
    return binary(call, NODE_DIVIDE, dag_leaf(call->dag, NODE_STOCK, first + order - 1), time);
}

// (input - average) / (average * averaging time), the average an exponential smoothing that starts
// where it gives the initial trend. `initial_at`: the argument that holds that trend.
static int lower_trend_of(const struct call *call, int initial_at)
{
    int initial_trend =
        call->expr->n_args > initial_at ? initial_argument(call, initial_at) : constant(call, 0);
    if (call->place->mode == MODE_INITIAL)
        return initial_trend;
    int growth = binary(call, NODE_MULTIPLY, initial_trend, initial_argument(call, 1));
    int initial = binary(call, NODE_DIVIDE, initial_argument(call, 0),
                         binary(call, NODE_ADD, constant(call, 1), growth));
    int average = dag_leaf(call->dag, NODE_STOCK, add_stages(call, 1, false, initial));
    int gap = binary(call, NODE_SUBTRACT, argument(call, 0), average);
    int base = binary(call, NODE_MULTIPLY, average, argument(call, 1));
    return lower_quotient(call, gap, base, constant(call, 0));
}

static int lower_forecast(const struct call *call)
{
    int trend = lower_trend_of(call, 3);
    int growth = binary(call, NODE_MULTIPLY, trend, argument(call, 2));
    return binary(call, NODE_MULTIPLY, argument(call, 0),
                  binary(call, NODE_ADD, constant(call, 1), growth));
}

// The two states of NPV: the discount factor, and the discounted stream so far.
static int add_npv_state(const struct call *call, const char *what, int initial, int discount)
{
    struct lowered *out = call->lowering->out;
    ARRAY_PUSH(out->arena, &call->lowering->pending) =
        (struct pending){.kind = PENDING_NPV,
                         .index = (int)out->states.count,
                         .place = frozen_place(call),
                         .input = call->expr->args[0],
                         .time = call->expr->args[1],
                         .stage = discount};
    ARRAY_PUSH(out->arena, &out->states) =
        (struct state){.name = arena_format(out->arena, "%s, %s", call_name(call), what),
                       .initial = initial,
                       .rate = -1};
    return (int)out->states.count - 1;
}

// Vensim's reference manual: NPV = (sum so far + stream * DT * discount factor) * factor, where the
// discount factor starts at 1 and falls by factor * rate / (1 + rate * DT).
static int lower_npv(const struct call *call)
{
    int n_args = call->expr->n_args;
    int initial = n_args > 2 ? initial_argument(call, 2) : constant(call, 0);
    int factor = n_args > 3 ? argument(call, 3) : constant(call, 1);
    int step = constant(call, time_of(call)->step), sum = initial, discount = constant(call, 1);
    if (call->place->mode == MODE_RUN) {
        int first = add_npv_state(call, "discount", discount, -1);
        int second = add_npv_state(call, "sum", initial, first);
        discount = dag_leaf(call->dag, NODE_STOCK, first);
        sum = dag_leaf(call->dag, NODE_STOCK, second);
    }
    int now = binary(call, NODE_MULTIPLY, argument(call, 0), step);
    int total = binary(call, NODE_ADD, sum, binary(call, NODE_MULTIPLY, now, discount));
    return binary(call, NODE_MULTIPLY, total, factor);
}

void lower_npv_rate(struct lowering *lowering, const struct pending *pending)
{
    struct dag *dag = &lowering->out->dag;
    int rate;
    if (pending->stage < 0) {
        int discount = dag_leaf(dag, NODE_STOCK, pending->index);
        int step = dag_constant(dag, lowering->out->model->time.step);
        int given = lower_expr(lowering, &pending->place, pending->time);
        int growth = dag_binary(dag, NODE_ADD, dag_constant(dag, 1),
                                dag_binary(dag, NODE_MULTIPLY, given, step));
        int loss = dag_binary(dag, NODE_MULTIPLY, discount, given);
        rate = dag_unary(dag, NODE_NEGATE, dag_binary(dag, NODE_DIVIDE, loss, growth));
    } else {
        int stream = lower_expr(lowering, &pending->place, pending->input);
        rate = dag_binary(dag, NODE_MULTIPLY, stream, dag_leaf(dag, NODE_STOCK, pending->stage));
    }
    lowering->out->states.items[pending->index].rate = rate;
}

int lower_memory(const struct call *call)
{
    switch (call->expr->function->id) {
    case FUNCTION_PREVIOUS:
        return lower_previous(call);
    case FUNCTION_DELAY:
        return lower_delay_line(call);
    case FUNCTION_DELAY1:
        return lower_material_delay(call, 1);
    case FUNCTION_DELAY3:
        return lower_material_delay(call, 3);
    case FUNCTION_DELAYN:
        return lower_material_delay(call, 0);
    case FUNCTION_SMTH1:
        return lower_smooth(call, 1);
    case FUNCTION_SMTH3:
        return lower_smooth(call, 3);
    case FUNCTION_SMTHN:
        return lower_smooth(call, 0);
    case FUNCTION_TREND:
        return lower_trend_of(call, 2);
    case FUNCTION_NPV:
        return lower_npv(call);
    default:
        return lower_forecast(call);
    }
}
