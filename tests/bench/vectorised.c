// Yardstick: C vectorised by hand, 64 runs side by side in one loop over the whole right-hand side;
// the compiler takes exp, log and pow from libmvec. Compile with -ffast-math -fopenmp-simd.
#include "workload.h"

#include <math.h>

enum { LANES = 64 };

#define STOCK(x) s[x][lane]
#define INPUT(x) p[x][lane]
#define RATE(x, value) rates[x][lane] = value
#define LARGER(a, b) ((a) > (b) ? (a) : (b))
#define SMALLER(a, b) ((a) < (b) ? (a) : (b))
#define EVEN(x, curve) evenly(x, &curve)
#define UNEVEN(x, curve, n) unevenly_##n(x, &curve)

typedef double row[LANES] __attribute__((aligned(64)));

static inline double evenly(double x, const struct curve *curve)
{
    x = LARGER(x, curve->x[0]);
    x = SMALLER(x, curve->x[curve->n - 1]);
    int i = (int)((x - curve->x[0]) * curve->per_unit);
    i = SMALLER(i, curve->n - 2);
    return curve->a[i] + curve->b[i] * x;
}

#define IS_FROM(k) (x >= curve->x[k])

static inline double unevenly_8(double x, const struct curve *curve)
{
    x = LARGER(x, curve->x[0]);
    x = SMALLER(x, curve->x[7]);
    int i = IS_FROM(1) + IS_FROM(2) + IS_FROM(3) + IS_FROM(4) + IS_FROM(5) + IS_FROM(6);
    return curve->a[i] + curve->b[i] * x;
}

static inline double unevenly_9(double x, const struct curve *curve)
{
    x = LARGER(x, curve->x[0]);
    x = SMALLER(x, curve->x[8]);
    int i =
        IS_FROM(1) + IS_FROM(2) + IS_FROM(3) + IS_FROM(4) + IS_FROM(5) + IS_FROM(6) + IS_FROM(7);
    return curve->a[i] + curve->b[i] * x;
}

static void evaluate(const row *restrict s, double t, const row *restrict p, row *restrict rates)
{
#pragma omp simd
    for (int lane = 0; lane < LANES; lane++) {
#include "equations.inc"
    }
}

static void advance(row *restrict s, double t, const row *restrict p)
{
    static _Thread_local row k1[N_STOCKS], k2[N_STOCKS], k3[N_STOCKS], k4[N_STOCKS], next[N_STOCKS];
    const double h = time_step;
    enum { N = N_STOCKS * LANES };
    double *restrict at = &s[0][0], *restrict to = &next[0][0];
    const double *restrict a = &k1[0][0], *restrict b = &k2[0][0], *restrict c = &k3[0][0],
                           *restrict d = &k4[0][0];
    evaluate(s, t, p, k1);
    for (int i = 0; i < N; i++)
        to[i] = at[i] + h / 2 * a[i];
    evaluate(next, t + h / 2, p, k2);
    for (int i = 0; i < N; i++)
        to[i] = at[i] + h / 2 * b[i];
    evaluate(next, t + h / 2, p, k3);
    for (int i = 0; i < N; i++)
        to[i] = at[i] + h * c[i];
    evaluate(next, t + h, p, k4);
    for (int i = 0; i < N; i++)
        at[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
}

yardstick NAME;

void NAME(const double *inputs, double *results, long stride, long first, long last)
{
    static _Thread_local row p[N_INPUTS], s[N_STOCKS];
    for (long run = first; run < last; run += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            long from = run + lane < last ? run + lane : last - 1;
            for (int i = 0; i < N_INPUTS; i++)
                p[i][lane] = inputs[i * stride + from];
            for (int i = 0; i < N_STOCKS; i++)
                s[i][lane] = start_values[i];
        }
        for (int step = 0; step < N_STEPS; step++)
            advance(s, start_time + step * time_step, p);
        for (int lane = 0; lane < LANES && run + lane < last; lane++)
            for (int i = 0; i < N_STOCKS; i++)
                results[i * stride + run + lane] = s[i][lane];
    }
}
