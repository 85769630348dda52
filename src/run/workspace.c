// Stage: run. Memory and evaluation for one block of lanes. Rows are aligned to cache lines.
#include "run/workspace.h"

#include "model/time.h"
#include "run/kernel_rare.h"
#include "run/method.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64 };

const char *run_end_name(enum run_end end)
{
    static const char *const names[N_RUN_ENDS] = {"complete", "nonfinite", "step-too-small",
                                                  "cancelled"};
    return names[end];
}

static double *new_rows(struct workspace *workspace, long n)
{
    size_t bytes = (size_t)n * (size_t)workspace->lanes * sizeof(double);
    char *memory = arena_alloc(workspace->arena, bytes + CACHE_LINE);
    return (double *)(memory + CACHE_LINE - (size_t)memory % CACHE_LINE);
}

// First row of a list of states.
static int list_row(const struct program *program, enum state_rows list)
{
    return list == STATES_HOME ? 0 : program->n_rows + ((int)list - 1) * program->n_states;
}

static double *row_at(const struct workspace *workspace, int row)
{
    return workspace->frame.rows + (size_t)row * (size_t)workspace->lanes;
}

// A row as the program means it: states are wherever the present step has them.
static const double *row_of(const struct workspace *workspace, int row)
{
    if (row < workspace->program->n_states)
        row += list_row(workspace->program, workspace->home);
    return row_at(workspace, row);
}

static const struct bound *bind(struct workspace *workspace, enum section section,
                                struct stage_plan plan)
{
    const struct program *program = workspace->program;
    const struct stage_rows rows = {plan.use, list_row(program, plan.read),
                                    list_row(program, plan.start)};
    return workspace->kernel->bind(workspace->arena, program, &program->sections[section], rows);
}

// Binds the code once for each way in which the method evaluates it.
static void bind_code(struct workspace *workspace)
{
    const struct method *method = workspace->method;
    const struct stage_plan plain = {RATE_STORE, STATES_HOME, STATES_HOME, STATES_SUM, 0, 0};
    workspace->run_code = bind(workspace, SECTION_RUN, plain);
    workspace->time_code = bind(workspace, SECTION_TIME, plain);
    for (int home = 0; home <= (int)method->last_home; home++) {
        struct stage_plan first = method->stages[0];
        first.read = first.start = (enum state_rows)home;
        workspace->first_code[home] = bind(workspace, SECTION_FIRST, first);
        workspace->output_code[home] = bind(workspace, SECTION_OUTPUT, first);
    }
    for (int stage = 1; stage < method->n_stages; stage++)
        workspace->later_code[stage] = bind(workspace, SECTION_LATER, method->stages[stage]);
}

struct workspace *workspace_create(const struct program *program, const struct kernel *kernel,
                                   const struct method *method)
{
    struct arena *arena = arena_create();
    struct workspace *workspace = ARENA_NEW(arena, struct workspace);
    *workspace = (struct workspace){.arena = arena,
                                    .program = program,
                                    .kernel = kernel,
                                    .method = method,
                                    .lanes = kernel->lanes};
    workspace->n_steps = time_spec_n_steps(&program->time);
    struct frame *frame = &workspace->frame;
    frame->rows = new_rows(workspace, program->n_rows + (N_STATE_ROWS - 1) * program->n_states);
    frame->numbers = ARENA_NEW_ARRAY(arena, double, program->n_numbers);
    memcpy(frame->numbers, program->numbers, (size_t)program->n_numbers * sizeof(double));
    frame->reciprocals = ARENA_NEW_ARRAY(arena, double, program->n_numbers);
    for (int i = N_FIXED_NUMBERS; i < program->n_numbers; i++)
        frame->reciprocals[i] = 1 / program->numbers[i];
    frame->time_step = program->time.step;
    frame->draws = program->draws;
    frame->seed = program->seed;
    frame->first_run = program->random_run;
    const struct lookup **lookups =
        ARENA_NEW_ARRAY(arena, const struct lookup *, program->n_tables);
    for (int i = 0; i < program->n_tables; i++)
        lookups[i] = lookup_prepare(arena, program->tables[i]);
    frame->lookups = lookups;
    frame->delays = ARENA_NEW_ARRAY(arena, struct delay_buffer, program->n_delay_lines);
    for (int i = 0; i < program->n_delay_lines; i++)
        frame->delays[i].initial = new_rows(workspace, 1);
    workspace->memory_inputs = new_rows(workspace, program->n_memories);
    bind_code(workspace);
    if (method->create)
        workspace->method_kept = method->create(workspace);
    return workspace;
}

