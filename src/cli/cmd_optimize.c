// Stage: command line. `kantelpunt optimize`: the best timing and mix of funding under a budget,
// and the run that it makes.
#include "analysis/optimize.h"
#include "cli/command.h"
#include "cli/results.h"
#include "cli/show_study.h"
#include "cli/sweep_progress.h"

#include "base/file.h"
#include "result/wording.h"

#include <math.h>

static struct optimization *read_problem(struct session *session)
{
    const struct options *options = &session->options;
    struct unit_system *units = session_wants_files(session, 1, 1) ? session_units(session) : NULL;
    const struct sweep_options sweep_options = {.cases = options->cases,
                                                .seed = options->seed,
                                                .has_seed = options->has_seed,
                                                .n_threads = options->n_threads};
    return units ? optimize_read(session->arena, options->files[0], &sweep_options, options->total,
                                 units, &session->diag)
                 : NULL;
}

static bool in_dutch(const struct session *session)
{
    return session->options.language == LANGUAGE_NL;
}

static const char *value_text(const struct session *session, double value, const char *unit)
{
    const struct summary_row row = {.unit = unit, .value = value};
    return isfinite(value) ? study_value_for_people((struct session *)session, &row) : "";
}

static void print_inputs(const struct session *session, const struct optimization *optimization)
{
    struct text_table table;
    table_init(&table, session->arena, 6);
    static const char *const headers[N_LANGUAGES][6] = {
        {"run", "keuze", "was", "beste", "eenheid", ""},
        {"run", "choice", "before", "best", "unit", ""}};
    for (int i = 0; i < 6; i++)
        table_add(&table, headers[in_dutch(session) ? LANGUAGE_NL : LANGUAGE_EN][i]);
    for (int c = 0; c < optimization->sweep->n_cases; c++)
        for (int i = 0; i < optimization->sweep->design.n_inputs; i++) {
            const struct optimum_input *input = &optimization->optima[c].inputs[i];
            table_add(&table, optimization->optima[c].source->source.label);
            table_add(&table, input->name);
            table_add(&table, value_text(session, input->before, input->unit));
            table_add(&table, value_text(session, input->value, input->unit));
            table_add(&table, input->unit);
            table_add(&table, !input->is_at_end   ? ""
                              : in_dutch(session) ? "aan het eind van het bereik"
                                                  : "at the end of its range");
        }
    table_print(&table, stdout);
}

static void print_limit(const struct session *session, const struct optimum_metric *limit)
{
    const char *least = value_text(session, limit->least, limit->unit);
    const char *most = value_text(session, limit->most, limit->unit);
    printf("  %s: %s", limit->name, value_text(session, limit->value, limit->unit));
    if (*least)
        printf(in_dutch(session) ? ", ten minste %s" : ", at least %s", least);
    if (*most)
        printf(in_dutch(session) ? ", ten hoogste %s" : ", at most %s", most);
    printf(" %s\n", limit->unit);
}

static void print_goals(const struct session *session, const struct optimization *optimization)
{
    for (int c = 0; c < optimization->sweep->n_cases; c++) {
        const struct optimum *optimum = &optimization->optima[c];
        const struct optimum_metric *goal = &optimum->metrics[0];
        printf("\n%s\n", optimum->source->source.label);
        printf(in_dutch(session) ? "  %s: van %s naar %s %s\n" : "  %s: from %s to %s %s\n",
               goal->name, value_text(session, goal->before, goal->unit),
               value_text(session, goal->value, goal->unit), goal->unit);
        for (int m = 1; m < optimization->sweep->n_metrics; m++)
            print_limit(session, &optimum->metrics[m]);
        if (!optimum->is_feasible_before)
            puts(in_dutch(session) ? "  het scenario zelf blijft niet binnen de grenzen"
                                   : "  the scenario itself does not keep the limits");
        printf(in_dutch(session) ? "  %d van %d zoektochten komen even goed uit\n"
                                 : "  %d of %d searches end as good as the best\n",
               optimum->n_agreeing, optimum->n_searches);
    }
}

