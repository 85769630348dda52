// Fitting, against least squares by hand.
#include "unit/support.h"

#include "analysis/fit.h"

#include <gsl/gsl_errno.h>

static const char model_body[] =
    "parameters: { slope: { value = 0.0; unit = '1/year'; range = (-5.0, 5.0); };"
    "              twin: { value = 0.0; unit = '1/year'; range = (-5.0, 5.0); };"
    "              level: { value = 0.0; unit = '1'; range = (-9.0, 9.0); }; };"
    "stocks: { x: { unit = '1'; initial = 'level'; inflows = 'dx'; }; };"
    "flows: { dx: { unit = '1/year'; equation = 'slope + twin'; }; };";

// Fits what `vary` names to the points (0, 1), (1, 3), (2, 2), (3, 5), (4, 4).
static struct fit *fit_line(struct world *world, const char *vary, int n_threads)
{
    world_write(world, "line.cfg",
                model_text(world, "start = 0.0; stop = 4.0; step = 0.5;", model_body));
    world_write(world, "points.csv", "time,x\n0,1\n1,3\n2,2\n3,5\n4,4\n");
    const char *path = world_write(
        world, "fit.cfg",
        arena_format(world->arena,
                     "scenario: { models = ( \"line.cfg\" ); data: { x = \"points.csv\"; };"
                     "  fit: { starts = 64; vary: { %s }; }; };",
                     vary));
    const struct sweep_options options = {.cases = {.time = time_spec_empty()},
                                          .n_threads = n_threads};
    struct fit *fit = fit_read(world->arena, path, &options, world->units, &world->diag);
    if (fit)
        assert_true(fit_run(fit, NULL, &world->diag));
    assert_messages(world, "");
    assert_non_null(fit);
    return fit;
}

static void line_has_its_regression(void **state)
{
    const struct fit *fit = fit_line(*state, "slope: { }; level: { };", 1);
    const struct fit_parameter *slope = &fit->cases[0].parameters[0];
    const struct fit_parameter *level = &fit->cases[0].parameters[1];
    double t = 3.182446305284263;                      // Student's, 3 degrees of freedom, 97.5 %
    assert_close(fit->cases[0].sum, 3.6 / 2, 1e-9, 0); // the error is the spread, sqrt(2)
    assert_close(slope->value, 0.8, 1e-6, 0);
    assert_close(slope->upper, 0.8 + t * sqrt(0.12), 1e-5, 0);
    assert_close(slope->lower, 0.8 - t * sqrt(0.12), 1e-5, 0);
    assert_close(level->value, 1.4, 1e-6, 0);
    assert_close(level->upper, 1.4 + t * sqrt(0.72), 1e-5, 0);
    assert_string_equal(slope->unit, "1/year");
    assert_string_equal(fit_note(slope, LANGUAGE_EN), "");
    assert_int_equal(fit->cases[0].n_agreeing, fit->cases[0].n_searches);
}

static void quality_divides_as_theil_has_it(void **state)
{
    const struct fit *fit = fit_line(*state, "slope: { }; level: { };", 1);
    const struct fit_series *series = &fit->cases[0].series[0];
    assert_int_equal(series->n, 5);
    assert_close(series->rms_error, sqrt(0.72), 1e-6, 0);
    assert_close(series->r_squared, 0.64, 1e-6, 0);
    assert_close(series->bias, 0, 0, 1e-9);
    assert_close(series->variation, 0.08 / 0.72, 1e-5, 0);
    assert_close(series->covariation, 0.64 / 0.72, 1e-5, 0);
}

static void ends_hold(void **state)
{
    const struct fit *fit = fit_line(*state, "slope: { min = 1.0; max = 2.0; }; level: { };", 1);
    const struct fit_parameter *slope = &fit->cases[0].parameters[0];
    assert_close(slope->value, 1, 1e-4, 0);
    assert_true(slope->value >= 1);
    assert_true(slope->is_at_end);
    assert_string_equal(fit_note(slope, LANGUAGE_EN), "at the end of its range");
}

static void twins_are_not_told_apart(void **state)
{
    const struct fit *fit = fit_line(*state, "slope: { }; twin: { }; level: { };", 1);
    const struct fit_parameter *parameters = fit->cases[0].parameters;
    assert_close(parameters[0].value + parameters[1].value, 0.8, 1e-5, 0);
    for (int i = 0; i < 2; i++)
        assert_string_not_equal(fit_note(&parameters[i], LANGUAGE_EN), "");
    assert_string_equal(fit_note(&parameters[2], LANGUAGE_EN), "");
}

static void threads_change_nothing(void **state)
{
    const struct fit *one = fit_line(*state, "slope: { }; level: { };", 1);
    const struct fit *two = fit_line(*state, "slope: { }; level: { };", 2);
    for (int i = 0; i < 2; i++) {
        assert_true(one->cases[0].parameters[i].value == two->cases[0].parameters[i].value);
        assert_true(one->cases[0].parameters[i].upper == two->cases[0].parameters[i].upper);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        WORLD_TEST(line_has_its_regression),
        WORLD_TEST(quality_divides_as_theil_has_it),
        WORLD_TEST(ends_hold),
        WORLD_TEST(twins_are_not_told_apart),
        WORLD_TEST(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