void workspace_free(struct workspace *workspace)
{
    if (!workspace)
        return;
    if (workspace->method->free)
        workspace->method->free(workspace->method_kept);
    for (int i = 0; i < workspace->program->n_delay_lines; i++)
        free(workspace->frame.delays[i].inputs);
    arena_free(workspace->arena);
}

double workspace_time(const struct workspace *workspace, long step)
{
    return time_spec_at(&workspace->program->time, step);
}

static double operand_value(const struct workspace *workspace, struct operand operand, int lane)
{
    if (operand.is_number)
        return workspace->frame.numbers[operand.index];
    return row_of(workspace, operand.index)[lane];
}

// Copies the value of `operand` in all lanes to the row `to`.
static void copy_operand(const struct workspace *workspace, struct operand operand, double *to)
{
    for (int lane = 0; lane < workspace->lanes; lane++)
        to[lane] = operand_value(workspace, operand, lane);
}

static void execute(struct workspace *workspace, const struct bound *code)
{
    workspace->kernel->execute(code, &workspace->frame);
}

// Makes room for the steps that a delay line must keep; the longest delay of all lanes where it
// does not change, else the whole run.
static void reserve_delay(struct workspace *workspace, int index)
{
    const struct program_delay_line *line = &workspace->program->delay_lines[index];
    struct delay_buffer *buffer = &workspace->frame.delays[index];
    double longest = 1;
    for (int lane = 0; line->is_fixed && lane < workspace->lanes; lane++) {
        double time = operand_value(workspace, line->delay_time, lane);
        longest = fmax(longest, rare_delay_steps(time, workspace->frame.time_step));
    }
    long capacity = workspace->n_steps + 2;
    if (line->is_fixed && longest + 2 < (double)capacity)
        capacity = (long)longest + 2;
    if (capacity > buffer->capacity) {
        free(buffer->inputs);
        buffer->inputs = malloc((size_t)capacity * (size_t)workspace->lanes * sizeof(double));
        if (!buffer->inputs)
            abort();
        buffer->capacity = capacity;
    }
    copy_operand(workspace, line->initial, buffer->initial);
}

void workspace_start(struct workspace *workspace, const double *parameters)
{
    const struct program *program = workspace->program;
    size_t lanes = (size_t)workspace->lanes;
    double *rows = workspace->frame.rows;
    if (program->n_parameters)
        memcpy(rows + (size_t)program->n_states * lanes, parameters,
               (size_t)program->n_parameters * lanes * sizeof(double));
    workspace->home = STATES_HOME;
    execute(workspace, workspace->run_code);
    for (int i = 0; i < program->n_states; i++)
        copy_operand(workspace, program->states[i].initial, rows + (size_t)i * lanes);
    for (int i = 0; i < program->n_memories; i++)
        copy_operand(workspace, program->memories[i].initial,
                     rows + (size_t)program->memories[i].row * lanes);
    for (int i = 0; i < program->n_delay_lines; i++)
        reserve_delay(workspace, i);
    workspace->nonfinite = workspace->kernel->find_nonfinite(rows, program->n_states);
}

void workspace_put_states(struct workspace *workspace, const double *states)
{
    int n_states = workspace->program->n_states;
    double *rows = workspace->frame.rows;
    memcpy(rows, states, (size_t)n_states * (size_t)workspace->lanes * sizeof *rows);
    workspace->nonfinite = workspace->kernel->find_nonfinite(rows, n_states);
}

