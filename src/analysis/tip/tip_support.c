// Stage: analysis. Cases of a tipping analysis -> cases opened for support, mixes of streams,
// words.
#include "analysis/tip/tip_support.h"

#include "analysis/tip/tip_words.h"

#include "base/array.h"
#include "result/wording.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

// Splits a list of names at commas outside square brackets.
static const char **split_names(struct arena *arena, const char *list, int *n)
{
    const char **names = ARENA_NEW_ARRAY(arena, const char *, strlen(list) + 1);
    int depth = 0;
    const char *start = list;
    *n = 0;
    for (const char *at = list;; at++) {
        depth += (*at == '[') - (*at == ']');
        if ((*at == ',' && depth == 0) || !*at) {
            if (at > start)
                names[(*n)++] = arena_copy_text(arena, start, (size_t)(at - start));
            start = at + 1;
        }
        if (!*at)
            return names;
    }
}

static struct support_options options_of(struct tip *tip)
{
    const struct tip_options *options = &tip->options;
    struct support_options result = {.variable = options->variable,
                                     .above = options->above,
                                     .settle = options->settle,
                                     .discount = options->discount,
                                     .cost = options->cost,
                                     .cost_position = options->cost_position,
                                     .is_below = options->is_below,
                                     .from = options->support_from,
                                     .until = options->support_until,
                                     .uncertain = tip->uncertain,
                                     .dials = tip_switch_dials,
                                     .n_dials = N_SWITCH_DIALS,
                                     .seed = options->seed,
                                     .n_points = tip_budget_draws(tip),
                                     .is_levy = options->amount_high <= 0,
                                     .is_checked = true,
                                     .n_threads = options->n_threads,
                                     .cancel = options->cancel};
    if (options->least)
        result.streams = split_names(tip->arena, options->least, &result.n_streams);
    return result;
}

// What is uncertain, over all cases; needed by questions that make draws.
static void find_uncertainties(struct tip *tip)
{
    unsigned draws = 1u << TIP_BUDGET | 1u << TIP_SWITCH;
    struct case_list cases = {0};
    struct diag quiet; // that nothing is uncertain is an answer
    if (tip->uncertain || (tip->options.asked && !(tip->options.asked & draws)))
        return;
    diag_init(&quiet, tip->arena);
    for (int i = 0; i < tip->n_cases; i++)
        ARRAY_PUSH(tip->arena, &cases) = tip->cases[i].source;
    tip->uncertain = support_uncertainties(tip->arena, &cases, &quiet);
}

// Where nobody has said all of what tipped means, takes it from the rest points; where these leave
// it open it will be found by trying, without stocks that only add up.
static void complete_definition(struct tip *tip, struct tip_case *tip_case,
                                struct support_options *options)
{
    struct diag quiet; // the question about rest points says what is wrong with them
    if (tip_case->target.is_given)
        return;
    diag_init(&quiet, tip->arena);
    bool is_open = isnan(options->above);
    const struct tip_target *target = tip_target(tip, tip_case, &quiet);
    const struct rest_set *rest = tip_rest_points(tip, tip_case, &quiet);
    if (target) {
        options->is_named = options->variable != NULL;
        options->variable = target->name;
        options->above = target->above;
        options->settle = target->settle;
        options->is_guess = is_open;
    }
    if (!rest)
        return;
    const struct frozen *frozen = rest->frozen;
    options->unfit = ARENA_NEW_ARRAY(tip->arena, const char *, frozen->n_states);
    for (int i = 0; i < frozen->n_states; i++)
        if (frozen->roles[i] == FROZEN_GROWS && frozen->names[i])
            options->unfit[options->n_unfit++] = frozen->names[i];
}

// The flow that is the cost of support is of those models that have it; where none has it, all
// complain.
static const char *cost_of(const struct tip *tip, const struct tip_case *tip_case)
{
    bool any_has = false;
    for (int i = 0; i < tip->n_cases && tip->options.cost; i++)
        any_has |= model_find_named(tip->cases[i].source.model, tip->options.cost) != NULL;
    bool has = tip->options.cost && model_find_named(tip_case->source.model, tip->options.cost);
    return has || !any_has ? tip->options.cost : NULL;
}

