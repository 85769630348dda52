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

struct workspace {
    struct arena *arena;
    const struct program *program;
    const struct kernel *kernel;
    const struct method *method;
    void *method_kept;  // what an adaptive method keeps, or NULL
    int lanes;          // of the kernel
    struct frame frame; //
    const struct bound *code[N_SECTIONS];
    double *saved;         // [n_states][lanes] states at the start of the step
    double *sum;           // [n_states][lanes] for Runge-Kutta methods
    double *copied_rates;  // [n_states][lanes] rates that are plain numbers or states
    const double **rates;  // [n_states] row of each state's rate
    uint64_t nonfinite;    // lanes whose states were not finite after the latest step
    long step;             // present step
    long n_steps;          //
    double *memory_inputs; // [n_memories][lanes] what PREVIOUS yields from the next step on
};

// Returns a workspace for `program`; free it with workspace_free().
struct workspace *workspace_create(const struct program *program, const struct kernel *kernel,
                                   const struct method *method);
void workspace_free(struct workspace *workspace);

// Sets parameters ([n_parameters][lanes], NULL where there are none) and goes to the first step:
// initial states, what depends on parameters only, and the first stage.
void workspace_start(struct workspace *workspace, const double *parameters);

// Goes to step `step` (states are there already): evaluates its first stage and outputs.
void workspace_begin_step(struct workspace *workspace, long step, bool with_outputs);

// Evaluates the rates at a later stage of the present step, at time `time`.
void workspace_stage(struct workspace *workspace, double time, bool is_new_time);

// Notes what PREVIOUS and DELAY need from the first stage of the present step; call before moving
// on.
void workspace_remember(struct workspace *workspace);

// Moves the states by one stage of a Runge-Kutta method: by `factor` times its rates from the start
// of the step, or, as the last stage, by `factor` times the sum of all rates by their weights.
// Sets `nonfinite` after the last (or only) stage.
enum stage_place { STAGE_ONLY, STAGE_FIRST, STAGE_MIDDLE, STAGE_LAST };
void workspace_update(struct workspace *workspace, enum stage_place place, double weight,
                      double factor);

// Present time of step `step`.
double workspace_time(const struct workspace *workspace, long step);

// The row of output `output`: [lanes]; a number's row is filled in `buffer` of [lanes].
const double *workspace_output(const struct workspace *workspace, int output, double *buffer);

#endif
