// Stage: program. Graph -> code for an accumulator machine. Nodes are sorted by how often they
// change (enum section) and computed in the order of their making, which is one of dependence. A
// node that is used once is computed in the accumulator right where it is needed; the others are
// stored in a row. Rows that live within one section only are used again (linear scan).
#include "program/program.h"

#include "base/array.h"

#include <string.h>

enum { NO_ROW = -1 };

struct root_list {
    int *items;
    size_t count, capacity;
};

struct emitter {
    struct arena *arena;
    const struct lowered *lowered;
    const struct dag *dag;
    struct program *program;

    int *row;            // [nodes] row that holds the value, or NO_ROW
    bool *is_persistent; // [nodes] the row is kept for other sections and for the caller
    bool *uses_step;     // [nodes] depends on something that is held during a step
    bool *is_needed;     // [nodes] computed in the present section
    int *uses;           // [nodes] left to come in the present section
    bool *in_first;      // [nodes] computed in SECTION_FIRST

    struct {
        int *items;
        size_t count, capacity;
    } free_rows;
    struct {
        double *items;
        size_t count, capacity;
    } numbers;
    enum section section;
    struct code *code;
    struct root_list roots; // of the present section
    bool *is_done;          // [nodes] while walking from them
    int acc_node;           // node whose value the accumulator holds and a row too, or -1
};

static const struct node *node_at(const struct emitter *emitter, int node)
{
    return &emitter->dag->items[node];
}

// The section that computes `node`; N_SECTIONS for leaves, which nobody computes.
static enum section home(const struct emitter *emitter, int node)
{
    const struct node *n = node_at(emitter, node);
    switch (n->op) {
    case NODE_CONSTANT:
    case NODE_PARAMETER:
    case NODE_STOCK:
    case NODE_TIME:
    case NODE_STEP_TIME:
    case NODE_MEMORY:
        return N_SECTIONS;
    default:
        break;
    }
    if (n->phase <= PHASE_RUN)
        return SECTION_RUN;
    if (n->phase == PHASE_TIME && !emitter->uses_step[node])
        return SECTION_TIME;
    return SECTION_FIRST;
}

// Whether the present section computes `node` rather than finding it done.
static bool belongs(const struct emitter *emitter, int node)
{
    enum section where = home(emitter, node);
    switch (emitter->section) {
    case SECTION_LATER: // what is held, and what depends on held values alone, stays
        return where == SECTION_FIRST && node_at(emitter, node)->phase != PHASE_STEP;
    case SECTION_OUTPUT:
        return where == SECTION_FIRST && !emitter->in_first[node];
    default:
        return where == emitter->section;
    }
}

static int new_row(struct emitter *emitter)
{
    if (emitter->free_rows.count)
        return emitter->free_rows.items[--emitter->free_rows.count];
    return emitter->program->n_rows++;
}

static void free_row(struct emitter *emitter, int row)
{
    ARRAY_PUSH(emitter->arena, &emitter->free_rows) = row;
}

static int find_number(struct emitter *emitter, double value)
{
    for (size_t i = N_FIXED_NUMBERS; i < emitter->numbers.count; i++)
        if (memcmp(&emitter->numbers.items[i], &value, sizeof value) == 0)
            return (int)i;
    ARRAY_PUSH(emitter->arena, &emitter->numbers) = value;
    return (int)emitter->numbers.count - 1;
}

// Where the value of `node` is, if it is anywhere yet; index NO_ROW if not.
static struct operand find_operand(struct emitter *emitter, int node)
{
    const struct node *n = node_at(emitter, node);
    const struct program *program = emitter->program;
    switch (n->op) {
    case NODE_CONSTANT:
        return (struct operand){true, find_number(emitter, n->value)};
    case NODE_TIME:
        return (struct operand){true, NUMBER_TIME};
    case NODE_STEP_TIME:
        return (struct operand){true, NUMBER_STEP_TIME};
    case NODE_STOCK:
        return (struct operand){false, n->index};
    case NODE_PARAMETER:
        return (struct operand){false, program->n_states + n->index};
    case NODE_MEMORY:
        return (struct operand){false, program->memories[n->index].row};
    default:
        return (struct operand){false, emitter->row[node]};
    }
}

