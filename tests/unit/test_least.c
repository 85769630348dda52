// Least support, safe stops and what else analysis/support* promises, on systems with known
// answers.
#include "unit/support.h"

#include "analysis/tip/tip_support.h"
#include "model/time.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_roots.h>

// The Allee equation x' = x (1 - x) (x - a) + u from x = 0.
static const char allee[] =
    "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('change'); }; };\n"
    "  flows: { change: { unit = '1/year';\n"
    "    equation = '(x * (1 - x) * (x - a)) / tau + u'; }; };\n"
    "  parameters: { a: { value = 0.3; unit = '1'; range = (0.2, 0.4); };\n"
    "                tau: { value = 1; unit = 'year'; }; };\n"
    "  inputs: { u: { unit = '1/year'; default = 0.0; }; };\n";

struct allee {
    double a, u, duration;
};

static double slowness(double x, void *context)
{
    const struct allee *system = context;
    return 1 / (x * (1 - x) * (x - system->a) + system->u);
}

// Time from 0 to the threshold a under constant support u, by quadrature, less the pulse's length.
static double overdue(double u, void *context)
{
    struct allee *system = context;
    double time, error;
    gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(1000);
    gsl_function function = {slowness, system};
    system->u = u;
    gsl_integration_qag(&function, 0, system->a, 0, 1e-12, 1000, GSL_INTEG_GAUSS61, workspace,
                        &time, &error);
    gsl_integration_workspace_free(workspace);
    return time - system->duration;
}

// The least constant support that reaches the threshold within `duration`.
static double least_pulse(double a, double duration)
{
    struct allee system = {a, 0, duration};
    gsl_function function = {overdue, &system};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    double low = a * a / 4; // above the deepest point of x (1 - x) (a - x) on the way
    gsl_root_fsolver_set(solver, &function, low, 10);
    for (int i = 0; i < 200; i++) {
        gsl_root_fsolver_iterate(solver);
        if (gsl_root_fsolver_x_upper(solver) - gsl_root_fsolver_x_lower(solver) < 1e-14)
            break;
    }
    double root = gsl_root_fsolver_root(solver);
    gsl_root_fsolver_free(solver);
    return root;
}

static struct support_options default_options(void)
{
    return (struct support_options){
        .above = NAN, .settle = NAN, .discount = NAN, .from = NAN, .until = NAN, .n_threads = 2};
}

// Opens model `body` under the scenario's groups `scenario` (NULL: the bare model).
static struct support *open_world(struct world *world, const char *time, const char *body,
                                  const char *scenario, const struct support_options *options)
{
    struct case_list cases = {0};
    struct case_options case_options = {.time = time_spec_empty()};
    const char *path = world_write(world, "model.cfg", model_text(world, time, body));
    if (scenario)
        path = world_write(
            world, "scenario.cfg",
            quoted(world, arena_format(world->arena, "scenario: { models = ('model.cfg'); %s };",
                                       scenario)));
    if (!cases_read(world->arena, path, &case_options, world->units, &cases, &world->diag))
        return NULL;
    return support_open(world->arena, &cases.items[0], options, &world->diag);
}

static void plan_scale(void *context, int index, double x, struct lever_plan *plans,
                       const double **point)
{
    (void)context, (void)index, (void)point;
    plans[0].scale = x;
}

static struct search_result least_scale(struct support *support, enum support_way way)
{
    struct search search = {.support = support,
                            .way = way,
                            .costed = ~0ULL,
                            .n = 1,
                            .high = support->reach,
                            .n_scan = 33,
                            .n_inner = 31,
                            .tolerance = 1e-9,
                            .is_thorough = true,
                            .plan = plan_scale};
    struct search_result result;
    assert_true(search_run(&search, &result));
    return result;
}

static const char fine_time[] = "start = 0; stop = 20; step = 0.015625; method = 'rk4';";

