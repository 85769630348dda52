// Many runs of one program side by side, on all threads, of which only the end is wanted.
#ifndef RUN_BATCH_H
#define RUN_BATCH_H

#include "run/integrate.h"

struct batch;

// Prepares runs of `program` with `n_threads` threads (0: all processors); free with batch_free().
// `cancel` (not 0: stop) may be NULL. Program and method must outlive it.
struct batch *batch_create(const struct program *program, const struct method *method,
                           int n_threads, const volatile sig_atomic_t *cancel);
void batch_free(struct batch *batch);

// Makes `n_runs` runs with the parameters [n_runs][n_parameters] (NULL where there are none) and
// leaves in `last` [n_runs][n_outputs] the outputs at their end, NaN where a run did not complete,
// and in `endings` [n_runs] how each ended. The same numbers for any number of threads. False where
// it was cancelled.
bool batch_run(struct batch *batch, long n_runs, const double *parameters, double *last,
               struct run_ending *endings);

// The same for runs that start at the states `from` [n_runs][n_states] (NULL: as the model says)
// and leave the states at their end in `states` [n_runs][n_states].
bool batch_run_states(struct batch *batch, long n_runs, const double *parameters,
                      const double *from, double *states, struct run_ending *endings);

#endif
