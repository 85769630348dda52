// Stage: model. Names in trees -> variables, dimensions, elements, built-ins (XMILE v1.0, 3.2.2,
// 3.3, 3.7). Each equation is looked at once, whatever the number of its cells; references that
// miss a subscript or have one too many are found here, so that program/ need not.
#include "model/resolve.h"

#include "base/array.h"
#include "equation/function.h"
#include "equation/parse.h"
#include "model/macro.h"

#include <math.h>
#include <string.h>

// One equation in the resolving.
struct resolver {
    struct model *model;
    struct variable *variable; // whose equation it is
    struct position position;  // of the equation
    struct diag *diag;
    int n_expanded; // nodes that macros brought in
};

static struct position mark(const struct resolver *resolver, const struct expr *expr)
{
    if (!resolver->position.excerpt)
        return resolver->position;
    return position_mark(resolver->position, expr->start, expr->length);
}

// Marks the name alone, without arguments or subscripts.
static struct position mark_name(const struct resolver *resolver, const struct expr *expr)
{
    if (!resolver->position.excerpt)
        return resolver->position;
    return position_mark(resolver->position, expr->mark, (int)strlen(expr->name));
}

static bool resolve_expr(struct resolver *resolver, struct expr *expr);

static bool resolve_args(struct resolver *resolver, struct expr *expr)
{
    bool is_good = true;
    for (int i = 0; i < expr->n_args; i++)
        is_good &= resolve_expr(resolver, expr->args[i]);
    return is_good;
}

static bool report_unknown(struct resolver *resolver, const struct expr *expr)
{
    struct nearest nearest = nearest_start(expr->key);
    bool is_call = expr->kind == EXPR_CALL;
    for (size_t i = 0; i < resolver->model->variables.count; i++) {
        const struct variable *variable = resolver->model->variables.items[i];
        if (!variable->is_hidden && (!is_call || variable->table))
            nearest_consider(&nearest, variable->key, variable->name);
    }
    for (size_t i = 0; i < resolver->model->macros.count && is_call; i++)
        nearest_consider(&nearest, resolver->model->macros.items[i]->key,
                         resolver->model->macros.items[i]->name);
    function_consider(&nearest);
    diag_error(resolver->diag, mark_name(resolver, expr), "unknown %s '%s'",
               is_call ? "function" : "name", expr->name);
    diag_suggest(resolver->diag, nearest.best);
    return false;
}

// Finds the dimension or element that the subscript `expr` of dimension `dimension` names.
static bool resolve_named_subscript(struct resolver *resolver, struct expr *expr,
                                    const struct dimension *dimension)
{
    const char *key = expr->key, *dot = strchr(key, '.');
    if (dot && strncmp(key, dimension->key, (size_t)(dot - key)) == 0)
        key = dot + 1; // "sector.construction"
    int element = dimension_find_element(dimension, key);
    if (element >= 0) {
        expr->dimension = dimension;
        expr->element = element;
        return true;
    }
    expr->dimension = model_find_dimension(resolver->model, key);
    return expr->dimension != NULL;
}

static bool report_bad_subscript(struct resolver *resolver, const struct expr *expr,
                                 const struct dimension *dimension)
{
    diag_error(resolver->diag, mark(resolver, expr), "'%s' is not an element of dimension '%s'",
               expr->name, dimension->name);
    struct nearest nearest = nearest_start(expr->key);
    for (int i = 0; i < dimension->n_elements; i++)
        nearest_consider(&nearest, dimension->elements[i].key, dimension->elements[i].name);
    diag_suggest(resolver->diag, nearest.best);
    return false;
}

static bool resolve_subscript(struct resolver *resolver, struct expr *expr,
                              const struct dimension *dimension);

// The ends of a range are elements, the first one not after the last.
static bool resolve_range(struct resolver *resolver, struct expr *expr,
                          const struct dimension *dimension)
{
    const struct expr *first = expr->args[0], *last = expr->args[1];
    if (!resolve_subscript(resolver, expr->args[0], dimension) ||
        !resolve_subscript(resolver, expr->args[1], dimension))
        return false;
    if (first->element < 0 || last->element < 0) {
        diag_error(resolver->diag, mark(resolver, first->element < 0 ? first : last),
                   "a range needs elements of dimension '%s' at its ends", dimension->name);
        return false;
    }
    if (first->element <= last->element)
        return true;
    diag_error(resolver->diag, mark(resolver, expr), "this range ends before it starts");
    return false;
}

