// Stage: report. Which charts a study gets and what goes into them. A model file may ask for
// charts; one that does not gets its stocks over time. Titles say what came out.
#include "report/study_charts.h"

#include "base/array.h"
#include "base/file.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

enum { MAX_PANELS = 12, MAX_LINES = 8, MAX_PERIODS = 8 };

// The cases that one chart is about.
struct group {
    const struct chart_context *context;
    const struct study *study;
    const struct study_case *cases[MAX_PANELS * MAX_LINES];
    int n_cases;
};

static const struct model *model_of(const struct study_case *study_case)
{
    return study_case->source.model;
}

static const char *words(const struct group *group, const struct localized *text,
                         const char *otherwise)
{
    return localized_text(text, group->context->language, otherwise);
}

static const char *model_title(const struct group *group, const struct study_case *study_case)
{
    return words(group, &model_of(study_case)->title, model_of(study_case)->name);
}

static const char *scenario_title(const struct group *group, const struct study_case *study_case)
{
    const struct scenario *scenario = study_case->source.scenario;
    if (!scenario)
        return model_title(group, study_case);
    return words(group, &scenario->title, scenario->name);
}

// Index of the column `name` in the series of a case, by the variable's name; -1.
static int find_column(const struct study_case *study_case, const char *name)
{
    const struct series *series = study_case->simulation ? study_case->simulation->series : NULL;
    return series ? series_find(series, name) : -1;
}

static const struct variable *find_variable(const struct group *group, const char *name)
{
    for (int i = 0; i < group->n_cases; i++) {
        int column = find_column(group->cases[i], name);
        if (column >= 0)
            return group->cases[i]->simulation->series->variables[column];
    }
    return NULL;
}

static const char *variable_title(const struct group *group, const char *name)
{
    const struct variable *variable = find_variable(group, name);
    const char *spaced = spaced_name(group->context->arena, name);
    return variable && !variable->n_dimensions ? words(group, &variable->title, spaced) : spaced;
}

// Whether a variable is shown in percent, by all its values in all cases.
static bool is_share(const struct group *group, const char *name)
{
    const struct variable *variable = find_variable(group, name);
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < group->n_cases; i++) {
        int column = find_column(group->cases[i], name);
        const struct series *series = column >= 0 ? group->cases[i]->simulation->series : NULL;
        for (long save = 0; series && save < series->n_saves; save++) {
            low = fmin(low, series_at(series, column, save));
            high = fmax(high, series_at(series, column, save));
        }
    }
    return variable && variable->unit_text && is_shown_in_percent(variable->unit_text, low, high);
}

static double last_value(const struct study_case *study_case, const char *name)
{
    int column = find_column(study_case, name);
    if (column < 0 || !study_case->simulation->series->n_saves)
        return NAN;
    const struct series *series = study_case->simulation->series;
    return series_at(series, column, series->n_saves - 1);
}

static const char *variable_value(const struct group *group, const char *name, double value)
{
    const struct variable *variable = find_variable(group, name);
    return value_in_words(group->context->arena, value,
                          variable && variable->unit_text ? variable->unit_text : "",
                          is_share(group, name), group->context->language);
}

// The rows of one block: a line for each case, over the times of all of them.
static void add_block(struct chart *chart, const struct group *group, const char *remark,
                      const struct study_case *const *lines, const char *const *names, int n)
{
    double row[1 + MAX_LINES];
    const struct series *axis = NULL;
    chart_begin_block(chart, remark);
    for (int i = 0; i < n; i++)
        if (lines[i]->simulation &&
            (!axis || lines[i]->simulation->series->n_saves > axis->n_saves))
            axis = lines[i]->simulation->series;
    for (long save = 0; axis && save < axis->n_saves; save++) {
        row[0] = axis->times[save];
        for (int i = 0; i < n; i++) {
            int column = find_column(lines[i], names[i]);
            const struct series *series = column >= 0 ? lines[i]->simulation->series : NULL;
            bool is_same_time = series && save < series->n_saves && series->times[save] == row[0];
            row[1 + i] = is_same_time ? series_at(series, column, save)
                         : series     ? series_at_time(series, column, row[0])
                                      : NAN;
        }
        chart_add_row(chart, row, n + 1);
    }
    if (!axis || !axis->n_saves) { // a block needs a row
        for (int i = 0; i <= n; i++)
            row[i] = i ? NAN : 0;
        chart_add_row(chart, row, n + 1);
    }
    (void)group;
}

