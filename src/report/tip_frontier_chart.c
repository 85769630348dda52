// Stage: report. How much support for how long, and how much of one stream by another: a chart of
// all models' frontiers, and one a model with the ground that tips, runs that are otherwise than
// the frontier says, and lines of equal total cost, which are read off the totals of the map's
// runs.
#include "report/tip_drawing.h"

#include "analysis/tip/tip_support.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

enum { MAX_COSTS = 4 };

// The map of one model: amounts y by durations or amounts x.
struct view {
    const struct tip_drawing *drawing;
    const struct tip_case *tip_case;
    bool is_pair;                    // of two streams
    const char *map;                 // its name in the table of frontiers
    const struct sheet *sheet;       // its cells
    const char *x_column, *y_column; // of that
    struct support_mix all, x, y;    // x: of a pair
    size_t first;                    // row of its first cell
    int n_columns, n_rows;           //
    double best_x, best_y, total;    // the cheapest point; NaN: none
};

static struct view view_of(const struct tip_drawing *drawing, const struct tip_case *tip_case,
                           bool is_pair)
{
    const struct tip *tip = drawing->tip;
    struct arena *arena = tip_drawing_arena(drawing);
    struct view view = {.drawing = drawing, .tip_case = tip_case, .is_pair = is_pair};
    view.map = is_pair ? "streams" : "duration";
    view.sheet = is_pair ? &tip->streams : &tip->frontier;
    view.x_column = "duration";
    view.y_column = "amount";
    if (!support_mix_choose(&view.all, tip, tip_case->support))
        return view;
    view.y = view.all;
    if (is_pair && view.all.n > 1) {
        support_mix_single(&view.y, tip_case->support, view.all.levers[0]);
        support_mix_single(&view.x, tip_case->support, view.all.levers[1]);
        view.x_column = view.x.name;
        view.y_column = view.y.name;
    }
    const char *prefix = is_pair ? "streams-" : "";
    const char *best_x =
        is_pair ? arena_format(arena, "streams-amount:%s", view.x.name) : "duration";
    const char *best_y = is_pair ? arena_format(arena, "streams-amount:%s", view.y.name) : "amount";
    view.best_x = tip_drawing_answer(tip, tip_case, "frontier", best_x);
    view.best_y = tip_drawing_answer(tip, tip_case, "frontier", best_y);
    view.total =
        tip_drawing_answer(tip, tip_case, "frontier", arena_format(arena, "%stotal", prefix));
    while (view.first < view.sheet->rows.count &&
           !tip_drawing_is_of(tip, view.sheet, view.first, tip_case))
        view.first++;
    size_t end = view.first;
    while (end < view.sheet->rows.count && tip_drawing_is_of(tip, view.sheet, end, tip_case))
        end++;
    double x = tip_drawing_cell(view.sheet, view.first, view.x_column);
    while (view.first + (size_t)view.n_rows < end &&
           tip_drawing_cell(view.sheet, view.first + (size_t)view.n_rows, view.x_column) == x)
        view.n_rows++;
    view.n_columns = view.n_rows ? (int)(end - view.first) / view.n_rows : 0;
    return view;
}

static double at(const struct view *view, int column, int row, const char *name)
{
    return tip_drawing_cell(view->sheet, view->first + (size_t)(column * view->n_rows + row), name);
}

// The least amount in a column of the map; NaN where nothing tips.
static double least(const struct view *view, int column)
{
    const struct sheet *sheet = &view->drawing->tip->contour;
    for (size_t row = 0; row < sheet->rows.count; row++)
        if (tip_drawing_is_of(view->drawing->tip, sheet, row, view->tip_case) &&
            strcmp(sheet_cell(sheet, row, "map").text, view->map) == 0 && column-- == 0)
            return tip_drawing_cell(sheet, row, "amount");
    return NAN;
}

static void add_line(const struct view *view, struct chart *chart)
{
    chart_begin_block(chart, view->tip_case->source.label);
    for (int i = 0; i < view->n_columns; i++)
        chart_add_row(chart, (const double[]){at(view, i, 0, view->x_column), least(view, i)}, 2);
}

// Whether some of that map tips and some does not: else there is nothing to draw, and the sentence
// says it.
static bool has_frontier(const struct view *view)
{
    bool has = false;
    for (int i = 0; i < view->n_columns; i++)
        has |= least(view, i) > 0;
    return has;
}

