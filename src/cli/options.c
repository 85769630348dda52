// Stage: command line. A table of options, each with its help, the commands that know it and what
// it sets.
#include "cli/options.h"

#include "base/array.h"
#include "base/text.h"
#include "model/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parse {
    struct options *options;
    struct arena *arena;
    struct diag *diag;
    const char *shown; // the option as typed, for messages
};

struct option {
    const char *name;     // "--set"
    const char *letter;   // "-o", or NULL
    const char *argument; // "NAME=VALUE", NULL: a switch
    unsigned commands;    // enum command_bit
    void (*set)(struct parse *parse, const char *value);
    const char *help;
};

enum { MAX_LOOPS = 1000000 };

enum {
    SIMULATES = COMMAND_RUN | COMMAND_COMPARE | COMMAND_CHECK | COMMAND_SWEEP | COMMAND_TIP |
                COMMAND_BRIEF | COMMAND_EXPLAIN | COMMAND_FIT | COMMAND_SENSITIVITY |
                COMMAND_OPTIMIZE,
    DRAWS = (SIMULATES | COMMAND_PLOT) & ~COMMAND_CHECK,
    ALL = SIMULATES | DRAWS | COMMAND_SHOW,
    EVERY = ALL | COMMAND_CONVERT,
};

static double parse_number(struct parse *parse, const char *value)
{
    double number = NAN;
    if (!number_parse(value, &number) || !isfinite(number)) {
        diag_fail(parse->diag, FAULT_USAGE, "%s needs a number, not '%s'", parse->shown, value);
        return NAN;
    }
    return number;
}

static void set_output(struct parse *parse, const char *value)
{
    parse->options->output = value;
    if (!*value)
        diag_fail(parse->diag, FAULT_USAGE, "%s needs the name of a folder", parse->shown);
}

static void set_setting(struct parse *parse, const char *value)
{
    const char *equals = strrchr(value, '=');
    double number;
    if (!equals || equals == value || !number_parse(equals + 1, &number) || isnan(number)) {
        diag_fail(parse->diag, FAULT_USAGE, "--set needs NAME=NUMBER, not '%s'", value);
        diag_hint(parse->diag, "for example --set price_gap=0.15 or --set 'share[furniture]=0.2'");
        return;
    }
    ARRAY_PUSH(parse->arena, &parse->options->cases.settings) =
        (struct setting){arena_copy_text(parse->arena, value, (size_t)(equals - value)),
                         number,
                         {.file = "--set", .is_option = true}};
}

static void set_from(struct parse *parse, const char *value)
{
    parse->options->cases.time.start = parse_number(parse, value);
}

static void set_to(struct parse *parse, const char *value)
{
    parse->options->cases.time.stop = parse_number(parse, value);
}

static void set_step(struct parse *parse, const char *value)
{
    parse->options->cases.time.step = parse_number(parse, value);
}

static void set_save(struct parse *parse, const char *value)
{
    parse->options->cases.time.save_every = parse_number(parse, value);
}

static void set_tolerance(struct parse *parse, const char *value)
{
    parse->options->cases.time.tolerance = parse_number(parse, value);
}

static void set_method(struct parse *parse, const char *value)
{
    parse->options->cases.time.method = value;
}

struct string_list {
    const char **items;
    size_t count, capacity;
};

// Splits at commas outside square brackets.
static struct string_list split(struct arena *arena, const char *value)
{
    struct string_list list = {0};
    int depth = 0;
    const char *start = value;
    for (const char *at = value;; at++) {
        depth += (*at == '[') - (*at == ']');
        if ((*at == ',' && depth == 0) || !*at) {
            if (at > start)
                ARRAY_PUSH(arena, &list) = arena_copy_text(arena, start, (size_t)(at - start));
            start = at + 1;
        }
        if (!*at)
            return list;
    }
}

static void set_select(struct parse *parse, const char *value)
{
    struct string_list list = split(parse->arena, value);
    parse->options->select = list.items;
    parse->options->n_select = (int)list.count;
    if (!list.count)
        diag_fail(parse->diag, FAULT_USAGE, "--select needs NAME,NAME,...");
}

static void set_threads(struct parse *parse, const char *value)
{
    double number = parse_number(parse, value);
    if (!isnan(number) && !(number >= 1 && number <= 4096 && number == floor(number)))
        diag_fail(parse->diag, FAULT_USAGE, "-j needs a whole number of threads from 1, not '%s'",
                  value);
    else if (!isnan(number))
        parse->options->n_threads = (int)number;
}

