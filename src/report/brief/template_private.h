// The tree of a template, between template_parse.c and template.c.
#ifndef REPORT_BRIEF_TEMPLATE_PRIVATE_H
#define REPORT_BRIEF_TEMPLATE_PRIVATE_H

#include "report/brief/page_number.h"
#include "report/brief/template.h"

enum { MAX_TEMPLATE_FORMATS = 4, MAX_TEMPLATE_ROWS = 16 };

enum template_operation {
    TEMPLATE_LITERAL, // a number or text
    TEMPLATE_CELL,    // a cell of the row bound to `slot`, or of the only row
    TEMPLATE_ANY,     // whether any row fits
    TEMPLATE_KNOWN,   // whether a cell is not empty
    TEMPLATE_NOT,
    TEMPLATE_AND,
    TEMPLATE_OR,
    TEMPLATE_EQUAL, // comparisons are false where a side is empty
    TEMPLATE_UNEQUAL,
    TEMPLATE_LESS,
    TEMPLATE_LESS_EQUAL,
    TEMPLATE_GREATER,
    TEMPLATE_GREATER_EQUAL,
};

// Rows of a table that fit a condition, in some order, each bound to `slot` in turn.
struct template_loop {
    int slot;
    int table;
    const struct template_expr *where; // NULL: all
    const struct template_expr *by;    // NULL: as they stand
    bool is_down;                      // largest first; empty ones are last either way
    int limit;                         // 0: none
};

struct template_expr {
    enum template_operation operation;
    struct position position;
    const struct template_expr *left, *right;
    struct fact literal;
    int slot;  // TEMPLATE_CELL: -1: the only row of the table
    int table; //
    int column;
    struct template_loop loop; // TEMPLATE_ANY
};

enum template_kind { TEMPLATE_TEXT, TEMPLATE_VALUE, TEMPLATE_CHART, TEMPLATE_IF, TEMPLATE_FOR };

struct template_node {
    enum template_kind kind;
    struct position position;
    struct template_node *next;
    const char *text;                                        // TEMPLATE_TEXT
    const struct template_expr *expr;                        // value, name of a chart, condition
    const struct page_format *formats[MAX_TEMPLATE_FORMATS]; // [n_formats]
    int n_formats;
    struct template_loop loop;
    struct template_node *body;      // of the condition or of each row
    struct template_node *between;   // after each row but the last
    struct template_node *last;      // instead of `between` before the last row; NULL: as `between`
    struct template_node *otherwise; // where the condition fails or no row fits
};

struct template
{
    struct template_node *first;
};

#endif
