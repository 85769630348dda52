// The chance of a budget: intervals whose coverage is counted, and systems whose distribution of
// the least budget is known in closed form or by quadrature.
#include "unit/support.h"

#include "analysis/tip/tip_budget.h"
#include "base/random.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <string.h>

// ---------------------------------------------------------------- intervals

// Order statistics for the median of 10 and of 20: ranks 2 and 9, 6 and 15; of 5 there is no
// interval of 95 %.
static void bound_quantiles(void **state)
{
    double ranks[20];
    (void)state;
    for (int i = 0; i < 20; i++)
        ranks[i] = i + 1;
    struct estimate ten = quantile_estimate(ranks, 10, 10, 0.5);
    struct estimate twenty = quantile_estimate(ranks, 20, 20, 0.5);
    struct estimate five = quantile_estimate(ranks, 5, 5, 0.5);
    assert_close(ten.value, 5, 0, 0);
    assert_close(ten.lower, 2, 0, 0);
    assert_close(ten.upper, 9, 0, 0);
    assert_close(twenty.lower, 6, 0, 0);
    assert_close(twenty.upper, 15, 0, 0);
    assert_close(five.value, 3, 0, 0);
    assert_close(five.lower, 0, 0, 0);
    assert_true(isnan(five.upper));
    assert_true(isnan(quantile_estimate(ranks, 0, 10, 0.5).value));
    // what is not known may be anything: four of 20 are
    struct estimate unknown = quantile_estimate(ranks, 16, 20, 0.5);
    assert_close(unknown.value, 8, 0, 0);
    assert_close(unknown.lower, 2, 0, 0);
    assert_close(unknown.upper, 15, 0, 0);
    ranks[15] = INFINITY;
    assert_true(isnan(quantile_estimate(ranks, 16, 16, 0.99).value));
}

static void bound_unknown_shares(void **state)
{
    double lower, upper, ignored;
    (void)state;
    struct estimate share = share_estimate(30, 20, 100);
    wilson_interval(0.3, 100, &lower, &ignored);
    wilson_interval(0.5, 100, &ignored, &upper);
    assert_close(share.value, 0.375, 1e-15, 0);
    assert_close(share.lower, lower, 1e-15, 0);
    assert_close(share.upper, upper, 1e-15, 0);
    assert_true(isnan(share_estimate(0, 7, 7).value));
}

// How often intervals cover what they should, over experiments with known truth.
static void cover_truth(void **state)
{
    enum { N = 80, EXPERIMENTS = 4000 };
    int n_quantile = 0, n_difference = 0;
    (void)state;
    for (int e = 0; e < EXPERIMENTS; e++) {
        double values[N];
        long counts[2][2] = {{0}};
        for (int i = 0; i < N; i++) {
            double u = random_uniform(5, (uint64_t)e, (uint32_t)i, 0);
            double v = random_uniform(5, (uint64_t)e, (uint32_t)i, 1);
            values[i] = u;
            // pairs that go together: 70 % of the first, 55 % of the second
            counts[u < 0.7][0.8 * u + 0.2 * v < 0.55]++;
        }
        for (int i = 1; i < N; i++) // sorted by insertion
            for (int k = i; k > 0 && values[k] < values[k - 1]; k--) {
                double swapped = values[k];
                values[k] = values[k - 1];
                values[k - 1] = swapped;
            }
        struct estimate quantile = quantile_estimate(values, N, N, 0.8);
        struct estimate difference = paired_difference(counts[1][1], counts[1][0], counts[0][1], N);
        // P(0.8 u + 0.2 v < 0.55) = (0.55 - 0.1) / 0.8
        double truth = 0.7 - 0.45 / 0.8;
        n_quantile += quantile.lower <= 0.8 && 0.8 <= quantile.upper;
        n_difference += difference.lower <= truth && truth <= difference.upper;
    }
    assert_true(n_quantile >= 0.94 * EXPERIMENTS && n_quantile <= 0.985 * EXPERIMENTS);
    assert_true(n_difference >= 0.93 * EXPERIMENTS && n_difference <= 0.985 * EXPERIMENTS);
}