static void set_seed(struct parse *parse, const char *value)
{
    char *end;
    parse->options->seed = strtoull(value, &end, 10);
    parse->options->cases.seed = parse->options->seed;
    parse->options->has_seed = true;
    if (!*value || *end || *value == '-')
        diag_fail(parse->diag, FAULT_USAGE, "--seed needs a whole number from 0, not '%s'", value);
}

enum language options_chart_language(const struct options *options)
{
    return options->has_language ? options->language : LANGUAGE_NL;
}

// 1e6 will do as well.
static unsigned long long parse_whole(struct parse *parse, const char *value)
{
    const double limit = 1e12;
    double number;
    if (number_parse(value, &number) && number >= 1 && number <= limit && number == floor(number))
        return (unsigned long long)number;
    diag_fail(parse->diag, FAULT_USAGE, "%s needs a whole number from 1 to %g, not '%s'",
              parse->shown, limit, value);
    return 0;
}

static void set_runs(struct parse *parse, const char *value)
{
    parse->options->runs = parse->options->tip.runs = parse_whole(parse, value);
}

static void set_total(struct parse *parse, const char *value)
{
    parse->options->total = parse_number(parse, value);
}

static void set_max_loops(struct parse *parse, const char *value)
{
    unsigned long long number = parse_whole(parse, value);
    parse->options->max_loops = (int)(number < MAX_LOOPS ? number : MAX_LOOPS);
}

static void set_run(struct parse *parse, const char *value)
{
    parse->options->run = parse_whole(parse, value);
}

static void set_from_sweep(struct parse *parse, const char *value)
{
    parse->options->from_sweep = value;
}

static void set_design(struct parse *parse, const char *value)
{
    parse->options->design = value;
}

static void set_kernel(struct parse *parse, const char *value)
{
    parse->options->kernel = value;
}

static void set_keep(struct parse *parse, const char *value)
{
    struct string_list list = split(parse->arena, value);
    parse->options->keep = list.items;
    parse->options->n_keep = (int)list.count;
}

static void set_language(struct parse *parse, const char *value)
{
    parse->options->has_language = true;
    if (strcmp(value, "nl") == 0)
        parse->options->language = LANGUAGE_NL;
    else if (strcmp(value, "en") == 0)
        parse->options->language = LANGUAGE_EN;
    else
        diag_fail(parse->diag, FAULT_USAGE, "--lang is nl or en, not '%s'", value);
}

static void set_format(struct parse *parse, const char *value)
{
    static const char *const names[] = {"svg", "png", "pdf"};
    struct string_list list = split(parse->arena, value);
    memset(parse->options->formats, 0, sizeof parse->options->formats);
    for (size_t i = 0; i < list.count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < ARRAY_COUNT(names); k++)
            if (strcmp(list.items[i], names[k]) == 0)
                is_known = parse->options->formats[k] = true;
        if (!is_known)
            diag_fail(parse->diag, FAULT_USAGE, "--format knows svg, png and pdf, not '%s'",
                      list.items[i]);
    }
}

static void set_csv(struct parse *parse, const char *value)
{
    parse->options->csv = value;
}

static void set_over(struct parse *parse, const char *value)
{
    parse->options->over = value;
}

static void set_expect(struct parse *parse, const char *value)
{
    parse->options->expect = value;
}

static void set_template(struct parse *parse, const char *value)
{
    parse->options->template = value;
}

static void set_chart(struct parse *parse, const char *value)
{
    parse->options->chart = value;
}

static void set_style(struct parse *parse, const char *value)
{
    parse->options->style = value;
}

static void set_at(struct parse *parse, const char *value)
{
    parse->options->tip.at = parse_number(parse, value);
}

static void ask(struct parse *parse, enum tip_question_id id)
{
    parse->options->tip.asked |= 1u << id;
}

static void fail_range(struct parse *parse, const char *value)
{
    diag_fail(parse->diag, FAULT_USAGE, "--continue needs NAME=LOW:HIGH, not '%s'", value);
    diag_hint(parse->diag, "for example --continue price_gap=0:0.5");
}

