// Stage: report. A map: the mean of a metric over cells of two inputs, with the level from which on
// a run has tipped as a contour.
#include "report/sweep_map.h"

#include "result/wording.h"

#include <math.h>

enum { MAP_CELLS = 20 };

// Whether the input goes through the evenly spaced levels of a grid: cells then stand for levels.
static bool has_even_levels(const struct drawing *drawing, int input)
{
    const struct sample_input *levels = &drawing->sweep->design.inputs[input];
    int n = levels->n_levels;
    if (drawing->sweep->design.kind != DESIGN_GRID || n < 2)
        return false;
    double first = distribution_level(&levels->distribution, 0, n);
    double last = distribution_level(&levels->distribution, n - 1, n);
    double step = (last - first) / (n - 1);
    for (int i = 1; i < n; i++)
        if (!(fabs(distribution_level(&levels->distribution, i, n) - first - i * step) <
              1e-6 * fabs(step)))
            return false;
    return step > 0;
}

// Number of cells along one side of a map: the levels of a grid, else a fixed number of bins.
static int map_cells(const struct drawing *drawing, int input)
{
    enum { RUNS_IN_A_CELL = 8 };
    const struct sample_input *inputs = drawing->sweep->design.inputs;
    if (has_even_levels(drawing, input))
        return inputs[input].n_levels;
    int cells = (int)sqrt((double)drawing->table->n_rows / RUNS_IN_A_CELL);
    return cells < 4 ? 4 : cells < MAP_CELLS ? cells : MAP_CELLS;
}

// A metric averaged over cells of two inputs.
struct map {
    int metric, x, y; // which metric and inputs
    int nx, ny;
    double x_low, y_low;   // value of the first cell
    double x_step, y_step; // from cell to cell
    double *means;         // [nx][ny], NaN where no run falls into the cell
};

static bool place_cells(const struct drawing *drawing, struct map *map)
{
    const struct sweep_table *table = drawing->table;
    bool x_even = has_even_levels(drawing, map->x), y_even = has_even_levels(drawing, map->y);
    double x_high, y_high;
    column_range(table->inputs[map->x], table->n_rows, &map->x_low, &x_high);
    column_range(table->inputs[map->y], table->n_rows, &map->y_low, &y_high);
    map->nx = map_cells(drawing, map->x);
    map->ny = map_cells(drawing, map->y);
    if (map->nx < 2 || map->ny < 2 || map->nx > 200 || map->ny > 200 || !(x_high > map->x_low) ||
        !(y_high > map->y_low))
        return false;
    map->x_step = (x_high - map->x_low) / (x_even ? map->nx - 1 : map->nx);
    map->y_step = (y_high - map->y_low) / (y_even ? map->ny - 1 : map->ny);
    map->x_low += x_even ? 0 : map->x_step / 2;
    map->y_low += y_even ? 0 : map->y_step / 2;
    return true;
}

static int cell_of(double value, double low, double step, int n)
{
    int cell = (int)((value - low) / step + 0.5);
    return cell < 0 ? 0 : cell < n ? cell : n - 1;
}

static void take_means(const struct drawing *drawing, struct map *map)
{
    const struct sweep_table *table = drawing->table;
    struct arena *arena = drawing_arena(drawing);
    long *counts = ARENA_NEW_ARRAY(arena, long, map->nx * map->ny);
    map->means = ARENA_NEW_ARRAY(arena, double, map->nx * map->ny);
    for (long row = 0; row < table->n_rows; row++) {
        double value = table->metrics[map->metric][row];
        if (table->case_index[row] != 0 || !isfinite(value))
            continue;
        int cell = cell_of(table->inputs[map->x][row], map->x_low, map->x_step, map->nx) * map->ny +
                   cell_of(table->inputs[map->y][row], map->y_low, map->y_step, map->ny);
        map->means[cell] += value;
        counts[cell]++;
    }
    for (int cell = 0; cell < map->nx * map->ny; cell++)
        map->means[cell] = counts[cell] ? map->means[cell] / (double)counts[cell] : NAN;
}

