// Stage: analysis. Scenario -> design and compiled cases: which models under which scenarios, what
// the inputs of the design set in each, which metrics, bands and series are wanted.
#include "analysis/sweep/sweep.h"

#include "base/array.h"
#include "base/file.h"
#include "model/resolve.h"
#include "model/time.h"
#include "model/uncertain.h"

#include <math.h>
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
    for (size_t i = 0; i < reader->cases.count; i++)
        if (!reader->cases.items[i].scenario)
            reader->cases.items[i].scenario = reader->sweep->scenario;
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
    input->nominal = value;
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

static bool is_varied(const struct sweep_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->vary.count; i++)
        if (strcmp(spec->vary.items[i].name, name) == 0)
            return true;
    return false;
}

// Varies every parameter that is uncertain, element by element.
static void vary_ranges(struct reader *reader, struct sweep_spec *spec)
{
    for (size_t c = 0; c < reader->cases.count; c++) {
        const struct model *model = reader->cases.items[c].model;
        const bool *is_uncertain = model_uncertainties(arena_of(reader), model);
        for (size_t i = 0; i < model->variables.count; i++) {
            const struct variable *variable = model->variables.items[i];
            for (int cell = 0; cell < variable->n_cells && is_uncertain[i]; cell++) {
                const char *name = cell_name(arena_of(reader), variable, cell);
                if (!is_varied(spec, name))
                    ARRAY_PUSH(arena_of(reader), &spec->vary) =
                        vary_spec_empty(name, variable->position);
            }
        }
    }
}

// Without runs: so many groups of a design for indices.
static double default_runs(const struct reader *reader)
{
    enum { SALTELLI_GROUPS = 512, MORRIS_GROUPS = 40 };
    const struct sweep_spec *spec = reader->spec;
    if (!design_is_for_indices(spec->design))
        return isnan(spec->runs) ? DEFAULT_RUNS : spec->runs;
    double size = (double)sample_group_size(spec->design, (int)spec->vary.count);
    return size * (spec->design == DESIGN_SALTELLI ? SALTELLI_GROUPS : MORRIS_GROUPS);
}

