// Models as libconfig files; the format is described in the manual (doc: `kantelpunt help model`).
#ifndef MODEL_READ_CFG_H
#define MODEL_READ_CFG_H

#include "model/model.h"

// Reads the model file `path`; NULL with errors where it is wrong. `units` must outlive the model.
struct model *model_read_cfg(struct arena *arena, const char *path, struct unit_system *units,
                             struct diag *diag);

// Adds to a model that another reader has read, and not yet settled, what `text` says in the same
// format: the members of `model`, which all may be missing. Variables must be there already. `text`
// starts in line `line` of the file `path`. False with errors.
bool model_annotate_cfg(struct model *model, const char *text, const char *path, int line,
                        struct diag *diag);

#endif
