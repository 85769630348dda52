// Stage: analysis. When to hand over from push to demand. A model that hands over by itself has
// parameters for it, switch_date and switch_share, and these are tried; the one that is not in
// question stands at the upper end of its range, where it does nothing. Else the first stream ends
// at the date that is tried and the others begin there, the first fading out over the overlap; all
// else stays as scheduled.
//
// For each date the least support that tips is sought, all streams scaled alike: the best date is
// where that costs least. The regret of a date in a draw of the uncertainties is what it costs more
// there than the best date of that draw (Savage 1951); where nothing tips, all money of the range
// is lost. The date of least regret has the smallest mean regret.
#include "analysis/tip/tip_support.h"
#include "analysis/tip/tip_words.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

enum { N_DATES = 25, N_REGRET_DATES = 7, N_SCAN = 9, N_REGRET_SCAN = 5 };

const char *tip_switch_dials[N_SWITCH_DIALS] = {"switch_date", "switch_share"};

// What is tried: a date by two streams, or a dial of the model.
struct handover {
    struct tip *tip;
    struct tip_case *tip_case;
    struct support_mix mix;         // all streams
    int first;                      // lever that ends; the others begin
    int dial;                       // enum, -1: streams
    const char *metric;             // "date", "share"
    const char *unit;               //
    double low, high;               // of what is tried
    double values[N_DATES];         //
    double costs[N_DATES];          // least total; NaN: none tips
    double scales[N_DATES];         //
    double regrets[N_REGRET_DATES]; // mean over draws
    double scale_high;              // that was searched up to
    double base_cost;
    int n_values;         // of the present round
    const double *tried;  // [n_values]
    const double *points; // [n_draws][n_inputs] or one that is nominal
    double *scratch;      // [n_searches][n_inputs]
    long n_draws;         //
};

static void answer(const struct handover *handover, const char *metric, double value, double lower,
                   double upper, const char *unit)
{
    tip_answer(handover->tip, handover->tip_case, &tip_switch, metric, value, lower, upper, unit);
}

// The dials for hand-over at `value`: the one in question, the other out of the way.
static void set_dials(const struct handover *handover, double value, double *point)
{
    const struct support *support = handover->mix.support;
    for (int dial = 0; dial < N_SWITCH_DIALS; dial++) {
        int at = support_find_point(support, tip_switch_dials[dial]);
        if (at < 0 || handover->dial < 0)
            continue;
        const struct variable *variable = support->uncertain[at].variable;
        point[at] = dial == handover->dial       ? value
                    : variable->spread.has_range ? variable->spread.high
                                                 : NAN;
    }
}

static void set_streams(const struct handover *handover, double date, struct lever_plan *plans)
{
    const struct support_mix *mix = &handover->mix;
    double overlap = handover->tip->options.overlap;
    for (int i = 0; i < mix->n; i++) {
        struct lever_plan *plan = &plans[mix->levers[i]];
        if (mix->levers[i] != handover->first) {
            plan->begin = date;
        } else if (overlap > 0) {
            plan->full = date;
            plan->end = date + overlap;
        } else {
            plan->end = date;
        }
    }
}

// Search `index` is of draw index / n_values and value index % n_values.
static void plan_handover(void *context, int index, double x, struct lever_plan *plans,
                          const double **point)
{
    const struct handover *handover = context;
    int n_inputs = handover->mix.support->design.n_inputs;
    double value = handover->tried[index % handover->n_values];
    double *own = handover->scratch + (long)index * n_inputs;
    support_mix_scale(&handover->mix, x, plans);
    if (handover->dial < 0)
        set_streams(handover, value, plans);
    if (!n_inputs)
        return;
    memcpy(own, handover->points + (long)(index / handover->n_values) * n_inputs,
           (size_t)n_inputs * sizeof *own);
    set_dials(handover, value, own);
    *point = own;
}

// Searches the least scale at each of `n_values` values in each draw.
static bool search_values(struct handover *handover, const double *values, int n_values,
                          double tolerance, int n_scan, struct search_result *results)
{
    struct support *support = handover->mix.support;
    int n = n_values * (int)handover->n_draws;
    bool needs_points = handover->dial >= 0 || handover->n_draws > 1;
    handover->tried = values;
    handover->n_values = n_values;
    handover->scratch = ARENA_NEW_ARRAY(support->arena, double, n * support->design.n_inputs);
    struct search search = {.support = support,
                            .way = needs_points ? SUPPORT_UNCERTAIN : SUPPORT_NOMINAL,
                            .costed = handover->mix.costed,
                            .n = n,
                            .high = handover->scale_high,
                            .n_scan = n_scan,
                            .n_inner = 1,
                            .tolerance = tolerance,
                            .plan = plan_handover,
                            .context = handover};
    bool is_good = search_run(&search, results);
    for (int i = 0; i < n && is_good; i++)
        tip_count_runs(handover->tip, &results[i]);
    return is_good;
}

