// Stage: result. The deterministic multilevel summary of Manku, Rajagopalan & Lindsay (1998): full
// buffers of equal weight are merged and every second number of the merger is kept, with twice the
// weight. Each such collapse moves a rank by at most the weight of its buffers, so the error is
// known. All streams are filled in step, so they share the bookkeeping.
#include "result/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_WIDTH = 64, MAX_LEVELS = 48 };

static int levels_for(uint64_t n_max, size_t width)
{
    int n_levels = 2;
    while (n_levels < MAX_LEVELS && (uint64_t)width << (n_levels - 1) < n_max)
        n_levels++;
    return n_levels;
}

struct quantile_set *quantile_set_create(struct arena *arena, size_t n_streams, uint64_t n_max,
                                         size_t max_bytes)
{
    struct quantile_set *set = ARENA_NEW(arena, struct quantile_set);
    size_t width = MIN_WIDTH;
    size_t streams = n_streams ? n_streams : 1;
    // Exact where one buffer can hold everything; else as wide as the memory allows.
    while (width < n_max &&
           2 * width * streams * (size_t)levels_for(n_max, 2 * width) * sizeof(double) <= max_bytes)
        width *= 2;
    if (width >= n_max)
        width = n_max ? (size_t)n_max : 1;
    set->n_streams = n_streams;
    set->width = width;
    set->n_levels = width >= n_max ? 1 : levels_for(n_max, width);
    set->buffers = ARENA_NEW_ARRAY(arena, double, n_streams *(size_t)set->n_levels * set->width);
    set->is_full = ARENA_NEW_ARRAY(arena, uint8_t, set->n_levels);
    set->parity = ARENA_NEW_ARRAY(arena, uint8_t, set->n_levels);
    set->scratch = ARENA_NEW_ARRAY(arena, double, 2 * set->width);
    return set;
}

static double *buffer_at(const struct quantile_set *set, size_t stream, int level)
{
    return set->buffers + (stream * (size_t)set->n_levels + (size_t)level) * set->width;
}

static int compare(const void *a, const void *b) // NaN last
{
    double x = *(const double *)a, y = *(const double *)b;
    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y);
    return (x > y) - (x < y);
}

// Merges sorted buffers of a level into every second number of their union, into `target`.
static void collapse(struct quantile_set *set, const double *a, const double *b, double *target,
                     unsigned parity)
{
    size_t i = 0, j = 0, n = set->width;
    for (size_t k = 0; k < 2 * n; k++)
        set->scratch[k] = j == n || (i < n && compare(&a[i], &b[j]) <= 0) ? a[i++] : b[j++];
    for (size_t k = 0; k < n; k++)
        target[k] = set->scratch[2 * k + parity];
}

// Carries the full level 0 up, as in binary addition.
static void carry(struct quantile_set *set)
{
    int top = 1; // first level that is free
    while (top < set->n_levels && set->is_full[top])
        top++;
    if (top == set->n_levels)
        abort(); // n_max was exceeded
    for (size_t stream = 0; stream < set->n_streams; stream++) {
        double *rising = buffer_at(set, stream, 0);
        qsort(rising, set->width, sizeof *rising, compare);
        for (int level = 1; level < top; level++)
            collapse(set, rising, buffer_at(set, stream, level), rising, set->parity[level]);
        memcpy(buffer_at(set, stream, top), rising, set->width * sizeof *rising);
    }
    for (int level = 1; level < top; level++) {
        set->error += (uint64_t)1 << (level - 1);
        set->parity[level] ^= 1;
        set->is_full[level] = 0;
    }
    set->is_full[top] = 1;
    set->n_filled = 0;
}

void quantile_set_take(struct quantile_set *set, const double *values, size_t stride)
{
    if (set->n_filled == set->width)
        carry(set);
    for (size_t stream = 0; stream < set->n_streams; stream++)
        buffer_at(set, stream, 0)[set->n_filled] = values[stream * stride];
    set->n_filled++;
    set->n_taken++;
}

size_t quantile_set_room(const struct quantile_set *set)
{
    return (size_t)set->n_levels * set->width;
}

static int compare_weighted(const void *a, const void *b)
{
    double x = ((const struct weighted *)a)->value, y = ((const struct weighted *)b)->value;
    return (x > y) - (x < y);
}

size_t quantile_set_collect(const struct quantile_set *set, size_t stream, struct weighted *buffer)
{
    size_t n = 0;
    for (int level = 0; level < set->n_levels; level++) {
        const double *values = buffer_at(set, stream, level);
        size_t count = level == 0 ? set->n_filled : set->is_full[level] ? set->width : 0;
        for (size_t i = 0; i < count; i++)
            if (!isnan(values[i]))
                buffer[n++] = (struct weighted){values[i], (uint64_t)1 << (level ? level - 1 : 0)};
    }
    qsort(buffer, n, sizeof *buffer, compare_weighted);
    return n;
}

// The number at rank `rank` (from 0) of the weighted list.
static double at_rank(const struct weighted *buffer, size_t n, uint64_t rank)
{
    uint64_t below = 0;
    for (size_t i = 0; i < n; i++) {
        below += buffer[i].weight;
        if (rank < below)
            return buffer[i].value;
    }
    return buffer[n - 1].value;
}

double quantile_of(const struct weighted *buffer, size_t n, double quantile)
{
    uint64_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += buffer[i].weight;
    if (!total)
        return NAN;
    double place = quantile * (double)(total - 1);
    uint64_t rank = (uint64_t)place;
    double low = at_rank(buffer, n, rank);
    double high = rank + 1 < total ? at_rank(buffer, n, rank + 1) : low;
    return low + (place - (double)rank) * (high - low);
}

double quantile_set_error(const struct quantile_set *set)
{
    return set->n_taken ? (double)set->error / (double)set->n_taken : 0;
}

int quantile_set_write(const struct quantile_set *set, FILE *stream)
{
    size_t n_levels = (size_t)set->n_levels;
    size_t n = set->n_streams * n_levels * set->width;
    const uint64_t header[] = {set->n_streams, set->width,   n_levels,
                               set->n_filled,  set->n_taken, set->error};
    return fwrite(header, sizeof header, 1, stream) == 1 &&
           fwrite(set->is_full, 1, n_levels, stream) == n_levels &&
           fwrite(set->parity, 1, n_levels, stream) == n_levels &&
           fwrite(set->buffers, sizeof(double), n, stream) == n;
}

int quantile_set_read(struct quantile_set *set, FILE *stream)
{
    uint64_t header[6];
    size_t n_levels = (size_t)set->n_levels;
    size_t n = set->n_streams * n_levels * set->width;
    if (fread(header, sizeof header, 1, stream) != 1 || header[0] != set->n_streams ||
        header[1] != set->width || header[2] != n_levels ||
        fread(set->is_full, 1, n_levels, stream) != n_levels ||
        fread(set->parity, 1, n_levels, stream) != n_levels ||
        fread(set->buffers, sizeof(double), n, stream) != n)
        return 0;
    set->n_filled = (size_t)header[3];
    set->n_taken = header[4];
    set->error = header[5];
    return 1;
}
