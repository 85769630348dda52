// What the commands that leave results share: the folder, what charts are drawn with, JSON.
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

#include "cli/command.h"
#include "report/chart.h"

#include <jansson.h>

// The folder that -o names, else results/NAME.
const char *results_folder(const struct session *session, const char *name);

// What charts in `folder` of the run `run_id` ("" without) are drawn with.
struct chart_context results_chart_context(struct session *session, const char *folder,
                                           const char *run_id);

// A number; null where it is not finite.
json_t *results_number(double number);

// Prints `root` on standard output and lets go of it.
void results_print_json(json_t *root);

#endif
