// A model as its author wrote it: variables with their equations, units, sources and texts.
// Readers fill it and end with model_settle(); resolve_model() ties names to variables, program/
// compiles it.
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/name.h"
#include "equation/expr.h"

#include <stdbool.h>
#include <stdint.h>

struct unit;
struct unit_system;

enum language { LANGUAGE_NL, LANGUAGE_EN, N_LANGUAGES };

// A text for people. Either may be NULL; localized_text() falls back on the other.
struct localized {
    const char *text[N_LANGUAGES];
};

// Returns the text in `language`, else in the other one, else `otherwise`.
const char *localized_text(const struct localized *text, enum language language,
                           const char *otherwise);

struct element {
    const char *name; // as spelt
    const char *key;
    struct localized title;
};

struct dimension {
    const char *name; // as spelt
    const char *key;
    struct element *elements; // [n_elements]; NULL names where elements are only numbered
    int n_elements;
    struct position position;
};

enum variable_kind {
    VARIABLE_PARAMETER, // a constant that --set and sweeps may change
    VARIABLE_STOCK,
    VARIABLE_FLOW,
    VARIABLE_AUXILIARY,
    VARIABLE_TABLE, // a graphical function; with an input, also a variable
    VARIABLE_INPUT, // a time path that a scenario's schedules or data fill in
    N_VARIABLE_KINDS,
};

// "parameter", "stock", ...
const char *variable_kind_name(enum variable_kind kind);

// "a parameter", "an auxiliary", ...
const char *variable_kind_phrase(enum variable_kind kind);

struct equation {
    struct position position; // its excerpt is the equation's text
    struct expr *tree;        // NULL until parsed, or where `text` was wrong
};

struct reference {
    const char *name; // as spelt
    struct position position;
    struct variable *variable; // set by resolve_model(); NULL for names of dimensions
};

enum table_kind {
    TABLE_CONTINUOUS,  // straight lines, held beyond the ends
    TABLE_EXTRAPOLATE, // straight lines, carried on beyond the ends
    TABLE_DISCRETE,    // steps: the value of the point at or below x
};

struct table {
    enum table_kind kind;
    int n_points;
    double *x; // [n_points], rising
    double *y; // [n_points]
};

// How a parameter may vary; the spread of sweeps that do not say it themselves.
struct spread {
    bool has_range;
    double low, high;         // plausible range, unit of the parameter
    const char *distribution; // NULL: not given
    double mode;              // most plausible value; NaN: the value itself
};

struct variable {
    const char *name; // as spelt
    const char *key;
    enum variable_kind kind;
    struct position position;
    const char *part;       // the part of the model that it stands in, "" at the top
    struct localized title; //
    struct localized doc;   //
    const char *scope;      // where its equations look names up first: "module." or ""
    bool is_hidden;         // made by the program: not in results
    bool is_accumulator;    // a hidden stock that adds up for a metric

    const char *unit_text; // as written, NULL where missing
    struct position unit_position;
    const struct unit *unit; // set by units_check(); NULL: unknown

    struct reference *dimension_names; // [n_dimensions], as the file has them
    struct dimension **dimensions;     // [n_dimensions], set by model_settle()
    int n_dimensions;
    int n_cells;    // product of the dimensions' sizes, 1 without any; set by model_settle()
    int first_cell; // index of its first cell among all cells of the model; set by resolve_model()

    // The equation for all cells (n_equations = 1) or one for each (n_equations = n_cells, row
    // major); the initial value of a stock, the argument of a table (none: 0), the time path of an
    // input where a scenario gives one.
    struct equation *equations;
    int n_equations;
    struct equation *initials; // what stands for it in initial values; NULL: its equations
    int n_initials;            // 1 or n_cells
    bool is_generated;         // the equations were made by the program: units are not checked
    struct element_equation *elements; // [n_elements], per-element equations as read
    int n_elements;

    struct reference *inflows; // [n_inflows], stocks only
    struct reference *outflows;
    int n_inflows, n_outflows;
    bool is_non_negative; // stocks: outflows are limited; flows: not below 0

    double *values;       // parameters, inputs: [n_values]; inputs: the default
    int n_values;         // 1 or n_cells as read; n_cells after model_settle()
    struct spread spread; // parameters
    const char *source;   // where the number comes from, or NULL
    const char *quality;  // A official ... D guess, S the report, or NULL

    struct table *table;   // of a table; also of a flow through one
    struct table **tables; // [n_cells] where elements have tables of their own, else NULL
};