enum { CELL_FALLS, CELL_TIPS, CELL_UNDECIDED, CELL_FAILED };

static int kind_of(const char *verdict)
{
    if (strcmp(verdict, "tips") == 0)
        return CELL_TIPS;
    if (strcmp(verdict, "lingers") == 0 || strcmp(verdict, "falling") == 0)
        return CELL_UNDECIDED;
    return strcmp(verdict, "failed") == 0 ? CELL_FAILED : CELL_FALLS;
}

// Cells that are otherwise than the frontier says: x, y, kind. Whether some are undecided.
static bool add_cells(const struct view *view, struct chart *chart)
{
    bool has_undecided = false, has_any = false;
    chart_begin_block(chart, "cells");
    for (int i = 0; i < view->n_columns; i++)
        for (int k = 0; k < view->n_rows; k++) {
            double y = at(view, i, k, view->y_column);
            size_t row = view->first + (size_t)(i * view->n_rows + k);
            int kind = kind_of(sheet_cell(view->sheet, row, "verdict").text);
            if (kind == (y >= least(view, i) ? CELL_TIPS : CELL_FALLS))
                continue;
            has_undecided |= kind == CELL_UNDECIDED;
            has_any = true;
            chart_add_row(chart, (const double[]){at(view, i, k, view->x_column), y, kind}, 3);
        }
    if (!has_any)
        chart_add_row(chart, (const double[]){NAN, NAN, CELL_FALLS}, 3);
    return has_undecided;
}

// The amount at which a column of the map costs `total`; NaN where none does.
static double amount_at(const struct view *view, int column, double total)
{
    for (int k = 1; k < view->n_rows; k++) {
        double before = at(view, column, k - 1, "total"), now = at(view, column, k, "total");
        double low = at(view, column, k - 1, view->y_column);
        if (before < total && total <= now)
            return low +
                   (at(view, column, k, view->y_column) - low) * (total - before) / (now - before);
    }
    return NAN;
}

// The next of 1, 2, 5, 10 ... from `value` on.
static double round_up(double value)
{
    double power = pow(10, floor(log10(value)));
    double ratio = value / power * (1 - 1e-9);
    return power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
}

// One line of equal cost, and where its name may stand: in the middle between the axes.
static bool add_cost(const struct view *view, struct chart *chart, double total, double *name_x,
                     double *name_y)
{
    int last = view->n_columns - 1;
    double x_size = at(view, last, 0, view->x_column);
    double y_size = at(view, last, view->n_rows - 1, view->y_column), nearest = INFINITY;
    for (int i = 0; i <= last; i++) {
        double y = amount_at(view, i, total), x = at(view, i, 0, view->x_column);
        double off = fabs(y / y_size - x / x_size);
        if (isnan(y) || off >= nearest)
            continue;
        nearest = off;
        *name_x = x;
        *name_y = y;
    }
    if (isinf(nearest))
        return false;
    chart_begin_block(chart, "equal cost");
    for (int i = 0; i <= last; i++)
        chart_add_row(
            chart, (const double[]){at(view, i, 0, view->x_column), amount_at(view, i, total)}, 2);
    return true;
}

// Lines of equal cost: through the cheapest point, then at round totals.
static void add_costs(const struct view *view, struct chart *chart)
{
    struct arena *arena = tip_drawing_arena(view->drawing);
    enum language language = view->drawing->context->language;
    double costs[MAX_COSTS], xs[MAX_COSTS], ys[MAX_COSTS], total = view->total;
    const char *names[MAX_COSTS];
    int n = 0;
    while (total > 0 && n < MAX_COSTS && add_cost(view, chart, total, &xs[n], &ys[n])) {
        names[n] = n ? value_in_words(arena, total, view->all.cost_unit, false, language) : "";
        costs[n++] = total;
        total = round_up(1.5 * total);
    }
    chart_set_number(chart, "n_costs", n);
    if (!n)
        return;
    chart_set_numbers(chart, "cost", costs, n);
    chart_set_texts(chart, "cost_name", names, n);
    chart_set_numbers(chart, "cost_x", xs, n);
    chart_set_numbers(chart, "cost_y", ys, n);
    if (view->all.is_money)
        chart_set_text(chart, "cost_title",
                       view->drawing->in_dutch ? "gelijke totale kosten, contant"
                                               : "equal total cost, discounted");
}

