// Stage: report. Preamble, in both languages, + plots/style.gp + plots/TEMPLATE.gp ->
// charts/NAME.gp, data ->
// charts/NAME.dat, both left on disk so that a gnuplot user can go on from there. Pictures are
// drawn in a folder of their own beside and moved when whole.
#include "report/chart.h"

#include "base/array.h"
#include "base/file.h"
#include "base/process.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const format_names[N_FORMATS] = {"svg", "png", "pdf"};
static const char *const language_codes[N_LANGUAGES] = {[LANGUAGE_NL] = "nl", [LANGUAGE_EN] = "en"};

struct chart_texts {
    struct {
        const char *name, *preamble;
    } * items;
    size_t count, capacity;
};

// A text as a gnuplot string: single quotes, doubled inside; line breaks become blanks, and no line
// is to break behind a euro sign.
static void append_quoted(struct text *text, const char *value)
{
    static const char euro[] = "€ ", no_break[] = "€\u00A0";
    text_append(text, "'");
    for (; *value; value++) {
        if (strncmp(value, euro, sizeof euro - 1) == 0) {
            text_append(text, no_break);
            value += sizeof euro - 2;
            continue;
        }
        if (*value == '\'')
            text_append(text, "'");
        char c = *value == '\n' ? ' ' : *value;
        text_append_bytes(text, &c, 1);
    }
    text_append(text, "'");
}

static void append_number(struct text *text, double value)
{
    if (isfinite(value))
        text_append_number(text, value);
    else
        text_append(text, "NaN");
}

void chart_set_text(struct chart *chart, const char *variable, const char *value)
{
    text_append_format(&chart->preamble, "%s = ", variable);
    append_quoted(&chart->preamble, value);
    text_append(&chart->preamble, "\n");
    if (strcmp(variable, "title") == 0)
        chart->title = arena_copy_string(chart->context->arena, value);
    if (strcmp(variable, "subtitle") == 0)
        chart->subtitle = arena_copy_string(chart->context->arena, value);
}

void chart_set_number(struct chart *chart, const char *variable, double value)
{
    text_append_format(&chart->preamble, "%s = ", variable);
    append_number(&chart->preamble, value);
    text_append(&chart->preamble, "\n");
}

void chart_set_texts(struct chart *chart, const char *variable, const char *const *values, int n)
{
    text_append_format(&chart->preamble, "array %s[%d] = [", variable, n);
    for (int i = 0; i < n; i++) {
        text_append(&chart->preamble, i ? ", " : "");
        append_quoted(&chart->preamble, values[i]);
    }
    text_append(&chart->preamble, "]\n");
}

void chart_set_numbers(struct chart *chart, const char *variable, const double *values, int n)
{
    text_append_format(&chart->preamble, "array %s[%d] = [", variable, n);
    for (int i = 0; i < n; i++) {
        text_append(&chart->preamble, i ? ", " : "");
        append_number(&chart->preamble, values[i]);
    }
    text_append(&chart->preamble, "]\n");
}

struct chart chart_begin(const struct chart_context *context, const char *name,
                         const char *template)
{
    struct chart chart = {
        .context = context, .name = name, .template = template, .title = "", .subtitle = ""};
    chart_set_text(&chart, "chart", name);
    chart_set_text(&chart, "source", context->source);
    chart_set_text(&chart, "run_id", context->run_id);
    return chart;
}

void chart_begin_block(struct chart *chart, const char *remark)
{
    text_append_format(&chart->data, "%s# %s\n", chart->n_blocks++ ? "\n\n" : "", remark);
}

void chart_add_row(struct chart *chart, const double *values, int n)
{
    for (int i = 0; i < n; i++) {
        text_append(&chart->data, i ? " " : "");
        if (isfinite(values[i]))
            text_append_number(&chart->data, values[i]);
        else
            text_append(&chart->data, "?");
    }
    text_append(&chart->data, "\n");
    chart->n_rows++;
}

void chart_drop(struct chart *chart)
{
    text_clear(&chart->preamble);
    text_clear(&chart->data);
}

