// A dashboard over the elements of one dimension, such as sectors.
#ifndef REPORT_STUDY_SECTORS_H
#define REPORT_STUDY_SECTORS_H

#include "report/study_group.h"

// One row an element, one column a variable, one line a model of the scenario. Variables over
// another dimension than the first one's are left out; nothing is drawn where there is none. False
// with errors.
bool draw_sectors(const struct group *group, const struct chart_spec *spec, const char *chart_name,
                  const char *subtitle);

#endif
