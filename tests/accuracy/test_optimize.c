// The best choices against problems whose answer is known: with a limit in the way, with several
// hills, with dates and amounts of funding.
#include "unit/support.h"

#include "analysis/optimize.h"

#include <math.h>
#include <string.h>

static struct optimization *optimize(struct world *world, double total, const char *body,
                                     const char *rest)
{
    world_write(world, "model.cfg",
                model_text(world, "start = 0; stop = 10; step = 0.125; method = 'rk4'", body));
    const char *path = world_write(
        world, "scenario.cfg",
        quoted(world, arena_format(world->arena,
                                   "scenario: { name = 's'; models = ('model.cfg'); %s };", rest)));
    const struct sweep_options options = {.cases = {.time = time_spec_empty()}};
    struct optimization *optimization =
        optimize_read(world->arena, path, &options, total, world->units, &world->diag);
    if (!optimization || !optimize_run(optimization, NULL, &world->diag))
        fail_msg("%s", world_messages(world));
    return optimization;
}

// The point of a + b <= 0.8 that is nearest to (0.3, 0.7).
static void test_a_limit_in_the_way(void **state)
{
    struct optimization *found = optimize(
        *state, NAN,
        "parameters: { a: { unit = '1'; value = 0.1; }; b: { unit = '1'; value = 0.1; }; };"
        "auxiliaries: { y: { unit = '1'; equation = '(a - 0.3)^2 + (b - 0.7)^2'; };"
        "               cost: { unit = '1'; equation = 'a + b'; }; };",
        "optimize: { goal = 'y AT 10'; better = 'low';"
        "  vary: { a: { min = 0.0; max = 1.0; }; b: { min = 0.0; max = 1.0; }; };"
        "  limits = ( { expression = 'cost AT 10'; most = 0.8; } ); };");
    const struct optimum *optimum = &found->optima[0];
    assert_close(optimum->inputs[0].value, 0.2, 0, 1e-4);
    assert_close(optimum->inputs[1].value, 0.6, 0, 1e-4);
    assert_close(optimum->metrics[0].value, 0.02, 0, 1e-6);
    assert_close(optimum->metrics[0].before, 0.4, 1e-12, 0);
    assert_true(optimum->metrics[1].value <= 0.8 * (1 + 1e-8));
    assert_true(optimum->metrics[1].is_binding);
    assert_true(optimum->is_feasible_before);
    assert_int_equal(optimum->n_agreeing, optimum->n_searches);
}

// The highest of several hills, with a lower end for another quantity.
static void test_several_hills(void **state)
{
    struct optimization *found =
        optimize(*state, NAN,
                 "parameters: { a: { unit = '1'; value = 0.9; }; };"
                 "auxiliaries: { y: { unit = '1'; equation = 'SIN(20 * a) * (1 - a)'; }; };",
                 "optimize: { goal = 'y AT 10'; vary: { a: { min = 0.0; max = 1.0; }; };"
                 "  limits = ( { expression = 'a AT 10'; least = 0.2; } ); };");
    // Beyond 0.2 the best hill is the second one: tan(20 a) = 20 (1 - a) near a = 0.3906.
    double a = found->optima[0].inputs[0].value;
    assert_close(tan(20 * a), 20 * (1 - a), 1e-2, 0);
    assert_true(a > 0.35 && a < 0.42);
    assert_false(found->optima[0].metrics[1].is_binding);
}

static const char growth[] =
    "stocks: { x: { unit = 'person'; initial = 1; inflows = ('growth'); }; };"
    "flows: { growth: { unit = 'person/year'; equation = 'rate * x + funding * gain'; }; };"
    "parameters: { rate: { unit = '1/year'; value = 0.3; };"
    "              gain: { unit = 'person/euro'; value = 0.1; }; };"
    "inputs: { funding: { unit = 'euro/year'; }; };";

