// Compiled models as C: yardsticks for models that nobody wrote by hand.
#ifndef BENCH_TRANSLATE_H
#define BENCH_TRANSLATE_H

#include "program/program.h"

#include <stdio.h>

// Writes `program` as C with RK4 to `file`: a function `yardstick` as in workload.h over inputs
// [n_parameters] and results [n_states]. With LANES defined it computes so many runs side by side.
// NULL, or what the program holds that cannot be translated.
const char *translate(const struct program *program, FILE *file);

#endif
