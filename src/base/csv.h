// Tables as comma-separated text (RFC 4180).
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/text.h"

#include <stdbool.h>

// A table of numbers with a header row.
struct csv_table {
    const char *path;
    int n_columns;
    const char **names; // [n_columns]
    long n_rows;
    double *cells; // [n_rows][n_columns]; NaN where a cell is empty
    int *lines;    // [n_rows], line of the file
};

// Reads `path`; false with errors (file, line) where it is no table of numbers. Semicolons or tabs
// instead of commas are understood.
bool csv_read(struct csv_table *table, struct arena *arena, const char *path, struct diag *diag);

// Returns the index of the column called `name` (as names are compared), or -1.
int csv_find_column(const struct csv_table *table, struct arena *arena, const char *name);

// Appends `field` to `text`, in quotes where RFC 4180 asks for them.
void csv_append_field(struct text *text, const char *field);

// Appends a comma and `value`; nothing but the comma where it is NaN.
void csv_append_number(struct text *text, double value);

#endif
