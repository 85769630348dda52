// Stage: report. Judge, gather, analyse, draw; then template + tables -> one page of HTML with its
// pictures inside, and the same text through pandoc as a Word document.
#include "report/brief/brief_private.h"

#include "base/array.h"
#include "base/file.h"
#include "base/process.h"
#include "report/brief/page_number.h"
#include "report/brief/svg_inline.h"
#include "report/study_charts.h"
#include "report/tip_support_charts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---------------------------------------------------------------- pictures

static const char *chart_path(const struct brief *brief, const char *name, const char *ending)
{
    return arena_format(brief->job->arena, "%s/charts/%s.%s", brief->job->folder, name, ending);
}

// What a picture shows, for those who do not see it.
static const char *chart_label(const struct brief *brief, const char *name)
{
    const struct fact_table *charts = facts_find(brief->facts, "charts");
    for (int i = 0; i < (int)charts->count; i++)
        if (strcmp(facts_get(brief->facts, "charts", i, "chart").text, name) == 0) {
            const char *title = facts_get(brief->facts, "charts", i, "title").text;
            const char *subtitle = facts_get(brief->facts, "charts", i, "subtitle").text;
            return arena_format(brief->job->arena, "%s. %s", title ? title : name,
                                subtitle ? subtitle : "");
        }
    return NULL;
}

static const char *chart_as_svg(void *context, const char *name)
{
    const struct brief *brief = context;
    struct arena *arena = brief->job->arena;
    const char *label = chart_label(brief, name);
    const char *svg =
        label ? file_read(arena, chart_path(brief, name, "svg"), 1 << 26, NULL, brief->job->diag)
              : NULL;
    return svg ? svg_inline(arena, svg, arena_format(arena, "%s-", name), label) : NULL;
}

static const char *chart_as_png(void *context, const char *name)
{
    const struct brief *brief = context;
    struct arena *arena = brief->job->arena;
    const bool formats[N_FORMATS] = {[FORMAT_PNG] = true};
    const char *label = chart_label(brief, name);
    const char *charts = path_join(arena, brief->job->folder, "charts");
    if (!label || !chart_draw(arena, charts, name, formats, NULL, brief->job->diag))
        return NULL;
    return arena_format(arena, "<img src=\"charts/%s.png\" style=\"width: 16cm\" alt=\"%s\">", name,
                        html_text(arena, label));
}

// The end of the group of cases from `first` on: `n_scenarios` scenarios.
static int end_of_scenarios(const struct study *study, int first, int n_scenarios)
{
    int end = first;
    while (end < study->n_cases) {
        const struct scenario *scenario = study->cases[end].source.scenario;
        bool is_new = end == first || scenario != study->cases[end - 1].source.scenario;
        if (is_new && n_scenarios-- == 0)
            break;
        end++;
    }
    return end;
}

// All scenarios side by side, in as many charts as fit on paper.
static bool draw_comparisons(const struct brief *brief, const struct chart_context *context)
{
    enum { PANELS = 12 };
    const struct study *study = brief->study;
    int n = (int)facts_find(brief->facts, "scenarios")->count;
    int n_charts = (n + PANELS - 1) / PANELS, first = 0;
    bool is_good = n < 2 || study_cost_effect(context, study);
    for (int i = 0; i < n_charts && n > 1 && is_good; i++) {
        int end = end_of_scenarios(study, first, (n + n_charts - 1) / n_charts);
        const char *name = i ? arena_format(context->arena, "comparison-%d", i + 1) : "comparison";
        is_good = study_comparison(context, study, first, end - first, name, brief->variable);
        first = end;
    }
    return is_good;
}

// The charts of the scenario that the briefing dwells on.
static bool draw_focus(const struct brief *brief, const struct chart_context *context)
{
    const struct study *study = brief->study;
    const struct scenario *scenario = study->cases[brief->focus].source.scenario;
    int first = brief->focus;
    while (scenario && first > 0 && study->cases[first - 1].source.scenario == scenario)
        first--;
    int count = scenario ? end_of_scenarios(study, first, 1) - first : 1;
    return study_charts(context, study, first, count);
}

static bool draw_charts(struct brief *brief)
{
    const struct brief_job *job = brief->job;
    struct chart_list drawn = {0};
    struct chart_context context = {.arena = job->arena,
                                    .folder = job->folder,
                                    .language = job->language,
                                    .formats = {[FORMAT_SVG] = true},
                                    .run_id = job->id,
                                    .source = "Kantelpunt " KANTELPUNT_VERSION,
                                    .drawn = &drawn,
                                    .diag = job->diag};
    bool is_good = draw_comparisons(brief, &context) &&
                   (brief->focus < 0 || draw_focus(brief, &context)) &&
                   (!brief->answers || tip_support_charts(&context, brief->answers));
    for (size_t i = 0; i < drawn.count; i++) {
        int row = facts_add_row(brief->facts, "charts");
        facts_set_text(brief->facts, "charts", row, "chart", drawn.items[i].name);
        facts_set_text(brief->facts, "charts", row, "kind", drawn.items[i].template);
        facts_set_text(brief->facts, "charts", row, "title", drawn.items[i].title);
        facts_set_text(brief->facts, "charts", row, "subtitle", drawn.items[i].subtitle);
    }
    return is_good;
}

