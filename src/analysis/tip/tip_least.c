// Stage: analysis. The least support that tips for good: the amount at the scheduled duration, what
// that costs, and the duration at the scheduled amount. Each is bracketed by the highest that
// failed and the lowest that tipped, and is found again by half the step.
#include "analysis/tip/tip_support.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

// One model's answers in the making.
struct least {
    struct tip *tip;
    struct tip_case *tip_case;
    struct support_mix mix;
    struct search_result amount, duration;
    double amount_low, amount_high;    // scales between which was searched
    double duration_low;               //
    double duration_scale;             // at which the duration was sought
    double half_amount, half_duration; // by half the step
    double base_cost, base_nominal;
};

static void answer(const struct least *least, const char *metric, double value, double lower,
                   double upper, const char *unit)
{
    tip_answer(least->tip, least->tip_case, &tip_least, metric, value, lower, upper, unit);
}

static void plan_scale(void *context, int index, double x, struct lever_plan *plans,
                       const double **point)
{
    const struct least *least = context;
    (void)index, (void)point;
    support_mix_scale(&least->mix, x, plans);
}

static void plan_duration(void *context, int index, double x, struct lever_plan *plans,
                          const double **point)
{
    const struct least *least = context;
    (void)index, (void)point;
    support_mix_scale(&least->mix, least->duration_scale, plans);
    support_mix_last(&least->mix, x, plans);
}

static bool find_amount(struct least *least)
{
    if (!support_mix_least_scale(least->tip, &least->mix, tip_tolerance(least->tip), &least->amount,
                                 &least->amount_high))
        return false;
    least->amount_low = support_mix_low(least->tip, &least->mix);
    struct search search =
        support_mix_search(&least->mix, least->amount_low, least->amount_high, plan_scale, least);
    search.tolerance = tip_tolerance(least->tip);
    return support_mix_repeat(least->tip, &search, &least->amount, &least->half_amount);
}

// Whether it tips with nothing at all.
static bool is_needless(const struct search_result *result, double low)
{
    return result->end == SEARCH_ALWAYS && low <= 0;
}

// At the scheduled amount; where there is none, at twice the least amount.
static bool find_duration(struct least *least)
{
    struct support_mix *mix = &least->mix;
    double high = support_mix_longest(mix);
    least->duration = (struct search_result){.end = SEARCH_NEVER, .lower = NAN, .upper = NAN};
    least->half_duration = NAN;
    least->duration_scale = mix->has_amount                     ? 1
                            : least->amount.end == SEARCH_FOUND ? 2 * least->amount.upper
                                                                : NAN;
    if (is_needless(&least->amount, least->amount_low)) {
        least->duration.end = SEARCH_ALWAYS;
        return true;
    }
    if (isnan(least->duration_scale) || !(high > 0) || !(mix->until > mix->from))
        return true;
    double low = 0;
    if (!isnan(least->tip->options.duration_high)) {
        low = fmin(high, least->tip->options.duration_low);
        high = fmin(high, least->tip->options.duration_high);
    }
    least->duration_low = low;
    struct search search = support_mix_search(mix, low, high, plan_duration, least);
    if (low >= high)
        return true; // the run is shorter
    search.tolerance = tip_tolerance(least->tip);
    search.is_thorough = true;
    if (!search_run(&search, &least->duration))
        return false;
    tip_count_runs(least->tip, &least->duration);
    return support_mix_repeat(least->tip, &search, &least->duration, &least->half_duration);
}

// Writes a bracket; where nothing was found, an empty value with the bound that was tried; where
// the low end of the range tips already, that end as the upper bound.
static void answer_bracket(const struct least *least, const char *metric,
                           const struct search_result *result, double low, double factor,
                           const char *unit)
{
    double lower = factor * result->lower, upper = factor * result->upper;
    bool is_tried = least->mix.support->has_level;
    if (is_needless(result, low))
        answer(least, metric, 0, NAN, NAN, unit);
    else if (result->end == SEARCH_ALWAYS)
        answer(least, metric, NAN, NAN, factor * low, unit);
    else if (result->end == SEARCH_FOUND)
        answer(least, metric, upper, fmin(lower, upper), fmax(lower, upper), unit);
    else
        answer(least, metric, NAN, is_tried ? lower : NAN, NAN, unit);
}

// What it costs at the two sides of a bracket; a cost below nothing turns them round.
static void answer_cost(const struct least *least, const char *metric, double value, double other)
{
    answer(least, metric, value, isnan(other) ? NAN : fmin(value, other),
           isnan(other) ? value : fmax(value, other), least->mix.cost_unit);
}

