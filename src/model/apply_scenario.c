// Stage: model. A scenario's settings, schedules and data -> a model. A schedule becomes an
// equation of its input over hidden parameters (amounts, dates, a scale), so that sweeps and
// tipping analysis can vary them like any other: stream k of input x has the parameters
// x.k.amount, x.k.from, x.k.until ..., and x.scale multiplies the sum of all.
//
// A date within a step is honoured by the share of the step that the stream covers (WINDOW), and
// where that is not all of it a slope counts as its mean over that part (MIDWINDOW): the money paid
// out does not depend on where steps fall.
#include "base/array.h"
#include "base/csv.h"
#include "equation/parse.h"
#include "model/scenario.h"

#include <math.h>
#include <string.h>

static const double FOREVER = 1e9; // in time units: far outside any run

static struct expr *name_expr(struct model *model, const char *name)
{
    struct expr *expr = expr_create(model->arena, EXPR_NAME, 0);
    expr->name = name;
    expr->key = name_key(model->arena, name, strlen(name));
    return expr;
}

static struct expr *call_expr(struct model *model, const char *function, struct expr *a,
                              struct expr *b, struct expr *c)
{
    struct expr *args[] = {a, b, c};
    struct expr *expr = expr_create(model->arena, EXPR_CALL, c ? 3 : b ? 2 : 1);
    expr->name = function;
    expr->key = name_key(model->arena, function, strlen(function));
    for (int i = 0; i < expr->n_args; i++)
        expr->args[i] = args[i];
    return expr;
}

static struct expr *binary(struct model *model, enum operation op, struct expr *a, struct expr *b)
{
    return expr_operation(model->arena, op, a, b, NULL);
}

// One stream on its way into the model: makes hidden parameters under its prefix.
struct stream_builder {
    struct model *model;
    const struct stream *stream;
    const char *prefix; // "public_funding_llo.1"
};

static struct expr *parameter(const struct stream_builder *builder, const char *name, double value,
                              double otherwise)
{
    const char *full = arena_format(builder->model->arena, "%s.%s", builder->prefix, name);
    model_add_hidden_parameter(builder->model, full, isnan(value) ? otherwise : value);
    return name_expr(builder->model, full);
}

// Refers to a parameter made before.
static struct expr *again(const struct stream_builder *builder, const char *name)
{
    return name_expr(builder->model,
                     arena_format(builder->model->arena, "%s.%s", builder->prefix, name));
}

// The share of each step between two dates, the later start and the earlier end of those given.
static struct expr *window(const struct stream_builder *builder, struct expr *from,
                           struct expr *until)
{
    return call_expr(builder->model, "WINDOW", from, until, NULL);
}

// The parameters from and until, with what holds where they are not given.
static struct expr *from_parameter(const struct stream_builder *builder, double otherwise)
{
    return parameter(builder, "from", builder->stream->from, otherwise);
}

static struct expr *until_parameter(const struct stream_builder *builder, double otherwise)
{
    return parameter(builder, "until", builder->stream->until, otherwise);
}

// min(a, b), max(a, b) over parameters made before.
static struct expr *earlier(const struct stream_builder *builder, const char *a, const char *b)
{
    return call_expr(builder->model, "MIN", again(builder, a), again(builder, b), NULL);
}

static struct expr *later(const struct stream_builder *builder, const char *a, const char *b)
{
    return call_expr(builder->model, "MAX", again(builder, a), again(builder, b), NULL);
}

// A straight line that is 0 at date `zero` and 1 at date `one`, as a mean over the part of each
// step from `from` until `until`: its value in the middle of that part.
static struct expr *slope(const struct stream_builder *builder, const char *zero, const char *one,
                          struct expr *from, struct expr *until)
{
    struct model *model = builder->model;
    struct expr *middle = call_expr(model, "MIDWINDOW", from, until, NULL);
    struct expr *passed = binary(model, OP_SUBTRACT, middle, again(builder, zero));
    struct expr *whole = binary(model, OP_SUBTRACT, again(builder, one), again(builder, zero));
    struct expr *height = call_expr(model, "SAFEDIV", passed, whole, expr_number(model->arena, 0));
    return binary(model, OP_MULTIPLY, window(builder, from, until), height);
}

static struct expr *build_constant(const struct stream_builder *builder)
{
    return window(builder, from_parameter(builder, -FOREVER), until_parameter(builder, FOREVER));
}

