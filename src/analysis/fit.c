// Stage: analysis. Observations become metrics ("x AT 2010") of a sweep whose design is a search:
// quasi-random starts, the best of them improved by Levenberg and Marquardt's method (GSL, trust
// regions) with all differences of a Jacobian in one block of lanes. Ends are kept by searching in
// an angle z: the place between the ends is u = (1 - cos z) / 2.
#include "analysis/fit.h"

#include "analysis/trials.h"
#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "model/time.h"
#include "result/sheet.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_STARTS = 512, SEARCHES = 8, MAX_ITERATIONS = 200 };

static const double difference = 1e-5;  // of u, for derivatives
static const double near_end = 1e-4;    // of u: counts as at the end
static const double failed_run = 1e6;   // residual where a run did not complete
static const double as_good = 1.01;     // times the least sum of squares
static const double far_apart = 0.05;   // of u
static const double confidence = 0.975; // two-sided 95 %

// Moves observations of `data` that lie within the run into a series.
static struct fit_series take_series(struct fit *fit, const struct data_spec *data,
                                     const struct table *table, const struct time_spec *time)
{
    struct arena *arena = fit->arena;
    struct fit_series series = {.name = data->name, .unit = "", .error = NAN};
    series.times = ARENA_NEW_ARRAY(arena, double, table->n_points);
    series.observed = ARENA_NEW_ARRAY(arena, double, table->n_points);
    for (int i = 0; i < table->n_points; i++) {
        if (table->x[i] < time->start || table->x[i] > time->stop) {
            fit->n_outside++;
            continue;
        }
        series.times[series.n] = table->x[i];
        series.observed[series.n++] = table->y[i];
    }
    return series;
}

static double mean(const double *values, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += values[i];
    return sum / n;
}

// Standard deviation of the population.
static double deviation(const double *values, int n)
{
    double centre = mean(values, n), sum = 0;
    for (int i = 0; i < n; i++)
        sum += (values[i] - centre) * (values[i] - centre);
    return sqrt(sum / n);
}

// What residuals are divided by: what the scenario says, else the spread of the observations.
static double error_of(const struct fit_spec *spec, const struct fit_series *series)
{
    for (size_t i = 0; i < spec->errors.count; i++)
        if (strcmp(spec->errors.items[i].name, series->name) == 0)
            return spec->errors.items[i].value;
    double spread = deviation(series->observed, series->n);
    return spread > 0 ? spread : fmax(1e-3 * fabs(series->observed[0]), 1e-300);
}

struct series_list {
    struct fit_series *items;
    size_t count, capacity;
};

static void add_metrics(struct fit *fit, struct sweep_spec *search, const struct data_spec *data,
                        const struct fit_series *series)
{
    for (int i = 0; i < series->n; i++) {
        char time[NUMBER_TEXT_SIZE];
        number_text(series->times[i], time);
        struct position expression = data->position;
        expression.excerpt = arena_format(fit->arena, "%s AT %s", data->name, time);
        ARRAY_PUSH(fit->arena, &search->metrics) = (struct metric_spec){
            .name = expression.excerpt, .position = data->position, .expression = expression};
    }
}

static bool check_errors(const struct fit_spec *spec, const struct series_list *series,
                         struct diag *diag)
{
    bool is_good = true;
    for (size_t i = 0; i < spec->errors.count; i++) {
        const struct setting *error = &spec->errors.items[i];
        bool is_known = false;
        for (size_t k = 0; k < series->count; k++)
            is_known |= strcmp(series->items[k].name, error->name) == 0;
        if (!is_known)
            diag_error(diag, error->position, "there are no observations of '%s'", error->name);
        is_good &= is_known;
    }
    return is_good;
}

