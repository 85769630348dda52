// Sweeps: the same bytes whatever the processor, the number of lanes and threads, and however often
// they were interrupted; what is refused, and why.
#include "unit/support.h"

#include "analysis/sweep/sweep_manifest.h"
#include "analysis/sweep/sweep_run.h"
#include "analysis/sweep/sweep_table.h"
#include "base/file.h"

#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_RUNS = 300 };

// Runs with a rate above 0.1 reach infinity before time 10; the others must not notice.
static const char model_body[] =
    "name = 'growth';"
    "parameters: { rate: { value = 0.05; unit = '1/year'; };"
    "              decay: { value = 0.3; unit = '1/year'; range = (0.1, 0.5); }; };"
    "tables: { effect: { points = ((0.0, 1.0), (1.0, 1.3), (5.0, 0.4)); }; };"
    "stocks: { x: { unit = '1'; initial = '1'; inflows = ('grow'); };"
    "          y: { unit = '1'; initial = '2'; inflows = ('gain'); outflows = ('loss'); }; };"
    "inputs: { support: { unit = '1/year'; default = 0.0; }; };"
    "flows: { grow: { unit = '1/year'; equation = 'rate * x^2'; };"
    "         gain: { unit = '1/year'; equation = 'decay * EXP(-decay * TIME) + support + noise'; "
    "};"
    "         loss: { unit = '1/year'; equation = 'decay * y * effect(DELAY1(y, 1))'; }; };"
    "auxiliaries: { noise: { unit = '1/year'; equation = 'NORMAL(0, 0.01) * decay'; };"
    "               both: { unit = '1'; equation = 'y + LN(x)'; }; };";

static const char design_body[] =
    "runs = 300; design = 'latin-hypercube'; seed = 3;"
    "vary: { rate: { min = 0.0; max = 0.13; };"
    "        decay: { distribution = 'lognormal'; median = 0.3; sigma = 0.5; };"
    "        support: { scale = (0.5, 2.0); }; };"
    "metrics: ( { name = 'last'; expression = 'y AT 10'; },"
    "           { name = 'top'; expression = 'MAX(both)'; },"
    "           { name = 'when'; expression = 'TIME WHEN y > 2.5'; },"
    "           { name = 'whole'; expression = 'INTEGRAL(y) / 10'; } );"
    "bands: { variables = ('y', 'both'); every = 0.75; };";

static const char *write_scenario(struct world *world, const char *name, const char *sweep_body)
{
    world_write(world, "growth.cfg",
                model_text(world,
                           "start = 0.0; stop = 10.0; step = 0.125; method = 'rk4';"
                           " unit = 'year';",
                           model_body));
    return world_write(
        world, arena_format(world->arena, "%s.cfg", name),
        quoted(world, arena_format(world->arena,
                                   "scenario: { name = '%s'; models = ('growth.cfg');"
                                   "funding: ( { stream = 'support'; from = 2.0; until = 5.0;"
                                   " amount = 0.5; shape = 'taper'; } );"
                                   "sweep: { %s }; };",
                                   name, sweep_body)));
}

static struct sweep_options options_for(const char *kernel, const char *method, int n_threads)
{
    struct sweep_options options = {.kernel = kernel, .n_threads = n_threads};
    options.cases.time = time_spec_empty();
    options.cases.time.method = method;
    return options;
}

static struct sweep *read_sweep(struct world *world, const char *path,
                                const struct sweep_options *options)
{
    struct sweep *sweep = sweep_read(world->arena, path, options, world->units, &world->diag);
    assert_messages(world, "");
    assert_non_null(sweep);
    return sweep;
}

static struct sweep *usual_sweep(struct world *world, const struct sweep_options *options)
{
    return read_sweep(world, write_scenario(world, "usual", design_body), options);
}

// All runs with `kernel`: metrics [n_metrics][n_runs] and endings [n_runs].
struct outcome {
    double *metrics;
    struct run_ending *endings;
};

