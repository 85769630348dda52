// Stage: result. Metric text -> measures bound to a program's outputs; steps -> values. What a
// measure looks at may be any expression: it becomes a hidden variable of the model.
#include "result/metric.h"

#include "base/array.h"
#include "equation/function.h"
#include "equation/parse.h"
#include "model/time.h"
#include "program/scalar.h"

#include <limits.h>
#include <math.h>
#include <string.h>

// One metric in the binding.
struct binder {
    struct metric *metric;
    const struct metric_run *runs;
    int n_runs;
    struct position position; // of the expression
    struct diag *diag;
    struct {
        struct measure *items;
        size_t count, capacity;
    } measures;
};

static struct arena *arena_of(const struct binder *binder)
{
    return binder->runs[0].model->arena;
}

static struct position mark(const struct binder *binder, const struct expr *expr)
{
    return position_mark(binder->position, expr->start, expr->length);
}

// Strips the prefix of a run from the names in an expression and finds that run.
struct run_finder {
    struct binder *binder;
    int run; // -1 before the first name
    bool has_failed;
};

static int find_alias(const struct binder *binder, const char *key, size_t length)
{
    for (int i = 0; i < binder->n_runs; i++)
        if (strlen(binder->runs[i].alias) == length &&
            strncmp(binder->runs[i].alias, key, length) == 0)
            return i;
    return -1;
}

static void report_no_alias(struct run_finder *finder, const struct expr *expr)
{
    struct binder *binder = finder->binder;
    diag_error(binder->diag, mark(binder, expr), "'%s' does not say which run it is of",
               expr->name);
    diag_hint(binder->diag, "write %s.%s", binder->runs[0].alias, expr->name);
    finder->has_failed = true;
}

static void strip_alias(struct expr *expr, void *context)
{
    struct run_finder *finder = context;
    struct binder *binder = finder->binder;
    if (expr->kind != EXPR_NAME || finder->has_failed || function_find(expr->key))
        return;
    const char *dot = strchr(expr->key, '.');
    int run = dot ? find_alias(binder, expr->key, (size_t)(dot - expr->key)) : -1;
    if (run < 0) {
        report_no_alias(finder, expr);
        return;
    }
    if (finder->run >= 0 && finder->run != run) {
        diag_error(binder->diag, mark(binder, expr),
                   "values of two runs in one expression over time");
        diag_hint(binder->diag, "take each at its time first: a.x AT 2040 - b.x AT 2040");
        finder->has_failed = true;
        return;
    }
    finder->run = run;
    expr->key = dot + 1;
    expr->mark += (int)(strchr(expr->name, '.') + 1 - expr->name);
    expr->name = strchr(expr->name, '.') + 1;
}

// Returns the run that `expr` looks at, -1 with an error.
static int find_run(struct binder *binder, struct expr *expr)
{
    if (!binder->runs[0].alias)
        return 0;
    struct run_finder finder = {binder, -1, false};
    expr_walk(expr, strip_alias, &finder);
    if (finder.has_failed)
        return -1;
    return finder.run < 0 ? 0 : finder.run;
}

static bool add_measure(struct binder *binder, enum measure_kind kind, const struct expr *at,
                        struct expr *inner, struct measure **measure)
{
    int run = find_run(binder, inner);
    if (run < 0)
        return false;
    struct model *model = binder->runs[run].model;
    bool adds_up = kind == MEASURE_INTEGRAL || kind == MEASURE_MEAN;
    ARRAY_PUSH(arena_of(binder), &binder->measures) =
        (struct measure){.kind = kind,
                         .expr = at,
                         .run = run,
                         .output = -1,
                         .watched = inner,
                         .variable = adds_up ? model_add_accumulator(model, inner, binder->position)
                                             : model_add_hidden(model, inner, binder->position)};
    *measure = &binder->measures.items[binder->measures.count - 1];
    return true;
}

// The value of an expression of numbers and STARTTIME, STOPTIME; NaN where it holds anything else.
static double constant_value(const struct binder *binder, const struct expr *expr,
                             const struct time_spec *time)
{
    (void)binder;
    double values[3] = {NAN, NAN, NAN};
    switch (expr->kind) {
    case EXPR_NUMBER:
        return expr->number;
    case EXPR_NAME:
        return strcmp(expr->key, "starttime") == 0  ? time->start
               : strcmp(expr->key, "stoptime") == 0 ? time->stop
                                                    : NAN;
    case EXPR_OPERATION:
        for (int i = 0; i < expr->n_args; i++)
            values[i] = constant_value(binder, expr->args[i], time);
        return scalar_operation(expr->op, values[0], values[1], values[2]);
    default:
        return NAN;
    }
}

