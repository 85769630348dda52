// Stage: analysis. The chance that a budget tips the transition, over what is uncertain. For each
// draw of the uncertainties the least budget that tips is sought, all of the scenario's support
// scaled alike; the chance at a budget is the share of draws that need no more. A draw that tips
// without any support says nothing about money: chances are given over all draws, and over those
// that are locked in without support. All models get the same draws, so that a difference between
// two of them is one between pairs.
#include "analysis/tip/tip_budget.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>

enum { DEFAULT_RUNS = 10000, RUNS_A_DRAW = 7, N_BUDGETS = 61 };

const double budget_shares[N_BUDGET_SHARES] = {0.5, 0.8, 0.95};

// Rows of the table are called budget-50, budget-80 ...
static const struct tip_question share_rows[N_BUDGET_SHARES] = {
    {.id = TIP_BUDGET, .name = "budget-50"},
    {.id = TIP_BUDGET, .name = "budget-80"},
    {.id = TIP_BUDGET, .name = "budget-95"},
};

// ---------------------------------------------------------------- what the draws say

static bool is_locked(const struct budget_draw *draw)
{
    return draw->without == ANSWER_NO;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void gather(const struct budget *budget, struct budget_group *group, bool only_locked)
{
    const struct budget_draws *draws = &budget->draws;
    long n_own = 0, n_own_unknown = 0, n_never = 0, n_known = 0;
    group->sorted = ARENA_NEW_ARRAY(budget->tip->arena, double, draws->n);
    for (long i = 0; i < draws->n; i++) {
        const struct budget_draw *draw = &draws->items[i];
        if (only_locked && !is_locked(draw))
            continue;
        group->n++;
        n_own += draw->own == ANSWER_YES;
        n_own_unknown += draw->own == ANSWER_UNKNOWN;
        n_never += isinf(draw->needed);
        if (!isnan(draw->needed))
            group->sorted[n_known++] = draw->needed;
    }
    group->n_unknown = group->n - n_known;
    qsort(group->sorted, (size_t)n_known, sizeof(double), compare);
    group->own = share_estimate(n_own, n_own_unknown, group->n);
    group->never = share_estimate(n_never, group->n_unknown, group->n);
    for (int i = 0; i < N_BUDGET_SHARES; i++)
        group->budgets[i] = quantile_estimate(group->sorted, n_known, group->n, budget_shares[i]);
}

static void gather_support(struct budget *budget)
{
    const struct budget_draws *draws = &budget->draws;
    long n_yes = 0, n_unknown = 0, n = 0, counts[2][2] = {{0}};
    for (long i = 0; i < draws->n; i++) {
        const struct budget_draw *draw = &draws->items[i];
        n_yes += draw->without == ANSWER_YES;
        n_unknown += draw->without == ANSWER_UNKNOWN;
        if (draw->without == ANSWER_UNKNOWN || draw->own == ANSWER_UNKNOWN)
            continue;
        counts[draw->own][draw->without]++;
        n++;
    }
    budget->without = share_estimate(n_yes, n_unknown, draws->n);
    budget->effect = paired_difference(counts[1][1], counts[1][0], counts[0][1], n);
}

// The chance at a budget: the share of draws that need no more.
static struct estimate chance_at(const struct budget_group *group, double money)
{
    long n_known = group->n - group->n_unknown, n = 0;
    while (n < n_known && group->sorted[n] <= money)
        n++;
    return share_estimate(n, group->n_unknown, group->n);
}

// ---------------------------------------------------------------- tables

static void answer(const struct budget *budget, const struct tip_question *question,
                   const char *metric, struct estimate estimate, const char *unit)
{
    tip_answer(budget->tip, budget->tip_case, question, metric, estimate.value, estimate.lower,
               estimate.upper, unit);
}

static void answer_count(const struct budget *budget, const char *metric, long count)
{
    answer(budget, &tip_budget, metric, (struct estimate){(double)count, NAN, NAN}, "1");
}

static void answer_all(const struct budget *budget)
{
    const struct budget_draws *draws = &budget->draws;
    const char *unit = draws->mix.cost_unit;
    for (int i = 0; i < N_BUDGET_SHARES; i++) {
        answer(budget, &share_rows[i], "total", budget->all.budgets[i], unit);
        answer(budget, &share_rows[i], "total-if-locked-in", budget->locked.budgets[i], unit);
    }
    answer(budget, &tip_budget, "chance-without-support", budget->without, "1");
    if (draws->mix.has_amount) {
        answer(budget, &tip_budget, "chance-of-scenario", budget->all.own, "1");
        answer(budget, &tip_budget, "chance-of-scenario-if-locked-in", budget->locked.own, "1");
        answer(budget, &tip_budget, "effect-of-scenario", budget->effect, "1");
        answer(budget, &tip_budget, "total-of-scenario",
               (struct estimate){budget->own_cost, NAN, NAN}, unit);
    }
    answer(budget, &tip_budget, "share-never", budget->all.never, "1");
    answer(budget, &tip_budget, "share-never-if-locked-in", budget->locked.never, "1");
    answer(budget, &tip_budget, "share-undone-by-more",
           share_estimate(draws->n_undone, 0, draws->n), "1");
    answer_count(budget, "draws", draws->n);
    answer_count(budget, "draws-locked-in", budget->locked.n);
    answer_count(budget, "draws-unknown", budget->all.n_unknown);
    answer_count(budget, "runs", draws->n_runs);
    answer_count(budget, "failed-runs", draws->n_failed_runs);
}

// Chances from nothing up to the largest budget that all draws were tried with.
static void write_curve(const struct budget *budget)
{
    struct sheet *sheet = &budget->tip->chances;
    double limit = budget->draws.limit;
    int n = isfinite(limit) && limit > 0 ? N_BUDGETS : 1;
    for (int i = 0; i < n; i++) {
        double money = n > 1 ? limit * i / (n - 1) : 0;
        struct estimate all = chance_at(&budget->all, money);
        struct estimate locked = chance_at(&budget->locked, money);
        tip_begin_row(budget->tip, sheet, budget->tip_case);
        sheet_set_number(sheet, "budget", money);
        sheet_set_number(sheet, "probability", all.value);
        sheet_set_number(sheet, "lower", all.lower);
        sheet_set_number(sheet, "upper", all.upper);
        sheet_set_number(sheet, "probability_if_locked_in", locked.value);
        sheet_set_number(sheet, "lower_if_locked_in", locked.lower);
        sheet_set_number(sheet, "upper_if_locked_in", locked.upper);
    }
}

// ---------------------------------------------------------------- one model

// The scenario's own spending, with nominal parameters.
static bool find_own_cost(struct budget *budget)
{
    const struct support_mix *mix = &budget->draws.mix;
    struct lever_plan plans[MAX_LEVERS];
    struct support_outcome outcome;
    double base, base_nominal;
    for (int k = 0; k < mix->support->n_levers; k++)
        plans[k] = lever_plan_scheduled();
    if (!support_mix_base_cost(mix, &base, &base_nominal) ||
        !support_try_one(mix->support, plans, mix->costed, &outcome))
        return false;
    budget->own_cost = outcome.cost - base;
    return true;
}

static bool search(struct budget *budget)
{
    struct budget_draws *draws = &budget->draws;
    draws->n = (long)draws->mix.support->design.n_points;
    if (!find_own_cost(budget) || !budget_draws_search(draws))
        return false;
    budget->is_searched = true;
    budget->tip->n_ends[RUN_COMPLETE] += draws->n_runs - draws->n_failed_runs;
    budget->tip->n_ends[RUN_NONFINITE] += draws->n_failed_runs;
    gather(budget, &budget->all, false);
    gather(budget, &budget->locked, true);
    gather_support(budget);
    write_curve(budget);
    answer_all(budget);
    return true;
}

// The streams, and how much of them is tried; false with an error.
static bool set_range(struct budget *budget, struct support *support, struct diag *diag)
{
    struct budget_draws *draws = &budget->draws;
    double high = budget->tip->options.amount_high;
    support_mix_all(&draws->mix, support);
    if (!draws->mix.n)
        support_mix_single(&draws->mix, support, 0);
    draws->high = isnan(high) ? support->reach : high / draws->mix.unit_amount;
    if (draws->high > 0)
        return true;
    diag_fail(diag, FAULT_USAGE, "--amount: amounts up to %g leave no budget to try", high);
    return false;
}

static bool run_case(struct tip *tip, struct tip_case *tip_case, struct budget *budget,
                     struct diag *diag)
{
    struct support *support = tip_support(tip, tip_case, diag);
    *budget = (struct budget){.tip = tip, .tip_case = tip_case};
    if (!support)
        return false;
    if (!support->n_levers) {
        tip_say_no_stream(tip, tip_case, &tip_budget);
        return true;
    }
    if (!support_n_uncertain(support)) {
        tip_say(tip, tip_case, &tip_budget,
                "Niets in dit model is onzeker: geen parameter heeft een bereik, en het scenario "
                "varieert niets.",
                "Nothing in this model is uncertain: no parameter has a range, and the scenario "
                "varies nothing.");
        return true;
    }
    if (!set_range(budget, support, diag) || !search(budget))
        return false;
    tip_say(tip, tip_case, &tip_budget, budget_sentence(budget, LANGUAGE_NL),
            budget_sentence(budget, LANGUAGE_EN));
    return true;
}

// ---------------------------------------------------------------- two models

// Counts pairs by whether the first and whether the second tips with the scenario's own support.
struct pair_count {
    long n, counts[2][2];
};

static void count_pair(struct pair_count *count, enum answer first, enum answer second)
{
    if (first == ANSWER_UNKNOWN || second == ANSWER_UNKNOWN)
        return;
    count->counts[first][second]++;
    count->n++;
}

static struct estimate difference_of(const struct pair_count *count)
{
    return paired_difference(count->counts[1][1], count->counts[1][0], count->counts[0][1],
                             count->n);
}

static void compare_models(const struct budget *first, const struct budget *second)
{
    struct budget_pair pair = {.first = first, .second = second};
    struct pair_count all = {0}, locked = {0};
    long n_cheaper[2] = {0};
    if (!first->is_searched || !second->is_searched || first->draws.n != second->draws.n)
        return;
    for (long i = 0; i < first->draws.n; i++) {
        const struct budget_draw *a = &first->draws.items[i], *b = &second->draws.items[i];
        count_pair(&all, a->own, b->own);
        if (!is_locked(a) || !is_locked(b) || isnan(a->needed) || isnan(b->needed))
            continue;
        count_pair(&locked, a->own, b->own);
        pair.n_locked++;
        n_cheaper[0] += a->needed < b->needed;
        n_cheaper[1] += b->needed < a->needed;
    }
    pair.own = difference_of(&all);
    pair.own_locked = difference_of(&locked);
    struct arena *arena = first->tip->arena;
    const char *other = second->tip_case->source.model->name;
    for (int i = 0; i < 2; i++)
        pair.cheaper[i] = share_estimate(n_cheaper[i], 0, pair.n_locked);
    if (first->draws.mix.has_amount) {
        answer(first, &tip_budget, arena_format(arena, "chance-of-scenario-less:%s", other),
               pair.own, "1");
        answer(first, &tip_budget,
               arena_format(arena, "chance-of-scenario-if-locked-in-less:%s", other),
               pair.own_locked, "1");
    }
    answer(first, &tip_budget, arena_format(arena, "share-cheaper-if-locked-in-than:%s", other),
           pair.cheaper[0], "1");
    answer(first, &tip_budget, arena_format(arena, "share-dearer-if-locked-in-than:%s", other),
           pair.cheaper[1], "1");
    tip_say(first->tip, first->tip_case, &tip_budget, budget_pair_sentence(&pair, LANGUAGE_NL),
            budget_pair_sentence(&pair, LANGUAGE_EN));
}

static bool run(struct tip *tip, struct diag *diag)
{
    struct budget *budgets = ARENA_NEW_ARRAY(tip->arena, struct budget, tip->n_cases);
    bool is_good = true;
    for (int i = 0; i < tip->n_cases && is_good; i++)
        is_good = run_case(tip, &tip->cases[i], &budgets[i], diag);
    for (int i = 0; i < tip->n_cases && is_good; i++)
        for (int k = i + 1; k < tip->n_cases; k++)
            compare_models(&budgets[i], &budgets[k]);
    return is_good;
}

uint64_t tip_budget_draws(const struct tip *tip)
{
    uint64_t runs = tip->options.runs ? tip->options.runs : DEFAULT_RUNS;
    uint64_t n = runs / (RUNS_A_DRAW * (uint64_t)tip->n_cases);
    return n ? n : 1;
}

const struct tip_question tip_budget = {
    .id = TIP_BUDGET,
    .name = "budget",
    .summary = "how likely a budget is to tip, over what is uncertain",
    .run = run,
};
