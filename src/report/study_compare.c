// Stage: report. Charts over all scenarios of a study: model against model over time, and what each
// scenario costs against what it brings.
#include "report/study_compare.h"

#include "report/study_group.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

enum { LONGEST_LIST = 90 }; // bytes of names that a title can carry

static const char *level_name(const struct group *group, const char *name, double level)
{
    return arena_format(group->context->arena,
                        group->context->language == LANGUAGE_NL ? "kantelpunt %s"
                                                                : "tipping level %s",
                        group_value_text(group, name, level));
}

// Which cases end above the level, in a sentence.
static const char *tipped_in_words(const struct group *group, const char *name, double level)
{
    struct arena *arena = group->context->arena;
    bool in_dutch = group->context->language == LANGUAGE_NL;
    const char *who = "";
    int n_tipped = 0;
    for (int i = 0; i < group->n_cases; i++) {
        if (!(case_last_value(group->cases[i], name) > level))
            continue;
        n_tipped++;
        const char *separator = n_tipped == 1 ? "" : "; ";
        if (n_tipped <= 3)
            who = arena_format(arena, "%s%s%s", who, separator,
                               group_case_title(group, group->cases[i]));
    }
    const char *height = group_value_text(group, name, level);
    if (n_tipped == 0)
        return arena_format(
            arena, in_dutch ? "Geen enkele run eindigt boven %s" : "No run ends above %s", height);
    if (n_tipped == group->n_cases)
        return arena_format(
            arena, in_dutch ? "Alle runs eindigen boven %s" : "Every run ends above %s", height);
    if (n_tipped > 3 || strlen(who) > LONGEST_LIST)
        return arena_format(
            arena, in_dutch ? "%d van %d runs eindigen boven %s" : "%d of %d runs end above %s",
            n_tipped, group->n_cases, height);
    return arena_format(arena, in_dutch ? "Boven %s eindigt: %s" : "Ends above %s: %s", height,
                        who);
}

static const char *highest_in_words(const struct group *group, const char *name)
{
    const struct study_case *best = group->cases[0];
    for (int i = 1; i < group->n_cases; i++)
        if (case_last_value(group->cases[i], name) > case_last_value(best, name))
            best = group->cases[i];
    bool in_dutch = group->context->language == LANGUAGE_NL;
    return arena_format(
        group->context->arena, in_dutch ? "%s eindigt het hoogst: %s" : "%s ends highest: %s",
        group_case_title(group, best), group_value_text(group, name, case_last_value(best, name)));
}

// One panel a scenario, one line a model.
bool draw_compare(const struct group *group, const char *chart_name, const char *subtitle,
                  const char *name)
{
    struct arena *arena = group->context->arena;
    const struct study_case *panels[MAX_PANELS][MAX_LINES];
    const struct study_case *models[MAX_LINES];
    const char *scenario_names[MAX_PANELS], *line_names[MAX_LINES], *same[MAX_LINES];
    double styles[MAX_LINES];
    int n_panels = 0, n_models = group_models(group, models);
    struct chart chart = chart_begin(group->context, chart_name, "compare");
    struct period_list periods = {0};
    for (int i = 0; i < group->n_cases && n_panels < MAX_PANELS; i++) {
        const struct scenario *scenario = group->cases[i]->source.scenario;
        bool is_first = i == 0 || scenario != group->cases[i - 1]->source.scenario;
        if (!is_first || !scenario)
            continue;
        scenario_names[n_panels] = group_scenario_title(group, group->cases[i]);
        periods_add(&periods, group, group->cases[i], n_panels + 1);
        for (int line = 0; line < n_models; line++) {
            static const struct study_case none;
            panels[n_panels][line] = &none;
            for (int k = 0; k < group->n_cases; k++)
                if (group->cases[k]->source.scenario == scenario &&
                    strcmp(case_model(group->cases[k])->name, case_model(models[line])->name) == 0)
                    panels[n_panels][line] = group->cases[k];
            same[line] = name;
        }
        chart_add_cases(&chart, scenario_names[n_panels], panels[n_panels], same, n_models);
        n_panels++;
    }
    for (int line = 0; line < n_models; line++) {
        line_names[line] = group_model_title(group, models[line]);
        styles[line] = group_line_style(group->study, models[line]);
    }
    double level = group_tip_level(group, name);
    chart_set_text(&chart, "title",
                   isnan(level) ? highest_in_words(group, name)
                                : tipped_in_words(group, name, level));
    chart_set_text(&chart, "subtitle",
                   n_models > 1 ? subtitle
                                : arena_format(arena, "%s (%s)", subtitle, line_names[0]));
    chart_set_number(&chart, "n_panels", n_panels);
    chart_set_number(&chart, "n_lines", n_models);
    chart_set_texts(&chart, "line_name", line_names, n_models);
    chart_set_numbers(&chart, "line_style", styles, n_models);
    chart_set_texts(&chart, "panel_title", scenario_names, n_panels);
    chart_set_number(&chart, "is_percent", group_is_share(group, name));
    chart_set_text(&chart, "unit", group_unit_words(group, name));
    if (!isnan(level)) {
        chart_set_number(&chart, "level", level);
        chart_set_text(&chart, "level_name", level_name(group, name, level));
    }
    chart_set_periods(&chart, &periods);
    group_set_caveat(&chart, group);
    return chart_write(&chart);
}

// What the chart of cost against effect is about.
struct trade {
    const struct group *group;
    const char *cost, *effect; // names of variables
    double time;               // at which both are read
    double level;              // of the effect; NaN: none
};

