// program/: from a resolved model to code. Constants are folded without changing a digit, equal
// expressions exist once, arrays and delays are expanded, loops are reported as a path of names.
#include "unit/support.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "program/listing.h"
#include "program/lower.h"
#include "program/scalar.h"

#define DIMENSIONS                                                                                 \
    "dimensions: { d = ['p', 'q', 'r']; e = ['u', 'v']; };"                                        \
    "parameters: { a: { value = [5, 1, 3]; unit = '1'; dimensions = ['d']; };"                     \
    "  b: { value = [10, 20, 30]; unit = '1'; dimensions = ['d']; };"                              \
    "  c: { value = [7, 7, 2]; unit = '1'; dimensions = ['d']; };"                                 \
    "  m: { value = [1, 2, 3, 4, 5, 6]; unit = '1'; dimensions = ['d', 'e']; };"                   \
    "  s: { value = [1, 2, 3, 4, 5, 6, 7, 8, 9]; unit = '1'; dimensions = ['d', 'd']; };"          \
    "  z: { value = [1, 2, 3, 4, 5, 6, 7, 8]; unit = '1'; dimensions = ['e', 'e', 'e']; }; };"

static const struct lowered *lower(struct world *world, const char *body)
{
    struct model *model = world_model(world, model_text(world, NULL, body));
    assert_messages(world, "");
    return lower_model(world->arena, model, NULL, 0, &world->diag);
}

static void folding_never_changes_a_digit(void **state)
{
    struct world *world = *state;
    // The same expressions over a parameter, which is folded, and over a stock, which is not.
    static const char *const expressions[] = {
        "EXP(x / 3)",
        "LN(x) ^ 1.7",
        "LOG10(x) + SQRT(x)",
        "SIN(x) * COS(x)",
        "TAN(x) - ARCTAN(x)",
        "ARCSIN(1 / x)",
        "ARCCOS(1 / x)",
        "x MOD 0.3",
        "(-x) MOD 0.3",
        "INT(-x * 1.1)",
        "x ^ -2.5",
        "x / 3 + x / 7",
        "IF x > 2 THEN 1 / x ELSE x",
        "MIN(x, 1, -x)",
        "MAX(x, 1) - ABS(-x)",
        "curve(x)",
        "SAFEDIV(x, x - x, 7)",
        "NOT x OR x >= 2 AND x <> 3",
    };
    const char *folded = "", *computed = "";
    for (size_t i = 0; i < ARRAY_COUNT(expressions); i++) {
        const char *of_y = arena_copy_string(world->arena, expressions[i]);
        for (char *at = strchr(of_y, 'x'); at; at = strchr(at + 1, 'x'))
            *at = 'y';
        folded = arena_format(world->arena, "%s f%zu: { unit = '1'; equation = '%s'; };", folded, i,
                              expressions[i]);
        computed = arena_format(world->arena, "%s c%zu: { unit = '1'; equation = '%s'; };",
                                computed, i, of_y);
    }
    const char *body = arena_format(
        world->arena,
        "parameters: { x: { value = 2.37; unit = '1'; }; };"
        "stocks: { y: { unit = '1'; initial = 'x'; }; };"
        "tables: { curve: { unit = '1'; points = ((0, 0.1), (1.1, 0.7), (3.3, -0.3)); }; };"
        "auxiliaries: { %s %s };",
        folded, computed);
    const struct simulation *simulation = world_run_body(world, NULL, body);
    for (size_t i = 0; i < ARRAY_COUNT(expressions); i++)
        assert_same_bits(last_value(simulation, arena_format(world->arena, "c%zu", i)),
                         last_value(simulation, arena_format(world->arena, "f%zu", i)));
}

// How many numbers lie between two of one sign, about.
static double ulps_between(double a, double b)
{
    return fabs(a - b) / (nextafter(fabs(b), INFINITY) - fabs(b));
}

static void assert_as_library(const char *name, double x, double y, double found, double wanted)
{
    bool is_exact = wanted == 0 || isinf(wanted) || fabs(wanted) == 1;
    if (isnan(wanted) ? isnan(found)
        : is_exact    ? found == wanted && signbit(found) == signbit(wanted)
                      : ulps_between(found, wanted) <= 2)
        return;
    fail_msg("%s(%a, %a) = %a, expected %a", name, x, y, found, wanted);
}

