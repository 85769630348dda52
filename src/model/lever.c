// Stage: model. A funded input -> the same with a gate before each entry of its schedule, and the
// list of hidden parameters that apply_scenario.c has made for them.
//
// The gate is 1 from `begin`, falls on a straight line from `full` to 0 at `end`. It is built of
// the same functions as schedules, so what is paid does not depend on where steps fall. A gate that
// is not needed stands open at both sides: what a schedule pays in the step in which it ends would
// otherwise count twice by halves.
#include "model/lever.h"

#include "base/array.h"

#include <math.h>
#include <string.h>

static const double FOREVER = 1e9; // in time units: far outside any run

struct lever_plan lever_plan_scheduled(void)
{
    return (struct lever_plan){1, NAN, NAN, NAN, NAN, NAN};
}

static const char *key_of(struct model *model, const char *name)
{
    return name_key(model->arena, name, strlen(name));
}

static struct expr *name_expr(struct model *model, const struct variable *variable)
{
    struct expr *expr = expr_create(model->arena, EXPR_NAME, 0);
    expr->name = variable->name;
    expr->key = variable->key;
    return expr;
}

static struct expr *call(struct model *model, const char *function, struct expr *a, struct expr *b,
                         struct expr *c)
{
    struct expr *args[] = {a, b, c};
    struct expr *expr = expr_create(model->arena, EXPR_CALL, c ? 3 : 2);
    expr->name = function;
    expr->key = key_of(model, function);
    for (int i = 0; i < expr->n_args; i++)
        expr->args[i] = args[i];
    return expr;
}

static struct expr *binary(struct model *model, enum operation op, struct expr *a, struct expr *b)
{
    return expr_operation(model->arena, op, a, b, NULL);
}

static struct variable *add_knob(struct model *model, const struct lever *lever, const char *name,
                                 double value)
{
    return model_add_hidden_parameter(
        model, arena_format(model->arena, "%s.support.%s", lever->name, name), value);
}

// The share of each step for which the gate lets support through.
static struct expr *gate(struct model *model, const struct lever *lever)
{
    struct expr *begin = name_expr(model, lever->begin), *full = name_expr(model, lever->full);
    struct expr *end = name_expr(model, lever->end);
    struct expr *open = call(model, "WINDOW", begin, call(model, "MIN", full, end, NULL), NULL);
    struct expr *fading_from = call(model, "MAX", begin, full, NULL);
    struct expr *middle = call(model, "MIDWINDOW", fading_from, end, NULL);
    struct expr *height = call(model, "SAFEDIV", binary(model, OP_SUBTRACT, middle, end),
                               binary(model, OP_SUBTRACT, full, end), expr_number(model->arena, 0));
    struct expr *fading = call(model, "WINDOW", fading_from, end, NULL);
    return binary(model, OP_ADD, open, binary(model, OP_MULTIPLY, fading, height));
}

// Puts the gate before every entry in the sum `tree`: default + entry + entry ...
static void guard(struct model *model, const struct lever *lever, struct expr *tree)
{
    for (; tree->kind == EXPR_OPERATION && tree->op == OP_ADD; tree = tree->args[0])
        tree->args[1] = binary(model, OP_MULTIPLY, gate(model, lever), tree->args[1]);
}

static struct lever_knob find_knob(struct model *model, const char *prefix, const char *name)
{
    struct variable *variable = model_find_variable(
        model, key_of(model, arena_format(model->arena, "%s.%s", prefix, name)));
    return (struct lever_knob){variable, variable ? variable->values[0] : NAN};
}

static double peak_of(const struct stream *stream)
{
    double peak = 0;
    if (!stream->points)
        return 1;
    for (int i = 0; i < stream->points->n_points; i++)
        peak = fmax(peak, fabs(stream->points->y[i]));
    return peak > 0 ? peak : 1;
}

// A date that was given, else `otherwise`.
static double date_of(struct lever_knob knob, double otherwise)
{
    return knob.variable && fabs(knob.scheduled) < FOREVER ? knob.scheduled : otherwise;
}

static struct lever_entry read_entry(struct model *model, const struct stream *stream,
                                     const char *prefix)
{
    struct lever_entry entry = {.amount = find_knob(model, prefix, "amount"),
                                .from = find_knob(model, prefix, "from"),
                                .until = find_knob(model, prefix, "until"),
                                .full_from = find_knob(model, prefix, "full_from"),
                                .full_until = find_knob(model, prefix, "full_until"),
                                .peak = peak_of(stream)};
    bool has_points = stream->shape == SHAPE_POINTS || stream->shape == SHAPE_STEPS;
    bool is_single = stream->shape == SHAPE_PULSE && isnan(stream->every);
    entry.is_movable = !has_points;
    entry.first = date_of(entry.from, has_points ? stream->points->x[0] : model->time.start);
    entry.last = date_of(entry.until, isnan(stream->until) ? model->time.stop : stream->until);
    if (is_single)
        entry.last = entry.first;
    return entry;
}

