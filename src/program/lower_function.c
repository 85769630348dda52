// Stage: program. Built-ins -> nodes. What PULSE, PREVIOUS, DELAY and random functions yield is
// taken at the start of a step and held during it, whatever the integration method.
#include "program/lower_call.h"

#include "base/array.h"
#include "model/shape.h"

#include <math.h>

// The time of the stage, or of the step's start: STARTTIME in initial values.
static int time_leaf(const struct call *call, enum node_op op)
{
    if (call->place->mode == MODE_INITIAL)
        return constant(call, time_of(call)->start);
    return dag_leaf(call->dag, op, 0);
}

// Slack for comparing times, so that rounding never moves an event to the next step.
static double slack(const struct call *call)
{
    return time_of(call)->step * 1e-6;
}

static int lower_safediv(const struct call *call)
{
    int otherwise = call->expr->n_args > 2 ? argument(call, 2) : constant(call, 0);
    return lower_quotient(call, argument(call, 0), argument(call, 1), otherwise);
}

static int lower_step(const struct call *call)
{
    int height = argument(call, 0);
    int start = call->expr->n_args > 1 ? argument(call, 1) : constant(call, time_of(call)->start);
    int edge = binary(call, NODE_SUBTRACT, start, constant(call, slack(call)));
    int has_begun = binary(call, NODE_GREATER_EQUAL, time_leaf(call, NODE_TIME), edge);
    return dag_select(call->dag, has_begun, height, constant(call, 0));
}

static int lower_ramp(const struct call *call)
{
    int slope = argument(call, 0), time = time_leaf(call, NODE_TIME);
    int start = call->expr->n_args > 1 ? argument(call, 1) : constant(call, time_of(call)->start);
    int until = time;
    if (call->expr->n_args > 2)
        until = binary(call, NODE_MINIMUM, time, argument(call, 2));
    int passed = binary(call, NODE_SUBTRACT, until, start);
    int height = binary(call, NODE_MULTIPLY, slope, passed);
    int has_begun = binary(call, NODE_GREATER, time, start);
    return dag_select(call->dag, has_begun, height, constant(call, 0));
}

static int lower_pulse(const struct call *call)
{
    int magnitude = dag_unary(call->dag, NODE_HOLD, argument(call, 0));
    int first = call->expr->n_args > 1 ? argument(call, 1) : constant(call, time_of(call)->start);
    first = dag_unary(call->dag, NODE_HOLD, first);
    int since =
        binary(call, NODE_ADD, binary(call, NODE_SUBTRACT, time_leaf(call, NODE_STEP_TIME), first),
               constant(call, slack(call)));
    int phase = since; // time since the latest pulse began
    if (call->expr->n_args > 2) {
        int interval = dag_unary(call->dag, NODE_HOLD, argument(call, 2));
        int repeats = binary(call, NODE_GREATER, interval, constant(call, 0));
        phase = dag_select(call->dag, repeats, binary(call, NODE_MODULO, since, interval), since);
    }
    int has_begun = binary(call, NODE_GREATER_EQUAL, since, constant(call, 0));
    int is_on = binary(call, NODE_LESS, phase, constant(call, time_of(call)->step));
    int height = binary(call, NODE_DIVIDE, magnitude, constant(call, time_of(call)->step));
    return dag_select(call->dag, binary(call, NODE_AND, has_begun, is_on), height,
                      constant(call, 0));
}

// The part of the present step that lies in the window of the first two arguments.
struct overlap {
    int begin, end; // nodes; end < begin where there is none
    int is_whole;   // node: the step lies wholly in the window
};

static struct overlap find_overlap(const struct call *call)
{
    int from = dag_unary(call->dag, NODE_HOLD, argument(call, 0));
    int until = dag_unary(call->dag, NODE_HOLD, argument(call, 1));
    int begin = time_leaf(call, NODE_STEP_TIME);
    int end = binary(call, NODE_ADD, begin, constant(call, time_of(call)->step));
    int since = binary(call, NODE_SUBTRACT, begin, from);
    int left = binary(call, NODE_SUBTRACT, until, end);
    int least = binary(call, NODE_MINIMUM, since, left);
    return (struct overlap){binary(call, NODE_MAXIMUM, from, begin),
                            binary(call, NODE_MINIMUM, until, end),
                            binary(call, NODE_GREATER_EQUAL, least, constant(call, -slack(call)))};
}

