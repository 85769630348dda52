// Stage: command line. A study on disk and on the screen.
#include "cli/show_study.h"

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/results.h"
#include "cli/sweep_progress.h"
#include "model/time.h"
#include "report/study_charts.h"
#include "result/write.h"

#include <string.h>

struct study *study_for(struct session *session)
{
    struct unit_system *units = session_units(session);
    if (!units)
        return NULL;
    struct study *study =
        study_read(session->arena, session->options.files, session->options.n_files,
                   &session->options.cases, units, &session->diag);
    return study && study_check(study, session->options.select, session->options.n_select,
                                &session->diag)
               ? study
               : NULL;
}

struct study *study_with_inputs(struct session *session, const struct sweep *sweep,
                                const double *values)
{
    struct options *options = &session->options;
    struct study *study = study_open(session->arena, options->files, 1, &options->cases,
                                     session_units(session), &session->diag);
    if (!study)
        return NULL;
    for (int i = 0; i < study->n_cases; i++) {
        const struct sweep_case *sweep_case = &sweep->cases[i];
        for (int k = 0; k < sweep->design.n_inputs; k++)
            for (int n = 0; n < sweep_case->n_targets[k]; n++) {
                const struct sweep_target *target = &sweep_case->targets[k][n];
                double value = values[i * sweep->design.n_inputs + k];
                const struct setting setting = {
                    target->name, sweep_target_value(target, value), {.file = options->files[0]}};
                if (!model_set(study->cases[i].source.model, &setting, &session->diag))
                    return NULL;
            }
    }
    bool is_good = study_bind(study, &session->diag) &&
                   study_check(study, options->select, options->n_select, &session->diag);
    return is_good ? study : NULL;
}

static const char *scenario_or_model(const struct study_case *study_case)
{
    const struct run_case *source = &study_case->source;
    return source->scenario ? source->scenario->name : source->model->name;
}

const char *study_folder(const struct session *session, const struct study *study, int index)
{
    return results_folder(session, scenario_or_model(&study->cases[index]));
}

int study_print_plan(struct session *session, const struct study *study)
{
    for (int i = 0; i < study->n_cases; i++) {
        const struct time_spec *time = &study->cases[i].source.model->time;
        printf("%s: %ld steps of %g %s with %s, into %s\n", study->cases[i].source.label,
               time_spec_n_steps(time), time->step, time->unit, time->method,
               study_folder(session, study, i));
    }
    return session_finish(session);
}

bool study_folders_create(struct session *session, const struct study *study)
{
    for (int i = 0; i < study->n_cases; i++)
        if (!folder_create(study_folder(session, study, i), &session->diag))
            return false;
    return true;
}

void study_simulate(struct session *session, struct study *study)
{
    study->n_threads = session->options.n_threads;
    struct progress_line line = progress_begin(session);
    progress_stage(&line, "running");
    study_run(study, session->cancel, &session->diag);
    progress_end(&line);
    terminal_flush(&session->terminal, &session->diag);
}

struct file_list {
    const char **items;
    size_t count, capacity;
};

static void add_files(struct arena *arena, struct file_list *list, const char *const *files,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool is_new = true;
        for (size_t k = 0; k < list->count; k++)
            is_new &= strcmp(list->items[k], files[i]) != 0;
        if (is_new)
            ARRAY_PUSH(arena, list) = files[i];
    }
}

// Every file that the cases in `folder` were read from.
static struct file_list input_files(const struct session *session, const struct study *study,
                                    const char *folder)
{
    struct file_list list = {0};
    for (int i = 0; i < study->n_cases; i++) {
        const struct run_case *source = &study->cases[i].source;
        if (strcmp(study_folder(session, study, i), folder) != 0)
            continue;
        const struct scenario *scenario = source->scenario;
        if (scenario) {
            add_files(session->arena, &list, scenario->files.items, scenario->files.count);
            for (size_t k = 0; k < scenario->data.count; k++)
                add_files(session->arena, &list, &scenario->data.items[k].path, 1);
        }
        add_files(session->arena, &list, source->model->files.items, source->model->files.count);
    }
    return list;
}

struct manifest study_manifest(const struct session *session, const struct study *study,
                               const char *folder)
{
    struct file_list files = input_files(session, study, folder);
    struct manifest manifest = {.version = KANTELPUNT_VERSION,
                                .command = session_command_line(session),
                                .files = files.items,
                                .n_files = files.count,
                                .seed = session->options.seed,
                                .wall_seconds = session_seconds(session)};
    manifest.runs = ARENA_NEW_ARRAY(session->arena, struct manifest_run, study->n_cases);
    for (int i = 0; i < study->n_cases; i++) {
        const struct study_case *study_case = &study->cases[i];
        const struct time_spec *time = &study_case->source.model->time;
        if (!study_case->simulation || strcmp(study_folder(session, study, i), folder) != 0)
            continue;
        manifest.runs[manifest.n_runs++] =
            (struct manifest_run){study_case->source.label,
                                  time->method,
                                  time->start,
                                  time->stop,
                                  time->step,
                                  run_end_name(study_case->simulation->ending.end)};
    }
    return manifest;
}

