// Sampling: distributions by their moments and quantiles, designs by what each promises.
#include "unit/support.h"

#include "analysis/sweep/sample.h"
#include "analysis/sweep/sweep_table.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

// An entry of 'vary' in which nothing is given.
static struct vary_spec vary(enum distribution_kind kind)
{
    struct vary_spec spec = vary_spec_empty("x", (struct position){0});
    spec.has_distribution = true;
    spec.kind = kind;
    return spec;
}

static struct distribution build(struct world *world, const struct vary_spec *spec)
{
    struct distribution distribution;
    assert_true(distribution_build(&distribution, world->arena, spec, NULL, NAN, &world->diag));
    return distribution;
}

// Mean and variance by the midpoint rule over the quantile function, which must rise.
static void check_moments(struct world *world, const struct vary_spec *spec, double mean,
                          double variance)
{
    enum { N = 200000 };
    struct distribution distribution = build(world, spec);
    double sum = 0, squares = 0, last = -INFINITY;
    for (int i = 0; i < N; i++) {
        double x = distribution_quantile(&distribution, (i + 0.5) / N);
        if (spec->kind != DISTRIBUTION_DISCRETE)
            assert_true(x >= last);
        last = x;
        sum += x;
        squares += x * x;
    }
    assert_close(sum / N, mean, 2e-4, 1e-6);
    assert_close(squares / N - sum / N * sum / N, variance, 2e-3, 1e-6);
}

static void distributions_have_their_moments(void **state)
{
    struct world *world = *state;
    struct vary_spec spec = vary(DISTRIBUTION_UNIFORM);
    spec.min = 2, spec.max = 5;
    check_moments(world, &spec, 3.5, 0.75);

    spec = vary(DISTRIBUTION_LOGUNIFORM);
    spec.min = 1, spec.max = 100;
    double mean = 99 / log(100);
    check_moments(world, &spec, mean, 9999 / (2 * log(100)) - mean * mean);

    spec = vary(DISTRIBUTION_NORMAL);
    spec.mean = 3, spec.sd = 2;
    check_moments(world, &spec, 3, 4);

    spec = vary(DISTRIBUTION_LOGNORMAL);
    spec.median = 2, spec.sigma = 0.5;
    mean = 2 * exp(0.125);
    check_moments(world, &spec, mean, mean * mean * expm1(0.25));

    spec = vary(DISTRIBUTION_LOGNORMAL);
    spec.mean = 10, spec.sd = 4;
    check_moments(world, &spec, 10, 16);

    spec = vary(DISTRIBUTION_TRIANGULAR);
    spec.min = 1, spec.mode = 2, spec.max = 6;
    check_moments(world, &spec, 3, (1 + 4 + 36 - 2 - 6 - 12) / 18.0);

    spec = vary(DISTRIBUTION_PERT);
    spec.min = 1, spec.mode = 2, spec.max = 6;
    check_moments(world, &spec, 2.5, (2.5 - 1) * (6 - 2.5) / 7);

    spec = vary(DISTRIBUTION_BETA);
    spec.alpha = 2, spec.beta = 5;
    check_moments(world, &spec, 2.0 / 7, 10.0 / (49 * 8));

    spec.min = 10, spec.max = 20;
    check_moments(world, &spec, 10 + 20.0 / 7, 1000.0 / (49 * 8));

    spec = vary(DISTRIBUTION_DISCRETE);
    spec.values = (double[]){9, 1, 5};
    spec.weights = (double[]){1, 1, 2};
    spec.n_values = 3;
    check_moments(world, &spec, 5, 8);
}

// GSL's inverse of the beta distribution has no answer for these shapes.
static void difficult_beta_distributions_have_their_moments(void **state)
{
    static const double shapes[][2] = {{0.05, 0.2}, {0.3, 0.3}, {0.5, 4}, {2, 1000}, {1, 500}};
    for (size_t i = 0; i < ARRAY_COUNT(shapes); i++) {
        double a = shapes[i][0], b = shapes[i][1];
        struct vary_spec spec = vary(DISTRIBUTION_BETA);
        spec.alpha = a, spec.beta = b;
        struct distribution distribution = build(*state, &spec);
        double sum = 0;
        for (int k = 0; k < 20000; k++)
            sum += distribution_quantile(&distribution, (k + 0.5) / 20000);
        assert_close(sum / 20000, a / (a + b), 1e-3, 0);
    }
}

