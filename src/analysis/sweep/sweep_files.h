// The results folder of a sweep: written block by block, so that whatever stops the sweep costs at
// most the blocks in flight, and resumed to the same bytes.
//
// While a sweep runs, its tables end in .part; bands.log and bands.state hold what the quantiles
// over time are made of, ensemble.part whole series. The last block renames the tables, turns
// these into bands.csv and ensemble.nc and removes them.
#ifndef ANALYSIS_SWEEP_SWEEP_FILES_H
#define ANALYSIS_SWEEP_SWEEP_FILES_H

#include "analysis/sweep/sweep_text.h"

#include <stdio.h>

struct sweep_files {
    struct arena *arena;
    const struct sweep *sweep;
    const char *folder;
    const char *command; // for the manifest
    const char *id;      // what the sweep is; two with the same id give the same bytes
    FILE *design, *metrics, *failed, *log, *kept;
    struct quantile_set **bands; // [n_cases], NULL without bands
    uint64_t n_blocks_done;
    uint64_t n_runs_done;
    uint64_t n_ends[N_RUN_ENDS];
    uint64_t log_start;    // blocks in bands.state
    double seconds_before; // wall time of the parts that were interrupted
};

// Opens `folder` for `sweep`. A folder that holds an unfinished sweep is refused unless `resume`;
// with `resume` one that holds another sweep, with the reason. After it, n_blocks_done says where
// to go on. False with errors.
bool sweep_files_open(struct sweep_files *files, struct arena *arena, const struct sweep *sweep,
                      const char *folder, const char *command, bool resume, struct diag *diag);

// Adds the next block in order; `text` is what sweep_text_format() made of it. False with an error
// where the disk fails.
bool sweep_files_commit(struct sweep_files *files, const struct sweep_block *block,
                        const struct sweep_text *text, struct diag *diag);

// Finishes a complete sweep: final names, bands.csv, ensemble.nc, manifest.
bool sweep_files_finish(struct sweep_files *files, double seconds, struct diag *diag);

// Closes what is open; the folder can be resumed.
void sweep_files_close(struct sweep_files *files, double seconds, struct diag *diag);

// Bytes that the results take, about: tables as text; series before compression.
double sweep_table_bytes(const struct sweep *sweep);
double sweep_series_bytes(const struct sweep *sweep);

// Bytes that the disk of `folder` has left; infinite where that is not known.
double sweep_files_free_bytes(const char *folder);

// Largest error of a quantile in bands.csv, as a share of the runs: 0 means exact.
double sweep_files_band_error(const struct sweep_files *files);

#endif
