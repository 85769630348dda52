// Stage: analysis. Results of the designs saltelli, morris and one-at-a-time -> indices. Runs that
// failed, and metrics that have no value, cost their group of points for the inputs concerned and
// nothing else.
#include "analysis/sweep/sensitivity.h"

#include "base/random.h"
#include "result/sheet.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { REPLICATES = 1000, STREAM_BOOTSTRAP = 5 << 16 };

static const double confidence = 0.95;

// Sums over groups for one input.
struct sums {
    double n, a, square, first, total;
};

// What group `f` [n_inputs + 2], less `centre`, adds for input `input`; false where a value is
// missing.
static bool add_group(struct sums *sums, const double *f, int input, double centre)
{
    double a = f[0] - centre, b = f[1] - centre, mixed = f[2 + input] - centre;
    if (!isfinite(a) || !isfinite(b) || !isfinite(mixed))
        return false;
    sums->n += 1;
    sums->a += a + b;
    sums->square += a * a + b * b;
    sums->first += b * (mixed - a);
    sums->total += (a - mixed) * (a - mixed);
    return true;
}

// NaN where the metric does not vary but for rounding.
static void finish_sums(const struct sums *sums, double centre, double *first, double *total)
{
    double mean = sums->a / (2 * sums->n);
    double variance = sums->square / (2 * sums->n) - mean * mean;
    bool varies = sums->n > 0 && variance > 1e-26 * centre * centre;
    *first = varies ? sums->first / sums->n / variance : NAN;
    *total = varies ? sums->total / (2 * sums->n) / variance : NAN;
}

// The middle of the values: formulas lose fewer digits around it.
static double find_centre(const double *f, long n_groups, int n_inputs)
{
    double sum = 0, n = 0;
    for (long g = 0; g < n_groups; g++)
        for (int k = 0; k < 2; k++) {
            double value = f[g * (n_inputs + 2) + k];
            sum += isfinite(value) ? value : 0;
            n += isfinite(value);
        }
    return n > 0 ? sum / n : 0;
}

static double *allocate(size_t n)
{
    double *numbers = malloc((n + 1) * sizeof *numbers);
    if (!numbers)
        abort();
    return numbers;
}

// The ends of the confidence interval: quantiles of the replicates [n].
static void set_interval(struct estimate *estimate, const double *replicates, long n)
{
    estimate->lower = column_quantile(replicates, n, (1 - confidence) / 2);
    estimate->upper = column_quantile(replicates, n, (1 + confidence) / 2);
}

static uint64_t draw_group(uint64_t seed, long replicate, long i, long n_groups)
{
    return random_bits(seed, (uint64_t)replicate, STREAM_BOOTSTRAP, (uint32_t)i) %
           (uint64_t)n_groups;
}

// Indices of one replicate: groups drawn with replacement.
static void replicate_sobol(const double *f, long n_groups, int n_inputs, uint64_t seed,
                            long replicate, double centre, double *first, double *total)
{
    struct sums *sums = calloc((size_t)n_inputs + 1, sizeof *sums);
    if (!sums)
        abort();
    for (long i = 0; i < n_groups; i++) {
        uint64_t group = draw_group(seed, replicate, i, n_groups);
        for (int k = 0; k < n_inputs; k++)
            add_group(&sums[k], f + group * (uint64_t)(n_inputs + 2), k, centre);
    }
    for (int k = 0; k < n_inputs; k++)
        finish_sums(&sums[k], centre, &first[k * REPLICATES + replicate],
                    &total[k * REPLICATES + replicate]);
    free(sums);
}

void sobol_indices(const double *f, long n_groups, int n_inputs, uint64_t seed, int n_threads,
                   struct estimate *first, struct estimate *total)
{
    double centre = find_centre(f, n_groups, n_inputs);
    double *firsts = allocate((size_t)n_inputs * REPLICATES);
    double *totals = allocate((size_t)n_inputs * REPLICATES);
    for (int k = 0; k < n_inputs; k++) {
        struct sums sums = {0};
        for (long g = 0; g < n_groups; g++)
            add_group(&sums, f + g * (n_inputs + 2), k, centre);
        finish_sums(&sums, centre, &first[k].value, &total[k].value);
    }
    int threads = n_threads ? n_threads : omp_get_max_threads();
#pragma omp parallel for num_threads(threads)
    for (long r = 0; r < REPLICATES; r++)
        replicate_sobol(f, n_groups, n_inputs, seed, r, centre, firsts, totals);
    for (int k = 0; k < n_inputs; k++) {
        set_interval(&first[k], firsts + (long)k * REPLICATES, REPLICATES);
        set_interval(&total[k], totals + (long)k * REPLICATES, REPLICATES);
    }
    free(firsts);
    free(totals);
}

