// Fates: what becomes of runs in the end. At rest, heading for a rest point, swinging for ever,
// growing without bound; and the states that runs die out to although no equation can be evaluated
// right there.
#ifndef ANALYSIS_TIP_FATE_H
#define ANALYSIS_TIP_FATE_H

#include "analysis/tip/rest.h"

// Follows the long runs of a searched set on to their ends: adds the rest points that only runs
// show, settles stabilities that eigenvalues leave open, and fills in the fates. False where
// cancelled.
bool fate_find(struct rest_set *set, const double *parameters, struct diag *diag);

#endif
