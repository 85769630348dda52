// Stage: model, at the end of reading. Dimension names -> dimensions, per-element equations and
// values -> one for each cell, in row-major order (the last subscript runs fastest).
#include "base/array.h"
#include "model/model.h"

#include <math.h>
#include <string.h>

enum { MAX_CELLS = 1000000 }; // per variable; more is a slip of the pen

static bool settle_dimensions(struct model *model, struct variable *variable, struct diag *diag)
{
    variable->dimensions =
        ARENA_NEW_ARRAY(model->arena, struct dimension *, variable->n_dimensions);
    long long n_cells = 1;
    for (int d = 0; d < variable->n_dimensions; d++) {
        const struct reference *reference = &variable->dimension_names[d];
        const char *key = name_key(model->arena, reference->name, strlen(reference->name));
        struct dimension *dimension = model_find_dimension(model, key);
        if (!dimension) {
            diag_error(diag, reference->position, "unknown dimension '%s'", reference->name);
            struct nearest nearest = nearest_start(key);
            for (size_t i = 0; i < model->dimensions.count; i++)
                nearest_consider(&nearest, model->dimensions.items[i]->key,
                                 model->dimensions.items[i]->name);
            diag_suggest(diag, nearest.best);
            variable->n_dimensions = 0;
            return false;
        }
        variable->dimensions[d] = dimension;
        n_cells *= dimension->n_elements;
        if (n_cells > MAX_CELLS) {
            diag_error(diag, variable->position, "'%s' has more than %d elements", variable->name,
                       MAX_CELLS);
            variable->n_dimensions = 0;
            return false;
        }
    }
    variable->n_cells = (int)n_cells;
    return true;
}

static bool settle_values(struct model *model, struct variable *variable, struct diag *diag)
{
    if (variable->n_values != 1 && variable->n_values != variable->n_cells) {
        diag_error(diag, variable->position, "'%s' has %d values for %d element%s", variable->name,
                   variable->n_values, variable->n_cells, variable->n_cells == 1 ? "" : "s");
        return false;
    }
    double *values = ARENA_NEW_ARRAY(model->arena, double, variable->n_cells);
    for (int i = 0; i < variable->n_cells; i++)
        values[i] = variable->values[variable->n_values == 1 ? 0 : i];
    variable->values = values;
    variable->n_values = variable->n_cells;
    return true;
}

// Puts what an `elements` entry has besides its equation where its cell is.
static void settle_extras(struct model *model, struct variable *variable,
                          const struct element_equation *element, int cell)
{
    if (element->table) {
        if (!variable->tables)
            variable->tables = ARENA_NEW_ARRAY(model->arena, struct table *, variable->n_cells);
        variable->tables[cell] = element->table;
    }
    if (element->initial.position.excerpt) {
        if (!variable->n_initials) {
            variable->n_initials = variable->n_cells;
            variable->initials = ARENA_NEW_ARRAY(model->arena, struct equation, variable->n_cells);
        }
        variable->initials[cell] = element->initial;
    }
}

// Puts one `elements` entry where its cell is.
static bool settle_element(struct model *model, struct variable *variable,
                           const struct element_equation *element, struct diag *diag)
{
    const char *name = arena_format(model->arena, "%s[%s]", variable->name, element->subscripts);
    int cell, count;
    if (!model_find_cells(model, name, element->equation.position, &cell, &count, diag))
        return false;
    settle_extras(model, variable, element, cell);
    if (!element->equation.tree && !element->equation.position.excerpt)
        return true; // that of all cells
    if (!variable->values) {
        variable->equations[cell] = element->equation;
        return true;
    }
    const struct expr *tree = element->equation.tree;
    if (!tree || tree->kind != EXPR_NUMBER) {
        diag_error(diag, element->equation.position, "the value of a %s must be a number",
                   variable_kind_name(variable->kind));
        return false;
    }
    variable->values[cell] = tree->number;
    return true;
}

static bool check_equations(struct variable *variable, struct diag *diag)
{
    if (variable->n_equations <= 1 || variable->n_equations == variable->n_cells)
        return true;
    diag_error(diag, variable->position, "'%s' has %d equations for %d element%s", variable->name,
               variable->n_equations, variable->n_cells, variable->n_cells == 1 ? "" : "s");
    return false;
}

static bool has_equation(const struct variable *variable, int cell)
{
    const struct equation *equation = variable_equation(variable, cell);
    return equation && (equation->position.excerpt || equation->tree);
}

// Whether cell `cell` has all it needs. A graphical function that is only called has no input.
static bool is_complete(const struct variable *variable, int cell)
{
    if (variable->values)
        return !isnan(variable->values[cell]);
    if (variable->tables && !variable->tables[cell])
        return false;
    return has_equation(variable, cell) || (variable->tables && !has_equation(variable, 0));
}

// Whether an element has an equation of its own, not only a graphical function.
static bool has_own_equations(const struct variable *variable)
{
    for (int i = 0; i < variable->n_elements; i++)
        if (variable->elements[i].equation.tree || variable->elements[i].equation.position.excerpt)
            return true;
    return false;
}

static bool settle_elements(struct model *model, struct variable *variable, struct diag *diag)
{
    if (!variable->values && has_own_equations(variable)) {
        struct equation *equations =
            ARENA_NEW_ARRAY(model->arena, struct equation, variable->n_cells);
        for (int i = 0; i < variable->n_cells && variable->n_equations; i++)
            equations[i] = variable->equations[variable->n_equations == 1 ? 0 : i];
        variable->equations = equations;
        variable->n_equations = variable->n_cells;
    }
    bool is_good = true;
    for (int i = 0; i < variable->n_elements; i++)
        is_good &= settle_element(model, variable, &variable->elements[i], diag);
    for (int i = 0; is_good && i < variable->n_cells; i++)
        if (!is_complete(variable, i)) {
            diag_error(diag, variable->position, "'%s' has no %s",
                       cell_name(model->arena, variable, i),
                       variable->tables ? "graphical function" : "equation");
            is_good = false;
        }
    if (is_good && variable->tables && !has_equation(variable, 0))
        variable->n_equations = 0;
    return is_good;
}

bool model_settle(struct model *model, struct diag *diag)
{
    bool is_good = true;
    for (size_t i = 0; i < model->variables.count; i++) {
        struct variable *variable = model->variables.items[i];
        bool is_settled = settle_dimensions(model, variable, diag) &&
                          check_equations(variable, diag) &&
                          (!variable->values || settle_values(model, variable, diag)) &&
                          (!variable->n_elements || settle_elements(model, variable, diag));
        is_good &= is_settled;
    }
    return is_good;
}
