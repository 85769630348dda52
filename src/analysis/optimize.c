// Stage: analysis. Scenario -> a sweep whose inputs are what is chosen and whose metrics are the
// goal and the limits; a quasi-random sample of it in blocks of lanes; the best points that are not
// close to each other improved by COBYLA (Powell 1994, in NLopt), which needs no derivatives and
// takes limits; the best of all that keeps every limit.
#include "analysis/optimize.h"

#include "analysis/sweep/sweep_run.h"
#include "analysis/trials.h"
#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "result/sheet.h"

#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_STARTS = 512, SEARCHES = 5 };

static const double near_end = 1e-4;    // of the way between the ends: counts as at the end
static const double far_apart = 0.1;    // starts of searches differ in some input by so much
static const double failed_run = 1e3;   // scaled goal and violation of a run that failed
static const double slack = 1e-9;       // of a limit, counts as kept
static const double margin = 1e-7;      // by which searches stay inside limits
static const double as_good = 0.01;     // of the spread of the goal
static const double first_step = 0.15;  // of the way between the ends
static const double second_step = 0.01; //

struct reader {
    struct optimization *optimization;
    const struct scenario *scenario;
    const struct model *model; // the first one
    struct sweep_spec search;
    struct diag *diag;
};

static struct arena *arena_of(const struct reader *reader)
{
    return reader->optimization->arena;
}

static void add_input(struct reader *reader, const char *name, double least, double most)
{
    struct vary_spec vary = vary_spec_empty(name, reader->scenario->optimize.position);
    if (!vary.position.file)
        vary.position.file = reader->scenario->path;
    vary.has_distribution = true;
    vary.min = least;
    vary.max = most;
    if (least < most)
        ARRAY_PUSH(arena_of(reader), &reader->search.vary) = vary;
}

// The number of stream `index` among those of its input, from 1.
static int stream_number(const struct scenario *scenario, size_t index)
{
    int number = 1;
    for (size_t i = 0; i < index; i++)
        number += strcmp(scenario->streams.items[i].name, scenario->streams.items[index].name) == 0;
    return number;
}

static const struct variable *stream_input(const struct reader *reader, const struct stream *stream)
{
    return model_find_named(reader->model, stream->name);
}

// Amounts up to three times what they are (shares no more than 1), dates from the first of all
// until the end of the run.
static void vary_streams(struct reader *reader)
{
    const struct scenario *scenario = reader->scenario;
    double first = INFINITY, stop = reader->model->time.stop;
    for (size_t i = 0; i < scenario->streams.count; i++)
        first = fmin(first, scenario->streams.items[i].from);
    first = fmax(first, reader->model->time.start);
    for (size_t i = 0; i < scenario->streams.count; i++) {
        const struct stream *stream = &scenario->streams.items[i];
        const struct variable *input = stream_input(reader, stream);
        if (isnan(stream->amount) || !(stream->from < stream->until) || !input)
            continue;
        const char *prefix =
            arena_format(arena_of(reader), "%s.%d", stream->name, stream_number(scenario, i));
        bool is_share = input->unit_text && strcmp(input->unit_text, "1") == 0;
        double most =
            is_share && stream->amount <= 1 ? fmin(1, 3 * stream->amount) : 3 * stream->amount;
        add_input(reader, arena_format(arena_of(reader), "%s.amount", prefix), 0, most);
        add_input(reader, arena_format(arena_of(reader), "%s.from", prefix), first, stop);
        add_input(reader, arena_format(arena_of(reader), "%s.until", prefix), first, stop);
    }
}

static void add_metric(struct reader *reader, struct position expression, struct position position)
{
    ARRAY_PUSH(arena_of(reader), &reader->search.metrics) = (struct metric_spec){
        .name = expression.excerpt, .position = position, .expression = expression};
}

static struct position made_expression(const struct reader *reader, const char *text)
{
    return (struct position){.file = reader->scenario->path, .excerpt = text};
}

// The first metric that says which end is better.
static const struct metric_spec *find_judged(const struct metric_spec_list *metrics)
{
    for (size_t i = 0; i < metrics->count; i++)
        if (metrics->items[i].better)
            return &metrics->items[i];
    return NULL;
}

