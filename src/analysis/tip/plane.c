// Stage: analysis. A point of a kind over two parameters -> the curve of such points through it.
#include "analysis/tip/plane.h"

#include "base/array.h"

#include <math.h>
#include <string.h>

enum { MAX_POINTS = 2000, HALVINGS = 44 };

static const double LONGEST = 0.02, FIRST = 0.002;

const char *plane_kind_name(enum plane_kind kind)
{
    static const char *const names[] = {"fold-curve", "cusp", "bogdanov-takens", "hopf-curve"};
    return names[kind];
}

// Takes z and both parameters from u.
static void take(struct plane *plane, const double *u)
{
    int m = plane->frozen->m;
    const struct branch_set *set = plane->set;
    for (int k = 0; k < m; k++)
        plane->z[k] = u[k] * plane->root * set->scale[k];
    plane->parameters[set->parameter] = set->low + u[m] * plane->ranges[0];
    plane->parameters[plane->second] = plane->second_low + u[m + 1] * plane->ranges[1];
}

bool plane_go(struct plane *plane, const double *u)
{
    take(plane, u);
    return probe_go(plane->probe, plane->z, plane->parameters, plane->residuals);
}

static bool evaluate(void *context, const double *u, double *residuals)
{
    struct plane *plane = context;
    int m = plane->frozen->m;
    if (!plane_go(plane, u))
        return false;
    memcpy(residuals, plane->residuals, (size_t)m * sizeof *residuals);
    return plane->condition(plane, u, &residuals[m]);
}

static void differentiate(void *context, const double *u, double *slopes)
{
    struct plane *plane = context;
    int m = plane->frozen->m, n = m + 2;
    plane->condition_slopes(plane, u, slopes + m * n);
    plane_go(plane, u);
    probe_slopes(plane->probe, plane->by_z, plane->set->parameter, plane->by_first);
    plane_go(plane, u);
    probe_slopes(plane->probe, plane->by_z, plane->second, plane->by_second);
    for (int a = 0; a < m; a++) {
        for (int k = 0; k < m; k++)
            slopes[a * n + k] = plane->by_z[a * m + k] * plane->root * plane->set->scale[k];
        slopes[a * n + m] = plane->by_first[a] * plane->ranges[0];
        slopes[a * n + m + 1] = plane->by_second[a] * plane->ranges[1];
    }
}

struct plane plane_open(struct branch_set *set, int second, double low, double high)
{
    struct frozen *frozen = set->frozen;
    struct arena *scratch = arena_create();
    int m = frozen->m;
    struct plane plane = {.set = set,
                          .frozen = frozen,
                          .scratch = scratch,
                          .second = second,
                          .second_low = low,
                          .second_high = high,
                          .root = sqrt(m),
                          .ranges = {set->high - set->low, high - low}};
    plane.z = ARENA_NEW_ARRAY(scratch, double, m);
    plane.by_z = ARENA_NEW_ARRAY(scratch, double, m *m);
    plane.residuals = ARENA_NEW_ARRAY(scratch, double, m + 1);
    plane.by_first = ARENA_NEW_ARRAY(scratch, double, m);
    plane.by_second = ARENA_NEW_ARRAY(scratch, double, m);
    plane.parameters = ARENA_NEW_ARRAY(scratch, double, frozen->n_parameters);
    memcpy(plane.parameters, frozen->parameters, (size_t)frozen->n_parameters * sizeof(double));
    plane.probe = probe_create(scratch, frozen);
    return plane;
}

void plane_close(struct plane *plane)
{
    arena_free(plane->scratch);
}

void plane_begin(struct plane *plane)
{
    plane->curve = (struct curve){.n = plane->frozen->m + 1,
                                  .context = plane,
                                  .evaluate = evaluate,
                                  .differentiate = differentiate,
                                  .longest = LONGEST};
    curve_init(&plane->curve, plane->scratch);
}

static struct plane_point point_of(struct plane *plane, enum plane_kind kind, const double *u)
{
    int m = plane->frozen->m;
    take(plane, u);
    struct plane_point point = {.kind = kind,
                                .curve = plane->set->n_curves,
                                .value = plane->parameters[plane->set->parameter],
                                .second = plane->parameters[plane->second],
                                .rest.z = ARENA_NEW_ARRAY(plane->frozen->arena, double, m)};
    for (int i = 0; i < 2; i++) {
        double *value = i ? &point.second : &point.value;
        if (fabs(*value) < 1e-12 * plane->ranges[i])
            *value = 0;
    }
    memcpy(point.rest.z, plane->z, (size_t)m * sizeof(double));
    rest_fill(plane->frozen, plane->probe, plane->parameters, &point.rest);
    return point;
}

static bool is_inside(const struct plane *plane, const double *u)
{
    int m = plane->frozen->m;
    return u[m] >= 0 && u[m] <= 1 && u[m + 1] >= 0 && u[m + 1] <= 1;
}

// The last place on the curve that is inside both ranges, within a step of length `taken`.
static void stop_at_edge(struct plane *plane, const struct curve_point *from, double taken,
                         struct curve_point *at)
{
    double low = 0, high = taken;
    curve_point_copy(&plane->curve, from, at);
    struct curve_point trial = curve_point_create(&plane->curve, plane->scratch);
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (curve_step(&plane->curve, from, middle, &trial) && is_inside(plane, trial.u)) {
            low = middle;
            curve_point_copy(&plane->curve, &trial, at);
        } else {
            high = middle;
        }
    }
}

