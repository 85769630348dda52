// A study: every case of the files asked for, run, with its metrics.
#ifndef ANALYSIS_STUDY_H
#define ANALYSIS_STUDY_H

#include "model/case.h"
#include "result/write.h"
#include "run/simulate.h"

struct study_case {
    struct run_case source;
    struct metric_spec_list further; // metrics wanted besides those of the files
    struct metric_list metrics;
    struct simulation *simulation; // NULL before study_run()
};

struct study {
    struct arena *arena;
    struct study_case *cases; // [n_cases]
    int n_cases;
    struct selection selection; // set by study_check()
    struct summary summary;     // set by study_run()
    int n_threads;              // 0: all processors
};

// Reads the files, applies the options, binds metrics, checks names and units. NULL with errors.
struct study *study_read(struct arena *arena, const char *const *paths, int n_paths,
                         const struct case_options *options, struct unit_system *units,
                         struct diag *diag);

// The two halves of study_read(): between them, metrics can be added to `further` of the cases and
// the models are not yet resolved.
struct study *study_open(struct arena *arena, const char *const *paths, int n_paths,
                         const struct case_options *options, struct unit_system *units,
                         struct diag *diag);
bool study_bind(struct study *study, struct diag *diag);

// Drops all cases but the one called `label`.
void study_keep(struct study *study, const char *label);

// Whether every case can be compiled, and has the variables `names` [n] that are to be shown (NULL:
// all); where there are several models, each name has to be known to one of them. False with
// errors.
bool study_check(struct study *study, const char **names, int n, struct diag *diag);

// Runs every case. False with errors where one cannot be compiled or ends early; what was computed
// is kept, and the summary holds the metrics of complete runs.
bool study_run(struct study *study, const volatile sig_atomic_t *cancel, struct diag *diag);

// Metrics of a model that names none: the final value of each stock.
void default_metrics(const struct model *model, struct metric_spec_list *metrics);

// Binds the metrics of scenario, model and sweep over the one run of `run_case`; of one name, the
// scenario's goes before.
bool case_bind_metrics(const struct run_case *run_case, struct metric_list *metrics,
                       struct diag *diag);

#endif
