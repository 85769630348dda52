// Stage: analysis. The earliest date at which support may end without the transition falling back,
// and how much later the scenario's own date is. All support of the mix ends at the date that is
// tried; where that is after the schedule, those that end last go on until then.
#include "analysis/tip/tip_support.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

enum { N_PATHS = 6, N_TIMES = 241 };

struct safe_stop {
    struct tip *tip;
    struct tip_case *tip_case;
    struct support_mix mix;
    struct search_result date;
    double half_date;                 // by half the step
    struct support_outcome scheduled; // of the scenario as it is
    double saving;                    // cost of going on to the scenario's date; NaN: none
};

static void answer(const struct safe_stop *stop, const char *metric, double value, double lower,
                   double upper, const char *unit)
{
    tip_answer(stop->tip, stop->tip_case, &tip_safe_stop, metric, value, lower, upper, unit);
}

static void plan_date(void *context, int index, double x, struct lever_plan *plans,
                      const double **point)
{
    const struct safe_stop *stop = context;
    (void)index, (void)point;
    support_mix_end(&stop->mix, x, plans);
}

static double last_date(const struct safe_stop *stop)
{
    return stop->mix.support->source.model->time.stop;
}

static bool find_date(struct safe_stop *stop)
{
    const struct support_mix *mix = &stop->mix;
    struct search search =
        support_mix_search(mix, fmin(mix->from, last_date(stop)), last_date(stop), plan_date, stop);
    search.tolerance = tip_tolerance(stop->tip);
    search.is_thorough = true;
    if (!search_run(&search, &stop->date))
        return false;
    tip_count_runs(stop->tip, &stop->date);
    return support_mix_repeat(stop->tip, &search, &stop->date, &stop->half_date);
}

static bool try_scheduled(struct safe_stop *stop)
{
    struct lever_plan plans[MAX_LEVERS];
    for (int i = 0; i < stop->mix.support->n_levers; i++)
        plans[i] = lever_plan_scheduled();
    if (!support_try_one(stop->mix.support, plans, stop->mix.costed, &stop->scheduled))
        return false;
    stop->saving = stop->date.end == SEARCH_FOUND && stop->scheduled.verdict == VERDICT_TIPS
                       ? stop->scheduled.cost - stop->date.at_upper.cost
                       : NAN;
    return true;
}

// The date at which the scenario itself ends its support.
static double own_date(const struct safe_stop *stop)
{
    return fmin(stop->mix.until, last_date(stop));
}

static void answer_all(const struct safe_stop *stop)
{
    const char *time = stop->mix.support->source.model->time.unit;
    const struct search_result *date = &stop->date;
    double own = own_date(stop);
    bool is_found = date->end == SEARCH_FOUND;
    bool is_always = date->end == SEARCH_ALWAYS;
    double value = is_found ? date->upper : is_always ? stop->mix.from : NAN;
    answer(stop, "date", value, is_found ? date->lower : NAN, is_found ? date->upper : NAN, time);
    answer(stop, "slack", own - value, is_found ? own - date->upper : NAN,
           is_found ? own - date->lower : NAN, time);
    answer(stop, "own-date", own, NAN, NAN, time);
    if (!isnan(stop->saving))
        answer(stop, "saving", stop->saving, NAN, NAN, stop->mix.cost_unit);
    if (!isnan(stop->half_date))
        answer(stop, "date-half-step-difference", stop->half_date - date->upper, NAN, NAN, time);
    tip_answer_windows(stop->tip, stop->tip_case, &tip_safe_stop, "date", "after", date, 1, time);
}

// The ends of support that the chart shows: at once, half way to where it begins to matter, the
// last that falls back for sure, the safe one, and the scenario's own.
static int list_paths(const struct safe_stop *stop, double *ends)
{
    double first = stop->mix.from, own = own_date(stop), safe = stop->date.upper;
    double span = fmax(own, safe) - first, low = fmin(stop->date.lower, safe - 0.03 * span);
    int n = 0;
    if (stop->date.end != SEARCH_FOUND) {
        for (int i = 0; i < N_PATHS; i++)
            ends[n++] = first + (last_date(stop) - first) * i / (N_PATHS - 1);
        return n;
    }
    low = isnan(low) ? first : fmax(first, low);
    ends[n++] = first;
    if (low > first + 0.2 * span)
        ends[n++] = (first + low) / 2;
    if (low > first)
        ends[n++] = low;
    if (safe - low > 0.06 * span)
        ends[n++] = (low + safe) / 2; // undecided
    ends[n++] = safe;
    if (fabs(own - safe) > 0.02 * span)
        ends[n++] = own;
    return n;
}

