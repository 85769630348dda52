// Stage: analysis. Scenario -> design and compiled cases; block number -> results. A block is
// computed in as many passes as the kernel needs for its 64 runs; nothing about a run depends on
// the kernel, the thread or the block that it is in.
#include "analysis/sweep.h"

#include "base/array.h"
#include "base/file.h"
#include "model/resolve.h"
#include "model/time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_RUNS = 1000, DEFAULT_LEVELS = 5, BAND_TIMES = 50 };

// A sweep in the reading.
struct reader {
    struct sweep *sweep;
    const struct sweep_options *options;
    const struct sweep_spec *spec;
    struct unit_system *units;
    struct diag *diag;
    struct case_list cases;
};

static struct arena *arena_of(const struct reader *reader)
{
    return reader->sweep->arena;
}

static const char *key_of(const struct reader *reader, const char *name)
{
    return name_key(arena_of(reader), name, strcspn(name, "["));
}

static bool read_cases(struct reader *reader, const char *path)
{
    if (!cases_read(arena_of(reader), path, &reader->options->cases, reader->units, &reader->cases,
                    reader->diag))
        return false;
    const char *folder = path_folder(arena_of(reader), path);
    for (int i = 0; i < reader->spec->n_scenarios; i++) {
        const struct reference *other = &reader->spec->scenarios[i];
        const char *other_path = path_join(arena_of(reader), folder, other->name);
        if (!file_exists(other_path)) {
            diag_error(reader->diag, other->position, "there is no scenario file '%s'", other_path);
            return false;
        }
        if (!cases_read(arena_of(reader), other_path, &reader->options->cases, reader->units,
                        &reader->cases, reader->diag))
            return false;
    }
    return cases_check(&reader->cases, &reader->options->cases, reader->diag);
}

// The variable that input `name` means in `model`: a stream's scale where that is asked for.
static struct variable *find_target(const struct reader *reader, const struct model *model,
                                    const char *name, bool is_scale)
{
    struct variable *variable = model_find_variable(model, key_of(reader, name));
    if (variable && variable->kind == VARIABLE_INPUT && is_scale)
        return model_find_variable(
            model, key_of(reader, arena_format(arena_of(reader), "%s.scale", variable->name)));
    return variable;
}

static const struct vary_spec *find_vary(const struct reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->spec->vary.count; i++)
        if (strcmp(reader->spec->vary.items[i].name, name) == 0)
            return &reader->spec->vary.items[i];
    return NULL;
}

static struct position vary_position(const struct reader *reader, const char *name)
{
    const struct vary_spec *vary = find_vary(reader, name);
    if (vary)
        return vary->position;
    return (struct position){.file = reader->spec->points ? reader->spec->points : "command line"};
}

// Reports an input that no case knows or that cannot be varied.
static bool check_input(struct reader *reader, const char *name, bool is_scale)
{
    struct position position = vary_position(reader, name);
    const struct variable *any = NULL;
    for (size_t i = 0; i < reader->cases.count; i++) {
        const struct model *model = reader->cases.items[i].model;
        const struct variable *variable = find_target(reader, model, name, is_scale);
        if (!variable)
            continue;
        any = variable;
        if (variable->kind == VARIABLE_PARAMETER ||
            (variable->kind == VARIABLE_INPUT && !variable->n_equations))
            continue;
        diag_error(
            reader->diag, position, "'%s' is %s; only parameters and funding can be varied", name,
            variable->kind == VARIABLE_INPUT ? "set by a schedule" : "computed by an equation");
        if (variable->kind == VARIABLE_INPUT)
            diag_hint(reader->diag, "vary its height: %s: { scale = (0.0, 2.0); }", name);
        return false;
    }
    if (any)
        return true;
    struct nearest nearest = nearest_start(key_of(reader, name));
    const struct model *model = reader->cases.items[0].model;
    const struct variable *input = model_find_variable(model, key_of(reader, name));
    diag_error(reader->diag, position,
               input && input->kind == VARIABLE_INPUT
                   ? "'%s' has no schedule in this scenario to scale"
                   : "unknown name '%s'",
               name);
    for (size_t i = 0; i < model->variables.count; i++)
        if (model->variables.items[i]->kind == VARIABLE_PARAMETER ||
            model->variables.items[i]->kind == VARIABLE_INPUT)
            nearest_consider(&nearest, model->variables.items[i]->key,
                             model->variables.items[i]->name);
    if (!input)
        diag_suggest(reader->diag, nearest.best);
    return false;
}

