// Stage: analysis. A step along a branch -> the event within it, if there is one. It shows by a
// sign that changes (the direction of the parameter, the orientation of the curve, the number of
// unstable eigenvalues) and is closed in on by halving the step.
#include "analysis/tip/tracing.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>

enum { HALVINGS = 48 };

static const double AT_EDGE = 1e-9; // of the range: a fold this near its end is within it

const char *branch_event_name(enum branch_event_kind kind)
{
    static const char *const names[] = {"fold", "hopf", "branch", "kink", "end"};
    return names[kind];
}

static const double UPRIGHT = 1e-9; // a branch that stands at one value of the parameter

// What is seen of the eigenvalues at u: how many have a positive real part, and the one nearest to
// the imaginary axis. False where there are none.
static bool look(struct tracing *tracing, const double *u, int *n_positive, double *nearest_real,
                 double *nearest_imaginary)
{
    const struct frozen *frozen = tracing->frozen;
    double *residuals = tracing->by_parameter;
    *n_positive = 0;
    *nearest_real = INFINITY;
    if (!tracing->curve.evaluate(tracing, u, residuals) ||
        !probe_eigenvalues(tracing->probe, tracing->real, tracing->imaginary))
        return false;
    for (int i = 0; i < frozen->m - frozen->n_laws; i++) {
        *n_positive += tracing->real[i] > 0;
        if (fabs(tracing->real[i]) < fabs(*nearest_real)) {
            *nearest_real = tracing->real[i];
            *nearest_imaginary = tracing->imaginary[i];
        }
    }
    return true;
}

// Which side of an event a point is on.
static int side_of(struct tracing *tracing, const struct curve_point *point, bool is_fold)
{
    int n_positive;
    double real, imaginary;
    if (is_fold)
        return point->tangent[tracing->frozen->m] > 0;
    return look(tracing, point->u, &n_positive, &real, &imaginary) ? n_positive : 0;
}

// Closes in on the event within a step; the result is `at`, and `*length` where it is along the
// step. Returns within which length.
static double close_in(struct tracing *tracing, const struct branch_step *step, bool is_fold,
                       struct curve_point *at, double *length)
{
    static const double parts[] = {0.5, 0.37, 0.63, 0.21,
                                   0.79}; // where a step fails, another may not
    int before = side_of(tracing, step->from, is_fold);
    double low = 0, high = step->taken, middle = 0;
    struct curve_point trial = curve_point_create(&tracing->curve, tracing->scratch);
    for (int i = 0; i < HALVINGS; i++) {
        bool is_on = false;
        for (size_t k = 0; k < ARRAY_COUNT(parts) && !is_on; k++) {
            middle = low + parts[k] * (high - low);
            is_on = curve_step(&tracing->curve, step->from, middle, &trial);
        }
        if (!is_on)
            break;
        if (side_of(tracing, &trial, is_fold) == before)
            low = middle;
        else
            high = middle;
        curve_point_copy(&tracing->curve, &trial, at);
    }
    *length = (low + high) / 2;
    return high - low;
}

// The kind of a change of stability that does not fold the branch; `change` is by how much the
// largest real part changes around it.
static enum branch_event_kind kind_at(struct tracing *tracing, const double *u, double change)
{
    int n_positive;
    double real, imaginary;
    look(tracing, u, &n_positive, &real, &imaginary);
    if (fabs(real) > 0.05 * change)
        return EVENT_KINK;
    return fabs(imaginary) > 1e-6 * change ? EVENT_HOPF : EVENT_CROSS;
}

static void add_event(struct tracing *tracing, struct branch_event *event, const double *u)
{
    const struct branch_set *set = tracing->set;
    event->branch = (int)set->branches.count;
    event->value = tracing_value(tracing, u);
    double least = event->kind == EVENT_CROSS ? 1e-10 : 1e-13;
    if (fabs(event->value) < least * (set->high - set->low))
        event->value = 0;
    event->value = fmin(fmax(event->value, set->low), set->high);
    tracing_fill(tracing, u, &event->rest);
    if (tracing_is_feasible(tracing->frozen, event->rest.z))
        ARRAY_PUSH(tracing->frozen->arena, &tracing->set->events) = *event;
}