static void quantiles_invert_the_distribution_functions(void **state)
{
    struct vary_spec normal = vary(DISTRIBUTION_NORMAL), beta = vary(DISTRIBUTION_BETA),
                     lognormal = vary(DISTRIBUTION_LOGNORMAL);
    normal.mean = -1, normal.sd = 3;
    lognormal.median = 2, lognormal.sigma = 0.7;
    beta.alpha = 3, beta.beta = 1.5;
    struct distribution n = build(*state, &normal), l = build(*state, &lognormal),
                        b = build(*state, &beta);
    for (int i = 1; i < 1000; i++) {
        double u = i / 1000.0;
        assert_close(gsl_cdf_gaussian_P(distribution_quantile(&n, u) + 1, 3), u, 1e-9, 0);
        assert_close(gsl_cdf_lognormal_P(distribution_quantile(&l, u), log(2), 0.7), u, 1e-9, 0);
        assert_close(gsl_cdf_beta_P(distribution_quantile(&b, u), 3, 1.5), u, 1e-9, 0);
    }
}

static void cut_distributions_stay_within_their_ends(void **state)
{
    struct world *world = *state;
    struct vary_spec spec = vary(DISTRIBUTION_NORMAL);
    spec.mean = 0, spec.sd = 1, spec.min = -0.5, spec.max = 2;
    // Mean of a normal between a and b: (phi(a) - phi(b)) / (Phi(b) - Phi(a)).
    double share = gsl_cdf_ugaussian_P(2) - gsl_cdf_ugaussian_P(-0.5);
    double phi_a = gsl_ran_ugaussian_pdf(-0.5), phi_b = gsl_ran_ugaussian_pdf(2);
    double mean = (phi_a - phi_b) / share;
    double variance = 1 + (-0.5 * phi_a - 2 * phi_b) / share - mean * mean;
    check_moments(world, &spec, mean, variance);

    struct vary_spec lognormal = vary(DISTRIBUTION_LOGNORMAL);
    lognormal.median = 1, lognormal.sigma = 2, lognormal.min = 0.3, lognormal.max = 0.7;
    const struct vary_spec *cut[] = {&spec, &lognormal};
    for (int i = 0; i < 2; i++) {
        struct distribution distribution = build(world, cut[i]);
        for (double u = 0x1p-53; u < 1; u += 1.0 / 4096) {
            double x = distribution_quantile(&distribution, u);
            assert_true(x >= cut[i]->min && x <= cut[i]->max);
        }
        assert_close(distribution_quantile(&distribution, 0x1p-53), cut[i]->min, 1e-9, 1e-9);
        assert_close(distribution_quantile(&distribution, 1 - 0x1p-53), cut[i]->max, 1e-9, 1e-9);
    }
}

enum { MAX_INPUTS = 6 };

// A design over `n_inputs` inputs that are uniform from 0 to 1, called a, b, c ...
struct unit_design {
    struct sweep_spec spec;
    struct sample_design design;
    struct sample_input inputs[MAX_INPUTS];
};

static void start_design(struct world *world, struct unit_design *unit, enum design_kind kind,
                         int n_inputs)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    *unit = (struct unit_design){.spec = {.design = kind}};
    for (int i = 0; i < n_inputs; i++) {
        struct vary_spec spec = vary(DISTRIBUTION_UNIFORM);
        spec.min = 0, spec.max = 1;
        unit->inputs[i] =
            (struct sample_input){.name = names[i], .distribution = build(world, &spec)};
        unit->inputs[i].n_levels = 3 + i;
    }
}

static bool finish_design(struct world *world, struct unit_design *unit, int n_inputs, uint64_t n,
                          uint64_t seed)
{
    return sample_design_build(&unit->design, world->arena, &unit->spec, unit->inputs, n_inputs, n,
                               seed, &world->diag);
}

static struct unit_design *make_design(struct world *world, enum design_kind kind, int n_inputs,
                                       uint64_t n, uint64_t seed)
{
    struct unit_design *unit = ARENA_NEW(world->arena, struct unit_design);
    start_design(world, unit, kind, n_inputs);
    assert_true(finish_design(world, unit, n_inputs, n, seed));
    return unit;
}

