// Stage: report. bands.csv -> fan; design.csv and metrics.csv -> a histogram of each metric, a
// scatter over the input that it hangs on most, a map over the two strongest (the only two, in a
// grid). Large sweeps are drawn from every second, third ... run, and say so.
#include "report/sweep_charts.h"

#include "base/array.h"
#include "base/csv.h"
#include "base/file.h"
#include "report/sweep_drawing.h"
#include "report/sweep_map.h"
#include "result/wording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_POINTS = 2500,
    MAX_METRICS = 6,
    MAX_BAND_PANELS = 6,
    N_BINS = 40,
};

// Reads bands.csv, whose rows come by case, variable, time and quantile.
static bool read_bands(const struct drawing *drawing, double *values, double *times)
{
    const struct sweep *sweep = drawing->sweep;
    const char *path = path_join(drawing_arena(drawing), drawing->context->folder, "bands.csv");
    size_t length, n = 0;
    const char *text =
        file_read(drawing_arena(drawing), path, (size_t)1 << 30, &length, drawing->context->diag);
    size_t wanted = (size_t)sweep->n_cases * (size_t)sweep->n_bands * (size_t)sweep->n_band_times *
                    (size_t)sweep->n_quantiles;
    const char *line = text ? strchr(text, '\n') : NULL;
    while (line && line[1] && n < wanted) {
        const char *next = strchr(line + 1, '\n');
        const char *end = next ? next : text + length, *cells[3];
        const char *at = end;
        for (int i = 2; i >= 0; i--) {
            while (at > line && *(at - 1) != ',')
                at--;
            cells[i] = at--;
        }
        bool has_value = *cells[2] != '\r' && *cells[2] != '\n';
        values[n] = has_value ? strtod(cells[2], NULL) : NAN;
        times[n / (size_t)sweep->n_quantiles % (size_t)sweep->n_band_times] =
            strtod(cells[0], NULL);
        n++;
        line = next;
    }
    return n == wanted;
}

// The bands of all variables and cases.
struct bands {
    size_t per_variable; // values of one variable in one case
    double *values;      // [n_cases][n_bands][n_band_times][n_quantiles]
    double *times;       // [n_band_times]
};

static const double *band_of(const struct drawing *drawing, const struct bands *bands, int group,
                             int band)
{
    return bands->values + (size_t)(group * drawing->sweep->n_bands + band) * bands->per_variable;
}

// Adds the bands of one variable, a block a group; sets its range.
static void add_band(const struct drawing *drawing, const struct bands *bands, struct chart *chart,
                     int band, double *low, double *high)
{
    const struct sweep *sweep = drawing->sweep;
    double row[1 + MAX_QUANTILES];
    *low = INFINITY;
    *high = -INFINITY;
    for (int g = 0; g < drawing_n_groups(drawing); g++) {
        const double *block = band_of(drawing, bands, g, band);
        chart_begin_block(chart, sweep->band_names[band]);
        for (long t = 0; t < sweep->n_band_times; t++) {
            row[0] = bands->times[t];
            for (int q = 0; q < sweep->n_quantiles; q++) {
                row[1 + q] = block[t * sweep->n_quantiles + q];
                *low = fmin(*low, row[1 + q]);
                *high = fmax(*high, row[1 + q]);
            }
            chart_add_row(chart, row, 1 + sweep->n_quantiles);
        }
    }
}

// How far apart the runs end, in the case whose middle run ends highest.
static const char *fan_in_words(const struct drawing *drawing, const struct bands *bands,
                                bool in_percent)
{
    const struct sweep *sweep = drawing->sweep;
    struct arena *arena = drawing_arena(drawing);
    enum language language = drawing->context->language;
    int n = sweep->n_quantiles, best = 0;
    bool is_tie = true;
    const double *last = NULL;
    for (int g = 0; g < drawing_n_groups(drawing); g++) {
        const double *ends = band_of(drawing, bands, g, 0) + bands->per_variable - n;
        is_tie &= !last || ends[n / 2] == last[n / 2];
        if (last && !(ends[n / 2] > last[n / 2]))
            continue;
        last = ends;
        best = g;
    }
    const char *title = drawing_variable_title(drawing, sweep->band_names[0]);
    if (drawing_n_groups(drawing) > 1)
        title = arena_format(arena, "%s (%s)", title, drawing_case_title(drawing, best));
    return arena_format(
        arena,
        drawing->in_dutch ? "%s: in %.10g tussen %s en %s, middelste run %s"
                          : "%s: in %.10g between %s and %s, middle run %s",
        title, bands->times[sweep->n_band_times - 1],
        value_in_words(arena, last[0], "1", in_percent, language),
        value_in_words(arena, last[n - 1], "1", in_percent, language),
        value_in_words(arena, last[n / 2], sweep->band_units[0], in_percent, language));
}

