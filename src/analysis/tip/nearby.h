// Stability by trial: runs that start near a rest point come nearer, or go away.
#ifndef ANALYSIS_TIP_NEARBY_H
#define ANALYSIS_TIP_NEARBY_H

#include "analysis/tip/rest.h"

// Whether a point's eigenvalues leave it open which way runs near it go: the largest is too near 0
// to show within a long run, or there are none as its equations cannot be evaluated right there.
bool nearby_is_needed(const struct frozen *frozen, const struct rest_point *point);

// Makes runs that start near `point` and sets its stability by where they go; where its equations
// cannot be evaluated there also its largest eigenvalue, that of the direction in which runs leave
// or approach it. Leaves a point alone that only swings, and cases that remember. False where
// cancelled.
bool nearby_judge(struct frozen *frozen, struct probe *probe, const double *parameters,
                  struct rest_point *point);

#endif