static bool choose_goal(struct reader *reader)
{
    const struct optimize_spec *spec = &reader->scenario->optimize;
    const struct metric_spec *judged = find_judged(&reader->scenario->metrics);
    const char *better = spec->better ? spec->better : "high";
    if (!judged)
        judged = find_judged(&reader->model->metrics);
    if (spec->goal.excerpt) {
        add_metric(reader, spec->goal, spec->position);
    } else if (reader->scenario->tip.variable) {
        const char *text =
            arena_format(arena_of(reader), "%s AT STOPTIME", reader->scenario->tip.variable);
        add_metric(reader, made_expression(reader, text), reader->scenario->tip.position);
    } else if (judged) {
        add_metric(reader, judged->expression, judged->position);
        better = judged->better;
    } else {
        diag_error(reader->diag, (struct position){.file = reader->scenario->path},
                   "nothing says what is to be made best");
        diag_hint(reader->diag, "optimize: { goal = \"share AT 2050\"; };");
        return false;
    }
    reader->optimization->sign = strcmp(better, "high") == 0 ? 1 : -1;
    return true;
}

// What the money of the streams adds up to; NULL where there is none.
static const char *money_expression(const struct reader *reader)
{
    const char *text = NULL;
    if (model_find_variable(reader->model, "cumulative_public_funding"))
        return "cumulative_public_funding AT STOPTIME";
    for (size_t i = 0; i < reader->scenario->streams.count; i++) {
        const struct stream *stream = &reader->scenario->streams.items[i];
        const struct variable *input = stream_input(reader, stream);
        bool is_money = input && input->unit_text && strncmp(input->unit_text, "euro", 4) == 0;
        if (!is_money || stream_number(reader->scenario, i) > 1)
            continue;
        text = text ? arena_format(arena_of(reader), "%s + INTEGRAL(%s)", text, stream->name)
                    : arena_format(arena_of(reader), "INTEGRAL(%s)", stream->name);
    }
    return text;
}

// Limits of the scenario, else the money that it spends; `total` goes before the first one.
static bool choose_limits(struct reader *reader, double total)
{
    const struct optimize_spec *spec = &reader->scenario->optimize;
    struct optimization *optimization = reader->optimization;
    size_t n = 2 + spec->limits.count;
    optimization->least = ARENA_NEW_ARRAY(arena_of(reader), double, n);
    optimization->most = ARENA_NEW_ARRAY(arena_of(reader), double, n);
    for (size_t i = 0; i < n; i++)
        optimization->least[i] = optimization->most[i] = NAN;
    for (size_t i = 0; i < spec->limits.count; i++) {
        const struct limit_spec *limit = &spec->limits.items[i];
        add_metric(reader, limit->expression, limit->position);
        optimization->least[1 + i] = limit->least;
        optimization->most[1 + i] = limit->most;
    }
    const char *money = spec->limits.count ? NULL : money_expression(reader);
    if (money)
        add_metric(reader, made_expression(reader, money), spec->position);
    optimization->is_budget_own = money && isnan(total);
    if (!isnan(total))
        optimization->most[1] = total;
    if (money || spec->limits.count)
        return true;
    diag_error(reader->diag, (struct position){.file = reader->scenario->path},
               "nothing limits what may be chosen: no stream is money");
    diag_hint(reader->diag,
              "optimize: { limits = ( { expression = \"INTEGRAL(effort)\"; most = 10.0; } ); };");
    return false;
}

static bool check_inputs(const struct reader *reader)
{
    const struct sample_design *design = &reader->optimization->sweep->design;
    bool is_good = true;
    for (int i = 0; i < design->n_inputs; i++) {
        double least, most;
        distribution_ends(&design->inputs[i].distribution, &least, &most);
        if (design->inputs[i].distribution.kind != DISTRIBUTION_DISCRETE && least < most)
            continue;
        diag_error(reader->diag, reader->search.vary.items[i].position,
                   "'%s' needs two ends to search between", design->inputs[i].name);
        diag_hint(reader->diag, "%s: { min = 0.1; max = 0.3; };", design->inputs[i].name);
        is_good = false;
    }
    return is_good;
}

