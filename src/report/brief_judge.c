// Stage: report. Which runs tipped for good: each is run on past its stop, with all support off,
// for the settling time of its scenario, as tipping analysis does it. A scenario that says nothing
// is judged by what the first one that does says.
#include "report/brief_private.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>
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

// The variable after `settle` time units without support; NaN where the run does not get there.
static double run_on(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    struct output_list outputs = {0};
    struct vary_list varied = {0};
    struct run_ending ending;
    double stop = tip_case->source.model->time.stop, last = NAN;
    ARRAY_PUSH(tip->arena, &outputs) = tip_case->target.output;
    bool is_supported = tip_vary_support(tip->arena, &varied, tip_case) >= 0;
    struct program *program =
        tip_compile(tip, tip_case, &varied, &outputs, tip_case->target.settle, diag);
    if (!program)
        return NAN;
    struct batch *batch = tip_batch(tip, tip_case, program);
    tip_batch_run(tip, batch, 1, is_supported ? &stop : NULL, &last, &ending);
    batch_free(batch);
    return ending.end == RUN_COMPLETE ? last : NAN;
}

static const char *file_of(const struct study_case *study_case)
{
    const struct run_case *source = &study_case->source;
    return source->scenario ? source->scenario->path : source->model->path;
}

// Judges the cases of one file; `first` is the first of them in the study.
static bool judge_file(struct brief *brief, int first)
{
    const struct brief_job *job = brief->job;
    struct tip_options options = {.cases = *job->cases,
                                  .n_threads = job->n_threads,
                                  .seed = job->seed,
                                  .cancel = job->cancel};
    struct tip *tip =
        tip_read(job->arena, file_of(&brief->study->cases[first]), &options, job->units, job->diag);
    for (int i = 0; tip && i < tip->n_cases && first + i < brief->study->n_cases; i++)
        if (give_target(brief, &tip->cases[i]))
            brief->settled[first + i] = run_on(tip, &tip->cases[i], job->diag);
    return tip;
}

bool brief_judge(struct brief *brief)
{
    const struct study *study = brief->study;
    choose_variable(brief);
    choose_unit(brief);
    brief->settled = ARENA_NEW_ARRAY(brief->job->arena, double, study->n_cases);
    for (int i = 0; i < study->n_cases; i++)
        brief->settled[i] = NAN;
    if (isnan(brief->level) || isnan(brief->settle))
        return true;
    bool is_good = true;
    for (int i = 0; i < study->n_cases && is_good; i++) {
        const struct scenario *scenario = study->cases[i].source.scenario;
        if (i == 0 || !scenario || study->cases[i - 1].source.scenario != scenario)
            is_good = judge_file(brief, i);
    }
    return is_good;
}
