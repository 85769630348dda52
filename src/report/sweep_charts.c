// Stage: report. bands.csv -> fan; design.csv and metrics.csv -> a histogram of each metric, a
// scatter over the input that it hangs on most, a map over the two strongest (the only two, in a
// grid). Large sweeps are drawn from every second, third ... run, and say so.
#include "report/sweep_charts.h"

#include "analysis/sweep_table.h"
#include "base/array.h"
#include "base/csv.h"
#include "base/file.h"
#include "result/wording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_POINTS = 2500,
    MAX_METRICS = 6,
    MAX_GROUPS = 8,
    MAX_BAND_PANELS = 6,
    N_BINS = 40,
    MAP_CELLS = 20,
};

struct drawing {
    const struct chart_context *context;
    const struct sweep *sweep;
    const struct sweep_table *table;
    uint64_t n_failed;
    bool in_dutch;
};

static struct arena *arena_of(const struct drawing *drawing)
{
    return drawing->context->arena;
}

static const char *words(const struct drawing *drawing, const struct localized *text,
                         const char *otherwise)
{
    return localized_text(text, drawing->context->language, otherwise);
}

static const char *case_title(const struct drawing *drawing, int index)
{
    const struct run_case *source = &drawing->sweep->cases[index].source;
    const char *model = words(drawing, &source->model->title, source->model->name);
    const char *scenario = words(drawing, &source->scenario->title, source->scenario->name);
    bool has_scenarios = false, has_models = false;
    for (int i = 1; i < drawing->sweep->n_cases; i++) {
        const struct run_case *other = &drawing->sweep->cases[i].source;
        const struct run_case *first = &drawing->sweep->cases[0].source;
        has_scenarios |= strcmp(other->scenario->name, first->scenario->name) != 0;
        has_models |= strcmp(other->model->name, first->model->name) != 0;
    }
    if (has_scenarios && has_models)
        return arena_format(arena_of(drawing), "%s, %s", scenario, model);
    return has_scenarios ? scenario : model;
}

static const char *metric_title(const struct drawing *drawing, int metric)
{
    const struct sweep *sweep = drawing->sweep;
    const char *spaced = spaced_name(arena_of(drawing), sweep->metric_names[metric]);
    for (int c = 0; c < sweep->n_cases; c++)
        for (size_t i = 0; i < sweep->cases[c].metrics.count; i++)
            if (sweep->cases[c].metric_column[i] == metric)
                return words(drawing, &sweep->cases[c].metrics.items[i].title, spaced);
    return spaced;
}

// The variable that an input or band is about, in the first case that has it.
static const struct variable *find_variable(const struct drawing *drawing, const char *name)
{
    for (int c = 0; c < drawing->sweep->n_cases; c++) {
        const struct variable *variable =
            model_find_variable(drawing->sweep->cases[c].source.model,
                                name_key(arena_of(drawing), name, strcspn(name, "[")));
        if (variable)
            return variable;
    }
    return NULL;
}

static const char *variable_title(const struct drawing *drawing, const char *name)
{
    const struct variable *variable = find_variable(drawing, name);
    const char *spaced = spaced_name(arena_of(drawing), name);
    return variable && !strchr(name, '[') ? words(drawing, &variable->title, spaced) : spaced;
}

static bool is_scale(const struct drawing *drawing, int input)
{
    const struct sweep_case *first = &drawing->sweep->cases[0];
    return first->n_targets[input] > 0 && first->targets[input][0].is_scale;
}

static const char *input_title(const struct drawing *drawing, int input)
{
    const char *name = drawing->sweep->design.inputs[input].name;
    const char *title = variable_title(drawing, name);
    if (!is_scale(drawing, input))
        return title;
    return arena_format(arena_of(drawing), drawing->in_dutch ? "%s (veelvoud)" : "%s (multiple)",
                        title);
}

static const char *input_unit(const struct drawing *drawing, int input)
{
    const struct variable *variable =
        find_variable(drawing, drawing->sweep->design.inputs[input].name);
    bool has_unit = variable && variable->unit_text && !is_scale(drawing, input);
    return has_unit ? variable->unit_text : "1";
}

