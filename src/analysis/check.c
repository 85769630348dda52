// Stage: analysis. Checks after Barlas (1996): structure first (units, sources, ranges, flows
// that lead nowhere, the time step), then behaviour (what the model's author expects of runs).
#include "analysis/check.h"

#include "base/array.h"
#include "base/file.h"
#include "model/resolve.h"
#include "model/time.h"

#include <math.h>
#include <string.h>

struct checker {
    struct arena *arena;
    const struct case_options *options;
    struct unit_system *units;
    const volatile sig_atomic_t *cancel;
    struct check_report *report;
    struct diag *diag;
    const char *model; // being checked
};

static void add(struct checker *checker, enum check_status status, const char *name,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

static void add(struct checker *checker, enum check_status status, const char *name,
                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ARRAY_PUSH(checker->arena, checker->report) = (struct check_result){
        status, checker->model, name, arena_format_list(checker->arena, format, arguments)};
    va_end(arguments);
    checker->report->n_failed += status == CHECK_FAIL;
}

// Runs the unit check; what it has to say is shown, but counts as one failed check.
static void check_units(struct checker *checker, struct model *model)
{
    struct diag found;
    diag_init(&found, checker->arena);
    units_check(model, &found);
    int n_equations = 0;
    for (size_t i = 0; i < model->variables.count; i++)
        n_equations += model->variables.items[i]->n_equations;
    for (size_t i = 0; i < found.count; i++)
        ARRAY_PUSH(checker->diag->arena, checker->diag) = found.items[i];
    if (found.n_errors)
        add(checker, CHECK_FAIL, "units", "%zu mismatch%s", found.n_errors,
            found.n_errors == 1 ? "" : "es");
    else if (found.count)
        add(checker, CHECK_WARN, "units", "%zu remark%s", found.count, found.count == 1 ? "" : "s");
    else
        add(checker, CHECK_PASS, "units", "%d equation%s agree%s", n_equations,
            n_equations == 1 ? "" : "s", n_equations == 1 ? "s" : "");
}

// "a, b, c and 4 more"
static const char *list_names(struct checker *checker, const char *const *names, int n)
{
    enum { SHOWN = 4 };
    const char *text = "";
    for (int i = 0; i < n && i < SHOWN; i++)
        text = arena_format(checker->arena, "%s%s%s", text, i ? ", " : "", names[i]);
    return n > SHOWN ? arena_format(checker->arena, "%s and %d more", text, n - SHOWN) : text;
}

static void check_parameters(struct checker *checker, const struct model *model)
{
    const char **unsourced = ARENA_NEW_ARRAY(checker->arena, const char *, model->variables.count);
    const char **outside = ARENA_NEW_ARRAY(checker->arena, const char *, model->variables.count);
    int n = 0, n_unsourced = 0, n_outside = 0;
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        if (variable->kind != VARIABLE_PARAMETER || variable->is_hidden)
            continue;
        n++;
        if (!variable->source || !variable->spread.has_range)
            unsourced[n_unsourced++] = variable->name;
        bool is_outside = false;
        for (int k = 0; variable->spread.has_range && k < variable->n_values; k++)
            is_outside |= variable->values[k] < variable->spread.low ||
                          variable->values[k] > variable->spread.high;
        if (is_outside)
            outside[n_outside++] = variable->name;
    }
    if (n_outside)
        add(checker, CHECK_FAIL, "parameters", "outside their range: %s",
            list_names(checker, outside, n_outside));
    else if (n_unsourced)
        add(checker, CHECK_WARN, "parameters", "without source or range: %s",
            list_names(checker, unsourced, n_unsourced));
    else if (n)
        add(checker, CHECK_PASS, "parameters", "%d with source, value inside the range", n);
}

static int count_uses(const struct model *model, const struct variable *flow, bool as_inflow)
{
    int n = 0;
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *stock = model->variables.items[i];
        const struct reference *list = as_inflow ? stock->inflows : stock->outflows;
        int length = as_inflow ? stock->n_inflows : stock->n_outflows;
        for (int k = 0; k < length; k++)
            n += list[k].variable == flow;
    }
    return n;
}

static void check_flows(struct checker *checker, const struct model *model)
{
    const char **loose = ARENA_NEW_ARRAY(checker->arena, const char *, model->variables.count);
    const char **doubled = ARENA_NEW_ARRAY(checker->arena, const char *, model->variables.count);
    int n = 0, n_loose = 0, n_doubled = 0;
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *flow = model->variables.items[i];
        if (flow->kind != VARIABLE_FLOW)
            continue;
        n++;
        int n_in = count_uses(model, flow, true), n_out = count_uses(model, flow, false);
        if (n_in + n_out == 0)
            loose[n_loose++] = flow->name;
        if (n_in > 1 || n_out > 1)
            doubled[n_doubled++] = flow->name;
    }
    if (n_doubled)
        add(checker, CHECK_FAIL, "flows", "enter or leave more than one stock: %s",
            list_names(checker, doubled, n_doubled));
    else if (n_loose)
        add(checker, CHECK_WARN, "flows", "not tied to any stock: %s",
            list_names(checker, loose, n_loose));
    else if (n)
        add(checker, CHECK_PASS, "flows",
            "%d flow%s, each from one stock to another or the outside", n, n == 1 ? "" : "s");
}