// Mean, mean size and deviation of the effects that `draw` picks from [n].
static void summarize_effects(const double *effects, const long *picks, long n, double *mean,
                              double *mean_size, double *deviation)
{
    double sum = 0, size = 0, square = 0;
    for (long i = 0; i < n; i++) {
        double effect = effects[picks ? picks[i] : i];
        sum += effect;
        size += fabs(effect);
    }
    *mean = n ? sum / (double)n : NAN;
    *mean_size = n ? size / (double)n : NAN;
    for (long i = 0; i < n; i++) {
        double gap = effects[picks ? picks[i] : i] - *mean;
        square += gap * gap;
    }
    *deviation = n > 1 ? sqrt(square / (double)(n - 1)) : NAN;
}

static void estimate_effect(const double *effects, long n, uint64_t seed,
                            struct morris_effect *effect)
{
    double *means = allocate(3 * REPLICATES), *sizes = means + REPLICATES;
    double *deviations = sizes + REPLICATES;
    long *picks = malloc(((size_t)n + 1) * sizeof *picks);
    if (!picks)
        abort();
    summarize_effects(effects, NULL, n, &effect->mean.value, &effect->mean_size.value,
                      &effect->deviation.value);
    for (long r = 0; r < REPLICATES; r++) {
        for (long i = 0; i < n; i++)
            picks[i] = (long)draw_group(seed, r, i, n);
        summarize_effects(effects, picks, n, &means[r], &sizes[r], &deviations[r]);
    }
    set_interval(&effect->mean, means, REPLICATES);
    set_interval(&effect->mean_size, sizes, REPLICATES);
    set_interval(&effect->deviation, deviations, REPLICATES);
    free(picks);
    free(means);
}

void morris_effects(const double *f, const struct sample_design *design,
                    struct morris_effect *effects)
{
    int n = design->n_inputs;
    long n_groups = (long)(design->n_points / (uint64_t)(n + 1));
    double *found = allocate((size_t)n * (size_t)n_groups);
    long *counts = calloc((size_t)n + 1, sizeof *counts);
    double *units[] = {allocate((size_t)n), allocate((size_t)n)};
    struct sampler *sampler = sampler_create(design);
    if (!counts)
        abort();
    for (long point = 0; point < (long)design->n_points; point++) {
        double *before = units[(point + 1) % 2], *now = units[point % 2];
        sampler_take_unit(sampler, (uint64_t)point, now);
        for (int k = 0; k < n && point % (n + 1); k++) {
            double effect = (f[point] - f[point - 1]) / (now[k] - before[k]);
            if (now[k] != before[k] && isfinite(effect))
                found[k * n_groups + counts[k]++] = effect;
        }
    }
    for (int k = 0; k < n; k++)
        estimate_effect(found + k * n_groups, counts[k], design->seed, &effects[k]);
    sampler_free(sampler);
    free(units[0]);
    free(units[1]);
    free(counts);
    free(found);
}

struct sensitivity *sensitivity_create(struct arena *arena, const struct sweep *sweep)
{
    static const struct estimate none = {NAN, NAN, NAN};
    struct sensitivity *sensitivity = ARENA_NEW(arena, struct sensitivity);
    int n_inputs = sweep->design.n_inputs;
    *sensitivity = (struct sensitivity){
        .arena = arena, .sweep = sweep, .n_rows = sweep->n_cases * sweep->n_metrics * n_inputs};
    sensitivity->rows = ARENA_NEW_ARRAY(arena, struct sensitivity_row, sensitivity->n_rows);
    for (int i = 0; i < sensitivity->n_rows; i++)
        sensitivity->rows[i] =
            (struct sensitivity_row){.case_index = i / n_inputs / sweep->n_metrics,
                                     .metric = i / n_inputs % sweep->n_metrics,
                                     .input = i % n_inputs,
                                     .first = none,
                                     .total = none,
                                     .effect = {none, none, none},
                                     .low = NAN,
                                     .high = NAN,
                                     .nominal = NAN};
    return sensitivity;
}

// The results of one metric of one case, in the order of the points.
static double *take_column(const struct sweep *sweep, const struct sweep_table *table,
                           int case_index, int metric)
{
    double *column = allocate(sweep->design.n_points);
    memcpy(column, table->metrics[metric] + (uint64_t)case_index * sweep->design.n_points,
           sweep->design.n_points * sizeof *column);
    return column;
}

static void add_indices(struct sensitivity_row *rows, const struct sweep *sweep, const double *f)
{
    int n = sweep->design.n_inputs;
    struct estimate *estimates = calloc(2 * (size_t)n + 1, sizeof *estimates);
    if (!estimates)
        abort();
    long n_groups = (long)(sweep->design.n_points / (uint64_t)(n + 2));
    sobol_indices(f, n_groups, n, sweep->seed, sweep->n_threads, estimates, estimates + n);
    for (int k = 0; k < n; k++) {
        rows[k].first = estimates[k];
        rows[k].total = estimates[n + k];
    }
    free(estimates);
}

