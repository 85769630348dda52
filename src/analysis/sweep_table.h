// The tables of a finished sweep, read back: inputs and metrics of all its runs or of a part.
#ifndef ANALYSIS_SWEEP_TABLE_H
#define ANALYSIS_SWEEP_TABLE_H

#include "analysis/sweep.h"

struct sweep_table {
    long n_rows;
    uint64_t stride;  // every how many runs one was taken
    int *case_index;  // [n_rows]
    double **inputs;  // [n_inputs][n_rows]
    double **metrics; // [n_metrics][n_rows]; NaN: never, or failed
};

// Reads design.csv and metrics.csv in `folder`: every run, or of more than `max_rows` every
// second, third ... False with errors.
bool sweep_table_read(struct sweep_table *table, struct arena *arena, const struct sweep *sweep,
                      const char *folder, long max_rows, struct diag *diag);

// Spearman's rank correlation of two columns over the rows where both are finite.
double rank_correlation(const double *a, const double *b, long n);

// Quantile `q` of the finite values of a column (type 7 of Hyndman & Fan 1996); NaN without any.
double column_quantile(const double *column, long n, double q);

#endif
