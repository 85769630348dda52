// Stage: report. The charts of what support it takes: chance by budget, courses around the safe
// stop, the date of handing over. They are drawn from the tables of the analysis.
#include "report/tip_support_charts.h"

#include "analysis/tip/tip_support.h"
#include "base/array.h"
#include "report/tip_drawing.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

// Chances by budget of one population: `suffix` of the columns of budget.csv.
static void add_chances(const struct tip_drawing *drawing, struct chart *chart,
                        const struct tip_case *tip_case, const char *suffix)
{
    const struct sheet *sheet = &drawing->tip->chances;
    struct arena *arena = tip_drawing_arena(drawing);
    const char *value = arena_format(arena, "probability%s", suffix);
    const char *lower = arena_format(arena, "lower%s", suffix);
    const char *upper = arena_format(arena, "upper%s", suffix);
    chart_begin_block(chart, arena_format(arena, "%s%s", tip_case->source.label, suffix));
    for (size_t row = 0; row < sheet->rows.count; row++)
        if (tip_drawing_is_of(drawing->tip, sheet, row, tip_case))
            chart_add_row(chart,
                          (const double[]){tip_drawing_cell(sheet, row, "budget"),
                                           tip_drawing_cell(sheet, row, value),
                                           tip_drawing_cell(sheet, row, lower),
                                           tip_drawing_cell(sheet, row, upper)},
                          4);
}

// What the scenario's support does to the chance: of one model, or of the one that it helps most.
static const char *budget_title(const struct tip_drawing *drawing,
                                const struct tip_case *const *cases, int n)
{
    struct arena *arena = tip_drawing_arena(drawing);
    enum language language = drawing->context->language;
    const struct tip_case *best = NULL;
    double most = -INFINITY;
    for (int i = 0; i < n; i++) {
        double effect = tip_drawing_answer(drawing->tip, cases[i], "budget", "effect-of-scenario");
        if (effect > most) {
            most = effect;
            best = cases[i];
        }
    }
    if (!best)
        return drawing->in_dutch ? "Hoe groter het budget, hoe groter de kans op kantelen"
                                 : "The larger the budget, the likelier it tips";
    double without = tip_drawing_answer(drawing->tip, best, "budget", "chance-without-support");
    double with = tip_drawing_answer(drawing->tip, best, "budget", "chance-of-scenario");
    const char *text =
        n == 1
            ? (drawing->in_dutch ? "Deze steun brengt de kans op blijvend kantelen van %s naar %s"
                                 : "This support takes the chance to tip for good from %s to %s")
            : (drawing->in_dutch
                   ? "Deze steun brengt de kans op blijvend kantelen hooguit van %s naar %s (%s)"
                   : "This support takes the chance to tip for good at most from %s to %s (%s)");
    return arena_format(arena, text, value_in_words(arena, without, "1", true, language),
                        value_in_words(arena, with, "1", true, language),
                        tip_drawing_model_title(drawing, best));
}

static void set_budget_axis(const struct tip_drawing *drawing, struct chart *chart,
                            const struct support *support)
{
    bool is_money = strcmp(support->cost_unit, "euro") == 0;
    chart_set_text(chart, "x_title", is_money ? "budget" : drawing->in_dutch ? "steun" : "support");
    chart_set_text(chart, "x_unit",
                   is_money ? "euro"
                            : unit_in_words(tip_drawing_arena(drawing), support->cost_unit,
                                            drawing->context->language));
}

static bool draw_budget(const struct tip_drawing *drawing)
{
    static const char *const metrics[] = {"total", "total-if-locked-in"};
    static const char *const suffixes[] = {"", "_if_locked_in"};
    const struct tip *tip = drawing->tip;
    const struct tip_case *cases[MAX_GROUPS];
    double at_half[2 * MAX_GROUPS];
    int n = tip_drawing_cases(tip, &tip->chances, cases);
    if (!n || tip->chances.rows.count < 2)
        return true;
    struct chart chart = chart_begin(drawing->context, "budget", "budget");
    for (int panel = 0; panel < 2; panel++)
        for (int i = 0; i < n; i++) {
            double half = tip_drawing_answer(tip, cases[i], "budget-50", metrics[panel]);
            at_half[panel * n + i] = half > 0 ? half : NAN; // where it takes money
            add_chances(drawing, &chart, cases[i], suffixes[panel]);
        }
    tip_drawing_set_groups(drawing, &chart, cases, n);
    const char *titles[] = {drawing->in_dutch ? "In alle trekkingen" : "In all draws",
                            drawing->in_dutch ? "Waar het zonder steun niet kantelt"
                                              : "Where it does not tip without support"};
    chart_set_number(&chart, "n_panels", 2);
    chart_set_texts(&chart, "panel_title", titles, 2);
    chart_set_numbers(&chart, "level_x", at_half, 2 * n);
    double own = tip_drawing_answer(tip, cases[0], "budget", "total-of-scenario");
    const char *name = drawing->in_dutch ? "dit scenario" : "this scenario";
    if (isfinite(own)) {
        chart_set_number(&chart, "n_budgets", 1);
        chart_set_numbers(&chart, "budget_at", &own, 1);
        chart_set_texts(&chart, "budget_name", &name, 1);
    }
    chart_set_text(&chart, "title", budget_title(drawing, cases, n));
    chart_set_text(
        &chart, "subtitle",
        arena_format(tip_drawing_arena(drawing),
                     drawing->in_dutch
                         ? "Kans over %.0f trekkingen van de onzekerheden, met 95%%-interval; %s"
                         : "Chance over %.0f draws of the uncertainties, with 95%% interval; %s",
                     tip_drawing_answer(tip, cases[0], "budget", "draws"),
                     tip_drawing_about(drawing, cases[0])));
    set_budget_axis(drawing, &chart, cases[0]->support);
    return chart_write(&chart);
}

