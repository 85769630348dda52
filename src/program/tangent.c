// Stage: program. Graph -> values and gradients by forward accumulation (Griewank & Walther 2008,
// ch. 3). A gradient holds only the unknowns and parameters that its node can depend on; where they
// stand in the gradients of the nodes above is worked out once.
#include "program/tangent.h"

#include "base/array.h"
#include "program/lookup.h"
#include "program/scalar.h"

#include <math.h>
#include <string.h>

// A node that the residuals need, with its place in the lists of gradients.
struct tangent_node {
    int node;          // of the graph
    int operands[3];   // places of its operands in the list of nodes; -1 where there are fewer
    int n_columns;     // entries of its gradient
    int *columns;      // [n_columns] rising: unknowns, then n_unknowns + parameter
    int *positions[3]; // [n_columns of operand] where each entry of an operand's gradient goes
    double *gradient;  // [n_columns]
    double value;
};

struct tangent {
    struct arena *arena;
    const struct lowered *lowered;
    int n_states, n_memories, n_delay_lines, n_unknowns;
    struct tangent_node *nodes; // [n_nodes] operands before those that use them
    int n_nodes;
    int *residuals; // [n_unknowns] places of rates and inputs
    int *initials;  // [n_unknowns]
    int *watched;   // [n_watched]; -1: a cell without a value
    const struct lookup **lookups;
    const double *unknowns;
};

int tangent_n_unknowns(const struct tangent *tangent)
{
    return tangent->n_unknowns;
}

// The unknown or parameter that a leaf is, as a column; -1 where it is none.
static int leaf_column(const struct tangent *tangent, const struct node *node)
{
    switch (node->op) {
    case NODE_STOCK:
        return node->index;
    case NODE_MEMORY:
        return tangent->n_states + node->index;
    case NODE_DELAY:
        return tangent->n_states + tangent->n_memories + node->index;
    case NODE_PARAMETER:
        return tangent->n_unknowns + node->index;
    default:
        return -1;
    }
}

// What an entry of an operand's gradient is multiplied by is not needed where the node yields the
// unknown itself.
static bool passes_gradient(const struct node *node)
{
    return node->op != NODE_DELAY;
}

struct place_list {
    int *items;
    size_t count, capacity;
};

// Marks the nodes below `root`.
static void mark(const struct dag *dag, struct arena *arena, int root, char *is_needed)
{
    struct place_list todo = {0};
    ARRAY_PUSH(arena, &todo) = root;
    while (todo.count) {
        int node = todo.items[--todo.count];
        if (is_needed[node])
            continue;
        is_needed[node] = 1;
        const int *operands = dag->items[node].operands;
        for (int i = 0; i < 3 && operands[i] >= 0; i++)
            ARRAY_PUSH(arena, &todo) = operands[i];
    }
}

// Works out which columns the gradient of `to` has, and where those of its operands go.
static void build_pattern(struct tangent *tangent, struct tangent_node *to, char *is_in,
                          int n_columns)
{
    const struct node *node = &tangent->lowered->dag.items[to->node];
    memset(is_in, 0, (size_t)n_columns);
    int leaf = leaf_column(tangent, node);
    if (leaf >= 0)
        is_in[leaf] = 1;
    for (int i = 0; i < 3 && to->operands[i] >= 0 && passes_gradient(node); i++) {
        const struct tangent_node *from = &tangent->nodes[to->operands[i]];
        for (int k = 0; k < from->n_columns; k++)
            is_in[from->columns[k]] = 1;
    }
    for (int i = 0; i < n_columns; i++)
        to->n_columns += is_in[i];
    to->columns = ARENA_NEW_ARRAY(tangent->arena, int, to->n_columns);
    to->gradient = ARENA_NEW_ARRAY(tangent->arena, double, to->n_columns);
    int *place = ARENA_NEW_ARRAY(tangent->arena, int, n_columns);
    for (int i = 0, at = 0; i < n_columns; i++)
        if (is_in[i]) {
            to->columns[at] = i;
            place[i] = at++;
        }
    for (int i = 0; i < 3 && to->operands[i] >= 0 && passes_gradient(node); i++) {
        const struct tangent_node *from = &tangent->nodes[to->operands[i]];
        to->positions[i] = ARENA_NEW_ARRAY(tangent->arena, int, from->n_columns);
        for (int k = 0; k < from->n_columns; k++)
            to->positions[i][k] = place[from->columns[k]];
    }
    if (leaf >= 0)
        to->gradient[place[leaf]] = 1;
}