static void set_continue(struct parse *parse, const char *value)
{
    struct tip_options *tip = &parse->options->tip;
    const char *equals = strrchr(value, '='), *colon = equals ? strchr(equals, ':') : NULL;
    struct tip_range range = {.position = {.file = "--continue", .is_option = true}};
    ask(parse, TIP_CONTINUE);
    if (!colon || equals == value) {
        fail_range(parse, value);
        return;
    }
    range.name = arena_copy_text(parse->arena, value, (size_t)(equals - value));
    const char *low = arena_copy_text(parse->arena, equals + 1, (size_t)(colon - equals - 1));
    bool is_good = number_parse(low, &range.low) && number_parse(colon + 1, &range.high);
    if (!is_good || !isfinite(range.low) || !isfinite(range.high))
        fail_range(parse, value);
    else if (range.low >= range.high)
        diag_fail(parse->diag, FAULT_USAGE, "--continue %s: %g is not below %g", value, range.low,
                  range.high);
    else if (tip->n_ranges == MAX_TIP_RANGES)
        diag_fail(parse->diag, FAULT_USAGE, "--continue can be given at most %d times",
                  MAX_TIP_RANGES);
    else
        tip->ranges[tip->n_ranges++] = range;
}

static void set_basin(struct parse *parse, const char *value)
{
    struct string_list list = split(parse->arena, value);
    ask(parse, TIP_BASIN);
    if (list.count != 1 && list.count != 2)
        diag_fail(parse->diag, FAULT_USAGE, "--basin needs one stock or two, A,B, not '%s'", value);
    for (size_t i = 0; i < 2 && i < list.count; i++)
        parse->options->tip.plane[i] = list.items[i];
}

static void set_least(struct parse *parse, const char *value)
{
    ask(parse, TIP_LEAST);
    parse->options->tip.least = value;
}

// LO:HI, a range that may not be upside down.
static void set_span(struct parse *parse, const char *value, double *low, double *high)
{
    const char *colon = strchr(value, ':');
    const char *front = colon ? arena_copy_text(parse->arena, value, (size_t)(colon - value)) : "";
    if (!colon || !number_parse(front, low) || !number_parse(colon + 1, high) || !isfinite(*low) ||
        !isfinite(*high))
        diag_fail(parse->diag, FAULT_USAGE, "%s needs LOW:HIGH, not '%s'", parse->shown, value);
    else if (*low >= *high)
        diag_fail(parse->diag, FAULT_USAGE, "%s %s: %g is not below %g", parse->shown, value, *low,
                  *high);
}

static void set_amount(struct parse *parse, const char *value)
{
    struct tip_options *tip = &parse->options->tip;
    set_span(parse, value, &tip->amount_low, &tip->amount_high);
}

static void set_duration(struct parse *parse, const char *value)
{
    struct tip_options *tip = &parse->options->tip;
    set_span(parse, value, &tip->duration_low, &tip->duration_high);
    if (tip->duration_low < 0)
        diag_fail(parse->diag, FAULT_USAGE, "--duration %s: a duration is at least 0", value);
}

static void set_support(struct parse *parse, const char *value)
{
    struct tip_options *tip = &parse->options->tip;
    set_span(parse, value, &tip->support_from, &tip->support_until);
}

static void set_variable(struct parse *parse, const char *value)
{
    parse->options->tip.variable = value;
}

static void set_above(struct parse *parse, const char *value)
{
    parse->options->tip.above = parse_number(parse, value);
    parse->options->tip.is_below = false;
}

static void set_below(struct parse *parse, const char *value)
{
    set_above(parse, value);
    parse->options->tip.is_below = true;
}

static void set_settle(struct parse *parse, const char *value)
{
    parse->options->tip.settle = parse_number(parse, value);
    if (parse->options->tip.settle < 0)
        diag_fail(parse->diag, FAULT_USAGE, "--settle needs a time from 0, not '%s'", value);
}

static void set_cost(struct parse *parse, const char *value)
{
    parse->options->tip.cost = value;
}

static void set_discount(struct parse *parse, const char *value)
{
    double rate = parse_number(parse, value);
    parse->options->tip.discount = rate;
    if (rate < 0 || rate >= 1)
        diag_fail(parse->diag, FAULT_USAGE,
                  "--discount needs a rate a year from 0 to 1, such as 0.0225, not '%s'", value);
}

static void set_overlap(struct parse *parse, const char *value)
{
    parse->options->tip.overlap = parse_number(parse, value);
    if (parse->options->tip.overlap < 0)
        diag_fail(parse->diag, FAULT_USAGE, "--overlap needs a time from 0, not '%s'", value);
}

