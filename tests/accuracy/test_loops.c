// Loops That Matter against what is known: published scores of Bass diffusion, the turning point
// of logistic growth, the eight loops of a three-sided arms race; and that delays, PREVIOUS and
// arrays take part.
#include "unit/support.h"

#include "analysis/loops.h"

#include <math.h>
#include <string.h>

static struct loop_analysis *analyse(struct world *world, const char *time, const char *body,
                                     int max_loops)
{
    struct model *model = world_model(world, model_text(world, time, quoted(world, body)));
    if (!model)
        fail_msg("%s", world_messages(world));
    const struct run_case source = {.model = model, .label = "model"};
    struct loop_analysis *analysis =
        loops_analyse(world->arena, &source, max_loops, NULL, &world->diag);
    if (!analysis)
        fail_msg("%s", world_messages(world));
    assert_int_equal(analysis->scores->ending.end, RUN_COMPLETE);
    assert_int_equal(analysis->scores->n_mismatches, 0);
    return analysis;
}

static int find_row(const struct loop_analysis *analysis, double time)
{
    for (int row = 0; row < analysis->scores->n_rows; row++)
        if (analysis->scores->times[row] == time)
            return row;
    fail_msg("no row at %g", time);
    return -1;
}

static int find_loop(const struct loop_analysis *analysis, const char *path)
{
    for (int i = 0; i < analysis->n_loops; i++)
        if (strcmp(analysis->loops[i].path, path) == 0)
            return i;
    fail_msg("no loop %s", path);
    return -1;
}

static void assert_shares_add_up(const struct loop_analysis *analysis)
{
    for (int row = 0; row < analysis->scores->n_rows; row++)
        for (int set = 0; set < analysis->n_sets; set++) {
            double sum = 0;
            for (int i = 0; i < analysis->n_loops; i++)
                sum += analysis->loops[i].set == set ? fabs(analysis->loops[i].relative[row]) : 0;
            assert_true(sum == 0 || fabs(sum - 1) < 1e-12);
        }
}

static const char bass[] =
    "stocks: { potential: { unit = '1'; initial = '1e6 - 1'; outflows = ('adoption'); };"
    "          adopters: { unit = '1'; initial = 1; inflows = ('adoption'); }; };"
    "flows: { adoption: { unit = '1'; equation = 'contacts * fraction'; }; };"
    "auxiliaries: { contacts: { unit = '1'; equation = 'potential * 100 * probability'; };"
    "               probability: { unit = '1'; equation = 'adopters / 1e6'; }; };"
    "parameters: { fraction: { value = 0.015; unit = '1'; }; };";

// Schoenberg, Davidsen & Eberlein (2020), table 1.
static void test_bass_diffusion(void **state)
{
    struct loop_analysis *analysis =
        analyse(*state, "start = 0.0; stop = 15.0; step = 0.0625; method = 'euler'", bass, 100);
    assert_int_equal(analysis->n_loops, 2);
    assert_int_equal(analysis->n_sets, 1);
    int reinforcing =
        find_loop(analysis, "adopters > probability > contacts > adoption > adopters");
    int balancing = find_loop(analysis, "potential > contacts > adoption > potential");
    assert_int_equal(analysis->loops[reinforcing].polarity, LOOP_REINFORCING);
    assert_int_equal(analysis->loops[balancing].polarity, LOOP_BALANCING);
    int row = find_row(analysis, 9.5);
    assert_close(loop_score(analysis, balancing, row), -9.958, 0, 5e-4);
    assert_close(loop_score(analysis, reinforcing, row), 11.457, 0, 5e-4);
    assert_close(loop_score(analysis, balancing, row + 1), -9358, 0, 0.5);
    assert_close(loop_score(analysis, reinforcing, row + 1), 9806, 0, 0.5);
    assert_shares_add_up(analysis);
    // The reinforcing loop dominates first, then the balancing one.
    assert_int_equal(analysis->phases.count, 2);
    assert_int_equal(analysis->phases.items[0].loops[0], reinforcing);
    assert_true(analysis->phases.items[1].is_balancing);
}

