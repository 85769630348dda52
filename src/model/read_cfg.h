// Models as libconfig files; the format is described in the manual (doc: `kantelpunt help model`).
#ifndef MODEL_READ_CFG_H
#define MODEL_READ_CFG_H

#include "model/model.h"

// Reads the model file `path`; NULL with errors where it is wrong. `units` must outlive the model.
struct model *model_read_cfg(struct arena *arena, const char *path, struct unit_system *units,
                             struct diag *diag);

#endif
