// Stage: model. A time axis is start + k * step; where the step is a fraction m/n of a unit,
// times are computed as start + k m / n, which hardly rounds.
#include "model/time.h"

#include <math.h>

enum { MAX_STEPS = 100000000 };

struct time_spec time_spec_empty(void)
{
    return (struct time_spec){
        .start = NAN, .stop = NAN, .step = NAN, .save_every = NAN, .tolerance = NAN};
}

bool time_spec_override(struct time_spec *time, const struct time_spec *over)
{
    double *numbers[] = {&time->start, &time->stop, &time->step, &time->save_every,
                         &time->tolerance};
    const double given[] = {over->start, over->stop, over->step, over->save_every, over->tolerance};
    bool is_any = over->method || over->unit;
    for (int i = 0; i < 5; i++) {
        if (isnan(given[i]))
            continue;
        *numbers[i] = given[i];
        is_any = true;
    }
    if (over->method)
        time->method = over->method;
    if (over->unit)
        time->unit = over->unit;
    if (is_any && over->position.file)
        time->position = over->position;
    return is_any;
}

long time_spec_n_steps(const struct time_spec *time)
{
    return lround((time->stop - time->start) / time->step);
}

double time_spec_at(const struct time_spec *time, long step)
{
    if (time->per_unit > 0)
        return time->start + (double)step * time->units / time->per_unit;
    return time->start + (double)step * time->step;
}

long time_spec_steps_per_save(const struct time_spec *time)
{
    if (isnan(time->save_every) || time->save_every == 0)
        return 1;
    long steps = lround(time->save_every / time->step);
    return steps < 1 ? 1 : steps;
}

// Writes the step as a fraction of small whole numbers, where it is one.
static void find_fraction(struct time_spec *time)
{
    double per_unit = nearbyint(1 / time->step);
    if (per_unit < 1 || fabs(1 / time->step - per_unit) > 1e-9 * per_unit)
        per_unit = 1;
    while (per_unit <= 1000 &&
           fabs(time->step * per_unit - nearbyint(time->step * per_unit)) > 1e-9 * time->step)
        per_unit++;
    double units = nearbyint(time->step * per_unit);
    bool is_fraction = units >= 1 && fabs(time->step * per_unit - units) <= 1e-9 * units;
    time->units = is_fraction ? units : 0;
    time->per_unit = is_fraction ? per_unit : 0;
}

bool time_spec_check(struct time_spec *time, struct diag *diag)
{
    size_t n_errors = diag->n_errors;
    if (isnan(time->step))
        time->step = 1;
    if (isnan(time->tolerance))
        time->tolerance = 1e-8;
    if (!time->unit)
        time->unit = "year";
    if (!time->method)
        time->method = "euler";
    if (isnan(time->start) || isnan(time->stop)) {
        diag_error(diag, time->position, "the time axis needs a start and a stop");
        diag_hint(diag,
                  "time: { start = 2025.0; stop = 2050.0; step = 0.03125; unit = \"year\"; }");
        return false;
    }
    if (!isfinite(time->start) || !isfinite(time->stop) || !isfinite(time->step))
        diag_error(diag, time->position, "the time axis must be finite");
    else if (time->step <= 0)
        diag_error(diag, time->position, "the time step is %g; it must be above 0", time->step);
    else if (time->stop < time->start)
        diag_error(diag, time->position, "the run stops at %g, before it starts at %g", time->stop,
                   time->start);
    else if ((time->stop - time->start) / time->step > MAX_STEPS)
        diag_error(diag, time->position, "%g steps are more than the %d that are possible",
                   (time->stop - time->start) / time->step, MAX_STEPS);
    else if (!isnan(time->save_every) && !(time->save_every >= 0))
        diag_error(diag, time->position, "save_every is %g; it must be above 0", time->save_every);
    else if (!(time->tolerance > 0))
        diag_error(diag, time->position, "tolerance is %g; it must be above 0", time->tolerance);
    if (diag->n_errors != n_errors)
        return false;
    find_fraction(time);
    double n = (time->stop - time->start) / time->step;
    if (fabs(n - nearbyint(n)) > 1e-6 * fmax(1, n)) {
        diag_warning(diag, time->position,
                     "the step %g does not divide the time from %g to %g; the run ends at %g",
                     time->step, time->start, time->stop,
                     time_spec_at(time, time_spec_n_steps(time)));
    }
    if (!isnan(time->save_every) && time->save_every > 0) {
        double per_save = time->save_every / time->step;
        if (per_save < 1 - 1e-9 || fabs(per_save - nearbyint(per_save)) > 1e-6 * per_save)
            diag_warning(diag, time->position, "save_every = %g is not a whole number of steps",
                         time->save_every);
    }
    return true;
}
