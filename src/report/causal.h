// Causal-loop diagrams: the feedback loops that drive a run, over its stocks.
#ifndef REPORT_CAUSAL_H
#define REPORT_CAUSAL_H

#include "analysis/loops.h"
#include "report/chart.h"

// Writes charts/`name`.dot in the folder of the context and draws it: stocks, what links them with
// its polarity, and the strongest loops by name and share. Elements of arrays are taken together,
// loops over the same stocks too. Nothing is drawn where the run has no loops. False with errors.
bool causal_diagram(const struct chart_context *context, const char *name,
                    const struct loop_analysis *analysis);

#endif