// Where the mean is highest, and how often runs pass the tipping level.
static const char *finding(const struct drawing *drawing, const struct map *map, double level)
{
    struct arena *arena = drawing_arena(drawing);
    int best = 0;
    for (int cell = 0; cell < map->nx * map->ny; cell++)
        if (isnan(map->means[best]) || map->means[cell] > map->means[best])
            best = cell;
    const char *where = arena_format(
        arena, drawing->in_dutch ? "%s bij %s %s en %s %s" : "%s at %s %s and %s %s",
        drawing_metric_text(drawing, map->metric, map->means[best]),
        title_in_sentence(arena, drawing_input_title(drawing, map->x)),
        drawing_input_text(drawing, map->x, map->x_low + best / map->ny * map->x_step),
        title_in_sentence(arena, drawing_input_title(drawing, map->y)),
        drawing_input_text(drawing, map->y, map->y_low + best % map->ny * map->y_step));
    const char *title = drawing_metric_title(drawing, map->metric);
    if (isnan(level))
        return arena_format(arena, drawing->in_dutch ? "%s: hoogst %s" : "%s: highest %s", title,
                            where);
    return arena_format(arena,
                        drawing->in_dutch ? "%s: in %.0f%% van de runs boven %s; hoogst %s"
                                          : "%s: in %.0f%% of runs above %s; highest %s",
                        title, 100 * drawing_share_above(drawing, map->metric, 0, level),
                        drawing_metric_text(drawing, map->metric, level), where);
}

static void set_axes(const struct drawing *drawing, const struct map *map, struct chart *chart)
{
    struct arena *arena = drawing_arena(drawing);
    enum language language = drawing->context->language;
    chart_set_text(chart, "x_title", drawing_input_title(drawing, map->x));
    chart_set_text(chart, "x_unit",
                   unit_in_words(arena, drawing_input_unit(drawing, map->x), language));
    chart_set_number(chart, "x_percent", drawing_input_in_percent(drawing, map->x));
    chart_set_text(chart, "y_title", drawing_input_title(drawing, map->y));
    chart_set_text(chart, "y_unit",
                   unit_in_words(arena, drawing_input_unit(drawing, map->y), language));
    chart_set_number(chart, "is_percent", drawing_input_in_percent(drawing, map->y));
    chart_set_text(chart, "z_title", drawing_metric_title(drawing, map->metric));
    chart_set_text(chart, "z_unit",
                   unit_in_words(arena, drawing->sweep->metric_units[map->metric], language));
    chart_set_number(chart, "z_percent", drawing_metric_in_percent(drawing, map->metric));
}

bool draw_map(const struct drawing *drawing, int metric, int x, int y)
{
    struct arena *arena = drawing_arena(drawing);
    struct map map = {.metric = metric, .x = x, .y = y};
    if (!place_cells(drawing, &map))
        return true;
    take_means(drawing, &map);
    const char *name = drawing->sweep->metric_names[metric];
    double level = drawing_metric_level(drawing, metric);
    struct chart chart =
        chart_begin(drawing->context, arena_format(arena, "map-%s", name), "heatmap");
    chart_begin_block(&chart, name);
    for (int i = 0; i < map.nx; i++) {
        text_append(&chart.data, i ? "\n" : "");
        for (int k = 0; k < map.ny; k++)
            chart_add_row(&chart,
                          (const double[]){map.x_low + i * map.x_step, map.y_low + k * map.y_step,
                                           map.means[i * map.ny + k]},
                          3);
    }
    chart_set_text(&chart, "title", finding(drawing, &map, level));
    const char *runs = drawing_runs_text(drawing);
    chart_set_text(&chart, "subtitle",
                   drawing->sweep->n_cases > 1
                       ? arena_format(arena, "%s; %s", drawing_case_title(drawing, 0), runs)
                       : runs);
    set_axes(drawing, &map, &chart);
    if (!isnan(level)) {
        chart_set_number(&chart, "contour", level);
        chart_set_text(&chart, "contour_name",
                       drawing_level_name(drawing, drawing_metric_text(drawing, metric, level)));
    }
    drawing_set_caveat(drawing, &chart);
    return chart_write(&chart);
}
