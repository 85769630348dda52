// What people see: messages on standard error, tables on standard output.
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/diag.h"
#include "cli/options.h"

#include <stdio.h>

struct terminal {
    bool has_color;   // of standard error
    bool is_quiet;    // errors only
    bool is_verbose;  // remarks too
    bool is_tty;      // standard error is a terminal
    bool is_silent;   // nothing at all, not even errors: another rank says it
    size_t n_printed; // messages of the diag printed so far
    size_t n_counted; // errors past the last one kept that were counted on the screen so far
};

void terminal_init(struct terminal *terminal, const struct options *options);

// Prints what `diag` has collected since the last call.
void terminal_flush(struct terminal *terminal, const struct diag *diag);

// A table of texts with aligned columns; numbers to the right.
struct text_table {
    struct arena *arena;
    int n_columns;
    struct {
        const char **items;
        size_t count, capacity;
    } cells;
};

// Starts a table; then table_add() cell by cell, row by row; table_print() ends it.
void table_init(struct text_table *table, struct arena *arena, int n_columns);
void table_add(struct text_table *table, const char *cell);
void table_print(const struct text_table *table, FILE *stream);

// `value` for people: four digits that count, thousands apart, by the customs of `language`.
const char *number_for_people(struct arena *arena, double value, enum language language);

#endif
