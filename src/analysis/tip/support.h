// Does support tip a transition for good? A case whose funding can be made larger, longer, shorter
// or later, run by run, and the verdict on each run: after the scenario's stop all support is off
// (inputs that funding set fall back to their defaults), the run goes on for a settling time, and
// is tipped where a variable then stands above a level.
#ifndef ANALYSIS_TIP_SUPPORT_H
#define ANALYSIS_TIP_SUPPORT_H

#include "analysis/sweep/sample.h"
#include "model/case.h"
#include "model/lever.h"
#include "run/integrate.h"

// What was asked for; NaN and NULL: as the scenario's group `tip` says, else a default.
struct support_options {
    const char *variable;
    double above, settle;
    bool is_below;      // tipped is below the level
    bool is_guess;      // the level is a guess, to be tested by trying, and so is the variable
    bool is_named;      // unless somebody named it
    bool is_levy;       // amounts that no schedule gives are negative
    const char **unfit; // [n_unfit] stocks that do not show it, such as sums
    int n_unfit;
    double discount;  // per year; NaN: SUPPORT_DISCOUNT
    const char *cost; // a flow that stands for what support costs; NULL: the funding itself
    struct position cost_position; // where it was named
    const char **streams; // [n_streams] further inputs to open; NULL: those of the scenario
    int n_streams;        //
    double from, until;   // of support that no schedule gives dates; NaN: start and stop of the run
    const struct sweep_spec *uncertain; // what varies; NULL: nothing. See support_uncertainties()
    const char **dials;                 // [n_dials] further parameters that trials may set
    int n_dials;                        //
    uint64_t seed;                      // of the uncertainties
    uint64_t n_points;                  //
    bool is_checked;                    // what is wrong with the model was said before
    int n_threads;                      // 0: all
    const volatile sig_atomic_t *cancel;
};

// The discount rate of Dutch public investment, per year (Werkgroep discontovoet 2020).
#define SUPPORT_DISCOUNT 0.0225

enum verdict {
    VERDICT_FALLS_BACK, // below the level after settling
    VERDICT_TIPS,       // above it, and not on the way down through it
    VERDICT_WAVERS,     // crossed the level downwards in the second half of settling: oscillates
    VERDICT_FALLING,    // still above it, but falling without end in sight: undecided
    VERDICT_LINGERS,    // below it after settling, but on its way up to it: undecided
    VERDICT_FAILS,      // the run did not complete
    N_VERDICTS,
};

// "falls-back", "tips", "wavers", "falling", "lingers", "failed".
const char *verdict_name(enum verdict verdict);

// What came of one run.
struct support_outcome {
    enum verdict verdict;
    double value;   // of the variable after settling; NaN where the run failed
    double cost;    // until the stop, discounted to the start of the run if it is money
    double nominal; // the same without discount
};

// One run: a plan for each lever, and a point of the uncertainties (NULL: nominal values).
struct support_trial {
    const struct lever_plan *plans; // [n_levers]
    const double *point;            // [design.n_inputs] NaN: nominal
};

// An uncertain parameter, or one that trials set.
struct support_uncertain {
    const char *name;
    struct variable *variable;
    int first_cell, n_cells;
    bool is_scale; // its value multiplies the nominal one
    bool is_dial;  // not drawn: NaN in the points
};

// How a run is made.
enum support_way {
    SUPPORT_NOMINAL,   // the uncertainties keep their nominal values
    SUPPORT_HALF_STEP, // the same by half the step
    SUPPORT_UNCERTAIN, // with points of the uncertainties
    N_SUPPORT_WAYS,
};

struct support_engine; // a compiled program with a workspace for each thread

struct support {
    struct arena *arena;
    struct run_case source;
    struct support_options options;
    struct lever **levers; // [n_levers] the scenario's streams, then those asked for
    int n_levers;          // at most MAX_LEVERS
    struct diag *diag;

    // What "tipped" means.
    struct variable *variable; // that shows it
    int cell;                  //
    double above, settle;      // level; time units to run on without support
    bool is_below;             // tipped is below the level
    bool is_level_found;       // found by trying, as nobody stated it
    bool has_level;            // false: no support that was tried changes where the model settles
    bool is_restless;          // then: with some of it the model does not come to rest
    bool is_random;            // it draws random numbers: every run draws the same
    double sign;               // -1: only less than nothing of what has no schedule tips; else 1

    // What support costs.
    double discount;        // per year; 0 where the cost is no money
    bool is_timeless;       // the time unit is no length of time: discounted as if it were a year
    const char *cost_name;  // flow that it is taken from; NULL: the levers' own flows
    const char *cost_unit;  // of what adds up over time: "euro"
    uint64_t costed_levers; // the levers that count: those of money where there is money

    // The uncertainties.
    struct support_uncertain *uncertain; // [design.n_inputs]
    struct sample_design design;

    struct support_engine *engines[N_SUPPORT_WAYS]; // NULL: not compiled yet
    struct output *outputs; // [n_outputs] the variable, the costs (a pair each), then all stocks
    int n_outputs, n_costs;
    double reach; // `scale` that the search goes up to by default
};

enum { MAX_LEVERS = 64 };

// Opens the levers of a case that is read and has its scenario applied but is not yet resolved,
// compiles it and settles what "tipped" means. NULL with errors. Without anything to support it has
// no levers, and nothing can be run.
struct support *support_open(struct arena *arena, const struct run_case *source,
                             const struct support_options *options, struct diag *diag);

// Frees what it computes with; what it is about can still be read. NULL is fine.
void support_close(struct support *support);

// What is uncertain in these cases: what the scenario's sweep varies (funding is no uncertainty),
// else every parameter with a range that is not a single value. The same list for all cases makes
// the same random numbers fall to parameters of one name. NULL with an error where there is
// nothing.
struct sweep_spec *support_uncertainties(struct arena *arena, const struct case_list *cases,
                                         struct diag *diag);

// Index of the lever called `name`, or -1.
int support_find_lever(const struct support *support, const char *name);

// The unit of what a flow of unit `unit` adds up to: "euro/year" to "euro".
const char *support_sum_unit(const struct support *support, const char *unit);

// How many parameters are uncertain.
int support_n_uncertain(const struct support *support);

// The `n` points of the uncertainties from number `first` on: points [n][design.n_inputs]. NaN:
// nominal.
void support_take_points(const struct support *support, long first, long n, double *points);

// The first `n` points.
double *support_points(const struct support *support, long n);

// Index in points of the uncertainty or dial called `name`, -1 where the model has none.
int support_find_point(const struct support *support, const char *name);

// Runs `n` trials over all threads; outcomes do not depend on how many there are. The cost is that
// of the levers whose bit is set in `costed`. False where it was cancelled.
bool support_try(struct support *support, enum support_way way, const struct support_trial *trials,
                 long n, uint64_t costed, struct support_outcome *outcomes);

// The course of the variable under `n` trials at `n_times` times, from the start of the run to the
// end of settling: values [n][n_times], times [n_times]. False where it was cancelled.
bool support_trace(struct support *support, const struct support_trial *trials, long n,
                   long n_times, double *times, double *values);

// How many times a trace has, `most` at most.
long support_n_times(struct support *support, long most);

// All outputs of `n` trials at the end of settling and at half of it: last, before [n][n_outputs];
// NaN where a run failed. False where it was cancelled.
bool support_probe(struct support *support, const struct support_trial *trials, long n,
                   double *last, double *before);

#endif
