// Stage: run. Euler, second-order and classical fourth-order Runge-Kutta with the step DT, over
// all lanes at once.
#include "run/method.h"

static enum run_end advance_euler(struct workspace *workspace)
{
    workspace_remember(workspace);
    workspace_update(workspace, STAGE_ONLY, 1, workspace->frame.time_step);
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
    double h = workspace->frame.time_step;
    workspace_remember(workspace);
    workspace_update(workspace, STAGE_FIRST, 1, h);
    workspace_stage(workspace, end(workspace), true);
    workspace_update(workspace, STAGE_LAST, 1, h / 2);
    return RUN_COMPLETE;
}

static enum run_end advance_rk4(struct workspace *workspace)
{
    double h = workspace->frame.time_step;
    workspace_remember(workspace);
    workspace_update(workspace, STAGE_FIRST, 1, h / 2);
    workspace_stage(workspace, middle(workspace), true);
    workspace_update(workspace, STAGE_MIDDLE, 2, h / 2);
    workspace_stage(workspace, middle(workspace), false);
    workspace_update(workspace, STAGE_MIDDLE, 2, h);
    workspace_stage(workspace, end(workspace), true);
    workspace_update(workspace, STAGE_LAST, 1, h / 6);
    return RUN_COMPLETE;
}

const struct method method_euler = {
    .name = "euler",
    .summary = "Euler: the rates at the start of each step hold for the whole step",
    .source = "Sterman (2000), appendix A",
    .order = 1,
    .advance = advance_euler,
};

const struct method method_rk2 = {
    .name = "rk2",
    .summary = "Heun: the mean of the rates at the start and at the Euler end of each step",
    .source = "Hairer, Norsett & Wanner (1993), II.1",
    .order = 2,
    .advance = advance_rk2,
};

const struct method method_rk4 = {
    .name = "rk4",
    .summary = "classical Runge-Kutta: four evaluations a step",
    .source = "Hairer, Norsett & Wanner (1993), II.1",
    .order = 4,
    .advance = advance_rk4,
};
