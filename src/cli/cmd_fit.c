// Stage: command line. `kantelpunt fit`: parameters that reproduce given data, and the run that
// they make.
#include "analysis/fit.h"
#include "cli/command.h"
#include "cli/results.h"
#include "cli/show_study.h"
#include "cli/sweep_progress.h"

#include "base/file.h"
#include "model/resolve.h"

#include <math.h>

static struct fit *read_fit(struct session *session)
{
    const struct options *options = &session->options;
    struct unit_system *units = session_wants_files(session, 1, 1) ? session_units(session) : NULL;
    const struct sweep_options sweep_options = {.cases = options->cases,
                                                .seed = options->seed,
                                                .has_seed = options->has_seed,
                                                .n_threads = options->n_threads};
    return units
               ? fit_read(session->arena, options->files[0], &sweep_options, units, &session->diag)
               : NULL;
}

// The scenario's cases with the fitted values in place; NULL with errors.
static struct study *fitted_study(struct session *session, const struct fit *fit)
{
    int n = fit->sweep->design.n_inputs;
    double *values = ARENA_NEW_ARRAY(session->arena, double, fit->sweep->n_cases *n);
    for (int i = 0; i < fit->sweep->n_cases * n; i++)
        values[i] = fit->cases[i / n].parameters[i % n].value;
    return study_with_inputs(session, fit->sweep, values);
}

static const char *in_words(const struct session *session, double value)
{
    return isfinite(value) ? number_for_people(session->arena, value, session->options.language)
                           : "";
}

static void print_parameters(const struct session *session, const struct fit *fit)
{
    struct text_table table;
    table_init(&table, session->arena, 7);
    static const char *const header[] = {"run", "parameter", "value", "lower", "upper", "unit", ""};
    for (int i = 0; i < 7; i++)
        table_add(&table, header[i]);
    for (int k = 0; k < fit->sweep->n_cases; k++)
        for (int i = 0; i < fit->sweep->design.n_inputs; i++) {
            const struct fit_parameter *parameter = &fit->cases[k].parameters[i];
            table_add(&table, fit->cases[k].source->source.label);
            table_add(&table, parameter->name);
            table_add(&table, in_words(session, parameter->value));
            table_add(&table, in_words(session, parameter->lower));
            table_add(&table, in_words(session, parameter->upper));
            table_add(&table, parameter->unit);
            table_add(&table, fit_note(parameter, session->options.language));
        }
    table_print(&table, stdout);
}

static void print_quality(const struct session *session, const struct fit *fit)
{
    bool in_dutch = session->options.language == LANGUAGE_NL;
    for (int k = 0; k < fit->sweep->n_cases; k++) {
        const struct fit_case *fit_case = &fit->cases[k];
        printf("\n%s\n", fit_case->source->source.label);
        for (int i = 0; i < fit->n_series; i++) {
            const struct fit_series *series = &fit_case->series[i];
            printf(in_dutch ? "  %s: %d waarnemingen, typische afwijking %s %s, R2 %s\n"
                            : "  %s: %d observations, root mean square error %s %s, R2 %s\n",
                   series->name, series->n, in_words(session, series->rms_error), series->unit,
                   in_words(session, series->r_squared));
        }
        printf(in_dutch ? "  %d van %d zoektochten komen even goed uit\n"
                        : "  %d of %d searches end as good as the best\n",
               fit_case->n_agreeing, fit_case->n_searches);
    }
    if (fit->n_outside)
        printf(in_dutch ? "waarnemingen buiten de looptijd, niet meegeteld: %d\n"
                        : "observations outside the run, left out: %d\n",
               fit->n_outside);
}

static void print_json(const struct fit *fit)
{
    json_t *rows = json_array();
    for (int k = 0; k < fit->sweep->n_cases; k++)
        for (int i = 0; i < fit->sweep->design.n_inputs; i++) {
            const struct fit_parameter *parameter = &fit->cases[k].parameters[i];
            json_array_append_new(
                rows, json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:s}", "run",
                                fit->cases[k].source->source.label, "parameter", parameter->name,
                                "value", results_number(parameter->value), "lower",
                                results_number(parameter->lower), "upper",
                                results_number(parameter->upper), "unit", parameter->unit, "note",
                                fit_note(parameter, LANGUAGE_EN)));
        }
    results_print_json(rows);
}

static int print_plan(struct session *session, const struct fit *fit)
{
    printf("%d parameters, %d observations of %d variable%s, %llu starting points, %d model%s\n",
           fit->sweep->design.n_inputs, fit->n_observations, fit->n_series,
           fit->n_series == 1 ? "" : "s", (unsigned long long)fit->n_starts, fit->sweep->n_cases,
           fit->sweep->n_cases == 1 ? "" : "s");
    return session_finish(session);
}

static int run(struct session *session)
{
    struct options *options = &session->options;
    struct fit *fit = read_fit(session);
    if (!fit)
        return session_finish(session);
    if (options->dry_run)
        return print_plan(session, fit);
    const char *folder = results_folder(session, fit->sweep->scenario->name);
    if (!folder_create(folder, &session->diag))
        return session_finish(session);
    struct progress_trials trials;
    progress_watch(&trials, session, fit->sweep);
    bool is_found = fit_run(fit, session->cancel, &session->diag);
    progress_unwatch(&trials, fit->sweep);
    if (!is_found)
        return session_finish(session);
    struct study *study = fitted_study(session, fit);
    if (study) {
        study_simulate(session, study);
        if (fit_write(fit, folder, &session->diag))
            study_write(session, study);
        study_draw(session, study);
    }
    if (options->json)
        print_json(fit);
    else if (!options->quiet) {
        print_parameters(session, fit);
        print_quality(session, fit);
    }
    if (!options->quiet)
        fprintf(stderr, "results in %s\n", folder);
    return session_finish(session);
}

const struct command command_fit = {
    .name = "fit",
    .bit = COMMAND_FIT,
    .usage = "fit [OPTIONS] FILE",
    .summary = "which parameters reproduce given data, and how sure that makes us of them",
    .text =
        "Looks for the values of the parameters in the scenario's group 'fit' with which its\n"
        "models come closest to its data, by least squares from many starting points, and runs\n"
        "the models with them. See kantelpunt help fitting.",
    .run = run,
};
