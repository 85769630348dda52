// Stage: command line. `kantelpunt explain`: which feedback loops drive the behaviour, when.
#include "analysis/loops.h"
#include "cli/command.h"
#include "cli/results.h"
#include "cli/show_study.h"

#include "base/array.h"
#include "base/file.h"
#include "report/causal.h"
#include "report/graphviz.h"
#include "report/loop_charts.h"
#include "result/sheet.h"

#include <stdlib.h>
#include <string.h>

enum { DEFAULT_MAX_LOOPS = 1000, MAX_SHOWN_LOOPS = 12, MAX_SHOWN_PHASES = 16 };

// The loops of one case on their way to people.
struct shown {
    struct session *session;
    const struct loop_analysis *analysis;
    const char *prefix; // of its files: "" for the only case
};

static bool is_wanted(const struct shown *shown, int loop)
{
    const struct options *options = &shown->session->options;
    return !options->select ||
           loop_passes(shown->analysis, loop, options->select, options->n_select);
}

static struct sheet loop_sheet(const struct shown *shown)
{
    const struct loop_analysis *analysis = shown->analysis;
    struct sheet sheet;
    sheet_init(&sheet, shown->session->arena);
    static const char *const columns[] = {"id",   "polarity",   "variables",
                                          "name", "mean_share", "set"};
    for (size_t i = 0; i < ARRAY_COUNT(columns); i++)
        sheet_add_column(&sheet, columns[i]);
    for (int i = 0; i < analysis->n_loops; i++) {
        const struct loop *loop = &analysis->loops[i];
        if (!is_wanted(shown, i))
            continue;
        sheet_begin_row(&sheet);
        sheet_set_text(&sheet, "id", loop->id);
        sheet_set_text(&sheet, "polarity", loop_polarity_name(loop->polarity));
        sheet_set_text(&sheet, "variables", loop->path);
        sheet_set_text(&sheet, "name",
                       localized_text(&loop->name, shown->session->options.language, ""));
        sheet_set_number(&sheet, "mean_share", loop->mean_share);
        sheet_set_number(&sheet, "set", loop->set + 1);
    }
    return sheet;
}

static struct sheet score_sheet(const struct shown *shown)
{
    const struct loop_analysis *analysis = shown->analysis;
    struct sheet sheet;
    sheet_init(&sheet, shown->session->arena);
    sheet_add_column(&sheet, "time");
    for (int i = 0; i < analysis->n_loops; i++)
        if (is_wanted(shown, i))
            sheet_add_column(&sheet, analysis->loops[i].id);
    for (int row = 0; row < analysis->scores->n_rows; row++) {
        sheet_begin_row(&sheet);
        sheet_set_number(&sheet, "time", analysis->scores->times[row]);
        for (int i = 0; i < analysis->n_loops; i++)
            if (is_wanted(shown, i))
                sheet_set_number(&sheet, analysis->loops[i].id, analysis->loops[i].relative[row]);
    }
    return sheet;
}

static void write_tables(const struct shown *shown, const char *folder)
{
    struct session *session = shown->session;
    struct arena *arena = session->arena;
    struct sheet loops = loop_sheet(shown), scores = score_sheet(shown);
    const char *name = arena_format(arena, "%sloops.csv", shown->prefix);
    if (sheet_write_csv(&loops, path_join(arena, folder, name), &session->diag)) {
        name = arena_format(arena, "%sloop_scores.csv", shown->prefix);
        sheet_write_csv(&scores, path_join(arena, folder, name), &session->diag);
    }
}

static const char *percent(const struct shown *shown, double share)
{
    return arena_format(shown->session->arena, "%.0f %%", 100 * share);
}

static void print_loops(const struct shown *shown)
{
    const struct loop_analysis *analysis = shown->analysis;
    struct text_table table;
    table_init(&table, shown->session->arena, 4);
    const char *const header[] = {"loop", "polarity", "share", "stocks"};
    for (size_t i = 0; i < ARRAY_COUNT(header); i++)
        table_add(&table, header[i]);
    int n_shown = 0, n_more = 0;
    for (int i = 0; i < analysis->n_loops; i++) {
        const struct loop *loop = &analysis->loops[i];
        if (!is_wanted(shown, i))
            continue;
        if (n_shown == MAX_SHOWN_LOOPS) {
            n_more++;
            continue;
        }
        n_shown++;
        table_add(&table, loop->id);
        table_add(&table, loop_polarity_name(loop->polarity));
        table_add(&table, percent(shown, loop->mean_share));
        table_add(&table, localized_text(&loop->name, shown->session->options.language, ""));
    }
    table_print(&table, stdout);
    if (n_more)
        printf("and %d more, in %sloops.csv\n", n_more, shown->prefix);
}