static void add_instruction(struct emitter *emitter, int opcode, int a, int b)
{
    ARRAY_PUSH(emitter->arena, emitter->code) = (struct instruction){opcode, a, b};
    emitter->acc_node = -1;
}

// Counts one use of `node` as done; its row is free after the last.
static void release(struct emitter *emitter, int node)
{
    if (!belongs(emitter, node) || emitter->is_persistent[node])
        return;
    if (--emitter->uses[node] == 0 && emitter->row[node] != NO_ROW) {
        free_row(emitter, emitter->row[node]);
        emitter->row[node] = NO_ROW;
    }
}

static void emit_value(struct emitter *emitter, int node);

static void store(struct emitter *emitter, int node)
{
    if (emitter->row[node] == NO_ROW)
        emitter->row[node] = new_row(emitter);
    add_instruction(emitter, OPCODE_STORE, emitter->row[node], 0);
    emitter->acc_node = node;
}

static bool is_ready(struct emitter *emitter, int node)
{
    return find_operand(emitter, node).index != NO_ROW;
}

// Brings `node` into the accumulator.
static void emit_load(struct emitter *emitter, int node)
{
    struct operand operand = find_operand(emitter, node);
    if (operand.index == NO_ROW) {
        emit_value(emitter, node);
        return;
    }
    if (emitter->acc_node != node)
        add_instruction(emitter, operand.is_number ? OPCODE_LOAD_NUMBER : OPCODE_LOAD_ROW,
                        operand.index, 0);
    release(emitter, node);
}

// Computes `node` into a row unless it is somewhere already.
static void emit_ready(struct emitter *emitter, int node)
{
    if (is_ready(emitter, node))
        return;
    emit_value(emitter, node);
    store(emitter, node);
}

static int binary_opcode(enum node_op op, enum binary_form form)
{
    return (int)op * N_BINARY_FORMS + (int)form;
}

// a op b with a in the accumulator, or b in it.
static void add_with_acc(struct emitter *emitter, enum node_op op, struct operand other,
                         bool acc_is_left)
{
    enum binary_form form =
        acc_is_left ? (other.is_number ? FORM_AN : FORM_AR) : (other.is_number ? FORM_NA : FORM_RA);
    add_instruction(emitter, binary_opcode(op, form), other.index, 0);
}

static void emit_binary(struct emitter *emitter, const struct node *node)
{
    int a = node->operands[0], b = node->operands[1];
    if (!is_ready(emitter, a) && !is_ready(emitter, b))
        emit_ready(emitter, b);
    if (!is_ready(emitter, a)) {
        emit_value(emitter, a);
        add_with_acc(emitter, node->op, find_operand(emitter, b), true);
        release(emitter, b);
        return;
    }
    if (!is_ready(emitter, b)) {
        emit_value(emitter, b);
        add_with_acc(emitter, node->op, find_operand(emitter, a), false);
        release(emitter, a);
        return;
    }
    struct operand left = find_operand(emitter, a), right = find_operand(emitter, b);
    if (emitter->acc_node == a) {
        add_with_acc(emitter, node->op, right, true);
    } else if (emitter->acc_node == b) {
        add_with_acc(emitter, node->op, left, false);
    } else if (left.is_number && right.is_number) { // both times, or a time and a constant
        add_instruction(emitter, OPCODE_LOAD_NUMBER, left.index, 0);
        add_with_acc(emitter, node->op, right, true);
    } else {
        enum binary_form form = left.is_number ? FORM_NR : right.is_number ? FORM_RN : FORM_RR;
        add_instruction(emitter, binary_opcode(node->op, form), left.index, right.index);
    }
    release(emitter, a);
    release(emitter, b);
}

static void emit_select(struct emitter *emitter, const struct node *node)
{
    int then = node->operands[1], otherwise = node->operands[2];
    emit_ready(emitter, then);
    emit_ready(emitter, otherwise);
    emit_load(emitter, node->operands[0]);
    struct operand a = find_operand(emitter, then), b = find_operand(emitter, otherwise);
    int opcode = a.is_number   ? b.is_number ? OPCODE_SELECT_NN : OPCODE_SELECT_NR
                 : b.is_number ? OPCODE_SELECT_RN
                               : OPCODE_SELECT_RR;
    add_instruction(emitter, opcode, a.index, b.index);
    release(emitter, then);
    release(emitter, otherwise);
}