// With r S (1 - S / K) the two loops are equally strong exactly where S = K / 2, with any method.
static void test_logistic_turns_at_half(void **state)
{
    static const char *const names[] = {"euler", "rk2", "rk4", "rk8pd"};
    static const char body[] =
        "stocks: { s: { unit = '1'; initial = 1; inflows = ('growth'); }; };"
        "flows: { growth: { unit = '1/year'; equation = 's * rate'; }; };"
        "auxiliaries: { rate: { unit = '1/year'; equation = 'r * (1 - s / 100)'; }; };"
        "parameters: { r: { value = 0.5; unit = '1/year'; range = (0.0, 1.0); }; };";
    struct world *world = *state;
    for (size_t m = 0; m < ARRAY_COUNT(names); m++) {
        const char *time = arena_format(
            world->arena, "start = 0.0; stop = 20.0; step = 0.125; method = '%s'", names[m]);
        struct loop_analysis *analysis = analyse(world, time, body, 100);
        const struct simulation *simulation =
            world_run(world, model_text(world, time, quoted(world, body)));
        const double *up = analysis->loops[find_loop(analysis, "s > growth > s")].relative;
        const double *down = analysis->loops[find_loop(analysis, "s > rate > growth > s")].relative;
        int n_before = 0;
        for (int row = 0; row < analysis->scores->n_rows; row++) {
            double s = value_at(simulation, "s", analysis->scores->times[row]);
            assert_int_equal(up[row] > -down[row], s < 50);
            n_before += s < 50;
        }
        assert_true(n_before > 10 && n_before < analysis->scores->n_rows - 10);
    }
}

static const char arms_race[] =
    "dimensions: { party = ['a', 'b', 'c']; };"
    "stocks: { arms: { unit = '1'; dimensions = ['party']; inflows = ('change');"
    "    elements: { a = '50'; b = '100'; c = '150'; }; }; };"
    "flows: { change: { unit = '1'; dimensions = ['party']; equation = '(target - arms) / 5'; }; };"
    "auxiliaries: { target: { unit = '1'; dimensions = ['party'];"
    "    elements: { a = 'arms[b] * 0.9 + arms[c] * 1.1'; b = 'arms[a] * 1.1 + arms[c] * 0.9';"
    "                c = 'arms[a] * 0.9 + arms[b] * 0.9'; }; }; };";

static void test_arms_race_has_eight_loops(void **state)
{
    struct loop_analysis *analysis =
        analyse(*state, "start = 0.0; stop = 20.0; step = 0.25; method = 'rk4'", arms_race, 100);
    assert_int_equal(analysis->n_loops, 8);
    assert_true(analysis->is_complete);
    int n_balancing = 0;
    for (int i = 0; i < 8; i++)
        n_balancing += analysis->loops[i].polarity == LOOP_BALANCING;
    assert_int_equal(n_balancing, 3); // each party's own adjustment
    find_loop(analysis, "arms[a] > target[b] > change[b] > arms[b] > target[a] > change[a] > "
                        "arms[a]");
    assert_shares_add_up(analysis);
}

// With too many loops the strongest at each time are found, among them those that matter most.
static void test_strongest_loops_are_found(void **state)
{
    const char *time = "start = 0.0; stop = 20.0; step = 0.25; method = 'rk4'";
    struct loop_analysis *all = analyse(*state, time, arms_race, 100);
    struct loop_analysis *some = analyse(*state, time, arms_race, 6);
    assert_false(some->is_complete);
    assert_true(some->n_loops > 0 && some->n_loops <= 6);
    assert_string_equal(some->loops[0].path, all->loops[0].path);
    for (int i = 0; i < some->n_loops; i++)
        find_loop(all, some->loops[i].path);
    assert_shares_add_up(some);
}