static const char *dominant_loops(const struct shown *shown, const struct loop_phase *phase)
{
    struct arena *arena = shown->session->arena;
    enum { MAX_IDS = 8 };
    const char *text = "";
    if (!phase->n_loops)
        return "none: nothing moves";
    for (int i = 0; i < phase->n_loops && i < MAX_IDS; i++)
        text = arena_format(arena, "%s%s%s", text, i ? " + " : "",
                            shown->analysis->loops[phase->loops[i]].id);
    if (phase->n_loops > MAX_IDS)
        text = arena_format(arena, "%s + %d more", text, phase->n_loops - MAX_IDS);
    return arena_format(arena, "%s (%s)", text, phase->is_balancing ? "balancing" : "reinforcing");
}

static int compare_lengths(const void *a, const void *b)
{
    const int *x = a, *y = b;
    return (*x < *y) - (*x > *y);
}

// How many rows a phase must have to be among the longest MAX_SHOWN_PHASES.
static int shortest_shown(const struct shown *shown)
{
    const struct loop_analysis *analysis = shown->analysis;
    size_t n = analysis->phases.count;
    if (n <= MAX_SHOWN_PHASES)
        return 1;
    int *lengths = ARENA_NEW_ARRAY(shown->session->arena, int, n);
    for (size_t i = 0; i < n; i++)
        lengths[i] = analysis->phases.items[i].last - analysis->phases.items[i].first + 1;
    qsort(lengths, n, sizeof *lengths, compare_lengths);
    return lengths[MAX_SHOWN_PHASES - 1];
}

static void print_phases(const struct shown *shown)
{
    const struct loop_analysis *analysis = shown->analysis;
    struct arena *arena = shown->session->arena;
    int shortest = shortest_shown(shown), n_left_out = 0, set = -1;
    struct text_table table;
    table_init(&table, arena, 4);
    const char *const header[] = {"from", "until", "share", "dominant loops"};
    for (size_t i = 0; i < ARRAY_COUNT(header); i++)
        table_add(&table, header[i]);
    for (size_t i = 0; i < analysis->phases.count; i++) {
        const struct loop_phase *phase = &analysis->phases.items[i];
        if (phase->last - phase->first + 1 < shortest) {
            n_left_out++;
            continue;
        }
        double until = phase->last + 1 < analysis->scores->n_rows
                           ? analysis->scores->times[phase->last + 1]
                           : analysis->links->model->time.stop;
        const char *loops = dominant_loops(shown, phase);
        if (analysis->n_sets > 1)
            loops = arena_format(
                arena, "%s%s", loops,
                phase->set == set ? "" : arena_format(arena, ", set %d", phase->set + 1));
        set = phase->set;
        table_add(&table, arena_format(arena, "%.6g", analysis->scores->times[phase->first]));
        table_add(&table, arena_format(arena, "%.6g", until));
        table_add(&table, percent(shown, phase->share));
        table_add(&table, loops);
    }
    puts("");
    table_print(&table, stdout);
    if (n_left_out)
        printf("%d shorter stretches are left out\n", n_left_out);
}

static void print_case(const struct shown *shown)
{
    const struct loop_analysis *analysis = shown->analysis;
    int n_stocks = analysis->n_stocks;
    printf("%s: %s%d feedback loop%s in %d set%s of stocks that hang together (%d stock%s)\n",
           analysis->source.label, analysis->is_complete ? "" : "the strongest ", analysis->n_loops,
           analysis->n_loops == 1 ? "" : "s", analysis->n_sets, analysis->n_sets == 1 ? "" : "s",
           n_stocks, n_stocks == 1 ? "" : "s");
    if (!analysis->n_loops)
        return;
    print_loops(shown);
    print_phases(shown);
}

static json_t *loops_json(const struct shown *shown)
{
    const struct loop_analysis *analysis = shown->analysis;
    enum language language = shown->session->options.language;
    json_t *loops = json_array(), *phases = json_array();
    for (int i = 0; i < analysis->n_loops; i++) {
        const struct loop *loop = &analysis->loops[i];
        if (is_wanted(shown, i))
            json_array_append_new(
                loops, json_pack("{s:s, s:s, s:s, s:s, s:f, s:i}", "id", loop->id, "polarity",
                                 loop_polarity_name(loop->polarity), "variables", loop->path,
                                 "name", localized_text(&loop->name, language, ""), "mean_share",
                                 loop->mean_share, "set", loop->set + 1));
    }
    for (size_t i = 0; i < analysis->phases.count; i++) {
        const struct loop_phase *phase = &analysis->phases.items[i];
        json_t *ids = json_array();
        for (int k = 0; k < phase->n_loops; k++)
            json_array_append_new(ids, json_string(analysis->loops[phase->loops[k]].id));
        json_array_append_new(phases, json_pack("{s:i, s:f, s:f, s:o, s:f}", "set", phase->set + 1,
                                                "from", analysis->scores->times[phase->first],
                                                "last", analysis->scores->times[phase->last],
                                                "loops", ids, "share", phase->share));
    }
    return json_pack("{s:s, s:b, s:o, s:o}", "run", analysis->source.label, "complete",
                     analysis->is_complete, "loops", loops, "phases", phases);
}

