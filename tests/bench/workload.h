// The reference workload (heavy.cfg, light.cfg) by hand, for the yardsticks: sizes, start, inputs
// and tables. equations.inc holds the right-hand side.
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

enum stock { W, Y, A, O, K, F, R, P, C, TM, H, D, PERCEIVED, N_STOCKS };

enum input {
    BIRTH_N,
    ALPHA,
    TFP_G,
    DEXP,
    EDU_SENS,
    CROW_N,
    HN,
    S0,
    E_DECL,
    RS_MID,
    DEF_RATE,
    LAM,
    ABATE,
    PERC_DELAY,
    N_INPUTS
};

static const double start_time = 2020, time_step = 0.0625;
enum { N_STEPS = 400 };

static const double start_values[N_STOCKS] = {0, 2, 4.8, 1, 160, 4, 80, 0.9, 413, 1.2, 1, 55, 10.5};

// A yardstick: integrates runs first .. last - 1 with inputs[N_INPUTS][stride] and leaves the last
// values of the stocks in results[N_STOCKS][stride].
typedef void yardstick(const double *inputs, double *results, long stride, long first, long last);

// Piecewise linear: y = a[i] + b[i] x in segment i. A table whose points are evenly spaced finds
// the segment by a multiplication, the others by counting.
struct curve {
    int n;
    double per_unit; // 0: not evenly spaced
    double x[12], a[12], b[12];
};

void curve_set(struct curve *curve, int n, double per_unit, const double (*points)[2]);

extern struct curve pollution_effect, cost, fertility, mortality, deforestation, absorption;
void curves_set(void);

#endif
