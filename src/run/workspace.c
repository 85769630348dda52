// Stage: run. Memory and evaluation for one block of lanes. Rows are aligned to cache lines.
#include "run/workspace.h"

#include "model/time.h"
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

static const double *row_of(const struct workspace *workspace, int row)
{
    return workspace->frame.rows + (size_t)row * (size_t)workspace->lanes;
}

// Rates that are plain numbers need a row; those that are states would change under the update.
static bool must_copy_rate(const struct program *program, struct operand rate)
{
    return rate.is_number || rate.index < program->n_states;
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
    for (int i = 0; i < N_SECTIONS; i++)
        workspace->code[i] = kernel->bind(arena, program, &program->sections[i]);
    struct frame *frame = &workspace->frame;
    frame->rows = new_rows(workspace, program->n_rows);
    frame->numbers = ARENA_NEW_ARRAY(arena, double, program->n_numbers);
    memcpy(frame->numbers, program->numbers, (size_t)program->n_numbers * sizeof(double));
    frame->time_step = program->time.step;
    const struct lookup **lookups =
        ARENA_NEW_ARRAY(arena, const struct lookup *, program->n_tables);
    for (int i = 0; i < program->n_tables; i++)
        lookups[i] = lookup_prepare(arena, program->tables[i]);
    frame->lookups = lookups;
    frame->delays = ARENA_NEW_ARRAY(arena, struct delay_buffer, program->n_delay_lines);
    for (int i = 0; i < program->n_delay_lines; i++)
        frame->delays[i].initial = new_rows(workspace, 1);
    workspace->saved = new_rows(workspace, program->n_states);
    workspace->sum = new_rows(workspace, program->n_states);
    workspace->memory_inputs = new_rows(workspace, program->n_memories);
    workspace->copied_rates = new_rows(workspace, program->n_states);
    workspace->rates = ARENA_NEW_ARRAY(arena, const double *, program->n_states);
    for (int i = 0; i < program->n_states; i++) {
        struct operand rate = program->states[i].rate;
        workspace->rates[i] = must_copy_rate(program, rate)
                                  ? workspace->copied_rates + (size_t)i * (size_t)kernel->lanes
                                  : row_of(workspace, rate.index);
    }
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

static void execute(struct workspace *workspace, enum section section)
{
    workspace->kernel->execute(workspace->code[section], &workspace->frame);
}

static void copy_rates(struct workspace *workspace)
{
    const struct program *program = workspace->program;
    for (int i = 0; i < program->n_states; i++)
        if (must_copy_rate(program, program->states[i].rate))
            copy_operand(workspace, program->states[i].rate, (double *)workspace->rates[i]);
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
        longest = fmax(longest, nearbyint(time / workspace->frame.time_step));
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
    execute(workspace, SECTION_RUN);
    for (int i = 0; i < program->n_states; i++)
        copy_operand(workspace, program->states[i].initial, rows + (size_t)i * lanes);
    for (int i = 0; i < program->n_memories; i++)
        copy_operand(workspace, program->memories[i].initial,
                     rows + (size_t)program->memories[i].row * lanes);
    for (int i = 0; i < program->n_delay_lines; i++)
        reserve_delay(workspace, i);
    workspace->nonfinite = workspace->kernel->find_nonfinite(rows, program->n_states);
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

void workspace_begin_step(struct workspace *workspace, long step, bool with_outputs)
{
    double time = workspace_time(workspace, step);
    if (step > 0)
        recall(workspace);
    workspace->step = workspace->frame.step = step;
    workspace->frame.numbers[NUMBER_TIME] = time;
    workspace->frame.numbers[NUMBER_STEP_TIME] = time;
    execute(workspace, SECTION_TIME);
    execute(workspace, SECTION_FIRST);
    if (with_outputs)
        execute(workspace, SECTION_OUTPUT);
    copy_rates(workspace);
}

void workspace_stage(struct workspace *workspace, double time, bool is_new_time)
{
    workspace->frame.numbers[NUMBER_TIME] = time;
    if (is_new_time)
        execute(workspace, SECTION_TIME);
    execute(workspace, SECTION_LATER);
    copy_rates(workspace);
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

void workspace_update(struct workspace *workspace, enum stage_place place, double weight,
                      double factor)
{
    const struct stage_update update = {.states = workspace->frame.rows,
                                        .saved = workspace->saved,
                                        .sum = place == STAGE_ONLY ? NULL : workspace->sum,
                                        .rates = workspace->rates,
                                        .n = workspace->program->n_states,
                                        .weight = weight,
                                        .is_first = place == STAGE_ONLY || place == STAGE_FIRST,
                                        .is_last = place == STAGE_ONLY || place == STAGE_LAST,
                                        .factor = factor};
    workspace->nonfinite = workspace->kernel->update(&update);
}

const double *workspace_output(const struct workspace *workspace, int output, double *buffer)
{
    struct operand operand = workspace->program->outputs[output];
    if (!operand.is_number)
        return row_of(workspace, operand.index);
    copy_operand(workspace, operand, buffer);
    return buffer;
}
