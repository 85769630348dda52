// Stage: analysis. Block number -> results. A block is computed in as many passes as the kernel
// needs for its 64 runs; nothing about a run depends on the kernel, the thread or the block that it
// is in.
#include "analysis/sweep/sweep.h"

#include "base/array.h"
#include "model/time.h"

#include <math.h>

uint64_t sweep_n_runs(const struct sweep *sweep)
{
    return sweep->design.n_points * (uint64_t)sweep->n_cases;
}

static uint64_t blocks_per_case(const struct sweep *sweep)
{
    return (sweep->design.n_points + SWEEP_BLOCK - 1) / SWEEP_BLOCK;
}

uint64_t sweep_n_blocks(const struct sweep *sweep)
{
    return blocks_per_case(sweep) * (uint64_t)sweep->n_cases;
}

// What a worker keeps for each case.
struct worker_case {
    struct workspace *workspace;
    struct gatherer *gatherer;
    double *parameters; // [n_parameters][lanes]
};

struct sweep_worker {
    struct arena *arena;
    const struct sweep *sweep;
    struct sampler *sampler;
    struct worker_case *cases; // [n_cases], set up when first needed
    struct sweep_block block;
    double *point; // [n_inputs]
    // Of the pass being computed:
    const struct sweep_case *sweep_case;
    int first_lane; // place of its lane 0 in the block
    int n_lanes;    //
};

struct sweep_worker *sweep_worker_create(const struct sweep *sweep)
{
    struct arena *arena = arena_create();
    struct sweep_worker *worker = ARENA_NEW(arena, struct sweep_worker);
    worker->arena = arena;
    worker->sweep = sweep;
    worker->sampler = sampler_create(&sweep->design);
    worker->cases = ARENA_NEW_ARRAY(arena, struct worker_case, sweep->n_cases);
    worker->point = ARENA_NEW_ARRAY(arena, double, sweep->design.n_inputs);
    struct sweep_block *block = &worker->block;
    size_t n_bands = (size_t)sweep->n_bands * (size_t)sweep->n_band_times;
    size_t n_kept = (size_t)sweep->n_kept * (size_t)sweep->n_kept_saves;
    block->inputs = ARENA_NEW_ARRAY(arena, double, sweep->design.n_inputs *SWEEP_BLOCK);
    block->endings = ARENA_NEW_ARRAY(arena, struct run_ending, SWEEP_BLOCK);
    block->metrics = ARENA_NEW_ARRAY(arena, double, sweep->n_metrics *SWEEP_BLOCK);
    block->bands = ARENA_NEW_ARRAY(arena, double, n_bands *SWEEP_BLOCK);
    block->kept = ARENA_NEW_ARRAY(arena, double, n_kept *SWEEP_BLOCK);
    return worker;
}

void sweep_worker_free(struct sweep_worker *worker)
{
    if (!worker)
        return;
    for (int i = 0; i < worker->sweep->n_cases; i++)
        workspace_free(worker->cases[i].workspace);
    sampler_free(worker->sampler);
    arena_free(worker->arena);
}

static struct worker_case *open_case(struct sweep_worker *worker, int index)
{
    struct worker_case *open = &worker->cases[index];
    const struct sweep_case *sweep_case = &worker->sweep->cases[index];
    const struct sweep *sweep = worker->sweep;
    if (open->workspace)
        return open;
    open->workspace = workspace_create(sweep_case->program, sweep->kernel, sweep_case->method);
    open->gatherer = gatherer_create(worker->arena, &sweep_case->metrics, 0, sweep_case->program,
                                     sweep->kernel->lanes);
    open->parameters = ARENA_NEW_ARRAY(worker->arena, double,
                                       sweep_case->program->n_parameters * sweep->kernel->lanes);
    return open;
}

// Copies the rows of some outputs at one time into a table [variable][n_times][SWEEP_BLOCK].
static void record(const struct sweep_worker *worker, const struct workspace *workspace,
                   const int *outputs, int n, double *table, long n_times, long at)
{
    double buffer[MAX_LANES];
    for (int i = 0; i < n; i++) {
        double *to = table + (i * n_times + at) * SWEEP_BLOCK + worker->first_lane;
        const double *row = outputs[i] < 0 ? NULL : workspace_output(workspace, outputs[i], buffer);
        for (int lane = 0; lane < worker->n_lanes; lane++)
            to[lane] = row ? row[lane] : NAN;
    }
}

