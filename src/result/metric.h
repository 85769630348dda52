// Numbers that a run yields: `share AT 2050`, `MAX(x)`, `MIN(x)`, `MEAN(x)`, `INTEGRAL(x)`,
// `TIME WHEN x > level`, and arithmetic and comparisons over them. They are gathered step by step
// while runs go on, for any number of lanes.
#ifndef RESULT_METRIC_H
#define RESULT_METRIC_H

#include "program/program.h"

// The part of a metric that looks at the course of a run.
enum measure_kind {
    MEASURE_AT,       // value at a time, on a straight line between steps
    MEASURE_MAX,      // over all steps
    MEASURE_MIN,      //
    MEASURE_MEAN,     // over time: the integral by the duration
    MEASURE_INTEGRAL, // over time, by the integration method of the run
    MEASURE_WHEN,     // first time at which a comparison holds; NaN: never
    MEASURE_VALUE,    // a parameter: its value
};

struct measure {
    enum measure_kind kind;
    const struct expr *expr;    // the node of the metric's tree that it stands for
    int run;                    // which of several runs it looks at; 0 with one
    double time;                // MEASURE_AT
    enum operation comparison;  // MEASURE_WHEN: left - right compared with 0
    int output;                 // index among the program's outputs
    struct variable *variable;  // hidden variable that is that output
    const struct expr *watched; // what the measure is taken of
};

struct metric {
    const char *name;
    const char *unit; // "" where not said
    struct localized title;
    struct position position;
    const struct expr *tree;
    struct measure *measures; // [n_measures]
    int n_measures;
};

struct metric_list {
    struct metric *items;
    size_t count, capacity;
};

// A run that a metric's names may be prefixed with: "push.share".
struct metric_run {
    const char *alias;   // key; NULL for the only run
    struct model *model; // not yet resolved
};

// Parses the metric `spec` over `runs` and adds what it looks at to their models as hidden
// variables. False with errors; run and times must fit. Then resolve the models.
bool metric_bind(struct metric *metric, const struct metric_spec *spec,
                 const struct metric_run *runs, int n_runs, struct diag *diag);

// Adds the hidden variables of `metrics` that look at run `run` to the program's outputs.
struct output_list {
    struct output *items;
    size_t count, capacity;
};
void metrics_add_outputs(const struct metric_list *metrics, int run, struct arena *arena,
                         struct output_list *outputs);

// One measure in the gathering.
struct gathering {
    const struct measure *measure;
    long first_step, last_step; // the steps that it looks at
    double previous_time;       // of the step that it looked at last
    double *values;             // [lanes] result so far
    double *previous;           // [lanes] what it saw last
};

// What the measures of one run have gathered in each lane.
struct gatherer {
    const struct program *program;
    int lanes;
    int n;                   // measures of this run
    struct gathering *items; // [n]
    double *buffer;          // [lanes]
};

// Returns a gatherer for the measures of `metrics` that look at run `run`.
struct gatherer *gatherer_create(struct arena *arena, const struct metric_list *metrics, int run,
                                 const struct program *program, int lanes);

// Starts anew.
void gatherer_start(struct gatherer *gatherer);

// Whether any measure looks at step `step`.
bool gatherer_wants(const struct gatherer *gatherer, long step);

// Takes in step `step` at `time`; `value_of` returns the row [lanes] of an output.
void gatherer_observe(struct gatherer *gatherer, long step, double time,
                      const double *(*value_of)(void *context, int output, double *buffer),
                      void *context);

// The value of `metric` from what the gatherers of its runs hold in lane `lane`; NaN where
// something never happened.
double metric_value(const struct metric *metric, struct gatherer *const *gatherers, int lane);

#endif
