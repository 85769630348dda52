// Stage: analysis. The caller's points stand in for the design of a sweep, whose blocks then run
// over threads that keep their workers from call to call.
#include "analysis/trials.h"

#include "analysis/sweep/sweep_run.h"

#include <assert.h>
#include <omp.h>
#include <string.h>

struct trials {
    struct arena *arena;
    struct sweep *sweep;
    double *points;                // [most][n_inputs]
    struct sweep_worker **workers; // [n_threads], NULL until first needed
    int n_threads;
    int most;
};

struct trials *trials_create(struct sweep *sweep, int most)
{
    struct arena *arena = arena_create();
    struct trials *trials = ARENA_NEW(arena, struct trials);
    *trials = (struct trials){arena, sweep, .n_threads = sweep_n_threads(sweep), .most = most};
    trials->points = ARENA_NEW_ARRAY(arena, double, (size_t)most *(size_t)sweep->design.n_inputs);
    trials->workers = ARENA_NEW_ARRAY(arena, struct sweep_worker *, trials->n_threads);
    sweep->design.kind = DESIGN_POINTS;
    sweep->design.points = trials->points;
    sweep->design.n_points = (uint64_t)most;
    return trials;
}

void trials_free(struct trials *trials)
{
    if (!trials)
        return;
    for (int i = 0; i < trials->n_threads; i++)
        if (trials->workers[i])
            sweep_worker_free(trials->workers[i]);
    arena_free(trials->arena);
}

static void copy_metrics(const struct trials *trials, const struct sweep_block *block, int first,
                         int n, double *metrics)
{
    int n_metrics = trials->sweep->n_metrics;
    for (int place = 0; place < block->n_runs && first + place < n; place++)
        for (int i = 0; i < n_metrics; i++)
            metrics[(first + place) * n_metrics + i] = block->metrics[i * SWEEP_BLOCK + place];
}

bool trials_run(struct trials *trials, int case_index, int n, const double *points, double *metrics,
                const volatile sig_atomic_t *cancel)
{
    const struct sweep *sweep = trials->sweep;
    size_t n_inputs = (size_t)sweep->design.n_inputs;
    assert(n <= trials->most);
    memcpy(trials->points, points, (size_t)n * n_inputs * sizeof *points);
    // The rest of the last block repeats the last point.
    for (int i = n; i % SWEEP_BLOCK && i < trials->most; i++)
        memcpy(trials->points + (size_t)i * n_inputs, points + (size_t)(n - 1) * n_inputs,
               n_inputs * sizeof *points);
    uint64_t per_case = sweep_n_blocks(sweep) / (uint64_t)sweep->n_cases;
    int n_blocks = (n + SWEEP_BLOCK - 1) / SWEEP_BLOCK;
#pragma omp parallel for schedule(dynamic) num_threads(trials->n_threads) if (n_blocks > 1)
    for (int i = 0; i < n_blocks; i++) {
        struct sweep_worker **worker = &trials->workers[omp_get_thread_num()];
        if (!*worker)
            *worker = sweep_worker_create(sweep);
        const struct sweep_block *block =
            sweep_compute(*worker, (uint64_t)case_index * per_case + (uint64_t)i, cancel);
        if (block)
            copy_metrics(trials, block, i * SWEEP_BLOCK, n, metrics);
    }
    if (sweep->watch) {
#pragma omp critical(trials_watch)
        sweep->watch->tell(sweep->watch->context, sweep->watch->n_runs += n);
    }
    return !(cancel && *cancel);
}