static double cost_of(const struct handover *handover, const struct search_result *result)
{
    return result->end == SEARCH_ALWAYS  ? 0
           : result->end == SEARCH_FOUND ? result->at_upper.cost - handover->base_cost
                                         : NAN;
}

static void use_nominal(struct handover *handover)
{
    const struct support *support = handover->mix.support;
    double *point = ARENA_NEW_ARRAY(support->arena, double, support->design.n_inputs);
    for (int i = 0; i < support->design.n_inputs; i++)
        point[i] = NAN;
    handover->points = point;
    handover->n_draws = 1;
}

// Index of the least of `n` numbers, -1 where all are NaN.
static int least_of(const double *numbers, int n)
{
    int best = -1;
    for (int i = 0; i < n; i++)
        if (!isnan(numbers[i]) && (best < 0 || numbers[i] < numbers[best]))
            best = i;
    return best;
}

static bool find_costs(struct handover *handover)
{
    struct search_result results[N_DATES];
    use_nominal(handover);
    for (int i = 0; i < N_DATES; i++)
        handover->values[i] = handover->low + (handover->high - handover->low) * i / (N_DATES - 1);
    if (!search_values(handover, handover->values, N_DATES, 1e-3, N_SCAN, results))
        return false;
    for (int i = 0; i < N_DATES; i++) {
        handover->costs[i] = cost_of(handover, &results[i]);
        handover->scales[i] = results[i].end == SEARCH_ALWAYS ? 0 : results[i].upper;
    }
    return true;
}

static double regret_value(const struct handover *handover, int i)
{
    return handover->values[i * (N_DATES - 1) / (N_REGRET_DATES - 1)];
}

// Draws for regrets: few for a large model, whose runs take long.
static long most_draws(const struct support *support)
{
    enum { SMALL_MODEL = 200, MANY = 128, FEW = 24 };
    return support->source.model->n_cells < SMALL_MODEL ? MANY : FEW;
}

// The mean regret of a coarser row of dates.
static bool find_regrets(struct handover *handover, double lost)
{
    struct support *support = handover->mix.support;
    long n_draws = (long)tip_budget_draws(handover->tip);
    double values[N_REGRET_DATES];
    for (int i = 0; i < N_REGRET_DATES; i++) {
        values[i] = regret_value(handover, i);
        handover->regrets[i] = NAN;
    }
    if (!support_n_uncertain(support))
        return true;
    handover->n_draws = n_draws < most_draws(support) ? n_draws : most_draws(support);
    handover->points = support_points(support, handover->n_draws);
    struct search_result *results =
        ARENA_NEW_ARRAY(support->arena, struct search_result, N_REGRET_DATES * handover->n_draws);
    if (!search_values(handover, values, N_REGRET_DATES, 0.02, N_REGRET_SCAN, results))
        return false;
    for (long draw = 0; draw < handover->n_draws; draw++) {
        double costs[N_REGRET_DATES];
        for (int i = 0; i < N_REGRET_DATES; i++) {
            costs[i] = cost_of(handover, &results[draw * N_REGRET_DATES + i]);
            costs[i] = isnan(costs[i]) ? lost : costs[i];
        }
        double best = costs[least_of(costs, N_REGRET_DATES)];
        for (int i = 0; i < N_REGRET_DATES; i++)
            handover->regrets[i] =
                (draw ? handover->regrets[i] : 0) + (costs[i] - best) / (double)handover->n_draws;
    }
    return true;
}

// What all support at the top of the range costs: it is lost where nothing tips.
static bool find_lost(const struct handover *handover, double *lost)
{
    struct support *support = handover->mix.support;
    struct lever_plan plans[MAX_LEVERS];
    struct support_outcome outcome;
    for (int i = 0; i < support->n_levers; i++)
        plans[i] = lever_plan_scheduled();
    support_mix_scale(&handover->mix, handover->scale_high, plans);
    bool is_good = support_try_one(support, plans, handover->mix.costed, &outcome);
    *lost = is_good && !isnan(outcome.cost) ? outcome.cost - handover->base_cost : 0;
    return is_good;
}