static void column_range(const double *column, long n, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (long i = 0; i < n; i++) {
        if (!isfinite(column[i]))
            continue;
        *low = fmin(*low, column[i]);
        *high = fmax(*high, column[i]);
    }
}

static bool metric_in_percent(const struct drawing *drawing, int metric)
{
    double low, high;
    column_range(drawing->table->metrics[metric], drawing->table->n_rows, &low, &high);
    const char *unit = drawing->sweep->metric_units[metric];
    return is_shown_in_percent(*unit ? unit : "?", low, high);
}

static bool input_in_percent(const struct drawing *drawing, int input)
{
    double low, high;
    column_range(drawing->table->inputs[input], drawing->table->n_rows, &low, &high);
    return !is_scale(drawing, input) &&
           is_shown_in_percent(input_unit(drawing, input), low, high) && high <= 1;
}

static const char *metric_value_text(const struct drawing *drawing, int metric, double value)
{
    return value_in_words(arena_of(drawing), value, drawing->sweep->metric_units[metric],
                          metric_in_percent(drawing, metric), drawing->context->language);
}

// "20.000 runs, design sobol", and what was left out.
static const char *runs_text(const struct drawing *drawing)
{
    const struct sweep *sweep = drawing->sweep;
    const char *text =
        arena_format(arena_of(drawing), "%llu runs, %s", (unsigned long long)sweep_n_runs(sweep),
                     design_kind_name(sweep->design.kind));
    if (drawing->table->stride > 1)
        text = arena_format(arena_of(drawing),
                            drawing->in_dutch ? "%s, waarvan elke %llue" : "%s, one in %llu", text,
                            (unsigned long long)drawing->table->stride);
    return text;
}

static void set_caveat(const struct drawing *drawing, struct chart *chart)
{
    if (drawing->n_failed)
        chart_set_text(chart, "caveat",
                       arena_format(arena_of(drawing),
                                    drawing->in_dutch
                                        ? "%llu van %llu runs zijn mislukt en tellen niet mee."
                                        : "%llu of %llu runs failed and do not count.",
                                    (unsigned long long)drawing->n_failed,
                                    (unsigned long long)sweep_n_runs(drawing->sweep)));
}

static void set_groups(const struct drawing *drawing, struct chart *chart, int n)
{
    const char *names[MAX_GROUPS];
    double styles[MAX_GROUPS];
    for (int i = 0; i < n; i++) {
        names[i] = n > 1 ? case_title(drawing, i) : "";
        styles[i] = i + 1;
    }
    chart_set_number(chart, "n_groups", n);
    chart_set_texts(chart, "group_name", names, n);
    chart_set_numbers(chart, "group_style", styles, n);
}

static int n_groups(const struct drawing *drawing)
{
    return drawing->sweep->n_cases < MAX_GROUPS ? drawing->sweep->n_cases : MAX_GROUPS;
}

