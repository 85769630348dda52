// Stage: report. The runs of a study -> rows of the tables runs and focus. Money is integrated by
// the runs themselves, through metrics that brief_ask() adds to them.
#include "report/brief/brief_private.h"

#include "base/array.h"
#include "report/study_group.h"

#include <math.h>
#include <string.h>

static bool has_metric(const struct metric_spec_list *metrics, const char *name)
{
    for (size_t i = 0; i < metrics->count; i++)
        if (strcmp(metrics->items[i].name, name) == 0)
            return true;
    return false;
}

static bool is_money_flow(const struct model *model, const char *name)
{
    const struct variable *variable = model_find_named(model, name);
    return variable && variable->unit_text && strcmp(variable->unit_text, "euro/year") == 0;
}

static void ask_integral(struct study_case *study_case, const char *name, const char *what)
{
    struct model *model = study_case->source.model;
    const struct scenario *scenario = study_case->source.scenario;
    if (has_metric(&model->metrics, name) || (scenario && has_metric(&scenario->metrics, name)))
        return;
    const char *expression = arena_format(model->arena, "INTEGRAL(%s)", what);
    ARRAY_PUSH(model->arena, &study_case->further) = (struct metric_spec){
        .name = name,
        .unit_text = "euro",
        .better = "low",
        .expression = {.file = model->path, .excerpt = expression},
    };
}

// Every input in euros that the scenario's streams feed, added up.
static void ask_support(struct study_case *study_case)
{
    struct arena *arena = study_case->source.model->arena;
    const struct scenario *scenario = study_case->source.scenario;
    const char *sum = NULL;
    for (size_t i = 0; scenario && i < scenario->streams.count; i++) {
        const char *name = scenario->streams.items[i].name;
        bool is_new = is_money_flow(study_case->source.model, name);
        for (size_t k = 0; k < i; k++)
            is_new &= strcmp(scenario->streams.items[k].name, name) != 0;
        const struct variable *variable = model_find_named(study_case->source.model, name);
        bool is_array = variable && variable->n_dimensions && !strchr(name, '[');
        if (is_new)
            sum = arena_format(arena, is_array ? "%s%sSUM(%s[*])" : "%s%s%s", sum ? sum : "",
                               sum ? " + " : "", name);
    }
    if (sum)
        ask_integral(study_case, BRIEF_SUPPORT_MONEY, arena_format(arena, "(%s)", sum));
}

void brief_ask(struct study *study)
{
    static const char *const money[][2] = {{BRIEF_PUBLIC_MONEY, "public_funding"},
                                           {BRIEF_PRIVATE_MONEY, "private_funding"},
                                           {BRIEF_SECTOR_MONEY, "sector_funding"}};
    for (int i = 0; i < study->n_cases; i++) {
        for (size_t k = 0; k < ARRAY_COUNT(money); k++)
            if (is_money_flow(study->cases[i].source.model, money[k][1]))
                ask_integral(&study->cases[i], money[k][0], money[k][1]);
        ask_support(&study->cases[i]);
    }
}

double brief_metric(const struct study_case *study_case, const char *name)
{
    for (size_t i = 0; i < study_case->metrics.count; i++)
        if (strcmp(study_case->metrics.items[i].name, name) == 0)
            return metric_value(&study_case->metrics.items[i], &study_case->simulation->gatherer,
                                0);
    return NAN;
}

static double first_value(const struct study_case *study_case, const char *name)
{
    int column = case_column(study_case, name);
    const struct series *series = column >= 0 ? study_case->simulation->series : NULL;
    return series && series->n_saves ? series_at(series, column, 0) : NAN;
}

// The level that a case is judged by: its scenario's own, if it is one of this variable.
static double level_of(const struct brief *brief, const struct study_case *study_case)
{
    const struct scenario *scenario = study_case->source.scenario;
    bool is_own = scenario && scenario->tip.variable && !isnan(scenario->tip.above) &&
                  strcmp(scenario->tip.variable, brief->variable) == 0;
    return is_own ? scenario->tip.above : brief->level;
}

double brief_passing_date(const struct series *series, int column, double level)
{
    for (long save = 1; save < series->n_saves; save++) {
        double before = series_at(series, column, save - 1);
        double after = series_at(series, column, save);
        if (before <= level && after > level)
            return series->times[save - 1] + (level - before) / (after - before) *
                                                 (series->times[save] - series->times[save - 1]);
    }
    return NAN;
}

// ---------------------------------------------------------------- runs

static void gather_course(struct brief *brief, int row, const struct study_case *study_case)
{
    int column = case_column(study_case, brief->variable);
    if (column < 0)
        return;
    const struct series *series = study_case->simulation->series;
    double level = level_of(brief, study_case), peak = -INFINITY;
    long top = -1;
    for (long save = 0; save < series->n_saves; save++)
        if (series_at(series, column, save) > peak) {
            peak = series_at(series, column, save);
            top = save;
        }
    brief_set(brief, "runs", row, "start", first_value(study_case, brief->variable));
    brief_set(brief, "runs", row, "end", case_last_value(study_case, brief->variable));
    brief_set(brief, "runs", row, "peak", top < 0 ? NAN : peak);
    brief_set(brief, "runs", row, "peak_date", top < 0 ? NAN : series->times[top]);
    brief_set(brief, "runs", row, "passed_date", brief_passing_date(series, column, level));
}

