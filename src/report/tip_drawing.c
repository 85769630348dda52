// Stage: report. What the charts of questions about support share: rows of one model in the tables
// of the analysis, answers, titles.
#include "report/tip_drawing.h"

#include "result/wording.h"

#include <math.h>
#include <string.h>

struct arena *tip_drawing_arena(const struct tip_drawing *drawing)
{
    return drawing->context->arena;
}

struct tip_drawing tip_drawing_of(const struct chart_context *context, const struct tip *tip)
{
    return (struct tip_drawing){context, tip, context->language == LANGUAGE_NL};
}

double tip_drawing_cell(const struct sheet *sheet, size_t row, const char *column)
{
    return sheet_cell(sheet, row, column).number;
}

// Whether a row is of this case.
bool tip_drawing_is_of(const struct tip *tip, const struct sheet *sheet, size_t row,
                       const struct tip_case *tip_case)
{
    const char *model = sheet_cell(sheet, row, "model").text;
    return tip->n_cases == 1 || (model && strcmp(model, tip_case->source.model->name) == 0);
}

const struct tip_answer *tip_drawing_find_answer(const struct tip *tip,
                                                 const struct tip_case *tip_case,
                                                 const char *question, const char *metric)
{
    for (size_t i = 0; i < tip->answers.count; i++) {
        const struct tip_answer *answer = &tip->answers.items[i];
        if (answer->tip_case == tip_case && strcmp(answer->question, question) == 0 &&
            strcmp(answer->metric, metric) == 0)
            return answer;
    }
    return NULL;
}

double tip_drawing_answer(const struct tip *tip, const struct tip_case *tip_case,
                          const char *question, const char *metric)
{
    const struct tip_answer *answer = tip_drawing_find_answer(tip, tip_case, question, metric);
    return answer ? answer->value : NAN;
}

const char *tip_drawing_model_title(const struct tip_drawing *drawing,
                                    const struct tip_case *tip_case)
{
    const struct model *model = tip_case->source.model;
    return localized_text(&model->title, drawing->context->language,
                          spaced_name(tip_drawing_arena(drawing), model->name));
}

// "push-and-pull: transition push", the scenario and, where there is one model, the model.
const char *tip_drawing_about(const struct tip_drawing *drawing, const struct tip_case *tip_case)
{
    const struct scenario *scenario = drawing->tip->scenario;
    if (!scenario)
        return tip_drawing_model_title(drawing, tip_case);
    const char *title =
        localized_text(&scenario->title, drawing->context->language, scenario->name);
    return drawing->tip->n_cases > 1 ? title
                                     : arena_format(tip_drawing_arena(drawing), "%s, %s", title,
                                                    tip_drawing_model_title(drawing, tip_case));
}

// The cases that have rows in a table, at most as many as a chart can tell apart.
int tip_drawing_cases(const struct tip *tip, const struct sheet *sheet,
                      const struct tip_case *cases[MAX_GROUPS])
{
    int n = 0;
    for (int i = 0; i < tip->n_cases && n < MAX_GROUPS; i++)
        for (size_t row = 0; row < sheet->rows.count; row++)
            if (tip_drawing_is_of(tip, sheet, row, &tip->cases[i])) {
                cases[n++] = &tip->cases[i];
                break;
            }
    return n;
}

void tip_drawing_set_groups(const struct tip_drawing *drawing, struct chart *chart,
                            const struct tip_case *const *cases, int n)
{
    const char *names[MAX_GROUPS];
    double styles[MAX_GROUPS];
    for (int i = 0; i < n; i++) {
        names[i] = drawing->tip->n_cases > 1 ? tip_drawing_model_title(drawing, cases[i]) : "";
        styles[i] = (double)(cases[i] - drawing->tip->cases) + 1;
    }
    chart_set_number(chart, "n_groups", n);
    chart_set_texts(chart, "group_name", names, n);
    chart_set_numbers(chart, "group_style", styles, n);
}
