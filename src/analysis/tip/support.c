// Stage: analysis. A case with its scenario applied -> levers opened, costs added up by hidden
// accumulators, and what "tipped" means: as the scenario says, else found by trying.
//
// Where nobody says which variable shows that the transition has tipped, and at which level, the
// model is run with no support and with much, both on to the end of settling. The stock that then
// differs most shows it, and the level is half way between the two ends. A guess, from the rest
// points, is tried in the same way: support that acts on another part of the model does not cross
// its level, and where that of a schedule brings it down through it, tipped is below. What has no
// schedule is tried with negative amounts too where no positive one tips: a levy.
#include "analysis/tip/support.h"

#include "analysis/tip/support_engine.h"
#include "base/array.h"
#include "model/resolve.h"
#include "model/unit.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { PROBES = 64 };

static struct model *model_of(const struct support *support)
{
    return support->source.model;
}

static const char *key_in(const struct model *model, const char *name)
{
    return name_key(model->arena, name, strcspn(name, "["));
}

const char *verdict_name(enum verdict verdict)
{
    const char *const names[N_VERDICTS] = {"falls-back", "tips",    "wavers",
                                           "falling",    "lingers", "failed"};
    return names[verdict];
}

int support_find_lever(const struct support *support, const char *name)
{
    struct arena *arena = support->arena;
    const char *key = name_key(arena, name, strlen(name));
    for (int i = 0; i < support->n_levers; i++)
        if (strcmp(name_key(arena, support->levers[i]->name, strlen(support->levers[i]->name)),
                   key) == 0)
            return i;
    return -1;
}

static bool open_lever(struct support *support, const char *name, struct position position)
{
    struct model *model = model_of(support);
    if (!model_find_named(model, name) || support_find_lever(support, name) >= 0)
        return true; // another model's, or there already
    if (support->n_levers == MAX_LEVERS) {
        diag_error(support->diag, position, "more than %d streams", MAX_LEVERS);
        return false;
    }
    const struct support_options *options = &support->options;
    double from = isnan(options->from) ? model->time.start : options->from;
    double until = isnan(options->until) ? model->time.stop : options->until;
    struct lever *lever =
        lever_open(model, support->source.scenario, name, from, until, position, support->diag);
    if (lever)
        support->levers[support->n_levers++] = lever;
    return lever != NULL;
}

// Whether support may be meant for a variable that nobody named: an input without equation, or, in
// files that know no inputs, a constant that is 0.
static bool is_open_input(const struct variable *variable)
{
    return variable->kind == VARIABLE_INPUT && !variable->is_hidden && !variable->n_equations;
}

static bool is_zero_constant(const struct variable *variable)
{
    bool is_zero = variable->kind == VARIABLE_PARAMETER && !variable->is_hidden;
    for (int i = 0; is_zero && i < variable->n_cells; i++)
        is_zero = variable->values[i] == 0;
    return is_zero;
}

// Opens the first variable that may be meant.
static bool open_first(struct support *support, bool (*may_be)(const struct variable *variable))
{
    const struct model *model = model_of(support);
    bool is_good = true;
    for (size_t i = 0; i < model->variables.count && !support->n_levers && is_good; i++) {
        const struct variable *variable = model->variables.items[i];
        if (may_be(variable))
            is_good = open_lever(support, variable->name, variable->position);
    }
    return is_good;
}

// The scenario's streams, then those asked for; with neither, the first that may be meant.
static bool open_levers(struct support *support)
{
    const struct scenario *scenario = support->source.scenario;
    const struct support_options *options = &support->options;
    bool is_good = true;
    support->levers = ARENA_NEW_ARRAY(support->arena, struct lever *, MAX_LEVERS);
    for (size_t i = 0; scenario && i < scenario->streams.count; i++)
        is_good &= open_lever(support, scenario->streams.items[i].name,
                              scenario->streams.items[i].position);
    for (int i = 0; i < options->n_streams; i++)
        is_good &= open_lever(support, options->streams[i],
                              (struct position){.file = "--least", .is_option = true});
    return is_good && open_first(support, is_open_input) && open_first(support, is_zero_constant);
}

