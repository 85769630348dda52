// What `run` and `compare` do with a study: read it, run it, write it, print it.
#ifndef CLI_SHOW_STUDY_H
#define CLI_SHOW_STUDY_H

#include "analysis/study.h"
#include "analysis/sweep/sweep.h"
#include "cli/command.h"
#include "report/chart.h"
#include "result/manifest.h"

// Reads the files of the command line; NULL with errors.
struct study *study_for(struct session *session);

// The scenario of the command line with the inputs of `sweep` at `values` [n_cases][n_inputs];
// NULL with errors.
struct study *study_with_inputs(struct session *session, const struct sweep *sweep,
                                const double *values);

// Says which runs would be made and where results would go; returns the exit code.
int study_print_plan(struct session *session, const struct study *study);

// Makes the results folders; false with an error where one cannot be made.
bool study_folders_create(struct session *session, const struct study *study);

// Runs all cases; errors are in the session's diag.
void study_simulate(struct session *session, struct study *study);

// Writes tables and manifest of what was run.
void study_write(struct session *session, const struct study *study);

// Whether charts are wanted and can be drawn; an error where only gnuplot is missing.
bool study_wants_charts(struct session *session);

// What charts of the case `index` start from.
struct chart_context study_chart_context(struct session *session, const struct study *study,
                                         int index);

// Draws the charts, unless --no-charts.
void study_draw(struct session *session, const struct study *study);

// Says on standard error where the results are.
void study_print_folders(struct session *session, const struct study *study);

// Prints the summary on standard output: a table, or JSON with --json.
void study_print(struct session *session, const struct study *study);

// A metric's value as people read it.
const char *study_value_for_people(struct session *session, const struct summary_row *row);

// What repeats the runs in `folder`.
struct manifest study_manifest(const struct session *session, const struct study *study,
                               const char *folder);

// The results folder of a case.
const char *study_folder(const struct session *session, const struct study *study, int index);

#endif
