// Stage: parse. Tokens -> tree, by operator precedence (Pratt 1973) with the order of XMILE v1.0,
// 3.3.1: ^ binds strongest and to the right, then unary + - NOT, * / MOD, + -, < <= > >=, = <>,
// AND, OR; IF THEN ELSE spans all that follows. Stops at the first error of a text: what follows
// one is guesswork.
#include "equation/parse.h"

#include "base/array.h"
#include "base/name.h"
#include "equation/token.h"

#include <string.h>
#include <strings.h>

// Later stages walk trees by recursion: no deeper than parentheses and operators together.
enum { MAX_DEPTH = 200, MAX_OPERATORS = 5000 };

enum precedence {
    PRECEDENCE_NONE,
    PRECEDENCE_OR,
    PRECEDENCE_AND,
    PRECEDENCE_EQUALITY,
    PRECEDENCE_COMPARISON,
    PRECEDENCE_SUM,
    PRECEDENCE_PRODUCT,
    PRECEDENCE_UNARY,
    PRECEDENCE_POWER,
    PRECEDENCE_AT,
};

struct parser {
    struct arena *arena;
    struct position position;
    enum parse_dialect dialect;
    struct diag *diag;
    struct token token; // the one to be taken next
    int last_end;       // end of the token taken before it
    int depth;          // of nesting
    int n_operators;    // infix ones, so far
};

static const struct infix {
    enum token_kind token;
    enum precedence precedence;
    enum operation op;
} infixes[] = {
    {TOKEN_OR, PRECEDENCE_OR, OP_OR},
    {TOKEN_AND, PRECEDENCE_AND, OP_AND},
    {TOKEN_EQUAL, PRECEDENCE_EQUALITY, OP_EQUAL},
    {TOKEN_NOT_EQUAL, PRECEDENCE_EQUALITY, OP_NOT_EQUAL},
    {TOKEN_LESS, PRECEDENCE_COMPARISON, OP_LESS},
    {TOKEN_LESS_EQUAL, PRECEDENCE_COMPARISON, OP_LESS_EQUAL},
    {TOKEN_GREATER, PRECEDENCE_COMPARISON, OP_GREATER},
    {TOKEN_GREATER_EQUAL, PRECEDENCE_COMPARISON, OP_GREATER_EQUAL},
    {TOKEN_PLUS, PRECEDENCE_SUM, OP_ADD},
    {TOKEN_MINUS, PRECEDENCE_SUM, OP_SUBTRACT},
    {TOKEN_STAR, PRECEDENCE_PRODUCT, OP_MULTIPLY},
    {TOKEN_SLASH, PRECEDENCE_PRODUCT, OP_DIVIDE},
    {TOKEN_MOD, PRECEDENCE_PRODUCT, OP_MODULO},
    {TOKEN_CARET, PRECEDENCE_POWER, OP_POWER},
};

static struct expr *parse_above(struct parser *parser, enum precedence precedence);

static struct position mark(const struct parser *parser, int start, int length)
{
    return position_mark(parser->position, start, length);
}

static void advance(struct parser *parser)
{
    parser->last_end = parser->token.start + parser->token.length;
    parser->token = token_next(parser->position.excerpt, parser->last_end);
}

static const char *token_text(const struct parser *parser, struct token token)
{
    if (token.kind == TOKEN_END)
        return "the end of the equation";
    return arena_format(parser->arena, "'%.*s'", token.length,
                        parser->position.excerpt + token.start);
}

// Reports the present token as something that cannot stand here; always returns NULL.
static struct expr *fail_at_token(struct parser *parser, const char *expected)
{
    struct token token = parser->token;
    struct position at = mark(parser, token.start, token.length ? token.length : 1);
    if (token.kind == TOKEN_BAD) {
        diag_error(parser->diag, at, "%s", token.problem);
        if (token.hint)
            diag_hint(parser->diag, "%s", token.hint);
        return NULL;
    }
    diag_error(parser->diag, at, "expected %s, found %s", expected, token_text(parser, token));
    return NULL;
}

