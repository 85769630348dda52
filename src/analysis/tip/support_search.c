// Stage: analysis. A scan over the range finds where tipping begins and whether more of x may undo
// it; then the bracket is cut into ever smaller pieces. Each round makes the runs of all searches
// at once, so that lanes and threads are full.
#include "analysis/tip/support_search.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_ROUNDS = 60 };

// The runs of one round.
struct round {
    long n;
    int *owner; // [n] search
    double *x;  // [n]
    struct lever_plan *plans;
    struct support_trial *trials;
    struct support_outcome *outcomes;
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        abort();
    return memory;
}

static struct round round_create(const struct search *search, long most)
{
    size_t n = (size_t)most, n_levers = (size_t)search->support->n_levers;
    return (struct round){.owner = allocate(n, sizeof(int)),
                          .x = allocate(n, sizeof(double)),
                          .plans = allocate(n * n_levers, sizeof(struct lever_plan)),
                          .trials = allocate(n, sizeof(struct support_trial)),
                          .outcomes = allocate(n, sizeof(struct support_outcome))};
}

static void round_clear(struct round *round)
{
    free(round->owner);
    free(round->x);
    free(round->plans);
    free(round->trials);
    free(round->outcomes);
}

static void add(struct round *round, int owner, double x)
{
    round->owner[round->n] = owner;
    round->x[round->n++] = x;
}

static bool make_runs(const struct search *search, struct round *round)
{
    int n_levers = search->support->n_levers;
    for (long i = 0; i < round->n; i++) {
        struct lever_plan *plans = round->plans + i * n_levers;
        for (int k = 0; k < n_levers; k++)
            plans[k] = lever_plan_scheduled();
        round->trials[i] = (struct support_trial){plans, NULL};
        search->plan(search->context, round->owner[i], round->x[i], plans, &round->trials[i].point);
    }
    return support_try(search->support, search->way, round->trials, round->n, search->costed,
                       round->outcomes);
}

static void count(struct search_result *result, double x, const struct support_outcome *outcome)
{
    result->n_runs++;
    result->n_wavering += outcome->verdict == VERDICT_WAVERS;
    if (outcome->verdict != VERDICT_FAILS)
        return;
    result->n_failed++;
    if (!(result->least_failed <= x))
        result->least_failed = x;
}

static bool tips(const struct support_outcome *outcome)
{
    return outcome->verdict == VERDICT_TIPS;
}

// Takes the bracket from `n` neighbouring runs of rising x: up to the first that tips. A run that
// failed is no bracket: the search goes on between those around it.
static void narrow(struct search_result *result, const double *x,
                   const struct support_outcome *outcomes, long n)
{
    for (long i = 0; i < n; i++) {
        if (tips(&outcomes[i])) {
            result->upper = x[i];
            result->at_upper = outcomes[i];
            return;
        }
        if (outcomes[i].verdict != VERDICT_FAILS) {
            result->lower = x[i];
            result->at_lower = outcomes[i];
        }
    }
}

static void find_windows(struct search_result *result, const double *x,
                         const struct support_outcome *outcomes, long n)
{
    for (long i = 1; i < n; i++) {
        bool is_undone =
            tips(&outcomes[i - 1]) && !tips(&outcomes[i]) && outcomes[i].verdict != VERDICT_FAILS;
        if (is_undone && !result->n_windows++) {
            result->window_from = x[i - 1];
            result->window_until = x[i];
        }
    }
}

// The end of a search by its scan.
static void judge(struct search_result *result, long n_scan, bool is_low_tipped)
{
    if (result->n_failed == n_scan)
        result->end = SEARCH_FAILED;
    else if (is_low_tipped)
        result->end = SEARCH_ALWAYS;
    else if (isnan(result->upper))
        result->end = SEARCH_NEVER;
    else
        result->end = SEARCH_FOUND;
}

static bool scan(const struct search *search, struct round *round, struct search_result *results)
{
    int m = search->n_scan;
    round->n = 0;
    for (int i = 0; i < search->n; i++)
        for (int k = 0; k < m; k++)
            add(round, i,
                k == m - 1 ? search->high
                           : search->low + (search->high - search->low) * k / (m - 1));
    if (!make_runs(search, round))
        return false;
    for (int i = 0; i < search->n; i++) {
        struct search_result *result = &results[i];
        const double *x = round->x + (long)i * m;
        const struct support_outcome *outcomes = round->outcomes + (long)i * m;
        *result = (struct search_result){.lower = NAN, .upper = NAN, .least_failed = NAN};
        for (int k = 0; k < m; k++)
            count(result, x[k], &outcomes[k]);
        narrow(result, x, outcomes, m);
        find_windows(result, x, outcomes, m);
        judge(result, m, tips(&outcomes[0]));
    }
    return true;
}

static bool is_wide(const struct search *search, const struct search_result *result)
{
    return result->end == SEARCH_FOUND && !isnan(result->lower) &&
           result->upper - result->lower > search->tolerance * (search->high - search->low);
}

// One round of cutting; false where it was cancelled. `is_done`: nothing was left to cut.
static bool cut(const struct search *search, struct round *round, struct search_result *results,
                bool *is_done)
{
    int m = search->n_inner;
    round->n = 0;
    for (int i = 0; i < search->n; i++)
        for (int k = 1; k <= m && is_wide(search, &results[i]); k++)
            add(round, i, results[i].lower + (results[i].upper - results[i].lower) * k / (m + 1));
    *is_done = round->n == 0;
    if (*is_done)
        return true;
    if (!make_runs(search, round))
        return false;
    for (long i = 0; i < round->n; i += m) {
        struct search_result *result = &results[round->owner[i]];
        double upper = result->upper, lower = result->lower;
        for (int k = 0; k < m; k++)
            count(result, round->x[i + k], &round->outcomes[i + k]);
        narrow(result, round->x + i, round->outcomes + i, m);
        find_windows(result, round->x + i, round->outcomes + i, m);
        if (result->upper == upper && result->lower == lower)
            result->lower = nextafter(upper, upper + 1); // all failed: no way to go on
        if (result->lower >= result->upper)
            result->lower = lower;
    }
    return true;
}

bool search_run(const struct search *search, struct search_result *results)
{
    int most = search->n_scan > search->n_inner ? search->n_scan : search->n_inner;
    struct round round = round_create(search, (long)search->n * most);
    bool is_good = scan(search, &round, results), is_done = false;
    for (int i = 0; i < MOST_ROUNDS && is_good && !is_done; i++)
        is_good = cut(search, &round, results, &is_done);
    round_clear(&round);
    for (int i = 0; i < search->n && !is_good; i++)
        results[i].end = SEARCH_CANCELLED;
    return is_good;
}
