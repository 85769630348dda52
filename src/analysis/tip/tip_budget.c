// Stage: analysis. The chance that a budget tips the transition, over what is uncertain. For each
// draw of the uncertainties the least budget that tips is sought, all of the scenario's support
// scaled alike; the chance at a budget is the share of draws that need no more. All models get the
// same draws, so differences between them are not noise. Confidence intervals are Wilson's (1927)
// for shares; those of budgets are the budgets at the ends of the interval of their share.
#include "analysis/tip/tip_support.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>
#include <stdlib.h>

enum { DEFAULT_RUNS = 10000, N_SCAN = 3, RUNS_A_DRAW = 5, N_BUDGETS = 61, N_SHARES = 3 };

static const double shares[N_SHARES] = {0.5, 0.8, 0.95};

// Rows of the table are called budget-50, budget-80 ...
static const struct tip_question share_rows[N_SHARES] = {
    {.id = TIP_BUDGET, .name = "budget-50"},
    {.id = TIP_BUDGET, .name = "budget-80"},
    {.id = TIP_BUDGET, .name = "budget-95"},
};

// One model's draws.
struct budget {
    struct tip *tip;
    struct tip_case *tip_case;
    struct support_mix mix;
    long n;
    double *points; // [n][n_inputs]
    double *needed; // [n] budget that tips; infinite: none in the range
    double *sorted; // [n]
    double *scale;  // [n] of the mix that tips
    double high;    // scale up to which was searched
    double own;     // what the scenario itself spends
    long n_failed, n_failed_runs, n_runs, n_wavering, n_windows, n_never, n_always;
};

static void answer(const struct budget *budget, const struct tip_question *question,
                   const char *metric, double value, double lower, double upper, const char *unit)
{
    tip_answer(budget->tip, budget->tip_case, question, metric, value, lower, upper, unit);
}

static void plan_draw(void *context, int index, double x, struct lever_plan *plans,
                      const double **point)
{
    const struct budget *budget = context;
    *point = budget->points + (long)index * budget->mix.support->design.n_inputs;
    support_mix_scale(&budget->mix, x, plans);
}

