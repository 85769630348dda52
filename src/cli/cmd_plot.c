// Stage: command line. `kantelpunt plot`: draws the charts of a results folder again.
#include "cli/command.h"

#include "base/array.h"
#include "base/file.h"
#include "report/chart.h"
#include "report/graphviz.h"
#include "result/manifest.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

struct name_list {
    const char **items;
    size_t count, capacity;
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// The charts and diagrams whose scripts stand in the folder `charts`, in order of their names.
static struct name_list find_charts(struct session *session, const char *charts)
{
    struct name_list names = {0};
    DIR *folder = opendir(charts);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (path_has_ending(entry->d_name, "gp") || path_has_ending(entry->d_name, "dot"))
            ARRAY_PUSH(session->arena, &names) = path_stem(session->arena, entry->d_name);
    if (folder)
        closedir(folder);
    if (names.count)
        qsort(names.items, names.count, sizeof *names.items, compare_names);
    return names;
}

static bool pick_chart(struct session *session, const struct name_list *names)
{
    const char *wanted = session->options.chart;
    struct nearest nearest = nearest_start(wanted);
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], wanted) == 0)
            return true;
        nearest_consider(&nearest, names->items[i], names->items[i]);
    }
    diag_fail(&session->diag, FAULT_USAGE, "there is no chart '%s'", wanted);
    diag_suggest(&session->diag, nearest.best);
    return false;
}

static const char *absolute_style(struct session *session)
{
    const char *style = session->options.style;
    char *path = style ? realpath(style, NULL) : NULL;
    if (style && !path)
        diag_fail(&session->diag, FAULT_FILE, "cannot read the style file '%s'", style);
    const char *copy = path ? arena_copy_string(session->arena, path) : NULL;
    free(path);
    return copy;
}

// What a script says of itself in its first lines.
struct script {
    const char *language; // in which it is drawn unless asked otherwise
    bool has_languages;   // it speaks both
    const char *run_id;   // of the run that its data are of; "" where it does not say
};

// The text in quotes behind the first `key` of `text`; "" where there is none.
static const char *quoted_after(struct arena *arena, const char *text, const char *key)
{
    const char *at = strstr(text, key);
    const char *start = at ? at + strlen(key) : "";
    return arena_copy_text(arena, start, strcspn(start, "'"));
}

static bool read_script(struct session *session, const char *charts, const char *name,
                        struct script *script)
{
    struct arena *arena = session->arena;
    const char *path = arena_format(arena, "%s/%s.gp", charts, name);
    const char *text = file_read(arena, path, 1 << 24, NULL, &session->diag);
    if (!text)
        return false;
    script->language = quoted_after(arena, text, "lang = '");
    script->has_languages = strstr(text, "if (lang eq '") != NULL;
    script->run_id = quoted_after(arena, text, "run_id = '");
    return true;
}

// What the reader of a picture must know of the folder that it is from, in the language of the
// picture; NULL: nothing.
static const char *caveat_of(struct session *session, const struct manifest_state *state,
                             const struct script *script, bool in_dutch)
{
    struct arena *arena = session->arena;
    if (!state->exists)
        return in_dutch ? "Let op: de map met resultaten is onvolledig: manifest.json ontbreekt."
                        : "Note: the results folder is incomplete: manifest.json is missing.";
    if (strcmp(state->state, "complete") != 0)
        return arena_format(arena,
                            in_dutch ? "Let op: de run is niet afgemaakt (%ld runs klaar)."
                                     : "Note: the run was not finished (%ld runs done).",
                            state->n_runs);
    if (*script->run_id && *state->id && strcmp(script->run_id, state->id) != 0)
        return arena_format(
            arena,
            in_dutch ? "Let op: deze grafiek is van run %s; de tabellen in de map zijn van run %s."
                     : "Note: this chart is of run %s; the tables in the folder are of run %s.",
            script->run_id, state->id);
    return NULL;
}

