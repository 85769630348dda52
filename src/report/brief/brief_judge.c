// Stage: report. Which runs tipped for good: each is run on past its stop, with all support off,
// for the settling time of its scenario, as tipping analysis does it. A scenario that says nothing
// is judged by what the first one that does says.
#include "report/brief/brief_private.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>
#include <omp.h>
#include <string.h>

// The variable that the first metric with a better end looks at; NULL.
static const char *judged_variable(const struct study_case *study_case)
{
    const struct metric_spec_list *specs = &study_case->source.model->metrics;
    for (size_t i = 0; i < study_case->metrics.count; i++) {
        const struct metric *metric = &study_case->metrics.items[i];
        bool is_judged = false;
        for (size_t k = 0; k < specs->count; k++)
            is_judged |= specs->items[k].better && strcmp(specs->items[k].name, metric->name) == 0;
        const struct expr *watched =
            is_judged && metric->n_measures ? metric->measures[0].watched : NULL;
        if (watched && watched->kind == EXPR_NAME && !watched->n_args && watched->variable)
            return watched->variable->name;
    }
    return NULL;
}

// The variable of the first scenario that says when a run is tipped; without one, the first that a
// model wants compared; without that, the one of its first metric; without that, its first stock.
static void choose_variable(struct brief *brief)
{
    const struct study *study = brief->study;
    brief->level = brief->settle = NAN;
    for (int i = 0; i < study->n_cases; i++) {
        const struct scenario *scenario = study->cases[i].source.scenario;
        if (!scenario || !scenario->tip.variable)
            continue;
        brief->variable = scenario->tip.variable;
        brief->level = scenario->tip.above;
        brief->settle = scenario->tip.settle;
        return;
    }
    int first = 0; // complete case
    while (first + 1 < study->n_cases && !brief_is_complete(&study->cases[first]))
        first++;
    const struct model *model = study->cases[first].source.model;
    for (size_t i = 0; i < model->charts.count; i++)
        if (model->charts.items[i].kind == CHART_COMPARE && model->charts.items[i].n_variables) {
            brief->variable = model->charts.items[i].variables[0].name;
            return;
        }
    brief->variable = judged_variable(&study->cases[first]);
    for (size_t i = 0; i < model->variables.count && !brief->variable; i++) {
        const struct variable *variable = model->variables.items[i];
        if (variable->kind == VARIABLE_STOCK && !variable->is_hidden)
            brief->variable = cell_name(brief->job->arena, variable, 0);
    }
    if (!brief->variable)
        brief->variable = model->variables.count ? model->variables.items[0]->name : "";
}

static void choose_unit(struct brief *brief)
{
    double low = INFINITY, high = -INFINITY;
    brief->unit = "";
    for (int i = 0; i < brief->study->n_cases; i++) {
        const struct simulation *simulation = brief->study->cases[i].simulation;
        int column = simulation ? series_find(simulation->series, brief->variable) : -1;
        if (column < 0)
            continue;
        brief->unit = simulation->series->units[column];
        for (long save = 0; save < simulation->series->n_saves; save++) {
            low = fmin(low, series_at(simulation->series, column, save));
            high = fmax(high, series_at(simulation->series, column, save));
        }
    }
    if (is_shown_in_percent(brief->unit, low, high))
        brief->unit = "share";
}

// Gives a case without a definition of its own for the variable that of the study; false where it
// cannot have it.
static bool give_target(const struct brief *brief, struct tip_case *tip_case)
{
    if (tip_case->target.is_given && strcmp(tip_case->target.name, brief->variable) == 0)
        return true;
    struct diag ignored;
    diag_init(&ignored, brief->job->arena);
    int first, count;
    struct variable *variable = model_find_cells(tip_case->source.model, brief->variable,
                                                 (struct position){0}, &first, &count, &ignored);
    tip_case->target.output = (struct output){variable, first};
    tip_case->target.settle = brief->settle;
    return variable && count == 1;
}

const char *brief_file(const struct study_case *study_case)
{
    const struct run_case *source = &study_case->source;
    return source->scenario ? source->scenario->path : source->model->path;
}

// Makes the cases of one file ready; `first` is the first of them in the study.
static bool open_file(struct brief *brief, int first)
{
    const struct brief_job *job = brief->job;
    struct tip *tip = tip_read(job->arena, brief_file(&brief->study->cases[first]), job->tip,
                               job->units, job->diag);
    for (int i = 0; tip && i < tip->n_cases && first + i < brief->study->n_cases; i++)
        if (give_target(brief, &tip->cases[i])) {
            brief->tips[first + i] = tip;
            brief->tip_cases[first + i] = &tip->cases[i];
        }
    return tip;
}

// A run on past the stop, for the settling time.
struct further {
    struct batch *batch; // NULL: there is none to make
    double stop, last;
    struct run_ending ending;
};

static bool open_further(const struct brief *brief, int index, struct further *further)
{
    struct tip *tip = brief->tips[index];
    struct tip_case *tip_case = brief->tip_cases[index];
    struct output_list outputs = {0};
    struct vary_list varied = {0};
    if (!tip_case)
        return true;
    ARRAY_PUSH(tip->arena, &outputs) = tip_case->target.output;
    tip_vary_support(tip->arena, &varied, tip_case);
    const struct program *program =
        tip_compile(tip, tip_case, &varied, &outputs, tip_case->target.settle, brief->job->diag);
    if (!program)
        return false;
    further->stop = tip_case->source.model->time.stop;
    further->batch = batch_create(program, tip_case->method, 1, brief->job->tip->cancel);
    return true;
}

// Runs all cases on, each in a thread of its own.
static bool run_on(struct brief *brief)
{
    int n = brief->study->n_cases, n_threads = brief->job->tip->n_threads;
    struct further *further = ARENA_NEW_ARRAY(brief->job->arena, struct further, n);
    bool is_good = true;
    for (int i = 0; i < n && is_good; i++)
        is_good = open_further(brief, i, &further[i]);
#pragma omp parallel for schedule(dynamic) num_threads(n_threads ? n_threads : omp_get_num_procs())
    for (int i = 0; i < n; i++)
        if (further[i].batch && is_good)
            batch_run(further[i].batch, 1, &further[i].stop, &further[i].last, &further[i].ending);
    for (int i = 0; i < n; i++) {
        if (further[i].batch && is_good && further[i].ending.end == RUN_COMPLETE)
            brief->settled[i] = further[i].last;
        batch_free(further[i].batch);
    }
    return is_good;
}

bool brief_judge(struct brief *brief)
{
    const struct study *study = brief->study;
    choose_variable(brief);
    choose_unit(brief);
    brief->settled = ARENA_NEW_ARRAY(brief->job->arena, double, study->n_cases);
    brief->tips = ARENA_NEW_ARRAY(brief->job->arena, struct tip *, study->n_cases);
    brief->tip_cases = ARENA_NEW_ARRAY(brief->job->arena, struct tip_case *, study->n_cases);
    for (int i = 0; i < study->n_cases; i++)
        brief->settled[i] = NAN;
    if (isnan(brief->level) || isnan(brief->settle))
        return true;
    bool is_good = true;
    for (int i = 0; i < study->n_cases && is_good; i++) {
        const struct scenario *scenario = study->cases[i].source.scenario;
        if (i == 0 || !scenario || study->cases[i - 1].source.scenario != scenario)
            is_good = open_file(brief, i);
    }
    return is_good && run_on(brief);
}