static int lower_window(const struct call *call)
{
    struct overlap overlap = find_overlap(call);
    int length = binary(call, NODE_SUBTRACT, overlap.end, overlap.begin);
    int share = binary(call, NODE_DIVIDE, length, constant(call, time_of(call)->step));
    return binary(call, NODE_MAXIMUM, share, constant(call, 0));
}

static int lower_midwindow(const struct call *call)
{
    struct overlap overlap = find_overlap(call);
    int sum = binary(call, NODE_ADD, overlap.begin, overlap.end);
    return dag_select(call->dag, overlap.is_whole, time_leaf(call, NODE_TIME),
                      binary(call, NODE_MULTIPLY, sum, constant(call, 0.5)));
}

static int lower_init(const struct call *call)
{
    return initial_argument(call, 0);
}

struct node_list {
    int *items;
    size_t count, capacity;
};

// The values of all arguments: the elements of those that stand for several.
static struct node_list spread_arguments(const struct call *call)
{
    struct arena *arena = call->lowering->out->arena;
    struct node_list list = {0};
    for (int i = 0; i < call->expr->n_args; i++) {
        const struct expr *arg = call->expr->args[i];
        int single, *nodes = &single, n = 1;
        if (call->expr->n_args == 1 || shape_is_spread(call->place->variable, arg))
            n = lower_elements(call->lowering, call->place, arg, &nodes);
        else
            single = argument(call, i);
        for (int k = 0; k < n; k++)
            ARRAY_PUSH(arena, &list) = nodes[k];
    }
    return list;
}

// Folds `op` over all values.
static int lower_fold(const struct call *call, enum node_op op)
{
    struct node_list list = spread_arguments(call);
    int result = list.items[0];
    for (size_t i = 1; i < list.count; i++)
        result = binary(call, op, result, list.items[i]);
    return result;
}

static int mean_of(const struct call *call, const int *nodes, int n)
{
    int sum = nodes[0];
    for (int i = 1; i < n; i++)
        sum = binary(call, NODE_ADD, sum, nodes[i]);
    return binary(call, NODE_DIVIDE, sum, constant(call, n));
}

static int lower_mean(const struct call *call)
{
    struct node_list list = spread_arguments(call);
    return mean_of(call, list.items, (int)list.count);
}

static int lower_standard_deviation(const struct call *call)
{
    int *nodes;
    int n = lower_elements(call->lowering, call->place, call->expr->args[0], &nodes);
    int mean = mean_of(call, nodes, n), sum = constant(call, 0);
    for (int i = 0; i < n; i++) {
        int gap = binary(call, NODE_SUBTRACT, nodes[i], mean);
        sum = binary(call, NODE_ADD, sum, binary(call, NODE_MULTIPLY, gap, gap));
    }
    int variance = binary(call, NODE_DIVIDE, sum, constant(call, n > 1 ? n - 1 : 1));
    return dag_unary(call->dag, NODE_SQUARE_ROOT, variance);
}

static int lower_size(const struct call *call)
{
    const struct expr *arg = call->expr->args[0];
    if (arg->kind == EXPR_NAME && !arg->variable && arg->dimension)
        return constant(call, arg->dimension->n_elements);
    return constant(call, lower_count(call->lowering, call->place, arg));
}

// 1 where element `i` comes before element `j` in ascending order; equal ones in their own order.
static int comes_before(const struct call *call, const int *nodes, const int *ties, int i, int j)
{
    int less = binary(call, NODE_LESS, nodes[i], nodes[j]);
    int equal = binary(call, NODE_EQUAL, nodes[i], nodes[j]);
    int tie = constant(call, i < j);
    if (ties)
        tie = dag_select(call->dag, binary(call, NODE_EQUAL, ties[i], ties[j]), tie,
                         binary(call, NODE_LESS, ties[i], ties[j]));
    return dag_select(call->dag, equal, tie, less);
}

static int lower_rank(const struct call *call)
{
    int *nodes, *ties = NULL;
    int n = lower_elements(call->lowering, call->place, call->expr->args[0], &nodes);
    int wanted = argument(call, 1), result = constant(call, 0);
    if (call->expr->n_args > 2 &&
        lower_elements(call->lowering, call->place, call->expr->args[2], &ties) != n)
        ties = NULL;
    for (int i = 0; i < n; i++) {
        int rank = constant(call, 1);
        for (int j = 0; j < n; j++)
            if (j != i)
                rank = binary(call, NODE_ADD, rank, comes_before(call, nodes, ties, j, i));
        int is_wanted = binary(call, NODE_EQUAL, rank, wanted);
        result = dag_select(call->dag, is_wanted, constant(call, i + 1), result);
    }
    return result;
}

