// Stage: report. A study -> the tables of its briefing.
#include "report/brief/brief_private.h"

#include "base/array.h"
#include "base/file.h"
#include "report/study_group.h"
#include "result/manifest.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

bool brief_is_complete(const struct study_case *study_case)
{
    return study_case->simulation && study_case->simulation->ending.end == RUN_COMPLETE;
}

const char *brief_model_title(const struct brief *brief, const struct study_case *study_case)
{
    const struct model *model = study_case->source.model;
    return localized_text(&model->title, brief->job->language, model->name);
}

const char *brief_scenario_title(const struct brief *brief, const struct study_case *study_case)
{
    const struct scenario *scenario = study_case->source.scenario;
    if (!scenario)
        return brief_model_title(brief, study_case);
    return localized_text(&scenario->title, brief->job->language, scenario->name);
}

const char *brief_own_text(const struct brief *brief, const struct localized *text)
{
    bool is_plain = text->text[LANGUAGE_NL] == text->text[LANGUAGE_EN];
    enum language language = brief->job->language;
    return is_plain && language != LANGUAGE_EN ? NULL : text->text[language];
}

void brief_set(struct brief *brief, const char *table, int row, const char *column, double value)
{
    facts_set_number(brief->facts, table, row, column, value);
}

void brief_set_text(struct brief *brief, const char *table, int row, const char *column,
                    const char *text)
{
    facts_set_text(brief->facts, table, row, column, text);
}

double brief_get(const struct brief *brief, const char *table, int row, const char *column)
{
    return facts_get(brief->facts, table, row, column).value;
}

void brief_for_each(struct brief *brief, bool is_model,
                    void (*gather)(struct brief *brief, const struct study_case *study_case))
{
    const struct study *study = brief->study;
    for (int i = 0; i < study->n_cases; i++) {
        const struct run_case *source = &study->cases[i].source;
        bool is_new = is_model || source->scenario;
        for (int k = 0; k < i; k++) {
            const struct run_case *other = &study->cases[k].source;
            is_new &= is_model ? strcmp(other->model->name, source->model->name) != 0
                               : other->scenario != source->scenario;
        }
        if (is_new)
            gather(brief, &study->cases[i]);
    }
}

// ---------------------------------------------------------------- metrics

// The unit of a metric as facts have it, by all its values: that of the first model that says it.
static const char *metric_unit(const struct brief *brief, const struct metric *metric)
{
    const struct summary *summary = &brief->study->summary;
    double low = INFINITY, high = -INFINITY;
    const char *unit = "";
    for (size_t i = 0; i < summary->count; i++)
        if (strcmp(summary->items[i].metric, metric->name) == 0) {
            low = fmin(low, summary->items[i].value);
            high = fmax(high, summary->items[i].value);
            unit = *unit ? unit : summary->items[i].unit;
        }
    return is_shown_in_percent(unit, low, high) ? "share" : unit;
}

static const char *metric_title(const struct brief *brief, const struct metric *metric)
{
    return localized_text(&metric->title, brief->job->language,
                          spaced_name(brief->job->arena, metric->name));
}

static void gather_metrics(struct brief *brief)
{
    for (int i = 0; i < brief->study->n_cases; i++) {
        const struct study_case *study_case = &brief->study->cases[i];
        for (size_t k = 0; study_case->simulation && k < study_case->metrics.count; k++) {
            const struct metric *metric = &study_case->metrics.items[k];
            int row = facts_add_row(brief->facts, "metrics");
            brief_set_text(brief, "metrics", row, "run", study_case->source.label);
            brief_set_text(brief, "metrics", row, "metric", metric->name);
            brief_set_text(brief, "metrics", row, "title", metric_title(brief, metric));
            brief_set_text(brief, "metrics", row, "unit", metric_unit(brief, metric));
            if (brief_is_complete(study_case))
                brief_set(brief, "metrics", row, "value", brief_metric(study_case, metric->name));
        }
    }
}

// The case that a row of the table of metrics is about.
static const struct study_case *find_case(const struct brief *brief, int row)
{
    const char *run = facts_get(brief->facts, "metrics", row, "run").text;
    int i = 0;
    while (strcmp(brief->study->cases[i].source.label, run) != 0)
        i++;
    return &brief->study->cases[i];
}

