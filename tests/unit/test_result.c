// result/: metrics over the course of runs, tables on disk, manifests.
#include "unit/support.h"

#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"

// x climbs by 2 a year from -3, y is a wave, p and v are a parameter and an array.
static const char some_model[] =
    "parameters: { p: { value = 4; unit = '1'; };"
    "  v: { value = [1, 2]; unit = '1'; dimensions = ['d']; }; };"
    "dimensions: { d = ['a', 'b']; };"
    "stocks: { x: { unit = 'person'; initial = -3; inflows = 'climb'; }; };"
    "flows: { climb: { unit = 'person/year'; equation = '2'; }; };"
    "auxiliaries: { y: { unit = '1'; equation = 'curve(TIME / DT * 0.5)'; };"
    "  jump: { unit = '1'; equation = 'STEP(1, 3)'; };"
    "  flat: { unit = '1'; equation = '1'; }; };"
    "tables: { curve: { points = ((0, 0), (1, 4), (2, -2), (3, 4)); }; };";

// A metric of some_model, bound and gathered.
struct gathered {
    struct metric_list metrics;
    struct simulation *simulation;
};

static struct metric *bind_metric(struct world *world, struct gathered *gathered,
                                  const struct metric_run *runs, int n_runs, const char *text)
{
    const struct metric_spec spec = {.name = "metric",
                                     .expression = {.file = "m.cfg", .line = 7, .excerpt = text}};
    struct metric *metric = &ARRAY_PUSH(world->arena, &gathered->metrics);
    return metric_bind(metric, &spec, runs, n_runs, &world->diag) ? metric : NULL;
}

static struct model *read_model(struct world *world)
{
    const char *text =
        model_text(world, "start = 0; stop = 10; step = 0.5; method = 'rk4';", some_model);
    return model_read(world->arena, world_write(world, "model.cfg", text), world->units,
                      &world->diag);
}

static double metric_of(struct world *world, const char *text)
{
    struct gathered gathered = {0};
    const struct metric_run run = {.model = read_model(world)};
    const struct metric *metric = bind_metric(world, &gathered, &run, 1, text);
    assert_messages(world, "");
    assert_true(resolve_model(run.model, &world->diag));
    gathered.simulation =
        simulate(world->arena, run.model, NULL, &gathered.metrics, 0, NULL, &world->diag);
    assert_messages(world, "");
    return metric_value(metric, &gathered.simulation->gatherer, 0);
}

static void values_at_times_lie_on_straight_lines(void **state)
{
    assert_same_bits(metric_of(*state, "x AT 0"), -3);
    assert_same_bits(metric_of(*state, "x AT 10"), 17);
    assert_same_bits(metric_of(*state, "x AT STOPTIME"), 17);
    assert_same_bits(metric_of(*state, "x AT 2.5"), 2);
    assert_close(metric_of(*state, "x AT 2.6"), 2.2, 1e-12, 0);
    assert_close(metric_of(*state, "y AT 0.25"), 1, 1e-12, 0);
    assert_same_bits(metric_of(*state, "x AT 2 + 1 AT 3"), 2); // 1, constant
    assert_same_bits(metric_of(*state, "(x * 2) AT (1 + 1)"), 2);
    assert_same_bits(metric_of(*state, "x AT STOPTIME - 1"), 16);
}

static void extremes_are_taken_over_all_steps(void **state)
{
    assert_same_bits(metric_of(*state, "MAX(x)"), 17);
    assert_same_bits(metric_of(*state, "MIN(x)"), -3);
    assert_same_bits(metric_of(*state, "MAX(y)"), 4);
    assert_same_bits(metric_of(*state, "MIN(y)"), -2);
    assert_same_bits(metric_of(*state, "MAX(y - 3 * flat)"), 1);
}

