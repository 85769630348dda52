// Computes the blocks of a sweep on all threads and hands them on in order.
#ifndef ANALYSIS_SWEEP_RUN_H
#define ANALYSIS_SWEEP_RUN_H

#include "analysis/sweep_files.h"

struct sweep_watch {
    const volatile sig_atomic_t *cancel; // not 0: stop
    // Told after each block that is on disk; NULL: nobody listens.
    void (*progress)(void *context, const struct sweep_files *files);
    void *context;
};

// Runs what is left of the sweep. False where it was stopped by the user or by an error.
bool sweep_run(struct sweep_files *files, const struct sweep_watch *watch, struct diag *diag);

// Seconds of one thread that a block takes, by trying one.
double sweep_block_seconds(const struct sweep *sweep);

#endif