// Reads bands.csv, whose rows come by case, variable, time and quantile.
static bool read_bands(const struct drawing *drawing, double *values, double *times)
{
    const struct sweep *sweep = drawing->sweep;
    const char *path = path_join(arena_of(drawing), drawing->context->folder, "bands.csv");
    size_t length, n = 0;
    const char *text =
        file_read(arena_of(drawing), path, (size_t)1 << 30, &length, drawing->context->diag);
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

static bool draw_fan(const struct drawing *drawing)
{
    const struct sweep *sweep = drawing->sweep;
    struct arena *arena = arena_of(drawing);
    int n_panels = sweep->n_bands < MAX_BAND_PANELS ? sweep->n_bands : MAX_BAND_PANELS;
    int groups = n_groups(drawing), n_quantiles = sweep->n_quantiles;
    if (!n_panels || n_quantiles % 2 == 0)
        return true;
    size_t per_variable = (size_t)sweep->n_band_times * (size_t)n_quantiles;
    double *values = ARENA_NEW_ARRAY(arena, double,
                                     (size_t)sweep->n_cases *(size_t)sweep->n_bands *per_variable);
    double *times = ARENA_NEW_ARRAY(arena, double, sweep->n_band_times);
    if (!read_bands(drawing, values, times))
        return false;
    struct chart chart = chart_begin(drawing->context, "bands", "fan");
    const char *titles[MAX_BAND_PANELS], *units[MAX_BAND_PANELS];
    double in_percent[MAX_BAND_PANELS], row[1 + MAX_QUANTILES];
    for (int p = 0; p < n_panels; p++) {
        double low = INFINITY, high = -INFINITY;
        for (int g = 0; g < groups; g++) {
            const double *block = values + (size_t)(g * sweep->n_bands + p) * per_variable;
            chart_begin_block(&chart, sweep->band_names[p]);
            for (long t = 0; t < sweep->n_band_times; t++) {
                row[0] = times[t];
                for (int q = 0; q < n_quantiles; q++) {
                    row[1 + q] = block[t * n_quantiles + q];
                    low = fmin(low, row[1 + q]);
                    high = fmax(high, row[1 + q]);
                }
                chart_add_row(&chart, row, 1 + n_quantiles);
            }
        }
        titles[p] = variable_title(drawing, sweep->band_names[p]);
        units[p] = unit_in_words(arena, sweep->band_units[p], drawing->context->language);
        in_percent[p] = is_shown_in_percent(sweep->band_units[p], low, high);
    }
    const double *last = values + per_variable - n_quantiles;
    const char *unit = sweep->band_units[0];
    bool percent = in_percent[0] != 0;
    enum language language = drawing->context->language;
    chart_set_text(
        &chart, "title",
        arena_format(arena,
                     drawing->in_dutch ? "%s: in %.10g tussen %s en %s, middelste run %s"
                                       : "%s: in %.10g between %s and %s, middle run %s",
                     titles[0], times[sweep->n_band_times - 1],
                     value_in_words(arena, last[0], "1", percent, language),
                     value_in_words(arena, last[n_quantiles - 1], "1", percent, language),
                     value_in_words(arena, last[n_quantiles / 2], unit, percent, language)));
    chart_set_text(&chart, "subtitle",
                   arena_format(arena,
                                drawing->in_dutch ? "Band: %.0f%% tot %.0f%% van de runs; %s"
                                                  : "Band: %.0f%% to %.0f%% of runs; %s",
                                100 * sweep->quantiles[0], 100 * sweep->quantiles[n_quantiles - 1],
                                runs_text(drawing)));
    chart_set_number(&chart, "n_panels", n_panels);
    chart_set_texts(&chart, "panel_title", titles, n_panels);
    chart_set_texts(&chart, "panel_unit", units, n_panels);
    chart_set_numbers(&chart, "panel_percent", in_percent, n_panels);
    chart_set_number(&chart, "n_quantiles", n_quantiles);
    chart_set_numbers(&chart, "quantile", sweep->quantiles, n_quantiles);
    set_groups(drawing, &chart, groups);
    set_caveat(drawing, &chart);
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
    double *values = ARENA_NEW_ARRAY(arena_of(drawing), double, table->n_rows);
    *n = 0;
    for (long row = 0; row < table->n_rows; row++)
        if (table->case_index[row] == group)
            values[(*n)++] = table->metrics[metric][row];
    return values;
}

static bool draw_histogram(const struct drawing *drawing, int metric)
{
    struct arena *arena = arena_of(drawing);
    const char *name = drawing->sweep->metric_names[metric];
    double low, high, shares[N_BINS], medians[MAX_GROUPS];
    const char *titles[MAX_GROUPS], *notes[MAX_GROUPS];
    int groups = n_groups(drawing);
    column_range(drawing->table->metrics[metric], drawing->table->n_rows, &low, &high);
    if (!(high > low))
        return true; // one value or none: nothing to see
    struct chart chart =
        chart_begin(drawing->context, arena_format(arena, "spread-%s", name), "histogram");
    for (int g = 0; g < groups; g++) {
        long n, n_never = 0;
        const double *values = group_values(drawing, metric, g, &n);
        for (long i = 0; i < n; i++)
            n_never += !isfinite(values[i]);
        count_bins(drawing, metric, g, low, high, shares);
        chart_begin_block(&chart, name);
        for (int i = 0; i < N_BINS; i++)
            chart_add_row(&chart,
                          (const double[]){low + i * (high - low) / N_BINS,
                                           low + (i + 1) * (high - low) / N_BINS, shares[i]},
                          3);
        medians[g] = column_quantile(values, n, 0.5);
        titles[g] = groups > 1 ? case_title(drawing, g) : "";
        notes[g] = arena_format(
            arena,
            drawing->in_dutch ? "90%% van de runs tussen %s en %s%s"
                              : "90%% of runs between %s and %s%s",
            metric_value_text(drawing, metric, column_quantile(values, n, 0.05)),
            metric_value_text(drawing, metric, column_quantile(values, n, 0.95)),
            n_never
                ? arena_format(arena, drawing->in_dutch ? "; in %.0f%% nooit" : "; never in %.0f%%",
                               100.0 * (double)n_never / (double)n)
                : "");
    }
    const char *title = metric_title(drawing, metric);
    chart_set_text(&chart, "title",
                   arena_format(arena,
                                drawing->in_dutch ? "%s: middelste run %s" : "%s: middle run %s",
                                title, metric_value_text(drawing, metric, medians[0])));
    chart_set_text(&chart, "subtitle", runs_text(drawing));
    chart_set_number(&chart, "n_panels", groups);
    chart_set_texts(&chart, "panel_title", titles, groups);
    chart_set_texts(&chart, "panel_note", notes, groups);
    chart_set_numbers(&chart, "median", medians, groups);
    chart_set_text(&chart, "x_title", title);
    chart_set_text(
        &chart, "x_unit",
        unit_in_words(arena, drawing->sweep->metric_units[metric], drawing->context->language));
    chart_set_number(&chart, "x_percent", metric_in_percent(drawing, metric));
    set_caveat(drawing, &chart);
    return chart_write(&chart);
}

static bool draw_scatter(const struct drawing *drawing, int metric, int input, double strength)
{
    struct arena *arena = arena_of(drawing);
    const struct sweep_table *table = drawing->table;
    const struct sweep *sweep = drawing->sweep;
    int groups = n_groups(drawing);
    long step = table->n_rows / MAX_POINTS + 1;
    struct chart chart =
        chart_begin(drawing->context,
                    arena_format(arena, "scatter-%s", sweep->metric_names[metric]), "scatter");
    for (int g = 0; g < groups; g++) {
        bool is_empty = true;
        chart_begin_block(&chart, sweep->metric_names[metric]);
        for (long row = 0; row < table->n_rows; row += step) {
            if (table->case_index[row] != g || !isfinite(table->metrics[metric][row]))
                continue;
            is_empty = false;
            chart_add_row(&chart,
                          (const double[]){table->inputs[input][row], table->metrics[metric][row]},
                          2);
        }
        if (is_empty)
            chart_add_row(&chart, (const double[]){NAN, NAN}, 2);
    }
    const char *title = metric_title(drawing, metric);
    char *number = arena_format(arena, "%.2f", strength);
    for (char *at = number; *at && drawing->in_dutch; at++)
        if (*at == '.')
            *at = ',';
    chart_set_text(&chart, "title",
                   arena_format(arena,
                                drawing->in_dutch ? "%s hangt het meest samen met: %s"
                                                  : "%s goes most with: %s",
                                title, input_title(drawing, input)));
    chart_set_text(
        &chart, "subtitle",
        arena_format(arena, drawing->in_dutch ? "Rangcorrelatie %s; %s" : "Rank correlation %s; %s",
                     number, runs_text(drawing)));
    chart_set_text(&chart, "x_title", input_title(drawing, input));
    chart_set_text(&chart, "x_unit",
                   unit_in_words(arena, input_unit(drawing, input), drawing->context->language));
    chart_set_number(&chart, "x_percent", input_in_percent(drawing, input));
    chart_set_text(&chart, "y_title", title);
    chart_set_text(&chart, "y_unit",
                   unit_in_words(arena, sweep->metric_units[metric], drawing->context->language));
    chart_set_number(&chart, "is_percent", metric_in_percent(drawing, metric));
    set_groups(drawing, &chart, groups);
    set_caveat(drawing, &chart);
    return chart_write(&chart);
}

// Number of cells along one side of a map: the levels of a grid, else a fixed number of bins.
static int map_cells(const struct drawing *drawing, int input)
{
    enum { RUNS_IN_A_CELL = 8 };
    const struct sample_input *inputs = drawing->sweep->design.inputs;
    if (drawing->sweep->design.kind == DESIGN_GRID)
        return inputs[input].n_levels;
    int cells = (int)sqrt((double)drawing->table->n_rows / RUNS_IN_A_CELL);
    return cells < 4 ? 4 : cells < MAP_CELLS ? cells : MAP_CELLS;
}

// Means of a metric of the first case over cells of two inputs.
static bool draw_map(const struct drawing *drawing, int metric, int x, int y)
{
    struct arena *arena = arena_of(drawing);
    const struct sweep_table *table = drawing->table;
    const struct sweep *sweep = drawing->sweep;
    int nx = map_cells(drawing, x), ny = map_cells(drawing, y);
    bool is_grid = sweep->design.kind == DESIGN_GRID;
    double x_low, x_high, y_low, y_high;
    column_range(table->inputs[x], table->n_rows, &x_low, &x_high);
    column_range(table->inputs[y], table->n_rows, &y_low, &y_high);
    if (nx < 2 || ny < 2 || nx > 200 || ny > 200 || !(x_high > x_low) || !(y_high > y_low))
        return true;
    double *sums = ARENA_NEW_ARRAY(arena, double, nx *ny);
    long *counts = ARENA_NEW_ARRAY(arena, long, nx *ny);
    double x_step = (x_high - x_low) / (is_grid ? nx - 1 : nx);
    double y_step = (y_high - y_low) / (is_grid ? ny - 1 : ny);
    for (long row = 0; row < table->n_rows; row++) {
        double value = table->metrics[metric][row];
        if (table->case_index[row] != 0 || !isfinite(value))
            continue;
        int i = (int)((table->inputs[x][row] - x_low) / x_step + (is_grid ? 0.5 : 0));
        int k = (int)((table->inputs[y][row] - y_low) / y_step + (is_grid ? 0.5 : 0));
        i = i < nx ? i : nx - 1;
        k = k < ny ? k : ny - 1;
        sums[i * ny + k] += value;
        counts[i * ny + k]++;
    }
    const char *name = sweep->metric_names[metric];
    struct chart chart =
        chart_begin(drawing->context, arena_format(arena, "map-%s", name), "heatmap");
    chart_begin_block(&chart, name);
    double shift = is_grid ? 0 : 0.5;
    for (int i = 0; i < nx; i++) {
        if (i)
            text_append(&chart.data, "\n");
        for (int k = 0; k < ny; k++)
            chart_add_row(
                &chart,
                (const double[]){x_low + (i + shift) * x_step, y_low + (k + shift) * y_step,
                                 counts[i * ny + k] ? sums[i * ny + k] / (double)counts[i * ny + k]
                                                    : NAN},
                3);
    }
    const char *title = metric_title(drawing, metric);
    chart_set_text(&chart, "title",
                   arena_format(arena, drawing->in_dutch ? "%s naar %s en %s" : "%s by %s and %s",
                                title, input_title(drawing, x), input_title(drawing, y)));
    const char *runs = runs_text(drawing);
    chart_set_text(&chart, "subtitle",
                   sweep->n_cases > 1 ? arena_format(arena, "%s; %s", case_title(drawing, 0), runs)
                                      : runs);
    chart_set_text(&chart, "x_title", input_title(drawing, x));
    chart_set_text(&chart, "x_unit",
                   unit_in_words(arena, input_unit(drawing, x), drawing->context->language));
    chart_set_number(&chart, "x_percent", input_in_percent(drawing, x));
    chart_set_text(&chart, "y_title", input_title(drawing, y));
    chart_set_text(&chart, "y_unit",
                   unit_in_words(arena, input_unit(drawing, y), drawing->context->language));
    chart_set_number(&chart, "is_percent", input_in_percent(drawing, y));
    chart_set_text(&chart, "z_title", title);
    chart_set_text(&chart, "z_unit",
                   unit_in_words(arena, sweep->metric_units[metric], drawing->context->language));
    chart_set_number(&chart, "z_percent", metric_in_percent(drawing, metric));
    set_caveat(drawing, &chart);
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
        double strength = 0;
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
