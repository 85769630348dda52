// Stage: result. CSV files by RFC 4180, numbers in a form that reads back unchanged.
#include "result/write.h"

#include "base/array.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/text.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static void append_value(struct text *text, double value)
{
    if (!isnan(value))
        text_append_number(text, value);
}

// Appends the rows from `first` up to `last`, each with its line end.
static void append_rows(struct text *text, const struct series *series, long first, long last)
{
    for (long save = first; save < last; save++) {
        text_append_number(text, series->times[save]);
        for (int i = 0; i < series->n_variables; i++) {
            text_append_bytes(text, ",", 1);
            text_append_number(text, series_at(series, i, save));
        }
        text_append_bytes(text, "\r\n", 2);
    }
}

// Writes all rows: threads make the text of a stretch each, which are written in order.
static void write_rows(FILE *stream, const struct series *series, int n_threads)
{
    enum { CELLS = 1 << 14 }; // a stretch has about so many
    long rows = CELLS / (series->n_variables + 1) + 1;
    struct text *stretches = calloc((size_t)n_threads, sizeof *stretches);
    for (long first = 0; first < series->n_saves; first += rows * n_threads) {
#pragma omp parallel for num_threads(n_threads) schedule(static, 1) if (n_threads > 1)
        for (int t = 0; t < n_threads; t++) {
            long from = first + t * rows, to = from + rows;
            stretches[t].length = 0;
            append_rows(&stretches[t], series, from, to < series->n_saves ? to : series->n_saves);
        }
        for (int t = 0; t < n_threads; t++)
            fwrite(text_string(&stretches[t]), 1, stretches[t].length, stream);
    }
    for (int t = 0; t < n_threads; t++)
        text_clear(&stretches[t]);
    free(stretches);
}

bool series_write_csv(const struct series *series, const char *path, int n_threads,
                      struct diag *diag)
{
    struct output_file file;
    if (!output_open(&file, series->arena, path, diag))
        return false;
    struct text line = {0};
    text_append(&line, "time");
    for (int i = 0; i < series->n_variables; i++) {
        text_append(&line, ",");
        csv_append_field(&line, series->names[i]);
    }
    text_append(&line, "\r\n");
    fwrite(line.bytes, 1, line.length, file.stream);
    text_clear(&line);
    write_rows(file.stream, series, n_threads ? n_threads : omp_get_num_procs());
    return output_commit(&file, diag);
}

const char *summary_label(struct arena *arena, const struct summary_row *row)
{
    if (!*row->scenario)
        return row->model;
    return arena_format(arena, "%s.%s", row->scenario, row->model);
}

bool summary_write_csv(const struct summary *summary, struct arena *arena, const char *path,
                       struct diag *diag)
{
    struct text text = {0};
    text_append(&text, "scenario,model,metric,value,unit\r\n");
    for (size_t i = 0; i < summary->count; i++) {
        const struct summary_row *row = &summary->items[i];
        const char *const fields[] = {row->scenario, row->model, row->metric};
        for (size_t k = 0; k < ARRAY_COUNT(fields); k++) {
            csv_append_field(&text, fields[k]);
            text_append(&text, ",");
        }
        append_value(&text, row->value);
        text_append(&text, ",");
        csv_append_field(&text, row->unit);
        text_append(&text, "\r\n");
    }
    bool is_good = file_write(arena, path, text_string(&text), diag);
    text_clear(&text);
    return is_good;
}

struct string_list {
    const char **items;
    size_t count, capacity;
};

static void add_once(struct arena *arena, struct string_list *list, const char *string)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], string) == 0)
            return;
    ARRAY_PUSH(arena, list) = string;
}

// The row of `metric` in run `label`, or in any run where `label` is NULL.
static const struct summary_row *find_row(const struct summary *summary, struct arena *arena,
                                          const char *metric, const char *label)
{
    for (size_t i = 0; i < summary->count; i++)
        if (strcmp(summary->items[i].metric, metric) == 0 &&
            (!label || strcmp(summary_label(arena, &summary->items[i]), label) == 0))
            return &summary->items[i];
    return NULL;
}

bool summary_write_comparison(const struct summary *summary, struct arena *arena, const char *path,
                              struct diag *diag)
{
    struct string_list metrics = {0}, labels = {0};
    for (size_t i = 0; i < summary->count; i++) {
        add_once(arena, &metrics, summary->items[i].metric);
        add_once(arena, &labels, summary_label(arena, &summary->items[i]));
    }
    struct text text = {0};
    text_append(&text, "metric,unit");
    for (size_t k = 0; k < labels.count; k++) {
        text_append(&text, ",");
        csv_append_field(&text, labels.items[k]);
    }
    text_append(&text, "\r\n");
    for (size_t i = 0; i < metrics.count; i++) {
        csv_append_field(&text, metrics.items[i]);
        text_append(&text, ",");
        csv_append_field(&text, find_row(summary, arena, metrics.items[i], NULL)->unit);
        for (size_t k = 0; k < labels.count; k++) {
            const struct summary_row *row =
                find_row(summary, arena, metrics.items[i], labels.items[k]);
            text_append(&text, ",");
            if (row)
                append_value(&text, row->value);
        }
        text_append(&text, "\r\n");
    }
    bool is_good = file_write(arena, path, text_string(&text), diag);
    text_clear(&text);
    return is_good;
}

const struct summary_row *summary_find(const struct summary *summary, struct arena *arena,
                                       const char *label, const char *metric)
{
    return find_row(summary, arena, metric, label);
}

// Cuts the next line, or the next cell of a line, off `*rest`; NULL at the end.
static const char *cut(struct arena *arena, const char **rest, const char *separators)
{
    if (!*rest)
        return NULL;
    size_t length = strcspn(*rest, separators);
    const char *piece = arena_copy_text(arena, *rest, length);
    *rest += length;
    if (**rest == '\r' && (*rest)[1] == '\n')
        (*rest)++;
    *rest = **rest ? *rest + 1 : NULL;
    return piece;
}

static bool same_cell(const char *a, const char *b)
{
    double x, y;
    if (strcmp(a, b) == 0)
        return true;
    return number_parse(a, &x) && number_parse(b, &y) &&
           fabs(x - y) <= 1e-9 * fmax(fabs(x), fabs(y));
}

static int line_differences(struct arena *arena, const char *found, const char *wanted,
                            const char *header, FILE *stream)
{
    int n = 0;
    const char *name = NULL;
    while (found || wanted) {
        const char *a = cut(arena, &found, ","), *b = cut(arena, &wanted, ",");
        const char *column = cut(arena, &header, ",");
        name = name ? name : a ? a : b;
        if (a && b && same_cell(a, b))
            continue;
        fprintf(stream, "%s, %s: %s, expected %s\n", name, column ? column : "?", a ? a : "nothing",
                b ? b : "nothing");
        n++;
    }
    return n;
}

int summary_differences(struct arena *arena, const char *found, const char *wanted, FILE *stream)
{
    int n = 0;
    const char *header = NULL;
    while (found || wanted) {
        const char *a = cut(arena, &found, "\r\n"), *b = cut(arena, &wanted, "\r\n");
        header = header ? header : b ? b : a;
        bool has_a = a && *a, has_b = b && *b; // past the last line there is an empty one
        if (has_a && has_b) {
            n += line_differences(arena, a, b, header, stream);
        } else if (has_a || has_b) {
            const char *row = has_a ? a : b, *name = cut(arena, &row, ",");
            fprintf(stream,
                    has_a ? "%s: a row that was not expected\n" : "%s: this row is missing\n",
                    name);
            n++;
        }
    }
    return n;
}
