// What the command line says.
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "analysis/tip/tip.h"

enum { MAX_FILES = 4096 };

struct options {
    const char **files; // [n_files]
    int n_files;
    const char *output;        // -o; NULL: the default
    struct case_options cases; // --set, --from, --to, --dt, --method, --save-every
    const char **select;       // [n_select] --select; NULL: all
    int n_select;
    int n_threads;           // -j; 0: all
    unsigned long long seed; // --seed
    bool has_seed;           //
    enum language language;  // --lang; tables are in English without it
    bool has_language;       // charts are in Dutch without it
    bool formats[3];         // --format: svg, png, pdf
    bool no_charts;          // --no-charts
    const char *csv;         // --csv FILE, NULL: not asked for
    bool json;               // --json
    bool quiet;              // -q
    bool verbose;            // -v
    bool no_color;           // --no-color
    bool no_progress;        // --no-progress
    bool dry_run;            // -n
    bool help;               // -h
    unsigned long long runs; // sweep --runs; 0: as the scenario says
    const char *design;      // sweep --design
    const char **keep;       // [n_keep] sweep --keep-series
    int n_keep;              //
    const char *kernel;      // --kernel; NULL: the best
    bool resume;             // sweep --resume
    const char *from_sweep;  // run --from-sweep DIR
    unsigned long long run;  // run --run N
    const char *over;        // check --over FILE
    const char *expect;      // compare --expect FILE
    bool parameters;         // show --parameters
    bool diagram;            // show --diagram
    bool code;               // show --code
    const char *chart;       // plot --chart NAME
    const char *style;       // plot --style FILE
    const char *template;    // brief --template FILE
    double total;            // optimize --total; NaN: what the scenario spends
    int max_loops;           // explain --max-loops; 0: the default
    struct tip_options tip;  // the options of tip; what all commands know is set by cmd_tip.c
};

// Parses the arguments after the command's name. `command`: its bit, see enum command_bit; options
// of other commands are errors. False with errors in `diag`.
bool options_parse(struct options *options, struct arena *arena, int argc, char **argv,
                   unsigned command, struct diag *diag);

// Prints the options that the commands in `command` understand.
void options_print_help(unsigned command);

// The language of charts: --lang, else Dutch.
enum language options_chart_language(const struct options *options);

// One bit a command, for the table of options.
enum command_bit {
    COMMAND_CONVERT = 1 << 20,
    COMMAND_RUN = 1,
    COMMAND_COMPARE = 2,
    COMMAND_CHECK = 4,
    COMMAND_SHOW = 8,
    COMMAND_PLOT = 16,
    COMMAND_SWEEP = 32,
    COMMAND_TIP = 64,
    COMMAND_BRIEF = 128,
    COMMAND_EXPLAIN = 256,
    COMMAND_FIT = 512,
    COMMAND_SENSITIVITY = 1024,
    COMMAND_OPTIMIZE = 2048,
};

#endif
