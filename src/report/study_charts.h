// The charts of a study: for each scenario the variables over time and the money by source, and
// for several scenarios the models against each other.
#ifndef REPORT_STUDY_CHARTS_H
#define REPORT_STUDY_CHARTS_H

#include "analysis/study.h"
#include "report/chart.h"

// Draws the charts of the cases `first` .. `first + count - 1`. False with errors.
bool study_charts(const struct chart_context *context, const struct study *study, int first,
                  int count);

// Draws the chart `name` of the variable `variable` of these cases: one panel a scenario, one line
// a model. False with errors.
bool study_comparison(const struct chart_context *context, const struct study *study, int first,
                      int count, const char *name, const char *variable);

// Draws the charts of cost against effect that the models want, of all cases. False with errors.
bool study_cost_effect(const struct chart_context *context, const struct study *study);

#endif