// Computes `node` in the accumulator.
static void emit_value(struct emitter *emitter, int node)
{
    const struct node *n = node_at(emitter, node);
    switch (n->op) {
    case NODE_SELECT:
        emit_select(emitter, n);
        break;
    case NODE_HOLD:
        emit_load(emitter, n->operands[0]);
        break;
    case NODE_LOOKUP:
        emit_load(emitter, n->operands[0]);
        add_instruction(emitter, OPCODE_LOOKUP, n->index, 0);
        break;
    case NODE_DELAY:
        emit_load(emitter, n->operands[0]);
        add_instruction(emitter, OPCODE_DELAY, n->index, 0);
        break;
    case NODE_DRAW:
    case NODE_FIRST_DRAW:
        emit_load(emitter, n->operands[0]);
        add_instruction(emitter, n->op == NODE_DRAW ? OPCODE_DRAW : OPCODE_FIRST_DRAW, n->index, 0);
        break;
    default:
        if (node_op_n_operands(n->op) == 1) {
            emit_load(emitter, n->operands[0]);
            add_instruction(emitter, binary_opcode(n->op, FORM_AR), 0, 0);
        } else {
            emit_binary(emitter, n);
        }
    }
}

// Marks what the present section must compute for the root `node`, and counts uses.
static void need(struct emitter *emitter, int node)
{
    struct root_list todo = {0};
    ARRAY_PUSH(emitter->arena, &emitter->roots) = node;
    ARRAY_PUSH(emitter->arena, &todo) = node;
    while (todo.count) {
        int next = todo.items[--todo.count];
        if (!belongs(emitter, next))
            continue;
        if (emitter->uses[next]++)
            continue;
        emitter->is_needed[next] = true;
        const int *operands = node_at(emitter, next)->operands;
        for (int i = 0; i < 3 && operands[i] >= 0; i++)
            ARRAY_PUSH(emitter->arena, &todo) = operands[i];
    }
}

static void begin_section(struct emitter *emitter, enum section section)
{
    emitter->section = section;
    emitter->code = &emitter->program->sections[section];
    emitter->roots.count = 0;
    emitter->acc_node = -1;
    memset(emitter->is_needed, 0, emitter->dag->count * sizeof *emitter->is_needed);
    memset(emitter->is_done, 0, emitter->dag->count * sizeof *emitter->is_done);
    memset(emitter->uses, 0, emitter->dag->count * sizeof *emitter->uses);
}

// Computes `node` into a row if it is one that is stored: wanted by others or used more than once.
static void settle(struct emitter *emitter, int node)
{
    if (emitter->uses[node] == 1 && !emitter->is_persistent[node])
        return; // computed where it is used
    emit_value(emitter, node);
    store(emitter, node);
}

// Goes depth first from a root, operands before the nodes that use them, so that values are used
// soon after they are computed.
static void settle_below(struct emitter *emitter, int root)
{
    struct root_list todo = {0};
    ARRAY_PUSH(emitter->arena, &todo) = root;
    while (todo.count) {
        int node = todo.items[todo.count - 1];
        if (!emitter->is_needed[node] || emitter->is_done[node]) {
            todo.count--;
            continue;
        }
        const int *operands = node_at(emitter, node)->operands;
        size_t before = todo.count;
        for (int i = 2; i >= 0; i--)
            if (operands[i] >= 0 && emitter->is_needed[operands[i]] &&
                !emitter->is_done[operands[i]])
                ARRAY_PUSH(emitter->arena, &todo) = operands[i];
        if (todo.count > before)
            continue;
        emitter->is_done[node] = true;
        settle(emitter, node);
        todo.count--;
    }
}

// Ends a section. With `with_rates`, its first roots are the rates of the states in order.
static void end_section(struct emitter *emitter, bool with_rates)
{
    for (size_t i = 0; i < emitter->roots.count; i++) {
        int root = emitter->roots.items[i];
        settle_below(emitter, root);
        if (!with_rates || i >= emitter->lowered->states.count)
            continue;
        emit_load(emitter, root);
        add_instruction(emitter, OPCODE_RATE, (int)i, 0);
        emitter->acc_node = is_ready(emitter, root) ? root : -1;
    }
    add_instruction(emitter, OPCODE_END, 0, 0);
    if (emitter->section == SECTION_FIRST)
        memcpy(emitter->in_first, emitter->is_needed,
               emitter->dag->count * sizeof *emitter->in_first);
}

