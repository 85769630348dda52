// Stage: command line. `kantelpunt tip`: where the tipping point lies, and what it takes to pass
// it.
#include "cli/command.h"
#include "cli/results.h"

#include "base/array.h"
#include "base/file.h"
#include "report/tip_charts.h"
#include "result/manifest.h"

#include <string.h>

static struct tip *read_tip(struct session *session)
{
    struct options *options = &session->options;
    struct unit_system *units = session_wants_files(session, 1, 1) ? session_units(session) : NULL;
    if (!units)
        return NULL;
    options->tip.cases = options->cases;
    options->tip.n_threads = options->n_threads;
    options->tip.seed = options->seed;
    options->tip.cancel = session->cancel;
    return tip_read(session->arena, options->files[0], &options->tip, units, &session->diag);
}

static const char *folder_of(const struct session *session, const struct tip *tip)
{
    return results_folder(session,
                          tip->scenario ? tip->scenario->name : tip->cases[0].source.model->name);
}

static struct manifest manifest_of(const struct session *session, const struct tip *tip)
{
    struct manifest manifest = {.version = KANTELPUNT_VERSION,
                                .command = session_command_line(session),
                                .files = tip->files.items,
                                .n_files = tip->files.count,
                                .seed = session->options.seed,
                                .wall_seconds = session_seconds(session)};
    manifest.runs = ARENA_NEW_ARRAY(session->arena, struct manifest_run, tip->n_cases);
    for (int i = 0; i < tip->n_cases; i++) {
        const struct run_case *source = &tip->cases[i].source;
        const struct time_spec *time = &source->model->time;
        manifest.runs[manifest.n_runs++] =
            (struct manifest_run){source->label, time->method, time->start,
                                  time->stop,    time->step,   run_end_name(RUN_COMPLETE)};
    }
    struct manifest_count *counts =
        ARENA_NEW_ARRAY(session->arena, struct manifest_count, N_RUN_ENDS);
    for (int i = 0; i < N_RUN_ENDS; i++)
        if (tip->n_ends[i])
            counts[manifest.n_counts++] =
                (struct manifest_count){run_end_name((enum run_end)i), tip->n_ends[i]};
    manifest.counts = counts;
    return manifest;
}

static void draw(struct session *session, const struct tip *tip, const char *folder)
{
    const struct options *options = &session->options;
    if (options->no_charts || session->diag.fault == FAULT_ENVIRONMENT ||
        !chart_has_gnuplot(&session->diag))
        return;
    struct manifest manifest = manifest_of(session, tip);
    struct chart_context context = results_chart_context(
        session, folder, manifest_id(&manifest, session->arena, &session->diag));
    tip_charts(&context, tip);
}

static const char *case_name(const struct tip_case *tip_case)
{
    return tip_case ? tip_case->source.label : "";
}

static void print_json(const struct tip *tip)
{
    json_t *answers = json_array(), *sentences = json_array();
    for (size_t i = 0; i < tip->answers.count; i++) {
        const struct tip_answer *answer = &tip->answers.items[i];
        json_array_append_new(
            answers,
            json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:s}", "run", case_name(answer->tip_case),
                      "question", answer->question, "metric", answer->metric, "value",
                      results_number(answer->value), "lower", results_number(answer->lower),
                      "upper", results_number(answer->upper), "unit", answer->unit));
    }
    for (size_t i = 0; i < tip->sentences.count; i++) {
        const struct tip_sentence *sentence = &tip->sentences.items[i];
        json_array_append_new(sentences,
                              json_pack("{s:s, s:s, s:s, s:s}", "run",
                                        case_name(sentence->tip_case), "question",
                                        sentence->question, "nl", sentence->text.text[LANGUAGE_NL],
                                        "en", sentence->text.text[LANGUAGE_EN]));
    }
    json_t *root = json_pack("{s:o, s:o}", "answers", answers, "sentences", sentences);
    results_print_json(root);
}

static void print_sentences(const struct session *session, const struct tip *tip)
{
    const struct tip_case *before = NULL;
    for (int i = 0; tip_questions[i]; i++)
        for (size_t k = 0; k < tip->sentences.count; k++) {
            const struct tip_sentence *sentence = &tip->sentences.items[k];
            if (strcmp(sentence->question, tip_questions[i]->name) != 0)
                continue;
            if (tip->n_cases > 1 && sentence->tip_case && sentence->tip_case != before)
                printf("%s:\n", sentence->tip_case->source.label);
            before = sentence->tip_case;
            printf("%s\n", localized_text(&sentence->text, session->options.language, ""));
        }
}

static int run(struct session *session)
{
    const struct options *options = &session->options;
    struct tip *tip = read_tip(session);
    if (!tip)
        return session_finish(session);
    const char *folder = folder_of(session, tip);
    if (!folder_create(folder, &session->diag))
        return session_finish(session);
    tip_run(tip, &session->diag);
    terminal_flush(&session->terminal, &session->diag);
    if (session->diag.n_errors && !tip->sentences.count)
        return session_finish(session);
    if (tip_write(tip, folder, &session->diag)) {
        struct manifest manifest = manifest_of(session, tip);
        manifest_write(&manifest, session->arena, folder, &session->diag);
    }
    draw(session, tip, folder);
    if (options->json)
        print_json(tip);
    else if (!options->quiet)
        print_sentences(session, tip);
    if (!options->quiet)
        fprintf(stderr, "results in %s\n", folder);
    return session_finish(session);
}

const struct command command_tip = {
    .name = "tip",
    .bit = COMMAND_TIP,
    .usage = "tip [OPTIONS] FILE",
    .summary = "where the tipping point lies, and what it takes to pass it",
    .text = "Answers questions about the models of a scenario, or a bare model: all of them, or\n"
            "those whose options are given. Tables go to the results folder; each answer is said\n"
            "in a sentence. See kantelpunt help tipping.",
    .run = run,
};
