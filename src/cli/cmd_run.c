// Stage: command line. `kantelpunt run`: what happens in these scenarios.
#include "analysis/sweep/sweep_manifest.h"
#include "cli/command.h"
#include "cli/show_study.h"

static int run_to_csv(struct session *session, const struct study *study)
{
    if (study->n_cases != 1) {
        diag_fail(&session->diag, FAULT_USAGE, "--csv writes one run's table; these are %d runs",
                  study->n_cases);
        diag_hint(&session->diag, "give one model, or a scenario with one model");
        return session_finish(session);
    }
    const struct simulation *simulation = study->cases[0].simulation;
    if (simulation)
        series_write_csv(simulation->series, session->options.csv, session->options.n_threads,
                         &session->diag);
    return session_finish(session);
}

// The one run of a sweep that --from-sweep and --run ask for; NULL with errors.
static struct study *study_from_sweep(struct session *session)
{
    struct options *options = &session->options;
    struct diag *diag = &session->diag;
    struct sweep_options stored;
    const char *path, *state;
    double seconds;
    struct unit_system *units = session_units(session);
    if (options->n_files || !options->run) {
        diag_fail(diag, FAULT_USAGE, "--from-sweep DIR needs --run N and no other file");
        return NULL;
    }
    if (!units || !sweep_manifest_read(session->arena, options->from_sweep, &path, &stored, diag))
        return NULL;
    struct sweep *sweep = sweep_read(session->arena, path, &stored, units, diag);
    if (!sweep || !sweep_manifest_matches(sweep, options->from_sweep, sweep_identity(sweep, diag),
                                          &seconds, &state, diag))
        return NULL;
    if (options->run > sweep_n_runs(sweep)) {
        diag_fail(diag, FAULT_USAGE, "the sweep has runs 1 to %llu, not %llu",
                  (unsigned long long)sweep_n_runs(sweep), options->run);
        return NULL;
    }
    int index = sweep_settings_of(sweep, options->run, &stored.cases.settings);
    const struct run_case *source = &sweep->cases[index].source;
    stored.cases.seed = sweep->seed;
    stored.cases.random_run = (options->run - 1) % sweep->design.n_points + 1;
    struct study *study =
        study_read(session->arena, &source->scenario->path, 1, &stored.cases, units, diag);
    if (study)
        study_keep(study, source->label);
    return study;
}

static struct study *study_asked_for(struct session *session)
{
    if (session->options.from_sweep)
        return study_from_sweep(session);
    if (session->options.run)
        diag_fail(&session->diag, FAULT_USAGE, "--run N needs --from-sweep DIR");
    else if (session_wants_files(session, 1, MAX_FILES))
        return study_for(session);
    return NULL;
}

static int run(struct session *session)
{
    struct study *study = study_asked_for(session);
    if (!study)
        return session_finish(session);
    if (session->options.dry_run)
        return study_print_plan(session, study);
    if (session->options.csv) {
        study_simulate(session, study);
        return run_to_csv(session, study);
    }
    if (study_folders_create(session, study)) {
        study_simulate(session, study);
        study_write(session, study);
        study_draw(session, study);
        study_print(session, study);
        study_print_folders(session, study);
    }
    return session_finish(session);
}

const struct command command_run = {
    .name = "run",
    .bit = COMMAND_RUN,
    .usage = "run [OPTIONS] FILE...",
    .summary = "what happens in these scenarios, or in a bare model",
    .text = "Runs each model of each scenario (or a bare model), writes the course of all\n"
            "variables, a summary and charts into a results folder, and prints the summary.",
    .run = run,
};
