// Every model and scenario file that is shipped: its checks pass without a warning, the fixed-step
// method agrees with an adaptive one of high order, and half the step changes no metric by more
// than 1 %. The files come as arguments, so a new one is tested by being there.
#include "unit/support.h"

#include "analysis/check.h"
#include "analysis/study.h"
#include "model/time.h"

#include <stdio.h>
#include <string.h>

static const char *const *files; // [n_files], from the command line
static int n_files;

static struct study *run_file(struct world *world, const char *path,
                              const struct case_options *options)
{
    struct study *study = study_read(world->arena, &path, 1, options, world->units, &world->diag);
    if (!study || !study_check(study, NULL, 0, &world->diag) ||
        !study_run(study, NULL, &world->diag))
        fail_msg("%s: %s", path, world_messages(world));
    return study;
}

static void test_checks_pass(void **state)
{
    struct world *world = *state;
    const struct case_options options = {.time = time_spec_empty()};
    for (int i = 0; i < n_files; i++) {
        struct check_report report = {0};
        if (!check_file(world->arena, files[i], &options, world->units, NULL, &report,
                        &world->diag))
            fail_msg("%s: %s", files[i], world_messages(world));
        assert_true(report.count > 0);
        for (size_t k = 0; k < report.count; k++)
            if (report.items[k].status != CHECK_PASS)
                fail_msg("%s: %s: %s", files[i], report.items[k].name, report.items[k].detail);
    }
}

// The largest difference of two courses of a variable, relative to its largest value.
static double difference(const struct series *a, const struct series *b, int column)
{
    double largest = 0, size = 0;
    for (long save = 0; save < a->n_saves; save++) {
        double x = series_at(a, column, save), y = series_at(b, column, save);
        if (isnan(x) && isnan(y))
            continue;
        largest = fmax(largest, isfinite(x - y) ? fabs(x - y) : INFINITY);
        size = fmax(size, fabs(x));
    }
    return size > 0 ? largest / size : largest;
}

// Stocks are what a method integrates; what is computed from them, differences above all, can carry
// a multiple of their error.
static double tolerance(const struct model *model, const char *cell)
{
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        size_t length = strlen(variable->name);
        if (strncmp(cell, variable->name, length) == 0 &&
            (cell[length] == '\0' || cell[length] == '['))
            return variable->kind == VARIABLE_STOCK ? 1e-6 : 5e-6;
    }
    return 1e-6;
}

static void test_adaptive_method_agrees(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < n_files; i++) {
        struct case_options fixed = {.time = time_spec_empty()}, adaptive = fixed;
        fixed.time.save_every = adaptive.time.save_every = 1.0;
        adaptive.time.method = "rk8pd";
        adaptive.time.tolerance = 1e-10;
        struct study *a = run_file(world, files[i], &fixed);
        struct study *b = run_file(world, files[i], &adaptive);
        for (int c = 0; c < a->n_cases; c++) {
            const struct series *course = a->cases[c].simulation->series;
            const struct model *model = a->cases[c].source.model;
            assert_string_equal(a->cases[c].source.model->time.method, "rk4");
            assert_int_equal(course->n_saves, b->cases[c].simulation->series->n_saves);
            for (int column = 0; column < course->n_variables; column++) {
                double error = difference(course, b->cases[c].simulation->series, column);
                if (!(error <= tolerance(model, course->names[column])))
                    fail_msg("%s: '%s' of %s differs by %g between rk4 and rk8pd", files[i],
                             course->names[column], a->cases[c].source.label, error);
            }
        }
    }
}

static void test_half_the_step(void **state)
{
    const double rounding = 1e-12; // of metrics that are 0 but for it
    struct world *world = *state;
    for (int i = 0; i < n_files; i++) {
        struct case_options options = {.time = time_spec_empty()};
        struct study *a = run_file(world, files[i], &options);
        options.time.step = a->cases[0].source.model->time.step / 2;
        options.time.save_every = 1.0;
        struct study *b = run_file(world, files[i], &options);
        assert_true(a->summary.count > 0);
        assert_int_equal(a->summary.count, b->summary.count);
        for (size_t k = 0; k < a->summary.count; k++) {
            double x = a->summary.items[k].value, y = b->summary.items[k].value;
            double allowed = fmax(0.01 * fmax(fabs(x), fabs(y)), rounding);
            if (isnan(x) != isnan(y) || fabs(x - y) > allowed)
                fail_msg("%s: %s of %s is %g, with half the step %g", files[i],
                         a->summary.items[k].metric, a->summary.items[k].model, x, y);
        }
    }
}

int main(int count, char **arguments)
{
    files = (const char *const *)arguments + 1;
    n_files = count - 1;
    if (!n_files) {
        fprintf(stderr, "name the model and scenario files\n");
        return 2;
    }
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_checks_pass),
        WORLD_TEST(test_adaptive_method_agrees),
        WORLD_TEST(test_half_the_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
