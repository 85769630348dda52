// Which parameters of a model are uncertain, where nobody says what is to vary.
#ifndef MODEL_UNCERTAIN_H
#define MODEL_UNCERTAIN_H

#include "model/model.h"

// Marks the uncertain ones among the variables of `model`: [model->variables.count], in `arena`.
// Parameters with a range, but for those whose source begins with "lever" or "switch": these are
// decided on. Where the model gives some a distribution, only these: the other ranges are bounds.
const bool *model_uncertainties(struct arena *arena, const struct model *model);

#endif