// Models keep one line style in all charts of a study: their place among its models.
static double line_style(const struct study *study, const struct study_case *study_case)
{
    const char *seen[MAX_LINES];
    int n = 0;
    for (int i = 0; i < study->n_cases; i++) {
        const char *name = study->cases[i].source.model->name;
        bool is_new = true;
        for (int k = 0; k < n; k++)
            is_new &= strcmp(seen[k], name) != 0;
        if (strcmp(name, model_of(study_case)->name) == 0)
            return is_new ? n + 1 : 1 + n;
        if (is_new && n < MAX_LINES)
            seen[n++] = name;
    }
    return 1;
}

struct period_list {
    double from[MAX_PERIODS], until[MAX_PERIODS], panel[MAX_PERIODS];
    const char *names[MAX_PERIODS];
    int n;
};

static void add_periods(struct period_list *list, const struct group *group,
                        const struct study_case *study_case, int panel)
{
    const struct scenario *scenario = study_case->source.scenario;
    for (size_t i = 0; scenario && i < scenario->periods.count && list->n < MAX_PERIODS; i++) {
        const struct period *period = &scenario->periods.items[i];
        list->from[list->n] = period->from;
        list->until[list->n] = period->until;
        list->panel[list->n] = panel;
        list->names[list->n++] = words(group, &period->title, "");
    }
}

static void set_periods(struct chart *chart, const struct period_list *list)
{
    chart_set_number(chart, "n_periods", list->n);
    if (!list->n)
        return;
    chart_set_numbers(chart, "period_from", list->from, list->n);
    chart_set_numbers(chart, "period_until", list->until, list->n);
    chart_set_numbers(chart, "period_panel", list->panel, list->n);
    chart_set_texts(chart, "period_name", list->names, list->n);
}

// What a reader must know before believing the picture.
static void set_caveat(struct chart *chart, const struct group *group)
{
    int n_failed = 0;
    for (int i = 0; i < group->n_cases; i++)
        n_failed +=
            !group->cases[i]->simulation || group->cases[i]->simulation->ending.end != RUN_COMPLETE;
    if (!n_failed)
        return;
    const char *format = group->context->language == LANGUAGE_NL
                             ? "Let op: %d van %d runs zijn voortijdig gestopt."
                             : "Note: %d of %d runs stopped early.";
    chart_set_text(chart, "caveat",
                   arena_format(group->context->arena, format, n_failed, group->n_cases));
}

