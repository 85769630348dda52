// Stage: command line. `kantelpunt check`: units, structure and behaviour, one line a check.
#include "analysis/check.h"
#include "cli/command.h"

#include "base/array.h"

#include <jansson.h>
#include <stdlib.h>
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

static int run(struct session *session)
{
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
        char *text = json_dumps(all, JSON_INDENT(2));
        puts(text ? text : "[]");
        free(text);
    } else if (!session->diag.fault && !session->options.quiet) {
        printf("%d of %d checks failed\n", n_failed, n_checks);
    }
    json_decref(all);
    int code = session_finish(session);
    return code ? code : n_failed > 0;
}

const struct command command_check = {
    .name = "check",
    .bit = COMMAND_CHECK,
    .usage = "check [OPTIONS] FILE...",
    .summary = "units, structure and behaviour of a model; exit code 1 if any check fails",
    .text = "Checks that units agree, that parameters have a source and lie within their range,\n"
            "that flows lead somewhere, that half the time step gives the same metrics, and that\n"
            "runs do what the model's own `checks` expect. One line a check.",
    .run = run,
};