static const char *unit_of(const struct reader *reader, const char *name)
{
    const char *last = strrchr(name, '.');
    bool is_date = last && (strcmp(last, ".from") == 0 || strcmp(last, ".until") == 0);
    const struct variable *variable = model_find_named(
        reader->model, arena_copy_text(arena_of(reader), name, strcspn(name, ".")));
    if (is_date)
        return reader->model->time.unit ? reader->model->time.unit : "";
    return variable && variable->unit_text ? variable->unit_text : "1";
}

static void open_optima(const struct reader *reader)
{
    struct optimization *optimization = reader->optimization;
    const struct sweep *sweep = optimization->sweep;
    struct arena *arena = optimization->arena;
    optimization->optima = ARENA_NEW_ARRAY(arena, struct optimum, sweep->n_cases);
    for (int c = 0; c < sweep->n_cases; c++) {
        struct optimum *optimum = &optimization->optima[c];
        optimum->source = &sweep->cases[c];
        optimum->inputs = ARENA_NEW_ARRAY(arena, struct optimum_input, sweep->design.n_inputs);
        optimum->metrics = ARENA_NEW_ARRAY(arena, struct optimum_metric, sweep->n_metrics);
        for (int i = 0; i < sweep->design.n_inputs; i++) {
            struct optimum_input *input = &optimum->inputs[i];
            input->name = sweep->design.inputs[i].name;
            bool is_scale =
                optimum->source->n_targets[i] && optimum->source->targets[i][0].is_scale;
            input->unit = is_scale ? "1" : unit_of(reader, input->name);
            distribution_ends(&sweep->design.inputs[i].distribution, &input->least, &input->most);
            input->before = optimum->source->n_targets[i]
                                ? (is_scale ? 1 : optimum->source->targets[i][0].base)
                                : NAN;
        }
        for (int i = 0; i < sweep->n_metrics; i++)
            optimum->metrics[i] = (struct optimum_metric){.name = sweep->metric_names[i],
                                                          .unit = sweep->metric_units[i],
                                                          .least = optimization->least[i],
                                                          .most = optimization->most[i]};
    }
}

struct optimization *optimize_read(struct arena *arena, const char *path,
                                   const struct sweep_options *options, double total,
                                   struct unit_system *units, struct diag *diag)
{
    struct case_list cases = {0};
    if (!cases_read(arena, path, &options->cases, units, &cases, diag))
        return NULL;
    if (!cases.items[0].scenario) {
        diag_fail(diag, FAULT_FILE, "'%s' is not a scenario file", path);
        diag_hint(diag, "what is to be chosen are a scenario's funding streams, or what its group "
                        "'optimize' says");
        return NULL;
    }
    struct optimization *optimization = ARENA_NEW(arena, struct optimization);
    optimization->arena = arena;
    struct reader reader = {.optimization = optimization,
                            .scenario = cases.items[0].scenario,
                            .model = cases.items[0].model,
                            .diag = diag};
    const struct optimize_spec *spec = &reader.scenario->optimize;
    reader.search =
        spec->is_given ? spec->search : sweep_spec_empty((struct position){.file = path});
    if (!reader.search.vary.count)
        vary_streams(&reader);
    if (!reader.search.vary.count) {
        diag_error(diag, (struct position){.file = path}, "there is nothing to choose");
        diag_hint(diag,
                  "the scenario has no funding; or say what varies: optimize: { vary: ...; };");
        return NULL;
    }
    reader.search.runs = spec->is_given && !isnan(spec->starts) ? spec->starts : DEFAULT_STARTS;
    reader.search.design = reader.search.vary.count > 40 ? DESIGN_LATIN : DESIGN_SOBOL;
    if (!choose_goal(&reader) || !choose_limits(&reader, total))
        return NULL;
    struct sweep_options search_options = *options;
    search_options.spec = &reader.search;
    optimization->sweep = sweep_read(arena, path, &search_options, units, diag);
    if (!optimization->sweep || !check_inputs(&reader))
        return NULL;
    open_optima(&reader);
    return optimization;
}