// Money that grows along pays most as early as can be: the scenario's own money, all at the start.
static void test_timing_of_funding(void **state)
{
    struct optimization *found =
        optimize(*state, NAN, growth,
                 "funding = ( { stream = 'funding'; from = 4.0; until = 8.0; amount = 5.0; } );"
                 "optimize: { goal = 'x AT 10';"
                 "  vary = ( { name = 'funding.1.amount'; min = 0.0; max = 10.0; },"
                 "           { name = 'funding.1.from'; min = 0.0; max = 10.0; },"
                 "           { name = 'funding.1.until'; min = 0.0; max = 10.0; } ); };");
    const struct optimum *optimum = &found->optima[0];
    assert_string_equal(optimum->metrics[1].name, "INTEGRAL(funding)");
    assert_close(optimum->metrics[1].most, 20, 1e-9, 0);
    assert_close(optimum->inputs[0].value, 10, 0, 0.05);
    assert_close(optimum->inputs[1].value, 0, 0, 0.02);
    assert_close(optimum->inputs[2].value, 2, 0, 0.05);
    assert_string_equal(optimum->inputs[2].unit, "year");
    assert_true(optimum->metrics[0].value > 1.5 * optimum->metrics[0].before);
}

// What is not said: all streams vary, the goal is that of tipping, money stays within a total.
static void test_what_is_chosen_without_a_group(void **state)
{
    struct optimization *found =
        optimize(*state, 8, growth,
                 "funding = ( { stream = 'funding'; from = 4.0; until = 8.0; amount = 5.0; } );"
                 "tip: { variable = 'x'; above = 10.0; settle = 5.0; };");
    const struct optimum *optimum = &found->optima[0];
    assert_int_equal(found->sweep->design.n_inputs, 3);
    assert_string_equal(optimum->inputs[0].name, "funding.1.amount");
    assert_close(optimum->inputs[0].most, 15, 1e-12, 0);
    assert_string_equal(optimum->metrics[0].name, "x AT STOPTIME");
    assert_false(optimum->is_feasible_before);
    assert_close(optimum->metrics[1].value, 8, 1e-3, 0);
    assert_true(optimum->metrics[0].value > optimum->metrics[0].before * 0.5);
}

static void assert_refused(struct world *world, const char *rest, const char *message)
{
    world_write(world, "model.cfg",
                model_text(world, NULL,
                           "stocks: { x: { unit = '1'; initial = 1; inflows = ('f'); }; };"
                           "flows: { f: { unit = '1/year'; equation = 'effort'; }; };"
                           "inputs: { effort: { unit = '1/year'; }; };"));
    const char *path = world_write(
        world, "scenario.cfg",
        quoted(world, arena_format(world->arena,
                                   "scenario: { name = 's'; models = ('model.cfg'); %s };", rest)));
    const struct sweep_options options = {.cases = {.time = time_spec_empty()}};
    struct optimization *optimization =
        optimize_read(world->arena, path, &options, NAN, world->units, &world->diag);
    assert_true(!optimization || !optimize_run(optimization, NULL, &world->diag));
    assert_messages(world, message);
}

static void test_what_is_refused(void **state)
{
    static const char funding[] =
        "funding = ( { stream = 'effort'; from = 1.0; until = 2.0; amount = 1.0; } );";
    struct world *world = *state;
    assert_refused(world, "",
                   "scenario.cfg: error: there is nothing to choose (the scenario has no funding; "
                   "or say what varies: optimize: { vary: ...; };)\n");
    assert_refused(world, funding,
                   "scenario.cfg: error: nothing says what is to be made best (optimize: { goal = "
                   "\"share AT 2050\"; };)\n");
    assert_refused(world,
                   arena_format(world->arena, "%s optimize: { goal = 'x AT 10'; };", funding),
                   "scenario.cfg: error: nothing limits what may be chosen: no stream is money "
                   "(optimize: { limits = ( { expression = \"INTEGRAL(effort)\"; most = 10.0; } ); "
                   "};)\n");
    assert_refused(world,
                   arena_format(world->arena,
                                "%s optimize: { goal = 'x AT 10'; better = 'more';"
                                " limits = ( { expression = 'x AT 5'; } ); };",
                                funding),
                   "scenario.cfg:1: error: 'better' must be \"high\" or \"low\", not 'more'\n"
                   "scenario.cfg:1: error: a limit needs 'least' or 'most'\n");
    assert_refused(
        world,
        arena_format(world->arena,
                     "%s optimize: { goal = 'x AT 10'; starts = 64.0;"
                     " limits = ( { expression = 'x AT 5'; most = 0.5; } ); };",
                     funding),
        "error: run 's.model': no point keeps all limits (allow more, or let more vary)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_a_limit_in_the_way), WORLD_TEST(test_several_hills),
        WORLD_TEST(test_timing_of_funding),  WORLD_TEST(test_what_is_chosen_without_a_group),
        WORLD_TEST(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
