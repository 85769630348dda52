// Handing over from push to demand, at one value of a date or a share or another: what tipping
// costs there, and how much more than at the best value, over the uncertainties.
#ifndef ANALYSIS_TIP_HANDOVER_H
#define ANALYSIS_TIP_HANDOVER_H

#include "analysis/tip/tip_support.h"

enum { MOST_VALUES = 64 };

// One value at which to hand over, with nominal parameters.
struct handover_value {
    double value;
    double total; // least total that tips; NaN: none in the range does
    double scale; // of the scenario's amounts there
};

// The same over draws.
struct handover_regret {
    double value;
    struct estimate mean; // what it costs more than the best value of the draw
};

struct handover {
    struct tip *tip;
    struct tip_case *tip_case;
    struct support_mix mix; // all streams
    int first;              // lever that ends; the others begin
    int dial;               // enum of tip_support.h; -1: two streams
    const char *metric;     // "date", "share"
    const char *unit;       //
    double low, high;       // of what is tried
    double scale_high;      // that is searched up to

    struct handover_value values[MOST_VALUES]; // [n_values] in rising order
    int n_values;
    int best;            // index of the least total, -1: none tips
    double lower, upper; // around it tipping costs less than 1 % more

    long n_draws;  // 0: nothing is uncertain
    long n_matter; // draws in which the value makes a difference to the cost
    struct handover_regret regrets[MOST_VALUES]; // [n_regrets] in rising order
    int n_regrets;
    int least_regret;           // index, -1: none
    struct estimate best_value; // of least regret, with the interval that draws leave
    struct estimate at_once;    // mean regret of the lowest value less the least
    struct estimate never;      // of the highest value less the least
};

// Fills in values and best: coarse over the range, then fine around the best. False where it was
// cancelled.
bool handover_find_costs(struct handover *handover);

// Fills in n_draws and what follows, within about `n_runs` runs. False where it was cancelled.
bool handover_find_regrets(struct handover *handover, long n_runs);

// Whether no value is clearly better than others: the least total is within 1 % all over the range;
// draws leave more than half of the range for the value of least regret.
bool handover_is_flat(const struct handover *handover);
bool handover_is_open(const struct handover *handover);

// The plan of handing over at `value`: dates of streams, or dials in the point.
void handover_set(const struct handover *handover, double value, struct lever_plan *plans,
                  double *point);

// The answer in words.
const char *handover_sentence(const struct handover *handover, enum language language);

#endif