// All points: [n_inputs][n].
static double *take_all(struct world *world, const struct sample_design *design)
{
    uint64_t n = design->n_points;
    double *all = ARENA_NEW_ARRAY(world->arena, double, n *(uint64_t)design->n_inputs);
    double values[MAX_INPUTS];
    struct sampler *sampler = sampler_create(design);
    for (uint64_t i = 0; i < n; i++) {
        sampler_take(sampler, i, values);
        for (int k = 0; k < design->n_inputs; k++)
            all[(uint64_t)k * n + i] = values[k];
    }
    sampler_free(sampler);
    return all;
}

static void points_depend_on_their_number_and_the_seed_alone(void **state)
{
    struct world *world = *state;
    for (int kind = 0; kind < DESIGN_POINTS; kind++) {
        enum { N = 300 };
        const struct sample_design *design =
            &make_design(world, (enum design_kind)kind, 3, N, 5)->design;
        const struct sample_design *other =
            &make_design(world, (enum design_kind)kind, 3, N, 6)->design;
        const double *all = take_all(world, design), *others = take_all(world, other);
        struct sampler *sampler = sampler_create(design);
        uint64_t random = 1, n = design->n_points;
        bool is_other = false;
        for (int i = 0; i < 500; i++) {
            uint64_t point = next_random(&random) % n;
            double values[MAX_INPUTS];
            sampler_take(sampler, point, values);
            for (uint64_t k = 0; k < 3; k++) {
                assert_same_bits(values[k], all[k * n + point]);
                is_other |= values[k] != others[k * n + point];
            }
        }
        assert_int_equal(is_other, kind != DESIGN_GRID);
        sampler_free(sampler);
    }
}

// Largest distance between the shares of numbers below x and x itself.
static double kolmogorov(double *column, uint64_t n)
{
    double largest = 0;
    for (int i = 1; i < 200; i++) {
        uint64_t below = 0;
        for (uint64_t k = 0; k < n; k++)
            below += column[k] < i / 200.0;
        largest = fmax(largest, fabs((double)below / (double)n - i / 200.0));
    }
    return largest;
}

static void monte_carlo_is_even_and_independent(void **state)
{
    enum { N = 20000 };
    struct unit_design *unit = make_design(*state, DESIGN_MONTE_CARLO, 4, N, 11);
    double *all = take_all(*state, &unit->design);
    for (int k = 0; k < 4; k++) {
        assert_true(kolmogorov(all + k * N, N) < 1.63 / sqrt(N)); // 1 % level
        for (int m = 0; m < k; m++)
            assert_true(fabs(rank_correlation(all + k * N, all + m * N, N)) < 3 / sqrt(N));
    }
}

// Whether each of n slices holds exactly one of n numbers.
static void check_strata(struct world *world, const double *column, uint64_t n)
{
    int *counts = ARENA_NEW_ARRAY(world->arena, int, n);
    for (uint64_t i = 0; i < n; i++)
        counts[(uint64_t)(column[i] * (double)n)]++;
    for (uint64_t i = 0; i < n; i++)
        assert_int_equal(counts[i], 1);
}

static double least_distance(const double *all, uint64_t n, int n_inputs)
{
    double least = INFINITY;
    for (uint64_t i = 0; i < n; i++)
        for (uint64_t k = 0; k < i; k++) {
            double sum = 0;
            for (int m = 0; m < n_inputs; m++)
                sum += pow(all[(uint64_t)m * n + i] - all[(uint64_t)m * n + k], 2);
            least = fmin(least, sqrt(sum));
        }
    return least;
}

static void latin_hypercubes_fill_every_stratum_once(void **state)
{
    static const uint64_t sizes[] = {1, 2, 7, 64, 333};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++)
        for (int kind = DESIGN_LATIN; kind <= DESIGN_MAXIMIN; kind++) {
            struct unit_design *unit = make_design(*state, (enum design_kind)kind, 3, sizes[i], 2);
            const double *all = take_all(*state, &unit->design);
            for (uint64_t k = 0; k < 3; k++)
                check_strata(*state, all + k * sizes[i], sizes[i]);
        }
}

static void maximin_keeps_points_apart(void **state)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        enum { N = 60 };
        struct unit_design *plain = make_design(*state, DESIGN_LATIN, 3, N, seed);
        struct unit_design *maximin = make_design(*state, DESIGN_MAXIMIN, 3, N, seed);
        double before = least_distance(take_all(*state, &plain->design), N, 3);
        double after = least_distance(take_all(*state, &maximin->design), N, 3);
        assert_true(after > 1.5 * before);
    }
}

