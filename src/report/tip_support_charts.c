// Stage: report. The charts of what support it takes: frontier, one stream by another, chance by
// budget, courses around the safe stop. They are drawn from the tables of the analysis.
#include "report/tip_support_charts.h"

#include "analysis/tip/tip_support.h"
#include "base/array.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

enum { MAX_GROUPS = 8 };

// What one chart is made of.
struct drawing {
    const struct chart_context *context;
    const struct tip *tip;
    bool in_dutch;
};

static struct arena *arena_of(const struct drawing *drawing)
{
    return drawing->context->arena;
}

static struct drawing drawing_of(const struct chart_context *context, const struct tip *tip)
{
    return (struct drawing){context, tip, context->language == LANGUAGE_NL};
}

static double cell(const struct sheet *sheet, size_t row, const char *column)
{
    return sheet_cell(sheet, row, column).number;
}

// Whether a row is of this case.
static bool is_of(const struct tip *tip, const struct sheet *sheet, size_t row,
                  const struct tip_case *tip_case)
{
    const char *model = sheet_cell(sheet, row, "model").text;
    return tip->n_cases == 1 || (model && strcmp(model, tip_case->source.model->name) == 0);
}

static const struct tip_answer *find_answer(const struct tip *tip, const struct tip_case *tip_case,
                                            const char *question, const char *metric)
{
    for (size_t i = 0; i < tip->answers.count; i++) {
        const struct tip_answer *answer = &tip->answers.items[i];
        if (answer->tip_case == tip_case && strcmp(answer->question, question) == 0 &&
            strcmp(answer->metric, metric) == 0)
            return answer;
    }
    return NULL;
}

static double answer_value(const struct tip *tip, const struct tip_case *tip_case,
                           const char *question, const char *metric)
{
    const struct tip_answer *answer = find_answer(tip, tip_case, question, metric);
    return answer ? answer->value : NAN;
}

static const char *model_title(const struct drawing *drawing, const struct tip_case *tip_case)
{
    const struct model *model = tip_case->source.model;
    return localized_text(&model->title, drawing->context->language,
                          spaced_name(arena_of(drawing), model->name));
}

// "push-and-pull: transition push", the scenario and, where there is one model, the model.
static const char *about(const struct drawing *drawing, const struct tip_case *tip_case)
{
    const struct scenario *scenario = drawing->tip->scenario;
    if (!scenario)
        return model_title(drawing, tip_case);
    const char *title =
        localized_text(&scenario->title, drawing->context->language, scenario->name);
    return drawing->tip->n_cases > 1
               ? title
               : arena_format(arena_of(drawing), "%s, %s", title, model_title(drawing, tip_case));
}

// The cases that have rows in a table, at most as many as a chart can tell apart.
static int cases_of(const struct tip *tip, const struct sheet *sheet,
                    const struct tip_case *cases[MAX_GROUPS])
{
    int n = 0;
    for (int i = 0; i < tip->n_cases && n < MAX_GROUPS; i++)
        for (size_t row = 0; row < sheet->rows.count; row++)
            if (is_of(tip, sheet, row, &tip->cases[i])) {
                cases[n++] = &tip->cases[i];
                break;
            }
    return n;
}

static void set_groups(const struct drawing *drawing, struct chart *chart,
                       const struct tip_case *const *cases, int n)
{
    const char *names[MAX_GROUPS];
    double styles[MAX_GROUPS];
    for (int i = 0; i < n; i++) {
        names[i] = drawing->tip->n_cases > 1 ? model_title(drawing, cases[i]) : "";
        styles[i] = (double)(cases[i] - drawing->tip->cases) + 1;
    }
    chart_set_number(chart, "n_groups", n);
    chart_set_texts(chart, "group_name", names, n);
    chart_set_numbers(chart, "group_style", styles, n);
}

// Rows x, amount of the frontier of one case; `map` tells which of two.
static void add_line(const struct drawing *drawing, struct chart *chart,
                     const struct tip_case *tip_case, const char *map)
{
    const struct sheet *sheet = &drawing->tip->contour;
    chart_begin_block(chart, tip_case->source.label);
    for (size_t row = 0; row < sheet->rows.count; row++)
        if (is_of(drawing->tip, sheet, row, tip_case) &&
            strcmp(sheet_cell(sheet, row, "map").text, map) == 0)
            chart_add_row(chart,
                          (const double[]){cell(sheet, row, "x"), cell(sheet, row, "amount")}, 2);
}