static void gather_support(struct brief *brief, int row, const struct study_case *study_case)
{
    const struct scenario *scenario = study_case->source.scenario;
    const struct time_spec *time = &study_case->source.model->time;
    double from = INFINITY, until = -INFINITY;
    for (size_t i = 0; scenario && i < scenario->streams.count; i++) {
        const struct stream *stream = &scenario->streams.items[i];
        const struct table *points = stream->points;
        double first = !isnan(stream->from) ? stream->from : points ? points->x[0] : time->start;
        double last = !isnan(stream->until) ? stream->until
                      : points              ? points->x[points->n_points - 1]
                                            : time->stop;
        from = fmin(from, first);
        until = fmax(until, last);
    }
    if (!(from < until))
        return;
    brief_set(brief, "runs", row, "support_from", fmax(from, time->start));
    brief_set(brief, "runs", row, "support_until", fmin(until, time->stop));
    brief_set(brief, "runs", row, "support_years",
              fmin(until, time->stop) - fmax(from, time->start));
}

static void gather_money(struct brief *brief, int row, const struct study_case *study_case)
{
    double public_money = brief_metric(study_case, BRIEF_PUBLIC_MONEY);
    double private_money = brief_metric(study_case, BRIEF_PRIVATE_MONEY);
    double sector_money = brief_metric(study_case, BRIEF_SECTOR_MONEY);
    double support = brief_metric(study_case, BRIEF_SUPPORT_MONEY);
    double all = public_money + private_money + sector_money;
    brief_set(brief, "runs", row, "public_money", public_money);
    brief_set(brief, "runs", row, "private_money", private_money);
    brief_set(brief, "runs", row, "sector_money", sector_money);
    brief_set(brief, "runs", row, "support_money", support);
    brief_set(brief, "runs", row, "money", all);
    brief_set(brief, "runs", row, "public_share", all > 0 ? public_money / all : NAN);
    brief_set(brief, "runs", row, "outlay", isnan(public_money) ? support : public_money);
}

static void gather_run(struct brief *brief, int index)
{
    const struct study_case *study_case = &brief->study->cases[index];
    int row = facts_add_row(brief->facts, "runs");
    bool is_complete = brief_is_complete(study_case);
    double settled = brief->settled[index], level = level_of(brief, study_case);
    const struct scenario *scenario = study_case->source.scenario;
    brief_set_text(brief, "runs", row, "run", study_case->source.label);
    brief_set_text(brief, "runs", row, "scenario", scenario ? scenario->name : NULL);
    brief_set_text(brief, "runs", row, "model", study_case->source.model->name);
    brief_set_text(brief, "runs", row, "scenario_title", brief_scenario_title(brief, study_case));
    brief_set_text(brief, "runs", row, "model_title", brief_model_title(brief, study_case));
    brief_set_text(brief, "runs", row, "unit", brief->unit);
    brief_set_text(brief, "runs", row, "ending",
                   study_case->simulation ? run_end_name(study_case->simulation->ending.end)
                                          : "not run");
    brief_set(brief, "runs", row, "is_complete", is_complete);
    gather_support(brief, row, study_case);
    if (!is_complete)
        return;
    gather_course(brief, row, study_case);
    gather_money(brief, row, study_case);
    brief_set(brief, "runs", row, "trained", case_last_value(study_case, "trained_professionals"));
    brief_set(brief, "runs", row, "unplaced",
              case_last_value(study_case, "unplaced_professionals"));
    brief_set(brief, "runs", row, "settled", settled);
    if (!isnan(settled))
        brief_set(brief, "runs", row, "tipped", settled > level);
}

// The row of `table` with the highest (sign 1) or lowest (-1) value of `column` among the runs that
// tipped or, with `tipped` 0, did not; -1.
static int extreme_run(const struct brief *brief, const char *column, double sign, double tipped)
{
    int best = -1;
    for (int i = 0; i < brief->study->n_cases; i++) {
        double value = brief_get(brief, "runs", i, column);
        if (brief_get(brief, "runs", i, "tipped") != tipped || isnan(value))
            continue;
        if (best < 0 || sign * value > sign * brief_get(brief, "runs", best, column))
            best = i;
    }
    return best;
}

// The case to dwell on: the cheapest that tips, the one that comes nearest to tipping, or the
// highest end where none is judged.
static void choose_focus(struct brief *brief)
{
    int cheapest = extreme_run(brief, "outlay", -1, 1);
    int nearest = extreme_run(brief, "settled", 1, 0);
    int tipped = extreme_run(brief, "settled", 1, 1);
    if (cheapest >= 0)
        brief_set(brief, "runs", cheapest, "is_cheapest", 1);
    if (nearest >= 0)
        brief_set(brief, "runs", nearest, "is_nearest", 1);
    brief->focus = cheapest >= 0 ? cheapest : tipped >= 0 ? tipped : nearest;
    for (int i = 0; i < brief->study->n_cases && cheapest < 0 && tipped < 0 && nearest < 0; i++) {
        double end = brief_get(brief, "runs", i, "end");
        if (!isnan(end) &&
            (brief->focus < 0 || end > brief_get(brief, "runs", brief->focus, "end")))
            brief->focus = i;
    }
    if (brief->focus < 0)
        return;
    int row = facts_add_row(brief->facts, "focus");
    static const char *const texts[] = {"run", "scenario", "scenario_title", "model_title"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        brief_set_text(brief, "focus", row, texts[i],
                       facts_get(brief->facts, "runs", brief->focus, texts[i]).text);
    brief_set(brief, "focus", row, "tipped", brief_get(brief, "runs", brief->focus, "tipped"));
}

void brief_gather_runs(struct brief *brief)
{
    for (int i = 0; i < brief->study->n_cases; i++)
        gather_run(brief, i);
    choose_focus(brief);
}