// A search in one case. Places u between the ends of the inputs: [n_inputs], 0 to 1.
struct search {
    struct optimization *optimization;
    struct optimum *optimum;
    struct trials *sample; // many points at once
    struct trials *single; // one point after the other
    struct sweep narrow;   // what `single` runs
    long n_runs;           // made so far
    const volatile sig_atomic_t *cancel;
    int case_index, n_inputs, n_metrics;
    double *points;  // [most][n_inputs]
    double *metrics; // [most][n_metrics]
    double spread;   // of the goal over the sample
    // The point that was run last, and the best so far that keeps all limits:
    double *last, *last_metrics;
    bool has_last;
    double *best, *best_metrics;
    double best_goal; // sign * goal; -infinite: none
    nlopt_opt solver;
};

static double input_value(const struct search *search, int i, double u)
{
    const struct distribution *distribution =
        &search->optimization->sweep->design.inputs[i].distribution;
    double least, most;
    distribution_ends(distribution, &least, &most);
    return u <= 0 ? least : u >= 1 ? most : distribution_quantile(distribution, u);
}

// The place of a value, found by halving: distributions have no inverse here.
static double input_place(const struct search *search, int i, double value)
{
    double low = 0, high = 1;
    if (value <= input_value(search, i, 0))
        return 0;
    if (value >= input_value(search, i, 1))
        return 1;
    for (int k = 0; k < 60; k++) {
        double middle = (low + high) / 2;
        if (input_value(search, i, middle) < value)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

static bool run_points(struct search *search, int n)
{
    search->n_runs += n;
    return trials_run(search->single ? search->single : search->sample, search->case_index, n,
                      search->points, search->metrics, search->cancel);
}

static void set_point(struct search *search, int row, const double *u)
{
    for (int i = 0; i < search->n_inputs; i++)
        search->points[row * search->n_inputs + i] = input_value(search, i, u[i]);
}

// By how much limit `i` is broken, as a share of itself; below 0: kept.
static double violation(const struct search *search, const double *metrics, int i)
{
    const struct optimum_metric *limit = &search->optimum->metrics[i];
    double worst = -INFINITY;
    if (!isfinite(metrics[i]))
        return failed_run;
    if (!isnan(limit->most))
        worst = (metrics[i] - limit->most) / fmax(fabs(limit->most), 1e-300);
    if (!isnan(limit->least))
        worst = fmax(worst, (limit->least - metrics[i]) / fmax(fabs(limit->least), 1e-300));
    return fmin(worst, failed_run);
}

static double worst_violation(const struct search *search, const double *metrics)
{
    double worst = isfinite(metrics[0]) ? -INFINITY : failed_run;
    for (int i = 1; i < search->n_metrics; i++)
        worst = fmax(worst, violation(search, metrics, i));
    return worst;
}

// Keeps a point if it is the best so far.
static void consider(struct search *search, const double *u, const double *metrics)
{
    double goal = search->optimization->sign * metrics[0];
    if (worst_violation(search, metrics) > slack || !(goal > search->best_goal))
        return;
    search->best_goal = goal;
    memcpy(search->best, u, (size_t)search->n_inputs * sizeof *u);
    memcpy(search->best_metrics, metrics, (size_t)search->n_metrics * sizeof *metrics);
}

// The metrics at `u`; solvers ask for goal and limits one after the other.
static const double *metrics_at(struct search *search, const double *u)
{
    size_t bytes = (size_t)search->n_inputs * sizeof *u;
    if (search->has_last && memcmp(search->last, u, bytes) == 0)
        return search->last_metrics;
    memcpy(search->last, u, bytes);
    set_point(search, 0, u);
    if (!run_points(search, 1) && search->solver)
        nlopt_force_stop(search->solver);
    memcpy(search->last_metrics, search->metrics,
           (size_t)search->n_metrics * sizeof *search->metrics);
    search->has_last = true;
    consider(search, u, search->last_metrics);
    return search->last_metrics;
}

static double find_goal(unsigned n, const double *u, double *gradient, void *context)
{
    struct search *search = context;
    (void)n, (void)gradient;
    double goal = metrics_at(search, u)[0];
    return isfinite(goal) ? -search->optimization->sign * goal / search->spread : failed_run;
}

static void find_limits(unsigned n_limits, double *result, unsigned n, const double *u,
                        double *gradient, void *context)
{
    struct search *search = context;
    (void)n, (void)gradient;
    const double *metrics = metrics_at(search, u);
    for (unsigned i = 0; i < n_limits; i++)
        result[i] = violation(search, metrics, (int)i + 1) + margin;
}

// Improves the point `u`, with steps of `step` first; returns its goal, better being higher, or
// -infinity where it keeps not all limits.
static double improve(struct search *search, double *u, double step)
{
    unsigned n = (unsigned)search->n_inputs, n_limits = (unsigned)search->n_metrics - 1;
    double goal;
    search->solver = nlopt_create(NLOPT_LN_COBYLA, n);
    nlopt_set_min_objective(search->solver, find_goal, search);
    nlopt_set_lower_bounds1(search->solver, 0);
    nlopt_set_upper_bounds1(search->solver, 1);
    if (n_limits)
        nlopt_add_inequality_mconstraint(search->solver, n_limits, find_limits, search, NULL);
    nlopt_set_initial_step1(search->solver, step);
    nlopt_set_xtol_abs1(search->solver, 1e-5);
    nlopt_set_maxeval(search->solver, 60 + 15 * (int)n);
    nlopt_optimize(search->solver, u, &goal);
    nlopt_destroy(search->solver);
    search->solver = NULL;
    const double *metrics = metrics_at(search, u);
    return worst_violation(search, metrics) > 2 * margin ? -INFINITY
                                                         : search->optimization->sign * metrics[0];
}

struct candidate {
    double violation, goal; // goal: better is higher
    const double *u;
};

// Fewer violations first, then better goals.
static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    double x = fmax(a->violation, 0), y = fmax(b->violation, 0);
    return x != y ? (x > y) - (x < y) : (a->goal < b->goal) - (a->goal > b->goal);
}

static bool is_close(const struct search *search, const double *a, const double *b)
{
    for (int i = 0; i < search->n_inputs; i++)
        if (fabs(a[i] - b[i]) > far_apart)
            return false;
    return true;
}

// The starts of the searches into `chosen` [SEARCHES]: the scenario's own point (the first start),
// then the best ones that are not close to one chosen before. Returns how many.
static int choose_starts(const struct search *search, struct candidate *candidates, int n,
                         struct candidate *chosen)
{
    int n_chosen = 0;
    chosen[n_chosen++] = candidates[0];
    qsort(candidates, (size_t)n, sizeof *candidates, compare_candidates);
    for (int i = 0; i < n && n_chosen < SEARCHES; i++) {
        bool is_new = candidates[i].violation < failed_run;
        for (int k = 0; k < n_chosen; k++)
            is_new &= !is_close(search, candidates[i].u, chosen[k].u);
        if (is_new)
            chosen[n_chosen++] = candidates[i];
    }
    return n_chosen;
}

// Runs the sample `starts` [n][n_inputs], the scenario's own point first.
static bool run_starts(struct search *search, const double *starts, int n,
                       struct candidate *candidates)
{
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < n; i++)
        set_point(search, i, starts + i * search->n_inputs);
    if (!run_points(search, n))
        return false;
    for (int m = 0; m < search->n_metrics; m++)
        search->optimum->metrics[m].before = search->metrics[m];
    if (search->optimization->is_budget_own)
        search->optimum->metrics[1].most = search->metrics[1];
    for (int i = 0; i < n; i++) {
        const double *metrics = search->metrics + i * search->n_metrics;
        candidates[i] = (struct candidate){worst_violation(search, metrics),
                                           search->optimization->sign * metrics[0],
                                           starts + i * search->n_inputs};
        consider(search, candidates[i].u, metrics);
        low = isfinite(metrics[0]) ? fmin(low, metrics[0]) : low;
        high = isfinite(metrics[0]) ? fmax(high, metrics[0]) : high;
    }
    search->spread = high > low ? high - low : 1;
    search->optimum->is_feasible_before = candidates[0].violation <= slack;
    return true;
}

