// Stage: model. Building and searching a model; no checks but those on names.
#include "model/model.h"

#include "base/array.h"
#include "base/file.h"
#include "equation/function.h"
#include "model/macro.h"
#include "model/time.h"

#include <math.h>
#include <string.h>

const char *localized_text(const struct localized *text, enum language language,
                           const char *otherwise)
{
    if (text->text[language])
        return text->text[language];
    for (int i = 0; i < N_LANGUAGES; i++)
        if (text->text[i])
            return text->text[i];
    return otherwise;
}

const char *variable_kind_name(enum variable_kind kind)
{
    static const char *const names[N_VARIABLE_KINDS] = {"parameter", "stock", "flow",
                                                        "auxiliary", "table", "input"};
    return names[kind];
}

const char *variable_kind_phrase(enum variable_kind kind)
{
    static const char *const phrases[N_VARIABLE_KINDS] = {"a parameter",  "a stock", "a flow",
                                                          "an auxiliary", "a table", "an input"};
    return phrases[kind];
}

struct model *model_create(struct arena *arena, const char *path, struct unit_system *units)
{
    struct model *model = ARENA_NEW(arena, struct model);
    model->arena = arena;
    model->path = path;
    model->name = path_stem(arena, path);
    model->units = units;
    model->time = time_spec_empty();
    model->time.position.file = path;
    name_table_init(&model->by_key, arena);
    name_table_init(&model->dimension_keys, arena);
    name_table_init(&model->macro_keys, arena);
    return model;
}

void model_add_dimension(struct model *model, struct dimension *dimension)
{
    name_table_add(&model->dimension_keys, dimension->key, dimension);
    ARRAY_PUSH(model->arena, &model->dimensions) = dimension;
}

struct variable *variable_create(struct arena *arena, const char *name, enum variable_kind kind,
                                 struct position position)
{
    struct variable *variable = ARENA_NEW(arena, struct variable);
    variable->name = arena_copy_string(arena, name);
    variable->key = name_key(arena, name, strlen(name));
    variable->kind = kind;
    variable->position = position;
    variable->part = "";
    variable->scope = "";
    variable->n_cells = 1;
    variable->spread.mode = NAN;
    return variable;
}

void variable_make_equation(struct arena *arena, struct variable *variable, enum variable_kind kind)
{
    bool has_values = variable->n_values > 1 || !isnan(variable->values[0]);
    variable->n_equations = has_values ? variable->n_values : 0;
    if (!variable->equations) {
        variable->equations = ARENA_NEW_ARRAY(arena, struct equation, variable->n_equations);
        for (int i = 0; i < variable->n_equations; i++)
            variable->equations[i] = (struct equation){
                .position = variable->position, .tree = expr_number(arena, variable->values[i])};
    }
    variable->values = NULL;
    variable->n_values = 0;
    variable->kind = kind;
}

struct variable *model_add_variable(struct model *model, const char *name, enum variable_kind kind,
                                    struct position position, struct diag *diag)
{
    struct variable *variable = variable_create(model->arena, name, kind, position);
    if (function_find(variable->key) && !model->is_lenient) {
        diag_error(diag, position, "'%s' is the name of a built-in", name);
        diag_hint(diag, "choose another name");
        return NULL;
    }
    const struct macro *macro = model_find_macro(model, variable->key);
    if (macro) {
        diag_error(diag, position, "duplicate name '%s'", name);
        diag_hint(diag, "it is already a function at %s:%d",
                  macro->position.file ? macro->position.file : "?", macro->position.line);
        return NULL;
    }
    struct variable *before = name_table_add(&model->by_key, variable->key, variable);
    if (before) {
        diag_error(diag, position, "duplicate name '%s'", name);
        diag_hint(diag, "it is already %s at %s:%d", variable_kind_phrase(before->kind),
                  before->position.file ? before->position.file : "?", before->position.line);
        return NULL;
    }
    ARRAY_PUSH(model->arena, &model->variables) = variable;
    return variable;
}