// Rows of safe-stop.csv: how the variable goes with support that ends at different dates.
static bool trace(const struct safe_stop *stop)
{
    struct support *support = stop->mix.support;
    struct arena *arena = support->arena;
    double ends[N_PATHS];
    int n = list_paths(stop, ends);
    long n_times = support_n_times(support, N_TIMES);
    struct lever_plan *plans = ARENA_NEW_ARRAY(arena, struct lever_plan, n * support->n_levers);
    struct support_trial trials[N_PATHS];
    struct support_outcome outcomes[N_PATHS];
    double *times = ARENA_NEW_ARRAY(arena, double, n_times);
    double *values = ARENA_NEW_ARRAY(arena, double, n *n_times);
    for (int i = 0; i < n; i++) {
        trials[i] = (struct support_trial){plans + i * support->n_levers, NULL};
        for (int k = 0; k < support->n_levers; k++)
            plans[i * support->n_levers + k] = lever_plan_scheduled();
        support_mix_end(&stop->mix, ends[i], plans + i * support->n_levers);
    }
    if (!support_trace(support, trials, n, n_times, times, values) ||
        !support_try(support, SUPPORT_NOMINAL, trials, n, 0, outcomes))
        return false;
    struct sheet *sheet = &stop->tip->paths;
    for (int i = 0; i < n; i++)
        for (long k = 0; k < n_times; k++) {
            tip_begin_row(stop->tip, sheet, stop->tip_case);
            sheet_set_number(sheet, "end", ends[i]);
            sheet_set_number(sheet, "tipped", outcomes[i].verdict == VERDICT_TIPS);
            sheet_set_number(sheet, "time", times[k]);
            sheet_set_number(sheet, "value", values[i * n_times + k]);
            sheet_set_text(sheet, "verdict", verdict_name(outcomes[i].verdict));
        }
    return true;
}

static const char *found_sentence(const struct safe_stop *stop, enum language language)
{
    const struct support *support = stop->mix.support;
    struct arena *arena = support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    double slack = own_date(stop) - stop->date.upper;
    const char *safe = date_words(arena, support, stop->date.upper, language);
    const char *own = date_words(arena, support, own_date(stop), language);
    const char *gap = span_words(arena, support, fabs(slack), language);
    const char *words = mix_words(&stop->mix, language);
    if (slack < 0)
        return arena_format(arena,
                            in_dutch
                                ? "De steun (%s) stopt in dit scenario %s te vroeg: op %s valt "
                                  "het terug; pas vanaf %s houdt het zichzelf overeind."
                                : "Support (%s) ends %s too early in this scenario: at %s it "
                                  "falls back; only from %s on does it carry itself.",
                            words, gap, own, safe);
    if (stop->scheduled.verdict != VERDICT_TIPS)
        return arena_format(arena,
                            in_dutch ? "De steun (%s) kan op zijn vroegst op %s stoppen zonder dat "
                                       "het terugvalt; op %s, waar het scenario stopt, kantelt het "
                                       "niet blijvend."
                                     : "Support (%s) can end at %s at the earliest without falling "
                                       "back; at %s, where the scenario ends it, it does not tip "
                                       "for good.",
                            words, safe, own);
    const char *saved =
        isnan(stop->saving) || !(stop->saving > 0)
            ? ""
            : arena_format(
                  arena, in_dutch ? " Het verschil is %s." : " The difference is %s.",
                  value_in_words(arena, stop->saving, stop->mix.cost_unit, false, language));
    return arena_format(arena,
                        in_dutch ? "De steun (%s) kan op zijn vroegst op %s stoppen zonder dat het "
                                   "terugvalt; het scenario stopt op %s, %s later.%s"
                                 : "Support (%s) can end at %s at the earliest without falling "
                                   "back; the scenario ends it at %s, %s later.%s",
                        words, safe, own, gap, saved);
}

