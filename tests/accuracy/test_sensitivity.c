// Indices of sensitivity against functions whose indices are known: Ishigami's, Sobol's g; and
// effects of linear functions. Whole runs: model files, designs, the engine, the estimators.
#include "unit/support.h"

#include "analysis/sweep/sensitivity.h"
#include "analysis/sweep/sweep.h"

#include <math.h>
#include <string.h>

// Runs a design over the model `body` with inputs `vary`; the results of metric `y`.
static struct sweep *read_design(struct world *world, const char *design, uint64_t runs,
                                 const char *vary, const char *body)
{
    world_write(world, "model.cfg", model_text(world, "start = 0; stop = 1; step = 1", body));
    const char *path = world_write(
        world, "scenario.cfg",
        quoted(world, arena_format(world->arena,
                                   "scenario: { name = 's'; models = ('model.cfg');"
                                   "  sweep: { seed = 3; vary: { %s };"
                                   "    metrics = ({ name = 'y'; expression = 'y AT 1'; }); }; };",
                                   vary)));
    const struct sweep_options options = {
        .cases = {.time = time_spec_empty()}, .runs = runs, .design = design};
    struct sweep *sweep = sweep_read(world->arena, path, &options, world->units, &world->diag);
    if (!sweep)
        fail_msg("%s", world_messages(world));
    return sweep;
}

static double *run_design(struct world *world, const struct sweep *sweep)
{
    double *f = ARENA_NEW_ARRAY(world->arena, double, sweep->design.n_points);
    struct sweep_worker *worker = sweep_worker_create(sweep);
    for (uint64_t index = 0; index < sweep_n_blocks(sweep); index++) {
        const struct sweep_block *block = sweep_compute(worker, index, NULL);
        memcpy(f + block->first_run - 1, block->metrics, (size_t)block->n_runs * sizeof *f);
    }
    sweep_worker_free(worker);
    return f;
}

static void assert_known(struct estimate estimate, double known, double error)
{
    assert_close(estimate.value, known, 0, error);
    assert_true(estimate.lower <= estimate.value && estimate.value <= estimate.upper);
    assert_true(known > estimate.lower - error && known < estimate.upper + error);
    assert_true(estimate.upper - estimate.lower < 10 * error);
}

static const char ishigami[] = "parameters: { a: { unit = '1'; value = 0.1; }; b: { unit = '1'; "
                               "value = 0.2; }; c: { unit = '1'; value = 0.3; }; };"
                               "auxiliaries: { y: { unit = '1'; equation = 'SIN(a) + 7 * SIN(b)^2 "
                               "+ 0.1 * c^4 * SIN(a)'; }; };";
static const char ishigami_inputs[] = "a: { min = -3.141592653589793; max = 3.141592653589793; };"
                                      "b: { min = -3.141592653589793; max = 3.141592653589793; };"
                                      "c: { min = -3.141592653589793; max = 3.141592653589793; };";

// Ishigami & Homma (1990) with a = 7, b = 0.1.
static void test_ishigami(void **state)
{
    struct world *world = *state;
    struct sweep *sweep = read_design(world, "saltelli", 5 * 8192, ishigami_inputs, ishigami);
    assert_int_equal(sweep->design.n_points, 5 * 8192);
    double *f = run_design(world, sweep);
    struct estimate first[3], total[3];
    sobol_indices(f, 8192, 3, 1, 0, first, total);
    const double pi4 = pow(acos(-1), 4), v1 = 0.5 * pow(1 + 0.1 * pi4 / 5, 2), v2 = 49.0 / 8;
    const double v13 = 0.01 * pi4 * pi4 * (1.0 / 18 - 1.0 / 50), v = v1 + v2 + v13;
    assert_close(v1 / v, 0.3139, 0, 1e-4); // as published
    assert_known(first[0], v1 / v, 0.01);
    assert_known(first[1], v2 / v, 0.01);
    assert_known(first[2], 0, 0.01);
    assert_known(total[0], (v1 + v13) / v, 0.01);
    assert_known(total[1], v2 / v, 0.01);
    assert_known(total[2], v13 / v, 0.01);
}

