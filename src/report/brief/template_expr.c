// Stage: report. What stands in the marks of a template -> expressions, by recursive descent.
// Names of tables, columns and rows are looked up at once.
#include "report/brief/template_parser.h"

#include "base/array.h"
#include "base/name.h"
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

struct position parser_position(const struct parser *parser, const char *start, size_t length)
{
    struct position position = {.file = parser->path,
                                .line = 1,
                                .column = 1,
                                .excerpt = parser->text,
                                .start = (int)(start - parser->text),
                                .length = (int)length};
    for (const char *at = parser->text; at < start; at++) {
        position.column = *at == '\n' ? 1 : position.column + 1;
        position.line += *at == '\n';
    }
    return position;
}

// ---------------------------------------------------------------- words of a mark

static void skip_blanks(struct parser *parser)
{
    while (parser->at < parser->end && isspace((unsigned char)*parser->at))
        parser->at++;
}

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

// The next word, sign or text of the mark, without taking it; its length, 0 at the end.
size_t parser_next_length(struct parser *parser)
{
    skip_blanks(parser);
    const char *at = parser->at;
    size_t left = (size_t)(parser->end - at), length = 0;
    if (!left)
        return 0;
    if (*at == '"') {
        const char *close = memchr(at + 1, '"', left - 1);
        return close ? (size_t)(close + 1 - at) : left;
    }
    bool is_number = isdigit((unsigned char)*at) || (*at == '-' && left > 1);
    while (length < left && (is_name_byte(at[length]) ||
                             (is_number && (at[length] == '.' || (length == 0 && *at == '-')))))
        length++;
    if (length)
        return length;
    bool is_double =
        left > 1 && strchr("<>", *at) && strchr("=>", at[1]) && !(*at == '>' && at[1] == '>');
    return is_double ? 2 : 1;
}

bool parser_next_is(struct parser *parser, const char *word)
{
    size_t length = parser_next_length(parser);
    return length == strlen(word) && strncmp(parser->at, word, length) == 0;
}

bool parser_take(struct parser *parser, const char *word)
{
    if (!parser_next_is(parser, word))
        return false;
    parser->at += strlen(word);
    return true;
}

// Reports that something else was expected where the parser stands.
void parser_fail_expected(struct parser *parser, const char *what)
{
    size_t length = parser_next_length(parser);
    const char *found = length ? arena_format(parser->arena, "'%.*s'", (int)length, parser->at)
                               : "the end of the mark";
    diag_error(parser->diag, parser_position(parser, parser->at, length ? length : 2),
               "expected %s, not %s", what, found);
}

const char *parser_take_name(struct parser *parser, const char *what)
{
    size_t length = parser_next_length(parser);
    if (!length || !(isalpha((unsigned char)*parser->at) || *parser->at == '_')) {
        parser_fail_expected(parser, what);
        return NULL;
    }
    const char *name = arena_copy_text(parser->arena, parser->at, length);
    parser->at += length;
    return name;
}

// ---------------------------------------------------------------- names of tables

static int find_table(struct parser *parser, const char *name, struct position position)
{
    struct nearest nearest = nearest_start(name);
    for (int i = 0; i < parser->n_specs; i++) {
        if (strcmp(parser->specs[i].name, name) == 0)
            return i;
        nearest_consider(&nearest, parser->specs[i].name, parser->specs[i].name);
    }
    diag_error(parser->diag, position, "there is no table '%s'", name);
    if (nearest.best)
        diag_suggest(parser->diag, nearest.best);
    else
        diag_hint(parser->diag, "kantelpunt help briefing lists the tables");
    return -1;
}

static int find_column(struct parser *parser, int table, const char *name, struct position position)
{
    const struct fact_spec *spec = &parser->specs[table];
    int column = fact_spec_find_column(spec, name);
    if (column >= 0)
        return column;
    struct nearest nearest = nearest_start(name);
    for (int i = 0; i < MAX_FACT_COLUMNS && spec->columns[i].name; i++)
        nearest_consider(&nearest, spec->columns[i].name, spec->columns[i].name);
    diag_error(parser->diag, position, "the table '%s' has no column '%s'", spec->name, name);
    if (nearest.best)
        diag_suggest(parser->diag, nearest.best);
    else
        diag_hint(parser->diag, "kantelpunt help briefing lists the columns");
    return -1;
}