static void describe(struct search *search)
{
    struct optimum *optimum = search->optimum;
    for (int i = 0; i < search->n_inputs; i++) {
        struct optimum_input *input = &optimum->inputs[i];
        input->value = input_value(search, i, search->best[i]);
        input->is_at_end = search->best[i] < near_end || search->best[i] > 1 - near_end;
    }
    for (int m = 0; m < search->n_metrics; m++) {
        optimum->metrics[m].value = search->best_metrics[m];
        optimum->metrics[m].is_binding =
            m > 0 && violation(search, search->best_metrics, m) > -1e-3;
    }
}

// A search of its own that starts like `whole`; end it with close_search().
static struct search *open_search(const struct search *whole)
{
    struct arena *arena = whole->optimization->arena;
    size_t n_inputs = (size_t)whole->n_inputs, n_metrics = (size_t)whole->n_metrics;
    struct search *search = ARENA_NEW(arena, struct search);
    *search = *whole;
    search->points = ARENA_NEW_ARRAY(arena, double, n_inputs);
    search->metrics = ARENA_NEW_ARRAY(arena, double, n_metrics);
    search->last = ARENA_NEW_ARRAY(arena, double, n_inputs);
    search->last_metrics = ARENA_NEW_ARRAY(arena, double, n_metrics);
    search->best = ARENA_NEW_ARRAY(arena, double, n_inputs);
    search->best_metrics = ARENA_NEW_ARRAY(arena, double, n_metrics);
    search->best_goal = -INFINITY;
    search->has_last = false;
    search->n_runs = 0;
    search->narrow = *whole->optimization->sweep;
    search->narrow.kernel = kernel_narrow();
    search->narrow.n_threads = 1;
    search->single = trials_create(&search->narrow, 1);
    return search;
}