static bool build_input(struct reader *reader, const struct vary_spec *vary,
                        struct sample_input *input)
{
    const struct spread *spread = NULL;
    double value = NAN;
    for (size_t i = 0; i < reader->cases.count && !spread; i++) {
        const struct variable *variable =
            find_target(reader, reader->cases.items[i].model, vary->name, vary->is_scale);
        if (!variable || !variable->values)
            continue;
        spread = &variable->spread;
        value = variable->values[0];
    }
    input->name = vary->name;
    if (!distribution_build(&input->distribution, arena_of(reader), vary, spread, value,
                            reader->diag))
        return false;
    input->n_levels = input->distribution.kind == DISTRIBUTION_DISCRETE ? input->distribution.n
                      : isnan(vary->levels)                             ? DEFAULT_LEVELS
                                                                        : (int)vary->levels;
    if (input->n_levels >= 1 && input->n_levels <= 1000000)
        return true;
    diag_error(reader->diag, vary->position, "'levels' must be a whole number from 1");
    return false;
}

static bool build_design(struct reader *reader)
{
    struct sweep *sweep = reader->sweep;
    const struct sweep_spec *spec = reader->spec;
    double runs = reader->options->runs ? (double)reader->options->runs
                  : isnan(spec->runs)   ? DEFAULT_RUNS
                                        : spec->runs;
    sweep->seed = reader->options->has_seed ? reader->options->seed
                  : isnan(spec->seed)       ? 0
                                            : (uint64_t)spec->seed;
    if (spec->design == DESIGN_POINTS) {
        if (!spec->points) {
            diag_error(reader->diag, spec->position, "design 'points' needs points = \"file.csv\"");
            return false;
        }
        const char *path =
            path_join(arena_of(reader),
                      path_folder(arena_of(reader), reader->sweep->scenario->path), spec->points);
        ARRAY_PUSH(arena_of(reader), &sweep->files) = path;
        return sample_points_read(&sweep->design, arena_of(reader), path, reader->diag);
    }
    int n = (int)spec->vary.count;
    if (!n) {
        diag_error(reader->diag, spec->position, "the sweep varies nothing");
        diag_hint(reader->diag, "vary: { price_gap: { min = 0.1; max = 0.3; }; };");
        return false;
    }
    struct sample_input *inputs = ARENA_NEW_ARRAY(arena_of(reader), struct sample_input, n);
    bool is_good = true;
    for (int i = 0; i < n; i++) {
        const struct vary_spec *vary = &spec->vary.items[i];
        is_good &= check_input(reader, vary->name, vary->is_scale) &&
                   build_input(reader, vary, &inputs[i]);
    }
    return is_good && sample_design_build(&sweep->design, arena_of(reader), spec, inputs, n,
                                          (uint64_t)runs, sweep->seed, reader->diag);
}