// One `elements` entry: what is particular to the cell that its subscripts name.
struct element_equation {
    const char *subscripts;   // "construction" or "construction, young"
    struct equation equation; // parameters and inputs: a plain number; none: that of all cells
    struct equation initial;  // what stands for it in initial values, or none
    struct table *table;      // the graphical function of this element, or NULL
};

struct time_spec {
    double start, stop, step; // in `unit`; NaN: not given
    double save_every;        // NaN or 0: every step
    double tolerance;         // relative and absolute error of adaptive methods; NaN: 1e-8
    double units, per_unit;   // the step as a fraction of whole numbers, 0 where it is none
    const char *unit;         // "year"; NULL: not given
    const char *method;       // "euler", "rk4", ...; NULL: not given
    struct position position; // of the `time` group
};

// A number that a run yields, or a statement about it: see result/metric.h.
struct metric_spec {
    const char *name;
    const char *unit_text; // NULL: not said
    const char *better;    // "high" or "low": which end `compare` calls the better one; NULL: none
    struct localized title;
    struct position position; // of the entry
    struct position expression;
};

struct metric_spec_list {
    struct metric_spec *items;
    size_t count, capacity;
};

// A chart that the author of a model wants drawn.
enum chart_kind {
    CHART_TIMESERIES,  // one panel a variable, one line a model
    CHART_FUNDING,     // the variables stacked, one panel a model
    CHART_COMPARE,     // the first variable: one panel a scenario, one line a model
    CHART_COST_EFFECT, // the first variable against the second: a point a scenario
    CHART_SECTORS,     // variables over one dimension: a row an element, a column a variable
    N_CHART_KINDS,
};

struct chart_spec {
    const char *name;
    enum chart_kind kind;
    struct reference *variables; // [n_variables]
    int n_variables;
    struct localized title; // what is shown; NULL texts: made from the variables
    struct position position;
};

struct chart_spec_list {
    struct chart_spec *items;
    size_t count, capacity;
};

struct setting {
    const char *name; // "NAME" or "NAME[element]"
    double value;
    struct position position;
};

struct setting_list {
    struct setting *items;
    size_t count, capacity;
};

// One run that a check looks at.
struct check_run {
    const char *alias;    // how its expression calls it; NULL: the only run
    const char *scenario; // name or path; NULL: the bare model
    const char *model;    // path; NULL: the model that the check stands in
    struct setting_list settings;
    struct time_spec time; // what it gives goes before scenario and model
    struct position position;
};

struct check_spec {
    const char *name;
    const char *source; // the reference mode or the reason
    struct localized title;
    struct check_run *runs; // [n_runs], at least 1
    int n_runs;
    struct position position;
    struct position expression;
};

struct check_spec_list {
    struct check_spec *items;
    size_t count, capacity;
};

// A named group of variables, for readers and for diagrams.
struct part {
    const char *name;
    struct localized title, doc;
};

struct variable_list {
    struct variable **items;
    size_t count, capacity;
};

struct model {
    struct arena *arena;
    const char *path; // as the user named it
    const char *name;
    struct localized title, doc;
    struct time_spec time;
    uint64_t seed;       // of random functions without a seed of their own
    uint64_t random_run; // which sequence of random numbers a single run draws; sweeps count on
    bool is_lenient; // foreign files: units are not demanded and their faults are only warnings

    struct {
        struct dimension **items;
        size_t count, capacity;
    } dimensions;
    struct variable_list variables; // in file order
    struct {
        struct part *items;
        size_t count, capacity;
    } parts;
    struct {
        struct macro **items;
        size_t count, capacity;
    } macros;
    struct {
        const char **items; // scopes: keys of their paths with a '.' behind
        size_t count, capacity;
    } modules;
    struct metric_spec_list metrics;
    struct check_spec_list checks;
    struct chart_spec_list charts;
    struct localized question;    // that it was made for
    struct localized *leaves_out; // [n_leaves_out] what it does not describe
    int n_leaves_out;
    struct {
        const char **items;
        size_t count, capacity;
    } unit_names; // base units that the file declares
    struct {
        const char **items;
        size_t count, capacity;
    } files; // every file that was read for it, included ones too

    struct name_table by_key;         // variables
    struct name_table dimension_keys; // dimensions
    struct name_table macro_keys;     // macros
    struct unit_system *units;        // not owned
    const struct unit *time_unit;     // set by units_check()
    int n_cells;                      // over all variables but tables
    int n_instances;                  // copies of macros with variables, so far
};

