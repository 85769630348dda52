// Stage: model. Groups, modules and macros of an XMILE file (XMILE v1.0, 4.6 to 4.8), and what has
// to wait until all variables are known. The variables of a module become variables of the one flat
// model, called module.variable; an input that is connected takes the value of what it is
// connected to.
#include "model/read_xmile_private.h"

#include "base/array.h"
#include "base/file.h"

#include <string.h>

enum { MAX_DEPTH = 20 }; // of modules in modules; more is a module inside itself

// <group name="..."><entity name="..."/></group>: a part of the model.
static void read_group(struct xmile_reader *reader, const xmlNode *group)
{
    struct model *model = reader->model;
    const char *name = xmile_name(reader, group);
    const char *doc = name ? xmile_text(reader, group, "doc") : NULL;
    if (!name)
        return;
    ARRAY_PUSH(reader->arena, &model->parts) =
        (struct part){.name = name, .doc = {{doc, doc}}, .title = {{name, name}}};
    for (const xmlNode *entity = xml_child(group, "entity"); entity;
         entity = xml_next(entity, "entity")) {
        const char *member = xml_attribute(reader->file, entity, "name");
        const char *key = member ? name_key(reader->arena, member, strlen(member)) : "";
        struct variable *variable = model_find_in_scope(model, reader->scope, key);
        if (variable)
            variable->part = name;
    }
}

void xmile_read_model(struct xmile_reader *reader, const xmlNode *node)
{
    const xmlNode *variables = xml_child(node, "variables");
    const xmlNode *parent = variables ? variables : node; // drafts have no <variables>
    if (xml_attribute(reader->file, node, "encryption-scheme")) {
        diag_error(reader->diag, xml_position(reader->file, node), "the model is encrypted");
        return;
    }
    for (const xmlNode *child = xml_child(parent, NULL); child; child = xml_next(child, NULL)) {
        if (xml_is(child, "module"))
            xmile_read_module(reader, child);
        else
            xmile_read_variable(reader, child);
    }
    for (const xmlNode *group = xml_child(parent, "group"); group; group = xml_next(group, "group"))
        if (!reader->macro)
            read_group(reader, group);
}

static void read_connections(struct xmile_reader *reader, const xmlNode *module, const char *scope)
{
    for (const xmlNode *connect = xml_child(module, "connect"); connect;
         connect = xml_next(connect, "connect")) {
        struct connection connection = {.module = scope,
                                        .parent = reader->scope,
                                        .to = xml_attribute(reader->file, connect, "to"),
                                        .from = xml_attribute(reader->file, connect, "from"),
                                        .position = xml_position(reader->file, connect)};
        if (connection.to && connection.from)
            ARRAY_PUSH(reader->arena, &reader->connections) = connection;
        else
            diag_error(reader->diag, connection.position, "<connect> needs both 'to' and 'from'");
    }
}

// Reads the model `node` as the module called `name` of the present scope.
static void read_submodel(struct xmile_reader *reader, const xmlNode *node, const char *name)
{
    struct xmile_reader outer = *reader;
    xmile_read_behaviour(reader, node);
    reader->path = arena_format(reader->arena, "%s%s.", outer.path, name);
    reader->scope = name_key(reader->arena, reader->path, strlen(reader->path));
    reader->depth++;
    ARRAY_PUSH(reader->arena, &reader->model->modules) = reader->scope;
    xmile_read_model(reader, node);
    reader->path = outer.path;
    reader->scope = outer.scope;
    reader->behaviour = outer.behaviour;
    reader->depth--;
}

// Reads the module `name` from the file `resource`: the model of that name, or the root model.
static void read_resource(struct xmile_reader *reader, const char *resource, const char *name,
                          struct position position)
{
    struct xml_file file, *outer = reader->file;
    if (strstr(resource, "://")) {
        diag_error(reader->diag, position, "module '%s' is at '%s'; only files are read", name,
                   resource);
        return;
    }
    const char *path = path_join(reader->arena, path_folder(reader->arena, outer->path), resource);
    if (!file_exists(path)) {
        diag_error(reader->diag, position, "there is no file '%s' for module '%s'", path, name);
        return;
    }
    reader->file = &file;
    ARRAY_PUSH(reader->arena, &reader->model->files) = path;
    if (xml_open(&file, reader->arena, path, reader->diag)) {
        const xmlNode *root = xml_root(&file);
        const xmlNode *model = xmile_find_model(reader, root, name);
        xmile_read_units(reader, root);
        xmile_read_dimensions(reader, root);
        xmile_read_macros(reader, root);
        if (!model)
            model = xmile_find_root_model(reader, root);
        if (model)
            read_submodel(reader, model, name);
        else
            diag_error(reader->diag, position, "'%s' holds no model", path);
    }
    xml_close(&file);
    reader->file = outer;
}

