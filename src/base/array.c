// Stage: every stage. Doubles a list's room when it is full.
#include "base/array.h"

#include <string.h>

void *array_reserve(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    size_t larger = *capacity ? *capacity * 2 : 8;
    void *copy = arena_alloc_array(arena, larger, size);
    if (count)
        memcpy(copy, items, count * size);
    *capacity = larger;
    return copy;
}
