// Stage: result. One run's columns, filled row by row while the run goes on.
#include "result/series.h"

#include "model/time.h"

#include <math.h>
#include <string.h>

struct series *series_create(struct arena *arena, const struct output *outputs, int n_outputs,
                             const struct time_spec *time)
{
    struct series *series = ARENA_NEW(arena, struct series);
    series->arena = arena;
    series->n_variables = n_outputs;
    series->names = ARENA_NEW_ARRAY(arena, const char *, n_outputs);
    series->units = ARENA_NEW_ARRAY(arena, const char *, n_outputs);
    series->variables = ARENA_NEW_ARRAY(arena, const struct variable *, n_outputs);
    for (int i = 0; i < n_outputs; i++) {
        const char *unit = outputs[i].variable->unit_text;
        series->names[i] = cell_name(arena, outputs[i].variable, outputs[i].cell);
        series->units[i] = unit ? unit : "";
        series->variables[i] = outputs[i].variable;
    }
    // One more than the regular saves: the last step is always saved.
    series->steps_per_save = time_spec_steps_per_save(time);
    series->max_saves = time_spec_n_steps(time) / series->steps_per_save + 2;
    series->times = ARENA_NEW_ARRAY(arena, double, series->max_saves);
    series->values = ARENA_NEW_ARRAY(arena, double, (size_t)series->max_saves *(size_t)n_outputs);
    return series;
}

int series_find(const struct series *series, const char *name)
{
    for (int i = 0; i < series->n_variables; i++)
        if (strcmp(series->names[i], name) == 0)
            return i;
    return -1;
}

double series_at(const struct series *series, int variable, long save)
{
    return series->values[variable * series->max_saves + save];
}

double series_at_time(const struct series *series, int variable, double time)
{
    for (long save = 0; save < series->n_saves; save++) {
        double right = series->times[save];
        if (right == time)
            return series_at(series, variable, save);
        if (right > time) {
            if (save == 0)
                return NAN;
            double left = series->times[save - 1], share = (time - left) / (right - left);
            double a = series_at(series, variable, save - 1), b = series_at(series, variable, save);
            return a + share * (b - a);
        }
    }
    return NAN;
}
