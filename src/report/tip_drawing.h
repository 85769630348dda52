// What the charts of questions about support share.
#ifndef REPORT_TIP_DRAWING_H
#define REPORT_TIP_DRAWING_H

#include "analysis/tip/tip.h"
#include "report/chart.h"

enum { MAX_GROUPS = 8 };

// What one chart is made of.
struct tip_drawing {
    const struct chart_context *context;
    const struct tip *tip;
    bool in_dutch;
};

struct tip_drawing tip_drawing_of(const struct chart_context *context, const struct tip *tip);
struct arena *tip_drawing_arena(const struct tip_drawing *drawing);

// The number in a row of a table.
double tip_drawing_cell(const struct sheet *sheet, size_t row, const char *column);

// Whether a row is of this case.
bool tip_drawing_is_of(const struct tip *tip, const struct sheet *sheet, size_t row,
                       const struct tip_case *tip_case);

// An answer, NULL where there is none; its value, NaN then.
const struct tip_answer *tip_drawing_find_answer(const struct tip *tip,
                                                 const struct tip_case *tip_case,
                                                 const char *question, const char *metric);
double tip_drawing_answer(const struct tip *tip, const struct tip_case *tip_case,
                          const char *question, const char *metric);

const char *tip_drawing_model_title(const struct tip_drawing *drawing,
                                    const struct tip_case *tip_case);

// The scenario and, where there is one model, the model.
const char *tip_drawing_about(const struct tip_drawing *drawing, const struct tip_case *tip_case);

// The cases that have rows in a table, at most as many as a chart can tell apart.
int tip_drawing_cases(const struct tip *tip, const struct sheet *sheet,
                      const struct tip_case *cases[MAX_GROUPS]);

// Names and styles of the groups of a chart, a case each.
void tip_drawing_set_groups(const struct tip_drawing *drawing, struct chart *chart,
                            const struct tip_case *const *cases, int n);

// How much for how long, and how much of one stream by another: all models in one chart, and each
// with the ground that tips and lines of equal cost. In tip_frontier_chart.c.
bool draw_frontiers(const struct tip_drawing *drawing);

#endif
