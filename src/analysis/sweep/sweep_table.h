// The tables of a finished sweep, read back: inputs and metrics of all its runs or of a part.
#ifndef ANALYSIS_SWEEP_SWEEP_TABLE_H
#define ANALYSIS_SWEEP_SWEEP_TABLE_H

#include "analysis/sweep/sweep.h"

struct sweep_table {
    long n_rows;
    uint64_t stride;  // of how many runs one was taken
    int *case_index;  // [n_rows]
    double **inputs;  // [n_inputs][n_rows]
    double **metrics; // [n_metrics][n_rows]; NaN: never, or failed
};

// Reads design.csv and metrics.csv in `folder`: every run, or of more than `max_rows` one of every
// two, three ... False with errors.
bool sweep_table_read(struct sweep_table *table, struct arena *arena, const struct sweep *sweep,
                      const char *folder, long max_rows, struct diag *diag);

// Of the `group`-th group of `size` runs or rows, the one that stands for all: picked at random,
// for every second point of a Sobol sequence would lie in one half of the range.
uint64_t sweep_table_pick(uint64_t group, uint64_t size);

// Spearman's rank correlation of two columns over the rows where both are finite.
double rank_correlation(const double *a, const double *b, long n);

// Quantile `q` of the finite values of a column (type 7 of Hyndman & Fan 1996); NaN without any.
double column_quantile(const double *column, long n, double q);

#endif
