// What the question `continue` has found, for charts.
#ifndef ANALYSIS_TIP_TIP_CONTINUE_H
#define ANALYSIS_TIP_TIP_CONTINUE_H

#include "analysis/tip/branch.h"
#include "analysis/tip/tip_words.h"

// The continuation of one case over one parameter or input.
struct tip_continuation {
    const struct tip_case *tip_case;
    const struct branch_set *set;
    struct headline headline;
    const struct variable *variable; // that is varied
    int cell;
    const char *name;              // of the cell
    bool is_asked_for;             // by --continue; else chosen
    bool is_quick;                 // from the rest points at its present value only
    double low, high;              // two stable states between these values; NaN: nowhere
    const struct variable *second; // of a curve of folds; NULL: none
    int second_cell;
};

// How many stable states there are at a value of the parameter.
int continuation_count_stable(const struct branch_set *set, double value);

// What it means for tipping, in a few sentences.
const char *continuation_in_words(struct tip *tip, const struct tip_continuation *following,
                                  enum language language);

#endif