// The ends of support in safe-stop.csv of one case, and what comes of them.
static int ends_of(const struct tip_drawing *drawing, const struct tip_case *tip_case, double *ends,
                   const char **verdicts)
{
    const struct sheet *sheet = &drawing->tip->paths;
    int n = 0;
    for (size_t row = 0; row < sheet->rows.count; row++) {
        double end = tip_drawing_cell(sheet, row, "end");
        if (!tip_drawing_is_of(drawing->tip, sheet, row, tip_case) || (n && ends[n - 1] == end) ||
            n == MAX_GROUPS)
            continue;
        ends[n] = end;
        verdicts[n++] = sheet_cell(sheet, row, "verdict").text;
    }
    return n;
}

static const char *verdict_words(const struct tip_drawing *drawing, const char *verdict)
{
    static const struct {
        const char *verdict;
        const char *words[N_LANGUAGES];
    } known[] = {{"tips", {"kantelt", "tips"}},
                 {"falls-back", {"valt terug", "falls back"}},
                 {"wavers", {"slingert", "wavers"}},
                 {"failed", {"mislukt", "failed"}}};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (strcmp(known[i].verdict, verdict) == 0)
            return known[i].words[drawing->context->language];
    return drawing->in_dutch ? "onbeslist" : "undecided";
}

// Names and styles of the courses: bold ones tip.
static void set_courses(const struct tip_drawing *drawing, struct chart *chart,
                        const struct tip_case *tip_case, const double *ends,
                        const char *const *verdicts, int n)
{
    static const double falling[] = {9, 2, 4, 6, 8, 5}, rising[] = {1, 3, 5, 7, 9, 2};
    struct arena *arena = tip_drawing_arena(drawing);
    const char *names[MAX_GROUPS];
    double styles[MAX_GROUPS];
    double own = tip_drawing_answer(drawing->tip, tip_case, "safe-stop", "own-date");
    for (int i = 0, n_up = 0; i < n; i++) {
        bool is_up = strcmp(verdicts[i], "tips") == 0;
        const char *date =
            date_words(arena, tip_case->support, ends[i], drawing->context->language);
        styles[i] = is_up ? rising[n_up % 6] : falling[(i - n_up) % 6];
        n_up += is_up;
        names[i] = arena_format(arena, drawing->in_dutch ? "tot %s%s: %s" : "until %s%s: %s", date,
                                ends[i] != own      ? ""
                                : drawing->in_dutch ? " (dit scenario)"
                                                    : " (this scenario)",
                                verdict_words(drawing, verdicts[i]));
    }
    chart_set_number(chart, "n_lines", n);
    chart_set_texts(chart, "line_name", names, n);
    chart_set_numbers(chart, "line_style", styles, n);
    chart_set_text(chart, "labels", "legend");
}

// Rows time, value under each end.
static void add_courses(const struct tip_drawing *drawing, struct chart *chart,
                        const struct tip_case *tip_case, int n)
{
    const struct sheet *sheet = &drawing->tip->paths;
    size_t first = 0, n_times = 0;
    while (first < sheet->rows.count && !tip_drawing_is_of(drawing->tip, sheet, first, tip_case))
        first++;
    double end = tip_drawing_cell(sheet, first, "end");
    while (first + n_times < sheet->rows.count &&
           tip_drawing_cell(sheet, first + n_times, "end") == end &&
           tip_drawing_is_of(drawing->tip, sheet, first + n_times, tip_case))
        n_times++;
    chart_begin_block(chart, tip_case->source.label);
    for (size_t k = 0; k < n_times; k++) {
        double values[MAX_GROUPS + 1] = {tip_drawing_cell(sheet, first + k, "time")};
        for (int i = 0; i < n; i++)
            values[i + 1] = tip_drawing_cell(sheet, first + (size_t)i * n_times + k, "value");
        chart_add_row(chart, values, n + 1);
    }
}

// The highest value of any course.
static double course_top(const struct tip_drawing *drawing, const struct tip_case *tip_case)
{
    const struct sheet *sheet = &drawing->tip->paths;
    double top = -INFINITY;
    for (size_t row = 0; row < sheet->rows.count; row++)
        if (tip_drawing_is_of(drawing->tip, sheet, row, tip_case))
            top = fmax(top, tip_drawing_cell(sheet, row, "value"));
    return top;
}