static void build_nodes(struct tangent *tangent, const char *is_needed, int *place)
{
    const struct dag *dag = &tangent->lowered->dag;
    int n_parameters = 0;
    for (size_t i = 0; i < dag->count; i++) {
        tangent->n_nodes += is_needed[i];
        if (dag->items[i].op == NODE_PARAMETER && dag->items[i].index >= n_parameters)
            n_parameters = dag->items[i].index + 1;
    }
    struct arena *scratch = arena_create();
    int n_columns = tangent->n_unknowns + n_parameters;
    char *is_in = ARENA_NEW_ARRAY(scratch, char, n_columns);
    tangent->nodes = ARENA_NEW_ARRAY(tangent->arena, struct tangent_node, tangent->n_nodes);
    int at = 0;
    for (size_t i = 0; i < dag->count; i++) {
        if (!is_needed[i])
            continue;
        struct tangent_node *to = &tangent->nodes[at];
        to->node = (int)i;
        for (int k = 0; k < 3; k++)
            to->operands[k] = dag->items[i].operands[k] < 0 ? -1 : place[dag->items[i].operands[k]];
        to->value = dag->items[i].value;
        place[i] = at++;
        build_pattern(tangent, to, is_in, n_columns);
    }
    arena_free(scratch);
}

// The nodes that residuals and initial values are, for each unknown.
static void list_roots(const struct tangent *tangent, int *residuals, int *initials)
{
    const struct lowered *lowered = tangent->lowered;
    int at = 0;
    for (size_t i = 0; i < lowered->states.count; i++, at++) {
        residuals[at] = lowered->states.items[i].rate;
        initials[at] = lowered->states.items[i].initial;
    }
    for (size_t i = 0; i < lowered->memories.count; i++, at++) {
        residuals[at] = lowered->memories.items[i].input;
        initials[at] = lowered->memories.items[i].initial;
    }
    for (size_t i = 0; i < lowered->delay_lines.count; i++, at++) {
        residuals[at] = lowered->delay_lines.items[i].input;
        initials[at] = lowered->delay_lines.items[i].initial;
    }
}

struct tangent *tangent_create(struct arena *arena, const struct lowered *lowered,
                               const int *watched, int n_watched)
{
    const struct dag *dag = &lowered->dag;
    struct tangent *tangent = ARENA_NEW(arena, struct tangent);
    *tangent = (struct tangent){.arena = arena,
                                .lowered = lowered,
                                .n_states = (int)lowered->states.count,
                                .n_memories = (int)lowered->memories.count,
                                .n_delay_lines = (int)lowered->delay_lines.count};
    int n = tangent->n_unknowns = tangent->n_states + tangent->n_memories + tangent->n_delay_lines;
    tangent->residuals = ARENA_NEW_ARRAY(arena, int, n);
    tangent->initials = ARENA_NEW_ARRAY(arena, int, n);
    tangent->watched = ARENA_NEW_ARRAY(arena, int, n_watched);
    list_roots(tangent, tangent->residuals, tangent->initials);
    struct arena *scratch = arena_create();
    char *is_needed = ARENA_NEW_ARRAY(scratch, char, dag->count);
    int *place = ARENA_NEW_ARRAY(scratch, int, dag->count);
    for (int i = 0; i < n; i++) {
        mark(dag, scratch, tangent->residuals[i], is_needed);
        mark(dag, scratch, tangent->initials[i], is_needed);
    }
    for (int i = 0; i < n_watched; i++)
        if (lowered->cell_nodes[watched[i]] >= 0)
            mark(dag, scratch, lowered->cell_nodes[watched[i]], is_needed);
    build_nodes(tangent, is_needed, place);
    for (int i = 0; i < n; i++) {
        tangent->residuals[i] = place[tangent->residuals[i]];
        tangent->initials[i] = place[tangent->initials[i]];
    }
    for (int i = 0; i < n_watched; i++) {
        int node = lowered->cell_nodes[watched[i]];
        tangent->watched[i] = node < 0 ? -1 : place[node];
    }
    arena_free(scratch);
    tangent->lookups = ARENA_NEW_ARRAY(arena, const struct lookup *, lowered->tables.count);
    for (size_t i = 0; i < lowered->tables.count; i++)
        tangent->lookups[i] = lookup_prepare(arena, lowered->tables.items[i]);
    return tangent;
}

static double operand(const struct tangent *tangent, const struct tangent_node *at, int i)
{
    return at->operands[i] < 0 ? 0 : tangent->nodes[at->operands[i]].value;
}

