// Stage: report. Tables of texts and numbers by name, and their CSV files.
#include "report/brief/facts.h"

#include "base/array.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

struct facts *facts_create(struct arena *arena, const struct fact_spec *specs, int n)
{
    struct facts *facts = ARENA_NEW(arena, struct facts);
    facts->arena = arena;
    facts->n_tables = n;
    facts->tables = ARENA_NEW_ARRAY(arena, struct fact_table, n);
    for (int i = 0; i < n; i++) {
        struct fact_table *table = &facts->tables[i];
        table->spec = &specs[i];
        while (table->n_columns < MAX_FACT_COLUMNS && specs[i].columns[table->n_columns].name)
            table->n_columns++;
    }
    return facts;
}

struct fact_table *facts_find(const struct facts *facts, const char *name)
{
    for (int i = 0; i < facts->n_tables; i++)
        if (strcmp(facts->tables[i].spec->name, name) == 0)
            return &facts->tables[i];
    return NULL;
}

int fact_spec_find_column(const struct fact_spec *spec, const char *name)
{
    for (int i = 0; i < MAX_FACT_COLUMNS && spec->columns[i].name; i++)
        if (strcmp(spec->columns[i].name, name) == 0)
            return i;
    return -1;
}

int facts_add_row(struct facts *facts, const char *name)
{
    struct fact_table *table = facts_find(facts, name);
    assert(table);
    struct fact *cells = ARENA_NEW_ARRAY(facts->arena, struct fact, table->n_columns);
    for (int i = 0; i < table->n_columns; i++)
        cells[i] = (struct fact){NULL, NAN, ""};
    ARRAY_PUSH(facts->arena, table) = (struct fact_row){cells};
    return (int)table->count - 1;
}

static struct fact *cell_of(const struct facts *facts, const char *name, int row,
                            const char *column)
{
    const struct fact_table *table = facts_find(facts, name);
    assert(table && row >= 0 && (size_t)row < table->count);
    int index = fact_spec_find_column(table->spec, column);
    assert(index >= 0);
    return &table->items[row].cells[index];
}

void facts_set_number(struct facts *facts, const char *name, int row, const char *column,
                      double value)
{
    cell_of(facts, name, row, column)->value = isfinite(value) ? value : NAN;
}

void facts_set_text(struct facts *facts, const char *name, int row, const char *column,
                    const char *text)
{
    struct fact *cell = cell_of(facts, name, row, column);
    cell->text = text && *text ? arena_copy_string(facts->arena, text) : NULL;
}

struct fact fact_at(const struct fact_table *table, int row, int column)
{
    struct fact fact = table->items[row].cells[column];
    const char *unit = table->spec->columns[column].unit;
    int said = fact_spec_find_column(table->spec, "unit");
    if (unit && !*unit && said >= 0)
        unit = table->items[row].cells[said].text;
    fact.unit = unit ? unit : "";
    return fact;
}

struct fact facts_get(const struct facts *facts, const char *name, int row, const char *column)
{
    const struct fact_table *table = facts_find(facts, name);
    return fact_at(table, row, fact_spec_find_column(table->spec, column));
}

bool fact_is_empty(const struct fact *fact)
{
    return !fact->text && isnan(fact->value);
}

int fact_compare(const struct fact *a, const struct fact *b)
{
    bool a_is_empty = fact_is_empty(a), b_is_empty = fact_is_empty(b);
    if (a_is_empty || b_is_empty)
        return b_is_empty - a_is_empty;
    if (a->text && b->text)
        return strcmp(a->text, b->text);
    if (a->text || b->text)
        return a->text ? 1 : -1;
    return (a->value > b->value) - (a->value < b->value);
}

static bool write_table(const struct facts *facts, const struct fact_table *table,
                        const char *folder, struct diag *diag)
{
    struct text text = {0};
    for (int i = 0; i < table->n_columns; i++) {
        text_append(&text, i ? "," : "");
        csv_append_field(&text, table->spec->columns[i].name);
    }
    for (size_t row = 0; row < table->count; row++) {
        text_append(&text, "\r\n");
        for (int i = 0; i < table->n_columns; i++) {
            const struct fact *cell = &table->items[row].cells[i];
            text_append(&text, i ? "," : "");
            if (cell->text)
                csv_append_field(&text, cell->text);
            else if (!isnan(cell->value))
                text_append_number(&text, cell->value);
        }
    }
    text_append(&text, "\r\n");
    const char *name = arena_format(facts->arena, "%s.csv", table->spec->name);
    bool is_good =
        file_write(facts->arena, path_join(facts->arena, folder, name), text_string(&text), diag);
    text_clear(&text);
    return is_good;
}

bool facts_write(const struct facts *facts, const char *folder, struct diag *diag)
{
    if (!folder_create(folder, diag))
        return false;
    for (int i = 0; i < facts->n_tables; i++) {
        const struct fact_table *table = &facts->tables[i];
        if (table->count && !write_table(facts, table, folder, diag))
            return false;
        if (!table->count) // of an earlier briefing
            unlink(path_join(facts->arena, folder,
                             arena_format(facts->arena, "%s.csv", table->spec->name)));
    }
    return true;
}