static bool bind_at(struct binder *binder, struct expr *expr)
{
    struct measure *measure;
    if (!add_measure(binder, MEASURE_AT, expr, expr->args[0], &measure))
        return false;
    const struct time_spec *time = &binder->runs[measure->run].model->time;
    measure->time = constant_value(binder, expr->args[1], time);
    double slack = 1e-9 * fmax(1, fabs(time->stop));
    if (isnan(measure->time)) {
        diag_error(binder->diag, mark(binder, expr->args[1]), "the time after AT must be a number");
        return false;
    }
    if (measure->time < time->start - slack || measure->time > time->stop + slack)
        diag_warning(binder->diag, mark(binder, expr->args[1]),
                     "time %g is outside the run, which goes from %g to %g: no value",
                     measure->time, time->start, time->stop);
    return true;
}

static bool bind_when(struct binder *binder, struct expr *expr)
{
    struct expr *comparison = expr->args[0];
    struct expr *gap = expr_operation(arena_of(binder), OP_SUBTRACT, comparison->args[0],
                                      comparison->args[1], NULL);
    gap->start = comparison->start;
    gap->length = comparison->length;
    struct measure *measure;
    if (!add_measure(binder, MEASURE_WHEN, expr, gap, &measure))
        return false;
    measure->comparison = comparison->op;
    return true;
}

static bool find_reduction(const struct expr *expr, enum measure_kind *kind)
{
    static const struct {
        const char *key;
        enum measure_kind kind;
    } reductions[] = {{"max", MEASURE_MAX},
                      {"min", MEASURE_MIN},
                      {"mean", MEASURE_MEAN},
                      {"integral", MEASURE_INTEGRAL}};
    for (size_t i = 0; i < ARRAY_COUNT(reductions); i++)
        if (strcmp(reductions[i].key, expr->key) == 0 && expr->n_args == 1) {
            *kind = reductions[i].kind;
            return true;
        }
    return false;
}

static bool bind_expr(struct binder *binder, struct expr *expr);

static bool bind_call(struct binder *binder, struct expr *expr)
{
    enum measure_kind kind;
    struct measure *measure;
    if (find_reduction(expr, &kind))
        return add_measure(binder, kind, expr, expr->args[0], &measure);
    expr->function = function_find(expr->key);
    bool is_pure = expr->function &&
                   (expr->function->id == FUNCTION_OPERATION ||
                    expr->function->id == FUNCTION_MIN || expr->function->id == FUNCTION_MAX);
    if (!is_pure) {
        diag_error(binder->diag, mark(binder, expr), "'%s' cannot stand in a metric", expr->name);
        diag_hint(binder->diag,
                  "metrics are x AT time, MAX(x), MIN(x), MEAN(x), INTEGRAL(x), TIME WHEN x > "
                  "level, and arithmetic over them");
        return false;
    }
    if (expr->n_args < expr->function->min_args ||
        (expr->function->max_args != ANY_NUMBER && expr->n_args > expr->function->max_args)) {
        diag_error(binder->diag, mark(binder, expr), "wrong number of arguments");
        diag_hint(binder->diag, "it is written %s", expr->function->signature);
        return false;
    }
    bool is_good = true;
    for (int i = 0; i < expr->n_args; i++)
        is_good &= bind_expr(binder, expr->args[i]);
    return is_good;
}

// A bare name can only be something that does not change during a run.
static bool bind_name(struct binder *binder, struct expr *expr)
{
    struct measure *measure;
    if (function_find(expr->key)) {
        if (!isnan(constant_value(binder, expr, &binder->runs[0].model->time)))
            return true;
        diag_error(binder->diag, mark(binder, expr), "'%s' changes over time", expr->name);
        return false;
    }
    if (!add_measure(binder, MEASURE_VALUE, expr, expr, &measure))
        return false;
    const struct model *model = binder->runs[measure->run].model;
    const struct variable *variable = model_find_variable(model, expr->key);
    if (!variable || variable->kind == VARIABLE_PARAMETER)
        return true; // an unknown name is reported when the model is resolved
    diag_error(binder->diag, mark(binder, expr), "'%s' changes over time: say when", expr->name);
    diag_hint(binder->diag, "for example %s AT %g, or MAX(%s)", expr->name, model->time.stop,
              expr->name);
    return false;
}

static bool bind_expr(struct binder *binder, struct expr *expr)
{
    bool is_good = true;
    switch (expr->kind) {
    case EXPR_AT:
        return bind_at(binder, expr);
    case EXPR_WHEN:
        return bind_when(binder, expr);
    case EXPR_CALL:
        return bind_call(binder, expr);
    case EXPR_NAME:
        return bind_name(binder, expr);
    case EXPR_OPERATION:
        for (int i = 0; i < expr->n_args; i++)
            is_good &= bind_expr(binder, expr->args[i]);
        return is_good;
    default:
        return true;
    }
}