static bool resolve_subscript(struct resolver *resolver, struct expr *expr,
                              const struct dimension *dimension)
{
    switch (expr->kind) {
    case EXPR_WILDCARD:
        return true;
    case EXPR_RANGE:
        return resolve_range(resolver, expr, dimension);
    case EXPR_NUMBER:
        if (expr->number >= 1 && expr->number <= dimension->n_elements &&
            expr->number == floor(expr->number)) {
            expr->dimension = dimension;
            expr->element = (int)expr->number - 1;
            return true;
        }
        diag_error(resolver->diag, mark(resolver, expr),
                   "dimension '%s' has elements 1 to %d, not %g", dimension->name,
                   dimension->n_elements, expr->number);
        return false;
    case EXPR_NAME:
        if (!expr->n_args && resolve_named_subscript(resolver, expr, dimension))
            return true;
        if (!model_find_variable(resolver->model, expr->key) && !function_find(expr->key))
            return report_bad_subscript(resolver, expr, dimension);
        return resolve_expr(resolver, expr);
    default:
        return resolve_expr(resolver, expr); // an index to be computed
    }
}

static bool resolve_subscripts(struct resolver *resolver, struct expr *expr)
{
    const struct variable *variable = expr->variable;
    if (!expr->n_args)
        return true;
    if (variable->n_dimensions == 0) {
        diag_error(resolver->diag, mark(resolver, expr), "'%s' is no array: it takes no subscripts",
                   variable->name);
        return false;
    }
    if (expr->n_args != variable->n_dimensions) {
        diag_error(resolver->diag, mark(resolver, expr), "'%s' has %d dimension%s, not %d",
                   variable->name, variable->n_dimensions, variable->n_dimensions == 1 ? "" : "s",
                   expr->n_args);
        return false;
    }
    bool is_good = true;
    for (int d = 0; d < expr->n_args; d++)
        is_good &= resolve_subscript(resolver, expr->args[d], variable->dimensions[d]);
    return is_good;
}

static bool resolve_name(struct resolver *resolver, struct expr *expr)
{
    expr->variable = model_find_variable(resolver->model, expr->key);
    if (expr->variable)
        return resolve_subscripts(resolver, expr);
    expr->function = function_find(expr->key);
    if (expr->function && expr->function->id == FUNCTION_SELF) {
        expr->variable = resolver->variable;
        return resolve_subscripts(resolver, expr);
    }
    if (expr->function && expr->function->max_args == 0) {
        if (!expr->n_args)
            return true;
        diag_error(resolver->diag, mark(resolver, expr), "'%s' is no array: it takes no subscripts",
                   expr->function->name);
        return false;
    }
    if (expr->function) {
        diag_error(resolver->diag, mark_name(resolver, expr), "'%s' is a function",
                   expr->function->name);
        diag_hint(resolver->diag, "it is written %s", expr->function->signature);
        return false;
    }
    if (!expr->n_args) { // the index of the present element
        expr->dimension = model_find_dimension(resolver->model, expr->key);
        if (expr->dimension)
            return true;
    }
    return report_unknown(resolver, expr);
}

static void count_node(struct expr *expr, void *context)
{
    (void)expr;
    ++*(int *)context;
}

// Puts the equation of `macro` in the place of the call `expr`.
static bool resolve_macro(struct resolver *resolver, struct macro *macro, struct expr *expr)
{
    enum { MAX_EXPANDED = 200000 };
    struct arena *arena = resolver->model->arena;
    if (expr->n_args != macro->n_parameters) {
        diag_error(resolver->diag, mark(resolver, expr), "%s takes %d argument%s, not %d",
                   macro->name, macro->n_parameters, macro->n_parameters == 1 ? "" : "s",
                   expr->n_args);
        diag_hint(resolver->diag, "it is written %s", macro_signature(macro, arena));
        return false;
    }
    if (!resolve_args(resolver, expr))
        return false;
    struct expr *body = macro_expand(macro, expr, arena);
    expr_walk(body, count_node, &resolver->n_expanded);
    if (resolver->n_expanded > MAX_EXPANDED) {
        diag_error(resolver->diag, mark(resolver, expr),
                   "with its functions written out this equation has more than %d terms",
                   MAX_EXPANDED);
        diag_hint(resolver->diag, "give the arguments names of their own");
        return false;
    }
    *expr = *body;
    return resolve_expr(resolver, expr);
}

