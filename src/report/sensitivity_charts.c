// Stage: report. Rankings of inputs -> sobol.gp (indices; without them the sizes of effects) and
// tornado.gp. The most important inputs are shown; the rest is in sensitivity.csv.
#include "report/sensitivity_charts.h"

#include "base/array.h"
#include "report/sweep_drawing.h"
#include "result/wording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BARS = 12, MAX_METRICS = 6 };

// One metric of one case.
struct subject {
    struct drawing drawing;
    const struct sensitivity *sensitivity;
    const struct sensitivity_row **ranking; // [n_inputs]
    int case_index, metric;
};

static const char *chart_name(const struct subject *subject, const char *kind)
{
    const struct sweep *sweep = subject->drawing.sweep;
    const char *metric = sweep->metric_names[subject->metric];
    if (sweep->n_cases == 1)
        return arena_format(drawing_arena(&subject->drawing), "%s-%s", kind, metric);
    return arena_format(drawing_arena(&subject->drawing), "%s-%s-%s", kind,
                        sweep->cases[subject->case_index].source.label, metric);
}

static const char *subtitle_of(const struct subject *subject)
{
    const struct drawing *drawing = &subject->drawing;
    const struct run_case *source = &drawing->sweep->cases[subject->case_index].source;
    const char *model = drawing_words(drawing, &source->model->title, source->model->name);
    if (!source->scenario->n_models)
        return model;
    return arena_format(drawing_arena(drawing), "%s, %s",
                        drawing_words(drawing, &source->scenario->title, source->scenario->name),
                        model);
}

// "share depends most on price gap", or, of inputs one at a time, "price gap alone moves share
// most".
static const char *title_of(const struct subject *subject, const struct sensitivity_row *first,
                            bool is_alone)
{
    const struct drawing *drawing = &subject->drawing;
    struct arena *arena = drawing_arena(drawing);
    const char *metric = drawing_metric_title(drawing, subject->metric);
    const char *input = drawing_input_title(drawing, first->input);
    const char *alone = arena_format(arena,
                                     drawing->in_dutch ? "%s: op zichzelf doet %s het meest"
                                                       : "%s: on its own, %s does most",
                                     metric, title_in_sentence(arena, input));
    if (is_alone && isfinite(first->low) && isfinite(first->high))
        return arena_format(
            arena, drawing->in_dutch ? "%s, van %s tot %s" : "%s, from %s to %s", alone,
            drawing_metric_text(drawing, subject->metric, fmin(first->low, first->high)),
            drawing_metric_text(drawing, subject->metric, fmax(first->low, first->high)));
    if (is_alone)
        return alone;
    return arena_format(
        arena, drawing->in_dutch ? "%s hangt het meest af van %s" : "%s depends most on %s", metric,
        title_in_sentence(arena, input));
}

static struct chart begin(const struct subject *subject, const char *kind, const char *template,
                          const char *title)
{
    const struct drawing *drawing = &subject->drawing;
    struct arena *arena = drawing_arena(drawing);
    struct chart chart = chart_begin(drawing->context, chart_name(subject, kind), template);
    chart_set_text(&chart, "title", title);
    chart_set_text(&chart, "subtitle", subtitle_of(subject));
    if (subject->sensitivity->n_failed)
        chart_set_text(&chart, "caveat",
                       arena_format(arena,
                                    drawing->in_dutch
                                        ? "%llu van %llu runs zijn mislukt en tellen niet mee."
                                        : "%llu of %llu runs failed and do not count.",
                                    (unsigned long long)subject->sensitivity->n_failed,
                                    (unsigned long long)subject->sensitivity->n_runs));
    return chart;
}

static void set_names(struct chart *chart, const struct subject *subject,
                      const struct sensitivity_row *const *rows, int n)
{
    const char *names[MAX_BARS];
    for (int i = 0; i < n; i++)
        names[i] = drawing_input_title(&subject->drawing, rows[i]->input);
    chart_set_number(chart, "n_bars", n);
    chart_set_texts(chart, "bar_name", names, n);
}

static void add_estimates(struct chart *chart, struct estimate first, struct estimate total)
{
    const double row[] = {first.value, first.lower, first.upper,
                          total.value, total.lower, total.upper};
    chart_add_row(chart, row, (int)ARRAY_COUNT(row));
}

// Bars of indices; of the sizes of effects where there are no indices.
static bool draw_indices(const struct subject *subject)
{
    const struct drawing *drawing = &subject->drawing;
    bool has_indices = subject->sensitivity->has_indices;
    const struct sensitivity_row *rows[MAX_BARS];
    int n = 0;
    for (int k = 0; k < drawing->sweep->design.n_inputs && n < MAX_BARS; k++) {
        const struct sensitivity_row *row = subject->ranking[k];
        if (isfinite(has_indices ? row->total.value : row->effect.mean_size.value))
            rows[n++] = row;
    }
    if (!n)
        return true;
    struct chart chart = begin(subject, has_indices ? "sobol" : "morris", "sobol",
                               title_of(subject, rows[0], false));
    set_names(&chart, subject, rows, n);
    chart_set_number(&chart, "has_first", has_indices);
    chart_set_number(&chart, "index_percent", has_indices);
    if (!has_indices)
        chart_set_text(&chart, "x_title",
                       drawing->in_dutch ? "gemiddelde uitwerking over het hele bereik (mu*)"
                                         : "mean effect over the whole range (mu*)");
    chart_begin_block(&chart, drawing->sweep->metric_names[subject->metric]);
    for (int i = 0; i < n; i++)
        if (has_indices)
            add_estimates(&chart, rows[i]->first, rows[i]->total);
        else
            add_estimates(&chart, (struct estimate){NAN, NAN, NAN}, rows[i]->effect.mean_size);
    return chart_write(&chart);
}

