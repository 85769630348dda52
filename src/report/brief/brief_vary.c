// Stage: report. How sure, and what it hangs on: the runs that matter most are made again over the
// ranges of all parameters at once, with the same draws for every run: to the stop, on without
// support, and without any support at all. As many draws and runs as a fixed amount of work allows,
// so that the same files give the same briefing on any machine.
#include "report/brief/brief_private.h"

#include "analysis/tip/support.h"
#include "analysis/tip/tip_support.h"

#include "base/array.h"
#include "report/study_group.h"
#include "result/wording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_DRAWS = 500, MIN_DRAWS = 200 };

// Instructions over lanes that all draws together may take: some ten seconds of one processor.
static const double MAX_WORK = 2.5e10;

// An uncertain parameter, for all cases.
struct uncertain {
    struct variable *variable; // in the model of the first case that has it
    bool is_scale;             // its draws multiply what the model has
};

struct variation {
    struct brief *brief;
    struct sample_design design;
    struct uncertain *inputs; // [design.n_inputs]
    double *draws;            // [n][n_inputs]
    long n;
};

// One case over the draws.
struct varied_case {
    double *ends, *settled, *unsupported; // [n] NaN where the run failed
    long n_complete;                      // all are there
};

// ---------------------------------------------------------------- what varies

// Whether one draw can stand for all cells of a parameter: they are alike, or it multiplies them.
static bool is_uniform(const struct variable *variable, bool is_scale)
{
    for (int i = 1; i < variable->n_cells && !is_scale; i++)
        if (variable->values[i] != variable->values[0])
            return false;
    return true;
}

static struct variable *find_parameter(const struct brief *brief, const char *name)
{
    for (int i = 0; i < brief->study->n_cases; i++) {
        struct variable *variable = model_find_named(brief->study->cases[i].source.model, name);
        if (variable && variable->kind == VARIABLE_PARAMETER && variable->values)
            return variable;
    }
    return NULL;
}

// Chooses what varies and sets up the design; false where nothing does.
static bool build_design(struct variation *variation)
{
    struct brief *brief = variation->brief;
    struct arena *arena = brief->job->arena;
    struct case_list cases = {0};
    struct diag ignored;
    diag_init(&ignored, arena);
    for (int i = 0; i < brief->study->n_cases; i++)
        ARRAY_PUSH(arena, &cases) = brief->study->cases[i].source;
    struct sweep_spec *spec = support_uncertainties(arena, &cases, &ignored);
    int n = spec ? (int)spec->vary.count : 0, n_inputs = 0;
    struct sample_input *inputs = ARENA_NEW_ARRAY(arena, struct sample_input, n);
    variation->inputs = ARENA_NEW_ARRAY(arena, struct uncertain, n);
    for (int i = 0; i < n; i++) {
        const struct vary_spec *vary = &spec->vary.items[i];
        struct variable *variable = find_parameter(brief, vary->name);
        if (!variable || !is_uniform(variable, vary->is_scale) ||
            !distribution_build(&inputs[n_inputs].distribution, arena, vary, &variable->spread,
                                variable->values[0], &ignored))
            continue;
        inputs[n_inputs].name = variable->name;
        variation->inputs[n_inputs++] = (struct uncertain){variable, vary->is_scale};
    }
    struct sweep_spec independent = {.design = DESIGN_MONTE_CARLO};
    return n_inputs && sample_design_build(&variation->design, arena, &independent, inputs,
                                           n_inputs, N_DRAWS, brief->job->tip->seed, &ignored);
}

static void draw(struct variation *variation)
{
    int n_inputs = variation->design.n_inputs;
    struct sampler *sampler = sampler_create(&variation->design);
    variation->draws =
        ARENA_NEW_ARRAY(variation->brief->job->arena, double, variation->n *n_inputs);
    for (long i = 0; i < variation->n; i++)
        sampler_take(sampler, (uint64_t)i, variation->draws + i * n_inputs);
    sampler_free(sampler);
}

// ---------------------------------------------------------------- runs

