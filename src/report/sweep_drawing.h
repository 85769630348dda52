// What the charts of a sweep share.
#ifndef REPORT_SWEEP_DRAWING_H
#define REPORT_SWEEP_DRAWING_H

#include "analysis/sweep/sweep.h"
#include "analysis/sweep/sweep_table.h"
#include "report/chart.h"

enum { MAX_GROUPS = 8 };

struct drawing {
    const struct chart_context *context;
    const struct sweep *sweep;
    const struct sweep_table *table; // inputs and metrics of the runs that are drawn
    uint64_t n_failed;               // runs that did not complete
    bool in_dutch;
};

struct arena *drawing_arena(const struct drawing *drawing);

// A text in the language of the charts.
const char *drawing_words(const struct drawing *drawing, const struct localized *text,
                          const char *otherwise);

// The cases that get a line or a panel of their own, and what they are called: by model, by
// scenario, or by both, whichever tells them apart.
int drawing_n_groups(const struct drawing *drawing);
const char *drawing_case_title(const struct drawing *drawing, int index);

const char *drawing_variable_title(const struct drawing *drawing, const char *name);

// Metrics and inputs, by their index.
const char *drawing_metric_title(const struct drawing *drawing, int metric);
bool drawing_metric_in_percent(const struct drawing *drawing, int metric);
const char *drawing_metric_text(const struct drawing *drawing, int metric, double value);
const char *drawing_input_title(const struct drawing *drawing, int input);
const char *drawing_input_unit(const struct drawing *drawing, int input);
bool drawing_input_in_percent(const struct drawing *drawing, int input);
const char *drawing_input_text(const struct drawing *drawing, int input, double value);

// The level from which on a run has tipped, where the variable `name`, or a metric that is this
// variable at a time, is what the scenario judges that by; NaN.
double drawing_tip_level(const struct drawing *drawing, const char *name);
double drawing_metric_level(const struct drawing *drawing, int metric);

// "tipping level 20%".
const char *drawing_level_name(const struct drawing *drawing, const char *value);

// The share of the runs of case `group` that end above `level`.
double drawing_share_above(const struct drawing *drawing, int metric, int group, double level);

// "20000 runs, sobol", and what was left out.
const char *drawing_runs_text(const struct drawing *drawing);

// Says that runs failed, where some did.
void drawing_set_caveat(const struct drawing *drawing, struct chart *chart);

// Sets n_groups, group_name and group_style.
void drawing_set_groups(const struct drawing *drawing, struct chart *chart, int n);

// The least and the largest finite value of a column; infinite where there is none.
void column_range(const double *column, long n, double *low, double *high);

#endif
