// Reading XML safely, with the place of every element and every sign of its text. No network, no
// entities but the predefined ones, bounded depth.
#ifndef MODEL_XML_H
#define MODEL_XML_H

#include "base/diag.h"

#include <libxml/tree.h>
#include <stdbool.h>

struct xml_file {
    struct arena *arena;
    struct diag *diag;
    const char *path;
    xmlDoc *document;
    const char *bytes; // the file as it stands
    struct {
        struct xml_place *items;
        size_t count, capacity;
    } places; // of each element in file order; none where the bytes are not UTF-8
};

// Reads and parses the file `path`; false with errors. Call xml_close() in any case.
bool xml_open(struct xml_file *file, struct arena *arena, const char *path, struct diag *diag);
void xml_close(struct xml_file *file);

// The root element.
xmlNode *xml_root(const struct xml_file *file);

// The first child element of `node` called `name`, whatever its namespace (NULL: of any name), and
// the next sibling of that kind after `node`; NULL where there is none.
xmlNode *xml_child(const xmlNode *node, const char *name);
xmlNode *xml_next(const xmlNode *node, const char *name);

// The name of an element without a prefix.
const char *xml_name(const xmlNode *node);

// Whether `node` is called `name`, whatever its namespace.
bool xml_is(const xmlNode *node, const char *name);

// The attribute `name` of `node`, whatever its namespace, in the file's arena; NULL where missing.
const char *xml_attribute(const struct xml_file *file, const xmlNode *node, const char *name);

// The text inside `node`, blanks at its ends taken off; "" where empty.
const char *xml_text(const struct xml_file *file, const xmlNode *node);

// Where `node` starts.
struct position xml_position(const struct xml_file *file, const xmlNode *node);

// The text inside `node` as it stands.
const char *xml_raw_text(const struct xml_file *file, const xmlNode *node);

// The text inside `node` as the excerpt of a position that knows where each of its bytes stands.
struct position xml_text_position(const struct xml_file *file, const xmlNode *node);

#endif
