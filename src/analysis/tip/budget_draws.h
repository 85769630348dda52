// The least budget that tips, in each of many cases side by side: draws of the uncertainties, or
// such draws with something else besides.
#ifndef ANALYSIS_TIP_BUDGET_DRAWS_H
#define ANALYSIS_TIP_BUDGET_DRAWS_H

#include "analysis/tip/tip_support.h"

// Whether a run tips.
enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN }; // the run failed

struct budget_draw {
    enum answer without; // support
    enum answer own;     // with the scenario's own amounts
    double needed;       // least budget that tips; infinite: none in the range; NaN: not known
    double most;         // what the most that was tried costs; NaN: not known
};

// The draws of one model.
struct budget_draws {
    struct support_mix mix;
    double high; // scale up to which is searched
    long n;
    // Fills in draw `index` where all support is scaled by x: plans [n_levers] are so already,
    // point [n_inputs] is all nominal. NULL: draw `index` of the uncertainties.
    void (*plan)(void *context, long index, struct lever_plan *plans, double *point);
    void *context;
    struct budget_draw *items; // [n]
    double limit;              // budget up to which all draws are known
    long n_runs, n_failed_runs;
    long n_wavering; // draws in which some run swings around the level
    long n_undone;   // draws in which more support undoes tipping
};

// Searches all draws. False where it was cancelled.
bool budget_draws_search(struct budget_draws *draws);

#endif