static void find_least_pulse(void **state)
{
    struct world *world = *state;
    struct support_options options = default_options();
    for (int i = 0; i < 3; i++) {
        double duration = (const double[]){2, 5, 12.25}[i];
        struct support *support = open_world(
            world, fine_time, allee,
            arena_format(world->arena,
                         "funding = ({ stream = 'u'; from = 0; until = %g; amount = 0.1; });"
                         "tip: { variable = 'x'; above = 0.6; settle = 80; };",
                         duration),
            &options);
        assert_messages(world, "");
        struct search_result result = least_scale(support, SUPPORT_NOMINAL);
        assert_int_equal(result.end, SEARCH_FOUND);
        double amount = 0.1 * result.upper;
        assert_close(amount, least_pulse(0.3, duration), 1e-7, 0);
        assert_close(result.at_upper.cost, amount * duration, 1e-9, 0); // no money: no discount
        assert_int_equal(result.at_upper.verdict, VERDICT_TIPS);
        assert_int_equal(result.at_lower.verdict, VERDICT_FALLS_BACK);
        struct search_result halved = least_scale(support, SUPPORT_HALF_STEP);
        assert_close(halved.upper, result.upper, 1e-6, 0);
        support_close(support);
    }
}

// Nobody says what tipped means, how much support there is or when: all is found by trying.
static void choose_by_default(void **state)
{
    struct world *world = *state;
    struct support_options options = default_options();
    struct support *support = open_world(world, fine_time, allee, NULL, &options);
    assert_messages(world, "");
    assert_non_null(support);
    assert_string_equal(support->variable->name, "x");
    assert_close(support->above, 0.5, 1e-3, 0);
    assert_true(support->is_level_found);
    struct search_result result = least_scale(support, SUPPORT_NOMINAL);
    assert_int_equal(result.end, SEARCH_FOUND);
    assert_close(result.upper, least_pulse(0.3, 20), 1e-4, 0);
    support_close(support);
}

// Support that works against itself: u - 4 u^2 is what comes of u.
static void find_windows(void **state)
{
    struct world *world = *state;
    struct support_options options = default_options();
    static const char body[] =
        "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('change'); }; };\n"
        "  flows: { change: { unit = '1/year';\n"
        "    equation = '(x * (1 - x) * (x - 0.3)) / tau + u - 4 * tau * u ^ 2'; }; };\n"
        "  parameters: { tau: { value = 1; unit = 'year'; }; };\n"
        "  inputs: { u: { unit = '1/year'; default = 0.0; }; };\n";
    struct support *support =
        open_world(world, fine_time, body,
                   "funding = ({ stream = 'u'; from = 0; until = 16; amount = 0.06; });"
                   "tip: { variable = 'x'; above = 0.6; settle = 200; };",
                   &options);
    assert_messages(world, "");
    struct search_result result = least_scale(support, SUPPORT_NOMINAL);
    double needed = least_pulse(0.3, 16), root = sqrt(1 - 16 * needed);
    assert_int_equal(result.end, SEARCH_FOUND);
    assert_close(0.06 * result.upper, (1 - root) / 8, 1e-6, 0);
    assert_int_equal(result.n_windows, 1);
    assert_true(0.06 * result.windows[0].lower < (1 + root) / 8);
    assert_true(0.06 * result.windows[0].upper > (1 + root) / 8);
    support_close(support);
}