static void add_effects(struct sensitivity_row *rows, const struct sweep *sweep, const double *f)
{
    int n = sweep->design.n_inputs;
    struct morris_effect *effects = calloc((size_t)n + 1, sizeof *effects);
    if (!effects)
        abort();
    morris_effects(f, &sweep->design, effects);
    for (int k = 0; k < n; k++)
        rows[k].effect = effects[k];
    free(effects);
}

static void add_ends(struct sensitivity_row *rows, const struct sweep *sweep, const double *f)
{
    for (int k = 0; k < sweep->design.n_inputs; k++) {
        rows[k].nominal = f[0];
        rows[k].low = f[1 + 2 * k];
        rows[k].high = f[2 + 2 * k];
    }
}

void sensitivity_add(struct sensitivity *sensitivity, const struct sweep *sweep,
                     const struct sweep_table *table)
{
    enum design_kind kind = sweep->design.kind;
    sensitivity->has_indices |= kind == DESIGN_SALTELLI;
    sensitivity->has_effects |= kind == DESIGN_MORRIS;
    sensitivity->has_ends |= kind == DESIGN_ONE_AT_A_TIME;
    for (int i = 0; i < sensitivity->n_rows; i += sweep->design.n_inputs) {
        struct sensitivity_row *rows = &sensitivity->rows[i];
        double *f = take_column(sweep, table, rows->case_index, rows->metric);
        if (kind == DESIGN_SALTELLI)
            add_indices(rows, sweep, f);
        else if (kind == DESIGN_MORRIS)
            add_effects(rows, sweep, f);
        else
            add_ends(rows, sweep, f);
        free(f);
    }
}

static double or_zero(double value)
{
    return isfinite(value) ? value : 0;
}

// More important rows first; equal ones in the order of the inputs.
static int compare_rows(const void *a, const void *b)
{
    const struct sensitivity_row *x = *(const struct sensitivity_row *const *)a;
    const struct sensitivity_row *y = *(const struct sensitivity_row *const *)b;
    const double pairs[][2] = {{x->total.value, y->total.value},
                               {x->effect.mean_size.value, y->effect.mean_size.value},
                               {fabs(x->high - x->low), fabs(y->high - y->low)}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        double left = or_zero(pairs[i][0]), right = or_zero(pairs[i][1]);
        if (left != right)
            return (left < right) - (left > right);
    }
    return (x->input > y->input) - (x->input < y->input);
}

const struct sensitivity_row **sensitivity_ranking(const struct sensitivity *sensitivity,
                                                   int case_index, int metric)
{
    int n = sensitivity->sweep->design.n_inputs;
    const struct sensitivity_row *first =
        &sensitivity->rows[(case_index * sensitivity->sweep->n_metrics + metric) * n];
    const struct sensitivity_row **list =
        ARENA_NEW_ARRAY(sensitivity->arena, const struct sensitivity_row *, n);
    for (int k = 0; k < n; k++)
        list[k] = &first[k];
    if (n)
        qsort(list, (size_t)n, sizeof *list, compare_rows);
    return list;
}

static void write_row(struct sheet *sheet, const struct sensitivity *sensitivity,
                      const struct sensitivity_row *row, const char *index,
                      struct estimate estimate)
{
    const struct sweep *sweep = sensitivity->sweep;
    sheet_begin_row(sheet);
    if (sweep->n_cases > 1)
        sheet_set_text(sheet, "run", sweep->cases[row->case_index].source.label);
    sheet_set_text(sheet, "metric", sweep->metric_names[row->metric]);
    sheet_set_text(sheet, "input", sweep->design.inputs[row->input].name);
    sheet_set_text(sheet, "index", index);
    sheet_set_number(sheet, "value", estimate.value);
    sheet_set_number(sheet, "lower", estimate.lower);
    sheet_set_number(sheet, "upper", estimate.upper);
}

bool sensitivity_write(const struct sensitivity *sensitivity, const char *path, struct diag *diag)
{
    struct sheet sheet;
    sheet_init(&sheet, sensitivity->arena);
    for (int i = 0; i < sensitivity->n_rows; i++) {
        const struct sensitivity_row *row = &sensitivity->rows[i];
        if (sensitivity->has_indices) {
            write_row(&sheet, sensitivity, row, "S1", row->first);
            write_row(&sheet, sensitivity, row, "ST", row->total);
        }
        if (sensitivity->has_effects) {
            write_row(&sheet, sensitivity, row, "mu", row->effect.mean);
            write_row(&sheet, sensitivity, row, "mu_star", row->effect.mean_size);
            write_row(&sheet, sensitivity, row, "sigma", row->effect.deviation);
        }
        if (sensitivity->has_ends) {
            write_row(&sheet, sensitivity, row, "low", (struct estimate){row->low, NAN, NAN});
            write_row(&sheet, sensitivity, row, "high", (struct estimate){row->high, NAN, NAN});
        }
    }
    return sheet_write_csv(&sheet, path, diag);
}
