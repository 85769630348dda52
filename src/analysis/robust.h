// In which share of parameter sets a model's checks hold: whether its behaviour comes from its
// structure or from one lucky set of numbers.
#ifndef ANALYSIS_ROBUST_H
#define ANALYSIS_ROBUST_H

#include "analysis/sweep/sweep.h"

struct robust_report {
    const char *model;
    uint64_t n_sets;
    int n_inputs;
    const char **inputs; // [n_inputs] names of what the design varies
    double *values;      // [n_sets][n_inputs]
    int n_checks;
    const struct check_spec *checks; // [n_checks]
    unsigned char *holds;            // [n_sets][n_checks] whether the check holds
    uint64_t *n_holding;             // [n_checks] sets in which it does
    uint64_t n_joint;                // sets in which all do
    uint64_t n_incomplete;           // sets with a run that stopped early; its checks do not hold
};

// Runs all checks of the model file `path` at each point of the design of the sweep scenario
// `design`. A parameter that a check sets itself keeps that value. NULL with errors, or where
// `cancel` became true. The same report for any number of threads.
struct robust_report *robust_run(struct arena *arena, const char *path, const char *design,
                                 const struct sweep_options *options, struct unit_system *units,
                                 const volatile sig_atomic_t *cancel, struct diag *diag);

#endif
