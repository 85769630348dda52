// Stage: model. Files on the command line -> cases, with scenario and options applied.
#include "model/case.h"

#include "base/array.h"
#include "base/file.h"
#include "model/read_cfg.h"
#include "model/read_xmile.h"
#include "model/time.h"

#include <string.h>

struct model *model_read(struct arena *arena, const char *path, struct unit_system *units,
                         struct diag *diag)
{
    if (xmile_is_file(path))
        return model_read_xmile(arena, path, units, diag);
    return model_read_cfg(arena, path, units, diag);
}

// Applies scenario and options to a model just read.
static bool prepare(const struct run_case *run_case, const struct case_options *options,
                    struct diag *diag)
{
    struct model *model = run_case->model;
    model->seed = options->seed;
    model->random_run = options->random_run;
    bool is_new_time =
        run_case->scenario && time_spec_override(&model->time, &run_case->scenario->time);
    is_new_time |= time_spec_override(&model->time, &options->time);
    if (is_new_time && !time_spec_check(&model->time, diag))
        return false;
    bool is_good = !run_case->scenario ||
                   scenario_apply(run_case->scenario, model, options->ends_support, diag);
    for (size_t i = 0; i < options->settings.count; i++)
        if (model_find_named(model, options->settings.items[i].name))
            is_good &= model_set(model, &options->settings.items[i], diag);
    return is_good;
}

static bool read_scenario_cases(struct arena *arena, const char *path,
                                const struct case_options *options, struct unit_system *units,
                                struct case_list *cases, struct diag *diag)
{
    const struct scenario *scenario = scenario_read(arena, path, diag);
    if (!scenario)
        return false;
    const char *folder = path_folder(arena, path);
    struct model **models = ARENA_NEW_ARRAY(arena, struct model *, scenario->n_models);
    for (int i = 0; i < scenario->n_models; i++) {
        const char *model_path = path_join(arena, folder, scenario->models[i].name);
        if (!file_exists(model_path)) {
            diag_error(diag, scenario->models[i].position, "there is no model file '%s'",
                       model_path);
            diag_hint(diag, "paths of models go from the folder of the scenario");
            return false;
        }
        models[i] = model_read(arena, model_path, units, diag);
        if (!models[i])
            return false;
    }
    if (!scenario_check_names(scenario, models, scenario->n_models, diag))
        return false;
    bool is_good = true;
    for (int i = 0; i < scenario->n_models; i++) {
        const char *label = arena_format(arena, "%s.%s", scenario->name, models[i]->name);
        struct run_case run_case = {scenario, models[i], label};
        is_good &= prepare(&run_case, options, diag);
        ARRAY_PUSH(arena, cases) = run_case;
    }
    return is_good;
}

bool cases_read(struct arena *arena, const char *path, const struct case_options *options,
                struct unit_system *units, struct case_list *cases, struct diag *diag)
{
    if (scenario_is_file(path))
        return read_scenario_cases(arena, path, options, units, cases, diag);
    struct run_case run_case = {.model = model_read(arena, path, units, diag)};
    if (!run_case.model)
        return false;
    run_case.label = run_case.model->name;
    ARRAY_PUSH(arena, cases) = run_case;
    return prepare(&run_case, options, diag);
}

bool case_read(struct arena *arena, const char *scenario_path, const char *model_path,
               const struct case_options *options, struct unit_system *units,
               struct run_case *run_case, struct diag *diag)
{
    *run_case = (struct run_case){0};
    run_case->model = model_read(arena, model_path, units, diag);
    if (!run_case->model)
        return false;
    run_case->label = run_case->model->name;
    if (scenario_path) {
        run_case->scenario = scenario_read(arena, scenario_path, diag);
        if (!run_case->scenario)
            return false;
        run_case->label =
            arena_format(arena, "%s.%s", run_case->scenario->name, run_case->model->name);
    }
    return prepare(run_case, options, diag);
}

static const char *nearest_name(const struct case_list *cases, const char *key)
{
    struct nearest nearest = nearest_start(key);
    for (size_t i = 0; i < cases->count; i++) {
        const struct model *model = cases->items[i].model;
        for (size_t k = 0; k < model->variables.count; k++)
            nearest_consider(&nearest, model->variables.items[k]->key,
                             model->variables.items[k]->name);
    }
    return nearest.best;
}

bool cases_check(const struct case_list *cases, const struct case_options *options,
                 struct diag *diag)
{
    size_t n_errors = diag->n_errors;
    for (size_t i = 0; i < options->settings.count; i++) {
        const char *name = options->settings.items[i].name;
        bool is_known = false;
        for (size_t k = 0; k < cases->count; k++)
            is_known |= model_find_named(cases->items[k].model, name) != NULL;
        if (is_known)
            continue;
        diag_fail(diag, FAULT_USAGE, "--set %s: no model has a variable of that name", name);
        diag_suggest(diag, nearest_name(cases, name_key(diag->arena, name, strcspn(name, "["))));
    }
    for (size_t i = 0; i < cases->count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(cases->items[i].label, cases->items[k].label) == 0)
                diag_fail(diag, FAULT_USAGE, "two of the runs are called '%s'",
                          cases->items[i].label);
    return diag->n_errors == n_errors;
}
