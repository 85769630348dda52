// The public face of the library: include this one header to read, run and look at models.
//
//     struct arena *arena = arena_create();
//     struct diag diag;
//     diag_init(&diag, arena);
//     struct unit_system *units = unit_system_create(&diag);
//     const char *files[] = {"models/chicken-egg.cfg"};
//     struct case_options options = {.time = time_spec_empty()};
//     struct study *study = study_read(arena, files, 1, &options, units, &diag);
//     if (study && study_run(study, NULL, NULL, &diag))
//         series_write_csv(study->cases[0].simulation->series, "-", 0, &diag);
//     for (size_t i = 0; i < diag.count; i++)
//         fprintf(stderr, "%s\n", diag.items[i].text);
//     unit_system_free(units);
//     arena_free(arena);
//
// Memory: everything lives in the arena given and is freed with it; unit systems and workspaces
// have a free function of their own. Errors: functions return false or NULL and leave messages in
// the diag; none prints or exits. Call gsl_set_error_handler_off() once before anything else.
#ifndef KANTELPUNT_H
#define KANTELPUNT_H

#include "analysis/check.h"  // checks of a model
#include "analysis/study.h"  // files -> cases -> runs -> summary
#include "base/diag.h"       // messages
#include "model/case.h"      // models and scenarios
#include "model/resolve.h"   // names and units
#include "model/time.h"      // time axes
#include "model/unit.h"      // units of measurement
#include "program/program.h" // compiled models
#include "report/chart.h"    // pictures
#include "result/manifest.h" // how a result came about
#include "result/metric.h"   // numbers that runs yield
#include "result/series.h"   // trajectories
#include "result/write.h"    // tables on disk
#include "run/integrate.h"   // blocks of lanes
#include "run/simulate.h"    // one run

#endif