// Reads the observations of all variables but inputs, which are none. False with errors.
static bool read_observations(struct fit *fit, const struct scenario *scenario,
                              const struct model *model, struct sweep_spec *search,
                              struct series_list *all, struct diag *diag)
{
    for (size_t i = 0; i < scenario->data.count; i++) {
        const struct data_spec *data = &scenario->data.items[i];
        const struct variable *variable =
            model_find_variable(model, name_key(fit->arena, data->name, strlen(data->name)));
        if (variable && variable->kind == VARIABLE_INPUT)
            continue;
        const struct table *table = data_read(fit->arena, data, diag);
        if (!table)
            return false;
        struct fit_series series = take_series(fit, data, table, &model->time);
        if (!series.n)
            continue;
        series.error = error_of(&scenario->fit, &series);
        add_metrics(fit, search, data, &series);
        fit->n_observations += series.n;
        ARRAY_PUSH(fit->arena, all) = series;
    }
    fit->n_series = (int)all->count;
    if (!fit->n_series) {
        diag_error(diag, scenario->fit.position, "there are no observations to fit to");
        diag_hint(diag, "name a CSV file with times and values in the scenario's group 'data'");
    }
    return fit->n_series && check_errors(&scenario->fit, all, diag);
}

static bool check_parameters(const struct fit *fit, const struct fit_spec *spec, struct diag *diag)
{
    const struct sample_design *design = &fit->sweep->design;
    bool is_good = true;
    for (int i = 0; i < design->n_inputs; i++) {
        double least, most;
        const struct distribution *distribution = &design->inputs[i].distribution;
        distribution_ends(distribution, &least, &most);
        if (distribution->kind != DISTRIBUTION_DISCRETE && least < most)
            continue;
        diag_error(diag, spec->search.vary.items[i].position,
                   "'%s' needs two ends to search between", design->inputs[i].name);
        diag_hint(diag, "%s: { min = 0.1; max = 0.3; };", design->inputs[i].name);
        is_good = false;
    }
    if (is_good && fit->n_observations < design->n_inputs) {
        diag_error(diag, spec->position, "%d parameters cannot be fitted to %d observation%s",
                   design->n_inputs, fit->n_observations, fit->n_observations == 1 ? "" : "s");
        is_good = false;
    }
    return is_good;
}

static void open_cases(struct fit *fit, const struct series_list *series)
{
    const struct sweep *sweep = fit->sweep;
    struct arena *arena = fit->arena;
    int n = sweep->design.n_inputs;
    fit->cases = ARENA_NEW_ARRAY(arena, struct fit_case, sweep->n_cases);
    for (int i = 0; i < sweep->n_cases; i++) {
        struct fit_case *fit_case = &fit->cases[i];
        fit_case->source = &sweep->cases[i];
        fit_case->parameters = ARENA_NEW_ARRAY(arena, struct fit_parameter, n);
        fit_case->best = ARENA_NEW_ARRAY(arena, double, n);
        fit_case->series = ARENA_NEW_ARRAY(arena, struct fit_series, fit->n_series);
        for (int k = 0, first = 0; k < fit->n_series; first += fit_case->series[k++].n) {
            fit_case->series[k] = series->items[k];
            fit_case->series[k].fitted = ARENA_NEW_ARRAY(arena, double, series->items[k].n);
            fit_case->series[k].unit = sweep->metric_units[first];
        }
    }
}

struct fit *fit_read(struct arena *arena, const char *path, const struct sweep_options *options,
                     struct unit_system *units, struct diag *diag)
{
    if (!scenario_is_file(path)) {
        diag_fail(diag, FAULT_FILE, "'%s' is not a scenario file", path);
        diag_hint(diag, "a fit needs a scenario with groups 'data' and 'fit'; see kantelpunt help "
                        "fitting");
        return NULL;
    }
    struct fit *fit = ARENA_NEW(arena, struct fit);
    struct case_list cases = {0};
    fit->arena = arena;
    if (!cases_read(arena, path, &options->cases, units, &cases, diag))
        return NULL;
    const struct scenario *scenario = cases.items[0].scenario;
    if (!scenario->fit.is_given) {
        diag_error(diag, (struct position){.file = path}, "the scenario has no group 'fit'");
        diag_hint(diag, "fit: { vary: { growth: { min = 0.0; max = 0.05; }; }; };");
        return NULL;
    }
    struct sweep_spec search = scenario->fit.search;
    struct series_list series = {0};
    if (!read_observations(fit, scenario, cases.items[0].model, &search, &series, diag))
        return NULL;
    fit->n_starts = isnan(scenario->fit.starts) ? DEFAULT_STARTS : (uint64_t)scenario->fit.starts;
    search.runs = (double)fit->n_starts;
    struct sweep_options search_options = *options;
    search_options.spec = &search;
    fit->sweep = sweep_read(arena, path, &search_options, units, diag);
    if (!fit->sweep || !check_parameters(fit, &scenario->fit, diag))
        return NULL;
    open_cases(fit, &series);
    return fit;
}