// "from 2 to 98 people in 2035", for the line that ends highest.
static const char *course_in_words(const struct group *group, const char *name)
{
    const struct study_case *best = group->cases[0];
    for (int i = 1; i < group->n_cases; i++)
        if (last_value(group->cases[i], name) > last_value(best, name))
            best = group->cases[i];
    int column = find_column(best, name);
    const struct series *series = column >= 0 ? best->simulation->series : NULL;
    if (!series || !series->n_saves)
        return variable_title(group, name);
    bool in_dutch = group->context->language == LANGUAGE_NL;
    struct arena *arena = group->context->arena;
    const char *who =
        group->n_cases > 1 ? arena_format(arena, " (%s)", model_title(group, best)) : "";
    return arena_format(
        arena, in_dutch ? "%s%s: van %s naar %s in %.10g" : "%s%s: from %s to %s in %.10g",
        variable_title(group, name), who, variable_value(group, name, series_at(series, column, 0)),
        variable_value(group, name, last_value(best, name)), series->times[series->n_saves - 1]);
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

static void set_lines(struct chart *chart, const struct group *group)
{
    const char *names[MAX_LINES];
    double styles[MAX_LINES];
    int n = group->n_cases < MAX_LINES ? group->n_cases : MAX_LINES;
    for (int i = 0; i < n; i++) {
        names[i] = model_title(group, group->cases[i]);
        styles[i] = line_style(group->study, group->cases[i]);
    }
    chart_set_number(chart, "n_lines", n);
    chart_set_texts(chart, "line_name", names, n);
    chart_set_numbers(chart, "line_style", styles, n);
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
        const struct variable *variable = find_variable(group, names[i]);
        const char *unit = variable && variable->unit_text ? variable->unit_text : "";
        titles[i] = variable_title(group, names[i]);
        in_percent[i] = is_share(group, names[i]);
        units[i] = unit_in_words(arena, unit, group->context->language);
        for (int k = 0; k < n_lines; k++)
            same[k] = names[i];
        add_block(&chart, group, names[i], group->cases, same, n_lines);
    }
    chart_set_text(&chart, "title", course_in_words(group, names[0]));
    chart_set_text(&chart, "subtitle", subtitle);
    chart_set_number(&chart, "n_panels", n_names);
    chart_set_texts(&chart, "panel_title", titles, n_names);
    chart_set_texts(&chart, "panel_unit", units, n_names);
    chart_set_numbers(&chart, "panel_percent", in_percent, n_names);
    set_lines(&chart, group);
    add_observations(&chart, group, names, n_names);
    struct period_list periods = {0};
    add_periods(&periods, group, group->cases[0], 0);
    set_periods(&chart, &periods);
    set_caveat(&chart, group);
    return chart_write(&chart);
}

// The integral of a column over time, by the trapezoidal rule over the saved rows.
static double integral(const struct study_case *study_case, const char *name)
{
    int column = find_column(study_case, name);
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
        sources[i] = variable_title(group, names[i]);
    for (int panel = 0; panel < n_panels; panel++) {
        const struct study_case *same[MAX_LINES];
        double total = 0, first = integral(group->cases[panel], names[0]);
        for (int i = 0; i < n_names; i++) {
            same[i] = group->cases[panel];
            total += integral(group->cases[panel], names[i]);
        }
        titles[panel] = model_title(group, group->cases[panel]);
        notes[panel] =
            arena_format(arena, in_dutch ? "samen %s, %.0f%% %s" : "%s in all, %.0f%% %s",
                         money_in_words(arena, total, group->context->language),
                         total > 0 ? 100 * first / total : 0, sources[0]);
        if (total > largest_total) {
            largest_total = total;
            largest_first = first;
        }
        add_block(&chart, group, titles[panel], same, names, n_names);
    }
    double share = largest_total > 0 ? 100 * largest_first / largest_total : 0;
    chart_set_text(&chart, "title",
                   arena_format(arena,
                                in_dutch ? "Van de %s betaalt %s %.0f%%" : "Of %s, %s pays %.0f%%",
                                money_in_words(arena, largest_total, group->context->language),
                                sources[0], share));
    chart_set_text(&chart, "subtitle", subtitle);
    chart_set_number(&chart, "n_panels", n_panels);
    chart_set_number(&chart, "n_sources", n_names);
    chart_set_texts(&chart, "source_name", sources, n_names);
    chart_set_texts(&chart, "panel_title", titles, n_panels);
    chart_set_texts(&chart, "panel_note", notes, n_panels);
    struct period_list periods = {0};
    add_periods(&periods, group, group->cases[0], 0);
    set_periods(&chart, &periods);
    set_caveat(&chart, group);
    return chart_write(&chart);
}

