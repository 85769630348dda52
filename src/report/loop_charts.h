// Loop dominance over time, as stacked areas.
#ifndef REPORT_LOOP_CHARTS_H
#define REPORT_LOOP_CHARTS_H

#include "analysis/loops.h"
#include "report/chart.h"

// Draws the chart `name` of the loops of `analysis` in its largest set of stocks; nothing where
// there are none. False with errors.
bool loop_chart(const struct chart_context *context, const char *name,
                const struct loop_analysis *analysis);

#endif
