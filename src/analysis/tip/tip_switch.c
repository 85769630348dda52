// Stage: analysis. When to hand over from push to demand. A model that hands over by itself has
// parameters for it, switch_date and switch_share, and these are tried; the one that is not in
// question stands at the upper end of its range, where it does nothing. Else the first stream ends
// at the date that is tried and the others begin there, the first fading out over the overlap; all
// else stays as scheduled. The best value is where tipping costs least with nominal parameters
// (handover.c); the value of least regret does best over the uncertainties (handover_regret.c).
#include "analysis/tip/handover.h"

#include "base/array.h"

#include <math.h>

enum { DEFAULT_RUNS = 5000 }; // of regrets, over all cases

static void answer(const struct handover *handover, const char *metric, double value, double lower,
                   double upper, const char *unit)
{
    tip_answer(handover->tip, handover->tip_case, &tip_switch, metric, value, lower, upper, unit);
}

static void answer_estimate(const struct handover *handover, const char *metric,
                            struct estimate estimate, const char *unit)
{
    answer(handover, arena_format(handover->tip->arena, "%s-%s", metric, handover->metric),
           estimate.value, estimate.lower, estimate.upper, unit);
}

static void answer_regrets(const struct handover *handover)
{
    const char *money = handover->mix.cost_unit;
    answer_estimate(handover, "least-regret", handover->best_value, handover->unit);
    if (handover->least_regret < 0)
        return;
    answer_estimate(handover, "mean-regret-at", handover->regrets[handover->least_regret].mean,
                    money);
    answer_estimate(handover, "regret-more-at-once-by", handover->at_once, money);
    answer_estimate(handover, "regret-more-never-by", handover->never, money);
    answer_estimate(handover, "draws-by", (struct estimate){(double)handover->n_draws, NAN, NAN},
                    "1");
    answer_estimate(handover, "draws-decided-by-support-by",
                    (struct estimate){(double)handover->n_matter, NAN, NAN}, "1");
}

static void answer_all(const struct handover *handover)
{
    const struct handover_value *best =
        handover->best >= 0 ? &handover->values[handover->best] : NULL;
    answer(handover, handover->metric, best ? best->value : NAN, handover->lower, handover->upper,
           handover->unit);
    answer_estimate(handover, "total-at", (struct estimate){best ? best->total : NAN, NAN, NAN},
                    handover->mix.cost_unit);
    if (handover->n_draws)
        answer_regrets(handover);
}

// One row a value, in rising order: what it costs with nominal parameters, what it is regretted.
static void write_rows(const struct handover *handover)
{
    struct sheet *sheet = &handover->tip->handover;
    int i = 0, k = 0;
    while (i < handover->n_values || k < handover->n_regrets) {
        double cost_at = i < handover->n_values ? handover->values[i].value : INFINITY;
        double regret_at = k < handover->n_regrets ? handover->regrets[k].value : INFINITY;
        bool has_cost = cost_at <= regret_at, has_regret = regret_at <= cost_at;
        const struct handover_value *value = &handover->values[i];
        struct estimate regret =
            has_regret ? handover->regrets[k].mean : (struct estimate){NAN, NAN, NAN};
        tip_begin_row(handover->tip, sheet, handover->tip_case);
        sheet_set_text(sheet, "by", handover->metric);
        sheet_set_number(sheet, "value", fmin(cost_at, regret_at));
        sheet_set_number(sheet, "total", has_cost ? value->total : NAN);
        sheet_set_number(sheet, "scale", has_cost ? value->scale : NAN);
        sheet_set_number(sheet, "mean_regret", regret.value);
        sheet_set_number(sheet, "lower", regret.lower);
        sheet_set_number(sheet, "upper", regret.upper);
        i += has_cost;
        k += has_regret;
    }
}

// Tries one way of handing over and says what came of it.
static bool try_handover(struct handover *handover, long n_runs)
{
    if (!handover_find_costs(handover) || !handover_find_regrets(handover, n_runs))
        return false;
    answer_all(handover);
    write_rows(handover);
    tip_say(handover->tip, handover->tip_case, &tip_switch,
            handover_sentence(handover, LANGUAGE_NL), handover_sentence(handover, LANGUAGE_EN));
    return true;
}

// By a parameter of the model; its share runs over its range, its date over the time of support.
static bool try_dial(const struct handover *common, int dial, long n_runs)
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
    return try_handover(&handover, n_runs);
}

static bool try_streams(const struct handover *common, long n_runs)
{
    struct handover handover = *common;
    const struct support_mix *mix = &common->mix;
    handover.dial = -1;
    handover.first = mix->levers[0];
    handover.metric = "date";
    handover.unit = mix->support->source.model->time.unit;
    handover.low = mix->from;
    handover.high = fmin(mix->until, mix->support->source.model->time.stop);
    return try_handover(&handover, n_runs);
}

// Tries all ways of handing over that the case has.
static bool try_all(struct handover *handover, const bool *has_dial)
{
    const struct tip *tip = handover->tip;
    int n_ways = 0;
    bool is_good = true;
    for (int dial = 0; dial < N_SWITCH_DIALS; dial++)
        n_ways += has_dial[dial];
    long n_runs = (long)(tip->options.runs ? tip->options.runs : DEFAULT_RUNS) / tip->n_cases;
    for (int dial = 0; dial < N_SWITCH_DIALS && is_good; dial++)
        if (has_dial[dial])
            is_good = try_dial(handover, dial, n_runs / n_ways);
    return n_ways ? is_good : try_streams(handover, n_runs);
}

static bool run_case(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    struct support *support = tip_support(tip, tip_case, diag);
    struct handover handover = {.tip = tip, .tip_case = tip_case};
    struct search_result any;
    bool has_dial[N_SWITCH_DIALS], has_any = false;
    if (!support)
        return false;
    if (!support_mix_choose(&handover.mix, tip, support)) {
        tip_say_no_stream(tip, tip_case, &tip_switch);
        return true;
    }
    for (int dial = 0; dial < N_SWITCH_DIALS; dial++) {
        has_dial[dial] = support_find_point(support, tip_switch_dials[dial]) >= 0;
        has_any |= has_dial[dial];
    }
    if (!has_any && handover.mix.n < 2) {
        tip_say(tip, tip_case, &tip_switch,
                "Overgaan kan alleen tussen twee stromen, of in een model met switch_date of "
                "switch_share.",
                "Handing over takes two streams, or a model with switch_date or switch_share.");
        return true;
    }
    return support_mix_least_scale(tip, &handover.mix, 0.01, &any, &handover.scale_high) &&
           try_all(&handover, has_dial);
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