// Sobol's g with a = 0, 1, 4.5, 9, 99, 99 (Saltelli & Sobol 1995).
static void test_g_function(void **state)
{
    enum { N = 6, GROUPS = 4096 };
    static const double a[N] = {0, 1, 4.5, 9, 99, 99};
    struct world *world = *state;
    const char *inputs = "", *parameters = "", *product = "1";
    for (int i = 0; i < N; i++) {
        inputs = arena_format(world->arena, "%sx%d: { min = 0.0; max = 1.0; };", inputs, i);
        parameters =
            arena_format(world->arena, "%sx%d: { unit = '1'; value = 0.5; };", parameters, i);
        product = arena_format(world->arena, "%s * (ABS(4 * x%d - 2) + %g) / (1 + %g)", product, i,
                               a[i], a[i]);
    }
    const char *body = arena_format(
        world->arena, "parameters: { %s }; auxiliaries: { y: { unit = '1'; equation = '%s'; }; };",
        parameters, product);
    struct sweep *sweep = read_design(world, "saltelli", (N + 2) * GROUPS, inputs, body);
    double *f = run_design(world, sweep);
    struct estimate first[N], total[N];
    sobol_indices(f, GROUPS, N, 1, 0, first, total);
    double variance = 1;
    for (int i = 0; i < N; i++)
        variance *= 1 + 1 / (3 * (1 + a[i]) * (1 + a[i]));
    for (int i = 0; i < N; i++) {
        double part = 1 / (3 * (1 + a[i]) * (1 + a[i]));
        assert_known(first[i], part / (variance - 1), i < 2 ? 0.02 : 0.005);
        assert_known(total[i], part * variance / (1 + part) / (variance - 1), i < 2 ? 0.02 : 0.005);
    }
}

// Above 20 inputs the samples come from a Latin hypercube.
static void test_many_inputs(void **state)
{
    enum { N = 24, GROUPS = 2048 };
    struct world *world = *state;
    const char *inputs = "", *parameters = "", *sum = "0";
    for (int i = 0; i < N; i++) {
        inputs = arena_format(world->arena, "%sx%d: { min = 0.0; max = 1.0; };", inputs, i);
        parameters =
            arena_format(world->arena, "%sx%d: { unit = '1'; value = 0.5; };", parameters, i);
        sum = arena_format(world->arena, "%s + %d * x%d", sum, i % 3, i);
    }
    struct sweep *sweep = read_design(
        world, "saltelli", (N + 2) * GROUPS, inputs,
        arena_format(world->arena,
                     "parameters: { %s }; auxiliaries: { y: { unit = '1'; equation = '%s'; }; };",
                     parameters, sum));
    struct estimate first[N], total[N];
    sobol_indices(run_design(world, sweep), GROUPS, N, 1, 0, first, total);
    for (int i = 0; i < N; i++) { // a third each of weights 0, 1, 2: variances 0, 1, 4
        double known = (double)(i % 3 * (i % 3)) / (8 * 5);
        assert_close(total[i].value, known, 0, 0.015);
        assert_close(first[i].value, known, 0, 0.03);
    }
}

static void test_failed_runs_do_not_poison(void **state)
{
    struct world *world = *state;
    struct sweep *sweep = read_design(world, "saltelli", 5 * 4096, ishigami_inputs, ishigami);
    double *f = run_design(world, sweep);
    for (long i = 0; i < 5 * 4096; i += 37) // each hurts one group, or one input of it
        f[i] = i % 2 ? NAN : INFINITY;
    struct estimate first[3], total[3];
    sobol_indices(f, 4096, 3, 1, 0, first, total);
    assert_close(first[1].value, 0.4424, 0, 0.03);
    assert_close(total[0].value, 0.5576, 0, 0.03);
    assert_true(isfinite(total[2].lower) && isfinite(total[2].upper));
    for (long i = 0; i < 5 * 4096; i++)
        f[i] = NAN;
    sobol_indices(f, 4096, 3, 1, 0, first, total);
    assert_true(isnan(first[0].value) && isnan(total[2].upper));
}

