// Stage: analysis. Regret of handing over at a value, over draws of the uncertainties: what tipping
// costs more there than at the best value of the same draw (Savage 1951); where nothing tips, all
// money up to the top of the range is lost. All draws are tried at three values first: at the
// lowest, the highest and the one that is best with nominal parameters. Draws that tip without
// support at all of them, or at none of them with any, are left at that: the value makes no
// difference there. The others are searched over the whole range, then around the value of least
// mean regret. How sure that value is tells the bootstrap: the draws are drawn again, a thousand
// times (Efron & Tibshirani 1993).
#include "analysis/tip/handover.h"

#include "analysis/tip/budget_draws.h"
#include "base/array.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_COARSE = 9, N_FINE = 4, REPLICATES = 1000, LEAST_DRAWS = 10, STREAM_BOOTSTRAP = 6 << 16 };

// What a draw costs, by value.
struct regret_table {
    struct handover *handover;
    long n_draws;
    const double *points;       // [n_draws][n_inputs]
    double values[MOST_VALUES]; // [n_values]
    int n_values;
    double *costs;         // [n_draws][MOST_VALUES] NaN: runs failed; infinite: nothing tips
    double *most;          // [n_draws] of what was tried at any value, and lost where nothing tips
    bool *matters;         // [n_draws]
    int *n_free, *n_never; // [n_draws] values at which it tips without support, or with no amount
    // of the present search
    const long *tried; // draws [n_tried]
    int from;          // first value of it
    int n_new;         // values
};

static void plan_draw(void *context, long index, struct lever_plan *plans, double *point)
{
    const struct regret_table *table = context;
    int n_inputs = table->handover->mix.support->design.n_inputs;
    long draw = table->tried[index / table->n_new];
    memcpy(point, table->points + draw * n_inputs, (size_t)n_inputs * sizeof *point);
    handover_set(table->handover, table->values[table->from + index % table->n_new], plans, point);
}

// Searches the draws `tried` at `n` more values. False where it was cancelled.
static bool add_values(struct regret_table *table, const long *tried, long n_tried,
                       const double *values, int n)
{
    struct handover *handover = table->handover;
    table->tried = tried;
    table->from = table->n_values;
    table->n_new = n;
    for (int i = 0; i < n; i++)
        table->values[table->n_values++] = values[i];
    struct budget_draws draws = {.mix = handover->mix,
                                 .high = handover->scale_high,
                                 .n = n_tried * n,
                                 .plan = plan_draw,
                                 .context = table};
    if (!budget_draws_search(&draws))
        return false;
    handover->tip->n_ends[RUN_COMPLETE] += draws.n_runs - draws.n_failed_runs;
    handover->tip->n_ends[RUN_NONFINITE] += draws.n_failed_runs;
    for (long i = 0; i < draws.n; i++) {
        const struct budget_draw *item = &draws.items[i];
        long draw = tried[i / n];
        table->n_free[draw] += item->needed == 0;
        table->n_never[draw] += isinf(item->needed);
        table->costs[draw * MOST_VALUES + table->from + i % n] = item->needed;
        table->most[draw] = fmax(table->most[draw], isnan(item->most) ? 0 : item->most);
    }
    return true;
}

// Which draws the value may matter to, by the first three; `tried` are those.
static long screen(struct regret_table *table, long *tried)
{
    long n = 0;
    for (long draw = 0; draw < table->n_draws; draw++) {
        table->matters[draw] =
            table->n_free[draw] < table->n_values && table->n_never[draw] < table->n_values;
        if (table->matters[draw])
            tried[n++] = draw;
    }
    return n;
}

// Regrets of one draw at all values; false where some run failed, so that it is left out.
static bool regrets_of(const struct regret_table *table, long draw, double *regrets)
{
    const double *costs = table->costs + draw * MOST_VALUES;
    double best = INFINITY;
    for (int i = 0; i < table->n_values; i++) {
        regrets[i] = !table->matters[draw] ? 0 : isinf(costs[i]) ? table->most[draw] : costs[i];
        if (isnan(regrets[i]))
            return false;
        best = fmin(best, regrets[i]);
    }
    for (int i = 0; i < table->n_values; i++)
        regrets[i] -= best;
    return true;
}

// Mean regrets over draws, each `weights` [n_draws] times (NULL: once); the index of the least, or
// -1 where all regrets are the same.
static int mean_regrets(const struct regret_table *table, const double *regrets, const int *weights,
                        double *means)
{
    int best = 0;
    double n = 0, most = 0;
    for (int i = 0; i < table->n_values; i++)
        means[i] = 0;
    for (long draw = 0; draw < table->n_draws; draw++) {
        double weight = weights ? weights[draw] : 1;
        if (isnan(regrets[draw * MOST_VALUES]))
            continue;
        n += weight;
        for (int i = 0; i < table->n_values; i++)
            means[i] += weight * regrets[draw * MOST_VALUES + i];
    }
    for (int i = 0; i < table->n_values; i++)
        means[i] /= n;
    for (int i = 0; i < table->n_values; i++) {
        most = fmax(most, means[i]);
        if (means[i] < means[best] ||
            (means[i] == means[best] && table->values[i] < table->values[best]))
            best = i;
    }
    return most > means[best] ? best : -1;
}

