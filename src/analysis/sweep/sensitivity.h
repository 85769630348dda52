// Which uncertain inputs matter for which metric: variance-based indices, screening, one at a time.
#ifndef ANALYSIS_SWEEP_SENSITIVITY_H
#define ANALYSIS_SWEEP_SENSITIVITY_H

#include "analysis/sweep/sweep_table.h"

// An estimate with its 95 % confidence interval; NaN where there is none.
struct estimate {
    double value, lower, upper;
};

// First-order and total indices of Sobol (1993) from the values `f` [n_groups][n_inputs + 2] of a
// DESIGN_SALTELLI into `first` and `total` [n_inputs]: S1 after Saltelli et al. (Comput. Phys.
// Commun. 181, 2010, table 2 b), ST after Jansen (1999). Groups whose values for an input are not
// all finite are left out for that input. NaN where nothing varies. Intervals by bootstrap over
// groups, the same for any number of threads (0: all).
void sobol_indices(const double *f, long n_groups, int n_inputs, uint64_t seed, int n_threads,
                   struct estimate *first, struct estimate *total);

// Elementary effects of Morris (Technometrics 33, 1991) over trajectories: the mean, the mean of
// their size (Campolongo et al. 2007) and their standard deviation, in units of the metric over
// the whole range of the input.
struct morris_effect {
    struct estimate mean, mean_size, deviation;
};

// From the values `f` [n_groups][n_inputs + 1] of the DESIGN_MORRIS `design` into `effects`
// [n_inputs].
void morris_effects(const double *f, const struct sample_design *design,
                    struct morris_effect *effects);

// What one input does to one metric of one case.
struct sensitivity_row {
    int case_index, metric, input;
    struct estimate first, total; // of the variance
    struct morris_effect effect;
    double low, high; // the metric with this input alone at its ends
    double nominal;   // with all inputs as they stand
};

struct sensitivity {
    struct arena *arena;
    const struct sweep *sweep;    // inputs, cases and metrics of all parts
    struct sensitivity_row *rows; // [n_cases][n_metrics][n_inputs]
    int n_rows;
    bool has_indices, has_effects, has_ends;
    uint64_t n_runs, n_failed; // of all parts
};

// Starts without any results; `sweep` gives the inputs, cases and metrics that all parts share.
struct sensitivity *sensitivity_create(struct arena *arena, const struct sweep *sweep);

// Adds what the finished sweep of a design for indices, with these results, has to say.
void sensitivity_add(struct sensitivity *sensitivity, const struct sweep *sweep,
                     const struct sweep_table *table);

// The rows of one metric of one case, the most important input first: by total index, else by mean
// size of effects, else by the distance of the ends. Returns [n_inputs] rows.
const struct sensitivity_row **sensitivity_ranking(const struct sensitivity *sensitivity,
                                                   int case_index, int metric);

// Writes metric,input,index,value,lower,upper, of several cases after their label. Indices: S1, ST,
// mu, mu_star, sigma, low, high. False with an error.
bool sensitivity_write(const struct sensitivity *sensitivity, const char *path, struct diag *diag);

#endif