static bool draw_fan(const struct drawing *drawing)
{
    const struct sweep *sweep = drawing->sweep;
    struct arena *arena = drawing_arena(drawing);
    enum language language = drawing->context->language;
    int n_panels = sweep->n_bands < MAX_BAND_PANELS ? sweep->n_bands : MAX_BAND_PANELS;
    if (!n_panels || sweep->n_quantiles % 2 == 0)
        return true;
    struct bands bands = {(size_t)sweep->n_band_times * (size_t)sweep->n_quantiles, NULL, NULL};
    size_t n_values = (size_t)sweep->n_cases * (size_t)sweep->n_bands * bands.per_variable;
    bands.values = ARENA_NEW_ARRAY(arena, double, n_values);
    bands.times = ARENA_NEW_ARRAY(arena, double, sweep->n_band_times);
    if (!read_bands(drawing, bands.values, bands.times))
        return false;
    struct chart chart = chart_begin(drawing->context, "bands", "fan");
    const char *titles[MAX_BAND_PANELS], *units[MAX_BAND_PANELS], *levels[MAX_BAND_PANELS];
    double in_percent[MAX_BAND_PANELS], level[MAX_BAND_PANELS], low, high;
    for (int p = 0; p < n_panels; p++) {
        const char *name = sweep->band_names[p], *unit = sweep->band_units[p];
        add_band(drawing, &bands, &chart, p, &low, &high);
        titles[p] = drawing_variable_title(drawing, name);
        units[p] = unit_in_words(arena, unit, language);
        in_percent[p] = is_shown_in_percent(unit, low, high);
        level[p] = drawing_tip_level(drawing, name);
        levels[p] = drawing_level_name(
            drawing, value_in_words(arena, level[p], unit, in_percent[p] != 0, language));
    }
    chart_set_text(&chart, "title", fan_in_words(drawing, &bands, in_percent[0] != 0));
    chart_set_text(&chart, "subtitle", drawing_runs_text(drawing));
    chart_set_number(&chart, "n_panels", n_panels);
    chart_set_texts(&chart, "panel_title", titles, n_panels);
    chart_set_texts(&chart, "panel_unit", units, n_panels);
    chart_set_numbers(&chart, "panel_percent", in_percent, n_panels);
    chart_set_numbers(&chart, "level", level, n_panels);
    chart_set_texts(&chart, "level_name", levels, n_panels);
    chart_set_number(&chart, "n_quantiles", sweep->n_quantiles);
    chart_set_numbers(&chart, "quantile", sweep->quantiles, sweep->n_quantiles);
    drawing_set_groups(drawing, &chart, drawing_n_groups(drawing));
    drawing_set_caveat(drawing, &chart);
    return chart_write(&chart);
}

// Bins of one metric in one group, as shares of the group's runs.
static void count_bins(const struct drawing *drawing, int metric, int group, double low,
                       double high, double *shares)
{
    const struct sweep_table *table = drawing->table;
    long n = 0;
    memset(shares, 0, N_BINS * sizeof *shares);
    for (long row = 0; row < table->n_rows; row++) {
        double value = table->metrics[metric][row];
        if (table->case_index[row] != group)
            continue;
        n++;
        if (!isfinite(value))
            continue;
        int bin = (int)((value - low) / (high - low) * N_BINS);
        shares[bin < N_BINS ? bin : N_BINS - 1]++;
    }
    for (int i = 0; i < N_BINS && n; i++)
        shares[i] /= (double)n;
}

// The values of a metric in one group.
static double *group_values(const struct drawing *drawing, int metric, int group, long *n)
{
    const struct sweep_table *table = drawing->table;
    double *values = ARENA_NEW_ARRAY(drawing_arena(drawing), double, table->n_rows);
    *n = 0;
    for (long row = 0; row < table->n_rows; row++)
        if (table->case_index[row] == group)
            values[(*n)++] = table->metrics[metric][row];
    return values;
}