static bool resolve_call(struct resolver *resolver, struct expr *expr)
{
    struct variable *variable = model_find_variable(resolver->model, expr->key);
    if (variable && variable->table) {
        expr->variable = variable;
        if (expr->n_args == 1)
            return resolve_args(resolver, expr);
        diag_error(resolver->diag, mark(resolver, expr),
                   "the graphical function '%s' takes 1 argument, not %d", variable->name,
                   expr->n_args);
        return false;
    }
    struct macro *macro = model_find_macro(resolver->model, expr->key);
    if (macro)
        return resolve_macro(resolver, macro, expr);
    expr->function = function_find(expr->key);
    if (expr->function)
        return function_check_arity(expr->function, expr->n_args, mark(resolver, expr),
                                    resolver->diag) &&
               resolve_args(resolver, expr);
    if (!variable)
        return report_unknown(resolver, expr) && resolve_args(resolver, expr);
    diag_error(resolver->diag, mark_name(resolver, expr), "'%s' is %s, not a function",
               variable->name, variable_kind_phrase(variable->kind));
    diag_hint(resolver->diag, variable->n_dimensions ? "subscripts stand in square brackets"
                                                     : "is a '*' missing before the '('?");
    return false;
}

static bool resolve_expr(struct resolver *resolver, struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_NAME:
        return resolve_name(resolver, expr);
    case EXPR_CALL:
        return resolve_call(resolver, expr);
    case EXPR_WILDCARD:
    case EXPR_RANGE:
        diag_error(resolver->diag, mark(resolver, expr),
                   "this can only stand between square brackets");
        return false;
    case EXPR_AT:
    case EXPR_WHEN:
        diag_error(resolver->diag, mark(resolver, expr),
                   "AT and TIME WHEN cannot stand inside another measure");
        return false;
    default:
        return resolve_args(resolver, expr);
    }
}

static bool has_dimension(const struct variable *variable, const struct dimension *dimension)
{
    for (int d = 0; d < variable->n_dimensions; d++)
        if (variable->dimensions[d] == dimension)
            return true;
    return false;
}

static bool check_shape(struct resolver *resolver, const struct expr *expr, bool is_reduced);

static bool report_loose_dimension(struct resolver *resolver, const struct expr *expr,
                                   const struct variable *array, const struct dimension *dimension)
{
    if (resolver->variable->is_hidden)
        diag_error(resolver->diag, mark(resolver, expr),
                   "'%s' has one value for each element of '%s'; one value is needed here",
                   array->name, dimension->name);
    else
        diag_error(resolver->diag, mark(resolver, expr),
                   "'%s' has one value for each element of '%s', which '%s' has not", array->name,
                   dimension->name, resolver->variable->name);
    diag_hint(resolver->diag, "add them with SUM(%s[*]), or pick one with %s[%s]", array->name,
              array->name, dimension->elements[0].name);
    return false;
}

static bool report_foreign_dimension(struct resolver *resolver, const struct expr *expr)
{
    if (resolver->variable->is_hidden)
        diag_error(resolver->diag, mark(resolver, expr),
                   "dimension '%s' means nothing here: name an element", expr->dimension->name);
    else
        diag_error(resolver->diag, mark(resolver, expr), "'%s' does not run over dimension '%s'",
                   resolver->variable->name, expr->dimension->name);
    return false;
}

// Whether subscript `subscript` of `array` means one element (or may mean several, in a reduction).
static bool check_subscript_shape(struct resolver *resolver, const struct expr *expr,
                                  const struct expr *subscript, bool is_reduced)
{
    if (subscript->kind == EXPR_WILDCARD || subscript->kind == EXPR_RANGE) {
        if (is_reduced)
            return true;
        diag_error(resolver->diag, mark(resolver, subscript),
                   "several elements where one value is needed");
        diag_hint(resolver->diag, "for their sum write SUM(%s[...])", expr->variable->name);
        return false;
    }
    if (subscript->dimension && subscript->element < 0) {
        return has_dimension(resolver->variable, subscript->dimension) ||
               report_foreign_dimension(resolver, subscript);
    }
    return subscript->dimension || check_shape(resolver, subscript, false);
}

