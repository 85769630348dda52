// The charts of a sweep: bands over time, how each metric spreads, what it hangs on.
#ifndef REPORT_SWEEP_CHARTS_H
#define REPORT_SWEEP_CHARTS_H

#include "analysis/sweep/sweep_table.h"
#include "report/chart.h"

// Draws the charts of the finished sweep in context->folder, whose tables are `table`. `n_failed`:
// runs that did not complete. False with errors.
bool sweep_charts(const struct chart_context *context, const struct sweep *sweep,
                  const struct sweep_table *table, uint64_t n_failed);

#endif