static void answer_costs(const struct least *least)
{
    const struct search_result *amount = &least->amount, *duration = &least->duration;
    const struct support_mix *mix = &least->mix;
    double lower = mix->support->has_level ? amount->at_lower.cost - least->base_cost : NAN;
    double upper = amount->at_upper.cost - least->base_cost;
    lower = isnan(amount->lower) ? NAN : lower;
    if (is_needless(amount, least->amount_low))
        answer(least, "total", 0, NAN, NAN, mix->cost_unit);
    else if (amount->end == SEARCH_ALWAYS)
        answer(least, "total", NAN, NAN, upper, mix->cost_unit);
    else if (amount->end != SEARCH_FOUND)
        answer(least, "total", NAN, lower, NAN, mix->cost_unit);
    if (amount->end != SEARCH_FOUND)
        return;
    answer_cost(least, "total", upper, lower);
    answer_cost(least, "total-undiscounted", amount->at_upper.nominal - least->base_nominal,
                isnan(lower) ? NAN : amount->at_lower.nominal - least->base_nominal);
    if (duration->end == SEARCH_FOUND)
        answer_cost(least, "total-at-least-duration", duration->at_upper.cost - least->base_cost,
                    isnan(duration->lower) ? NAN : duration->at_lower.cost - least->base_cost);
}

static void answer_all(const struct least *least)
{
    const struct support_mix *mix = &least->mix;
    const struct support *support = mix->support;
    const struct search_result *amount = &least->amount, *duration = &least->duration;
    const char *time = support->source.model->time.unit;
    answer_bracket(least, "amount", amount, least->amount_low, mix->unit_amount, mix->unit);
    answer_costs(least);
    answer_bracket(least, "duration", duration, least->duration_low, 1, time);
    if (!isnan(least->half_amount))
        answer(least, "amount-half-step-difference",
               mix->unit_amount * (least->half_amount - amount->upper), NAN, NAN, mix->unit);
    if (!isnan(least->half_duration))
        answer(least, "duration-half-step-difference", least->half_duration - duration->upper, NAN,
               NAN, time);
    if (mix->has_amount)
        answer_bracket(least, "scale", amount, least->amount_low, 1, "1");
    for (int i = 0; i < mix->n && mix->n > 1; i++) {
        const struct lever *lever = support->levers[mix->levers[i]];
        answer_bracket(least, arena_format(support->arena, "amount:%s", lever->name), amount,
                       least->amount_low, lever->amount != 0 ? lever->amount : support->sign,
                       lever->variable->unit_text ? lever->variable->unit_text : "");
    }
    tip_answer_windows(least->tip, least->tip_case, &tip_least, "amount", "above", amount,
                       mix->unit_amount, mix->unit);
    tip_answer_windows(least->tip, least->tip_case, &tip_least, "duration", "above", duration, 1,
                       time);
}

static const char *total_words(const struct least *least, double cost, enum language language)
{
    const struct support_mix *mix = &least->mix;
    struct arena *arena = mix->support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    const char *sum = value_in_words(arena, cost, mix->cost_unit, false, language);
    if (strcmp(mix->cost_unit, mix->support->source.model->time.unit) == 0)
        return ""; // of a number without unit: adds up to nothing that has a name
    if (!mix->is_money)
        return arena_format(arena, in_dutch ? "; in totaal %s" : "; %s in total", sum);
    const char *per = mix->support->is_timeless ? (in_dutch ? "per tijdseenheid" : "a unit of time")
                                                : (in_dutch ? "per jaar" : "a year");
    return arena_format(arena,
                        in_dutch ? "; in totaal %s (contant gemaakt tegen %s %s)"
                                 : "; %s in total (discounted at %s %s)",
                        sum, rate_words(arena, mix->support->discount, language), per);
}

// Nothing shows what tipped means.
static const char *no_level_sentence(const struct support_mix *mix, const char *words,
                                     enum language language)
{
    struct arena *arena = mix->support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    if (mix->support->is_restless)
        return arena_format(arena,
                            in_dutch
                                ? "%s: het model komt niet tot rust, zodat vanzelf niet blijkt "
                                  "wat gekanteld is; zeg het met --variable en --above."
                                : "%s: the model does not come to rest, so that what tipped "
                                  "means does not show by itself; say it with --variable and "
                                  "--above.",
                            words);
    return arena_format(arena,
                        in_dutch ? "%s: niets kantelt blijvend; het model komt met en zonder "
                                   "steun op hetzelfde uit."
                                 : "%s: nothing tips for good; the model ends up in the same "
                                   "place with and without support.",
                        words);
}

