// Stage: report. What it takes to tip, when support may stop, how likely a budget is to tip and
// when to hand over: tipping analysis of the run that the briefing dwells on, or of the one with
// support that comes nearest.
#include "report/brief/brief_private.h"

#include "analysis/tip/tip_support.h"
#include "analysis/tip/tip_words.h"

#include <math.h>
#include <string.h>

// The case to ask about: the one dwelt on if it has support, else the one with support that
// settles highest; -1.
static int choose_case(const struct brief *brief)
{
    int best = -1;
    for (int i = 0; i < brief->study->n_cases; i++) {
        double settled = brief_get(brief, "runs", i, "settled");
        if (isnan(settled) || !(brief_get(brief, "runs", i, "support_years") > 0))
            continue;
        if (i == brief->focus)
            return i;
        if (best < 0 || settled > brief_get(brief, "runs", best, "settled"))
            best = i;
    }
    return best;
}

static void add_answer(struct brief *brief, int index, const struct tip_answer *answer,
                       const char *stream)
{
    static const char *const texts[] = {"scenario", "scenario_title", "model", "model_title"};
    int row = facts_add_row(brief->facts, "tipping");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        brief_set_text(brief, "tipping", row, texts[i],
                       facts_get(brief->facts, "runs", index, texts[i]).text);
    brief_set_text(brief, "tipping", row, "question", answer->question);
    brief_set_text(brief, "tipping", row, "metric", answer->metric);
    brief_set_text(brief, "tipping", row, "unit", answer->unit);
    brief_set_text(brief, "tipping", row, "stream",
                   strcmp(answer->question, "switch") == 0 ? stream : NULL);
    brief_set(brief, "tipping", row, "value", answer->value);
    brief_set(brief, "tipping", row, "lower", answer->lower);
    brief_set(brief, "tipping", row, "upper", answer->upper);
}

// What answers about handing over are about: the stream that ends; NULL: what the model calls push.
static const char *handed_over(const struct brief *brief, const struct tip_case *tip_case)
{
    struct support *support = tip_case->support;
    if (!support || !support->n_levers ||
        support_find_point(support, tip_switch_dials[SWITCH_DATE]) >= 0)
        return NULL;
    return variable_in_words(brief->job->arena, support->levers[0]->variable, 0,
                             brief->job->language);
}

// Runs for the questions about uncertainty: as many as a fixed amount of work allows, so that the
// same files give the same briefing on any machine.
static uint64_t runs_within(const struct tip_case *tip_case)
{
    static const double MAX_WORK = 8e9; // instructions over lanes
    enum { LEAST = 700, MOST = 7000 };
    const struct model *model = tip_case->source.model;
    double settle = isnan(tip_case->target.settle) ? 0 : tip_case->target.settle;
    double years = model->time.stop - model->time.start + settle;
    double work = 4 * years / model->time.step * model->n_cells;
    return (uint64_t)fmin(MOST, fmax(LEAST, MAX_WORK / work));
}

bool brief_analyse(struct brief *brief)
{
    const struct brief_job *job = brief->job;
    int index = choose_case(brief);
    if (index < 0) {
        brief_caveat(brief, "no-tipping", NULL);
        return true;
    }
    struct tip_options options = *job->tip;
    options.asked = 1u << TIP_LEAST | 1u << TIP_SAFE_STOP | 1u << TIP_BUDGET | 1u << TIP_SWITCH;
    options.is_quick = true;
    const struct study_case *study_case = &brief->study->cases[index];
    struct tip *tip = tip_read(job->arena, brief_file(study_case), &options, job->units, job->diag);
    if (!tip)
        return false;
    for (int i = 0; i < tip->n_cases; i++) // of the file's models, this one only
        if (strcmp(tip->cases[i].source.label, study_case->source.label) == 0) {
            tip->cases[0] = tip->cases[i];
            tip->n_cases = 1;
        }
    tip->options.runs = runs_within(&tip->cases[0]);
    bool is_good = tip_run(tip, job->diag);
    brief->answers = tip;
    for (size_t i = 0; i < tip->answers.count; i++)
        add_answer(brief, index, &tip->answers.items[i], handed_over(brief, &tip->cases[0]));
    if (!tip->answers.count)
        brief_caveat(brief, "no-tipping", NULL);
    return is_good;
}