// Special values as the C standard's Annex F has them, others to two units in the last place.
static void elementary_functions_agree_with_the_c_library(void **state)
{
    static const double special[] = {0,         -0.0, 1,      -1,        2,     -2,     3,
                                     -3,        0.5,  -0.5,   2.5,       1e300, -1e300, INFINITY,
                                     -INFINITY, NAN,  5e-324, 1e-310,    709.7, 709.8,  -745.1,
                                     -745.2,    1e16, 0x1p53, 0x1p53 + 2};
    static const struct {
        enum operation op;
        double (*wanted)(double);
    } unary[] = {{OP_EXPONENTIAL, exp},
                 {OP_LOGARITHM, log},
                 {OP_LOGARITHM_10, log10},
                 {OP_SQUARE_ROOT, sqrt},
                 {OP_FLOOR, floor}};
    uint64_t random = 4;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        int n = (int)ARRAY_COUNT(special);
        double x = i < n * n ? special[i / n] : ldexp((double)next_random(&random), i % 90 - 110);
        double y = i < n * n ? special[i % n] : ldexp((double)next_random(&random) - 0x1p63, -58);
        assert_as_library("pow", x, y, scalar_operation(OP_POWER, x, y, 0), pow(x, y));
        for (size_t k = 0; k < ARRAY_COUNT(unary); k++) {
            double argument = i % 2 ? x : y;
            assert_as_library(operation_info[unary[k].op].name, argument, 0,
                              scalar_operation(unary[k].op, argument, 0, 0),
                              unary[k].wanted(argument));
        }
    }
}

static void constants_are_folded_to_one_number(void **state)
{
    const struct lowered *lowered = lower(
        *state, "parameters: { x: { value = 3; unit = '1'; }; };"
                "auxiliaries: { y: { unit = '1'; equation = 'SQRT(x + 1) * MIN(2, x)'; }; };");
    assert_true(dag_is_value(&lowered->dag, lowered->cell_nodes[1], 4));
}

static void parameters_that_vary_are_not_folded(void **state)
{
    struct world *world = *state;
    struct model *model =
        world_model(world, model_text(world, NULL,
                                      "parameters: { x: { value = 3; unit = '1'; }; };"
                                      "auxiliaries: { y: { unit = '1'; equation = 'x + 1'; }; };"));
    const struct vary vary = {model_find_variable(model, "x"), 0};
    const struct lowered *lowered = lower_model(world->arena, model, &vary, 1, &world->diag);
    const struct node *node = &lowered->dag.items[lowered->cell_nodes[1]];
    assert_int_equal(node->op, NODE_ADD);
    assert_int_equal(node->phase, PHASE_RUN);
}

static void equal_expressions_exist_once(void **state)
{
    const struct lowered *lowered =
        lower(*state, "stocks: { s: { unit = '1'; initial = 1; }; };"
                      "auxiliaries: { x: { unit = '1'; equation = '(s + 1) * EXP(s + 1)'; };"
                      "  y: { unit = '1'; equation = '(s + 1) * EXP(1 * (s + 1 / 1))'; };"
                      "  z: { unit = '1'; equation = '(1 + s) * EXP(s + 1)'; }; };");
    assert_int_equal(lowered->cell_nodes[1], lowered->cell_nodes[2]);
    assert_int_not_equal(lowered->cell_nodes[1], lowered->cell_nodes[3]); // nothing is reordered
}

static void phases_say_how_often_a_value_changes(void **state)
{
    static const enum phase phases[] = {PHASE_STATE, PHASE_CONSTANT, PHASE_TIME,
                                        PHASE_STEP,  PHASE_STEP,     PHASE_STATE};
    const struct lowered *lowered =
        lower(*state, "stocks: { s: { unit = '1'; initial = 1; }; };"
                      "auxiliaries: { k: { unit = '1'; equation = '2 * 3'; };"
                      "  t: { unit = '1'; equation = 'TIME / DT'; };"
                      "  q: { unit = '1'; equation = 'PULSE(1, 3) * DT'; };"
                      "  v: { unit = '1'; equation = 'PREVIOUS(s, 0)'; };"
                      "  w: { unit = '1'; equation = 's + t + v'; }; };");
    for (size_t i = 0; i < ARRAY_COUNT(phases); i++)
        assert_int_equal(lowered->dag.items[lowered->cell_nodes[i]].phase, phases[i]);
}

