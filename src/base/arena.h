// Memory that is given out piece by piece and freed all at once.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

// Returns an empty arena; free it with arena_free().
struct arena *arena_create(void);

// Frees the arena and everything it gave out; NULL is fine.
void arena_free(struct arena *arena);

// Returns `size` zeroed bytes, aligned for any type; never NULL.
void *arena_alloc(struct arena *arena, size_t size);

// Returns `count` zeroed objects of `size` bytes; aborts where the product overflows.
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);

// Returns a copy of the first `length` bytes of `text`, with a terminating zero.
char *arena_copy_text(struct arena *arena, const char *text, size_t length);

// Returns a copy of the string `text`; NULL gives NULL.
char *arena_copy_string(struct arena *arena, const char *text);

// Returns a string formatted as by printf.
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_format_list(struct arena *arena, const char *format, va_list arguments);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_NEW_ARRAY(arena, type, count)                                                        \
    ((type *)arena_alloc_array((arena), (size_t)(count), sizeof(type)))

#endif
