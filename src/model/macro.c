// Stage: model. Macros are checked once as they are written, so that messages point into them;
// what is left after that are mistakes of the call.
#include "model/macro.h"

#include "base/array.h"
#include "equation/function.h"
#include "equation/parse.h"

#include <string.h>

struct macro *model_find_macro(const struct model *model, const char *key)
{
    return name_table_find(&model->macro_keys, key);
}

struct macro *model_add_macro(struct model *model, const char *name, struct position position,
                              struct diag *diag)
{
    struct macro *macro = ARENA_NEW(model->arena, struct macro);
    macro->name = arena_copy_string(model->arena, name);
    macro->key = name_key(model->arena, name, strlen(name));
    macro->position = position;
    if (function_find(macro->key) && !model->is_lenient) {
        diag_error(diag, position, "'%s' is the name of a built-in", name);
        diag_hint(diag, "choose another name");
        return NULL;
    }
    const struct variable *variable = model_find_variable(model, macro->key);
    const struct macro *before = name_table_add(&model->macro_keys, macro->key, macro);
    if (variable || before) {
        struct position taken = variable ? variable->position : before->position;
        diag_error(diag, position, "duplicate name '%s'", name);
        diag_hint(diag, "it is already %s at %s:%d",
                  variable ? variable_kind_phrase(variable->kind) : "a function",
                  taken.file ? taken.file : "?", taken.line);
        return NULL;
    }
    ARRAY_PUSH(model->arena, &model->macros) = macro;
    return macro;
}

struct variable *macro_add_variable(struct macro *macro, struct arena *arena, const char *name,
                                    enum variable_kind kind, struct position position,
                                    struct diag *diag)
{
    const char *key = name_key(arena, name, strlen(name));
    for (size_t i = 0; i < macro->variables.count; i++)
        if (strcmp(macro->variables.items[i]->key, key) == 0) {
            diag_error(diag, position, "duplicate name '%s' in macro '%s'", name, macro->name);
            return NULL;
        }
    struct variable *variable = variable_create(arena, name, kind, position);
    ARRAY_PUSH(arena, &macro->variables) = variable;
    return variable;
}

static int find_parameter(const struct macro *macro, const char *key)
{
    for (int i = 0; i < macro->n_parameters; i++)
        if (strcmp(macro->parameter_keys[i], key) == 0)
            return i;
    return -1;
}

const char *macro_signature(const struct macro *macro, struct arena *arena)
{
    const char *list = "";
    for (int i = 0; i < macro->n_parameters; i++)
        list = arena_format(arena, "%s%s%s%s", list, i == macro->n_needed ? "[" : "", i ? ", " : "",
                            macro->parameters[i].name);
    if (macro->n_needed < macro->n_parameters)
        list = arena_format(arena, "%s]", list);
    return arena_format(arena, "%s(%s)", macro->name, list);
}

// A macro in the checking, with the equation that is looked at.
struct checker {
    struct model *model;
    struct macro *macro;
    struct position position;
    struct diag *diag;
};

static bool check_macro(struct model *model, struct macro *macro, struct diag *diag);

static const struct variable *find_local(const struct macro *macro, const char *key)
{
    for (size_t i = 0; i < macro->variables.count; i++)
        if (strcmp(macro->variables.items[i]->key, key) == 0)
            return macro->variables.items[i];
    return NULL;
}

static struct position mark(const struct checker *checker, const struct expr *expr)
{
    return position_mark(checker->position, expr->start, expr->length);
}

static bool report_unknown(const struct checker *checker, const struct expr *expr)
{
    const struct macro *macro = checker->macro;
    const struct model *model = checker->model;
    struct nearest nearest = nearest_start(expr->key);
    for (int i = 0; i < macro->n_parameters && expr->kind == EXPR_NAME; i++)
        nearest_consider(&nearest, macro->parameter_keys[i], macro->parameters[i].name);
    for (size_t i = 0; i < macro->variables.count; i++)
        nearest_consider(&nearest, macro->variables.items[i]->key, macro->variables.items[i]->name);
    for (size_t i = 0; i < model->macros.count && expr->kind == EXPR_CALL; i++)
        nearest_consider(&nearest, model->macros.items[i]->key, model->macros.items[i]->name);
    function_consider(&nearest);
    diag_error(
        checker->diag, position_mark(checker->position, expr->mark, (int)strlen(expr->name)),
        "unknown %s '%s' in function '%s', which sees only its arguments and other functions",
        expr->kind == EXPR_CALL ? "function" : "name", expr->name, macro->name);
    diag_suggest(checker->diag, nearest.best);
    return false;
}