static double cost_of(const struct trade *trade, const struct study_case *study_case)
{
    return case_value_at(study_case, trade->cost, trade->time);
}

static double effect_of(const struct trade *trade, const struct study_case *study_case)
{
    return case_value_at(study_case, trade->effect, trade->time);
}

// The cheapest case above the level, else the one with the highest effect; NULL where no case has
// both values.
static const struct study_case *best_buy(const struct trade *trade, bool *is_above)
{
    const struct study_case *best = NULL;
    *is_above = false;
    for (int i = 0; i < trade->group->n_cases; i++) {
        const struct study_case *one = trade->group->cases[i];
        double cost = cost_of(trade, one), effect = effect_of(trade, one);
        if (isnan(cost) || isnan(effect))
            continue;
        bool reaches = effect > trade->level;
        bool is_better = !best || (reaches && !*is_above) ||
                         (reaches == *is_above && (reaches ? cost < cost_of(trade, best)
                                                           : effect > effect_of(trade, best)));
        if (!is_better)
            continue;
        best = one;
        *is_above = reaches;
    }
    return best;
}

// The finding: what it costs to pass the level, or how far the money goes.
static const char *trade_in_words(const struct trade *trade)
{
    const struct group *group = trade->group;
    struct arena *arena = group->context->arena;
    bool in_dutch = group->context->language == LANGUAGE_NL, is_above;
    const struct study_case *best = best_buy(trade, &is_above);
    if (!best)
        return in_dutch ? "Geen run heeft een uitkomst" : "No run has an outcome";
    const char *who = group_case_title(group, best);
    const char *cost = group_value_text(group, trade->cost, cost_of(trade, best));
    const char *effect = group_value_text(group, trade->effect, effect_of(trade, best));
    const char *level = group_value_text(group, trade->effect, trade->level);
    if (is_above)
        return arena_format(arena,
                            in_dutch ? "Het goedkoopst boven %s komt %s: %s voor %s"
                                     : "Cheapest above %s is %s: %s for %s",
                            level, who, effect, cost);
    if (!isnan(trade->level))
        return arena_format(arena,
                            in_dutch ? "Niets komt boven %s; het verst komt %s: %s voor %s"
                                     : "Nothing gets above %s; furthest gets %s: %s for %s",
                            level, who, effect, cost);
    return arena_format(arena,
                        in_dutch ? "Het meest brengt %s: %s voor %s" : "%s brings most: %s for %s",
                        who, effect, cost);
}

// One block a model with a point for each scenario; returns the number of points.
static int add_points(const struct trade *trade, struct chart *chart,
                      const struct study_case *const *models, int n_models)
{
    const struct group *group = trade->group;
    const char *names[MAX_PANELS * MAX_LINES];
    double styles[MAX_PANELS * MAX_LINES];
    int n = 0;
    for (int m = 0; m < n_models; m++) {
        chart_begin_block(chart, case_model(models[m])->name);
        for (int i = 0; i < group->n_cases; i++) {
            const struct study_case *one = group->cases[i];
            if (strcmp(case_model(one)->name, case_model(models[m])->name) != 0)
                continue;
            names[n] = group_scenario_title(group, one);
            styles[n++] = group_line_style(group->study, one);
            chart_add_row(chart, (const double[]){cost_of(trade, one), effect_of(trade, one)}, 2);
        }
    }
    chart_set_texts(chart, "point_name", names, n);
    chart_set_numbers(chart, "point_style", styles, n);
    return n;
}

bool draw_cost_effect(const struct group *group, const char *chart_name, const char *subtitle,
                      const char *cost, const char *effect)
{
    enum { MAX_MODELS = 4 };
    struct trade trade = {.group = group,
                          .cost = cost,
                          .effect = effect,
                          .time = group_common_end(group),
                          .level = group_tip_level(group, effect)};
    const struct study_case *models[MAX_LINES];
    const char *titles[MAX_LINES];
    int n_models = group_models(group, models);
    n_models = n_models < MAX_MODELS ? n_models : MAX_MODELS;
    struct arena *arena = group->context->arena;
    struct chart chart = chart_begin(group->context, chart_name, "costeffect");
    add_points(&trade, &chart, models, n_models);
    for (int m = 0; m < n_models; m++)
        titles[m] = n_models > 1 ? group_model_title(group, models[m]) : "";
    chart_set_text(&chart, "title", trade_in_words(&trade));
    const char *what = arena_format(arena, "%s, %.10g", subtitle, trade.time);
    chart_set_text(&chart, "subtitle",
                   n_models > 1
                       ? what
                       : arena_format(arena, "%s (%s)", what, group_model_title(group, models[0])));
    chart_set_number(&chart, "n_panels", n_models);
    chart_set_texts(&chart, "panel_title", titles, n_models);
    chart_set_text(&chart, "x_title", group_variable_title(group, cost));
    chart_set_text(&chart, "x_unit", group_unit_words(group, cost));
    chart_set_number(&chart, "x_percent", group_is_share(group, cost));
    chart_set_text(&chart, "y_title", group_variable_title(group, effect));
    chart_set_text(&chart, "y_unit", group_unit_words(group, effect));
    chart_set_number(&chart, "is_percent", group_is_share(group, effect));
    if (!isnan(trade.level)) {
        chart_set_number(&chart, "level", trade.level);
        chart_set_text(&chart, "level_name", level_name(group, effect, trade.level));
    }
    group_set_caveat(&chart, group);
    return chart_write(&chart);
}