// Dates of support that lie outside of the run, and a settling that would never end.
static bool check_axis(const struct tip *tip, const struct tip_case *tip_case, struct diag *diag)
{
    const struct tip_options *options = &tip->options;
    const struct time_spec *time = &tip_case->source.model->time;
    const double most_steps = 2e8;
    if (options->support_from >= time->stop || options->support_until <= time->start) {
        diag_fail(diag, FAULT_USAGE, "support from %g until %g is outside of the run, %g to %g",
                  options->support_from, options->support_until, time->start, time->stop);
        return false;
    }
    if (options->settle / time->step > most_steps) {
        diag_fail(diag, FAULT_USAGE, "settling for %g takes %.3g steps, at most %.0e",
                  options->settle, options->settle / time->step, most_steps);
        return false;
    }
    return true;
}

struct support *tip_support(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    if (tip_case->support || tip_case->has_no_support)
        return tip_case->support;
    find_uncertainties(tip);
    const struct run_case *source = &tip_case->source;
    size_t n_errors = diag->n_errors;
    struct run_case fresh;
    struct diag quiet; // what is wrong with the files was said when they were first read
    diag_init(&quiet, tip->arena);
    struct case_options cases = tip->options.cases;
    cases.ends_support = false;
    struct support_options options = options_of(tip);
    options.cost = cost_of(tip, tip_case);
    complete_definition(tip, tip_case, &options);
    if (!check_axis(tip, tip_case, diag)) {
        tip_case->has_no_support = true;
        return NULL;
    }
    bool is_read = case_read(tip->arena, source->scenario ? source->scenario->path : NULL,
                             source->model->path, &cases, source->model->units, &fresh, &quiet);
    fresh.label = source->label;
    if (is_read)
        tip_case->support = support_open(tip->arena, &fresh, &options, diag);
    tip_case->has_no_support = !tip_case->support;
    if (!tip_case->support && diag->n_errors == n_errors)
        diag_fail(diag, FAULT_FILE, "'%s' cannot be opened for questions about support",
                  source->label);
    return tip_case->support;
}

void tip_say_no_stream(struct tip *tip, const struct tip_case *tip_case,
                       const struct tip_question *question)
{
    if (tip->options.least)
        tip_say(tip, tip_case, question, "Dit model heeft de genoemde stroom niet.",
                "This model does not have the stream that is named.");
    else
        tip_say(tip, tip_case, question,
                "Er is niets om te steunen: het scenario geeft geen geld en het model heeft geen "
                "invoer. Noem met --least de parameter of stroom waar steun heen moet.",
                "There is nothing to support: the scenario funds nothing and the model has no "
                "inputs. Name the parameter or flow that support goes into with --least.");
}

void tip_support_close(struct tip *tip)
{
    for (int i = 0; i < tip->n_cases; i++)
        support_close(tip->cases[i].support);
}

bool tip_check_streams(const struct tip *tip, struct diag *diag)
{
    int n = 0;
    const char **names =
        tip->options.least ? split_names(tip->arena, tip->options.least, &n) : NULL;
    bool is_good = true;
    if (tip->options.least && !n) {
        diag_fail(diag, FAULT_USAGE, "--least needs the name of a stream, or several with commas");
        return false;
    }
    for (int i = 0; i < n; i++) {
        struct nearest nearest = nearest_start(name_key(tip->arena, names[i], strlen(names[i])));
        bool is_known = false;
        for (int k = 0; k < tip->n_cases; k++) {
            const struct model *model = tip->cases[k].source.model;
            is_known |= model_find_named(model, names[i]) != NULL;
            for (size_t v = 0; v < model->variables.count; v++)
                if (model->variables.items[v]->kind != VARIABLE_STOCK &&
                    !model->variables.items[v]->is_hidden)
                    nearest_consider(&nearest, model->variables.items[v]->key,
                                     model->variables.items[v]->name);
        }
        if (is_known)
            continue;
        diag_fail(diag, FAULT_USAGE, "--least %s: no model has a variable of that name", names[i]);
        diag_suggest(diag, nearest.best);
        is_good = false;
    }
    return is_good;
}

static const char *lever_unit(const struct lever *lever)
{
    return lever->variable->unit_text ? lever->variable->unit_text : "";
}

