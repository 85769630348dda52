// Stage: report. Which charts a study gets and what goes into them. A model file may ask for
// charts; one that does not gets its stocks over time. Titles say what came out.
#include "report/study_charts.h"

#include "base/array.h"
#include "base/file.h"
#include "report/study_compare.h"
#include "report/study_group.h"
#include "report/study_sectors.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

// `from` without its unit where `to` has the same one.
static const char *without_unit(struct arena *arena, const char *from, const char *to)
{
    const char *unit = strchr(from, ' '), *same = strchr(to, ' ');
    bool is_same = unit && same && strcmp(unit, same) == 0;
    return is_same ? arena_copy_text(arena, from, (size_t)(unit - from)) : from;
}

// "from 2 to 98 people in 2035"; that it stays as it is; or how far it came before it fell back.
static const char *change_in_words(const struct group *group, const char *name,
                                   const struct series *series, int column)
{
    struct arena *arena = group->context->arena;
    bool in_dutch = group->context->language == LANGUAGE_NL;
    long last = series->n_saves - 1, top = 0;
    for (long save = 1; save <= last; save++)
        if (series_at(series, column, save) > series_at(series, column, top))
            top = save;
    double first_value = series_at(series, column, 0), last_value = series_at(series, column, last);
    double peak = series_at(series, column, top), end = series->times[last];
    const char *from = group_value_text(group, name, first_value);
    const char *to = group_value_text(group, name, last_value);
    if (first_value >= 0 && peak > 1.25 * fmax(first_value, last_value))
        return arena_format(
            arena,
            in_dutch ? "piek van %s in %.0f, %s in %.10g" : "peak of %s in %.0f, %s in %.10g",
            group_value_text(group, name, peak), floor(series->times[top]), to, end);
    if (strcmp(from, to) == 0)
        return arena_format(arena, in_dutch ? "blijft %s in %.10g" : "still %s in %.10g", to, end);
    return arena_format(arena, in_dutch ? "van %s naar %s in %.10g" : "from %s to %s in %.10g",
                        without_unit(arena, from, to), to, end);
}

// "model market demand", but not "model chicken-and-egg model".
static const char *model_in_words(const struct group *group, const struct study_case *study_case)
{
    struct arena *arena = group->context->arena;
    const char *title = title_in_sentence(arena, group_model_title(group, study_case));
    return strstr(title, "model") ? title : arena_format(arena, "model %s", title);
}

// The change of the line that ends highest.
static const char *course_in_words(const struct group *group, const char *name)
{
    const struct study_case *best = group->cases[0];
    for (int i = 1; i < group->n_cases; i++)
        if (case_last_value(group->cases[i], name) > case_last_value(best, name))
            best = group->cases[i];
    int column = case_column(best, name);
    const struct series *series = column >= 0 ? best->simulation->series : NULL;
    const char *title = group_variable_title(group, name);
    if (!series || !series->n_saves)
        return title;
    struct arena *arena = group->context->arena;
    if (group->n_cases > 1)
        title = arena_format(arena, "%s (%s)", title, model_in_words(group, best));
    return arena_format(arena, "%s: %s", title, change_in_words(group, name, series, column));
}

// Observations that the scenario names for the variables of the panels.
static void add_observations(struct chart *chart, const struct group *group,
                             const char *const *names, int n_panels)
{
    const struct scenario *scenario = group->cases[0]->source.scenario;
    double panels[MAX_PANELS];
    const char *labels[MAX_PANELS];
    const struct table *tables[MAX_PANELS];
    int n = 0;
    for (size_t i = 0; scenario && i < scenario->data.count; i++)
        for (int panel = 0; panel < n_panels && n < MAX_PANELS; panel++) {
            const struct data_spec *data = &scenario->data.items[i];
            if (strcmp(data->name, names[panel]) != 0)
                continue;
            tables[n] = data_read(group->context->arena, data, group->context->diag);
            if (!tables[n])
                continue;
            panels[n] = panel + 1;
            labels[n++] = path_stem(group->context->arena, data->path);
        }
    chart_set_number(chart, "n_observed", n);
    if (n) {
        chart_set_numbers(chart, "observed_panel", panels, n);
        chart_set_texts(chart, "observed_name", labels, n);
    }
    for (int i = 0; i < n; i++) {
        chart_begin_block(chart, labels[i]);
        for (int k = 0; k < tables[i]->n_points; k++)
            chart_add_row(chart, (const double[]){tables[i]->x[k], tables[i]->y[k]}, 2);
    }
}

