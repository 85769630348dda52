// Stage: report. What it takes to tip and when support may stop: tipping analysis of the run that
// the briefing dwells on, or of the one with support that comes nearest.
#include "report/brief/brief_private.h"

#include "analysis/tip/tip_support.h"

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

static void add_answer(struct brief *brief, int index, const struct tip_answer *answer)
{
    static const char *const texts[] = {"scenario", "scenario_title", "model", "model_title"};
    int row = facts_add_row(brief->facts, "tipping");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        brief_set_text(brief, "tipping", row, texts[i],
                       facts_get(brief->facts, "runs", index, texts[i]).text);
    brief_set_text(brief, "tipping", row, "question", answer->question);
    brief_set_text(brief, "tipping", row, "metric", answer->metric);
    brief_set_text(brief, "tipping", row, "unit", answer->unit);
    brief_set(brief, "tipping", row, "value", answer->value);
    brief_set(brief, "tipping", row, "lower", answer->lower);
    brief_set(brief, "tipping", row, "upper", answer->upper);
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
    options.asked = 1u << TIP_LEAST | 1u << TIP_SAFE_STOP;
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
    bool is_good = tip_run(tip, job->diag);
    for (size_t i = 0; i < tip->answers.count; i++)
        add_answer(brief, index, &tip->answers.items[i]);
    if (!tip->answers.count)
        brief_caveat(brief, "no-tipping", NULL);
    return is_good;
}