// Noise stands still at its middle.
static double middle_draw(const struct tangent *tangent, const struct node *node, double mean)
{
    switch (tangent->lowered->draws.items[node->index].kind) {
    case DRAW_UNIFORM:
        return 0.5;
    case DRAW_POISSON:
        return mean;
    default:
        return 0;
    }
}

static double node_value(const struct tangent *tangent, const struct tangent_node *at,
                         const double *parameters, double time)
{
    const struct node *node = &tangent->lowered->dag.items[at->node];
    switch (node->op) {
    case NODE_CONSTANT:
        return node->value;
    case NODE_PARAMETER:
        return parameters[node->index];
    case NODE_STOCK:
    case NODE_MEMORY:
    case NODE_DELAY:
        return tangent->unknowns ? tangent->unknowns[leaf_column(tangent, node)] : NAN;
    case NODE_TIME:
    case NODE_STEP_TIME:
        return time;
    case NODE_LOOKUP:
        return lookup_at(tangent->lookups[node->index], operand(tangent, at, 0));
    case NODE_HOLD:
        return operand(tangent, at, 0);
    case NODE_DRAW:
    case NODE_FIRST_DRAW:
        return middle_draw(tangent, node, operand(tangent, at, 0));
    default:
        return node->op < (enum node_op)N_OPERATIONS
                   ? scalar_operation((enum operation)node->op, operand(tangent, at, 0),
                                      operand(tangent, at, 1), operand(tangent, at, 2))
                   : NAN;
    }
}

static void evaluate(struct tangent *tangent, const double *unknowns, const double *parameters,
                     double time)
{
    tangent->unknowns = unknowns;
    for (int i = 0; i < tangent->n_nodes; i++)
        tangent->nodes[i].value = node_value(tangent, &tangent->nodes[i], parameters, time);
}

void tangent_start(struct tangent *tangent, const double *parameters, double time, double *unknowns)
{
    evaluate(tangent, NULL, parameters, time);
    for (int i = 0; i < tangent->n_unknowns; i++)
        unknowns[i] = tangent->nodes[tangent->initials[i]].value;
}

void tangent_evaluate(struct tangent *tangent, const double *unknowns, const double *parameters,
                      double time, double *residuals)
{
    evaluate(tangent, unknowns, parameters, time);
    for (int i = 0; i < tangent->n_unknowns; i++) {
        residuals[i] = tangent->nodes[tangent->residuals[i]].value;
        if (i >= tangent->n_states)
            residuals[i] -= unknowns[i];
    }
}

// The point below `x` that a table's piece begins with; -1: before the first.
static int find_piece(const struct table *table, double x)
{
    int i = -1;
    while (i + 1 < table->n_points && table->x[i + 1] <= x)
        i++;
    return i;
}

static double piece_slope(const struct table *table, int piece)
{
    int last = table->n_points - 2;
    if (table->kind == TABLE_DISCRETE || table->n_points < 2)
        return 0;
    if (piece < 0 || piece > last) {
        if (table->kind != TABLE_EXTRAPOLATE)
            return 0;
        piece = piece < 0 ? 0 : last;
    }
    return (table->y[piece + 1] - table->y[piece]) / (table->x[piece + 1] - table->x[piece]);
}

static double power_by_exponent(double a, double value)
{
    return a > 0 ? value * log(a) : 0;
}

static double power_by_base(double a, double b)
{
    return b == 0 ? 0 : b * scalar_operation(OP_POWER, a, b - 1, 0);
}

// The derivatives of a pure operation of two operands or three.
static void slopes_of_several(enum operation op, double a, double b, double value, double *slopes)
{
    switch (op) {
    case OP_ADD:
        slopes[0] = slopes[1] = 1;
        break;
    case OP_SUBTRACT:
        slopes[0] = 1;
        slopes[1] = -1;
        break;
    case OP_MULTIPLY:
        slopes[0] = b;
        slopes[1] = a;
        break;
    case OP_DIVIDE:
        slopes[0] = 1 / b;
        slopes[1] = -value / b;
        break;
    case OP_POWER:
        slopes[0] = power_by_base(a, b);
        slopes[1] = power_by_exponent(a, value);
        break;
    case OP_MODULO:
        slopes[0] = 1;
        slopes[1] = -floor(a / b);
        break;
    case OP_SELECT:
        slopes[a != 0 ? 1 : 2] = 1;
        break;
    case OP_MINIMUM:
        slopes[b < a] = 1;
        break;
    case OP_MAXIMUM:
        slopes[b > a] = 1;
        break;
    default: // comparisons and logic jump, and are flat in between
        break;
    }
}

