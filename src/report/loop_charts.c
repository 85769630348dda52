// Stage: report. Relative loop scores -> loops.gp: the loops with the largest mean share, the rest
// together, and the stretches of time in which the same ones dominate.
#include "report/loop_charts.h"

#include "base/array.h"

#include <math.h>
#include <string.h>

enum { MAX_SHOWN = 7, MAX_PHASES = 8, MAX_NAME = 90, OTHER_AREA = 9 };

struct drawing {
    const struct chart_context *context;
    const struct loop_analysis *analysis;
    int n_set;   // loops of the largest set
    int n_shown; // of these, the first, each for itself
    bool in_dutch;
};

// "R1 a > b > c", with the middle left out where it is long.
static const char *loop_label(const struct drawing *drawing, const struct loop *loop)
{
    struct arena *arena = drawing->context->arena;
    const char *name = localized_text(&loop->name, drawing->context->language, "");
    const char *first = strchr(name, '>'), *second = first ? strchr(first + 1, '>') : NULL;
    const char *last = strrchr(name, '>');
    if (strlen(name) <= MAX_NAME || !second || second == last)
        return arena_format(arena, "%s %s", loop->id, name);
    return arena_format(arena, "%s %.*s> ... %s", loop->id, (int)(second - name), name, last);
}

static const char *polarity_in_words(const struct drawing *drawing, bool is_balancing)
{
    if (drawing->in_dutch)
        return is_balancing ? "dempend" : "versterkend";
    return is_balancing ? "balancing" : "reinforcing";
}

static const char *phase_label(const struct drawing *drawing, const struct loop_phase *phase)
{
    enum { MAX_IDS = 4 };
    const char *text = "";
    for (int i = 0; i < phase->n_loops && i < MAX_IDS; i++)
        text = arena_format(drawing->context->arena, "%s%s%s", text, i ? "+" : "",
                            drawing->analysis->loops[phase->loops[i]].id);
    return phase->n_loops > MAX_IDS ? arena_format(drawing->context->arena, "%s+...", text) : text;
}

static double phase_until(const struct loop_analysis *analysis, const struct loop_phase *phase)
{
    int next = phase->last + 1;
    return next < analysis->scores->n_rows ? analysis->scores->times[next]
                                           : analysis->links->model->time.stop;
}

static double phase_length(const struct loop_analysis *analysis, const struct loop_phase *phase)
{
    return phase_until(analysis, phase) - analysis->scores->times[phase->first];
}

// The longest phase of the largest set in which something dominates, or NULL.
static const struct loop_phase *longest_phase(const struct loop_analysis *analysis)
{
    const struct loop_phase *longest = NULL;
    for (size_t i = 0; i < analysis->phases.count; i++) {
        const struct loop_phase *phase = &analysis->phases.items[i];
        if (phase->set == 0 && phase->n_loops &&
            (!longest || phase_length(analysis, phase) > phase_length(analysis, longest)))
            longest = phase;
    }
    return longest;
}

// "R1 (reinforcing) dominates from 2031 until 2042".
static const char *title_of(const struct drawing *drawing)
{
    const struct loop_analysis *analysis = drawing->analysis;
    const struct loop_phase *phase = longest_phase(analysis);
    if (!phase)
        return drawing->in_dutch ? "Het model is in rust" : "The model is at rest";
    double from = analysis->scores->times[phase->first], until = phase_until(analysis, phase);
    struct arena *arena = drawing->context->arena;
    const char *polarity = polarity_in_words(drawing, phase->is_balancing);
    const char *leader = analysis->loops[phase->loops[0]].id;
    if (phase->n_loops == 1)
        return arena_format(arena,
                            drawing->in_dutch ? "Van %.4g tot %.4g overheerst %s (%s)"
                                              : "From %.4g until %.4g %s dominates (%s)",
                            from, until, leader, polarity);
    return arena_format(arena,
                        drawing->in_dutch ? "Van %.4g tot %.4g overheersen %se lussen, %s voorop"
                                          : "From %.4g until %.4g %s loops dominate, %s first",
                        from, until, polarity, leader);
}

static const char *subtitle_of(const struct drawing *drawing)
{
    const struct run_case *source = &drawing->analysis->source;
    enum language language = drawing->context->language;
    const char *model = localized_text(&source->model->title, language, source->model->name);
    if (!source->scenario)
        return model;
    return arena_format(drawing->context->arena, "%s, %s",
                        localized_text(&source->scenario->title, language, source->scenario->name),
                        model);
}