// Pairs without any tie between them: the square-and-add interval of independent shares.
static void compare_pairs(void **state)
{
    double l, u;
    (void)state;
    struct estimate equal = paired_difference(20, 15, 15, 100);
    assert_close(equal.value, 0, 0, 1e-15);
    assert_close(equal.lower, -equal.upper, 1e-12, 0);
    struct estimate all = paired_difference(0, 50, 0, 50); // the first always, the second never
    wilson_interval(1, 50, &l, &u);
    assert_close(all.value, 1, 1e-15, 0);
    assert_close(all.lower, 1 - sqrt(2) * (1 - l), 1e-12, 0);
    assert_close(all.upper, 1, 1e-12, 0);
    assert_true(isnan(paired_difference(0, 0, 0, 0).value));
}

// ---------------------------------------------------------------- distributions that are known

static const double DURATION = 5;

static struct tip_options budget_options(uint64_t runs)
{
    return (struct tip_options){.asked = 1u << TIP_BUDGET,
                                .cases = {.time = time_spec_empty()},
                                .at = NAN,
                                .above = NAN,
                                .settle = NAN,
                                .discount = 0,
                                .support_from = NAN,
                                .support_until = NAN,
                                .amount_low = NAN,
                                .amount_high = NAN,
                                .duration_low = NAN,
                                .duration_high = NAN,
                                .runs = runs,
                                .overlap = NAN,
                                .n_threads = 2,
                                .seed = 4};
}

// Answers for models with these bodies under a pulse of support of 0.15 over five years.
static struct tip *ask(struct world *world, const char *const *bodies, int n, const char *scenario,
                       const struct tip_options *options)
{
    const char *models = "";
    for (int i = 0; i < n; i++) {
        const char *name = arena_format(world->arena, "model%d.cfg", i);
        world_write(
            world, name,
            model_text(world, "start = 0; stop = 10; step = 0.015625; method = 'rk4';", bodies[i]));
        models = arena_format(world->arena, "%s%s'%s'", models, i ? ", " : "", name);
    }
    const char *path =
        world_write(world, "scenario.cfg",
                    quoted(world, arena_format(world->arena, "scenario: { models = (%s); %s };",
                                               models, scenario)));
    struct tip *tip = tip_read(world->arena, path, options, world->units, &world->diag);
    assert_non_null(tip);
    tip_run(tip, &world->diag);
    return tip;
}

static const char pulse[] = "funding = ({ stream = 'u'; from = 0; until = 5; amount = 0.15; });"
                            "tip: { variable = 'x'; above = 0.6; settle = 30; };";

static const struct tip_answer *find(const struct tip *tip, int model, const char *question,
                                     const char *metric)
{
    for (size_t i = 0; i < tip->answers.count; i++) {
        const struct tip_answer *answer = &tip->answers.items[i];
        if (answer->tip_case == &tip->cases[model] && strcmp(answer->question, question) == 0 &&
            strcmp(answer->metric, metric) == 0)
            return answer;
    }
    fail_msg("no row %s,%s", question, metric);
    return NULL;
}

static double value_of(const struct tip *tip, const char *metric)
{
    return find(tip, 0, "budget", metric)->value;
}

static const char *sentence_of(const struct tip *tip, size_t index, enum language language)
{
    assert_true(index < tip->sentences.count);
    return tip->sentences.items[index].text.text[language];
}

// Piecewise straight: at rest in 0 and 1, with the threshold a between. On the way to a/2 under
// support u x' = u - x, from there to a: x' = u + x - a; so that a is reached in time T where
// u = a / (2 (1 - exp(-T/2))).
static const char straight[] =
    "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('change'); }; };\n"
    "  flows: { change: { unit = '1/year';\n"
    "    equation = 'MAX(-x, MIN(x - a, 1 - x)) / year + u'; }; };\n"
    "  parameters: { a: { value = 0.3; unit = '1'; range = (%g, %g); %s };\n"
    "                year: { value = 1; unit = 'year'; }; };\n"
    "  inputs: { u: { unit = '1/year'; default = 0.0; }; };\n";

