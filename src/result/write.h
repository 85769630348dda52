// Results as files: see `kantelpunt help results` for the layout of the folder.
#ifndef RESULT_WRITE_H
#define RESULT_WRITE_H

#include "result/series.h"

#include <stdio.h>

// One number of one run, as in summary.csv.
struct summary_row {
    const char *scenario; // "" for a bare model
    const char *model;
    const char *metric;
    double value; // NaN: never, or not known; an empty cell in CSV, null in JSON
    const char *unit;
};

struct summary {
    struct summary_row *items;
    size_t count, capacity;
};

// Writes the table of a run: time, then each variable. `path` "-" is standard output. `n_threads`
// 0: all processors; the bytes are the same for any number.
bool series_write_csv(const struct series *series, const char *path, int n_threads,
                      struct diag *diag);

// Writes scenario,model,metric,value,unit.
bool summary_write_csv(const struct summary *summary, struct arena *arena, const char *path,
                       struct diag *diag);

// Writes metric,unit and one column for each scenario.model.
bool summary_write_comparison(const struct summary *summary, struct arena *arena, const char *path,
                              struct diag *diag);

// Returns the row of metric `metric` in run `label`, or NULL.
const struct summary_row *summary_find(const struct summary *summary, struct arena *arena,
                                       const char *label, const char *metric);

// Compares two comparisons as text, numbers to nine digits; prints what differs, a line each, and
// returns how many cells or rows do.
int summary_differences(struct arena *arena, const char *found, const char *wanted, FILE *stream);

// The name of a column of the comparison: "scenario.model" or "model".
const char *summary_label(struct arena *arena, const struct summary_row *row);

#endif
