// Words and signs of an equation's text.
#ifndef EQUATION_TOKEN_H
#define EQUATION_TOKEN_H

#include <stdbool.h>

enum token_kind {
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_NAME,
    TOKEN_LEFT_PAREN,
    TOKEN_RIGHT_PAREN,
    TOKEN_LEFT_BRACKET,
    TOKEN_RIGHT_BRACKET,
    TOKEN_COMMA,
    TOKEN_COLON,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_CARET,
    TOKEN_AT,         // @, before the number of a dimension
    TOKEN_APOSTROPHE, // ', transposes what stands before it
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_MOD,
    TOKEN_IF,
    TOKEN_THEN,
    TOKEN_ELSE,
    TOKEN_BAD, // not part of the language; `problem` says why
    N_TOKEN_KINDS,
};

struct token {
    enum token_kind kind;
    int start, length;   // bytes in the text
    double number;       // TOKEN_NUMBER
    const char *problem; // TOKEN_BAD: what is wrong, else NULL
    const char *hint;    // TOKEN_BAD: what would help, or NULL
};

// Returns the first token of `text` at or after byte `at`, past blanks and {comments}.
struct token token_next(const char *text, int at);

// How a token of `kind` is called in a message: "')'", "a number", "the end".
const char *token_name(enum token_kind kind);

#endif
