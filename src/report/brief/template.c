// Stage: report. Tree of a template + tables -> text. A number is printed as
//     <data value="0.12345" data-table="runs" data-row="3" data-column="end">12,3%</data>
// so that anybody, and a test, can look up the cell that it stands in: row 3 below the header of
// tables/runs.csv.
#include "report/brief/template_private.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct expansion {
    const struct facts *facts;
    const struct template_page *page;
    struct diag *diag;
    struct text *text;
    int rows[MAX_TEMPLATE_ROWS]; // bound to the slots
    bool is_good;
};

static struct fact evaluate(struct expansion *expansion, const struct template_expr *expr);

static bool is_true(struct expansion *expansion, const struct template_expr *expr)
{
    struct fact fact = evaluate(expansion, expr);
    return fact.text ? *fact.text : !isnan(fact.value) && fact.value != 0;
}

// Sorting needs the keys of all rows: they are computed once.
struct keyed_row {
    int row;
    struct fact key;
    bool is_down;
};

static int compare_rows(const void *a, const void *b)
{
    const struct keyed_row *left = a, *right = b;
    int order = fact_compare(&left->key, &right->key);
    bool has_empty = fact_is_empty(&left->key) || fact_is_empty(&right->key);
    if (has_empty ? order : left->is_down)
        order = -order;
    return order ? order : left->row - right->row;
}

// The rows that the loop goes over, in order; their number is put into `*count`.
static struct keyed_row *rows_of(struct expansion *expansion, const struct template_loop *loop,
                                 int *count)
{
    const struct fact_table *table = &expansion->facts->tables[loop->table];
    struct keyed_row *rows =
        ARENA_NEW_ARRAY(expansion->facts->arena, struct keyed_row, table->count + 1);
    int n = 0;
    for (int row = 0; row < (int)table->count; row++) {
        expansion->rows[loop->slot] = row;
        if (loop->where && !is_true(expansion, loop->where))
            continue;
        rows[n].row = row;
        rows[n].is_down = loop->is_down;
        rows[n++].key =
            loop->by ? evaluate(expansion, loop->by) : (struct fact){.value = (double)row};
    }
    if (loop->by)
        qsort(rows, (size_t)n, sizeof *rows, compare_rows);
    *count = loop->limit && n > loop->limit ? loop->limit : n;
    return rows;
}