struct variable *model_find_variable(const struct model *model, const char *key)
{
    return name_table_find(&model->by_key, key);
}

struct variable *model_find_named(const struct model *model, const char *name)
{
    // As a whole first: the hidden parameters of a stream have names like x[a].1.amount.
    struct variable *whole = model_find_variable(model, name_key(model->arena, name, strlen(name)));
    if (whole)
        return whole;
    return model_find_variable(model, name_key(model->arena, name, strcspn(name, "[")));
}

struct dimension *model_find_dimension(const struct model *model, const char *key)
{
    return name_table_find(&model->dimension_keys, key);
}

const char *model_nearest_variable(const struct model *model, const char *key)
{
    struct nearest nearest = nearest_start(key);
    for (size_t i = 0; i < model->variables.count; i++)
        if (!model->variables.items[i]->is_hidden)
            nearest_consider(&nearest, model->variables.items[i]->key,
                             model->variables.items[i]->name);
    return nearest.best;
}

int dimension_find_element(const struct dimension *dimension, const char *key)
{
    for (int i = 0; i < dimension->n_elements; i++)
        if (strcmp(dimension->elements[i].key, key) == 0)
            return i;
    return -1;
}

int dimension_map(const struct dimension *from, int element, const struct dimension *to)
{
    if (from == to)
        return element;
    int found = dimension_find_element(to, from->elements[element].key);
    return found >= 0 ? found : element < to->n_elements ? element : -1;
}

static bool is_part_of(const struct dimension *part, const struct dimension *whole)
{
    for (int i = 0; i < part->n_elements; i++)
        if (dimension_find_element(whole, part->elements[i].key) < 0)
            return false;
    return true;
}

int variable_find_dimension(const struct variable *variable, const struct dimension *dimension,
                            int occurrence)
{
    int found = -1, n_seen = 0;
    for (int d = 0; d < variable->n_dimensions; d++)
        if (variable->dimensions[d] == dimension && n_seen++ <= occurrence)
            found = d;
    for (int d = 0; d < variable->n_dimensions && found < 0; d++)
        if (is_part_of(variable->dimensions[d], dimension))
            found = d;
    return found;
}

const struct equation *variable_equation(const struct variable *variable, int cell)
{
    if (!variable->n_equations)
        return NULL;
    return &variable->equations[variable->n_equations == 1 ? 0 : cell];
}

const struct table *variable_table(const struct variable *variable, int cell)
{
    return variable->tables ? variable->tables[cell] : variable->table;
}

// The variable `key` as seen from the scope `scope` (its first `length` bytes), or NULL.
static struct variable *find_from(const struct model *model, const char *scope, size_t length,
                                  const char *key)
{
    if (!length)
        return model_find_variable(model, key);
    return model_find_variable(model,
                               arena_format(model->arena, "%.*s%s", (int)length, scope, key));
}

struct variable *model_find_in_scope(const struct model *model, const char *scope, const char *key)
{
    size_t length = strlen(scope);
    if (*key == '.')
        return model_find_variable(model, key + 1);
    struct variable *found = find_from(model, scope, length, key);
    const char *dot = strchr(key, '.');
    if (found || !dot)
        return found;
    while (length && !found) { // from the scopes around it
        for (length--; length && scope[length - 1] != '.';)
            length--;
        found = find_from(model, scope, length, key);
    }
    size_t n_module = (size_t)(dot - key) + 1; // "module."
    for (size_t i = 0; i < model->modules.count && !found; i++) {
        const char *path = model->modules.items[i];
        size_t n_path = strlen(path);
        bool is_it = n_path > n_module && path[n_path - n_module - 1] == '.' &&
                     strncmp(path + n_path - n_module, key, n_module) == 0;
        if (is_it)
            found = find_from(model, path, n_path, dot + 1);
    }
    return found;
}

