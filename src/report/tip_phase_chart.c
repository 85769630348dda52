// Stage: report. A basin -> the phase plane: rest points, separatrix, the run's path and what leads
// to the upper state. One stock alone has no plane and no chart.
#include "analysis/tip/basin.h"
#include "analysis/tip/tip_words.h"
#include "report/tip_charts.h"
#include "result/wording.h"
#include "run/simulate.h"

#include "base/array.h"

#include <math.h>

struct drawing {
    const struct chart_context *context;
    const struct tip *tip;
    const struct basin *basin;
    bool in_dutch;
    int upper; // the stable rest point that counts as the upper state
};

static const char *say(const struct drawing *drawing, const char *dutch, const char *english)
{
    return drawing->in_dutch ? dutch : english;
}

static int unknown_of(const struct drawing *drawing, int axis)
{
    const struct frozen *frozen = drawing->basin->rest->frozen;
    const struct basin_axis *along = &drawing->basin->axes[axis];
    for (int i = 0; i < frozen->n_states; i++)
        if (frozen->lowered->states.items[i].variable == along->variable &&
            frozen->lowered->states.items[i].cell == along->cell)
            return i;
    return 0;
}

static const char *axis_title(const struct drawing *drawing, int axis)
{
    const struct basin_axis *along = &drawing->basin->axes[axis];
    const char *spaced = spaced_name(drawing->context->arena, along->name);
    return along->variable->n_cells > 1
               ? spaced
               : localized_text(&along->variable->title, drawing->context->language, spaced);
}

static const char *axis_unit(const struct drawing *drawing, int axis)
{
    return variable_unit_text(drawing->basin->axes[axis].variable);
}

static bool axis_in_percent(const struct drawing *drawing, int axis)
{
    const struct basin_axis *along = &drawing->basin->axes[axis];
    return is_shown_in_percent(axis_unit(drawing, axis), along->low, along->high);
}

// The stable rest point that is highest in the headline; where there is one only, what does not
// come to rest.
static int find_upper(const struct basin *basin)
{
    struct headline headline = headline_of(basin->tip_case, basin->rest);
    int upper = 0, n_stable = 0;
    double most = -INFINITY;
    for (size_t i = 0; i < basin->rest->count; i++) {
        double value = headline_value(&headline, &basin->rest->items[i]);
        n_stable += basin->rest->items[i].stability == REST_STABLE;
        if (basin->rest->items[i].stability == REST_STABLE && value > most) {
            most = value;
            upper = (int)i;
        }
    }
    return n_stable < 2 && basin->has_elsewhere ? ELSEWHERE : upper;
}

static void set_axes(const struct drawing *drawing, struct chart *chart)
{
    struct arena *arena = drawing->context->arena;
    enum language language = drawing->context->language;
    chart_set_text(chart, "x_title", axis_title(drawing, 0));
    chart_set_text(chart, "x_unit", unit_in_words(arena, axis_unit(drawing, 0), language));
    chart_set_number(chart, "x_percent", axis_in_percent(drawing, 0));
    chart_set_text(chart, "y_title", axis_title(drawing, 1));
    chart_set_text(chart, "y_unit", unit_in_words(arena, axis_unit(drawing, 1), language));
    chart_set_number(chart, "is_percent", axis_in_percent(drawing, 1));
    chart_set_number(chart, "x_from", drawing->basin->axes[0].low);
    chart_set_number(chart, "x_until", drawing->basin->axes[0].high);
    chart_set_number(chart, "y_from", drawing->basin->axes[1].low);
    chart_set_number(chart, "y_until", drawing->basin->axes[1].high);
}

// The rest points within the map; returns their number.
static int add_points(const struct drawing *drawing, struct chart *chart)
{
    const struct rest_set *rest = drawing->basin->rest;
    struct arena *arena = drawing->context->arena;
    const char **kinds = ARENA_NEW_ARRAY(arena, const char *, rest->count);
    const char **names = ARENA_NEW_ARRAY(arena, const char *, rest->count);
    int n = 0;
    chart_begin_block(chart, "rest points");
    for (size_t i = 0; i < rest->count; i++) {
        const struct rest_point *point = &rest->items[i];
        double row[] = {point->unknowns[unknown_of(drawing, 0)],
                        point->unknowns[unknown_of(drawing, 1)]};
        kinds[n] = point->stability == REST_STABLE ? "stable"
                   : point->n_unstable == 1        ? "saddle"
                                                   : "unstable";
        names[n++] = arena_format(arena, "%d", (int)i + 1);
        chart_add_row(chart, row, 2);
    }
    chart_set_number(chart, "n_points", n);
    chart_set_texts(chart, "point_kind", kinds, n);
    chart_set_texts(chart, "point_name", names, n);
    return n;
}

static void add_separatrix(const struct drawing *drawing, struct chart *chart)
{
    const struct basin *basin = drawing->basin;
    size_t at = 0;
    if (!basin->separatrix.count)
        return;
    chart_set_number(chart, "has_separatrix", 1);
    chart_begin_block(chart, "separatrix");
    for (size_t part = 0; part < basin->parts.count; part++) {
        if (part)
            text_append(&chart->data, "\n");
        for (; at < basin->parts.items[part]; at++)
            chart_add_row(chart, basin->separatrix.items[at].at, 2);
    }
}