static struct expr *build_taper(const struct stream_builder *builder)
{
    from_parameter(builder, -FOREVER);
    until_parameter(builder, FOREVER);
    parameter(builder, "full_until", builder->stream->full_until, builder->stream->from);
    struct expr *full =
        window(builder, again(builder, "from"), earlier(builder, "full_until", "until"));
    struct expr *falling = slope(builder, "until", "full_until",
                                 later(builder, "from", "full_until"), again(builder, "until"));
    return binary(builder->model, OP_ADD, full, falling);
}

static struct expr *build_ramp(const struct stream_builder *builder)
{
    from_parameter(builder, -FOREVER);
    until_parameter(builder, FOREVER);
    parameter(builder, "full_from", builder->stream->full_from, builder->stream->until);
    struct expr *rising = slope(builder, "from", "full_from", again(builder, "from"),
                                earlier(builder, "full_from", "until"));
    struct expr *full =
        window(builder, later(builder, "from", "full_from"), again(builder, "until"));
    return binary(builder->model, OP_ADD, rising, full);
}

// The amount of one time unit within one step; PULSE divides by DT.
static struct expr *build_pulse(const struct stream_builder *builder)
{
    struct model *model = builder->model;
    double every = builder->stream->every;
    struct expr *active = build_constant(builder);
    struct expr *pulse =
        call_expr(model, "PULSE", expr_number(model->arena, 1), again(builder, "from"),
                  isnan(every) ? NULL : parameter(builder, "every", every, 0));
    return isnan(every) ? pulse : binary(model, OP_MULTIPLY, active, pulse);
}

// Line by line, so that a point within a step is honoured as well.
static struct expr *build_points(const struct stream_builder *builder)
{
    struct model *model = builder->model;
    struct table *points = builder->stream->points;
    int last = points->n_points - 1;
    const char *name = arena_format(model->arena, "%s.points", builder->prefix);
    model_add_hidden_table(model, name, points);
    from_parameter(builder, points->x[0]);
    until_parameter(builder, points->x[last]);
    struct expr *sum = expr_number(model->arena, 0);
    for (int i = 0; i < last; i++) {
        struct expr *from = call_expr(model, "MAX", again(builder, "from"),
                                      expr_number(model->arena, points->x[i]), NULL);
        struct expr *until = call_expr(model, "MIN", again(builder, "until"),
                                       expr_number(model->arena, points->x[i + 1]), NULL);
        struct expr *middle = call_expr(model, "MIDWINDOW", from, until, NULL);
        struct expr *height = call_expr(model, name, middle, NULL, NULL);
        struct expr *term = binary(model, OP_MULTIPLY, window(builder, from, until), height);
        sum = binary(model, OP_ADD, sum, term);
    }
    return sum;
}

static struct expr *build_steps(const struct stream_builder *builder)
{
    struct model *model = builder->model;
    const struct table *points = builder->stream->points;
    struct expr *sum = NULL;
    for (int i = 0; i < points->n_points; i++) {
        bool is_last = i + 1 == points->n_points;
        double until = builder->stream->until;
        double end = !is_last ? points->x[i + 1] : isnan(until) ? FOREVER : until;
        struct expr *active = call_expr(model, "WINDOW", expr_number(model->arena, points->x[i]),
                                        expr_number(model->arena, end), NULL);
        struct expr *term =
            binary(model, OP_MULTIPLY, expr_number(model->arena, points->y[i]), active);
        sum = sum ? binary(model, OP_ADD, sum, term) : term;
    }
    return sum;
}

static struct expr *build_stream(const struct stream_builder *builder)
{
    struct expr *shape = NULL;
    switch (builder->stream->shape) {
    case SHAPE_TAPER:
        shape = build_taper(builder);
        break;
    case SHAPE_RAMP:
        shape = build_ramp(builder);
        break;
    case SHAPE_PULSE:
        shape = build_pulse(builder);
        break;
    case SHAPE_POINTS:
        shape = build_points(builder);
        break;
    case SHAPE_STEPS:
        shape = build_steps(builder);
        break;
    default:
        shape = build_constant(builder);
    }
    return binary(builder->model, OP_MULTIPLY,
                  parameter(builder, "amount", builder->stream->amount, 1), shape);
}

// Gives an input one equation a cell, so far just its default.
static void open_input(struct model *model, struct variable *input)
{
    if (input->n_equations)
        return;
    input->is_generated = true;
    input->n_equations = input->n_cells;
    input->equations = ARENA_NEW_ARRAY(model->arena, struct equation, input->n_cells);
    for (int i = 0; i < input->n_cells; i++)
        input->equations[i] = (struct equation){
            .position = input->position, .tree = expr_number(model->arena, input->values[i])};
    model_add_hidden_parameter(model, arena_format(model->arena, "%s.scale", input->name), 1);
}