// Money is discounted to the start of the run, by the formula of compound interest.
static void discount_money(void **state)
{
    struct world *world = *state;
    struct support_options options = default_options();
    static const char body[] =
        "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('change'); }; };\n"
        "  flows: { change: { unit = '1/year'; equation = 'grant / price'; }; };\n"
        "  parameters: { price: { value = 10; unit = 'euro'; }; };\n"
        "  inputs: { grant: { unit = 'euro/year'; default = 0.0; }; };\n";
    static const char scenario[] =
        "funding = ({ stream = 'grant'; from = 2.25; until = 8; amount = 5; });"
        "tip: { variable = 'x'; above = 1; settle = 1; };";
    struct support_outcome outcome;
    struct lever_plan plan = lever_plan_scheduled();
    struct support_trial trial = {&plan, NULL};
    for (int i = 0; i < 3; i++) {
        options.discount = (const double[]){NAN, 0.0, 0.1}[i];
        struct support *support = open_world(world, fine_time, body, scenario, &options);
        double rate = log1p(i == 0 ? SUPPORT_DISCOUNT : options.discount);
        double expected = rate > 0 ? 5 * (exp(-2.25 * rate) - exp(-8 * rate)) / rate : 5 * 5.75;
        assert_true(support_try(support, SUPPORT_NOMINAL, &trial, 1, ~0ULL, &outcome));
        assert_close(outcome.cost, expected, 1e-7, 0);
        assert_close(outcome.nominal, 5 * 5.75, 1e-12, 0);
        assert_int_equal(outcome.verdict, VERDICT_TIPS);
        assert_string_equal(support->cost_unit, "euro");
        support_close(support);
    }
}

// How runs may end other than up or down.
static void judge_odd_runs(void **state)
{
    struct world *world = *state;
    struct support_options options = default_options();
    static const struct {
        const char *equation; // of x', with y' = -x
        double above;
        enum verdict verdict;
    } cases[] = {
        {"y / tau + u", 0, VERDICT_WAVERS},                       // a swing
        {"u - 0.001 / tau", 0.2, VERDICT_FALLING},                // a slow leak
        {"u - 0.01 / tau", 0.2, VERDICT_FALLS_BACK},              // a faster one
        {"u - (x - 0.5) / tau", 0.4, VERDICT_TIPS},               // falls, but to 0.5
        {"u - (x - 0.5) / (50 * tau)", 0.4, VERDICT_TIPS},        // and slowly
        {"u - (x - 0.3) / (50 * tau)", 0.4, VERDICT_FALLS_BACK},  // to below the level
        {"u + (x - 2) / (30 * tau)", 0.21, VERDICT_FALLS_BACK},   // runs off downwards
        {"u + x ^ 2 / tau", 1, VERDICT_FAILS},                    // explodes
        {"u / (IF TIME > 25 THEN 0 ELSE 1)", 0.5, VERDICT_FAILS}, // after the stop
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *body =
            arena_format(world->arena,
                         "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('dx'); };"
                         "            y: { unit = '1'; initial = '0'; outflows = ('dy'); }; };\n"
                         "  flows: { dx: { unit = '1/year'; equation = '%s'; };"
                         "           dy: { unit = '1/year'; equation = 'x / tau'; }; };\n"
                         "  parameters: { tau: { value = 1; unit = 'year'; }; };\n"
                         "  inputs: { u: { unit = '1/year'; default = 0.0; }; };\n",
                         cases[i].equation);
        const char *scenario =
            arena_format(world->arena,
                         "funding = ({ stream = 'u'; from = 0; until = 5; amount = 0.2; });"
                         "tip: { variable = 'x'; above = %g; settle = 60; };",
                         cases[i].above);
        struct support *support =
            open_world(world, "start = 0; stop = 20; step = 0.0625; method = 'rk4';", body,
                       scenario, &options);
        struct lever_plan plan = lever_plan_scheduled();
        struct support_trial trial = {&plan, NULL};
        struct support_outcome outcome;
        assert_non_null(support);
        assert_true(support_try(support, SUPPORT_NOMINAL, &trial, 1, 0, &outcome));
        if (outcome.verdict != cases[i].verdict)
            print_error("'%s' ends as %d\n", cases[i].equation, outcome.verdict);
        assert_int_equal(outcome.verdict, cases[i].verdict);
        support_close(support);
    }
}