static double uniform(double a)
{
    return fmin(1, fmax(0, (a - 0.2) / 0.2));
}

// From 0.2 to 0.4, most likely 0.3.
static double triangular(double a)
{
    double at = fmin(1, fmax(0, (a - 0.2) / 0.2));
    return at < 0.5 ? 2 * at * at : 1 - 2 * (1 - at) * (1 - at);
}

// The largest difference between the chances found and those that `threshold` and `share` give.
static double largest_error(const struct tip *tip, double (*threshold)(double budget),
                            double (*share)(double a))
{
    double largest = 0;
    for (size_t row = 0; row < tip->chances.rows.count; row++) {
        double budget = sheet_cell(&tip->chances, row, "budget").number;
        double found = sheet_cell(&tip->chances, row, "probability").number;
        largest = fmax(largest, fabs(found - share(threshold(budget))));
    }
    return largest;
}

// The threshold that a budget, spent evenly over the pulse, just reaches.
static double straight_threshold(double budget)
{
    return budget / DURATION * 2 * (1 - exp(-DURATION / 2));
}

static void know_distribution(void **state)
{
    struct world *world = *state;
    struct tip_options options = budget_options(28000);
    double (*const shares[])(double) = {uniform, triangular};
    const char *const kinds[] = {"", "distribution = 'triangular';"};
    for (int i = 0; i < 2; i++) {
        const char *body = arena_format(world->arena, straight, 0.2, 0.4, kinds[i]);
        struct tip *tip = ask(world, &body, 1, pulse, &options);
        double n = value_of(tip, "draws");
        assert_close(n, 4000, 0, 0);
        // Kolmogorov and Smirnov: 1.95 / sqrt(n) is passed once in a thousand
        assert_true(largest_error(tip, straight_threshold, shares[i]) < 1.95 / sqrt(n));
        for (int k = 0; k < N_BUDGET_SHARES; k++) {
            const char *question =
                arena_format(world->arena, "budget-%.0f", 100 * budget_shares[k]);
            const struct tip_answer *answer = find(tip, 0, question, "total");
            double lower = shares[i](straight_threshold(answer->lower));
            double upper = shares[i](straight_threshold(answer->upper));
            assert_close(shares[i](straight_threshold(answer->value)), budget_shares[k], 0, 0.03);
            assert_true(lower < budget_shares[k] && budget_shares[k] < upper);
            assert_string_equal(answer->unit, "1");
            // all are locked in
            assert_same_bits(find(tip, 0, question, "total-if-locked-in")->value, answer->value);
        }
        assert_close(value_of(tip, "chance-without-support"), 0, 0, 0);
        assert_close(value_of(tip, "chance-of-scenario"), shares[i](straight_threshold(0.75)), 0,
                     0.03);
        assert_close(value_of(tip, "total-of-scenario"), 0.75, 1e-9, 0);
        assert_close(value_of(tip, "failed-runs"), 0, 0, 0);
    }
}

// The Allee equation, time to its threshold by quadrature.
struct allee {
    double a, u;
};

static double slowness(double x, void *context)
{
    const struct allee *system = context;
    return 1 / (x * (1 - x) * (x - system->a) + system->u);
}

static double time_to_threshold(double a, double u)
{
    struct allee system = {a, u};
    gsl_function function = {slowness, &system};
    gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(1000);
    double time = INFINITY, error;
    bool is_stuck = false;
    for (int i = 0; i <= 1000; i++)
        is_stuck |= slowness(a * i / 1000, &system) <= 0;
    if (!is_stuck && u > 0)
        gsl_integration_qag(&function, 0, a, 0, 1e-10, 1000, GSL_INTEG_GAUSS61, workspace, &time,
                            &error);
    gsl_integration_workspace_free(workspace);
    return time;
}

