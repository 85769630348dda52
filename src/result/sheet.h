// A table in the making whose columns come up as its rows are filled: rows need not have the same
// cells, and what a row does not set stays empty.
#ifndef RESULT_SHEET_H
#define RESULT_SHEET_H

#include "base/arena.h"
#include "base/diag.h"

struct sheet_cell {
    const char *text; // NULL: the number
    double number;    // NaN: empty
};

struct sheet_row {
    struct sheet_cell *cells; // [n_cells], the first of the columns; the rest is empty
    size_t n_cells;
};

struct sheet {
    struct arena *arena;
    struct {
        const char **items;
        size_t count, capacity;
    } columns;
    struct {
        struct sheet_row *items;
        size_t count, capacity;
    } rows;
    size_t at; // column after the one that was set last
};

void sheet_init(struct sheet *sheet, struct arena *arena);

// Starts the next row.
void sheet_begin_row(struct sheet *sheet);

// Sets a cell of the present row; neither the name of the column nor the text is copied.
void sheet_set_text(struct sheet *sheet, const char *column, const char *text);
void sheet_set_number(struct sheet *sheet, const char *column, double number);

// Makes sure that there is a column of that name, behind those that there are.
void sheet_add_column(struct sheet *sheet, const char *column);

// The cell of a row; empty where there is none.
struct sheet_cell sheet_cell(const struct sheet *sheet, size_t row, const char *column);

// Writes the table as `path`; false with an error.
bool sheet_write_csv(const struct sheet *sheet, const char *path, struct diag *diag);

#endif
