// Stage: model, on the way out. Parentheses are put where the order of XMILE v1.0, 3.3.1, asks for
// them and nowhere else.
#include "model/print.h"

#include "base/array.h"
#include "equation/function.h"

#include <string.h>

enum level {
    LEVEL_ANY,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_EQUALITY,
    LEVEL_COMPARISON,
    LEVEL_SUM,
    LEVEL_PRODUCT,
    LEVEL_UNARY,
    LEVEL_POWER,
    LEVEL_OPERAND,
};

struct printer {
    struct text *text;
    struct arena *arena;
};

static enum level level_of(const struct expr *expr)
{
    if (expr->kind == EXPR_NUMBER)
        return expr->number < 0 ? LEVEL_UNARY : LEVEL_OPERAND;
    if (expr->kind != EXPR_OPERATION)
        return LEVEL_OPERAND;
    switch (expr->op) {
    case OP_SELECT:
        return LEVEL_ANY;
    case OP_OR:
        return LEVEL_OR;
    case OP_AND:
        return LEVEL_AND;
    case OP_EQUAL:
    case OP_NOT_EQUAL:
        return LEVEL_EQUALITY;
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_GREATER:
    case OP_GREATER_EQUAL:
        return LEVEL_COMPARISON;
    case OP_ADD:
    case OP_SUBTRACT:
        return LEVEL_SUM;
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_MODULO:
        return LEVEL_PRODUCT;
    case OP_NEGATE:
    case OP_NOT:
        return LEVEL_UNARY;
    case OP_POWER:
        return LEVEL_POWER;
    default:
        return LEVEL_OPERAND; // written as a function
    }
}

static void print(const struct printer *printer, const struct expr *expr, enum level least);

static void print_list(const struct printer *printer, const struct expr *expr, const char *open,
                       const char *close)
{
    text_append(printer->text, open);
    for (int i = 0; i < expr->n_args; i++) {
        text_append(printer->text, i ? ", " : "");
        print(printer, expr->args[i], LEVEL_ANY);
    }
    text_append(printer->text, close);
}

static void print_operation(const struct printer *printer, const struct expr *expr)
{
    enum level level = level_of(expr);
    bool is_right = expr->op == OP_POWER; // binds to the right
    if (expr->op == OP_SELECT) {
        static const char *const words[] = {"IF ", " THEN ", " ELSE "};
        for (int i = 0; i < 3; i++) {
            text_append(printer->text, words[i]);
            print(printer, expr->args[i], LEVEL_ANY);
        }
    } else if (level == LEVEL_OPERAND) {
        text_append(printer->text, operation_info[expr->op].symbol);
        print_list(printer, expr, "(", ")");
    } else if (expr->n_args == 1) {
        text_append(printer->text, expr->op == OP_NOT ? "NOT " : "-");
        print(printer, expr->args[0], level);
    } else {
        print(printer, expr->args[0], is_right ? level + 1 : level);
        text_append_format(printer->text, is_right ? "%s" : " %s ",
                           operation_info[expr->op].symbol);
        print(printer, expr->args[1], is_right ? level : level + 1);
    }
}

static const char *name_of(const struct printer *printer, const struct expr *expr)
{
    if (expr->variable)
        return name_quoted(printer->arena, expr->variable->name);
    if (expr->function)
        return expr->function->name;
    if (!expr->dimension)
        return expr->name;
    if (expr->element < 0)
        return name_quoted(printer->arena, expr->dimension->name);
    const char *element = expr->dimension->elements[expr->element].name;
    bool is_number = element[strspn(element, "0123456789")] == '\0';
    return is_number ? element : name_quoted(printer->arena, element);
}

static void print_bare(const struct printer *printer, const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_NUMBER:
        text_append_number(printer->text, expr->number);
        break;
    case EXPR_OPERATION:
        print_operation(printer, expr);
        break;
    case EXPR_NAME:
        text_append(printer->text, name_of(printer, expr));
        if (expr->n_args)
            print_list(printer, expr, "[", "]");
        if (expr->is_transposed)
            text_append(printer->text, "'");
        break;
    case EXPR_CALL:
        text_append(printer->text, name_of(printer, expr));
        print_list(printer, expr, "(", ")");
        break;
    case EXPR_WILDCARD:
        text_append(printer->text, "*");
        break;
    case EXPR_PLACE:
        text_append_format(printer->text, "@%g", expr->number);
        break;
    case EXPR_RANGE:
        print(printer, expr->args[0], LEVEL_ANY);
        text_append(printer->text, ":");
        print(printer, expr->args[1], LEVEL_ANY);
        break;
    case EXPR_AT: // metrics only
    case EXPR_WHEN:
        break;
    }
}

static void print(const struct printer *printer, const struct expr *expr, enum level least)
{
    bool needs_parentheses = level_of(expr) < least;
    text_append(printer->text, needs_parentheses ? "(" : "");
    print_bare(printer, expr);
    text_append(printer->text, needs_parentheses ? ")" : "");
}

void expr_print(struct text *text, struct arena *arena, const struct expr *expr)
{
    print(&(struct printer){text, arena}, expr, LEVEL_ANY);
}

const char *equation_text(const struct model *model, const struct variable *variable,
                          const struct equation *equation)
{
    bool is_local = *variable->scope || model->n_instances > 0;
    if (equation->position.excerpt && (!is_local || !equation->tree))
        return equation->position.excerpt;
    struct text text = {0};
    if (equation->tree)
        expr_print(&text, model->arena, equation->tree);
    const char *copy = arena_copy_string(model->arena, text_string(&text));
    text_clear(&text);
    return copy;
}

const char *table_kind_name(enum table_kind kind)
{
    static const char *const names[] = {"continuous", "extrapolate", "discrete"};
    return names[kind];
}

const char *chart_kind_name(enum chart_kind kind)
{
    static const char *const names[N_CHART_KINDS] = {"timeseries", "funding", "compare",
                                                     "cost-effect", "sectors"};
    return names[kind];
}
