// Runs of a sweep's cases at points of one's own choosing, kept in memory: for searches, where the
// next points depend on the results of the last ones.
#ifndef ANALYSIS_TRIALS_H
#define ANALYSIS_TRIALS_H

#include "analysis/sweep/sweep.h"

struct trials;

// Prepares up to `most` runs a call over the inputs of `sweep`, whose design gives way to the
// points of each call; the distributions of its inputs stay. Free with trials_free().
struct trials *trials_create(struct sweep *sweep, int most);
void trials_free(struct trials *trials);

// Runs case `case_index` at `points` [n][n_inputs] (values, not probabilities) on the threads of
// the sweep, and leaves the metrics in `metrics` [n][n_metrics], NaN where a run did not complete.
// The same numbers for any number of threads. False where `cancel` (may be NULL) became true.
bool trials_run(struct trials *trials, int case_index, int n, const double *points, double *metrics,
                const volatile sig_atomic_t *cancel);

#endif
