// The charts of a tipping analysis: one for each question that has a picture.
#ifndef REPORT_TIP_CHARTS_H
#define REPORT_TIP_CHARTS_H

#include "analysis/tip/tip.h"
#include "report/chart.h"

// Draws the charts of what `tip` has answered, in context->folder. False with errors.
bool tip_charts(const struct chart_context *context, const struct tip *tip);

// One chart, or one a model.
bool draw_bifurcation(const struct chart_context *context, const struct tip *tip);
bool draw_phase(const struct chart_context *context, const struct tip *tip);

#endif
