// Stage: analysis. How much support for how long: for a row of durations the least amount that tips
// for good, what that costs, and a map of amounts by durations around it; then, where there are two
// streams or more, a map of one by the other, push by demand.
#include "analysis/tip/tip_support.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>

enum { N_COLUMNS = 24, N_ROWS = 24, N_SCAN = 9, N_INNER = 3 };

// One model's map in the making. Column i is a duration, or an amount of the second stream.
struct frontier {
    struct tip *tip;
    struct tip_case *tip_case;
    struct support_mix mix, other; // `other`: of a map of two streams
    bool is_pair;
    double columns[N_COLUMNS];
    double high; // scale at the top of the map
    struct search_result least[N_COLUMNS];
    double base_cost;
};

static void answer(const struct frontier *frontier, const char *metric, double value, double lower,
                   double upper, const char *unit)
{
    tip_answer(frontier->tip, frontier->tip_case, &tip_frontier, metric, value, lower, upper, unit);
}

static void plan_cell(void *context, int index, double x, struct lever_plan *plans,
                      const double **point)
{
    const struct frontier *frontier = context;
    (void)point;
    if (frontier->is_pair)
        support_mix_scale(&frontier->other, frontier->columns[index], plans);
    else
        support_mix_last(&frontier->mix, frontier->columns[index], plans);
    support_mix_scale(&frontier->mix, x, plans);
}

// The least scale in each column.
static bool find_least(struct frontier *frontier, double high)
{
    struct search search = support_mix_search(&frontier->mix, 0, high, plan_cell, frontier);
    search.n = N_COLUMNS;
    search.n_scan = N_SCAN;
    search.n_inner = N_INNER;
    search.tolerance = 1e-4;
    search.costed = frontier->mix.costed | frontier->other.costed;
    bool is_good = search_run(&search, frontier->least);
    for (int i = 0; i < N_COLUMNS && is_good; i++)
        tip_count_runs(frontier->tip, &frontier->least[i]);
    return is_good;
}

// Runs the cells of the map: outcomes [N_COLUMNS][N_ROWS].
static bool fill_map(const struct frontier *frontier, struct support_outcome *outcomes)
{
    struct support *support = frontier->mix.support;
    int n = N_COLUMNS * N_ROWS, n_levers = support->n_levers;
    struct arena *scratch = arena_create();
    struct lever_plan *plans = ARENA_NEW_ARRAY(scratch, struct lever_plan, n * n_levers);
    struct support_trial *trials = ARENA_NEW_ARRAY(scratch, struct support_trial, n);
    for (int i = 0; i < n; i++) {
        trials[i].plans = plans + i * n_levers;
        for (int k = 0; k < n_levers; k++)
            plans[i * n_levers + k] = lever_plan_scheduled();
        plan_cell((void *)frontier, i / N_ROWS, frontier->high * (i % N_ROWS) / (N_ROWS - 1),
                  plans + i * n_levers, &trials[i].point);
    }
    bool is_good = support_try(support, SUPPORT_NOMINAL, trials, n,
                               frontier->mix.costed | frontier->other.costed, outcomes);
    arena_free(scratch);
    for (int i = 0; i < n && is_good; i++)
        frontier->tip
            ->n_ends[outcomes[i].verdict == VERDICT_FAILS ? RUN_NONFINITE : RUN_COMPLETE]++;
    return is_good;
}

static void write_map(const struct frontier *frontier, const struct support_outcome *outcomes)
{
    struct tip *tip = frontier->tip;
    struct sheet *sheet = frontier->is_pair ? &tip->streams : &tip->frontier;
    const struct support_mix *mix = &frontier->mix, *other = &frontier->other;
    for (int i = 0; i < N_COLUMNS * N_ROWS; i++) {
        double column = frontier->columns[i / N_ROWS];
        double scale = frontier->high * (i % N_ROWS) / (N_ROWS - 1);
        tip_begin_row(tip, sheet, frontier->tip_case);
        sheet_set_number(sheet, frontier->is_pair ? mix->name : "amount", scale * mix->unit_amount);
        sheet_set_number(sheet, frontier->is_pair ? other->name : "duration",
                         frontier->is_pair ? column * other->unit_amount : column);
        sheet_set_number(sheet, "total", outcomes[i].cost - frontier->base_cost);
        sheet_set_number(sheet, "tipped", outcomes[i].verdict == VERDICT_TIPS);
        sheet_set_number(sheet, "value", outcomes[i].value);
        sheet_set_text(sheet, "verdict", verdict_name(outcomes[i].verdict));
    }
}