static void print_json(const struct optimization *optimization)
{
    json_t *rows = json_array();
    for (int c = 0; c < optimization->sweep->n_cases; c++) {
        const struct optimum *optimum = &optimization->optima[c];
        json_t *inputs = json_array(), *metrics = json_array();
        for (int i = 0; i < optimization->sweep->design.n_inputs; i++)
            json_array_append_new(
                inputs, json_pack("{s:s, s:o, s:o, s:s}", "input", optimum->inputs[i].name,
                                  "before", results_number(optimum->inputs[i].before), "value",
                                  results_number(optimum->inputs[i].value), "unit",
                                  optimum->inputs[i].unit));
        for (int m = 0; m < optimization->sweep->n_metrics; m++)
            json_array_append_new(
                metrics, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:s}", "role",
                                   m ? "limit" : "goal", "metric", optimum->metrics[m].name,
                                   "before", results_number(optimum->metrics[m].before), "value",
                                   results_number(optimum->metrics[m].value), "least",
                                   results_number(optimum->metrics[m].least), "most",
                                   results_number(optimum->metrics[m].most), "unit",
                                   optimum->metrics[m].unit));
        json_array_append_new(rows,
                              json_pack("{s:s, s:o, s:o}", "run", optimum->source->source.label,
                                        "inputs", inputs, "metrics", metrics));
    }
    results_print_json(rows);
}

static int print_plan(struct session *session, const struct optimization *optimization)
{
    const struct sweep *sweep = optimization->sweep;
    printf("%s %s within %d limit%s, over %d choice%s: %llu starting points, %d model%s\n",
           optimization->sign > 0 ? "highest" : "lowest", sweep->metric_names[0],
           sweep->n_metrics - 1, sweep->n_metrics == 2 ? "" : "s", sweep->design.n_inputs,
           sweep->design.n_inputs == 1 ? "" : "s", (unsigned long long)sweep->design.n_points,
           sweep->n_cases, sweep->n_cases == 1 ? "" : "s");
    return session_finish(session);
}

// Runs the models with the best choices, and writes and draws what comes out.
static void write_results(struct session *session, const struct optimization *optimization,
                          const char *folder)
{
    int n = optimization->sweep->design.n_inputs;
    double *values = ARENA_NEW_ARRAY(session->arena, double, optimization->sweep->n_cases *n);
    for (int i = 0; i < optimization->sweep->n_cases * n; i++)
        values[i] = optimization->optima[i / n].inputs[i % n].value;
    struct study *study = study_with_inputs(session, optimization->sweep, values);
    if (!study)
        return;
    study_simulate(session, study);
    if (optimize_write(optimization, folder, &session->diag))
        study_write(session, study);
    study_draw(session, study);
}

static int run(struct session *session)
{
    struct options *options = &session->options;
    struct optimization *optimization = read_problem(session);
    if (!optimization)
        return session_finish(session);
    if (options->dry_run)
        return print_plan(session, optimization);
    const char *folder = results_folder(session, optimization->sweep->scenario->name);
    if (!folder_create(folder, &session->diag))
        return session_finish(session);
    struct progress_trials trials;
    progress_watch(&trials, session, optimization->sweep);
    bool is_found = optimize_run(optimization, session->cancel, &session->diag);
    progress_unwatch(&trials, optimization->sweep);
    if (!is_found)
        return session_finish(session);
    write_results(session, optimization, folder);
    if (options->json) {
        print_json(optimization);
    } else if (!options->quiet) {
        print_inputs(session, optimization);
        print_goals(session, optimization);
    }
    if (!options->quiet)
        fprintf(stderr, "results in %s\n", folder);
    return session_finish(session);
}

const struct command command_optimize = {
    .name = "optimize",
    .bit = COMMAND_OPTIMIZE,
    .usage = "optimize [OPTIONS] FILE",
    .summary = "the best timing and mix of funding under a budget",
    .text = "Looks for the amounts and dates of the scenario's funding streams, or for whatever\n"
            "its group 'optimize' varies, that make its goal best without spending more money\n"
            "than it spends, and runs the models with them. See kantelpunt help optimizing.",
    .run = run,
};
