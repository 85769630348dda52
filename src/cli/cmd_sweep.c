// Stage: command line. `kantelpunt sweep`: many runs over a design.
#include "analysis/sweep/sweep_ranks.h"
#include "cli/command.h"
#include "cli/results.h"
#include "cli/show_study.h"
#include "cli/sweep_progress.h"

#include "base/array.h"
#include "base/file.h"
#include "model/time.h"
#include "report/sweep_charts.h"
#include "result/wording.h"

#include <math.h>

static int print_plan(struct session *session, const struct sweep *sweep)
{
    double n = (double)sweep_n_runs(sweep), block = sweep_block_seconds(sweep);
    int ranks = ranks_count(), threads = ranks > 1 ? 1 : sweep_n_threads(sweep);
    char buffer[32];
    const struct sweep_case *first = &sweep->cases[0];
    printf("runs: %.0f (%llu points under %d case%s)\n", n,
           (unsigned long long)sweep->design.n_points, sweep->n_cases,
           sweep->n_cases == 1 ? "" : "s");
    printf("design: %s over %d input%s, seed %llu\n", design_kind_name(sweep->design.kind),
           sweep->design.n_inputs, sweep->design.n_inputs == 1 ? "" : "s",
           (unsigned long long)sweep->seed);
    printf("method: %s, %ld steps, kernel %s\n", first->method->name,
           time_spec_n_steps(&first->program->time), sweep->kernel->name);
    printf("time: about %s on %d %s%s (%.3g ms a run)\n",
           progress_duration(block / SWEEP_BLOCK * n / (threads * ranks), buffer, sizeof buffer),
           threads * ranks, ranks > 1 ? "rank" : "thread", threads * ranks == 1 ? "" : "s",
           1e3 * block / SWEEP_BLOCK);
    printf("disk: about %s of tables", bytes_in_words(session->arena, sweep_table_bytes(sweep)));
    if (sweep->n_kept)
        printf(", at most %s of series", bytes_in_words(session->arena, sweep_series_bytes(sweep)));
    printf("\n");
    return session_finish(session);
}

static void print_endings(const struct sweep_files *files)
{
    uint64_t n = files->n_runs_done;
    const char *separator = ":";
    printf("%llu run%s", (unsigned long long)n, n == 1 ? "" : "s");
    for (int i = 0; i < N_RUN_ENDS; i++) {
        if (!files->n_ends[i])
            continue;
        printf("%s %llu %s", separator, (unsigned long long)files->n_ends[i],
               run_end_name((enum run_end)i));
        separator = ",";
    }
    printf("\n");
    double error = sweep_files_band_error(files);
    if (error > 0)
        printf("quantiles in bands.csv are within %.2g %% of the runs of the exact rank\n",
               100 * error);
}

// The share of the runs of a case in which a metric has no value, in percent.
static const char *missing_share(struct arena *arena, const double *values, long n)
{
    long n_missing = 0;
    for (long i = 0; i < n; i++)
        n_missing += !isfinite(values[i]);
    return n_missing ? arena_format(arena, "%.3g %%", 100.0 * (double)n_missing / (double)n) : "-";
}

static void add_summary_row(struct session *session, const struct sweep *sweep,
                            const struct sweep_table *table, int index, int metric,
                            struct text_table *summary)
{
    static const double shares[] = {0.05, 0.5, 0.95};
    struct arena *arena = session->arena;
    double *values = ARENA_NEW_ARRAY(arena, double, table->n_rows);
    long n = 0;
    for (long row = 0; row < table->n_rows; row++)
        if (table->case_index[row] == index)
            values[n++] = table->metrics[metric][row];
    if (sweep->n_cases > 1)
        table_add(summary, sweep->cases[index].source.label);
    table_add(summary, sweep->metric_names[metric]);
    for (size_t i = 0; i < ARRAY_COUNT(shares); i++) {
        const struct summary_row row = {.unit = sweep->metric_units[metric],
                                        .value = column_quantile(values, n, shares[i])};
        table_add(summary, study_value_for_people(session, &row));
    }
    table_add(summary, missing_share(arena, values, n));
    table_add(summary, sweep->metric_units[metric]);
}

// How each metric spreads over the runs of each case.
static void print_summary(struct session *session, const struct sweep *sweep,
                          const struct sweep_table *table)
{
    static const char *const headers[] = {"run",  "metric", "5 %", "median",
                                          "95 %", "empty",  "unit"};
    struct text_table summary;
    size_t first = sweep->n_cases > 1 ? 0 : 1;
    table_init(&summary, session->arena, (int)(ARRAY_COUNT(headers) - first));
    for (size_t i = first; i < ARRAY_COUNT(headers); i++)
        table_add(&summary, headers[i]);
    for (int i = 0; i < sweep->n_cases; i++)
        for (size_t k = 0; k < sweep->cases[i].metrics.count; k++)
            add_summary_row(session, sweep, table, i, sweep->cases[i].metric_column[k], &summary);
    table_print(&summary, stdout);
}

