// Placeholder: elementwise libm until the vector kernels land.
#ifndef BASE_VECTOR_MATH_H
#define BASE_VECTOR_MATH_H
#include <math.h>
#if defined(__AVX512F__)
#define VEC_BYTES 64
#elif defined(__AVX2__) && defined(__FMA__)
#define VEC_BYTES 32
#else
#define VEC_BYTES 16
#endif
enum { VEC_LANES = VEC_BYTES / 8 };
typedef double vec __attribute__((vector_size(VEC_BYTES)));
typedef long long veci __attribute__((vector_size(VEC_BYTES)));
#define VEC_EACH(name, call)                                                                       \
    static inline vec name(vec x)                                                                  \
    {                                                                                              \
        for (int i = 0; i < VEC_LANES; i++)                                                        \
            x[i] = call(x[i]);                                                                     \
        return x;                                                                                  \
    }
VEC_EACH(vec_exp, exp)
VEC_EACH(vec_log, log)
VEC_EACH(vec_log10, log10)
VEC_EACH(vec_sqrt, sqrt)
VEC_EACH(vec_floor, floor)
static inline vec vec_pow(vec x, vec y)
{
    for (int i = 0; i < VEC_LANES; i++)
        x[i] = pow(x[i], y[i]);
    return x;
}
static inline vec vec_select(veci mask, vec a, vec b)
{
    return (vec)((mask & (veci)a) | (~mask & (veci)b));
}
#endif
