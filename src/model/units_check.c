// Stage: model. The unit check: every equation must have the unit that its variable declares, and
// every flow that of its stock per time. Rules of the built-ins come from their table. A bare 0
// fits any unit; another bare number is a pure number, except in comparisons and as an argument of
// a built-in, where it takes the unit of what it meets.
#include "model/resolve.h"

#include "base/array.h"
#include "equation/function.h"
#include "model/unit.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

struct unit_checker {
    struct model *model;
    struct unit_system *units;
    struct position position; // of the equation being checked
    bool is_metric; // bare numbers take the unit of what they are added to, as in foreign files
    struct diag *diag;
};

// The unit of a part of an equation.
struct inferred {
    const struct unit *unit; // NULL: unknown, or any (a bare 0): fits everything
    bool is_literal;         // made of bare numbers alone
};

static const struct inferred any_unit = {NULL, false};

static struct inferred infer(struct unit_checker *checker, const struct expr *expr);

static struct inferred known(const struct unit *unit)
{
    return (struct inferred){unit, false};
}

static const char *text_of(struct unit_checker *checker, const struct unit *unit)
{
    return unit_text(checker->units, checker->model->arena, unit);
}

// Whether `unit` is a power of the time unit (or a pure number).
static bool is_time_power(struct unit_checker *checker, const struct unit *unit)
{
    for (int power = -3; power <= 3; power++) {
        const struct unit *time = unit_raise(checker->units, checker->model->time_unit, power);
        if (time && unit_equal(time, unit))
            return true;
    }
    return false;
}

// Reports that `found` stands where `wanted` belongs. Textbook systems in scaled time, where only
// powers of time are at odds, and files of other programs get a warning.
static void report(struct unit_checker *checker, struct position position, const char *what,
                   const struct unit *wanted, const struct unit *found)
{
    bool is_scaled_time = is_time_power(checker, wanted) && is_time_power(checker, found);
    bool is_warning = checker->model->is_lenient || is_scaled_time;
    const char *text =
        arena_format(checker->diag->arena, "unit mismatch: %s: %s expected, %s found", what,
                     text_of(checker, wanted), text_of(checker, found));
    if (is_warning)
        diag_warning(checker->diag, position, "%s", text);
    else
        diag_error(checker->diag, position, "%s", text);
    if (unit_convertible(wanted, found)) {
        diag_hint(checker->diag, "one %s is %g %s", text_of(checker, found),
                  unit_factor(found, wanted), text_of(checker, wanted));
        return;
    }
    const struct unit *ratio = unit_divide(checker->units, found, wanted);
    if (ratio && unit_equal(ratio, checker->model->time_unit))
        diag_hint(checker->diag, "divide by a time");
    else if (ratio && unit_equal(unit_raise(checker->units, ratio, -1), checker->model->time_unit))
        diag_hint(checker->diag, "multiply by a time");
}

static struct position mark(const struct unit_checker *checker, const struct expr *expr)
{
    if (!checker->position.excerpt)
        return checker->position;
    return position_mark(checker->position, expr->start, expr->length);
}

// The common unit of two parts; reports at `at` where they differ. `literal_fits`: a bare number
// takes the other's unit.
static struct inferred unify(struct unit_checker *checker, const struct expr *at, const char *what,
                             struct inferred a, struct inferred b, bool literal_fits)
{
    if (!a.unit || !b.unit)
        return a.unit ? a : b;
    if (a.is_literal && b.is_literal)
        return a;
    if (literal_fits && (a.is_literal || b.is_literal))
        return a.is_literal ? b : a;
    if (unit_equal(a.unit, b.unit))
        return known(a.unit);
    report(checker, mark(checker, at), what, a.unit, b.unit);
    return any_unit;
}

static void expect_number(struct unit_checker *checker, const struct expr *expr, const char *what)
{
    struct inferred found = infer(checker, expr);
    if (found.unit && !unit_equal(found.unit, unit_one(checker->units)))
        report(checker, mark(checker, expr), what, unit_one(checker->units), found.unit);
}

static struct inferred infer_product(struct unit_checker *checker, const struct expr *expr)
{
    struct inferred a = infer(checker, expr->args[0]), b = infer(checker, expr->args[1]);
    if (!a.unit || !b.unit)
        return any_unit;
    const struct unit *unit = expr->op == OP_MULTIPLY
                                  ? unit_multiply(checker->units, a.unit, b.unit)
                                  : unit_divide(checker->units, a.unit, b.unit);
    return (struct inferred){unit, a.is_literal && b.is_literal};
}