// A search in one case.
struct search {
    struct fit *fit;
    struct trials *trials;
    const volatile sig_atomic_t *cancel;
    int case_index;
    int n_inputs, n_rows; // parameters, observations
    double *points;       // [most][n_inputs]
    double *metrics;      // [most][n_rows]
};

// The value at place `u` (0 to 1) between the ends.
static double value_at(const struct distribution *distribution, double u)
{
    double least, most;
    distribution_ends(distribution, &least, &most);
    return u <= 0 ? least : u >= 1 ? most : distribution_quantile(distribution, u);
}

static void set_point(struct search *search, int row, const double *u)
{
    const struct sample_design *design = &search->fit->sweep->design;
    for (int i = 0; i < search->n_inputs; i++)
        search->points[row * search->n_inputs + i] =
            value_at(&design->inputs[i].distribution, u[i]);
}

static bool run_points(struct search *search, int n)
{
    search->fit->n_runs += n;
    return trials_run(search->trials, search->case_index, n, search->points, search->metrics,
                      search->cancel);
}

// Turns the metrics of one run into residuals.
static void take_residuals(const struct search *search, int row, double *residuals)
{
    const struct fit_case *fit_case = &search->fit->cases[search->case_index];
    const double *found = search->metrics + (size_t)row * (size_t)search->n_rows;
    for (int k = 0, at = 0; k < search->fit->n_series; k++)
        for (int i = 0; i < fit_case->series[k].n; i++, at++) {
            double residual =
                (found[at] - fit_case->series[k].observed[i]) / fit_case->series[k].error;
            residuals[at] = isfinite(residual) ? residual : failed_run;
        }
}

static double sum_of_squares(const double *residuals, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += residuals[i] * residuals[i];
    return sum;
}

// Derivatives of the residuals by u at `u`: [n_rows][n_inputs], all differences in one call.
static bool differentiate(struct search *search, const double *u, double *jacobian)
{
    int n = search->n_inputs, n_rows = search->n_rows;
    double *moved = malloc((size_t)n * sizeof *moved);
    double *gap = malloc((size_t)n * sizeof *gap);
    double *up = malloc((size_t)n_rows * sizeof *up), *down = malloc((size_t)n_rows * sizeof *down);
    if (!moved || !gap || !up || !down)
        abort();
    for (int i = 0; i < n; i++) {
        memcpy(moved, u, (size_t)n * sizeof *u);
        double above = fmin(u[i] + difference, 1), below = fmax(u[i] - difference, 0);
        gap[i] = above - below;
        moved[i] = above;
        set_point(search, 2 * i, moved);
        moved[i] = below;
        set_point(search, 2 * i + 1, moved);
    }
    bool is_good = run_points(search, 2 * n);
    for (int i = 0; is_good && i < n; i++) {
        take_residuals(search, 2 * i, up);
        take_residuals(search, 2 * i + 1, down);
        for (int row = 0; row < n_rows; row++)
            jacobian[row * n + i] = (up[row] - down[row]) / gap[i];
    }
    free(moved);
    free(gap);
    free(up);
    free(down);
    return is_good;
}

static void places_of_angles(const gsl_vector *angles, double *u)
{
    for (size_t i = 0; i < angles->size; i++)
        u[i] = (1 - cos(gsl_vector_get(angles, i))) / 2;
}

static int find_residuals(const gsl_vector *angles, void *context, gsl_vector *residuals)
{
    struct search *search = context;
    double *u = search->fit->cases[search->case_index].best; // scratch until the search is over
    places_of_angles(angles, u);
    set_point(search, 0, u);
    if (!run_points(search, 1))
        return GSL_FAILURE;
    take_residuals(search, 0, residuals->data);
    return GSL_SUCCESS;
}

