// The commands, and what each gets to work with.
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"
#include "cli/terminal.h"

#include <signal.h>

// One call of the program.
struct session {
    struct arena *arena;
    struct diag diag;
    struct options options;
    struct terminal terminal;
    struct unit_system *units;           // NULL until session_units()
    const volatile sig_atomic_t *cancel; // not 0 after Ctrl-C
    int argc;                            // as typed, for the manifest
    char **argv;                         //
    double start_seconds;                // of the monotonic clock
};

struct command {
    const char *name;
    enum command_bit bit;
    const char *usage;                   // "run [OPTIONS] FILE..."
    const char *summary;                 // one line for the list
    const char *text;                    // a paragraph or more for its help
    int (*run)(struct session *session); // returns the exit code
};

extern const struct command command_convert;
extern const struct command command_run, command_compare, command_sweep, command_check,
    command_show, command_plot, command_tip, command_brief, command_explain, command_fit,
    command_sensitivity, command_optimize;

// The unit system of the session, read at the first call; NULL with an error.
struct unit_system *session_units(struct session *session);

// Prints pending messages and returns the exit code that they call for.
int session_finish(struct session *session);

// What was typed, in one line.
const char *session_command_line(const struct session *session);

// Seconds since the program started.
double session_seconds(const struct session *session);

// Reports a usage error unless there are between `least` and `most` files.
bool session_wants_files(struct session *session, int least, int most);

#endif
