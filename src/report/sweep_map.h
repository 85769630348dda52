// The map of a metric over two inputs of a sweep.
#ifndef REPORT_SWEEP_MAP_H
#define REPORT_SWEEP_MAP_H

#include "report/sweep_drawing.h"

// Draws the mean of `metric` in the first case over cells of the inputs `x` and `y`; nothing where
// one of them does not vary. False with errors.
bool draw_map(const struct drawing *drawing, int metric, int x, int y);

#endif
