// Quantiles of a stream of numbers in little memory, exact while it fits.
#ifndef RESULT_QUANTILE_H
#define RESULT_QUANTILE_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Many streams of equal length, side by side: one for each variable and time of a band.
struct quantile_set {
    size_t n_streams;
    size_t width;     // numbers in a buffer
    int n_levels;     // buffers of a stream
    double *buffers;  // [n_streams][n_levels][width]; level 0 is being filled, the others sorted
    uint8_t *is_full; // [n_levels] whether the level holds a buffer; the same for all streams
    uint8_t *parity;  // [n_levels] which half the next collapse keeps
    size_t n_filled;  // of level 0
    uint64_t n_taken; // numbers taken by each stream
    uint64_t error;   // bound on the error of a rank, in numbers
    double *scratch;  // [2 * width]
};

// Returns empty streams that will take at most `n_max` numbers each, within `max_bytes` in all.
struct quantile_set *quantile_set_create(struct arena *arena, size_t n_streams, uint64_t n_max,
                                         size_t max_bytes);

// Takes one number for each stream: values[stream * stride].
void quantile_set_take(struct quantile_set *set, const double *values, size_t stride);

// The value below which a share `quantile` of the finite numbers of `stream` lies, by linear
// interpolation between neighbours (type 7 of Hyndman & Fan 1996); NaN where there are none.
// `buffer` must have room for quantile_set_room() entries; fill it once for each stream.
struct weighted {
    double value;
    uint64_t weight;
};
size_t quantile_set_room(const struct quantile_set *set);
size_t quantile_set_collect(const struct quantile_set *set, size_t stream, struct weighted *buffer);
double quantile_of(const struct weighted *buffer, size_t n, double quantile);

// How far a quantile may be off, as a share of all numbers: 0 means exact.
double quantile_set_error(const struct quantile_set *set);

// Writes and reads the whole state, for sweeps that are interrupted. False where that fails.
int quantile_set_write(const struct quantile_set *set, FILE *stream);
int quantile_set_read(struct quantile_set *set, FILE *stream);

#endif
