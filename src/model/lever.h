// Levers: what can be done to the support that flows into an input, run by run. A lever holds the
// hidden parameters of the input's funding entries (amounts and dates) and a gate in front of them
// that opens, fades and closes at dates of its own, so that any schedule can be made larger,
// longer, shorter or later, or be cut off.
#ifndef MODEL_LEVER_H
#define MODEL_LEVER_H

#include "model/scenario.h"

// One hidden parameter and what it is as scheduled.
struct lever_knob {
    struct variable *variable; // NULL: the entry has no such parameter
    double scheduled;
};

// One entry of the funding list, or the constant amount of an input that has none.
struct lever_entry {
    struct lever_knob amount, from, until, full_from, full_until;
    double first, last; // dates as scheduled, whether or not there are parameters for them
    double peak;        // largest height of its points, else 1
    bool is_movable;    // its dates are parameters; points and steps can only be cut off
};

struct lever {
    const char *name;          // of the input, perhaps with an element
    struct variable *variable; //
    int first_cell, n_cells;   // of the variable
    double amount;             // of the largest entry; 0: no schedule, or one of zeros
    double from, until;        // first and last date of the schedule
    bool is_scheduled;         // by the scenario
    bool is_movable;           // all of its entries are
    struct {
        struct lever_entry *items;
        size_t count, capacity;
    } entries;
    struct variable *begin, *full, *end; // of the gate
};

// What a run does with a lever. NaN: as scheduled.
struct lever_plan {
    double scale;   // times the scheduled amounts; of a lever whose amount is 0: the amount itself
    double stretch; // dates move away from `origin` by this factor
    double origin;  //
    double begin;   // support before this date falls away; if earlier than the schedule, it is
                    // brought forward
    double end;     // support after this date falls away; if later than the schedule, the last
                    // entries go on until then
    double full;    // from here the support fades to nothing at `end`; NaN: it stops at once
};

// As scheduled.
struct lever_plan lever_plan_scheduled(void);

// Opens input `name` of `model`, to which `scenario` (may be NULL) has been applied and which is
// not yet resolved. Parameters, auxiliaries and flows are opened too: support is then added to
// their value, a constant amount from `from` until `until`. NULL with an error at `position` where
// there is no such variable or it is none that support can flow into.
struct lever *lever_open(struct model *model, const struct scenario *scenario, const char *name,
                         double from, double until, struct position position, struct diag *diag);

// What flows through the lever, over all its cells: an expression for the cost of support.
struct expr *lever_flow(struct model *model, const struct lever *lever);

// The knobs of a lever, in a fixed order; `knobs` has room for lever_n_knobs().
int lever_n_knobs(const struct lever *lever);
void lever_list_knobs(const struct lever *lever, struct variable **knobs);

// What the knobs are under `plan`, in that order, where all support ends at `stop` at the latest.
void lever_set_knobs(const struct lever *lever, const struct lever_plan *plan, double stop,
                     double *values);

// One unit of `scale` in the unit of the input: the largest scheduled amount, else 1.
double lever_unit_amount(const struct lever *lever);

#endif
