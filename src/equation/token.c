// Stage: parse. Text -> tokens (XMILE v1.0, 3.2.1, 3.2.2, 3.3.1). Key words ignore case. A name
// is made of letters, digits, '_' and '$', bytes of UTF-8 above ASCII, and quoted parts; a '.'
// before a letter joins the parts of a qualified name, or starts one of the root model.
#include "equation/token.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_name_start(char c)
{
    return isalpha((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static bool is_name_part(char c)
{
    return is_name_start(c) || isdigit((unsigned char)c);
}

// Whether the '.' at `at` stands before the next part of a qualified name.
static bool is_joint(const char *at)
{
    return at[0] == '.' && (is_name_start(at[1]) || at[1] == '"');
}

static struct token bad(int start, int length, const char *problem, const char *hint)
{
    return (struct token){TOKEN_BAD, start, length, 0, problem, hint};
}

static bool is_no_break_space(const char *at)
{
    return (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] == 0xA0;
}

// Returns the first byte past blanks and comments, or -1 - start of a comment that never ends.
static int skip_blanks(const char *text, int at)
{
    for (;;) {
        while (isspace((unsigned char)text[at]) || is_no_break_space(text + at))
            at += is_no_break_space(text + at) ? 2 : 1;
        if (text[at] != '{')
            return at;
        const char *end = strchr(text + at, '}');
        if (!end)
            return -1 - at;
        at = (int)(end - text) + 1;
    }
}

// Returns the end of the quoted part that starts at `at`, or -1 where the quote is never closed.
static int quoted_end(const char *text, int at)
{
    for (int i = at + 1; text[i]; i++) {
        if (text[i] == '\\' && text[i + 1])
            i++;
        else if (text[i] == '"')
            return i + 1;
    }
    return -1;
}

static struct token read_number(const char *text, int at)
{
    char *end;
    double number = strtod(text + at, &end);
    bool is_hexadecimal = text[at] == '0' && (text[at + 1] == 'x' || text[at + 1] == 'X');
    int length = is_hexadecimal ? 1 : (int)(end - (text + at)); // strtod would take 0x10 for 16
    if (isinf(number))
        return bad(at, length, "this number is too large", NULL);
    if (is_name_start(text[at + length]) || text[at + length] == '"') {
        int last = at + length;
        while (is_name_part(text[last]))
            last++;
        return bad(at, last - at, "a name cannot start with a digit",
                   "put the name in double quotes, or a '*' between the number and the name");
    }
    return (struct token){TOKEN_NUMBER, at, length, number, NULL, NULL};
}

static struct token read_word(const char *text, int at)
{
    static const struct {
        const char *word;
        enum token_kind kind;
    } words[] = {{"AND", TOKEN_AND}, {"OR", TOKEN_OR},     {"NOT", TOKEN_NOT},  {"MOD", TOKEN_MOD},
                 {"IF", TOKEN_IF},   {"THEN", TOKEN_THEN}, {"ELSE", TOKEN_ELSE}};
    int end = at;
    while (is_name_part(text[end]) || text[end] == '"' || is_joint(text + end)) {
        if (is_no_break_space(text + end))
            break;
        if (text[end] == '"') {
            int after = quoted_end(text, end);
            if (after < 0)
                return bad(end, 1, "this quote is never closed", NULL);
            end = after;
        } else {
            end++;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].word) == (size_t)(end - at) &&
            strncasecmp(words[i].word, text + at, (size_t)(end - at)) == 0)
            return (struct token){.kind = words[i].kind, .start = at, .length = end - at};
    return (struct token){.kind = TOKEN_NAME, .start = at, .length = end - at};
}

static struct token read_sign(const char *text, int at)
{
    static const struct {
        const char *sign;
        enum token_kind kind;
        const char *hint;
    } signs[] = {
        {"<=", TOKEN_LESS_EQUAL, NULL},
        {">=", TOKEN_GREATER_EQUAL, NULL},
        {"<>", TOKEN_NOT_EQUAL, NULL},
        {"==", TOKEN_BAD, "equality is written '='"},
        {"!=", TOKEN_BAD, "'not equal' is written '<>'"},
        {"&&", TOKEN_BAD, "write AND"},
        {"||", TOKEN_BAD, "write OR"},
        {"**", TOKEN_BAD, "a power is written '^'"},
        {"!", TOKEN_BAD, "write NOT"},
        {"%", TOKEN_BAD, "write MOD for the remainder; a share of 5 % is 0.05"},
        {"(", TOKEN_LEFT_PAREN, NULL},
        {")", TOKEN_RIGHT_PAREN, NULL},
        {"[", TOKEN_LEFT_BRACKET, NULL},
        {"]", TOKEN_RIGHT_BRACKET, NULL},
        {",", TOKEN_COMMA, NULL},
        {":", TOKEN_COLON, NULL},
        {"+", TOKEN_PLUS, NULL},
        {"-", TOKEN_MINUS, NULL},
        {"*", TOKEN_STAR, NULL},
        {"/", TOKEN_SLASH, NULL},
        {"^", TOKEN_CARET, NULL},
        {"@", TOKEN_AT, NULL},
        {"'", TOKEN_APOSTROPHE, NULL},
        {"<", TOKEN_LESS, NULL},
        {">", TOKEN_GREATER, NULL},
        {"=", TOKEN_EQUAL, NULL},
    };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        int length = (int)strlen(signs[i].sign);
        if (strncmp(signs[i].sign, text + at, (size_t)length) != 0)
            continue;
        if (signs[i].kind == TOKEN_BAD)
            return bad(at, length, "this sign is not part of the equation language", signs[i].hint);
        return (struct token){.kind = signs[i].kind, .start = at, .length = length};
    }
    return bad(at, 1, "this sign is not part of the equation language", NULL);
}

struct token token_next(const char *text, int at)
{
    int start = skip_blanks(text, at);
    if (start < 0)
        return bad(-1 - start, 1, "this comment is never closed", "end it with '}'");
    char c = text[start];
    if (!c)
        return (struct token){.kind = TOKEN_END, .start = start};
    if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)text[start + 1])))
        return read_number(text, start);
    if (is_name_start(c) || c == '"' || is_joint(text + start))
        return read_word(text, start);
    return read_sign(text, start);
}