// Whether anything on that map tips: else there is nothing to draw, and the sentence says it.
static bool has_map(const struct tip *tip, const char *map)
{
    for (size_t row = 0; row < tip->contour.rows.count; row++)
        if (strcmp(sheet_cell(&tip->contour, row, "map").text, map) == 0 &&
            !isnan(cell(&tip->contour, row, "amount")))
            return true;
    return false;
}

// Total by amount and duration, where it is the same all along the frontier; else NaN.
static double cost_factor(const struct drawing *drawing, const struct tip_case *tip_case)
{
    const struct sheet *sheet = &drawing->tip->contour;
    double factor = NAN;
    for (size_t row = 0; row < sheet->rows.count; row++) {
        double product = cell(sheet, row, "x") * cell(sheet, row, "amount");
        double found = cell(sheet, row, "total_undiscounted") / product;
        if (!is_of(drawing->tip, sheet, row, tip_case) || isnan(found) ||
            strcmp(sheet_cell(sheet, row, "map").text, "duration") != 0)
            continue;
        if (!isnan(factor) && fabs(found / factor - 1) > 0.01)
            return NAN;
        factor = found;
    }
    return factor;
}

// What the amounts of a mix are called on an axis.
static void set_amount_axis(const struct drawing *drawing, struct chart *chart, const char *axis,
                            const struct support_mix *mix)
{
    struct arena *arena = arena_of(drawing);
    bool is_multiple = mix->n > 1 && strcmp(mix->unit, "1") == 0;
    const char *title = is_multiple ? (drawing->in_dutch ? "keer de bedragen van het scenario"
                                                         : "times the amounts of the scenario")
                                    : capital(arena, mix_words(mix, drawing->context->language));
    chart_set_text(chart, arena_format(arena, "%s_title", axis), title);
    chart_set_text(chart, arena_format(arena, "%s_unit", axis),
                   unit_in_words(arena, mix->unit, drawing->context->language));
}

// The lines of equal cost are not discounted, totals are.
static const char *discounted_words(const struct drawing *drawing, const struct support_mix *mix)
{
    return !mix->is_money ? "" : drawing->in_dutch ? ", contant" : ", discounted";
}

static void set_cheapest(const struct drawing *drawing, struct chart *chart,
                         const struct tip_case *tip_case, const struct support_mix *mix)
{
    struct arena *arena = arena_of(drawing);
    enum language language = drawing->context->language;
    double total = answer_value(drawing->tip, tip_case, "frontier", "total");
    double amount = answer_value(drawing->tip, tip_case, "frontier", "amount");
    double duration = answer_value(drawing->tip, tip_case, "frontier", "duration");
    if (isnan(total)) {
        chart_set_text(chart, "title",
                       drawing->in_dutch ? "Geen enkel bedrag of duur kantelt blijvend"
                                         : "No amount or duration tips for good");
        return;
    }
    chart_set_number(chart, "best_x", duration);
    chart_set_number(chart, "best_y", amount);
    chart_set_text(chart, "best_name",
                   arena_format(arena, drawing->in_dutch ? "goedkoopst: %s%s" : "cheapest: %s%s",
                                value_in_words(arena, total, mix->cost_unit, false, language),
                                discounted_words(drawing, mix)));
    chart_set_text(chart, "title",
                   arena_format(arena,
                                drawing->in_dutch ? "Het goedkoopst kantelt %s gedurende %s"
                                                  : "%s for %s tips most cheaply",
                                support_mix_words(mix, amount / mix->unit_amount, language),
                                span_words(arena, tip_case->support, duration, language)));
}

