// Stage: analysis. Draws of the uncertainties -> the least budget that tips, in each. Three runs a
// draw tell where it stands: without support, with the scenario's own, with the most that is tried.
// Where some amount tips and none does not, the amounts between are cut until they are known far
// better than draws differ. Each round makes the runs of a block of
// draws at once. A run that fails tells nothing: what hangs on it stays unknown.
#include "analysis/tip/budget_draws.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_SCAN = 4, MOST_ROUNDS = 14, BLOCK = 4096 };

// A draw on its way: the runs of its scan, then a bracket.
struct searched {
    struct support_outcome scan[MAX_SCAN];
    double lower, upper; // scale: does not tip, tips
    double costs[2];     // there
    bool has_bracket;    //
    bool is_open;        // to be cut further
};

// Scales that all draws are run at, in rising order up to `high`; the scenario's own may be beyond.
struct scan {
    double x[MAX_SCAN];
    int n, n_within; // all, and those up to `high`
    int own;         // index of the scenario's own; -1: it has no amounts
};

static struct scan scan_of(const struct budget_draws *draws)
{
    struct scan scan = {.x = {0}, .n = 1, .own = -1};
    bool has_own = draws->mix.has_amount;
    if (!has_own || draws->high <= 1)
        scan.x[scan.n++] = draws->high / 2;
    if (has_own && draws->high >= 1) {
        scan.own = scan.n;
        scan.x[scan.n++] = 1;
    }
    if (!has_own || draws->high != 1)
        scan.x[scan.n++] = draws->high;
    scan.n_within = scan.n;
    if (has_own && draws->high < 1) {
        scan.own = scan.n;
        scan.x[scan.n++] = 1;
    }
    return scan;
}

// The runs of one round.
struct round {
    struct arena *scratch;
    struct lever_plan *plans;         // [n][n_levers]
    struct support_trial *trials;     // [n]
    struct support_outcome *outcomes; // [n]
    long n;
};

static struct round round_create(const struct budget_draws *draws, long most)
{
    struct arena *scratch = arena_create();
    int n_levers = draws->mix.support->n_levers;
    return (struct round){scratch, ARENA_NEW_ARRAY(scratch, struct lever_plan, most * n_levers),
                          ARENA_NEW_ARRAY(scratch, struct support_trial, most),
                          ARENA_NEW_ARRAY(scratch, struct support_outcome, most), 0};
}

// Draws that are searched side by side.
struct block {
    struct budget_draws *draws;
    const struct scan *scan;
    struct budget_draw *items; // [n]
    long first, n;
    double *points;            // [n][n_inputs]
    struct searched *searched; // [n]
};

static void add(struct round *round, const struct block *block, long draw, double x)
{
    const struct support *support = block->draws->mix.support;
    struct lever_plan *plans = round->plans + round->n * support->n_levers;
    for (int k = 0; k < support->n_levers; k++)
        plans[k] = lever_plan_scheduled();
    support_mix_scale(&block->draws->mix, x, plans);
    round->trials[round->n++] =
        (struct support_trial){plans, block->points + draw * support->design.n_inputs};
    if (block->draws->plan)
        block->draws->plan(block->draws->context, block->first + draw, plans,
                           block->points + draw * support->design.n_inputs);
}

static bool make_runs(struct round *round, struct budget_draws *draws)
{
    if (!support_try(draws->mix.support, SUPPORT_UNCERTAIN, round->trials, round->n,
                     draws->mix.costed, round->outcomes))
        return false;
    draws->n_runs += round->n;
    for (long i = 0; i < round->n; i++)
        draws->n_failed_runs += round->outcomes[i].verdict == VERDICT_FAILS;
    return true;
}

static enum answer answer_of(const struct support_outcome *outcome)
{
    return outcome->verdict == VERDICT_FAILS  ? ANSWER_UNKNOWN
           : outcome->verdict == VERDICT_TIPS ? ANSWER_YES
                                              : ANSWER_NO;
}

// Where the bracket of a draw is: up to the first run that tips.
static void take_bracket(const struct scan *scan, struct searched *searched)
{
    int lower = 0, upper = 0;
    while (upper < scan->n_within && searched->scan[upper].verdict != VERDICT_TIPS) {
        if (searched->scan[upper].verdict != VERDICT_FAILS)
            lower = upper;
        upper++;
    }
    searched->has_bracket = searched->is_open = true;
    searched->lower = scan->x[lower];
    searched->upper = scan->x[upper];
    searched->costs[0] = searched->scan[lower].cost;
    searched->costs[1] = searched->scan[upper].cost;
}

// What the scan says of a draw; leaves it open where there is a bracket.
static void take_scan(const struct block *block, long i)
{
    const struct scan *scan = block->scan;
    struct searched *searched = &block->searched[i];
    struct budget_draw *draw = &block->items[i];
    bool has_unknown = false, has_tipped = false, is_undone = false, wavers = false;
    for (int k = 0; k < scan->n_within; k++) {
        enum answer answer = answer_of(&searched->scan[k]);
        has_unknown |= answer == ANSWER_UNKNOWN;
        is_undone |= has_tipped && answer == ANSWER_NO;
        has_tipped |= answer == ANSWER_YES;
        wavers |= searched->scan[k].verdict == VERDICT_WAVERS;
    }
    draw->without = answer_of(&searched->scan[0]);
    draw->own = scan->own < 0 ? ANSWER_UNKNOWN : answer_of(&searched->scan[scan->own]);
    block->draws->n_undone += is_undone;
    block->draws->n_wavering += wavers;
    draw->needed = draw->without == ANSWER_YES       ? 0
                   : draw->without == ANSWER_UNKNOWN ? NAN
                   : has_unknown && !has_tipped      ? NAN
                                                     : INFINITY;
    if (draw->without == ANSWER_NO && has_tipped)
        take_bracket(scan, searched);
}

