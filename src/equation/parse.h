// From an equation's text to its tree.
#ifndef EQUATION_PARSE_H
#define EQUATION_PARSE_H

#include "equation/expr.h"

enum parse_dialect {
    PARSE_EQUATION, // XMILE v1.0 expressions
    PARSE_METRIC,   // the same, plus `x AT time` and `TIME WHEN x > level`
};

// Parses `position.excerpt`. Returns its tree in `arena`, or NULL with an error in `diag` that
// points into the text.
struct expr *parse_expression(struct arena *arena, struct position position,
                              enum parse_dialect dialect, struct diag *diag);

#endif
