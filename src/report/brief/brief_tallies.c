// Stage: report. What the runs say together: the tables scenarios, models and answer.
#include "report/brief/brief_private.h"

#include "report/study_group.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

// What scenarios and models add up over their runs.
struct tally {
    int n_runs, n_judged, n_tipped;
    double low, high; // ends
    int best;         // run with the highest end; -1
};

// Adds up the runs whose text in `column` is `name`.
static struct tally tally_runs(const struct brief *brief, const char *column, const char *name)
{
    struct tally tally = {.low = INFINITY, .high = -INFINITY, .best = -1};
    for (int i = 0; i < brief->study->n_cases; i++) {
        const char *text = facts_get(brief->facts, "runs", i, column).text;
        double tipped = brief_get(brief, "runs", i, "tipped"),
               end = brief_get(brief, "runs", i, "end");
        if (!text || strcmp(text, name) != 0)
            continue;
        tally.n_runs++;
        tally.n_judged += !isnan(tipped);
        tally.n_tipped += tipped == 1;
        if (isnan(end))
            continue;
        tally.low = fmin(tally.low, end);
        tally.best = end > tally.high ? i : tally.best;
        tally.high = fmax(tally.high, end);
    }
    return tally;
}

static bool is_tie(const struct tally *tally)
{
    return tally->high - tally->low <= 1e-4 * fabs(tally->high);
}

static void gather_scenario(struct brief *brief, const struct study_case *study_case)
{
    const struct scenario *scenario = study_case->source.scenario;
    int row = facts_add_row(brief->facts, "scenarios");
    struct tally tally = tally_runs(brief, "scenario", scenario->name);
    bool is_contest = tally.n_runs > 1 && tally.best >= 0;
    brief_set_text(brief, "scenarios", row, "scenario", scenario->name);
    brief_set_text(brief, "scenarios", row, "title", brief_scenario_title(brief, study_case));
    brief_set_text(brief, "scenarios", row, "doc", brief_own_text(brief, &scenario->doc));
    brief_set(brief, "scenarios", row, "n_models", tally.n_runs);
    brief_set(brief, "scenarios", row, "n_judged", tally.n_judged);
    brief_set(brief, "scenarios", row, "n_tipped", tally.n_tipped);
    brief_set(brief, "scenarios", row, "is_tie", is_contest && is_tie(&tally));
    if (is_contest && !is_tie(&tally))
        brief_set_text(brief, "scenarios", row, "best_model",
                       facts_get(brief->facts, "runs", tally.best, "model_title").text);
    if (is_contest && strcmp(brief->unit, "share") == 0)
        brief_set(brief, "scenarios", row, "difference", tally.high - tally.low);
}

static int n_wins_of(const struct brief *brief, const char *title)
{
    const struct fact_table *scenarios = facts_find(brief->facts, "scenarios");
    int n = 0;
    for (int i = 0; i < (int)scenarios->count; i++) {
        const char *best = facts_get(brief->facts, "scenarios", i, "best_model").text;
        n += best && strcmp(best, title) == 0;
    }
    return n;
}

static bool is_guess(const struct variable *parameter)
{
    return !parameter->quality || strcmp(parameter->quality, "D") == 0;
}

static void gather_model(struct brief *brief, const struct study_case *study_case)
{
    const struct model *model = study_case->source.model;
    int row = facts_add_row(brief->facts, "models"), n_variables = 0, n_parameters = 0,
        n_guessed = 0;
    struct tally tally = tally_runs(brief, "model", model->name);
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        bool is_parameter = variable->kind == VARIABLE_PARAMETER && !variable->is_hidden;
        n_parameters += is_parameter;
        n_guessed += is_parameter && is_guess(variable);
        n_variables += !variable->is_hidden &&
                       (variable->kind == VARIABLE_STOCK || variable->kind == VARIABLE_FLOW ||
                        variable->kind == VARIABLE_AUXILIARY);
    }
    brief_set_text(brief, "models", row, "model", model->name);
    brief_set_text(brief, "models", row, "title", brief_model_title(brief, study_case));
    brief_set_text(brief, "models", row, "doc", brief_own_text(brief, &model->doc));
    brief_set(brief, "models", row, "n_runs", tally.n_runs);
    brief_set(brief, "models", row, "n_judged", tally.n_judged);
    brief_set(brief, "models", row, "n_tipped", tally.n_tipped);
    brief_set(brief, "models", row, "n_wins",
              n_wins_of(brief, brief_model_title(brief, study_case)));
    brief_set(brief, "models", row, "n_variables", n_variables);
    brief_set(brief, "models", row, "n_parameters", n_parameters);
    brief_set(brief, "models", row, "n_guessed", n_guessed);
}

