// Models as XMILE v1.0 files (OASIS, December 2015), the drafts before it and what Stella, Vensim
// and Simlin write.
#ifndef MODEL_READ_XMILE_H
#define MODEL_READ_XMILE_H

#include "model/model.h"

// Whether the ending of `path` is one of XMILE's: .xmile, .stmx, .itmx, .xml.
bool xmile_is_file(const char *path);

// Reads the model file `path`; NULL with errors where it is wrong or holds what is not supported
// (conveyors, queues). `units` must outlive the model.
struct model *model_read_xmile(struct arena *arena, const char *path, struct unit_system *units,
                               struct diag *diag);

#endif
