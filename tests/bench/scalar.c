// Yardstick: scalar C as one writes it by hand, one run after another, with RK4 or (EULER) Euler.
#include "workload.h"

#include <math.h>

#define STOCK(x) s[x]
#define INPUT(x) p[x]
#define RATE(x, value) rates[x] = value
#define LARGER(a, b) ((a) > (b) ? (a) : (b))
#define SMALLER(a, b) ((a) < (b) ? (a) : (b))
#define EVEN(x, curve) evenly(x, &curve)
#define UNEVEN(x, curve, n) unevenly(x, &curve)

static inline double evenly(double x, const struct curve *curve)
{
    x = LARGER(x, curve->x[0]);
    x = SMALLER(x, curve->x[curve->n - 1]);
    int i = (int)((x - curve->x[0]) * curve->per_unit);
    i = SMALLER(i, curve->n - 2);
    return curve->a[i] + curve->b[i] * x;
}

static inline double unevenly(double x, const struct curve *curve)
{
    int i = 0;
    x = LARGER(x, curve->x[0]);
    x = SMALLER(x, curve->x[curve->n - 1]);
    while (i < curve->n - 2 && x >= curve->x[i + 1])
        i++;
    return curve->a[i] + curve->b[i] * x;
}

static inline void evaluate(const double *restrict s, double t, const double *restrict p,
                            double *restrict rates)
{
#include "equations.inc"
}

#ifdef EULER
static void advance(double *s, double t, const double *p)
{
    double rates[N_STOCKS];
    evaluate(s, t, p, rates);
    for (int i = 0; i < N_STOCKS; i++)
        s[i] += time_step * rates[i];
}
#else
static void advance(double *s, double t, const double *p)
{
    const double h = time_step;
    double k1[N_STOCKS], k2[N_STOCKS], k3[N_STOCKS], k4[N_STOCKS], next[N_STOCKS];
    evaluate(s, t, p, k1);
    for (int i = 0; i < N_STOCKS; i++)
        next[i] = s[i] + h / 2 * k1[i];
    evaluate(next, t + h / 2, p, k2);
    for (int i = 0; i < N_STOCKS; i++)
        next[i] = s[i] + h / 2 * k2[i];
    evaluate(next, t + h / 2, p, k3);
    for (int i = 0; i < N_STOCKS; i++)
        next[i] = s[i] + h * k3[i];
    evaluate(next, t + h, p, k4);
    for (int i = 0; i < N_STOCKS; i++)
        s[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
}
#endif

yardstick NAME;

void NAME(const double *inputs, double *results, long stride, long first, long last)
{
    for (long run = first; run < last; run++) {
        double p[N_INPUTS], s[N_STOCKS];
        for (int i = 0; i < N_INPUTS; i++)
            p[i] = inputs[i * stride + run];
        for (int i = 0; i < N_STOCKS; i++)
            s[i] = start_values[i];
        for (int step = 0; step < N_STEPS; step++)
            advance(s, start_time + step * time_step, p);
        for (int i = 0; i < N_STOCKS; i++)
            results[i * stride + run] = s[i];
    }
}
