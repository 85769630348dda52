// Graphical functions ready for evaluation, one at a time or many lanes at once.
#ifndef PROGRAM_LOOKUP_H
#define PROGRAM_LOOKUP_H

#include "model/model.h"

enum { LOOKUP_SMALL = 16 }; // segments that fit into two registers

// y = y_i + (x - x_i) * slope_i, with i the last point at or below x (XMILE v1.0, 3.1.4). x is
// first kept between `low` and `high`: the end points of a continuous or discrete function,
// infinities of one that extrapolates. From `top` on (NaN: nowhere) the value is that of the last
// point, so all points come out exact.
struct lookup {
    double low, high, top;
    int n_points;
    int n_segments;              // values that i takes
    const double *x, *y, *slope; // [n_points]
    const double *search;        // [n_points] x, but infinite where i may not go
    // The same for small functions, segments only, filled up:
    _Alignas(64) double small_search[LOOKUP_SMALL];
    _Alignas(64) double small_x[LOOKUP_SMALL];
    _Alignas(64) double small_y[LOOKUP_SMALL];
    _Alignas(64) double small_slope[LOOKUP_SMALL];
};

// Prepares `table` in memory aligned to 64 bytes, in `arena`.
const struct lookup *lookup_prepare(struct arena *arena, const struct table *table);

// The function at x; NaN at NaN.
double lookup_at(const struct lookup *lookup, double x);

#endif
