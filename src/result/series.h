// Trajectories: what each variable was at each saved time, in each run.
#ifndef RESULT_SERIES_H
#define RESULT_SERIES_H

#include "program/program.h"

struct series {
    struct arena *arena;
    int n_variables;
    const char **names;                // [n_variables] "time" is not among them
    const char **units;                // [n_variables] as written; "" where unknown
    const struct variable **variables; // [n_variables] owner of each column
    long steps_per_save;               //
    long n_saves;                      // saved so far
    long max_saves;                    //
    double *times;                     // [max_saves]
    double *values;                    // [n_variables][max_saves]
};

// Returns an empty series for the outputs of one run, with room for all saves of `time`.
struct series *series_create(struct arena *arena, const struct output *outputs, int n_outputs,
                             const struct time_spec *time);

// Index of the column whose name has that key, or -1.
int series_find(const struct series *series, const char *name);

// The value of column `variable` at save `save`.
double series_at(const struct series *series, int variable, long save);

// The value of column `variable` at `time`, on a straight line between saves; NaN outside.
double series_at_time(const struct series *series, int variable, double time);

#endif