// Ties each input of the design to the cells that it sets in one case.
static bool build_targets(struct reader *reader, struct sweep_case *sweep_case,
                          struct vary_list *varied)
{
    const struct sample_design *design = &reader->sweep->design;
    struct arena *arena = arena_of(reader);
    sweep_case->targets = ARENA_NEW_ARRAY(arena, struct sweep_target *, design->n_inputs);
    sweep_case->n_targets = ARENA_NEW_ARRAY(arena, int, design->n_inputs);
    for (int i = 0; i < design->n_inputs; i++) {
        const char *name = design->inputs[i].name;
        const struct vary_spec *vary = find_vary(reader, name);
        bool is_scale = vary && vary->is_scale;
        const struct model *model = sweep_case->source.model;
        struct variable *variable = find_target(reader, model, name, is_scale);
        if (!variable)
            continue; // another case knows it
        int first = 0, count = variable->n_cells;
        if (!variable->is_hidden && !model_find_cells(model, name, vary_position(reader, name),
                                                      &first, &count, reader->diag))
            return false;
        sweep_case->targets[i] = ARENA_NEW_ARRAY(arena, struct sweep_target, count);
        sweep_case->n_targets[i] = count;
        for (int k = 0; k < count; k++) {
            sweep_case->targets[i][k] =
                (struct sweep_target){cell_name(arena, variable, first + k), (int)varied->count,
                                      variable->values[first + k], is_scale};
            ARRAY_PUSH(arena, varied) = (struct vary){variable, first + k};
        }
    }
    return true;
}

