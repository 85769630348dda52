// Stage: analysis. Rest points at a few values of the parameter -> branches through them, both
// ways, in scaled unknowns and the parameter as a share of its range. Between two points of a
// branch an event shows by a sign that changes, and is closed in on by halving the step.
#include "analysis/tip/branch.h"

#include "analysis/tip/curve.h"
#include "base/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_POINTS = 4000, HALVINGS = 48, MANY_UNKNOWNS = 30, SEED_PARTS = 4, MAX_BRANCHES = 40 };
enum { MAX_BRANCHES_OF_MANY = 6, SPARSE = 8 };

static const double LONGEST_OF_MANY = 0.05, LONGEST = 0.02, FIRST = 0.002, FAR = 1e3;
static const double DENSE =
    1e-6; // steps below this leave no point: they feel their way to a corner

const char *branch_event_name(enum branch_event_kind kind)
{
    static const char *const names[] = {"fold", "hopf", "branch", "kink"};
    return names[kind];
}

// The equations of a frozen case with its parameter as one more unknown.
struct tracing {
    struct branch_set *set;
    struct frozen *frozen;
    struct arena *scratch;
    struct probe *probe;
    struct curve curve;
    double *parameters;              // [n_parameters]
    double *z, *by_z, *by_parameter; // [m], [m][m], [m]
    double *real, *imaginary;        // [m]
    double root;                     // of m: lengths do not grow with the number of unknowns
};

static double value_of(const struct tracing *tracing, const double *u)
{
    const struct branch_set *set = tracing->set;
    return set->low + u[tracing->frozen->m] * (set->high - set->low);
}

// Takes z and the parameter from u.
static void take(struct tracing *tracing, const double *u)
{
    for (int k = 0; k < tracing->frozen->m; k++)
        tracing->z[k] = u[k] * tracing->root;
    tracing->parameters[tracing->set->parameter] = value_of(tracing, u);
}

static bool evaluate(void *context, const double *u, double *residuals)
{
    struct tracing *tracing = context;
    take(tracing, u);
    return probe_go(tracing->probe, tracing->z, tracing->parameters, residuals);
}

static void differentiate(void *context, const double *u, double *slopes)
{
    struct tracing *tracing = context;
    const struct branch_set *set = tracing->set;
    int m = tracing->frozen->m;
    (void)u;
    probe_slopes(tracing->probe, tracing->by_z, set->parameter, tracing->by_parameter);
    for (int a = 0; a < m; a++) {
        for (int b = 0; b < m; b++)
            slopes[a * (m + 1) + b] = tracing->by_z[a * m + b] * tracing->root;
        slopes[a * (m + 1) + m] = tracing->by_parameter[a] * (set->high - set->low);
    }
}

static void fill_point(struct tracing *tracing, const double *u, struct rest_point *point)
{
    int m = tracing->frozen->m;
    take(tracing, u);
    *point = (struct rest_point){.z = ARENA_NEW_ARRAY(tracing->frozen->arena, double, m)};
    memcpy(point->z, tracing->z, (size_t)m * sizeof(double));
    rest_fill(tracing->frozen, tracing->probe, tracing->parameters, point);
}

// Likewise for the next point of a branch; with many unknowns eigenvalues take long, so every
// SPARSE-th point and those behind a fold have their own, the others what the one before had.
static void fill_next(struct tracing *tracing, const struct curve_point *at, int index,
                      bool is_behind_fold, const struct rest_point *before,
                      struct rest_point *point)
{
    int m = tracing->frozen->m;
    if (m <= MANY_UNKNOWNS || is_behind_fold || index % SPARSE == 0) {
        fill_point(tracing, at->u, point);
        return;
    }
    take(tracing, at->u);
    *point = *before;
    point->z = ARENA_NEW_ARRAY(tracing->frozen->arena, double, m);
    memcpy(point->z, tracing->z, (size_t)m * sizeof(double));
    rest_fill_values(tracing->frozen, tracing->probe, tracing->parameters, point);
}

static bool is_feasible(const struct frozen *frozen, const double *z)
{
    for (int k = 0; k < frozen->m; k++)
        if (z[k] < frozen->least[frozen->free[k]] / frozen->size[frozen->free[k]] - 1e-9)
            return false;
    return true;
}

