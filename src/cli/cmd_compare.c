// Stage: command line. `kantelpunt compare`: every model of every scenario side by side.
#include "cli/command.h"
#include "cli/show_study.h"

#include "base/array.h"
#include "base/csv.h"
#include "base/file.h"

#include <math.h>
#include <string.h>

static bool is_better(const char *better, double value, double best)
{
    if (isnan(value))
        return false;
    return isnan(best) || (strcmp(better, "high") == 0 ? value > best : value < best);
}

struct winner {
    int index;  // of the first case that does best; -1 where none has a value or all have the same
    int n_more; // cases that do as well
};

// Who does best by metric `name` among cases first .. end - 1.
static struct winner find_winner(const struct study *study, int first, int end, const char *name,
                                 const char *better)
{
    struct winner winner = {-1, 0};
    int n = 0;
    double best = NAN;
    bool is_different = false;
    for (int i = first; i < end; i++) {
        const struct study_case *study_case = &study->cases[i];
        for (size_t k = 0; study_case->simulation && k < study_case->metrics.count; k++) {
            const struct metric *metric = &study_case->metrics.items[k];
            if (strcmp(metric->name, name) != 0 ||
                study_case->simulation->ending.end != RUN_COMPLETE)
                continue;
            double value = metric_value(metric, &study_case->simulation->gatherer, 0);
            is_different |= n++ && value != best;
            if (is_better(better, value, best)) {
                best = value;
                winner = (struct winner){i, 0};
            } else {
                winner.n_more += value == best;
            }
        }
    }
    return is_different || n == 1 ? winner : (struct winner){-1, 0};
}

static const char *winner_in_words(struct session *session, struct winner winner, const char *name)
{
    if (winner.index < 0)
        return "no difference";
    return winner.n_more ? arena_format(session->arena, "%s and %d more", name, winner.n_more)
                         : name;
}

// For each metric that says which end is better: who wins in each scenario, and of all.
static void print_winners(struct session *session, const struct study *study)
{
    const struct metric_spec_list *specs = &study->cases[0].source.model->metrics;
    struct text_table table;
    table_init(&table, session->arena, 3);
    for (size_t k = 0; k < specs->count; k++) {
        const struct metric_spec *spec = &specs->items[k];
        if (!spec->better)
            continue;
        for (int first = 0, end; first < study->n_cases; first = end) {
            const struct scenario *scenario = study->cases[first].source.scenario;
            for (end = first + 1; end < study->n_cases; end++)
                if (study->cases[end].source.scenario != scenario)
                    break;
            struct winner winner = find_winner(study, first, end, spec->name, spec->better);
            if (!scenario || end - first < 2)
                continue;
            const struct run_case *best = &study->cases[winner.index < 0 ? 0 : winner.index].source;
            table_add(&table, spec->name);
            table_add(&table, scenario->name);
            table_add(&table, winner_in_words(session, winner, best->model->name));
        }
        struct winner winner = find_winner(study, 0, study->n_cases, spec->name, spec->better);
        const struct run_case *best = &study->cases[winner.index < 0 ? 0 : winner.index].source;
        table_add(&table, spec->name);
        table_add(&table, "of all");
        table_add(&table, winner_in_words(session, winner, best->label));
    }
    if (!table.cells.count)
        return;
    puts("\nbest by metric");
    table_print(&table, stdout);
}

// Runs in rows, metrics in columns.
static void print_comparison(struct session *session, const struct study *study)
{
    struct arena *arena = session->arena;
    int n_metrics = (int)study->cases[0].metrics.count;
    struct text_table table;
    table_init(&table, arena, n_metrics + 1);
    table_add(&table, "run");
    for (int k = 0; k < n_metrics; k++) {
        const struct metric *metric = &study->cases[0].metrics.items[k];
        table_add(&table, *metric->unit && strcmp(metric->unit, "1") != 0
                              ? arena_format(arena, "%s (%s)", metric->name, metric->unit)
                              : metric->name);
    }
    for (int i = 0; i < study->n_cases; i++) {
        table_add(&table, study->cases[i].source.label);
        for (int k = 0; k < n_metrics; k++) {
            const struct summary_row *row =
                summary_find(&study->summary, arena, study->cases[i].source.label,
                             study->cases[0].metrics.items[k].name);
            table_add(&table, row ? study_value_for_people(session, row) : "-");
        }
    }
    table_print(&table, stdout);
    print_winners(session, study);
}

// Compares compare.csv cell by cell with the expected file; prints what differs.
static int compare_with(struct session *session, const char *path, const char *expected)
{
    struct diag *diag = &session->diag;
    const char *found_text = file_read(session->arena, path, 1 << 26, NULL, diag);
    const char *wanted_text = file_read(session->arena, expected, 1 << 26, NULL, diag);
    if (!found_text || !wanted_text)
        return session_finish(session);
    int n_differences = summary_differences(session->arena, found_text, wanted_text, stdout);
    int code = session_finish(session);
    if (code)
        return code;
    if (!session->options.quiet)
        printf("%d difference%s from %s\n", n_differences, n_differences == 1 ? "" : "s", expected);
    return n_differences > 0;
}

static int run(struct session *session)
{
    if (!session->options.output)
        session->options.output = "results/compare";
    struct study *study = session_wants_files(session, 1, MAX_FILES) ? study_for(session) : NULL;
    if (!study)
        return session_finish(session);
    if (session->options.dry_run)
        return study_print_plan(session, study);
    if (!study_folders_create(session, study))
        return session_finish(session);
    study_simulate(session, study);
    study_write(session, study);
    study_draw(session, study);
    if (session->options.json)
        study_print(session, study);
    else if (!session->options.quiet)
        print_comparison(session, study);
    study_print_folders(session, study);
    if (session->options.expect)
        return compare_with(session,
                            path_join(session->arena, session->options.output, "compare.csv"),
                            session->options.expect);
    return session_finish(session);
}

const struct command command_compare = {
    .name = "compare",
    .bit = COMMAND_COMPARE,
    .usage = "compare [OPTIONS] FILE...",
    .summary = "every model of every scenario side by side: who wins, when, at what cost",
    .text = "Runs each model of each scenario and puts their metrics side by side, on the screen\n"
            "and in compare.csv, with charts of model against model.",
    .run = run,
};
