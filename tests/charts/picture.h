// Looks at a chart as a reader would: is every text on the page, clear of the others, and is
// something drawn in every panel?
#ifndef TESTS_CHARTS_PICTURE_H
#define TESTS_CHARTS_PICTURE_H

#include "base/text.h"

#include <stdbool.h>

// Appends a line to `faults` for each fault of the SVG file `path`: a text beyond the edge of the
// page, two texts on each other, a panel in which nothing is drawn. Widths are those of DejaVu
// Sans. False where there is any, or where the file is no SVG.
bool picture_check(const char *path, struct text *faults);

// Appends the texts of the picture to `texts`, a line each. False where the file is no SVG.
bool picture_texts(const char *path, struct text *texts);

#endif