// Binds the slot of the innermost row called `name`, or a table of one row.
static bool find_row(struct parser *parser, const char *name, struct position position,
                     struct template_expr *expr)
{
    for (int i = parser->n_bindings - 1; i >= 0; i--)
        if (strcmp(parser->bindings[i].name, name) == 0) {
            expr->slot = i;
            expr->table = parser->bindings[i].table;
            return true;
        }
    struct nearest nearest = nearest_start(name);
    for (int i = 0; i < parser->n_bindings; i++)
        nearest_consider(&nearest, parser->bindings[i].name, parser->bindings[i].name);
    for (int i = 0; i < parser->n_specs; i++) {
        if (strcmp(parser->specs[i].name, name) == 0 && parser->specs[i].is_single) {
            expr->slot = -1;
            expr->table = i;
            return true;
        }
        if (strcmp(parser->specs[i].name, name) == 0) {
            diag_error(parser->diag, position, "'%s' has many rows: which one is meant?", name);
            diag_hint(parser->diag, "{{for row in %s}} ... {{row.column}} ... {{end}}", name);
            return false;
        }
        if (parser->specs[i].is_single)
            nearest_consider(&nearest, parser->specs[i].name, parser->specs[i].name);
    }
    diag_error(parser->diag, position, "unknown name '%s'", name);
    diag_suggest(parser->diag, nearest.best);
    return false;
}

// ---------------------------------------------------------------- expressions

static struct template_expr *new_expr(struct parser *parser, enum template_operation operation,
                                      const char *start)
{
    struct template_expr *expr = ARENA_NEW(parser->arena, struct template_expr);
    expr->operation = operation;
    expr->position = parser_position(parser, start, (size_t)(parser->at - start));
    expr->literal.value = NAN;
    return expr;
}

static const struct template_expr *parse_cell(struct parser *parser)
{
    const char *start = parser->at;
    const char *row = parser_take_name(parser, "a value");
    if (!row)
        return NULL;
    struct template_expr cell = {.operation = TEMPLATE_CELL};
    if (!find_row(parser, row, parser_position(parser, start, strlen(row)), &cell))
        return NULL;
    if (!parser_take(parser, ".")) {
        parser_fail_expected(parser,
                             arena_format(parser->arena, "a point and a column behind '%s'", row));
        return NULL;
    }
    const char *name_start = parser->at;
    const char *column = parser_take_name(parser, "the name of a column");
    if (!column)
        return NULL;
    cell.column = find_column(parser, cell.table, column,
                              parser_position(parser, name_start, strlen(column)));
    if (cell.column < 0)
        return NULL;
    struct template_expr *expr = new_expr(parser, TEMPLATE_CELL, start);
    struct position position = expr->position;
    *expr = cell;
    expr->position = position;
    return expr;
}

const struct template_expr *parse_template_value(struct parser *parser)
{
    size_t length = parser_next_length(parser);
    const char *start = parser->at;
    double number;
    if (length && *start == '"') {
        if (length < 2 || start[length - 1] != '"') {
            diag_error(parser->diag, parser_position(parser, start, length),
                       "this text has no closing quote");
            return NULL;
        }
        parser->at += length;
        struct template_expr *expr = new_expr(parser, TEMPLATE_LITERAL, start);
        expr->literal.text = arena_copy_text(parser->arena, start + 1, length - 2);
        return expr;
    }
    if (length && number_parse(arena_copy_text(parser->arena, start, length), &number)) {
        parser->at += length;
        struct template_expr *expr = new_expr(parser, TEMPLATE_LITERAL, start);
        expr->literal.value = number;
        return expr;
    }
    return parse_cell(parser);
}

static const struct template_expr *parse_comparison(struct parser *parser)
{
    static const struct {
        const char *sign;
        enum template_operation operation;
    } signs[] = {{"=", TEMPLATE_EQUAL}, {"<>", TEMPLATE_UNEQUAL},       {"<=", TEMPLATE_LESS_EQUAL},
                 {"<", TEMPLATE_LESS},  {">=", TEMPLATE_GREATER_EQUAL}, {">", TEMPLATE_GREATER}};
    skip_blanks(parser);
    const char *start = parser->at;
    const struct template_expr *left = parse_template_value(parser);
    for (size_t i = 0; left && i < ARRAY_COUNT(signs); i++) {
        if (!parser_take(parser, signs[i].sign))
            continue;
        const struct template_expr *right = parse_template_value(parser);
        struct template_expr *expr = new_expr(parser, signs[i].operation, start);
        expr->left = left;
        expr->right = right;
        return right ? expr : NULL;
    }
    return left;
}