// Plans: what they cost tells what they did.
static void plan_support(void **state)
{
    struct world *world = *state;
    struct support_options options = default_options();
    static const struct {
        const char *stream;
        struct lever_plan plan; // NaN as in lever_plan_scheduled()
        double cost;
    } cases[] = {
        {"from = 2; until = 8; amount = 3;", {2, NAN, NAN, NAN, NAN, NAN}, 36},
        {"from = 2; until = 8; amount = 3;", {1, 0.5, 2, NAN, NAN, NAN}, 9},
        {"from = 2; until = 8; amount = 3;", {1, 2, 2, NAN, NAN, NAN}, 36},
        {"from = 2; until = 8; amount = 3;", {1, NAN, NAN, 4.1, NAN, NAN}, 11.7},
        {"from = 2; until = 8; amount = 3;", {1, NAN, NAN, 1, NAN, NAN}, 21},
        {"from = 2; until = 8; amount = 3;", {1, NAN, NAN, NAN, 5.3, NAN}, 9.9},
        {"from = 2; until = 8; amount = 3;", {1, NAN, NAN, NAN, 9, NAN}, 21},
        {"from = 2; until = 8; amount = 3;", {1, NAN, NAN, NAN, 50, NAN}, 54}, // the run ends at 20
        {"from = 2; until = 8; amount = 3;", {1, NAN, NAN, NAN, 8, 6}, 15},    // fades from 6
        {"from = 2; amount = 3;", {1, NAN, NAN, NAN, NAN, NAN}, 54},
        {"amount = 3;", {1, NAN, NAN, NAN, 1, NAN}, 3},
        {"from = 2; until = 8; amount = 3; shape = 'taper';", {1, NAN, NAN, NAN, NAN, NAN}, 9},
        {"from = 2; until = 8; amount = 3; shape = 'taper';", {1, 2, 2, NAN, NAN, NAN}, 18},
        {"from = 2; until = 8; amount = 3; shape = 'taper';", {1, NAN, NAN, NAN, 5, NAN}, 6.75},
        {"from = 2; until = 8; amount = 3; shape = 'ramp';", {1, 0.5, 2, NAN, NAN, NAN}, 4.5},
        {"points = ((2, 1), (4, 3), (8, 3));", {2, NAN, NAN, NAN, NAN, NAN}, 32},
        {"points = ((2, 1), (4, 3), (8, 3));", {1, NAN, NAN, NAN, 4, NAN}, 4},
        {"points = ((2, 1), (4, 3)); shape = 'steps'; until = 8;", {1, NAN, NAN, NAN, 5, NAN}, 5},
        {"from = 2; amount = 3; shape = 'pulse';", {2, NAN, NAN, NAN, NAN, NAN}, 6},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *scenario = arena_format(world->arena,
                                            "funding = ({ stream = 'u'; %s });"
                                            "tip: { variable = 'x'; above = 0.6; };",
                                            cases[i].stream);
        struct support *support =
            open_world(world, "start = 0; stop = 20; step = 0.125; method = 'rk4';", allee,
                       scenario, &options);
        struct support_trial trial = {&cases[i].plan, NULL};
        struct support_outcome outcome;
        assert_messages(world, "");
        assert_true(support_try(support, SUPPORT_NOMINAL, &trial, 1, ~0ULL, &outcome));
        if (fabs(outcome.cost - cases[i].cost) > 1e-9)
            print_error("plan %zu of '%s' costs %g\n", i, cases[i].stream, outcome.cost);
        assert_close(outcome.cost, cases[i].cost, 1e-12, 0);
        support_close(support);
    }
}