// What the streams have in common, once they are chosen.
static void describe(struct support_mix *mix)
{
    const struct support *support = mix->support;
    struct arena *arena = support->arena;
    bool has_one_unit = true;
    mix->from = INFINITY;
    mix->until = -INFINITY;
    mix->is_movable = true;
    mix->name = "";
    for (int i = 0; i < mix->n; i++) {
        const struct lever *lever = support->levers[mix->levers[i]];
        mix->bits |= 1ULL << mix->levers[i];
        mix->from = fmin(mix->from, lever->from);
        mix->until = fmax(mix->until, lever->until);
        mix->is_movable &= lever->is_movable;
        mix->has_amount |= lever->amount != 0;
        mix->unit_amount += lever->amount != 0 ? lever->amount : support->sign;
        mix->name = arena_format(arena, "%s%s%s", mix->name, i ? " + " : "", lever->name);
        has_one_unit &= strcmp(lever_unit(lever), lever_unit(support->levers[mix->levers[0]])) == 0;
    }
    mix->unit = has_one_unit && mix->n ? lever_unit(support->levers[mix->levers[0]]) : "1";
    if (!has_one_unit)
        mix->unit_amount = 1;
    mix->costed = mix->bits & support->costed_levers;
    mix->is_money = support->discount > 0;
    mix->cost_unit = support->cost_unit;
    if (mix->costed || !mix->n || support->cost_name)
        return;
    mix->costed = 1ULL << mix->levers[0]; // none of them is money
    mix->is_money = false;
    mix->cost_unit = support_sum_unit(support, lever_unit(support->levers[mix->levers[0]]));
}

void support_mix_single(struct support_mix *mix, struct support *support, int index)
{
    *mix = (struct support_mix){.support = support, .levers = {index}, .n = 1};
    describe(mix);
}

void support_mix_pair(struct support_mix *mix, struct support *support, int a, int b)
{
    *mix = (struct support_mix){.support = support, .levers = {a, b}, .n = 2};
    describe(mix);
}

void support_mix_all(struct support_mix *mix, struct support *support)
{
    *mix = (struct support_mix){.support = support};
    for (int i = 0; i < support->n_levers; i++)
        if (support->levers[i]->is_scheduled)
            mix->levers[mix->n++] = i;
    describe(mix);
}

bool support_mix_choose(struct support_mix *mix, const struct tip *tip, struct support *support)
{
    *mix = (struct support_mix){.support = support};
    int n = 0;
    const char **names =
        tip->options.least ? split_names(tip->arena, tip->options.least, &n) : NULL;
    for (int i = 0; i < n; i++) {
        int lever = support_find_lever(support, names[i]);
        bool is_new = lever >= 0;
        for (int k = 0; k < mix->n; k++)
            is_new &= mix->levers[k] != lever;
        if (is_new)
            mix->levers[mix->n++] = lever;
    }
    for (int i = 0; i < support->n_levers && !names; i++)
        mix->levers[mix->n++] = i;
    describe(mix);
    return mix->n > 0;
}

void support_mix_scale(const struct support_mix *mix, double scale, struct lever_plan *plans)
{
    const struct support *support = mix->support;
    for (int i = 0; i < mix->n; i++) {
        const struct lever *lever = support->levers[mix->levers[i]];
        plans[mix->levers[i]].scale = lever->amount != 0 ? scale : support->sign * scale;
    }
}

void support_mix_end(const struct support_mix *mix, double date, struct lever_plan *plans)
{
    for (int i = 0; i < mix->n; i++) {
        const struct lever *lever = mix->support->levers[mix->levers[i]];
        bool is_last = lever->until == mix->until; // others end when they are scheduled to
        if (date < lever->until || is_last)
            plans[mix->levers[i]].end = date;
    }
}

void support_mix_last(const struct support_mix *mix, double duration, struct lever_plan *plans)
{
    double scheduled = mix->until - mix->from;
    for (int i = 0; i < mix->n; i++) {
        struct lever_plan *plan = &plans[mix->levers[i]];
        if (mix->is_movable && scheduled > 0) {
            plan->stretch = duration / scheduled;
            plan->origin = mix->from;
        } else if (duration < scheduled) {
            plan->end = mix->from + duration;
        }
    }
}

double support_mix_longest(const struct support_mix *mix)
{
    double stop = mix->support->source.model->time.stop;
    return (mix->is_movable ? stop : fmin(stop, mix->until)) - mix->from;
}

bool support_try_one(struct support *support, const struct lever_plan *plans, uint64_t costed,
                     struct support_outcome *outcome)
{
    const struct support_trial trial = {plans, NULL};
    return support_try(support, SUPPORT_NOMINAL, &trial, 1, costed, outcome);
}