const char *shared_folder(struct arena *arena, const char *name)
{
    static const char *const places[] = {"../share/kantelpunt", "..", "../.."};
    const char *home = getenv("KANTELPUNT_HOME");
    if (home && file_is_folder(path_join(arena, home, name)))
        return path_join(arena, home, name);
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return NULL;
    program[length] = '\0';
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        const char *folder =
            arena_format(arena, "%s/%s/%s", path_folder(arena, program), places[i], name);
        if (file_is_folder(folder))
            return folder;
    }
    return NULL;
}

static const char *read_template(const struct chart_context *context, const char *name)
{
    const char *folder = shared_folder(context->arena, "plots");
    if (!folder) {
        diag_fail(context->diag, FAULT_ENVIRONMENT,
                  "cannot find the folder 'plots' with the chart templates");
        diag_hint(context->diag, "set KANTELPUNT_HOME to the folder that holds it");
        return NULL;
    }
    const char *path = arena_format(context->arena, "%s/%s.gp", folder, name);
    return file_read(context->arena, path, 1 << 20, NULL, context->diag);
}

static char *gnuplot_name(void)
{
    char *name = getenv("KANTELPUNT_GNUPLOT");
    return name && *name ? name : "gnuplot";
}

bool chart_has_gnuplot(struct diag *diag)
{
    char *const arguments[] = {gnuplot_name(), "--version", NULL};
    if (process_run(NULL, arguments, NULL) == 0)
        return true;
    diag_fail(diag, FAULT_ENVIRONMENT, "cannot draw charts: '%s' cannot be started",
              gnuplot_name());
    diag_hint(diag, "install gnuplot (Debian: gnuplot-nox), or give --no-charts");
    return false;
}

static void report_failure(struct arena *arena, const char *charts, const char *name, int code,
                           const char *log, struct diag *diag)
{
    struct diag ignored;
    diag_init(&ignored, arena);
    char *words = file_exists(log) ? file_read(arena, log, 1 << 16, NULL, &ignored) : NULL;
    for (size_t n = words ? strlen(words) : 0; n && words[n - 1] == '\n'; n--)
        words[n - 1] = '\0';
    if (code == 127) {
        diag_fail(diag, FAULT_ENVIRONMENT, "cannot draw charts: '%s' cannot be started",
                  gnuplot_name());
        diag_hint(diag, "install gnuplot (Debian: gnuplot-nox), or give --no-charts");
        return;
    }
    diag_fail(diag, FAULT_ENVIRONMENT, "gnuplot could not draw '%s/%s.gp' (exit code %d)", charts,
              name, code);
    if (words && *words)
        diag_hint(diag, "it said: %s", words);
}

static void append_setting(struct text *settings, const char *variable, const char *value)
{
    if (!value)
        return;
    text_append_format(settings, "; %s=", variable);
    append_quoted(settings, value);
}

// Draws one picture under a temporary name, then gives it its own.
static bool draw_format(struct arena *arena, const char *charts, const char *name,
                        enum chart_format format, const struct chart_look *look, struct diag *diag)
{
    const char *final = arena_format(arena, "%s/%s.%s", charts, name, format_names[format]);
    const char *beside = arena_format(arena, "%s.%ld.part", name, (long)getpid());
    const char *part = arena_format(arena, "%s/%s", charts, beside);
    const char *log = arena_format(arena, "%s/%s.log", charts, beside);
    struct text settings = {0};
    text_append_format(&settings, "format='%s'; output_file='%s'", format_names[format], beside);
    append_setting(&settings, "lang", look ? look->language : NULL);
    append_setting(&settings, "style_file", look ? look->style : NULL);
    append_setting(&settings, "folder_caveat", look ? look->caveat : NULL);
    char *script = arena_format(arena, "%s.gp", name);
    char *const arguments[] = {gnuplot_name(), "-e", settings.bytes, script, NULL};
    const char *absolute_log = realpath(charts, NULL);
    const char *log_path =
        absolute_log ? arena_format(arena, "%s/%s.log", absolute_log, beside) : NULL;
    free((void *)absolute_log);
    int code = process_run(charts, arguments, log_path);
    bool is_good = code == 0 && file_exists(part) && rename(part, final) == 0;
    if (!is_good)
        report_failure(arena, charts, name, code, log, diag);
    unlink(part);
    unlink(log);
    text_clear(&settings);
    return is_good;
}