// Hands what was found to `whole`.
static void close_search(struct search *search, struct search *whole)
{
    if (search->best_goal > whole->best_goal)
        consider(whole, search->best, search->best_metrics);
    whole->n_runs += search->n_runs;
    trials_free(search->single);
}

// Improves each of the points `chosen` [n], side by side; their goals into `goals`.
static void improve_all(struct search *whole, const struct candidate *chosen, int n, double step,
                        double *goals)
{
    struct search *searches[SEARCHES];
    double *points[SEARCHES];
    int n_threads = sweep_n_threads(whole->optimization->sweep);
    for (int i = 0; i < n; i++) {
        searches[i] = open_search(whole);
        points[i] = ARENA_NEW_ARRAY(whole->optimization->arena, double, whole->n_inputs);
        memcpy(points[i], chosen[i].u, (size_t)whole->n_inputs * sizeof(double));
    }
#pragma omp parallel for schedule(dynamic) num_threads(n_threads < n ? n_threads : n)
    for (int i = 0; i < n; i++)
        goals[i] = improve(searches[i], points[i], step);
    for (int i = 0; i < n; i++)
        close_search(searches[i], whole);
}

static bool optimize_one(struct search *search, double *starts, int n, struct diag *diag)
{
    struct arena *arena = search->optimization->arena;
    struct candidate *candidates = ARENA_NEW_ARRAY(arena, struct candidate, n);
    struct candidate chosen[SEARCHES];
    double goals[SEARCHES], last_goal;
    search->best_goal = -INFINITY;
    for (int i = 0; i < search->n_inputs; i++) {
        double before = search->optimum->inputs[i].before;
        starts[i] = isnan(before) ? 0.5 : input_place(search, i, before);
    }
    if (!run_starts(search, starts, n, candidates))
        return false;
    int n_searches = choose_starts(search, candidates, n, chosen);
    improve_all(search, chosen, n_searches, first_step, goals);
    if (search->cancel && *search->cancel)
        return false;
    if (search->best_goal == -INFINITY) {
        diag_fail(diag, FAULT_COMPUTATION, "run '%s': no point keeps all limits",
                  search->optimum->source->source.label);
        diag_hint(diag, "allow more, or let more vary");
        return false;
    }
    const struct candidate best = {.u = search->best};
    improve_all(search, &best, 1, second_step, &last_goal);
    search->optimum->n_searches = n_searches;
    for (int i = 0; i < n_searches; i++)
        search->optimum->n_agreeing += goals[i] >= search->best_goal - as_good * search->spread;
    describe(search);
    return true;
}

