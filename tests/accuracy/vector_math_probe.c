// The elementary functions of the engine for one instruction set: compiled several times, with
// PROBE set to a name, as the kernels are.
#include "base/array.h"
#include "base/vector_math.h"

#include "accuracy/vector_math_probe.h"

#include <string.h>

enum { GROUP = 8 }; // vectors taken together, as the kernels do

static void apply(enum probed_function function, vec *x, const vec *y)
{
    switch (function) {
    case PROBE_EXP:
        vec_exp_n(x, GROUP);
        break;
    case PROBE_LOG:
        vec_log_n(x, GROUP);
        break;
    case PROBE_LOG10:
        vec_log10_n(x, GROUP);
        break;
    case PROBE_SIN:
        vec_sin_n(x, GROUP);
        break;
    case PROBE_COS:
        vec_cos_n(x, GROUP);
        break;
    case PROBE_POW:
        vec_pow_n(x, y, GROUP);
        break;
    case PROBE_SQRT:
        for (int i = 0; i < GROUP; i++)
            x[i] = vec_sqrt(x[i]);
        break;
    case PROBE_FLOOR:
        for (int i = 0; i < GROUP; i++)
            x[i] = vec_floor(x[i]);
        break;
    default:
        for (int i = 0; i < GROUP; i++)
            x[i] = x[i] / y[i];
    }
}

probe PROBE;

void PROBE(enum probed_function function, const double *x, const double *y, double *results, long n)
{
    enum { LANES = GROUP * VEC_LANES };
    for (long first = 0; first < n; first += LANES) {
        vec a[GROUP], b[GROUP];
        long count = n - first < LANES ? n - first : LANES;
        for (int lane = 0; lane < LANES; lane++) {
            long from = first + (lane < count ? lane : 0);
            a[lane / VEC_LANES][lane % VEC_LANES] = x[from];
            b[lane / VEC_LANES][lane % VEC_LANES] = y[from];
        }
        apply(function, a, b);
        memcpy(results + first, a, (size_t)count * sizeof *results);
    }
}
