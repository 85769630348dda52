// The pure operations on single numbers, with the same bits as in the engine.
#ifndef PROGRAM_SCALAR_H
#define PROGRAM_SCALAR_H

#include "equation/expr.h"

// The value of `op` for operands a, b, c (as many as it has).
double scalar_operation(enum operation op, double a, double b, double c);

#endif