// Outcomes are the same bits whatever else is run beside them, on any number of threads.
static void same_on_threads(void **state)
{
    struct world *world = *state;
    struct support_options options = default_options();
    enum { N = 200 };
    struct support_outcome outcomes[3][N];
    struct lever_plan plans[N];
    struct support_trial trials[N];
    for (int i = 0; i < N; i++) {
        plans[i] = lever_plan_scheduled();
        plans[i].scale = 0.01 * i;
        trials[i] = (struct support_trial){&plans[i], NULL};
    }
    for (int k = 0; k < 3; k++) {
        options.n_threads = k == 1 ? 1 : 3;
        struct support *support =
            open_world(world, fine_time, allee,
                       "funding = ({ stream = 'u'; from = 0; until = 6; amount = 0.1; });"
                       "tip: { variable = 'x'; above = 0.6; settle = 30; };",
                       &options);
        for (int i = 0; i < N; i += k == 2 ? 1 : N)
            assert_true(support_try(support, SUPPORT_NOMINAL, trials + i, k == 2 ? 1 : N, ~0ULL,
                                    outcomes[k] + i));
        support_close(support);
    }
    for (int k = 1; k < 3; k++)
        for (int i = 0; i < N; i++) {
            assert_int_equal(outcomes[k][i].verdict, outcomes[0][i].verdict);
            assert_same_bits(outcomes[k][i].value, outcomes[0][i].value);
            assert_same_bits(outcomes[k][i].cost, outcomes[0][i].cost);
        }
}

// Parameters of one name get the same random numbers in all models, whatever else these have.
static void share_random_numbers(void **state)
{
    struct world *world = *state;
    struct support_options options = default_options();
    struct case_options case_options = {.time = time_spec_empty()};
    struct case_list cases = {0};
    static const char other[] =
        "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('c'); }; };\n"
        "  flows: { c: { unit = '1/year'; equation = '(b + a) * u'; }; };\n"
        "  parameters: { b: { value = 3; unit = '1'; range = (2, 4); };\n"
        "                a: { value = 0.3; unit = '1'; range = (1, 3); }; };\n"
        "  inputs: { u: { unit = '1/year'; default = 0.0; }; };\n";
    const char *paths[] = {world_write(world, "one.cfg", model_text(world, fine_time, allee)),
                           world_write(world, "two.cfg", model_text(world, fine_time, other))};
    for (int i = 0; i < 2; i++)
        assert_true(
            cases_read(world->arena, paths[i], &case_options, world->units, &cases, &world->diag));
    options.uncertain = support_uncertainties(world->arena, &cases, &world->diag);
    options.n_points = 100;
    options.seed = 3;
    assert_non_null(options.uncertain);
    assert_int_equal(options.uncertain->vary.count, 2);
    double values[2][2];
    for (uint64_t point = 0; point < 100; point += 33) {
        for (int i = 0; i < 2; i++) {
            struct run_case fresh;
            assert_true(case_read(world->arena, NULL, paths[i], &case_options, world->units, &fresh,
                                  &world->diag));
            struct support *support = support_open(world->arena, &fresh, &options, &world->diag);
            assert_non_null(support);
            struct sampler *sampler = sampler_create(&support->design);
            sampler_take(sampler, point, values[i]);
            sampler_free(sampler);
            support_close(support);
        }
        // place in the range of a: 0.2 .. 0.4 and 1 .. 3
        assert_close((values[0][0] - 0.2) / 0.2, (values[1][0] - 1) / 2, 1e-12, 1e-14);
        assert_true(values[1][1] >= 2 && values[1][1] <= 4);
    }
}

// Wilson (1927): z^2 / (n + z^2) where nothing was seen, and the formula by hand for a half.
static void bound_shares(void **state)
{
    double lower, upper;
    (void)state;
    wilson_interval(0.5, 100, &lower, &upper);
    assert_close(lower, 0.40383153, 1e-7, 0);
    assert_close(upper, 0.59616847, 1e-7, 0);
    wilson_interval(0, 20, &lower, &upper);
    assert_close(lower, 0, 0, 0);
    assert_close(upper, 0.16112516, 1e-6, 0);
    wilson_interval(1, 20, &lower, &upper);
    assert_close(lower, 1 - 0.16112516, 1e-6, 0);
    assert_close(upper, 1, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(find_least_pulse),   WORLD_TEST(choose_by_default),
        WORLD_TEST(find_windows),       WORLD_TEST(discount_money),
        WORLD_TEST(judge_odd_runs),     WORLD_TEST(plan_support),
        WORLD_TEST(same_on_threads),    WORLD_TEST(share_random_numbers),
        cmocka_unit_test(bound_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