static struct outcome compute_all(struct world *world, const struct sweep *sweep)
{
    uint64_t n = sweep_n_runs(sweep);
    struct outcome outcome = {ARENA_NEW_ARRAY(world->arena, double, n *(uint64_t)sweep->n_metrics),
                              ARENA_NEW_ARRAY(world->arena, struct run_ending, n)};
    struct sweep_worker *worker = sweep_worker_create(sweep);
    // Backwards: the order of blocks must not matter.
    for (uint64_t i = sweep_n_blocks(sweep); i-- > 0;) {
        const struct sweep_block *block = sweep_compute(worker, i, NULL);
        for (int place = 0; place < block->n_runs; place++) {
            uint64_t run = block->first_run - 1 + (uint64_t)place;
            outcome.endings[run] = block->endings[place];
            for (int m = 0; m < sweep->n_metrics; m++)
                outcome.metrics[(uint64_t)m * n + run] = block->metrics[m * SWEEP_BLOCK + place];
        }
    }
    sweep_worker_free(worker);
    return outcome;
}

static void check_same_outcome(const struct sweep *sweep, const struct outcome *a,
                               const struct outcome *b)
{
    uint64_t n = sweep_n_runs(sweep);
    for (uint64_t i = 0; i < n * (uint64_t)sweep->n_metrics; i++)
        assert_same_bits(a->metrics[i], b->metrics[i]);
    for (uint64_t i = 0; i < n; i++) {
        assert_int_equal(a->endings[i].end, b->endings[i].end);
        assert_int_equal(a->endings[i].state, b->endings[i].state);
        assert_same_bits(a->endings[i].time, b->endings[i].time);
    }
}

static const char *const method_names[] = {"euler", "rk2", "rk4", "rkf45"};

static void kernels_of_any_width_give_the_same_bits(void **state)
{
    static const char *const kernels[] = {"avx2", "avx512"};
    struct world *world = *state;
    for (size_t m = 0; m < ARRAY_COUNT(method_names); m++) {
        struct sweep_options options = options_for("generic", method_names[m], 1);
        struct sweep *sweep = usual_sweep(world, &options);
        struct outcome expected = compute_all(world, sweep);
        int n_failed = 0;
        for (int i = 0; i < N_RUNS; i++)
            n_failed += expected.endings[i].end != RUN_COMPLETE;
        assert_true(n_failed > 20 && n_failed < N_RUNS - 20);
        for (size_t i = 0; i < ARRAY_COUNT(kernels); i++) {
            options.kernel = kernels[i];
            if (!kernel_find(kernels[i]))
                continue;
            struct outcome found = compute_all(world, usual_sweep(world, &options));
            check_same_outcome(sweep, &expected, &found);
        }
    }
}

// What kantelpunt run --from-sweep does.
static void runs_alone_give_the_same_bits(void **state)
{
    struct world *world = *state;
    for (size_t m = 0; m < ARRAY_COUNT(method_names); m++) {
        struct sweep_options options = options_for(NULL, method_names[m], 1);
        const char *path = write_scenario(world, "usual", design_body);
        struct sweep *sweep = read_sweep(world, path, &options);
        struct outcome expected = compute_all(world, sweep);
        for (uint64_t run = 1; run <= N_RUNS; run += 7) {
            struct case_options alone = options.cases;
            sweep_settings_of(sweep, run, &alone.settings);
            alone.seed = sweep->seed;
            alone.random_run = run;
            struct study *study =
                study_read(world->arena, &path, 1, &alone, world->units, &world->diag);
            assert_non_null(study);
            study_run(study, NULL, &world->diag);
            world_messages(world); // some fail
            const struct simulation *simulation = study->cases[0].simulation;
            assert_int_equal(simulation->ending.end, expected.endings[run - 1].end);
            if (simulation->ending.end != RUN_COMPLETE)
                continue;
            const char *const names[] = {"y"};
            int y = 0;
            while (strcmp(simulation->series->names[y], names[0]) != 0)
                y++;
            assert_same_bits(series_at(simulation->series, y, simulation->series->n_saves - 1),
                             expected.metrics[run - 1]);
        }
    }
}

// A sweep into `folder` that is interrupted after `stop_after` blocks (0: never).
struct watcher {
    uint64_t stop_after;
    volatile sig_atomic_t cancel;
};

static void watch(void *context, const struct sweep_files *files)
{
    struct watcher *watcher = context;
    if (watcher->stop_after && files->n_blocks_done >= watcher->stop_after)
        watcher->cancel = 1;
}