bool chart_draw(struct arena *arena, const char *charts, const char *name,
                const bool formats[N_FORMATS], const struct chart_look *look, struct diag *diag)
{
    const char *data = arena_format(arena, "%s/%s.dat", charts, name);
    if (!file_exists(data)) {
        diag_fail(diag, FAULT_FILE, "the chart '%s' has lost its data: there is no '%s'", name,
                  data);
        diag_hint(diag, "the results folder is incomplete: make it again");
        return false;
    }
    for (int format = 0; format < N_FORMATS; format++)
        if (formats[format] &&
            !draw_format(arena, charts, name, (enum chart_format)format, look, diag))
            return false;
    return true;
}

// The texts and numbers of a chart, in one language or two.
static const char *language_part(const struct chart *chart)
{
    const struct chart_context *context = chart->context;
    const char *code = language_codes[context->language];
    const char *other = NULL;
    for (size_t i = 0; context->texts && i < context->texts->count; i++)
        if (strcmp(context->texts->items[i].name, chart->name) == 0)
            other = context->texts->items[i].preamble;
    if (!other)
        return arena_format(context->arena, "lang = '%s'\n%s", code, text_string(&chart->preamble));
    return arena_format(context->arena,
                        "if (!exists(\"lang\")) lang = '%s'\nif (lang eq '%s') {\n%s} else "
                        "{\n%s}\n",
                        code, code, text_string(&chart->preamble), other);
}

static bool write_files(struct chart *chart, const char *charts)
{
    const struct chart_context *context = chart->context;
    const char *style = read_template(context, "style");
    const char *template = style ? read_template(context, chart->template) : NULL;
    if (!template)
        return false;
    const char *script = arena_format(
        context->arena,
        "# %s: made by kantelpunt; draw it with: gnuplot %s.gp\n%sn_data_rows = %ld\n"
        "\n%s\n%s",
        chart->name, chart->name, language_part(chart), chart->n_rows, style, template);
    const char *script_path = arena_format(context->arena, "%s/%s.gp", charts, chart->name);
    const char *data_path = arena_format(context->arena, "%s/%s.dat", charts, chart->name);
    return file_write(context->arena, data_path, text_string(&chart->data), context->diag) &&
           file_write(context->arena, script_path, script, context->diag);
}

bool chart_write(struct chart *chart)
{
    const struct chart_context *context = chart->context;
    if (context->is_rehearsal) {
        ARRAY_PUSH(context->arena, context->texts).name = chart->name;
        context->texts->items[context->texts->count - 1].preamble =
            arena_copy_string(context->arena, text_string(&chart->preamble));
        chart_drop(chart);
        return true;
    }
    const char *charts = path_join(context->arena, context->folder, "charts");
    bool is_good =
        folder_create(charts, context->diag) && write_files(chart, charts) &&
        chart_draw(context->arena, charts, chart->name, context->formats, NULL, context->diag);
    if (is_good && context->drawn)
        ARRAY_PUSH(context->arena, context->drawn) =
            (struct drawn_chart){chart->name, chart->template, chart->title, chart->subtitle};
    chart_drop(chart);
    return is_good;
}

bool charts_in_both_languages(const struct chart_context *context,
                              bool (*draw)(const struct chart_context *context, void *subject),
                              void *subject)
{
    struct chart_texts texts = {0};
    struct chart_context both = *context;
    both.texts = &texts;
    both.is_rehearsal = true;
    both.language = context->language == LANGUAGE_NL ? LANGUAGE_EN : LANGUAGE_NL;
    if (!draw(&both, subject))
        return false;
    both.is_rehearsal = false;
    both.language = context->language;
    return draw(&both, subject);
}
