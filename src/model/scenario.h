// A scenario: which models to run, with which parameters, funding and data.
#ifndef MODEL_SCENARIO_H
#define MODEL_SCENARIO_H

#include "model/model.h"
#include "model/sweep_spec.h"

enum stream_shape {
    SHAPE_CONSTANT, // the amount from `from` until `until`
    SHAPE_TAPER,    // the amount until `full_until`, then falling to 0 at `until`
    SHAPE_RAMP,     // rising from 0 to the amount at `full_from`, then the amount until `until`
    SHAPE_PULSE,  // the amount of one time unit, paid in one step at `from` and again each `every`
    SHAPE_POINTS, // straight lines between points, 0 outside; times the amount
    SHAPE_STEPS,  // each point's value until the next point, the last one's until `until`
    N_STREAM_SHAPES,
};

// Money (or another input) over time. Streams of one name add up.
struct stream {
    const char *name; // of the input, possibly with [element]
    enum stream_shape shape;
    double from, until, amount; // NaN: not given
    double full_from, full_until, every;
    struct table *points;
    struct position position;
};

// Observed values of a variable; for an input, the values that the model uses.
struct data_spec {
    const char *name;
    const char *path;
    struct position position;
};

// A stretch of time that charts shade.
struct period {
    double from, until;
    struct localized title;
};

// When a run counts as tipped for good, and what questions about that look at. NULL, NaN: not
// given.
struct tip_spec {
    const char *variable;
    double above;                       // level, unit of the variable
    double below;                       // the same level, where tipped is below it
    double settle;                      // time units to run on with all support off
    const char *streams;                // names with commas, of what is supported
    double from, until;                 // of support that no schedule gives dates
    double amount_low, amount_high;     // of support, unit of the stream
    double duration_low, duration_high; // time units
    const char *cost;                   // flow that is the cost of support
    double discount;                    // per year
    double runs;                        // over the uncertainties
    double overlap;                     // time units
    struct position position;
};

struct scenario {
    struct arena *arena;
    const char *path;
    const char *name;
    struct localized title, doc;
    struct reference *models; // [n_models], paths from the folder of the scenario
    int n_models;
    struct time_spec time; // what it gives goes before the model's
    struct setting_list settings;
    struct {
        struct stream *items;
        size_t count, capacity;
    } streams;
    struct {
        struct data_spec *items;
        size_t count, capacity;
    } data;
    struct {
        struct period *items;
        size_t count, capacity;
    } periods;
    struct metric_spec_list metrics;
    struct tip_spec tip;
    struct sweep_spec sweep;
    struct fit_spec fit;
    struct optimize_spec optimize;
    struct {
        const char **items;
        size_t count, capacity;
    } files;
};

// Reads the scenario file `path`; NULL with errors where it is wrong.
struct scenario *scenario_read(struct arena *arena, const char *path, struct diag *diag);

// Whether the file `path` holds a scenario rather than a model, by its first key.
bool scenario_is_file(const char *path);

// Puts parameters, funding and data of `scenario` into `model`, which is not yet resolved.
// What the model does not have is passed over: scenario_check_names() has seen to it. With
// `ends_support`, all funding ends at the date in the hidden parameter SUPPORT_UNTIL (never, until
// that is set), if there is any.
bool scenario_apply(const struct scenario *scenario, struct model *model, bool ends_support,
                    struct diag *diag);
#define SUPPORT_UNTIL "support.until"

// Gives `variable`, of any kind that is computed, one parsed equation a cell, so that schedules can be
// added to it; a parameter's is its value. False with errors.
bool variable_split_equations(struct model *model, struct variable *variable, struct diag *diag);

// Reads the observed series of `data` as points over time; NULL with errors.
struct table *data_read(struct arena *arena, const struct data_spec *data, struct diag *diag);

// Reports parameters, streams and data that none of `models` has.
bool scenario_check_names(const struct scenario *scenario, struct model *const *models,
                          int n_models, struct diag *diag);

#endif