// Whether a unit counts money: one of its words is a currency.
static bool is_money(const char *unit)
{
    static const char *const words[] = {"euro",    "euros", "eur",   "keur", "meur", "dollar",
                                        "dollars", "usd",   "pound", "gbp",  "money"};
    if (!unit)
        return false;
    if (strstr(unit, "€") || strchr(unit, '$'))
        return true;
    for (const char *at = unit; *at;) {
        size_t length = 0;
        while (isalpha((unsigned char)at[length]))
            length++;
        for (size_t i = 0; i < ARRAY_COUNT(words) && length; i++) {
            bool is_same = strlen(words[i]) == length;
            for (size_t k = 0; k < length && is_same; k++)
                is_same = tolower((unsigned char)at[k]) == words[i][k];
            if (is_same)
                return true;
        }
        at += length ? length : 1;
    }
    return false;
}

const char *support_sum_unit(const struct support *support, const char *unit)
{
    struct arena *arena = support->arena;
    const char *time = model_of(support)->time.unit;
    const char *per = arena_format(arena, "/%s", time);
    size_t n = unit ? strlen(unit) : 0, tail = strlen(per);
    if (!n)
        return "";
    if (n > tail && strcmp(unit + n - tail, per) == 0)
        return arena_copy_text(arena, unit, n - tail);
    const char *square = arena_format(arena, "%s^2", per);
    size_t longer = strlen(square);
    if (n > longer && strcmp(unit + n - longer, square) == 0)
        return arena_copy_text(arena, unit, n - 2);
    return strcmp(unit, "1") == 0 ? time : arena_format(arena, "%s %s", unit, time);
}

// Money where there is any, else whatever has the unit of the first lever.
static void choose_costed(struct support *support)
{
    const char *first = support->n_levers ? support->levers[0]->variable->unit_text : NULL;
    for (int i = 0; i < support->n_levers; i++)
        if (is_money(support->levers[i]->variable->unit_text))
            support->costed_levers |= 1ULL << i;
    bool has_money = support->costed_levers != 0;
    for (int i = 0; i < support->n_levers && !has_money; i++) {
        const char *unit = support->levers[i]->variable->unit_text;
        if (strcmp(unit ? unit : "", first ? first : "") == 0)
            support->costed_levers |= 1ULL << i;
    }
    for (int i = support->n_levers - 1; i >= 0; i--)
        if (support->costed_levers >> i & 1)
            support->cost_unit = support_sum_unit(support, support->levers[i]->variable->unit_text);
    support->discount = has_money ? support->options.discount : 0;
}

static bool choose_cost_flow(struct support *support)
{
    const char *name = support->options.cost;
    const struct variable *variable = model_find_named(model_of(support), name);
    if (!variable || variable->n_cells != 1 || variable->kind == VARIABLE_STOCK ||
        variable->kind == VARIABLE_TABLE) {
        struct position option = {.file = "--cost", .is_option = true};
        diag_error(support->diag,
                   support->options.cost_position.file ? support->options.cost_position : option,
                   variable ? "'%s' is no single flow or auxiliary that adds up over time"
                            : "unknown name '%s'",
                   name);
        if (!variable)
            diag_suggest(support->diag, model_nearest_variable(model_of(support),
                                                               key_in(model_of(support), name)));
        return false;
    }
    support->cost_name = name;
    support->cost_unit = support_sum_unit(support, variable->unit_text);
    support->discount = is_money(variable->unit_text) ? support->options.discount : 0;
    support->costed_levers = support->n_levers < 64 ? (1ULL << support->n_levers) - 1 : ~0ULL;
    return true;
}

static struct expr *named(struct model *model, const char *name)
{
    struct expr *expr = expr_create(model->arena, EXPR_NAME, 0);
    expr->name = name;
    expr->key = name_key(model->arena, name, strlen(name));
    return expr;
}

// (1 + discount) to the power of minus the years since the start of the run.
static struct expr *discounted(struct support *support, struct expr *flow)
{
    struct model *model = model_of(support);
    struct arena *arena = model->arena;
    struct diag ignored;
    diag_init(&ignored, arena);
    const struct unit *unit =
        unit_parse(model->units, model->time.unit, UNIT_LENIENT, (struct position){0}, &ignored);
    const struct unit *year =
        unit_parse(model->units, "year", UNIT_LENIENT, (struct position){0}, &ignored);
    support->is_timeless = !unit || !year || !unit_convertible(unit, year);
    double years = support->is_timeless ? 1 : unit_factor(unit, year);
    struct expr *since = expr_operation(arena, OP_SUBTRACT, named(model, "TIME"),
                                        expr_number(arena, model->time.start), NULL);
    struct expr *power = expr_operation(
        arena, OP_MULTIPLY, expr_number(arena, -log1p(support->discount) * years), since, NULL);
    struct expr *factor = expr_create(arena, EXPR_CALL, 1);
    factor->name = "EXP";
    factor->key = "exp";
    factor->args[0] = power;
    return expr_operation(arena, OP_MULTIPLY, flow, factor, NULL);
}

