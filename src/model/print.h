// Expressions and equations as text again.
#ifndef MODEL_PRINT_H
#define MODEL_PRINT_H

#include "base/text.h"
#include "model/model.h"

// Appends `expr`, resolved or not, as XMILE v1.0 writes it; names are those of the flat model.
void expr_print(struct text *text, struct arena *arena, const struct expr *expr);

// The text of `equation` of `variable`: as its author wrote it where it means the same outside the
// file that it comes from, else printed from its tree. The model must be resolved.
const char *equation_text(const struct model *model, const struct variable *variable,
                          const struct equation *equation);

// How methods and kinds are called in files; of tables also in XMILE.
const char *table_kind_name(enum table_kind kind);
const char *chart_kind_name(enum chart_kind kind);

#endif