static struct inferred infer_root(struct unit_checker *checker, const struct expr *expr,
                                  struct inferred base, int root)
{
    if (!base.unit || base.is_literal)
        return base;
    const struct unit *unit = unit_root(checker->units, base.unit, root);
    if (unit)
        return known(unit);
    diag_warning(checker->diag, mark(checker, expr), "the unit %s has no root",
                 text_of(checker, base.unit));
    return any_unit;
}

static struct inferred infer_power(struct unit_checker *checker, const struct expr *expr)
{
    struct inferred base = infer(checker, expr->args[0]);
    const struct expr *exponent = expr->args[1];
    expect_number(checker, exponent, "an exponent must be a pure number");
    if (!base.unit || unit_equal(base.unit, unit_one(checker->units)))
        return base;
    double power = exponent->kind == EXPR_NUMBER ? exponent->number : NAN;
    if (power == 0.5)
        return infer_root(checker, expr, base, 2);
    if (power == floor(power) && fabs(power) <= 12) {
        const struct unit *unit = unit_raise(checker->units, base.unit, (int)power);
        return unit ? known(unit) : any_unit;
    }
    report(checker, mark(checker, expr->args[0]),
           "the base of a power that is not a whole number must be a pure number",
           unit_one(checker->units), base.unit);
    return any_unit;
}

static struct inferred infer_operation(struct unit_checker *checker, const struct expr *expr)
{
    bool is_lax = checker->is_metric || checker->model->is_lenient;
    const char *sides = arena_format(checker->model->arena, "the two sides of '%s'",
                                     operation_info[expr->op].symbol);
    switch (expr->op) {
    case OP_MULTIPLY:
    case OP_DIVIDE:
        return infer_product(checker, expr);
    case OP_POWER:
        return infer_power(checker, expr);
    case OP_ADD:
    case OP_SUBTRACT:
        return unify(checker, expr, sides, infer(checker, expr->args[0]),
                     infer(checker, expr->args[1]), is_lax);
    case OP_MODULO:
        return unify(checker, expr, sides, infer(checker, expr->args[0]),
                     infer(checker, expr->args[1]), true);
    case OP_NEGATE:
        return infer(checker, expr->args[0]);
    case OP_SELECT:
        infer(checker, expr->args[0]);
        return unify(checker, expr, "the two branches of IF", infer(checker, expr->args[1]),
                     infer(checker, expr->args[2]), false);
    case OP_AND:
    case OP_OR:
    case OP_NOT:
        for (int i = 0; i < expr->n_args; i++)
            infer(checker, expr->args[i]);
        return known(unit_one(checker->units));
    default: // comparisons
        unify(checker, expr, sides, infer(checker, expr->args[0]), infer(checker, expr->args[1]),
              true);
        return known(unit_one(checker->units));
    }
}

static struct inferred infer_quotient(struct unit_checker *checker, const struct expr *expr)
{
    struct inferred a = infer(checker, expr->args[0]), b = infer(checker, expr->args[1]);
    struct inferred quotient =
        a.unit && b.unit ? known(unit_divide(checker->units, a.unit, b.unit)) : any_unit;
    if (expr->n_args < 3)
        return quotient;
    return unify(checker, expr, "the third argument of SAFEDIV", quotient,
                 infer(checker, expr->args[2]), true);
}

// The unit that letter `rule` of a built-in's result stands for, with x the unit of its x's.
static struct inferred result_unit(struct unit_checker *checker, char rule, struct inferred x)
{
    const struct unit *time = checker->model->time_unit;
    switch (rule) {
    case '1':
        return known(unit_one(checker->units));
    case 't':
        return known(time);
    case 'f':
        return known(unit_raise(checker->units, time, -1));
    case '*':
        return x.unit ? known(unit_multiply(checker->units, x.unit, time)) : any_unit;
    case '/':
        return x.unit ? known(unit_divide(checker->units, x.unit, time)) : any_unit;
    case 'x':
        return x;
    default:
        return any_unit;
    }
}

static struct inferred infer_builtin(struct unit_checker *checker, const struct expr *expr)
{
    const struct function *function = expr->function;
    const char *colon = strchr(function->units, ':');
    struct inferred x = any_unit;
    const char *what = arena_format(checker->model->arena, "an argument of %s", function->name);
    for (int i = 0; i < expr->n_args; i++) {
        const char *rule = function->units + i < colon ? function->units + i : colon - 1;
        const struct expr *arg = expr->args[i];
        switch (*rule) {
        case 'x':
            x = unify(checker, arg, what, x, infer(checker, arg), true);
            break;
        case 'q':
            x = infer_root(checker, arg, infer(checker, arg), 2);
            break;
        case '1':
            expect_number(checker, arg, what);
            break;
        case 't':
        case 'f':
            unify(checker, arg, what, result_unit(checker, *rule, any_unit), infer(checker, arg),
                  true);
            break;
        default:
            infer(checker, arg);
        }
    }
    return result_unit(checker, colon[1], x);
}

