// Stage: command line. `kantelpunt sensitivity`: which uncertainties matter. Three sweeps, each in
// a folder of its own, then the indices of all of them.
#include "analysis/sweep/sensitivity.h"
#include "analysis/sweep/sweep_manifest.h"
#include "analysis/sweep/sweep_ranks.h"
#include "cli/command.h"
#include "cli/results.h"
#include "cli/show_study.h"
#include "cli/sweep_progress.h"

#include "base/array.h"
#include "base/file.h"
#include "report/sensitivity_charts.h"
#include "result/manifest.h"

#include <limits.h>
#include <math.h>
#include <string.h>

// The parts, quick ones first.
static const enum design_kind parts[] = {DESIGN_ONE_AT_A_TIME, DESIGN_MORRIS, DESIGN_SALTELLI};

enum { N_PARTS = ARRAY_COUNT(parts), MAX_SHOWN = 10 };

// All parts of one call.
struct assessment {
    struct session *session;
    const char *folder;
    struct sweep *sweeps[N_PARTS]; // NULL: not asked for
    struct sensitivity *sensitivity;
    struct sweep_table table; // of the latest part
    uint64_t n_ends[N_RUN_ENDS];
};

static bool is_wanted(const struct options *options, enum design_kind kind)
{
    return !options->design || strcmp(options->design, design_kind_name(kind)) == 0;
}

static bool check_design(struct session *session)
{
    struct nearest nearest = nearest_start(session->options.design ? session->options.design : "");
    for (size_t i = 0; i < N_PARTS; i++) {
        const char *name = design_kind_name(parts[i]);
        if (is_wanted(&session->options, parts[i]))
            return true;
        nearest_consider(&nearest, name, name);
    }
    diag_fail(&session->diag, FAULT_USAGE, "design '%s' gives no indices", session->options.design);
    if (nearest.best)
        diag_suggest(&session->diag, nearest.best);
    else
        diag_hint(&session->diag, "saltelli, morris or one-at-a-time; without --design, all three");
    return false;
}

// Reads all parts; false with errors.
static bool read_parts(struct assessment *assessment)
{
    struct session *session = assessment->session;
    const struct options *options = &session->options;
    struct unit_system *units = session_wants_files(session, 1, 1) ? session_units(session) : NULL;
    if (!units || !check_design(session))
        return false;
    for (size_t i = 0; i < N_PARTS; i++) {
        if (!is_wanted(options, parts[i]))
            continue;
        const struct sweep_options sweep_options = {
            .cases = options->cases,
            .runs = parts[i] == DESIGN_SALTELLI || options->design ? options->runs : 0,
            .design = design_kind_name(parts[i]),
            .seed = options->seed,
            .has_seed = options->has_seed,
            .n_threads = options->n_threads,
            .kernel = options->kernel};
        assessment->sweeps[i] =
            sweep_read(session->arena, options->files[0], &sweep_options, units, &session->diag);
        if (!assessment->sweeps[i])
            return false;
        if (!assessment->sensitivity)
            assessment->sensitivity = sensitivity_create(session->arena, assessment->sweeps[i]);
    }
    return true;
}

// Runs one part and reads its results back; false where it failed or was stopped.
static bool run_part(struct assessment *assessment, const struct sweep *sweep)
{
    struct session *session = assessment->session;
    const struct options *options = &session->options;
    const char *folder =
        path_join(session->arena, assessment->folder, design_kind_name(sweep->design.kind));
    struct sweep_files files;
    double started = progress_now();
    if (!sweep_files_open(&files, session->arena, sweep, folder, session_command_line(session),
                          options->resume, &session->diag)) {
        ranks_dismiss();
        return false;
    }
    struct progress_line line = progress_start(session, &files);
    const struct sweep_watch watch = {session->cancel, progress_show, &line};
    bool is_complete = sweep_run(&files, &watch, &session->diag) &&
                       sweep_files_finish(&files, progress_now() - started, &session->diag);
    progress_end(&line);
    if (!is_complete) {
        sweep_files_close(&files, progress_now() - started, &session->diag);
        if (!options->quiet)
            fprintf(stderr, "stopped after %llu of %llu runs; --resume goes on from there\n",
                    (unsigned long long)files.n_runs_done, (unsigned long long)sweep_n_runs(sweep));
        return false;
    }
    for (int i = 0; i < N_RUN_ENDS; i++)
        assessment->n_ends[i] += files.n_ends[i];
    assessment->sensitivity->n_runs += files.n_runs_done;
    assessment->sensitivity->n_failed += files.n_runs_done - files.n_ends[RUN_COMPLETE];
    if (!sweep_table_read(&assessment->table, session->arena, sweep, folder, LONG_MAX,
                          &session->diag))
        return false;
    sensitivity_add(assessment->sensitivity, sweep, &assessment->table);
    return true;
}