// Delays and smooths are chains of stocks; their stages stand in the way of a loop.
static void test_smooths_take_part(void **state)
{
    struct loop_analysis *analysis =
        analyse(*state, "start = 0.0; stop = 10.0; step = 0.125; method = 'rk4'",
                "stocks: { s: { unit = '1'; initial = 1; inflows = ('f'); }; };"
                "flows: { f: { unit = '1'; equation = '5 - SMTH3(s, 2)'; }; };",
                100);
    int whole = find_loop(analysis, "s > SMTH3 in f, stage 1 > SMTH3 in f, stage 2 > "
                                    "SMTH3 in f, stage 3 > f > s");
    assert_int_equal(analysis->n_loops, 4); // and each stage with itself
    assert_int_equal(analysis->loops[whole].polarity, LOOP_BALANCING);
    assert_shares_add_up(analysis);
}

static void test_previous_and_delay_take_part(void **state)
{
    struct loop_analysis *analysis =
        analyse(*state, "start = 0.0; stop = 10.0; step = 0.5; method = 'euler'",
                "stocks: { s: { unit = '1'; initial = 1; inflows = ('f', 'g'); }; };"
                "flows: { f: { unit = '1'; equation = '0.1 * PREVIOUS(s, 0)'; };"
                "         g: { unit = '1'; equation = '-0.3 * DELAY(s, 2, 1)'; }; };",
                100);
    assert_int_equal(analysis->n_loops, 2);
    int up = find_loop(analysis, "s > PREVIOUS in f > f > s");
    int down = find_loop(analysis, "s > DELAY in g > g > s");
    assert_int_equal(analysis->loops[up].polarity, LOOP_REINFORCING);
    assert_int_equal(analysis->loops[down].polarity, LOOP_BALANCING);
    // f and g are the only flows: their shares of the net flow are those of their changes.
    double f = loop_score(analysis, up, 10), g = loop_score(analysis, down, 10);
    assert_close(f + g, f + g > 0 ? 1 : -1, 1e-9, 0);
}

// A factor that is computed in steps has the score of the whole: link scores multiply.
static void test_steps_on_the_way_do_not_matter(void **state)
{
    const char *time = "start = 0.0; stop = 8.0; step = 0.25; method = 'rk4'";
    struct loop_analysis *direct =
        analyse(*state, time,
                "stocks: { s: { unit = '1'; initial = 1; inflows = ('f'); outflows = ('g'); }; };"
                "flows: { f: { unit = '1'; equation = '3 * s'; };"
                "         g: { unit = '1'; equation = 's ^ 2'; }; };",
                100);
    struct loop_analysis *stepwise =
        analyse(*state, time,
                "stocks: { s: { unit = '1'; initial = 1; inflows = ('f'); outflows = ('g'); }; };"
                "flows: { f: { unit = '1'; equation = '3 * s'; };"
                "         g: { unit = '1'; equation = 'b'; }; };"
                "auxiliaries: { a: { unit = '1'; equation = '-s'; };"
                "               b: { unit = '1'; equation = 'a * a'; }; };",
                100);
    int g = find_loop(direct, "s > g > s"), b = find_loop(stepwise, "s > a > b > g > s");
    int row = find_row(direct, 0.5);
    assert_close(loop_score(direct, g, row), loop_score(stepwise, b, row), 1e-12, 0);
}

