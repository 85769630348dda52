// What the charts of a study share: the cases that a chart is about, and how these, their variables
// and their values are called.
#ifndef REPORT_STUDY_GROUP_H
#define REPORT_STUDY_GROUP_H

#include "analysis/study.h"
#include "report/chart.h"

enum { MAX_PANELS = 24, MAX_LINES = 8, MAX_PERIODS = 64 };

// The cases that one chart is about.
struct group {
    const struct chart_context *context;
    const struct study *study;
    const struct study_case *cases[MAX_PANELS * MAX_LINES];
    int n_cases;
};

// The model of a case; the column of its series called `name`, or -1; the value of that column at
// the end, or at `time`, NaN where there is none.
const struct model *case_model(const struct study_case *study_case);
int case_column(const struct study_case *study_case, const char *name);
double case_last_value(const struct study_case *study_case, const char *name);
double case_value_at(const struct study_case *study_case, const char *name, double time);

// The latest time that all cases with results reach; NaN where none has any.
double group_common_end(const struct group *group);

// Texts in the language of the group's charts.
const char *group_words(const struct group *group, const struct localized *text,
                        const char *otherwise);
const char *group_model_title(const struct group *group, const struct study_case *study_case);
const char *group_scenario_title(const struct group *group, const struct study_case *study_case);

// "scenario (model)"; the scenario alone where the group has one model.
const char *group_case_title(const struct group *group, const struct study_case *study_case);

// The variable that a column called `name` belongs to, in the first case that has it; NULL.
const struct variable *group_variable(const struct group *group, const char *name);

// Its title, with the title of the element where `name` has one; its unit in words.
const char *group_variable_title(const struct group *group, const char *name);
const char *group_unit_words(const struct group *group, const char *name);

// Whether a variable is shown in percent, by all its values in all cases; a value of it in words.
bool group_is_share(const struct group *group, const char *name);
const char *group_value_text(const struct group *group, const char *name, double value);

// The level above which a run counts as tipped, where the scenarios agree on one for `name`; NaN.
double group_tip_level(const struct group *group, const char *name);

// The first cases of the group's models, in order of appearance, into `models` [MAX_LINES]; how
// many there are.
int group_models(const struct group *group, const struct study_case **models);

// Models keep one line style in all charts of a study: their place among its models.
double group_line_style(const struct study *study, const struct study_case *study_case);

// Sets n_lines, line_name and line_style: a line a case.
void group_set_lines(struct chart *chart, const struct group *group);

// Sets the caveat that runs stopped early, where some did.
void group_set_caveat(struct chart *chart, const struct group *group);

// Adds a block: time, then the column names[i] of lines[i], over the times of the longest of them.
void chart_add_cases(struct chart *chart, const char *remark, const struct study_case *const *lines,
                     const char *const *names, int n);

// Stretches of time to shade.
struct period_list {
    double from[MAX_PERIODS], until[MAX_PERIODS], panel[MAX_PERIODS];
    const char *names[MAX_PERIODS];
    int n;
};

// Adds the periods of the scenario of a case, for `panel` (0: all).
void periods_add(struct period_list *list, const struct group *group,
                 const struct study_case *study_case, int panel);
void chart_set_periods(struct chart *chart, const struct period_list *list);

#endif
