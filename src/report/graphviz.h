// Graphs on their way through Graphviz.
#ifndef REPORT_GRAPHVIZ_H
#define REPORT_GRAPHVIZ_H

#include "base/text.h"
#include "report/chart.h"

// Appends `text` for the inside of a quoted string of a dot file, with a line break at the first
// blank after `width` letters (0: none).
void dot_append(struct text *dot, const char *text, int width);

// The same for a label in HTML.
void dot_append_html(struct text *dot, const char *text, int width);

// Starts a graph: `title` above it, `rankdir` "LR" or "TB".
void dot_begin(struct text *dot, const char *name, const char *title, const char *rankdir);

// Writes the graph as `folder`/`name`.dot, clears it, and draws it in the given formats. False with
// errors: Graphviz missing, disk full.
bool dot_write(struct arena *arena, const char *folder, const char *name, struct text *dot,
               const bool formats[N_FORMATS], struct diag *diag);

// Whether Graphviz can be started; a warning that `what` is not drawn if not.
bool dot_is_there(const char *what, struct diag *diag);

// Draws `folder`/`name`.dot again.
bool dot_draw(struct arena *arena, const char *folder, const char *name,
              const bool formats[N_FORMATS], struct diag *diag);

#endif