static void write_rows(const struct handover *handover)
{
    struct sheet *sheet = &handover->tip->handover;
    for (int i = 0; i < N_DATES; i++) {
        bool has_regret = i * (N_REGRET_DATES - 1) % (N_DATES - 1) == 0;
        tip_begin_row(handover->tip, sheet, handover->tip_case);
        sheet_set_text(sheet, "by", handover->metric);
        sheet_set_number(sheet, "value", handover->values[i]);
        sheet_set_number(sheet, "total", handover->costs[i]);
        sheet_set_number(sheet, "scale", handover->scales[i]);
        sheet_set_number(sheet, "mean_regret",
                         has_regret ? handover->regrets[i * (N_REGRET_DATES - 1) / (N_DATES - 1)]
                                    : NAN);
    }
}

// The values around `best` at which tipping costs hardly more: less than 1 %.
static void find_valley(const struct handover *handover, int best, double *lower, double *upper)
{
    double limit = handover->costs[best] * 1.01;
    int low = best, high = best;
    while (low > 0 && handover->costs[low - 1] <= limit)
        low--;
    while (high + 1 < N_DATES && handover->costs[high + 1] <= limit)
        high++;
    *lower = handover->values[low];
    *upper = handover->values[high];
}

static const char *value_words(const struct handover *handover, double value,
                               enum language language)
{
    struct arena *arena = handover->mix.support->arena;
    if (handover->dial == SWITCH_SHARE)
        return arena_format(arena, language == LANGUAGE_NL ? "een aandeel van %s" : "a share of %s",
                            value_in_words(arena, value, "1", true, language));
    return date_words(arena, handover->mix.support, value, language);
}

static const char *regret_words(const struct handover *handover, int best, enum language language)
{
    struct arena *arena = handover->mix.support->arena;
    if (best < 0)
        return "";
    return arena_format(
        arena,
        language == LANGUAGE_NL
            ? " Over %ld trekkingen van de onzekerheden is de spijt het kleinst bij %s: gemiddeld "
              "%s."
            : " Over %ld draws of the uncertainties regret is least at %s: %s on average.",
        handover->n_draws, value_words(handover, regret_value(handover, best), language),
        value_in_words(arena, handover->regrets[best], handover->mix.cost_unit, false, language));
}

static const char *ends_words(const struct handover *handover, int best, enum language language)
{
    struct arena *arena = handover->mix.support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    double first = handover->costs[0], last = handover->costs[N_DATES - 1];
    const char *unit = handover->mix.cost_unit;
    const char *never = in_dutch ? "het kantelt niet" : "it does not tip";
    if (best == 0 || best == N_DATES - 1)
        return "";
    return arena_format(arena, in_dutch ? " (bij %s: %s; bij %s: %s)" : " (at %s: %s; at %s: %s)",
                        value_words(handover, handover->values[0], language),
                        isnan(first) ? never : value_in_words(arena, first, unit, false, language),
                        value_words(handover, handover->values[N_DATES - 1], language),
                        isnan(last) ? never : value_in_words(arena, last, unit, false, language));
}

static const char *sentence(const struct handover *handover, int best, int least_regret,
                            enum language language)
{
    struct arena *arena = handover->mix.support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    const char *what =
        handover->dial >= 0
            ? (in_dutch ? "van push naar marktvraag" : "from push to demand")
            : arena_format(
                  arena, in_dutch ? "van %s naar de rest" : "from %s to the rest",
                  variable_in_words(arena, handover->mix.support->levers[handover->first]->variable,
                                    0, language));
    if (best < 0)
        return arena_format(arena,
                            in_dutch ? "Op geen enkel moment van overgaan %s kantelt het, tot %s."
                                     : "At no time of handing over %s does it tip, up to %s.",
                            what,
                            support_mix_words(&handover->mix, handover->scale_high, language));
    if (handover->scales[best] == 0)
        return arena_format(arena,
                            in_dutch ? "Overgaan %s: bij %s kantelt het zonder steun.%s"
                                     : "Handing over %s: at %s it tips without support.%s",
                            what, value_words(handover, handover->values[best], language),
                            regret_words(handover, least_regret, language));
    return arena_format(
        arena,
        in_dutch ? "Overgaan %s kost het minst bij %s: in totaal %s%s.%s"
                 : "Handing over %s costs least at %s: %s in total%s.%s",
        what, value_words(handover, handover->values[best], language),
        value_in_words(arena, handover->costs[best], handover->mix.cost_unit, false, language),
        ends_words(handover, best, language), regret_words(handover, least_regret, language));
}