static const char *safe_stop_title(const struct tip_drawing *drawing,
                                   const struct tip_case *tip_case)
{
    struct arena *arena = tip_drawing_arena(drawing);
    enum language language = drawing->context->language;
    const struct support *support = tip_case->support;
    double date = tip_drawing_answer(drawing->tip, tip_case, "safe-stop", "date");
    double slack = tip_drawing_answer(drawing->tip, tip_case, "safe-stop", "slack");
    const char *when = date_words(arena, support, date, language);
    const char *gap = span_words(arena, tip_case->support, fabs(slack), language);
    if (isnan(date))
        return drawing->in_dutch ? "Wanneer de steun ook stopt, het valt terug"
                                 : "Whenever support ends, it falls back";
    if (!tip_drawing_find_answer(drawing->tip, tip_case, "safe-stop", "date") || isnan(slack))
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

static bool draw_safe_stop(const struct tip_drawing *drawing, const struct tip_case *tip_case)
{
    struct arena *arena = tip_drawing_arena(drawing);
    enum language language = drawing->context->language;
    const struct support *support = tip_case->support;
    double ends[MAX_GROUPS];
    const char *verdicts[MAX_GROUPS];
    int n = ends_of(drawing, tip_case, ends, verdicts);
    if (!n)
        return true;
    const char *name = drawing->tip->n_cases > 1
                           ? arena_format(arena, "safe-stop-%s", tip_case->source.model->name)
                           : "safe-stop";
    struct chart chart = chart_begin(drawing->context, name, "timeseries");
    add_courses(drawing, &chart, tip_case, n);
    set_courses(drawing, &chart, tip_case, ends, verdicts, n);
    bool in_percent = is_shown_in_percent(
        support->variable->unit_text ? support->variable->unit_text : "", 0, support->above);
    const char *title = localized_text(&support->variable->title, language,
                                       spaced_name(arena, support->variable->name));
    const char *unit = unit_in_words(
        arena, support->variable->unit_text ? support->variable->unit_text : "1", language);
    const char *level_name = drawing->in_dutch ? "gekanteld" : "tipped";
    double percent = in_percent;
    chart_set_number(&chart, "n_panels", 1);
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
    chart_set_text(
        &chart, "subtitle",
        arena_format(arena,
                     drawing->in_dutch ? "Verloop als alle steun eindigt in ...; %s%s%s"
                                       : "Course if all support ends in ...; %s%s%s",
                     tip_drawing_about(drawing, tip_case), drawing->tip->n_cases > 1 ? ", " : "",
                     drawing->tip->n_cases > 1 ? tip_drawing_model_title(drawing, tip_case) : ""));
    return chart_write(&chart);
}

// Cost, then regret, by the date of handing over: rows that are about the other are passed by.
static void add_dates(const struct tip_drawing *drawing, struct chart *chart,
                      const struct tip_case *tip_case, const char *column)
{
    const struct sheet *sheet = &drawing->tip->handover;
    chart_begin_block(chart, column);
    for (size_t row = 0; row < sheet->rows.count; row++) {
        double value = tip_drawing_cell(sheet, row, column);
        bool is_other = isnan(value) && (strcmp(column, "mean_regret") == 0 ||
                                         !isnan(tip_drawing_cell(sheet, row, "mean_regret")));
        if (tip_drawing_is_of(drawing->tip, sheet, row, tip_case) && !is_other &&
            strcmp(sheet_cell(sheet, row, "by").text, "date") == 0)
            chart_add_row(chart, (const double[]){tip_drawing_cell(sheet, row, "value"), value}, 2);
    }
}

static bool draw_switch(const struct tip_drawing *drawing, const struct tip_case *tip_case)
{
    struct arena *arena = tip_drawing_arena(drawing);
    const struct tip *tip = drawing->tip;
    enum language language = drawing->context->language;
    const struct support *support = tip_case->support;
    double date = tip_drawing_answer(tip, tip_case, "switch", "date");
    double regret = tip_drawing_answer(tip, tip_case, "switch", "least-regret-date");
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
    const char *scenario = tip_drawing_about(drawing, tip_case),
               *model = tip_drawing_model_title(drawing, tip_case);
    bool names_model = tip->n_cases > 1 && strcmp(scenario, model) != 0;
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
                                scenario, names_model ? ", " : "", names_model ? model : ""));
    return chart_write(&chart);
}

bool tip_support_charts(const struct chart_context *context, const struct tip *tip)
{
    const struct tip_drawing drawing = tip_drawing_of(context, tip);
    bool is_good = draw_frontiers(&drawing) && draw_budget(&drawing);
    for (int i = 0; i < tip->n_cases && is_good; i++)
        if (tip->cases[i].support)
            is_good =
                draw_safe_stop(&drawing, &tip->cases[i]) && draw_switch(&drawing, &tip->cases[i]);
    return is_good;
}
