// Stage: analysis. Hopf points of branches -> curves of Hopf points over a second parameter. Beside
// the rest point's equations it holds that the real part of one pair of eigenvalues is 0; its
// slopes are differences, as a simple pair moves smoothly. The pair is told from others by its
// frequency. A curve ends where the frequency comes down to 0: at a Bogdanov-Takens point.
#include "analysis/tip/plane.h"

#include "base/array.h"

#include <math.h>
#include <string.h>

enum { MOST_UNKNOWNS = 16 }; // each step takes two spectra for every unknown

static const double STEP = 1e-5, LEAST = 1e-3; // of the first frequency, where a curve ends

struct swinging {
    double *real, *imaginary, *trial; // [m + 2]
    double frequency;                 // of the pair at the start of the step
    double first;                     // at the start of the curve
};

// The pair whose frequency is nearest to that before; false where there is none.
static bool find_pair(struct plane *plane, double *real, double *frequency)
{
    struct swinging *swinging = plane->own;
    int n = plane->frozen->m - plane->frozen->n_laws;
    double nearest = INFINITY;
    if (!probe_eigenvalues(plane->probe, swinging->real, swinging->imaginary))
        return false;
    for (int i = 0; i < n; i++) {
        double away = hypot(swinging->imaginary[i] - swinging->frequency, swinging->real[i]);
        if (swinging->imaginary[i] > 0 && away < nearest) {
            nearest = away;
            *real = swinging->real[i];
            *frequency = swinging->imaginary[i];
        }
    }
    return isfinite(nearest);
}

static bool condition(struct plane *plane, const double *u, double *value)
{
    double frequency;
    (void)u;
    bool is_good = find_pair(plane, value, &frequency);
    *value = is_good ? *value / ((struct swinging *)plane->own)->first : NAN;
    return is_good;
}

static void condition_slopes(struct plane *plane, const double *u, double *slopes)
{
    struct swinging *swinging = plane->own;
    int n = plane->frozen->m + 2;
    memcpy(swinging->trial, u, (size_t)n * sizeof *u);
    for (int k = 0; k < n; k++) {
        double values[2] = {NAN, NAN}, step = STEP * fmax(1, fabs(u[k]));
        for (int side = 0; side < 2; side++) {
            swinging->trial[k] = u[k] + (side ? step : -step);
            if (plane_go(plane, swinging->trial))
                condition(plane, swinging->trial, &values[side]);
        }
        swinging->trial[k] = u[k];
        slopes[k] = (values[1] - values[0]) / (2 * step);
    }
}

static void start(struct plane *plane)
{
    struct swinging *swinging = plane->own;
    swinging->frequency = swinging->first;
}

static bool renew(struct plane *plane, const double *u)
{
    struct swinging *swinging = plane->own;
    double real, frequency;
    if (!plane_go(plane, u) || !find_pair(plane, &real, &frequency))
        return false;
    swinging->frequency = frequency;
    return frequency > LEAST * swinging->first;
}

bool hopf_trace(struct branch_set *set, int second, double low, double high)
{
    const volatile sig_atomic_t *cancel = set->frozen->tip->options.cancel;
    double present = set->frozen->parameters[second];
    int m = set->frozen->m;
    if (!m || m > MOST_UNKNOWNS || !(present >= low && present <= high))
        return true;
    struct plane plane = plane_open(set, second, low, high);
    struct swinging swinging = {ARENA_NEW_ARRAY(plane.scratch, double, m + 2),
                                ARENA_NEW_ARRAY(plane.scratch, double, m + 2),
                                ARENA_NEW_ARRAY(plane.scratch, double, m + 2), 0, 1};
    plane.own = &swinging;
    plane.kind = PLANE_HOPF;
    plane.condition = condition;
    plane.condition_slopes = condition_slopes;
    plane.renew = renew;
    plane.start = start;
    plane_begin(&plane);
    for (size_t i = 0; i < set->events.count; i++) {
        const struct branch_event *event = &set->events.items[i];
        if (event->kind != EVENT_HOPF || !(event->rest.frequency > 0))
            continue;
        swinging.first = event->rest.frequency;
        plane_trace(&plane, event->rest.z, event->value, present);
    }
    plane_close(&plane);
    return !(cancel && *cancel);
}
