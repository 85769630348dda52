// Whether equations of arrays give one value for each element.
#ifndef MODEL_SHAPE_H
#define MODEL_SHAPE_H

#include "model/model.h"

// Whether the resolved `tree` gives one value for each cell of `variable`; false with an error that
// points into the text of `position`.
bool shape_check(const struct variable *variable, struct position position, const struct expr *tree,
                 struct diag *diag);

// Whether `expr`, an argument of SUM or its like in an equation of `variable`, stands for several
// values: it runs over a dimension that the variable does not have, or over part of one.
bool shape_is_spread(const struct variable *variable, const struct expr *expr);

#endif
