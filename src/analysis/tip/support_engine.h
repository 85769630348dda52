// What support.c, support_engine.c and support_uncertain.c share.
#ifndef ANALYSIS_TIP_SUPPORT_ENGINE_H
#define ANALYSIS_TIP_SUPPORT_ENGINE_H

#include "analysis/tip/support.h"

// Frees what was compiled; it is compiled anew when needed.
void support_drop_engines(struct support *support);

// Ties the uncertainties of the options to the cells of the model, which is resolved. False with
// errors.
bool support_tie_uncertainties(struct support *support);

#endif