bool variable_split_equations(struct model *model, struct variable *variable, struct diag *diag)
{
    int n = variable->n_cells;
    struct equation *equations = ARENA_NEW_ARRAY(model->arena, struct equation, n);
    for (int i = 0; i < n; i++) {
        if (variable->n_equations)
            equations[i] = variable->equations[variable->n_equations == 1 ? 0 : i];
        else
            equations[i] =
                (struct equation){.position = variable->position,
                                  .tree = expr_number(model->arena, variable->values[i])};
        if (!equations[i].tree)
            equations[i].tree =
                parse_expression(model->arena, equations[i].position, PARSE_EQUATION, diag);
        if (!equations[i].tree)
            return false;
    }
    variable->equations = equations;
    variable->n_equations = n;
    variable->is_generated = true;
    return true;
}

// Opens what money flows into: any constant becomes an input; to what an auxiliary or a flow
// computes, money is added. Its equations must not look like a sum of schedules.
static bool open_stream(struct model *model, struct variable *variable, const struct stream *stream,
                        struct diag *diag)
{
    const char *scale = arena_format(model->arena, "%s.scale", variable->name);
    if (variable->kind == VARIABLE_PARAMETER)
        variable->kind = VARIABLE_INPUT;
    if (variable->kind == VARIABLE_INPUT) {
        open_input(model, variable);
        return true;
    }
    bool can_carry = variable->kind == VARIABLE_AUXILIARY || variable->kind == VARIABLE_FLOW;
    if (!can_carry || variable->is_hidden) {
        diag_error(diag, stream->position, "'%s' is %s, not an input that money can flow into",
                   variable->name, variable_kind_phrase(variable->kind));
        return false;
    }
    if (model_find_variable(model, name_key(model->arena, scale, strlen(scale))))
        return true; // another stream has opened it
    if (!variable_split_equations(model, variable, diag))
        return false;
    for (int i = 0; i < variable->n_cells; i++) {
        struct expr **tree = &variable->equations[i].tree;
        if ((*tree)->kind == EXPR_OPERATION && (*tree)->op == OP_ADD)
            *tree = binary(model, OP_MULTIPLY, *tree, expr_number(model->arena, 1));
    }
    model_add_hidden_parameter(model, scale, 1);
    return true;
}

static bool has_same_name(const struct model *model, const struct stream *a, const struct stream *b)
{
    return strcmp(name_key(model->arena, a->name, strlen(a->name)),
                  name_key(model->arena, b->name, strlen(b->name))) == 0;
}

// 1 until the date at which all support ends, then 0.
static struct expr *while_supported(struct model *model)
{
    if (!model_find_variable(model, SUPPORT_UNTIL))
        model_add_hidden_parameter(model, SUPPORT_UNTIL, FOREVER);
    return call_expr(model, "WINDOW", expr_number(model->arena, -FOREVER),
                     name_expr(model, SUPPORT_UNTIL), NULL);
}

static bool apply_stream(struct model *model, const struct scenario *scenario, size_t index,
                         bool ends_support, struct diag *diag)
{
    const struct stream *stream = &scenario->streams.items[index];
    if (!model_find_named(model, stream->name))
        return true;
    int first, count, number = 1;
    struct variable *input =
        model_find_cells(model, stream->name, stream->position, &first, &count, diag);
    if (!input || !open_stream(model, input, stream, diag))
        return false;
    for (size_t i = 0; i < index; i++)
        number += has_same_name(model, &scenario->streams.items[i], stream);
    struct stream_builder builder = {model, stream,
                                     arena_format(model->arena, "%s.%d", stream->name, number)};
    struct expr *term = binary(
        model, OP_MULTIPLY, name_expr(model, arena_format(model->arena, "%s.scale", input->name)),
        build_stream(&builder));
    if (ends_support)
        term = binary(model, OP_MULTIPLY, while_supported(model), term);
    for (int i = first; i < first + count; i++)
        input->equations[i].tree = binary(model, OP_ADD, input->equations[i].tree, term);
    return true;
}

// The column of a data file that belongs to `name`: the one of that name, else the second.
static int data_column(const struct csv_table *table, struct arena *arena,
                       const struct data_spec *data, struct diag *diag)
{
    int column = csv_find_column(table, arena, data->name);
    if (column < 0 && table->n_columns == 2)
        column = 1;
    if (column < 1)
        diag_error(diag, (struct position){.file = table->path, .line = 1},
                   "no column '%s' after the time column", data->name);
    return column;
}

