// Curves of solutions of n equations in n + 1 unknowns, followed by pseudo-arclength continuation
// (Keller 1977; Allgower & Georg 2003, ch. 2).
#ifndef ANALYSIS_TIP_CURVE_H
#define ANALYSIS_TIP_CURVE_H

#include "base/arena.h"

#include <stdbool.h>

struct curve {
    int n; // equations
    void *context;
    // Residuals [n] at u [n + 1]; false where they are not finite. Slopes [n][n + 1] there.
    bool (*evaluate)(void *context, const double *u, double *residuals);
    void (*differentiate)(void *context, const double *u, double *slopes);
    // Room, set by curve_init():
    double *slopes, *residuals, *step, *bordered, *normal;
    double longest;    // step, in sizes of u where that is above 1
    int n_corrections; // of the last curve_settle()
};

struct curve_point {
    double *u;       // [n + 1]
    double *tangent; // [n + 1] of length 1
    int orientation; // sign of the determinant of slopes and tangent
};

void curve_init(struct curve *curve, struct arena *arena);

struct curve_point curve_point_create(const struct curve *curve, struct arena *arena);
void curve_point_copy(const struct curve *curve, const struct curve_point *from,
                      struct curve_point *to);

// Sets the tangent at a point whose u is on the curve, so that it points along `along` [n + 1].
// False where the slopes leave more than one direction.
bool curve_start(struct curve *curve, struct curve_point *point, const double *along);

// Brings u [n + 1] to the curve, in the plane through it across `normal`; false where that fails.
bool curve_settle(struct curve *curve, double *u, const double *normal);

// Goes `length` along the tangent of `from` and back to the curve; false where that fails.
bool curve_step(struct curve *curve, const struct curve_point *from, double length,
                struct curve_point *to);

// A step of about `*length`, shorter where the curve bends or the way back is not found; `*length`
// becomes what to try next. At a corner where the curve turns back it goes around it; `*taken`
// is 0 then. False where no step goes on.
bool curve_advance(struct curve *curve, const struct curve_point *from, double *length,
                   double *taken, struct curve_point *to);

#endif