// "name[a,b]"; `spell` writes names and elements, NULL: as they are.
static const char *spell_cell(struct arena *arena, const struct variable *variable, int cell,
                              const char *(*spell)(struct arena *arena, const char *name))
{
    const char *name = spell ? spell(arena, variable->name) : variable->name, *subscripts = "";
    if (!variable->n_dimensions)
        return name;
    for (int d = variable->n_dimensions - 1; d >= 0; d--) {
        const struct dimension *dimension = variable->dimensions[d];
        const char *element = dimension->elements[cell % dimension->n_elements].name;
        bool is_number = element[strspn(element, "0123456789")] == '\0';
        subscripts =
            arena_format(arena, "%s%s%s", spell && !is_number ? spell(arena, element) : element,
                         *subscripts ? "," : "", subscripts);
        cell /= dimension->n_elements;
    }
    return arena_format(arena, "%s[%s]", name, subscripts);
}

const char *cell_name(struct arena *arena, const struct variable *variable, int cell)
{
    return spell_cell(arena, variable, cell, NULL);
}

const char *cell_name_quoted(struct arena *arena, const struct variable *variable, int cell)
{
    return spell_cell(arena, variable, cell, name_quoted);
}

// Finds the element of `dimension` that `text` names; -1 with an error.
static int find_subscript(const struct model *model, const struct dimension *dimension,
                          const char *text, size_t length, struct position position,
                          struct diag *diag)
{
    while (length && *text == ' ') {
        text++;
        length--;
    }
    while (length && text[length - 1] == ' ')
        length--;
    const char *key = name_key(model->arena, text, length);
    int element = dimension_find_element(dimension, key);
    if (element >= 0)
        return element;
    diag_error(diag, position, "'%.*s' is not an element of dimension '%s'", (int)length, text,
               dimension->name);
    struct nearest nearest = nearest_start(key);
    for (int i = 0; i < dimension->n_elements; i++)
        nearest_consider(&nearest, dimension->elements[i].key, dimension->elements[i].name);
    diag_suggest(diag, nearest.best);
    return -1;
}

// Finds the cell of `variable` that the list "a, b" (its first `length` bytes) names; -1 with an
// error.
static int find_cell(const struct model *model, const struct variable *variable,
                     const char *subscripts, size_t length, struct position position,
                     struct diag *diag)
{
    const char *at = subscripts, *end = subscripts + length;
    int cell = 0, d = 0;
    for (bool more = true; more; d++) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        if (d < variable->n_dimensions) {
            const struct dimension *dimension = variable->dimensions[d];
            int element = find_subscript(model, dimension, at, (size_t)(stop - at), position, diag);
            if (element < 0)
                return -1;
            cell = cell * dimension->n_elements + element;
        }
        more = comma != NULL;
        at = stop + more;
    }
    if (d == variable->n_dimensions)
        return cell;
    if (!variable->n_dimensions)
        diag_error(diag, position, "'%s' is no array: it takes no subscripts", variable->name);
    else
        diag_error(diag, position, "'%s' has %d dimension%s, not %d", variable->name,
                   variable->n_dimensions, variable->n_dimensions == 1 ? "" : "s", d);
    return -1;
}

struct variable *model_find_cells(const struct model *model, const char *name,
                                  struct position position, int *first, int *count,
                                  struct diag *diag)
{
    const char *bracket = strchr(name, '[');
    size_t length = bracket ? (size_t)(bracket - name) : strlen(name);
    struct variable *variable = model_find_named(model, name);
    if (!variable) {
        diag_error(diag, position, "unknown name '%.*s'", (int)length, name);
        diag_suggest(diag, model_nearest_variable(model, name_key(model->arena, name, length)));
        return NULL;
    }
    *first = 0;
    *count = variable->n_cells;
    if (!bracket || strchr(variable->name, '['))
        return variable;
    const char *end = strrchr(bracket, ']');
    if (!end || end[1]) {
        diag_error(diag, position, "'%s' lacks its ']' at the end", name);
        return NULL;
    }
    *first = find_cell(model, variable, bracket + 1, (size_t)(end - bracket - 1), position, diag);
    *count = 1;
    return *first < 0 ? NULL : variable;
}