// Gives `node` a row of its own that keeps its value between sections.
static void keep(struct emitter *emitter, int node)
{
    if (home(emitter, node) == N_SECTIONS || emitter->is_persistent[node])
        return;
    emitter->is_persistent[node] = true;
    emitter->row[node] = emitter->program->n_rows++;
}

// Keeps whatever crosses from one section to another on the way to `root`.
static void keep_crossings(struct emitter *emitter, int root, bool *seen)
{
    struct root_list todo = {0};
    ARRAY_PUSH(emitter->arena, &todo) = root;
    while (todo.count) {
        int node = todo.items[--todo.count];
        if (seen[node])
            continue;
        seen[node] = true;
        enum section where = home(emitter, node);
        const struct node *n = node_at(emitter, node);
        for (int i = 0; i < 3 && n->operands[i] >= 0; i++) {
            int operand = n->operands[i];
            bool is_held = node_at(emitter, operand)->phase == PHASE_STEP;
            if (home(emitter, operand) != where || is_held)
                keep(emitter, operand);
            ARRAY_PUSH(emitter->arena, &todo) = operand;
        }
    }
}

// What each step must compute: rates, and what PREVIOUS and DELAY remember.
static void collect_roots(struct emitter *emitter, struct root_list *rates,
                          struct root_list *inputs, struct root_list *initials)
{
    const struct lowered *lowered = emitter->lowered;
    for (size_t i = 0; i < lowered->states.count; i++) {
        ARRAY_PUSH(emitter->arena, rates) = lowered->states.items[i].rate;
        ARRAY_PUSH(emitter->arena, initials) = lowered->states.items[i].initial;
    }
    for (size_t i = 0; i < lowered->memories.count; i++) {
        ARRAY_PUSH(emitter->arena, inputs) = lowered->memories.items[i].input;
        ARRAY_PUSH(emitter->arena, initials) = lowered->memories.items[i].initial;
    }
    for (size_t i = 0; i < lowered->delay_lines.count; i++) {
        ARRAY_PUSH(emitter->arena, inputs) = lowered->delay_lines.items[i].input;
        ARRAY_PUSH(emitter->arena, inputs) = lowered->delay_lines.items[i].delay_time;
        ARRAY_PUSH(emitter->arena, initials) = lowered->delay_lines.items[i].initial;
    }
}

static void keep_all(struct emitter *emitter, const struct root_list *roots, bool *seen)
{
    for (size_t i = 0; i < roots->count; i++) {
        keep(emitter, roots->items[i]);
        keep_crossings(emitter, roots->items[i], seen);
    }
}

// Rates are consumed on the spot; only what another section computes must be kept for them.
static void keep_for_rates(struct emitter *emitter, const struct root_list *rates, bool *seen)
{
    for (size_t i = 0; i < rates->count; i++) {
        int rate = rates->items[i];
        bool is_held = node_at(emitter, rate)->phase == PHASE_STEP;
        if (home(emitter, rate) != SECTION_FIRST || is_held)
            keep(emitter, rate);
        keep_crossings(emitter, rate, seen);
    }
}

static void need_all(struct emitter *emitter, const struct root_list *roots)
{
    for (size_t i = 0; i < roots->count; i++)
        need(emitter, roots->items[i]);
}

// Persistent nodes of `section` are roots of it: someone else wants them.
static void emit_kept(struct emitter *emitter, enum section section)
{
    begin_section(emitter, section);
    for (size_t i = 0; i < emitter->dag->count; i++)
        if (emitter->is_persistent[i])
            need(emitter, (int)i);
    end_section(emitter, false);
}

static void emit_sections(struct emitter *emitter, const struct root_list *rates,
                          const struct root_list *inputs, const struct root_list *outputs)
{
    emit_kept(emitter, SECTION_RUN);
    emit_kept(emitter, SECTION_TIME);

    begin_section(emitter, SECTION_FIRST);
    need_all(emitter, rates);
    need_all(emitter, inputs);
    for (size_t i = 0; i < emitter->dag->count; i++)
        if (emitter->is_persistent[i] && node_at(emitter, (int)i)->phase == PHASE_STEP)
            need(emitter, (int)i);
    end_section(emitter, true);

    begin_section(emitter, SECTION_LATER);
    need_all(emitter, rates);
    end_section(emitter, true);

    begin_section(emitter, SECTION_OUTPUT);
    need_all(emitter, outputs);
    end_section(emitter, false);
}