// What the amounts of a mix are called on an axis.
static void set_amount_axis(const struct view *view, struct chart *chart, const char *axis,
                            const struct support_mix *mix)
{
    struct arena *arena = tip_drawing_arena(view->drawing);
    bool is_multiple = mix->n > 1 && strcmp(mix->unit, "1") == 0;
    const char *multiple = view->drawing->in_dutch ? "keer de bedragen van het scenario"
                                                   : "times the amounts of the scenario";
    enum language language = view->drawing->context->language;
    chart_set_text(chart, arena_format(arena, "%s_title", axis),
                   is_multiple ? multiple : capital(arena, mix_words(mix, language)));
    chart_set_text(chart, arena_format(arena, "%s_unit", axis),
                   unit_in_words(arena, mix->unit, language));
}

static void set_axes(const struct view *view, struct chart *chart)
{
    set_amount_axis(view, chart, "y", &view->y);
    if (view->is_pair)
        set_amount_axis(view, chart, "x", &view->x);
    else
        chart_set_text(chart, "x_unit",
                       unit_in_words(tip_drawing_arena(view->drawing),
                                     view->tip_case->source.model->time.unit,
                                     view->drawing->context->language));
}

// "0.46 times ... for 24 years" or "€ 80 million a year for push and ...".
static const char *best_words(const struct view *view)
{
    struct arena *arena = tip_drawing_arena(view->drawing);
    enum language language = view->drawing->context->language;
    bool in_dutch = view->drawing->in_dutch;
    if (!view->is_pair)
        return arena_format(
            arena, in_dutch ? "%s gedurende %s" : "%s for %s",
            support_mix_words(&view->y, view->best_y / view->y.unit_amount, language),
            span_words(arena, view->tip_case->support, view->best_x, language));
    return arena_format(
        arena, in_dutch ? "%s voor %s en %s voor %s" : "%s for %s and %s for %s",
        amount_words(arena, view->best_y, view->y.unit, language), mix_words(&view->y, language),
        amount_words(arena, view->best_x, view->x.unit, language), mix_words(&view->x, language));
}

// Title and mark of the cheapest point; `model` is named where it is one of several.
static void set_best(const struct view *view, struct chart *chart, const char *model)
{
    struct arena *arena = tip_drawing_arena(view->drawing);
    bool in_dutch = view->drawing->in_dutch;
    if (isnan(view->total))
        return;
    chart_set_number(chart, "best_x", view->best_x);
    chart_set_number(chart, "best_y", view->best_y);
    const char *discounted = !view->all.is_money ? "" : in_dutch ? ", contant" : ", discounted";
    chart_set_text(chart, "best_name",
                   arena_format(arena, in_dutch ? "goedkoopst: %s%s" : "cheapest: %s%s",
                                value_in_words(arena, view->total, view->all.cost_unit, false,
                                               view->drawing->context->language),
                                discounted));
    const char *best = best_words(view);
    chart_set_text(chart, "title",
                   model ? arena_format(arena,
                                        in_dutch ? "%s kantelt het goedkoopst: met %s"
                                                 : "%s tips most cheaply: with %s",
                                        model, best)
                         : arena_format(arena,
                                        in_dutch ? "Het goedkoopst kantelt het met %s"
                                                 : "It tips most cheaply with %s",
                                        best));
}

static void set_subtitle(const struct view *view, struct chart *chart, const char *model)
{
    struct arena *arena = tip_drawing_arena(view->drawing);
    bool in_dutch = view->drawing->in_dutch;
    const char *what =
        view->is_pair
            ? (in_dutch ? "Combinaties die blijvend kantelen" : "Combinations that tip for good")
            : arena_format(arena,
                           in_dutch ? "Steun die blijvend kantelt (%s), naar duur"
                                    : "Support that tips for good (%s), by duration",
                           mix_words(&view->all, view->drawing->context->language));
    chart_set_text(chart, "subtitle",
                   arena_format(arena, "%s; %s%s%s", what,
                                tip_drawing_about(view->drawing, view->tip_case), model ? ", " : "",
                                model ? model : ""));
}