// What a panel of the histogram says under its title: the middle 90 % of runs, and how many never.
static const char *spread_in_words(const struct drawing *drawing, int metric, const double *values,
                                   long n)
{
    struct arena *arena = drawing_arena(drawing);
    long n_never = 0;
    for (long i = 0; i < n; i++)
        n_never += !isfinite(values[i]);
    const char *text = arena_format(
        arena,
        drawing->in_dutch ? "90%% van de runs tussen %s en %s" : "90%% of runs between %s and %s",
        drawing_metric_text(drawing, metric, column_quantile(values, n, 0.05)),
        drawing_metric_text(drawing, metric, column_quantile(values, n, 0.95)));
    if (!n_never)
        return text;
    return arena_format(arena, drawing->in_dutch ? "%s; in %.0f%% nooit" : "%s; never in %.0f%%",
                        text, 100.0 * (double)n_never / (double)n);
}

// How often runs pass the tipping level, else where the middle run ends; of the case in which
// that is highest.
static const char *histogram_in_words(const struct drawing *drawing, int metric,
                                      const double *medians, double level)
{
    struct arena *arena = drawing_arena(drawing);
    int groups = drawing_n_groups(drawing), best = 0;
    double shares[MAX_GROUPS];
    bool is_tie = true;
    for (int g = 0; g < groups; g++) {
        shares[g] = isnan(level) ? NAN : drawing_share_above(drawing, metric, g, level);
        const double *scale = isnan(level) ? medians : shares;
        best = scale[g] > scale[best] ? g : best;
        is_tie &= scale[g] == scale[0];
    }
    const char *title = drawing_metric_title(drawing, metric);
    if (!is_tie)
        title = arena_format(arena, "%s (%s)", title, drawing_case_title(drawing, best));
    if (isnan(level))
        return arena_format(arena, drawing->in_dutch ? "%s: middelste run %s" : "%s: middle run %s",
                            title, drawing_metric_text(drawing, metric, medians[best]));
    return arena_format(arena,
                        drawing->in_dutch ? "%s: in %.0f%% van de runs boven %s"
                                          : "%s: in %.0f%% of runs above %s",
                        title, 100 * shares[best], drawing_metric_text(drawing, metric, level));
}

static bool draw_histogram(const struct drawing *drawing, int metric)
{
    struct arena *arena = drawing_arena(drawing);
    const char *name = drawing->sweep->metric_names[metric];
    double low, high, shares[N_BINS], medians[MAX_GROUPS];
    const char *titles[MAX_GROUPS], *notes[MAX_GROUPS];
    int groups = drawing_n_groups(drawing);
    column_range(drawing->table->metrics[metric], drawing->table->n_rows, &low, &high);
    if (!(high > low))
        return true; // one value or none: nothing to see
    struct chart chart =
        chart_begin(drawing->context, arena_format(arena, "spread-%s", name), "histogram");
    for (int g = 0; g < groups; g++) {
        long n;
        const double *values = group_values(drawing, metric, g, &n);
        double width = (high - low) / N_BINS;
        count_bins(drawing, metric, g, low, high, shares);
        chart_begin_block(&chart, name);
        for (int i = 0; i < N_BINS; i++)
            chart_add_row(&chart,
                          (const double[]){low + i * width, low + (i + 1) * width, shares[i]}, 3);
        medians[g] = column_quantile(values, n, 0.5);
        titles[g] = groups > 1 ? drawing_case_title(drawing, g) : "";
        notes[g] = spread_in_words(drawing, metric, values, n);
    }
    double level = drawing_metric_level(drawing, metric);
    chart_set_text(&chart, "title", histogram_in_words(drawing, metric, medians, level));
    chart_set_text(&chart, "subtitle", drawing_runs_text(drawing));
    chart_set_number(&chart, "n_panels", groups);
    chart_set_texts(&chart, "panel_title", titles, groups);
    chart_set_texts(&chart, "panel_note", notes, groups);
    chart_set_numbers(&chart, "median", medians, groups);
    chart_set_text(&chart, "x_title", drawing_metric_title(drawing, metric));
    chart_set_text(
        &chart, "x_unit",
        unit_in_words(arena, drawing->sweep->metric_units[metric], drawing->context->language));
    chart_set_number(&chart, "x_percent", drawing_metric_in_percent(drawing, metric));
    if (!isnan(level)) {
        chart_set_number(&chart, "level", level);
        chart_set_text(&chart, "level_name",
                       drawing_level_name(drawing, drawing_metric_text(drawing, metric, level)));
    }
    drawing_set_caveat(drawing, &chart);
    return chart_write(&chart);
}