// Values of FIRST that only OUTPUT nodes use must outlive it as well.
static void keep_for_outputs(struct emitter *emitter, const struct root_list *rates,
                             const struct root_list *inputs, const struct root_list *outputs)
{
    begin_section(emitter, SECTION_FIRST);
    need_all(emitter, rates);
    need_all(emitter, inputs);
    for (size_t i = 0; i < emitter->dag->count; i++)
        if (emitter->is_persistent[i] && node_at(emitter, (int)i)->phase == PHASE_STEP)
            need(emitter, (int)i);
    memcpy(emitter->in_first, emitter->is_needed, emitter->dag->count * sizeof *emitter->in_first);
    begin_section(emitter, SECTION_OUTPUT);
    need_all(emitter, outputs);
    for (size_t i = 0; i < emitter->dag->count; i++) {
        const int *operands = node_at(emitter, (int)i)->operands;
        for (int k = 0; emitter->is_needed[i] && k < 3 && operands[k] >= 0; k++)
            if (emitter->in_first[operands[k]])
                keep(emitter, operands[k]);
    }
}

static void find_step_users(struct emitter *emitter)
{
    for (size_t i = 0; i < emitter->dag->count; i++) {
        const struct node *node = node_at(emitter, (int)i);
        emitter->uses_step[i] = node->phase == PHASE_STEP;
        for (int k = 0; k < 3 && node->operands[k] >= 0; k++)
            emitter->uses_step[i] |= emitter->uses_step[node->operands[k]];
    }
}

static void link_program(struct emitter *emitter, const struct root_list *outputs)
{
    struct program *program = emitter->program;
    const struct lowered *lowered = emitter->lowered;
    for (int i = 0; i < program->n_states; i++) {
        const struct state *state = &lowered->states.items[i];
        program->states[i] =
            (struct program_state){state->name, find_operand(emitter, state->initial),
                                   state->variable && state->variable->is_accumulator};
    }
    for (int i = 0; i < program->n_memories; i++) {
        program->memories[i].initial = find_operand(emitter, lowered->memories.items[i].initial);
        program->memories[i].input = find_operand(emitter, lowered->memories.items[i].input);
    }
    for (int i = 0; i < program->n_delay_lines; i++) {
        const struct delay_line *line = &lowered->delay_lines.items[i];
        program->delay_lines[i] = (struct program_delay_line){
            find_operand(emitter, line->initial), find_operand(emitter, line->input),
            find_operand(emitter, line->delay_time),
            node_at(emitter, line->delay_time)->phase <= PHASE_RUN};
    }
    for (int i = 0; i < program->n_outputs; i++)
        program->outputs[i] = find_operand(emitter, outputs->items[i]);
    for (size_t i = 0; i < emitter->dag->count; i++)
        program->holds_values |= emitter->in_first[i] && emitter->uses_step[i];
    program->numbers = emitter->numbers.items;
    program->n_numbers = (int)emitter->numbers.count;
}

static struct program *create_program(struct arena *arena, const struct lowered *lowered,
                                      int n_parameters, int n_outputs)
{
    struct program *program = ARENA_NEW(arena, struct program);
    program->arena = arena;
    program->time = lowered->model->time;
    program->n_states = (int)lowered->states.count;
    program->n_parameters = n_parameters;
    program->n_memories = (int)lowered->memories.count;
    program->n_delay_lines = (int)lowered->delay_lines.count;
    program->n_tables = (int)lowered->tables.count;
    program->tables = lowered->tables.items;
    program->n_draws = (int)lowered->draws.count;
    program->draws = lowered->draws.items;
    program->seed = lowered->model->seed;
    program->random_run = lowered->model->random_run;
    program->n_outputs = n_outputs;
    program->n_rows = program->n_states + n_parameters;
    program->states = ARENA_NEW_ARRAY(arena, struct program_state, program->n_states);
    program->memories = ARENA_NEW_ARRAY(arena, struct program_memory, program->n_memories);
    program->delay_lines =
        ARENA_NEW_ARRAY(arena, struct program_delay_line, program->n_delay_lines);
    program->outputs = ARENA_NEW_ARRAY(arena, struct operand, n_outputs);
    for (int i = 0; i < program->n_memories; i++)
        program->memories[i].row = program->n_rows++;
    return program;
}

