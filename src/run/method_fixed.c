// Stage: run. Euler, second-order and classical fourth-order Runge-Kutta with the step DT, over
// all lanes at once. The states at the start of a step stay where they are until its last stage;
// stages in between leave theirs in the spare lists.
#include "run/method.h"

// The new states stand in the other of two lists.
static enum run_end advance_euler(struct workspace *workspace)
{
    workspace_remember(workspace);
    workspace_finish_step(workspace, workspace->home == STATES_HOME ? STATES_SECOND : STATES_HOME);
    return RUN_COMPLETE;
}

// Times of the middle and the end of the present step.
static double middle(const struct workspace *workspace)
{
    return workspace_time(workspace, workspace->step) + workspace->frame.time_step / 2;
}

static double end(const struct workspace *workspace)
{
    return workspace_time(workspace, workspace->step + 1);
}

static enum run_end advance_rk2(struct workspace *workspace)
{
    workspace_remember(workspace);
    workspace_stage(workspace, 1, end(workspace), true);
    workspace_finish_step(workspace, STATES_HOME);
    return RUN_COMPLETE;
}

static enum run_end advance_rk4(struct workspace *workspace)
{
    workspace_remember(workspace);
    workspace_stage(workspace, 1, middle(workspace), true);
    workspace_stage(workspace, 2, middle(workspace), false);
    workspace_stage(workspace, 3, end(workspace), true);
    workspace_finish_step(workspace, STATES_HOME);
    return RUN_COMPLETE;
}

const struct method method_euler = {
    .name = "euler",
    .summary = "Euler: the rates at the start of each step hold for the whole step",
    .source = "Sterman (2000), appendix A",
    .order = 1,
    .stages = {{RATE_ONLY, STATES_HOME, STATES_HOME, STATES_SECOND, 1, 0}},
    .n_stages = 1,
    .last_home = STATES_SECOND,
    .advance = advance_euler,
};

const struct method method_rk2 = {
    .name = "rk2",
    .summary = "Heun: the mean of the rates at the start and at the Euler end of each step",
    .source = "Hairer, Norsett & Wanner (1993), II.1",
    .order = 2,
    .stages = {{RATE_FIRST, STATES_HOME, STATES_HOME, STATES_SECOND, 1, 1},
               {RATE_LAST, STATES_SECOND, STATES_HOME, STATES_HOME, 0.5, 1}},
    .n_stages = 2,
    .advance = advance_rk2,
};

const struct method method_rk4 = {
    .name = "rk4",
    .summary = "classical Runge-Kutta: four evaluations a step",
    .source = "Hairer, Norsett & Wanner (1993), II.1",
    .order = 4,
    .stages = {{RATE_FIRST, STATES_HOME, STATES_HOME, STATES_SECOND, 0.5, 1},
               {RATE_MIDDLE, STATES_SECOND, STATES_HOME, STATES_THIRD, 0.5, 2},
               {RATE_MIDDLE, STATES_THIRD, STATES_HOME, STATES_SECOND, 1, 2},
               {RATE_LAST, STATES_SECOND, STATES_HOME, STATES_HOME, 1.0 / 6, 1}},
    .n_stages = 4,
    .advance = advance_rk4,
};
