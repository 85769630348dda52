// What the answer to `how likely is a budget to tip` consists of, over the draws of one model.
#ifndef ANALYSIS_TIP_TIP_BUDGET_H
#define ANALYSIS_TIP_TIP_BUDGET_H

#include "analysis/tip/budget_draws.h"

enum { N_BUDGET_SHARES = 3 };

extern const double budget_shares[N_BUDGET_SHARES]; // chances whose budgets are looked for

// A population: all draws, or those that are locked in without support.
struct budget_group {
    long n, n_unknown;                        // draws; of them, with a budget that is not known
    double *sorted;                           // [n - n_unknown] budgets, in rising order
    struct estimate own;                      // chance with the scenario's own support
    struct estimate never;                    // share that nothing in the range tips
    struct estimate budgets[N_BUDGET_SHARES]; // that give these chances
};

struct budget {
    struct tip *tip;
    struct tip_case *tip_case;
    struct budget_draws draws;
    bool is_searched;
    double own_cost;                 // of the scenario's own support, with nominal parameters
    struct budget_group all, locked; //
    struct estimate without;         // chance without support
    struct estimate effect;          // of the scenario's support on the chance
};

// Two models over the same draws, as far as both are known.
struct budget_pair {
    const struct budget *first, *second;
    struct estimate own; // chance of the first with the scenario's support, less the second's
    struct estimate own_locked; // the same over draws that are locked in in both
    long n_locked;              // those draws
    struct estimate cheaper[2]; // of these, where the first needs less, and where the second does
};

// The answers in words: of one model, of two.
const char *budget_sentence(const struct budget *budget, enum language language);
const char *budget_pair_sentence(const struct budget_pair *pair, enum language language);

#endif
