// Conserved sums of a frozen case: combinations of its unknowns that never change, such as all
// people together.
#ifndef ANALYSIS_TIP_LAWS_H
#define ANALYSIS_TIP_LAWS_H

#include "analysis/tip/frozen.h"

// Finds the combinations of the free unknowns that never change, into frozen->laws, ->pivots and
// ->n_laws. Unknowns marked in `is_preferred` [n] become pivots first. `tangent` is that of the
// frozen case and is left at some point of its box.
void laws_find(struct frozen *frozen, struct tangent *tangent, const bool *is_preferred);

#endif
