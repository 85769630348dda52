// Models as libconfig files; the format is described in the manual (kantelpunt help model).
#ifndef MODEL_WRITE_CFG_H
#define MODEL_WRITE_CFG_H

#include "base/text.h"
#include "model/model.h"

// Writes the resolved `model` as the file `path` ("-": standard output); false with an error.
bool model_write_cfg(const struct model *model, const char *path, struct diag *diag);

// Appends what XMILE has no place for - ranges, sources, titles in two languages, metrics, checks,
// charts - in the form that model_annotate_cfg() reads.
void model_append_annotation(struct text *text, const struct model *model);

#endif