// The scenario's own support as a point.
static void set_own(const struct drawing *drawing, struct chart *chart,
                    const struct support_mix *mix)
{
    double amount = mix->unit_amount, duration = mix->until - mix->from;
    const char *name = drawing->in_dutch ? "dit scenario" : "this scenario";
    if (!mix->has_amount || !(duration > 0))
        return;
    chart_set_number(chart, "n_marks", 1);
    chart_set_numbers(chart, "mark_at_x", &duration, 1);
    chart_set_numbers(chart, "mark_at_y", &amount, 1);
    chart_set_texts(chart, "mark_name", &name, 1);
}

static bool draw_frontier(const struct drawing *drawing)
{
    const struct tip *tip = drawing->tip;
    const struct tip_case *cases[MAX_GROUPS];
    struct support_mix mix;
    int n = cases_of(tip, &tip->contour, cases);
    if (!n || !has_map(tip, "duration") || !support_mix_choose(&mix, tip, cases[0]->support))
        return true;
    struct chart chart = chart_begin(drawing->context, "frontier", "frontier");
    const char *time = cases[0]->source.model->time.unit;
    for (int i = 0; i < n; i++)
        add_line(drawing, &chart, cases[i], "duration");
    set_groups(drawing, &chart, cases, n);
    set_cheapest(drawing, &chart, cases[0], &mix);
    set_own(drawing, &chart, &mix);
    set_amount_axis(drawing, &chart, "y", &mix);
    chart_set_text(&chart, "x_unit",
                   unit_in_words(arena_of(drawing), time, drawing->context->language));
    chart_set_text(
        &chart, "subtitle",
        arena_format(arena_of(drawing),
                     drawing->in_dutch ? "Kleinste steun die blijvend kantelt (%s), naar duur; %s"
                                       : "Least support that tips for good (%s), by duration; %s",
                     mix_words(&mix, drawing->context->language), about(drawing, cases[0])));
    double factor = cost_factor(drawing, cases[0]);
    if (isnan(factor))
        chart_set_number(&chart, "n_costs", 0);
    else
        chart_set_number(&chart, "cost_factor", factor);
    chart_set_number(&chart, "cost_is_money", mix.is_money);
    return chart_write(&chart);
}

static const char *streams_title(const struct drawing *drawing, const struct support_mix *x,
                                 const struct support_mix *y, double best_x, double best_y)
{
    struct arena *arena = arena_of(drawing);
    enum language language = drawing->context->language;
    const char *x_words = mix_words(x, language), *y_words = mix_words(y, language);
    if (isnan(best_x) || isnan(best_y))
        return arena_format(arena,
                            drawing->in_dutch ? "Geen combinatie van %s en %s kantelt blijvend"
                                              : "No combination of %s and %s tips for good",
                            y_words, x_words);
    return arena_format(arena,
                        drawing->in_dutch ? "Het goedkoopst samen: %s voor %s en %s voor %s"
                                          : "Cheapest together: %s for %s and %s for %s",
                        amount_words(arena, best_y, y->unit, language), y_words,
                        amount_words(arena, best_x, x->unit, language), x_words);
}

static bool draw_streams(const struct drawing *drawing)
{
    const struct tip *tip = drawing->tip;
    const struct tip_case *cases[MAX_GROUPS];
    struct support_mix all, x, y;
    struct arena *arena = arena_of(drawing);
    enum language language = drawing->context->language;
    int n = cases_of(tip, &tip->streams, cases);
    if (!n || !has_map(tip, "streams") || !support_mix_choose(&all, tip, cases[0]->support))
        return true;
    support_mix_single(&y, cases[0]->support, all.levers[0]);
    support_mix_single(&x, cases[0]->support, all.levers[1]);
    struct chart chart = chart_begin(drawing->context, "frontier-streams", "frontier");
    for (int i = 0; i < n; i++)
        add_line(drawing, &chart, cases[i], "streams");
    set_groups(drawing, &chart, cases, n);
    double best_x =
        answer_value(tip, cases[0], "frontier", arena_format(arena, "streams-amount:%s", x.name));
    double best_y =
        answer_value(tip, cases[0], "frontier", arena_format(arena, "streams-amount:%s", y.name));
    double total = answer_value(tip, cases[0], "frontier", "streams-total");
    const char *name = drawing->in_dutch ? "dit scenario" : "this scenario";
    if (!isnan(total)) {
        chart_set_number(&chart, "best_x", best_x);
        chart_set_number(&chart, "best_y", best_y);
        chart_set_text(&chart, "best_name",
                       arena_format(arena,
                                    drawing->in_dutch ? "goedkoopst: %s%s" : "cheapest: %s%s",
                                    value_in_words(arena, total, all.cost_unit, false, language),
                                    discounted_words(drawing, &all)));
    }
    if (all.has_amount) {
        chart_set_number(&chart, "n_marks", 1);
        chart_set_numbers(&chart, "mark_at_x", &x.unit_amount, 1);
        chart_set_numbers(&chart, "mark_at_y", &y.unit_amount, 1);
        chart_set_texts(&chart, "mark_name", &name, 1);
    }
    chart_set_text(&chart, "title", streams_title(drawing, &x, &y, best_x, best_y));
    chart_set_text(&chart, "subtitle",
                   arena_format(arena,
                                drawing->in_dutch ? "Kleinste combinaties die blijvend kantelen; %s"
                                                  : "Least combinations that tip for good; %s",
                                about(drawing, cases[0])));
    set_amount_axis(drawing, &chart, "x", &x);
    set_amount_axis(drawing, &chart, "y", &y);
    chart_set_number(&chart, "n_costs", 0);
    return chart_write(&chart);
}

