// Which assumptions an outcome hangs on: bars of indices, and tornado diagrams.
#ifndef REPORT_SENSITIVITY_CHARTS_H
#define REPORT_SENSITIVITY_CHARTS_H

#include "analysis/sweep/sensitivity.h"
#include "report/chart.h"

// Draws the charts of each metric of each case. `table`: results of one of the parts, for the ways
// in which numbers are shown. False with errors.
bool sensitivity_charts(const struct chart_context *context, const struct sensitivity *sensitivity,
                        const struct sweep_table *table);

#endif
