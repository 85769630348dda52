// Stage: run. Runs -> blocks of as many lanes as the kernel has -> threads, each with a workspace
// of its own for full blocks and one for small ones, that is kept from call to call.
#include "run/batch.h"

#include <math.h>
#include <omp.h>

// What one thread computes with.
struct batch_thread {
    struct workspace *wide, *narrow; // for blocks of many runs, of few; NULL until first needed
    double *parameters;              // [n_parameters][lanes]
    double *from;                    // [n_states][lanes]
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

// One call: where runs start, and what is wanted of their end.
struct batch_job {
    struct batch *batch;
    const double *parameters;
    const double *from; // or NULL
    double *last;       // [n_runs][n_outputs], or NULL
    double *states;     // [n_runs][n_states], or NULL
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
    int lanes = kernel_best()->lanes;
    for (int i = 0; i < n; i++) {
        batch->threads[i].parameters = ARENA_NEW_ARRAY(arena, double, program->n_parameters *lanes);
        batch->threads[i].from = ARENA_NEW_ARRAY(arena, double, program->n_states *lanes);
    }
    return batch;
}

static void free_thread(struct batch_thread *thread)
{
    workspace_free(thread->wide);
    workspace_free(thread->narrow);
}

void batch_free(struct batch *batch)
{
    if (!batch)
        return;
    for (int i = 0; i < batch->n_threads; i++)
        free_thread(&batch->threads[i]);
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
    const struct batch_job *job = block->job;
    int n_outputs = workspace->program->n_outputs, n_states = workspace->program->n_states;
    double buffer[MAX_LANES];
    (void)step;
    (void)time;
    for (int i = 0; i < n_outputs && job->last; i++) {
        const double *row = workspace_output(workspace, i, buffer);
        for (int lane = 0; lane < block->n; lane++)
            job->last[(block->first + lane) * n_outputs + i] = row[lane];
    }
    for (int i = 0; i < n_states && job->states; i++) {
        const double *row = workspace_state(workspace, i);
        for (int lane = 0; lane < block->n; lane++)
            job->states[(block->first + lane) * n_states + i] = row[lane];
    }
}

// Turns rows [run][n] into [n][lanes]; lanes without a run of their own repeat the last one.
static void spread(const struct block *block, int lanes, const double *values, int n, double *rows)
{
    for (int i = 0; i < n; i++)
        for (int lane = 0; lane < lanes; lane++) {
            long run = block->first + (lane < block->n ? lane : block->n - 1);
            rows[i * lanes + lane] = values[run * n + i];
        }
}

// A run that did not complete has no end.
static void blank_failed(const struct block *block, double *values, int n)
{
    for (long run = block->first; run < block->first + block->n && values; run++)
        for (int i = 0; i < n && block->job->endings[run].end != RUN_COMPLETE; i++)
            values[run * n + i] = NAN;
}

// The workspace of the thread for a block of `n` runs.
static struct workspace *workspace_for(struct batch_thread *thread, const struct batch *batch,
                                       int n)
{
    bool is_narrow = n <= kernel_narrow()->lanes;
    struct workspace **place = is_narrow ? &thread->narrow : &thread->wide;
    if (!*place)
        *place = workspace_create(batch->program, is_narrow ? kernel_narrow() : kernel_best(),
                                  batch->method);
    return *place;
}

static void run_block(const struct block *block)
{
    const struct batch_job *job = block->job;
    struct batch *batch = job->batch;
    const struct program *program = batch->program;
    struct batch_thread *thread = &batch->threads[omp_get_thread_num()];
    struct workspace *workspace = workspace_for(thread, batch, block->n);
    spread(block, workspace->lanes, job->parameters, program->n_parameters, thread->parameters);
    if (job->from)
        spread(block, workspace->lanes, job->from, program->n_states, thread->from);
    struct integration integration = {.workspace = workspace,
                                      .parameters = thread->parameters,
                                      .from = job->from ? thread->from : NULL,
                                      .n_lanes = block->n,
                                      .observers = {{(void *)block, wants_last, take_last}},
                                      .n_observers = 1,
                                      .cancel = batch->cancel,
                                      .endings = job->endings + block->first};
    integrate(&integration);
    blank_failed(block, job->last, program->n_outputs);
    blank_failed(block, job->states, program->n_states);
}

static bool run_all(const struct batch_job *job)
{
    const struct batch *batch = job->batch;
    long n_blocks = (job->n_runs + batch->lanes - 1) / batch->lanes;
#pragma omp parallel for schedule(dynamic) num_threads(batch->n_threads) if (n_blocks > 1)
    for (long i = 0; i < n_blocks; i++) {
        long first = i * batch->lanes, left = job->n_runs - first;
        const struct block block = {job, first, left < batch->lanes ? (int)left : batch->lanes};
        run_block(&block);
    }
    return !(batch->cancel && *batch->cancel);
}

bool batch_run(struct batch *batch, long n_runs, const double *parameters, double *last,
               struct run_ending *endings)
{
    const struct batch_job job = {batch, parameters, NULL, last, NULL, endings, n_runs};
    return run_all(&job);
}

bool batch_run_states(struct batch *batch, long n_runs, const double *parameters,
                      const double *from, double *states, struct run_ending *endings)
{
    const struct batch_job job = {batch, parameters, from, NULL, states, endings, n_runs};
    return run_all(&job);
}
