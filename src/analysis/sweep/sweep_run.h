// Computes the blocks of a sweep on all threads, and on all ranks of an MPI job, and hands them on
// in order.
#ifndef ANALYSIS_SWEEP_SWEEP_RUN_H
#define ANALYSIS_SWEEP_SWEEP_RUN_H

#include "analysis/sweep/sweep_files.h"

#include <pthread.h>

struct sweep_watch {
    const volatile sig_atomic_t *cancel; // not 0: stop
    // Told after each block that is on disk; NULL: nobody listens.
    void (*progress)(void *context, const struct sweep_files *files);
    void *context;
};

// Runs what is left of the sweep. False where it was stopped by the user or by an error.
bool sweep_run(struct sweep_files *files, const struct sweep_watch *watch, struct diag *diag);

// Threads that sweep_run() uses on one machine.
int sweep_n_threads(const struct sweep *sweep);

// Seconds of one thread that a block takes, by trying one.
double sweep_block_seconds(const struct sweep *sweep);

// The order in which blocks are taken and written. Threads that wait for their turn sleep.
struct turnstile {
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    uint64_t n_blocks;
    uint64_t next_taken;   // block that the next free thread takes
    uint64_t next_written; // block whose turn it is
    bool is_stopped;
    struct sweep_files *files;
    const struct sweep_watch *watch;
    struct diag *diag;
};

void turnstile_init(struct turnstile *turnstile, struct sweep_files *files,
                    const struct sweep_watch *watch, struct diag *diag);

// Takes the next block; false where none is left or the sweep was stopped.
bool turnstile_take(struct turnstile *turnstile, uint64_t *block);

// Waits for the turn of block `index` and writes it; a `block` of NULL stops the sweep.
void turnstile_write(struct turnstile *turnstile, uint64_t index, const struct sweep_block *block,
                     const struct sweep_text *text);

// Writes block `index` if its turn has come; false if not.
bool turnstile_try(struct turnstile *turnstile, uint64_t index, const struct sweep_block *block,
                   const struct sweep_text *text);

void turnstile_stop(struct turnstile *turnstile);

// Computes blocks with `n_threads` threads until none is left.
void turnstile_work(struct turnstile *turnstile, int n_threads);

#endif