// The frontier itself, as frontier-line.csv.
static void write_line(const struct frontier *frontier)
{
    struct tip *tip = frontier->tip;
    const struct support_mix *mix = &frontier->mix;
    for (int i = 0; i < N_COLUMNS; i++) {
        const struct search_result *least = &frontier->least[i];
        bool is_always = least->end == SEARCH_ALWAYS;
        tip_begin_row(tip, &tip->contour, frontier->tip_case);
        sheet_set_text(&tip->contour, "map", frontier->is_pair ? "streams" : "duration");
        sheet_set_number(&tip->contour, "x",
                         frontier->columns[i] *
                             (frontier->is_pair ? frontier->other.unit_amount : 1));
        sheet_set_number(&tip->contour, "amount", is_always ? 0 : least->upper * mix->unit_amount);
        sheet_set_number(&tip->contour, "lower", least->lower * mix->unit_amount);
        sheet_set_number(&tip->contour, "upper", least->upper * mix->unit_amount);
        sheet_set_number(&tip->contour, "total",
                         least->end == SEARCH_FOUND ? least->at_upper.cost - frontier->base_cost
                                                    : NAN);
        sheet_set_number(&tip->contour, "total_undiscounted",
                         least->end == SEARCH_FOUND ? least->at_upper.nominal : NAN);
    }
}

// The column in which tipping costs least, -1 where none tips.
static int cheapest(const struct frontier *frontier)
{
    int best = -1;
    for (int i = 0; i < N_COLUMNS; i++)
        if (frontier->least[i].end == SEARCH_FOUND &&
            (best < 0 || frontier->least[i].at_upper.cost < frontier->least[best].at_upper.cost))
            best = i;
    return best;
}

// The top of the map: the cheapest point fits below it, what the scenario has, and all of the
// frontier from a third of the longest duration on.
static double map_top(const struct frontier *frontier, double searched)
{
    double top = 0;
    int best = cheapest(frontier);
    for (int i = frontier->is_pair ? 0 : N_COLUMNS / 4; i < N_COLUMNS; i++)
        if (frontier->least[i].end == SEARCH_FOUND)
            top = fmax(top, 1.25 * frontier->least[i].upper);
    if (best >= 0)
        top = fmax(top, 1.25 * frontier->least[best].upper);
    if (top > 0 && frontier->mix.has_amount)
        top = fmax(top, 1.25);
    return top > 0 ? fmin(top, searched) : searched;
}

// Whether it tips with nothing from the mix, whatever the column.
static bool is_needless(const struct frontier *frontier)
{
    bool is_needless = true;
    for (int i = 0; i < N_COLUMNS; i++)
        is_needless &= frontier->least[i].end == SEARCH_ALWAYS;
    return is_needless;
}

static const char *pair_sentence(const struct frontier *frontier, int best, enum language language)
{
    struct arena *arena = frontier->mix.support->arena;
    const struct support_mix *mix = &frontier->mix, *other = &frontier->other;
    bool in_dutch = language == LANGUAGE_NL;
    const char *a = mix_words(mix, language), *b = mix_words(other, language);
    if (is_needless(frontier))
        return arena_format(arena,
                            in_dutch ? "Het kantelt ook zonder %s en zonder %s."
                                     : "It tips without %s and without %s.",
                            a, b);
    if (best < 0)
        return arena_format(arena,
                            in_dutch ? "Geen combinatie van %s en %s kantelt blijvend."
                                     : "No combination of %s and %s tips for good.",
                            a, b);
    return arena_format(
        arena,
        in_dutch ? "De goedkoopste combinatie die blijvend kantelt: %s voor %s en %s voor %s, in "
                   "totaal %s."
                 : "The cheapest combination that tips for good: %s for %s and %s for %s, %s in "
                   "total.",
        amount_words(arena, frontier->least[best].upper * mix->unit_amount, mix->unit, language), a,
        amount_words(arena, frontier->columns[best] * other->unit_amount, other->unit, language), b,
        value_in_words(arena, frontier->least[best].at_upper.cost - frontier->base_cost,
                       mix->cost_unit, false, language));
}