// Whether `expr` gives one value for each cell of the variable. Inside the argument of SUM and
// its like (`is_reduced`), arrays may stand as a whole.
static bool check_shape(struct resolver *resolver, const struct expr *expr, bool is_reduced)
{
    const struct variable *array = expr->kind == EXPR_NAME ? expr->variable : NULL;
    bool is_good = true;
    if (array && !expr->n_args && !is_reduced) {
        for (int d = 0; d < array->n_dimensions; d++)
            if (!has_dimension(resolver->variable, array->dimensions[d]))
                return report_loose_dimension(resolver, expr, array, array->dimensions[d]);
        return true;
    }
    if (array) {
        for (int d = 0; d < expr->n_args; d++)
            is_good &= check_subscript_shape(resolver, expr, expr->args[d], is_reduced);
        return is_good;
    }
    if (expr->kind == EXPR_NAME && expr->dimension &&
        !has_dimension(resolver->variable, expr->dimension))
        return report_foreign_dimension(resolver, expr);
    bool reduces = expr->function && expr->function->takes_arrays &&
                   (expr->n_args == 1 || expr->function->id == FUNCTION_RANK);
    for (int i = 0; i < expr->n_args; i++)
        is_good &= check_shape(resolver, expr->args[i], is_reduced || (reduces && i != 1));
    return is_good;
}

static bool resolve_equation(struct model *model, struct variable *variable,
                             struct equation *equation, struct diag *diag)
{
    if (!equation->tree)
        equation->tree = parse_expression(model->arena, equation->position, PARSE_EQUATION, diag);
    if (!equation->tree)
        return false;
    struct resolver resolver = {model, variable, equation->position, diag, 0};
    return resolve_expr(&resolver, equation->tree) && check_shape(&resolver, equation->tree, false);
}

static bool has_same_dimensions(const struct variable *a, const struct variable *b)
{
    return a->n_dimensions == b->n_dimensions &&
           (a->n_dimensions == 0 ||
            memcmp(a->dimensions, b->dimensions,
                   (size_t)a->n_dimensions * sizeof(struct dimension *)) == 0);
}

// Ties one inflow or outflow of `stock` to its flow.
static bool resolve_flow(struct model *model, const struct variable *stock,
                         struct reference *reference, struct diag *diag)
{
    const char *key = name_key(model->arena, reference->name, strlen(reference->name));
    reference->variable = model_find_variable(model, key);
    if (!reference->variable) {
        diag_error(diag, reference->position, "unknown flow '%s' of stock '%s'", reference->name,
                   stock->name);
        struct nearest nearest = nearest_start(key);
        for (size_t i = 0; i < model->variables.count; i++)
            if (model->variables.items[i]->kind == VARIABLE_FLOW)
                nearest_consider(&nearest, model->variables.items[i]->key,
                                 model->variables.items[i]->name);
        diag_suggest(diag, nearest.best);
        return false;
    }
    if (reference->variable->kind != VARIABLE_FLOW) {
        diag_error(diag, reference->position, "'%s' is %s, not a flow", reference->name,
                   variable_kind_phrase(reference->variable->kind));
        return false;
    }
    if (!has_same_dimensions(stock, reference->variable)) {
        diag_error(diag, reference->position,
                   "flow '%s' does not have the same dimensions as stock '%s'", reference->name,
                   stock->name);
        return false;
    }
    return true;
}

static bool resolve_variable(struct model *model, struct variable *variable, struct diag *diag)
{
    bool is_good = true;
    for (int i = 0; i < variable->n_equations; i++)
        is_good &= resolve_equation(model, variable, &variable->equations[i], diag);
    for (int i = 0; i < variable->n_inflows; i++)
        is_good &= resolve_flow(model, variable, &variable->inflows[i], diag);
    for (int i = 0; i < variable->n_outflows; i++)
        is_good &= resolve_flow(model, variable, &variable->outflows[i], diag);
    return is_good;
}

bool resolve_model(struct model *model, struct diag *diag)
{
    enum { MAX_TOTAL_CELLS = 4000000 };
    long long n_cells = 0;
    bool is_good = macros_check(model, diag);
    if (!is_good)
        return false;
    for (size_t i = 0; i < model->variables.count; i++) {
        struct variable *variable = model->variables.items[i];
        variable->first_cell = (int)n_cells;
        n_cells += variable->n_cells;
        if (n_cells > MAX_TOTAL_CELLS) {
            diag_error(diag, variable->position, "the model has more than %d elements in all",
                       MAX_TOTAL_CELLS);
            return false;
        }
        is_good &= resolve_variable(model, variable, diag);
    }
    model->n_cells = (int)n_cells;
    return is_good;
}
