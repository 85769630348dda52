// Sweeps: many runs of one or more cases over a design, streamed to disk in blocks.
#ifndef ANALYSIS_SWEEP_SWEEP_H
#define ANALYSIS_SWEEP_SWEEP_H

#include "analysis/study.h"
#include "analysis/sweep/sample.h"
#include "result/quantile.h"

// What the command line changes in the design of a scenario.
struct sweep_options {
    struct case_options cases;
    uint64_t runs;                 // 0: as the scenario says
    const char *design;            // NULL: as the scenario says
    uint64_t seed;                 //
    bool has_seed;                 //
    const char **keep;             // [n_keep] variables whose whole series go to ensemble.nc
    int n_keep;                    //
    int n_threads;                 // 0: all
    const char *kernel;            // NULL: the best
    const struct sweep_spec *spec; // the design; NULL: the scenario's own
};

// What one input of the design sets in one case.
struct sweep_target {
    const char *name; // of the cell
    int parameter;    // of the program
    double base;      // what a scale multiplies
    bool is_scale;    //
};

// What a target becomes where its input has the value `value`.
double sweep_target_value(const struct sweep_target *target, double value);

// One model under one scenario.
struct sweep_case {
    struct run_case source;
    struct program *program;
    const struct method *method;
    struct metric_list metrics;
    int *metric_column;            // [metrics.count] column in the sweep's list of metrics
    struct sweep_target **targets; // [n_inputs] lists of what an input sets
    int *n_targets;                // [n_inputs]
    int *band_outputs;             // [n_bands] outputs of the band variables; -1: not in this model
    int *kept_outputs;             // [n_kept]
};

// Who is told how many runs a search over a sweep's inputs has made; by one thread at a time.
struct run_watch {
    void (*tell)(void *context, long n_runs);
    void *context;
    long n_runs; // so far
};

struct sweep {
    struct run_watch *watch; // told of trials; NULL: nobody is
    struct arena *arena;
    struct sweep_options options;    // as given
    const struct scenario *scenario; // the one that holds the design
    struct sample_design design;
    struct sweep_case *cases; // [n_cases]
    int n_cases;
    const char **metric_names; // [n_metrics] over all cases
    const char **metric_units;
    int n_metrics;
    const char **band_names; // [n_bands]
    const char **band_units;
    int n_bands;
    long band_steps;   // steps between band times; the last step is one too
    long n_band_times; //
    const double *quantiles;
    int n_quantiles;
    const char **kept_names; // [n_kept]
    const char **kept_units;
    const char **kept_titles;
    int n_kept;
    long kept_steps;   // steps between saved times; the last step is one too
    long n_kept_saves; //
    const struct kernel *kernel;
    int n_threads;
    uint64_t seed;
    struct {
        const char **items;
        size_t count, capacity;
    } files; // every file that went in
};

// Runs in a block; blocks are the unit of work, of writing and of resuming. A block belongs to one
// case. Runs are numbered from 1: first all points under case 0, then under case 1 ...
enum { SWEEP_BLOCK = 64 };

// Reads and compiles the sweep of scenario `path`; NULL with errors.
struct sweep *sweep_read(struct arena *arena, const char *path, const struct sweep_options *options,
                         struct unit_system *units, struct diag *diag);

uint64_t sweep_n_runs(const struct sweep *sweep);
uint64_t sweep_n_blocks(const struct sweep *sweep);

// The step of observation `observation` (from 0) where one is made every `every` steps and at the
// end.
long sweep_step_of(const struct sweep *sweep, long observation, long every);

// The results of one block.
struct sweep_block {
    uint64_t first_run;         // number of its first run, from 1
    int case_index;             //
    int n_runs;                 //
    double *inputs;             // [n_inputs][SWEEP_BLOCK]
    struct run_ending *endings; // [SWEEP_BLOCK]
    double *metrics;            // [n_metrics][SWEEP_BLOCK], NaN where the run did not complete
    double *bands;              // [n_bands][n_band_times][SWEEP_BLOCK]
    double *kept;               // [n_kept][n_kept_saves][SWEEP_BLOCK]
};

// One thread's means to compute blocks.
struct sweep_worker;
struct sweep_worker *sweep_worker_create(const struct sweep *sweep);
void sweep_worker_free(struct sweep_worker *worker);

// Computes block `block` (from 0); the result belongs to the worker and holds until the next call.
// NULL where `cancel` became true on the way.
const struct sweep_block *sweep_compute(struct sweep_worker *worker, uint64_t block,
                                        const volatile sig_atomic_t *cancel);

// What repeats run `run` (from 1): the case it is of, and a setting for each cell that the design
// sets.
int sweep_settings_of(const struct sweep *sweep, uint64_t run, struct setting_list *settings);

#endif