static const char *sentence(const struct frontier *frontier, int best, enum language language)
{
    const struct support_mix *mix = &frontier->mix;
    struct arena *arena = mix->support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    const char *words = capital(arena, mix_words(mix, language));
    const char *longest =
        span_words(arena, mix->support, frontier->columns[N_COLUMNS - 1], language);
    if (!mix->support->has_level)
        return arena_format(arena,
                            in_dutch ? "%s: geen grens, want met en zonder steun is er niets "
                                       "waarnaar het blijvend kan kantelen."
                                     : "%s: no frontier, as with and without support there is "
                                       "nothing to tip into for good.",
                            words);
    if (frontier->is_pair)
        return pair_sentence(frontier, best, language);
    if (is_needless(frontier))
        return arena_format(arena,
                            in_dutch ? "%s: het kantelt ook zonder deze steun."
                                     : "%s: it tips without this support.",
                            words);
    if (best < 0)
        return arena_format(arena,
                            in_dutch
                                ? "%s: geen bedrag tot %s kantelt, hoe lang het ook duurt (tot "
                                  "%s)."
                                : "%s: no amount up to %s tips, however long it lasts (up to "
                                  "%s).",
                            words, support_mix_words(mix, frontier->high, language), longest);
    const struct search_result *least = &frontier->least[best];
    const char *cheapest_words =
        arena_format(arena,
                     in_dutch ? "%s: het goedkoopst kantelt het met %s gedurende %s, in totaal %s"
                              : "%s: it tips most cheaply with %s for %s, %s in total",
                     words, support_mix_words(mix, least->upper, language),
                     span_words(arena, mix->support, frontier->columns[best], language),
                     value_in_words(arena, least->at_upper.cost - frontier->base_cost,
                                    mix->cost_unit, false, language));
    if (best == N_COLUMNS - 1)
        return arena_format(
            arena, in_dutch ? "%s; langer is niet onderzocht." : "%s; longer was not tried.",
            cheapest_words);
    return arena_format(arena, in_dutch ? "%s; bij %s is %s genoeg." : "%s; over %s, %s is enough.",
                        cheapest_words, longest,
                        support_mix_words(mix, frontier->least[N_COLUMNS - 1].upper, language));
}

static void answer_cheapest(const struct frontier *frontier, int best)
{
    const struct support_mix *mix = &frontier->mix;
    const struct search_result *least = best >= 0 ? &frontier->least[best] : NULL;
    const char *time = mix->support->source.model->time.unit;
    const char *prefix = frontier->is_pair ? "streams-" : "";
    struct arena *arena = mix->support->arena;
    answer(frontier, arena_format(arena, "%stotal", prefix),
           least ? least->at_upper.cost - frontier->base_cost : NAN,
           least ? least->at_lower.cost - frontier->base_cost : NAN,
           least ? least->at_upper.cost - frontier->base_cost : NAN, mix->cost_unit);
    answer(frontier,
           frontier->is_pair ? arena_format(arena, "streams-amount:%s", mix->name) : "amount",
           least ? least->upper * mix->unit_amount : NAN,
           least ? least->lower * mix->unit_amount : NAN,
           least ? least->upper * mix->unit_amount : NAN, mix->unit);
    if (frontier->is_pair)
        answer(frontier, arena_format(arena, "streams-amount:%s", frontier->other.name),
               least ? frontier->columns[best] * frontier->other.unit_amount : NAN, NAN, NAN,
               frontier->other.unit);
    else
        answer(frontier, "duration", least ? frontier->columns[best] : NAN, NAN, NAN, time);
}

// Finds the frontier, fills the map, and says what is cheapest.
static bool map(struct frontier *frontier, double searched)
{
    struct support *support = frontier->mix.support;
    struct support_outcome *outcomes =
        ARENA_NEW_ARRAY(support->arena, struct support_outcome, N_COLUMNS * N_ROWS);
    if (!find_least(frontier, searched))
        return false;
    frontier->high =
        isnan(frontier->tip->options.amount_high) ? map_top(frontier, searched) : searched;
    if (!fill_map(frontier, outcomes))
        return false;
    write_map(frontier, outcomes);
    write_line(frontier);
    int best = cheapest(frontier);
    answer_cheapest(frontier, best);
    tip_say(frontier->tip, frontier->tip_case, &tip_frontier, sentence(frontier, best, LANGUAGE_NL),
            sentence(frontier, best, LANGUAGE_EN));
    return true;
}