static const char *sentence(const struct safe_stop *stop, enum language language)
{
    const struct support *support = stop->mix.support;
    struct arena *arena = support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    const char *words = mix_words(&stop->mix, language);
    const char *last = date_words(arena, support, last_date(stop), language);
    if (!support->has_level && stop->date.end != SEARCH_FAILED)
        return support->is_restless
                   ? arena_format(arena,
                                  in_dutch ? "Geen veilige stopdatum voor %s: het model komt niet "
                                             "tot rust; zeg met --variable en --above wat "
                                             "gekanteld is."
                                           : "No safe date for %s to stop: the model does not come "
                                             "to rest; say with --variable and --above what "
                                             "tipped means.",
                                  words)
                   : arena_format(arena,
                                  in_dutch ? "Geen veilige stopdatum voor %s: het model komt met "
                                             "en zonder steun op hetzelfde uit."
                                           : "No safe date for %s to stop: the model ends up in "
                                             "the same place with and without support.",
                                  words);
    switch (stop->date.end) {
    case SEARCH_FOUND:
        return found_sentence(stop, language);
    case SEARCH_ALWAYS:
        return arena_format(arena,
                            in_dutch ? "Het kantelt ook zonder deze steun (%s); die kan meteen "
                                       "stoppen."
                                     : "It tips without this support (%s), which can stop at once.",
                            words);
    case SEARCH_FAILED:
        return arena_format(arena,
                            in_dutch ? "Geen veilige stopdatum voor %s: alle runs mislukten."
                                     : "No safe date for %s to stop: all runs failed.",
                            words);
    default:
        return arena_format(arena,
                            in_dutch ? "Er is geen datum tot %s waarop de steun (%s) kan stoppen "
                                       "zonder dat het terugvalt."
                                     : "There is no date up to %s at which support (%s) can stop "
                                       "without falling back.",
                            last, words);
    }
}

// Support that is paid at once has no date at which it could stop.
static bool say_at_once(struct safe_stop *stop)
{
    const struct support *support = stop->mix.support;
    struct arena *arena = support->arena;
    const char *time = support->source.model->time.unit;
    stop->date = (struct search_result){.end = SEARCH_NEVER};
    if (!try_scheduled(stop))
        return false;
    double date = stop->scheduled.verdict == VERDICT_TIPS ? stop->mix.from : NAN;
    answer(stop, "date", date, NAN, date, time);
    answer(stop, "slack", isnan(date) ? NAN : 0, NAN, NAN, time);
    tip_say(stop->tip, stop->tip_case, &tip_safe_stop,
            arena_format(arena,
                         "De steun (%s) wordt in een keer betaald, op %s; er is niets te stoppen.",
                         mix_words(&stop->mix, LANGUAGE_NL),
                         date_words(arena, support, stop->mix.from, LANGUAGE_NL)),
            arena_format(arena, "Support (%s) is paid at once, at %s; there is nothing to stop.",
                         mix_words(&stop->mix, LANGUAGE_EN),
                         date_words(arena, support, stop->mix.from, LANGUAGE_EN)));
    return true;
}

static bool run_case(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    struct support *support = tip_support(tip, tip_case, diag);
    struct safe_stop stop = {.tip = tip, .tip_case = tip_case};
    if (!support)
        return false;
    support_mix_all(&stop.mix, support);
    if (!stop.mix.has_amount) {
        tip_say(tip, tip_case, &tip_safe_stop,
                "Dit scenario geeft geen steun; er is geen stopdatum te bepalen.",
                "This scenario gives no support; there is no date at which it could stop.");
        answer(&stop, "date", NAN, NAN, NAN, support->source.model->time.unit);
        answer(&stop, "slack", NAN, NAN, NAN, support->source.model->time.unit);
        return true;
    }
    if (!(stop.mix.until > stop.mix.from))
        return say_at_once(&stop);
    if (!find_date(&stop) || !try_scheduled(&stop) || !trace(&stop))
        return false;
    answer_all(&stop);
    const struct finding finding = {.mix = &stop.mix,
                                    .more = {"Later", "Later"},
                                    .result = &stop.date,
                                    .origin = stop.mix.from,
                                    .is_repeated = !tip->options.is_quick,
                                    .half = stop.half_date,
                                    .words = finding_date};
    const char *texts[N_LANGUAGES];
    for (int language = 0; language < N_LANGUAGES; language++)
        texts[language] = arena_format(support->arena, "%s%s%s", sentence(&stop, language),
                                       finding_words(&finding, language),
                                       trouble_words(support, &stop.date, language));
    tip_say(tip, tip_case, &tip_safe_stop, texts[LANGUAGE_NL], texts[LANGUAGE_EN]);
    return true;
}

static bool run(struct tip *tip, struct diag *diag)
{
    bool is_good = true;
    for (int i = 0; i < tip->n_cases && is_good; i++)
        is_good = run_case(tip, &tip->cases[i], diag);
    return is_good;
}

const struct tip_question tip_safe_stop = {
    .id = TIP_SAFE_STOP,
    .name = "safe-stop",
    .summary = "the earliest date at which support may end without falling back",
    .run = run,
};