bool optimize_run(struct optimization *optimization, const volatile sig_atomic_t *cancel,
                  struct diag *diag)
{
    struct sweep *sweep = optimization->sweep;
    struct arena *arena = optimization->arena;
    int n_inputs = sweep->design.n_inputs, n = (int)sweep->design.n_points + 1;
    double *starts = ARENA_NEW_ARRAY(arena, double, (size_t)n *(size_t)n_inputs);
    struct sampler *sampler = sampler_create(&sweep->design);
    for (int i = 1; i < n; i++)
        sampler_take_unit(sampler, (uint64_t)i - 1, starts + (size_t)i * (size_t)n_inputs);
    sampler_free(sampler);
    struct search search = {.optimization = optimization,
                            .sample = trials_create(sweep, n),
                            .cancel = cancel,
                            .n_inputs = n_inputs,
                            .n_metrics = sweep->n_metrics};
    search.points = ARENA_NEW_ARRAY(arena, double, (size_t)n *(size_t)n_inputs);
    search.metrics = ARENA_NEW_ARRAY(arena, double, (size_t)n *(size_t)search.n_metrics);
    search.best = ARENA_NEW_ARRAY(arena, double, n_inputs);
    search.best_metrics = ARENA_NEW_ARRAY(arena, double, search.n_metrics);
    bool is_good = true;
    for (int i = 0; i < sweep->n_cases && is_good; i++) {
        search.case_index = i;
        search.optimum = &optimization->optima[i];
        is_good = optimize_one(&search, starts, n, diag);
    }
    trials_free(search.sample);
    optimization->n_runs = search.n_runs;
    return is_good;
}

static void fill_inputs(const struct optimization *optimization, struct sheet *sheet)
{
    for (int c = 0; c < optimization->sweep->n_cases; c++)
        for (int i = 0; i < optimization->sweep->design.n_inputs; i++) {
            const struct optimum_input *input = &optimization->optima[c].inputs[i];
            sheet_begin_row(sheet);
            sheet_set_text(sheet, "run", optimization->optima[c].source->source.label);
            sheet_set_text(sheet, "input", input->name);
            sheet_set_number(sheet, "before", input->before);
            sheet_set_number(sheet, "value", input->value);
            sheet_set_number(sheet, "least", input->least);
            sheet_set_number(sheet, "most", input->most);
            sheet_set_text(sheet, "unit", input->unit);
            sheet_set_text(sheet, "note", input->is_at_end ? "at the end of its range" : "");
        }
}

static void fill_goals(const struct optimization *optimization, struct sheet *sheet)
{
    for (int c = 0; c < optimization->sweep->n_cases; c++)
        for (int m = 0; m < optimization->sweep->n_metrics; m++) {
            const struct optimum_metric *metric = &optimization->optima[c].metrics[m];
            sheet_begin_row(sheet);
            sheet_set_text(sheet, "run", optimization->optima[c].source->source.label);
            sheet_set_text(sheet, "role", m ? "limit" : "goal");
            sheet_set_text(sheet, "metric", metric->name);
            sheet_set_number(sheet, "before", metric->before);
            sheet_set_number(sheet, "value", metric->value);
            sheet_set_number(sheet, "least", metric->least);
            sheet_set_number(sheet, "most", metric->most);
            sheet_set_text(sheet, "unit", metric->unit);
            sheet_set_text(sheet, "note", metric->is_binding ? "binding" : "");
        }
}

bool optimize_write(const struct optimization *optimization, const char *folder, struct diag *diag)
{
    struct sheet inputs, goals;
    sheet_init(&inputs, optimization->arena);
    sheet_init(&goals, optimization->arena);
    fill_inputs(optimization, &inputs);
    fill_goals(optimization, &goals);
    return sheet_write_csv(&inputs, path_join(optimization->arena, folder, "optimize.csv"), diag) &&
           sheet_write_csv(&goals, path_join(optimization->arena, folder, "optimize_goal.csv"),
                           diag);
}