static bool bands_want(void *context, long step, bool is_last)
{
    const struct sweep_worker *worker = context;
    return is_last || step % worker->sweep->band_steps == 0;
}

// Number of the observation at `step` where one is made every `every` steps and at the end.
static long observation(long step, long every)
{
    return (step + every - 1) / every;
}

static void bands_take(void *context, const struct workspace *workspace, long step, double time)
{
    const struct sweep_worker *worker = context;
    const struct sweep *sweep = worker->sweep;
    (void)time;
    record(worker, workspace, worker->sweep_case->band_outputs, sweep->n_bands, worker->block.bands,
           sweep->n_band_times, observation(step, sweep->band_steps));
}

static bool kept_wants(void *context, long step, bool is_last)
{
    const struct sweep_worker *worker = context;
    return is_last || step % worker->sweep->kept_steps == 0;
}

static void kept_take(void *context, const struct workspace *workspace, long step, double time)
{
    const struct sweep_worker *worker = context;
    const struct sweep *sweep = worker->sweep;
    (void)time;
    record(worker, workspace, worker->sweep_case->kept_outputs, sweep->n_kept, worker->block.kept,
           sweep->n_kept_saves, observation(step, sweep->kept_steps));
}

double sweep_target_value(const struct sweep_target *target, double value)
{
    return target->is_scale ? target->base * value : value;
}

// Puts the inputs of the lanes into the parameters of the program; idle lanes repeat the first.
static void set_parameters(const struct sweep_worker *worker, const struct worker_case *open)
{
    const struct sweep *sweep = worker->sweep;
    int lanes = sweep->kernel->lanes;
    for (int i = 0; i < sweep->design.n_inputs; i++)
        for (int k = 0; k < worker->sweep_case->n_targets[i]; k++) {
            const struct sweep_target *target = &worker->sweep_case->targets[i][k];
            for (int lane = 0; lane < lanes; lane++) {
                int place = worker->first_lane + (lane < worker->n_lanes ? lane : 0);
                double value = worker->block.inputs[i * SWEEP_BLOCK + place];
                open->parameters[target->parameter * lanes + lane] =
                    sweep_target_value(target, value);
            }
        }
}

static void store_metrics(struct sweep_worker *worker, const struct worker_case *open)
{
    const struct sweep_case *sweep_case = worker->sweep_case;
    struct gatherer *const gatherers[] = {open->gatherer};
    for (size_t i = 0; i < sweep_case->metrics.count; i++) {
        double *row = worker->block.metrics + sweep_case->metric_column[i] * SWEEP_BLOCK;
        for (int lane = 0; lane < worker->n_lanes; lane++) {
            int place = worker->first_lane + lane;
            bool is_complete = worker->block.endings[place].end == RUN_COMPLETE;
            row[place] =
                is_complete ? metric_value(&sweep_case->metrics.items[i], gatherers, lane) : NAN;
        }
    }
}

long sweep_step_of(const struct sweep *sweep, long observation, long every)
{
    long last = time_spec_n_steps(&sweep->cases[0].program->time);
    return observation * every < last ? observation * every : last;
}

// A run that did not complete counts in no band, and its series end where it does.
static void blank_failed(struct sweep_worker *worker)
{
    const struct sweep *sweep = worker->sweep;
    const struct time_spec *time = &worker->sweep_case->program->time;
    long n_bands = sweep->n_bands * sweep->n_band_times;
    long n_kept = sweep->n_kept * sweep->n_kept_saves;
    for (int place = 0; place < worker->block.n_runs; place++) {
        const struct run_ending *ending = &worker->block.endings[place];
        if (ending->end == RUN_COMPLETE)
            continue;
        for (long i = 0; i < n_bands; i++)
            worker->block.bands[i * SWEEP_BLOCK + place] = NAN;
        for (long i = 0; i < n_kept; i++) {
            long step = sweep_step_of(sweep, i % sweep->n_kept_saves, sweep->kept_steps);
            if (time_spec_at(time, step) >= ending->time)
                worker->block.kept[i * SWEEP_BLOCK + place] = NAN;
        }
    }
}