static void gather_best(struct brief *brief, const struct metric_spec *spec)
{
    const struct fact_table *metrics = facts_find(brief->facts, "metrics");
    double sign = strcmp(spec->better, "high") == 0 ? 1 : -1, best = NAN, worst = NAN;
    int found = -1, n_best = 0;
    bool has_never = false;
    for (int i = 0; i < (int)metrics->count; i++) {
        double value = brief_get(brief, "metrics", i, "value");
        const struct study_case *study_case = find_case(brief, i);
        if (strcmp(facts_get(brief->facts, "metrics", i, "metric").text, spec->name) != 0 ||
            !brief_is_complete(study_case))
            continue;
        has_never |= isnan(value);
        if (isnan(value))
            continue;
        if (isnan(best) || sign * value > sign * best) {
            best = value;
            found = i;
            n_best = 0;
        }
        n_best += value == best;
        worst = isnan(worst) || sign * value < sign * worst ? value : worst;
    }
    if (found < 0)
        return;
    int row = facts_add_row(brief->facts, "bests");
    const struct study_case *winner = find_case(brief, found);
    brief_set_text(brief, "bests", row, "scenario_title", brief_scenario_title(brief, winner));
    brief_set_text(brief, "bests", row, "model_title", brief_model_title(brief, winner));
    brief_set_text(brief, "bests", row, "metric", spec->name);
    brief_set_text(brief, "bests", row, "title",
                   facts_get(brief->facts, "metrics", found, "title").text);
    brief_set_text(brief, "bests", row, "unit",
                   facts_get(brief->facts, "metrics", found, "unit").text);
    brief_set_text(brief, "bests", row, "better", spec->better);
    brief_set(brief, "bests", row, "value", best);
    brief_set(brief, "bests", row, "n_more", n_best - 1);
    brief_set(brief, "bests", row, "worst", has_never ? NAN : worst);
}

static void gather_bests(struct brief *brief)
{
    int index = brief->focus < 0 ? 0 : brief->focus;
    const struct metric_spec_list *specs = &brief->study->cases[index].source.model->metrics;
    for (size_t i = 0; i < specs->count; i++)
        if (specs->items[i].better)
            gather_best(brief, &specs->items[i]);
}

// ---------------------------------------------------------------- the variable over time

// Steps of 1, 2 or 5 times a power of ten that cut the span into four to ten pieces.
static double nice_step(double span)
{
    double power = pow(10, floor(log10(span / 4)));
    double rest = span / 4 / power;
    return power * (rest >= 5 ? 5 : rest >= 2 ? 2 : 1);
}

static void gather_dates(struct brief *brief)
{
    const struct time_spec *time = &brief->study->cases[0].source.model->time;
    double step = nice_step(time->stop - time->start);
    for (double k = ceil(time->start / step - 1e-9); k * step <= time->stop + 1e-9 * step; k++) {
        int row = facts_add_row(brief->facts, "dates");
        brief_set(brief, "dates", row, "date", k * step);
        for (int i = 0; i < brief->study->n_cases; i++) {
            const struct study_case *study_case = &brief->study->cases[i];
            int column = case_column(study_case, brief->variable);
            if (column < 0 || !brief_is_complete(study_case))
                continue;
            row = facts_add_row(brief->facts, "course");
            brief_set_text(brief, "course", row, "run", study_case->source.label);
            brief_set_text(brief, "course", row, "unit", brief->unit);
            brief_set(brief, "course", row, "date", k * step);
            brief_set(brief, "course", row, "value",
                      series_at_time(study_case->simulation->series, column, k * step));
        }
    }
}

// ---------------------------------------------------------------- sectors

static void gather_sector(struct brief *brief, const struct study_case *study_case, int column)
{
    const struct series *series = study_case->simulation->series;
    const struct variable *variable = series->variables[column];
    const char *open = strchr(series->names[column], '[');
    int row = facts_add_row(brief->facts, "sectors");
    const char *name = arena_copy_text(brief->job->arena, open + 1, strcspn(open + 1, "]"));
    int element = dimension_find_element(variable->dimensions[0],
                                         name_key(brief->job->arena, name, strlen(name)));
    const char *sector =
        element_in_words(brief->job->arena, variable->dimensions[0], element, brief->job->language);
    double first = series_at(series, column, 0);
    double last = series_at(series, column, series->n_saves - 1), low = INFINITY, high = -INFINITY;
    for (int i = 0; i < series->n_variables; i++)
        for (long save = 0; series->variables[i] == variable && save < series->n_saves; save++) {
            low = fmin(low, series_at(series, i, save));
            high = fmax(high, series_at(series, i, save));
        }
    bool is_share = variable->unit_text && is_shown_in_percent(variable->unit_text, low, high);
    brief_set_text(brief, "sectors", row, "sector", sector);
    brief_set_text(brief, "sectors", row, "variable", variable->name);
    brief_set_text(brief, "sectors", row, "title",
                   localized_text(&variable->title, brief->job->language,
                                  spaced_name(brief->job->arena, variable->name)));
    brief_set_text(brief, "sectors", row, "unit",
                   is_share              ? "share"
                   : variable->unit_text ? variable->unit_text
                                         : "1");
    brief_set(brief, "sectors", row, "start", first);
    brief_set(brief, "sectors", row, "end", last);
    brief_set(brief, "sectors", row, "change", last - first);
    if (last > first)
        brief_set(brief, "sectors", row, "passed_date",
                  brief_passing_date(series, column, (first + last) / 2));
}

