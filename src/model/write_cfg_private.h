// Shared by write_cfg*.c; nobody else includes it.
#ifndef MODEL_WRITE_CFG_PRIVATE_H
#define MODEL_WRITE_CFG_PRIVATE_H

#include "base/text.h"
#include "model/model.h"

struct cfg_writer {
    struct text *text;
    const struct model *model;
    bool is_annotation; // only what XMILE has no place for
    int depth;          // of groups, for indenting
};

// Starts a line, indented.
void cfg_line(struct cfg_writer *writer);

// `key: {` on a line of its own, and its end.
void cfg_open(struct cfg_writer *writer, const char *key);
void cfg_close(struct cfg_writer *writer);

// Appends `value` so that it reads back as a number; a text in quotes.
void cfg_number(struct cfg_writer *writer, double value);
void cfg_string(struct cfg_writer *writer, const char *string);

// ` key = value;` on the present line; nothing where the value is NULL or NaN.
void cfg_put_number(struct cfg_writer *writer, const char *key, double value);
void cfg_put_string(struct cfg_writer *writer, const char *key, const char *value);

// The same on a line of its own, in one language where both are the same.
void cfg_put_localized(struct cfg_writer *writer, const char *key, const struct localized *value);

// ` key = ("a", "b");` nothing where there are none.
void cfg_put_references(struct cfg_writer *writer, const char *key,
                        const struct reference *references, int n);

// The name that a group gets for something called `name`; `*is_name` whether it is that name as
// spelt, so that it need not be said again.
const char *cfg_key(const struct cfg_writer *writer, const char *name, bool *is_name);

// write_cfg_variable.c: all variables, in their parts and sections.
void cfg_put_variables(struct cfg_writer *writer);

// write_cfg_spec.c: metrics, checks and charts.
void cfg_put_specs(struct cfg_writer *writer);

#endif