static bool run_into(struct world *world, const struct sweep *sweep, const char *folder,
                     uint64_t stop_after, bool resume)
{
    struct sweep_files files;
    struct watcher watcher = {stop_after, 0};
    const struct sweep_watch sweep_watch = {&watcher.cancel, watch, &watcher};
    bool is_open =
        sweep_files_open(&files, world->arena, sweep, folder, "test", resume, &world->diag);
    bool is_complete = is_open && sweep_run(&files, &sweep_watch, &world->diag) &&
                       sweep_files_finish(&files, 1, &world->diag);
    if (is_open && !is_complete)
        sweep_files_close(&files, 1, &world->diag);
    return is_complete;
}

static const char *const result_names[] = {"design.csv", "metrics.csv", "failed.csv", "bands.csv",
                                           "ensemble.nc"};

static void check_same_files(struct world *world, const char *a, const char *b)
{
    for (size_t i = 0; i < ARRAY_COUNT(result_names); i++) {
        size_t length_a, length_b;
        const char *bytes_a = file_read(world->arena, path_join(world->arena, a, result_names[i]),
                                        1 << 28, &length_a, &world->diag);
        const char *bytes_b = file_read(world->arena, path_join(world->arena, b, result_names[i]),
                                        1 << 28, &length_b, &world->diag);
        assert_messages(world, "");
        if (length_a != length_b || memcmp(bytes_a, bytes_b, length_a) != 0)
            fail_msg("%s differs between %s and %s", result_names[i], a, b);
    }
}

static struct sweep *kept_sweep(struct world *world, int n_threads)
{
    static const char *keep[] = {"y", "x"};
    struct sweep_options options = options_for(NULL, NULL, n_threads);
    options.keep = keep;
    options.n_keep = 2;
    options.cases.time.save_every = 3; // does not divide 10
    return usual_sweep(world, &options);
}

static const char *undisturbed(struct world *world)
{
    const char *folder = world_path(world, "whole");
    assert_true(run_into(world, kept_sweep(world, 1), folder, 0, false));
    assert_messages(world, "");
    return folder;
}

static void threads_write_the_same_bytes(void **state)
{
    struct world *world = *state;
    const char *whole = undisturbed(world);
    for (int n_threads = 2; n_threads <= 7; n_threads++) {
        const char *folder = world_path(world, "threads");
        assert_true(run_into(world, kept_sweep(world, n_threads), folder, 0, false));
        check_same_files(world, whole, folder);
    }
}

static void interrupted_sweeps_resume_to_the_same_bytes(void **state)
{
    struct world *world = *state;
    const char *whole = undisturbed(world);
    for (uint64_t stop = 1; stop <= 5; stop++) {
        const char *folder =
            arena_format(world->arena, "%s-%d", world_path(world, "cut"), (int)stop);
        struct sweep *sweep = kept_sweep(world, 2);
        bool is_complete = run_into(world, sweep, folder, stop, false);
        assert_messages(world, "");
        if (!is_complete)
            assert_true(run_into(world, sweep, folder, 0, true));
        check_same_files(world, whole, folder);
        assert_true(run_into(world, sweep, folder, 0, true)); // complete already: fine
    }
}

static long file_size(const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return -1;
    fseek(stream, 0, SEEK_END);
    long size = ftell(stream);
    fclose(stream);
    return size;
}

// What kill -9 or a full disk leave: files of any length up to what was written.
static void torn_files_resume_to_the_same_bytes(void **state)
{
    static const char *const parts[] = {"design.csv.part", "metrics.csv.part", "failed.csv.part",
                                        "bands.log", "ensemble.part"};
    struct world *world = *state;
    const char *whole = undisturbed(world);
    struct sweep *sweep = kept_sweep(world, 1);
    uint64_t random = 17;
    for (int round = 0; round < 25; round++) {
        const char *folder = arena_format(world->arena, "%s-%d", world_path(world, "torn"), round);
        assert_false(run_into(world, sweep, folder, 1 + next_random(&random) % 4, false));
        for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
            const char *path = path_join(world->arena, folder, parts[i]);
            long size = file_size(path);
            assert_true(size >= 0);
            if (next_random(&random) % 3 != 0)
                assert_int_equal(
                    truncate(path, (off_t)(next_random(&random) % (uint64_t)(size + 1))), 0);
        }
        assert_true(run_into(world, sweep, folder, 0, true));
        assert_messages(world, "");
        check_same_files(world, whole, folder);
    }
}

