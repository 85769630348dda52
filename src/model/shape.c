// Stage: model, the end of resolving. An array may stand for its present element wherever the
// variable runs over the same dimensions; elsewhere it must be reduced to one value by SUM or its
// like, or an element be named (XMILE v1.0, 3.7.1).
#include "model/shape.h"

#include "equation/function.h"

struct checker {
    const struct variable *variable; // whose equation it is
    struct position position;        // of the equation
    struct diag *diag;
};

static struct position mark(const struct checker *checker, const struct expr *expr)
{
    if (!checker->position.excerpt)
        return checker->position;
    return position_mark(checker->position, expr->start, expr->length);
}

static bool has_dimension(const struct variable *variable, const struct dimension *dimension)
{
    return variable_find_dimension(variable, dimension, 0) >= 0;
}

// Whether the subscript `dimension` of an array can follow a dimension of the variable: the same
// one, a part of it, or another one of the same size.
static bool can_follow(const struct variable *variable, const struct dimension *dimension)
{
    bool is_found = has_dimension(variable, dimension);
    for (int d = 0; d < variable->n_dimensions; d++)
        is_found |= variable->dimensions[d]->n_elements == dimension->n_elements;
    return is_found;
}

static bool check(const struct checker *checker, const struct expr *expr, bool is_reduced);

static bool report_loose_dimension(const struct checker *checker, const struct expr *expr,
                                   const struct variable *array, const struct dimension *dimension)
{
    if (checker->variable->is_hidden)
        diag_error(checker->diag, mark(checker, expr),
                   "'%s' has one value for each element of '%s'; one value is needed here",
                   array->name, dimension->name);
    else
        diag_error(checker->diag, mark(checker, expr),
                   "'%s' has one value for each element of '%s', which '%s' has not", array->name,
                   dimension->name, checker->variable->name);
    diag_hint(checker->diag, "add them with SUM(%s[*]), or pick one with %s[%s]", array->name,
              array->name, dimension->elements[0].name);
    return false;
}

static bool report_foreign_dimension(const struct checker *checker, const struct expr *expr)
{
    if (checker->variable->is_hidden)
        diag_error(checker->diag, mark(checker, expr),
                   "dimension '%s' means nothing here: name an element", expr->dimension->name);
    else
        diag_error(checker->diag, mark(checker, expr), "'%s' does not run over dimension '%s'",
                   checker->variable->name, expr->dimension->name);
    return false;
}

// Whether subscript `subscript` of the array `expr` means one element (or may mean several, in a
// reduction).
static bool check_subscript(const struct checker *checker, const struct expr *expr,
                            const struct expr *subscript, bool is_reduced)
{
    if (subscript->kind == EXPR_WILDCARD || subscript->kind == EXPR_RANGE) {
        if (is_reduced)
            return true;
        diag_error(checker->diag, mark(checker, subscript),
                   "several elements where one value is needed");
        diag_hint(checker->diag, "for their sum write SUM(%s[...])", expr->variable->name);
        return false;
    }
    if (subscript->kind == EXPR_PLACE)
        return true;
    if (subscript->dimension && subscript->element < 0)
        return is_reduced || can_follow(checker->variable, subscript->dimension) ||
               report_foreign_dimension(checker, subscript);
    return subscript->dimension || check(checker, subscript, false);
}

static bool check_array(const struct checker *checker, const struct expr *expr, bool is_reduced)
{
    const struct variable *array = expr->variable;
    bool is_good = true;
    for (int d = 0; d < array->n_dimensions && !expr->n_args && !is_reduced; d++)
        if (!has_dimension(checker->variable, array->dimensions[d]))
            return report_loose_dimension(checker, expr, array, array->dimensions[d]);
    for (int d = 0; d < expr->n_args; d++)
        is_good &= check_subscript(checker, expr, expr->args[d], is_reduced);
    return is_good;
}

// Whether argument `i` of `call` may stand for several values.
static bool reduces(const struct checker *checker, const struct expr *call, int i)
{
    if (!call->function || !call->function->takes_arrays)
        return false;
    if (call->function->id == FUNCTION_RANK)
        return i != 1;
    return call->n_args == 1 || shape_is_spread(checker->variable, call->args[i]);
}

// Whether `expr` gives one value for each cell of the variable. Inside the argument of SUM and
// its like (`is_reduced`), arrays may stand as a whole.
static bool check(const struct checker *checker, const struct expr *expr, bool is_reduced)
{
    bool is_good = true;
    if (expr->kind == EXPR_NAME && expr->variable)
        return check_array(checker, expr, is_reduced);
    if (expr->kind == EXPR_NAME && expr->dimension && !is_reduced &&
        !can_follow(checker->variable, expr->dimension))
        return report_foreign_dimension(checker, expr);
    for (int i = 0; i < expr->n_args; i++)
        is_good &= check(checker, expr->args[i], is_reduced || reduces(checker, expr, i));
    return is_good;
}

bool shape_check(const struct variable *variable, struct position position, const struct expr *tree,
                 struct diag *diag)
{
    struct checker checker = {variable, position, diag};
    return check(&checker, tree, false);
}

bool shape_is_spread(const struct variable *variable, const struct expr *expr)
{
    const struct variable *array = expr->kind == EXPR_NAME ? expr->variable : NULL;
    bool is_spread = false;
    if (expr->function && expr->function->takes_arrays && expr->n_args == 1)
        return false; // reduced by itself
    for (int d = 0; array && d < array->n_dimensions; d++) {
        const struct expr *subscript = expr->n_args ? expr->args[d] : NULL;
        is_spread |= subscript ? subscript->kind == EXPR_WILDCARD || subscript->kind == EXPR_RANGE
                               : !has_dimension(variable, array->dimensions[d]);
    }
    for (int i = 0; !array && i < expr->n_args; i++)
        is_spread |= shape_is_spread(variable, expr->args[i]);
    return is_spread;
}