static const char *path_name(const struct drawing *drawing)
{
    const struct run_case *source = &drawing->basin->tip_case->source;
    return source->scenario ? localized_text(&source->scenario->title, drawing->context->language,
                                             source->scenario->name)
                            : say(drawing, "De run", "The run");
}

static void add_path(const struct drawing *drawing, struct chart *chart)
{
    const struct simulation *path = drawing->basin->path;
    if (!path)
        return;
    const char *name = path_name(drawing);
    chart_set_number(chart, "n_paths", 1);
    chart_set_texts(chart, "path_name", &name, 1);
    chart_begin_block(chart, "path of the run");
    for (long save = 0; save < path->series->n_saves; save++) {
        double row[] = {series_at(path->series, 0, save), series_at(path->series, 1, save)};
        chart_add_row(chart, row, 2);
    }
}

static void add_basin(const struct drawing *drawing, struct chart *chart)
{
    const struct basin *basin = drawing->basin;
    chart_set_number(chart, "has_basin", 1);
    if (drawing->upper == ELSEWHERE)
        chart_set_text(
            chart, "basin_name",
            basin->rest->n_fates[FATE_SWINGS]
                ? say(drawing, "vanaf hier komt het niet tot rust", "never comes to rest from here")
                : say(drawing, "vanaf hier groeit het zonder grens",
                      "grows without bound from here"));
    chart_begin_block(chart, "basin of the upper state");
    for (int i = 0; i < basin->n; i++) {
        if (i)
            text_append(&chart->data, "\n");
        for (int k = 0; k < basin->n; k++) {
            int end = basin->ends[i * basin->n + k];
            double row[] = {basin_node(basin, 0, i), basin_node(basin, 1, k),
                            end == NO_END ? NAN : end == drawing->upper};
            chart_add_row(chart, row, 3);
        }
    }
}

// The node of an axis that lies nearest to `value`.
static int nearest_node(const struct basin *basin, int axis, double value)
{
    int best = 0;
    for (int i = 1; i < basin->n; i++)
        if (fabs(basin_node(basin, axis, i) - value) < fabs(basin_node(basin, axis, best) - value))
            best = i;
    return best;
}

// On which side of the separatrix the run ends, on the map.
static const char *finding(const struct drawing *drawing)
{
    const struct basin *basin = drawing->basin;
    const struct series *series = basin->path ? basin->path->series : NULL;
    if (!series || !series->n_saves || !basin->separatrix.count)
        return say(drawing, "Waar het begin naartoe leidt, zonder steun",
                   "Where a start leads, without support");
    int x = nearest_node(basin, 0, series_at(series, 0, series->n_saves - 1));
    int y = nearest_node(basin, 1, series_at(series, 1, series->n_saves - 1));
    bool is_beyond = basin->ends[x * basin->n + y] == drawing->upper;
    const char *end =
        arena_format(drawing->context->arena, "%.10g", series->times[series->n_saves - 1]);
    return arena_format(drawing->context->arena,
                        is_beyond
                            ? say(drawing, "%s ligt in %s op deze kaart voorbij de scheiding",
                                  "%s lies beyond the separatrix of this map in %s")
                            : say(drawing, "%s ligt in %s op deze kaart nog voor de scheiding",
                                  "%s lies short of the separatrix of this map in %s"),
                        path_name(drawing), end);
}

// The model, and that a plane is a cut through more stocks where it is.
static const char *subtitle(const struct drawing *drawing, const char *model)
{
    const struct frozen *frozen = drawing->basin->rest->frozen;
    const char *title = localized_text(&drawing->basin->tip_case->source.model->title,
                                       drawing->context->language, model);
    if (frozen->m - frozen->n_laws <= 2)
        return title;
    return arena_format(drawing->context->arena,
                        say(drawing, "%s: andere voorraden beginnen zoals vandaag",
                            "%s: other stocks start as today"),
                        title);
}

bool draw_phase(const struct chart_context *context, const struct tip *tip)
{
    bool is_good = true;
    for (size_t i = 0; i < tip->basins.count && is_good; i++) {
        struct drawing drawing = {context, tip, tip->basins.items[i],
                                  context->language == LANGUAGE_NL,
                                  find_upper(tip->basins.items[i])};
        if (drawing.basin->n_axes < 2)
            continue;
        const char *model = drawing.basin->tip_case->source.model->name;
        struct chart chart = chart_begin(
            context, tip->n_cases > 1 ? arena_format(context->arena, "phase-%s", model) : "phase",
            "phase");
        chart_set_text(&chart, "title", finding(&drawing));
        chart_set_text(&chart, "subtitle", subtitle(&drawing, model));
        set_axes(&drawing, &chart);
        add_points(&drawing, &chart);
        add_separatrix(&drawing, &chart);
        add_path(&drawing, &chart);
        add_basin(&drawing, &chart);
        is_good = chart_write(&chart);
    }
    return is_good;
}