// Adds an accumulator of `tree` to the outputs. Its unit is not checked: the program wrote it.
static void add_cost_output(struct support *support, struct expr *tree)
{
    struct model *model = model_of(support);
    struct variable *stock = model_add_accumulator(model, tree, (struct position){0});
    const char *flow = stock->inflows[0].name;
    model_find_variable(model, name_key(model->arena, flow, strlen(flow)))->is_generated = true;
    support->outputs[1 + support->n_costs++] = (struct output){stock, 0};
}

// A pair of accumulators, discounted and not, for each lever, or one for the flow that is named.
static bool add_costs(struct support *support)
{
    struct model *model = model_of(support);
    support->outputs = ARENA_NEW_ARRAY(support->arena, struct output, 3 + 2 * support->n_levers);
    choose_costed(support);
    if (support->options.cost) {
        if (!choose_cost_flow(support))
            return false;
        struct expr *flow = named(model, support->cost_name);
        add_cost_output(support, support->discount > 0 ? discounted(support, flow) : flow);
        add_cost_output(support, named(model, support->cost_name));
        return true;
    }
    for (int i = 0; i < support->n_levers; i++) {
        struct expr *flow = lever_flow(model, support->levers[i]);
        bool is_discounted = support->discount > 0 && support->costed_levers >> i & 1;
        add_cost_output(support, is_discounted ? discounted(support, flow) : flow);
        add_cost_output(support, lever_flow(model, support->levers[i]));
    }
    return true;
}

// The cell that shows whether a run has tipped, where a name is given.
static bool find_variable(struct support *support)
{
    const struct scenario *scenario = support->source.scenario;
    const char *name = support->options.variable;
    struct position position = {.file = "--variable", .is_option = true};
    if (!name && scenario && scenario->tip.variable) {
        name = scenario->tip.variable;
        position = scenario->tip.position;
    }
    if (!name)
        return true;
    int count;
    support->variable =
        model_find_cells(model_of(support), name, position, &support->cell, &count, support->diag);
    if (support->variable && count != 1) {
        diag_error(support->diag, position, "'%s' is an array; name one of its elements", name);
        return false;
    }
    return support->variable != NULL;
}

// What scenario and options say, and the rest by default: settling takes four times the run.
static void read_definition(struct support *support)
{
    const struct scenario *scenario = support->source.scenario;
    const struct time_spec *time = &model_of(support)->time;
    bool has_tip = scenario && scenario->tip.position.file && !support->options.variable;
    support->above = !isnan(support->options.above) ? support->options.above
                     : has_tip                      ? scenario->tip.above
                                                    : NAN;
    support->settle = !isnan(support->options.settle) ? support->options.settle
                      : has_tip                       ? scenario->tip.settle
                                                      : NAN;
    if (isnan(support->settle))
        support->settle = 4 * (time->stop - time->start);
    support->has_level = !isnan(support->above);
    support->is_below = support->options.is_below || (has_tip && !isnan(scenario->tip.below));
    support->reach = 4;
    support->sign = support->options.is_levy ? -1 : 1;
}

static bool is_unfit(const struct support *support, const char *name)
{
    for (int i = 0; i < support->options.n_unfit; i++)
        if (strcmp(support->options.unfit[i], name) == 0)
            return true;
    return false;
}

// The outputs: the variable, the costs, then every stock where the variable is to be found.
static void choose_outputs(struct support *support)
{
    const struct model *model = model_of(support);
    struct output_list all = {0};
    ARRAY_PUSH(support->arena, &all) = (struct output){support->variable, support->cell};
    for (int i = 0; i < support->n_costs; i++)
        ARRAY_PUSH(support->arena, &all) = support->outputs[1 + i];
    bool is_open = !support->variable || support->options.is_guess;
    for (size_t i = 0; i < model->variables.count && is_open; i++) {
        struct variable *variable = model->variables.items[i];
        for (int cell = 0;
             variable->kind == VARIABLE_STOCK && !variable->is_hidden && cell < variable->n_cells;
             cell++)
            if (!is_unfit(support, cell_name(support->arena, variable, cell)))
                ARRAY_PUSH(support->arena, &all) = (struct output){variable, cell};
    }
    int first = 1 + support->n_costs;
    if (!support->variable) // without a stock that could show it any output will do
        all.items[0] = all.items[(int)all.count > first ? first : 1];
    support->outputs = all.items;
    support->n_outputs = (int)all.count;
}