// Takes the closing sign `kind` of what was opened at byte `opened`.
static bool expect_close(struct parser *parser, enum token_kind kind, int opened)
{
    if (parser->token.kind == kind) {
        advance(parser);
        return true;
    }
    bool at_end = parser->token.kind == TOKEN_END;
    fail_at_token(parser, kind == TOKEN_RIGHT_PAREN ? "')' or an operator" : "']' or ','");
    if (at_end)
        diag_hint(parser->diag, "the '%c' at character %d is never closed",
                  parser->position.excerpt[opened], opened + 1);
    return false;
}

static bool at_word(const struct parser *parser, const char *word)
{
    const struct token *token = &parser->token;
    return token->kind == TOKEN_NAME && (size_t)token->length == strlen(word) &&
           strncasecmp(parser->position.excerpt + token->start, word, strlen(word)) == 0;
}

static struct expr *finish(struct parser *parser, struct expr *expr, int start)
{
    expr->start = start;
    expr->length = parser->last_end - start;
    return expr;
}

struct expr_list {
    struct expr **items;
    size_t count, capacity;
};

static void take_list(struct expr *expr, struct expr_list *list)
{
    expr->args = list->items;
    expr->n_args = (int)list->count;
}

// @n; the '@' is the present token.
static struct expr *parse_place(struct parser *parser)
{
    int start = parser->token.start;
    advance(parser);
    if (parser->token.kind != TOKEN_NUMBER)
        return fail_at_token(parser, "the number of a dimension");
    struct expr *place = expr_create(parser->arena, EXPR_PLACE, 0);
    place->number = parser->token.number;
    advance(parser);
    return finish(parser, place, start);
}

static struct expr *parse_subscript(struct parser *parser)
{
    int start = parser->token.start;
    struct expr *first;
    if (parser->token.kind == TOKEN_AT)
        return parse_place(parser);
    if (parser->token.kind == TOKEN_STAR) {
        advance(parser);
        first = finish(parser, expr_create(parser->arena, EXPR_WILDCARD, 0), start);
    } else {
        first = parse_above(parser, PRECEDENCE_NONE);
    }
    if (!first || parser->token.kind != TOKEN_COLON)
        return first;
    advance(parser);
    struct expr *last = parse_above(parser, PRECEDENCE_NONE);
    if (!last)
        return NULL;
    struct expr *range = expr_create(parser->arena, EXPR_RANGE, 2);
    range->args[0] = first;
    range->args[1] = last;
    return finish(parser, range, start);
}

// Parses what stands between the brackets opened at byte `opened`, which is already taken.
static bool parse_list(struct parser *parser, enum token_kind close, int opened,
                       struct expr_list *list)
{
    if (close == TOKEN_RIGHT_PAREN && parser->token.kind == close) { // no arguments
        advance(parser);
        return true;
    }
    for (;;) {
        struct expr *item = close == TOKEN_RIGHT_BRACKET ? parse_subscript(parser)
                                                         : parse_above(parser, PRECEDENCE_NONE);
        if (!item)
            return false;
        ARRAY_PUSH(parser->arena, list) = item;
        if (parser->token.kind != TOKEN_COMMA)
            return expect_close(parser, close, opened);
        advance(parser);
    }
}

static struct expr *parse_when(struct parser *parser, int start)
{
    advance(parser); // WHEN
    struct expr *comparison = parse_above(parser, PRECEDENCE_EQUALITY);
    if (!comparison)
        return NULL;
    bool is_comparison = comparison->kind == EXPR_OPERATION && comparison->op >= OP_LESS &&
                         comparison->op <= OP_GREATER_EQUAL;
    if (!is_comparison) {
        diag_error(parser->diag, mark(parser, comparison->start, comparison->length),
                   "TIME WHEN needs a comparison");
        diag_hint(parser->diag, "for example: TIME WHEN novel_share > 0.2");
        return NULL;
    }
    struct expr *when = expr_create(parser->arena, EXPR_WHEN, 1);
    when->args[0] = comparison;
    when->mark = start;
    return finish(parser, when, start);
}

