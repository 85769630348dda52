// Accuracy: systems with known solutions, by every method. Methods of fixed step must show their
// order of convergence, adaptive ones must keep to their tolerance, and the stiff one must get
// through systems that defeat the others.
#include "unit/support.h"

#include <string.h>

struct system {
    const char *name;
    const char *body;
    const char *variable;
    double (*solution)(double time);
};

static double decay_solution(double t)
{
    return 3 * exp(-0.7 * t);
}

static double logistic_solution(double t)
{
    return 10 / (1 + 9 * exp(-1.3 * t)); // from 1 to a capacity of 10 at rate 1.3
}

static double oscillator_solution(double t)
{
    return cos(t);
}

// x' = -x + sin(2 t) + t from x = 2.
static double forced_solution(double t)
{
    return (sin(2 * t) - 2 * cos(2 * t)) / 5 + t - 1 + (2 + 0.4 + 1) * exp(-t);
}

static const struct system systems[] = {
    {"decay",
     "stocks: { x: { unit = '1'; initial = 3; outflows = 'f'; }; };"
     "flows: { f: { unit = '1/year'; equation = '0.7 * x / unity'; }; };",
     "x", decay_solution},
    {"logistic",
     "stocks: { x: { unit = '1'; initial = 1; inflows = 'f'; }; };"
     "flows: { f: { unit = '1/year'; equation = '1.3 * x * (1 - x / 10) / unity'; }; };",
     "x", logistic_solution},
    {"oscillator",
     "stocks: { x: { unit = '1'; initial = 1; inflows = 'f'; };"
     "  y: { unit = '1'; initial = 0; outflows = 'g'; }; };"
     "flows: { f: { unit = '1/year'; equation = 'y / unity'; };"
     "  g: { unit = '1/year'; equation = 'x / unity'; }; };",
     "x", oscillator_solution},
    {"forced",
     "stocks: { x: { unit = '1'; initial = 2; inflows = 'f'; }; };"
     "flows: { f: { unit = '1/year'; equation = '(-x + SIN(2 * t) + t) / unity'; }; };"
     "auxiliaries: { t: { unit = '1'; equation = 'TIME / unity'; }; };",
     "x", forced_solution},
};

static const struct simulation *run(struct world *world, const char *time, const char *body)
{
    return world_run_body(world, time,
                          arena_format(world->arena,
                                       "%s parameters: { unity: { value = 1; unit = 'year'; }; };",
                                       body));
}

// The largest error over the run in steps of 1 / `steps_per_unit`.
static double error_of(struct world *world, const struct system *system, const char *method,
                       int steps_per_unit, double tolerance)
{
    const char *time = arena_format(
        world->arena, "start = 0; stop = 5; step = %.17g; method = '%s'; tolerance = %.17g;",
        1.0 / steps_per_unit, method, tolerance);
    const struct simulation *simulation = run(world, time, system->body);
    const struct series *series = simulation->series;
    double largest = 0;
    int column = series_find(series, system->variable);
    for (long save = 0; save < series->n_saves; save++)
        largest = fmax(
            largest, fabs(series_at(series, column, save) - system->solution(series->times[save])));
    return largest;
}

static void methods_converge_with_their_order(void **state)
{
    for (int m = 0; m < n_methods; m++) {
        if (methods[m]->is_adaptive)
            continue;
        for (size_t i = 0; i < ARRAY_COUNT(systems); i++) {
            // Fine enough for the leading term to rule, coarse enough for rounding not to.
            int n = methods[m]->order == 1 ? 256 : 32;
            double coarse = error_of(*state, &systems[i], methods[m]->name, n, 1);
            double fine = error_of(*state, &systems[i], methods[m]->name, 2 * n, 1);
            double order = log2(coarse / fine);
            print_message("%-10s %-5s errors %.2e, %.2e: order %.3f\n", systems[i].name,
                          methods[m]->name, coarse, fine, order);
            assert_close(order, methods[m]->order, 0, 0.1);
        }
    }
}

static void adaptive_methods_keep_to_their_tolerance(void **state)
{
    static const double tolerances[] = {1e-6, 1e-9, 1e-11};
    for (int m = 0; m < n_methods; m++) {
        if (!methods[m]->is_adaptive)
            continue;
        // GSL holds the error of each step, not of the run; those of the multistep method add up.
        double allowed = strcmp(methods[m]->name, "msbdf") == 0 ? 1000 : 10;
        for (size_t i = 0; i < ARRAY_COUNT(systems); i++)
            for (size_t k = 0; k < ARRAY_COUNT(tolerances); k++) {
                double error = error_of(*state, &systems[i], methods[m]->name, 2, tolerances[k]);
                print_message("%-10s %-5s at %.0e: error %.2e\n", systems[i].name, methods[m]->name,
                              tolerances[k], error);
                assert_true(error <= allowed * tolerances[k]);
            }
    }
}

// Robertson's chemical reaction; values at 40 from Hairer & Wanner (1996), IV.10.
static void msbdf_solves_the_robertson_problem(void **state)
{
    const struct simulation *simulation =
        run(*state, "start = 0; stop = 40; step = 1; method = 'msbdf'; tolerance = 1e-10;",
            "stocks: { a: { unit = '1'; initial = 1; outflows = 'ab'; inflows = 'ba'; };"
            "  b: { unit = '1'; initial = 0; inflows = 'ab'; outflows = ('ba', 'bc'); };"
            "  c: { unit = '1'; initial = 0; inflows = 'bc'; }; };"
            "flows: { ab: { unit = '1/year'; equation = '0.04 * a / unity'; };"
            "  ba: { unit = '1/year'; equation = '1e4 * b * c / unity'; };"
            "  bc: { unit = '1/year'; equation = '3e7 * b ^ 2 / unity'; }; };");
    assert_close(last_value(simulation, "a"), 0.7158270687, 1e-6, 0);
    assert_close(last_value(simulation, "b"), 9.185534765e-6, 1e-6, 0);
    assert_close(last_value(simulation, "c"), 0.2841637457, 1e-6, 0);
}

// Van der Pol's oscillator with mu = 1000; values at 2000 from the Test Set for IVP Solvers (Mazzia
// & Magherini 2008), problem vdpol, in unscaled time.
static void msbdf_solves_a_stiff_oscillator(void **state)
{
    const struct simulation *simulation =
        run(*state, "start = 0; stop = 2000; step = 4; method = 'msbdf'; tolerance = 1e-9;",
            "stocks: { x: { unit = '1'; initial = 2; inflows = 'f'; };"
            "  y: { unit = '1'; initial = 0; inflows = 'g'; }; };"
            "flows: { f: { unit = '1/year'; equation = 'y / unity'; };"
            "  g: { unit = '1/year'; equation = '(1000 * (1 - x ^ 2) * y - x) / unity'; }; };");
    assert_close(last_value(simulation, "x"), 1.706167732170483, 1e-4, 0);
    assert_close(last_value(simulation, "y"), -0.8928097010247975e-3, 1e-4, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(methods_converge_with_their_order),
        WORLD_TEST(adaptive_methods_keep_to_their_tolerance),
        WORLD_TEST(msbdf_solves_the_robertson_problem),
        WORLD_TEST(msbdf_solves_a_stiff_oscillator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