// Draws a diagram again. Its texts are fixed.
static bool draw_diagram(struct session *session, const char *charts, const char *name)
{
    const struct options *options = &session->options;
    if (options->has_language || options->style)
        diag_warning(&session->diag, (struct position){.file = charts},
                     "diagram '%s' has one language and its own style", name);
    if (!dot_draw(session->arena, charts, name, options->formats, &session->diag))
        return false;
    if (!options->quiet)
        fprintf(stderr, "drawn: %s/%s\n", charts, name);
    return true;
}

// Draws one chart; false with errors.
static bool draw_one(struct session *session, const struct manifest_state *state,
                     const char *charts, const char *name, const char *style)
{
    const struct options *options = &session->options;
    if (file_exists(arena_format(session->arena, "%s/%s.dot", charts, name)))
        return draw_diagram(session, charts, name);
    struct script script;
    if (!read_script(session, charts, name, &script))
        return false;
    const char *wanted = options->language == LANGUAGE_NL ? "nl" : "en";
    bool is_other = options->has_language && strcmp(script.language, wanted) != 0;
    if (is_other && !script.has_languages) {
        diag_warning(&session->diag, (struct position){.file = charts},
                     "chart '%s' is there in one language only: '%s'", name, script.language);
        is_other = false;
    }
    bool in_dutch = strcmp(is_other ? wanted : script.language, "nl") == 0;
    const struct chart_look look = {.style = style,
                                    .language = is_other ? wanted : NULL,
                                    .caveat = caveat_of(session, state, &script, in_dutch)};
    if (!chart_draw(session->arena, charts, name, options->formats, &look, &session->diag))
        return false;
    if (!options->quiet)
        fprintf(stderr, "drawn: %s/%s\n", charts, name);
    return true;
}

// Says what is odd about the folder as a whole; false with errors where it cannot be read.
static bool check_folder(struct session *session, const char *folder, struct manifest_state *state)
{
    struct diag *diag = &session->diag;
    const struct position where = {.file = folder};
    if (!manifest_read(session->arena, folder, state, diag))
        return false;
    if (!state->exists)
        diag_warning(diag, where, "the results folder is incomplete: it has no manifest.json");
    else if (strcmp(state->version, KANTELPUNT_VERSION) != 0)
        diag_warning(
            diag, where,
            "made by version %s of kantelpunt; its charts are drawn as that version made them",
            *state->version ? state->version : "unknown");
    if (state->n_failed)
        diag_warning(diag, where, "%ld of %ld runs did not complete", state->n_failed,
                     state->n_runs);
    return true;
}

static void draw_all(struct session *session, const struct manifest_state *state,
                     const char *charts, const struct name_list *names)
{
    const char *chart = session->options.chart;
    const char *style = absolute_style(session);
    for (size_t i = 0; i < names->count && !session->diag.fault; i++)
        if (!chart || strcmp(chart, names->items[i]) == 0)
            draw_one(session, state, charts, names->items[i], style);
}

static int run(struct session *session)
{
    if (!session_wants_files(session, 1, 1))
        return session_finish(session);
    const char *folder = session->options.files[0];
    const char *charts = path_join(session->arena, folder, "charts");
    if (!file_is_folder(folder)) {
        diag_fail(&session->diag, FAULT_FILE, "there is no results folder '%s'", folder);
        return session_finish(session);
    }
    struct name_list names = find_charts(session, charts);
    if (!names.count) {
        diag_fail(&session->diag, FAULT_FILE, "no charts in '%s'", charts);
        diag_hint(&session->diag, "run or compare without --no-charts makes them");
        return session_finish(session);
    }
    struct manifest_state state;
    if ((!session->options.chart || pick_chart(session, &names)) &&
        check_folder(session, folder, &state) && chart_has_gnuplot(&session->diag))
        draw_all(session, &state, charts, &names);
    return session_finish(session);
}

const struct command command_plot = {
    .name = "plot",
    .bit = COMMAND_PLOT,
    .usage = "plot [OPTIONS] DIR",
    .summary = "draw the charts of a results folder again",
    .text = "Draws every chart of a results folder again from the gnuplot scripts and data in\n"
            "its folder charts: in other formats, in the other language, or with a style of\n"
            "your own (plots/README.md tells how). Where the folder is incomplete, or of another\n"
            "run than a chart, the picture says so.",
    .run = run,
};
