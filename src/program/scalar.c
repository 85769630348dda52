// Stage: program. Used to fold constants and to evaluate metrics; run/ has the same operations
// over rows of lanes.
#include "program/scalar.h"

#include "base/vector_math.h"

#include <math.h>

static double modulo(double a, double b)
{
    return a - b * floor(a / b);
}

double scalar_operation(enum operation op, double a, double b, double c)
{
    switch (op) {
    case OP_ADD:
        return a + b;
    case OP_SUBTRACT:
        return a - b;
    case OP_MULTIPLY:
        return a * b;
    case OP_DIVIDE:
        return a / b;
    case OP_POWER:
        return scalar_pow(a, b);
    case OP_MODULO:
        return modulo(a, b);
    case OP_NEGATE:
        return -a;
    case OP_LESS:
        return a < b;
    case OP_LESS_EQUAL:
        return a <= b;
    case OP_GREATER:
        return a > b;
    case OP_GREATER_EQUAL:
        return a >= b;
    case OP_EQUAL:
        return a == b;
    case OP_NOT_EQUAL:
        return a != b;
    case OP_AND:
        return a != 0 && b != 0;
    case OP_OR:
        return a != 0 || b != 0;
    case OP_NOT:
        return a == 0;
    case OP_SELECT:
        return a != 0 ? b : c;
    case OP_MINIMUM:
        return b < a ? b : a;
    case OP_MAXIMUM:
        return b > a ? b : a;
    case OP_ABSOLUTE:
        return fabs(a);
    case OP_FLOOR:
        return floor(a);
    case OP_SQUARE_ROOT:
        return sqrt(a);
    case OP_EXPONENTIAL:
        return scalar_exp(a);
    case OP_LOGARITHM:
        return scalar_log(a);
    case OP_LOGARITHM_10:
        return scalar_log10(a);
    case OP_SINE:
        return scalar_sin(a);
    case OP_COSINE:
        return scalar_cos(a);
    case OP_TANGENT:
        return tan(a);
    case OP_HYPERBOLIC_SINE:
        return sinh(a);
    case OP_HYPERBOLIC_COSINE:
        return cosh(a);
    case OP_HYPERBOLIC_TANGENT:
        return tanh(a);
    case OP_ARC_SINE:
        return asin(a);
    case OP_ARC_COSINE:
        return acos(a);
    case OP_ARC_TANGENT:
        return atan(a);
    case N_OPERATIONS:
        break;
    }
    return NAN;
}
