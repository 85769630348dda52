// One run of one model, with its course and its metrics.
#ifndef RUN_SIMULATE_H
#define RUN_SIMULATE_H

#include "run/integrate.h"

struct simulation {
    struct model *model;
    struct series *series;
    struct gatherer *gatherer; // of the metrics that look at this run
    struct run_ending ending;
    const char *blame;              // what went wrong where, or NULL: "'x' at 2031.5"
    struct position blame_position; // of the equation to blame
    // Between simulation_prepare() and simulation_finish():
    struct workspace *workspace;
    struct output_list outputs;
    const volatile sig_atomic_t *cancel; // not 0: stop; may be NULL
};

// Which variables a run is to show: all where `names` is NULL.
struct selection {
    const char **names; // [n]
    int n;
    bool skips_unknown; // names that the model has not are left out without an error
};

// Collects the outputs for `selection`; false with errors at names that do not exist. Variables
// with neither value nor course (tables without input) and hidden ones are left out.
bool select_outputs(const struct model *model, const struct selection *selection,
                    struct arena *arena, struct output_list *outputs, struct diag *diag);

// Whether the course of `n_shown` variables may be kept: false with an error where it would take
// more than half of the machine's memory.
bool series_fits_memory(const struct model *model, int n_shown, struct diag *diag);

// Compiles and runs the resolved `model`; `metrics` (may be empty) are bound to it as run `run`.
// NULL with errors where it cannot be compiled. A run that ends early is a result: see `ending`.
struct simulation *simulate(struct arena *arena, struct model *model,
                            const struct selection *selection, const struct metric_list *metrics,
                            int run, const volatile sig_atomic_t *cancel, struct diag *diag);

// Its three parts. Several simulations may be in simulation_run() at once: it allocates nothing.
struct simulation *simulation_prepare(struct arena *arena, struct model *model,
                                      const struct selection *selection,
                                      const struct metric_list *metrics, int run,
                                      const volatile sig_atomic_t *cancel, struct diag *diag);
void simulation_run(struct simulation *simulation);
void simulation_finish(struct simulation *simulation);

#endif
