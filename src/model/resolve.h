// From a model as read to one whose names, subscripts and flows are known to be right.
#ifndef MODEL_RESOLVE_H
#define MODEL_RESOLVE_H

#include "model/model.h"

// Parses every equation and ties its names to variables, dimensions and built-ins; gives each
// variable the index of its first cell. False with errors, at most one a name, where something
// does not fit. May be called again after hidden variables were added.
bool resolve_model(struct model *model, struct diag *diag);

// Reads and checks the units of all variables and of all equations; false with errors where they
// do not agree. Files of other programs (model->is_lenient) only get warnings.
bool units_check(struct model *model, struct diag *diag);

#endif