static int find_name(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static bool bind_metrics(struct reader *reader, struct sweep_case *sweep_case)
{
    const struct run_case *source = &sweep_case->source;
    struct sweep *sweep = reader->sweep;
    bool is_good = true;
    const struct metric_run run = {.model = source->model};
    for (size_t i = 0; i < reader->spec->metrics.count; i++) {
        struct metric metric;
        is_good &= metric_bind(&metric, &reader->spec->metrics.items[i], &run, 1, reader->diag);
        ARRAY_PUSH(arena_of(reader), &sweep_case->metrics) = metric;
    }
    if (!reader->spec->metrics.count)
        is_good &= case_bind_metrics(source, &sweep_case->metrics, reader->diag);
    if (!is_good)
        return false;
    int room = sweep->n_metrics + (int)sweep_case->metrics.count;
    const char **names = ARENA_NEW_ARRAY(arena_of(reader), const char *, room);
    const char **units = ARENA_NEW_ARRAY(arena_of(reader), const char *, room);
    for (int i = 0; i < sweep->n_metrics; i++) {
        names[i] = sweep->metric_names[i];
        units[i] = sweep->metric_units[i];
    }
    sweep_case->metric_column = ARENA_NEW_ARRAY(arena_of(reader), int, sweep_case->metrics.count);
    for (size_t i = 0; i < sweep_case->metrics.count; i++) {
        const struct metric *metric = &sweep_case->metrics.items[i];
        int column = find_name(names, sweep->n_metrics, metric->name);
        if (column < 0) {
            column = sweep->n_metrics++;
            names[column] = metric->name;
            units[column] = metric->unit;
        }
        sweep_case->metric_column[i] = column;
    }
    sweep->metric_names = names;
    sweep->metric_units = units;
    return true;
}

// Adds the outputs of variables `names` to a case; -1 where its model lacks one.
static int *add_outputs(struct reader *reader, const struct sweep_case *sweep_case,
                        const char *const *names, int n, struct output_list *outputs)
{
    int *indices = ARENA_NEW_ARRAY(arena_of(reader), int, n);
    for (int i = 0; i < n; i++) {
        struct diag ignored;
        diag_init(&ignored, arena_of(reader));
        int first, count;
        struct variable *variable = model_find_cells(
            sweep_case->source.model, names[i], (struct position){0}, &first, &count, &ignored);
        indices[i] = -1;
        if (!variable || count != 1)
            continue;
        indices[i] = (int)outputs->count;
        ARRAY_PUSH(arena_of(reader), outputs) = (struct output){variable, first};
    }
    return indices;
}

static bool compile_case(struct reader *reader, struct sweep_case *sweep_case)
{
    struct sweep *sweep = reader->sweep;
    struct model *model = sweep_case->source.model;
    if (!bind_metrics(reader, sweep_case) || !resolve_model(model, reader->diag) ||
        !units_check(model, reader->diag))
        return false;
    struct vary_list varied = {0};
    struct output_list outputs = {0};
    if (!build_targets(reader, sweep_case, &varied))
        return false;
    metrics_add_outputs(&sweep_case->metrics, 0, sweep->arena, &outputs);
    sweep_case->band_outputs =
        add_outputs(reader, sweep_case, sweep->band_names, sweep->n_bands, &outputs);
    sweep_case->kept_outputs =
        add_outputs(reader, sweep_case, sweep->kept_names, sweep->n_kept, &outputs);
    sweep_case->program = program_build(sweep->arena, model, varied.items, (int)varied.count,
                                        outputs.items, (int)outputs.count, reader->diag);
    return sweep_case->program != NULL;
}

struct name_list {
    const char **items;
    size_t count, capacity;
};

// Expands names of variables to names of cells and notes their units; an error where no case
// knows one.
static bool expand_names(struct reader *reader, const char *const *names,
                         const struct position *positions, int n, const char ***cells,
                         const char ***units, int *n_cells)
{
    struct name_list all = {0}, all_units = {0};
    for (int i = 0; i < n; i++) {
        bool is_known = false;
        for (size_t k = 0; k < reader->cases.count && !is_known; k++) {
            const struct model *model = reader->cases.items[k].model;
            if (!model_find_variable(model, key_of(reader, names[i])))
                continue;
            int first, count;
            const struct variable *variable =
                model_find_cells(model, names[i], positions[i], &first, &count, reader->diag);
            if (!variable)
                return false;
            is_known = true;
            for (int cell = first; cell < first + count; cell++) {
                ARRAY_PUSH(arena_of(reader), &all) = cell_name(arena_of(reader), variable, cell);
                ARRAY_PUSH(arena_of(reader), &all_units) =
                    variable->unit_text ? variable->unit_text : "";
            }
        }
        if (!is_known) {
            diag_error(reader->diag, positions[i], "unknown name '%s'", names[i]);
            diag_suggest(reader->diag, model_nearest_variable(reader->cases.items[0].model,
                                                              key_of(reader, names[i])));
            return false;
        }
    }
    *cells = all.items;
    *units = all_units.items;
    *n_cells = (int)all.count;
    return true;
}

static bool read_bands(struct reader *reader)
{
    struct sweep *sweep = reader->sweep;
    const struct sweep_spec *spec = reader->spec;
    static const double default_quantiles[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    int n = spec->n_band_variables;
    const char **names = ARENA_NEW_ARRAY(sweep->arena, const char *, n);
    struct position *positions = ARENA_NEW_ARRAY(sweep->arena, struct position, n);
    for (int i = 0; i < n; i++) {
        names[i] = spec->band_variables[i].name;
        positions[i] = spec->band_variables[i].position;
    }
    sweep->quantiles = spec->quantiles ? spec->quantiles : default_quantiles;
    sweep->n_quantiles = spec->quantiles ? spec->n_quantiles : (int)ARRAY_COUNT(default_quantiles);
    if (!expand_names(reader, names, positions, n, &sweep->band_names, &sweep->band_units,
                      &sweep->n_bands))
        return false;
    const struct time_spec *time = &reader->cases.items[0].model->time;
    long n_steps = time_spec_n_steps(time);
    sweep->band_steps = isnan(spec->band_every) ? (n_steps + BAND_TIMES - 1) / BAND_TIMES
                                                : lround(spec->band_every / time->step);
    if (sweep->band_steps < 1)
        sweep->band_steps = 1;
    sweep->n_band_times = n_steps / sweep->band_steps + 1;
    return true;
}

static bool read_kept(struct reader *reader)
{
    struct sweep *sweep = reader->sweep;
    const struct sweep_options *options = reader->options;
    struct position *positions = ARENA_NEW_ARRAY(sweep->arena, struct position, options->n_keep);
    for (int i = 0; i < options->n_keep; i++)
        positions[i] = (struct position){.file = "--keep-series"};
    const struct time_spec *time = &reader->cases.items[0].model->time;
    sweep->n_kept_saves = time_spec_n_steps(time) / time_spec_steps_per_save(time) + 1;
    return expand_names(reader, options->keep, positions, options->n_keep, &sweep->kept_names,
                        &sweep->kept_units, &sweep->n_kept);
}

// All cases must share one time axis: their rows stand in one table.
static bool check_times(struct reader *reader)
{
    const struct time_spec *first = &reader->cases.items[0].model->time;
    for (size_t i = 1; i < reader->cases.count; i++) {
        const struct time_spec *time = &reader->cases.items[i].model->time;
        if (time->start != first->start || time->stop != first->stop || time->step != first->step) {
            diag_error(reader->diag, time->position,
                       "the time axes of '%s' and '%s' differ; a sweep needs one",
                       reader->cases.items[0].label, reader->cases.items[i].label);
            return false;
        }
    }
    return true;
}

static void collect_files(struct reader *reader)
{
    struct sweep *sweep = reader->sweep;
    for (size_t i = 0; i < reader->cases.count; i++) {
        const struct scenario *scenario = reader->cases.items[i].scenario;
        const struct model *model = reader->cases.items[i].model;
        for (size_t k = 0; k < scenario->files.count; k++)
            if (find_name(sweep->files.items, (int)sweep->files.count, scenario->files.items[k]) <
                0)
                ARRAY_PUSH(sweep->arena, &sweep->files) = scenario->files.items[k];
        for (size_t k = 0; k < scenario->data.count; k++)
            if (find_name(sweep->files.items, (int)sweep->files.count,
                          scenario->data.items[k].path) < 0)
                ARRAY_PUSH(sweep->arena, &sweep->files) = scenario->data.items[k].path;
        for (size_t k = 0; k < model->files.count; k++)
            if (find_name(sweep->files.items, (int)sweep->files.count, model->files.items[k]) < 0)
                ARRAY_PUSH(sweep->arena, &sweep->files) = model->files.items[k];
    }
}

static bool override_spec(struct sweep_spec *spec, const struct sweep_options *options,
                          struct diag *diag)
{
    if (!options->design)
        return true;
    for (int i = 0; i < N_DESIGN_KINDS; i++)
        if (strcmp(options->design, design_kind_name((enum design_kind)i)) == 0) {
            spec->design = (enum design_kind)i;
            return true;
        }
    diag_fail(diag, FAULT_USAGE,
              "unknown design '%s': grid, monte-carlo, latin-hypercube, maximin, sobol or points",
              options->design);
    return false;
}

struct sweep *sweep_read(struct arena *arena, const char *path, const struct sweep_options *options,
                         struct unit_system *units, struct diag *diag)
{
    if (!scenario_is_file(path)) {
        diag_fail(diag, FAULT_FILE, "'%s' is not a scenario file", path);
        diag_hint(diag,
                  "a sweep needs a scenario with a group 'sweep'; see kantelpunt help designs");
        return NULL;
    }
    struct sweep *sweep = ARENA_NEW(arena, struct sweep);
    sweep->arena = arena;
    sweep->options = *options;
    sweep->scenario = scenario_read(arena, path, diag);
    if (!sweep->scenario)
        return NULL;
    struct sweep_spec spec = sweep->scenario->sweep;
    if (!spec.is_given) {
        diag_error(diag, (struct position){.file = path}, "the scenario has no group 'sweep'");
        diag_hint(diag, "see kantelpunt help designs");
        return NULL;
    }
    struct reader reader = {
        .sweep = sweep, .options = options, .spec = &spec, .units = units, .diag = diag};
    if (!override_spec(&spec, options, diag) || !read_cases(&reader, path) ||
        !check_times(&reader) || !build_design(&reader) || !read_bands(&reader) ||
        !read_kept(&reader))
        return NULL;
    if (sweep->design.kind == DESIGN_POINTS)
        for (int i = 0; i < sweep->design.n_inputs; i++)
            if (!check_input(&reader, sweep->design.inputs[i].name, false))
                return NULL;
    sweep->n_cases = (int)reader.cases.count;
    sweep->cases = ARENA_NEW_ARRAY(arena, struct sweep_case, sweep->n_cases);
    for (int i = 0; i < sweep->n_cases; i++) {
        sweep->cases[i].source = reader.cases.items[i];
        if (!compile_case(&reader, &sweep->cases[i]))
            return NULL;
    }
    collect_files(&reader);
    const struct time_spec *time = &reader.cases.items[0].model->time;
    sweep->method = method_find(time->method, time->position, diag);
    sweep->kernel = options->kernel ? kernel_find(options->kernel) : kernel_best();
    if (!sweep->kernel)
        diag_fail(diag, FAULT_USAGE, "this processor has no kernel '%s'", options->kernel);
    sweep->n_threads = options->n_threads;
    return sweep->method && sweep->kernel ? sweep : NULL;
}

uint64_t sweep_n_runs(const struct sweep *sweep)
{
    return sweep->design.n_points * (uint64_t)sweep->n_cases;
}

static uint64_t blocks_per_case(const struct sweep *sweep)
{
    return (sweep->design.n_points + SWEEP_BLOCK - 1) / SWEEP_BLOCK;
}

uint64_t sweep_n_blocks(const struct sweep *sweep)
{
    return blocks_per_case(sweep) * (uint64_t)sweep->n_cases;
}

// What a worker keeps for each case.
struct worker_case {
    struct workspace *workspace;
    struct gatherer *gatherer;
    double *parameters; // [n_parameters][lanes]
};

struct sweep_worker {
    struct arena *arena;
    const struct sweep *sweep;
    struct sampler *sampler;
    struct worker_case *cases; // [n_cases], set up when first needed
    struct sweep_block block;
    double *point; // [n_inputs]
    // Of the pass being computed:
    const struct sweep_case *sweep_case;
    int first_lane; // place of its lane 0 in the block
    int n_lanes;    //
};

struct sweep_worker *sweep_worker_create(const struct sweep *sweep)
{
    struct arena *arena = arena_create();
    struct sweep_worker *worker = ARENA_NEW(arena, struct sweep_worker);
    worker->arena = arena;
    worker->sweep = sweep;
    worker->sampler = sampler_create(&sweep->design);
    worker->cases = ARENA_NEW_ARRAY(arena, struct worker_case, sweep->n_cases);
    worker->point = ARENA_NEW_ARRAY(arena, double, sweep->design.n_inputs);
    struct sweep_block *block = &worker->block;
    size_t n_bands = (size_t)sweep->n_bands * (size_t)sweep->n_band_times;
    size_t n_kept = (size_t)sweep->n_kept * (size_t)sweep->n_kept_saves;
    block->inputs = ARENA_NEW_ARRAY(arena, double, sweep->design.n_inputs *SWEEP_BLOCK);
    block->endings = ARENA_NEW_ARRAY(arena, struct run_ending, SWEEP_BLOCK);
    block->metrics = ARENA_NEW_ARRAY(arena, double, sweep->n_metrics *SWEEP_BLOCK);
    block->bands = ARENA_NEW_ARRAY(arena, double, n_bands *SWEEP_BLOCK);
    block->kept = ARENA_NEW_ARRAY(arena, double, n_kept *SWEEP_BLOCK);
    return worker;
}

void sweep_worker_free(struct sweep_worker *worker)
{
    if (!worker)
        return;
    for (int i = 0; i < worker->sweep->n_cases; i++)
        workspace_free(worker->cases[i].workspace);
    sampler_free(worker->sampler);
    arena_free(worker->arena);
}

static struct worker_case *open_case(struct sweep_worker *worker, int index)
{
    struct worker_case *open = &worker->cases[index];
    const struct sweep_case *sweep_case = &worker->sweep->cases[index];
    const struct sweep *sweep = worker->sweep;
    if (open->workspace)
        return open;
    open->workspace = workspace_create(sweep_case->program, sweep->kernel, sweep->method);
    open->gatherer = gatherer_create(worker->arena, &sweep_case->metrics, 0, sweep_case->program,
                                     sweep->kernel->lanes);
    open->parameters = ARENA_NEW_ARRAY(worker->arena, double,
                                       sweep_case->program->n_parameters * sweep->kernel->lanes);
    return open;
}

// Copies the rows of some outputs at one time into a table [variable][n_times][SWEEP_BLOCK].
static void record(const struct sweep_worker *worker, const struct workspace *workspace,
                   const int *outputs, int n, double *table, long n_times, long at)
{
    double buffer[MAX_LANES];
    for (int i = 0; i < n; i++) {
        double *to = table + (i * n_times + at) * SWEEP_BLOCK + worker->first_lane;
        const double *row = outputs[i] < 0 ? NULL : workspace_output(workspace, outputs[i], buffer);
        for (int lane = 0; lane < worker->n_lanes; lane++)
            to[lane] = row ? row[lane] : NAN;
    }
}

static bool bands_want(void *context, long step, bool is_last)
{
    const struct sweep_worker *worker = context;
    (void)is_last;
    return step % worker->sweep->band_steps == 0;
}

static void bands_take(void *context, const struct workspace *workspace, long step, double time)
{
    const struct sweep_worker *worker = context;
    const struct sweep *sweep = worker->sweep;
    (void)time;
    record(worker, workspace, worker->sweep_case->band_outputs, sweep->n_bands, worker->block.bands,
           sweep->n_band_times, step / sweep->band_steps);
}

static long steps_per_save(const struct sweep_worker *worker)
{
    return time_spec_steps_per_save(&worker->sweep_case->program->time);
}

static bool kept_wants(void *context, long step, bool is_last)
{
    (void)is_last;
    return step % steps_per_save(context) == 0;
}

static void kept_take(void *context, const struct workspace *workspace, long step, double time)
{
    const struct sweep_worker *worker = context;
    const struct sweep *sweep = worker->sweep;
    (void)time;
    record(worker, workspace, worker->sweep_case->kept_outputs, sweep->n_kept, worker->block.kept,
           sweep->n_kept_saves, step / steps_per_save(worker));
}

// What a target becomes where its input has the value `value`.
static double target_value(const struct sweep_target *target, double value)
{
    return target->is_scale ? target->base * value : value;
}

// Puts the inputs of the lanes into the parameters of the program; idle lanes repeat the first.
static void set_parameters(const struct sweep_worker *worker, const struct worker_case *open)
{
    const struct sweep *sweep = worker->sweep;
    int lanes = sweep->kernel->lanes;
    for (int i = 0; i < sweep->design.n_inputs; i++)
        for (int k = 0; k < worker->sweep_case->n_targets[i]; k++) {
            const struct sweep_target *target = &worker->sweep_case->targets[i][k];
            for (int lane = 0; lane < lanes; lane++) {
                int place = worker->first_lane + (lane < worker->n_lanes ? lane : 0);
                double value = worker->block.inputs[i * SWEEP_BLOCK + place];
                open->parameters[target->parameter * lanes + lane] = target_value(target, value);
            }
        }
}

static void store_metrics(struct sweep_worker *worker, const struct worker_case *open)
{
    const struct sweep_case *sweep_case = worker->sweep_case;
    struct gatherer *const gatherers[] = {open->gatherer};
    for (size_t i = 0; i < sweep_case->metrics.count; i++) {
        double *row = worker->block.metrics + sweep_case->metric_column[i] * SWEEP_BLOCK;
        for (int lane = 0; lane < worker->n_lanes; lane++) {
            int place = worker->first_lane + lane;
            bool is_complete = worker->block.endings[place].end == RUN_COMPLETE;
            row[place] =
                is_complete ? metric_value(&sweep_case->metrics.items[i], gatherers, lane) : NAN;
        }
    }
}

// A run that did not complete leaves no values in bands and series.
static void blank_failed(struct sweep_worker *worker)
{
    const struct sweep *sweep = worker->sweep;
    long n_bands = sweep->n_bands * sweep->n_band_times;
    long n_kept = sweep->n_kept * sweep->n_kept_saves;
    for (int place = 0; place < worker->block.n_runs; place++) {
        const struct run_ending *ending = &worker->block.endings[place];
        if (ending->end == RUN_COMPLETE)
            continue;
        for (long i = 0; i < n_bands; i++)
            worker->block.bands[i * SWEEP_BLOCK + place] = NAN;
        for (int i = 0; i < sweep->n_kept; i++)
            for (long save = 0; save < sweep->n_kept_saves; save++) {
                double time =
                    time_spec_at(&worker->sweep_case->program->time, save * steps_per_save(worker));
                if (time >= ending->time)
                    worker->block.kept[(i * sweep->n_kept_saves + save) * SWEEP_BLOCK + place] =
                        NAN;
            }
    }
    (void)n_kept;
}

// Integrates the lanes of one pass; false where it was cancelled.
static bool compute_pass(struct sweep_worker *worker, struct worker_case *open,
                         const volatile sig_atomic_t *cancel)
{
    struct integration integration = {.workspace = open->workspace,
                                      .parameters = open->parameters,
                                      .n_lanes = worker->n_lanes,
                                      .cancel = cancel,
                                      .endings = worker->block.endings + worker->first_lane};
    integration.observers[integration.n_observers++] = observe_metrics(open->gatherer);
    if (worker->sweep->n_bands)
        integration.observers[integration.n_observers++] =
            (struct observer){worker, bands_want, bands_take};
    if (worker->sweep->n_kept)
        integration.observers[integration.n_observers++] =
            (struct observer){worker, kept_wants, kept_take};
    set_parameters(worker, open);
    gatherer_start(open->gatherer);
    integrate(&integration);
    store_metrics(worker, open);
    return !(cancel && *cancel);
}

const struct sweep_block *sweep_compute(struct sweep_worker *worker, uint64_t index,
                                        const volatile sig_atomic_t *cancel)
{
    const struct sweep *sweep = worker->sweep;
    struct sweep_block *block = &worker->block;
    uint64_t per_case = blocks_per_case(sweep), n_points = sweep->design.n_points;
    uint64_t first_point = index % per_case * SWEEP_BLOCK;
    block->case_index = (int)(index / per_case);
    block->first_run = (uint64_t)block->case_index * n_points + first_point + 1;
    uint64_t left = n_points - first_point;
    block->n_runs = left < SWEEP_BLOCK ? (int)left : SWEEP_BLOCK;
    for (int place = 0; place < block->n_runs; place++) {
        sampler_take(worker->sampler, first_point + (uint64_t)place, worker->point);
        for (int i = 0; i < sweep->design.n_inputs; i++)
            block->inputs[i * SWEEP_BLOCK + place] = worker->point[i];
    }
    for (int i = 0; i < sweep->n_metrics * SWEEP_BLOCK; i++)
        block->metrics[i] = NAN;
    struct worker_case *open = open_case(worker, block->case_index);
    worker->sweep_case = &sweep->cases[block->case_index];
    int lanes = sweep->method->is_adaptive ? 1 : sweep->kernel->lanes;
    for (int first = 0; first < block->n_runs; first += lanes) {
        worker->first_lane = first;
        worker->n_lanes = block->n_runs - first < lanes ? block->n_runs - first : lanes;
        if (!compute_pass(worker, open, cancel))
            return NULL;
    }
    blank_failed(worker);
    return block;
}

int sweep_settings_of(const struct sweep *sweep, uint64_t run, struct setting_list *settings)
{
    int case_index = (int)((run - 1) / sweep->design.n_points);
    const struct sweep_case *sweep_case = &sweep->cases[case_index];
    double *values = ARENA_NEW_ARRAY(sweep->arena, double, sweep->design.n_inputs);
    struct sampler *sampler = sampler_create(&sweep->design);
    sampler_take(sampler, (run - 1) % sweep->design.n_points, values);
    sampler_free(sampler);
    for (int i = 0; i < sweep->design.n_inputs; i++)
        for (int k = 0; k < sweep_case->n_targets[i]; k++) {
            const struct sweep_target *target = &sweep_case->targets[i][k];
            ARRAY_PUSH(sweep->arena, settings) =
                (struct setting){target->name, target_value(target, values[i]), {.file = "--run"}};
        }
    return case_index;
}
