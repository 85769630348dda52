// Stage: analysis. A scan over the range finds where tipping begins and whether more of x may undo
// it; then the bracket is cut into ever smaller pieces. Each round makes the runs of all searches
// at once, so that lanes and threads are full. A thorough search goes on to cut the edges of
// windows and the edge between runs that fall back and those that are undecided.
#include "analysis/tip/support_search.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_ROUNDS = 60, N_FINE = 10 };

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
        if (outcomes[i].verdict == VERDICT_FALLS_BACK || outcomes[i].verdict == VERDICT_WAVERS) {
            result->sure = x[i];
            result->at_sure = outcomes[i];
        }
    }
}

static bool is_undecided(const struct support_outcome *outcome)
{
    return outcome->verdict == VERDICT_LINGERS || outcome->verdict == VERDICT_FALLING;
}

// Keeps the window, in rising order.
static void add_window(struct search_result *result, bool is_undone, double lower, double upper)
{
    int at = result->n_windows < MAX_WINDOWS ? result->n_windows : MAX_WINDOWS;
    result->n_windows++;
    for (; at > 0 && result->windows[at - 1].lower > lower; at--)
        if (at < MAX_WINDOWS)
            result->windows[at] = result->windows[at - 1];
    if (at < MAX_WINDOWS)
        result->windows[at] = (struct search_window){is_undone, lower, upper};
}

