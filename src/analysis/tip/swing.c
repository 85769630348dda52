// Stage: analysis. A run that does not come to rest -> one more long run with its course -> low,
// high and period, from the times at which it rises through its middle.
#include "analysis/tip/swing.h"

#include "model/time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SAVES = 20000, MOST_RISES = 4096, LEAST_RISES = 3 };

static const double EQUAL = 0.02; // periods and widths that differ less are the same

// A stretch of the course.
struct stretch {
    double low, high;
    double rises[MOST_RISES]; // times at which it rises through its middle
    double tops[MOST_RISES];  // highest value between one rise and the next
    int n_rises;
};

static void look_at(const struct series *series, long from, long to, struct stretch *stretch)
{
    stretch->low = INFINITY;
    stretch->high = -INFINITY;
    stretch->n_rises = 0;
    for (long i = from; i < to; i++) {
        stretch->low = fmin(stretch->low, series_at(series, 0, i));
        stretch->high = fmax(stretch->high, series_at(series, 0, i));
    }
    double middle = (stretch->low + stretch->high) / 2;
    for (long i = from + 1; i < to; i++) {
        double before = series_at(series, 0, i - 1) - middle,
               now = series_at(series, 0, i) - middle;
        bool is_rise = before < 0 && now >= 0 && stretch->n_rises < MOST_RISES;
        if (is_rise) {
            stretch->rises[stretch->n_rises] =
                series->times[i] + (series->times[i - 1] - series->times[i]) * now / (now - before);
            stretch->tops[stretch->n_rises++] = now;
        } else if (stretch->n_rises) {
            double *top = &stretch->tops[stretch->n_rises - 1];
            *top = fmax(*top, now);
        }
    }
}

// Whether `n` values are all the same, nearly.
static bool are_equal(const double *values, int n, double size)
{
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < n; i++) {
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    return high - low <= EQUAL * size;
}

static enum swing_kind find_kind(const struct stretch *early, const struct stretch *late,
                                 double *period)
{
    double width = late->high - late->low, before = early->high - early->low;
    double size = fmax(fabs(late->high), fabs(late->low));
    int n = late->n_rises - 1; // whole periods
    double gaps[MOST_RISES];
    if (n + 1 < LEAST_RISES || width <= 1e-9 * size)
        return SWING_NONE;
    for (int i = 0; i < n; i++)
        gaps[i] = late->rises[i + 1] - late->rises[i];
    *period = (late->rises[n] - late->rises[0]) / n;
    if (!are_equal(gaps, n, *period))
        return SWING_IRREGULAR;
    if (are_equal(late->tops, n, width) && fabs(width - before) <= EQUAL * width)
        return SWING_CYCLE;
    return width < before ? SWING_DAMPED : width > before ? SWING_WIDENING : SWING_IRREGULAR;
}

static void judge(const struct series *series, struct swing *swing)
{
    struct stretch *stretches = malloc(2 * sizeof *stretches);
    long n = series->n_saves;
    look_at(series, n / 4, 5 * n / 8, &stretches[0]);
    look_at(series, 5 * n / 8, n, &stretches[1]);
    swing->kind = find_kind(&stretches[0], &stretches[1], &swing->period);
    swing->low = fmin(stretches[0].low, stretches[1].low);
    swing->high = fmax(stretches[0].high, stretches[1].high);
    if (swing->kind == SWING_CYCLE) {
        swing->low = stretches[1].low;
        swing->high = stretches[1].high;
    }
    swing->first = series_at(series, 0, 0);
    swing->last = series_at(series, 0, n - 1);
    free(stretches);
}

// A value for each lane of a kernel: [n][lanes].
static double *spread(struct arena *arena, const double *values, int n, int lanes)
{
    double *rows = ARENA_NEW_ARRAY(arena, double, n *lanes);
    for (int i = 0; i < n * lanes; i++)
        rows[i] = values[i / lanes];
    return rows;
}

bool swing_look(const struct rest_set *set, struct variable *variable, int cell,
                struct swing *swing, struct diag *diag)
{
    const struct frozen *frozen = set->frozen;
    const struct output_list outputs = {&(struct output){variable, cell}, 1, 1};
    const struct time_spec *time = &frozen->tip_case->source.model->time;
    *swing = (struct swing){.period = NAN, .length = frozen->run_length};
    struct program *program = tip_compile(frozen->tip, frozen->tip_case, &frozen->varied, &outputs,
                                          frozen->run_length - (time->stop - time->start), diag);
    if (!program)
        return false;
    program->holds_time = true;
    program->held_time = frozen->time;
    program->time.save_every =
        program->time.step * (double)(time_spec_n_steps(&program->time) / MOST_SAVES + 1);
    struct workspace *workspace =
        workspace_create(program, kernel_narrow(), frozen->tip_case->method);
    struct series *series = series_create(frozen->arena, outputs.items, 1, &program->time);
    struct run_ending *endings =
        ARENA_NEW_ARRAY(frozen->arena, struct run_ending, workspace->lanes);
    struct integration integration = {.workspace = workspace,
                                      .n_lanes = 1,
                                      .observers = {observe_series(series)},
                                      .n_observers = 1,
                                      .cancel = frozen->tip->options.cancel,
                                      .endings = endings};
    integration.parameters =
        spread(frozen->arena, frozen->parameters, frozen->n_parameters, workspace->lanes);
    if (!frozen->has_memory) // what is remembered cannot be put back
        integration.from =
            spread(frozen->arena, set->swings.states, frozen->n_states, workspace->lanes);
    integrate(&integration);
    frozen->tip->n_ends[endings[0].end]++;
    workspace_free(workspace);
    if (endings[0].end != RUN_COMPLETE)
        return false;
    judge(series, swing);
    return true;
}