static void assert_does_not_lower(struct world *world, const char *body, const char *messages)
{
    assert_null(lower(world, body));
    assert_messages(world, messages);
}

static void loops_are_reported_as_a_path(void **state)
{
    assert_does_not_lower(*state,
                          "auxiliaries: { x: { unit = '1'; equation = 'y + 1'; };\n"
                          "  y: { unit = '1'; equation = 'z * 2'; };\n"
                          "  z: { unit = '1'; equation = 'x'; }; };",
                          "model.cfg:4: error: algebraic loop: z -> x -> y -> z (something on the "
                          "way must take time: "
                          "a stock, SMTH1 or PREVIOUS)\n");
    assert_does_not_lower(*state, "auxiliaries: { x: { unit = '1'; equation = 'SELF + 1'; }; };",
                          "model.cfg:2: error: algebraic loop: x -> x (something on the way must "
                          "take time: a stock, SMTH1 or PREVIOUS)\n");
    assert_does_not_lower(
        *state,
        "dimensions: { d = ['p', 'q']; };"
        "auxiliaries: { x: { unit = '1'; dimensions = 'd'; elements: {"
        " p = 'x[q]'; q = 'SUM(x[*])'; }; }; };",
        "model.cfg:2: error: algebraic loop: x[p] -> x[q] -> x[p] (something on the way must take "
        "time: a stock, SMTH1 or PREVIOUS)\n");
    assert_does_not_lower(*state,
                          "stocks: { s: { unit = '1'; initial = 't'; };\n"
                          "  t: { unit = '1'; initial = 's + 1'; }; };",
                          "model.cfg:2: error: initial values depend on each other: s -> t -> s\n");
}

static void what_takes_time_is_no_loop(void **state)
{
    const struct simulation *simulation =
        world_run_body(*state, NULL,
                       "auxiliaries: { x: { unit = '1'; equation = 'PREVIOUS(y, 1) * 2'; };"
                       "  y: { unit = '1'; equation = 'x + 1'; };"
                       "  smooth: { unit = '1'; equation = 'SMTH1(4 - smooth, 1, 2)'; };"
                       "  late: { unit = '1'; equation = 'DELAY(late, 1, 3) + 1'; }; };");
    assert_same_bits(value_at(simulation, "x", 1), 6); // y was 2 * 1 + 1
    assert_same_bits(last_value(simulation, "smooth"), 2);
    assert_same_bits(value_at(simulation, "late", 2), 6);
}

static void errors_of_functions(void **state)
{
    assert_does_not_lower(*state,
                          "auxiliaries: { x: { unit = '1'; equation = 'SMTHN(1, 1, 2.5)'; }; };",
                          "model.cfg:2: error: the order of SMTHN must be a constant whole number "
                          "from 1 to 100 [2.5]\n");
    assert_does_not_lower(
        *state, "auxiliaries: { x: { unit = '1'; equation = 'DELAYN(1, 1, TIME / DT)'; }; };",
        "model.cfg:2: error: the order of DELAYN must be a constant whole number "
        "from 1 to 100 [TIME / DT]\n");
    assert_does_not_lower(
        *state, "auxiliaries: { x: { unit = '1'; equation = 'LOOKUP(1 + 2, 3)'; }; };",
        "model.cfg:2: error: the first argument of LOOKUP must be a table [1 + 2]\n");
    assert_does_not_lower(*state,
                          "tables: { t: { unit = '1'; points = ((0, 0)); }; };"
                          "auxiliaries: { x: { unit = '1'; equation = '1 + t'; }; };",
                          "model.cfg:2: error: the graphical function 't' needs an argument [t] "
                          "(write t(x))\n");
}

static void chains_have_a_limit(void **state)
{
    struct world *world = *state;
    struct text body = {0};
    text_append(&body, "stocks: { s: { unit = '1'; initial = 'x4999'; }; };\n"
                       "auxiliaries: { x0: { unit = '1'; equation = '1'; };\n");
    for (int i = 1; i < 5000; i++)
        text_append_format(&body, "x%d: { unit = '1'; equation = 'x%d + 1'; };\n", i, i - 1);
    text_append(&body, "};");
    assert_does_not_lower(world, text_string(&body),
                          "model.cfg:2670: error: more than 7000 calculations wait for each other "
                          "in a row [x2666]\n");
    text_clear(&body);
}