static struct expr *parse_name(struct parser *parser)
{
    struct token token = parser->token;
    const char *text = parser->position.excerpt + token.start;
    bool is_time = parser->dialect == PARSE_METRIC && at_word(parser, "TIME");
    advance(parser);
    if (is_time && at_word(parser, "WHEN"))
        return parse_when(parser, token.start);
    struct expr *expr = expr_create(parser->arena, EXPR_NAME, 0);
    expr->name = arena_copy_text(parser->arena, text, (size_t)token.length);
    expr->key = name_key(parser->arena, text, (size_t)token.length);
    expr->mark = token.start;
    enum token_kind open = parser->token.kind;
    if (open == TOKEN_LEFT_PAREN || open == TOKEN_LEFT_BRACKET) {
        int opened = parser->token.start;
        struct expr_list list = {0};
        advance(parser);
        if (!parse_list(parser, open == TOKEN_LEFT_PAREN ? TOKEN_RIGHT_PAREN : TOKEN_RIGHT_BRACKET,
                        opened, &list))
            return NULL;
        if (open == TOKEN_LEFT_PAREN)
            expr->kind = EXPR_CALL;
        take_list(expr, &list);
    }
    if (parser->token.kind == TOKEN_APOSTROPHE && expr->kind == EXPR_NAME) {
        advance(parser);
        expr->is_transposed = true;
    }
    return finish(parser, expr, token.start);
}

static struct expr *parse_if(struct parser *parser)
{
    int start = parser->token.start;
    struct expr *branches[3];
    static const enum token_kind words[] = {TOKEN_IF, TOKEN_THEN, TOKEN_ELSE};
    for (int i = 0; i < 3; i++) {
        if (parser->token.kind != words[i])
            return fail_at_token(parser, words[i] == TOKEN_THEN ? "THEN" : "ELSE");
        advance(parser);
        branches[i] = parse_above(parser, PRECEDENCE_NONE);
        if (!branches[i])
            return NULL;
    }
    struct expr *expr =
        expr_operation(parser->arena, OP_SELECT, branches[0], branches[1], branches[2]);
    expr->mark = start;
    return finish(parser, expr, start);
}

static struct expr *parse_unary(struct parser *parser)
{
    struct token sign = parser->token;
    advance(parser);
    // The operand of a sign may itself start with a sign; that of an exponent (2 ^ -x) too.
    struct expr *operand = parse_above(parser, PRECEDENCE_UNARY);
    if (!operand || sign.kind == TOKEN_PLUS)
        return operand;
    if (sign.kind == TOKEN_MINUS && operand->kind == EXPR_NUMBER) {
        operand->number = -operand->number;
        return finish(parser, operand, sign.start);
    }
    enum operation op = sign.kind == TOKEN_NOT ? OP_NOT : OP_NEGATE;
    struct expr *expr = expr_operation(parser->arena, op, operand, NULL, NULL);
    expr->mark = sign.start;
    return finish(parser, expr, sign.start);
}

static struct expr *parse_operand(struct parser *parser)
{
    struct token token = parser->token;
    switch (token.kind) {
    case TOKEN_NUMBER: {
        advance(parser);
        struct expr *number = expr_number(parser->arena, token.number);
        number->mark = token.start;
        return finish(parser, number, token.start);
    }
    case TOKEN_NAME:
    case TOKEN_MOD: // where an operand belongs it can only be the name of a variable
        return parse_name(parser);
    case TOKEN_IF:
        return parse_if(parser);
    case TOKEN_PLUS:
    case TOKEN_MINUS:
    case TOKEN_NOT:
        return parse_unary(parser);
    case TOKEN_LEFT_PAREN: {
        advance(parser);
        struct expr *inner = parse_above(parser, PRECEDENCE_NONE);
        if (!inner || !expect_close(parser, TOKEN_RIGHT_PAREN, token.start))
            return NULL;
        return finish(parser, inner, token.start);
    }
    default:
        return fail_at_token(parser, "a number, a name or '('");
    }
}

