// Names as XMILE compares them, a table from name to object, and the nearest spelling.
#ifndef BASE_NAME_H
#define BASE_NAME_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

// Returns the form of `name` (its first `length` bytes, UTF-8) by which names are compared: case
// folded, runs of blanks, underscores, non-breaking blanks and line ends turned into one '_',
// quotes and their escapes taken off (XMILE v1.0, 3.2.2.1). Same text as given when it is not
// valid UTF-8.
const char *name_key(struct arena *arena, const char *name, size_t length);

// Returns `name` as an equation has to spell it: blanks as '_', in quotes where it has signs that are
// not part of plain names (XMILE v1.0, 3.2.2.1).
const char *name_quoted(struct arena *arena, const char *name);

// The table does not copy keys: they must live as long as it does.
struct name_table {
    struct arena *arena;
    struct name_slot *slots; // [capacity], power of two
    size_t capacity;
    size_t count;
};

void name_table_init(struct name_table *table, struct arena *arena);

// Remembers `object` under `key`; returns what was there before and keeps that, else NULL.
void *name_table_add(struct name_table *table, const char *key, void *object);

// Returns the object under `key`, or NULL.
void *name_table_find(const struct name_table *table, const char *key);

// The candidate nearest to a wanted name so far; fill it with nearest_consider().
struct nearest {
    const char *wanted; // key of the name that was not found
    const char *best;   // NULL while nothing is near enough
    size_t distance;    // edits between `wanted` and `best`
};

// Starts a search; `wanted` is a key.
struct nearest nearest_start(const char *wanted);

// Takes `shown` as the best candidate if its key is nearer than all before and near enough to be
// what a hasty typist meant.
void nearest_consider(struct nearest *nearest, const char *key, const char *shown);

#endif