static bool compare(enum template_operation operation, struct fact left, struct fact right)
{
    if (fact_is_empty(&left) || fact_is_empty(&right))
        return false;
    int order = fact_compare(&left, &right);
    switch (operation) {
    case TEMPLATE_EQUAL:
        return order == 0;
    case TEMPLATE_UNEQUAL:
        return order != 0;
    case TEMPLATE_LESS:
        return order < 0;
    case TEMPLATE_LESS_EQUAL:
        return order <= 0;
    case TEMPLATE_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

static struct fact evaluate(struct expansion *expansion, const struct template_expr *expr)
{
    bool is_so;
    int count;
    switch (expr->operation) {
    case TEMPLATE_LITERAL:
        return expr->literal;
    case TEMPLATE_CELL: {
        const struct fact_table *table = &expansion->facts->tables[expr->table];
        int row = expr->slot < 0 ? 0 : expansion->rows[expr->slot];
        if ((size_t)row >= table->count) // a table of one row that is not there
            return (struct fact){NULL, NAN, ""};
        return fact_at(table, row, expr->column);
    }
    case TEMPLATE_ANY:
        rows_of(expansion, &expr->loop, &count);
        is_so = count > 0;
        break;
    case TEMPLATE_KNOWN: {
        struct fact fact = evaluate(expansion, expr->left);
        is_so = !fact_is_empty(&fact);
        break;
    }
    case TEMPLATE_NOT:
        is_so = !is_true(expansion, expr->left);
        break;
    case TEMPLATE_AND:
        is_so = is_true(expansion, expr->left) && is_true(expansion, expr->right);
        break;
    case TEMPLATE_OR:
        is_so = is_true(expansion, expr->left) || is_true(expansion, expr->right);
        break;
    default:
        is_so = compare(expr->operation, evaluate(expansion, expr->left),
                        evaluate(expansion, expr->right));
    }
    return (struct fact){NULL, is_so, ""};
}

// ---------------------------------------------------------------- printing

static const char *in_words(struct expansion *expansion, const struct template_node *node,
                            const struct fact *fact)
{
    struct arena *arena = expansion->facts->arena;
    enum language language = expansion->page->language;
    const char *words = fact->text;
    for (int i = 0; i < node->n_formats; i++) {
        struct fact before = {words, fact->value, fact->unit};
        if (node->formats[i]->takes_text || isnan(fact->value) == 0)
            words = node->formats[i]->print(arena, &before, language);
    }
    return words ? words : page_format_of_unit(fact)->print(arena, fact, language);
}

static bool has_format(const struct template_node *node, const char *name)
{
    for (int i = 0; i < node->n_formats; i++)
        if (strcmp(node->formats[i]->name, name) == 0)
            return true;
    return false;
}

static void print_value(struct expansion *expansion, const struct template_node *node)
{
    struct arena *arena = expansion->facts->arena;
    const struct template_expr *expr = node->expr;
    struct fact fact = evaluate(expansion, expr);
    if (fact_is_empty(&fact)) {
        text_append(expansion->text, "\xe2\x80\x93"); // a dash: not known
        return;
    }
    const char *words = html_text(arena, in_words(expansion, node, &fact));
    if (fact.text || has_format(node, "plain")) {
        bool is_name = fact.text && !has_format(node, "plain") && expr->operation == TEMPLATE_CELL;
        text_append_format(expansion->text, is_name ? "<span class=\"name\">%s</span>" : "%s",
                           words);
        return;
    }
    const struct fact_spec *spec = expansion->facts->tables[expr->table].spec;
    char number[NUMBER_TEXT_SIZE];
    text_append_format(
        expansion->text,
        "<data value=\"%s\" data-table=\"%s\" data-row=\"%d\" data-column=\"%s\">%s</data>",
        number_text(fact.value, number), spec->name,
        (expr->slot < 0 ? 0 : expansion->rows[expr->slot]) + 1, spec->columns[expr->column].name,
        words);
}

static void print_chart(struct expansion *expansion, const struct template_node *node)
{
    struct fact name = evaluate(expansion, node->expr);
    const char *picture =
        name.text ? expansion->page->chart(expansion->page->context, name.text) : NULL;
    if (picture) {
        text_append(expansion->text, picture);
        return;
    }
    diag_error(expansion->diag, node->position, "there is no chart '%s'",
               name.text ? name.text : "");
    diag_hint(expansion->diag, "{{for chart in charts}} goes over those that were drawn");
    expansion->is_good = false;
}

static void print_nodes(struct expansion *expansion, const struct template_node *node);

static void print_loop(struct expansion *expansion, const struct template_node *node)
{
    int n;
    const struct keyed_row *rows = rows_of(expansion, &node->loop, &n);
    for (int i = 0; i < n; i++) {
        expansion->rows[node->loop.slot] = rows[i].row;
        print_nodes(expansion, node->body);
        if (i + 1 < n)
            print_nodes(expansion, i + 2 == n && node->last ? node->last : node->between);
    }
    if (n == 0)
        print_nodes(expansion, node->otherwise);
}

static void print_nodes(struct expansion *expansion, const struct template_node *node)
{
    for (; node; node = node->next)
        switch (node->kind) {
        case TEMPLATE_TEXT:
            text_append(expansion->text, node->text);
            break;
        case TEMPLATE_VALUE:
            print_value(expansion, node);
            break;
        case TEMPLATE_CHART:
            print_chart(expansion, node);
            break;
        case TEMPLATE_IF:
            print_nodes(expansion, is_true(expansion, node->expr) ? node->body : node->otherwise);
            break;
        case TEMPLATE_FOR:
            print_loop(expansion, node);
            break;
        }
}

bool template_expand(const struct template *template, const struct facts *facts,
                     const struct template_page *page, struct text *text, struct diag *diag)
{
    struct expansion expansion = {
        .facts = facts, .page = page, .diag = diag, .text = text, .is_good = true};
    print_nodes(&expansion, template->first);
    return expansion.is_good;
}