// What was remembered during the last step becomes what PREVIOUS yields in this one.
static void recall(struct workspace *workspace)
{
    const struct program *program = workspace->program;
    size_t lanes = (size_t)workspace->lanes;
    for (int i = 0; i < program->n_memories; i++)
        memcpy(workspace->frame.rows + (size_t)program->memories[i].row * lanes,
               workspace->memory_inputs + (size_t)i * lanes, lanes * sizeof(double));
}

// Tells the instruction RATE what this stage does with rates.
static void set_stage(struct workspace *workspace, const struct stage_plan *plan,
                      enum state_rows start, enum state_rows written)
{
    const struct program *program = workspace->program;
    ptrdiff_t row_bytes = (ptrdiff_t)(workspace->lanes * (int)sizeof(double));
    int first = list_row(program, start);
    workspace->frame.stage = (struct stage){plan->factor * workspace->frame.time_step, plan->weight,
                                            (list_row(program, written) - first) * row_bytes,
                                            (list_row(program, STATES_SUM) - first) * row_bytes};
}

// What equations are to see as TIME at `time`.
static double shown_time(const struct workspace *workspace, double time)
{
    return workspace->program->holds_time ? workspace->program->held_time : time;
}

void workspace_begin_step(struct workspace *workspace, long step, bool with_outputs)
{
    const struct stage_plan *first = &workspace->method->stages[0];
    double time = shown_time(workspace, workspace_time(workspace, step));
    enum state_rows written = first->written;
    if (written == workspace->home)
        written = first->read; // methods that take turns between two lists
    if (step > 0)
        recall(workspace);
    // The last stage of the step before may have been at this time: what depends on it is there.
    bool is_new_time = step == 0 || workspace->frame.numbers[NUMBER_TIME] != time;
    workspace->step = workspace->frame.step = step;
    workspace->frame.numbers[NUMBER_TIME] = time;
    workspace->frame.numbers[NUMBER_STEP_TIME] = time;
    set_stage(workspace, first, workspace->home, written);
    if (is_new_time)
        execute(workspace, workspace->time_code);
    execute(workspace, workspace->first_code[workspace->home]);
    if (with_outputs)
        execute(workspace, workspace->output_code[workspace->home]);
}

void workspace_stage(struct workspace *workspace, int stage, double time, bool is_new_time)
{
    const struct stage_plan *plan = &workspace->method->stages[stage];
    workspace->frame.numbers[NUMBER_TIME] = shown_time(workspace, time);
    set_stage(workspace, plan, plan->start, plan->written);
    if (is_new_time)
        execute(workspace, workspace->time_code);
    execute(workspace, workspace->later_code[stage]);
}

void workspace_finish_step(struct workspace *workspace, enum state_rows home)
{
    workspace->home = home;
    workspace->nonfinite =
        workspace->kernel->find_nonfinite(row_of(workspace, 0), workspace->program->n_states);
}

double *workspace_state(const struct workspace *workspace, int state)
{
    return row_at(workspace, list_row(workspace->program, workspace->home) + state);
}

const double *workspace_rate(const struct workspace *workspace, int state)
{
    return row_at(workspace, list_row(workspace->program, STATES_SUM) + state);
}

void workspace_reset_lane(struct workspace *workspace, int lane)
{
    for (int i = 0; i < workspace->program->n_states; i++)
        workspace_state(workspace, i)[lane] =
            operand_value(workspace, workspace->program->states[i].initial, lane);
}

void workspace_remember(struct workspace *workspace)
{
    const struct program *program = workspace->program;
    size_t lanes = (size_t)workspace->lanes;
    for (int i = 0; i < program->n_delay_lines; i++) {
        struct delay_buffer *buffer = &workspace->frame.delays[i];
        copy_operand(workspace, program->delay_lines[i].input,
                     buffer->inputs + (size_t)(workspace->step % buffer->capacity) * lanes);
    }
    for (int i = 0; i < program->n_memories; i++)
        copy_operand(workspace, program->memories[i].input,
                     workspace->memory_inputs + (size_t)i * lanes);
}

const double *workspace_output(const struct workspace *workspace, int output, double *buffer)
{
    struct operand operand = workspace->program->outputs[output];
    if (!operand.is_number)
        return row_of(workspace, operand.index);
    copy_operand(workspace, operand, buffer);
    return buffer;
}