struct point_list {
    struct plane_point *items;
    size_t count, capacity;
};

// Closes in on where test `t`, which was `before` at the start of a step, changes its sign.
static void add_marked(struct plane *plane, const struct curve_point *from, double taken, int t,
                       double before, struct point_list *points)
{
    double low = 0, high = taken, values[MAX_PLANE_TESTS];
    struct curve_point trial = curve_point_create(&plane->curve, plane->scratch);
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (!curve_step(&plane->curve, from, middle, &trial))
            break;
        plane->test(plane, trial.u, values);
        *(values[t] * before > 0 ? &low : &high) = middle;
    }
    if (curve_step(&plane->curve, from, (low + high) / 2, &trial) && is_inside(plane, trial.u))
        ARRAY_PUSH(plane->scratch, points) = point_of(plane, plane->test_kinds[t], trial.u);
}

// Follows the curve from `seed` with the second parameter going up (`sign` 1) or down. Returns
// whether it is closed.
static bool follow(struct plane *plane, const double *seed, double sign, struct point_list *points)
{
    int n = plane->frozen->m + 2;
    const volatile sig_atomic_t *cancel = plane->frozen->tip->options.cancel;
    struct curve_point from = curve_point_create(&plane->curve, plane->scratch);
    struct curve_point to = curve_point_create(&plane->curve, plane->scratch);
    double *along = ARENA_NEW_ARRAY(plane->scratch, double, n);
    double length = FIRST, taken, before[MAX_PLANE_TESTS], after[MAX_PLANE_TESTS];
    along[n - 1] = sign;
    memcpy(from.u, seed, (size_t)n * sizeof *seed);
    if (plane->start)
        plane->start(plane);
    if (!curve_start(&plane->curve, &from, along))
        return false;
    for (int i = 0; i < MAX_POINTS && !(cancel && *cancel); i++) {
        if (plane->renew && !plane->renew(plane, from.u))
            return false;
        if (plane->n_tests)
            plane->test(plane, from.u, before);
        if (!curve_advance(&plane->curve, &from, &length, &taken, &to))
            return false;
        if (plane->n_tests)
            plane->test(plane, to.u, after);
        for (int t = 0; t < plane->n_tests && taken > 0; t++)
            if (before[t] * after[t] < 0)
                add_marked(plane, &from, taken, t, before[t], points);
        bool is_in = is_inside(plane, to.u);
        if (!is_in)
            stop_at_edge(plane, &from, taken, &to);
        ARRAY_PUSH(plane->scratch, points) = point_of(plane, plane->kind, to.u);
        double back = 0;
        for (int k = 0; k < n; k++)
            back = hypot(back, to.u[k] - seed[k]);
        bool is_closed = i > 8 && back < taken;
        if (!is_in || is_closed)
            return is_closed;
        curve_point_copy(&plane->curve, &to, &from);
    }
    return false;
}

// Whether a curve already followed passes through this point.
static bool is_followed(const struct plane *plane, const double *u)
{
    const struct branch_set *set = plane->set;
    int m = plane->frozen->m;
    for (size_t i = 0; i + 1 < set->folds.count; i++) {
        const struct plane_point *a = &set->folds.items[i], *b = &set->folds.items[i + 1];
        double length = 0, along = 0, gap = 0;
        for (int k = 0; k < m + 2 && a->curve == b->curve; k++) {
            double size = k < m ? plane->root * set->scale[k] : plane->ranges[k - m];
            double low = k < m ? 0 : k == m ? set->low : plane->second_low;
            double from = k < m ? a->rest.z[k] : k == m ? a->value : a->second;
            double to = k < m ? b->rest.z[k] : k == m ? b->value : b->second;
            double step = (to - from) / size, away = u[k] - (from - low) / size;
            length += step * step;
            along += step * away;
            gap += away * away;
        }
        double share = length > 0 ? along / length : 0; // across the stretch
        gap = sqrt(fmax(0, gap - share * along));
        if (a->curve == b->curve && share > -0.1 && share < 1.1 &&
            gap < fmax(1e-6, 0.1 * sqrt(length)))
            return true;
    }
    return false;
}

void plane_trace(struct plane *plane, const double *z, double value, double second)
{
    struct branch_set *set = plane->set;
    int m = plane->frozen->m;
    double *seed = ARENA_NEW_ARRAY(plane->scratch, double, m + 2);
    for (int k = 0; k < m; k++)
        seed[k] = z[k] / (plane->root * set->scale[k]);
    seed[m] = (value - set->low) / plane->ranges[0];
    seed[m + 1] = (second - plane->second_low) / plane->ranges[1];
    if (is_followed(plane, seed))
        return;
    struct point_list up = {0}, down = {0};
    if (!follow(plane, seed, 1, &up))
        follow(plane, seed, -1, &down);
    if (!up.count && !down.count) { // at a corner
        set->n_not_followed++;
        return;
    }
    for (size_t i = down.count; i-- > 0;)
        ARRAY_PUSH(plane->frozen->arena, &set->folds) = down.items[i];
    ARRAY_PUSH(plane->frozen->arena, &set->folds) = point_of(plane, plane->kind, seed);
    for (size_t i = 0; i < up.count; i++)
        ARRAY_PUSH(plane->frozen->arena, &set->folds) = up.items[i];
    set->n_curves++;
}