// The scenario's own support as a point.
static void set_own(const struct view *view, struct chart *chart)
{
    double x = view->is_pair ? view->x.unit_amount : view->y.until - view->y.from;
    const char *name = view->drawing->in_dutch ? "dit scenario" : "this scenario";
    if (!view->all.has_amount || !(x > 0))
        return;
    chart_set_number(chart, "n_marks", 1);
    chart_set_numbers(chart, "mark_at_x", &x, 1);
    chart_set_numbers(chart, "mark_at_y", &view->y.unit_amount, 1);
    chart_set_texts(chart, "mark_name", &name, 1);
}

static const char *file_name(const struct view *view, bool is_one_of_several)
{
    const char *name = view->is_pair ? "frontier-streams" : "frontier";
    if (!is_one_of_several)
        return name;
    return arena_format(tip_drawing_arena(view->drawing), "%s-%s", name,
                        view->tip_case->source.model->name);
}

// One model's map with its ground.
static bool draw_map(const struct view *view)
{
    const struct tip_drawing *drawing = view->drawing;
    struct arena *arena = tip_drawing_arena(drawing);
    bool is_one_of_several = drawing->tip->n_cases > 1;
    if (view->n_columns < 2 || view->n_rows < 2 || !has_frontier(view))
        return true;
    struct chart chart =
        chart_begin(drawing->context, file_name(view, is_one_of_several), "frontier");
    double top = at(view, 0, view->n_rows - 1, view->y_column);
    const char *no_name = "";
    double style = 1;
    add_line(view, &chart);
    bool has_undecided = add_cells(view, &chart);
    chart_set_number(&chart, "n_groups", 1);
    chart_set_texts(&chart, "group_name", &no_name, 1);
    chart_set_numbers(&chart, "group_style", &style, 1);
    chart_set_number(&chart, "has_region", 1);
    chart_set_number(&chart, "cell_width",
                     at(view, 1, 0, view->x_column) - at(view, 0, 0, view->x_column));
    chart_set_number(&chart, "cell_height", at(view, 0, 1, view->y_column));
    chart_set_number(&chart, "y_top", top);
    if (has_undecided)
        chart_set_text(
            &chart, "undecided_name",
            arena_format(arena, drawing->in_dutch ? "na %s nog onbeslist" : "undecided after %s",
                         span_words(arena, view->tip_case->support, view->tip_case->support->settle,
                                    drawing->context->language)));
    add_costs(view, &chart);
    set_best(view, &chart, NULL);
    set_own(view, &chart);
    set_axes(view, &chart);
    set_subtitle(view, &chart,
                 is_one_of_several ? tip_drawing_model_title(drawing, view->tip_case) : NULL);
    return chart_write(&chart);
}

// The frontiers of all models in one chart.
static bool draw_all(const struct view *views, int n)
{
    const struct tip_drawing *drawing = views[0].drawing;
    const struct tip_case *cases[MAX_GROUPS];
    const struct view *best = &views[0];
    int n_drawn = 0;
    for (int i = 0; i < n; i++) {
        cases[i] = views[i].tip_case;
        n_drawn += has_frontier(&views[i]);
        if (views[i].total < best->total || isnan(best->total))
            best = &views[i];
    }
    if (n_drawn < 2)
        return true; // the map of the one model says it all
    struct chart chart = chart_begin(drawing->context, file_name(best, false), "frontier");
    for (int i = 0; i < n; i++)
        add_line(&views[i], &chart);
    tip_drawing_set_groups(drawing, &chart, cases, n);
    set_best(best, &chart, tip_drawing_model_title(drawing, best->tip_case));
    set_own(&views[0], &chart);
    set_axes(&views[0], &chart);
    set_subtitle(&views[0], &chart, NULL);
    chart_set_number(&chart, "n_costs", 0);
    return chart_write(&chart);
}

bool draw_frontiers(const struct tip_drawing *drawing)
{
    const struct tip *tip = drawing->tip;
    bool is_good = true;
    for (int is_pair = 0; is_pair < 2 && is_good; is_pair++) {
        const struct tip_case *cases[MAX_GROUPS];
        struct view views[MAX_GROUPS];
        int n = tip_drawing_cases(tip, is_pair ? &tip->streams : &tip->frontier, cases);
        for (int i = 0; i < n; i++)
            views[i] = view_of(drawing, cases[i], is_pair);
        if (n > 1)
            is_good = draw_all(views, n);
        for (int i = 0; i < n && is_good; i++)
            is_good = draw_map(&views[i]);
    }
    return is_good;
}
