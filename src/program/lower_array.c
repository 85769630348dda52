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

// The element of `dimension` that the place stands for, by the dimensions of its variable; -1.
static int place_element(const struct place *place, const struct dimension *dimension,
                         int occurrence)
{
    const struct variable *variable = place->variable;
    int cell = place->cell, element = -1;
    int seen = 0, count = 0;
    for (int d = 0; d < variable->n_dimensions; d++)
        count += variable->dimensions[d] == dimension;
    for (int d = variable->n_dimensions - 1; d >= 0; d--) {
        int size = variable->dimensions[d]->n_elements;
        if (variable->dimensions[d] == dimension) {
            int from_left = count - 1 - seen++;
            if (element < 0 || from_left >= occurrence)
                element = cell % size;
        }
        cell /= size;
    }
    return element;
}

// One reference on its way to a cell.
struct walk {
    struct lowering *lowering;
    const struct place *place;
    const struct expr *expr; // the reference
    struct variable *array;
};

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

// The element that subscript `d` picks; -1 where it must be computed during the run.
static int find_element(const struct walk *walk, int d, struct occurrences *seen)
{
    const struct dimension *dimension = walk->array->dimensions[d];
    const struct expr *subscript = walk->expr->n_args ? walk->expr->args[d] : NULL;
    bool is_several =
        subscript && (subscript->kind == EXPR_WILDCARD || subscript->kind == EXPR_RANGE);
    if (!subscript || is_several) {
        int occurrence = next_occurrence(seen, dimension);
        const struct axis *axis = find_axis(walk->place, dimension, occurrence);
        if (axis)
            return axis->at;
        return place_element(walk->place, dimension, occurrence);
    }
    if (!subscript->dimension)
        return -1;
    if (subscript->element >= 0)
        return subscript->element;
    int element = place_element(walk->place, subscript->dimension,
                                next_occurrence(seen, subscript->dimension));
    return element < dimension->n_elements ? element : -1;
}

static int walk_subscripts(const struct walk *walk, int d, int cell, struct occurrences seen)
{
    if (d == walk->array->n_dimensions)
        return lower_cell(walk->lowering, walk->array, cell, walk->place->mode);
    int element = find_element(walk, d, &seen);
    if (element < 0)
        return select_element(walk, d, cell, seen);
    return walk_subscripts(walk, d + 1, cell * walk->array->dimensions[d]->n_elements + element,
                           seen);
}

int lower_reference(struct lowering *lowering, const struct place *place, const struct expr *expr)
{
    if (!expr->variable) // a dimension: the number of the present element
        return dag_constant(&lowering->out->dag, place_element(place, expr->dimension, 0) + 1);
    if (expr->variable->kind == VARIABLE_TABLE && !expr->variable->n_equations) {
        diag_error(lowering->diag, lower_position(place, expr),
                   "the graphical function '%s' needs an argument", expr->name);
        diag_hint(lowering->diag, "write %s(x)", expr->name);
        return lower_fail(lowering);
    }
    struct walk walk = {lowering, place, expr, expr->variable};
    return walk_subscripts(&walk, 0, 0, (struct occurrences){0});
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
    return expr->function && expr->function->takes_arrays;
}

// Collects the axes that `expr` runs over, not looking into reductions inside it.
static void collect_axes(struct lowering *lowering, const struct expr *expr, struct axis_list *axes)
{
    const struct variable *array = expr->kind == EXPR_NAME ? expr->variable : NULL;
    struct occurrences seen = {0};
    for (int d = 0; array && d < array->n_dimensions; d++) {
        const struct dimension *dimension = array->dimensions[d];
        const struct expr *subscript = expr->n_args ? expr->args[d] : NULL;
        struct axis axis = {dimension, 0, 0, dimension->n_elements - 1, 0};
        if (subscript && subscript->kind == EXPR_RANGE) {
            axis.first = subscript->args[0]->element;
            axis.last = subscript->args[1]->element;
        } else if (subscript && subscript->kind != EXPR_WILDCARD) {
            continue;
        }
        axis.occurrence = next_occurrence(&seen, dimension);
        axis.at = axis.first;
        add_axis(lowering, axes, axis);
    }
    for (int i = 0; !array && i < expr->n_args; i++)
        if (!reduces(expr->args[i]) || expr->args[i]->n_args > 1)
            collect_axes(lowering, expr->args[i], axes);
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

int lower_count(struct lowering *lowering, const struct expr *expr)
{
    struct axis_list axes = {0};
    int n = 1;
    collect_axes(lowering, expr, &axes);
    for (size_t i = 0; i < axes.count; i++)
        n *= axes.items[i].last - axes.items[i].first + 1;
    return n;
}

int lower_elements(struct lowering *lowering, const struct place *place, const struct expr *expr,
                   int **nodes)
{
    struct axis_list axes = {0};
    collect_axes(lowering, expr, &axes);
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