// Chances by budget of one population: `suffix` of the columns of budget.csv.
static void add_chances(const struct drawing *drawing, struct chart *chart,
                        const struct tip_case *tip_case, const char *suffix)
{
    const struct sheet *sheet = &drawing->tip->chances;
    struct arena *arena = arena_of(drawing);
    const char *value = arena_format(arena, "probability%s", suffix);
    const char *lower = arena_format(arena, "lower%s", suffix);
    const char *upper = arena_format(arena, "upper%s", suffix);
    chart_begin_block(chart, arena_format(arena, "%s%s", tip_case->source.label, suffix));
    for (size_t row = 0; row < sheet->rows.count; row++)
        if (is_of(drawing->tip, sheet, row, tip_case))
            chart_add_row(chart,
                          (const double[]){cell(sheet, row, "budget"), cell(sheet, row, value),
                                           cell(sheet, row, lower), cell(sheet, row, upper)},
                          4);
}

// What the scenario's support does to the chance: of one model, or of the one that it helps most.
static const char *budget_title(const struct drawing *drawing, const struct tip_case *const *cases,
                                int n)
{
    struct arena *arena = arena_of(drawing);
    enum language language = drawing->context->language;
    const struct tip_case *best = NULL;
    double most = -INFINITY;
    for (int i = 0; i < n; i++) {
        double effect = answer_value(drawing->tip, cases[i], "budget", "effect-of-scenario");
        if (effect > most) {
            most = effect;
            best = cases[i];
        }
    }
    if (!best)
        return drawing->in_dutch ? "Hoe groter het budget, hoe groter de kans op kantelen"
                                 : "The larger the budget, the likelier it tips";
    double without = answer_value(drawing->tip, best, "budget", "chance-without-support");
    double with = answer_value(drawing->tip, best, "budget", "chance-of-scenario");
    const char *text =
        n == 1
            ? (drawing->in_dutch ? "Deze steun brengt de kans op blijvend kantelen van %s naar %s"
                                 : "This support takes the chance to tip for good from %s to %s")
            : (drawing->in_dutch
                   ? "Deze steun brengt de kans op blijvend kantelen hooguit van %s naar %s (%s)"
                   : "This support takes the chance to tip for good at most from %s to %s (%s)");
    return arena_format(arena, text, value_in_words(arena, without, "1", true, language),
                        value_in_words(arena, with, "1", true, language),
                        model_title(drawing, best));
}

static void set_budget_axis(const struct drawing *drawing, struct chart *chart,
                            const struct support *support)
{
    bool is_money = strcmp(support->cost_unit, "euro") == 0;
    chart_set_text(chart, "x_title", is_money ? "budget" : drawing->in_dutch ? "steun" : "support");
    chart_set_text(chart, "x_unit",
                   is_money ? "euro"
                            : unit_in_words(arena_of(drawing), support->cost_unit,
                                            drawing->context->language));
}