// All regrets [n_draws][MOST_VALUES]; a draw with failed runs is NaN.
static double *all_regrets(struct regret_table *table)
{
    double *regrets =
        ARENA_NEW_ARRAY(table->handover->tip->arena, double, table->n_draws *MOST_VALUES);
    for (long draw = 0; draw < table->n_draws; draw++)
        if (!regrets_of(table, draw, regrets + draw * MOST_VALUES))
            regrets[draw * MOST_VALUES] = NAN;
    return regrets;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The 95 % interval of `replicates` [n], which it sorts; NaN where too few are known.
static void percentiles(double *replicates, int n, struct estimate *estimate)
{
    estimate->lower = estimate->upper = NAN;
    if (n < REPLICATES * 95 / 100)
        return; // also where there are too few draws: then there are no replicates
    qsort(replicates, (size_t)n, sizeof *replicates, compare);
    estimate->lower = replicates[(int)(0.025 * (n - 1) + 0.5)];
    estimate->upper = replicates[(int)(0.975 * (n - 1) + 0.5)];
}

// Replicates of what is reported: means by value, the first and the last value that are as good as
// the best, the differences of the ends.
struct replicates {
    double *means; // [n_values][REPLICATES]
    double first[REPLICATES], last[REPLICATES], at_once[REPLICATES], never[REPLICATES];
    int n, n_best;
};

// One hundredth of what the draws that hang on support cost on average where they cost least: less
// is no difference.
static double no_difference(const struct regret_table *table)
{
    double sum = 0;
    for (long draw = 0; draw < table->n_draws; draw++) {
        double least = INFINITY;
        for (int i = 0; i < table->n_values && table->matters[draw]; i++)
            least = fmin(least, table->costs[draw * MOST_VALUES + i]);
        sum += isinf(least) ? 0 : least;
    }
    return 0.01 * sum / (double)table->n_draws;
}

static void take_best(const struct regret_table *table, const double *means, double tolerance,
                      int least, struct replicates *replicates)
{
    double first = table->values[least], last = first;
    for (int i = 0; i < table->n_values; i++)
        if (means[i] <= means[least] + tolerance) {
            first = fmin(first, table->values[i]);
            last = fmax(last, table->values[i]);
        }
    replicates->first[replicates->n_best] = first;
    replicates->last[replicates->n_best++] = last;
}

static int value_index(const struct regret_table *table, double value)
{
    int at = 0;
    while (at + 1 < table->n_values && table->values[at] != value)
        at++;
    return at;
}

static void draw_again(const struct regret_table *table, const double *regrets, int best,
                       struct replicates *replicates)
{
    uint64_t seed = table->handover->tip->options.seed;
    struct arena *scratch = arena_create();
    int *weights = ARENA_NEW_ARRAY(scratch, int, table->n_draws);
    double means[MOST_VALUES], tolerance = no_difference(table);
    int low = value_index(table, table->handover->low);
    int high = value_index(table, table->handover->high);
    for (int r = 0; r < REPLICATES && table->handover->n_matter >= LEAST_DRAWS; r++) {
        memset(weights, 0, (size_t)table->n_draws * sizeof *weights);
        for (long i = 0; i < table->n_draws; i++)
            weights[random_bits(seed, (uint64_t)r, STREAM_BOOTSTRAP, (uint32_t)i) %
                    (uint64_t)table->n_draws]++;
        int least = mean_regrets(table, regrets, weights, means);
        if (isnan(means[0])) // only draws that failed
            continue;
        for (int i = 0; i < table->n_values; i++)
            replicates->means[i * REPLICATES + replicates->n] = means[i];
        replicates->at_once[replicates->n] = means[low] - means[best];
        replicates->never[replicates->n++] = means[high] - means[best];
        if (least >= 0)
            take_best(table, means, tolerance, least, replicates);
    }
    arena_free(scratch);
}

static int compare_regrets(const void *a, const void *b)
{
    return compare(&((const struct handover_regret *)a)->value,
                   &((const struct handover_regret *)b)->value);
}

// What is reported, from the table.
static void take_regrets(struct regret_table *table)
{
    struct handover *handover = table->handover;
    const double *regrets = all_regrets(table);
    double means[MOST_VALUES];
    int best = mean_regrets(table, regrets, NULL, means);
    handover->least_regret = -1;
    if (isnan(means[0]))
        return;
    int at = best < 0 ? 0 : best;
    struct replicates *replicates = ARENA_NEW(handover->tip->arena, struct replicates);
    replicates->means = ARENA_NEW_ARRAY(handover->tip->arena, double, table->n_values *REPLICATES);
    draw_again(table, regrets, at, replicates);
    for (int i = 0; i < table->n_values; i++) {
        struct handover_regret *regret = &handover->regrets[handover->n_regrets++];
        *regret = (struct handover_regret){table->values[i], {means[i], NAN, NAN}};
        percentiles(replicates->means + i * REPLICATES, replicates->n, &regret->mean);
    }
    handover->at_once.value = means[value_index(table, handover->low)] - means[at];
    handover->never.value = means[value_index(table, handover->high)] - means[at];
    percentiles(replicates->at_once, replicates->n, &handover->at_once);
    percentiles(replicates->never, replicates->n, &handover->never);
    struct estimate last;
    percentiles(replicates->first, replicates->n_best, &handover->best_value);
    percentiles(replicates->last, replicates->n_best, &last);
    handover->best_value.value = best < 0 ? NAN : table->values[best];
    handover->best_value.upper = last.upper;
    qsort(handover->regrets, (size_t)handover->n_regrets, sizeof *handover->regrets,
          compare_regrets);
    for (int i = 0; i < handover->n_regrets && best >= 0; i++)
        if (handover->regrets[i].value == table->values[best])
            handover->least_regret = i;
}

// Coarse values that are not tried yet.
static int coarse_values(const struct regret_table *table, double *values)
{
    const struct handover *handover = table->handover;
    int n = 0;
    for (int i = 1; i < N_COARSE - 1; i++) {
        double value = handover->low + (handover->high - handover->low) * i / (N_COARSE - 1);
        bool is_tried = false;
        for (int k = 0; k < table->n_values; k++)
            is_tried |= table->values[k] == value;
        if (!is_tried)
            values[n++] = value;
    }
    return n;
}

// Values between the one of least mean regret and its neighbours.
static int fine_values(struct regret_table *table, double *values)
{
    double means[MOST_VALUES], below = NAN, above = NAN;
    int best = mean_regrets(table, all_regrets(table), NULL, means), n = 0;
    if (best < 0)
        return 0;
    double centre = table->values[best];
    for (int i = 0; i < table->n_values; i++) {
        double value = table->values[i];
        if (value < centre && !(value <= below))
            below = value;
        if (value > centre && !(value >= above))
            above = value;
    }
    for (int i = 1; i <= N_FINE / 2; i++) {
        double part = (double)i / (N_FINE / 2 + 1);
        if (!isnan(below))
            values[n++] = centre + (below - centre) * part;
        if (!isnan(above))
            values[n++] = centre + (above - centre) * part;
    }
    return n;
}

// As many draws as come out at the runs: three searches for each, and all values for some.
static long draws_for(const struct handover *handover, long n_runs)
{
    enum { RUNS_A_DRAW = 60 };
    long n = n_runs / RUNS_A_DRAW;
    long most = (long)handover->mix.support->design.n_points;
    return n < 1 ? 1 : n < most ? n : most;
}

bool handover_find_regrets(struct handover *handover, long n_runs)
{
    struct support *support = handover->mix.support;
    struct regret_table table = {.handover = handover};
    double values[MOST_VALUES] = {handover->low, handover->high};
    int n = 2;
    handover->least_regret = -1;
    if (!support_n_uncertain(support))
        return true;
    table.n_draws = draws_for(handover, n_runs);
    table.points = support_points(support, table.n_draws);
    table.costs = ARENA_NEW_ARRAY(support->arena, double, table.n_draws *MOST_VALUES);
    table.most = ARENA_NEW_ARRAY(support->arena, double, table.n_draws);
    table.n_free = ARENA_NEW_ARRAY(support->arena, int, table.n_draws);
    table.n_never = ARENA_NEW_ARRAY(support->arena, int, table.n_draws);
    table.matters = ARENA_NEW_ARRAY(support->arena, bool, table.n_draws);
    long *tried = ARENA_NEW_ARRAY(support->arena, long, table.n_draws);
    for (long i = 0; i < table.n_draws; i++)
        tried[i] = i;
    double best = handover->best >= 0 ? handover->values[handover->best].value : NAN;
    values[n] =
        best > handover->low && best < handover->high ? best : (handover->low + handover->high) / 2;
    if (!add_values(&table, tried, table.n_draws, values, n + 1))
        return false;
    long n_tried = screen(&table, tried);
    n = coarse_values(&table, values);
    if (n_tried && !add_values(&table, tried, n_tried, values, n))
        return false;
    n = fine_values(&table, values);
    if (n_tried && n && !add_values(&table, tried, n_tried, values, n))
        return false;
    handover->n_draws = table.n_draws;
    handover->n_matter = n_tried;
    take_regrets(&table);
    return true;
}

bool handover_is_open(const struct handover *handover)
{
    const struct estimate *best = &handover->best_value;
    return best->upper - best->lower > 0.5 * (handover->high - handover->low);
}
