// What the two halves of the template parser share: marks (template_parse.c) and the expressions
// inside them (template_expr.c).
#ifndef REPORT_BRIEF_TEMPLATE_PARSER_H
#define REPORT_BRIEF_TEMPLATE_PARSER_H

#include "report/brief/template_private.h"

// A row that a loop has bound to a name.
struct binding {
    const char *name;
    int table;
};

struct parser {
    struct arena *arena;
    const struct fact_spec *specs; // [n_specs]
    int n_specs;
    struct diag *diag;
    const char *path;
    const char *text; // of the whole file
    const char *at;   // next byte
    const char *end;  // of the mark that is being read
    struct binding bindings[MAX_TEMPLATE_ROWS];
    int n_bindings;
    bool is_alone; // the mark has its line for itself, which goes with it
    int depth;     // of includes
};

// The place of `length` bytes from `start` on.
struct position parser_position(const struct parser *parser, const char *start, size_t length);

// Length of the next word, sign or quoted text of the mark, which begins at `parser->at` then; 0
// at the end of the mark.
size_t parser_next_length(struct parser *parser);

// Whether that is `word`; the same, and steps behind it.
bool parser_next_is(struct parser *parser, const char *word);
bool parser_take(struct parser *parser, const char *word);

// Takes a name; NULL with the error that `what` was expected.
const char *parser_take_name(struct parser *parser, const char *what);

// Reports that `what` was expected where the parser stands.
void parser_fail_expected(struct parser *parser, const char *what);

// A number, text or cell; a condition. NULL with errors.
const struct template_expr *parse_template_value(struct parser *parser);
const struct template_expr *parse_template_condition(struct parser *parser);

// `NAME in TABLE [where CONDITION] [by VALUE [down]] [limit NUMBER]`; binds NAME, which the caller
// has to release (n_bindings). False with errors, and nothing bound.
bool parse_template_loop(struct parser *parser, struct template_loop *loop);

#endif