static void gather_answer(struct brief *brief)
{
    const struct study *study = brief->study;
    int row = facts_add_row(brief->facts, "answer");
    int n_complete = 0, n_judged = 0, n_tipped = 0, n_fell = 0, n_scenarios = 0, n_idle = 0;
    double now = NAN, money = 0;
    bool is_public = false;
    for (int i = 0; i < study->n_cases; i++) {
        double tipped = brief_get(brief, "runs", i, "tipped");
        n_complete += brief_is_complete(&study->cases[i]);
        n_judged += !isnan(tipped);
        n_tipped += tipped == 1;
        n_fell += tipped == 0 && !isnan(brief_get(brief, "runs", i, "passed_date"));
        now = isnan(now) ? brief_get(brief, "runs", i, "start") : now;
        is_public |= !isnan(brief_get(brief, "runs", i, "public_money"));
        money = fmax(money, brief_get(brief, "runs", i, "outlay"));
    }
    const struct fact_table *scenarios = facts_find(brief->facts, "scenarios");
    for (int i = 0; i < (int)scenarios->count; i++) {
        bool is_tipped = brief_get(brief, "scenarios", i, "n_tipped") > 0;
        n_scenarios += is_tipped;
        n_idle += !is_tipped && brief_get(brief, "scenarios", i, "n_judged") > 0;
    }
    brief_set(brief, "answer", row, "n_idle_scenarios", n_idle);
    brief_set(brief, "answer", row, "n_scenarios", (double)scenarios->count);
    brief_set(brief, "answer", row, "n_models", (double)facts_find(brief->facts, "models")->count);
    brief_set(brief, "answer", row, "n_runs", study->n_cases);
    brief_set(brief, "answer", row, "n_complete", n_complete);
    brief_set(brief, "answer", row, "n_failed", study->n_cases - n_complete);
    brief_set(brief, "answer", row, "n_judged", n_judged);
    brief_set(brief, "answer", row, "n_tipped", n_tipped);
    brief_set(brief, "answer", row, "n_tipped_scenarios", n_scenarios);
    brief_set(brief, "answer", row, "n_fell_back", n_fell);
    brief_set(brief, "answer", row, "now", now);
    brief_set(brief, "answer", row, "has_money", money > 0);
    brief_set(brief, "answer", row, "is_public", is_public);
}

static const struct variable *variable_looked_at(const struct brief *brief)
{
    for (int i = 0; i < brief->study->n_cases; i++) {
        int column = case_column(&brief->study->cases[i], brief->variable);
        if (column >= 0)
            return brief->study->cases[i].simulation->series->variables[column];
    }
    return NULL;
}

static void gather_question(struct brief *brief)
{
    enum language language = brief->job->language;
    const struct variable *variable = variable_looked_at(brief);
    const char *spaced = spaced_name(brief->job->arena, brief->variable);
    const struct study *study = brief->study;
    for (int i = 0; i < study->n_cases; i++) {
        const char *question =
            localized_text(&study->cases[i].source.model->question, language, NULL);
        if (question) {
            brief_set_text(brief, "answer", 0, "question", question);
            break;
        }
    }
    brief_set_text(brief, "answer", 0, "variable", brief->variable);
    brief_set_text(brief, "answer", 0, "title",
                   variable && !variable->n_dimensions
                       ? localized_text(&variable->title, language, spaced)
                       : spaced);
    brief_set_text(brief, "answer", 0, "doc",
                   variable ? brief_own_text(brief, &variable->doc) : NULL);
    brief_set_text(brief, "answer", 0, "unit", brief->unit);
    brief_set(brief, "answer", 0, "level", brief->level);
    brief_set(brief, "answer", 0, "settle", brief->settle);
    brief_set(brief, "answer", 0, "start", study->cases[0].source.model->time.start);
    brief_set(brief, "answer", 0, "stop", study->cases[0].source.model->time.stop);
}

void brief_gather_tallies(struct brief *brief)
{
    brief_for_each(brief, false, gather_scenario);
    brief_for_each(brief, true, gather_model);
    gather_answer(brief);
    gather_question(brief);
}