// Each shown loop, then what is left on either side.
static void set_loops(struct chart *chart, const struct drawing *drawing, bool has_rest)
{
    const char *names[MAX_SHOWN + 2];
    double areas[MAX_SHOWN + 2];
    int n = drawing->n_shown;
    for (int i = 0; i < n; i++) {
        names[i] = loop_label(drawing, &drawing->analysis->loops[i]);
        areas[i] = i + 1;
    }
    for (int side = 0; side < 2 && has_rest; side++) {
        areas[n + side] = OTHER_AREA;
        if (drawing->in_dutch)
            names[n + side] = side ? "overige dempende" : "overige versterkende";
        else
            names[n + side] = side ? "other balancing" : "other reinforcing";
    }
    n += has_rest ? 2 : 0;
    chart_set_number(chart, "n_loops", n);
    chart_set_texts(chart, "loop_name", names, n);
    chart_set_numbers(chart, "loop_area", areas, n);
}

// The longest phases, as far as they are long enough to be seen.
static void set_phases(struct chart *chart, const struct drawing *drawing)
{
    const struct loop_analysis *analysis = drawing->analysis;
    const struct time_spec *time = &analysis->links->model->time;
    double from[MAX_PHASES], until[MAX_PHASES];
    const char *names[MAX_PHASES];
    int n = 0;
    for (size_t i = 0; i < analysis->phases.count && n < MAX_PHASES; i++) {
        const struct loop_phase *phase = &analysis->phases.items[i];
        if (phase->set != 0 || !phase->n_loops ||
            phase_length(analysis, phase) < 0.06 * (time->stop - time->start))
            continue;
        from[n] = analysis->scores->times[phase->first];
        until[n] = phase_until(analysis, phase);
        names[n++] = phase_label(drawing, phase);
    }
    chart_set_number(chart, "n_phases", n);
    if (!n)
        return;
    chart_set_numbers(chart, "phase_from", from, n);
    chart_set_numbers(chart, "phase_until", until, n);
    chart_set_texts(chart, "phase_name", names, n);
}

static void set_periods(struct chart *chart, const struct drawing *drawing)
{
    enum { MAX_PERIODS = 8 };
    const struct scenario *scenario = drawing->analysis->source.scenario;
    double from[MAX_PERIODS], until[MAX_PERIODS];
    const char *names[MAX_PERIODS];
    int n = 0;
    for (size_t i = 0; scenario && i < scenario->periods.count && n < MAX_PERIODS; i++) {
        const struct period *period = &scenario->periods.items[i];
        from[n] = period->from;
        until[n] = period->until;
        names[n++] = localized_text(&period->title, drawing->context->language, "");
    }
    chart_set_number(chart, "n_periods", n);
    if (!n)
        return;
    chart_set_numbers(chart, "period_from", from, n);
    chart_set_numbers(chart, "period_until", until, n);
    chart_set_texts(chart, "period_name", names, n);
}

static void add_rows(struct chart *chart, const struct drawing *drawing, bool has_rest)
{
    const struct loop_analysis *analysis = drawing->analysis;
    double row[1 + MAX_SHOWN + 2];
    chart_begin_block(chart, analysis->source.label);
    for (int k = 0; k < analysis->scores->n_rows; k++) {
        double rest[2] = {0, 0};
        row[0] = analysis->scores->times[k];
        for (int i = 0; i < drawing->n_set; i++) {
            double share = analysis->loops[i].relative[k];
            if (i < drawing->n_shown)
                row[1 + i] = share;
            else
                rest[share < 0] += share;
        }
        memcpy(&row[1 + drawing->n_shown], rest, sizeof rest);
        chart_add_row(chart, row, 1 + drawing->n_shown + (has_rest ? 2 : 0));
    }
}

// What a chart is of.
struct subject {
    const char *name;
    const struct loop_analysis *analysis;
};

static bool draw(const struct chart_context *context, void *what)
{
    const struct subject *subject = what;
    const struct loop_analysis *analysis = subject->analysis;
    struct drawing drawing = {
        .context = context, .analysis = analysis, .in_dutch = context->language == LANGUAGE_NL};
    while (drawing.n_set < analysis->n_loops && analysis->loops[drawing.n_set].set == 0)
        drawing.n_set++;
    if (!drawing.n_set || !analysis->scores->n_rows)
        return true;
    drawing.n_shown = drawing.n_set < MAX_SHOWN ? drawing.n_set : MAX_SHOWN;
    bool has_rest = drawing.n_set > drawing.n_shown;
    struct chart chart = chart_begin(context, subject->name, "loops");
    chart_set_text(&chart, "title", title_of(&drawing));
    chart_set_text(&chart, "subtitle", subtitle_of(&drawing));
    set_loops(&chart, &drawing, has_rest);
    set_phases(&chart, &drawing);
    set_periods(&chart, &drawing);
    add_rows(&chart, &drawing, has_rest);
    return chart_write(&chart);
}

bool loop_chart(const struct chart_context *context, const char *name,
                const struct loop_analysis *analysis)
{
    struct subject subject = {name, analysis};
    return charts_in_both_languages(context, draw, &subject);
}