static void integrals_follow_the_method_of_the_run(void **state)
{
    assert_close(metric_of(*state, "INTEGRAL(x)"), 70, 1e-12, 0);
    assert_close(metric_of(*state, "MEAN(x)"), 7, 1e-12, 0);
    assert_close(metric_of(*state, "INTEGRAL(flat)"), 10, 1e-12, 0);
    assert_close(metric_of(*state, "MEAN(flat * 3)"), 3, 1e-12, 0);
    assert_close(metric_of(*state, "INTEGRAL(climb)"), 20, 1e-12, 0);
    assert_close(metric_of(*state, "INTEGRAL(x * x)"), (17.0 * 17 * 17 + 27) / 6, 1e-12, 0);
}

static void a_sum_that_is_not_finite_does_not_end_the_run(void **state)
{
    assert_true(!isfinite(metric_of(*state, "INTEGRAL(1 / (TIME - 5))")));
}

static void crossings_lie_on_straight_lines(void **state)
{
    assert_close(metric_of(*state, "TIME WHEN x > 0"), 1.5, 1e-12, 0);
    assert_close(metric_of(*state, "TIME WHEN x >= 0.5"), 1.75, 1e-12, 0);
    assert_close(metric_of(*state, "TIME WHEN 1 < x"), 2, 1e-12, 0);
    assert_close(metric_of(*state, "TIME WHEN y < 0"), 1 + 4.0 / 6, 1e-12, 0);
    assert_same_bits(metric_of(*state, "TIME WHEN x < 0"), 0); // from the start
    assert_same_bits(metric_of(*state, "TIME WHEN x > 2 * p"), 5.5);
    assert_true(isnan(metric_of(*state, "TIME WHEN x > 17"))); // never
    assert_true(isnan(metric_of(*state, "TIME WHEN flat > 1")));
    assert_true(isnan(metric_of(*state, "1 + TIME WHEN x > 99")));
}

static void measures_may_be_combined(void **state)
{
    assert_same_bits(metric_of(*state, "x AT 10 - x AT 0"), 20);
    assert_same_bits(metric_of(*state, "MAX(x) / p + 1"), 5.25);
    assert_same_bits(metric_of(*state, "p ^ 2"), 16);
    assert_same_bits(metric_of(*state, "x AT 10 > 16 AND MIN(y) < 0"), 1);
    assert_same_bits(metric_of(*state, "NOT x AT 10 > 16"), 0);
    assert_same_bits(metric_of(*state, "MAX(x AT 1, x AT 2, p)"), 4);
    assert_same_bits(metric_of(*state, "SQRT(p) + ABS(x AT 0)"), 5);
    assert_same_bits(metric_of(*state, "IF MAX(x) > 10 THEN 1 ELSE 2"), 1);
    assert_same_bits(metric_of(*state, "SUM(v) AT 3 + v[b] AT 3"), 5);
    assert_same_bits(metric_of(*state, "STOPTIME - STARTTIME"), 10);
}

// What a wrong metric gets to hear, at binding or at resolving.
static const char *complaint(struct world *world, const char *text)
{
    struct gathered gathered = {0};
    const struct metric_run run = {.model = read_model(world)};
    if (bind_metric(world, &gathered, &run, 1, text))
        resolve_model(run.model, &world->diag);
    return world_messages(world);
}