// The last value of an auxiliary with this equation, over the arrays above.
static double value_of(struct world *world, const char *equation)
{
    const char *body =
        arena_format(world->arena,
                     DIMENSIONS "auxiliaries: { x: { unit = '1'; equation = '%s'; }; };", equation);
    return last_value(world_run_body(world, NULL, body), "x");
}

static void elements_are_picked(void **state)
{
    assert_same_bits(value_of(*state, "a[q]"), 1);
    assert_same_bits(value_of(*state, "a[3]"), 3);
    assert_same_bits(value_of(*state, "m[r, u]"), 5);
    assert_same_bits(value_of(*state, "m[2, 2]"), 4);
    assert_same_bits(value_of(*state, "z[u, v, u]"), 3);
    assert_same_bits(value_of(*state, "a[d.r]"), 3);
}

static void elements_are_picked_by_a_computed_number(void **state)
{
    assert_same_bits(value_of(*state, "a[1 + 1]"), 1);
    assert_same_bits(value_of(*state, "b[TIME / DT - 7]"), 30);   // at time 10
    assert_same_bits(value_of(*state, "b[TIME / DT - 7.5]"), 20); // rounded down
    assert_same_bits(value_of(*state, "m[TIME / DT - 9, TIME / DT - 8]"), 2);
    assert_same_bits(value_of(*state, "b[TIME / DT]"), 0); // there is no tenth
    assert_same_bits(value_of(*state, "b[TIME / DT - 10]"), 0);
}

static void arrays_are_reduced(void **state)
{
    assert_same_bits(value_of(*state, "SUM(a)"), 9);
    assert_same_bits(value_of(*state, "SUM(a[*])"), 9);
    assert_same_bits(value_of(*state, "SUM(a[q:r])"), 4);
    assert_same_bits(value_of(*state, "SUM(a * b)"), 50 + 20 + 90);
    assert_same_bits(value_of(*state, "MEAN(a)"), 3);
    assert_same_bits(value_of(*state, "MIN(a)"), 1);
    assert_same_bits(value_of(*state, "MAX(a + b)"), 33);
    assert_same_bits(value_of(*state, "STDDEV(a)"), 2);
    assert_same_bits(value_of(*state, "SIZE(a)"), 3);
    assert_same_bits(value_of(*state, "SIZE(m)"), 6);
    assert_same_bits(value_of(*state, "SIZE(a[p:q])"), 2);
    assert_same_bits(value_of(*state, "SUM(m)"), 21);
    assert_same_bits(value_of(*state, "SUM(m[q, *])"), 7);
    assert_same_bits(value_of(*state, "SUM(m[*, v])"), 12);
    assert_same_bits(value_of(*state, "SUM(m[p:q, *])"), 10);
    assert_same_bits(value_of(*state, "SUM(m * a)"), 5 * 3 + 1 * 7 + 3 * 11);
    assert_same_bits(value_of(*state, "SUM(s)"), 45); // both subscripts run on their own
    assert_same_bits(value_of(*state, "SUM(z)"), 36);
    assert_same_bits(value_of(*state, "SUM(z[*, v, *])"), 3 + 4 + 7 + 8);
    assert_same_bits(value_of(*state, "MAX(SUM(a), MEAN(b))"), 20);
    assert_same_bits(value_of(*state, "SUM(SMTH1(a, 1))"), 9);
    assert_same_bits(value_of(*state, "SUM(PREVIOUS(a, 0))"), 9);
}

static void ranks_are_found(void **state)
{
    assert_same_bits(value_of(*state, "RANK(a, 1)"), 2); // the smallest is the second
    assert_same_bits(value_of(*state, "RANK(a, 2)"), 3);
    assert_same_bits(value_of(*state, "RANK(a, 3)"), 1);
    assert_same_bits(value_of(*state, "RANK(c, 2)"), 1);    // of equal ones the first
    assert_same_bits(value_of(*state, "RANK(c, 2, a)"), 2); // of equal ones the smaller in a
    assert_same_bits(value_of(*state, "RANK(a, 4)"), 0);
}

