// Which flows a non-negative stock limits.
#ifndef PROGRAM_LIMITS_H
#define PROGRAM_LIMITS_H

#include "model/model.h"

struct limits;

// Looks at all non-negative stocks of the resolved `model`.
const struct limits *limits_find(struct arena *arena, const struct model *model);

// The non-negative stock that limits `flow`: the only stock that it leaves; NULL where none does.
const struct variable *limits_source(const struct limits *limits, const struct variable *flow);

// Whether inflow `inflow` of `stock` depends, at the same moment, on an outflow of that stock.
bool limits_depends(const struct limits *limits, const struct variable *stock, int inflow);

// Whether `stock` is non-negative but limiting its outflows cannot keep it so: a flow leaves
// several stocks, or an inflow may be negative.
bool limits_must_hold(const struct limits *limits, const struct variable *stock);

#endif