static double slope_of_one(enum operation op, double a, double value)
{
    switch (op) {
    case OP_NEGATE:
        return -1;
    case OP_ABSOLUTE:
        return a < 0 ? -1 : 1;
    case OP_SQUARE_ROOT:
        return 0.5 / value;
    case OP_EXPONENTIAL:
        return value;
    case OP_LOGARITHM:
        return 1 / a;
    case OP_LOGARITHM_10:
        return 1 / (a * log(10));
    case OP_SINE:
        return cos(a);
    case OP_COSINE:
        return -sin(a);
    case OP_TANGENT:
        return 1 + value * value;
    case OP_HYPERBOLIC_SINE:
        return cosh(a);
    case OP_HYPERBOLIC_COSINE:
        return sinh(a);
    case OP_HYPERBOLIC_TANGENT:
        return 1 - value * value;
    case OP_ARC_SINE:
        return 1 / sqrt(1 - a * a);
    case OP_ARC_COSINE:
        return -1 / sqrt(1 - a * a);
    case OP_ARC_TANGENT:
        return 1 / (1 + a * a);
    case OP_FLOOR:
    case OP_NOT:
        return 0;
    default:
        return NAN;
    }
}

static void node_slopes(const struct tangent *tangent, const struct tangent_node *at,
                        double slopes[3])
{
    const struct node *node = &tangent->lowered->dag.items[at->node];
    double a = operand(tangent, at, 0), b = operand(tangent, at, 1);
    slopes[0] = slopes[1] = slopes[2] = 0;
    if (node->op == NODE_LOOKUP) {
        const struct table *table = tangent->lowered->tables.items[node->index];
        slopes[0] = piece_slope(table, find_piece(table, a));
    } else if (node->op == NODE_HOLD) {
        slopes[0] = 1;
    } else if (node->op == NODE_DRAW || node->op == NODE_FIRST_DRAW) {
        slopes[0] = tangent->lowered->draws.items[node->index].kind == DRAW_POISSON;
    } else if (node->op < (enum node_op)N_OPERATIONS) {
        if (at->operands[1] >= 0)
            slopes_of_several((enum operation)node->op, a, b, at->value, slopes);
        else
            slopes[0] = slope_of_one((enum operation)node->op, a, at->value);
    }
}

static void differentiate_node(const struct tangent *tangent, struct tangent_node *to)
{
    double slopes[3];
    node_slopes(tangent, to, slopes);
    memset(to->gradient, 0, (size_t)to->n_columns * sizeof *to->gradient);
    for (int i = 0; i < 3 && to->operands[i] >= 0; i++) {
        const struct tangent_node *from = &tangent->nodes[to->operands[i]];
        if (slopes[i] == 0)
            continue;
        for (int k = 0; k < from->n_columns; k++)
            if (from->gradient[k] != 0) // an infinite slope times nothing is nothing
                to->gradient[to->positions[i][k]] += slopes[i] * from->gradient[k];
    }
}

static void differentiate(struct tangent *tangent)
{
    for (int i = 0; i < tangent->n_nodes; i++) {
        struct tangent_node *node = &tangent->nodes[i];
        if (node->n_columns && leaf_column(tangent, &tangent->lowered->dag.items[node->node]) < 0)
            differentiate_node(tangent, node);
    }
}

void tangent_differentiate(struct tangent *tangent, double *by_unknowns, int parameter,
                           double *by_parameter)
{
    int n = tangent->n_unknowns;
    differentiate(tangent);
    memset(by_unknowns, 0, (size_t)n * (size_t)n * sizeof *by_unknowns);
    for (int i = 0; i < n; i++) {
        const struct tangent_node *root = &tangent->nodes[tangent->residuals[i]];
        if (by_parameter)
            by_parameter[i] = 0;
        for (int k = 0; k < root->n_columns; k++) {
            if (root->columns[k] < n)
                by_unknowns[i * n + root->columns[k]] = root->gradient[k];
            else if (by_parameter && root->columns[k] == n + parameter)
                by_parameter[i] = root->gradient[k];
        }
        if (i >= tangent->n_states)
            by_unknowns[i * n + i] -= 1;
    }
}