// How far the ends of an input are apart, or from the middle where one of them failed.
static double reach(const struct sensitivity_row *row)
{
    double low = isfinite(row->low) ? row->low : row->nominal;
    double high = isfinite(row->high) ? row->high : row->nominal;
    double size = fmax(fabs(high - low), fmax(fabs(high - row->nominal), fabs(low - row->nominal)));
    return isfinite(size) ? size : 0;
}

static int compare_reach(const void *a, const void *b)
{
    const struct sensitivity_row *x = *(const struct sensitivity_row *const *)a;
    const struct sensitivity_row *y = *(const struct sensitivity_row *const *)b;
    double left = reach(x), right = reach(y);
    return left != right ? (left < right) - (left > right)
                         : (x->input > y->input) - (x->input < y->input);
}

static void set_ends(struct chart *chart, const struct subject *subject,
                     const struct sensitivity_row *const *rows, int n)
{
    const struct drawing *drawing = &subject->drawing;
    const char *low[MAX_BARS], *high[MAX_BARS];
    for (int i = 0; i < n; i++) {
        const struct sample_input *input = &drawing->sweep->design.inputs[rows[i]->input];
        double ends[2];
        sample_ends(&input->distribution, ends);
        low[i] = drawing_input_text(drawing, rows[i]->input, ends[0]);
        high[i] = drawing_input_text(drawing, rows[i]->input, ends[1]);
    }
    chart_set_texts(chart, "bar_low", low, n);
    chart_set_texts(chart, "bar_high", high, n);
}

static bool draw_tornado(const struct subject *subject)
{
    const struct drawing *drawing = &subject->drawing;
    int n_inputs = drawing->sweep->design.n_inputs, n = 0;
    const struct sensitivity_row **rows =
        ARENA_NEW_ARRAY(drawing_arena(drawing), const struct sensitivity_row *, n_inputs);
    for (int k = 0; k < n_inputs; k++)
        if (reach(subject->ranking[k]) > 0)
            rows[n++] = subject->ranking[k];
    if (!n)
        return true;
    qsort(rows, (size_t)n, sizeof *rows, compare_reach);
    n = n < MAX_BARS ? n : MAX_BARS;
    struct chart chart = begin(subject, "tornado", "tornado", title_of(subject, rows[0], true));
    set_names(&chart, subject, rows, n);
    set_ends(&chart, subject, rows, n);
    chart_set_number(&chart, "base", rows[0]->nominal);
    double level = drawing_metric_level(drawing, subject->metric);
    if (isfinite(level)) {
        chart_set_number(&chart, "level", level);
        chart_set_text(
            &chart, "level_name",
            drawing_level_name(drawing, drawing_metric_text(drawing, subject->metric, level)));
    }
    chart_set_text(&chart, "x_title", drawing_metric_title(drawing, subject->metric));
    chart_set_text(&chart, "x_unit",
                   unit_in_words(drawing_arena(drawing),
                                 drawing->sweep->metric_units[subject->metric],
                                 drawing->context->language));
    chart_set_number(&chart, "x_percent", drawing_metric_in_percent(drawing, subject->metric));
    chart_begin_block(&chart, drawing->sweep->metric_names[subject->metric]);
    for (int i = 0; i < n; i++) {
        const double row[] = {rows[i]->low, rows[i]->high};
        chart_add_row(&chart, row, 2);
    }
    return chart_write(&chart);
}

// What all charts are of.
struct whole {
    const struct sensitivity *sensitivity;
    const struct sweep_table *table;
};

static bool draw_all(const struct chart_context *context, void *what)
{
    const struct whole *whole = what;
    const struct sensitivity *sensitivity = whole->sensitivity;
    const struct sweep *sweep = sensitivity->sweep;
    bool is_good = true;
    for (int c = 0; c < sweep->n_cases && c < MAX_GROUPS; c++)
        for (int m = 0; m < sweep->n_metrics && m < MAX_METRICS && is_good; m++) {
            struct subject subject = {.drawing = {.context = context,
                                                  .sweep = sweep,
                                                  .table = whole->table,
                                                  .in_dutch = context->language == LANGUAGE_NL},
                                      .sensitivity = sensitivity,
                                      .ranking = sensitivity_ranking(sensitivity, c, m),
                                      .case_index = c,
                                      .metric = m};
            if (sensitivity->has_indices || sensitivity->has_effects)
                is_good = draw_indices(&subject);
            if (is_good && sensitivity->has_ends)
                is_good = draw_tornado(&subject);
        }
    return is_good;
}

bool sensitivity_charts(const struct chart_context *context, const struct sensitivity *sensitivity,
                        const struct sweep_table *table)
{
    struct whole whole = {sensitivity, table};
    return charts_in_both_languages(context, draw_all, &whole);
}
