// Stage: command line. `kantelpunt run`: what happens in these scenarios.
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
        series_write_csv(simulation->series, session->options.csv, &session->diag);
    return session_finish(session);
}

static int run(struct session *session)
{
    struct study *study = session_wants_files(session, 1, MAX_FILES) ? study_for(session) : NULL;
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