// Takes in the entries of the scenario's funding list that `lever` is about.
static void collect_entries(struct model *model, const struct scenario *scenario,
                            struct lever *lever)
{
    const char *wanted = key_of(model, lever->name);
    for (size_t i = 0; i < scenario->streams.count; i++) {
        const struct stream *stream = &scenario->streams.items[i];
        const char *key = key_of(model, stream->name);
        bool is_same = strcmp(key, wanted) == 0;
        bool is_part = lever->n_cells == lever->variable->n_cells &&
                       model_find_named(model, stream->name) == lever->variable;
        int number = 1;
        if (!is_same && !is_part)
            continue;
        for (size_t k = 0; k < i; k++)
            number += strcmp(key_of(model, scenario->streams.items[k].name), key) == 0;
        struct lever_entry entry =
            read_entry(model, stream, arena_format(model->arena, "%s.%d", stream->name, number));
        if (entry.amount.variable)
            ARRAY_PUSH(model->arena, &lever->entries) = entry;
    }
}

// A constant amount on top of what the variable is.
static bool add_entry(struct model *model, struct lever *lever, double from, double until,
                      struct diag *diag)
{
    if (!variable_split_equations(model, lever->variable, diag))
        return false;
    struct lever_entry entry = {.first = from, .last = until, .peak = 1, .is_movable = true};
    entry.amount = (struct lever_knob){add_knob(model, lever, "amount", 0), 0};
    entry.from = (struct lever_knob){add_knob(model, lever, "from", from), from};
    entry.until = (struct lever_knob){add_knob(model, lever, "until", until), until};
    ARRAY_PUSH(model->arena, &lever->entries) = entry;
    for (int i = lever->first_cell; i < lever->first_cell + lever->n_cells; i++) {
        struct expr *window = call(model, "WINDOW", name_expr(model, entry.from.variable),
                                   name_expr(model, entry.until.variable), NULL);
        struct expr *term =
            binary(model, OP_MULTIPLY, name_expr(model, entry.amount.variable), window);
        struct expr **tree = &lever->variable->equations[i].tree;
        *tree = binary(model, OP_ADD, *tree, binary(model, OP_MULTIPLY, gate(model, lever), term));
    }
    return true;
}

static bool can_carry(const struct variable *variable, struct position position, struct diag *diag)
{
    if (!variable->is_hidden && variable->kind != VARIABLE_STOCK &&
        variable->kind != VARIABLE_TABLE)
        return true;
    diag_error(diag, position, "'%s' is %s: support cannot flow into it", variable->name,
               variable_kind_phrase(variable->kind));
    diag_hint(diag, "name an input, a parameter, an auxiliary or a flow");
    return false;
}

static void summarise(struct model *model, struct lever *lever)
{
    const char *scale_name = arena_format(model->arena, "%s.scale", lever->variable->name);
    const struct variable *scale = model_find_variable(model, key_of(model, scale_name));
    double factor = scale && lever->is_scheduled ? scale->values[0] : 1;
    lever->from = INFINITY;
    lever->until = -INFINITY;
    lever->is_movable = true;
    for (size_t i = 0; i < lever->entries.count; i++) {
        const struct lever_entry *entry = &lever->entries.items[i];
        double height = entry->amount.scheduled * entry->peak * factor;
        if (fabs(height) > fabs(lever->amount))
            lever->amount = height;
        lever->from = fmin(lever->from, entry->first);
        lever->until = fmax(lever->until, entry->last);
        lever->is_movable &= entry->is_movable;
    }
}

struct lever *lever_open(struct model *model, const struct scenario *scenario, const char *name,
                         double from, double until, struct position position, struct diag *diag)
{
    struct lever *lever = ARENA_NEW(model->arena, struct lever);
    lever->variable =
        model_find_cells(model, name, position, &lever->first_cell, &lever->n_cells, diag);
    if (!lever->variable || !can_carry(lever->variable, position, diag))
        return NULL;
    lever->name = name;
    lever->begin = add_knob(model, lever, "begin", -FOREVER);
    lever->full = add_knob(model, lever, "full", FOREVER);
    lever->end = add_knob(model, lever, "end", FOREVER);
    if (scenario)
        collect_entries(model, scenario, lever);
    lever->is_scheduled = lever->entries.count > 0;
    for (int i = lever->first_cell; lever->is_scheduled && i < lever->first_cell + lever->n_cells;
         i++)
        guard(model, lever, lever->variable->equations[i].tree);
    if (!lever->is_scheduled && !add_entry(model, lever, from, until, diag))
        return NULL;
    summarise(model, lever);
    return lever;
}