// What is seen of the eigenvalues at u: how many have a positive real part, and the one nearest to
// the imaginary axis. False where there are none.
static bool look(struct tracing *tracing, const double *u, int *n_positive, double *nearest_real,
                 double *nearest_imaginary)
{
    const struct frozen *frozen = tracing->frozen;
    double *residuals = tracing->by_parameter;
    take(tracing, u);
    *n_positive = 0;
    *nearest_real = INFINITY;
    if (!probe_go(tracing->probe, tracing->z, tracing->parameters, residuals) ||
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

// Closes in on the event within a step of length `taken` from `from`; the result is `at`. Returns
// within which length.
static double close_in(struct tracing *tracing, const struct curve_point *from, double taken,
                       bool is_fold, struct curve_point *at)
{
    int before = side_of(tracing, from, is_fold);
    double low = 0, high = taken;
    struct curve_point trial = curve_point_create(&tracing->curve, tracing->scratch);
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (!curve_step(&tracing->curve, from, middle, &trial))
            break;
        if (side_of(tracing, &trial, is_fold) == before)
            low = middle;
        else
            high = middle;
        curve_point_copy(&tracing->curve, &trial, at);
    }
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

// Notes the event, if there is one, within the step from `from` to `to`.
static void find_event(struct tracing *tracing, const struct curve_point *from,
                       const struct rest_point *before, double taken, const struct curve_point *to,
                       const struct rest_point *after)
{
    int m = tracing->frozen->m;
    bool is_fold = (from->tangent[m] > 0) != (to->tangent[m] > 0);
    bool is_known = before->stability != REST_UNKNOWN && after->stability != REST_UNKNOWN;
    bool changes = is_known && before->n_unstable != after->n_unstable;
    if (!is_fold && !changes)
        return;
    struct curve_point at = curve_point_create(&tracing->curve, tracing->scratch);
    curve_point_copy(&tracing->curve, taken > 0 ? to : from, &at);
    struct branch_event event = {.branch = (int)tracing->set->branches.count};
    if (taken > 0)
        event.margin = close_in(tracing, from, taken, is_fold, &at);
    event.kind = is_fold ? EVENT_FOLD
                         : kind_at(tracing, at.u,
                                   fabs(after->eigenvalue_max_real - before->eigenvalue_max_real));
    event.value = value_of(tracing, at.u);
    if (fabs(event.value) < 1e-13 * (tracing->set->high - tracing->set->low))
        event.value = 0;
    fill_point(tracing, at.u, &event.rest);
    if (is_feasible(tracing->frozen, event.rest.z))
        ARRAY_PUSH(tracing->frozen->arena, &tracing->set->events) = event;
}

static void add_point(struct tracing *tracing, struct branch *branch, double value,
                      const struct rest_point *point)
{
    ARRAY_PUSH(tracing->frozen->arena, branch) = (struct branch_point){value, *point};
}

// Ends a branch exactly at a bound of the parameter.
static void add_end(struct tracing *tracing, struct branch *branch, const double *u)
{
    int m = tracing->frozen->m;
    double *end = ARENA_NEW_ARRAY(tracing->scratch, double, m + 1);
    memcpy(end, u, (size_t)(m + 1) * sizeof *end);
    end[m] = u[m] > 0.5 ? 1 : 0;
    take(tracing, end);
    if (!probe_solve(tracing->probe, tracing->z, tracing->parameters))
        return;
    struct rest_point point;
    for (int k = 0; k < m; k++)
        end[k] = tracing->z[k] / tracing->root;
    fill_point(tracing, end, &point);
    double gap = 0;
    for (int k = 0; k < m; k++)
        gap = fmax(gap, fabs(end[k] - u[k]));
    if (is_feasible(tracing->frozen, point.z) && gap < 10 * LONGEST)
        add_point(tracing, branch, value_of(tracing, end), &point);
}

static double distance(const double *a, const double *b, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum = hypot(sum, a[i] - b[i]);
    return sum;
}

// Follows the branch from its seed in one direction (`sign` of the parameter).
static void follow(struct tracing *tracing, const double *seed, double sign, struct branch *branch)
{
    int m = tracing->frozen->m;
    const volatile sig_atomic_t *cancel = tracing->frozen->tip->options.cancel;
    struct curve_point from = curve_point_create(&tracing->curve, tracing->scratch);
    struct curve_point to = curve_point_create(&tracing->curve, tracing->scratch);
    double *along = ARENA_NEW_ARRAY(tracing->scratch, double, m + 1);
    double length = FIRST, taken;
    struct rest_point before, after;
    along[m] = sign;
    memcpy(from.u, seed, (size_t)(m + 1) * sizeof *seed);
    if (!curve_start(&tracing->curve, &from, along))
        return;
    fill_point(tracing, from.u, &before);
    for (int i = 0; i < MAX_POINTS && !(cancel && *cancel); i++) {
        if (!curve_advance(&tracing->curve, &from, &length, &taken, &to)) {
            branch->is_lost = true;
            branch->lost = value_of(tracing, from.u);
            return;
        }
        if (to.u[m] < 0 || to.u[m] > 1) {
            add_end(tracing, branch, to.u);
            return;
        }
        bool is_fold = (from.tangent[m] > 0) != (to.tangent[m] > 0);
        fill_next(tracing, &to, i, is_fold, &before, &after);
        find_event(tracing, &from, &before, taken, &to, &after);
        if (!is_feasible(tracing->frozen, after.z) || distance(to.u, seed, m) > FAR)
            return;
        if (taken > DENSE)
            add_point(tracing, branch, value_of(tracing, to.u), &after);
        branch->is_closed = i > 8 && distance(to.u, seed, m + 1) < taken;
        if (branch->is_closed)
            return;
        curve_point_copy(&tracing->curve, &to, &from);
        before = after;
    }
}

// Both halves of the branch through a seed as one, from one end to the other.
static void trace_seed(struct tracing *tracing, const double *seed)
{
    struct branch_set *set = tracing->set;
    struct branch up = {0}, down = {0}, whole = {0};
    struct rest_point point;
    follow(tracing, seed, 1, &up);
    if (!up.is_closed)
        follow(tracing, seed, -1, &down);
    for (size_t i = down.count; i-- > 0;)
        add_point(tracing, &whole, down.items[i].value, &down.items[i].rest);
    fill_point(tracing, seed, &point);
    add_point(tracing, &whole, value_of(tracing, seed), &point);
    for (size_t i = 0; i < up.count; i++)
        add_point(tracing, &whole, up.items[i].value, &up.items[i].rest);
    whole.is_closed = up.is_closed;
    whole.is_lost = up.is_lost || down.is_lost;
    whole.lost = up.is_lost ? up.lost : down.lost;
    ARRAY_PUSH(tracing->frozen->arena, &set->branches) = whole;
}

// Whether the branch passes through z at `value`, which lies between points `i` and `i + 1`.
static bool passes(struct tracing *tracing, const struct branch *branch, size_t i, double value,
                   const double *z)
{
    int m = tracing->frozen->m;
    const struct branch_point *a = &branch->items[i], *b = &branch->items[i + 1];
    double share = a->value == b->value ? 0 : (value - a->value) / (b->value - a->value), gap = 0;
    for (int k = 0; k < m; k++) {
        tracing->z[k] = (1 - share) * a->rest.z[k] + share * b->rest.z[k];
        gap = fmax(gap, fabs(tracing->z[k] - z[k]) / (1 + fabs(z[k])));
    }
    if (gap < 1e-7)
        return true;
    if (gap > 0.2 || !probe_solve(tracing->probe, tracing->z, tracing->parameters))
        return false;
    for (int k = 0; k < m; k++)
        if (fabs(tracing->z[k] - z[k]) > 1e-6 * (1 + fabs(z[k])))
            return false;
    return true;
}

static bool is_at_event(const struct branch_set *set, const struct branch_event *event,
                        double value, const double *z)
{
    if (fabs(event->value - value) > 1e-6 * (set->high - set->low))
        return false;
    for (int k = 0; k < set->frozen->m; k++)
        if (fabs(event->rest.z[k] - z[k]) > 1e-2 * (1 + fabs(z[k])))
            return false;
    return true;
}

static bool is_traced(struct tracing *tracing, double value, const double *z)
{
    const struct branch_set *set = tracing->set;
    tracing->parameters[set->parameter] = value;
    for (size_t i = 0; i < set->events.count; i++) // Newton's method is not sharp at a fold
        if (is_at_event(set, &set->events.items[i], value, z))
            return true;
    for (size_t b = 0; b < set->branches.count; b++) {
        const struct branch *branch = &set->branches.items[b];
        for (size_t i = 0; i + 1 < branch->count; i++) {
            double low = fmin(branch->items[i].value, branch->items[i + 1].value);
            double high = fmax(branch->items[i].value, branch->items[i + 1].value);
            if (value >= low && value <= high && passes(tracing, branch, i, value, z))
                return true;
        }
    }
    return false;
}

// Traces the branches through the rest points at one value of the parameter.
static bool trace_from(struct tracing *tracing, double value, int n_samples)
{
    struct branch_set *set = tracing->set;
    int m = tracing->frozen->m;
    tracing->parameters[set->parameter] = value;
    struct rest_set *rest = rest_search(tracing->frozen, tracing->parameters, n_samples);
    if (!rest)
        return false;
    double *seed = ARENA_NEW_ARRAY(tracing->scratch, double, m + 1);
    size_t most = m > MANY_UNKNOWNS ? MAX_BRANCHES_OF_MANY : MAX_BRANCHES;
    for (size_t i = 0; i < rest->count && set->branches.count < most; i++) {
        bool is_side = m > MANY_UNKNOWNS && rest->items[i].n_unstable > 1;
        if (is_side || is_traced(tracing, value, rest->items[i].z))
            continue;
        for (int k = 0; k < m; k++)
            seed[k] = rest->items[i].z[k] / tracing->root;
        seed[m] = (value - set->low) / (set->high - set->low);
        trace_seed(tracing, seed);
    }
    return true;
}

static struct tracing open_tracing(struct branch_set *set, struct frozen *frozen)
{
    struct arena *scratch = arena_create();
    int m = frozen->m;
    struct tracing tracing = {.set = set, .frozen = frozen, .scratch = scratch};
    tracing.probe = probe_create(scratch, frozen);
    tracing.parameters = ARENA_NEW_ARRAY(scratch, double, frozen->n_parameters);
    memcpy(tracing.parameters, frozen->parameters, (size_t)frozen->n_parameters * sizeof(double));
    tracing.z = ARENA_NEW_ARRAY(scratch, double, m);
    tracing.by_z = ARENA_NEW_ARRAY(scratch, double, m *m);
    tracing.by_parameter = ARENA_NEW_ARRAY(scratch, double, m);
    tracing.real = ARENA_NEW_ARRAY(scratch, double, m);
    tracing.imaginary = ARENA_NEW_ARRAY(scratch, double, m);
    tracing.root = sqrt(m > 0 ? m : 1);
    return tracing;
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

// Two branches that cross, or one that is born from another, were each seen: one event remains.
static void merge_events(struct branch_set *set)
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

// From rest points at several values, so that branches apart from each other are found.
static bool trace_all(struct tracing *tracing)
{
    const struct branch_set *set = tracing->set;
    double present = tracing->frozen->parameters[set->parameter];
    int n_samples = rest_samples(tracing->frozen);
    if (present > set->low && present < set->high && !trace_from(tracing, present, n_samples))
        return false;
    for (int i = 0; i <= SEED_PARTS; i++) { // uneven: folds like round numbers
        double share = i == 0 ? 0 : i == SEED_PARTS ? 1 : (i + 0.0271) / SEED_PARTS;
        if (!trace_from(tracing, set->low + share * (set->high - set->low), n_samples / 2))
            return false;
    }
    return true;
}

// With many unknowns, from where long runs end at the present value and at both ends of the range.
static bool trace_few(struct tracing *tracing)
{
    const struct branch_set *set = tracing->set;
    double present = tracing->frozen->parameters[set->parameter];
    const double values[] = {present, set->low, set->high};
    for (int i = 0; i < 3; i++) {
        bool is_inside = values[i] >= set->low && values[i] <= set->high;
        if (!is_inside || (i && values[i] == present))
            continue;
        tracing->parameters[set->parameter] = values[i];
        bool is_explored = i == 0; // when the case was frozen
        if ((!is_explored && !frozen_explore(tracing->frozen, tracing->parameters)) ||
            !trace_from(tracing, values[i], 0))
            return false;
    }
    return true;
}

struct branch_set *branch_trace(struct frozen *frozen, int parameter, double low, double high)
{
    struct branch_set *set = ARENA_NEW(frozen->arena, struct branch_set);
    *set = (struct branch_set){.frozen = frozen, .parameter = parameter, .low = low, .high = high};
    if (!frozen->m)
        return set;
    bool has_many = frozen->m > MANY_UNKNOWNS;
    struct tracing tracing = open_tracing(set, frozen);
    tracing.curve = (struct curve){.n = frozen->m,
                                   .context = &tracing,
                                   .evaluate = evaluate,
                                   .differentiate = differentiate,
                                   .longest = has_many ? LONGEST_OF_MANY : LONGEST};
    curve_init(&tracing.curve, tracing.scratch);
    bool is_good = has_many ? trace_few(&tracing) : trace_all(&tracing);
    merge_events(set);
    arena_free(tracing.scratch);
    return is_good ? set : NULL;
}