static int find_jacobian(const gsl_vector *angles, void *context, gsl_matrix *jacobian)
{
    struct search *search = context;
    double *u = search->fit->cases[search->case_index].best;
    places_of_angles(angles, u);
    if (!differentiate(search, u, jacobian->data))
        return GSL_FAILURE;
    for (int i = 0; i < search->n_inputs; i++) {
        gsl_vector_view column = gsl_matrix_column(jacobian, (size_t)i);
        gsl_vector_scale(&column.vector, sin(gsl_vector_get(angles, (size_t)i)) / 2);
    }
    return GSL_SUCCESS;
}

// Improves the point `u`; returns its sum of squares.
static double improve(struct search *search, double *u)
{
    size_t n = (size_t)search->n_inputs, n_rows = (size_t)search->n_rows;
    gsl_multifit_nlinear_fdf problem = {
        .f = find_residuals, .df = find_jacobian, .n = n_rows, .p = n, .params = search};
    gsl_multifit_nlinear_parameters settings = gsl_multifit_nlinear_default_parameters();
    settings.solver = gsl_multifit_nlinear_solver_svd;
    gsl_multifit_nlinear_workspace *solver =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &settings, n_rows, n);
    gsl_vector *angles = gsl_vector_alloc(n);
    for (size_t i = 0; i < n; i++)
        gsl_vector_set(angles, i, acos(1 - 2 * fmin(fmax(u[i], near_end), 1 - near_end)));
    double sum = INFINITY;
    int info;
    if (gsl_multifit_nlinear_init(angles, &problem, solver) == GSL_SUCCESS) {
        gsl_multifit_nlinear_driver(MAX_ITERATIONS, 1e-10, 1e-10, 1e-14, NULL, NULL, &info, solver);
        places_of_angles(gsl_multifit_nlinear_position(solver), u);
        sum = sum_of_squares(gsl_multifit_nlinear_residual(solver)->data, (int)n_rows);
    }
    gsl_vector_free(angles);
    gsl_multifit_nlinear_free(solver);
    return sum;
}

struct candidate {
    double sum;
    double *u; // [n_inputs]
};

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    return (a->sum > b->sum) - (a->sum < b->sum);
}

// Evaluates the starting points `starts` [n_starts][n_inputs] and puts the best first.
static bool sort_starts(struct search *search, const double *starts, int n_starts,
                        struct candidate *candidates)
{
    double *residuals = ARENA_NEW_ARRAY(search->fit->arena, double, search->n_rows);
    for (int i = 0; i < n_starts; i++)
        set_point(search, i, starts + (size_t)i * (size_t)search->n_inputs);
    if (!run_points(search, n_starts))
        return false;
    for (int i = 0; i < n_starts; i++) {
        take_residuals(search, i, residuals);
        candidates[i].sum = sum_of_squares(residuals, search->n_rows);
        candidates[i].u = ARENA_NEW_ARRAY(search->fit->arena, double, search->n_inputs);
        memcpy(candidates[i].u, starts + (size_t)i * (size_t)search->n_inputs,
               (size_t)search->n_inputs * sizeof *starts);
    }
    qsort(candidates, (size_t)n_starts, sizeof *candidates, compare_candidates);
    return true;
}

// Half the width of the confidence interval of each parameter in u: t times the standard error from
// the singular values of the Jacobian. Infinite where the data do not say.
static void confidence_widths(struct search *search, const double *u, double sum, double *widths)
{
    size_t n = (size_t)search->n_inputs, n_rows = (size_t)search->n_rows;
    double freedom = (double)n_rows - (double)n;
    gsl_matrix *jacobian = gsl_matrix_alloc(n_rows, n), *covariance = gsl_matrix_alloc(n, n);
    for (size_t i = 0; i < n; i++)
        widths[i] = INFINITY;
    if (freedom > 0 && differentiate(search, u, jacobian->data) &&
        gsl_multifit_nlinear_covar(jacobian, 1e-12, covariance) == GSL_SUCCESS)
        for (size_t i = 0; i < n; i++) {
            double variance = gsl_matrix_get(covariance, i, i) * sum / freedom;
            bool is_known = gsl_matrix_get(covariance, i, i) > 0;
            widths[i] =
                is_known ? gsl_cdf_tdist_Pinv(confidence, freedom) * sqrt(variance) : INFINITY;
        }
    gsl_matrix_free(jacobian);
    gsl_matrix_free(covariance);
}