static bool map_durations(struct frontier *frontier, double searched)
{
    double low = 0, high = support_mix_longest(&frontier->mix);
    if (!isnan(frontier->tip->options.duration_high)) {
        low = fmin(high, frontier->tip->options.duration_low);
        high = fmin(high, frontier->tip->options.duration_high);
    }
    if (!(high > 0) || !(frontier->mix.until > frontier->mix.from))
        return true; // money paid at once has no duration
    for (int i = 0; i < N_COLUMNS; i++)
        frontier->columns[i] =
            low > 0 ? low + (high - low) * i / (N_COLUMNS - 1) : high * (i + 1) / N_COLUMNS;
    return map(frontier, searched);
}

static void plan_other(void *context, int index, double x, struct lever_plan *plans,
                       const double **point)
{
    const struct frontier *frontier = context;
    (void)index, (void)point;
    support_mix_scale(&frontier->mix, 0, plans);
    support_mix_scale(&frontier->other, x, plans);
}

// The width of a map of two streams: a little more than what the second needs alone, but not less
// than the scenario has.
static bool find_widest(struct frontier *pair, double searched, double *widest)
{
    struct search search = support_mix_search(&pair->other, 0, searched, plan_other, pair);
    struct search_result result;
    search.tolerance = 1e-3;
    if (!search_run(&search, &result))
        return false;
    tip_count_runs(pair->tip, &result);
    *widest = result.end == SEARCH_FOUND ? fmin(searched, 1.2 * result.upper) : searched;
    if (pair->other.has_amount)
        *widest = fmax(*widest, fmin(searched, 1.2));
    return true;
}

// Push by demand: the first stream of the mix by the second, each from nothing up.
static bool map_pair(struct frontier *frontier, double searched)
{
    struct support *support = frontier->mix.support;
    struct frontier pair = {.tip = frontier->tip, .tip_case = frontier->tip_case, .is_pair = true};
    support_mix_pair(&pair.mix, support, frontier->mix.levers[0], frontier->mix.levers[1]);
    if (!support_mix_base_cost(&pair.mix, &pair.base_cost, &(double){0}))
        return false;
    struct support_mix both = pair.mix;
    support_mix_single(&pair.mix, support, frontier->mix.levers[0]);
    support_mix_single(&pair.other, support, frontier->mix.levers[1]);
    pair.mix.costed = pair.other.costed = both.costed;
    pair.mix.cost_unit = both.cost_unit;
    double widest;
    if (!find_widest(&pair, searched, &widest))
        return false;
    for (int i = 0; i < N_COLUMNS; i++)
        pair.columns[i] = widest * i / (N_COLUMNS - 1);
    return map(&pair, searched);
}

static bool run_case(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    struct support *support = tip_support(tip, tip_case, diag);
    struct frontier frontier = {.tip = tip, .tip_case = tip_case};
    struct search_result any;
    double searched;
    if (!support)
        return false;
    if (!support_mix_choose(&frontier.mix, tip, support)) {
        tip_say_no_stream(tip, tip_case, &tip_frontier);
        return true;
    }
    if (!support_mix_base_cost(&frontier.mix, &frontier.base_cost, &(double){0}) ||
        !support_mix_least_scale(tip, &frontier.mix, 0.01, &any, &searched) ||
        !map_durations(&frontier, searched))
        return false;
    return frontier.mix.n < 2 || map_pair(&frontier, searched);
}

static bool run(struct tip *tip, struct diag *diag)
{
    bool is_good = tip_check_streams(tip, diag);
    for (int i = 0; i < tip->n_cases && is_good; i++)
        is_good = run_case(tip, &tip->cases[i], diag);
    return is_good;
}

const struct tip_question tip_frontier = {
    .id = TIP_FRONTIER,
    .name = "frontier",
    .summary = "which amounts of support for how long tip, and at what cost",
    .run = run,
};