// The variable that input `i` is in the case's own model; NULL: it has none.
static struct variable *own_input(const struct variation *variation,
                                  const struct tip_case *tip_case, int i)
{
    struct variable *variable =
        model_find_variable(tip_case->source.model, variation->inputs[i].variable->key);
    return variable && variable->kind == VARIABLE_PARAMETER ? variable : NULL;
}

static struct program *compile(const struct variation *variation, int index, double settle)
{
    const struct brief *brief = variation->brief;
    struct tip_case *tip_case = brief->tip_cases[index];
    struct arena *arena = brief->job->arena;
    struct vary_list varied = {0};
    struct output_list outputs = {0};
    ARRAY_PUSH(arena, &outputs) = tip_case->target.output;
    tip_vary_support(arena, &varied, tip_case);
    for (int i = 0; i < variation->design.n_inputs; i++) {
        struct variable *variable = own_input(variation, tip_case, i);
        for (int cell = 0; variable && cell < variable->n_cells; cell++)
            tip_vary(arena, &varied, variable, cell);
    }
    return tip_compile(brief->tips[index], tip_case, &varied, &outputs, settle, brief->job->diag);
}

// The parameters of each draw, in the order in which compile() varies them.
static double *parameters_of(const struct variation *variation, int index, int n_parameters,
                             double support_until)
{
    const struct tip_case *tip_case = variation->brief->tip_cases[index];
    double *parameters =
        ARENA_NEW_ARRAY(variation->brief->job->arena, double, variation->n *n_parameters);
    int n_inputs = variation->design.n_inputs;
    for (long run = 0; run < variation->n; run++) {
        double *at = parameters + run * n_parameters;
        if (tip_case->support_until)
            *at++ = support_until;
        for (int i = 0; i < n_inputs; i++) {
            const struct variable *variable = own_input(variation, tip_case, i);
            double value = variation->draws[run * n_inputs + i];
            for (int cell = 0; variable && cell < variable->n_cells; cell++)
                *at++ = variation->inputs[i].is_scale ? value * variable->values[cell] : value;
        }
    }
    return parameters;
}

// Runs the draws on for `settle` time units past the stop, with all support off from a date on;
// [n] values of the variable at the end, NULL where cancelled or with errors.
static double *run_draws(const struct variation *variation, int index, double settle,
                         double support_until)
{
    const struct brief *brief = variation->brief;
    const struct program *program = compile(variation, index, settle);
    if (!program)
        return NULL;
    double *last = ARENA_NEW_ARRAY(brief->job->arena, double, variation->n);
    struct run_ending *endings =
        ARENA_NEW_ARRAY(brief->job->arena, struct run_ending, variation->n);
    double *parameters = parameters_of(variation, index, program->n_parameters, support_until);
    struct batch *batch = tip_batch(brief->tips[index], brief->tip_cases[index], program);
    bool is_good =
        tip_batch_run(brief->tips[index], batch, variation->n, parameters, last, endings);
    batch_free(batch);
    return is_good ? last : NULL;
}

// What one draw of a case takes, in instructions over all stages of all steps.
static double work_of(const struct variation *variation, int index)
{
    const struct tip_case *tip_case = variation->brief->tip_cases[index];
    const struct time_spec *time = &tip_case->source.model->time;
    double years = 3 * (time->stop - time->start) + 2 * tip_case->target.settle;
    return 4.0 * years / time->step * tip_case->source.model->n_cells;
}

// ---------------------------------------------------------------- what comes of them

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The value below which a share `quantile` of `sorted` [n] lies, on straight lines between them.
static double quantile_of_sorted(const double *sorted, long n, double quantile)
{
    double at = quantile * (double)(n - 1);
    long low = (long)at < n - 1 ? (long)at : n - 2;
    return n == 1 ? sorted[0] : sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low]);
}

static double level_of(const struct brief *brief, int index)
{
    double above = brief->tip_cases[index]->target.above;
    return isnan(above) ? brief->level : above;
}