// Without gnuplot the briefing is one without pictures, and says so.
static bool try_charts(struct brief *brief)
{
    struct diag ignored;
    diag_init(&ignored, brief->job->arena);
    if (brief->job->no_charts || !chart_has_gnuplot(&ignored)) {
        brief_caveat(brief, "no-charts", NULL);
        return true;
    }
    return draw_charts(brief);
}

// ---------------------------------------------------------------- pages

static const char *language_name(enum language language)
{
    return language == LANGUAGE_NL ? "nl" : "en";
}

const struct template *brief_template(struct arena *arena, enum language language, const char *path,
                                      struct diag *diag)
{
    const char *folder = path ? NULL : shared_folder(arena, "plots/brief");
    if (!path && !folder) {
        diag_fail(diag, FAULT_ENVIRONMENT,
                  "cannot find the folder 'plots/brief' with the templates of the briefing");
        diag_hint(diag, "set KANTELPUNT_HOME to the folder that holds it");
        return NULL;
    }
    if (!path)
        path = arena_format(arena, "%s/%s.html", folder, language_name(language));
    return template_read(arena, path, brief_specs, n_brief_specs, diag);
}

static bool write_page(const struct brief *brief, const char *name,
                       const char *(*chart)(void *context, const char *name))
{
    const struct brief_job *job = brief->job;
    struct template_page page = {
        .language = job->language, .context = (void *)brief, .chart = chart};
    struct text text = {0};
    bool is_good = template_expand(job->template, brief->facts, &page, &text, job->diag) &&
                   file_write(job->arena, path_join(job->arena, job->folder, name),
                              text_string(&text), job->diag);
    text_clear(&text);
    return is_good;
}

// The Word document is a help, not a must: without pandoc a remark says so.
static void write_word(const struct brief *brief)
{
    const struct brief_job *job = brief->job;
    char *named = getenv("KANTELPUNT_PANDOC"), *pandoc = named && *named ? named : "pandoc";
    char *const version[] = {pandoc, "--version", NULL};
    if (process_run(NULL, version, NULL) != 0) {
        diag_warning(job->diag, (struct position){0}, "no brief.docx: '%s' cannot be started",
                     pandoc);
        diag_hint(job->diag, "install pandoc, or open brief.html in a word processor");
        return;
    }
    if (!write_page(brief, "brief.docx.html", chart_as_png))
        return;
    char *const arguments[] = {pandoc,
                               "--from",
                               "html",
                               "--to",
                               "docx",
                               "--metadata",
                               arena_format(job->arena, "lang=%s", language_name(job->language)),
                               "--output",
                               "brief.docx.part",
                               "brief.docx.html",
                               NULL};
    const char *part = path_join(job->arena, job->folder, "brief.docx.part");
    int code = process_run(job->folder, arguments, NULL);
    if (code != 0 || rename(part, path_join(job->arena, job->folder, "brief.docx")) != 0)
        diag_fail(job->diag, FAULT_ENVIRONMENT, "pandoc could not write brief.docx (exit code %d)",
                  code);
    unlink(part);
    unlink(path_join(job->arena, job->folder, "brief.docx.html"));
}

static void gather_program(struct brief *brief)
{
    int row = facts_add_row(brief->facts, "program");
    facts_set_text(brief->facts, "program", row, "version", KANTELPUNT_VERSION);
    facts_set_text(brief->facts, "program", row, "id", brief->job->id);
    facts_set_text(brief->facts, "program", row, "command", brief->job->command);
    facts_set_text(brief->facts, "program", row, "folder", brief->job->folder);
}

// Tells what comes next; true.
static bool begin(const struct brief_job *job, const char *stage)
{
    if (job->tell)
        job->tell(job->context, stage);
    return true;
}

bool brief_write(const struct brief_job *job)
{
    struct brief brief = {.job = job, .study = job->study, .focus = -1};
    brief.facts = facts_create(job->arena, brief_specs, n_brief_specs);
    unlink(path_join(job->arena, job->folder, "brief.html")); // of an earlier briefing
    unlink(path_join(job->arena, job->folder, "brief.docx"));
    begin(job, "judging the runs");
    if (!brief_judge(&brief))
        return false;
    brief_gather(&brief);
    gather_program(&brief);
    if (!begin(job, "what it takes to tip") || !brief_analyse(&brief) ||
        !begin(job, "how sure that is") || !brief_vary(&brief) || !begin(job, "drawing charts") ||
        !try_charts(&brief) || !begin(job, "writing") ||
        !facts_write(brief.facts, path_join(job->arena, job->folder, "tables"), job->diag) ||
        !write_page(&brief, "brief.html", chart_as_svg))
        return false;
    write_word(&brief);
    return true;
}
