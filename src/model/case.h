// Cases: the runs that a list of files asks for, one for each model of each scenario, or one for a
// bare model.
#ifndef MODEL_CASE_H
#define MODEL_CASE_H

#include "model/scenario.h"

struct run_case {
    const struct scenario *scenario; // NULL: a bare model
    struct model *model;             // with the scenario applied, not yet resolved
    const char *label;               // "scenario.model", or "model"
};

struct case_list {
    struct run_case *items;
    size_t count, capacity;
};

// What the command line changes in every case.
struct case_options {
    struct setting_list settings; // --set
    struct time_spec time;        // --from, --to, --dt, --method, --save-every
    uint64_t seed, random_run;    // of random functions, see struct model
    bool ends_support;            // see scenario_apply()
};

// Reads a model file of any kind; NULL with errors where it is wrong.
struct model *model_read(struct arena *arena, const char *path, struct unit_system *units,
                         struct diag *diag);

// Reads the file `path`, a scenario or a model, and adds its cases.
bool cases_read(struct arena *arena, const char *path, const struct case_options *options,
                struct unit_system *units, struct case_list *cases, struct diag *diag);

// Reads model `model_path` under scenario `scenario_path` (NULL: bare), whether or not the
// scenario names it.
bool case_read(struct arena *arena, const char *scenario_path, const char *model_path,
               const struct case_options *options, struct unit_system *units,
               struct run_case *run_case, struct diag *diag);

// Reports settings that no case knows, and labels that two cases share.
bool cases_check(const struct case_list *cases, const struct case_options *options,
                 struct diag *diag);

#endif
