// Stage: model. Names in trees -> variables, dimensions, elements, built-ins (XMILE v1.0, 3.2.2,
// 3.3, 3.7). Each equation is looked at once, whatever the number of its cells; references that
// miss a subscript or have one too many are found here, so that program/ need not.
#include "model/resolve.h"

#include "base/array.h"
#include "equation/function.h"
#include "equation/parse.h"
#include "model/macro.h"
#include "model/shape.h"

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

static struct variable *find_variable(const struct resolver *resolver, const struct expr *expr)
{
    return model_find_in_scope(resolver->model, resolver->variable->scope, expr->key);
}

// The built-in that a name means, also with the name space of the standard or of a vendor in front.
static const struct function *find_function(const struct expr *expr)
{
    static const char *const spaces[] = {"std.", "isee.", "vensim."};
    const struct function *function = function_find(expr->key);
    for (size_t i = 0; i < ARRAY_COUNT(spaces) && !function; i++)
        if (strncmp(expr->key, spaces[i], strlen(spaces[i])) == 0)
            function = function_find(expr->key + strlen(spaces[i]));
    return function;
}

static bool report_unknown(struct resolver *resolver, const struct expr *expr)
{
    struct nearest nearest = nearest_start(expr->key);
    bool is_call = expr->kind == EXPR_CALL;
    for (size_t i = 0; i < resolver->model->variables.count; i++) {
        const struct variable *variable = resolver->model->variables.items[i];
        size_t n_scope = strlen(resolver->variable->scope);
        bool is_near = strncmp(variable->key, resolver->variable->scope, n_scope) == 0;
        if (!variable->is_hidden && (!is_call || variable->table || variable->tables))
            nearest_consider(&nearest, variable->key + (is_near ? n_scope : 0), variable->name);
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

// *:part runs over the elements of a dimension that is part of this one.
static bool resolve_part(struct resolver *resolver, struct expr *expr,
                         const struct dimension *dimension)
{
    struct expr *part = expr->args[1];
    part->dimension =
        part->kind == EXPR_NAME ? model_find_dimension(resolver->model, part->key) : NULL;
    if (!part->dimension) {
        diag_error(resolver->diag, mark(resolver, part), "a dimension belongs behind '*:'");
        return false;
    }
    for (int i = 0; i < part->dimension->n_elements; i++)
        if (dimension_find_element(dimension, part->dimension->elements[i].key) < 0) {
            diag_error(resolver->diag, mark(resolver, part), "'%s' is no part of dimension '%s'",
                       part->dimension->name, dimension->name);
            return false;
        }
    return true;
}

// The ends of a range are elements, the first one not after the last.
static bool resolve_range(struct resolver *resolver, struct expr *expr,
                          const struct dimension *dimension)
{
    if (expr->args[0]->kind == EXPR_WILDCARD)
        return resolve_part(resolver, expr, dimension);
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

// @n: the nth dimension of the variable whose equation it is.
static bool resolve_place(struct resolver *resolver, struct expr *expr)
{
    const struct variable *owner = resolver->variable;
    if (expr->number < 1 || expr->number > owner->n_dimensions ||
        expr->number != floor(expr->number)) {
        diag_error(resolver->diag, mark(resolver, expr), "'%s' has %d dimension%s, not a @%g",
                   owner->name, owner->n_dimensions, owner->n_dimensions == 1 ? "" : "s",
                   expr->number);
        return false;
    }
    expr->dimension = owner->dimensions[(int)expr->number - 1];
    return true;
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
    case EXPR_PLACE:
        return resolve_place(resolver, expr);
    case EXPR_NAME:
        if (!expr->n_args && resolve_named_subscript(resolver, expr, dimension))
            return true;
        if (!find_variable(resolver, expr) && !function_find(expr->key))
            return report_bad_subscript(resolver, expr, dimension);
        return resolve_expr(resolver, expr);
    default:
        return resolve_expr(resolver, expr); // an index to be computed
    }
}

static bool is_free(const struct expr *subscript)
{
    return subscript->kind == EXPR_WILDCARD || subscript->kind == EXPR_PLACE ||
           (subscript->dimension && subscript->element < 0);
}

// A' : the free subscripts of A stand for the dimensions of the variable in reverse order.
static bool transpose(struct resolver *resolver, struct expr *expr)
{
    struct arena *arena = resolver->model->arena;
    const struct variable *array = expr->variable;
    int n_free = 0, n_args = array->n_dimensions;
    for (int d = 0; d < n_args; d++)
        n_free += !expr->n_args || is_free(expr->args[d]);
    if (n_free != resolver->variable->n_dimensions) {
        diag_error(resolver->diag, mark(resolver, expr),
                   "transposed, '%s' has %d dimension%s here, but '%s' has %d", array->name, n_free,
                   n_free == 1 ? "" : "s", resolver->variable->name,
                   resolver->variable->n_dimensions);
        return false;
    }
    struct expr **args = ARENA_NEW_ARRAY(arena, struct expr *, n_args);
    for (int d = 0, place = n_free; d < n_args; d++) {
        args[d] = expr->n_args ? expr->args[d] : NULL;
        if (args[d] && !is_free(args[d]))
            continue;
        args[d] = expr_create(arena, EXPR_PLACE, 0);
        args[d]->number = place--;
        args[d]->start = expr->start;
        args[d]->length = expr->length;
        resolve_place(resolver, args[d]);
    }
    expr->args = args;
    expr->n_args = n_args;
    expr->is_transposed = false;
    return true;
}

static bool resolve_subscripts(struct resolver *resolver, struct expr *expr)
{
    const struct variable *variable = expr->variable;
    if (!expr->n_args)
        return !expr->is_transposed || transpose(resolver, expr);
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
    return is_good && (!expr->is_transposed || transpose(resolver, expr));
}

// dimension.element: the number of that element.
static bool resolve_element_number(struct resolver *resolver, struct expr *expr)
{
    const char *dot = strchr(expr->key, '.');
    const char *name =
        arena_copy_text(resolver->model->arena, expr->key, dot ? (size_t)(dot - expr->key) : 0);
    const struct dimension *dimension = dot ? model_find_dimension(resolver->model, name) : NULL;
    int element = dimension ? dimension_find_element(dimension, dot + 1) : -1;
    if (element < 0)
        return false;
    expr->kind = EXPR_NUMBER;
    expr->number = element + 1;
    return true;
}

static bool resolve_name(struct resolver *resolver, struct expr *expr)
{
    expr->variable = find_variable(resolver, expr);
    if (expr->variable)
        return resolve_subscripts(resolver, expr);
    expr->function = find_function(expr);
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
        if (expr->dimension || resolve_element_number(resolver, expr))
            return true;
    }
    return report_unknown(resolver, expr);
}

static void count_node(struct expr *expr, void *context)
{
    (void)expr;
    ++*(int *)context;
}

// Puts the equation of `macro`, or its own copy of the macro's variables, in the place of the call
// `expr`.
static bool resolve_macro(struct resolver *resolver, struct macro *macro, struct expr *expr)
{
    enum { MAX_EXPANDED = 200000 };
    struct arena *arena = resolver->model->arena;
    if (expr->n_args < macro->n_needed || expr->n_args > macro->n_parameters) {
        diag_error(resolver->diag, mark(resolver, expr), "%s takes %s%d argument%s, not %d",
                   macro->name, macro->n_needed < macro->n_parameters ? "at most " : "",
                   macro->n_parameters, macro->n_parameters == 1 ? "" : "s", expr->n_args);
        diag_hint(resolver->diag, "it is written %s", macro_signature(macro, arena));
        return false;
    }
    macro_fill_defaults(macro, expr, arena);
    if (macro->variables.count)
        return macro_instantiate(resolver->model, macro, expr, resolver->variable,
                                 resolver->position, resolver->diag) &&
               resolve_name(resolver, expr);
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

// A call of a graphical function, or of an array by the flat number of an element.
static bool resolve_variable_call(struct resolver *resolver, struct variable *variable,
                                  struct expr *expr)
{
    bool is_table = variable->table || variable->tables;
    expr->variable = variable;
    if (expr->n_args == 1)
        return resolve_args(resolver, expr);
    diag_error(resolver->diag, mark(resolver, expr), "the %s '%s' takes 1 argument, not %d",
               is_table ? "graphical function" : "array", variable->name, expr->n_args);
    return false;
}

// LOOKUP(f, x) of a function f, as converted Vensim models have it for functions without
// counterpart, is f(x).
static void unwrap_lookup(const struct resolver *resolver, struct expr *expr)
{
    const struct expr *name = expr->n_args == 2 ? expr->args[0] : NULL;
    if (!name || name->kind != EXPR_NAME || name->n_args || find_variable(resolver, name) ||
        !function_find(name->key))
        return;
    expr->name = name->name;
    expr->key = name->key;
    expr->mark = name->mark;
    expr->args++;
    expr->n_args--;
    expr->function = find_function(expr);
}

static bool resolve_call(struct resolver *resolver, struct expr *expr)
{
    struct variable *variable = find_variable(resolver, expr);
    if (variable && (variable->table || variable->tables))
        return resolve_variable_call(resolver, variable, expr);
    struct macro *macro = model_find_macro(resolver->model, expr->key);
    if (macro)
        return resolve_macro(resolver, macro, expr);
    expr->function = find_function(expr);
    if (expr->function && expr->function->max_args == 0 && expr->n_args == 0) {
        expr->kind = EXPR_NAME; // PI() for PI
        return resolve_name(resolver, expr);
    }
    if (expr->function && expr->function->id == FUNCTION_LOOKUP)
        unwrap_lookup(resolver, expr);
    if (expr->function)
        return function_check_arity(expr->function, expr->n_args, mark(resolver, expr),
                                    resolver->diag) &&
               resolve_args(resolver, expr);
    if (!variable)
        return report_unknown(resolver, expr) && resolve_args(resolver, expr);
    if (variable->n_dimensions)
        return resolve_variable_call(resolver, variable, expr);
    diag_error(resolver->diag, mark_name(resolver, expr), "'%s' is %s, not a function",
               variable->name, variable_kind_phrase(variable->kind));
    diag_hint(resolver->diag, "is a '*' missing before the '('?");
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
    case EXPR_PLACE:
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

static bool resolve_equation(struct model *model, struct variable *variable,
                             struct equation *equation, struct diag *diag)
{
    if (!equation->tree && !equation->position.excerpt)
        return true; // none: an element whose initial value is that of its equation
    if (!equation->tree)
        equation->tree = parse_expression(model->arena, equation->position, PARSE_EQUATION, diag);
    if (!equation->tree)
        return false;
    struct resolver resolver = {model, variable, equation->position, diag, 0};
    return resolve_expr(&resolver, equation->tree) &&
           shape_check(variable, equation->position, equation->tree, diag);
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
    reference->variable = model_find_in_scope(model, stock->scope, key);
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
    bool is_argument = stock->is_generated && reference->variable->kind == VARIABLE_AUXILIARY;
    if (reference->variable->kind != VARIABLE_FLOW && !is_argument) {
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
    for (int i = 0; i < variable->n_initials; i++)
        is_good &= resolve_equation(model, variable, &variable->initials[i], diag);
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
