// Stage: run. See kernel_rare.h.
#include "run/kernel_rare.h"

#include "program/scalar.h"

#include <math.h>

void rare_unary(enum operation op, double *acc, int n)
{
    for (int i = 0; i < n; i++)
        acc[i] = scalar_operation(op, acc[i], 0, 0);
}

static int find_segment(const struct lookup *lookup, double x)
{
    int low = 0, high = lookup->n_points;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (x >= lookup->x[middle])
            low = middle;
        else
            high = middle;
    }
    return low;
}

// The same arithmetic as scalar_lookup().
static double look_up(const struct lookup *lookup, double x)
{
    int i = find_segment(lookup, x), last = lookup->n_points - 1;
    if (isnan(x))
        return x;
    if (lookup->kind == TABLE_DISCRETE || last == 0)
        return lookup->y[i];
    if (lookup->kind == TABLE_CONTINUOUS && (x <= lookup->x[0] || i == last))
        return lookup->y[x <= lookup->x[0] ? 0 : last];
    if (i == last)
        i--;
    return lookup->y[i] + (x - lookup->x[i]) * lookup->slope[i];
}

void rare_lookup(const struct lookup *lookup, double *acc, int n)
{
    for (int i = 0; i < n; i++)
        acc[i] = look_up(lookup, acc[i]);
}

void rare_delay(const struct frame *frame, const struct delay_buffer *delay, double *acc, int n)
{
    for (int lane = 0; lane < n; lane++) {
        double steps = nearbyint(acc[lane] / frame->time_step);
        long back = steps < 1 ? 1 : steps > 1e15 ? (long)1e15 : (long)steps;
        long step = frame->step - back;
        if (isnan(steps))
            acc[lane] = steps;
        else if (step < 0)
            acc[lane] = delay->initial[lane];
        else
            acc[lane] = delay->inputs[step % delay->capacity * n + lane];
    }
}