static const char *interval(struct session *session, struct estimate estimate)
{
    if (!isfinite(estimate.value))
        return "-";
    return arena_format(session->arena, "%.2f (%.2f, %.2f)", estimate.value, estimate.lower,
                        estimate.upper);
}

static const char *number(struct session *session, double value, const char *unit)
{
    const struct summary_row row = {.unit = unit, .value = value};
    return study_value_for_people(session, &row);
}

static void add_row(struct session *session, const struct sensitivity *sensitivity,
                    const struct sensitivity_row *row, struct text_table *table)
{
    const struct sweep *sweep = sensitivity->sweep;
    const char *unit = sweep->metric_units[row->metric];
    table_add(table, sweep->design.inputs[row->input].name);
    if (sensitivity->has_indices) {
        table_add(table, interval(session, row->total));
        table_add(table, interval(session, row->first));
    }
    if (sensitivity->has_effects) {
        table_add(table, number(session, row->effect.mean_size.value, ""));
        table_add(table, number(session, row->effect.deviation.value, ""));
    }
    if (sensitivity->has_ends) {
        table_add(table, number(session, row->low, unit));
        table_add(table, number(session, row->high, unit));
    }
}

// The most important inputs of one metric of one case.
static void print_ranking(struct session *session, const struct sensitivity *sensitivity,
                          int case_index, int metric)
{
    const struct sweep *sweep = sensitivity->sweep;
    int n = sweep->design.n_inputs, n_shown = n < MAX_SHOWN ? n : MAX_SHOWN;
    struct text_table table;
    table_init(
        &table, session->arena,
        1 + 2 * (sensitivity->has_indices + sensitivity->has_effects + sensitivity->has_ends));
    table_add(&table, "input");
    if (sensitivity->has_indices) {
        table_add(&table, "ST");
        table_add(&table, "S1");
    }
    if (sensitivity->has_effects) {
        table_add(&table, "mu*");
        table_add(&table, "sigma");
    }
    if (sensitivity->has_ends) {
        table_add(&table, "at low");
        table_add(&table, "at high");
    }
    const struct sensitivity_row **ranking = sensitivity_ranking(sensitivity, case_index, metric);
    for (int k = 0; k < n_shown; k++)
        add_row(session, sensitivity, ranking[k], &table);
    printf("\n%s%s%s\n", sweep->n_cases > 1 ? sweep->cases[case_index].source.label : "",
           sweep->n_cases > 1 ? ": " : "", sweep->metric_names[metric]);
    table_print(&table, stdout);
    if (n > n_shown)
        printf("and %d more, in sensitivity.csv\n", n - n_shown);
}

static void print_all(const struct assessment *assessment)
{
    struct session *session = assessment->session;
    const struct sensitivity *sensitivity = assessment->sensitivity;
    printf("%llu runs", (unsigned long long)sensitivity->n_runs);
    for (int i = 0, n = 0; i < N_RUN_ENDS; i++)
        if (assessment->n_ends[i])
            printf("%s %llu %s", n++ ? "," : ":", (unsigned long long)assessment->n_ends[i],
                   run_end_name((enum run_end)i));
    printf("\n");
    for (int c = 0; c < sensitivity->sweep->n_cases; c++)
        for (int m = 0; m < sensitivity->sweep->n_metrics; m++)
            print_ranking(session, sensitivity, c, m);
}

static json_t *estimate_json(struct estimate estimate)
{
    json_t *array = json_array();
    const double numbers[] = {estimate.value, estimate.lower, estimate.upper};
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
        json_array_append_new(array, results_number(numbers[i]));
    return array;
}

static void print_json(const struct sensitivity *sensitivity)
{
    const struct sweep *sweep = sensitivity->sweep;
    json_t *rows = json_array();
    for (int i = 0; i < sensitivity->n_rows; i++) {
        const struct sensitivity_row *row = &sensitivity->rows[i];
        json_t *object = json_pack(
            "{s:s, s:s, s:s}", "run", sweep->cases[row->case_index].source.label, "metric",
            sweep->metric_names[row->metric], "input", sweep->design.inputs[row->input].name);
        if (sensitivity->has_indices) {
            json_object_set_new(object, "S1", estimate_json(row->first));
            json_object_set_new(object, "ST", estimate_json(row->total));
        }
        if (sensitivity->has_effects) {
            json_object_set_new(object, "mu_star", estimate_json(row->effect.mean_size));
            json_object_set_new(object, "sigma", estimate_json(row->effect.deviation));
        }
        json_array_append_new(rows, object);
    }
    results_print_json(rows);
}