// The plans of a probe: all levers by a common factor, of those without schedule by an amount that
// grows by a constant factor from probe to probe.
static void plan_probes(const struct support *support, struct lever_plan *plans, bool is_scheduled)
{
    const struct time_spec *time = &model_of(support)->time;
    double size = 1e-6;
    for (int i = 0; i < PROBES; i++) {
        for (int k = 0; k < support->n_levers; k++) {
            plans[i * support->n_levers + k] = lever_plan_scheduled();
            double scale = is_scheduled ? (double)i / (PROBES - 1) * support->reach
                           : i ? support->sign * size / fmax(time->stop - time->start, 1e-12)
                               : 0;
            plans[i * support->n_levers + k].scale = scale;
        }
        size *= i ? pow(1e18, 1.0 / (PROBES - 2)) : 1;
    }
}

static bool any_scheduled(const struct support *support)
{
    for (int i = 0; i < support->n_levers; i++)
        if (support->levers[i]->amount != 0)
            return true;
    return false;
}

static bool is_at_rest(double now, double before, double size)
{
    return fabs(now - before) <= 0.01 * size;
}

// What came of the probes: all outputs at the end of settling and half way, [PROBES][n_outputs].
struct probing {
    const struct support *support;
    struct lever_plan *plans; // [PROBES][n_levers]
    double *last, *before;
    int best;     // the output that support changes most in the long run; -1: none
    double level; // half way between where it ends with and without
    double most;  // by how much it changes, as a share of its size
    bool is_restless;
};

// Takes the difference that probe `probe` makes to output `i` in the long run, where neither run
// is still on the move.
static void take_difference(struct probing *probing, int i, int probe)
{
    int n = probing->support->n_outputs;
    double with = probing->last[probe * n + i], without = probing->last[i];
    double size = fmax(fabs(with), fabs(without));
    if (!isfinite(with) || !is_at_rest(without, probing->before[i], size))
        return;
    if (!is_at_rest(with, probing->before[probe * n + i], size)) {
        probing->is_restless = true;
        return;
    }
    double difference = size > 0 ? (with - without) / size : 0;
    if (fabs(difference) <= fabs(probing->most) + 1e-6)
        return;
    probing->most = difference;
    probing->best = i;
    probing->level = (with + without) / 2;
}

// Where support changes an output much, it shows what tipped means.
static void take_level(struct support *support, struct probing *probing, int first, int end)
{
    enum { LEAST_DIFFERENCE_PERCENT = 5 };
    probing->best = -1;
    probing->most = 0;
    probing->is_restless = false;
    for (int i = first; i < end; i++)
        for (int probe = 1; probe < PROBES; probe++)
            take_difference(probing, i, probe);
    support->is_restless = probing->is_restless;
    if (probing->best < 0 || fabs(probing->most) < LEAST_DIFFERENCE_PERCENT / 100.0)
        return;
    support->variable = support->outputs[probing->best].variable;
    support->cell = support->outputs[probing->best].cell;
    support->above = probing->level;
    support->is_below = probing->most < 0;
    support->has_level = support->is_level_found = true;
    support->options.is_guess = false;
}

// The first probe that ends on the other side of the level than no support does; 0: none.
static int first_across(const struct support *support, const struct probing *probing)
{
    int n = support->n_outputs, output = 0;
    for (int k = 1 + support->n_costs; k < n; k++)
        if (support->outputs[k].variable == support->variable &&
            support->outputs[k].cell == support->cell)
            output = k;
    bool is_above = probing->last[output] > support->above;
    for (int i = 1; i < PROBES && support->has_level; i++) {
        double value = probing->last[i * n + output];
        if (isfinite(value) && (value > support->above) != is_above)
            return i;
    }
    return 0;
}

