// Stage: command line. `kantelpunt check`: units, structure and behaviour, one line a check.
#include "analysis/check.h"
#include "analysis/robust.h"
#include "cli/command.h"
#include "cli/results.h"

#include "base/array.h"
#include "base/csv.h"
#include "base/file.h"

#include <unistd.h>

static const char *const status_words[] = {"PASS", "WARN", "FAIL"};

static void print_report(const struct session *session, const char *path,
                         const struct check_report *report)
{
    static const char *const colors[] = {"\033[32m", "\033[33m", "\033[31m"};
    bool has_color = session->terminal.has_color && isatty(STDOUT_FILENO);
    // A scenario may have several models; a heading says whose lines follow.
    const char *model = report->count ? report->items[0].model : NULL;
    bool has_several = report->count && report->items[report->count - 1].model != model;
    if (session->options.n_files > 1 || has_several)
        printf("%s%s%s\n", path, has_several ? ", model " : "", has_several ? model : "");
    for (size_t i = 0; i < report->count; i++) {
        const struct check_result *result = &report->items[i];
        if (result->model != model)
            printf("%s, model %s\n", path, result->model);
        model = result->model;
        if (session->options.quiet && result->status != CHECK_FAIL)
            continue;
        printf("%s%s%s  %-24s %s\n", has_color ? colors[result->status] : "",
               status_words[result->status], has_color ? "\033[0m" : "", result->name,
               result->detail);
    }
}

static void add_json(json_t *all, const char *path, const struct check_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:s}", "file", path, "model",
                                             report->items[i].model, "check", report->items[i].name,
                                             "status", status_words[report->items[i].status],
                                             "detail", report->items[i].detail));
}

static void print_robustness(const struct robust_report *report)
{
    double percent = 100 / (double)report->n_sets;
    for (int k = 0; k < report->n_checks; k++) {
        const char *source = report->checks[k].source;
        printf("%5.1f %%  %-*s%s\n", percent * (double)report->n_holding[k], source ? 30 : 0,
               report->checks[k].name, source ? source : "");
    }
    printf("%5.1f %%  all of them together\n", percent * (double)report->n_joint);
    if (report->n_incomplete)
        printf("%5.1f %%  had a run that stopped early: their checks count as failed\n",
               percent * (double)report->n_incomplete);
}

// A row a parameter set: its number, its parameters, 1 or 0 for each check.
static void write_sets(struct session *session, const struct robust_report *report)
{
    struct text row = {0};
    struct output_file file;
    if (!output_open(&file, session->arena, session->options.csv, &session->diag))
        return;
    text_append(&row, "run");
    for (int i = 0; i < report->n_inputs; i++) {
        text_append(&row, ",");
        csv_append_field(&row, report->inputs[i]);
    }
    for (int k = 0; k < report->n_checks; k++) {
        text_append(&row, ",");
        csv_append_field(&row, report->checks[k].name);
    }
    for (uint64_t set = 0; set < report->n_sets; set++) {
        text_append_format(&row, "\r\n%llu", (unsigned long long)set + 1);
        for (int i = 0; i < report->n_inputs; i++)
            csv_append_number(&row, report->values[set * (uint64_t)report->n_inputs + (uint64_t)i]);
        for (int k = 0; k < report->n_checks; k++)
            csv_append_number(&row, report->holds[set * (uint64_t)report->n_checks + (uint64_t)k]);
        fputs(text_string(&row), file.stream);
        text_clear(&row);
    }
    fputs("\r\n", file.stream);
    text_clear(&row);
    output_commit(&file, &session->diag);
}

static json_t *robustness_json(const char *path, const struct robust_report *report)
{
    json_t *checks = json_object();
    for (int k = 0; k < report->n_checks; k++)
        json_object_set_new(checks, report->checks[k].name,
                            json_real((double)report->n_holding[k] / (double)report->n_sets));
    return json_pack("{s:s, s:I, s:I, s:f, s:o}", "file", path, "sets", (json_int_t)report->n_sets,
                     "incomplete", (json_int_t)report->n_incomplete, "all",
                     (double)report->n_joint / (double)report->n_sets, "checks", checks);
}

// check --over: in which share of parameter sets each check holds.
static int run_over(struct session *session)
{
    const struct options *options = &session->options;
    const struct sweep_options sweep_options = {.cases = options->cases,
                                                .runs = options->runs,
                                                .seed = options->seed,
                                                .has_seed = options->has_seed,
                                                .n_threads = options->n_threads};
    bool has_one = session_wants_files(session, 1, options->csv ? 1 : MAX_FILES);
    struct unit_system *units = has_one ? session_units(session) : NULL;
    json_t *all = json_array();
    for (int i = 0; units && i < options->n_files && !*session->cancel; i++) {
        const char *path = options->files[i];
        const struct robust_report *report =
            robust_run(session->arena, path, options->over, &sweep_options, units, session->cancel,
                       &session->diag);
        terminal_flush(&session->terminal, &session->diag);
        if (report && options->csv)
            write_sets(session, report);
        else if (report && options->json)
            json_array_append_new(all, robustness_json(path, report));
        else if (report) {
            printf("%s: %llu parameter sets of %s\n", path, (unsigned long long)report->n_sets,
                   options->over);
            print_robustness(report);
        }
    }
    if (options->json && units)
        results_print_json(all);
    else
        json_decref(all);
    return session_finish(session);
}

static int run(struct session *session)
{
    if (session->options.over)
        return run_over(session);
    struct unit_system *units =
        session_wants_files(session, 1, MAX_FILES) ? session_units(session) : NULL;
    json_t *all = json_array();
    int n_failed = 0, n_checks = 0;
    for (int i = 0; units && i < session->options.n_files && !*session->cancel; i++) {
        struct check_report report = {0};
        const char *path = session->options.files[i];
        check_file(session->arena, path, &session->options.cases, units, session->cancel, &report,
                   &session->diag);
        terminal_flush(&session->terminal, &session->diag);
        n_failed += report.n_failed;
        n_checks += (int)report.count;
        if (session->options.json)
            add_json(all, path, &report);
        else
            print_report(session, path, &report);
    }
    if (session->options.json && units) {
        results_print_json(all);
    } else {
        json_decref(all);
        if (!session->diag.fault && !session->options.quiet)
            printf("%d of %d checks failed\n", n_failed, n_checks);
    }
    int code = session_finish(session);
    return code ? code : n_failed > 0;
}

const struct command command_check = {
    .name = "check",
    .bit = COMMAND_CHECK,
    .usage = "check [OPTIONS] FILE...",
    .summary = "units, structure and behaviour of a model; exit code 1 if any check fails",
    .text =
        "Checks that units agree, that parameters have a source and lie within their range,\n"
        "that flows lead somewhere, that half the time step gives the same metrics, and that\n"
        "runs do what the model's own `checks` expect. One line a check.\n"
        "\n"
        "With --over, the behaviour checks run at each point of the design of a sweep scenario,\n"
        "and each line says in which share of them a check holds: whether behaviour comes from\n"
        "structure or from one set of numbers. What a check sets itself keeps its value.",
    .run = run,
};