static void gather_uncertainty(const struct variation *variation, int index,
                               struct varied_case *varied)
{
    struct brief *brief = variation->brief;
    double *sorted = ARENA_NEW_ARRAY(brief->job->arena, double, variation->n), lower, upper;
    long n_tips = 0, n_without = 0;
    for (long i = 0; i < variation->n; i++) {
        if (isnan(varied->ends[i]) || isnan(varied->settled[i]) || isnan(varied->unsupported[i]))
            continue;
        sorted[varied->n_complete++] = varied->ends[i];
        n_tips += varied->settled[i] > level_of(brief, index);
        n_without += varied->unsupported[i] > level_of(brief, index);
    }
    int row = facts_add_row(brief->facts, "uncertainty");
    static const char *const texts[] = {"run", "scenario", "scenario_title", "model_title", "unit"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        brief_set_text(brief, "uncertainty", row, texts[i],
                       facts_get(brief->facts, "runs", index, texts[i]).text);
    brief_set(brief, "uncertainty", row, "n_runs", (double)variation->n);
    brief_set(brief, "uncertainty", row, "n_failed", (double)(variation->n - varied->n_complete));
    brief_set(brief, "uncertainty", row, "n_inputs", variation->design.n_inputs);
    if (!varied->n_complete)
        return;
    qsort(sorted, (size_t)varied->n_complete, sizeof *sorted, compare_numbers);
    brief_set(brief, "uncertainty", row, "p05",
              quantile_of_sorted(sorted, varied->n_complete, 0.05));
    brief_set(brief, "uncertainty", row, "p50",
              quantile_of_sorted(sorted, varied->n_complete, 0.5));
    brief_set(brief, "uncertainty", row, "p95",
              quantile_of_sorted(sorted, varied->n_complete, 0.95));
    double share = (double)n_tips / (double)varied->n_complete;
    wilson_interval(share, (double)varied->n_complete, &lower, &upper);
    brief_set(brief, "uncertainty", row, "tips", share);
    brief_set(brief, "uncertainty", row, "tips_lower", lower);
    brief_set(brief, "uncertainty", row, "tips_upper", upper);
    brief_set(brief, "uncertainty", row, "tips_without",
              (double)n_without / (double)varied->n_complete);
}

struct ranked {
    double value;
    long index;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int order = (x->value > y->value) - (x->value < y->value);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

// Ranks 0 .. n - 1 of values[i * stride].
static void rank(const double *values, long stride, long n, struct ranked *scratch, double *ranks)
{
    for (long i = 0; i < n; i++)
        scratch[i] = (struct ranked){values[i * stride], i};
    qsort(scratch, (size_t)n, sizeof *scratch, compare_ranked);
    for (long i = 0; i < n; i++)
        ranks[scratch[i].index] = (double)i;
}

// Correlation of two lists of ranks of 0 .. n - 1.
static double rank_correlation(const double *a, const double *b, long n)
{
    double middle = (double)(n - 1) / 2, sum = 0;
    for (long i = 0; i < n; i++)
        sum += (a[i] - middle) * (b[i] - middle);
    return sum / ((double)n * ((double)n * (double)n - 1) / 12);
}

static void gather_input(const struct variation *variation, int i, double correlation, long n)
{
    struct brief *brief = variation->brief;
    const struct variable *variable = variation->inputs[i].variable;
    const struct distribution *distribution = &variation->design.inputs[i].distribution;
    const double z = 1.959963984540054 / sqrt(fmax((double)n - 3, 1)); // Fisher, 95 %
    double middle = atanh(fmax(-0.999999, fmin(correlation, 0.999999))), low, high;
    double from = tanh(fabs(middle) - z), to = tanh(fabs(middle) + z);
    int row = facts_add_row(brief->facts, "sensitivity");
    distribution_ends(distribution, &low, &high);
    brief_set_text(brief, "sensitivity", row, "parameter", variable->name);
    brief_set_text(brief, "sensitivity", row, "title",
                   localized_text(&variable->title, brief->job->language,
                                  spaced_name(brief->job->arena, variable->name)));
    brief_set_text(brief, "sensitivity", row, "unit",
                   variation->inputs[i].is_scale ? "1" : variable->unit_text);
    brief_set_text(brief, "sensitivity", row, "source", variable->source);
    brief_set_text(brief, "sensitivity", row, "quality", variable->quality);
    brief_set(brief, "sensitivity", row, "is_guess",
              !variable->quality || strcmp(variable->quality, "D") == 0);
    brief_set(brief, "sensitivity", row, "value",
              variation->inputs[i].is_scale ? 1 : variable->values[0]);
    brief_set(brief, "sensitivity", row, "low", low);
    brief_set(brief, "sensitivity", row, "high", high);
    brief_set(brief, "sensitivity", row, "importance", correlation * correlation);
    brief_set(brief, "sensitivity", row, "lower", from > 0 ? from * from : 0);
    brief_set(brief, "sensitivity", row, "upper", to * to);
    brief_set(brief, "sensitivity", row, "direction", from <= 0 ? 0 : correlation > 0 ? 1 : -1);
}

// Which inputs go along with the variable at the end: Spearman's rank correlation, squared.
static void gather_sensitivity(const struct variation *variation, const struct varied_case *varied)
{
    struct arena *arena = variation->brief->job->arena;
    long n = 0, n_inputs = variation->design.n_inputs;
    double *ends = ARENA_NEW_ARRAY(arena, double, variation->n);
    double *inputs = ARENA_NEW_ARRAY(arena, double, variation->n *n_inputs);
    double *a = ARENA_NEW_ARRAY(arena, double, variation->n);
    double *b = ARENA_NEW_ARRAY(arena, double, variation->n);
    struct ranked *scratch = ARENA_NEW_ARRAY(arena, struct ranked, variation->n);
    for (long i = 0; i < variation->n; i++) {
        if (isnan(varied->ends[i]))
            continue;
        memcpy(inputs + n * n_inputs, variation->draws + i * n_inputs,
               (size_t)n_inputs * sizeof *inputs);
        ends[n++] = varied->ends[i];
    }
    if (n < MIN_DRAWS / 2)
        return;
    rank(ends, 1, n, scratch, a);
    for (int i = 0; i < n_inputs; i++) {
        rank(inputs + i, n_inputs, n, scratch, b);
        gather_input(variation, i, rank_correlation(a, b, n), n);
    }
}

// ---------------------------------------------------------------- which cases

// The order in which cases are worth the work: the one dwelt on, the other models of its scenario,
// what tipped, the rest.
static int priority(const struct brief *brief, int index)
{
    const struct study_case *focus = &brief->study->cases[brief->focus];
    const struct study_case *study_case = &brief->study->cases[index];
    if (index == brief->focus)
        return 0;
    if (study_case->source.scenario && study_case->source.scenario == focus->source.scenario)
        return 1;
    return brief_get(brief, "runs", index, "tipped") == 1 ? 2 : 3;
}

static bool vary_case(const struct variation *variation, int index, bool is_focus)
{
    const struct tip_case *tip_case = variation->brief->tip_cases[index];
    double stop = tip_case->source.model->time.stop, settle = tip_case->target.settle;
    struct varied_case varied = {.ends = run_draws(variation, index, 0, stop)};
    varied.settled = varied.ends ? run_draws(variation, index, settle, stop) : NULL;
    varied.unsupported =
        varied.settled ? run_draws(variation, index, settle, tip_no_support) : NULL;
    if (!varied.unsupported)
        return false;
    gather_uncertainty(variation, index, &varied);
    if (is_focus)
        gather_sensitivity(variation, &varied);
    return true;
}

bool brief_vary(struct brief *brief)
{
    struct variation variation = {.brief = brief};
    double work = 0, first = 0;
    if (brief->focus < 0 || !brief->tip_cases[brief->focus] || !build_design(&variation)) {
        brief_caveat(brief, "no-uncertainty", NULL);
        return true;
    }
    first = work_of(&variation, brief->focus);
    variation.n = first * N_DRAWS <= MAX_WORK / 3 ? N_DRAWS : MIN_DRAWS;
    draw(&variation);
    for (int wanted = 0; wanted < 4; wanted++)
        for (int i = 0; i < brief->study->n_cases; i++) {
            if (!brief->tip_cases[i] || priority(brief, i) != wanted)
                continue;
            work += work_of(&variation, i) * (double)variation.n;
            if (wanted && work > MAX_WORK)
                return true;
            if (!vary_case(&variation, i, wanted == 0))
                return false;
        }
    return true;
}