// A name must be a parameter, a variable of the macro, or a built-in without arguments. Subscripts
// are seen to when the macro is used.
static bool check_name(const struct checker *checker, const struct expr *expr)
{
    const struct function *function = function_find(expr->key);
    bool is_parameter = find_parameter(checker->macro, expr->key) >= 0;
    if (!is_parameter && !find_local(checker->macro, expr->key) &&
        !(function && function->max_args == 0))
        return report_unknown(checker, expr);
    if (!expr->n_args || checker->macro->variables.count)
        return true;
    diag_error(checker->diag, mark(checker, expr), "'%s' takes no subscripts here", expr->name);
    diag_hint(checker->diag, "give the function an element where it is called: %s(x[a])",
              checker->macro->name);
    return false;
}

static bool check_expr(const struct checker *checker, const struct expr *expr);

static bool check_call(const struct checker *checker, const struct expr *expr)
{
    const struct function *function = function_find(expr->key);
    const struct variable *local = find_local(checker->macro, expr->key);
    struct macro *called = model_find_macro(checker->model, expr->key);
    if (local && local->table)
        return true;
    if (called && (expr->n_args > called->n_parameters || expr->n_args < called->n_needed)) {
        diag_error(checker->diag, mark(checker, expr), "%s takes %d argument%s, not %d",
                   called->name, called->n_parameters, called->n_parameters == 1 ? "" : "s",
                   expr->n_args);
        diag_hint(checker->diag, "it is written %s",
                  macro_signature(called, checker->model->arena));
        return false;
    }
    if (called)
        return check_macro(checker->model, called, checker->diag);
    return function
               ? function_check_arity(function, expr->n_args, mark(checker, expr), checker->diag)
               : report_unknown(checker, expr);
}

static bool check_expr(const struct checker *checker, const struct expr *expr)
{
    bool is_good = true;
    if (expr->kind == EXPR_NAME)
        return check_name(checker, expr);
    if (expr->kind == EXPR_CALL && !check_call(checker, expr)) {
        if (!function_find(expr->key) && !model_find_macro(checker->model, expr->key))
            return false;
        is_good = false;
    }
    for (int i = 0; i < expr->n_args; i++)
        is_good &= check_expr(checker, expr->args[i]);
    return is_good;
}

static bool check_equation(struct model *model, struct macro *macro, struct equation *equation,
                           struct diag *diag)
{
    if (!equation->tree && !equation->position.excerpt)
        return true;
    if (!equation->tree)
        equation->tree = parse_expression(model->arena, equation->position, PARSE_EQUATION, diag);
    struct checker checker = {model, macro, equation->position, diag};
    return equation->tree && check_expr(&checker, equation->tree);
}

static bool check_variable(struct model *model, struct macro *macro, struct variable *variable,
                           struct diag *diag)
{
    bool is_good = true;
    for (int i = 0; i < variable->n_equations; i++)
        is_good &= check_equation(model, macro, &variable->equations[i], diag);
    for (int i = 0; i < variable->n_initials; i++)
        is_good &= check_equation(model, macro, &variable->initials[i], diag);
    return is_good;
}

static bool check_macro(struct model *model, struct macro *macro, struct diag *diag)
{
    if (macro->is_open) {
        diag_error(diag, macro->position, "function '%s' calls itself", macro->name);
        return false;
    }
    if (macro->is_checked)
        return true;
    macro->is_open = true;
    macro->parameter_keys = ARENA_NEW_ARRAY(model->arena, const char *, macro->n_parameters);
    bool is_good = true;
    for (int i = 0; i < macro->n_parameters; i++) {
        const char *name = macro->parameters[i].name;
        macro->parameter_keys[i] = name_key(model->arena, name, strlen(name));
    }
    is_good = check_equation(model, macro, &macro->equation, diag);
    for (int i = 0; i < macro->n_parameters && macro->defaults; i++)
        is_good &= check_equation(model, macro, &macro->defaults[i], diag);
    for (size_t i = 0; i < macro->variables.count; i++)
        is_good &= check_variable(model, macro, macro->variables.items[i], diag);
    macro->is_open = false;
    macro->is_checked = true;
    return is_good;
}

bool macros_check(struct model *model, struct diag *diag)
{
    bool is_good = true;
    for (size_t i = 0; i < model->macros.count; i++)
        is_good &= check_macro(model, model->macros.items[i], diag);
    return is_good;
}

static struct expr *substitute(const struct macro *macro, const struct expr *call,
                               const struct expr *expr, struct arena *arena)
{
    int parameter = expr->kind == EXPR_NAME ? find_parameter(macro, expr->key) : -1;
    if (parameter >= 0)
        return call->args[parameter];
    struct expr *copy = expr_create(arena, expr->kind, expr->n_args);
    struct expr **args = copy->args;
    *copy = *expr;
    copy->args = args;
    copy->start = call->start;
    copy->length = call->length;
    copy->mark = call->mark;
    for (int i = 0; i < expr->n_args; i++)
        args[i] = substitute(macro, call, expr->args[i], arena);
    return copy;
}

