// Operations that are rare in models, one lane at a time; compiled once, so that every kernel has
// the same bits.
#ifndef RUN_KERNEL_RARE_H
#define RUN_KERNEL_RARE_H

#include "run/kernel.h"

// Replaces the `n` values in `acc` by op(acc).
void rare_unary(enum operation op, double *acc, int n);

// Replaces the `n` values in `acc` by the graphical function at them.
void rare_lookup(const struct lookup *lookup, double *acc, int n);

// Replaces the `n` means in `acc` by the random number `draw` of step `step`.
void rare_draw(const struct frame *frame, const struct draw *draw, long step, double *acc, int n);

// The number of steps that a delay of `time` takes: the nearest whole number, at least 1.
double rare_delay_steps(double time, double step);

// Replaces the `n` delay times in `acc` by what went into the delay line that long ago.
void rare_delay(const struct frame *frame, const struct delay_buffer *delay, double *acc, int n);

#endif
