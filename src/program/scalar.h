// The pure operations on single numbers, with the same bits as in the engine.
#ifndef PROGRAM_SCALAR_H
#define PROGRAM_SCALAR_H

#include "equation/expr.h"

struct table;

// The value of `op` for operands a, b, c (as many as it has).
double scalar_operation(enum operation op, double a, double b, double c);

// The graphical function `table` at x (XMILE v1.0, 3.1.4): y_i + (x - x_i) * slope_i between
// points i and i + 1; exact at the points.
double scalar_lookup(const struct table *table, double x);

#endif