struct expr *macro_expand(const struct macro *macro, const struct expr *call, struct arena *arena)
{
    return substitute(macro, call, macro->equation.tree, arena);
}

void macro_fill_defaults(const struct macro *macro, struct expr *call, struct arena *arena)
{
    int n_given = call->n_args;
    struct expr **args = ARENA_NEW_ARRAY(arena, struct expr *, macro->n_parameters);
    for (int i = 0; i < n_given; i++)
        args[i] = call->args[i];
    call->args = args;
    for (int i = n_given; i < macro->n_parameters; i++)
        args[i] = substitute(macro, call, macro->defaults[i].tree, arena);
    call->n_args = macro->n_parameters;
}

// One copy of a macro's variables.
struct instance {
    struct model *model;
    const struct variable *caller;
    const char *scope; // of the copy: "name#1."
};

static struct equation *copy_equations(struct arena *arena, const struct equation *equations, int n)
{
    struct equation *copy = ARENA_NEW_ARRAY(arena, struct equation, n);
    for (int i = 0; i < n; i++) {
        copy[i] = equations[i];
        copy[i].tree = equations[i].tree ? expr_copy(arena, equations[i].tree) : NULL;
    }
    return copy;
}

static struct reference *copy_references(struct arena *arena, const struct reference *references,
                                         int n)
{
    struct reference *copy = ARENA_NEW_ARRAY(arena, struct reference, n);
    for (int i = 0; i < n; i++)
        copy[i] = references[i];
    return copy;
}

// Adds a variable called `name` in the scope of the instance, with the dimensions of the caller.
static struct variable *add_copy(const struct instance *instance, const char *name,
                                 enum variable_kind kind)
{
    struct model *model = instance->model;
    const struct variable *caller = instance->caller;
    const char *full = arena_format(model->arena, "%s%s", instance->scope, name);
    struct variable *copy = model_add_internal(model, full, kind);
    copy->scope = instance->scope;
    copy->is_generated = true;
    copy->dimensions = caller->dimensions;
    copy->n_dimensions = caller->n_dimensions;
    copy->n_cells = caller->n_cells;
    return copy;
}

static void add_variable(const struct instance *instance, const struct variable *template)
{
    struct arena *arena = instance->model->arena;
    struct variable *copy = add_copy(instance, template->name, template->kind);
    copy->n_equations = template->n_equations;
    copy->equations = copy_equations(arena, template->equations, template->n_equations);
    copy->n_initials = template->n_initials;
    copy->initials = copy_equations(arena, template->initials, template->n_initials);
    copy->position = template->position;
    copy->n_inflows = template->n_inflows;
    copy->n_outflows = template->n_outflows;
    copy->inflows = copy_references(arena, template->inflows, template->n_inflows);
    copy->outflows = copy_references(arena, template->outflows, template->n_outflows);
    copy->is_non_negative = template->is_non_negative;
    copy->table = template->table;
}

// Adds an auxiliary with one equation.
static struct variable *add_auxiliary(const struct instance *instance, const char *name,
                                      struct expr *tree, struct position position)
{
    struct variable *copy = add_copy(instance, name, VARIABLE_AUXILIARY);
    copy->n_equations = 1;
    copy->equations = ARENA_NEW(instance->model->arena, struct equation);
    *copy->equations = (struct equation){position, tree};
    copy->position = position;
    return copy;
}

bool macro_instantiate(struct model *model, const struct macro *macro, struct expr *call,
                       const struct variable *caller, struct position position, struct diag *diag)
{
    enum { MAX_INSTANCES = 10000 };
    if (model->n_instances++ == MAX_INSTANCES) {
        diag_error(diag, position, "more than %d calls of functions with variables of their own",
                   MAX_INSTANCES);
        return false;
    }
    struct instance instance = {.model = model, .caller = caller};
    instance.scope = arena_format(model->arena, "%s#%d.", macro->key, model->n_instances);
    for (int i = 0; i < macro->n_parameters; i++) {
        struct variable *argument =
            add_auxiliary(&instance, macro->parameters[i].name, call->args[i], position);
        argument->scope = caller->scope;
    }
    for (size_t i = 0; i < macro->variables.count; i++)
        if (find_parameter(macro, macro->variables.items[i]->key) < 0)
            add_variable(&instance, macro->variables.items[i]);
    struct variable *result =
        add_auxiliary(&instance, "(result)", expr_copy(model->arena, macro->equation.tree),
                      macro->equation.position);
    call->kind = EXPR_NAME;
    call->name = result->name;
    call->key = arena_format(model->arena, ".%s", result->key);
    call->n_args = 0;
    return true;
}
