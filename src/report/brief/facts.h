// The tables that a briefing rests on. What a table holds is stated once, in its descriptor: the
// descriptor makes the CSV file's header, the help text, and the names that templates may use.
#ifndef REPORT_BRIEF_FACTS_H
#define REPORT_BRIEF_FACTS_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>

struct fact_column {
    const char *name;
    const char *unit; // of its numbers: "1", "euro", "year"; "" as the column `unit` of the row
                      // says; NULL: it holds texts
    const char *summary;
};

enum { MAX_FACT_COLUMNS = 32 };

struct fact_spec {
    const char *name;
    bool is_single; // one row: templates write table.column
    const char *summary;
    struct fact_column columns[MAX_FACT_COLUMNS]; // up to the first without a name
};

// One cell. Empty: `text` is NULL and `value` NaN.
struct fact {
    const char *text;
    double value;
    const char *unit; // of the number
};

struct fact_row {
    struct fact *cells; // [n_columns of its table]
};

struct fact_table {
    const struct fact_spec *spec;
    int n_columns;
    struct fact_row *items; // [count]
    size_t count, capacity;
};

struct facts {
    struct arena *arena;
    struct fact_table *tables; // [n_tables]
    int n_tables;
};

// Returns empty tables, one for each of `specs` [n].
struct facts *facts_create(struct arena *arena, const struct fact_spec *specs, int n);

// Returns the table `name`, or NULL.
struct fact_table *facts_find(const struct facts *facts, const char *name);

// Returns the index of the column `name`, or -1.
int fact_spec_find_column(const struct fact_spec *spec, const char *name);

// Appends an empty row to the table `name`, which exists; returns its number, from 0.
int facts_add_row(struct facts *facts, const char *name);

// Set a cell of row `row` of the table `name`; table and column exist. A number that is not finite,
// a NULL or an empty text leave the cell empty.
void facts_set_number(struct facts *facts, const char *name, int row, const char *column,
                      double value);
void facts_set_text(struct facts *facts, const char *name, int row, const char *column,
                    const char *text);

// Returns a cell by indices, by names.
struct fact fact_at(const struct fact_table *table, int row, int column);
struct fact facts_get(const struct facts *facts, const char *name, int row, const char *column);

bool fact_is_empty(const struct fact *fact);

// Orders cells: numbers by value, texts by bytes, empty ones first.
int fact_compare(const struct fact *a, const struct fact *b);

// Writes every table that has rows as `folder`/NAME.csv (RFC 4180, numbers that round-trip) and
// removes what an earlier call left of those that have none.
bool facts_write(const struct facts *facts, const char *folder, struct diag *diag);

#endif