#define QUESTION(function, id)                                                                     \
    static void function(struct parse *parse, const char *value)                                   \
    {                                                                                              \
        (void)value;                                                                               \
        ask(parse, id);                                                                            \
    }
QUESTION(set_equilibria, TIP_EQUILIBRIA)
QUESTION(set_safe_stop, TIP_SAFE_STOP)
QUESTION(set_frontier, TIP_FRONTIER)
QUESTION(set_budget, TIP_BUDGET)
QUESTION(set_switch, TIP_SWITCH)

#define SWITCH(function, member)                                                                   \
    static void function(struct parse *parse, const char *value)                                   \
    {                                                                                              \
        (void)value;                                                                               \
        parse->options->member = true;                                                             \
    }
SWITCH(set_no_charts, no_charts)
SWITCH(set_json, json)
SWITCH(set_quiet, quiet)
SWITCH(set_verbose, verbose)
SWITCH(set_no_color, no_color)
SWITCH(set_no_progress, no_progress)
SWITCH(set_dry_run, dry_run)
SWITCH(set_help, help)
SWITCH(set_parameters, parameters)
SWITCH(set_diagram, diagram)
SWITCH(set_code, code)
SWITCH(set_resume, resume)

static const struct option table[] = {
    {"--output", "-o", "DIR", DRAWS | COMMAND_SHOW, set_output,
     "write results into this folder (default results/<scenario>)"},
    {"--set", NULL, "NAME=VALUE", SIMULATES | COMMAND_SHOW, set_setting,
     "give a parameter, or any variable, a constant value; NAME[element] too; repeatable"},
    {"--from", NULL, "T", SIMULATES, set_from, "first time of the run"},
    {"--to", NULL, "T", SIMULATES, set_to, "last time of the run"},
    {"--dt", NULL, "STEP", SIMULATES, set_step, "time step"},
    {"--method", NULL, "NAME", SIMULATES, set_method,
     "euler, rk2, rk4, rkf45, rk8pd or msbdf (kantelpunt help methods)"},
    {"--tolerance", NULL, "X", SIMULATES, set_tolerance,
     "error that adaptive methods allow (default 1e-8)"},
    {"--save-every", NULL, "T", SIMULATES, set_save, "time between saved rows (default: the step)"},
    {"--select", NULL, "NAME,...", COMMAND_RUN | COMMAND_COMPARE | COMMAND_EXPLAIN | COMMAND_FIT,
     set_select, "save these variables only; explain: list loops through these variables only"},
    {"--max-loops", NULL, "N", COMMAND_EXPLAIN, set_max_loops,
     "above so many loops look for the strongest at each saved time only (default 1000)"},
    {"--total", NULL, "X", COMMAND_OPTIMIZE, set_total,
     "at most so much for the first limit: of funding, the money (default: what the scenario "
     "spends)"},
    {"--csv", NULL, "FILE", COMMAND_RUN | COMMAND_EXPLAIN | COMMAND_CHECK, set_csv,
     "write the table of the one run (check --over: of the parameter sets) to FILE (- for standard "
     "output) and nothing else"},
    {"--from-sweep", NULL, "DIR", COMMAND_RUN, set_from_sweep,
     "repeat one run of the sweep in this results folder; with --run N"},
    {"--run", NULL, "N", COMMAND_RUN, set_run, "number of that run"},
    {"--runs", NULL, "N", COMMAND_SWEEP | COMMAND_TIP | COMMAND_SENSITIVITY | COMMAND_CHECK,
     set_runs,
     "sweep, sensitivity, check --over: points of the design; tip: runs over the uncertainties "
     "(default 10000)"},
    {"--design", NULL, "NAME", COMMAND_SWEEP | COMMAND_SENSITIVITY, set_design,
     "grid, monte-carlo, latin-hypercube, maximin, sobol, points, saltelli, morris or "
     "one-at-a-time; sensitivity: only this one of the last three"},
    {"--keep-series", NULL, "NAME,...", COMMAND_SWEEP, set_keep,
     "keep the whole course of these variables in ensemble.nc"},
    {"--resume", NULL, NULL, COMMAND_SWEEP | COMMAND_SENSITIVITY, set_resume,
     "go on with an interrupted sweep"},
    {"--kernel", NULL, "NAME", COMMAND_SWEEP | COMMAND_SENSITIVITY, set_kernel,
     "avx512, avx2 or generic (default: the best here; results are the same)"},
    {"--over", NULL, "FILE", COMMAND_CHECK, set_over,
     "in which share of the parameter sets of this sweep each behaviour check holds"},
    {"--expect", NULL, "FILE", COMMAND_COMPARE, set_expect,
     "exit with 1 if the comparison differs from this compare.csv"},
    {"--parameters", NULL, NULL, COMMAND_SHOW, set_parameters,
     "a table of the parameters, guesses first"},
    {"--diagram", NULL, NULL, COMMAND_SHOW, set_diagram,
     "draw the stock-flow diagram (needs Graphviz)"},
    {"--code", NULL, NULL, COMMAND_SHOW, set_code, "list the compiled program"},
    {"--chart", NULL, "NAME", COMMAND_PLOT, set_chart, "draw only this chart"},
    {"--style", NULL, "FILE", COMMAND_PLOT, set_style, "gnuplot commands to load before drawing"},
    {"--equilibria", NULL, NULL, COMMAND_TIP, set_equilibria,
     "the rest points, and which of them are stable"},
    {"--continue", NULL, "NAME=LO:HI", COMMAND_TIP, set_continue,
     "how rest points move with a parameter or input, and where they vanish; twice: with two"},
    {"--least", NULL, "STREAM", COMMAND_TIP, set_least,
     "the least amount, total cost and duration of that support that tips for good"},
    {"--safe-stop", NULL, NULL, COMMAND_TIP, set_safe_stop,
     "the earliest date at which support may end"},
    {"--frontier", NULL, NULL, COMMAND_TIP, set_frontier,
     "which amounts for how long tip, and at what cost"},
    {"--basin", NULL, "A,B", COMMAND_TIP, set_basin,
     "which start leads where, over the plane of two stocks (or one: A)"},
    {"--budget", NULL, NULL, COMMAND_TIP, set_budget,
     "how likely a budget tips, over the scenario's uncertainties"},
    {"--switch", NULL, NULL, COMMAND_TIP, set_switch, "when to hand over from push to demand"},
    {"--at", NULL, "T", COMMAND_TIP, set_at,
     "freeze inputs as they are at time T (default: all support is off)"},
    {"--variable", NULL, "NAME", COMMAND_TIP, set_variable,
     "what shows that it has tipped (default: as the scenario's group tip says)"},
    {"--above", NULL, "X", COMMAND_TIP, set_above, "the level above which it has tipped"},
    {"--below", NULL, "X", COMMAND_TIP, set_below, "the level below which it has tipped"},
    {"--settle", NULL, "T", COMMAND_TIP, set_settle,
     "how long to run on without support before judging (default: four times the run)"},
    {"--amount", NULL, "LO:HI", COMMAND_TIP, set_amount,
     "amounts of support to look at (default: up to four times the scenario's, and on)"},
    {"--duration", NULL, "LO:HI", COMMAND_TIP, set_duration,
     "durations of support to look at (default: up to the end of the run)"},
    {"--support", NULL, "FROM:UNTIL", COMMAND_TIP, set_support,
     "dates of support that no schedule gives any (default: the whole run)"},
    {"--overlap", NULL, "T", COMMAND_TIP, set_overlap,
     "how long the first stream fades out once the next has begun, for --switch (default 0)"},
    {"--cost", NULL, "NAME", COMMAND_TIP, set_cost,
     "the flow that is the cost of support (default: the funding itself)"},
    {"--discount", NULL, "RATE", COMMAND_TIP, set_discount,
     "discount rate of money, a year (default 0.0225)"},
    {"--format", NULL, "LIST", (DRAWS & ~COMMAND_BRIEF) | COMMAND_SHOW, set_format,
     "svg, png and pdf, separated by commas (default svg)"},
    {"--template", NULL, "FILE", COMMAND_BRIEF, set_template,
     "the text, instead of nl.html or en.html in plots/brief"},
    {"--no-charts", NULL, NULL, DRAWS & ~COMMAND_PLOT, set_no_charts, "draw nothing"},
    {"--lang", NULL, "nl|en", ALL, set_language, "language (default: charts nl, tables en)"},
    {"--json", NULL, NULL, ALL & ~(COMMAND_SWEEP | COMMAND_PLOT | COMMAND_BRIEF), set_json,
     "print the answer as JSON"},
    {"--jobs", "-j", "N", SIMULATES, set_threads, "threads (default: all processors)"},
    {"--seed", NULL, "N", SIMULATES, set_seed, "seed of random numbers"},
    {"--dry-run", "-n", NULL, SIMULATES & ~(COMMAND_CHECK | COMMAND_TIP), set_dry_run,
     "say what would be done and stop"},
    {"--quiet", "-q", NULL, EVERY, set_quiet, "print errors only"},
    {"--verbose", "-v", NULL, EVERY, set_verbose, "print remarks as well"},
    {"--no-color", NULL, NULL, EVERY, set_no_color, "no colours (NO_COLOR does the same)"},
    {"--no-progress", NULL, NULL, EVERY, set_no_progress, "no progress bar"},
    {"--help", "-h", NULL, EVERY, set_help, "print this"},
};

