// Stage: analysis. Two CSV files of our own making, line by line: memory depends on the rows kept,
// not on the rows there are.
#include "analysis/sweep/sweep_table.h"

#include "base/array.h"
#include "base/file.h"
#include "base/random.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_csv(const char *folder, const char *name, struct arena *arena, struct diag *diag)
{
    const char *path = path_join(arena, folder, name);
    FILE *stream = fopen(path, "rb");
    if (!stream)
        diag_fail(diag, FAULT_FILE, "cannot read '%s': %s", path, strerror(errno));
    return stream;
}

// Reads the last `n` cells of a line as numbers; an empty cell is NaN.
static bool read_numbers(char *line, double *numbers, int n)
{
    char *end = line + strcspn(line, "\r\n");
    *end = '\0';
    for (int i = n - 1; i >= 0; i--) {
        char *comma = strrchr(line, ',');
        if (!comma)
            return false;
        numbers[i] = comma[1] ? strtod(comma + 1, NULL) : NAN;
        *comma = '\0';
    }
    return true;
}

static void allocate(struct sweep_table *table, struct arena *arena, const struct sweep *sweep,
                     uint64_t n_rows)
{
    table->case_index = ARENA_NEW_ARRAY(arena, int, n_rows);
    table->inputs = ARENA_NEW_ARRAY(arena, double *, sweep->design.n_inputs);
    table->metrics = ARENA_NEW_ARRAY(arena, double *, sweep->n_metrics);
    for (int i = 0; i < sweep->design.n_inputs; i++)
        table->inputs[i] = ARENA_NEW_ARRAY(arena, double, n_rows);
    for (int i = 0; i < sweep->n_metrics; i++)
        table->metrics[i] = ARENA_NEW_ARRAY(arena, double, n_rows);
}

static bool take_row(struct sweep_table *table, const struct sweep *sweep, uint64_t run,
                     char *design, char *metrics, double *numbers)
{
    long row = table->n_rows++;
    table->case_index[row] = (int)(run / sweep->design.n_points);
    if (!read_numbers(design, numbers, sweep->design.n_inputs))
        return false;
    for (int i = 0; i < sweep->design.n_inputs; i++)
        table->inputs[i][row] = numbers[i];
    if (!read_numbers(metrics, numbers, sweep->n_metrics))
        return false;
    for (int i = 0; i < sweep->n_metrics; i++)
        table->metrics[i][row] = numbers[i];
    return true;
}

uint64_t sweep_table_pick(uint64_t group, uint64_t size)
{
    return group * size + (size > 1 ? random_bits(0, group, 0, 0) % size : 0);
}

bool sweep_table_read(struct sweep_table *table, struct arena *arena, const struct sweep *sweep,
                      const char *folder, long max_rows, struct diag *diag)
{
    FILE *design = open_csv(folder, "design.csv", arena, diag);
    FILE *metrics = design ? open_csv(folder, "metrics.csv", arena, diag) : NULL;
    uint64_t n_runs = sweep_n_runs(sweep);
    *table = (struct sweep_table){.stride = (n_runs + (uint64_t)max_rows - 1) / (uint64_t)max_rows};
    allocate(table, arena, sweep, n_runs / table->stride + 1);
    int n_numbers =
        sweep->design.n_inputs > sweep->n_metrics ? sweep->design.n_inputs : sweep->n_metrics;
    double *numbers = ARENA_NEW_ARRAY(arena, double, n_numbers);
    char *lines[2] = {NULL, NULL};
    size_t sizes[2] = {0, 0};
    bool is_good = design && metrics && getline(&lines[0], &sizes[0], design) > 0 &&
                   getline(&lines[1], &sizes[1], metrics) > 0;
    for (uint64_t run = 0; run < n_runs && is_good; run++) {
        is_good =
            getline(&lines[0], &sizes[0], design) > 0 && getline(&lines[1], &sizes[1], metrics) > 0;
        if (is_good && run == sweep_table_pick(run / table->stride, table->stride))
            is_good = take_row(table, sweep, run, lines[0], lines[1], numbers);
    }
    if (!is_good && metrics)
        diag_fail(diag, FAULT_FILE, "the tables in '%s' are not whole", folder);
    free(lines[0]);
    free(lines[1]);
    if (design)
        fclose(design);
    if (metrics)
        fclose(metrics);
    return is_good;
}

struct ranked {
    double value;
    long index;
};

static int compare_ranked(const void *a, const void *b)
{
    double x = ((const struct ranked *)a)->value, y = ((const struct ranked *)b)->value;
    return (x > y) - (x < y);
}

// Turns values into ranks; equal ones share the mean of theirs.
static void rank(double *values, long n)
{
    struct ranked *list = malloc((size_t)n * sizeof *list);
    if (!list)
        abort();
    for (long i = 0; i < n; i++)
        list[i] = (struct ranked){values[i], i};
    qsort(list, (size_t)n, sizeof *list, compare_ranked);
    for (long i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && list[j].value == list[i].value; j++)
            continue;
        for (long k = i; k < j; k++)
            values[list[k].index] = (double)(i + j - 1) / 2;
    }
    free(list);
}

static double correlation(const double *a, const double *b, long n)
{
    double mean_a = 0, mean_b = 0, ab = 0, aa = 0, bb = 0;
    for (long i = 0; i < n; i++) {
        mean_a += a[i] / (double)n;
        mean_b += b[i] / (double)n;
    }
    for (long i = 0; i < n; i++) {
        ab += (a[i] - mean_a) * (b[i] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

double rank_correlation(const double *a, const double *b, long n)
{
    double *x = malloc(2 * (size_t)(n + 1) * sizeof *x), *y = x + n + 1;
    long m = 0;
    if (!x)
        abort();
    for (long i = 0; i < n; i++)
        if (isfinite(a[i]) && isfinite(b[i])) {
            x[m] = a[i];
            y[m++] = b[i];
        }
    rank(x, m);
    rank(y, m);
    double result = m > 1 ? correlation(x, y, m) : 0;
    free(x);
    return result;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double column_quantile(const double *column, long n, double q)
{
    double *sorted = malloc((size_t)(n + 1) * sizeof *sorted);
    long m = 0;
    if (!sorted)
        abort();
    for (long i = 0; i < n; i++)
        if (isfinite(column[i]))
            sorted[m++] = column[i];
    qsort(sorted, (size_t)m, sizeof *sorted, compare);
    double place = q * (double)(m - 1);
    long low = (long)place;
    double result = m == 0 ? NAN
                    : low >= m - 1
                        ? sorted[m - 1]
                        : sorted[low] + (place - (double)low) * (sorted[low + 1] - sorted[low]);
    free(sorted);
    return result;
}
