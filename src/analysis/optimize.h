// The best timing and mix of funding, or of anything else that can be varied, within limits.
#ifndef ANALYSIS_OPTIMIZE_H
#define ANALYSIS_OPTIMIZE_H

#include "analysis/sweep/sweep.h"

// Something that is chosen.
struct optimum_input {
    const char *name, *unit;
    double before, value; // in the scenario, and at best
    double least, most;   // ends between which it was looked for
    bool is_at_end;       // the best value is one of them
};

// The goal, or a limit.
struct optimum_metric {
    const char *name, *unit; // its expression
    double before, value;
    double least, most; // of a limit; NaN: none
    bool is_binding;    // the limit stands in the way of a better goal
};

// The best that was found for one model.
struct optimum {
    const struct sweep_case *source;
    struct optimum_input *inputs;   // [n_inputs]
    struct optimum_metric *metrics; // [n_metrics] the goal, then the limits
    int n_searches, n_agreeing;     // that were made; that ended as good as the best
    bool is_feasible_before;        // the scenario itself keeps the limits
};

struct optimization {
    struct arena *arena;
    struct sweep *sweep;    // its inputs are what is chosen, its metrics the goal and the limits
    struct optimum *optima; // [sweep->n_cases]
    double *least, *most;   // [n_metrics] of limits; NaN: none. The goal's are not used.
    bool is_budget_own;     // the one limit is what the scenario itself spends
    double sign;            // 1: the goal is better high; -1: low
    long n_runs;            // made so far
};

// Reads the scenario `path` with its group `optimize`. Without it, or what it does not say: amounts
// and dates of all funding streams vary, the goal is what the scenario judges tipping by, else its
// first metric that says which end is better, and the money spent is at most `total` (NaN: what the
// scenario spends). NULL with errors.
struct optimization *optimize_read(struct arena *arena, const char *path,
                                   const struct sweep_options *options, double total,
                                   struct unit_system *units, struct diag *diag);

// Searches. False with errors, or where cancelled.
bool optimize_run(struct optimization *optimization, const volatile sig_atomic_t *cancel,
                  struct diag *diag);

// Writes optimize.csv (run,input,before,value,least,most,unit,note) and optimize_goal.csv
// (run,role,metric,before,value,least,most,unit,note) into `folder`.
bool optimize_write(const struct optimization *optimization, const char *folder, struct diag *diag);

#endif
