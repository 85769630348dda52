// Shared by read_xmile*.c; nobody else includes it.
#ifndef MODEL_READ_XMILE_PRIVATE_H
#define MODEL_READ_XMILE_PRIVATE_H

#include "model/macro.h"
#include "model/model.h"
#include "model/xml.h"

// <behavior>: what stocks and flows are that do not say it themselves.
struct behaviour {
    bool stocks_non_negative, flows_non_negative;
};

// <connect>: the variable `to` of a module is another one's value.
struct connection {
    const char *module; // scope of the module
    const char *parent; // scope that the module stands in
    const char *to, *from;
    struct position position;
};

// What <gf name="..."/> means: the function of that name, once it is known.
struct borrowed_table {
    struct variable *variable; // that it is for
    const char *name;
    struct position position;
};

// A flow that arrives in other units than it left in: <multiplier>.
struct multiplier {
    struct variable *flow;
    struct equation equation;
};

struct xmile_reader {
    struct arena *arena;
    struct diag *diag;
    struct model *model;
    struct xml_file *file; // the one being read: modules may stand in files of their own
    int depth;             // of modules in modules
    struct behaviour behaviour;

    // Where variables go at present: into a module, or into a macro.
    const char *path;    // "outer.inner." as spelt, "" for the root model
    const char *scope;   // its key
    struct macro *macro; // NULL: into the model

    struct {
        struct connection *items;
        size_t count, capacity;
    } connections;
    struct {
        struct borrowed_table *items;
        size_t count, capacity;
    } borrowed;
    struct {
        struct multiplier *items;
        size_t count, capacity;
    } multipliers;
};

// read_xmile_variable.c: reads a <stock>, <flow>, <aux> or <gf>.
void xmile_read_variable(struct xmile_reader *reader, const xmlNode *node);

// read_xmile_variable.c: the name in the attribute `name` of `node` as results show it: quotes off,
// line ends as blanks; NULL with an error where it is missing or empty.
const char *xmile_name(struct xmile_reader *reader, const xmlNode *node);

// read_xmile_variable.c: the equation in `node`, parsed; without tree where it is wrong.
struct equation xmile_equation(struct xmile_reader *reader, const xmlNode *node);

// read_xmile_variable.c: the text of child `name` of `node`, with the escapes of documentation
// undone; NULL where it is missing or empty.
const char *xmile_text(struct xmile_reader *reader, const xmlNode *node, const char *name);

// read_xmile_variable.c: whether the option `name` (a child like <non_negative/>) of `node` is on;
// `otherwise` where it is not there.
bool xmile_option(struct xmile_reader *reader, const xmlNode *node, const char *name,
                  bool otherwise);

// read_xmile_table.c: reads a <gf>; NULL with errors, and NULL where it only names another one,
// which `variable` borrows.
struct table *xmile_read_table(struct xmile_reader *reader, const xmlNode *gf,
                               struct variable *variable);

// read_xmile_module.c: reads the variables, groups and modules of the model `node`.
void xmile_read_model(struct xmile_reader *reader, const xmlNode *node);

// read_xmile_module.c: reads a <module> of the model that is being read.
void xmile_read_module(struct xmile_reader *reader, const xmlNode *node);

// read_xmile_module.c: reads all <macro>s below `root`.
void xmile_read_macros(struct xmile_reader *reader, const xmlNode *root);

// read_xmile_module.c: ties inputs of modules to what they are connected to, and whatever else
// could not be tied while variables were missing.
void xmile_connect(struct xmile_reader *reader);

// read_xmile.c: <behavior> of `node`.
void xmile_read_behaviour(struct xmile_reader *reader, const xmlNode *node);

// read_xmile.c: <dimensions> and <model_units> of a file's root.
void xmile_read_dimensions(struct xmile_reader *reader, const xmlNode *root);
void xmile_read_units(struct xmile_reader *reader, const xmlNode *root);

// The <model> of `root` that is called `name`, NULL where there is none; the root model: the
// unnamed one, or the first that is no module of another.
const xmlNode *xmile_find_model(struct xmile_reader *reader, const xmlNode *root, const char *name);
const xmlNode *xmile_find_root_model(struct xmile_reader *reader, const xmlNode *root);

#endif