static bool build_design(struct reader *reader)
{
    struct sweep *sweep = reader->sweep;
    const struct sweep_spec *spec = reader->spec;
    double runs = reader->options->runs ? (double)reader->options->runs : default_runs(reader);
    sweep->seed = reader->options->has_seed ? reader->options->seed
                  : isnan(spec->seed)       ? 0
                                            : (uint64_t)spec->seed;
    if (reader->options->runs && (spec->design == DESIGN_POINTS || spec->design == DESIGN_GRID))
        diag_warning(reader->diag, spec->position,
                     "--runs does not matter here: design '%s' has as many runs as it has points",
                     design_kind_name(spec->design));
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
        diag_hint(reader->diag,
                  design_is_for_indices(spec->design)
                      ? "give parameters a range, or a scenario a group 'sweep' with a 'vary'"
                      : "vary: { price_gap: { min = 0.1; max = 0.3; }; };");
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

// Metrics stand beside other columns in one table.
static bool check_metric_name(struct reader *reader, const struct metric *metric)
{
    static const char *const taken[] = {"run", "end", "scenario", "model"};
    if (find_name(taken, ARRAY_COUNT(taken), metric->name) < 0)
        return true;
    diag_error(reader->diag, metric->position,
               "a metric called '%s' would be the second column of that name in metrics.csv",
               metric->name);
    diag_hint(reader->diag, "choose another name");
    return false;
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
        if (!check_metric_name(reader, metric))
            return false;
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
    sweep_case->method = method_find(model->time.method, model->time.position, reader->diag);
    if (!sweep_case->method || !bind_metrics(reader, sweep_case) ||
        !resolve_model(model, reader->diag) || !units_check(model, reader->diag))
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

// Whether one block of `n` variables at `n_times` times is of a size that threads and files can
// hold.
static bool check_room(struct reader *reader, const char *what, int n, long n_times,
                       struct position position, const char *hint)
{
    enum { MAX_MEGABYTES = 256 };
    double megabytes = (double)n * (double)n_times * SWEEP_BLOCK * sizeof(double) / 1e6;
    if (megabytes <= MAX_MEGABYTES)
        return true;
    diag_error(reader->diag, position,
               "%s of %d variables at %ld times take %.0f MB for each %d runs; at most %d MB fit",
               what, n, n_times, megabytes, SWEEP_BLOCK, MAX_MEGABYTES);
    diag_hint(reader->diag, "%s", hint);
    return false;
}

// How many observations a run of `n_steps` gives: one every `every` steps and one at the end.
static long count_observations(long n_steps, long every)
{
    return (n_steps + every - 1) / every + 1;
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
    if (!isnan(spec->band_every) && !(sweep->band_steps >= 1)) {
        diag_error(reader->diag, spec->position,
                   "'every' of the bands is %g; it must be at least one step, %g", spec->band_every,
                   time->step);
        return false;
    }
    if (sweep->band_steps < 1)
        sweep->band_steps = 1;
    sweep->n_band_times = count_observations(n_steps, sweep->band_steps);
    return check_room(reader, "bands", sweep->n_bands, sweep->n_band_times, spec->position,
                      "take fewer variables or a larger 'every'");
}

// The English title of the variable `name`; of an element of an array, its name.
static const char *title_of(const struct reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->cases.count && !strchr(name, '['); i++) {
        const struct variable *variable =
            model_find_variable(reader->cases.items[i].model, key_of(reader, name));
        if (variable)
            return localized_text(&variable->title, LANGUAGE_EN, name);
    }
    return name;
}

static bool read_kept(struct reader *reader)
{
    struct sweep *sweep = reader->sweep;
    const struct sweep_options *options = reader->options;
    struct position *positions = ARENA_NEW_ARRAY(sweep->arena, struct position, options->n_keep);
    for (int i = 0; i < options->n_keep; i++)
        positions[i] = (struct position){.file = "--keep-series", .is_option = true};
    const struct time_spec *time = &reader->cases.items[0].model->time;
    sweep->kept_steps = time_spec_steps_per_save(time);
    sweep->n_kept_saves = count_observations(time_spec_n_steps(time), sweep->kept_steps);
    if (!expand_names(reader, options->keep, positions, options->n_keep, &sweep->kept_names,
                      &sweep->kept_units, &sweep->n_kept))
        return false;
    sweep->kept_titles = ARENA_NEW_ARRAY(sweep->arena, const char *, sweep->n_kept);
    for (int i = 0; i < sweep->n_kept; i++)
        sweep->kept_titles[i] = title_of(reader, sweep->kept_names[i]);
    return check_room(reader, "series", sweep->n_kept, sweep->n_kept_saves,
                      (struct position){.file = "--keep-series"},
                      "keep fewer variables or set a larger --save-every");
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
    struct nearest nearest = nearest_start(options->design);
    for (int i = 0; i < N_DESIGN_KINDS; i++) {
        const char *name = design_kind_name((enum design_kind)i);
        nearest_consider(&nearest, name, name);
        if (strcmp(options->design, name) == 0) {
            spec->design = (enum design_kind)i;
            return true;
        }
    }
    diag_fail(diag, FAULT_USAGE, "unknown design '%s'", options->design);
    if (nearest.best)
        diag_suggest(diag, nearest.best);
    else
        diag_hint(diag,
                  "one of grid, monte-carlo, latin-hypercube, maximin, sobol, points, saltelli, "
                  "morris, one-at-a-time");
    return false;
}

// What a sweep of a bare model has for a scenario.
static const struct scenario *bare_scenario(struct arena *arena, const char *path)
{
    struct scenario *scenario = ARENA_NEW(arena, struct scenario);
    scenario->arena = arena;
    scenario->path = path;
    scenario->name = path_stem(arena, path);
    scenario->time = time_spec_empty();
    scenario->sweep = sweep_spec_empty((struct position){.file = path});
    return scenario;
}

// Reads the scenario and the design that it describes. Designs for indices do without either.
static bool read_spec(struct sweep *sweep, const char *path, struct sweep_spec *spec,
                      struct diag *diag)
{
    *spec = sweep_spec_empty((struct position){.file = path});
    if (!override_spec(spec, &sweep->options, diag))
        return false;
    bool is_for_indices = design_is_for_indices(spec->design);
    bool is_scenario = scenario_is_file(path);
    if (!is_scenario && !file_read(sweep->arena, path, (size_t)1 << 31, NULL, diag))
        return false;
    if (!is_scenario && !is_for_indices) {
        diag_fail(diag, FAULT_FILE, "'%s' is not a scenario file", path);
        diag_hint(diag,
                  "a sweep needs a scenario with a group 'sweep'; see kantelpunt help designs");
        return false;
    }
    sweep->scenario =
        is_scenario ? scenario_read(sweep->arena, path, diag) : bare_scenario(sweep->arena, path);
    if (!sweep->scenario)
        return false;
    const struct sweep_spec *given =
        sweep->options.spec ? sweep->options.spec : &sweep->scenario->sweep;
    bool is_given = given->is_given || sweep->options.spec;
    if (!is_given && !is_for_indices) {
        diag_error(diag, (struct position){.file = path}, "the scenario has no group 'sweep'");
        diag_hint(diag, "see kantelpunt help designs");
        return false;
    }
    if (is_given)
        *spec = *given;
    return override_spec(spec, &sweep->options, diag);
}

struct sweep *sweep_read(struct arena *arena, const char *path, const struct sweep_options *options,
                         struct unit_system *units, struct diag *diag)
{
    struct sweep *sweep = ARENA_NEW(arena, struct sweep);
    sweep->arena = arena;
    sweep->options = *options;
    struct sweep_spec spec;
    if (!read_spec(sweep, path, &spec, diag))
        return NULL;
    struct reader reader = {
        .sweep = sweep, .options = options, .spec = &spec, .units = units, .diag = diag};
    if (!read_cases(&reader, path) || !check_times(&reader))
        return NULL;
    if (design_is_for_indices(spec.design) && !spec.vary.count)
        vary_ranges(&reader, &spec);
    if (!build_design(&reader) || !read_bands(&reader) || !read_kept(&reader))
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
    sweep->kernel = options->kernel ? kernel_find(options->kernel) : kernel_best();
    if (!sweep->kernel) {
        diag_fail(diag, FAULT_USAGE, "this processor has no kernel '%s'", options->kernel);
        diag_hint(diag, "the best here is %s", kernel_best()->name);
    }
    sweep->n_threads = options->n_threads;
    return sweep->kernel ? sweep : NULL;
}