static void equations_apply_to_all_elements(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = world_run_body(
        world, NULL,
        DIMENSIONS
        "auxiliaries: { twice: { unit = '1'; dimensions = 'd'; equation = '2 * a + b[d]'; };"
        "  index: { unit = '1'; dimensions = 'd'; equation = 'd'; };"
        "  sums: { unit = '1'; dimensions = 'd'; equation = 'SUM(m[d, *])'; };"
        "  total: { unit = '1'; dimensions = 'd'; equation = 'SUM(a[*])'; };"
        "  turned: { unit = '1'; dimensions = ['e', 'd']; equation = 'm[d, e] * a'; };"
        "  length: { unit = '1'; dimensions = 'd'; equation = 'SIZE(SELF)'; };"
        "  own: { unit = '1'; dimensions = 'd'; elements: { p = '1'; q = 'own[p] + 1';"
        "    r = 'own[q] + a[q]'; }; }; };");
    assert_same_bits(last_value(simulation, "twice[q]"), 22);
    assert_same_bits(last_value(simulation, "index[r]"), 3);
    assert_same_bits(last_value(simulation, "sums[q]"), 7);
    assert_same_bits(last_value(simulation, "total[p]"), 9);
    assert_same_bits(last_value(simulation, "turned[v,p]"), 10);
    assert_same_bits(last_value(simulation, "length[q]"), 3);
    assert_same_bits(last_value(simulation, "own[r]"), 3);
}

static void stocks_and_flows_run_over_arrays(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = world_run_body(
        world, NULL,
        DIMENSIONS
        "stocks: { x: { unit = '1'; initial = 'a'; inflows = 'f'; dimensions = 'd'; }; };"
        "flows: { f: { unit = '1/year'; equation = 'b / DT'; dimensions = 'd'; }; };");
    assert_same_bits(last_value(simulation, "x[p]"), 105);
    assert_same_bits(last_value(simulation, "x[r]"), 303);
}

static void init_is_the_value_at_the_start(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation =
        world_run_body(world, NULL,
                       "stocks: { s: { unit = '1'; initial = 'INIT(x) + 1'; inflows = 'f'; }; };"
                       "flows: { f: { unit = '1/year'; equation = '1'; }; };"
                       "auxiliaries: { x: { unit = '1'; equation = 'TIME / DT + 5'; };"
                       "  y: { unit = '1'; equation = 'INIT(s) * 10 + INIT(TIME) / DT'; }; };");
    assert_same_bits(value_at(simulation, "s", 0), 6);
    assert_same_bits(last_value(simulation, "y"), 60);
}

static void previous_remembers_one_step(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation =
        world_run_body(world, NULL,
                       "auxiliaries: { x: { unit = '1'; equation = 'PREVIOUS(SELF, 1) * 2'; };"
                       "  t: { unit = '1'; equation = 'PREVIOUS(TIME / DT, -7)'; }; };");
    assert_same_bits(value_at(simulation, "x", 0), 2);
    assert_same_bits(value_at(simulation, "x", 9), 1024);
    assert_same_bits(value_at(simulation, "t", 0), -7);
    assert_same_bits(value_at(simulation, "t", 5), 4);
}

static void pipelines_deliver_what_went_in(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = world_run_body(
        world, "start = 0; stop = 10; step = 0.5;",
        "auxiliaries: { in: { unit = '1'; equation = 'TIME * TIME / DT / DT * 0.25'; };"
        "  late: { unit = '1'; equation = 'DELAY(in, 3)'; };"
        "  given: { unit = '1'; equation = 'DELAY(in, 3, 99)'; };"
        "  none: { unit = '1'; equation = 'DELAY(in, 0)'; };"
        "  varying: { unit = '1'; equation = 'DELAY(in, IF TIME < 5 THEN 2 ELSE 4)'; };"
        "  shrinking: { unit = '1'; equation = 'DELAY(in, STOPTIME - TIME)'; };"
        "  endless: { unit = '1'; equation = 'DELAY(in, INF, 5)'; }; };");
    assert_same_bits(value_at(simulation, "late", 2.5), 0);
    assert_same_bits(value_at(simulation, "late", 7), 16);
    assert_same_bits(value_at(simulation, "given", 2.5), 99);
    assert_same_bits(value_at(simulation, "given", 3), 0);
    assert_same_bits(value_at(simulation, "none", 7), 42.25); // at least one DT
    assert_same_bits(value_at(simulation, "varying", 4), 4);
    assert_same_bits(value_at(simulation, "varying", 8), 16);
    assert_same_bits(value_at(simulation, "shrinking", 4), 0);
    assert_same_bits(value_at(simulation, "shrinking", 9), 64);
    assert_same_bits(value_at(simulation, "shrinking", 10), 90.25); // at least one DT
    assert_same_bits(value_at(simulation, "endless", 10), 5);
}

