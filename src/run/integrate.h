// From a workspace with parameters to finished runs.
#ifndef RUN_INTEGRATE_H
#define RUN_INTEGRATE_H

#include "result/metric.h"
#include "result/series.h"
#include "run/method.h"

#include <signal.h>

// How the run in one lane ended.
struct run_ending {
    enum run_end end;
    double time; // when
    int state;   // RUN_NONFINITE: the state that was first, else -1
    int output;  // RUN_NONFINITE: the output to blame where outputs show it, else -1
};

// Someone who looks at runs while they go on: at the start of the steps that it wants.
struct observer {
    void *context;
    bool (*wants)(void *context, long step, bool is_last);
    void (*take)(void *context, const struct workspace *workspace, long step, double time);
};

// Observers that gather metrics of all lanes, and that record the series of lane 0.
struct observer observe_metrics(struct gatherer *gatherer);
struct observer observe_series(struct series *series);

enum { MAX_OBSERVERS = 4 };

struct integration {
    struct workspace *workspace;
    const double *parameters; // [n_parameters][lanes]
    const double *from;       // [n_states][lanes] where runs start; NULL: as the model says
    int n_lanes;              // in use; the rest only fills up
    struct observer observers[MAX_OBSERVERS]; // [n_observers]
    int n_observers;
    const volatile sig_atomic_t *cancel; // not 0: stop; or NULL
    struct run_ending *endings;          // [n_lanes] result
    int n_running;                       // lanes that have not ended
};

// Runs all lanes from start to stop. A lane that stops early leaves the others alone.
void integrate(struct integration *integration);

#endif