// Returns an empty model that lives in `arena`; `path` and `units` must outlive it.
struct model *model_create(struct arena *arena, const char *path, struct unit_system *units);

// Adds `dimension`, whose key is set.
void model_add_dimension(struct model *model, struct dimension *dimension);

// Returns a new variable that belongs to nothing yet.
struct variable *variable_create(struct arena *arena, const char *name, enum variable_kind kind,
                                 struct position position);

// Turns a parameter, not yet settled, into a variable of `kind` whose equations are its numbers, as
// they were written where that is known.
void variable_make_equation(struct arena *arena, struct variable *variable,
                            enum variable_kind kind);

// Adds a variable called `name` of `kind`; an error and NULL where the name is taken or is a
// built-in's.
struct variable *model_add_variable(struct model *model, const char *name, enum variable_kind kind,
                                    struct position position, struct diag *diag);

// Returns the variable or dimension with that key, or NULL.
struct variable *model_find_variable(const struct model *model, const char *key);
struct dimension *model_find_dimension(const struct model *model, const char *key);

// Returns the variable that `name` or `name[element]` means, whether or not it has that element, or
// NULL.
struct variable *model_find_named(const struct model *model, const char *name);

// Returns the name of the variable nearest to `key`, or NULL.
const char *model_nearest_variable(const struct model *model, const char *key);

// Returns the variable that `key` means in an equation of scope `scope`: one of that scope; for a
// qualified name (module.variable) also one seen from the scopes around it, or of the only module
// called so; with a '.' in front, one of the root model. NULL where there is none.
struct variable *model_find_in_scope(const struct model *model, const char *scope, const char *key);

// Returns the index of the element of `dimension` with that key, or -1.
int dimension_find_element(const struct dimension *dimension, const char *key);

// Returns the element of `to` that stands for `element` of `from`: the one of the same name, else
// the one in the same place; -1 where there is none.
int dimension_map(const struct dimension *from, int element, const struct dimension *to);

// Returns which dimension of `variable` runs along with `dimension` of an array in its equation:
// the same one (its occurrence `occurrence`, from 0, or the last), else one whose elements are all
// elements of it; -1 where there is none.
int variable_find_dimension(const struct variable *variable, const struct dimension *dimension,
                            int occurrence);

// The equation of cell `cell`; NULL where there is none (parameters, tables without input).
const struct equation *variable_equation(const struct variable *variable, int cell);

// The graphical function of cell `cell`, or NULL.
const struct table *variable_table(const struct variable *variable, int cell);

// Ties variables to their dimensions and sorts equations and values to cells; the last thing that
// a reader does. False with errors where a dimension or element is unknown.
bool model_settle(struct model *model, struct diag *diag);

// Returns the name of cell `cell` (0 .. n_cells - 1) of a variable: "name" or "name[a,b]".
const char *cell_name(struct arena *arena, const struct variable *variable, int cell);

// The same as an equation has to spell it.
const char *cell_name_quoted(struct arena *arena, const struct variable *variable, int cell);

// Splits `name` or `name[a,b]` and finds the cells it means: all of the variable without
// subscripts, else one. Returns the variable and sets `*first` and `*count`; NULL with an error at
// `position` where there is none.
struct variable *model_find_cells(const struct model *model, const char *name,
                                  struct position position, int *first, int *count,
                                  struct diag *diag);

// Gives the cells named by `setting` a constant value: parameters and inputs that value, anything
// else an equation that is just that number. Works after reading, before resolving or after it.
bool model_set(struct model *model, const struct setting *setting, struct diag *diag);

// Adds a variable that results do not list; `name` must be one that no file can have.
struct variable *model_add_internal(struct model *model, const char *name, enum variable_kind kind);

// Adds an auxiliary that is computed but not part of results; `tree` may use any name.
struct variable *model_add_hidden(struct model *model, struct expr *tree, struct position position);

// Adds a stock that starts at 0 and whose one inflow is `tree`: its integral by the method of the
// run. Neither is part of results.
struct variable *model_add_accumulator(struct model *model, struct expr *tree,
                                       struct position position);

// Adds a parameter that --set and sweeps may change but that results do not list.
struct variable *model_add_hidden_parameter(struct model *model, const char *name, double value);

// Adds a graphical function that results do not list; `table` is not copied.
struct variable *model_add_hidden_table(struct model *model, const char *name, struct table *table);

#endif