void wilson_interval(double share, double n, double *lower, double *upper)
{
    const double z = 1.959963984540054; // 95 %
    double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    *lower = share > 0 ? fmax(0, middle - half) : 0;
    *upper = share < 1 ? fmin(1, middle + half) : 1;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The budget that a share of the draws does not exceed; NaN where it is not in the range.
static double budget_at(const struct budget *budget, double share)
{
    long index = (long)ceil(share * (double)budget->n - 1e-9) - 1;
    index = index < 0 ? 0 : index >= budget->n ? budget->n - 1 : index;
    double value = budget->n ? budget->sorted[index] : NAN;
    return isfinite(value) ? value : NAN;
}

static double share_within(const double *needed, long n, double limit)
{
    long count = 0;
    for (long i = 0; i < n; i++)
        count += needed[i] <= limit;
    return (double)count / (double)n;
}

// What the draw needs: between the brackets of its search.
static void take_draw(struct budget *budget, long i, const struct search_result *result,
                      double base_cost)
{
    budget->n_runs += result->n_runs;
    budget->n_failed_runs += result->n_failed;
    budget->n_failed += result->n_failed > 0;
    budget->n_wavering += result->n_wavering > 0;
    budget->n_windows += result->n_windows > 0;
    budget->needed[i] = budget->scale[i] = INFINITY;
    if (result->end == SEARCH_ALWAYS) {
        budget->needed[i] = budget->scale[i] = 0;
        budget->n_always++;
    } else if (result->end == SEARCH_FOUND) {
        double lower = isnan(result->lower) ? result->at_upper.cost : result->at_lower.cost;
        budget->scale[i] =
            isnan(result->lower) ? result->upper : (result->lower + result->upper) / 2;
        budget->needed[i] = (lower + result->at_upper.cost) / 2 - base_cost;
    } else {
        budget->n_never++;
    }
}

// What each draw costs without support from the mix: only where costs come from a flow of the
// model.
static bool find_base_costs(const struct budget *budget, double *costs)
{
    struct support *support = budget->mix.support;
    for (long i = 0; i < budget->n; i++)
        costs[i] = 0;
    if (!support->cost_name)
        return true;
    struct arena *scratch = arena_create();
    struct lever_plan *plans = ARENA_NEW_ARRAY(scratch, struct lever_plan, support->n_levers);
    struct support_trial *trials = ARENA_NEW_ARRAY(scratch, struct support_trial, budget->n);
    struct support_outcome *outcomes = ARENA_NEW_ARRAY(scratch, struct support_outcome, budget->n);
    for (int k = 0; k < support->n_levers; k++)
        plans[k] = lever_plan_scheduled();
    support_mix_scale(&budget->mix, 0, plans);
    for (long i = 0; i < budget->n; i++)
        trials[i] = (struct support_trial){plans, budget->points + i * support->design.n_inputs};
    bool is_good =
        support_try(support, SUPPORT_UNCERTAIN, trials, budget->n, budget->mix.costed, outcomes);
    for (long i = 0; i < budget->n && is_good; i++)
        costs[i] = outcomes[i].cost;
    arena_free(scratch);
    return is_good;
}

static bool search_draws(struct budget *budget)
{
    struct support *support = budget->mix.support;
    struct arena *arena = support->arena;
    struct search_result *results = ARENA_NEW_ARRAY(arena, struct search_result, budget->n);
    double *base_costs = ARENA_NEW_ARRAY(arena, double, budget->n);
    struct search search = {.support = support,
                            .way = SUPPORT_UNCERTAIN,
                            .costed = budget->mix.costed,
                            .n = (int)budget->n,
                            .low = 0,
                            .high = budget->high,
                            .n_scan = N_SCAN,
                            .n_inner = 1,
                            .tolerance = 1.0 / 256,
                            .plan = plan_draw,
                            .context = budget};
    if (!search_run(&search, results) || !find_base_costs(budget, base_costs))
        return false;
    for (long i = 0; i < budget->n; i++)
        take_draw(budget, i, &results[i], base_costs[i]);
    for (long i = 0; i < budget->n; i++)
        budget->sorted[i] = budget->needed[i];
    qsort(budget->sorted, (size_t)budget->n, sizeof(double), compare);
    budget->tip->n_ends[RUN_COMPLETE] += budget->n_runs - budget->n_failed_runs;
    budget->tip->n_ends[RUN_NONFINITE] += budget->n_failed_runs;
    return true;
}

static void draw_points(struct budget *budget)
{
    struct arena *arena = budget->mix.support->arena;
    budget->points = support_points(budget->mix.support, budget->n);
    budget->needed = ARENA_NEW_ARRAY(arena, double, budget->n);
    budget->sorted = ARENA_NEW_ARRAY(arena, double, budget->n);
    budget->scale = ARENA_NEW_ARRAY(arena, double, budget->n);
}

// The scenario's own spending, with nominal parameters.
static bool find_own_cost(struct budget *budget)
{
    struct support *support = budget->mix.support;
    struct lever_plan plans[MAX_LEVERS];
    struct support_outcome outcome;
    double base, base_nominal;
    for (int k = 0; k < support->n_levers; k++)
        plans[k] = lever_plan_scheduled();
    if (!support_mix_base_cost(&budget->mix, &base, &base_nominal) ||
        !support_try_one(support, plans, budget->mix.costed, &outcome))
        return false;
    budget->own = outcome.cost - base;
    return true;
}

static void write_curve(const struct budget *budget)
{
    struct sheet *sheet = &budget->tip->chances;
    double top = 0;
    for (long i = 0; i < budget->n; i++)
        if (isfinite(budget->sorted[i]))
            top = fmax(top, budget->sorted[i]);
    for (int i = 0; i < N_BUDGETS; i++) {
        double money = top * i / (N_BUDGETS - 1), lower, upper;
        double share = share_within(budget->needed, budget->n, money);
        wilson_interval(share, (double)budget->n, &lower, &upper);
        tip_begin_row(budget->tip, sheet, budget->tip_case);
        sheet_set_number(sheet, "budget", money);
        sheet_set_number(sheet, "probability", share);
        sheet_set_number(sheet, "lower", lower);
        sheet_set_number(sheet, "upper", upper);
        if (top == 0)
            return;
    }
}

static void answer_share(const struct budget *budget, const char *metric, long count)
{
    double share = (double)count / (double)budget->n, lower, upper;
    wilson_interval(share, (double)budget->n, &lower, &upper);
    answer(budget, &tip_budget, metric, share, lower, upper, "1");
}

// Draws in which the scenario's own support is enough.
static long n_within(const struct budget *budget)
{
    long n = 0;
    for (long i = 0; i < budget->n; i++)
        n += budget->scale[i] <= 1;
    return n;
}

static void answer_all(const struct budget *budget)
{
    const char *unit = budget->mix.cost_unit;
    for (int i = 0; i < N_SHARES; i++) {
        double lower, upper;
        wilson_interval(shares[i], (double)budget->n, &lower, &upper);
        answer(budget, &share_rows[i], "total", budget_at(budget, shares[i]),
               budget_at(budget, lower), budget_at(budget, upper), unit);
    }
    if (budget->mix.has_amount) {
        answer_share(budget, "chance-of-scenario", n_within(budget));
        answer(budget, &tip_budget, "total-of-scenario", budget->own, NAN, NAN, unit);
    }
    answer_share(budget, "chance-without-support", budget->n_always);
    answer_share(budget, "share-never", budget->n_never);
    answer(budget, &tip_budget, "draws", (double)budget->n, NAN, NAN, "1");
    answer(budget, &tip_budget, "runs", (double)budget->n_runs, NAN, NAN, "1");
    answer(budget, &tip_budget, "failed-runs", (double)budget->n_failed_runs, NAN, NAN, "1");
    if (budget->n_windows)
        answer_share(budget, "share-undone-by-more", budget->n_windows);
}

static const char *percent(struct arena *arena, double share, enum language language)
{
    return value_in_words(arena, share, "1", true, language);
}

// "€ 4,1 miljard (50%), € 6 miljard (80%)": the budgets that are in the range.
static const char *budgets_words(const struct budget *budget, int *n, enum language language)
{
    struct arena *arena = budget->mix.support->arena;
    const char *words = "";
    *n = 0;
    for (int i = 0; i < N_SHARES; i++) {
        double value = budget_at(budget, shares[i]);
        if (isnan(value))
            continue;
        words =
            arena_format(arena, language == LANGUAGE_NL ? "%s%s%s kans: %s" : "%s%s%s chance: %s",
                         words, *n ? "; " : "", percent(arena, shares[i], language),
                         value_in_words(arena, value, budget->mix.cost_unit, false, language));
        ++*n;
    }
    return words;
}

static const char *share_words(const struct budget *budget, long count, enum language language)
{
    return percent(budget->mix.support->arena, (double)count / (double)budget->n, language);
}

static const char *troubles(const struct budget *budget, enum language language)
{
    struct arena *arena = budget->mix.support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    const char *words = "";
    if (budget->n_failed_runs)
        words = arena_format(arena,
                             in_dutch ? " %ld van %ld runs mislukten." : " %ld of %ld runs failed.",
                             budget->n_failed_runs, budget->n_runs);
    if (budget->n_wavering)
        words = arena_format(arena,
                             in_dutch ? "%s In %ld van %ld trekkingen slingert het om het niveau."
                                      : "%s In %ld of %ld draws it swings around the level.",
                             words, budget->n_wavering, budget->n);
    return words;
}

static const char *sentence(const struct budget *budget, enum language language)
{
    struct arena *arena = budget->mix.support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    int n;
    const char *budgets = budgets_words(budget, &n, language);
    if (budget->n_always == budget->n)
        return arena_format(arena,
                            in_dutch ? "In alle %ld trekkingen van de onzekerheden kantelt het ook "
                                       "zonder steun.%s"
                                     : "In all %ld draws of the uncertainties it tips without "
                                       "support.%s",
                            budget->n, troubles(budget, language));
    if (budget->n_never == budget->n)
        return arena_format(arena,
                            in_dutch ? "In geen van de %ld trekkingen van de onzekerheden kantelt "
                                       "het, tot %s.%s"
                                     : "In none of %ld draws of the uncertainties does it tip, up "
                                       "to %s.%s",
                            budget->n, support_mix_words(&budget->mix, budget->high, language),
                            troubles(budget, language));
    const char *never = budget->n_never
                            ? arena_format(arena,
                                           in_dutch ? ", in %s met geen bedrag tot %s"
                                                    : ", in %s with no amount up to %s",
                                           share_words(budget, budget->n_never, language),
                                           support_mix_words(&budget->mix, budget->high, language))
                            : "";
    return arena_format(
        arena,
        in_dutch
            ? "Over %ld trekkingen van de onzekerheden kantelt het blijvend in %s zonder steun, "
              "in %s met de steun van dit scenario%s%s%s.%s"
            : "Over %ld draws of the uncertainties it tips for good in %s without support, in "
              "%s with the support of this scenario%s%s%s.%s",
        budget->n, share_words(budget, budget->n_always, language),
        share_words(budget, n_within(budget), language), never, n ? "; " : "", budgets,
        troubles(budget, language));
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
    support_mix_all(&budget->mix, support);
    if (!budget->mix.n)
        support_mix_single(&budget->mix, support, 0);
    budget->high = support->reach;
    if (!isnan(tip->options.amount_high))
        budget->high = tip->options.amount_high / budget->mix.unit_amount;
    budget->n = (long)support->design.n_points;
    if (!support_n_uncertain(support)) {
        tip_say(tip, tip_case, &tip_budget,
                "Niets in dit model is onzeker: geen parameter heeft een bereik, en het scenario "
                "varieert niets.",
                "Nothing in this model is uncertain: no parameter has a range, and the scenario "
                "varies nothing.");
        return true;
    }
    draw_points(budget);
    if (!find_own_cost(budget) || !search_draws(budget))
        return false;
    write_curve(budget);
    answer_all(budget);
    tip_say(tip, tip_case, &tip_budget, sentence(budget, LANGUAGE_NL),
            sentence(budget, LANGUAGE_EN));
    return true;
}

// In which share of the draws the first of two models needs less than the second.
static void compare_models(const struct budget *a, const struct budget *b)
{
    struct arena *arena = a->tip->arena;
    long n = 0;
    if (!a->needed || !b->needed || a->n != b->n)
        return;
    for (long i = 0; i < a->n; i++)
        n += a->needed[i] < b->needed[i];
    const char *other = b->tip_case->source.model->name;
    answer_share(a, arena_format(arena, "share-cheaper-than:%s", other), n);
    const char *nl = percent(arena, (double)n / (double)a->n, LANGUAGE_NL);
    const char *en = percent(arena, (double)n / (double)a->n, LANGUAGE_EN);
    tip_say(
        a->tip, a->tip_case, &tip_budget,
        arena_format(arena, "In %s van dezelfde trekkingen kost kantelen minder dan met %s.", nl,
                     other),
        arena_format(arena, "In %s of the same draws tipping costs less than with %s.", en, other));
}

static bool run(struct tip *tip, struct diag *diag)
{
    struct budget *budgets = ARENA_NEW_ARRAY(tip->arena, struct budget, tip->n_cases);
    bool is_good = true;
    for (int i = 0; i < tip->n_cases && is_good; i++)
        is_good = run_case(tip, &tip->cases[i], &budgets[i], diag);
    for (int i = 1; i < tip->n_cases && is_good; i++)
        compare_models(&budgets[0], &budgets[i]);
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