static struct inferred infer(struct unit_checker *checker, const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_NUMBER:
        return expr->number == 0 ? any_unit : (struct inferred){unit_one(checker->units), true};
    case EXPR_OPERATION:
        return infer_operation(checker, expr);
    case EXPR_NAME:
    case EXPR_CALL:
        break;
    default:
        return any_unit;
    }
    if (expr->variable) {
        for (int i = 0; i < expr->n_args; i++)
            infer(checker, expr->args[i]);
        return known(expr->variable->unit);
    }
    if (!expr->function)
        return expr->dimension && !checker->model->is_lenient ? known(unit_one(checker->units))
                                                              : any_unit;
    if (expr->function->id == FUNCTION_SAFEDIV)
        return infer_quotient(checker, expr);
    if (expr->function->id == FUNCTION_IF_THEN_ELSE) {
        infer(checker, expr->args[0]);
        return unify(checker, expr, "the two branches of IF", infer(checker, expr->args[1]),
                     infer(checker, expr->args[2]), false);
    }
    if (expr->function->id == FUNCTION_LOOKUP || expr->function->id == FUNCTION_LOOKUP_FORWARD ||
        expr->function->id == FUNCTION_LOOKUP_BACKWARD) {
        infer(checker, expr->args[1]);
        return infer(checker, expr->args[0]);
    }
    return infer_builtin(checker, expr);
}

static void check_equation(struct unit_checker *checker, const struct variable *variable,
                           const struct equation *equation)
{
    if (!equation->tree)
        return;
    checker->position = equation->position;
    checker->is_metric = variable->is_hidden;
    struct inferred found = infer(checker, equation->tree);
    bool is_table_input = variable->kind == VARIABLE_TABLE; // the x axis declares no unit
    if (!found.unit || found.is_literal || !variable->unit || is_table_input ||
        unit_equal(found.unit, variable->unit))
        return;
    const char *what = arena_format(checker->model->arena, "the %s of %s '%s'",
                                    variable->kind == VARIABLE_STOCK ? "initial value" : "equation",
                                    variable_kind_name(variable->kind), variable->name);
    struct position position = equation->position;
    if (position.excerpt)
        position = position_mark(position, 0, (int)strlen(position.excerpt));
    report(checker, position, what, variable->unit, found.unit);
}

static void check_flow(struct unit_checker *checker, const struct variable *stock,
                       const struct reference *reference)
{
    const struct variable *flow = reference->variable;
    if (!flow || !flow->unit || !stock->unit)
        return;
    const struct unit *wanted = unit_divide(checker->units, stock->unit, checker->model->time_unit);
    if (wanted && !unit_equal(wanted, flow->unit))
        report(
            checker, flow->unit_position.file ? flow->unit_position : reference->position,
            arena_format(checker->model->arena, "flow '%s' of stock '%s'", flow->name, stock->name),
            wanted, flow->unit);
}

static void read_unit(struct unit_checker *checker, struct variable *variable)
{
    bool is_lenient = checker->model->is_lenient;
    if (variable->unit_text)
        variable->unit =
            unit_parse(checker->units, variable->unit_text, is_lenient ? UNIT_LENIENT : UNIT_STRICT,
                       variable->unit_position, checker->diag);
}

bool units_check(struct model *model, struct diag *diag)
{
    struct unit_checker checker = {.model = model, .units = model->units, .diag = diag};
    size_t n_errors = diag->n_errors;
    model->time_unit =
        unit_parse(model->units, model->time.unit, model->is_lenient ? UNIT_LENIENT : UNIT_STRICT,
                   model->time.position, diag);
    if (!model->time_unit)
        model->time_unit = unit_one(model->units);
    for (size_t i = 0; i < model->variables.count; i++)
        read_unit(&checker, model->variables.items[i]);
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        for (int k = 0; k < variable->n_equations && !variable->is_generated; k++)
            check_equation(&checker, variable, &variable->equations[k]);
        for (int k = 0; k < variable->n_inflows; k++)
            check_flow(&checker, variable, &variable->inflows[k]);
        for (int k = 0; k < variable->n_outflows; k++)
            check_flow(&checker, variable, &variable->outflows[k]);
    }
    return diag->n_errors == n_errors;
}
