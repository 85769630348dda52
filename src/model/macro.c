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
        list = arena_format(arena, "%s%s%s", list, i ? ", " : "", macro->parameters[i].name);
    return arena_format(arena, "%s(%s)", macro->name, list);
}

static bool check_macro(struct model *model, struct macro *macro, struct diag *diag);

static struct position mark(const struct macro *macro, const struct expr *expr)
{
    return position_mark(macro->equation.position, expr->start, expr->length);
}

static bool report_unknown(const struct model *model, const struct macro *macro,
                           const struct expr *expr, struct diag *diag)
{
    struct nearest nearest = nearest_start(expr->key);
    for (int i = 0; i < macro->n_parameters && expr->kind == EXPR_NAME; i++)
        nearest_consider(&nearest, macro->parameter_keys[i], macro->parameters[i].name);
    for (size_t i = 0; i < model->macros.count && expr->kind == EXPR_CALL; i++)
        nearest_consider(&nearest, model->macros.items[i]->key, model->macros.items[i]->name);
    function_consider(&nearest);
    diag_error(
        diag, position_mark(macro->equation.position, expr->mark, (int)strlen(expr->name)),
        "unknown %s '%s' in function '%s', which sees only its arguments and other functions",
        expr->kind == EXPR_CALL ? "function" : "name", expr->name, macro->name);
    diag_suggest(diag, nearest.best);
    return false;
}

static bool check_expr(struct model *model, const struct macro *macro, const struct expr *expr,
                       struct diag *diag)
{
    const struct function *function = expr->key ? function_find(expr->key) : NULL;
    struct macro *called = expr->kind == EXPR_CALL ? model_find_macro(model, expr->key) : NULL;
    bool is_good = true;
    if (expr->kind == EXPR_NAME) {
        if (find_parameter(macro, expr->key) < 0 && !(function && function->max_args == 0))
            return report_unknown(model, macro, expr, diag);
        if (!expr->n_args)
            return true;
        diag_error(diag, mark(macro, expr), "'%s' takes no subscripts here", expr->name);
        diag_hint(diag, "give the function an element where it is called: %s(x[a])", macro->name);
        return false;
    }
    if (called && expr->n_args != called->n_parameters) {
        diag_error(diag, mark(macro, expr), "%s takes %d argument%s, not %d", called->name,
                   called->n_parameters, called->n_parameters == 1 ? "" : "s", expr->n_args);
        diag_hint(diag, "it is written %s", macro_signature(called, model->arena));
        is_good = false;
    } else if (called) {
        is_good = check_macro(model, called, diag);
    } else if (expr->kind == EXPR_CALL && !function) {
        return report_unknown(model, macro, expr, diag);
    } else if (expr->kind == EXPR_CALL) {
        is_good = function_check_arity(function, expr->n_args, mark(macro, expr), diag);
    }
    for (int i = 0; i < expr->n_args; i++)
        is_good &= check_expr(model, macro, expr->args[i], diag);
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
    struct equation *equation = &macro->equation;
    macro->parameter_keys = ARENA_NEW_ARRAY(model->arena, const char *, macro->n_parameters);
    bool is_good = true;
    for (int i = 0; i < macro->n_parameters; i++) {
        const char *name = macro->parameters[i].name;
        macro->parameter_keys[i] = name_key(model->arena, name, strlen(name));
    }
    if (!equation->tree)
        equation->tree = parse_expression(model->arena, equation->position, PARSE_EQUATION, diag);
    is_good = equation->tree && check_expr(model, macro, equation->tree, diag);
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

static struct expr *instantiate(const struct macro *macro, const struct expr *call,
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
        args[i] = instantiate(macro, call, expr->args[i], arena);
    return copy;
}

struct expr *macro_expand(const struct macro *macro, const struct expr *call, struct arena *arena)
{
    return instantiate(macro, call, macro->equation.tree, arena);
}
