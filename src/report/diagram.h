// Stock-flow diagrams, laid out by Graphviz.
#ifndef REPORT_DIAGRAM_H
#define REPORT_DIAGRAM_H

#include "model/model.h"
#include "report/chart.h"

// Writes `folder`/diagram.dot and draws it in the given formats; of a model with many flows, an
// overview of its parts and diagram-PART.dot for each of them. The model is resolved. False with
// errors: Graphviz missing, disk full.
bool diagram_write(const struct model *model, const char *folder, enum language language,
                   const bool formats[N_FORMATS], struct diag *diag);

#endif