static void test_threads_do_not_matter(void **state)
{
    struct world *world = *state;
    struct sweep *sweep = read_design(world, "saltelli", 5 * 64, ishigami_inputs, ishigami);
    double *f = run_design(world, sweep);
    struct estimate one[6], three[6];
    sobol_indices(f, 64, 3, 1, 1, one, one + 3);
    sobol_indices(f, 64, 3, 1, 3, three, three + 3);
    assert_memory_equal(one, three, sizeof one);
}

static void test_what_does_not_vary(void **state)
{
    struct world *world = *state;
    double f[5 * 8];
    struct estimate first[3], total[3];
    (void)world;
    for (size_t i = 0; i < ARRAY_COUNT(f); i++)
        f[i] = 1.0 / 3;
    sobol_indices(f, 8, 3, 1, 1, first, total);
    assert_true(isnan(first[0].value) && isnan(total[2].value));
}

// Of a linear function all effects of an input are its slope over the range; of a product of two
// inputs they depend on the other one.
static void test_morris(void **state)
{
    struct world *world = *state;
    struct sweep *sweep = read_design(
        world, "morris", 5 * 200,
        "a: { min = 0.0; max = 2.0; }; b: { min = 1.0; max = 5.0; };"
        "c: { min = -1.0; max = 1.0; }; d: { min = 0.0; max = 1.0; };",
        "parameters: { a: { unit = '1'; value = 1; }; b: { unit = '1'; value = 1; }; c: { unit = "
        "'1'; value = 0; };"
        "              d: { unit = '1'; value = 0; }; };"
        "auxiliaries: { y: { unit = '1'; equation = '3 * a - 2 * b + 4 * c * d'; }; };");
    assert_int_equal(sweep->design.n_points, 1000);
    struct morris_effect effects[4];
    morris_effects(run_design(world, sweep), &sweep->design, effects);
    assert_close(effects[0].mean.value, 6, 1e-12, 0);
    assert_close(effects[0].mean_size.value, 6, 1e-12, 0);
    assert_close(effects[0].deviation.value, 0, 0, 1e-12);
    assert_close(effects[1].mean.value, -8, 1e-12, 0);
    assert_close(effects[1].mean_size.upper, 8, 1e-12, 0);
    // 8 d with d at the middles of quarters: mean 4; 4 c with c between -1 and 1: mean 0, size 2.
    assert_close(effects[2].mean.value, 4, 0, 0.4);
    assert_close(effects[3].mean.value, 0, 0, 0.4);
    assert_close(effects[3].mean_size.value, 2, 0, 0.2);
    assert_true(effects[3].deviation.lower > 1.5);
}

// Each trajectory moves one input after the other, each once, by half its range.
static void test_morris_trajectories(void **state)
{
    struct world *world = *state;
    struct sweep *sweep = read_design(world, "morris", 4 * 50, ishigami_inputs, ishigami);
    struct sampler *sampler = sampler_create(&sweep->design);
    double before[3] = {0}, now[3];
    bool has_moved[3] = {false};
    for (uint64_t point = 0; point < sweep->design.n_points; point++) {
        sampler_take_unit(sampler, point, now);
        int n_moved = 0;
        for (int k = 0; k < 3; k++) {
            if (point % 4 == 0) {
                has_moved[k] = false;
            } else if (now[k] != before[k]) {
                assert_false(has_moved[k]);
                assert_close(fabs(now[k] - before[k]), 0.5, 1e-15, 0);
                has_moved[k] = true;
                n_moved++;
            }
            before[k] = now[k];
        }
        assert_int_equal(n_moved, point % 4 ? 1 : 0);
    }
    sampler_free(sampler);
}

