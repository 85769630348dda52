// Stage: run. Model -> program -> one integration, with the message for one that fails.
#include "run/simulate.h"

#include "base/array.h"
#include "model/time.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static bool has_course(const struct variable *variable)
{
    return !variable->is_hidden && (variable->kind != VARIABLE_TABLE || variable->n_equations > 0);
}

static void add_cells(struct arena *arena, struct output_list *outputs, struct variable *variable,
                      int first, int count)
{
    for (int cell = first; cell < first + count; cell++)
        ARRAY_PUSH(arena, outputs) = (struct output){variable, cell};
}

bool select_outputs(const struct model *model, const struct selection *selection,
                    struct arena *arena, struct output_list *outputs, struct diag *diag)
{
    if (!selection || !selection->names) {
        for (size_t i = 0; i < model->variables.count; i++)
            if (has_course(model->variables.items[i]))
                add_cells(arena, outputs, model->variables.items[i], 0,
                          model->variables.items[i]->n_cells);
        return true;
    }
    size_t n_errors = diag->n_errors;
    for (int i = 0; i < selection->n; i++) {
        int first, count;
        if (selection->skips_unknown && !model_find_named(model, selection->names[i]))
            continue;
        struct variable *variable = model_find_cells(
            model, selection->names[i], (struct position){.file = "--select", .is_option = true},
            &first, &count, diag);
        if (variable && has_course(variable))
            add_cells(arena, outputs, variable, first, count);
    }
    return diag->n_errors == n_errors;
}

// The first shown output called `name`, or -1.
static int find_output(struct arena *arena, const struct output_list *outputs, const char *name)
{
    for (size_t i = 0; i < outputs->count; i++)
        if (strcmp(cell_name(arena, outputs->items[i].variable, outputs->items[i].cell), name) == 0)
            return (int)i;
    return -1;
}

// Says what became infinite or not a number, and when.
static void explain_nonfinite(struct simulation *simulation, const struct program *program,
                              const struct output_list *outputs, double start_of_step)
{
    struct arena *arena = program->arena;
    struct run_ending ending = simulation->ending;
    int culprit = ending.output;
    const char *name = NULL;
    double time = ending.time;
    if (culprit >= 0 && outputs->items[culprit].variable->is_hidden)
        culprit = -1; // a metric: its name would say nothing
    if (culprit >= 0) {
        name = cell_name(arena, outputs->items[culprit].variable, outputs->items[culprit].cell);
        time = start_of_step;
    } else if (ending.state >= 0) {
        name = program->states[ending.state].name;
        culprit = find_output(arena, outputs, name);
    }
    if (name)
        simulation->blame =
            arena_format(arena, "'%s' is not a finite number at time %.10g", name, time);
    else
        simulation->blame = arena_format(
            arena, "a rate is not a finite number just after time %.10g", start_of_step);
    if (culprit < 0)
        return;
    const struct output *output = &outputs->items[culprit];
    const struct variable *variable = output->variable;
    bool is_course = variable->kind != VARIABLE_STOCK || time == program->time.start;
    simulation->blame_position =
        variable->n_equations && is_course
            ? variable->equations[variable->n_equations == 1 ? 0 : output->cell].position
            : variable->position;
}

bool series_fits_memory(const struct model *model, int n_shown, struct diag *diag)
{
    double n_saves =
        (double)time_spec_n_steps(&model->time) / (double)time_spec_steps_per_save(&model->time);
    double bytes = n_saves * n_shown * (double)sizeof(double);
    double memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (bytes <= memory / 2)
        return true;
    diag_error(diag, model->time.position,
               "a run would keep %d variables at %.0f times, %.3g GB: more than half of this "
               "machine's memory",
               n_shown, n_saves, bytes / 1e9);
    diag_hint(diag, "set a larger save_every, or choose variables with --select");
    return false;
}

struct simulation *simulation_prepare(struct arena *arena, struct model *model,
                                      const struct selection *selection,
                                      const struct metric_list *metrics, int run,
                                      const volatile sig_atomic_t *cancel, struct diag *diag)
{
    const struct method *method = method_find(model->time.method, model->time.position, diag);
    struct output_list outputs = {0};
    if (!method || !select_outputs(model, selection, arena, &outputs, diag))
        return NULL;
    int n_shown = (int)outputs.count;
    if (!series_fits_memory(model, n_shown, diag))
        return NULL;
    metrics_add_outputs(metrics, run, arena, &outputs);
    struct program *program =
        program_build(arena, model, NULL, 0, outputs.items, (int)outputs.count, diag);
    if (!program)
        return NULL;
    struct simulation *simulation = ARENA_NEW(arena, struct simulation);
    *simulation = (struct simulation){.model = model, .outputs = outputs};
    simulation->workspace = workspace_create(program, kernel_narrow(), method);
    simulation->series = series_create(arena, outputs.items, n_shown, &model->time);
    simulation->gatherer =
        gatherer_create(arena, metrics, run, program, simulation->workspace->lanes);
    simulation->cancel = cancel;
    return simulation;
}

void simulation_run(struct simulation *simulation)
{
    struct integration integration = {
        .workspace = simulation->workspace,
        .n_lanes = 1,
        .observers = {observe_metrics(simulation->gatherer), observe_series(simulation->series)},
        .n_observers = 2,
        .cancel = simulation->cancel,
        .endings = &simulation->ending};
    gatherer_start(simulation->gatherer);
    integrate(&integration);
}

void simulation_finish(struct simulation *simulation)
{
    struct workspace *workspace = simulation->workspace;
    if (simulation->ending.end == RUN_NONFINITE)
        explain_nonfinite(simulation, workspace->program, &simulation->outputs,
                          workspace_time(workspace, workspace->step));
    workspace_free(workspace);
    simulation->workspace = NULL;
}

struct simulation *simulate(struct arena *arena, struct model *model,
                            const struct selection *selection, const struct metric_list *metrics,
                            int run, const volatile sig_atomic_t *cancel, struct diag *diag)
{
    struct simulation *simulation =
        simulation_prepare(arena, model, selection, metrics, run, cancel, diag);
    if (simulation) {
        simulation_run(simulation);
        simulation_finish(simulation);
    }
    return simulation;
}