static const struct option *find_option(const char *name, size_t length)
{
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        if (strlen(table[i].name) == length && strncmp(table[i].name, name, length) == 0)
            return &table[i];
        if (table[i].letter && strlen(table[i].letter) == length &&
            strncmp(table[i].letter, name, length) == 0)
            return &table[i];
    }
    return NULL;
}

static void report_unknown(struct parse *parse, const char *name, size_t length, unsigned command)
{
    const char *wanted = arena_copy_text(parse->arena, name, length);
    diag_fail(parse->diag, FAULT_USAGE, "unknown option '%s'", wanted);
    struct nearest nearest = nearest_start(wanted);
    for (size_t i = 0; i < ARRAY_COUNT(table); i++)
        if (table[i].commands & command)
            nearest_consider(&nearest, table[i].name, table[i].name);
    diag_suggest(parse->diag, nearest.best);
}

// Takes the option argv[i]; returns the index of the last argument it used.
static int take_option(struct parse *parse, int i, int argc, char **argv, unsigned command)
{
    const char *argument = argv[i], *equals = NULL;
    bool is_long = argument[1] == '-';
    size_t length = strlen(argument);
    if (is_long && (equals = strchr(argument, '=')))
        length = (size_t)(equals - argument);
    const char *attached = equals ? equals + 1 : NULL;
    if (!is_long && length > 2) { // -j4
        attached = argument + 2;
        length = 2;
    }
    const struct option *option = find_option(argument, length);
    parse->shown = option ? option->name : argument;
    if (!option || !(option->commands & command)) {
        report_unknown(parse, argument, length, command);
        return i;
    }
    if (!option->argument) {
        if (attached)
            diag_fail(parse->diag, FAULT_USAGE, "%s takes no value", option->name);
        option->set(parse, NULL);
        return i;
    }
    if (attached) {
        option->set(parse, attached);
        return i;
    }
    if (i + 1 >= argc) {
        diag_fail(parse->diag, FAULT_USAGE, "%s needs %s", argument, option->argument);
        return i;
    }
    option->set(parse, argv[i + 1]);
    return i + 1;
}

