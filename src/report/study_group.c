// Stage: report. What the charts of a study share: which cases a chart is about, how these, their
// variables and their values are called, blocks of data, shaded periods, caveats.
#include "report/study_group.h"

#include "result/wording.h"

#include <math.h>
#include <string.h>

const struct model *case_model(const struct study_case *study_case)
{
    return study_case->source.model;
}

const char *group_words(const struct group *group, const struct localized *text,
                        const char *otherwise)
{
    return localized_text(text, group->context->language, otherwise);
}

const char *group_model_title(const struct group *group, const struct study_case *study_case)
{
    return group_words(group, &case_model(study_case)->title, case_model(study_case)->name);
}

const char *group_scenario_title(const struct group *group, const struct study_case *study_case)
{
    const struct scenario *scenario = study_case->source.scenario;
    if (!scenario)
        return group_model_title(group, study_case);
    return group_words(group, &scenario->title, scenario->name);
}

// Index of the column `name` in the series of a case, by the variable's name; -1.
int case_column(const struct study_case *study_case, const char *name)
{
    const struct series *series = study_case->simulation ? study_case->simulation->series : NULL;
    return series ? series_find(series, name) : -1;
}

const struct variable *group_variable(const struct group *group, const char *name)
{
    for (int i = 0; i < group->n_cases; i++) {
        int column = case_column(group->cases[i], name);
        if (column >= 0)
            return group->cases[i]->simulation->series->variables[column];
    }
    return NULL;
}

const char *group_variable_title(const struct group *group, const char *name)
{
    const struct variable *variable = group_variable(group, name);
    struct arena *arena = group->context->arena;
    return variable ? title_in_words(arena, variable, name, group->context->language)
                    : spaced_name(arena, name);
}

const char *group_unit_words(const struct group *group, const char *name)
{
    const struct variable *variable = group_variable(group, name);
    return unit_in_words(group->context->arena,
                         variable && variable->unit_text ? variable->unit_text : "",
                         group->context->language);
}

// Whether a variable is shown in percent, by all its values in all cases.
bool group_is_share(const struct group *group, const char *name)
{
    const struct variable *variable = group_variable(group, name);
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < group->n_cases; i++) {
        int column = case_column(group->cases[i], name);
        const struct series *series = column >= 0 ? group->cases[i]->simulation->series : NULL;
        for (long save = 0; series && save < series->n_saves; save++) {
            low = fmin(low, series_at(series, column, save));
            high = fmax(high, series_at(series, column, save));
        }
    }
    return variable && variable->unit_text && is_shown_in_percent(variable->unit_text, low, high);
}

double case_value_at(const struct study_case *study_case, const char *name, double time)
{
    int column = case_column(study_case, name);
    return column >= 0 ? series_at_time(study_case->simulation->series, column, time) : NAN;
}

double group_common_end(const struct group *group)
{
    double end = INFINITY;
    for (int i = 0; i < group->n_cases; i++) {
        const struct simulation *simulation = group->cases[i]->simulation;
        if (simulation && simulation->series->n_saves && simulation->ending.end == RUN_COMPLETE)
            end = fmin(end, simulation->series->times[simulation->series->n_saves - 1]);
    }
    return isfinite(end) ? end : NAN;
}

int group_models(const struct group *group, const struct study_case **models)
{
    int n = 0;
    for (int i = 0; i < group->n_cases; i++) {
        int k = 0;
        while (k < n && strcmp(case_model(models[k])->name, case_model(group->cases[i])->name) != 0)
            k++;
        if (k == n && n < MAX_LINES)
            models[n++] = group->cases[i];
    }
    return n;
}

const char *group_case_title(const struct group *group, const struct study_case *study_case)
{
    const struct study_case *models[MAX_LINES];
    if (!study_case->source.scenario || group_models(group, models) < 2)
        return group_scenario_title(group, study_case);
    return arena_format(group->context->arena, "%s (%s)", group_scenario_title(group, study_case),
                        group_model_title(group, study_case));
}

double case_last_value(const struct study_case *study_case, const char *name)
{
    int column = case_column(study_case, name);
    if (column < 0 || !study_case->simulation->series->n_saves)
        return NAN;
    const struct series *series = study_case->simulation->series;
    return series_at(series, column, series->n_saves - 1);
}

const char *group_value_text(const struct group *group, const char *name, double value)
{
    const struct variable *variable = group_variable(group, name);
    return value_in_words(group->context->arena, value,
                          variable && variable->unit_text ? variable->unit_text : "",
                          group_is_share(group, name), group->context->language);
}

// The rows of one block: a line for each case, over the times of all of them.
void chart_add_cases(struct chart *chart, const char *remark, const struct study_case *const *lines,
                     const char *const *names, int n)
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
            int column = case_column(lines[i], names[i]);
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
}

// Models keep one line style in all charts of a study: their place among its models.
double group_line_style(const struct study *study, const struct study_case *study_case)
{
    const char *seen[MAX_LINES];
    int n = 0;
    for (int i = 0; i < study->n_cases; i++) {
        const char *name = study->cases[i].source.model->name;
        bool is_new = true;
        for (int k = 0; k < n; k++)
            is_new &= strcmp(seen[k], name) != 0;
        if (strcmp(name, case_model(study_case)->name) == 0)
            return is_new ? n + 1 : 1 + n;
        if (is_new && n < MAX_LINES)
            seen[n++] = name;
    }
    return 1;
}

void periods_add(struct period_list *list, const struct group *group,
                 const struct study_case *study_case, int panel)
{
    const struct scenario *scenario = study_case->source.scenario;
    for (size_t i = 0; scenario && i < scenario->periods.count && list->n < MAX_PERIODS; i++) {
        const struct period *period = &scenario->periods.items[i];
        list->from[list->n] = period->from;
        list->until[list->n] = period->until;
        list->panel[list->n] = panel;
        list->names[list->n++] = group_words(group, &period->title, "");
    }
}

void chart_set_periods(struct chart *chart, const struct period_list *list)
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
void group_set_caveat(struct chart *chart, const struct group *group)
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

void group_set_lines(struct chart *chart, const struct group *group)
{
    const char *names[MAX_LINES];
    double styles[MAX_LINES];
    int n = group->n_cases < MAX_LINES ? group->n_cases : MAX_LINES;
    for (int i = 0; i < n; i++) {
        names[i] = n > 1 ? group_model_title(group, group->cases[i]) : "";
        styles[i] = group_line_style(group->study, group->cases[i]);
    }
    chart_set_number(chart, "n_lines", n);
    chart_set_texts(chart, "line_name", names, n);
    chart_set_numbers(chart, "line_style", styles, n);
}

// The level above which a run counts as tipped, where the scenarios agree on one for `name`.
double group_tip_level(const struct group *group, const char *name)
{
    double level = NAN;
    for (int i = 0; i < group->n_cases; i++) {
        const struct scenario *scenario = group->cases[i]->source.scenario;
        if (scenario && scenario->tip.variable && strcmp(scenario->tip.variable, name) == 0)
            level = scenario->tip.above;
    }
    return level;
}