// The level above which a run counts as tipped, where the scenarios agree on one for `name`.
static double tip_level(const struct group *group, const char *name)
{
    double level = NAN;
    for (int i = 0; i < group->n_cases; i++) {
        const struct scenario *scenario = group->cases[i]->source.scenario;
        if (scenario && scenario->tip.variable && strcmp(scenario->tip.variable, name) == 0)
            level = scenario->tip.above;
    }
    return level;
}

// Which cases end above the level, in a sentence.
static const char *tipped_in_words(const struct group *group, const char *name, double level)
{
    struct arena *arena = group->context->arena;
    bool in_dutch = group->context->language == LANGUAGE_NL;
    const char *who = "";
    int n_tipped = 0;
    for (int i = 0; i < group->n_cases; i++) {
        if (!(last_value(group->cases[i], name) > level))
            continue;
        n_tipped++;
        const char *separator = n_tipped == 1 ? "" : "; ";
        if (n_tipped <= 3)
            who = arena_format(arena, "%s%s%s (%s)", who, separator,
                               scenario_title(group, group->cases[i]),
                               model_title(group, group->cases[i]));
    }
    const char *height = variable_value(group, name, level);
    if (n_tipped == 0)
        return arena_format(
            arena, in_dutch ? "Geen enkele run eindigt boven %s" : "No run ends above %s", height);
    if (n_tipped == group->n_cases)
        return arena_format(
            arena, in_dutch ? "Alle runs eindigen boven %s" : "Every run ends above %s", height);
    if (n_tipped > 3)
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
        if (last_value(group->cases[i], name) > last_value(best, name))
            best = group->cases[i];
    bool in_dutch = group->context->language == LANGUAGE_NL;
    return arena_format(group->context->arena,
                        in_dutch ? "%s (%s) eindigt het hoogst: %s" : "%s (%s) ends highest: %s",
                        scenario_title(group, best), model_title(group, best),
                        variable_value(group, name, last_value(best, name)));
}

// One panel a scenario, one line a model.
static bool draw_compare(const struct group *group, const char *chart_name, const char *title,
                         const char *name)
{
    struct arena *arena = group->context->arena;
    const struct study_case *panels[MAX_PANELS][MAX_LINES];
    const struct study_case *models[MAX_LINES];
    const char *scenario_names[MAX_PANELS], *line_names[MAX_LINES], *same[MAX_LINES];
    double styles[MAX_LINES];
    int n_panels = 0, n_models = 0;
    for (int i = 0; i < group->n_cases; i++) {
        int line = 0;
        while (line < n_models &&
               strcmp(model_of(models[line])->name, model_of(group->cases[i])->name) != 0)
            line++;
        if (line == n_models && n_models < MAX_LINES)
            models[n_models++] = group->cases[i];
    }
    struct chart chart = chart_begin(group->context, chart_name, "compare");
    struct period_list periods = {0};
    for (int i = 0; i < group->n_cases && n_panels < MAX_PANELS; i++) {
        const struct scenario *scenario = group->cases[i]->source.scenario;
        bool is_first = i == 0 || scenario != group->cases[i - 1]->source.scenario;
        if (!is_first || !scenario)
            continue;
        scenario_names[n_panels] = scenario_title(group, group->cases[i]);
        add_periods(&periods, group, group->cases[i], n_panels + 1);
        for (int line = 0; line < n_models; line++) {
            static const struct study_case none;
            panels[n_panels][line] = &none;
            for (int k = 0; k < group->n_cases; k++)
                if (group->cases[k]->source.scenario == scenario &&
                    strcmp(model_of(group->cases[k])->name, model_of(models[line])->name) == 0)
                    panels[n_panels][line] = group->cases[k];
            same[line] = name;
        }
        add_block(&chart, group, scenario_names[n_panels], panels[n_panels], same, n_models);
        n_panels++;
    }
    for (int line = 0; line < n_models; line++) {
        line_names[line] = model_title(group, models[line]);
        styles[line] = line_style(group->study, models[line]);
    }
    double level = tip_level(group, name);
    const struct variable *variable = find_variable(group, name);
    const char *unit = variable && variable->unit_text ? variable->unit_text : "";
    chart_set_text(&chart, "title",
                   isnan(level) ? highest_in_words(group, name)
                                : tipped_in_words(group, name, level));
    chart_set_text(&chart, "subtitle", title);
    chart_set_number(&chart, "n_panels", n_panels);
    chart_set_number(&chart, "n_lines", n_models);
    chart_set_texts(&chart, "line_name", line_names, n_models);
    chart_set_numbers(&chart, "line_style", styles, n_models);
    chart_set_texts(&chart, "panel_title", scenario_names, n_panels);
    chart_set_number(&chart, "is_percent", is_share(group, name));
    chart_set_text(&chart, "unit", unit_in_words(arena, unit, group->context->language));
    if (!isnan(level)) {
        chart_set_number(&chart, "level", level);
        chart_set_text(&chart, "level_name", variable_value(group, name, level));
    }
    set_periods(&chart, &periods);
    set_caveat(&chart, group);
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
        if (find_variable(group, spec->variables[i].name))
            names[n++] = spec->variables[i].name;
    return n;
}