struct table *data_read(struct arena *arena, const struct data_spec *data, struct diag *diag)
{
    struct csv_table csv;
    size_t n_errors = diag->n_errors;
    if (!csv_read(&csv, arena, data->path, diag)) {
        if (diag->n_errors != n_errors && !diag->items[diag->count - 1].position.file)
            diag_hint(diag, "it is named at %s:%d", data->position.file, data->position.line);
        return NULL;
    }
    int column = data_column(&csv, arena, data, diag);
    if (column < 1)
        return NULL;
    struct table *table = ARENA_NEW(arena, struct table);
    table->x = ARENA_NEW_ARRAY(arena, double, csv.n_rows);
    table->y = ARENA_NEW_ARRAY(arena, double, csv.n_rows);
    for (long row = 0; row < csv.n_rows; row++) {
        double time = csv.cells[row * csv.n_columns];
        double value = csv.cells[row * csv.n_columns + column];
        if (isnan(value))
            continue; // not observed
        if (isnan(time) || (table->n_points && time <= table->x[table->n_points - 1])) {
            diag_error(diag, (struct position){.file = data->path, .line = csv.lines[row]},
                       "times must rise from row to row");
            return NULL;
        }
        table->x[table->n_points] = time;
        table->y[table->n_points++] = value;
    }
    if (table->n_points)
        return table;
    diag_error(diag, (struct position){.file = data->path}, "no values in column '%s'",
               csv.names[column]);
    return NULL;
}

static bool apply_data(struct model *model, const struct data_spec *data, struct diag *diag)
{
    const char *key = name_key(model->arena, data->name, strlen(data->name));
    struct variable *variable = model_find_variable(model, key);
    if (!variable || variable->kind != VARIABLE_INPUT)
        return true; // observations to compare with
    struct table *table = data_read(model->arena, data, diag);
    if (!table)
        return false;
    const char *name = arena_format(model->arena, "%s.data", variable->name);
    model_add_hidden_table(model, name, table);
    open_input(model, variable);
    for (int i = 0; i < variable->n_cells; i++)
        variable->equations[i].tree = call_expr(model, name, name_expr(model, "TIME"), NULL, NULL);
    return true;
}

bool scenario_apply(const struct scenario *scenario, struct model *model, bool ends_support,
                    struct diag *diag)
{
    bool is_good = true;
    for (size_t i = 0; i < scenario->data.count; i++)
        is_good &= apply_data(model, &scenario->data.items[i], diag);
    for (size_t i = 0; i < scenario->streams.count; i++)
        is_good &= apply_stream(model, scenario, i, ends_support, diag);
    for (size_t i = 0; i < scenario->settings.count; i++)
        if (model_find_named(model, scenario->settings.items[i].name))
            is_good &= model_set(model, &scenario->settings.items[i], diag);
    return is_good;
}

static bool any_has_name(struct model *const *models, int n_models, const char *name)
{
    for (int i = 0; i < n_models; i++)
        if (model_find_named(models[i], name))
            return true;
    return false;
}

static void report_unknown(struct model *const *models, int n_models, const char *what,
                           const char *name, struct position position, struct diag *diag)
{
    diag_error(diag, position, "%s '%s' is in none of the scenario's models", what, name);
    const char *key = name_key(diag->arena, name, strcspn(name, "["));
    struct nearest nearest = nearest_start(key);
    for (int i = 0; i < n_models; i++)
        for (size_t k = 0; k < models[i]->variables.count; k++) {
            const struct variable *variable = models[i]->variables.items[k];
            nearest_consider(&nearest, variable->key, variable->name);
        }
    diag_suggest(diag, nearest.best);
}

bool scenario_check_names(const struct scenario *scenario, struct model *const *models,
                          int n_models, struct diag *diag)
{
    size_t n_errors = diag->n_errors;
    for (size_t i = 0; i < scenario->streams.count; i++)
        if (!any_has_name(models, n_models, scenario->streams.items[i].name))
            report_unknown(models, n_models, "funding stream", scenario->streams.items[i].name,
                           scenario->streams.items[i].position, diag);
    for (size_t i = 0; i < scenario->settings.count; i++)
        if (!any_has_name(models, n_models, scenario->settings.items[i].name))
            report_unknown(models, n_models, "parameter", scenario->settings.items[i].name,
                           scenario->settings.items[i].position, diag);
    for (size_t i = 0; i < scenario->data.count; i++)
        if (!any_has_name(models, n_models, scenario->data.items[i].name))
            report_unknown(models, n_models, "data", scenario->data.items[i].name,
                           scenario->data.items[i].position, diag);
    return diag->n_errors == n_errors;
}
