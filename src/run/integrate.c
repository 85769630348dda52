// Stage: run. The loop over steps: evaluate, look, move on. What is looked at is taken at the
// start of each step, after its first stage.
#include "run/integrate.h"

#include <math.h>
#include <string.h>

static const double *output_row(void *context, int output, double *buffer)
{
    return workspace_output(context, output, buffer);
}

static bool gatherer_wants_step(void *context, long step, bool is_last)
{
    (void)is_last;
    return gatherer_wants(context, step);
}

static void gatherer_take(void *context, const struct workspace *workspace, long step, double time)
{
    gatherer_observe(context, step, time, output_row, (void *)workspace);
}

struct observer observe_metrics(struct gatherer *gatherer)
{
    return (struct observer){gatherer, gatherer_wants_step, gatherer_take};
}

static bool series_wants(void *context, long step, bool is_last)
{
    const struct series *series = context;
    return is_last || step % series->steps_per_save == 0;
}

static void series_take(void *context, const struct workspace *workspace, long step, double time)
{
    struct series *series = context;
    double buffer[MAX_LANES];
    long save = series->n_saves++;
    (void)step;
    series->times[save] = time;
    for (int i = 0; i < series->n_variables; i++)
        series->values[i * series->max_saves + save] = workspace_output(workspace, i, buffer)[0];
}

struct observer observe_series(struct series *series)
{
    return (struct observer){series, series_wants, series_take};
}

// Goes to the first step.
static void start(const struct integration *integration)
{
    struct workspace *workspace = integration->workspace;
    workspace_start(workspace, integration->parameters);
    if (integration->from)
        workspace_put_states(workspace, integration->from);
}

// The first output, in order of dependence, that is not finite in lane 0 at step `step`, the one
// that led astray; the run is repeated up to there. -1 where all are finite.
static int find_culprit(struct integration *integration, long step)
{
    struct workspace *workspace = integration->workspace;
    const struct program *program = workspace->program;
    double buffer[MAX_LANES];
    start(integration);
    for (long i = 0; i < step; i++) {
        workspace_begin_step(workspace, i, false);
        workspace->method->advance(workspace);
    }
    workspace_begin_step(workspace, step, true);
    for (int i = 0; i < program->n_outputs; i++) {
        int output = program->output_order[i];
        if (!isfinite(workspace_output(workspace, output, buffer)[0]))
            return output;
    }
    return -1;
}

// The first state that is not finite, -1 where only sums for metrics are not: these harm nobody.
static int find_nonfinite_state(const struct workspace *workspace, int lane)
{
    for (int i = 0; i < workspace->program->n_states; i++)
        if (!workspace->program->states[i].is_accumulator &&
            !isfinite(workspace_state(workspace, i)[lane]))
            return i;
    return -1;
}

// Takes lane `lane` out of the race: it goes on from its initial states, so that it stays cheap.
static void retire(struct integration *integration, int lane, int state, double time)
{
    struct workspace *workspace = integration->workspace;
    if (lane < integration->n_lanes && integration->endings[lane].end == RUN_COMPLETE) {
        integration->endings[lane] = (struct run_ending){RUN_NONFINITE, time, state, -1};
        integration->n_running--;
    }
    workspace_reset_lane(workspace, lane);
}

// Retires the lanes that are not finite; false where none in use is left.
static bool retire_lanes(struct integration *integration, double time)
{
    uint64_t bad = integration->workspace->nonfinite;
    for (int lane = 0; bad; lane++, bad >>= 1) {
        int state = bad & 1 ? find_nonfinite_state(integration->workspace, lane) : -1;
        if (state >= 0)
            retire(integration, lane, state, time);
    }
    return integration->n_running > 0;
}

static void end_all(struct integration *integration, enum run_end end, double time)
{
    for (int lane = 0; lane < integration->n_lanes; lane++)
        if (integration->endings[lane].end == RUN_COMPLETE)
            integration->endings[lane] = (struct run_ending){end, time, -1, -1};
}

// Evaluates the start of a step, with outputs where somebody looks, and lets them look.
static void begin_step(struct integration *integration, long step, double time, bool is_last)
{
    struct workspace *workspace = integration->workspace;
    bool wants[MAX_OBSERVERS], is_any = false;
    for (int i = 0; i < integration->n_observers; i++) {
        const struct observer *observer = &integration->observers[i];
        wants[i] = observer->wants(observer->context, step, is_last);
        is_any |= wants[i];
    }
    workspace_begin_step(workspace, step, is_any);
    for (int i = 0; i < integration->n_observers; i++)
        if (wants[i])
            integration->observers[i].take(integration->observers[i].context, workspace, step,
                                           time);
}

void integrate(struct integration *integration)
{
    struct workspace *workspace = integration->workspace;
    for (int lane = 0; lane < integration->n_lanes; lane++)
        integration->endings[lane] = (struct run_ending){RUN_COMPLETE, 0, -1, -1};
    integration->n_running = integration->n_lanes;
    start(integration);
    if (!retire_lanes(integration, workspace_time(workspace, 0)))
        return;
    for (long step = 0;; step++) {
        double time = workspace_time(workspace, step);
        bool is_last = step == workspace->n_steps;
        begin_step(integration, step, time, is_last);
        if (is_last)
            break;
        if (integration->cancel && *integration->cancel) {
            end_all(integration, RUN_CANCELLED, time);
            return;
        }
        enum run_end end = workspace->method->advance(workspace);
        double next = workspace_time(workspace, step + 1);
        if (end != RUN_COMPLETE) {
            end_all(integration, end, next);
            break;
        }
        if (!retire_lanes(integration, next))
            break;
    }
    for (int lane = 0; lane < integration->n_lanes; lane++)
        if (integration->endings[lane].end == RUN_COMPLETE)
            integration->endings[lane].time = workspace_time(workspace, workspace->n_steps);
    struct run_ending *first = integration->endings;
    if (integration->n_lanes == 1 && first->end == RUN_NONFINITE)
        first->output = find_culprit(integration, workspace->step);
}
