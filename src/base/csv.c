// Stage: reading data, writing results. One pass over the text, cell by cell.
#include "base/csv.h"

#include "base/array.h"
#include "base/file.h"
#include "base/name.h"

#include <math.h>
#include <string.h>

enum { MAX_CSV_BYTES = 512 * 1024 * 1024 };

struct csv_scanner {
    const char *at;
    char separator;
    int line;
};

// Reads one cell into `cell`; returns the sign that ended it: the separator, '\n' or '\0'.
static char scan_cell(struct csv_scanner *scanner, struct text *cell)
{
    cell->length = 0;
    text_append(cell, "");
    bool is_quoted = *scanner->at == '"';
    if (is_quoted)
        scanner->at++;
    for (;; scanner->at++) {
        char c = *scanner->at;
        if (!c)
            return c;
        if (is_quoted && c == '"') {
            if (scanner->at[1] != '"') {
                is_quoted = false;
                continue;
            }
            scanner->at++;
        } else if (!is_quoted && (c == scanner->separator || c == '\n')) {
            scanner->at++;
            scanner->line += c == '\n';
            return c;
        } else if (c == '\r' && scanner->at[1] == '\n') {
            continue;
        }
        scanner->line += c == '\n';
        text_append_bytes(cell, &c, 1);
    }
}

static char find_separator(const char *text)
{
    size_t length = strcspn(text, "\n");
    const char candidates[] = {',', ';', '\t'};
    for (size_t i = 0; i < sizeof candidates; i++)
        if (memchr(text, candidates[i], length))
            return candidates[i];
    return ',';
}

struct name_list {
    const char **items;
    size_t count, capacity;
};

static void read_header(struct csv_table *table, struct arena *arena, struct csv_scanner *scanner,
                        struct text *cell)
{
    struct name_list names = {0};
    for (char end = scanner->separator; end == scanner->separator;) {
        end = scan_cell(scanner, cell);
        ARRAY_PUSH(arena, &names) = arena_copy_string(arena, text_string(cell));
    }
    table->names = names.items;
    table->n_columns = (int)names.count;
}

struct number_list {
    double *items;
    size_t count, capacity;
};

struct line_list {
    int *items;
    size_t count, capacity;
};

static bool read_cell(const struct csv_table *table, const char *cell, int line, int column,
                      double *number, struct diag *diag)
{
    *number = NAN;
    if (!*cell || strcmp(cell, "?") == 0 || number_parse(cell, number))
        return true;
    struct position position = {.file = table->path, .line = line};
    if (column >= table->n_columns)
        diag_error(diag, position, "more cells than the %d of the header", table->n_columns);
    else
        diag_error(diag, position, "'%s' in column '%s' is not a number", cell,
                   table->names[column]);
    if (strchr(cell, ',') && strspn(cell, "+-0123456789,") == strlen(cell))
        diag_hint(diag, "write a decimal point, not a comma");
    return false;
}

static bool read_rows(struct csv_table *table, struct arena *arena, struct csv_scanner *scanner,
                      struct text *cell, struct diag *diag)
{
    struct number_list cells = {0};
    struct line_list lines = {0};
    while (*scanner->at) {
        int line = scanner->line, column = 0;
        double number;
        if (scanner->at[strspn(scanner->at, "\r")] == '\n' || *scanner->at == '#') {
            // a blank line or a remark
            scanner->at += strcspn(scanner->at, "\n");
            scanner->at += *scanner->at == '\n';
            scanner->line++;
            continue;
        }
        for (char end = scanner->separator; end == scanner->separator; column++) {
            end = scan_cell(scanner, cell);
            if (!read_cell(table, text_string(cell), line, column, &number, diag))
                return false;
            if (column < table->n_columns)
                ARRAY_PUSH(arena, &cells) = number;
        }
        if (column != table->n_columns) {
            diag_error(diag, (struct position){.file = table->path, .line = line},
                       "%d cell%s where the header has %d", column, column == 1 ? "" : "s",
                       table->n_columns);
            return false;
        }
        ARRAY_PUSH(arena, &lines) = line;
    }
    table->cells = cells.items;
    table->lines = lines.items;
    table->n_rows = (long)lines.count;
    return true;
}

bool csv_read(struct csv_table *table, struct arena *arena, const char *path, struct diag *diag)
{
    *table = (struct csv_table){.path = path};
    size_t length;
    const char *contents = file_read(arena, path, MAX_CSV_BYTES, &length, diag);
    if (!contents)
        return false;
    if (strlen(contents) != length) {
        diag_fail(diag, FAULT_FILE, "'%s' is not a text file", path);
        return false;
    }
    if (strncmp(contents, "\xEF\xBB\xBF", 3) == 0)
        contents += 3; // byte order mark
    int line = 1;
    for (; *contents == '#'; line++) { // remarks before the header
        contents += strcspn(contents, "\n");
        contents += *contents == '\n';
    }
    struct csv_scanner scanner = {contents, find_separator(contents), line};
    struct text cell = {0};
    read_header(table, arena, &scanner, &cell);
    bool is_good = read_rows(table, arena, &scanner, &cell, diag);
    text_clear(&cell);
    if (is_good && table->n_rows == 0) {
        diag_error(diag, (struct position){.file = path}, "no rows below the header");
        return false;
    }
    return is_good;
}

int csv_find_column(const struct csv_table *table, struct arena *arena, const char *name)
{
    const char *key = name_key(arena, name, strlen(name));
    for (int i = 0; i < table->n_columns; i++)
        if (strcmp(name_key(arena, table->names[i], strlen(table->names[i])), key) == 0)
            return i;
    return -1;
}

void csv_append_field(struct text *text, const char *field)
{
    if (!strpbrk(field, ",\"\r\n")) {
        text_append(text, field);
        return;
    }
    text_append(text, "\"");
    for (; *field; field++) {
        if (*field == '"')
            text_append(text, "\"");
        text_append_bytes(text, field, 1);
    }
    text_append(text, "\"");
}

void csv_append_number(struct text *text, double value)
{
    text_append(text, ",");
    if (!isnan(value))
        text_append_number(text, value);
}