static const struct template_expr *parse_primary(struct parser *parser)
{
    skip_blanks(parser);
    const char *start = parser->at;
    if (parser_take(parser, "not")) {
        const struct template_expr *inner = parse_primary(parser);
        struct template_expr *expr = new_expr(parser, TEMPLATE_NOT, start);
        expr->left = inner;
        return inner ? expr : NULL;
    }
    if (parser_take(parser, "known")) {
        const struct template_expr *inner = parse_template_value(parser);
        struct template_expr *expr = new_expr(parser, TEMPLATE_KNOWN, start);
        expr->left = inner;
        return inner ? expr : NULL;
    }
    if (parser_take(parser, "any")) {
        struct template_expr *expr = new_expr(parser, TEMPLATE_ANY, start);
        bool is_good = parse_template_loop(parser, &expr->loop);
        parser->n_bindings -= is_good;
        return is_good ? expr : NULL;
    }
    if (!parser_take(parser, "("))
        return parse_comparison(parser);
    const struct template_expr *inner = parse_template_condition(parser);
    if (inner && !parser_take(parser, ")")) {
        parser_fail_expected(parser, "')'");
        return NULL;
    }
    return inner;
}

// Operands joined by `word`.
static const struct template_expr *parse_chain(struct parser *parser, const char *word,
                                               enum template_operation operation,
                                               const struct template_expr *(*next)(struct parser *))
{
    skip_blanks(parser);
    const char *start = parser->at;
    const struct template_expr *left = next(parser);
    while (left && parser_take(parser, word)) {
        const struct template_expr *right = next(parser);
        struct template_expr *expr = new_expr(parser, operation, start);
        expr->left = left;
        expr->right = right;
        left = right ? expr : NULL;
    }
    return left;
}

static const struct template_expr *parse_conjunction(struct parser *parser)
{
    return parse_chain(parser, "and", TEMPLATE_AND, parse_primary);
}

const struct template_expr *parse_template_condition(struct parser *parser)
{
    return parse_chain(parser, "or", TEMPLATE_OR, parse_conjunction);
}

// `NAME in TABLE [where CONDITION] [by VALUE [down]] [limit NUMBER]`; binds NAME, which the caller
// has to release.
bool parse_template_loop(struct parser *parser, struct template_loop *loop)
{
    const char *name = parser_take_name(parser, "a name for the row");
    if (!name)
        return false;
    if (!parser_take(parser, "in")) {
        parser_fail_expected(parser, "'in' and a table");
        return false;
    }
    skip_blanks(parser);
    const char *start = parser->at;
    const char *table = parser_take_name(parser, "the name of a table");
    if (!table)
        return false;
    loop->table = find_table(parser, table, parser_position(parser, start, strlen(table)));
    if (loop->table < 0)
        return false;
    if (parser->n_bindings == MAX_TEMPLATE_ROWS) {
        diag_error(parser->diag, parser_position(parser, start, strlen(table)),
                   "more than %d loops inside each other", MAX_TEMPLATE_ROWS);
        return false;
    }
    loop->slot = parser->n_bindings;
    parser->bindings[parser->n_bindings++] = (struct binding){name, loop->table};
    bool is_good =
        !parser_take(parser, "where") || (loop->where = parse_template_condition(parser));
    is_good = is_good && (!parser_take(parser, "by") || (loop->by = parse_template_value(parser)));
    loop->is_down = is_good && loop->by && parser_take(parser, "down");
    if (is_good && parser_take(parser, "limit")) {
        const struct template_expr *limit = parse_template_value(parser);
        loop->limit = limit && limit->literal.value >= 1 ? (int)limit->literal.value : 0;
        if (limit && !loop->limit)
            diag_error(parser->diag, limit->position, "a limit is a whole number from 1");
        is_good = limit && loop->limit;
    }
    parser->n_bindings -= !is_good;
    return is_good;
}