struct expr *lever_flow(struct model *model, const struct lever *lever)
{
    struct expr *sum = expr_number(model->arena, 0);
    for (int i = lever->first_cell; i < lever->first_cell + lever->n_cells; i++) {
        struct expr *tree = lever->variable->equations[i].tree;
        for (; tree->kind == EXPR_OPERATION && tree->op == OP_ADD; tree = tree->args[0]) {
            sum = binary(model, OP_ADD, sum, tree->args[1]);
            if (!lever->is_scheduled)
                break; // what it is added to may be a sum as well
        }
    }
    return sum;
}

enum { KNOBS_OF_ENTRY = 5, KNOBS_OF_GATE = 3 };

static void list_entry(const struct lever_entry *entry, struct lever_knob knobs[KNOBS_OF_ENTRY])
{
    knobs[0] = entry->amount;
    knobs[1] = entry->from;
    knobs[2] = entry->until;
    knobs[3] = entry->full_from;
    knobs[4] = entry->full_until;
}

int lever_n_knobs(const struct lever *lever)
{
    int n = KNOBS_OF_GATE;
    for (size_t i = 0; i < lever->entries.count; i++) {
        struct lever_knob knobs[KNOBS_OF_ENTRY];
        list_entry(&lever->entries.items[i], knobs);
        for (int k = 0; k < KNOBS_OF_ENTRY; k++)
            n += knobs[k].variable != NULL;
    }
    return n;
}

void lever_list_knobs(const struct lever *lever, struct variable **list)
{
    *list++ = lever->begin;
    *list++ = lever->full;
    *list++ = lever->end;
    for (size_t i = 0; i < lever->entries.count; i++) {
        struct lever_knob knobs[KNOBS_OF_ENTRY];
        list_entry(&lever->entries.items[i], knobs);
        for (int k = 0; k < KNOBS_OF_ENTRY; k++)
            if (knobs[k].variable)
                *list++ = knobs[k].variable;
    }
}

double lever_unit_amount(const struct lever *lever)
{
    return lever->amount != 0 ? lever->amount : 1;
}

static double moved(const struct lever_plan *plan, double date)
{
    if (isnan(plan->stretch) || plan->stretch == 1)
        return date;
    return plan->origin + (date - plan->origin) * plan->stretch;
}

// The knobs of one entry under `plan`: stretched, brought forward or carried on.
static void move_entry(const struct lever *lever, const struct lever_entry *entry,
                       const struct lever_plan *plan, double values[KNOBS_OF_ENTRY])
{
    double first = moved(plan, entry->first), last = moved(plan, entry->last);
    double full_from = moved(plan, entry->full_from.scheduled);
    double full_until = moved(plan, entry->full_until.scheduled);
    bool is_stretched = !isnan(plan->stretch) && plan->stretch != 1;
    bool is_early = plan->begin < moved(plan, lever->from) && entry->first == lever->from;
    bool is_late = plan->end > moved(plan, lever->until) && entry->last == lever->until;
    if (is_early) {
        full_from += plan->begin - first;
        if (full_until == first)
            full_until = plan->begin;
        first = plan->begin;
    }
    if (is_late) {
        full_until += plan->end - last;
        last = plan->end;
    }
    values[0] =
        lever->amount != 0 ? entry->amount.scheduled * plan->scale : plan->scale / entry->peak;
    values[1] = is_stretched || is_early ? first : entry->from.scheduled;
    values[2] = is_stretched || is_late ? last : entry->until.scheduled;
    values[3] = is_stretched || is_early ? full_from : entry->full_from.scheduled;
    values[4] = is_stretched || is_late || is_early ? full_until : entry->full_until.scheduled;
}

void lever_set_knobs(const struct lever *lever, const struct lever_plan *plan, double stop,
                     double *values)
{
    double last = moved(plan, lever->until);
    double end = plan->end < last ? plan->end : FOREVER;
    if (fmax(last, isnan(plan->end) ? last : plan->end) > stop)
        end = fmin(end, stop);
    *values++ = plan->begin > moved(plan, lever->from) ? plan->begin : -FOREVER;
    *values++ = plan->full < plan->end ? plan->full : FOREVER;
    *values++ = plan->full < plan->end ? fmin(plan->end, stop) : end;
    for (size_t i = 0; i < lever->entries.count; i++) {
        const struct lever_entry *entry = &lever->entries.items[i];
        struct lever_knob knobs[KNOBS_OF_ENTRY];
        double moved_to[KNOBS_OF_ENTRY];
        list_entry(entry, knobs);
        move_entry(lever, entry, plan, moved_to);
        for (int k = 0; k < KNOBS_OF_ENTRY; k++)
            if (knobs[k].variable)
                *values++ = entry->is_movable || k == 0 ? moved_to[k] : knobs[k].scheduled;
    }
}