// Everything that an equation can hold is evaluated as the engine does: analyse() looks.
static void test_all_kinds_of_equations(void **state)
{
    static const char body[] =
        "dimensions: { d = ['x', 'y']; };"
        "parameters: { lag: { value = 1.5; unit = '1'; }; n: { value = 3; unit = '1'; }; };"
        "stocks: { s: { unit = '1'; dimensions = ['d']; initial = '1 + d'; inflows = ('f');"
        "               outflows = ('g'); non_negative = true; }; };"
        "flows: { f: { unit = '1'; dimensions = ['d']; equation = 'RANDOM(0, 1) * s + pulses'; };"
        "         g: { unit = '1'; dimensions = ['d']; equation = 'effect(SUM(s[*])) + later'; }; "
        "};"
        "tables: { effect: { points = ((0.0, 0.1), (5.0, 1.0), (9.0, 1.5)); }; };"
        "auxiliaries: {"
        "  pulses: { unit = '1'; equation = 'PULSE(s[x], 1, 2) + POISSON(s[y])'; };"
        "  later: { unit = '1'; equation = 'DELAY(s[x], lag, NORMAL(0, 1)) - DELAYN(s[y], 2, n)'; "
        "};"
        "  lasting: { unit = '1'; equation = 'TREND(s[x], 2) + FORCST(s[y], 2, 1)'; };"
        "  before: { unit = '1'; equation = 'PREVIOUS(lasting, 3) + s[INT(1 + MODULO(TIME, 2))]'; "
        "};"
        "  worth: { unit = '1'; equation = 'NPV(before, 0.05) + MAX(s[*]) + RANK(s[*], 1)'; };"
        "};";
    static const char *const names[] = {"euler", "rk4"};
    struct world *world = *state;
    for (size_t m = 0; m < ARRAY_COUNT(names); m++) {
        struct loop_analysis *analysis = analyse(
            world,
            arena_format(world->arena, "start = 0; stop = 8; step = 0.25; method = '%s'", names[m]),
            body, 1000);
        assert_true(analysis->n_loops > 10);
        assert_shares_add_up(analysis);
    }
}

static void test_rest_has_no_loops_at_work(void **state)
{
    struct loop_analysis *analysis =
        analyse(*state, NULL,
                "stocks: { s: { unit = '1'; initial = 5; inflows = ('f'); }; };"
                "flows: { f: { unit = '1'; equation = '5 - s'; }; };",
                100);
    assert_int_equal(analysis->n_loops, 1);
    assert_int_equal(analysis->loops[0].polarity, LOOP_INACTIVE);
    assert_int_equal(analysis->phases.items[0].n_loops, 0);
}

static void test_no_loops(void **state)
{
    struct loop_analysis *analysis =
        analyse(*state, NULL,
                "stocks: { s: { unit = '1'; initial = 5; inflows = ('f'); }; };"
                "flows: { f: { unit = '1'; equation = 'TIME'; }; };",
                100);
    assert_int_equal(analysis->n_loops, 0);
    assert_int_equal(analysis->n_sets, 0);
}

// A non-negative stock limits its outflow: that is a loop too.
static void test_limits_are_links(void **state)
{
    struct loop_analysis *analysis = analyse(
        *state, "start = 0.0; stop = 4.0; step = 0.5; method = 'euler'",
        "stocks: { s: { unit = '1'; initial = 5; outflows = ('f'); non_negative = true; }; };"
        "flows: { f: { unit = '1'; equation = '2 + TIME'; }; };",
        100);
    find_loop(analysis, "s > f > s");
}

static void test_passing_by_name(void **state)
{
    struct loop_analysis *analysis =
        analyse(*state, "start = 0.0; stop = 5.0; step = 0.25; method = 'rk4'", arms_race, 100);
    const char *whole[] = {"arms"}, *element[] = {"target[c]"}, *other[] = {"nothing"};
    int n_whole = 0, n_element = 0, n_other = 0;
    for (int i = 0; i < analysis->n_loops; i++) {
        n_whole += loop_passes(analysis, i, whole, 1);
        n_element += loop_passes(analysis, i, element, 1);
        n_other += loop_passes(analysis, i, other, 1);
    }
    assert_int_equal(n_whole, 8);
    assert_int_equal(n_element, 4); // with a, with b, and both ways around
    assert_int_equal(n_other, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_bass_diffusion),
        WORLD_TEST(test_logistic_turns_at_half),
        WORLD_TEST(test_arms_race_has_eight_loops),
        WORLD_TEST(test_strongest_loops_are_found),
        WORLD_TEST(test_smooths_take_part),
        WORLD_TEST(test_previous_and_delay_take_part),
        WORLD_TEST(test_steps_on_the_way_do_not_matter),
        WORLD_TEST(test_all_kinds_of_equations),
        WORLD_TEST(test_rest_has_no_loops_at_work),
        WORLD_TEST(test_no_loops),
        WORLD_TEST(test_limits_are_links),
        WORLD_TEST(test_passing_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