static const char *amount_sentence(const struct least *least, enum language language)
{
    const struct support_mix *mix = &least->mix;
    struct arena *arena = mix->support->arena;
    const struct search_result *amount = &least->amount;
    bool in_dutch = language == LANGUAGE_NL;
    const char *words = capital(arena, mix_words(mix, language));
    const char *from = date_words(arena, mix->support, mix->from, language);
    const char *until = date_words(arena, mix->support, mix->until, language);
    if (!mix->support->has_level && amount->end != SEARCH_FAILED)
        return no_level_sentence(mix, words, language);
    switch (amount->end) {
    case SEARCH_FOUND:
        if (amount->upper * mix->unit_amount < 0 && strcmp(mix->unit, "1") != 0)
            return arena_format(
                arena,
                in_dutch ? "%s: %s of lager, van %s tot %s, is nodig om blijvend te kantelen%s."
                         : "%s: %s or lower, from %s until %s, is needed to tip for good%s.",
                words, support_mix_words(mix, amount->upper, language), from, until,
                total_words(least, amount->at_upper.cost - least->base_cost, language));
        return arena_format(arena,
                            in_dutch ? "%s: ten minste %s, van %s tot %s, is nodig om blijvend te "
                                       "kantelen%s."
                                     : "%s: at least %s, from %s until %s, is needed to tip for "
                                       "good%s.",
                            words, support_mix_words(&least->mix, amount->upper, language), from,
                            until,
                            total_words(least, amount->at_upper.cost - least->base_cost, language));
    case SEARCH_ALWAYS:
        if (!is_needless(amount, least->amount_low))
            return arena_format(arena,
                                in_dutch ? "%s: het kantelt al met %s, het kleinste dat is bekeken."
                                         : "%s: it tips with %s already, the least that was tried.",
                                words, support_mix_words(mix, least->amount_low, language));
        return arena_format(arena,
                            in_dutch ? "%s: het kantelt ook zonder deze steun; er is niets nodig."
                                     : "%s: it tips without this support; nothing is needed.",
                            words);
    case SEARCH_FAILED:
        return arena_format(arena,
                            in_dutch ? "%s: geen antwoord, want alle runs mislukten."
                                     : "%s: no answer, as all runs failed.",
                            words);
    default:
        return arena_format(arena,
                            in_dutch ? "%s: ook %s, van %s tot %s, kantelt niet blijvend."
                                     : "%s: not even %s, from %s until %s, tips for good.",
                            words, support_mix_words(&least->mix, least->amount_high, language),
                            from, until);
    }
}

static const char *duration_sentence(const struct least *least, enum language language)
{
    const struct support_mix *mix = &least->mix;
    struct arena *arena = mix->support->arena;
    const struct search_result *duration = &least->duration;
    bool in_dutch = language == LANGUAGE_NL;
    if (!mix->support->has_level || isnan(least->duration_scale) || !duration->n_runs)
        return "";
    const char *amount = support_mix_words(&least->mix, least->duration_scale, language);
    if (duration->end == SEARCH_FOUND)
        return arena_format(arena,
                            in_dutch ? " Bij %s moet de steun ten minste %s duren."
                                     : " At %s support has to last at least %s.",
                            amount, span_words(arena, mix->support, duration->upper, language));
    if (duration->end == SEARCH_ALWAYS)
        return arena_format(arena,
                            in_dutch
                                ? " Bij %s is de kortste duur die is bekeken, %s, lang genoeg."
                                : " At %s the shortest duration that was tried, %s, is enough.",
                            amount, span_words(arena, mix->support, least->duration_low, language));
    return arena_format(
        arena,
        in_dutch ? " Bij %s is geen enkele duur tot %s lang genoeg."
                 : " At %s no duration up to %s is long enough.",
        amount,
        span_words(arena, mix->support,
                   isnan(duration->lower) ? support_mix_longest(mix) : duration->lower, language));
}

static void say(const struct least *least)
{
    const struct support *support = least->mix.support;
    bool is_repeated = !least->tip->options.is_quick;
    const struct finding amount = {.mix = &least->mix,
                                   .more = {"Meer", "More"},
                                   .result = &least->amount,
                                   .is_repeated = is_repeated,
                                   .half = least->half_amount,
                                   .words = finding_amount};
    const struct finding duration = {.mix = &least->mix,
                                     .more = {"Langer", "Longer"},
                                     .result = &least->duration,
                                     .is_repeated = is_repeated,
                                     .half = least->half_duration,
                                     .words = finding_span};
    const char *texts[N_LANGUAGES];
    for (int language = 0; language < N_LANGUAGES; language++)
        texts[language] =
            arena_format(support->arena, "%s%s%s%s%s", amount_sentence(least, language),
                         finding_words(&amount, language), duration_sentence(least, language),
                         least->duration.n_runs ? finding_words(&duration, language) : "",
                         trouble_words(support, &least->amount, language));
    tip_say(least->tip, least->tip_case, &tip_least, texts[LANGUAGE_NL], texts[LANGUAGE_EN]);
}

static bool run_case(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    struct support *support = tip_support(tip, tip_case, diag);
    struct least least = {.tip = tip, .tip_case = tip_case};
    if (!support)
        return false;
    if (!support_mix_choose(&least.mix, tip, support)) {
        tip_say_no_stream(tip, tip_case, &tip_least);
        return true;
    }
    if (!support_mix_base_cost(&least.mix, &least.base_cost, &least.base_nominal) ||
        !find_amount(&least) || !find_duration(&least))
        return false;
    answer_all(&least);
    say(&least);
    return true;
}

static bool run(struct tip *tip, struct diag *diag)
{
    bool is_good = tip_check_streams(tip, diag);
    for (int i = 0; i < tip->n_cases && is_good; i++)
        is_good = run_case(tip, &tip->cases[i], diag);
    return is_good;
}

const struct tip_question tip_least = {
    .id = TIP_LEAST,
    .name = "least",
    .summary = "the least amount, total cost and duration of support that tips for good",
    .run = run,
};