// Reads, binds and resolves one run; NULL with errors.
static struct study_case *read_case(struct checker *checker, const char *scenario_path,
                                    const char *model_path, const struct case_options *options)
{
    struct study_case *study_case = ARENA_NEW(checker->arena, struct study_case);
    if (!case_read(checker->arena, scenario_path, model_path, options, checker->units,
                   &study_case->source, checker->diag))
        return NULL;
    return study_case;
}

static bool resolve_quietly(struct checker *checker, struct model *model)
{
    struct diag units; // reported by check_units()
    diag_init(&units, checker->arena);
    if (!resolve_model(model, checker->diag))
        return false;
    units_check(model, &units);
    return true;
}

// Runs `study_case`; false where it cannot be compiled.
static bool run_case(struct checker *checker, struct study_case *study_case, int run,
                     const struct metric_list *metrics)
{
    static const char *const no_names[1];
    const struct selection nothing = {(const char **)no_names, 0, false};
    study_case->simulation = simulate(checker->arena, study_case->source.model, &nothing, metrics,
                                      run, checker->cancel, checker->diag);
    return study_case->simulation != NULL;
}

// Runs the model as it is and with half the step: metrics must not care.
static bool check_step(struct checker *checker, const char *scenario_path, const char *model_path)
{
    struct study_case *cases[2];
    for (int i = 0; i < 2; i++) {
        struct case_options options = *checker->options;
        if (i) {
            const struct time_spec *time = &cases[0]->source.model->time;
            options.time.step = time->step / 2;
            options.time.save_every = NAN;
        }
        cases[i] = read_case(checker, scenario_path, model_path, &options);
        if (!cases[i] || !case_bind_metrics(&cases[i]->source, &cases[i]->metrics, checker->diag) ||
            !resolve_quietly(checker, cases[i]->source.model) ||
            !run_case(checker, cases[i], 0, &cases[i]->metrics))
            return false;
        if (cases[i]->simulation->ending.end != RUN_COMPLETE) {
            add(checker, CHECK_FAIL, "run", "%s",
                cases[i]->simulation->blame ? cases[i]->simulation->blame
                                            : run_end_name(cases[i]->simulation->ending.end));
            return true;
        }
    }
    const double rounding = 1e-12; // a metric that stays below is 0 but for it
    double largest = 0;
    const char *where = "";
    for (size_t k = 0; k < cases[0]->metrics.count; k++) {
        double a = metric_value(&cases[0]->metrics.items[k], &cases[0]->simulation->gatherer, 0);
        double b = metric_value(&cases[1]->metrics.items[k], &cases[1]->simulation->gatherer, 0);
        double size = fmax(fabs(a), fabs(b));
        double change = size > rounding ? fabs(a - b) / size : 0;
        if (isnan(a) != isnan(b))
            change = INFINITY;
        if (change > largest) {
            largest = change;
            where = cases[0]->metrics.items[k].name;
        }
    }
    add(checker, largest <= 0.01 ? CHECK_PASS : CHECK_WARN, "step",
        "half the step moves no metric by more than %.2g %%%s%s", 100 * largest, *where ? ": " : "",
        where);
    return true;
}

// The file of the scenario that a check calls `name`: a path, or a name in ../scenarios.
static const char *find_scenario(struct arena *arena, const struct model *model, const char *name,
                                 struct position position, struct diag *diag)
{
    const char *folder = path_folder(arena, model->path);
    const char *const places[][2] = {{"/../scenarios/", ".cfg"}, {"/", ".cfg"}, {"/", ""}};
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        const char *path =
            arena_format(arena, "%s%s%s%s", folder, places[i][0], name, places[i][1]);
        if (file_exists(path) && !file_is_folder(path))
            return path;
    }
    diag_error(diag, position, "there is no scenario '%s'", name);
    diag_hint(diag, "looked for %s/../scenarios/%s.cfg", folder, name);
    return NULL;
}

bool check_read_run(struct arena *arena, const struct model *model, const struct check_run *run,
                    const struct case_options *given, struct unit_system *units,
                    struct run_case *read, struct diag *diag)
{
    struct case_options options = *given;
    options.settings.items = NULL;
    options.settings.count = options.settings.capacity = 0;
    for (size_t i = 0; i < given->settings.count; i++)
        ARRAY_PUSH(arena, &options.settings) = given->settings.items[i];
    for (size_t i = 0; i < run->settings.count; i++)
        ARRAY_PUSH(arena, &options.settings) = run->settings.items[i];
    time_spec_override(&options.time, &run->time);
    const char *scenario =
        run->scenario ? find_scenario(arena, model, run->scenario, run->position, diag) : NULL;
    if (run->scenario && !scenario)
        return false;
    const char *path = model->path;
    if (run->model)
        path = path_join(arena, path_folder(arena, model->path), run->model);
    return case_read(arena, scenario, path, &options, units, read, diag);
}