void xmile_read_module(struct xmile_reader *reader, const xmlNode *node)
{
    const char *name = xmile_name(reader, node);
    struct position position = xml_position(reader->file, node);
    if (!name)
        return;
    if (reader->macro || reader->depth == MAX_DEPTH) {
        diag_error(reader->diag, position,
                   reader->macro ? "module '%s' stands in a macro, which is not supported"
                                 : "module '%s' is nested too deep: is it inside itself?",
                   name);
        return;
    }
    const char *called = xml_attribute(reader->file, node, "model_name"); // Simlin
    const char *resource = xml_attribute(reader->file, node, "resource");
    const xmlNode *root = xml_root(reader->file);
    const xmlNode *model = xmile_find_model(reader, root, called && *called ? called : name);
    if (model && xml_attribute(reader->file, model, "resource"))
        resource = xml_attribute(reader->file, model, "resource");
    const char *path = arena_format(reader->arena, "%s%s.", reader->path, name);
    read_connections(reader, node, name_key(reader->arena, path, strlen(path)));
    if (resource && *resource)
        read_resource(reader, resource, name, position);
    else if (model)
        read_submodel(reader, model, name);
    else
        diag_error(reader->diag, position, "there is no model for module '%s'", name);
}

// <parm default="...">name</parm>, in the order of the call
static void read_parameters(struct xmile_reader *reader, const xmlNode *node, struct macro *macro)
{
    struct arena *arena = reader->arena;
    struct {
        struct reference *items;
        size_t count, capacity;
    } names = {0};
    struct {
        struct equation *items;
        size_t count, capacity;
    } defaults = {0};
    for (const xmlNode *parm = xml_child(node, "parm"); parm; parm = xml_next(parm, "parm")) {
        const char *given = xml_attribute(reader->file, parm, "default");
        struct position position = xml_position(reader->file, parm);
        ARRAY_PUSH(arena, &names) =
            (struct reference){.name = xml_text(reader->file, parm), .position = position};
        if (!given && (size_t)macro->n_needed + 1 < names.count)
            diag_error(reader->diag, position,
                       "parameter '%s' needs a default, since one before it has one",
                       names.items[names.count - 1].name);
        macro->n_needed += !given;
        position.excerpt = given;
        ARRAY_PUSH(arena, &defaults) = (struct equation){.position = position};
    }
    macro->parameters = names.items;
    macro->n_parameters = (int)names.count;
    macro->defaults = defaults.items;
}

// The equation of a macro; converted models write the name of a variable with blanks and without
// quotes.
static void read_macro_equation(struct xmile_reader *reader, const xmlNode *node,
                                struct macro *macro)
{
    const xmlNode *child = xml_child(node, "eqn");
    const char *text = child ? xml_text(reader->file, child) : "";
    const char *key = name_key(reader->arena, text, strlen(text));
    macro->equation.position = child ? xml_text_position(reader->file, child) : macro->position;
    if (!*text) {
        diag_error(reader->diag, macro->position, "macro '%s' has no equation", macro->name);
        return;
    }
    for (size_t i = 0; i < macro->variables.count; i++) {
        const struct variable *variable = macro->variables.items[i];
        if (strcmp(variable->key, key) != 0)
            continue;
        struct expr *name = expr_create(reader->arena, EXPR_NAME, 0);
        name->name = variable->name;
        name->key = variable->key;
        name->length = (int)strlen(text);
        macro->equation.tree = name;
        return;
    }
    macro->equation = xmile_equation(reader, child);
}

static void read_macro(struct xmile_reader *reader, const xmlNode *node)
{
    const char *name = xmile_name(reader, node);
    const char *filter = xml_attribute(reader->file, node, "filter");
    struct position position = xml_position(reader->file, node);
    if (!name)
        return;
    if (filter) { // non-negative stocks and flows are built in
        diag_warning(reader->diag, position, "option filters are not supported: '%s' is ignored",
                     name);
        return;
    }
    if (xml_child(node, "sim_specs")) {
        diag_error(reader->diag, position,
                   "macro '%s' runs on a time axis of its own, which is not supported", name);
        return;
    }
    struct macro *macro = model_add_macro(reader->model, name, position, reader->diag);
    if (!macro)
        return;
    const char *doc = xmile_text(reader, node, "doc");
    macro->doc = (struct localized){{doc, doc}};
    read_parameters(reader, node, macro);
    reader->macro = macro;
    xmile_read_model(reader, node);
    reader->macro = NULL;
    read_macro_equation(reader, node, macro);
}

void xmile_read_macros(struct xmile_reader *reader, const xmlNode *root)
{
    for (const xmlNode *macro = xml_child(root, "macro"); macro; macro = xml_next(macro, "macro"))
        read_macro(reader, macro);
}

static struct variable *find_end(struct xmile_reader *reader, const char *scope, const char *name)
{
    return model_find_in_scope(reader->model, scope, name_key(reader->arena, name, strlen(name)));
}

// The name of `variable` as a tree that means it in any scope.
static struct expr *absolute_name(struct arena *arena, const struct variable *variable)
{
    struct expr *name = expr_create(arena, EXPR_NAME, 0);
    name->name = variable->name;
    name->key = arena_format(arena, ".%s", variable->key);
    return name;
}