static void wrong_metrics(void **state)
{
    static const struct text_case cases[] = {
        {"x", "m.cfg:7: error: 'x' changes over time: say when [x] "
              "(for example x AT 10, or MAX(x))\n"},
        {"TIME", "m.cfg:7: error: 'TIME' changes over time [TIME]\n"},
        {"x AT p", "m.cfg:7: error: the time after AT must be a number [p]\n"},
        {"SMTH1(x, 2)",
         "m.cfg:7: error: 'SMTH1' cannot stand in a metric [SMTH1(x, 2)] (metrics are x AT time, "
         "MAX(x), MIN(x), MEAN(x), INTEGRAL(x), TIME WHEN x > level, and arithmetic over them)\n"},
        {"nosuch(3)",
         "m.cfg:7: error: 'nosuch' cannot stand in a metric [nosuch(3)] (metrics are x AT time, "
         "MAX(x), MIN(x), MEAN(x), INTEGRAL(x), TIME WHEN x > level, and arithmetic over them)\n"},
        {"SQRT(1, 2)", "m.cfg:7: error: wrong number of arguments [SQRT(1, 2)] "
                       "(it is written SQRT(x))\n"},
        {"MAX(x AT 3)",
         "m.cfg:7: error: AT and TIME WHEN cannot stand inside another measure [x AT 3]\n"},
        {"(TIME WHEN x > 3) AT 4",
         "m.cfg:7: error: AT and TIME WHEN cannot stand inside another measure "
         "[(TIME WHEN x > 3)]\n"},
        {"MAX(xx)", "m.cfg:7: error: unknown name 'xx' [xx] (did you mean 'x'?)\n"},
        {"pp", "m.cfg:7: error: unknown name 'pp' [pp] (did you mean 'p'?)\n"},
        {"MAX(v)", "m.cfg:7: error: 'v' has one value for each element of 'd'; one value is needed "
                   "here [v] (add them with SUM(v[*]), or pick one with v[a])\n"},
        {"MAX(v[d])", "m.cfg:7: error: dimension 'd' means nothing here: name an element [d]\n"},
        {"MAX(x", "m.cfg:7: error: expected ')' or an operator, found the end of the equation [] "
                  "(the '(' at character 4 is never closed)\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_string_equal(complaint(*state, cases[i].text), cases[i].messages);
}

static void times_outside_the_run_have_no_value(void **state)
{
    static const char *const texts[] = {"x AT 10.2", "x AT -0.2", "x AT 1e300", "1 + x AT -1e300"};
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct gathered gathered = {0};
        const struct metric_run run = {.model = read_model(world)};
        const struct metric *metric = bind_metric(world, &gathered, &run, 1, texts[i]);
        assert_non_null(strstr(world_messages(world), "warning: time "));
        assert_true(resolve_model(run.model, &world->diag));
        gathered.simulation =
            simulate(world->arena, run.model, NULL, &gathered.metrics, 0, NULL, &world->diag);
        assert_true(isnan(metric_value(metric, &gathered.simulation->gatherer, 0)));
    }
}

static void units_of_metrics(void **state)
{
    static const char *const cases[][2] = {
        {"x AT 3", "person"},        {"MAX(x)", "person"},    {"INTEGRAL(climb)", "person"},
        {"TIME WHEN x > 3", "year"}, {"MAX(x) - MIN(x)", ""}, {"INTEGRAL(x)", "person.year"},
        {"(2 * x) AT 3", ""},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct gathered gathered = {0};
        const struct metric_run run = {.model = read_model(world)};
        assert_string_equal(bind_metric(world, &gathered, &run, 1, cases[i][0])->unit, cases[i][1]);
    }
}

static void metrics_may_look_at_several_runs(void **state)
{
    struct world *world = *state;
    struct gathered gathered = {0};
    const struct metric_run runs[] = {{"low", read_model(world)}, {"high", read_model(world)}};
    const struct metric *metric =
        bind_metric(world, &gathered, runs, 2, "high.x AT 10 - LOW.x AT 10 + high.p");
    struct gatherer *gatherers[2];
    assert_true(model_set(runs[1].model, &(struct setting){"climb", 5, {0}}, &world->diag));
    for (int i = 0; i < 2; i++) {
        assert_true(resolve_model(runs[i].model, &world->diag));
        gatherers[i] =
            simulate(world->arena, runs[i].model, NULL, &gathered.metrics, i, NULL, &world->diag)
                ->gatherer;
    }
    assert_messages(world, "");
    assert_close(metric_value(metric, gatherers, 0), 30 + 4, 1e-12, 0);
}

static void wrong_metrics_of_several_runs(void **state)
{
    static const struct text_case cases[] = {
        {"x AT 3", "m.cfg:7: error: 'x' does not say which run it is of [x] (write low.x)\n"},
        {"mid.x AT 3",
         "m.cfg:7: error: 'mid.x' does not say which run it is of [mid.x] (write low.mid.x)\n"},
        {"MAX(low.x - high.x)",
         "m.cfg:7: error: values of two runs in one expression over time [high.x] "
         "(take each at its time first: a.x AT 2040 - b.x AT 2040)\n"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct gathered gathered = {0};
        const struct metric_run runs[] = {{"low", read_model(world)}, {"high", read_model(world)}};
        assert_null(bind_metric(world, &gathered, runs, 2, cases[i].text));
        assert_messages(world, cases[i].messages);
    }
}

static void tables_read_back_to_the_same_bits(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = world_run_body(
        world, "start = 2025; stop = 2026; step = 0.1; method = 'rk4';",
        "dimensions: { d = ['p', 'q']; };"
        "stocks: { x: { unit = '1'; initial = '1 / 3'; inflows = 'f'; dimensions = 'd'; }; };"
        "flows: { f: { unit = '1/year'; equation = 'x * 0.37 / DT'; dimensions = 'd'; }; };");
    const char *path = world_path(world, "out.csv");
    struct csv_table table;
    assert_true(series_write_csv(simulation->series, path, 3, &world->diag));
    assert_true(csv_read(&table, world->arena, path, &world->diag));
    assert_string_equal(table.names[0], "time");
    assert_string_equal(table.names[1], "x[p]");
    assert_int_equal(table.n_columns, 5);
    assert_int_equal(table.n_rows, 11);
    for (long row = 0; row < table.n_rows; row++) {
        assert_same_bits(table.cells[row * 5], simulation->series->times[row]);
        for (int i = 0; i < 4; i++)
            assert_same_bits(table.cells[row * 5 + 1 + i], series_at(simulation->series, i, row));
    }
}

static struct summary some_summary(struct world *world)
{
    static const struct summary_row rows[] = {
        {"push", "core", "share", 0.25, "1"},    {"push", "core", "cost, total", 2e6, "euro"},
        {"pull", "core", "share", 1.0 / 3, "1"}, {"pull", "core", "when", NAN, "year"},
        {"", "bare", "share", INFINITY, "1"},
    };
    struct summary summary = {0};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        ARRAY_PUSH(world->arena, &summary) = rows[i];
    return summary;
}

static void summaries_are_written(void **state)
{
    struct world *world = *state;
    const struct summary summary = some_summary(world);
    const char *path = world_path(world, "summary.csv");
    assert_true(summary_write_csv(&summary, world->arena, path, &world->diag));
    assert_string_equal(file_read(world->arena, path, 10000, NULL, &world->diag),
                        "scenario,model,metric,value,unit\r\n"
                        "push,core,share,0.25,1\r\n"
                        "push,core,\"cost, total\",2000000,euro\r\n"
                        "pull,core,share,0.33333333333333331,1\r\n"
                        "pull,core,when,,year\r\n"
                        ",bare,share,inf,1\r\n");
    assert_true(summary_write_comparison(&summary, world->arena, path, &world->diag));
    assert_string_equal(file_read(world->arena, path, 10000, NULL, &world->diag),
                        "metric,unit,push.core,pull.core,bare\r\n"
                        "share,1,0.25,0.33333333333333331,inf\r\n"
                        "\"cost, total\",euro,2000000,,\r\n"
                        "when,year,,,\r\n");
    assert_same_bits(summary_find(&summary, world->arena, "pull.core", "share")->value, 1.0 / 3);
    assert_null(summary_find(&summary, world->arena, "pull.core", "cost, total"));
}

static const char *differences(struct world *world, const char *found, const char *wanted,
                               int expected)
{
    const char *path = world_path(world, "differences");
    FILE *stream = fopen(path, "w");
    assert_int_equal(summary_differences(world->arena, found, wanted, stream), expected);
    fclose(stream);
    return file_read(world->arena, path, 10000, NULL, &world->diag);
}

static void differences_are_named(void **state)
{
    struct world *world = *state;
    const char *wanted = "metric,unit,a,b\r\nshare,1,0.25,0.5\r\nwhen,year,,3\r\n";
    assert_string_equal(differences(world, wanted, wanted, 0), "");
    assert_string_equal(
        differences(world, "metric,unit,a,b\nshare,1,0.2500000000001,0.5\nwhen,year,,3.0\n", wanted,
                    0),
        ""); // nine digits count, and the ends of lines do not
    assert_string_equal(
        differences(world, "metric,unit,a,b\r\nshare,1,0.26,0.5\r\nwhen,year,2,3\r\n", wanted, 2),
        "share, a: 0.26, expected 0.25\nwhen, a: 2, expected \n");
    const char *shorter = "metric,unit,a,b\r\nshare,1,0.25,0.5\r\n";
    assert_string_equal(differences(world, shorter, wanted, 1), "when: this row is missing\n");
    assert_string_equal(differences(world, wanted, shorter, 1),
                        "when: a row that was not expected\n");
    assert_string_equal(differences(world, "metric,unit,a\r\n", "metric,unit,a,b\r\n", 1),
                        "metric, b: nothing, expected b\n");
}

static void hashes_are_sha_256(void **state)
{
    (void)state;
    char hash[HASH_TEXT_SIZE];
    hash_bytes("abc", 3, hash); // FIPS 180-2, B.1
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void manifests_have_an_id_of_what_was_asked(void **state)
{
    struct world *world = *state;
    const char *files[] = {world_write(world, "a.cfg", "one")};
    struct manifest_run runs[] = {{"s.m", "rk4", 0, 10, 0.5, "complete"}};
    struct manifest manifest = {.version = "1.0",
                                .command = "kantelpunt run 'a b.cfg'",
                                .files = files,
                                .n_files = 1,
                                .runs = runs,
                                .n_runs = 1};
    const char *id = manifest_id(&manifest, world->arena, &world->diag);
    manifest.wall_seconds = 5;
    assert_string_equal(manifest_id(&manifest, world->arena, &world->diag), id);
    manifest.seed = 1;
    assert_string_not_equal(manifest_id(&manifest, world->arena, &world->diag), id);
    manifest.seed = 0;
    world_write(world, "a.cfg", "two");
    assert_string_not_equal(manifest_id(&manifest, world->arena, &world->diag), id);
    assert_true(manifest_write(&manifest, world->arena, world->folder, &world->diag));
    const char *json =
        file_read(world->arena, world_path(world, "manifest.json"), 10000, NULL, &world->diag);
    assert_non_null(strstr(json, "\"command\": \"kantelpunt run 'a b.cfg'\""));
    assert_non_null(strstr(json, "\"complete\": 1"));
}

static void manifests_need_utf_8(void **state)
{
    struct world *world = *state;
    const struct manifest manifest = {.version = "1.0", .command = "run caf\xE9.cfg"};
    assert_false(manifest_write(&manifest, world->arena, world->folder, &world->diag));
    assert_int_equal(world->diag.fault, FAULT_ENVIRONMENT);
    assert_messages(world, "error: cannot write the manifest: a file name is not UTF-8\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(values_at_times_lie_on_straight_lines),
        WORLD_TEST(extremes_are_taken_over_all_steps),
        WORLD_TEST(integrals_follow_the_method_of_the_run),
        WORLD_TEST(a_sum_that_is_not_finite_does_not_end_the_run),
        WORLD_TEST(crossings_lie_on_straight_lines),
        WORLD_TEST(measures_may_be_combined),
        WORLD_TEST(wrong_metrics),
        WORLD_TEST(times_outside_the_run_have_no_value),
        WORLD_TEST(units_of_metrics),
        WORLD_TEST(metrics_may_look_at_several_runs),
        WORLD_TEST(wrong_metrics_of_several_runs),
        WORLD_TEST(tables_read_back_to_the_same_bits),
        WORLD_TEST(summaries_are_written),
        WORLD_TEST(differences_are_named),
        cmocka_unit_test(hashes_are_sha_256),
        WORLD_TEST(manifests_have_an_id_of_what_was_asked),
        WORLD_TEST(manifests_need_utf_8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
