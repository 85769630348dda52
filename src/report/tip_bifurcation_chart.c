// Stage: report. A continuation -> the bifurcation diagram: branches cut into stretches of one
// stability, folds marked, the present value of the parameter as a line.
#include "analysis/tip/tip_continue.h"
#include "report/tip_charts.h"
#include "result/wording.h"

#include "base/array.h"

#include <ctype.h>
#include <math.h>

struct drawing {
    const struct chart_context *context;
    const struct tip_continuation *following;
    bool in_dutch;
};

static const char *say(const struct drawing *drawing, const char *dutch, const char *english)
{
    return drawing->in_dutch ? dutch : english;
}

static double rest_value(const struct drawing *drawing, const struct rest_point *point)
{
    return headline_value(&drawing->following->headline, point);
}

static const char *title_of(const struct drawing *drawing, const struct variable *variable,
                            int cell)
{
    struct arena *arena = drawing->context->arena;
    const char *spaced = spaced_name(arena, cell_name(arena, variable, cell));
    return variable->n_cells > 1
               ? spaced
               : localized_text(&variable->title, drawing->context->language, spaced);
}

struct flag_list {
    double *items;
    size_t count, capacity;
};

// One block for each stretch of a branch whose points are all stable, or all not; a stretch begins
// with the last point of the one before, so that lines meet.
static void add_branches(const struct drawing *drawing, struct chart *chart)
{
    const struct branch_set *set = drawing->following->set;
    struct flag_list stable = {0};
    for (size_t b = 0; b < set->branches.count; b++) {
        const struct branch *branch = &set->branches.items[b];
        for (size_t i = 0; i < branch->count; i++) {
            bool is_stable = branch->items[i].rest.stability == REST_STABLE;
            bool is_new = i == 0 || is_stable != (stable.items[stable.count - 1] != 0);
            if (is_new) {
                chart_begin_block(chart, is_stable ? "stable" : "unstable");
                ARRAY_PUSH(drawing->context->arena, &stable) = is_stable;
            }
            for (size_t k = is_new && i > 0 ? i - 1 : i; k <= i; k++) {
                double row[] = {branch->items[k].value,
                                rest_value(drawing, &branch->items[k].rest)};
                chart_add_row(chart, row, 2);
            }
        }
    }
    chart_set_number(chart, "n_branches", (double)stable.count);
    chart_set_numbers(chart, "branch_stable", stable.items, (int)stable.count);
}

// Tipping points, and where swings begin.
static bool is_marked(const struct branch_event *event)
{
    return event->kind == EVENT_FOLD || event->kind == EVENT_END || event->kind == EVENT_HOPF;
}

static void add_folds(const struct drawing *drawing, struct chart *chart)
{
    const struct branch_set *set = drawing->following->set;
    struct flag_list swings = {0};
    for (size_t i = 0; i < set->events.count; i++)
        if (is_marked(&set->events.items[i]))
            ARRAY_PUSH(drawing->context->arena, &swings) = set->events.items[i].kind == EVENT_HOPF;
    chart_set_number(chart, "n_folds", (double)swings.count);
    if (!swings.count)
        return;
    chart_set_numbers(chart, "fold_swings", swings.items, (int)swings.count);
    chart_begin_block(chart, "folds");
    for (size_t i = 0; i < set->events.count; i++) {
        double row[] = {set->events.items[i].value,
                        rest_value(drawing, &set->events.items[i].rest)};
        if (is_marked(&set->events.items[i]))
            chart_add_row(chart, row, 2);
    }
}

static const char *finding(const struct drawing *drawing)
{
    const struct tip_continuation *following = drawing->following;
    struct arena *arena = drawing->context->arena;
    enum language language = drawing->context->language;
    const struct variable *variable = following->variable;
    const char *unit = variable->unit_text ? variable->unit_text : "1";
    bool in_percent = is_shown_in_percent(unit, following->set->low, following->set->high);
    if (isnan(following->low))
        return arena_format(
            arena, say(drawing, "%s en de rust van het model", "%s and where the model rests"),
            title_of(drawing, variable, following->cell));
    return arena_format(
        arena, say(drawing, "%s: twee toestanden van %s tot %s", "%s: two states from %s to %s"),
        title_of(drawing, variable, following->cell),
        value_in_words(arena, following->low, unit, in_percent, language),
        value_in_words(arena, following->high, unit, in_percent, language));
}

static void set_axes(const struct drawing *drawing, struct chart *chart)
{
    const struct tip_continuation *following = drawing->following;
    const struct headline *headline = &following->headline;
    struct arena *arena = drawing->context->arena;
    enum language language = drawing->context->language;
    const char *x_unit = variable_unit_text(following->variable);
    const char *y_unit = variable_unit_text(headline->variable);
    double low = INFINITY, high = -INFINITY;
    for (size_t b = 0; b < following->set->branches.count; b++)
        for (size_t i = 0; i < following->set->branches.items[b].count; i++) {
            double value = rest_value(drawing, &following->set->branches.items[b].items[i].rest);
            low = fmin(low, value);
            high = fmax(high, value);
        }
    chart_set_text(chart, "x_title", title_of(drawing, following->variable, following->cell));
    chart_set_text(chart, "x_unit", unit_in_words(arena, x_unit, language));
    chart_set_number(chart, "x_percent",
                     is_shown_in_percent(x_unit, following->set->low, following->set->high));
    chart_set_text(chart, "y_title", title_of(drawing, headline->variable, headline->cell));
    chart_set_text(chart, "y_unit", unit_in_words(arena, y_unit, language));
    chart_set_number(chart, "is_percent", is_shown_in_percent(y_unit, low, high));
    double now = following->set->frozen->parameters[following->set->parameter];
    if (following->variable->kind == VARIABLE_PARAMETER && now >= following->set->low &&
        now <= following->set->high)
        chart_set_number(chart, "now", now);
}

// "bifurcation-price-gap" of name, with what a file name cannot hold left out.
static const char *chart_name(const struct chart_context *context, const struct tip *tip,
                              const struct tip_continuation *following)
{
    char *name = arena_format(context->arena, "bifurcation-%s%s%s", following->name,
                              tip->n_cases > 1 ? "-" : "",
                              tip->n_cases > 1 ? following->tip_case->source.model->name : "");
    for (char *at = name; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '-' && *at != '_')
            *at = '-';
    return name;
}

bool draw_bifurcation(const struct chart_context *context, const struct tip *tip)
{
    bool is_good = true;
    for (size_t i = 0; i < tip->continuations.count && is_good; i++) {
        const struct drawing drawing = {context, tip->continuations.items[i],
                                        context->language == LANGUAGE_NL};
        if (!drawing.following->set->branches.count || !drawing.following->headline.variable)
            continue;
        struct chart chart =
            chart_begin(context, chart_name(context, tip, drawing.following), "bifurcation");
        const struct model *model = drawing.following->tip_case->source.model;
        chart_set_text(&chart, "title", finding(&drawing));
        chart_set_text(&chart, "subtitle",
                       localized_text(&model->title, context->language, model->name));
        set_axes(&drawing, &chart);
        add_branches(&drawing, &chart);
        add_folds(&drawing, &chart);
        is_good = chart_write(&chart);
    }
    return is_good;
}
