// Stage: program. References to arrays (XMILE v1.0, 3.7). A subscript picks an element by name, by
// the present element of a dimension, by a number to be computed, or - inside SUM and its like -
// runs over all of them. Subscripts of one dimension in different arrays run together; the second
// subscript of that dimension in one array runs on its own.
#include "program/lower_private.h"

#include "base/array.h"
#include "equation/function.h"

// How one reference counts the subscripts of each dimension that it has met.
struct occurrences {
    const struct dimension *dimensions[16];
    int counts[16];
    int n;
};

static int next_occurrence(struct occurrences *seen, const struct dimension *dimension)
{
    for (int i = 0; i < seen->n; i++)
        if (seen->dimensions[i] == dimension)
            return seen->counts[i]++;
    if (seen->n < 16) {
        seen->dimensions[seen->n] = dimension;
        seen->counts[seen->n++] = 1;
    }
    return 0;
}

static struct axis *find_axis(const struct place *place, const struct dimension *dimension,
                              int occurrence)
{
    for (int i = 0; i < place->n_axes; i++)
        if (place->axes[i].dimension == dimension && place->axes[i].occurrence == occurrence)
            return &place->axes[i];
    return NULL;
}

// The element of the place in dimension `d` of its variable.
static int element_in(const struct place *place, int d)
{
    const struct variable *variable = place->variable;
    int cell = place->cell;
    for (int i = variable->n_dimensions - 1; i > d; i--)
        cell /= variable->dimensions[i]->n_elements;
    return cell % variable->dimensions[d]->n_elements;
}

// The element of `dimension` that the place stands for, by the dimensions of its variable; -1.
static int place_element(const struct place *place, const struct dimension *dimension,
                         int occurrence)
{
    const struct variable *variable = place->variable;
    int d = variable_find_dimension(variable, dimension, occurrence);
    for (int i = 0; i < variable->n_dimensions && d < 0; i++) // one that it is mapped to
        if (variable->dimensions[i]->n_elements == dimension->n_elements)
            d = i;
    return d < 0 ? -1 : dimension_map(variable->dimensions[d], element_in(place, d), dimension);
}

// One reference on its way to a cell.
struct walk {
    struct lowering *lowering;
    const struct place *place;
    const struct expr *expr; // the reference
    struct variable *array;
    int (*leaf)(const struct walk *walk, int cell); // the node for a cell of the array
    int x;                                          // argument of a graphical function
    enum table_use use;                             // and how it is evaluated
};

static int value_leaf(const struct walk *walk, int cell)
{
    return lower_cell(walk->lowering, walk->array, cell, walk->place->mode);
}

// The points of `table` as steps, each value held to the next point; mirrored at 0, so that at -x
// it is the value of the point at or above x.
static const struct table *stepped(struct arena *arena, const struct table *table, bool is_mirrored)
{
    struct table *steps = ARENA_NEW(arena, struct table);
    int n = table->n_points;
    *steps = (struct table){TABLE_DISCRETE, n, ARENA_NEW_ARRAY(arena, double, n),
                            ARENA_NEW_ARRAY(arena, double, n)};
    for (int i = 0; i < n; i++) {
        int from = is_mirrored ? n - 1 - i : i;
        steps->x[i] = is_mirrored ? -table->x[from] : table->x[from];
        steps->y[i] = table->y[from];
    }
    return steps;
}

static int table_leaf(const struct walk *walk, int cell)
{
    const struct table *table = variable_table(walk->array, cell);
    struct dag *dag = &walk->lowering->out->dag;
    bool is_forward = walk->use == USE_FORWARD;
    if (walk->use != USE_PLAIN)
        table = stepped(walk->lowering->out->arena, table, is_forward);
    return dag_lookup(dag, lower_table(walk->lowering, table), table,
                      is_forward ? dag_unary(dag, NODE_NEGATE, walk->x) : walk->x);
}

static int walk_subscripts(const struct walk *walk, int d, int cell, struct occurrences seen);