static void draw(struct session *session, const struct sweep *sweep,
                 const struct sweep_files *files, const struct sweep_table *table)
{
    struct chart_context context = results_chart_context(session, files->folder, files->id);
    sweep_charts(&context, sweep, table, files->n_runs_done - files->n_ends[RUN_COMPLETE]);
}

// Charts and summary, from all runs or, of very many, every second, third ...
static void show_results(struct session *session, const struct sweep *sweep,
                         const struct sweep_files *files)
{
    enum { MAX_TABLE_ROWS = 200000 };
    const struct options *options = &session->options;
    struct sweep_table table;
    if (options->no_charts && options->quiet)
        return;
    if (!sweep_table_read(&table, session->arena, sweep, files->folder, MAX_TABLE_ROWS,
                          &session->diag))
        return;
    if (!options->no_charts && chart_has_gnuplot(&session->diag))
        draw(session, sweep, files, &table);
    if (options->quiet)
        return;
    print_endings(files);
    print_summary(session, sweep, &table);
    fprintf(stderr, "results in %s\n", files->folder);
}

// Everything after the reading, on rank 0.
static int lead(struct session *session, const struct sweep *sweep)
{
    const struct options *options = &session->options;
    terminal_flush(&session->terminal, &session->diag);
    if (options->dry_run) {
        ranks_dismiss();
        return print_plan(session, sweep);
    }
    const char *folder = results_folder(session, sweep->scenario->name);
    struct sweep_files files;
    double started = progress_now();
    bool is_open = sweep_files_open(&files, session->arena, sweep, folder,
                                    session_command_line(session), options->resume, &session->diag);
    if (!is_open)
        ranks_dismiss();
    struct progress_line line = progress_start(session, &files);
    const struct sweep_watch watch = {session->cancel, progress_show, &line};
    bool is_complete = is_open && sweep_run(&files, &watch, &session->diag) &&
                       sweep_files_finish(&files, progress_now() - started, &session->diag);
    progress_end(&line);
    if (is_open && !is_complete) {
        sweep_files_close(&files, progress_now() - started, &session->diag);
        if (!options->quiet)
            fprintf(stderr, "stopped after %llu of %llu runs; --resume goes on from there\n",
                    (unsigned long long)files.n_runs_done, (unsigned long long)sweep_n_runs(sweep));
    }
    if (is_complete)
        show_results(session, sweep, &files);
    if (is_complete && files.n_runs_done && !files.n_ends[RUN_COMPLETE]) {
        diag_fail(&session->diag, FAULT_COMPUTATION, "none of the runs reached its end");
        diag_hint(&session->diag,
                  "%s/failed.csv lists them; kantelpunt run --from-sweep %s --run 1 "
                  "says more",
                  folder, folder);
    }
    return session_finish(session);
}

static int run(struct session *session)
{
    const struct options *options = &session->options;
    struct unit_system *units = session_wants_files(session, 1, 1) ? session_units(session) : NULL;
    const struct sweep_options sweep_options = {.cases = options->cases,
                                                .runs = options->runs,
                                                .design = options->design,
                                                .seed = options->seed,
                                                .has_seed = options->has_seed,
                                                .keep = options->keep,
                                                .n_keep = options->n_keep,
                                                .n_threads = options->n_threads,
                                                .kernel = options->kernel};
    struct sweep *sweep =
        units ? sweep_read(session->arena, options->files[0], &sweep_options, units, &session->diag)
              : NULL;
    if (ranks_self() > 0) {
        session->terminal.is_silent = ranks_follow(sweep, session->cancel, &session->diag);
        return session_finish(session);
    }
    if (sweep)
        return lead(session, sweep);
    ranks_dismiss();
    return session_finish(session);
}

const struct command command_sweep = {
    .name = "sweep",
    .bit = COMMAND_SWEEP,
    .usage = "sweep [OPTIONS] FILE",
    .summary = "many runs over a design: grid, Monte Carlo, Latin hypercube, Sobol, given points",
    .text = "Runs the scenario's models over the design in its group 'sweep' (see kantelpunt help\n"
            "designs) and streams inputs, metrics and quantiles over time to the results folder.\n"
            "An interrupted sweep goes on with --resume and ends with the same bytes.",
    .run = run,
};