bool support_mix_base_cost(const struct support_mix *mix, double *cost, double *nominal)
{
    struct lever_plan plans[MAX_LEVERS];
    struct support_outcome outcome;
    for (int i = 0; i < mix->support->n_levers; i++)
        plans[i] = lever_plan_scheduled();
    support_mix_scale(mix, 0, plans);
    bool is_good = support_try_one(mix->support, plans, mix->costed, &outcome);
    *cost = is_good ? outcome.cost : NAN;
    *nominal = is_good ? outcome.nominal : NAN;
    return is_good;
}

struct search support_mix_search(const struct support_mix *mix, double low, double high,
                                 void (*plan)(void *context, int index, double x,
                                              struct lever_plan *plans, const double **point),
                                 void *context)
{
    const struct method *method = method_find(mix->support->source.model->time.method,
                                              (struct position){0}, mix->support->diag);
    bool is_single = method && method->is_adaptive; // one run at a time: spare them
    return (struct search){.support = mix->support,
                           .costed = mix->costed,
                           .n = 1,
                           .low = low,
                           .high = high,
                           .n_scan = is_single ? 33 : 65,
                           .n_inner = is_single ? 3 : 63,
                           .tolerance = 1e-8,
                           .plan = plan,
                           .context = context};
}

static void plan_scale(void *context, int index, double x, struct lever_plan *plans,
                       const double **point)
{
    (void)index, (void)point;
    support_mix_scale(context, x, plans);
}

// Searches that are at least as sharp look closer.
static const double THOROUGH = 1e-3;

double support_mix_low(const struct tip *tip, const struct support_mix *mix)
{
    if (isnan(tip->options.amount_high))
        return 0;
    return fmin(tip->options.amount_low / mix->unit_amount,
                tip->options.amount_high / mix->unit_amount);
}

bool support_mix_least_scale(struct tip *tip, const struct support_mix *mix, double tolerance,
                             struct search_result *result, double *high)
{
    enum { MOST_WIDENINGS = 2 };
    double low = support_mix_low(tip, mix);
    *high = mix->support->reach;
    if (!isnan(tip->options.amount_high))
        *high = fmax(tip->options.amount_low / mix->unit_amount,
                     tip->options.amount_high / mix->unit_amount);
    for (int i = 0;; i++) {
        struct search search = support_mix_search(mix, low, *high, plan_scale, (void *)mix);
        search.tolerance = tolerance;
        search.is_thorough = tolerance <= THOROUGH;
        if (!search_run(&search, result))
            return false;
        tip_count_runs(tip, result);
        bool may_widen = isnan(tip->options.amount_high) && i < MOST_WIDENINGS && mix->has_amount;
        if (result->end != SEARCH_NEVER || !may_widen)
            return true;
        *high *= 8;
    }
}

double tip_tolerance(const struct tip *tip)
{
    return tip->options.is_quick ? 1e-3 : 1e-8;
}

bool support_mix_repeat(struct tip *tip, const struct search *search,
                        const struct search_result *found, double *value)
{
    double range = search->high - search->low, margin = 0.02 * range;
    struct search half = *search;
    struct search_result result;
    *value = NAN;
    if (found->end != SEARCH_FOUND || tip->options.is_quick)
        return true;
    half.way = SUPPORT_HALF_STEP;
    half.is_thorough = false;
    half.low = fmax(search->low, found->lower - margin);
    half.high = fmin(search->high, found->upper + margin);
    half.tolerance *= range / (half.high - half.low);
    if (!search_run(&half, &result))
        return false;
    tip_count_runs(tip, &result);
    if (result.end == SEARCH_FOUND)
        *value = result.upper;
    return true;
}

void tip_count_runs(struct tip *tip, const struct search_result *result)
{
    tip->n_ends[RUN_COMPLETE] += result->n_runs - result->n_failed;
    tip->n_ends[RUN_NONFINITE] += result->n_failed;
}

// Dutch writes a decimal comma.
static const char *decimal_comma(char *number, enum language language)
{
    char *point = strchr(number, '.');
    if (point && language == LANGUAGE_NL)
        *point = ',';
    return number;
}

