// Tipping analysis: what it starts from, the questions that it answers, and the answers. A question
// is one file with one descriptor; what several of them need stands here.
#ifndef ANALYSIS_TIP_TIP_H
#define ANALYSIS_TIP_TIP_H

#include "model/case.h"
#include "result/sheet.h"
#include "run/batch.h"

struct rest_set;
struct support;
struct tip_continuation;
struct basin;

// The questions, in the order in which they are answered.
enum tip_question_id {
    TIP_EQUILIBRIA,
    TIP_CONTINUE,
    TIP_LEAST,
    TIP_SAFE_STOP,
    TIP_FRONTIER,
    TIP_BASIN,
    TIP_BUDGET,
    TIP_SWITCH,
    N_TIP_QUESTIONS,
};

// A stretch of values that something is to go through.
struct tip_range {
    const char *name; // of a parameter, an input or any other variable; "name[element]" too
    double low, high;
    struct position position;
};

enum { MAX_TIP_RANGES = 2 };

struct tip_options {
    struct case_options cases;
    unsigned asked;                          // a bit 1 << id for each question; 0: all
    struct tip_range ranges[MAX_TIP_RANGES]; // [n_ranges] --continue; none: chosen
    int n_ranges;
    const char *least;    // --least STREAM; NULL: every stream, and all together
    const char *plane[2]; // --basin A,B; the second NULL: a line; both NULL: chosen
    double at;            // --at T: inputs are frozen as they are then; NaN: all support is off
    // Questions about support; NaN, NULL, 0: as the scenario says, or a default.
    const char *variable;               // --variable
    double above, settle;               // --above, --settle
    bool is_below;                      // --below: the level is `above`, tipped is below it
    const char *cost;                   // --cost
    struct position cost_position;      // where it was named
    double discount;                    // --discount, per year
    double support_from, support_until; // --support FROM:UNTIL
    double amount_low, amount_high;     // --amount LO:HI
    double duration_low, duration_high; // --duration LO:HI
    uint64_t runs;                      // --runs
    double overlap;                     // --overlap, time units; NaN: none
    bool is_quick;                      // bracket support to a thousandth, and once
    int n_threads;                      // 0: all processors
    uint64_t seed;
    const volatile sig_atomic_t *cancel; // not 0: stop; may be NULL
};

// When a run counts as tipped for good: `output` is above `above` once it has run on for `settle`
// time units past its stop with all support off.
struct tip_target {
    struct output output;
    const char *name; // as people read it in tables
    const char *unit; // "" where not said
    double above, settle;
    bool is_given; // by the scenario; else chosen here
};

// One model of the scenario, or the bare model.
struct tip_case {
    struct run_case source;
    struct variable *support_until; // hidden parameter: when all support ends; NULL: there is none
    const struct method *method;
    struct tip_target target;       // see tip_target()
    bool has_target;                //
    const struct rest_set *at_rest; // see tip_rest_points(); NULL: not looked for yet
    struct support *support;        // see tip_support(); NULL: not opened yet
    bool has_no_support;            // opening it failed
};

// One row of tipping.csv. NaN: never, not known, no bound.
struct tip_answer {
    const struct tip_case *tip_case;
    const char *question, *metric;
    double value, lower, upper;
    const char *unit;
};

// An answer in words.
struct tip_sentence {
    const struct tip_case *tip_case;
    const char *question;
    struct localized text;
};

struct tip {
    struct arena *arena;
    struct tip_options options;
    const struct scenario *scenario; // NULL: a bare model
    struct tip_case *cases;          // [n_cases]
    int n_cases;
    const struct sweep_spec *uncertain; // see support_uncertainties(); NULL: nothing is
    struct {
        struct tip_answer *items;
        size_t count, capacity;
    } answers;
    struct {
        struct tip_sentence *items;
        size_t count, capacity;
    } sentences;
    struct {
        const struct tip_continuation **items;
        size_t count, capacity;
    } continuations; // of the question `continue`, for charts
    struct {
        struct basin **items;
        size_t count, capacity;
    } basins; // of the question `basin`, likewise
    struct sheet equilibria, branch, folds, frontier, basin,
        separatrix;                                          // written where they have columns
    struct sheet contour, streams, paths, chances, handover; // likewise
    struct {
        const char **items;
        size_t count, capacity;
    } files;                 // every file that went in
    long n_ends[N_RUN_ENDS]; // runs made, by how they ended
};

// A question, with its option on the command line.
struct tip_question {
    enum tip_question_id id;
    const char *name;    // as in tipping.csv: "safe-stop"
    const char *summary; // one line, no full stop

    // Adds answers, sentences and rows of tables for every case. False where it could not be
    // answered, with errors; an answer "there is none" is an answer.
    bool (*run)(struct tip *tip, struct diag *diag);
};

extern const struct tip_question *const tip_questions[]; // ends with NULL
extern const struct tip_question tip_least, tip_safe_stop, tip_frontier, tip_budget, tip_switch;

// Reads the scenario or model `path` and makes its models ready. NULL with errors.
struct tip *tip_read(struct arena *arena, const char *path, const struct tip_options *options,
                     struct unit_system *units, struct diag *diag);

// Closes what tip_support() has opened, at the end of tip_run().
void tip_support_close(struct tip *tip);

// Answers the questions asked for. False with errors, or where cancelled; what is answered stays.
bool tip_run(struct tip *tip, struct diag *diag);

// Writes the tables that have something in them into `folder`. False with errors.
bool tip_write(const struct tip *tip, const char *folder, struct diag *diag);

// Adds an answer; `metric` and `unit` are not copied.
void tip_answer(struct tip *tip, const struct tip_case *tip_case,
                const struct tip_question *question, const char *metric, double value, double lower,
                double upper, const char *unit);

// Adds the same sentence in two languages.
void tip_say(struct tip *tip, const struct tip_case *tip_case, const struct tip_question *question,
             const char *dutch, const char *english);

// Starts a row of a table; where there are several models its first column says which.
void tip_begin_row(const struct tip *tip, struct sheet *sheet, const struct tip_case *tip_case);

// The case's definition of tipped, chosen from its rest points where the scenario has none. NULL
// without an error where there is nothing to tip into: not two stable rest points to choose
// between. That is an answer. NULL with errors where rest points could not be searched.
const struct tip_target *tip_target(struct tip *tip, struct tip_case *tip_case, struct diag *diag);

// Adds a cell, or the date at which support ends, to what is varied; returns the index of its
// parameter. tip_vary_support(): -1 where there is no support.
int tip_vary(struct arena *arena, struct vary_list *varied, struct variable *variable, int cell);
int tip_vary_support(struct arena *arena, struct vary_list *varied,
                     const struct tip_case *tip_case);

// Dates for tip_vary_support(): before and after any run.
extern const double tip_no_support, tip_full_support;

// Compiles the case for runs that go on for `settle` time units past their stop. NULL with errors.
struct program *tip_compile(const struct tip *tip, const struct tip_case *tip_case,
                            const struct vary_list *varied, const struct output_list *outputs,
                            double settle, struct diag *diag);

// A batch over a program of the case, with the threads asked for; free with batch_free().
struct batch *tip_batch(const struct tip *tip, const struct tip_case *tip_case,
                        const struct program *program);

// batch_run() that counts how runs ended.
bool tip_batch_run(struct tip *tip, struct batch *batch, long n_runs, const double *parameters,
                   double *last, struct run_ending *endings);

// The unit of a variable as text, "" where it has none.
const char *variable_unit_text(const struct variable *variable);

#endif
