// Models as XMILE v1.0 files that Stella and Simlin open.
#ifndef MODEL_WRITE_XMILE_H
#define MODEL_WRITE_XMILE_H

#include "model/model.h"

// Writes the resolved `model` as the file `path` ("-": standard output), with a diagram. What XMILE
// has no place for goes into an element of our own name space, which other programs pass over.
// False with an error.
bool model_write_xmile(const struct model *model, const char *path, struct diag *diag);

#endif