static const struct infix *find_infix(enum token_kind kind)
{
    for (size_t i = 0; i < ARRAY_COUNT(infixes); i++)
        if (infixes[i].token == kind)
            return &infixes[i];
    return NULL;
}

// Parses `left AT time`; the word AT is the present token.
static struct expr *parse_at(struct parser *parser, struct expr *left)
{
    int word = parser->token.start;
    advance(parser);
    struct expr *time = parse_above(parser, PRECEDENCE_AT);
    if (!time)
        return NULL;
    struct expr *at = expr_create(parser->arena, EXPR_AT, 2);
    at->args[0] = left;
    at->args[1] = time;
    at->mark = word;
    return finish(parser, at, left->start);
}

// Parses an operand and all infix operators that bind stronger than `precedence`.
static struct expr *parse_infixes(struct parser *parser, enum precedence precedence)
{
    struct expr *left = parse_operand(parser);
    while (left) {
        if (parser->dialect == PARSE_METRIC && PRECEDENCE_AT > precedence &&
            at_word(parser, "AT")) {
            left = parse_at(parser, left);
            continue;
        }
        const struct infix *infix = find_infix(parser->token.kind);
        if (!infix || infix->precedence <= precedence)
            break;
        int mark_at = parser->token.start;
        if (++parser->n_operators > MAX_OPERATORS) {
            diag_error(parser->diag, mark(parser, parser->token.start, parser->token.length),
                       "more than %d operators in one equation", MAX_OPERATORS);
            diag_hint(parser->diag, "split it over several variables");
            return NULL;
        }
        advance(parser);
        bool is_right = infix->op == OP_POWER;
        struct expr *right = parse_above(parser, is_right ? (enum precedence)(PRECEDENCE_POWER - 1)
                                                          : infix->precedence);
        if (!right)
            return NULL;
        struct expr *expr = expr_operation(parser->arena, infix->op, left, right, NULL);
        expr->mark = mark_at;
        left = finish(parser, expr, left->start);
    }
    return left;
}

static struct expr *parse_above(struct parser *parser, enum precedence precedence)
{
    if (parser->depth == MAX_DEPTH) {
        diag_error(parser->diag, mark(parser, parser->token.start, 1),
                   "nested more than %d levels deep", MAX_DEPTH);
        diag_hint(parser->diag, "split it over several variables");
        return NULL;
    }
    parser->depth++;
    struct expr *expr = parse_infixes(parser, precedence);
    parser->depth--;
    return expr;
}

struct expr *parse_expression(struct arena *arena, struct position position,
                              enum parse_dialect dialect, struct diag *diag)
{
    struct parser parser = {.arena = arena, .position = position, .dialect = dialect, .diag = diag};
    parser.token = token_next(position.excerpt, 0);
    if (parser.token.kind == TOKEN_END) {
        diag_error(diag, position, "the equation is empty");
        return NULL;
    }
    struct expr *expr = parse_above(&parser, PRECEDENCE_NONE);
    if (!expr)
        return NULL;
    if (parser.token.kind == TOKEN_END)
        return expr;
    bool is_stray_close = parser.token.kind == TOKEN_RIGHT_PAREN;
    fail_at_token(&parser, "an operator or the end");
    if (is_stray_close)
        diag_hint(diag, "there is one ')' too many");
    else if (parser.token.kind == TOKEN_LEFT_PAREN || parser.token.kind == TOKEN_NUMBER ||
             parser.token.kind == TOKEN_NAME)
        diag_hint(diag, "is a '*' or another operator missing before it?");
    return NULL;
}