static void test_one_at_a_time(void **state)
{
    struct world *world = *state;
    struct sweep *sweep = read_design(
        world, "one-at-a-time", 0,
        "a: { min = 0.0; max = 2.0; }; b: { distribution = 'normal'; mean = 0; sd = 1; };",
        "parameters: { a: { unit = '1'; value = 1; }; b: { unit = '1'; value = 10; }; };"
        "auxiliaries: { y: { unit = '1'; equation = '3 * a - 2 * b'; }; };");
    assert_int_equal(sweep->design.n_points, 5);
    const double *f = run_design(world, sweep);
    const double known[] = {-17, -20, -14, 3 + 2 * 1.6448536269514722, 3 - 2 * 1.6448536269514722};
    for (int i = 0; i < 5; i++)
        assert_close(f[i], known[i], 1e-9, 0);
}

// Without `vary`, and of a bare model, every parameter with a range is an input.
static void test_ranges_of_a_bare_model(void **state)
{
    struct world *world = *state;
    const char *path = world_write(
        world, "bare.cfg",
        model_text(world, NULL,
                   "dimensions: { d = ['p', 'q']; };"
                   "parameters: { a: { unit = '1'; value = 1; range = (0.0, 2.0); }; b: { unit = "
                   "'1'; value = 3; };"
                   "  c: { unit = '1'; value = (1, 2); dimensions = ['d']; range = (0, 5); }; };"
                   "stocks: { s: { unit = '1'; initial = 'a + SUM(c[*])'; }; };"));
    const struct sweep_options options = {.cases = {.time = time_spec_empty()},
                                          .design = "one-at-a-time"};
    struct sweep *sweep = sweep_read(world->arena, path, &options, world->units, &world->diag);
    if (!sweep)
        fail_msg("%s", world_messages(world));
    assert_int_equal(sweep->design.n_inputs, 3);
    assert_string_equal(sweep->design.inputs[2].name, "c[q]");
    assert_close(run_design(world, sweep)[6], 1 + 1 + 5, 1e-15, 0);
}

static void test_what_is_refused(void **state)
{
    struct world *world = *state;
    const struct sweep_options few = {
        .cases = {.time = time_spec_empty()}, .runs = 9, .design = "saltelli"};
    const char *path =
        world_write(world, "bare.cfg",
                    model_text(world, NULL,
                               "parameters: { a: { unit = '1'; value = 1; range = (0.0, 2.0); };"
                               "  b: { unit = '1'; value = 1; range = (0.0, 2.0); }; c: { unit = "
                               "'1'; value = 1; range = (0.0, 2.0); }; };"
                               "stocks: { s: { unit = '1'; initial = 'a'; }; };"));
    assert_null(sweep_read(world->arena, path, &few, world->units, &world->diag));
    assert_messages(world, "bare.cfg: error: design 'saltelli' over 3 inputs needs at least 10 "
                           "runs\n");
    path = world_write(
        world, "bound.cfg",
        quoted(world,
               "scenario: { name = 's'; models = ('bare.cfg'); sweep: { vary: { a: { }; b: { }; };"
               " correlations = ({ a = 'a'; b = 'b'; rho = 0.5; }); }; };"));
    const struct sweep_options bound = {.cases = {.time = time_spec_empty()}, .design = "morris"};
    assert_null(sweep_read(world->arena, path, &bound, world->units, &world->diag));
    assert_messages(world, "bound.cfg:1: error: design 'morris' needs inputs that do not depend on "
                           "each other\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_ishigami),
        WORLD_TEST(test_g_function),
        WORLD_TEST(test_many_inputs),
        WORLD_TEST(test_failed_runs_do_not_poison),
        WORLD_TEST(test_threads_do_not_matter),
        WORLD_TEST(test_what_does_not_vary),
        WORLD_TEST(test_morris),
        WORLD_TEST(test_morris_trajectories),
        WORLD_TEST(test_one_at_a_time),
        WORLD_TEST(test_ranges_of_a_bare_model),
        WORLD_TEST(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
