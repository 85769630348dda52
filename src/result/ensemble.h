// Whole series of many runs as a netCDF-4 file, for xarray, R and Panoply.
#ifndef RESULT_ENSEMBLE_H
#define RESULT_ENSEMBLE_H

#include "base/diag.h"

#include <stdint.h>

struct ensemble_spec {
    const char *title;
    const char *id;        // of the sweep
    const char *time_unit; // "year"
    const double *times;   // [n_times]
    long n_times;
    uint64_t n_runs;
    const char *const *names;  // [n_variables]
    const char *const *units;  // [n_variables]
    const char *const *titles; // [n_variables]
    int n_variables;
    const char *const
        *cases; // [n_cases] names of what runs belong to: equal numbers of runs, in order
    int n_cases;
};

// A file in the making. Variables have the dimensions (run, time); numbers are doubles.
struct ensemble;

// Creates `path` (under a temporary name); NULL with an error where that fails.
struct ensemble *ensemble_create(struct arena *arena, const char *path,
                                 const struct ensemble_spec *spec, struct diag *diag);

// Writes runs `first` (from 0) .. first + n - 1 of `variable`: values[time * stride + run].
bool ensemble_write(struct ensemble *ensemble, int variable, uint64_t first, int n,
                    const double *values, long stride, struct diag *diag);

// Closes the file and gives it its name; false with an error where that fails.
bool ensemble_finish(struct ensemble *ensemble, struct diag *diag);

#endif