// Makes room for one equation a cell, so that single cells can be set.
static void split_equations(struct model *model, struct variable *variable)
{
    int n_cells = variable->n_cells;
    struct equation *equations = ARENA_NEW_ARRAY(model->arena, struct equation, n_cells);
    for (int i = 0; i < n_cells; i++)
        equations[i] = variable->equations[variable->n_equations == 1 ? 0 : i];
    variable->equations = equations;
    variable->n_equations = n_cells;
}

bool model_set(struct model *model, const struct setting *setting, struct diag *diag)
{
    int first, count;
    struct variable *variable =
        model_find_cells(model, setting->name, setting->position, &first, &count, diag);
    if (!variable)
        return false;
    if (variable->kind == VARIABLE_TABLE && !variable->n_equations) {
        diag_error(diag, setting->position, "'%s' is a table: it has no value to set",
                   variable->name);
        return false;
    }
    if (variable->values && !variable->n_equations) {
        for (int i = 0; i < count; i++)
            variable->values[first + i] = setting->value;
        return true;
    }
    if (count < variable->n_cells && variable->n_equations == 1)
        split_equations(model, variable);
    if (count > variable->n_equations)
        count = variable->n_equations;
    for (int i = 0; i < count; i++) {
        struct equation *equation = &variable->equations[first + i];
        equation->tree = expr_number(model->arena, setting->value);
        equation->position.excerpt = NULL; // no longer what is computed
    }
    if (variable->kind == VARIABLE_TABLE)
        variable->kind = VARIABLE_AUXILIARY;
    return true;
}

struct variable *model_add_internal(struct model *model, const char *name, enum variable_kind kind)
{
    struct variable *variable = variable_create(model->arena, name, kind, (struct position){0});
    variable->is_hidden = true;
    name_table_add(&model->by_key, variable->key, variable);
    ARRAY_PUSH(model->arena, &model->variables) = variable;
    return variable;
}

struct variable *model_add_hidden(struct model *model, struct expr *tree, struct position position)
{
    const char *name = arena_format(model->arena, "(expression %zu)", model->variables.count);
    struct variable *variable = model_add_internal(model, name, VARIABLE_AUXILIARY);
    variable->position = position;
    variable->n_equations = 1;
    variable->equations = ARENA_NEW(model->arena, struct equation);
    variable->equations->position = position;
    variable->equations->tree = tree;
    return variable;
}

struct variable *model_add_accumulator(struct model *model, struct expr *tree,
                                       struct position position)
{
    struct variable *flow = model_add_hidden(model, tree, position);
    flow->kind = VARIABLE_FLOW;
    struct variable *stock = model_add_hidden(model, expr_number(model->arena, 0), position);
    stock->kind = VARIABLE_STOCK;
    stock->is_accumulator = true;
    stock->n_inflows = 1;
    stock->inflows = ARENA_NEW(model->arena, struct reference);
    stock->inflows->name = flow->name;
    stock->inflows->position = position;
    return stock;
}

struct variable *model_add_hidden_parameter(struct model *model, const char *name, double value)
{
    struct variable *variable = model_add_internal(model, name, VARIABLE_PARAMETER);
    variable->values = ARENA_NEW(model->arena, double);
    *variable->values = value;
    variable->n_values = 1;
    return variable;
}

struct variable *model_add_hidden_table(struct model *model, const char *name, struct table *table)
{
    struct variable *variable = model_add_internal(model, name, VARIABLE_TABLE);
    variable->table = table;
    return variable;
}
