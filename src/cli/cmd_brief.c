// Stage: command line. `kantelpunt brief`: a briefing in Dutch or English.
#include "cli/command.h"
#include "cli/show_study.h"
#include "cli/sweep_progress.h"

#include "base/file.h"
#include "report/brief/brief.h"

static struct study *read_study(struct session *session)
{
    const struct options *options = &session->options;
    struct unit_system *units =
        session_wants_files(session, 1, MAX_FILES) ? session_units(session) : NULL;
    struct study *study = units ? study_open(session->arena, options->files, options->n_files,
                                             &options->cases, units, &session->diag)
                                : NULL;
    if (!study)
        return NULL;
    brief_ask(study);
    return study_bind(study, &session->diag) && study_check(study, NULL, 0, &session->diag) ? study
                                                                                            : NULL;
}

// What older results in the folder would be mistaken for the present ones.
static void warn_of_old_results(struct session *session, const char *folder)
{
    if (!file_exists(path_join(session->arena, folder, "manifest.json")) || session->options.quiet)
        return;
    diag_note(&session->diag,
              "'%s' has results of an earlier call: what is made again replaces them", folder);
}

static void write_brief(struct session *session, const struct study *study,
                        const struct template *template)
{
    struct options *options = &session->options;
    struct progress_line line = progress_begin(session);
    options->tip.cases = options->cases;
    options->tip.n_threads = options->n_threads;
    options->tip.seed = options->seed;
    options->tip.cancel = session->cancel;
    struct manifest manifest = study_manifest(session, study, options->output);
    struct brief_job job = {.arena = session->arena,
                            .study = study,
                            .tip = &options->tip,
                            .units = session->units,
                            .folder = options->output,
                            .language = options_chart_language(options),
                            .id = manifest_id(&manifest, session->arena, &session->diag),
                            .command = manifest.command,
                            .files = manifest.files,
                            .n_files = manifest.n_files,
                            .no_charts = options->no_charts,
                            .template = template,
                            .diag = &session->diag,
                            .tell = progress_stage,
                            .context = &line};
    bool is_written = brief_write(&job);
    progress_end(&line);
    if (is_written && !options->quiet)
        printf("%s\n", path_join(session->arena, options->output, "brief.html"));
}

static int run(struct session *session)
{
    struct options *options = &session->options;
    if (!options->output)
        options->output = "results/brief";
    struct study *study = read_study(session);
    if (study && options->dry_run)
        return study_print_plan(session, study);
    const struct template *template =
        study ? brief_template(session->arena, options_chart_language(options), options->template,
                               &session->diag)
              : NULL;
    if (!template || !study_folders_create(session, study))
        return session_finish(session);
    warn_of_old_results(session, options->output);
    study_simulate(session, study);
    study_write(session, study);
    if (session->diag.fault != FAULT_ENVIRONMENT)
        write_brief(session, study, template);
    return session_finish(session);
}

const struct command command_brief = {
    .name = "brief",
    .bit = COMMAND_BRIEF,
    .usage = "brief [OPTIONS] FILE...",
    .summary = "a policy briefing in Dutch or English",
    .text = "Runs each model of each scenario and what else is needed, and writes a briefing:\n"
            "brief.html, one page that stands alone and prints on A4, brief.docx where pandoc is\n"
            "installed, and the tables that every number in it comes from. Its text comes from\n"
            "the templates in plots/brief, which may be edited (kantelpunt help briefing).",
    .run = run,
};