// The number of the point of run `run`, from 1: all models and scenarios draw the same random
// numbers at it.
static uint64_t point_of(const struct sweep *sweep, uint64_t run)
{
    return (run - 1) % sweep->design.n_points + 1;
}

// Integrates the lanes of one pass; false where it was cancelled.
static bool compute_pass(struct sweep_worker *worker, struct worker_case *open,
                         const volatile sig_atomic_t *cancel)
{
    struct integration integration = {.workspace = open->workspace,
                                      .parameters = open->parameters,
                                      .n_lanes = worker->n_lanes,
                                      .cancel = cancel,
                                      .endings = worker->block.endings + worker->first_lane};
    integration.observers[integration.n_observers++] = observe_metrics(open->gatherer);
    if (worker->sweep->n_bands)
        integration.observers[integration.n_observers++] =
            (struct observer){worker, bands_want, bands_take};
    if (worker->sweep->n_kept)
        integration.observers[integration.n_observers++] =
            (struct observer){worker, kept_wants, kept_take};
    set_parameters(worker, open);
    open->workspace->frame.seed = worker->sweep->seed;
    open->workspace->frame.first_run =
        point_of(worker->sweep, worker->block.first_run) + (uint64_t)worker->first_lane;
    open->workspace->frame.run_stride = 1;
    gatherer_start(open->gatherer);
    integrate(&integration);
    store_metrics(worker, open);
    return !(cancel && *cancel);
}

const struct sweep_block *sweep_compute(struct sweep_worker *worker, uint64_t index,
                                        const volatile sig_atomic_t *cancel)
{
    const struct sweep *sweep = worker->sweep;
    struct sweep_block *block = &worker->block;
    uint64_t per_case = blocks_per_case(sweep), n_points = sweep->design.n_points;
    uint64_t first_point = index % per_case * SWEEP_BLOCK;
    block->case_index = (int)(index / per_case);
    block->first_run = (uint64_t)block->case_index * n_points + first_point + 1;
    uint64_t left = n_points - first_point;
    block->n_runs = left < SWEEP_BLOCK ? (int)left : SWEEP_BLOCK;
    for (int place = 0; place < block->n_runs; place++) {
        sampler_take(worker->sampler, first_point + (uint64_t)place, worker->point);
        for (int i = 0; i < sweep->design.n_inputs; i++)
            block->inputs[i * SWEEP_BLOCK + place] = worker->point[i];
    }
    for (int i = 0; i < sweep->n_metrics * SWEEP_BLOCK; i++)
        block->metrics[i] = NAN;
    struct worker_case *open = open_case(worker, block->case_index);
    worker->sweep_case = &sweep->cases[block->case_index];
    int lanes = worker->sweep_case->method->is_adaptive ? 1 : sweep->kernel->lanes;
    for (int first = 0; first < block->n_runs; first += lanes) {
        worker->first_lane = first;
        worker->n_lanes = block->n_runs - first < lanes ? block->n_runs - first : lanes;
        if (!compute_pass(worker, open, cancel))
            return NULL;
    }
    blank_failed(worker);
    return block;
}

int sweep_settings_of(const struct sweep *sweep, uint64_t run, struct setting_list *settings)
{
    int case_index = (int)((run - 1) / sweep->design.n_points);
    const struct sweep_case *sweep_case = &sweep->cases[case_index];
    double *values = ARENA_NEW_ARRAY(sweep->arena, double, sweep->design.n_inputs);
    struct sampler *sampler = sampler_create(&sweep->design);
    sampler_take(sampler, (run - 1) % sweep->design.n_points, values);
    sampler_free(sampler);
    for (int i = 0; i < sweep->design.n_inputs; i++)
        for (int k = 0; k < sweep_case->n_targets[i]; k++) {
            const struct sweep_target *target = &sweep_case->targets[i][k];
            ARRAY_PUSH(sweep->arena, settings) = (struct setting){
                target->name, sweep_target_value(target, values[i]), {.file = "--run"}};
        }
    return case_index;
}