// L2 star discrepancy (Warnock 1972).
static double discrepancy(const double *all, uint64_t n, int d)
{
    double first = pow(3, -d), second = 0, third = 0;
    for (uint64_t i = 0; i < n; i++) {
        double product = 1;
        for (int k = 0; k < d; k++)
            product *= (1 - pow(all[(uint64_t)k * n + i], 2)) / 2;
        second += product;
        for (uint64_t j = 0; j < n; j++) {
            product = 1;
            for (int k = 0; k < d; k++)
                product *= 1 - fmax(all[(uint64_t)k * n + i], all[(uint64_t)k * n + j]);
            third += product;
        }
    }
    return sqrt(first - 2 * second / (double)n + third / ((double)n * (double)n));
}

static void sobol_sequences_fill_space_evenly(void **state)
{
    enum { N = 512, D = 5 };
    for (uint64_t seed = 1; seed <= 3; seed++) {
        const double *sobol =
            take_all(*state, &make_design(*state, DESIGN_SOBOL, D, N, seed)->design);
        const double *random =
            take_all(*state, &make_design(*state, DESIGN_MONTE_CARLO, D, N, seed)->design);
        for (uint64_t k = 0; k < D; k++)
            check_strata(*state, sobol + k * N, N);
        assert_true(discrepancy(sobol, N, D) < 0.5 * discrepancy(random, N, D));
    }
}

static void grids_hold_every_combination_once(void **state)
{
    struct unit_design *unit = make_design(*state, DESIGN_GRID, 3, 0, 0);
    assert_int_equal(unit->design.n_points, 3 * 4 * 5);
    const double *all = take_all(*state, &unit->design);
    int counts[3][4][5] = {{{0}}};
    for (int i = 0; i < 60; i++)
        counts[lround(all[i] * 2)][lround(all[60 + i] * 3)][lround(all[120 + i] * 4)]++;
    for (int i = 0; i < 60; i++)
        assert_int_equal((&counts[0][0][0])[i], 1);
    assert_same_bits(all[0], 0);
    assert_same_bits(all[59], 1);
    assert_same_bits(all[120 + 1], 0.25); // the last input runs fastest
}

static void grid_levels_follow_the_distribution(void **state)
{
    struct vary_spec spec = vary(DISTRIBUTION_LOGUNIFORM);
    spec.min = 1, spec.max = 10000;
    struct distribution log_uniform = build(*state, &spec);
    for (int i = 0; i < 5; i++)
        assert_close(distribution_level(&log_uniform, i, 5), pow(10, i), 1e-14, 0);
    spec = vary(DISTRIBUTION_DISCRETE);
    spec.values = (double[]){4, 2, 8};
    spec.n_values = 3;
    struct distribution discrete = build(*state, &spec);
    assert_same_bits(distribution_level(&discrete, 1, 3), 2);
    spec = vary(DISTRIBUTION_NORMAL);
    spec.mean = 0, spec.sd = 1;
    struct distribution normal = build(*state, &spec);
    assert_close(distribution_level(&normal, 0, 3), -3.0902323, 1e-6, 0); // 0.1 % quantile
    assert_close(distribution_level(&normal, 1, 3), 0, 0, 1e-12);
    assert_close(distribution_level(&normal, 0, 1), 0, 0, 1e-12);
}

static void add_correlation(struct world *world, struct unit_design *unit, const char *a,
                            const char *b, double rho)
{
    ARRAY_PUSH(world->arena, &unit->spec.correlations) =
        (struct correlation_spec){.a = a, .b = b, .rho = rho};
}

static void rank_correlation_is_as_asked(void **state)
{
    enum { N = 16384 };
    static const enum design_kind kinds[] = {DESIGN_MONTE_CARLO, DESIGN_LATIN, DESIGN_SOBOL};
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        struct unit_design unit;
        start_design(*state, &unit, kinds[i], 4);
        add_correlation(*state, &unit, "a", "b", 0.7);
        add_correlation(*state, &unit, "c", "b", -0.4);
        assert_true(finish_design(*state, &unit, 4, N, 3));
        double *all = take_all(*state, &unit.design);
        static const double expected[4][4] = {
            {1, 0.7, 0, 0}, {0.7, 1, -0.4, 0}, {0, -0.4, 1, 0}, {0, 0, 0, 1}};
        for (int k = 0; k < 4; k++) {
            assert_true(kolmogorov(all + k * N, N) < 1.63 / sqrt(N));
            for (int m = 0; m < k; m++)
                assert_close(rank_correlation(all + k * N, all + m * N, N), expected[k][m], 0,
                             0.02);
        }
    }
}

