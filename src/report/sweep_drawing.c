// Stage: report. What the charts of a sweep share: what cases, metrics and inputs are called, how
// their values are shown, the level from which on a run has tipped.
#include "report/sweep_drawing.h"

#include "result/wording.h"

#include <math.h>
#include <string.h>

struct arena *drawing_arena(const struct drawing *drawing)
{
    return drawing->context->arena;
}

const char *drawing_words(const struct drawing *drawing, const struct localized *text,
                          const char *otherwise)
{
    return localized_text(text, drawing->context->language, otherwise);
}

const char *drawing_case_title(const struct drawing *drawing, int index)
{
    const struct run_case *source = &drawing->sweep->cases[index].source;
    const char *model = drawing_words(drawing, &source->model->title, source->model->name);
    const char *scenario = drawing_words(drawing, &source->scenario->title, source->scenario->name);
    bool has_scenarios = false, has_models = false;
    for (int i = 1; i < drawing->sweep->n_cases; i++) {
        const struct run_case *other = &drawing->sweep->cases[i].source;
        const struct run_case *first = &drawing->sweep->cases[0].source;
        has_scenarios |= strcmp(other->scenario->name, first->scenario->name) != 0;
        has_models |= strcmp(other->model->name, first->model->name) != 0;
    }
    if (has_scenarios && has_models)
        return arena_format(drawing_arena(drawing), "%s, %s", scenario, model);
    return has_scenarios ? scenario : model;
}

const char *drawing_metric_title(const struct drawing *drawing, int metric)
{
    const struct sweep *sweep = drawing->sweep;
    const char *spaced = spaced_name(drawing_arena(drawing), sweep->metric_names[metric]);
    for (int c = 0; c < sweep->n_cases; c++)
        for (size_t i = 0; i < sweep->cases[c].metrics.count; i++)
            if (sweep->cases[c].metric_column[i] == metric)
                return drawing_words(drawing, &sweep->cases[c].metrics.items[i].title, spaced);
    return spaced;
}

// The variable that an input or band is about, in the first case that has it.
static const struct variable *find_variable(const struct drawing *drawing, const char *name)
{
    for (int c = 0; c < drawing->sweep->n_cases; c++) {
        const struct variable *variable =
            model_find_variable(drawing->sweep->cases[c].source.model,
                                name_key(drawing_arena(drawing), name, strcspn(name, "[")));
        if (variable)
            return variable;
    }
    return NULL;
}

const char *drawing_variable_title(const struct drawing *drawing, const char *name)
{
    const struct variable *variable = find_variable(drawing, name);
    struct arena *arena = drawing_arena(drawing);
    enum language language = drawing->in_dutch ? LANGUAGE_NL : LANGUAGE_EN;
    return variable ? title_in_words(arena, variable, name, language) : spaced_name(arena, name);
}

static bool is_scale(const struct drawing *drawing, int input)
{
    const struct sweep_case *first = &drawing->sweep->cases[0];
    return first->n_targets[input] > 0 && first->targets[input][0].is_scale;
}

const char *drawing_input_title(const struct drawing *drawing, int input)
{
    const char *name = drawing->sweep->design.inputs[input].name;
    const char *title = drawing_variable_title(drawing, name);
    if (!is_scale(drawing, input))
        return title;
    return arena_format(drawing_arena(drawing),
                        drawing->in_dutch ? "%s (veelvoud)" : "%s (multiple)", title);
}

const char *drawing_input_unit(const struct drawing *drawing, int input)
{
    const struct variable *variable =
        find_variable(drawing, drawing->sweep->design.inputs[input].name);
    bool has_unit = variable && variable->unit_text && !is_scale(drawing, input);
    return has_unit ? variable->unit_text : "1";
}

void column_range(const double *column, long n, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (long i = 0; i < n; i++) {
        if (!isfinite(column[i]))
            continue;
        *low = fmin(*low, column[i]);
        *high = fmax(*high, column[i]);
    }
}

bool drawing_metric_in_percent(const struct drawing *drawing, int metric)
{
    double low, high;
    column_range(drawing->table->metrics[metric], drawing->table->n_rows, &low, &high);
    const char *unit = drawing->sweep->metric_units[metric];
    return is_shown_in_percent(*unit ? unit : "?", low, high);
}

