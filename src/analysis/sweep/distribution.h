// Distributions of uncertain inputs, by their quantile functions.
#ifndef ANALYSIS_SWEEP_DISTRIBUTION_H
#define ANALYSIS_SWEEP_DISTRIBUTION_H

#include "model/sweep_spec.h"

// A distribution with all its numbers.
struct distribution {
    enum distribution_kind kind;
    double a, b, c, d;     // what they mean depends on the kind: see distribution.c
    double low, high;      // probabilities between which it is cut off; 0 and 1: nowhere
    double least, most;    // ends of its values; infinite where it has none
    const double *values;  // discrete: [n], in the order given
    const double *weights; // discrete: [n] cumulated to 1
    int n;
};

// Completes `spec` with the model's own spread of the parameter (`spread`, `value`; may be NULL).
// False with an error where a number is missing or impossible.
bool distribution_build(struct distribution *distribution, struct arena *arena,
                        const struct vary_spec *spec, const struct spread *spread, double value,
                        struct diag *diag);

// The value below which a share `u` of the distribution lies; 0 < u < 1.
double distribution_quantile(const struct distribution *distribution, double u);

// The value of level `level` of `n_levels` in a grid: evenly spaced from the lower to the upper
// end (on a logarithmic scale for loguniform); discrete: the values themselves.
double distribution_level(const struct distribution *distribution, int level, int n_levels);

// Ends of the distribution; of normal and lognormal without cut: the 0.1 % quantiles.
void distribution_ends(const struct distribution *distribution, double *low, double *high);

#endif
