// Stage: run. See kernel_rare.h.
#include "run/kernel_rare.h"

#include "base/random.h"
#include "program/scalar.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

void rare_unary(enum operation op, double *acc, int n)
{
    for (int i = 0; i < n; i++)
        acc[i] = scalar_operation(op, acc[i], 0, 0);
}

void rare_lookup(const struct lookup *lookup, double *acc, int n)
{
    for (int i = 0; i < n; i++)
        acc[i] = lookup_at(lookup, acc[i]);
}

// The smallest whole number whose cumulative probability reaches u, from the normal approximation
// on: GSL has no inverse of this distribution.
static double poisson_quantile(double u, double mean)
{
    if (!(mean > 0) || mean > 1e9)
        return mean > 0 ? floor(mean + sqrt(mean) * gsl_cdf_ugaussian_Pinv(u) + 0.5) : mean * 0;
    double k = floor(fmax(mean + sqrt(mean) * gsl_cdf_ugaussian_Pinv(u), 0));
    while (k > 0 && gsl_cdf_poisson_P((unsigned)k - 1, mean) >= u)
        k--;
    while (gsl_cdf_poisson_P((unsigned)k, mean) < u)
        k++;
    return k;
}

void rare_draw(const struct frame *frame, const struct draw *draw, long step, double *acc, int n)
{
    for (int lane = 0; lane < n; lane++) {
        uint64_t run = frame->first_run + (uint64_t)lane * frame->run_stride;
        double u = draw->has_seed ? random_uniform(draw->seed, 0, draw->stream, (uint32_t)step)
                                  : random_uniform(frame->seed, run, draw->stream, (uint32_t)step);
        if (draw->kind == DRAW_POISSON)
            acc[lane] = poisson_quantile(u, acc[lane]);
        else
            acc[lane] = draw->kind == DRAW_NORMAL ? gsl_cdf_ugaussian_Pinv(u) : u;
    }
}

double rare_delay_steps(double time, double step)
{
    return fmax(floor(time / step + 0.5), 1);
}

void rare_delay(const struct frame *frame, const struct delay_buffer *delay, double *acc, int n)
{
    for (int lane = 0; lane < n; lane++) {
        double steps = rare_delay_steps(acc[lane], frame->time_step);
        long back = steps > 1e15 ? (long)1e15 : (long)steps;
        long step = frame->step - back;
        if (isnan(acc[lane]))
            continue;
        if (step < 0)
            acc[lane] = delay->initial[lane];
        else
            acc[lane] = delay->inputs[step % delay->capacity * n + lane];
    }
}