// Where branches cross within a step; false where they do not after all.
static bool add_crossing(struct tracing *tracing, const struct branch_step *step)
{
    struct branch_event event = {.kind = EVENT_CROSS};
    struct crossing crossing;
    if (!crossing_locate(tracing, step, &crossing))
        return false;
    ARRAY_PUSH(tracing->scratch, &tracing->crossings) = crossing;
    event.margin = crossing.margin;
    add_event(tracing, &event, crossing.u);
    return true;
}

double event_find(struct tracing *tracing, const struct branch_step *step, struct curve_point *at)
{
    int m = tracing->frozen->m;
    const struct rest_point *before = step->before, *after = step->after;
    bool is_fold = (step->from->tangent[m] > 0) != (step->to->tangent[m] > 0) &&
                   fmax(fabs(step->from->tangent[m]), fabs(step->to->tangent[m])) > UPRIGHT;
    bool is_known = before->stability != REST_UNKNOWN && after->stability != REST_UNKNOWN;
    bool changes = is_known && before->n_unstable != after->n_unstable;
    if (step->from->orientation != step->to->orientation && step->taken > 0 &&
        add_crossing(tracing, step))
        return 0;
    if (!is_fold && !changes)
        return 0;
    struct branch_event event = {0};
    double length = step->taken;
    curve_point_copy(&tracing->curve, step->taken > 0 ? step->to : step->from, at);
    if (step->taken > 0)
        event.margin = close_in(tracing, step, is_fold, at, &length);
    event.kind = is_fold ? EVENT_FOLD
                         : kind_at(tracing, at->u,
                                   fabs(after->eigenvalue_max_real - before->eigenvalue_max_real));
    if (is_fold && !(at->u[m] >= -AT_EDGE && at->u[m] <= 1 + AT_EDGE))
        return length;
    add_event(tracing, &event, at->u);
    return 0;
}

// Events in the order of the parameter.
static int compare_events(const void *a, const void *b)
{
    const struct branch_event *left = a, *right = b;
    if (left->value < right->value || left->value > right->value)
        return left->value < right->value ? -1 : 1;
    return left->branch - right->branch;
}

// Crossings first, the sharpest first of all.
static int compare_sharpness(const void *a, const void *b)
{
    const struct branch_event *left = a, *right = b;
    bool left_crosses = left->kind == EVENT_CROSS, right_crosses = right->kind == EVENT_CROSS;
    if (left_crosses != right_crosses)
        return left_crosses ? -1 : 1;
    if (left->margin < right->margin || left->margin > right->margin)
        return left->margin < right->margin ? -1 : 1;
    return compare_events(a, b);
}

// Whether two events are the same place. Near a crossing the curve is hard to follow: branches that
// turn back there or bend are the crossing seen once more.
static bool is_same_place(const struct branch_set *set, const struct branch_event *a,
                          const struct branch_event *b)
{
    bool crosses = a->kind == EVENT_CROSS && b->kind != EVENT_HOPF;
    double margin = crosses ? 1e-4 : 1e-7;
    if (!crosses && a->kind != b->kind)
        return false;
    if (fabs(a->value - b->value) > margin * (set->high - set->low))
        return false;
    for (int k = 0; k < set->frozen->m; k++)
        if (fabs(a->rest.z[k] - b->rest.z[k]) > 10 * sqrt(margin) * (1 + fabs(a->rest.z[k])))
            return false;
    return true;
}

void events_merge(struct branch_set *set)
{
    size_t n = 0;
    if (!set->events.count)
        return;
    qsort(set->events.items, set->events.count, sizeof *set->events.items, compare_sharpness);
    for (size_t i = 0; i < set->events.count; i++) {
        bool is_new = true;
        for (size_t k = 0; k < n && is_new; k++)
            is_new = !is_same_place(set, &set->events.items[k], &set->events.items[i]);
        if (is_new)
            set->events.items[n++] = set->events.items[i];
    }
    set->events.count = n;
    qsort(set->events.items, set->events.count, sizeof *set->events.items, compare_events);
}