static void print_json(const struct shown *cases, int n)
{
    json_t *root = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(root, loops_json(&cases[i]));
    results_print_json(root);
}

// Says so where not all loops were found.
static void report_incomplete(struct session *session, const struct loop_analysis *analysis,
                              int max_loops)
{
    if (analysis->is_complete)
        return;
    diag_warning(&session->diag, (struct position){0},
                 "run '%s': there are more than %d loop%s; only the strongest at each saved time "
                 "were looked for, %d in all",
                 analysis->source.label, max_loops, max_loops == 1 ? "" : "s", analysis->n_loops);
    diag_hint(&session->diag, "shares are of these; --max-loops looks for all of more loops");
}

// Analyses every complete run into `cases`; returns how many.
static int analyse(struct session *session, const struct study *study, struct shown *cases)
{
    int max_loops = session->options.max_loops ? session->options.max_loops : DEFAULT_MAX_LOOPS;
    int n = 0;
    for (int i = 0; i < study->n_cases; i++) {
        const struct study_case *study_case = &study->cases[i];
        if (!study_case->simulation || study_case->simulation->ending.end != RUN_COMPLETE)
            continue;
        struct loop_analysis *analysis = loops_analyse(session->arena, &study_case->source,
                                                       max_loops, session->cancel, &session->diag);
        if (!analysis || analysis->scores->ending.end != RUN_COMPLETE)
            continue;
        report_incomplete(session, analysis, max_loops);
        const char *prefix = study->n_cases == 1
                                 ? ""
                                 : arena_format(session->arena, "%s.", study_case->source.label);
        cases[n++] = (struct shown){session, analysis, prefix};
    }
    terminal_flush(&session->terminal, &session->diag);
    return n;
}

static int write_to_csv(struct session *session, const struct shown *cases, int n)
{
    if (n != 1) {
        diag_fail(&session->diag, FAULT_USAGE,
                  "--csv writes the loop scores of one run; these are %d", n);
        return session_finish(session);
    }
    struct sheet scores = score_sheet(&cases[0]);
    sheet_write_csv(&scores, session->options.csv, &session->diag);
    return session_finish(session);
}

static void write_case(struct session *session, const struct study *study,
                       const struct shown *shown)
{
    int index = 0;
    while (strcmp(study->cases[index].source.label, shown->analysis->source.label) != 0)
        index++;
    write_tables(shown, study_folder(session, study, index));
    if (!study_wants_charts(session))
        return;
    struct chart_context context = study_chart_context(session, study, index);
    if (loop_chart(&context, arena_format(session->arena, "%sloops", shown->prefix),
                   shown->analysis) &&
        dot_is_there("the causal-loop diagram", &session->diag))
        causal_diagram(&context, arena_format(session->arena, "%scausal", shown->prefix),
                       shown->analysis);
}

static int run(struct session *session)
{
    struct study *study = session_wants_files(session, 1, 1) ? study_for(session) : NULL;
    if (!study)
        return session_finish(session);
    if (session->options.dry_run)
        return study_print_plan(session, study);
    if (!session->options.csv && !study_folders_create(session, study))
        return session_finish(session);
    study_simulate(session, study);
    struct shown *cases = ARENA_NEW_ARRAY(session->arena, struct shown, study->n_cases);
    int n = analyse(session, study, cases);
    if (session->options.csv && !session->diag.n_errors)
        return write_to_csv(session, cases, n);
    study_write(session, study);
    for (int i = 0; i < n; i++)
        write_case(session, study, &cases[i]);
    if (session->options.json)
        print_json(cases, n);
    for (int i = 0; i < n && !session->options.json && !session->options.quiet; i++) {
        if (i)
            puts("");
        print_case(&cases[i]);
    }
    study_print_folders(session, study);
    return session_finish(session);
}

const struct command command_explain = {
    .name = "explain",
    .bit = COMMAND_EXPLAIN,
    .usage = "explain [OPTIONS] FILE",
    .summary = "which feedback loops drive the behaviour, when (Loops That Matter)",
    .text = "Runs each model of a scenario (or a bare model), finds its feedback loops and says\n"
            "what share each had in the behaviour over time (Schoenberg, Davidsen & Eberlein\n"
            "2020), with any integration method. Dominant are the loops of the stronger polarity,\n"
            "the strongest first, until they make up half. See kantelpunt help loops.",
    .run = run,
};
