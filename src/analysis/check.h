// Checks of a model: units, structure, behaviour.
#ifndef ANALYSIS_CHECK_H
#define ANALYSIS_CHECK_H

#include "analysis/study.h"

enum check_status { CHECK_PASS, CHECK_WARN, CHECK_FAIL };

struct check_result {
    enum check_status status;
    const char *model;  // name of the model
    const char *name;   // "units", "parameters", "locked_in"
    const char *detail; // one line
};

struct check_report {
    struct check_result *items;
    size_t count, capacity;
    int n_failed;
};

// Checks the model file or scenario file `path`; `options` change every run. False with errors
// where the file is wrong; failed checks are results, not errors. What a failed unit check has to
// say is among the messages of `diag` but does not count as an error there.
bool check_file(struct arena *arena, const char *path, const struct case_options *options,
                struct unit_system *units, const volatile sig_atomic_t *cancel,
                struct check_report *report, struct diag *diag);

// Reads one run that a check of `model` looks at, with what the check sets on top of `given`;
// false with errors.
bool check_read_run(struct arena *arena, const struct model *model, const struct check_run *run,
                    const struct case_options *given, struct unit_system *units,
                    struct run_case *read, struct diag *diag);

#endif
