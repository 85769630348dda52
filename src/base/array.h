// Growing lists inside an arena. A list is any struct with the members
//     TYPE *items; size_t count; size_t capacity;
// and starts as zero bytes. Growing leaves the old items behind in the arena.
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include "base/arena.h"

#include <stddef.h>

// Returns `items` or a larger copy that has room for `count + 1` objects of `size` bytes.
void *array_reserve(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);

// Appends one object at the end of the list and is an lvalue for it.
#define ARRAY_PUSH(arena, list)                                                                    \
    (*((list)->items = array_reserve((arena), (list)->items, (list)->count, &(list)->capacity,     \
                                     sizeof *(list)->items),                                       \
       (list)->items + (list)->count++))

#define ARRAY_COUNT(fixed) (sizeof(fixed) / sizeof *(fixed))

#endif
