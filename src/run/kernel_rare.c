// Stage: run. See kernel_rare.h.
#include "run/kernel_rare.h"

#include "program/scalar.h"

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
