// Stage: analysis. Files -> cases -> simulations -> summary: what `run` and `compare` share.
#include "analysis/study.h"

#include "base/array.h"
#include "model/resolve.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { MAX_DEFAULT_METRICS = 24 };

static void add_final_value(const struct model *model, const struct variable *variable, int cell,
                            struct metric_spec_list *metrics)
{
    struct arena *arena = model->arena;
    const char *expression =
        arena_format(arena, "%s AT STOPTIME", cell_name_quoted(arena, variable, cell));
    ARRAY_PUSH(arena, metrics) = (struct metric_spec){
        .name = arena_format(arena, "%s_end", cell_name(arena, variable, cell)),
        .expression = {.file = model->path, .excerpt = expression},
    };
}

void default_metrics(const struct model *model, struct metric_spec_list *metrics)
{
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        bool fits = metrics->count + (size_t)variable->n_cells <= MAX_DEFAULT_METRICS;
        if (variable->kind != VARIABLE_STOCK || variable->is_hidden || !fits)
            continue;
        for (int cell = 0; cell < variable->n_cells; cell++)
            add_final_value(model, variable, cell, metrics);
    }
}

static bool has_metric(const struct metric_spec_list *metrics, const char *name)
{
    for (size_t i = 0; i < metrics->count; i++)
        if (strcmp(metrics->items[i].name, name) == 0)
            return true;
    return false;
}

static bool bind(const struct run_case *run_case, const struct metric_spec *spec,
                 struct metric_list *metrics, struct diag *diag)
{
    const struct metric_run run = {.model = run_case->model};
    struct metric metric;
    if (!metric_bind(&metric, spec, &run, 1, diag))
        return false;
    ARRAY_PUSH(run_case->model->arena, metrics) = metric;
    return true;
}

bool case_bind_metrics(const struct run_case *run_case, struct metric_list *metrics,
                       struct diag *diag)
{
    static const struct metric_spec_list none = {0};
    const struct metric_spec_list *own = run_case->scenario ? &run_case->scenario->metrics : &none;
    const struct metric_spec_list *swept =
        run_case->scenario ? &run_case->scenario->sweep.metrics : &none;
    struct metric_spec_list defaults = {0};
    const struct metric_spec_list *general = &run_case->model->metrics;
    if (own->count + general->count + swept->count == 0) {
        default_metrics(run_case->model, &defaults);
        general = &defaults;
    }
    bool is_good = true;
    for (size_t i = 0; i < general->count; i++)
        if (!has_metric(own, general->items[i].name))
            is_good &= bind(run_case, &general->items[i], metrics, diag);
    for (size_t i = 0; i < own->count; i++)
        is_good &= bind(run_case, &own->items[i], metrics, diag);
    for (size_t i = 0; i < swept->count; i++)
        if (!has_metric(own, swept->items[i].name) && !has_metric(general, swept->items[i].name))
            is_good &= bind(run_case, &swept->items[i], metrics, diag);
    return is_good;
}

void study_keep(struct study *study, const char *label)
{
    int n = 0;
    for (int i = 0; i < study->n_cases; i++)
        if (strcmp(study->cases[i].source.label, label) == 0)
            study->cases[n++] = study->cases[i];
    study->n_cases = n;
}

struct study *study_open(struct arena *arena, const char *const *paths, int n_paths,
                         const struct case_options *options, struct unit_system *units,
                         struct diag *diag)
{
    struct case_list cases = {0};
    bool is_good = true;
    for (int i = 0; i < n_paths; i++)
        is_good &= cases_read(arena, paths[i], options, units, &cases, diag);
    if (!is_good || !cases_check(&cases, options, diag))
        return NULL;
    struct study *study = ARENA_NEW(arena, struct study);
    study->arena = arena;
    study->n_cases = (int)cases.count;
    study->cases = ARENA_NEW_ARRAY(arena, struct study_case, cases.count);
    for (int i = 0; i < study->n_cases; i++)
        study->cases[i].source = cases.items[i];
    return study;
}

bool study_bind(struct study *study, struct diag *diag)
{
    bool is_good = true;
    for (int i = 0; i < study->n_cases; i++) {
        struct study_case *study_case = &study->cases[i];
        struct model *model = study_case->source.model;
        bool is_bound = case_bind_metrics(&study_case->source, &study_case->metrics, diag);
        for (size_t k = 0; k < study_case->further.count; k++)
            is_bound &= bind(&study_case->source, &study_case->further.items[k],
                             &study_case->metrics, diag);
        is_good &= resolve_model(model, diag) && is_bound && units_check(model, diag);
    }
    return is_good;
}

struct study *study_read(struct arena *arena, const char *const *paths, int n_paths,
                         const struct case_options *options, struct unit_system *units,
                         struct diag *diag)
{
    struct study *study = study_open(arena, paths, n_paths, options, units, diag);
    return study && study_bind(study, diag) ? study : NULL;
}

