// Stage: report. Each chart is a function in a file of its own, named here; it draws nothing where
// its question was not asked.
#include "report/tip_charts.h"

#include "base/array.h"
#include "report/tip_support_charts.h"

typedef bool draw_function(const struct chart_context *context, const struct tip *tip);

static draw_function *const charts[] = {draw_bifurcation, draw_phase, tip_support_charts, NULL};

static bool draw_all(const struct chart_context *context, void *subject)
{
    const struct tip *tip = subject;
    for (size_t i = 0; charts[i]; i++)
        if (!charts[i](context, tip))
            return false;
    return true;
}

bool tip_charts(const struct chart_context *context, const struct tip *tip)
{
    return charts_in_both_languages(context, draw_all, (void *)tip);
}