static double allee_threshold(double budget)
{
    double low = 0.2, high = 0.4; // within the range of a
    for (int i = 0; i < 50; i++) {
        double a = (low + high) / 2;
        *(time_to_threshold(a, budget / DURATION) < DURATION ? &low : &high) = a;
    }
    return low;
}

static void know_allee(void **state)
{
    static const char allee[] =
        "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('change'); }; };\n"
        "  flows: { change: { unit = '1/year';\n"
        "    equation = '(x * (1 - x) * (x - a)) / tau + u'; }; };\n"
        "  parameters: { a: { value = 0.3; unit = '1'; range = (0.2, 0.4); };\n"
        "                tau: { value = 1; unit = 'year'; }; };\n"
        "  inputs: { u: { unit = '1/year'; default = 0.0; }; };\n";
    struct world *world = *state;
    struct tip_options options = budget_options(14000);
    const char *body = allee;
    gsl_set_error_handler_off();
    struct tip *tip = ask(world, &body, 1,
                          "funding = ({ stream = 'u'; from = 0; until = 5; amount = 0.15; });"
                          "tip: { variable = 'x'; above = 0.6; settle = 100; };",
                          &options);
    assert_true(largest_error(tip, allee_threshold, uniform) < 1.95 / sqrt(value_of(tip, "draws")));
}

// A quarter of the draws tips by itself: chances over all draws begin there, those over the draws
// that are locked in at nothing, and budgets follow.
static void tell_locked_in(void **state)
{
    struct world *world = *state;
    struct tip_options options = budget_options(28000);
    const char *body = arena_format(world->arena, straight, -0.1, 0.3, "");
    struct tip *tip = ask(world, &body, 1, pulse, &options);
    const struct tip_answer *without = find(tip, 0, "budget", "chance-without-support");
    assert_close(without->value, 0.25, 0, 3.3 * sqrt(0.25 * 0.75 / value_of(tip, "draws")));
    // of those that are locked in half need 0.15 as threshold, of all half need 0.1
    double factor = DURATION / (2 * (1 - exp(-DURATION / 2)));
    const struct tip_answer *locked = find(tip, 0, "budget-50", "total-if-locked-in");
    const struct tip_answer *all = find(tip, 0, "budget-50", "total");
    assert_true(locked->lower < 0.15 * factor && 0.15 * factor < locked->upper);
    assert_true(all->lower < 0.1 * factor && 0.1 * factor < all->upper);
    assert_close(value_of(tip, "draws-locked-in"), value_of(tip, "draws") * (1 - without->value),
                 1e-12, 0);
    assert_close(value_of(tip, "effect-of-scenario"),
                 value_of(tip, "chance-of-scenario") - without->value, 1e-12, 0);
}

// Two models with the same threshold, one of which needs more: in every draw.
static void pair_models(void **state)
{
    static const char weak[] =
        "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('change'); }; };\n"
        "  flows: { change: { unit = '1/year';\n"
        "    equation = 'MAX(-x, MIN(x - a, 1 - x)) / year + 0.8 * u'; }; };\n"
        "  parameters: { a: { value = 0.3; unit = '1'; range = (0.2, 0.4); };\n"
        "                year: { value = 1; unit = 'year'; }; };\n"
        "  inputs: { u: { unit = '1/year'; default = 0.0; }; };\n";
    struct world *world = *state;
    struct tip_options options = budget_options(5600);
    const char *bodies[] = {arena_format(world->arena, straight, 0.2, 0.4, ""), weak};
    struct tip *tip = ask(world, bodies, 2, pulse, &options);
    const char *other = tip->cases[1].source.model->name;
    double n = value_of(tip, "draws");
    assert_close(n, 400, 0, 0);
    assert_close(find(tip, 0, "budget",
                      arena_format(world->arena, "share-cheaper-if-locked-in-than:%s", other))
                     ->value,
                 1, 0, 0);
    const struct tip_answer *less =
        find(tip, 0, "budget", arena_format(world->arena, "chance-of-scenario-less:%s", other));
    double truth = uniform(straight_threshold(0.75)) - uniform(straight_threshold(0.6));
    assert_true(less->lower < truth && truth < less->upper);
    // pairs know the difference better than two shares of so many draws would
    assert_true(less->upper - less->lower < 2 * 1.96 * sqrt(0.25 * 2 / n));
    assert_non_null(strstr(sentence_of(tip, 2, LANGUAGE_EN), "tips more often than"));
    assert_non_null(strstr(sentence_of(tip, 2, LANGUAGE_NL), "kantelt"));
}

