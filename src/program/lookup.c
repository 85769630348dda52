// Stage: program. The same arithmetic as the vector form in run/kernel_body.c.
#include "program/lookup.h"

#include <math.h>

const struct lookup *lookup_prepare(struct arena *arena, const struct table *table)
{
    enum { ALIGNMENT = 64 };
    char *memory = arena_alloc(arena, sizeof(struct lookup) + ALIGNMENT);
    struct lookup *lookup = (struct lookup *)(memory + ALIGNMENT - (size_t)memory % ALIGNMENT);
    int n = table->n_points, last = n - 1;
    double *slope = ARENA_NEW_ARRAY(arena, double, n), *search = ARENA_NEW_ARRAY(arena, double, n);
    bool extrapolates = table->kind == TABLE_EXTRAPOLATE && n > 1;
    for (int i = 0; i < n; i++) {
        search[i] = table->x[i];
        if (i < last && table->kind != TABLE_DISCRETE)
            slope[i] = (table->y[i + 1] - table->y[i]) / (table->x[i + 1] - table->x[i]);
    }
    search[last] = n > 1 ? INFINITY : search[last]; // the last point has no segment of its own
    lookup->low = extrapolates ? -INFINITY : table->x[0];
    lookup->high = extrapolates ? INFINITY : table->x[last];
    lookup->top = extrapolates ? NAN : table->x[last];
    lookup->n_points = n;
    lookup->n_segments = n > 1 ? n - 1 : 1;
    lookup->x = table->x;
    lookup->y = table->y;
    lookup->slope = slope;
    lookup->search = search;
    for (int i = 0; i < LOOKUP_SMALL && lookup->n_segments <= LOOKUP_SMALL; i++) {
        int from = i < lookup->n_segments ? i : 0;
        lookup->small_search[i] = i < lookup->n_segments ? search[i] : INFINITY;
        lookup->small_x[i] = table->x[from];
        lookup->small_y[i] = table->y[from];
        lookup->small_slope[i] = slope[from];
    }
    return lookup;
}

double lookup_at(const struct lookup *lookup, double x)
{
    int low = 0, high = lookup->n_points;
    if (x < lookup->low)
        x = lookup->low;
    if (x > lookup->high)
        x = lookup->high;
    if (x >= lookup->top)
        return lookup->y[lookup->n_points - 1];
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (x >= lookup->search[middle])
            low = middle;
        else
            high = middle;
    }
    return lookup->y[low] + (x - lookup->x[low]) * lookup->slope[low];
}
