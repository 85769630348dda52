// Stage: analysis. Checks of a model -> the runs that they look at, each compiled once with the
// inputs of a design as parameters -> blocks of points over threads -> verdicts. Barlas (1996) asks
// for behaviour that rests on structure; Sterman (2000, ch. 21) for its sensitivity to parameters.
#include "analysis/robust.h"

#include "analysis/check.h"
#include "analysis/sweep/sweep_run.h"
#include "base/array.h"
#include "model/resolve.h"

#include <math.h>
#include <omp.h>
#include <string.h>

// A run that one or more checks look at.
struct robust_case {
    const struct check_run *spec; // as the first of those checks says it
    struct run_case source;
    struct vary_list varied;
    int *input_of; // [varied.count] input of the design that sets the parameter
    struct program *program;
};

struct vary_names {
    struct robust_case **items;
    size_t count, capacity;
};

struct robust {
    struct arena *arena;
    const struct model *model; // for its checks
    const struct sweep *design;
    const struct kernel *kernel;
    struct vary_names cases;
    struct metric_list metrics; // one a check; their measures look at runs by index in `cases`
    struct robust_report *report;
    struct diag *diag;
};

// One thread's means.
struct robust_worker {
    struct arena *arena;
    struct sampler *sampler;
    struct workspace **workspaces; // [n_cases]
    struct gatherer **gatherers;   // [n_cases]
    double **parameters;           // [n_cases][n_varied * lanes]
    double *points;                // [lanes][n_inputs]
};