static const char *subtitle_of(const struct group *group, const struct chart_spec *spec)
{
    const char *what = words(group, &spec->title, "");
    if (!group->cases[0]->source.scenario)
        return *what ? what : model_title(group, group->cases[0]);
    const char *scenario = scenario_title(group, group->cases[0]);
    if (!*what)
        return scenario;
    return arena_format(group->context->arena, "%s, scenario: %s", what, scenario);
}

// The charts of one scenario: `suffix` sets them apart from those of others in the same folder.
static bool draw_scenario(const struct group *group, const char *suffix)
{
    const struct model *model = model_of(group->cases[0]);
    struct arena *arena = group->context->arena;
    const char *names[MAX_PANELS];
    bool is_good = true;
    if (!group->cases[0]->simulation)
        return true;
    if (!model->charts.count) {
        const struct chart_spec none = {.name = "stocks"};
        int n = stock_names(group, names);
        return n == 0 || draw_timeseries(group, arena_format(arena, "stocks%s", suffix),
                                         subtitle_of(group, &none), names, n);
    }
    for (size_t i = 0; i < model->charts.count && is_good; i++) {
        const struct chart_spec *spec = &model->charts.items[i];
        const char *name = arena_format(arena, "%s%s", spec->name, suffix);
        int room = spec->kind == CHART_FUNDING ? MAX_LINES : MAX_PANELS;
        int n = spec_names(group, spec, names, room);
        if (n && spec->kind == CHART_TIMESERIES)
            is_good = draw_timeseries(group, name, subtitle_of(group, spec), names, n);
        else if (n && spec->kind == CHART_FUNDING)
            is_good = draw_funding(group, name, subtitle_of(group, spec), names, n);
    }
    return is_good;
}

static bool draw_comparisons(const struct group *group)
{
    const struct model *model = model_of(group->cases[0]);
    bool is_good = true;
    for (size_t i = 0; i < model->charts.count && is_good; i++) {
        const struct chart_spec *spec = &model->charts.items[i];
        const char *name;
        if (spec->kind == CHART_COMPARE && spec_names(group, spec, &name, 1))
            is_good = draw_compare(group, spec->name,
                                   words(group, &spec->title, variable_title(group, name)), name);
    }
    return is_good;
}

bool study_charts(const struct chart_context *context, const struct study *study, int first,
                  int count)
{
    struct group all = {.context = context, .study = study};
    int n_scenarios = 0;
    bool is_good = true;
    for (int i = first; i < first + count && all.n_cases < MAX_PANELS * MAX_LINES; i++)
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
        const char *name = scenario ? scenario->name : model_of(one.cases[0])->name;
        is_good =
            draw_scenario(&one, n_scenarios > 1 ? arena_format(context->arena, "-%s", name) : "");
    }
    return is_good && (n_scenarios < 2 || draw_comparisons(&all));
}