// The part of the summary that belongs into `folder`.
static struct summary summary_of(const struct session *session, const struct study *study,
                                 const char *folder)
{
    struct summary part = {0};
    for (int i = 0; i < study->n_cases; i++) {
        const struct run_case *source = &study->cases[i].source;
        if (strcmp(study_folder(session, study, i), folder) != 0)
            continue;
        for (size_t k = 0; k < study->summary.count; k++)
            if (strcmp(summary_label(session->arena, &study->summary.items[k]), source->label) == 0)
                ARRAY_PUSH(session->arena, &part) = study->summary.items[k];
    }
    return part;
}

static void write_folder(struct session *session, const struct study *study, const char *folder)
{
    struct arena *arena = session->arena;
    struct diag *diag = &session->diag;
    for (int i = 0; i < study->n_cases; i++) {
        const struct study_case *study_case = &study->cases[i];
        if (!study_case->simulation || strcmp(study_folder(session, study, i), folder) != 0)
            continue;
        const char *name = arena_format(arena, "%s.csv", study_case->source.label);
        if (!series_write_csv(study_case->simulation->series, path_join(arena, folder, name),
                              session->options.n_threads, diag))
            return;
    }
    struct summary summary = summary_of(session, study, folder);
    if (summary_write_csv(&summary, arena, path_join(arena, folder, "summary.csv"), diag) &&
        summary_write_comparison(&summary, arena, path_join(arena, folder, "compare.csv"), diag)) {
        struct manifest manifest = study_manifest(session, study, folder);
        manifest_write(&manifest, arena, folder, diag);
    }
}

void study_write(struct session *session, const struct study *study)
{
    const char *before = "";
    for (int i = 0; i < study->n_cases; i++) {
        const char *folder = study_folder(session, study, i);
        if (strcmp(folder, before) != 0)
            write_folder(session, study, folder);
        before = folder;
    }
}

bool study_wants_charts(struct session *session)
{
    return !session->options.no_charts && session->diag.fault != FAULT_ENVIRONMENT &&
           chart_has_gnuplot(&session->diag);
}

struct chart_context study_chart_context(struct session *session, const struct study *study,
                                         int index)
{
    const char *folder = study_folder(session, study, index);
    struct manifest manifest = study_manifest(session, study, folder);
    return results_chart_context(session, folder,
                                 manifest_id(&manifest, session->arena, &session->diag));
}

void study_draw(struct session *session, const struct study *study)
{
    if (!study_wants_charts(session))
        return;
    for (int first = 0, count; first < study->n_cases; first += count) {
        struct chart_context context = study_chart_context(session, study, first);
        for (count = 1; first + count < study->n_cases; count++)
            if (strcmp(study_folder(session, study, first + count), context.folder) != 0)
                break;
        if (!study_charts(&context, study, first, count))
            return;
    }
}

static void print_json(const struct study *study)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < study->summary.count; i++) {
        const struct summary_row *row = &study->summary.items[i];
        json_t *value = results_number(row->value);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:o, s:s}", "scenario",
                                              row->scenario, "model", row->model, "metric",
                                              row->metric, "value", value, "unit", row->unit));
    }
    results_print_json(rows);
}

const char *study_value_for_people(struct session *session, const struct summary_row *row)
{
    bool is_date = strcmp(row->unit, "year") == 0 && row->value > 1500 && row->value < 3000;
    if (is_date)
        return arena_format(session->arena, "%.1f", row->value);
    return number_for_people(session->arena, row->value, session->options.language);
}

void study_print(struct session *session, const struct study *study)
{
    if (session->options.json) {
        print_json(study);
        return;
    }
    if (session->options.quiet)
        return;
    struct text_table table;
    table_init(&table, session->arena, 4);
    const char *const header[] = {"run", "metric", "value", "unit"};
    for (size_t i = 0; i < ARRAY_COUNT(header); i++)
        table_add(&table, header[i]);
    for (size_t i = 0; i < study->summary.count; i++) {
        const struct summary_row *row = &study->summary.items[i];
        table_add(&table, summary_label(session->arena, row));
        table_add(&table, row->metric);
        table_add(&table, study_value_for_people(session, row));
        table_add(&table, row->unit);
    }
    table_print(&table, stdout);
}

void study_print_folders(struct session *session, const struct study *study)
{
    const char *before = "";
    for (int i = 0; i < study->n_cases && !session->options.quiet; i++) {
        const char *folder = study_folder(session, study, i);
        if (strcmp(folder, before) != 0)
            fprintf(stderr, "results in %s\n", folder);
        before = folder;
    }
}