static bool run_scan(const struct block *block)
{
    const struct scan *scan = block->scan;
    struct budget_draws *draws = block->draws;
    struct round round = round_create(draws, block->n * scan->n);
    for (long i = 0; i < block->n; i++)
        for (int k = 0; k < scan->n; k++)
            add(&round, block, i, scan->x[k]);
    bool is_good = make_runs(&round, draws);
    for (long i = 0; i < block->n && is_good; i++) {
        struct searched *searched = &block->searched[i];
        for (int k = 0; k < scan->n; k++)
            searched->scan[k] = round.outcomes[i * scan->n + k];
        take_scan(block, i);
        double most = searched->scan[scan->n_within - 1].cost - searched->scan[0].cost;
        block->items[i].most = most;
        if (!isnan(most))
            draws->limit = fmin(draws->limit, most);
    }
    arena_free(round.scratch);
    return is_good;
}

// Whether a bracket is still wider than what matters beside the differences between so many draws.
static bool is_wide(const struct budget_draws *draws, const struct searched *searched)
{
    double width = searched->upper - searched->lower;
    double part = 1 / fmin(fmax(4 * sqrt((double)draws->n), 64), 512);
    return width > part * fmax(draws->high / 8, searched->upper);
}

// How many runs to put into each bracket: one, or more where few are left, so that lanes and
// threads are full.
static int n_inner(const struct block *block)
{
    enum { AT_ONCE = 128, MOST = 7 };
    long n = 0;
    for (long i = 0; i < block->n; i++)
        n += block->searched[i].is_open;
    return n * MOST <= AT_ONCE ? MOST : n * 3 <= AT_ONCE ? 3 : 1;
}

// Narrows a bracket to the runs at its parts: `n` of them.
static void narrow(struct searched *searched, const struct support_outcome *outcomes, int n)
{
    double lower = searched->lower, width = searched->upper - lower;
    for (int k = 1; k <= n; k++) {
        const struct support_outcome *outcome = &outcomes[k - 1];
        enum answer answer = answer_of(outcome);
        if (answer == ANSWER_UNKNOWN) { // it stays as wide as it is
            searched->is_open = false;
            return;
        }
        *(answer == ANSWER_YES ? &searched->upper : &searched->lower) = lower + width * k / (n + 1);
        searched->costs[answer == ANSWER_YES] = outcome->cost;
        if (answer == ANSWER_YES)
            return;
    }
}

// One round of cutting; false where it was cancelled. `is_done`: nothing was left to cut.
static bool cut(const struct block *block, bool *is_done)
{
    for (long i = 0; i < block->n; i++)
        block->searched[i].is_open =
            block->searched[i].is_open && is_wide(block->draws, &block->searched[i]);
    int m = n_inner(block);
    struct round round = round_create(block->draws, block->n * m);
    for (long i = 0; i < block->n; i++) {
        const struct searched *searched = &block->searched[i];
        for (int k = 1; k <= m && searched->is_open; k++)
            add(&round, block, i,
                searched->lower + (searched->upper - searched->lower) * k / (m + 1));
    }
    *is_done = round.n == 0;
    bool is_good = make_runs(&round, block->draws);
    for (long i = 0, at = 0; i < block->n && is_good; i++)
        if (block->searched[i].is_open) {
            narrow(&block->searched[i], round.outcomes + at, m);
            at += m;
        }
    arena_free(round.scratch);
    return is_good;
}

static bool search_block(const struct block *block)
{
    bool is_good, is_done = false;
    is_good = run_scan(block);
    for (int i = 0; i < MOST_ROUNDS && is_good && !is_done; i++)
        is_good = cut(block, &is_done);
    for (long i = 0; i < block->n && is_good; i++) {
        const struct searched *searched = &block->searched[i];
        double middle = (searched->costs[0] + searched->costs[1]) / 2;
        if (searched->has_bracket)
            block->items[i].needed = fmax(0, middle - searched->scan[0].cost);
    }
    return is_good;
}

// The points of the draws; of those with a plan it sets what differs from nominal.
static void take_points(const struct block *block)
{
    const struct support *support = block->draws->mix.support;
    if (!block->draws->plan)
        support_take_points(support, block->first, block->n, block->points);
    for (long i = 0; block->draws->plan && i < block->n * support->design.n_inputs; i++)
        block->points[i] = NAN;
}

bool budget_draws_search(struct budget_draws *draws)
{
    const struct support *support = draws->mix.support;
    struct scan scan = scan_of(draws);
    bool is_good = true;
    draws->items = ARENA_NEW_ARRAY(support->arena, struct budget_draw, draws->n);
    draws->limit = INFINITY;
    for (long first = 0; first < draws->n && is_good; first += BLOCK) {
        struct arena *scratch = arena_create();
        long n = draws->n - first < BLOCK ? draws->n - first : BLOCK;
        struct block block = {draws,
                              &scan,
                              draws->items + first,
                              first,
                              n,
                              ARENA_NEW_ARRAY(scratch, double, n * support->design.n_inputs),
                              ARENA_NEW_ARRAY(scratch, struct searched, n)};
        take_points(&block);
        is_good = search_block(&block);
        arena_free(scratch);
    }
    return is_good;
}