// Picks by a number that is only known during the run: 0 where no element has that number.
static int select_element(const struct walk *walk, int d, int cell, struct occurrences seen)
{
    struct dag *dag = &walk->lowering->out->dag;
    int size = walk->array->dimensions[d]->n_elements;
    int index = lower_expr(walk->lowering, walk->place, walk->expr->args[d]);
    if (dag_is_constant(dag, index)) {
        double number = dag->items[index].value;
        if (!(number >= 1 && number < size + 1))
            return dag_constant(dag, 0);
        return walk_subscripts(walk, d + 1, cell * size + (int)number - 1, seen);
    }
    index = dag_unary(dag, NODE_FLOOR, index);
    int result = dag_constant(dag, 0);
    for (int element = size - 1; element >= 0; element--) {
        int is_this = dag_binary(dag, NODE_EQUAL, index, dag_constant(dag, element + 1));
        result = dag_select(dag, is_this, walk_subscripts(walk, d + 1, cell * size + element, seen),
                            result);
    }
    return result;
}

// The element of `dimension` of a subscript that runs along with a reduction or with the place.
static int running_element(const struct walk *walk, const struct dimension *dimension,
                           struct occurrences *seen)
{
    int occurrence = next_occurrence(seen, dimension);
    const struct axis *axis = find_axis(walk->place, dimension, occurrence);
    return axis ? axis->at : place_element(walk->place, dimension, occurrence);
}

// The element that subscript `d` picks; -1 where it must be computed during the run.
static int find_element(const struct walk *walk, int d, struct occurrences *seen)
{
    const struct dimension *dimension = walk->array->dimensions[d];
    const struct expr *subscript = walk->expr->n_args ? walk->expr->args[d] : NULL;
    if (!subscript || subscript->kind == EXPR_WILDCARD)
        return running_element(walk, dimension, seen);
    if (subscript->kind == EXPR_RANGE) {
        const struct dimension *part = subscript->args[1]->dimension;
        if (subscript->args[0]->kind != EXPR_WILDCARD)
            return running_element(walk, dimension, seen);
        return dimension_map(part, running_element(walk, part, seen), dimension);
    }
    if (!subscript->dimension)
        return -1;
    if (subscript->element >= 0)
        return subscript->element;
    int element = subscript->kind == EXPR_PLACE
                      ? element_in(walk->place, (int)subscript->number - 1)
                      : running_element(walk, subscript->dimension, seen);
    return element < 0 ? -1 : dimension_map(subscript->dimension, element, dimension);
}

static int walk_subscripts(const struct walk *walk, int d, int cell, struct occurrences seen)
{
    if (d == walk->array->n_dimensions)
        return walk->leaf(walk, cell);
    int element = find_element(walk, d, &seen);
    if (element < 0 && walk->expr->n_args && !walk->expr->args[d]->dimension)
        return select_element(walk, d, cell, seen);
    if (element < 0) // a dimension that reaches further than this one
        return dag_constant(&walk->lowering->out->dag, 0);
    return walk_subscripts(walk, d + 1, cell * walk->array->dimensions[d]->n_elements + element,
                           seen);
}

static int walk_from_start(const struct walk *walk)
{
    return walk_subscripts(walk, 0, 0, (struct occurrences){0});
}

int lower_reference(struct lowering *lowering, const struct place *place, const struct expr *expr)
{
    if (!expr->variable) { // a dimension: the number of the present element
        const struct axis *axis = find_axis(place, expr->dimension, 0);
        int element = axis ? axis->at : place_element(place, expr->dimension, 0);
        return dag_constant(&lowering->out->dag, element + 1);
    }
    if (expr->variable->kind == VARIABLE_TABLE && !expr->variable->n_equations) {
        diag_error(lowering->diag, lower_position(place, expr),
                   "the graphical function '%s' needs an argument", expr->name);
        diag_hint(lowering->diag, "write %s(x)", expr->name);
        return lower_fail(lowering);
    }
    return walk_from_start(
        &(struct walk){lowering, place, expr, expr->variable, value_leaf, -1, USE_PLAIN});
}

int lower_table_call(struct lowering *lowering, const struct place *place, const struct expr *expr,
                     enum table_use use, int x)
{
    const struct expr whole = {.kind = EXPR_NAME, .variable = expr->variable};
    const struct expr *reference = expr->kind == EXPR_NAME ? expr : &whole;
    return walk_from_start(
        &(struct walk){lowering, place, reference, expr->variable, table_leaf, x, use});
}

int lower_flat_element(struct lowering *lowering, const struct place *place, struct variable *array,
                       int index)
{
    struct dag *dag = &lowering->out->dag;
    int result = dag_constant(dag, 0);
    if (dag_is_constant(dag, index)) {
        double number = dag->items[index].value;
        bool is_there = number >= 1 && number < array->n_cells + 1;
        return is_there ? lower_cell(lowering, array, (int)number - 1, place->mode) : result;
    }
    index = dag_unary(dag, NODE_FLOOR, index);
    for (int cell = array->n_cells - 1; cell >= 0; cell--) {
        int is_this = dag_binary(dag, NODE_EQUAL, index, dag_constant(dag, cell + 1));
        result = dag_select(dag, is_this, lower_cell(lowering, array, cell, place->mode), result);
    }
    return result;
}

