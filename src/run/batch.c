// Stage: run. Runs -> blocks of as many lanes as the kernel has -> threads, each with a workspace
// of its own that is kept from call to call.
#include "run/batch.h"

#include <math.h>
#include <omp.h>

// What one thread computes with.
struct batch_thread {
    struct workspace *workspace; // NULL until first needed
    double *parameters;          // [n_parameters][lanes]
};

struct batch {
    struct arena *arena;
    const struct program *program;
    const struct method *method;
    const volatile sig_atomic_t *cancel;
    struct batch_thread *threads; // [n_threads]
    int n_threads;
    int lanes;
};

// One call of batch_run().
struct batch_job {
    struct batch *batch;
    const double *parameters;
    double *last;
    struct run_ending *endings;
    long n_runs;
};

// Where the observer of one block puts what it sees.
struct block {
    const struct batch_job *job;
    long first;
    int n;
};

struct batch *batch_create(const struct program *program, const struct method *method,
                           int n_threads, const volatile sig_atomic_t *cancel)
{
    struct arena *arena = arena_create();
    struct batch *batch = ARENA_NEW(arena, struct batch);
    int n = n_threads ? n_threads : omp_get_num_procs();
    *batch = (struct batch){.arena = arena,
                            .program = program,
                            .method = method,
                            .cancel = cancel,
                            .n_threads = n,
                            .lanes = method->is_adaptive ? 1 : kernel_best()->lanes};
    batch->threads = ARENA_NEW_ARRAY(arena, struct batch_thread, n);
    for (int i = 0; i < n; i++)
        batch->threads[i].parameters =
            ARENA_NEW_ARRAY(arena, double, program->n_parameters *kernel_best()->lanes);
    return batch;
}

void batch_free(struct batch *batch)
{
    if (!batch)
        return;
    for (int i = 0; i < batch->n_threads; i++)
        workspace_free(batch->threads[i].workspace);
    arena_free(batch->arena);
}

static bool wants_last(void *context, long step, bool is_last)
{
    (void)context;
    (void)step;
    return is_last;
}

static void take_last(void *context, const struct workspace *workspace, long step, double time)
{
    const struct block *block = context;
    int n_outputs = workspace->program->n_outputs;
    double buffer[MAX_LANES];
    (void)step;
    (void)time;
    for (int i = 0; i < n_outputs; i++) {
        const double *row = workspace_output(workspace, i, buffer);
        for (int lane = 0; lane < block->n; lane++)
            block->job->last[(block->first + lane) * n_outputs + i] = row[lane];
    }
}

// Lanes without a run of their own repeat the last one.
static void set_parameters(const struct block *block, double *parameters)
{
    int n = block->job->batch->program->n_parameters, lanes = kernel_best()->lanes;
    for (int i = 0; i < n; i++)
        for (int lane = 0; lane < lanes; lane++) {
            long run = block->first + (lane < block->n ? lane : block->n - 1);
            parameters[i * lanes + lane] = block->job->parameters[run * n + i];
        }
}

static void run_block(const struct block *block)
{
    struct batch *batch = block->job->batch;
    struct batch_thread *thread = &batch->threads[omp_get_thread_num()];
    if (!thread->workspace)
        thread->workspace = workspace_create(batch->program, kernel_best(), batch->method);
    set_parameters(block, thread->parameters);
    struct integration integration = {.workspace = thread->workspace,
                                      .parameters = thread->parameters,
                                      .n_lanes = block->n,
                                      .observers = {{(void *)block, wants_last, take_last}},
                                      .n_observers = 1,
                                      .cancel = batch->cancel,
                                      .endings = block->job->endings + block->first};
    integrate(&integration);
    int n_outputs = batch->program->n_outputs;
    for (long run = block->first; run < block->first + block->n; run++)
        for (int i = 0; i < n_outputs; i++)
            if (block->job->endings[run].end != RUN_COMPLETE)
                block->job->last[run * n_outputs + i] = NAN;
}

bool batch_run(struct batch *batch, long n_runs, const double *parameters, double *last,
               struct run_ending *endings)
{
    const struct batch_job job = {batch, parameters, last, endings, n_runs};
    long n_blocks = (n_runs + batch->lanes - 1) / batch->lanes;
#pragma omp parallel for schedule(dynamic) num_threads(batch->n_threads) if (n_blocks > 1)
    for (long i = 0; i < n_blocks; i++) {
        long first = i * batch->lanes, left = n_runs - first;
        const struct block block = {&job, first, left < batch->lanes ? (int)left : batch->lanes};
        run_block(&block);
    }
    return !(batch->cancel && *batch->cancel);
}