// Gives `variable` the one equation `tree`.
static void set_equation(struct arena *arena, struct variable *variable, struct expr *tree,
                         struct position position)
{
    variable->equations = ARENA_NEW(arena, struct equation);
    *variable->equations = (struct equation){position, tree};
    variable->n_equations = 1;
    variable->n_elements = 0;
    variable->n_initials = 0;
    variable->values = NULL;
    variable->n_values = 0;
}

static void connect(struct xmile_reader *reader, const struct connection *connection)
{
    struct variable *to = find_end(reader, connection->module, connection->to);
    struct variable *from = find_end(reader, connection->parent, connection->from);
    if (!to)
        to = find_end(reader, connection->parent, connection->to);
    if (!to || !from) {
        diag_warning(reader->diag, connection->position,
                     "'%s' is connected, but there is no such variable",
                     to ? connection->from : connection->to);
        return;
    }
    if (to == from)
        return;
    struct position position = connection->position;
    position.excerpt = NULL;
    set_equation(reader->arena, to, absolute_name(reader->arena, from), position);
    if (to->kind != VARIABLE_FLOW) {
        to->kind = to->table ? VARIABLE_TABLE : VARIABLE_AUXILIARY;
        to->is_non_negative = false;
    }
    to->n_inflows = to->n_outflows = 0;
}

static void lend_table(struct xmile_reader *reader, const struct borrowed_table *borrowed)
{
    const struct variable *lender = find_end(reader, borrowed->variable->scope, borrowed->name);
    if (lender && lender->table)
        borrowed->variable->table = lender->table;
    else
        diag_error(reader->diag, borrowed->position, "there is no graphical function '%s'",
                   borrowed->name);
}

// A variable that a stock uses as a flow is one, whatever the file calls it.
static void make_flow(struct xmile_reader *reader, const struct variable *stock,
                      const struct reference *reference)
{
    struct variable *flow = find_end(reader, stock->scope, reference->name);
    if (!flow || flow->kind == VARIABLE_FLOW || flow->kind == VARIABLE_STOCK ||
        (flow->kind == VARIABLE_TABLE && !flow->n_equations))
        return;
    if (flow->kind == VARIABLE_PARAMETER)
        variable_make_equation(reader->arena, flow, VARIABLE_FLOW);
    flow->kind = VARIABLE_FLOW;
}

// The flow that arrives downstream of `multiplier`: the flow times the multiplier (4.3).
static struct variable *add_arrival(struct xmile_reader *reader,
                                    const struct multiplier *multiplier)
{
    struct arena *arena = reader->arena;
    const struct variable *flow = multiplier->flow;
    struct variable *arrival = model_add_internal(
        reader->model, arena_format(arena, "%s (arriving)", flow->name), VARIABLE_FLOW);
    struct expr *product = expr_operation(arena, OP_MULTIPLY, absolute_name(arena, flow),
                                          multiplier->equation.tree, NULL);
    set_equation(arena, arrival, product, multiplier->equation.position);
    arrival->scope = flow->scope;
    arrival->dimension_names = flow->dimension_names;
    arrival->n_dimensions = flow->n_dimensions;
    arrival->is_generated = true;
    return arrival;
}

static void apply_multiplier(struct xmile_reader *reader, const struct multiplier *multiplier)
{
    struct variable *arrival = NULL;
    size_t n = reader->model->variables.count;
    for (size_t i = 0; i < n && multiplier->equation.tree; i++) {
        struct variable *stock = reader->model->variables.items[i];
        for (int k = 0; k < stock->n_inflows; k++) {
            if (find_end(reader, stock->scope, stock->inflows[k].name) != multiplier->flow)
                continue;
            if (!arrival)
                arrival = add_arrival(reader, multiplier);
            stock->inflows[k].name = arena_format(reader->arena, ".%s", arrival->name);
        }
    }
}

static void check_complete(struct xmile_reader *reader, const struct variable *variable)
{
    if (variable->n_equations || variable->n_elements || variable->values ||
        variable->kind == VARIABLE_TABLE)
        return;
    diag_error(reader->diag, variable->position, "'%s' has no equation", variable->name);
    if (*variable->scope)
        diag_hint(reader->diag, "it is an input of a module that is not connected");
}

void xmile_connect(struct xmile_reader *reader)
{
    struct model *model = reader->model;
    for (size_t i = 0; i < reader->borrowed.count; i++)
        lend_table(reader, &reader->borrowed.items[i]);
    for (size_t i = 0; i < reader->connections.count; i++)
        connect(reader, &reader->connections.items[i]);
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *stock = model->variables.items[i];
        for (int k = 0; k < stock->n_inflows; k++)
            make_flow(reader, stock, &stock->inflows[k]);
        for (int k = 0; k < stock->n_outflows; k++)
            make_flow(reader, stock, &stock->outflows[k]);
    }
    for (size_t i = 0; i < reader->multipliers.count; i++)
        apply_multiplier(reader, &reader->multipliers.items[i]);
    for (size_t i = 0; i < model->variables.count; i++)
        check_complete(reader, model->variables.items[i]);
}