struct axis_list {
    struct axis *items;
    size_t count, capacity;
};

static void add_axis(struct lowering *lowering, struct axis_list *axes, struct axis axis)
{
    for (size_t i = 0; i < axes->count; i++)
        if (axes->items[i].dimension == axis.dimension &&
            axes->items[i].occurrence == axis.occurrence)
            return;
    ARRAY_PUSH(lowering->out->arena, axes) = axis;
}

static bool reduces(const struct expr *expr)
{
    return expr->function && expr->function->takes_arrays && expr->n_args == 1;
}

// What a subscript of a reduction runs over; false where it stands still.
static bool find_range(const struct place *place, const struct dimension *dimension,
                       const struct expr *subscript, struct axis *axis)
{
    *axis = (struct axis){dimension, 0, 0, dimension->n_elements - 1, 0};
    if (!subscript || subscript->kind == EXPR_WILDCARD)
        return true;
    if (subscript->kind == EXPR_RANGE && subscript->args[0]->kind == EXPR_WILDCARD) {
        axis->dimension = subscript->args[1]->dimension;
        axis->last = axis->dimension->n_elements - 1;
        return true;
    }
    if (subscript->kind == EXPR_RANGE) {
        axis->first = subscript->args[0]->element;
        axis->last = subscript->args[1]->element;
        return true;
    }
    axis->dimension = subscript->dimension;
    if (!axis->dimension || subscript->element >= 0 || subscript->kind == EXPR_PLACE)
        return false;
    axis->last = axis->dimension->n_elements - 1;
    return variable_find_dimension(place->variable, axis->dimension, 0) < 0;
}

// Collects the axes that `expr` runs over, not looking into reductions inside it.
static void collect_axes(struct lowering *lowering, const struct place *place,
                         const struct expr *expr, struct axis_list *axes)
{
    const struct variable *array = expr->kind == EXPR_NAME ? expr->variable : NULL;
    struct occurrences seen = {0};
    for (int d = 0; array && d < array->n_dimensions; d++) {
        struct axis axis;
        if (!find_range(place, array->dimensions[d], expr->n_args ? expr->args[d] : NULL, &axis))
            continue;
        axis.occurrence = next_occurrence(&seen, axis.dimension);
        axis.at = axis.first;
        add_axis(lowering, axes, axis);
    }
    if (expr->kind == EXPR_NAME && !array && expr->dimension &&
        variable_find_dimension(place->variable, expr->dimension, 0) < 0) // its elements' numbers
        add_axis(lowering, axes,
                 (struct axis){expr->dimension, 0, 0, expr->dimension->n_elements - 1, 0});
    for (int i = 0; !array && i < expr->n_args; i++)
        if (!reduces(expr->args[i]))
            collect_axes(lowering, place, expr->args[i], axes);
}

// Moves to the next combination of elements; false after the last.
static bool next_combination(struct axis_list *axes)
{
    for (size_t i = axes->count; i-- > 0;) {
        if (axes->items[i].at++ < axes->items[i].last)
            return true;
        axes->items[i].at = axes->items[i].first;
    }
    return false;
}

int lower_count(struct lowering *lowering, const struct place *place, const struct expr *expr)
{
    struct axis_list axes = {0};
    int n = 1;
    collect_axes(lowering, place, expr, &axes);
    for (size_t i = 0; i < axes.count; i++)
        n *= axes.items[i].last - axes.items[i].first + 1;
    return n;
}

int lower_elements(struct lowering *lowering, const struct place *place, const struct expr *expr,
                   int **nodes)
{
    struct axis_list axes = {0};
    collect_axes(lowering, place, expr, &axes);
    struct place inside = *place;
    inside.axes = axes.items;
    inside.n_axes = (int)axes.count;
    struct {
        int *items;
        size_t count, capacity;
    } list = {0};
    do {
        int node = lower_expr(lowering, &inside, expr);
        ARRAY_PUSH(lowering->out->arena, &list) = node;
    } while (next_combination(&axes) && !lowering->has_failed);
    *nodes = list.items;
    return (int)list.count;
}
