// Charts over all scenarios of a study.
#ifndef REPORT_STUDY_COMPARE_H
#define REPORT_STUDY_COMPARE_H

#include "report/study_group.h"

// The variable `name` over time: one panel a scenario, one line a model. False with errors.
bool draw_compare(const struct group *group, const char *chart_name, const char *subtitle,
                  const char *name);

// The value of `cost` against that of `effect` at the end: one panel a model, one point a
// scenario. False with errors.
bool draw_cost_effect(const struct group *group, const char *chart_name, const char *subtitle,
                      const char *cost, const char *effect);

#endif