const char *amount_words(struct arena *arena, double amount, const char *unit,
                         enum language language)
{
    size_t length = strlen(unit);
    if (strncmp(unit, "euro/", 5) == 0 && length > 5) {
        const char *per = unit_in_words(arena, unit, language);
        if (strcmp(per, unit) == 0) // of no unit that has words
            per = arena_format(arena, "euro per %s", unit + 5);
        return arena_format(arena, "%s %s", money_in_words(arena, amount, language),
                            strncmp(per, "euro", 4) == 0 ? per + (per[4] == 's' ? 6 : 5) : per);
    }
    if (amount == 0 || (fabs(amount) >= 0.1 && fabs(amount) < 1e15))
        return value_in_words(arena, amount, unit, false, language);
    const char *words = unit_in_words(arena, unit, language);
    return arena_format(arena, "%s%s%s",
                        decimal_comma(arena_format(arena, "%.3g", amount), language),
                        *words ? " " : "", words);
}

const char *date_words(struct arena *arena, const struct support *support, double date,
                       enum language language)
{
    const char *unit = support->source.model->time.unit;
    bool is_year = strcmp(unit, "year") == 0 && date > 1500 && date < 3000;
    if (is_year && fabs(date - nearbyint(date)) < 0.005)
        return arena_format(arena, "%.0f", date);
    if (is_year)
        return value_in_words(arena, date, unit, false, language);
    return arena_format(arena, language == LANGUAGE_NL ? "tijd %s" : "time %s",
                        value_in_words(arena, date, "", false, language));
}

const char *rate_words(struct arena *arena, double rate, enum language language)
{
    return decimal_comma(arena_format(arena, "%.4g%%", 100 * rate), language);
}

const char *support_mix_words(const struct support_mix *mix, double scale, enum language language)
{
    struct arena *arena = mix->support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    if (mix->n == 1 || strcmp(mix->unit, "1") != 0)
        return amount_words(arena, scale * mix->unit_amount, mix->unit, language);
    if (scale == 1)
        return in_dutch ? "de bedragen van het scenario" : "the amounts of the scenario";
    return arena_format(arena,
                        in_dutch ? "%s keer de bedragen van het scenario"
                                 : "%s times the amounts of the scenario",
                        value_in_words(arena, scale, "", false, language));
}

const char *span_words(struct arena *arena, const struct support *support, double span,
                       enum language language)
{
    double size = fabs(span);
    bool is_whole = fabs(size - nearbyint(size)) < 0.005 * size;
    const char *format = is_whole || size >= 100 ? "%.0f" : size >= 1 ? "%.1f" : "%.2g";
    const char *unit = unit_in_words(arena, support->source.model->time.unit, language);
    return arena_format(arena, "%s %s", decimal_comma(arena_format(arena, format, span), language),
                        unit);
}

const char *mix_words(const struct support_mix *mix, enum language language)
{
    struct arena *arena = mix->support->arena;
    const char **titles = ARENA_NEW_ARRAY(arena, const char *, mix->n);
    for (int i = 0; i < mix->n; i++) {
        const struct lever *lever = mix->support->levers[mix->levers[i]];
        titles[i] = lever->variable->n_cells == 1
                        ? variable_in_words(arena, lever->variable, 0, language)
                        : spaced_name(arena, lever->name);
    }
    return list_in_words(arena, titles, mix->n, language);
}

const char *capital(struct arena *arena, const char *text)
{
    char *copy = arena_copy_string(arena, text);
    copy[0] = (char)toupper((unsigned char)copy[0]);
    return copy;
}

const char *trouble_words(const struct support *support, const struct search_result *result,
                          enum language language)
{
    struct arena *arena = support->arena;
    bool in_dutch = language == LANGUAGE_NL;
    const char *words = !support->is_random ? ""
                        : in_dutch ? " Dit geldt voor één trekking van het toeval in het model "
                                     "(--seed)."
                                   : " This holds for one draw of the chance in the model "
                                     "(--seed).";
    if (result->n_wavering)
        words = arena_format(arena,
                             in_dutch ? "%s In %ld van %ld runs bleef het om het kantelniveau heen "
                                        "slingeren; dat telt niet als gekanteld."
                                      : "%s In %ld of %ld runs it kept swinging around the tipping "
                                        "level; that does not count as tipped.",
                             words, result->n_wavering, result->n_runs);
    if (result->n_failed)
        words = arena_format(
            arena, in_dutch ? "%s %ld van %ld runs mislukten." : "%s %ld of %ld runs failed.",
            words, result->n_failed, result->n_runs);
    return words;
}