static bool draw_budget(const struct drawing *drawing)
{
    static const char *const metrics[] = {"total", "total-if-locked-in"};
    static const char *const suffixes[] = {"", "_if_locked_in"};
    const struct tip *tip = drawing->tip;
    const struct tip_case *cases[MAX_GROUPS];
    double at_half[2 * MAX_GROUPS];
    int n = cases_of(tip, &tip->chances, cases);
    if (!n || tip->chances.rows.count < 2)
        return true;
    struct chart chart = chart_begin(drawing->context, "budget", "budget");
    for (int panel = 0; panel < 2; panel++)
        for (int i = 0; i < n; i++) {
            double half = answer_value(tip, cases[i], "budget-50", metrics[panel]);
            at_half[panel * n + i] = half > 0 ? half : NAN; // where it takes money
            add_chances(drawing, &chart, cases[i], suffixes[panel]);
        }
    set_groups(drawing, &chart, cases, n);
    const char *titles[] = {drawing->in_dutch ? "In alle trekkingen" : "In all draws",
                            drawing->in_dutch ? "Waar het zonder steun niet kantelt"
                                              : "Where it does not tip without support"};
    chart_set_number(&chart, "n_panels", 2);
    chart_set_texts(&chart, "panel_title", titles, 2);
    chart_set_numbers(&chart, "level_x", at_half, 2 * n);
    double own = answer_value(tip, cases[0], "budget", "total-of-scenario");
    const char *name = drawing->in_dutch ? "dit scenario" : "this scenario";
    if (isfinite(own)) {
        chart_set_number(&chart, "n_budgets", 1);
        chart_set_numbers(&chart, "budget_at", &own, 1);
        chart_set_texts(&chart, "budget_name", &name, 1);
    }
    chart_set_text(&chart, "title", budget_title(drawing, cases, n));
    chart_set_text(
        &chart, "subtitle",
        arena_format(arena_of(drawing),
                     drawing->in_dutch
                         ? "Kans over %.0f trekkingen van de onzekerheden, met 95%%-interval; %s"
                         : "Chance over %.0f draws of the uncertainties, with 95%% interval; %s",
                     answer_value(tip, cases[0], "budget", "draws"), about(drawing, cases[0])));
    set_budget_axis(drawing, &chart, cases[0]->support);
    return chart_write(&chart);
}

// The ends of support in safe-stop.csv of one case, in rising order.
static int ends_of(const struct drawing *drawing, const struct tip_case *tip_case, double *ends,
                   double *tipped)
{
    const struct sheet *sheet = &drawing->tip->paths;
    int n = 0;
    for (size_t row = 0; row < sheet->rows.count; row++) {
        double end = cell(sheet, row, "end");
        if (!is_of(drawing->tip, sheet, row, tip_case) || (n && ends[n - 1] == end) ||
            n == MAX_GROUPS)
            continue;
        ends[n] = end;
        tipped[n++] = cell(sheet, row, "tipped");
    }
    return n;
}

// Rows time, value under each end.
static void add_courses(const struct drawing *drawing, struct chart *chart,
                        const struct tip_case *tip_case, int n)
{
    const struct sheet *sheet = &drawing->tip->paths;
    size_t first = 0, n_times = 0;
    while (first < sheet->rows.count && !is_of(drawing->tip, sheet, first, tip_case))
        first++;
    double end = cell(sheet, first, "end");
    while (first + n_times < sheet->rows.count && cell(sheet, first + n_times, "end") == end &&
           is_of(drawing->tip, sheet, first + n_times, tip_case))
        n_times++;
    chart_begin_block(chart, tip_case->source.label);
    for (size_t k = 0; k < n_times; k++) {
        double values[MAX_GROUPS + 1] = {cell(sheet, first + k, "time")};
        for (int i = 0; i < n; i++)
            values[i + 1] = cell(sheet, first + (size_t)i * n_times + k, "value");
        chart_add_row(chart, values, n + 1);
    }
}

