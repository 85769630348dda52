// What one thread needs to run a program: rows of lanes, bound code, buffers. Nothing is allocated
// while integrating.
#ifndef RUN_WORKSPACE_H
#define RUN_WORKSPACE_H

#include "run/kernel.h"

struct method;

// How a run, or one step of it, ended.
enum run_end {
    RUN_COMPLETE,       // at its stop time
    RUN_NONFINITE,      // a state became infinite or not a number
    RUN_STEP_TOO_SMALL, // an adaptive method could not keep its error small
    RUN_CANCELLED,      // the user interrupted it
    N_RUN_ENDS,
};

// "complete", "nonfinite", "step-too-small", "cancelled".
const char *run_end_name(enum run_end end);

// The lists of n_states rows behind the program's own rows.
enum state_rows {
    STATES_HOME,   // rows 0 .. n_states - 1
    STATES_SECOND, // the first spare list
    STATES_THIRD,
    STATES_SUM, // weighted sums of rates, or the rates themselves
    N_STATE_ROWS,
};

// One way in which the rates of a program are evaluated: what the code reads and what becomes of
// the rates. A method is a few of these.
struct stage_plan {
    enum rate_use use;
    enum state_rows read, start, written;
    double factor, weight; // factor in time steps
};

enum { MAX_STAGES = 4 };

struct workspace {
    struct arena *arena;
    const struct program *program;
    const struct kernel *kernel;
    const struct method *method;
    void *method_kept; // what an adaptive method keeps, or NULL
    int lanes;         // of the kernel
    struct frame frame;
    const struct bound *run_code, *time_code;
    // The first stage, and the outputs, by where the states are: some methods take turns.
    const struct bound *first_code[N_STATE_ROWS], *output_code[N_STATE_ROWS];
    const struct bound *later_code[MAX_STAGES]; // of stage 1, 2 ... of the method
    enum state_rows home;                       // where the states of the present step are
    double *memory_inputs; // [n_memories][lanes] what PREVIOUS yields from the next step on
    uint64_t nonfinite;    // lanes whose states were not finite after the latest step
    long step;             // present step
    long n_steps;          //
};

// Returns a workspace for `program`; free it with workspace_free().
struct workspace *workspace_create(const struct program *program, const struct kernel *kernel,
                                   const struct method *method);
void workspace_free(struct workspace *workspace);

// Sets parameters ([n_parameters][lanes], NULL where there are none) and goes to the first step:
// initial states, what depends on parameters only.
void workspace_start(struct workspace *workspace, const double *parameters);

// After workspace_start(): puts other states [n_states][lanes] in place of the initial ones.
void workspace_put_states(struct workspace *workspace, const double *states);

// Goes to step `step` (states are there already): evaluates its first stage and outputs.
void workspace_begin_step(struct workspace *workspace, long step, bool with_outputs);

// Evaluates stage `stage` (from 1) of the method at time `time`.
void workspace_stage(struct workspace *workspace, int stage, double time, bool is_new_time);

// Notes what PREVIOUS and DELAY need from the first stage of the present step; call before moving
// on.
void workspace_remember(struct workspace *workspace);

// The step is done: its states are now in list `home`. Sets `nonfinite`.
void workspace_finish_step(struct workspace *workspace, enum state_rows home);

// Row [lanes] of state `state` as it is at present; of its rate after a stage with RATE_STORE.
double *workspace_state(const struct workspace *workspace, int state);
const double *workspace_rate(const struct workspace *workspace, int state);

// Puts lane `lane` back to its initial states.
void workspace_reset_lane(struct workspace *workspace, int lane);

// Present time of step `step`.
double workspace_time(const struct workspace *workspace, long step);

// The row of output `output`: [lanes]; a number's row is filled in `buffer` of [lanes].
const double *workspace_output(const struct workspace *workspace, int output, double *buffer);

#endif
