// What draws of the uncertainties need to tip: the budget of each.
#ifndef ANALYSIS_TIP_BUDGET_DRAWS_H
#define ANALYSIS_TIP_BUDGET_DRAWS_H

#include "analysis/tip/tip_support.h"

// Whether a run tips.
enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN }; // the run failed

struct budget_draw {
    enum answer without; // support
    enum answer own;     // with the scenario's own amounts
    double needed;       // least budget that tips; infinite: none in the range; NaN: not known
};

// The draws of one model.
struct budget_draws {
    struct support_mix mix;
    double high; // scale up to which is searched
    long n;
    struct budget_draw *items; // [n]
    double limit;              // budget up to which all draws are known
    long n_runs, n_failed_runs;
    long n_wavering; // draws in which some run swings around the level
    long n_undone;   // draws in which more support undoes tipping
};

// Draws n points and searches all of them. False where it was cancelled.
bool budget_draws_search(struct budget_draws *draws);

#endif