// The highest value of any course.
static double course_top(const struct drawing *drawing, const struct tip_case *tip_case)
{
    const struct sheet *sheet = &drawing->tip->paths;
    double top = -INFINITY;
    for (size_t row = 0; row < sheet->rows.count; row++)
        if (is_of(drawing->tip, sheet, row, tip_case))
            top = fmax(top, cell(sheet, row, "value"));
    return top;
}

static const char *safe_stop_title(const struct drawing *drawing, const struct tip_case *tip_case)
{
    struct arena *arena = arena_of(drawing);
    enum language language = drawing->context->language;
    const struct support *support = tip_case->support;
    double date = answer_value(drawing->tip, tip_case, "safe-stop", "date");
    double slack = answer_value(drawing->tip, tip_case, "safe-stop", "slack");
    const char *when = date_words(arena, support, date, language);
    const char *gap = span_words(arena, tip_case->support, fabs(slack), language);
    if (isnan(date))
        return drawing->in_dutch ? "Wanneer de steun ook stopt, het valt terug"
                                 : "Whenever support ends, it falls back";
    if (!find_answer(drawing->tip, tip_case, "safe-stop", "date") || isnan(slack))
        return "";
    if (slack < 0)
        return arena_format(arena,
                            drawing->in_dutch ? "De steun stopt %s te vroeg: pas vanaf %s beklijft "
                                                "het"
                                              : "Support ends %s too early: only from %s does it "
                                                "last",
                            gap, when);
    return arena_format(arena,
                        drawing->in_dutch ? "De steun kan vanaf %s stoppen zonder terugval, %s "
                                            "eerder dan gepland"
                                          : "Support can end from %s on without falling back, %s "
                                            "earlier than planned",
                        when, gap);
}

static bool draw_safe_stop(const struct drawing *drawing, const struct tip_case *tip_case)
{
    struct arena *arena = arena_of(drawing);
    enum language language = drawing->context->language;
    const struct support *support = tip_case->support;
    double ends[MAX_GROUPS], tipped[MAX_GROUPS], styles[MAX_GROUPS];
    const char *names[MAX_GROUPS];
    int n = ends_of(drawing, tip_case, ends, tipped), n_up = 0;
    if (!n)
        return true;
    const char *name = drawing->tip->n_cases > 1
                           ? arena_format(arena, "safe-stop-%s", tip_case->source.model->name)
                           : "safe-stop";
    struct chart chart = chart_begin(drawing->context, name, "timeseries");
    add_courses(drawing, &chart, tip_case, n);
    for (int i = 0; i < n; i++) {
        static const double falling[] = {9, 2, 4, 6, 8, 5, 3}, rising[] = {1, 3, 5, 7, 9, 2, 4};
        int n_down = i - n_up;
        styles[i] = tipped[i] > 0 ? rising[n_up % 7] : falling[n_down % 7];
        n_up += tipped[i] > 0;
        names[i] = arena_format(arena, drawing->in_dutch ? "tot %s" : "until %s",
                                date_words(arena, support, ends[i], language));
    }
    bool in_percent = is_shown_in_percent(
        support->variable->unit_text ? support->variable->unit_text : "", 0, support->above);
    const char *title = localized_text(&support->variable->title, language,
                                       spaced_name(arena, support->variable->name));
    const char *unit = unit_in_words(
        arena, support->variable->unit_text ? support->variable->unit_text : "1", language);
    const char *level_name = drawing->in_dutch ? "gekanteld" : "tipped";
    double percent = in_percent;
    chart_set_number(&chart, "n_panels", 1);
    chart_set_number(&chart, "n_lines", n);
    chart_set_texts(&chart, "line_name", names, n);
    chart_set_numbers(&chart, "line_style", styles, n);
    chart_set_text(&chart, "labels", "legend");
    chart_set_texts(&chart, "panel_title", &title, 1);
    chart_set_texts(&chart, "panel_unit", &unit, 1);
    chart_set_numbers(&chart, "panel_percent", &percent, 1);
    if (support->has_level) {
        double top = course_top(drawing, tip_case), room = 1.15 * support->above;
        double y_until = support->above > 0 && top < room ? room : NAN;
        chart_set_numbers(&chart, "y_until", &y_until, 1);
        chart_set_numbers(&chart, "level", &support->above, 1);
        chart_set_texts(&chart, "level_name", &level_name, 1);
    }
    chart_set_text(&chart, "title", safe_stop_title(drawing, tip_case));
    chart_set_text(&chart, "subtitle",
                   arena_format(arena,
                                drawing->in_dutch ? "Verloop als alle steun eindigt in ...; %s%s%s"
                                                  : "Course if all support ends in ...; %s%s%s",
                                about(drawing, tip_case), drawing->tip->n_cases > 1 ? ", " : "",
                                drawing->tip->n_cases > 1 ? model_title(drawing, tip_case) : ""));
    return chart_write(&chart);
}

