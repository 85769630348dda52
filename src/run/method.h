// Integration methods, one descriptor each.
#ifndef RUN_METHOD_H
#define RUN_METHOD_H

#include "base/diag.h"
#include "run/workspace.h"

struct method {
    const char *name;
    const char *summary; // one sentence, no full stop
    const char *source;  // book or paper
    int order;           // of convergence; 0: chosen as it goes
    bool is_adaptive;    // chooses its own steps within each DT; one run at a time

    // How the rates are evaluated: stage 0 at the start of each step, then the others. `last_home`:
    // the last list that states may be in at the start of a step.
    struct stage_plan stages[MAX_STAGES];
    int n_stages;
    enum state_rows last_home;

    // Moves the states from step `workspace->step` to the next; on entry stage 0 is evaluated. Only
    // adaptive methods may return anything but RUN_COMPLETE.
    enum run_end (*advance)(struct workspace *workspace);

    // Adaptive methods: what they keep between steps. NULL where nothing is needed.
    void *(*create)(struct workspace *workspace);
    void (*free)(void *kept);
};

extern const struct method *const methods[];
extern const int n_methods;

// Returns the method of that name (any case), or the first known one of a list "gear, rk4" (XMILE
// v1.0, 2.3); NULL with an error at `position`.
const struct method *method_find(const char *name, struct position position, struct diag *diag);

#endif