static struct study_case *read_check_run(struct checker *checker, const struct model *model,
                                         const struct check_run *run)
{
    struct study_case *study_case = ARENA_NEW(checker->arena, struct study_case);
    bool is_read = check_read_run(checker->arena, model, run, checker->options, checker->units,
                                  &study_case->source, checker->diag);
    return is_read ? study_case : NULL;
}

// "novel_share AT 2045 = 0.061"
static const char *values_in_words(struct checker *checker, const struct metric *metric,
                                   struct gatherer *const *gatherers, const char *expression)
{
    const char *text = "";
    for (int i = 0; i < metric->n_measures; i++) {
        const struct measure *measure = &metric->measures[i];
        struct metric single = *metric;
        single.tree = measure->expr;
        text = arena_format(checker->arena, "%s%s%.*s = %.6g", text, i ? ", " : "",
                            measure->expr->length, expression + measure->expr->start,
                            metric_value(&single, gatherers, 0));
    }
    return text;
}

static bool run_check(struct checker *checker, const struct model *model,
                      const struct check_spec *check)
{
    struct study_case **cases = ARENA_NEW_ARRAY(checker->arena, struct study_case *, check->n_runs);
    struct metric_run *runs = ARENA_NEW_ARRAY(checker->arena, struct metric_run, check->n_runs);
    for (int i = 0; i < check->n_runs; i++) {
        cases[i] = read_check_run(checker, model, &check->runs[i]);
        if (!cases[i])
            return false;
        const char *alias = check->runs[i].alias;
        runs[i] = (struct metric_run){alias ? name_key(checker->arena, alias, strlen(alias)) : NULL,
                                      cases[i]->source.model};
    }
    struct metric_list metrics = {0};
    const struct metric_spec spec = {
        .name = check->name, .position = check->position, .expression = check->expression};
    if (!metric_bind(&ARRAY_PUSH(checker->arena, &metrics), &spec, runs, check->n_runs,
                     checker->diag))
        return false;
    struct gatherer **gatherers = ARENA_NEW_ARRAY(checker->arena, struct gatherer *, check->n_runs);
    for (int i = 0; i < check->n_runs; i++) {
        if (!resolve_quietly(checker, cases[i]->source.model) ||
            !run_case(checker, cases[i], i, &metrics))
            return false;
        if (cases[i]->simulation->ending.end != RUN_COMPLETE) {
            add(checker, CHECK_FAIL, check->name, "run stopped: %s",
                cases[i]->simulation->blame ? cases[i]->simulation->blame
                                            : run_end_name(cases[i]->simulation->ending.end));
            return true;
        }
        gatherers[i] = cases[i]->simulation->gatherer;
    }
    double answer = metric_value(&metrics.items[0], gatherers, 0);
    bool is_true = answer != 0 && !isnan(answer);
    add(checker, is_true ? CHECK_PASS : CHECK_FAIL, check->name, "%s (%s)%s%s",
        check->expression.excerpt,
        values_in_words(checker, &metrics.items[0], gatherers, check->expression.excerpt),
        check->source ? ": " : "", check->source ? check->source : "");
    return true;
}

static bool check_model(struct checker *checker, const char *scenario_path, const char *model_path,
                        bool with_behaviour)
{
    struct study_case *study_case = read_case(checker, scenario_path, model_path, checker->options);
    if (!study_case || !resolve_model(study_case->source.model, checker->diag))
        return false;
    struct model *model = study_case->source.model;
    checker->model = model->name;
    check_units(checker, model);
    check_parameters(checker, model);
    check_flows(checker, model);
    if (!check_step(checker, scenario_path, model_path))
        return false;
    for (size_t i = 0; with_behaviour && i < model->checks.count; i++)
        if (!run_check(checker, model, &model->checks.items[i]))
            return false;
    return true;
}

bool check_file(struct arena *arena, const char *path, const struct case_options *options,
                struct unit_system *units, const volatile sig_atomic_t *cancel,
                struct check_report *report, struct diag *diag)
{
    struct checker checker = {arena, options, units, cancel, report, diag, NULL};
    if (!scenario_is_file(path))
        return check_model(&checker, NULL, path, true);
    const struct scenario *scenario = scenario_read(arena, path, diag);
    struct case_list cases = {0};
    if (!scenario || !cases_read(arena, path, options, units, &cases, diag))
        return false;
    bool is_good = true;
    for (int i = 0; i < scenario->n_models && is_good; i++)
        is_good = check_model(&checker, path,
                              path_join(arena, path_folder(arena, path), scenario->models[i].name),
                              false);
    return is_good;
}