// Tries one way of handing over and says what came of it.
static bool try_handover(struct handover *handover)
{
    struct arena *arena = handover->mix.support->arena;
    double lost, lower = NAN, upper = NAN;
    if (!find_costs(handover) || !find_lost(handover, &lost) || !find_regrets(handover, lost))
        return false;
    int best = least_of(handover->costs, N_DATES);
    int least_regret = least_of(handover->regrets, N_REGRET_DATES);
    if (best >= 0)
        find_valley(handover, best, &lower, &upper);
    answer(handover, handover->metric, best >= 0 ? handover->values[best] : NAN, lower, upper,
           handover->unit);
    answer(handover, arena_format(arena, "total-at-%s", handover->metric),
           best >= 0 ? handover->costs[best] : NAN, NAN, NAN, handover->mix.cost_unit);
    if (least_regret >= 0) {
        answer(handover, arena_format(arena, "least-regret-%s", handover->metric),
               regret_value(handover, least_regret), NAN, NAN, handover->unit);
        answer(handover, arena_format(arena, "mean-regret-at-%s", handover->metric),
               handover->regrets[least_regret], NAN, NAN, handover->mix.cost_unit);
    }
    write_rows(handover);
    tip_say(handover->tip, handover->tip_case, &tip_switch,
            sentence(handover, best, least_regret, LANGUAGE_NL),
            sentence(handover, best, least_regret, LANGUAGE_EN));
    return true;
}

// By a parameter of the model; its share runs over its range, its date over the time of support.
static bool try_dial(const struct handover *common, int dial)
{
    struct handover handover = *common;
    const struct support *support = common->mix.support;
    int at = support_find_point(support, tip_switch_dials[dial]);
    const struct variable *variable = support->uncertain[at].variable;
    const struct time_spec *time = &support->source.model->time;
    handover.dial = dial;
    handover.metric = dial == SWITCH_DATE ? "date" : "share";
    handover.unit = dial == SWITCH_DATE ? time->unit : "1";
    handover.low = dial == SWITCH_DATE          ? time->start
                   : variable->spread.has_range ? variable->spread.low
                                                : 0;
    handover.high = dial == SWITCH_DATE          ? time->stop
                    : variable->spread.has_range ? variable->spread.high
                                                 : 1;
    return try_handover(&handover);
}

static bool try_streams(const struct handover *common)
{
    struct handover handover = *common;
    const struct support_mix *mix = &common->mix;
    handover.dial = -1;
    handover.first = mix->levers[0];
    handover.metric = "date";
    handover.unit = mix->support->source.model->time.unit;
    handover.low = mix->from;
    handover.high = fmin(mix->until, mix->support->source.model->time.stop);
    return try_handover(&handover);
}

static bool run_case(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    struct support *support = tip_support(tip, tip_case, diag);
    struct handover handover = {.tip = tip, .tip_case = tip_case};
    struct search_result any;
    bool has_dial = false, is_good = true;
    if (!support)
        return false;
    if (!support_mix_choose(&handover.mix, tip, support)) {
        tip_say_no_stream(tip, tip_case, &tip_switch);
        return true;
    }
    for (int dial = 0; dial < N_SWITCH_DIALS; dial++)
        has_dial |= support_find_point(support, tip_switch_dials[dial]) >= 0;
    if (!has_dial && handover.mix.n < 2) {
        tip_say(tip, tip_case, &tip_switch,
                "Overgaan kan alleen tussen twee stromen, of in een model met switch_date of "
                "switch_share.",
                "Handing over takes two streams, or a model with switch_date or switch_share.");
        return true;
    }
    if (!support_mix_least_scale(tip, &handover.mix, 0.01, &any, &handover.scale_high) ||
        !support_mix_base_cost(&handover.mix, &handover.base_cost, &(double){0}))
        return false;
    for (int dial = 0; dial < N_SWITCH_DIALS && is_good; dial++)
        if (support_find_point(support, tip_switch_dials[dial]) >= 0)
            is_good = try_dial(&handover, dial);
    return has_dial ? is_good : try_streams(&handover);
}

static bool run(struct tip *tip, struct diag *diag)
{
    bool is_good = tip_check_streams(tip, diag);
    for (int i = 0; i < tip->n_cases && is_good; i++)
        is_good = run_case(tip, &tip->cases[i], diag);
    return is_good;
}

const struct tip_question tip_switch = {
    .id = TIP_SWITCH,
    .name = "switch",
    .summary = "when to hand over from push to demand",
    .run = run,
};