// The unit of a metric that is one measure of one variable.
static const char *find_unit(const struct binder *binder, const struct metric_spec *spec)
{
    if (spec->unit_text)
        return spec->unit_text;
    if (binder->measures.count != 1 || binder->measures.items[0].expr != binder->metric->tree)
        return "";
    const struct measure *measure = &binder->measures.items[0];
    const struct model *model = binder->runs[measure->run].model;
    const struct expr *tree = measure->watched;
    const struct variable *variable =
        tree->kind == EXPR_NAME ? model_find_variable(model, tree->key) : NULL;
    if (measure->kind == MEASURE_WHEN)
        return model->time.unit;
    if (!variable || !variable->unit_text)
        return "";
    if (measure->kind != MEASURE_INTEGRAL)
        return variable->unit_text;
    const char *slash = strrchr(variable->unit_text, '/');
    if (slash && strcmp(slash + 1, model->time.unit) == 0)
        return arena_copy_text(model->arena, variable->unit_text,
                               (size_t)(slash - variable->unit_text));
    return arena_format(model->arena, "%s.%s", variable->unit_text, model->time.unit);
}

bool metric_bind(struct metric *metric, const struct metric_spec *spec,
                 const struct metric_run *runs, int n_runs, struct diag *diag)
{
    struct binder binder = {.metric = metric,
                            .runs = runs,
                            .n_runs = n_runs,
                            .position = spec->expression,
                            .diag = diag};
    struct expr *tree = parse_expression(arena_of(&binder), spec->expression, PARSE_METRIC, diag);
    *metric = (struct metric){
        .name = spec->name, .title = spec->title, .position = spec->position, .tree = tree};
    if (!tree || !bind_expr(&binder, tree))
        return false;
    metric->measures = binder.measures.items;
    metric->n_measures = (int)binder.measures.count;
    metric->unit = find_unit(&binder, spec);
    return true;
}

void metrics_add_outputs(const struct metric_list *metrics, int run, struct arena *arena,
                         struct output_list *outputs)
{
    for (size_t i = 0; i < metrics->count; i++)
        for (int k = 0; k < metrics->items[i].n_measures; k++) {
            struct measure *measure = &metrics->items[i].measures[k];
            if (measure->run != run)
                continue;
            measure->output = (int)outputs->count;
            ARRAY_PUSH(arena, outputs) = (struct output){measure->variable, 0};
        }
}

// The steps that a measure looks at: AT those around its time (none where that is outside the run),
// VALUE the first, what adds up the last, others all.
static void find_steps(struct gathering *gathering, const struct time_spec *time)
{
    gathering->first_step = 0;
    gathering->last_step = LONG_MAX;
    if (gathering->measure->kind == MEASURE_VALUE)
        gathering->last_step = 0;
    if (gathering->measure->kind == MEASURE_MEAN || gathering->measure->kind == MEASURE_INTEGRAL)
        gathering->first_step = gathering->last_step = time_spec_n_steps(time);
    if (gathering->measure->kind != MEASURE_AT)
        return;
    double steps = (gathering->measure->time - time->start) / time->step;
    bool is_on_step = fabs(steps - nearbyint(steps)) < 1e-6;
    if (steps < -1e-6 || steps > (double)time_spec_n_steps(time) + 1e-6)
        steps = -2;
    gathering->first_step = (long)(is_on_step ? nearbyint(steps) : floor(steps));
    gathering->last_step = gathering->first_step + !is_on_step;
}

struct gatherer *gatherer_create(struct arena *arena, const struct metric_list *metrics, int run,
                                 const struct program *program, int lanes)
{
    struct gatherer *gatherer = ARENA_NEW(arena, struct gatherer);
    gatherer->program = program;
    gatherer->lanes = lanes;
    size_t room = 0;
    for (size_t i = 0; i < metrics->count; i++)
        room += (size_t)metrics->items[i].n_measures;
    gatherer->items = ARENA_NEW_ARRAY(arena, struct gathering, room);
    for (size_t i = 0; i < metrics->count; i++)
        for (int k = 0; k < metrics->items[i].n_measures; k++) {
            if (metrics->items[i].measures[k].run != run)
                continue;
            struct gathering *gathering = &gatherer->items[gatherer->n++];
            gathering->measure = &metrics->items[i].measures[k];
            gathering->values = ARENA_NEW_ARRAY(arena, double, lanes);
            gathering->previous = ARENA_NEW_ARRAY(arena, double, lanes);
            find_steps(gathering, &program->time);
        }
    gatherer->buffer = ARENA_NEW_ARRAY(arena, double, lanes);
    return gatherer;
}

void gatherer_start(struct gatherer *gatherer)
{
    for (int i = 0; i < gatherer->n; i++)
        for (int lane = 0; lane < gatherer->lanes; lane++)
            gatherer->items[i].values[lane] = NAN;
}