static bool same_settings(const struct setting_list *a, const struct setting_list *b)
{
    bool is_same = a->count == b->count;
    for (size_t i = 0; is_same && i < a->count; i++)
        is_same = strcmp(a->items[i].name, b->items[i].name) == 0 &&
                  a->items[i].value == b->items[i].value;
    return is_same;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

// Whether two checks ask for the same run, so that it need be made only once.
static bool same_run(const struct check_run *a, const struct check_run *b)
{
    return same_text(a->scenario, b->scenario) && same_text(a->model, b->model) &&
           same_settings(&a->settings, &b->settings) && same_number(a->time.start, b->time.start) &&
           same_number(a->time.stop, b->time.stop) && same_number(a->time.step, b->time.step);
}

static int find_or_read_case(struct robust *robust, const struct check_run *run,
                             const struct case_options *options, struct unit_system *units)
{
    for (size_t i = 0; i < robust->cases.count; i++)
        if (same_run(robust->cases.items[i]->spec, run))
            return (int)i;
    struct robust_case *added = ARENA_NEW(robust->arena, struct robust_case);
    added->spec = run;
    if (!check_read_run(robust->arena, robust->model, run, options, units, &added->source,
                        robust->diag))
        return -1;
    ARRAY_PUSH(robust->arena, &robust->cases) = added;
    return (int)robust->cases.count - 1;
}

// Reads the runs of a check and binds its expression to them.
static bool bind_check(struct robust *robust, const struct check_spec *check,
                       const struct case_options *options, struct unit_system *units)
{
    int *indices = ARENA_NEW_ARRAY(robust->arena, int, check->n_runs);
    struct metric_run *runs = ARENA_NEW_ARRAY(robust->arena, struct metric_run, check->n_runs);
    for (int i = 0; i < check->n_runs; i++) {
        indices[i] = find_or_read_case(robust, &check->runs[i], options, units);
        if (indices[i] < 0)
            return false;
        const char *alias = check->runs[i].alias;
        runs[i] = (struct metric_run){alias ? name_key(robust->arena, alias, strlen(alias)) : NULL,
                                      robust->cases.items[indices[i]]->source.model};
    }
    const struct metric_spec spec = {
        .name = check->name, .position = check->position, .expression = check->expression};
    struct metric *metric = &ARRAY_PUSH(robust->arena, &robust->metrics);
    if (!metric_bind(metric, &spec, runs, check->n_runs, robust->diag))
        return false;
    for (int i = 0; i < metric->n_measures; i++)
        metric->measures[i].run = indices[metric->measures[i].run];
    return true;
}

static bool sets_itself(const struct check_run *run, const char *name)
{
    for (size_t i = 0; i < run->settings.count; i++)
        if (strcmp(run->settings.items[i].name, name) == 0)
            return true;
    return false;
}

// Makes the inputs of the design parameters of the program of one run.
static bool compile_case(struct robust *robust, struct robust_case *compiled, int index)
{
    const struct sample_design *design = &robust->design->design;
    struct model *model = compiled->source.model;
    struct diag units;
    diag_init(&units, robust->arena);
    if (!resolve_model(model, robust->diag))
        return false;
    units_check(model, &units); // kantelpunt check reports them
    compiled->input_of =
        ARENA_NEW_ARRAY(robust->arena, int, design->n_inputs * model->variables.count);
    for (int i = 0; i < design->n_inputs; i++) {
        const char *name = design->inputs[i].name;
        if (sets_itself(compiled->spec, name) || !model_find_named(model, name))
            continue;
        int first, count;
        struct variable *variable =
            model_find_cells(model, name, (struct position){0}, &first, &count, robust->diag);
        if (!variable || variable->kind != VARIABLE_PARAMETER)
            continue;
        for (int cell = first; cell < first + count; cell++) {
            compiled->input_of[compiled->varied.count] = i;
            ARRAY_PUSH(robust->arena, &compiled->varied) = (struct vary){variable, cell};
        }
    }
    struct output_list outputs = {0};
    metrics_add_outputs(&robust->metrics, index, robust->arena, &outputs);
    compiled->program =
        program_build(robust->arena, model, compiled->varied.items, (int)compiled->varied.count,
                      outputs.items, (int)outputs.count, robust->diag);
    return compiled->program != NULL;
}

static bool read_all(struct robust *robust, const struct case_options *options,
                     struct unit_system *units)
{
    for (size_t i = 0; i < robust->model->checks.count; i++)
        if (!bind_check(robust, &robust->model->checks.items[i], options, units))
            return false;
    for (size_t i = 0; i < robust->cases.count; i++)
        if (!compile_case(robust, robust->cases.items[i], (int)i))
            return false;
    return true;
}

static struct robust_worker *worker_create(const struct robust *robust)
{
    struct arena *arena = arena_create();
    struct robust_worker *worker = ARENA_NEW(arena, struct robust_worker);
    size_t n = robust->cases.count, lanes = (size_t)robust->kernel->lanes;
    worker->arena = arena;
    worker->sampler = sampler_create(&robust->design->design);
    worker->workspaces = ARENA_NEW_ARRAY(arena, struct workspace *, n);
    worker->gatherers = ARENA_NEW_ARRAY(arena, struct gatherer *, n);
    worker->parameters = ARENA_NEW_ARRAY(arena, double *, n);
    worker->points = ARENA_NEW_ARRAY(arena, double, lanes *(size_t)robust->report->n_inputs);
    for (size_t i = 0; i < n; i++) {
        const struct robust_case *compiled = robust->cases.items[i];
        worker->workspaces[i] =
            workspace_create(compiled->program, robust->kernel, robust->design->cases[0].method);
        worker->gatherers[i] = gatherer_create(arena, &robust->metrics, (int)i, compiled->program,
                                               robust->kernel->lanes);
        worker->parameters[i] = ARENA_NEW_ARRAY(arena, double, compiled->varied.count *lanes);
    }
    return worker;
}

static void worker_free(const struct robust *robust, struct robust_worker *worker)
{
    for (size_t i = 0; i < robust->cases.count; i++)
        workspace_free(worker->workspaces[i]);
    sampler_free(worker->sampler);
    arena_free(worker->arena);
}

// Integrates one run at `n` points; marks the points at which it did not complete.
static void run_lanes(const struct robust *robust, struct robust_worker *worker, size_t index,
                      uint64_t first, int n, bool *is_incomplete,
                      const volatile sig_atomic_t *cancel)
{
    const struct robust_case *compiled = robust->cases.items[index];
    struct run_ending endings[MAX_LANES];
    int lanes = robust->kernel->lanes, n_inputs = robust->report->n_inputs;
    for (size_t k = 0; k < compiled->varied.count; k++)
        for (int lane = 0; lane < lanes; lane++)
            worker->parameters[index][k * (size_t)lanes + (size_t)lane] =
                worker->points[(lane < n ? lane : 0) * n_inputs + compiled->input_of[k]];
    struct integration integration = {.workspace = worker->workspaces[index],
                                      .parameters = worker->parameters[index],
                                      .n_lanes = n,
                                      .observers = {observe_metrics(worker->gatherers[index])},
                                      .n_observers = 1,
                                      .cancel = cancel,
                                      .endings = endings};
    integration.workspace->frame.seed = robust->design->seed;
    integration.workspace->frame.first_run = first + 1;
    integration.workspace->frame.run_stride = 1;
    gatherer_start(worker->gatherers[index]);
    integrate(&integration);
    for (int lane = 0; lane < n; lane++)
        is_incomplete[lane] |= endings[lane].end != RUN_COMPLETE;
}

// All checks at `n` points from point `first`; as many as the kernel has lanes at most.
static void run_points(const struct robust *robust, struct robust_worker *worker, uint64_t first,
                       int n, bool *is_incomplete, const volatile sig_atomic_t *cancel)
{
    struct robust_report *report = robust->report;
    size_t n_inputs = (size_t)report->n_inputs, n_checks = (size_t)report->n_checks;
    for (int lane = 0; lane < n; lane++) {
        double *point = worker->points + (size_t)lane * n_inputs;
        sampler_take(worker->sampler, first + (uint64_t)lane, point);
        memcpy(report->values + (first + (uint64_t)lane) * n_inputs, point,
               n_inputs * sizeof *point);
    }
    for (size_t i = 0; i < robust->cases.count; i++)
        run_lanes(robust, worker, i, first, n, is_incomplete, cancel);
    for (int lane = 0; lane < n; lane++)
        for (size_t k = 0; k < n_checks; k++) {
            double answer = metric_value(&robust->metrics.items[k], worker->gatherers, lane);
            report->holds[(first + (uint64_t)lane) * n_checks + k] =
                !is_incomplete[lane] && answer != 0 && !isnan(answer);
        }
}

static void count_holding(struct robust_report *report)
{
    for (uint64_t set = 0; set < report->n_sets; set++) {
        bool is_joint = true;
        for (int k = 0; k < report->n_checks; k++) {
            bool holds = report->holds[set * (uint64_t)report->n_checks + (uint64_t)k];
            report->n_holding[k] += holds;
            is_joint &= holds;
        }
        report->n_joint += is_joint;
    }
}

static void run_all(const struct robust *robust, int n_threads, const volatile sig_atomic_t *cancel)
{
    struct robust_report *report = robust->report;
    uint64_t lanes = (uint64_t)robust->kernel->lanes, n_incomplete = 0;
    uint64_t n_passes = (report->n_sets + lanes - 1) / lanes;
#pragma omp parallel num_threads(n_threads)
    {
        struct robust_worker *worker = worker_create(robust);
#pragma omp for schedule(dynamic) reduction(+ : n_incomplete)
        for (uint64_t pass = 0; pass < n_passes; pass++) {
            bool is_incomplete[MAX_LANES] = {false};
            uint64_t left = report->n_sets - pass * lanes;
            int n = left < lanes ? (int)left : (int)lanes;
            if (cancel && *cancel)
                continue;
            run_points(robust, worker, pass * lanes, n, is_incomplete, cancel);
            for (int lane = 0; lane < n; lane++)
                n_incomplete += is_incomplete[lane];
        }
        worker_free(robust, worker);
    }
    report->n_incomplete = n_incomplete;
    count_holding(report);
}

static void create_report(struct robust *robust)
{
    const struct sample_design *design = &robust->design->design;
    struct arena *arena = robust->arena;
    struct robust_report *report = robust->report = ARENA_NEW(arena, struct robust_report);
    report->model = robust->model->name;
    report->n_sets = design->n_points;
    report->n_inputs = design->n_inputs;
    report->inputs = ARENA_NEW_ARRAY(arena, const char *, design->n_inputs);
    for (int i = 0; i < design->n_inputs; i++)
        report->inputs[i] = design->inputs[i].name;
    report->n_checks = (int)robust->model->checks.count;
    report->checks = robust->model->checks.items;
    size_t n_sets = (size_t)report->n_sets;
    report->values = ARENA_NEW_ARRAY(arena, double, n_sets *(size_t)report->n_inputs);
    report->holds = ARENA_NEW_ARRAY(arena, unsigned char, n_sets *(size_t)report->n_checks);
    report->n_holding = ARENA_NEW_ARRAY(arena, uint64_t, report->n_checks);
}

struct robust_report *robust_run(struct arena *arena, const char *path, const char *design,
                                 const struct sweep_options *options, struct unit_system *units,
                                 const volatile sig_atomic_t *cancel, struct diag *diag)
{
    struct robust robust = {.arena = arena, .diag = diag, .kernel = kernel_best()};
    struct sweep_options design_options = *options;
    robust.model = model_read(arena, path, units, diag);
    robust.design = robust.model ? sweep_read(arena, design, &design_options, units, diag) : NULL;
    if (!robust.design)
        return NULL;
    if (!robust.model->checks.count) {
        diag_error(diag, (struct position){.file = path}, "the model has no checks");
        return NULL;
    }
    if (!read_all(&robust, &options->cases, units))
        return NULL;
    create_report(&robust);
    run_all(&robust, sweep_n_threads(robust.design), cancel);
    return cancel && *cancel ? NULL : robust.report;
}