// One panel a variable, one line a model of the scenario.
static bool draw_timeseries(const struct group *group, const char *chart_name, const char *subtitle,
                            const char *const *names, int n_names)
{
    const char *titles[MAX_PANELS], *units[MAX_PANELS], *same[MAX_LINES];
    double in_percent[MAX_PANELS];
    int n_lines = group->n_cases < MAX_LINES ? group->n_cases : MAX_LINES;
    struct arena *arena = group->context->arena;
    struct chart chart = chart_begin(group->context, chart_name, "timeseries");
    for (int i = 0; i < n_names; i++) {
        const struct variable *variable = group_variable(group, names[i]);
        const char *unit = variable && variable->unit_text ? variable->unit_text : "";
        titles[i] = group_variable_title(group, names[i]);
        in_percent[i] = group_is_share(group, names[i]);
        units[i] = unit_in_words(arena, unit, group->context->language);
        for (int k = 0; k < n_lines; k++)
            same[k] = names[i];
        chart_add_cases(&chart, names[i], group->cases, same, n_lines);
    }
    chart_set_text(&chart, "title", course_in_words(group, names[0]));
    chart_set_text(&chart, "subtitle", subtitle);
    chart_set_number(&chart, "n_panels", n_names);
    chart_set_texts(&chart, "panel_title", titles, n_names);
    chart_set_texts(&chart, "panel_unit", units, n_names);
    chart_set_numbers(&chart, "panel_percent", in_percent, n_names);
    group_set_lines(&chart, group);
    add_observations(&chart, group, names, n_names);
    struct period_list periods = {0};
    periods_add(&periods, group, group->cases[0], 0);
    chart_set_periods(&chart, &periods);
    group_set_caveat(&chart, group);
    return chart_write(&chart);
}

// The integral of a column over time, by the trapezoidal rule over the saved rows.
static double integral(const struct study_case *study_case, const char *name)
{
    int column = case_column(study_case, name);
    const struct series *series = column >= 0 ? study_case->simulation->series : NULL;
    double sum = 0;
    for (long save = 1; series && save < series->n_saves; save++)
        sum += (series_at(series, column, save) + series_at(series, column, save - 1)) / 2 *
               (series->times[save] - series->times[save - 1]);
    return sum;
}

// The sources stacked, one panel a model of the scenario.
static bool draw_funding(const struct group *group, const char *chart_name, const char *subtitle,
                         const char *const *names, int n_names)
{
    enum { MAX_FUNDING_PANELS = 4 };
    struct arena *arena = group->context->arena;
    bool in_dutch = group->context->language == LANGUAGE_NL;
    int n_panels = group->n_cases < MAX_FUNDING_PANELS ? group->n_cases : MAX_FUNDING_PANELS;
    const char *sources[MAX_LINES], *titles[MAX_FUNDING_PANELS], *notes[MAX_FUNDING_PANELS];
    struct chart chart = chart_begin(group->context, chart_name, "funding");
    double largest_total = 0, largest_first = 0;
    for (int i = 0; i < n_names; i++)
        sources[i] = group_variable_title(group, names[i]);
    for (int panel = 0; panel < n_panels; panel++) {
        const struct study_case *same[MAX_LINES];
        double total = 0, first = integral(group->cases[panel], names[0]);
        for (int i = 0; i < n_names; i++) {
            same[i] = group->cases[panel];
            total += integral(group->cases[panel], names[i]);
        }
        titles[panel] = group_model_title(group, group->cases[panel]);
        notes[panel] =
            total == 0
                ? ""
                : arena_format(arena, in_dutch ? "samen %s, %.0f%% %s" : "%s in all, %.0f%% %s",
                               money_in_words(arena, total, group->context->language),
                               total > 0 ? 100 * first / total : 0,
                               title_in_sentence(arena, sources[0]));
        if (total > largest_total) {
            largest_total = total;
            largest_first = first;
        }
        chart_add_cases(&chart, titles[panel], same, names, n_names);
    }
    double share = largest_total > 0 ? 100 * largest_first / largest_total : 0;
    const char *all = money_in_words(arena, largest_total, group->context->language);
    const char *finding =
        largest_total > 0
            ? arena_format(arena, in_dutch ? "Van de %s is %.0f%% %s" : "Of %s, %.0f%% is %s", all,
                           share, title_in_sentence(arena, sources[0]))
        : in_dutch ? "Er wordt niets betaald"
                   : "Nothing is paid";
    chart_set_text(&chart, "title", finding);
    chart_set_text(&chart, "subtitle", subtitle);
    chart_set_number(&chart, "n_panels", n_panels);
    chart_set_number(&chart, "n_sources", n_names);
    chart_set_texts(&chart, "source_name", sources, n_names);
    chart_set_texts(&chart, "panel_title", titles, n_panels);
    chart_set_texts(&chart, "panel_note", notes, n_panels);
    struct period_list periods = {0};
    periods_add(&periods, group, group->cases[0], 0);
    chart_set_periods(&chart, &periods);
    group_set_caveat(&chart, group);
    return chart_write(&chart);
}