static void describe_parameters(struct search *search, const struct candidate *candidates)
{
    struct fit *fit = search->fit;
    struct fit_case *fit_case = &fit->cases[search->case_index];
    const struct sample_design *design = &fit->sweep->design;
    const double *best = candidates[0].u;
    double *widths = ARENA_NEW_ARRAY(fit->arena, double, search->n_inputs);
    confidence_widths(search, best, fit_case->sum, widths);
    for (int i = 0; i < search->n_inputs; i++) {
        struct fit_parameter *parameter = &fit_case->parameters[i];
        const struct distribution *distribution = &design->inputs[i].distribution;
        const struct sweep_target *target =
            fit_case->source->n_targets[i] ? fit_case->source->targets[i] : NULL;
        const struct variable *variable =
            target ? model_find_named(fit_case->source->source.model, design->inputs[i].name)
                   : NULL;
        *parameter = (struct fit_parameter){
            .name = design->inputs[i].name,
            .unit =
                variable && variable->unit_text && !target->is_scale ? variable->unit_text : "1",
            .value = value_at(distribution, best[i]),
            .lower = value_at(distribution, best[i] - widths[i]),
            .upper = value_at(distribution, best[i] + widths[i]),
            .least = value_at(distribution, 0),
            .most = value_at(distribution, 1),
            .is_at_end = best[i] < near_end || best[i] > 1 - near_end,
        };
        for (int k = 1; k < fit_case->n_agreeing; k++)
            parameter->is_open |= fabs(candidates[k].u[i] - best[i]) > fmax(far_apart, widths[i]);
    }
}

static void describe_series(struct fit_series *series)
{
    double square = 0, n = series->n;
    for (int i = 0; i < series->n; i++)
        square +=
            (series->fitted[i] - series->observed[i]) * (series->fitted[i] - series->observed[i]);
    square /= n;
    double shift = mean(series->fitted, series->n) - mean(series->observed, series->n);
    double spread = deviation(series->observed, series->n);
    double difference_of_spreads = deviation(series->fitted, series->n) - spread;
    series->rms_error = sqrt(square);
    series->r_squared = spread > 0 ? 1 - square / (spread * spread) : NAN;
    series->bias = square > 0 ? shift * shift / square : NAN;
    series->variation = square > 0 ? difference_of_spreads * difference_of_spreads / square : NAN;
    series->covariation = 1 - series->bias - series->variation;
}

static bool describe_fit(struct search *search)
{
    struct fit_case *fit_case = &search->fit->cases[search->case_index];
    set_point(search, 0, fit_case->best);
    if (!run_points(search, 1))
        return false;
    for (int k = 0, at = 0; k < search->fit->n_series; k++) {
        for (int i = 0; i < fit_case->series[k].n; i++)
            fit_case->series[k].fitted[i] = search->metrics[at++];
        describe_series(&fit_case->series[k]);
    }
    return true;
}

static bool fit_one(struct search *search, const double *starts, int n_starts, struct diag *diag)
{
    struct fit *fit = search->fit;
    struct fit_case *fit_case = &fit->cases[search->case_index];
    struct candidate *candidates = ARENA_NEW_ARRAY(fit->arena, struct candidate, n_starts);
    if (!sort_starts(search, starts, n_starts, candidates))
        return false;
    if (candidates[0].sum >= failed_run * failed_run) {
        diag_fail(diag, FAULT_COMPUTATION,
                  "run '%s': none of %d starting points gives a run that completes",
                  fit_case->source->source.label, n_starts);
        return false;
    }
    int n = n_starts < SEARCHES ? n_starts : SEARCHES;
    for (int i = 0; i < n; i++)
        candidates[i].sum = improve(search, candidates[i].u);
    qsort(candidates, (size_t)n, sizeof *candidates, compare_candidates);
    fit_case->sum = candidates[0].sum;
    fit_case->n_searches = n;
    while (fit_case->n_agreeing < n &&
           candidates[fit_case->n_agreeing].sum <= as_good * fit_case->sum + 1e-12)
        fit_case->n_agreeing++;
    describe_parameters(search, candidates);
    memcpy(fit_case->best, candidates[0].u, (size_t)search->n_inputs * sizeof *fit_case->best);
    return !(search->cancel && *search->cancel) && describe_fit(search);
}

