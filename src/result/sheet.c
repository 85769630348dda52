// Stage: result. Cells by the name of their column -> CSV. Rows are mostly filled in the order of
// the columns, so the search for a column starts where the last one ended.
#include "result/sheet.h"

#include "base/array.h"
#include "base/csv.h"
#include "base/file.h"

#include <math.h>
#include <string.h>

void sheet_init(struct sheet *sheet, struct arena *arena)
{
    *sheet = (struct sheet){.arena = arena};
}

void sheet_begin_row(struct sheet *sheet)
{
    ARRAY_PUSH(sheet->arena, &sheet->rows) = (struct sheet_row){0};
    sheet->at = 0;
}

// The index of a column, from `start` on around; the number of columns where there is none.
static size_t find_column(const struct sheet *sheet, const char *column, size_t start)
{
    size_t n = sheet->columns.count;
    for (size_t i = 0; i < n; i++) {
        size_t at = (start + i) % n;
        if (sheet->columns.items[at] == column || strcmp(sheet->columns.items[at], column) == 0)
            return at;
    }
    return n;
}

void sheet_add_column(struct sheet *sheet, const char *column)
{
    if (find_column(sheet, column, 0) == sheet->columns.count)
        ARRAY_PUSH(sheet->arena, &sheet->columns) = column;
}

static void set_cell(struct sheet *sheet, const char *column, struct sheet_cell cell)
{
    size_t at = find_column(sheet, column, sheet->at);
    if (at == sheet->columns.count)
        ARRAY_PUSH(sheet->arena, &sheet->columns) = column;
    struct sheet_row *row = &sheet->rows.items[sheet->rows.count - 1];
    if (at >= row->n_cells) {
        struct sheet_cell *cells =
            ARENA_NEW_ARRAY(sheet->arena, struct sheet_cell, sheet->columns.count);
        for (size_t i = 0; i < sheet->columns.count; i++)
            cells[i] = i < row->n_cells ? row->cells[i] : (struct sheet_cell){NULL, NAN};
        row->cells = cells;
        row->n_cells = sheet->columns.count;
    }
    row->cells[at] = cell;
    sheet->at = at + 1;
}

void sheet_set_text(struct sheet *sheet, const char *column, const char *text)
{
    set_cell(sheet, column, (struct sheet_cell){text, NAN});
}

void sheet_set_number(struct sheet *sheet, const char *column, double number)
{
    set_cell(sheet, column, (struct sheet_cell){NULL, number});
}

struct sheet_cell sheet_cell(const struct sheet *sheet, size_t row, const char *column)
{
    size_t at = find_column(sheet, column, 0);
    if (row >= sheet->rows.count || at >= sheet->rows.items[row].n_cells)
        return (struct sheet_cell){NULL, NAN};
    return sheet->rows.items[row].cells[at];
}

static void append_cell(struct text *line, const struct sheet_row *row, size_t at)
{
    if (at >= row->n_cells)
        return;
    const struct sheet_cell *cell = &row->cells[at];
    if (cell->text)
        csv_append_field(line, cell->text);
    else if (!isnan(cell->number))
        text_append_number(line, cell->number);
}

bool sheet_write_csv(const struct sheet *sheet, const char *path, struct diag *diag)
{
    struct output_file file;
    if (!output_open(&file, sheet->arena, path, diag))
        return false;
    struct text line = {0};
    for (size_t i = 0; i < sheet->columns.count; i++) {
        text_append(&line, i ? "," : "");
        csv_append_field(&line, sheet->columns.items[i]);
    }
    for (size_t k = 0; k < sheet->rows.count; k++) {
        text_append(&line, "\r\n");
        fwrite(line.bytes, 1, line.length, file.stream);
        line.length = 0;
        for (size_t i = 0; i < sheet->columns.count; i++) {
            text_append(&line, i ? "," : "");
            append_cell(&line, &sheet->rows.items[k], i);
        }
    }
    text_append(&line, "\r\n");
    fwrite(line.bytes, 1, line.length, file.stream);
    text_clear(&line);
    return output_commit(&file, diag);
}