static void non_negative_stocks_limit_their_outflows(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = world_run_body(
        world, NULL,
        "stocks: { s: { unit = '1'; initial = 10; outflows = ('f', 'g'); non_negative = true; };"
        "  t: { unit = '1'; initial = 0; inflows = ('f', 'g'); }; };"
        "flows: { f: { unit = '1/year'; equation = '3'; }; g: { unit = '1/year'; equation = '2'; };"
        "  h: { unit = '1/year'; equation = '-5'; non_negative = true; }; };");
    assert_same_bits(value_at(simulation, "s", 2), 0);
    assert_same_bits(value_at(simulation, "g", 1), 2);
    assert_same_bits(value_at(simulation, "f", 2), 0);
    assert_same_bits(last_value(simulation, "s"), 0);
    assert_same_bits(last_value(simulation, "t"), 10);
    assert_same_bits(last_value(simulation, "h"), 0);
}

static void outflows_are_limited_in_their_order(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = world_run_body(
        world, NULL,
        "stocks: { s: { unit = '1'; initial = 4; outflows = ('f', 'g'); inflows = 'i';"
        "  non_negative = true; }; };"
        "flows: { f: { unit = '1/year'; equation = '3'; }; g: { unit = '1/year'; equation = '9'; };"
        "  i: { unit = '1/year'; equation = '1'; }; };");
    assert_same_bits(value_at(simulation, "f", 0), 3);
    assert_same_bits(value_at(simulation, "g", 0), 2); // 4 + 1 - 3
    assert_same_bits(value_at(simulation, "f", 1), 1);
    assert_same_bits(value_at(simulation, "g", 1), 0);
}

static void listings_name_every_section(void **state)
{
    struct world *world = *state;
    struct model *model = world_model(
        world, model_text(world, NULL,
                          "stocks: { s: { unit = '1'; initial = 1; inflows = 'f'; }; };"
                          "flows: { f: { unit = '1/year'; equation = 's * 0.25'; }; };"));
    const struct output output = {model_find_variable(model, "f"), 0};
    const struct program *program =
        program_build(world->arena, model, NULL, 0, &output, 1, &world->diag);
    const char *path = world_path(world, "listing");
    FILE *stream = fopen(path, "w");
    program_print(program, world->arena, stream);
    fclose(stream);
    const char *listing = file_read(world->arena, path, 10000, NULL, &world->diag);
    static const char *const parts[] = {"states: 1, rows: 2, numbers: 4\n",
                                        "\nonce a run\n",
                                        "\nwhen the time of the stage changes\n",
                                        "\nfirst stage of each step\n  MULTIPLY_RN       s, 0.25\n",
                                        "\nlater stages\n",
                                        "\noutputs\n"};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        listing = strstr(listing, parts[i]);
        assert_non_null(listing); // in this order
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(folding_never_changes_a_digit),
        cmocka_unit_test(elementary_functions_agree_with_the_c_library),
        WORLD_TEST(constants_are_folded_to_one_number),
        WORLD_TEST(parameters_that_vary_are_not_folded),
        WORLD_TEST(equal_expressions_exist_once),
        WORLD_TEST(phases_say_how_often_a_value_changes),
        WORLD_TEST(loops_are_reported_as_a_path),
        WORLD_TEST(what_takes_time_is_no_loop),
        WORLD_TEST(errors_of_functions),
        WORLD_TEST(chains_have_a_limit),
        WORLD_TEST(elements_are_picked),
        WORLD_TEST(elements_are_picked_by_a_computed_number),
        WORLD_TEST(arrays_are_reduced),
        WORLD_TEST(ranks_are_found),
        WORLD_TEST(equations_apply_to_all_elements),
        WORLD_TEST(stocks_and_flows_run_over_arrays),
        WORLD_TEST(init_is_the_value_at_the_start),
        WORLD_TEST(previous_remembers_one_step),
        WORLD_TEST(pipelines_deliver_what_went_in),
        WORLD_TEST(non_negative_stocks_limit_their_outflows),
        WORLD_TEST(outflows_are_limited_in_their_order),
        WORLD_TEST(listings_name_every_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