const char *token_name(enum token_kind kind)
{
    static const char *const names[N_TOKEN_KINDS] = {
        [TOKEN_END] = "the end",
        [TOKEN_NUMBER] = "a number",
        [TOKEN_NAME] = "a name",
        [TOKEN_LEFT_PAREN] = "'('",
        [TOKEN_RIGHT_PAREN] = "')'",
        [TOKEN_LEFT_BRACKET] = "'['",
        [TOKEN_RIGHT_BRACKET] = "']'",
        [TOKEN_COMMA] = "','",
        [TOKEN_COLON] = "':'",
        [TOKEN_PLUS] = "'+'",
        [TOKEN_MINUS] = "'-'",
        [TOKEN_STAR] = "'*'",
        [TOKEN_SLASH] = "'/'",
        [TOKEN_CARET] = "'^'",
        [TOKEN_AT] = "'@'",
        [TOKEN_APOSTROPHE] = "an apostrophe",
        [TOKEN_LESS] = "'<'",
        [TOKEN_LESS_EQUAL] = "'<='",
        [TOKEN_GREATER] = "'>'",
        [TOKEN_GREATER_EQUAL] = "'>='",
        [TOKEN_EQUAL] = "'='",
        [TOKEN_NOT_EQUAL] = "'<>'",
        [TOKEN_AND] = "AND",
        [TOKEN_OR] = "OR",
        [TOKEN_NOT] = "NOT",
        [TOKEN_MOD] = "MOD",
        [TOKEN_IF] = "IF",
        [TOKEN_THEN] = "THEN",
        [TOKEN_ELSE] = "ELSE",
        [TOKEN_BAD] = "an unknown sign",
    };
    return names[kind];
}