void tangent_start_slopes(struct tangent *tangent, int parameter, double *by_parameter)
{
    int n = tangent->n_unknowns;
    differentiate(tangent);
    for (int i = 0; i < n; i++) {
        const struct tangent_node *root = &tangent->nodes[tangent->initials[i]];
        by_parameter[i] = 0;
        for (int k = 0; k < root->n_columns; k++)
            if (root->columns[k] == n + parameter)
                by_parameter[i] = root->gradient[k];
    }
}

double tangent_node_value(const struct tangent *tangent, int node)
{
    int low = 0, high = tangent->n_nodes - 1;
    while (low < high) { // nodes are listed as the graph has them
        int middle = (low + high) / 2;
        if (tangent->nodes[middle].node < node)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = high >= 0 && tangent->nodes[low].node == node;
    return is_there ? tangent->nodes[low].value : 0;
}

double tangent_watched(const struct tangent *tangent, int i)
{
    return tangent->watched[i] < 0 ? NAN : tangent->nodes[tangent->watched[i]].value;
}

bool tangent_depends(const struct tangent *tangent, int i, int k)
{
    const struct tangent_node *root = &tangent->nodes[tangent->residuals[i]];
    for (int at = 0; at < root->n_columns; at++)
        if (root->columns[at] == k)
            return true;
    return i >= tangent->n_states && i == k;
}

static bool is_near(double a, double b, double margin)
{
    return fabs(a - b) <= margin * (fabs(a) + fabs(b)) || fabs(a - b) < 1e-300;
}

// Whether a table bends or jumps next to `x`.
static bool is_at_bend(const struct table *table, double x, double margin)
{
    int first = table->kind == TABLE_EXTRAPOLATE ? 1 : 0;
    for (int i = first; i < table->n_points - first; i++) {
        double size = fabs(table->x[table->n_points - 1] - table->x[0]);
        bool bends = table->kind == TABLE_DISCRETE
                         ? i > 0 && table->y[i] != table->y[i - 1]
                         : !is_near(piece_slope(table, i - 1), piece_slope(table, i), 1e-12);
        if (bends && fabs(x - table->x[i]) <= margin * size)
            return true;
    }
    return false;
}

static bool is_kink(const struct tangent *tangent, const struct tangent_node *at, double margin)
{
    const struct node *node = &tangent->lowered->dag.items[at->node];
    double a = operand(tangent, at, 0), b = operand(tangent, at, 1);
    switch ((int)node->op) {
    case NODE_MINIMUM:
    case NODE_MAXIMUM:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
        return is_near(a, b, margin);
    case NODE_ABSOLUTE:
        return fabs(a) <= margin;
    case NODE_LOOKUP:
        return is_at_bend(tangent->lowered->tables.items[node->index], a, margin);
    default:
        return false;
    }
}

// A variable whose value has to do with node `node`.
static const char *find_owner(const struct tangent *tangent, int node)
{
    const struct lowered *lowered = tangent->lowered;
    struct arena *scratch = arena_create();
    const char *name = NULL;
    for (int i = 0; i < lowered->n_ordered && !name; i++) {
        int cell = lowered->cell_order[i];
        char *is_below = ARENA_NEW_ARRAY(scratch, char, lowered->dag.count);
        if (lowered->cell_nodes[cell] < node)
            continue;
        mark(&lowered->dag, scratch, lowered->cell_nodes[cell], is_below);
        const struct model *model = lowered->model;
        for (size_t k = 0; is_below[node] && k < model->variables.count && !name; k++) {
            const struct variable *variable = model->variables.items[k];
            bool has_cell = cell >= variable->first_cell &&
                            cell < variable->first_cell + variable->n_cells &&
                            variable->kind != VARIABLE_TABLE;
            if (has_cell && !variable->is_hidden)
                name = cell_name(tangent->arena, variable, cell - variable->first_cell);
        }
    }
    arena_free(scratch);
    return name;
}

int tangent_kinks(const struct tangent *tangent, double margin, const char **first)
{
    int n = 0;
    *first = NULL;
    for (int i = 0; i < tangent->n_nodes; i++) {
        const struct tangent_node *at = &tangent->nodes[i];
        bool moves = false;
        for (int k = 0; k < at->n_columns; k++)
            moves |= at->columns[k] < tangent->n_unknowns;
        for (int k = 0; k < 3 && at->operands[k] >= 0; k++) {
            const struct tangent_node *from = &tangent->nodes[at->operands[k]];
            for (int c = 0; c < from->n_columns; c++)
                moves |= from->columns[c] < tangent->n_unknowns;
        }
        if (!moves || !is_kink(tangent, at, margin))
            continue;
        if (!n++)
            *first = find_owner(tangent, at->node);
    }
    return n;
}