// Whether some model of the study has a variable that `name` means.
static bool is_known(const struct study *study, const char *name)
{
    for (int i = 0; i < study->n_cases; i++)
        if (model_find_named(study->cases[i].source.model, name))
            return true;
    return false;
}

bool study_check(struct study *study, const char **names, int n, struct diag *diag)
{
    struct selection *selection = &study->selection;
    size_t n_errors = diag->n_errors;
    struct arena *scratch = arena_create();
    *selection = (struct selection){names, n, true};
    for (int i = 0; i < n && names; i++)
        selection->skips_unknown &= is_known(study, names[i]);
    for (int i = 0; i < study->n_cases && diag->n_errors == n_errors; i++) {
        const struct model *model = study->cases[i].source.model;
        struct output_list outputs = {0};
        if (method_find(model->time.method, model->time.position, diag) &&
            select_outputs(model, selection, scratch, &outputs, diag) &&
            series_fits_memory(model, (int)outputs.count, diag))
            lower_model(scratch, model, NULL, 0, diag);
    }
    arena_free(scratch);
    return diag->n_errors == n_errors;
}

// Values that are not finite but that no stock depends on: the run went on.
static void report_nonfinite_values(const struct study_case *study_case, struct diag *diag)
{
    const struct series *series = study_case->simulation->series;
    for (int i = 0; i < series->n_variables; i++) {
        long save = 0;
        while (save < series->n_saves && isfinite(series_at(series, i, save)))
            save++;
        if (save == series->n_saves)
            continue;
        diag_warning(diag, series->variables[i]->position,
                     "run '%s': '%s' is not a finite number at time %.10g",
                     study_case->source.label, series->names[i], series->times[save]);
        return; // others will follow from it
    }
}

static void report_ending(const struct study_case *study_case, struct diag *diag)
{
    const struct simulation *simulation = study_case->simulation;
    const char *label = study_case->source.label;
    switch (simulation->ending.end) {
    case RUN_NONFINITE:
        diag_fail(diag, FAULT_COMPUTATION, "run '%s' stopped: %s", label, simulation->blame);
        if (simulation->blame_position.file)
            diag->items[diag->count - 1].position = simulation->blame_position;
        diag_hint(diag, "look for a division by zero, a power or an exponential that runs away, "
                        "or take a smaller --dt");
        break;
    case RUN_STEP_TOO_SMALL:
        diag_fail(diag, FAULT_COMPUTATION,
                  "run '%s' stopped at time %.10g: the method '%s' could not keep its error small",
                  label, simulation->ending.time, study_case->source.model->time.method);
        diag_hint(diag, "try --method msbdf, or a larger --tolerance");
        break;
    case RUN_CANCELLED:
        diag_warning(diag, (struct position){0}, "run '%s' was interrupted at time %.10g", label,
                     simulation->ending.time);
        break;
    default:
        report_nonfinite_values(study_case, diag);
    }
}

static void add_summary(struct study *study, const struct study_case *study_case)
{
    const struct run_case *source = &study_case->source;
    bool is_complete = study_case->simulation->ending.end == RUN_COMPLETE;
    for (size_t i = 0; i < study_case->metrics.count; i++) {
        const struct metric *metric = &study_case->metrics.items[i];
        double value =
            is_complete ? metric_value(metric, &study_case->simulation->gatherer, 0) : NAN;
        ARRAY_PUSH(study->arena, &study->summary) =
            (struct summary_row){source->scenario ? source->scenario->name : "",
                                 source->model->name, metric->name, value, metric->unit};
    }
}

bool study_run(struct study *study, const volatile sig_atomic_t *cancel, struct diag *diag)
{
    size_t n_errors = diag->n_errors;
    int n_threads = study->n_threads ? study->n_threads : omp_get_max_threads();
    for (int i = 0; i < study->n_cases && !(cancel && *cancel); i++) {
        struct study_case *study_case = &study->cases[i];
        study_case->simulation =
            simulation_prepare(study->arena, study_case->source.model, &study->selection,
                               &study_case->metrics, 0, cancel, diag);
    }
#pragma omp parallel for schedule(dynamic) num_threads(n_threads) if (study->n_cases > 1)
    for (int i = 0; i < study->n_cases; i++)
        if (study->cases[i].simulation)
            simulation_run(study->cases[i].simulation);
    for (int i = 0; i < study->n_cases; i++) {
        struct study_case *study_case = &study->cases[i];
        if (!study_case->simulation)
            continue;
        simulation_finish(study_case->simulation);
        report_ending(study_case, diag);
        add_summary(study, study_case);
    }
    return diag->n_errors == n_errors;
}
