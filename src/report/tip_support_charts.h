// The charts of the questions about support.
#ifndef REPORT_TIP_SUPPORT_CHARTS_H
#define REPORT_TIP_SUPPORT_CHARTS_H

#include "analysis/tip/tip.h"
#include "report/chart.h"

// Draws what the questions about support have answered. False with errors.
bool tip_support_charts(const struct chart_context *context, const struct tip *tip);

#endif
