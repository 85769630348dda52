// How a run that does not come to rest goes on: up and down between a low and a high, with a period
// if it has one, or on and on in one direction.
#ifndef ANALYSIS_TIP_SWING_H
#define ANALYSIS_TIP_SWING_H

#include "analysis/tip/rest.h"

enum swing_kind {
    SWING_CYCLE,     // the same up and down again and again
    SWING_IRREGULAR, // up and down, never the same
    SWING_DAMPED,    // ever less
    SWING_WIDENING,  // ever more
    SWING_NONE,      // it moves on in one direction
};

struct swing {
    enum swing_kind kind;
    double low, high;   // in the last three quarters of a long run; of a cycle in its last part
    double first, last; // at its ends
    double period;      // in time units; SWING_CYCLE and SWING_DAMPED
    double length;      // of the run that was looked at
};

// Makes one more long run from where set->swings was and looks at cell `cell` of `variable`. False
// where the run did not complete, or with errors.
bool swing_look(const struct rest_set *set, struct variable *variable, int cell,
                struct swing *swing, struct diag *diag);

#endif