static struct emitter create_emitter(struct arena *arena, const struct lowered *lowered,
                                     struct program *program)
{
    size_t n = lowered->dag.count;
    struct emitter emitter = {
        .arena = arena, .lowered = lowered, .dag = &lowered->dag, .program = program};
    emitter.row = ARENA_NEW_ARRAY(arena, int, n);
    for (size_t i = 0; i < n; i++)
        emitter.row[i] = NO_ROW;
    emitter.is_persistent = ARENA_NEW_ARRAY(arena, bool, n);
    emitter.uses_step = ARENA_NEW_ARRAY(arena, bool, n);
    emitter.is_needed = ARENA_NEW_ARRAY(arena, bool, n);
    emitter.in_first = ARENA_NEW_ARRAY(arena, bool, n);
    emitter.is_done = ARENA_NEW_ARRAY(arena, bool, n);
    emitter.uses = ARENA_NEW_ARRAY(arena, int, n);
    for (int i = 0; i < N_FIXED_NUMBERS; i++)
        ARRAY_PUSH(arena, &emitter.numbers) = 0;
    return emitter;
}

// Sorts outputs by dependence: the first one that is wrong is the one to blame.
static void order_outputs(struct program *program, const struct lowered *lowered,
                          const struct output *outputs)
{
    int n_cells = lowered->model->n_cells, n = 0;
    int *first = ARENA_NEW_ARRAY(program->arena, int, n_cells);
    int *next = ARENA_NEW_ARRAY(program->arena, int, program->n_outputs);
    program->output_order = ARENA_NEW_ARRAY(program->arena, int, program->n_outputs);
    for (int i = 0; i < n_cells; i++)
        first[i] = -1;
    for (int i = program->n_outputs - 1; i >= 0; i--) {
        int cell = outputs[i].variable->first_cell + outputs[i].cell;
        next[i] = first[cell];
        first[cell] = i;
    }
    for (int i = 0; i < lowered->n_ordered; i++)
        for (int k = first[lowered->cell_order[i]]; k >= 0; k = next[k])
            program->output_order[n++] = k;
}

struct program *program_build(struct arena *arena, const struct model *model,
                              const struct vary *varied, int n_varied, const struct output *outputs,
                              int n_outputs, struct diag *diag)
{
    const struct lowered *lowered = lower_model(arena, model, varied, n_varied, diag);
    if (!lowered)
        return NULL;
    struct program *program = create_program(arena, lowered, n_varied, n_outputs);
    struct emitter emitter = create_emitter(arena, lowered, program);
    struct root_list rates = {0}, inputs = {0}, initials = {0}, output_roots = {0};
    collect_roots(&emitter, &rates, &inputs, &initials);
    for (int i = 0; i < n_outputs; i++)
        ARRAY_PUSH(arena, &output_roots) =
            lowered->cell_nodes[outputs[i].variable->first_cell + outputs[i].cell];
    find_step_users(&emitter);
    bool *seen = ARENA_NEW_ARRAY(arena, bool, lowered->dag.count);
    keep_for_rates(&emitter, &rates, seen);
    keep_all(&emitter, &inputs, seen);
    keep_all(&emitter, &initials, seen);
    keep_all(&emitter, &output_roots, seen);
    keep_for_outputs(&emitter, &rates, &inputs, &output_roots);
    emit_sections(&emitter, &rates, &inputs, &output_roots);
    link_program(&emitter, &output_roots);
    order_outputs(program, lowered, outputs);
    return program;
}

const char *opcode_name(struct arena *arena, int opcode)
{
    static const char *const forms[] = {"AR", "AN", "RA", "NA", "RR", "RN", "NR"};
    static const char *const specials[] = {
#define OPCODE(name, algebra) #name,
#include "program/opcodes.def"
#undef OPCODE
    };
    if (opcode > OPCODE_FIRST_SPECIAL)
        return specials[opcode - OPCODE_FIRST_SPECIAL - 1];
    const struct operation_info *info = &operation_info[opcode / N_BINARY_FORMS];
    if (info->n_operands == 1)
        return info->name;
    return arena_format(arena, "%s_%s", info->name, forms[opcode % N_BINARY_FORMS]);
}