// ---------------------------------------------------------------- odd cases

static void say_odd_cases(void **state)
{
    static const char failing[] =
        "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('change'); }; };\n"
        "  flows: { change: { unit = '1/year'; equation = 'u + %s'; }; };\n"
        "  parameters: { a: { value = 0.3; unit = '1'; range = (0.2, 0.4); };\n"
        "                year: { value = 1; unit = 'year'; }; };\n"
        "  inputs: { u: { unit = '1/year'; default = 0.0; }; };\n";
    struct world *world = *state;
    struct tip_options options = budget_options(700);
    const char *const bodies[] = {
        arena_format(world->arena, straight, -0.4, -0.2, ""), // tips anyway
        arena_format(world->arena, straight, 5.0, 6.0, ""),   // never does
        arena_format(world->arena, failing, "1 / (x - x) * a / year"),
        arena_format(world->arena, failing, "0 * SQRT(0.3 - a) / year"), // half of the draws fail
    };
    const char *const texts[] = {"In all 100 draws of the uncertainties it tips without support",
                                 "In none of 100 draws of the uncertainties does it tip",
                                 "in all 100 draws the run without support failed",
                                 "runs failed; what"};
    for (int i = 0; i < 4; i++) {
        struct tip *tip = ask(world, &bodies[i], 1, pulse, &options);
        assert_non_null(strstr(sentence_of(tip, 0, LANGUAGE_EN), texts[i]));
        if (i == 3) {
            double unknown = value_of(tip, "draws-unknown");
            const struct tip_answer *without = find(tip, 0, "budget", "chance-without-support");
            assert_true(unknown > 30 && unknown < 70);
            assert_true(without->upper - without->lower > unknown / 100);
        }
    }
    options.runs = 1;
    struct tip *tip = ask(world, &bodies[1], 1, pulse, &options);
    assert_close(value_of(tip, "draws"), 1, 0, 0);
    assert_close(value_of(tip, "draws-locked-in"), 1, 0, 0);
}

// Threads and blocks of lanes do not matter.
static void same_on_threads(void **state)
{
    struct world *world = *state;
    struct tip_options options = budget_options(3000);
    struct tip *tips[2];
    const char *body = arena_format(world->arena, straight, 0.2, 0.4, "");
    for (int i = 0; i < 2; i++) {
        options.n_threads = 1 + i;
        tips[i] = ask(world, &body, 1, pulse, &options);
    }
    assert_int_equal(tips[0]->answers.count, tips[1]->answers.count);
    for (size_t i = 0; i < tips[0]->answers.count; i++) {
        assert_same_bits(tips[0]->answers.items[i].value, tips[1]->answers.items[i].value);
        assert_same_bits(tips[0]->answers.items[i].upper, tips[1]->answers.items[i].upper);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bound_quantiles), cmocka_unit_test(bound_unknown_shares),
        cmocka_unit_test(cover_truth),     cmocka_unit_test(compare_pairs),
        WORLD_TEST(know_distribution),     WORLD_TEST(know_allee),
        WORLD_TEST(tell_locked_in),        WORLD_TEST(pair_models),
        WORLD_TEST(say_odd_cases),         WORLD_TEST(same_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