static void correlations_that_cannot_be_are_refused(void **state)
{
    struct unit_design unit;
    start_design(*state, &unit, DESIGN_LATIN, 3);
    add_correlation(*state, &unit, "a", "b", 0.9);
    add_correlation(*state, &unit, "b", "c", 0.9);
    add_correlation(*state, &unit, "a", "c", -0.9);
    assert_false(finish_design(*state, &unit, 3, 100, 1));
    assert_messages(*state, "error: these correlations cannot hold together\n");
    start_design(*state, &unit, DESIGN_LATIN, 2);
    add_correlation(*state, &unit, "a", "z", 0.5);
    assert_false(finish_design(*state, &unit, 2, 100, 1));
    assert_messages(*state, "error: 'z' is not varied\n");
}

static void given_points_are_taken_as_they_are(void **state)
{
    struct world *world = *state;
    struct sample_design design;
    const char *path = world_write(world, "p.csv", "run,x,y\n1,0.1,7\n2,1e300,-3\n");
    assert_true(sample_points_read(&design, world->arena, path, &world->diag));
    assert_int_equal(design.n_points, 2);
    assert_int_equal(design.n_inputs, 2);
    const double *all = take_all(world, &design);
    assert_same_bits(all[0], 0.1);
    assert_same_bits(all[1], 1e300);
    assert_same_bits(all[2], 7);
    assert_same_bits(all[3], -3);
    path = world_write(world, "q.csv", "x,y\n1,2\n3,\n");
    assert_false(sample_points_read(&design, world->arena, path, &world->diag));
    assert_messages(world, "q.csv:3: error: no value for 'y'\n");
    path = world_write(world, "r.csv", "x,y\n");
    assert_false(sample_points_read(&design, world->arena, path, &world->diag));
    assert_messages(world, "r.csv: error: no rows below the header\n");
    path = world_write(world, "s.csv", "run\n1\n");
    assert_false(sample_points_read(&design, world->arena, path, &world->diag));
    assert_messages(world, "s.csv: error: the file holds no column of an input\n");
}

static void too_large_designs_are_refused(void **state)
{
    struct world *world = *state;
    struct unit_design unit;
    start_design(world, &unit, DESIGN_MAXIMIN, 2);
    assert_false(finish_design(world, &unit, 2, 2001, 1));
    assert_messages(world, "error: design 'maximin' is for at most 2000 runs "
                           "(latin-hypercube or sobol take any number)\n");
    start_design(world, &unit, DESIGN_GRID, 3);
    unit.inputs[0].n_levels = unit.inputs[1].n_levels = unit.inputs[2].n_levels = 100000;
    assert_false(finish_design(world, &unit, 3, 0, 1));
    assert_messages(world, "error: a grid of 1e+15 points is too large\n");
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        WORLD_TEST(distributions_have_their_moments),
        WORLD_TEST(difficult_beta_distributions_have_their_moments),
        WORLD_TEST(quantiles_invert_the_distribution_functions),
        WORLD_TEST(cut_distributions_stay_within_their_ends),
        WORLD_TEST(points_depend_on_their_number_and_the_seed_alone),
        WORLD_TEST(monte_carlo_is_even_and_independent),
        WORLD_TEST(latin_hypercubes_fill_every_stratum_once),
        WORLD_TEST(maximin_keeps_points_apart),
        WORLD_TEST(sobol_sequences_fill_space_evenly),
        WORLD_TEST(grids_hold_every_combination_once),
        WORLD_TEST(grid_levels_follow_the_distribution),
        WORLD_TEST(rank_correlation_is_as_asked),
        WORLD_TEST(correlations_that_cannot_be_are_refused),
        WORLD_TEST(given_points_are_taken_as_they_are),
        WORLD_TEST(too_large_designs_are_refused),
    };
    return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