bool fit_run(struct fit *fit, const volatile sig_atomic_t *cancel, struct diag *diag)
{
    struct sweep *sweep = fit->sweep;
    int n_inputs = sweep->design.n_inputs, n_starts = (int)sweep->design.n_points;
    int most = n_starts > 2 * n_inputs ? n_starts : 2 * n_inputs;
    double *starts = ARENA_NEW_ARRAY(fit->arena, double, (size_t)n_starts *(size_t)n_inputs);
    struct sampler *sampler = sampler_create(&sweep->design);
    for (int i = 0; i < n_starts; i++)
        sampler_take_unit(sampler, (uint64_t)i, starts + (size_t)i * (size_t)n_inputs);
    sampler_free(sampler);
    struct search search = {.fit = fit,
                            .trials = trials_create(sweep, most),
                            .cancel = cancel,
                            .n_inputs = n_inputs,
                            .n_rows = sweep->n_metrics};
    search.points = ARENA_NEW_ARRAY(fit->arena, double, (size_t)most *(size_t)n_inputs);
    search.metrics = ARENA_NEW_ARRAY(fit->arena, double, (size_t)most *(size_t)search.n_rows);
    bool is_good = true;
    for (; is_good && search.case_index < sweep->n_cases; search.case_index++)
        is_good = fit_one(&search, starts, n_starts, diag);
    trials_free(search.trials);
    return is_good;
}

const char *fit_note(const struct fit_parameter *parameter, enum language language)
{
    bool in_dutch = language == LANGUAGE_NL;
    if (parameter->is_at_end)
        return in_dutch ? "aan het eind van het bereik" : "at the end of its range";
    if (parameter->is_open)
        return in_dutch ? "andere waarden passen even goed" : "other values fit as well";
    if (parameter->lower <= parameter->least && parameter->upper >= parameter->most)
        return in_dutch ? "de gegevens bepalen dit niet" : "not determined by the data";
    return "";
}

static void fill_parameters(const struct fit *fit, struct sheet *sheet)
{
    for (int k = 0; k < fit->sweep->n_cases; k++)
        for (int i = 0; i < fit->sweep->design.n_inputs; i++) {
            const struct fit_parameter *parameter = &fit->cases[k].parameters[i];
            sheet_begin_row(sheet);
            sheet_set_text(sheet, "run", fit->cases[k].source->source.label);
            sheet_set_text(sheet, "parameter", parameter->name);
            sheet_set_number(sheet, "value", parameter->value);
            sheet_set_number(sheet, "lower", parameter->lower);
            sheet_set_number(sheet, "upper", parameter->upper);
            sheet_set_number(sheet, "least", parameter->least);
            sheet_set_number(sheet, "most", parameter->most);
            sheet_set_text(sheet, "unit", parameter->unit);
            sheet_set_text(sheet, "note", fit_note(parameter, LANGUAGE_EN));
        }
}

static void fill_quality(const struct fit *fit, struct sheet *sheet)
{
    for (int k = 0; k < fit->sweep->n_cases; k++)
        for (int i = 0; i < fit->n_series; i++) {
            const struct fit_series *series = &fit->cases[k].series[i];
            sheet_begin_row(sheet);
            sheet_set_text(sheet, "run", fit->cases[k].source->source.label);
            sheet_set_text(sheet, "variable", series->name);
            sheet_set_number(sheet, "observations", series->n);
            sheet_set_number(sheet, "rms_error", series->rms_error);
            sheet_set_number(sheet, "r_squared", series->r_squared);
            sheet_set_number(sheet, "bias", series->bias);
            sheet_set_number(sheet, "variation", series->variation);
            sheet_set_number(sheet, "covariation", series->covariation);
            sheet_set_text(sheet, "unit", series->unit);
        }
}

bool fit_write(const struct fit *fit, const char *folder, struct diag *diag)
{
    struct sheet parameters, quality;
    sheet_init(&parameters, fit->arena);
    sheet_init(&quality, fit->arena);
    fill_parameters(fit, &parameters);
    fill_quality(fit, &quality);
    return sheet_write_csv(&parameters, path_join(fit->arena, folder, "fit.csv"), diag) &&
           sheet_write_csv(&quality, path_join(fit->arena, folder, "fit_quality.csv"), diag);
}