static bool draw_scatter(const struct drawing *drawing, int metric, int input, double strength)
{
    struct arena *arena = drawing_arena(drawing);
    const struct sweep_table *table = drawing->table;
    const struct sweep *sweep = drawing->sweep;
    int groups = drawing_n_groups(drawing);
    long step = table->n_rows / MAX_POINTS + 1;
    struct chart chart =
        chart_begin(drawing->context,
                    arena_format(arena, "scatter-%s", sweep->metric_names[metric]), "scatter");
    for (int g = 0; g < groups; g++) {
        bool is_empty = true;
        chart_begin_block(&chart, sweep->metric_names[metric]);
        for (long i = 0; i * step < table->n_rows; i++) {
            long row = (long)sweep_table_pick((uint64_t)i, (uint64_t)step);
            if (row >= table->n_rows || table->case_index[row] != g ||
                !isfinite(table->metrics[metric][row]))
                continue;
            is_empty = false;
            chart_add_row(&chart,
                          (const double[]){table->inputs[input][row], table->metrics[metric][row]},
                          2);
        }
        if (is_empty)
            chart_add_row(&chart, (const double[]){NAN, NAN}, 2);
    }
    const char *title = drawing_metric_title(drawing, metric);
    char *number = arena_format(arena, "%.2f", strength);
    for (char *at = number; *at && drawing->in_dutch; at++)
        if (*at == '.')
            *at = ',';
    chart_set_text(&chart, "title",
                   arena_format(arena,
                                drawing->in_dutch ? "%s hangt het meest samen met: %s"
                                                  : "%s goes most with: %s",
                                title, drawing_input_title(drawing, input)));
    chart_set_text(
        &chart, "subtitle",
        arena_format(arena, drawing->in_dutch ? "Rangcorrelatie %s; %s" : "Rank correlation %s; %s",
                     number, drawing_runs_text(drawing)));
    chart_set_text(&chart, "x_title", drawing_input_title(drawing, input));
    chart_set_text(
        &chart, "x_unit",
        unit_in_words(arena, drawing_input_unit(drawing, input), drawing->context->language));
    chart_set_number(&chart, "x_percent", drawing_input_in_percent(drawing, input));
    chart_set_text(&chart, "y_title", title);
    chart_set_text(&chart, "y_unit",
                   unit_in_words(arena, sweep->metric_units[metric], drawing->context->language));
    chart_set_number(&chart, "is_percent", drawing_metric_in_percent(drawing, metric));
    drawing_set_groups(drawing, &chart, groups);
    drawing_set_caveat(drawing, &chart);
    return chart_write(&chart);
}

// The two inputs that a metric goes with most; fewer than two: the second is -1.
static void find_strongest(const struct drawing *drawing, int metric, int *first, int *second,
                           double *strength)
{
    const struct sweep_table *table = drawing->table;
    double best = -1, next = -1;
    *first = *second = -1;
    for (int i = 0; i < drawing->sweep->design.n_inputs; i++) {
        double rho = rank_correlation(table->inputs[i], table->metrics[metric], table->n_rows);
        if (fabs(rho) > best) {
            next = best;
            *second = *first;
            best = fabs(rho);
            *first = i;
            *strength = rho;
        } else if (fabs(rho) > next) {
            next = fabs(rho);
            *second = i;
        }
    }
}

static bool draw_sweep(const struct chart_context *context, void *subject)
{
    struct drawing drawing = *(struct drawing *)subject;
    drawing.context = context;
    drawing.in_dutch = context->language == LANGUAGE_NL;
    bool is_good = draw_fan(&drawing);
    for (int metric = 0; metric < drawing.sweep->n_metrics && metric < MAX_METRICS && is_good;
         metric++) {
        int first, second;
        double strength = 0, low, high;
        column_range(drawing.table->metrics[metric], drawing.table->n_rows, &low, &high);
        if (!(low <= high))
            continue; // no run has a value
        find_strongest(&drawing, metric, &first, &second, &strength);
        is_good = draw_histogram(&drawing, metric);
        if (is_good && first >= 0 && drawing.sweep->design.kind != DESIGN_GRID)
            is_good = draw_scatter(&drawing, metric, first, strength);
        if (is_good && second >= 0)
            is_good = draw_map(&drawing, metric, first < second ? first : second,
                               first < second ? second : first);
    }
    return is_good;
}

bool sweep_charts(const struct chart_context *context, const struct sweep *sweep,
                  const struct sweep_table *table, uint64_t n_failed)
{
    struct drawing drawing = {
        .context = context, .sweep = sweep, .table = table, .n_failed = n_failed};
    return charts_in_both_languages(context, draw_sweep, &drawing);
}
