// Sweeps over many machines: the ranks of an MPI job. Rank 0 hands out blocks, computes some itself
// and writes all of them in order; the others compute. Without MPI at build time, or outside an MPI
// job, there is one rank.
#ifndef ANALYSIS_SWEEP_SWEEP_RANKS_H
#define ANALYSIS_SWEEP_SWEEP_RANKS_H

#include "analysis/sweep/sweep_run.h"

// Joins the MPI job if the program was started in one; call once, first thing.
void ranks_join(void);

// Leaves it; call last. Fine where there is none.
void ranks_leave(void);

// Number of this rank, and how many there are.
int ranks_self(void);
int ranks_count(void);

// Rank 0: runs the sweep over all ranks.
void ranks_lead(struct turnstile *turnstile);

// Other ranks: compute what rank 0 hands out until it says stop. `sweep` NULL: this rank could not
// read the sweep; rank 0 is told, and the result is false where rank 0 could: then this rank must
// say what is wrong.
bool ranks_follow(const struct sweep *sweep, const volatile sig_atomic_t *cancel,
                  struct diag *diag);

// Rank 0, where there is nothing to run: lets the others go.
void ranks_dismiss(void);

// Waits until all ranks are here: between one sweep and the next.
void ranks_meet(void);

#endif