bool drawing_input_in_percent(const struct drawing *drawing, int input)
{
    double low, high;
    column_range(drawing->table->inputs[input], drawing->table->n_rows, &low, &high);
    return !is_scale(drawing, input) &&
           is_shown_in_percent(drawing_input_unit(drawing, input), low, high) && high <= 1;
}

const char *drawing_input_text(const struct drawing *drawing, int input, double value)
{
    return value_in_words(drawing_arena(drawing), value, drawing_input_unit(drawing, input),
                          drawing_input_in_percent(drawing, input), drawing->context->language);
}

double drawing_tip_level(const struct drawing *drawing, const char *name)
{
    struct arena *arena = drawing_arena(drawing);
    const struct tip_spec *tip = &drawing->sweep->cases[0].source.scenario->tip;
    bool is_same = tip->variable && strcmp(name_key(arena, tip->variable, strlen(tip->variable)),
                                           name_key(arena, name, strlen(name))) == 0;
    return is_same ? tip->above : NAN;
}

double drawing_metric_level(const struct drawing *drawing, int metric)
{
    const struct sweep_case *first = &drawing->sweep->cases[0];
    for (size_t i = 0; i < first->metrics.count; i++) {
        const struct metric *one = &first->metrics.items[i];
        if (first->metric_column[i] != metric || one->n_measures != 1)
            continue;
        const struct measure *measure = &one->measures[0];
        bool is_value = measure->expr == one->tree && measure->kind == MEASURE_AT;
        if (is_value && measure->watched->kind == EXPR_NAME)
            return drawing_tip_level(drawing, measure->watched->name);
    }
    return NAN;
}

const char *drawing_level_name(const struct drawing *drawing, const char *value)
{
    return arena_format(drawing_arena(drawing),
                        drawing->in_dutch ? "kantelpunt %s" : "tipping level %s", value);
}

double drawing_share_above(const struct drawing *drawing, int metric, int group, double level)
{
    const struct sweep_table *table = drawing->table;
    long n = 0, n_above = 0;
    for (long row = 0; row < table->n_rows; row++) {
        if (table->case_index[row] != group || !isfinite(table->metrics[metric][row]))
            continue;
        n++;
        n_above += table->metrics[metric][row] > level;
    }
    return n ? (double)n_above / (double)n : NAN;
}

const char *drawing_metric_text(const struct drawing *drawing, int metric, double value)
{
    return value_in_words(drawing_arena(drawing), value, drawing->sweep->metric_units[metric],
                          drawing_metric_in_percent(drawing, metric), drawing->context->language);
}

// "20.000 runs, design sobol", and what was left out.
const char *drawing_runs_text(const struct drawing *drawing)
{
    const struct sweep *sweep = drawing->sweep;
    const char *text =
        arena_format(drawing_arena(drawing), "%llu runs, %s",
                     (unsigned long long)sweep_n_runs(sweep), design_kind_name(sweep->design.kind));
    if (drawing->table->stride > 1)
        text = arena_format(drawing_arena(drawing),
                            drawing->in_dutch ? "%s, waarvan elke %llue" : "%s, one in %llu", text,
                            (unsigned long long)drawing->table->stride);
    return text;
}

void drawing_set_caveat(const struct drawing *drawing, struct chart *chart)
{
    if (drawing->n_failed)
        chart_set_text(chart, "caveat",
                       arena_format(drawing_arena(drawing),
                                    drawing->in_dutch
                                        ? "%llu van %llu runs zijn mislukt en tellen niet mee."
                                        : "%llu of %llu runs failed and do not count.",
                                    (unsigned long long)drawing->n_failed,
                                    (unsigned long long)sweep_n_runs(drawing->sweep)));
}

void drawing_set_groups(const struct drawing *drawing, struct chart *chart, int n)
{
    const char *names[MAX_GROUPS];
    double styles[MAX_GROUPS];
    for (int i = 0; i < n; i++) {
        names[i] = n > 1 ? drawing_case_title(drawing, i) : "";
        styles[i] = i + 1;
    }
    chart_set_number(chart, "n_groups", n);
    chart_set_texts(chart, "group_name", names, n);
    chart_set_numbers(chart, "group_style", styles, n);
}

int drawing_n_groups(const struct drawing *drawing)
{
    return drawing->sweep->n_cases < MAX_GROUPS ? drawing->sweep->n_cases : MAX_GROUPS;
}
