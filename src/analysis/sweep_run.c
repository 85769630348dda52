// Stage: analysis. Blocks over threads: each thread takes the next block, computes and formats it,
// and waits for its turn to write it, so at most one block a thread is in flight.
#include "analysis/sweep_run.h"

#include <omp.h>
#include <pthread.h>
#include <time.h>

// Threads pass it in the order of their blocks; those that wait sleep.
struct turnstile {
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    uint64_t next_taken;   // block that the next free thread takes
    uint64_t next_written; // block whose turn it is
    bool is_stopped;
};

static bool take_block(struct turnstile *turnstile, uint64_t n_blocks, uint64_t *block)
{
    pthread_mutex_lock(&turnstile->mutex);
    bool is_left = !turnstile->is_stopped && turnstile->next_taken < n_blocks;
    if (is_left)
        *block = turnstile->next_taken++;
    pthread_mutex_unlock(&turnstile->mutex);
    return is_left;
}

// Waits for the turn of block `index` and writes it; `block` is NULL where it was cancelled.
static void write_block(struct turnstile *turnstile, struct sweep_files *files, uint64_t index,
                        const struct sweep_block *block, const struct sweep_text *text,
                        const struct sweep_watch *watch, struct diag *diag)
{
    pthread_mutex_lock(&turnstile->mutex);
    while (turnstile->next_written != index && !turnstile->is_stopped)
        pthread_cond_wait(&turnstile->moved, &turnstile->mutex);
    if (!turnstile->is_stopped) {
        if (!block || !sweep_files_commit(files, block, text, diag))
            turnstile->is_stopped = true;
        else if (watch->progress)
            watch->progress(watch->context, files);
        turnstile->next_written++;
    }
    pthread_cond_broadcast(&turnstile->moved);
    pthread_mutex_unlock(&turnstile->mutex);
}

bool sweep_run(struct sweep_files *files, const struct sweep_watch *watch, struct diag *diag)
{
    const struct sweep *sweep = files->sweep;
    uint64_t n_blocks = sweep_n_blocks(sweep), n_left = n_blocks - files->n_blocks_done;
    int n_threads = sweep->n_threads ? sweep->n_threads : omp_get_max_threads();
    if ((uint64_t)n_threads > n_left)
        n_threads = n_left ? (int)n_left : 1;
    struct turnstile turnstile = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                                  .moved = PTHREAD_COND_INITIALIZER,
                                  .next_taken = files->n_blocks_done,
                                  .next_written = files->n_blocks_done};
#pragma omp parallel num_threads(n_threads)
    {
        struct sweep_worker *worker = sweep_worker_create(sweep);
        struct sweep_text text = {0};
        for (uint64_t index; take_block(&turnstile, n_blocks, &index);) {
            const struct sweep_block *block = sweep_compute(worker, index, watch->cancel);
            if (block)
                sweep_text_format(&text, sweep, block);
            write_block(&turnstile, files, index, block, &text, watch, diag);
        }
        sweep_text_clear(&text);
        sweep_worker_free(worker);
    }
    return !turnstile.is_stopped;
}

double sweep_block_seconds(const struct sweep *sweep)
{
    struct sweep_worker *worker = sweep_worker_create(sweep);
    struct timespec before, after;
    sweep_compute(worker, 0, NULL); // sets up
    clock_gettime(CLOCK_MONOTONIC, &before);
    sweep_compute(worker, 0, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    sweep_worker_free(worker);
    return (double)(after.tv_sec - before.tv_sec) + 1e-9 * (double)(after.tv_nsec - before.tv_nsec);
}