static void move(struct world *world, const char *folder, const char *from, const char *to)
{
    assert_int_equal(
        rename(path_join(world->arena, folder, from), path_join(world->arena, folder, to)), 0);
}

// Killed between two of the renamings at the end.
static void sweeps_stopped_in_the_midst_of_finishing_lose_nothing(void **state)
{
    struct world *world = *state;
    const char *whole = undisturbed(world), *folder = world_path(world, "late");
    struct sweep *sweep = kept_sweep(world, 1);
    assert_false(run_into(world, sweep, folder, 4, false));
    move(world, folder, "design.csv.part", "design.csv");
    struct sweep_files files;
    assert_true(sweep_files_open(&files, world->arena, sweep, folder, "test", true, &world->diag));
    assert_int_equal(files.n_blocks_done, 4);
    sweep_files_close(&files, 0, &world->diag);
    assert_true(run_into(world, sweep, folder, 0, true));
    check_same_files(world, whole, folder);
}

static void folders_of_others_are_refused(void **state)
{
    struct world *world = *state;
    const char *folder = world_path(world, "taken");
    struct sweep *sweep = kept_sweep(world, 1);
    assert_false(run_into(world, sweep, world_path(world, "none"), 0, true));
    assert_messages(world, "error: nothing to resume: there is no sweep in 'none'\n");
    assert_false(run_into(world, sweep, folder, 2, false));
    assert_false(run_into(world, sweep, folder, 0, false));
    assert_messages(world,
                    "error: the folder 'taken' holds an unfinished sweep (go on with it with "
                    "--resume, or choose another folder with -o)\n");
    struct sweep_options options = options_for(NULL, NULL, 1);
    options.seed = 4;
    options.has_seed = true;
    assert_false(run_into(world, usual_sweep(world, &options), folder, 0, true));
    assert_messages(world, "error: the folder 'taken' holds another sweep: it has 'seed: 3', this "
                           "one 'seed: 4' (choose another folder with -o, or remove that one)\n");
    options = options_for(NULL, NULL, 1);
    assert_false(run_into(world, usual_sweep(world, &options), folder, 0, true));
    assert_messages(world,
                    "error: the folder 'taken' holds another sweep: it has 'series: y every 24 "
                    "steps', this one '' (choose another folder with -o, or remove that one)\n");
    world_write(world, "taken/manifest.json", "{}");
    assert_false(run_into(world, sweep, folder, 0, true));
    assert_messages(world, "taken/manifest.json: error: this is not the manifest of a sweep\n");
}

static void bands_are_quantiles_of_the_runs(void **state)
{
    struct world *world = *state;
    struct sweep *sweep = kept_sweep(world, 2);
    const char *folder = world_path(world, "bands");
    assert_true(run_into(world, sweep, folder, 0, false));
    struct sweep_table table;
    assert_true(sweep_table_read(&table, world->arena, sweep, folder, N_RUNS, &world->diag));
    size_t length;
    const char *text = file_read(world->arena, path_join(world->arena, folder, "bands.csv"),
                                 1 << 20, &length, &world->diag);
    // y at its last time, 10, is the metric "last".
    for (int q = 0; q < sweep->n_quantiles; q++) {
        const char *row =
            strstr(text, arena_format(world->arena, "\r\ny,10,%.10g,", sweep->quantiles[q]));
        assert_non_null(row);
        double value = strtod(
            strrchr(arena_copy_text(world->arena, row + 2, strcspn(row + 2, "\r")), ',') + 1, NULL);
        assert_close(value, column_quantile(table.metrics[0], N_RUNS, sweep->quantiles[q]), 1e-14,
                     0);
    }
}