// Names of the stocks of a model that asks for no charts, array elements apart.
static int stock_names(const struct group *group, const char **names)
{
    const struct series *series = group->cases[0]->simulation->series;
    int n = 0;
    for (int i = 0; i < series->n_variables && n < MAX_PANELS; i++)
        if (series->variables[i]->kind == VARIABLE_STOCK)
            names[n++] = series->names[i];
    for (int i = 0; i < series->n_variables && n == 0 && i < MAX_PANELS; i++)
        names[n++] = series->names[i];
    return n;
}

static int spec_names(const struct group *group, const struct chart_spec *spec, const char **names,
                      int room)
{
    int n = 0;
    for (int i = 0; i < spec->n_variables && n < room; i++)
        if (group_variable(group, spec->variables[i].name))
            names[n++] = spec->variables[i].name;
    return n;
}

// What is shown, under which scenario, and of which model where there is one only.
static const char *subtitle_of(const struct group *group, const struct chart_spec *spec)
{
    struct arena *arena = group->context->arena;
    const char *what = group_words(group, &spec->title, "");
    const char *model = group_model_title(group, group->cases[0]);
    if (!group->cases[0]->source.scenario)
        return *what ? arena_format(arena, "%s, %s", what, model) : model;
    const char *scenario = group_scenario_title(group, group->cases[0]);
    const char *text = *what ? arena_format(arena, "%s, scenario: %s", what, scenario) : scenario;
    return group->n_cases > 1 ? text : arena_format(arena, "%s (%s)", text, model);
}

enum { MAX_SPECS = 40 };

// The charts that any model of the group asks for, each name once; returns how many.
static int find_specs(const struct group *group, const struct chart_spec **specs)
{
    const struct study_case *models[MAX_LINES];
    int n_models = group_models(group, models), n = 0;
    for (int m = 0; m < n_models; m++) {
        const struct model *model = case_model(models[m]);
        for (size_t i = 0; i < model->charts.count && n < MAX_SPECS; i++) {
            int k = 0;
            while (k < n && strcmp(specs[k]->name, model->charts.items[i].name) != 0)
                k++;
            if (k == n)
                specs[n++] = &model->charts.items[i];
        }
    }
    return n;
}

// The cases whose models have any of the variables that a chart is about.
static struct group cases_for(const struct group *group, const struct chart_spec *spec)
{
    struct group some = {.context = group->context, .study = group->study};
    for (int i = 0; i < group->n_cases; i++) {
        bool has_any = false;
        for (int k = 0; k < spec->n_variables && !has_any; k++) {
            const char *name = spec->variables[k].name;
            has_any =
                model_find_variable(case_model(group->cases[i]),
                                    name_key(group->context->arena, name, strcspn(name, "[")));
        }
        if (has_any)
            some.cases[some.n_cases++] = group->cases[i];
    }
    return some;
}

// One chart of one scenario.
static bool draw_spec(const struct group *all, const struct chart_spec *spec, const char *suffix)
{
    const struct group group = cases_for(all, spec);
    const char *names[MAX_PANELS];
    const char *name = arena_format(group.context->arena, "%s%s", spec->name, suffix);
    int n = spec_names(&group, spec, names, spec->kind == CHART_FUNDING ? MAX_LINES : MAX_PANELS);
    if (n && spec->kind == CHART_TIMESERIES)
        return draw_timeseries(&group, name, subtitle_of(&group, spec), names, n);
    if (n && spec->kind == CHART_FUNDING)
        return draw_funding(&group, name, subtitle_of(&group, spec), names, n);
    if (group.n_cases && spec->kind == CHART_SECTORS)
        return draw_sectors(&group, spec, name, subtitle_of(&group, spec));
    return true;
}