// Variables named sector_... over one dimension, in the run that the briefing dwells on.
static void gather_sectors(struct brief *brief)
{
    const struct study_case *study_case =
        brief->focus >= 0 ? &brief->study->cases[brief->focus] : NULL;
    const struct series *series = study_case ? study_case->simulation->series : NULL;
    for (int i = 0; series && series->n_saves && i < series->n_variables; i++)
        if (series->variables[i]->n_dimensions == 1 && strchr(series->names[i], '[') &&
            strncmp(series->names[i], "sector_", 7) == 0)
            gather_sector(brief, study_case, i);
}

// ---------------------------------------------------------------- sources and limits

static void gather_quality(struct brief *brief)
{
    static const char *const marks[] = {"A", "S", "B", "C", "D", "?"};
    int counts[ARRAY_COUNT(marks)] = {0}, n = 0;
    struct name_table seen;
    name_table_init(&seen, brief->job->arena);
    for (int i = 0; i < brief->study->n_cases; i++) {
        const struct model *model = brief->study->cases[i].source.model;
        for (size_t k = 0; k < model->variables.count; k++) {
            struct variable *variable = model->variables.items[k];
            if (variable->kind != VARIABLE_PARAMETER || variable->is_hidden ||
                name_table_add(&seen, variable->key, variable))
                continue;
            size_t mark = 0;
            while (mark + 1 < ARRAY_COUNT(marks) &&
                   strcmp(variable->quality ? variable->quality : "?", marks[mark]) != 0)
                mark++;
            counts[mark]++;
            n++;
        }
    }
    for (size_t mark = 0; mark < ARRAY_COUNT(marks); mark++) {
        if (!counts[mark])
            continue;
        int row = facts_add_row(brief->facts, "quality");
        brief_set_text(brief, "quality", row, "mark", marks[mark]);
        brief_set(brief, "quality", row, "n_parameters", counts[mark]);
        brief_set(brief, "quality", row, "of_all", (double)counts[mark] / n);
    }
}

static void gather_limits(struct brief *brief, const struct study_case *study_case)
{
    const struct model *model = study_case->source.model;
    const struct fact_table *limits = facts_find(brief->facts, "limits");
    for (int i = 0; i < model->n_leaves_out; i++) {
        const char *text = localized_text(&model->leaves_out[i], brief->job->language, "");
        int row = 0;
        while (row < (int)limits->count &&
               strcmp(facts_get(brief->facts, "limits", row, "text").text, text) != 0)
            row++;
        if (row < (int)limits->count) {
            brief_set(brief, "limits", row, "n_more",
                      1 + brief_get(brief, "limits", row, "n_more"));
            continue;
        }
        facts_add_row(brief->facts, "limits");
        brief_set_text(brief, "limits", row, "model_title", brief_model_title(brief, study_case));
        brief_set_text(brief, "limits", row, "text", text);
        brief_set(brief, "limits", row, "n_more", 0);
    }
}

static void gather_files(struct brief *brief)
{
    const struct brief_job *job = brief->job;
    for (size_t i = 0; i < job->n_files; i++) {
        size_t length;
        const char *bytes =
            file_read(job->arena, job->files[i], (size_t)1 << 31, &length, job->diag);
        char hash[HASH_TEXT_SIZE];
        if (!bytes)
            continue;
        hash_bytes(bytes, length, hash);
        int row = facts_add_row(brief->facts, "files");
        brief_set_text(brief, "files", row, "path", job->files[i]);
        brief_set_text(brief, "files", row, "sha256", hash);
        brief_set_text(brief, "files", row, "hash", arena_copy_text(job->arena, hash, 10));
    }
}

void brief_caveat(struct brief *brief, const char *kind, const char *subject)
{
    int row = facts_add_row(brief->facts, "caveats");
    brief_set_text(brief, "caveats", row, "kind", kind);
    brief_set_text(brief, "caveats", row, "subject", subject);
}

static void gather_caveats(struct brief *brief)
{
    const struct study *study = brief->study;
    for (int i = 0; i < study->n_cases; i++) {
        const struct study_case *study_case = &study->cases[i];
        bool is_cancelled =
            !study_case->simulation || study_case->simulation->ending.end == RUN_CANCELLED;
        if (!brief_is_complete(study_case))
            brief_caveat(brief, is_cancelled ? "interrupted" : "failed", study_case->source.label);
        else if (!isnan(brief->level) && isnan(brief->settled[i]))
            brief_caveat(brief, "not-judged", study_case->source.label);
    }
    if (isnan(brief->level))
        brief_caveat(brief, "no-level", NULL);
}

void brief_gather(struct brief *brief)
{
    brief_gather_runs(brief);
    brief_gather_tallies(brief);
    gather_metrics(brief);
    gather_bests(brief);
    gather_dates(brief);
    gather_sectors(brief);
    gather_quality(brief);
    brief_for_each(brief, true, gather_limits);
    gather_files(brief);
    gather_caveats(brief);
}