// A part of the runs must stand for all: every second point of a Sobol sequence would not.
static void a_part_of_the_runs_stands_for_all(void **state)
{
    struct world *world = *state;
    const char *path = write_scenario(
        world, "sobol", "runs = 4000; vary: { rate: { min = 0.0; max = 1e-3; }; decay: {}; };");
    struct sweep_options options = options_for(NULL, "euler", 1);
    struct sweep *sweep = read_sweep(world, path, &options);
    const char *folder = world_path(world, "sobol");
    assert_true(run_into(world, sweep, folder, 0, false));
    for (long most = 400; most <= 2000; most += 400) {
        struct sweep_table table;
        assert_true(sweep_table_read(&table, world->arena, sweep, folder, most, &world->diag));
        assert_true(table.n_rows > most / 2 && table.n_rows <= most);
        assert_close(column_quantile(table.inputs[1], table.n_rows, 0.5), 0.3, 0, 0.03);
        assert_close(column_quantile(table.inputs[0], table.n_rows, 0.9), 0.9e-3, 0, 0.06e-3);
    }
}

static void every_case_gets_the_same_points(void **state)
{
    struct world *world = *state;
    write_scenario(world, "other", "vary: { rate: {}; };");
    const char *path = write_scenario(
        world, "both", arena_format(world->arena, "%s scenarios = ('other.cfg');", design_body));
    struct sweep_options options = options_for(NULL, NULL, 1);
    struct sweep *sweep = read_sweep(world, path, &options);
    assert_int_equal(sweep_n_runs(sweep), 2 * N_RUNS);
    struct sweep_worker *worker = sweep_worker_create(sweep);
    double first[3 * SWEEP_BLOCK];
    uint64_t per_case = sweep_n_blocks(sweep) / 2;
    for (uint64_t i = 0; i < per_case; i++) {
        memcpy(first, sweep_compute(worker, i, NULL)->inputs, sizeof first);
        const struct sweep_block *block = sweep_compute(worker, per_case + i, NULL);
        assert_int_equal(block->case_index, 1);
        assert_int_equal(block->first_run, N_RUNS + i * SWEEP_BLOCK + 1);
        for (int k = 0; k < 3; k++)
            for (int place = 0; place < block->n_runs; place++)
                assert_same_bits(block->inputs[k * SWEEP_BLOCK + place],
                                 first[k * SWEEP_BLOCK + place]);
    }
    sweep_worker_free(worker);
}

// A bound of the error must be stated, and hold.
static void streamed_quantiles_keep_their_promise(void **state)
{
    struct world *world = *state;
    static const size_t budgets[] = {1 << 14, 1 << 16, 1 << 24};
    enum { N = 100000, STREAMS = 3 };
    for (size_t b = 0; b < ARRAY_COUNT(budgets); b++) {
        struct quantile_set *set = quantile_set_create(world->arena, STREAMS, N, budgets[b]);
        double *values = ARENA_NEW_ARRAY(world->arena, double, N);
        uint64_t random = 5;
        for (int i = 0; i < N; i++) {
            double u = (double)(next_random(&random) >> 11) * 0x1p-53;
            const double row[STREAMS] = {u, i, i % 10 ? -i : NAN};
            values[i] = u;
            quantile_set_take(set, row, 1);
        }
        struct weighted *buffer =
            ARENA_NEW_ARRAY(world->arena, struct weighted, quantile_set_room(set));
        double error = quantile_set_error(set);
        assert_true(b == 2 ? error == 0 : error > 0 && error < (b ? 0.02 : 0.1));
        for (double q = 0.01; q < 1; q += 0.07) {
            size_t n = quantile_set_collect(set, 1, buffer);
            assert_true(fabs(quantile_of(buffer, n, q) / N - q) <= error + 1e-5);
            n = quantile_set_collect(set, 0, buffer);
            double found = quantile_of(buffer, n, q);
            long below = 0;
            for (int i = 0; i < N; i++)
                below += values[i] < found;
            assert_true(fabs((double)below / N - q) <= error + 1e-4);
            n = quantile_set_collect(set, 2, buffer);
            assert_true(fabs(quantile_of(buffer, n, q) / N + 1 - q) <= error / 0.9 + 1e-4);
        }
    }
}