bool gatherer_wants(const struct gatherer *gatherer, long step)
{
    for (int i = 0; i < gatherer->n; i++)
        if (step >= gatherer->items[i].first_step && step <= gatherer->items[i].last_step)
            return true;
    return false;
}

static bool holds(enum operation comparison, double gap)
{
    return scalar_operation(comparison, gap, 0, 0) != 0;
}

// The first step that a measure looks at.
static void begin(struct gathering *gathering, const double *row, double time, int lanes)
{
    const struct measure *measure = gathering->measure;
    for (int lane = 0; lane < lanes; lane++) {
        double x = row[lane];
        if (measure->kind == MEASURE_WHEN)
            x = holds(measure->comparison, x) ? time : NAN;
        gathering->values[lane] = x;
    }
}

// A later step; `last` is the time of the one before.
static void go_on(struct gathering *gathering, const double *restrict row, double last, double time,
                  int lanes)
{
    const struct measure *measure = gathering->measure;
    double *restrict values = gathering->values;
    const double *restrict before = gathering->previous;
    double share;
    switch (measure->kind) {
    case MEASURE_AT:
        share = (measure->time - last) / (time - last);
        for (int lane = 0; lane < lanes; lane++)
            values[lane] = before[lane] + (row[lane] - before[lane]) * share;
        break;
    case MEASURE_MAX:
        for (int lane = 0; lane < lanes; lane++)
            values[lane] = row[lane] > values[lane] ? row[lane] : values[lane];
        break;
    case MEASURE_MIN:
        for (int lane = 0; lane < lanes; lane++)
            values[lane] = row[lane] < values[lane] ? row[lane] : values[lane];
        break;
    case MEASURE_WHEN:
        for (int lane = 0; lane < lanes; lane++) {
            if (!isnan(values[lane]) || !holds(measure->comparison, row[lane]))
                continue;
            double gap = before[lane] - row[lane];
            values[lane] = gap == 0 ? time : last + (time - last) * (before[lane] / gap);
        }
        break;
    case MEASURE_MEAN:
    case MEASURE_INTEGRAL:
    case MEASURE_VALUE:
        break; // one step says all
    }
}

void gatherer_observe(struct gatherer *gatherer, long step, double time,
                      const double *(*value_of)(void *context, int output, double *buffer),
                      void *context)
{
    for (int i = 0; i < gatherer->n; i++) {
        struct gathering *gathering = &gatherer->items[i];
        if (step < gathering->first_step || step > gathering->last_step)
            continue;
        const double *row = value_of(context, gathering->measure->output, gatherer->buffer);
        if (step == gathering->first_step)
            begin(gathering, row, time, gatherer->lanes);
        else
            go_on(gathering, row, gathering->previous_time, time, gatherer->lanes);
        memcpy(gathering->previous, row, (size_t)gatherer->lanes * sizeof(double));
        gathering->previous_time = time;
    }
}

static double measure_value(const struct measure *measure, const struct gatherer *gatherer,
                            int lane)
{
    const struct gathering *gathering = gatherer->items;
    while (gathering->measure != measure)
        gathering++;
    double value = gathering->values[lane];
    if (measure->kind != MEASURE_MEAN)
        return value;
    return value / (gathering->previous_time - gatherer->program->time.start);
}

static double evaluate(const struct metric *metric, const struct expr *expr,
                       struct gatherer *const *gatherers, int lane)
{
    for (int i = 0; i < metric->n_measures; i++)
        if (metric->measures[i].expr == expr)
            return measure_value(&metric->measures[i], gatherers[metric->measures[i].run], lane);
    if (expr->kind == EXPR_NUMBER)
        return expr->number;
    if (expr->kind == EXPR_NAME)
        return constant_value(NULL, expr, &gatherers[0]->program->time);
    double values[3] = {0};
    for (int i = 0; i < expr->n_args && i < 3; i++)
        values[i] = evaluate(metric, expr->args[i], gatherers, lane);
    if (expr->kind == EXPR_OPERATION)
        return scalar_operation(expr->op, values[0], values[1], values[2]);
    if (expr->function->id == FUNCTION_OPERATION)
        return scalar_operation(expr->function->op, values[0], values[1], values[2]);
    enum operation op = expr->function->id == FUNCTION_MIN ? OP_MINIMUM : OP_MAXIMUM;
    double result = values[0];
    for (int i = 1; i < expr->n_args; i++)
        result = scalar_operation(op, result, evaluate(metric, expr->args[i], gatherers, lane), 0);
    return result;
}

double metric_value(const struct metric *metric, struct gatherer *const *gatherers, int lane)
{
    return evaluate(metric, metric->tree, gatherers, lane);
}