// The charts of one scenario: `suffix` sets them apart from those of others in the same folder.
static bool draw_scenario(const struct group *group, const char *suffix)
{
    const struct chart_spec *specs[MAX_SPECS];
    const char *names[MAX_PANELS];
    bool is_good = true;
    if (!group->cases[0]->simulation)
        return true;
    int n_specs = find_specs(group, specs);
    if (!n_specs) {
        const struct chart_spec none = {.name = "stocks"};
        int n = stock_names(group, names);
        return n == 0 ||
               draw_timeseries(group, arena_format(group->context->arena, "stocks%s", suffix),
                               subtitle_of(group, &none), names, n);
    }
    for (int i = 0; i < n_specs && is_good; i++)
        is_good = draw_spec(group, specs[i], suffix);
    return is_good;
}

// `without_courses`: leaves out those of a variable over time.
static bool draw_comparisons(const struct group *all, bool without_courses)
{
    const struct chart_spec *specs[MAX_SPECS];
    int n_specs = find_specs(all, specs);
    bool is_good = true;
    for (int i = 0; i < n_specs && is_good; i++) {
        const struct chart_spec *spec = specs[i];
        const struct group group = cases_for(all, spec);
        const char *names[2];
        int n = spec_names(&group, spec, names, 2);
        bool is_trade = spec->kind == CHART_COST_EFFECT; // titled by the effect
        const char *subtitle =
            n ? group_words(&group, &spec->title,
                            group_variable_title(&group, names[n == 2 ? is_trade : 0]))
              : "";
        if (spec->kind == CHART_COMPARE && n && !without_courses)
            is_good = draw_compare(&group, spec->name, subtitle, names[0]);
        else if (spec->kind == CHART_COST_EFFECT && n == 2)
            is_good = draw_cost_effect(&group, spec->name, subtitle, names[0], names[1]);
    }
    return is_good;
}

// A comparison that is asked for by name.
struct study_wish {
    const struct study *study;
    int first, count;
    const char *name, *variable; // NULL: the charts of cost against effect
};

static bool draw_wish(const struct chart_context *context, void *subject)
{
    const struct study_wish *wish = subject;
    struct group group = {.context = context, .study = wish->study};
    for (int i = 0; i < wish->count && group.n_cases < (int)ARRAY_COUNT(group.cases); i++)
        group.cases[group.n_cases++] = &wish->study->cases[wish->first + i];
    if (!wish->name)
        return draw_comparisons(&group, true);
    return draw_compare(&group, wish->name, group_variable_title(&group, wish->variable),
                        wish->variable);
}

bool study_comparison(const struct chart_context *context, const struct study *study, int first,
                      int count, const char *name, const char *variable)
{
    struct study_wish wish = {study, first, count, name, variable};
    return charts_in_both_languages(context, draw_wish, &wish);
}

bool study_cost_effect(const struct chart_context *context, const struct study *study)
{
    struct study_wish wish = {study, 0, study->n_cases, NULL, NULL};
    return charts_in_both_languages(context, draw_wish, &wish);
}

// The cases of one results folder.
struct study_part {
    const struct study *study;
    int first, count;
};

static bool draw_part(const struct chart_context *context, void *subject)
{
    const struct study_part *part = subject;
    const struct study *study = part->study;
    struct group all = {.context = context, .study = study};
    int n_scenarios = 0;
    bool is_good = true;
    for (int i = part->first; i < part->first + part->count && all.n_cases < MAX_PANELS * MAX_LINES;
         i++)
        all.cases[all.n_cases++] = &study->cases[i];
    for (int i = 0; i < all.n_cases; i++)
        n_scenarios += i == 0 || !all.cases[i]->source.scenario ||
                       all.cases[i]->source.scenario != all.cases[i - 1]->source.scenario;
    for (int i = 0; i < all.n_cases && is_good;) {
        const struct scenario *scenario = all.cases[i]->source.scenario;
        struct group one = {.context = context, .study = study};
        do
            one.cases[one.n_cases++] = all.cases[i++];
        while (scenario && i < all.n_cases && all.cases[i]->source.scenario == scenario);
        const char *name = scenario ? scenario->name : case_model(one.cases[0])->name;
        is_good =
            draw_scenario(&one, n_scenarios > 1 ? arena_format(context->arena, "-%s", name) : "");
    }
    return is_good && (n_scenarios < 2 || draw_comparisons(&all, false));
}

bool study_charts(const struct chart_context *context, const struct study *study, int first,
                  int count)
{
    struct study_part part = {study, first, count};
    return charts_in_both_languages(context, draw_part, &part);
}