static void wrong_designs_are_explained(void **state)
{
    static const struct text_case cases[] = {
        {"runs = 10;",
         "bad.cfg:1: error: the sweep varies nothing (vary: { price_gap: { min = 0.1; "
         "max = 0.3; }; };)\n"},
        {"vary: { rte: {}; };", "bad.cfg:1: error: unknown name 'rte' (did you mean 'rate'?)\n"},
        {"vary: { x: {}; };",
         "bad.cfg:1: error: 'x' is computed by an equation; only parameters and funding can be "
         "varied\n"},
        {"vary: { support: { min = 1.0; max = 2.0; }; };",
         "bad.cfg:1: error: 'support' is set by a schedule; only parameters and funding can be "
         "varied (vary its height: support: { scale = (0.0, 2.0); })\n"},
        {"vary: { rate: {}; };",
         "bad.cfg:1: error: 'rate': a uniform distribution needs 'min' and 'max'\n"},
        {"vary: { rate: { min = 2.0; max = 1.0; }; };",
         "bad.cfg:1: error: 'rate': a uniform distribution needs its 'min' below its 'max'\n"},
        {"vary: { rate: { distribution = 'loguniform'; min = 0.0; max = 1.0; }; };",
         "bad.cfg:1: error: 'rate': a loguniform distribution needs 'min' above 0\n"},
        {"vary: { rate: { distribution = 'normal'; mean = 1.0; }; };",
         "bad.cfg:1: error: 'rate': a normal distribution needs 'mean' and an 'sd' above 0\n"},
        {"vary: { rate: { distribution = 'normal'; mean = 0.0; sd = 1.0; min = 50.0; }; };",
         "bad.cfg:1: error: 'rate': a normal distribution has nothing left between its 'min' and "
         "'max'\n"},
        {"vary: { rate: { distribution = 'lognormal'; median = 1.0; }; };",
         "bad.cfg:1: error: 'rate': a lognormal distribution needs 'median' and 'sigma', or 'mean' "
         "and 'sd', all above 0\n"},
        {"vary: { rate: { distribution = 'triangular'; min = 0.0; mode = 3.0; max = 1.0; }; };",
         "bad.cfg:1: error: 'rate': a triangular distribution needs a 'mode' between its 'min' and "
         "'max'\n"},
        {"vary: { rate: { distribution = 'beta'; alpha = 1.0; }; };",
         "bad.cfg:1: error: 'rate': a beta distribution needs 'alpha' and 'beta' above 0\n"},
        {"vary: { rate: { distribution = 'discrete'; }; };",
         "bad.cfg:1: error: 'rate': a discrete distribution needs 'values'\n"},
        {"vary: { rate: { values = (1.0, 2.0); weights = (0.0, 0.0); }; };",
         "bad.cfg:1: error: 'rate': a discrete distribution needs a weight above 0\n"},
        {"vary: { rate: { values = (1.0, 2.0); weights = (-1.0, 2.0); }; };",
         "bad.cfg:1: error: 'rate': a discrete distribution needs weights from 0\n"},
        {"vary: { rate: { values = (1.0, 2.0); weights = (1.0, 2.0, 3.0); }; };",
         "bad.cfg:1: error: 3 weights for 2 values\n"},
        {"vary: { rate: { distribution = 'unifrom'; }; };",
         "bad.cfg:1: error: unknown distribution 'unifrom' (did you mean 'uniform'?)\n"},
        {"vary: { rate: { distribution = 'zipf'; }; };",
         "bad.cfg:1: error: unknown distribution 'zipf' (one of uniform, loguniform, normal, "
         "lognormal, triangular, pert, beta, discrete)\n"},
        {"vary: { rate: { minimum = 0.0; }; };",
         "bad.cfg:1: error: unknown key 'minimum' in entry of 'vary'\n"},
        {"vary: { rate: { min = 0.0; mx = 1.0; }; };",
         "bad.cfg:1: error: unknown key 'mx' in entry of 'vary' (did you mean 'max'?)\n"},
        {"vary: { rate: { scale = (1.0, 2.0, 3.0); }; };",
         "bad.cfg:1: error: 'scale' must be two numbers, the lower one first, or true\n"},
        {"vary: { decay: { levels = 0.5; }; };",
         "bad.cfg:1: error: 'levels' must be a whole number from 1\n"},
        {"vary = ( { name = 'decay'; }, { name = 'decay'; } );",
         "bad.cfg:1: error: 'decay' is varied twice\n"},
        {"vary = ( { min = 0.0; } );", "bad.cfg:1: error: an entry of 'vary' has no 'name'\n"},
        {"runs = 0; vary: { decay: {}; };",
         "bad.cfg:1: error: 'runs' must be a whole number from 1 to 1e+12\n"},
        {"runs = -5; vary: { decay: {}; };",
         "bad.cfg:1: error: 'runs' must be a whole number from 1 to 1e+12\n"},
        {"runs = 1e15; vary: { decay: {}; };",
         "bad.cfg:1: error: 'runs' must be a whole number from 1 to 1e+12\n"},
        {"runs = 2.5; vary: { decay: {}; };",
         "bad.cfg:1: error: 'runs' must be a whole number from 1 to 1e+12\n"},
        {"seed = -1; vary: { decay: {}; };",
         "bad.cfg:1: error: 'seed' must be a whole number from 0\n"},
        {"design = 'sobl'; vary: { decay: {}; };",
         "bad.cfg:1: error: unknown design 'sobl' (did you mean 'sobol'?)\n"},
        {"design = 'points';", "bad.cfg:1: error: design 'points' needs points = \"file.csv\"\n"},
        {"design = 'maximin'; runs = 5000; vary: { decay: {}; };",
         "bad.cfg:1: error: design 'maximin' is for at most 2000 runs (latin-hypercube or sobol "
         "take "
         "any number)\n"},
        {"vary: { decay: {}; }; correlations = ( { a = 'decay'; b = 'rate'; rho = 0.5; } );",
         "bad.cfg:1: error: 'rate' is not varied\n"},
        {"vary: { decay: {}; }; correlations = ( { a = 'decay'; b = 'rate'; rho = 1.5; } );",
         "bad.cfg:1: error: rho is 1.5; it must lie between -1 and 1\n"},
        {"vary: { decay: {}; }; correlations: { };",
         "bad.cfg:1: error: 'correlations' must be a list ( { a = \"x\"; b = \"y\"; rho = 0.5; } "
         ")\n"},
        {"vary: { decay: {}; }; bands: { variables = ('bth'); };",
         "bad.cfg:1: error: unknown name 'bth' (did you mean 'both'?)\n"},
        {"vary: { decay: {}; }; bands: { variables = ('y'); every = 0.01; };",
         "bad.cfg:1: error: 'every' of the bands is 0.01; it must be at least one step, 0.125\n"},
        {"vary: { decay: {}; }; bands: { variables = ('y'); quantiles = (0.5, 0.1); };",
         "bad.cfg:1: error: quantiles must rise and lie between 0 and 1\n"},
        {"vary: { decay: {}; }; scenarios = ('nowhere.cfg');",
         "bad.cfg:1: error: there is no scenario file 'nowhere.cfg'\n"},
        {"vary: { decay: {}; }; metrics: ( { name = 'm'; expression = 'bth AT 3'; } );",
         "bad.cfg:1: error: unknown name 'bth' [bth] (did you mean 'both'?)\n"},
        {"rums = 3; vary: { decay: {}; };",
         "bad.cfg:1: error: unknown key 'rums' in 'sweep' (did you mean 'runs'?)\n"},
    };
    struct world *world = *state;
    struct sweep_options options = options_for(NULL, NULL, 1);
    int n_wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *path = write_scenario(world, "bad", cases[i].text);
        struct sweep *sweep = sweep_read(world->arena, path, &options, world->units, &world->diag);
        const char *messages = world_messages(world);
        if (sweep || strcmp(messages, cases[i].messages) != 0) {
            print_message("%s\n  %s  instead of\n  %s", cases[i].text, messages, cases[i].messages);
            n_wrong++;
        }
    }
    assert_int_equal(n_wrong, 0);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        WORLD_TEST(kernels_of_any_width_give_the_same_bits),
        WORLD_TEST(runs_alone_give_the_same_bits),
        WORLD_TEST(threads_write_the_same_bytes),
        WORLD_TEST(interrupted_sweeps_resume_to_the_same_bytes),
        WORLD_TEST(torn_files_resume_to_the_same_bytes),
        WORLD_TEST(sweeps_stopped_in_the_midst_of_finishing_lose_nothing),
        WORLD_TEST(folders_of_others_are_refused),
        WORLD_TEST(bands_are_quantiles_of_the_runs),
        WORLD_TEST(a_part_of_the_runs_stands_for_all),
        WORLD_TEST(every_case_gets_the_same_points),
        WORLD_TEST(streamed_quantiles_keep_their_promise),
        WORLD_TEST(wrong_designs_are_explained),
    };
    return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