bool options_parse(struct options *options, struct arena *arena, int argc, char **argv,
                   unsigned command, struct diag *diag)
{
    *options =
        (struct options){.language = LANGUAGE_EN, .formats = {true, false, false}, .total = NAN};
    options->tip = (struct tip_options){.at = NAN,
                                        .above = NAN,
                                        .settle = NAN,
                                        .discount = NAN,
                                        .support_from = NAN,
                                        .support_until = NAN,
                                        .overlap = NAN,
                                        .amount_low = NAN,
                                        .amount_high = NAN,
                                        .duration_low = NAN,
                                        .duration_high = NAN};
    options->cases.time = time_spec_empty();
    options->cases.time.position = (struct position){.file = "command line", .is_option = true};
    options->files = ARENA_NEW_ARRAY(arena, const char *, argc + 1);
    struct parse parse = {.options = options, .arena = arena, .diag = diag};
    bool only_files = false;
    for (int i = 0; i < argc; i++) {
        if (!only_files && strcmp(argv[i], "--") == 0)
            only_files = true;
        else if (!only_files && argv[i][0] == '-' && argv[i][1])
            i = take_option(&parse, i, argc, argv, command);
        else
            options->files[options->n_files++] = argv[i];
    }
    return diag->n_errors == 0;
}

void options_print_help(unsigned command)
{
    for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
        const struct option *option = &table[i];
        if (!(option->commands & command))
            continue;
        char left[64];
        snprintf(left, sizeof left, "%s%s%s%s%s", option->letter ? option->letter : "",
                 option->letter ? ", " : "", option->name, option->argument ? " " : "",
                 option->argument ? option->argument : "");
        printf("  %-24s %s\n", left, option->help);
    }
}
