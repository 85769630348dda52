// A case whose inputs stand still: its equations as x' = f(x, p), ready for the search of rest
// points. Time is frozen and support is off, or as it is at a given time.
#ifndef ANALYSIS_TIP_FROZEN_H
#define ANALYSIS_TIP_FROZEN_H

#include "analysis/tip/tip.h"
#include "program/tangent.h"

// What becomes of an unknown at rest.
enum frozen_role {
    FROZEN_FREE,  // solved for
    FROZEN_HELD,  // grows without bound but acts on others: kept at its value at the start
    FROZEN_GROWS, // grows without bound and acts on nothing: left out
};

struct frozen {
    struct arena *arena;
    struct tip *tip;
    struct freezing *freezing; // what exploring needs
    const struct tip_case *tip_case;
    const struct lowered *lowered;
    struct program *program; // of long runs with the same parameters
    struct batch *batch;     // of it
    double run_length;       // of those, in time units
    struct vary_list varied; // what the parameters are
    double *parameters;      // [n_parameters] as they are
    int n_parameters;
    double time; // at which the equations stand still

    // The unknowns: states first, then what PREVIOUS and DELAY yield.
    int n, n_states;
    const char **names;      // [n] of states, NULL for the others
    bool *is_stock;          // [n] a stock of the model, not a stage of a delay
    enum frozen_role *roles; // [n]
    double *start;           // [n] as a run starts
    double *least;           // [n] what it cannot go below: 0 or -infinity
    bool *stays_positive;    // [n] starts at 0 or above and is never seen to fall at 0
    double *size;            // [n] its usual size
    double *rate_size;       // [n] usual size of its residual
    double *ends;            // [n_ends][n] where long runs from all over the place ended
    double *supported;       // [n_states] where the scenario's own run ends; NULL: no support
    int n_ends;              //
    double *lost;            // [n_lost][n_states] starts of some long runs that did not get to
    int n_lost;              // their end: they ran away, or the method could not follow
    bool has_own_end;        // the first end is that of the model's own run
    int *watched, n_watched; // cells that probes watch
    bool has_memory;         // PREVIOUS or DELAY: eigenvalues say nothing of stability
    bool moves_with_time;    // time itself moves the rates
    int *free;               // [m] the unknowns that are solved for
    int m;                   //
    double *laws;            // [n_laws][m] combinations that never change: people conserved
    int *pivots;             // [n_laws] the unknown, among the free, that each law settles
    int n_laws;
};

// Freezes the case with `extra` cells as further parameters (they come first; NULL: none) and
// `watched` [n_watched] cells (see tangent_create()) to be looked at. NULL with errors; free with
// frozen_close().
struct frozen *frozen_open(struct tip *tip, const struct tip_case *tip_case,
                           const struct vary_list *extra, const int *watched, int n_watched,
                           struct diag *diag);
void frozen_close(struct frozen *frozen);

// Makes the long runs again with other parameters; their ends replace those that there were. False
// where cancelled.
bool frozen_explore(struct frozen *frozen, const double *parameters);

// Makes `n` long runs from the states `from` [n][n_states], which leave theirs in `states` and how
// they ended in `endings` [n]. False where cancelled.
bool frozen_run(struct frozen *frozen, const double *parameters, long n, const double *from,
                double *states, struct run_ending *endings);

// Makes the long runs that were lost again by a method that adapts its steps: the same as
// frozen_run() from frozen->lost.
bool frozen_retry(struct frozen *frozen, const double *parameters, double *states,
                  struct run_ending *endings, struct diag *diag);

// Moves the pivots of the laws among the unknowns [n] so that conserved sums are those at the
// start; where that would leave one below its least, the whole point moves towards the start.
void frozen_obey_laws(const struct frozen *frozen, double *unknowns);

// Point `index` of a fixed low-discrepancy set in the box where the states are usually found (every
// second one spread over several orders of magnitude), moved so that conserved sums are those at
// the start: [n].
void frozen_sample(const struct frozen *frozen, long index, double *unknowns);

// What one thread needs to evaluate a frozen case, in scaled unknowns z = x / size of the free
// ones.
struct probe;

struct probe *probe_create(struct arena *arena, const struct frozen *frozen);

// Goes to the point z [m]; writes the scaled residuals [m] (those of laws: how much the sum is
// off). False where one is not finite.
bool probe_go(struct probe *probe, const double *z, const double *parameters, double *residuals);

// The rates [n_states] at the states [n_states], in their own units; until the probe moves on.
const double *probe_rates(struct probe *probe, const double *states, const double *parameters);

// The derivatives there: [m][m], and by parameter `parameter` [m] (NULL: not wanted).
void probe_slopes(struct probe *probe, double *by_z, int parameter, double *by_parameter);

// All unknowns [n] at the point, those left out NaN; watched cell `i`; kinks (tangent_kinks()).
const double *probe_unknowns(const struct probe *probe);
double probe_watched(const struct probe *probe, int i);
int probe_kinks(const struct probe *probe, const char **first);

// Scales unknowns [n] to z [m].
void frozen_scale(const struct frozen *frozen, const double *unknowns, double *z);

// Searches a root from z; false where there is none near. The root replaces z and the probe is
// there.
bool probe_solve(struct probe *probe, double *z, const double *parameters);

// The eigenvalues at the present point, within the states that conserved sums allow: `real` and
// `imaginary` [m - n_laws]. False where they cannot be computed.
bool probe_eigenvalues(struct probe *probe, double *real, double *imaginary);

#endif
