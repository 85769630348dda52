// Stage: program. Used to fold constants and to evaluate metrics; run/ has the same operations
// over rows of lanes.
#include "program/scalar.h"

#include "model/model.h"

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
        return pow(a, b);
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
        return exp(a);
    case OP_LOGARITHM:
        return log(a);
    case OP_LOGARITHM_10:
        return log10(a);
    case OP_SINE:
        return sin(a);
    case OP_COSINE:
        return cos(a);
    case OP_TANGENT:
        return tan(a);
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

// Index of the last point at or below x, 0 where there is none.
static int find_segment(const struct table *table, double x)
{
    int low = 0, high = table->n_points;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (x >= table->x[middle])
            low = middle;
        else
            high = middle;
    }
    return low;
}

double scalar_lookup(const struct table *table, double x)
{
    int last = table->n_points - 1, i = find_segment(table, x);
    if (isnan(x))
        return x;
    if (table->kind == TABLE_DISCRETE || last == 0)
        return table->y[i];
    if (table->kind == TABLE_CONTINUOUS && (x <= table->x[0] || i == last))
        return table->y[x <= table->x[0] ? 0 : last];
    if (i == last)
        i--;
    double slope = (table->y[i + 1] - table->y[i]) / (table->x[i + 1] - table->x[i]);
    return table->y[i] + (x - table->x[i]) * slope;
}
