// A freezing under way: what frozen.c and frozen_roles.c share.
#ifndef ANALYSIS_TIP_FROZEN_PRIVATE_H
#define ANALYSIS_TIP_FROZEN_PRIVATE_H

#include "analysis/tip/frozen.h"

struct freezing {
    struct frozen *frozen;
    struct tangent *tangent;
    double *unknowns, *residuals; // [n]
};

// Evaluates the equations at the present unknowns.
void freezing_go(struct freezing *freezing);

// Goes to the states `states` [n_states], what is remembered being settled.
void freezing_go_to_states(struct freezing *freezing, const double *states);

// Growth of state `i` over a long run at its present rate, in its present value; below 0: it
// shrinks.
double freezing_growth(const struct freezing *freezing, int i);

// Whether no unknown that counts hangs on unknown `i`.
bool freezing_is_sink(const struct freezing *freezing, int i);

// Finds the unknowns that start at 0 or above and cannot become negative.
void freezing_find_signs(struct freezing *freezing);

// Finds the stocks that grow without bound, and lists the free unknowns.
void freezing_find_roles(struct freezing *freezing);

extern const double freezing_notable_growth; // over a long run, in sizes, that counts

#endif
