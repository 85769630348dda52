// What the user should hear: errors and warnings with their place, collected and never printed
// here (the command line prints them).
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

// Where the bytes of a text stand in the file that it was taken from, where that is not simply one
// after the other: a new span starts after each line end and after each escaped sign.
struct text_map {
    struct text_span {
        int start; // first byte of the text
        int line, column;
    } * items;
    size_t count, capacity;
};

// Where in the user's text something stands. Any part may be missing (NULL or 0).
struct position {
    const char *file;           // as the user named it
    int line;                   // 1-based
    int column;                 // 1-based, 0 where only the line is known
    const char *excerpt;        // the equation or other text to quote, zero-terminated
    int start;                  // first byte of `excerpt` to mark
    int length;                 // bytes to mark; 0: quote without a mark
    const struct text_map *map; // of the excerpt; NULL: it stands on one line
    bool is_option;             // `file` is an option of the command line: a fault is one of usage
};

// Returns `position` with the bytes `start`..`start + length` of its excerpt marked; the column,
// where known, moves along.
struct position position_mark(struct position position, int start, int length);

// What went wrong, by who can mend it; the values are the program's exit codes.
enum fault {
    FAULT_NONE = 0,
    FAULT_USAGE = 2,       // options or arguments
    FAULT_FILE = 3,        // a file is unreadable or wrong
    FAULT_COMPUTATION = 4, // non-finite numbers, no convergence
    FAULT_ENVIRONMENT = 5, // cannot write, gnuplot missing
};

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

struct diag_message {
    enum severity severity;
    struct position position;
    const char *text; // lower case, no full stop
    const char *hint; // what would help, or NULL
};

// A collector of messages. Errors past DIAG_MAX_ERRORS are counted but not kept.
struct diag {
    struct arena *arena;
    struct diag_message *items;
    size_t count, capacity;
    size_t n_errors;
    enum fault fault; // of the first error
};

enum { DIAG_MAX_ERRORS = 20 };

void diag_init(struct diag *diag, struct arena *arena);

// Adds an error of the user's text at `position`.
void diag_error(struct diag *diag, struct position position, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Adds a warning at `position`.
void diag_warning(struct diag *diag, struct position position, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Adds an error without a place in a text, of the kind `fault`.
void diag_fail(struct diag *diag, enum fault fault, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Adds a remark that only `-v` shows.
void diag_note(struct diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Gives the newest message a hint.
void diag_hint(struct diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Gives the newest message the hint "did you mean 'nearest'?"; none where `nearest` is NULL.
void diag_suggest(struct diag *diag, const char *nearest);

#endif