static int lower_pure(const struct call *call)
{
    enum node_op op = (enum node_op)call->expr->function->op;
    if (call->expr->n_args == 1)
        return dag_unary(call->dag, op, argument(call, 0));
    return binary(call, op, argument(call, 0), argument(call, 1));
}

static int lower_lookup_function(const struct call *call)
{
    const struct expr *name = call->expr->args[0];
    enum table_use use = call->expr->function->id == FUNCTION_LOOKUP_BACKWARD  ? USE_BACKWARD
                         : call->expr->function->id == FUNCTION_LOOKUP_FORWARD ? USE_FORWARD
                                                                               : USE_PLAIN;
    if (name->variable && (name->variable->table || name->variable->tables))
        return lower_table_call(call->lowering, call->place, name, use, argument(call, 1));
    diag_error(call->lowering->diag, lower_position(call->place, name),
               "the first argument of %s must be a table", call->expr->function->name);
    return lower_fail(call->lowering);
}

static int lower_builtin(const struct call *call)
{
    switch (call->expr->function->id) {
    case FUNCTION_OPERATION:
        return lower_pure(call);
    case FUNCTION_PI:
        return constant(call, acos(-1));
    case FUNCTION_INF:
        return constant(call, INFINITY);
    case FUNCTION_TIME:
        return time_leaf(call, NODE_TIME);
    case FUNCTION_DT:
        return constant(call, time_of(call)->step);
    case FUNCTION_STARTTIME:
        return constant(call, time_of(call)->start);
    case FUNCTION_STOPTIME:
        return constant(call, time_of(call)->stop);
    case FUNCTION_MIN:
        return lower_fold(call, NODE_MINIMUM);
    case FUNCTION_MAX:
        return lower_fold(call, NODE_MAXIMUM);
    case FUNCTION_SUM:
        return lower_fold(call, NODE_ADD);
    case FUNCTION_MEAN:
        return lower_mean(call);
    case FUNCTION_STDDEV:
        return lower_standard_deviation(call);
    case FUNCTION_SIZE:
        return lower_size(call);
    case FUNCTION_RANK:
        return lower_rank(call);
    case FUNCTION_STEP:
        return lower_step(call);
    case FUNCTION_RAMP:
        return lower_ramp(call);
    case FUNCTION_PULSE:
        return lower_pulse(call);
    case FUNCTION_WINDOW:
        return lower_window(call);
    case FUNCTION_MIDWINDOW:
        return lower_midwindow(call);
    case FUNCTION_INIT:
        return lower_init(call);
    case FUNCTION_PREVIOUS:
    case FUNCTION_DELAY:
    case FUNCTION_DELAY1:
    case FUNCTION_DELAY3:
    case FUNCTION_DELAYN:
    case FUNCTION_SMTH1:
    case FUNCTION_SMTH3:
    case FUNCTION_SMTHN:
    case FUNCTION_TREND:
    case FUNCTION_FORCST:
    case FUNCTION_NPV:
        return lower_memory(call);
    case FUNCTION_RANDOM:
    case FUNCTION_NORMAL:
    case FUNCTION_LOGNORMAL:
    case FUNCTION_EXPRND:
    case FUNCTION_POISSON:
        return lower_random(call);
    case FUNCTION_PRODUCT:
        return lower_fold(call, NODE_MULTIPLY);
    case FUNCTION_ROUND:
        return dag_unary(call->dag, NODE_FLOOR,
                         binary(call, NODE_ADD, argument(call, 0), constant(call, 0.5)));
    case FUNCTION_IF_THEN_ELSE:
        return dag_select(call->dag, argument(call, 0), argument(call, 1), argument(call, 2));
    case FUNCTION_SAFEDIV:
        return lower_safediv(call);
    case FUNCTION_LOOKUP_BACKWARD:
    case FUNCTION_LOOKUP_FORWARD:
    case FUNCTION_LOOKUP:
        return lower_lookup_function(call);
    case FUNCTION_SELF: // a reference: resolve_model() has tied it to its variable
        break;
    }
    return lower_fail(call->lowering);
}

int lower_function(struct lowering *lowering, const struct place *place, const struct expr *expr)
{
    struct call call = {lowering, &lowering->out->dag, place, expr};
    if (!expr->variable)
        return lower_builtin(&call);
    if (expr->variable->table || expr->variable->tables)
        return lower_table_call(lowering, place, expr, USE_PLAIN, argument(&call, 0));
    return lower_flat_element(lowering, place, expr->variable, argument(&call, 0));
}