// Cost, then regret, by the date of handing over.
static void add_dates(const struct drawing *drawing, struct chart *chart,
                      const struct tip_case *tip_case, const char *column)
{
    const struct sheet *sheet = &drawing->tip->handover;
    chart_begin_block(chart, column);
    for (size_t row = 0; row < sheet->rows.count; row++) {
        double value = cell(sheet, row, column);
        bool is_gap = isnan(value) && strcmp(column, "mean_regret") == 0;
        if (is_of(drawing->tip, sheet, row, tip_case) && !is_gap &&
            strcmp(sheet_cell(sheet, row, "by").text, "date") == 0)
            chart_add_row(chart, (const double[]){cell(sheet, row, "value"), value}, 2);
    }
}

static bool draw_switch(const struct drawing *drawing, const struct tip_case *tip_case)
{
    struct arena *arena = arena_of(drawing);
    const struct tip *tip = drawing->tip;
    enum language language = drawing->context->language;
    const struct support *support = tip_case->support;
    double date = answer_value(tip, tip_case, "switch", "date");
    double regret = answer_value(tip, tip_case, "switch", "least-regret-date");
    if (isnan(date))
        return true;
    const char *name = tip->n_cases > 1
                           ? arena_format(arena, "switch-%s", tip_case->source.model->name)
                           : "switch";
    const char *titles[] = {drawing->in_dutch ? "Laagste kosten om te kantelen"
                                              : "Least cost of tipping",
                            drawing->in_dutch ? "Gemiddelde spijt over de onzekerheden"
                                              : "Mean regret over the uncertainties"};
    const char *unit = unit_in_words(arena, support->cost_unit, language);
    const char *units[] = {unit, unit}, *no_name = "";
    int n_panels = isnan(regret) ? 1 : 2;
    struct chart chart = chart_begin(drawing->context, name, "timeseries");
    add_dates(drawing, &chart, tip_case, "total");
    if (n_panels == 2)
        add_dates(drawing, &chart, tip_case, "mean_regret");
    chart_set_number(&chart, "n_panels", n_panels);
    chart_set_number(&chart, "n_lines", 1);
    chart_set_number(&chart, "n_cols", 1);
    chart_set_texts(&chart, "panel_title", titles, n_panels);
    chart_set_texts(&chart, "panel_unit", units, n_panels);
    chart_set_texts(&chart, "line_name", &no_name, 1);
    chart_set_text(&chart, "title",
                   arena_format(arena,
                                drawing->in_dutch
                                    ? "Overgaan van push naar vraag kost het minst bij %s"
                                    : "Handing over from push to demand costs least at %s",
                                date_words(arena, support, date, language)));
    chart_set_text(&chart, "subtitle",
                   arena_format(arena,
                                drawing->in_dutch ? "Naar datum van overgang; %s%s%s"
                                                  : "By date of handing over; %s%s%s",
                                about(drawing, tip_case), tip->n_cases > 1 ? ", " : "",
                                tip->n_cases > 1 ? model_title(drawing, tip_case) : ""));
    return chart_write(&chart);
}

bool tip_support_charts(const struct chart_context *context, const struct tip *tip)
{
    const struct drawing drawing = drawing_of(context, tip);
    bool is_good = draw_frontier(&drawing) && draw_streams(&drawing) && draw_budget(&drawing);
    for (int i = 0; i < tip->n_cases && is_good; i++)
        if (tip->cases[i].support)
            is_good =
                draw_safe_stop(&drawing, &tip->cases[i]) && draw_switch(&drawing, &tip->cases[i]);
    return is_good;
}