// Runs the probes and draws what follows for the definition; false where cancelled.
static bool probe_level(struct support *support, struct probing *probing, bool is_scheduled)
{
    struct support_trial trials[PROBES];
    int n = support->n_outputs, n_stocks_from = 1 + support->n_costs;
    plan_probes(support, probing->plans, is_scheduled);
    for (int i = 0; i < PROBES; i++)
        trials[i] = (struct support_trial){probing->plans + i * support->n_levers, NULL};
    if (!support_probe(support, trials, PROBES, probing->last, probing->before))
        return false;
    bool is_named = support->variable && (!support->options.is_guess || support->options.is_named);
    if (!support->has_level)
        take_level(support, probing, is_named ? 0 : n_stocks_from, is_named ? 1 : n);
    else if (support->options.is_guess && first_across(support, probing))
        support->is_below =
            (is_scheduled || support->options.is_levy) && probing->last[0] > support->above;
    else if (support->options.is_guess)
        take_level(support, probing, is_named ? 0 : n_stocks_from, is_named ? 1 : n);
    return true;
}

// How far the search for the least amount of what has no schedule goes: twice what tips first; as
// far as runs come to their end where nothing does.
static void choose_reach(struct support *support, const struct probing *probing)
{
    int n = support->n_outputs, across = first_across(support, probing);
    for (int i = 1; i < PROBES && isfinite(probing->last[i * n]) && !across; i++)
        support->reach = fabs(probing->plans[i * support->n_levers].scale);
    if (across)
        support->reach = 2 * fabs(probing->plans[across * support->n_levers].scale);
}

// Runs the probes; where nobody stated a level, takes it from them.
static bool find_level(struct support *support)
{
    struct arena *arena = support->arena;
    bool is_scheduled = any_scheduled(support);
    size_t n = (size_t)support->n_outputs * PROBES;
    struct probing probing = {.support = support};
    probing.plans = ARENA_NEW_ARRAY(arena, struct lever_plan, PROBES * support->n_levers);
    probing.last = ARENA_NEW_ARRAY(arena, double, n);
    probing.before = ARENA_NEW_ARRAY(arena, double, n);
    if (!probe_level(support, &probing, is_scheduled))
        return false;
    bool may_be_levy = !is_scheduled && support->sign > 0 && !first_across(support, &probing) &&
                       !(support->has_level && probing.last[0] > support->above);
    if (may_be_levy) {
        support->sign = -1;
        if (!probe_level(support, &probing, is_scheduled))
            return false;
        if (!first_across(support, &probing)) {
            support->sign = 1;
            if (!probe_level(support, &probing, is_scheduled))
                return false;
        }
    }
    if (!is_scheduled)
        choose_reach(support, &probing);
    return true;
}

// Shrinks the outputs to what verdicts need.
static void settle_outputs(struct support *support)
{
    struct arena *arena = support->arena;
    struct output *outputs = ARENA_NEW_ARRAY(arena, struct output, 1 + support->n_costs);
    outputs[0] =
        support->variable ? (struct output){support->variable, support->cell} : support->outputs[0];
    for (int i = 0; i < support->n_costs; i++)
        outputs[1 + i] = support->outputs[1 + i];
    support->variable = outputs[0].variable;
    support->cell = outputs[0].cell;
    support->outputs = outputs;
    support->n_outputs = 1 + support->n_costs;
}

struct support *support_open(struct arena *arena, const struct run_case *source,
                             const struct support_options *options, struct diag *diag)
{
    struct support *support = ARENA_NEW(arena, struct support);
    *support = (struct support){
        .arena = arena, .source = *source, .options = *options, .cost_unit = "", .diag = diag};
    struct model *model = source->model;
    if (isnan(options->discount))
        support->options.discount = SUPPORT_DISCOUNT;
    read_definition(support);
    if (!open_levers(support))
        return NULL;
    if (!support->n_levers)
        return support;
    struct diag quiet, *said = options->is_checked ? &quiet : diag;
    diag_init(&quiet, arena);
    if (!find_variable(support) || !add_costs(support) || !resolve_model(model, said) ||
        !units_check(model, said) || !support_tie_uncertainties(support))
        return NULL;
    choose_outputs(support);
    bool needs_probes = !support->has_level || support->options.is_guess || !any_scheduled(support);
    if (needs_probes && !find_level(support)) {
        support_close(support);
        return NULL;
    }
    settle_outputs(support);
    support_drop_engines(support);
    return support;
}

void support_close(struct support *support)
{
    if (support)
        support_drop_engines(support);
}
