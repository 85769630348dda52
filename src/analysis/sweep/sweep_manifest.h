// manifest.json of a sweep: what it is, how far it is, how to repeat it.
#ifndef ANALYSIS_SWEEP_SWEEP_MANIFEST_H
#define ANALYSIS_SWEEP_SWEEP_MANIFEST_H

#include "analysis/sweep/sweep.h"

// What a manifest says of the progress.
struct sweep_progress {
    const char *state; // "running", "interrupted", "complete"
    uint64_t n_runs_done;
    const uint64_t *n_ends; // [N_RUN_ENDS]
    double band_error;
    double seconds;
};

// Everything that decides about the bytes of the results, as one text; its hash is the id.
const char *sweep_identity(const struct sweep *sweep, struct diag *diag);
const char *sweep_id(const struct sweep *sweep, const char *identity);

bool sweep_manifest_write(const struct sweep *sweep, const char *folder, const char *command,
                          const char *identity, const struct sweep_progress *progress,
                          struct diag *diag);

// Whether `folder` holds a sweep of this identity. Otherwise false, with an error that says what
// differs, or that there is no sweep. `*seconds` and `*state` are set from it.
bool sweep_manifest_matches(const struct sweep *sweep, const char *folder, const char *identity,
                            double *seconds, const char **state, struct diag *diag);

// Reads back what `run --from-sweep` needs: the scenario file and the options of the sweep in
// `folder`; false with errors.
bool sweep_manifest_read(struct arena *arena, const char *folder, const char **scenario_path,
                         struct sweep_options *options, struct diag *diag);

#endif
