// Stage: program. Random functions (XMILE v1.0, 3.5.2) -> draws of standard numbers, one each step,
// and arithmetic on them. A draw depends on the seed, the run, the call and the step alone, so that
// threads, lanes and what else is computed do not matter. The standard's two calls with the same
// seed yield the same numbers.
#include "program/lower_call.h"

#include "base/array.h"

#include <math.h>

enum { FIRST_UNSEEDED = 1u << 31 }; // streams: below are calls with seeds, and designs of sweeps

// Which call of which cell it is, as a text to find it by.
static const char *draw_key(const struct call *call)
{
    struct arena *arena = call->lowering->out->arena;
    const char *key = arena_format(arena, "%p %p %d", (const void *)call->expr,
                                   (const void *)call->place->variable, call->place->cell);
    for (int i = 0; i < call->place->n_axes; i++)
        key = arena_format(arena, "%s %d", key, call->place->axes[i].at);
    return key;
}

// Reads the seed in argument `at`, a constant whole number; false where there is none.
static bool find_seed(const struct call *call, int at, uint64_t *seed)
{
    if (call->expr->n_args <= at)
        return false;
    int node = argument(call, at);
    double value = dag_is_constant(call->dag, node) ? call->dag->items[node].value : NAN;
    if (value >= 0 && value < 0x1p32) {
        *seed = (uint64_t)value;
        return true;
    }
    diag_error(call->lowering->diag, lower_position(call->place, call->expr->args[at]),
               "the seed of %s must be a constant from 0 to 2^32 - 1", call->expr->function->name);
    lower_fail(call->lowering);
    return false;
}

// A number of the standard distribution `kind`, its seed in argument `seed_at`.
static int draw(const struct call *call, enum draw_kind kind, int seed_at, int mean)
{
    struct lowered *out = call->lowering->out;
    enum node_op op = call->place->mode == MODE_INITIAL ? NODE_FIRST_DRAW : NODE_DRAW;
    const char *key = draw_key(call);
    const int *known = name_table_find(&out->draw_keys, key);
    if (known)
        return dag_draw(call->dag, op, *known, mean);
    int *index = ARENA_NEW(out->arena, int);
    *index = (int)out->draws.count;
    struct draw draw = {.kind = kind, .stream = FIRST_UNSEEDED + (uint32_t)*index};
    draw.has_seed = find_seed(call, seed_at, &draw.seed);
    if (draw.has_seed)
        draw.stream = (uint32_t)call->place->cell; // elements of one array differ
    ARRAY_PUSH(out->arena, &out->draws) = draw;
    name_table_add(&out->draw_keys, key, index);
    return dag_draw(call->dag, op, *index, mean);
}

static int standard(const struct call *call, enum draw_kind kind, int seed_at)
{
    return draw(call, kind, seed_at, constant(call, 0));
}

static int lower_uniform(const struct call *call)
{
    int low = argument(call, 0);
    int width = binary(call, NODE_SUBTRACT, argument(call, 1), low);
    return binary(call, NODE_ADD, low,
                  binary(call, NODE_MULTIPLY, width, standard(call, DRAW_UNIFORM, 2)));
}

// mean + deviation * z, within the bounds of arguments 3 and 4 if given.
static int lower_normal(const struct call *call)
{
    int n_args = call->expr->n_args;
    int spread = binary(call, NODE_MULTIPLY, argument(call, 1), standard(call, DRAW_NORMAL, 2));
    int value = binary(call, NODE_ADD, argument(call, 0), spread);
    if (n_args > 3)
        value = binary(call, NODE_MAXIMUM, value, argument(call, 3));
    return n_args > 4 ? binary(call, NODE_MINIMUM, value, argument(call, 4)) : value;
}

// exp(mu + sigma z) with sigma^2 = ln(1 + (s/m)^2) and mu = ln(m) - sigma^2 / 2 for mean m and
// deviation s (Johnson, Kotz & Balakrishnan 1994, ch. 14).
static int lower_lognormal(const struct call *call)
{
    int mean = argument(call, 0);
    int ratio = binary(call, NODE_DIVIDE, argument(call, 1), mean);
    int square =
        binary(call, NODE_ADD, constant(call, 1), binary(call, NODE_MULTIPLY, ratio, ratio));
    int variance = dag_unary(call->dag, NODE_LOGARITHM, square);
    int sigma = dag_unary(call->dag, NODE_SQUARE_ROOT, variance);
    int mu = binary(call, NODE_SUBTRACT, dag_unary(call->dag, NODE_LOGARITHM, mean),
                    binary(call, NODE_MULTIPLY, variance, constant(call, 0.5)));
    int z = binary(call, NODE_MULTIPLY, sigma, standard(call, DRAW_NORMAL, 2));
    return dag_unary(call->dag, NODE_EXPONENTIAL, binary(call, NODE_ADD, mu, z));
}

// -mean ln(u)
static int lower_exponential(const struct call *call)
{
    int logarithm = dag_unary(call->dag, NODE_LOGARITHM, standard(call, DRAW_UNIFORM, 1));
    return binary(call, NODE_MULTIPLY, dag_unary(call->dag, NODE_NEGATE, argument(call, 0)),
                  logarithm);
}

int lower_random(const struct call *call)
{
    switch (call->expr->function->id) {
    case FUNCTION_NORMAL:
        return lower_normal(call);
    case FUNCTION_LOGNORMAL:
        return lower_lognormal(call);
    case FUNCTION_EXPRND:
        return lower_exponential(call);
    case FUNCTION_POISSON:
        return draw(call, DRAW_POISSON, 1, argument(call, 0));
    default:
        return lower_uniform(call);
    }
}