// Changes between neighbouring runs of rising x after the first that tips; `beyond` them, if not
// NaN, it tips.
static void find_windows(struct search_result *result, const double *x,
                         const struct support_outcome *outcomes, long n, double beyond)
{
    long before = -1;
    bool has_tipped = false;
    for (long i = 0; i < n; i++) {
        if (outcomes[i].verdict == VERDICT_FAILS)
            continue;
        bool is_change = has_tipped && tips(&outcomes[before]) != tips(&outcomes[i]);
        if (is_change)
            add_window(result, !tips(&outcomes[i]), x[before], x[i]);
        has_tipped |= tips(&outcomes[i]);
        before = i;
    }
    if (has_tipped && !isnan(beyond) && !tips(&outcomes[before]))
        add_window(result, false, x[before], beyond);
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

static int n_scanned(const struct search *search)
{
    return search->n_scan + (search->is_thorough ? N_FINE : 0);
}

// Run `k` of the scan: equal steps, the first of which is halved again and again where it is
// thorough.
static double scanned(const struct search *search, int k)
{
    int n_fine = n_scanned(search) - search->n_scan;
    double step = (search->high - search->low) / (search->n_scan - 1);
    if (k == 0)
        return search->low;
    if (k <= n_fine)
        return search->low + ldexp(step, k - n_fine - 1);
    return k == n_scanned(search) - 1 ? search->high : search->low + step * (k - n_fine);
}

static bool scan(const struct search *search, struct round *round, struct search_result *results)
{
    int m = n_scanned(search);
    round->n = 0;
    for (int i = 0; i < search->n; i++)
        for (int k = 0; k < m; k++)
            add(round, i, scanned(search, k));
    if (!make_runs(search, round))
        return false;
    for (int i = 0; i < search->n; i++) {
        struct search_result *result = &results[i];
        const double *x = round->x + (long)i * m;
        const struct support_outcome *outcomes = round->outcomes + (long)i * m;
        *result = (struct search_result){
            .lower = NAN, .upper = NAN, .sure = NAN, .not_yet = NAN, .least_failed = NAN};
        for (int k = 0; k < m; k++)
            count(result, x[k], &outcomes[k]);
        narrow(result, x, outcomes, m);
        find_windows(result, x, outcomes, m, NAN);
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
        find_windows(result, round->x + i, round->outcomes + i, m, upper);
        if (result->upper == upper && result->lower == lower)
            result->lower = nextafter(upper, upper + 1); // all failed: no way to go on
        if (result->lower >= result->upper)
            result->lower = lower;
    }
    return true;
}

// An edge between two runs that differ in a quality.
struct edge {
    struct search_result *result;
    int owner;
    bool (*has)(const struct support_outcome *outcome);
    bool has_lower;      // whether the lower run has it
    double tolerance;    // it is sharp enough
    double lower, upper; //
    struct support_outcome at_lower;
};

enum { EDGES_OF_ONE = MAX_WINDOWS + 1 };

// Cuts all edges at once until they are as sharp as wanted.
static bool sharpen(const struct search *search, struct round *round, struct edge *edges, int n)
{
    int m = search->n_inner;
    for (int turn = 0; turn < MOST_ROUNDS; turn++) {
        round->n = 0;
        for (int i = 0; i < n; i++)
            for (int k = 1; k <= m && edges[i].upper - edges[i].lower > edges[i].tolerance; k++)
                add(round, edges[i].owner,
                    edges[i].lower + (edges[i].upper - edges[i].lower) * k / (m + 1));
        if (!round->n)
            return true;
        if (!make_runs(search, round))
            return false;
        long at = 0;
        for (int i = 0; i < n; i++) {
            struct edge *edge = &edges[i];
            bool is_wide = edge->upper - edge->lower > edge->tolerance, is_over = !is_wide;
            for (int k = 0; k < m && is_wide; k++, at++) {
                const struct support_outcome *outcome = &round->outcomes[at];
                count(edge->result, round->x[at], outcome);
                if (is_over || outcome->verdict == VERDICT_FAILS)
                    continue;
                is_over = edge->has(outcome) != edge->has_lower;
                if (is_over) {
                    edge->upper = round->x[at];
                } else {
                    edge->lower = round->x[at];
                    edge->at_lower = *outcome;
                }
            }
        }
    }
    return true;
}

// Where undecided runs begin, and how far windows reach.
static bool find_edges(const struct search *search, struct round *round,
                       struct search_result *results)
{
    struct edge *edges = allocate((size_t)search->n * EDGES_OF_ONE, sizeof *edges);
    double finest = fmax(search->tolerance, 1e-6) * (search->high - search->low);
    int n = 0;
    for (int i = 0; i < search->n; i++) {
        struct search_result *result = &results[i];
        for (int k = 0; k < result->n_windows && k < MAX_WINDOWS; k++)
            edges[n++] = (struct edge){.result = result,
                                       .owner = i,
                                       .has = tips,
                                       .has_lower = result->windows[k].is_undone,
                                       .tolerance = finest,
                                       .lower = result->windows[k].lower,
                                       .upper = result->windows[k].upper};
        if (result->end == SEARCH_FOUND && result->lower > result->sure)
            edges[n++] =
                (struct edge){.result = result,
                              .owner = i,
                              .has = is_undecided,
                              .tolerance = fmax(finest, 1e-3 * (result->upper - result->sure)),
                              .lower = result->sure,
                              .upper = result->lower,
                              .at_lower = result->at_sure};
    }
    bool is_good = sharpen(search, round, edges, n);
    for (int i = 0, window = 0; i < n; i++) {
        struct search_result *result = edges[i].result;
        bool is_new = !i || edges[i - 1].result != result;
        window = is_new ? 0 : window;
        if (edges[i].has == tips) {
            result->windows[window].lower = edges[i].lower;
            result->windows[window++].upper = edges[i].upper;
        } else {
            result->not_yet = result->lower;
            result->lower = edges[i].lower;
            result->at_lower = edges[i].at_lower;
        }
    }
    free(edges);
    return is_good;
}

bool search_run(const struct search *search, struct search_result *results)
{
    int most = n_scanned(search);
    most = most > EDGES_OF_ONE * search->n_inner ? most : EDGES_OF_ONE * search->n_inner;
    struct round round = round_create(search, (long)search->n * most);
    bool is_good = scan(search, &round, results), is_done = false;
    for (int i = 0; i < MOST_ROUNDS && is_good && !is_done; i++)
        is_good = cut(search, &round, results, &is_done);
    if (is_good && search->is_thorough)
        is_good = find_edges(search, &round, results);
    round_clear(&round);
    for (int i = 0; i < search->n && !is_good; i++)
        results[i].end = SEARCH_CANCELLED;
    return is_good;
}
