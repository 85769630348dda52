// Shared by write_xmile*.c; nobody else includes it.
#ifndef MODEL_WRITE_XMILE_PRIVATE_H
#define MODEL_WRITE_XMILE_PRIVATE_H

#include "base/text.h"
#include "model/model.h"

struct xmile_writer {
    struct text *text;
    const struct model *model;
    int depth; // of elements, for indenting
};

// Starts a line, indented.
void xmile_line(struct xmile_writer *writer);

// Appends `string` with the signs of XML escaped.
void xmile_escaped(struct xmile_writer *writer, const char *string);

// Whether a file holds the variable: not what the program made itself, but for copies of macros.
bool xmile_is_written(const struct variable *variable);

// write_xmile_view.c: <views> with a diagram of all variables.
void xmile_put_views(struct xmile_writer *writer);

#endif
