// Stage: analysis. Blocks over threads: each thread takes the next block, computes and formats it,
// and waits for its turn to write it, so at most one block a thread is in flight.
#include "analysis/sweep/sweep_run.h"

#include "analysis/sweep/sweep_ranks.h"

#include <math.h>
#include <omp.h>
#include <time.h>

void turnstile_init(struct turnstile *turnstile, struct sweep_files *files,
                    const struct sweep_watch *watch, struct diag *diag)
{
    *turnstile = (struct turnstile){.mutex = PTHREAD_MUTEX_INITIALIZER,
                                    .moved = PTHREAD_COND_INITIALIZER,
                                    .n_blocks = sweep_n_blocks(files->sweep),
                                    .next_taken = files->n_blocks_done,
                                    .next_written = files->n_blocks_done,
                                    .files = files,
                                    .watch = watch,
                                    .diag = diag};
}

bool turnstile_take(struct turnstile *turnstile, uint64_t *block)
{
    pthread_mutex_lock(&turnstile->mutex);
    bool is_left = !turnstile->is_stopped && turnstile->next_taken < turnstile->n_blocks;
    if (is_left)
        *block = turnstile->next_taken++;
    pthread_mutex_unlock(&turnstile->mutex);
    return is_left;
}

// Writes the block whose turn it is; the mutex is held.
static void write_now(struct turnstile *turnstile, const struct sweep_block *block,
                      const struct sweep_text *text)
{
    const struct sweep_watch *watch = turnstile->watch;
    if (!block || !sweep_files_commit(turnstile->files, block, text, turnstile->diag))
        turnstile->is_stopped = true;
    else if (watch->progress)
        watch->progress(watch->context, turnstile->files);
    turnstile->next_written++;
    pthread_cond_broadcast(&turnstile->moved);
}

void turnstile_write(struct turnstile *turnstile, uint64_t index, const struct sweep_block *block,
                     const struct sweep_text *text)
{
    pthread_mutex_lock(&turnstile->mutex);
    while (turnstile->next_written != index && !turnstile->is_stopped)
        pthread_cond_wait(&turnstile->moved, &turnstile->mutex);
    if (!turnstile->is_stopped)
        write_now(turnstile, block, text);
    pthread_mutex_unlock(&turnstile->mutex);
}

bool turnstile_try(struct turnstile *turnstile, uint64_t index, const struct sweep_block *block,
                   const struct sweep_text *text)
{
    pthread_mutex_lock(&turnstile->mutex);
    bool is_turn = turnstile->next_written == index && !turnstile->is_stopped;
    if (is_turn)
        write_now(turnstile, block, text);
    pthread_mutex_unlock(&turnstile->mutex);
    return is_turn;
}

void turnstile_stop(struct turnstile *turnstile)
{
    pthread_mutex_lock(&turnstile->mutex);
    turnstile->is_stopped = true;
    pthread_cond_broadcast(&turnstile->moved);
    pthread_mutex_unlock(&turnstile->mutex);
}

void turnstile_work(struct turnstile *turnstile, int n_threads)
{
    const struct sweep *sweep = turnstile->files->sweep;
#pragma omp parallel num_threads(n_threads)
    {
        struct sweep_worker *worker = sweep_worker_create(sweep);
        struct sweep_text text = {0};
        for (uint64_t index; turnstile_take(turnstile, &index);) {
            const struct sweep_block *block =
                sweep_compute(worker, index, turnstile->watch->cancel);
            if (block)
                sweep_text_format(&text, sweep, block);
            turnstile_write(turnstile, index, block, &text);
        }
        sweep_text_clear(&text);
        sweep_worker_free(worker);
    }
}

int sweep_n_threads(const struct sweep *sweep)
{
    return sweep->n_threads ? sweep->n_threads : omp_get_max_threads();
}

bool sweep_run(struct sweep_files *files, const struct sweep_watch *watch, struct diag *diag)
{
    const struct sweep *sweep = files->sweep;
    uint64_t n_left = sweep_n_blocks(sweep) - files->n_blocks_done;
    int n_threads = sweep_n_threads(sweep);
    if ((uint64_t)n_threads > n_left)
        n_threads = n_left ? (int)n_left : 1;
    struct turnstile turnstile;
    turnstile_init(&turnstile, files, watch, diag);
    if (ranks_count() > 1)
        ranks_lead(&turnstile);
    else
        turnstile_work(&turnstile, n_threads);
    return !turnstile.is_stopped;
}

double sweep_block_seconds(const struct sweep *sweep)
{
    struct sweep_worker *worker = sweep_worker_create(sweep);
    struct sweep_text text = {0};
    enum { TRIES = 4 }; // the first sets up; the quickest was disturbed least
    double least = INFINITY;
    for (int i = 0; i < TRIES; i++) {
        struct timespec before, after;
        clock_gettime(CLOCK_MONOTONIC, &before);
        sweep_text_format(&text, sweep, sweep_compute(worker, 0, NULL));
        clock_gettime(CLOCK_MONOTONIC, &after);
        least = fmin(least, (double)(after.tv_sec - before.tv_sec) +
                                1e-9 * (double)(after.tv_nsec - before.tv_nsec));
    }
    sweep_text_clear(&text);
    sweep_worker_free(worker);
    return least;
}