static struct manifest manifest_of(const struct assessment *assessment)
{
    const struct session *session = assessment->session;
    const struct sweep *sweep = assessment->sensitivity->sweep;
    struct manifest manifest = {.version = KANTELPUNT_VERSION,
                                .command = session_command_line(session),
                                .files = sweep->files.items,
                                .n_files = sweep->files.count,
                                .seed = sweep->seed,
                                .wall_seconds = session_seconds(session)};
    manifest.runs = ARENA_NEW_ARRAY(session->arena, struct manifest_run, sweep->n_cases);
    for (int i = 0; i < sweep->n_cases; i++) {
        const struct time_spec *time = &sweep->cases[i].program->time;
        manifest.runs[manifest.n_runs++] = (struct manifest_run){sweep->cases[i].source.label,
                                                                 sweep->cases[i].method->name,
                                                                 time->start,
                                                                 time->stop,
                                                                 time->step,
                                                                 run_end_name(RUN_COMPLETE)};
    }
    struct manifest_count *counts =
        ARENA_NEW_ARRAY(session->arena, struct manifest_count, N_RUN_ENDS);
    for (int i = 0; i < N_RUN_ENDS; i++)
        if (assessment->n_ends[i])
            counts[manifest.n_counts++] =
                (struct manifest_count){run_end_name((enum run_end)i), (long)assessment->n_ends[i]};
    manifest.counts = counts;
    return manifest;
}

static void write_results(struct assessment *assessment)
{
    struct session *session = assessment->session;
    const struct options *options = &session->options;
    struct manifest manifest = manifest_of(assessment);
    const char *path = path_join(session->arena, assessment->folder, "sensitivity.csv");
    if (!sensitivity_write(assessment->sensitivity, path, &session->diag) ||
        !manifest_write(&manifest, session->arena, assessment->folder, &session->diag) ||
        options->no_charts || !chart_has_gnuplot(&session->diag))
        return;
    struct chart_context context = results_chart_context(
        session, assessment->folder, manifest_id(&manifest, session->arena, &session->diag));
    sensitivity_charts(&context, assessment->sensitivity, &assessment->table);
}

static int print_plan(const struct assessment *assessment)
{
    for (size_t i = 0; i < N_PARTS; i++) {
        const struct sweep *sweep = assessment->sweeps[i];
        if (sweep)
            printf("%s: %llu runs over %d input%s, seed %llu\n",
                   design_kind_name(sweep->design.kind), (unsigned long long)sweep_n_runs(sweep),
                   sweep->design.n_inputs, sweep->design.n_inputs == 1 ? "" : "s",
                   (unsigned long long)sweep->seed);
    }
    return session_finish(assessment->session);
}

// Everything after the reading, on rank 0.
static int lead(struct assessment *assessment)
{
    struct session *session = assessment->session;
    bool is_good = true;
    terminal_flush(&session->terminal, &session->diag);
    if (!session->options.dry_run)
        is_good = folder_create(assessment->folder, &session->diag);
    for (size_t i = 0; i < N_PARTS; i++) {
        if (!assessment->sweeps[i])
            continue;
        if (session->options.dry_run || !is_good)
            ranks_dismiss();
        else
            is_good = run_part(assessment, assessment->sweeps[i]);
        ranks_meet();
    }
    if (session->options.dry_run)
        return print_plan(assessment);
    if (!is_good)
        return session_finish(session);
    write_results(assessment);
    if (session->options.json)
        print_json(assessment->sensitivity);
    else if (!session->options.quiet)
        print_all(assessment);
    if (!session->options.quiet)
        fprintf(stderr, "results in %s\n", assessment->folder);
    return session_finish(session);
}

// The other ranks compute part after part; rank 0 is told of each that could not be read.
static int follow(struct assessment *assessment, bool is_read)
{
    struct session *session = assessment->session;
    for (size_t i = 0; i < N_PARTS; i++) {
        if (!is_wanted(&session->options, parts[i]))
            continue;
        session->terminal.is_silent =
            ranks_follow(is_read ? assessment->sweeps[i] : NULL, session->cancel, &session->diag);
        ranks_meet();
    }
    return session_finish(session);
}

static int run(struct session *session)
{
    struct assessment assessment = {.session = session};
    bool is_read = read_parts(&assessment);
    if (ranks_self() > 0)
        return follow(&assessment, is_read);
    for (size_t i = 0; i < N_PARTS && !is_read; i++)
        if (is_wanted(&session->options, parts[i])) {
            ranks_dismiss();
            ranks_meet();
        }
    if (!is_read)
        return session_finish(session);
    assessment.folder = results_folder(session, assessment.sensitivity->sweep->scenario->name);
    return lead(&assessment);
}

const struct command command_sensitivity = {
    .name = "sensitivity",
    .bit = COMMAND_SENSITIVITY,
    .usage = "sensitivity [OPTIONS] FILE",
    .summary = "which uncertainties matter: Sobol indices, Morris screening, one at a time",
    .text = "Varies the inputs in the group 'sweep' of a scenario, or without it (and of a bare\n"
            "model) every uncertain parameter, and says how much of the spread of each\n"
            "metric each of them explains: alone (S1) and together with others (ST), with 95 %\n"
            "confidence intervals; the size of its effects (mu*, sigma); and the metric with\n"
            "this input alone at its low and its high end. See kantelpunt help sensitivity.",
    .run = run,
};
