// Stage: command line. `kantelpunt plot`: draws the charts of a results folder again.
#include "cli/command.h"

#include "base/array.h"
#include "base/file.h"
#include "report/chart.h"

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

// The charts whose scripts stand in the folder `charts`, in order of their names.
static struct name_list find_charts(struct session *session, const char *charts)
{
    struct name_list names = {0};
    DIR *folder = opendir(charts);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (path_has_ending(entry->d_name, "gp"))
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

static void draw_all(struct session *session, const char *charts, const struct name_list *names)
{
    const struct options *options = &session->options;
    const char *style = absolute_style(session);
    for (size_t i = 0; i < names->count && !session->diag.fault; i++) {
        if (options->chart && strcmp(options->chart, names->items[i]) != 0)
            continue;
        if (chart_draw(session->arena, charts, names->items[i], options->formats, style,
                       &session->diag) &&
            !options->quiet)
            fprintf(stderr, "drawn: %s/%s\n", charts, names->items[i]);
    }
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
    if ((!session->options.chart || pick_chart(session, &names)) &&
        chart_has_gnuplot(&session->diag))
        draw_all(session, charts, &names);
    return session_finish(session);
}

const struct command command_plot = {
    .name = "plot",
    .bit = COMMAND_PLOT,
    .usage = "plot [OPTIONS] DIR",
    .summary = "draw the charts of a results folder again",
    .text = "Draws every chart of a results folder again from the gnuplot scripts and data in\n"
            "its folder charts, in other formats or with a style of your own.",
    .run = run,
};
