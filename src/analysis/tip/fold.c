// Stage: analysis. Folds of a branch -> curves of folds over a second parameter. Beside the rest
// point's equations it holds that the slopes J are singular: g = 0, where g comes from the bordered
// system [J b; c 0] [v; g] = [0; 1] (Govaerts 2000, ch. 3). Its slopes are -w'(dJ)v with w from the
// transposed system, dJ v by differences of exact slopes along v.
#include "analysis/tip/branch.h"

#include "analysis/tip/curve.h"
#include "base/array.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

enum { MAX_POINTS = 2000, HALVINGS = 40 };

static const double LONGEST = 0.02, FIRST = 0.002, STEP = 1e-5;

struct fold_tracing {
    struct branch_set *set;
    struct frozen *frozen;
    struct arena *scratch;
    struct probe *probe;
    struct curve curve;
    int second;
    double second_low, second_high;
    double root;                          // of m
    double *parameters;                   // [n_parameters]
    double *z, *trial, *by_z, *residuals; // [m], [m], [m][m], [m]
    double *by_first, *by_second;         // [m]
    double *b, *c;                        // [m] borders
    double *v, *w;                        // [m + 1] of the present point; v[m] is g
    double *sums[2];                      // [m + 2] w' times the slopes on both sides
    gsl_matrix *bordered;                 // [m + 1][m + 1]
    gsl_permutation *order;
};

// Takes z and both parameters from u.
static void take(struct fold_tracing *tracing, const double *u)
{
    int m = tracing->frozen->m;
    const struct branch_set *set = tracing->set;
    for (int k = 0; k < m; k++)
        tracing->z[k] = u[k] * tracing->root * set->scale[k];
    tracing->parameters[set->parameter] = set->low + u[m] * (set->high - set->low);
    tracing->parameters[tracing->second] =
        tracing->second_low + u[m + 1] * (tracing->second_high - tracing->second_low);
}

// Solves the bordered system, or the transposed one, with [0; 1] on the right.
static bool solve_bordered(struct fold_tracing *tracing, bool is_transposed, double *solution)
{
    size_t m = (size_t)tracing->frozen->m;
    int sign;
    gsl_matrix_set_zero(tracing->bordered);
    for (size_t i = 0; i < m; i++) {
        for (size_t k = 0; k < m; k++)
            gsl_matrix_set(tracing->bordered, is_transposed ? k : i, is_transposed ? i : k,
                           tracing->by_z[i * m + k]);
        gsl_matrix_set(tracing->bordered, i, m, is_transposed ? tracing->c[i] : tracing->b[i]);
        gsl_matrix_set(tracing->bordered, m, i, is_transposed ? tracing->b[i] : tracing->c[i]);
    }
    memset(solution, 0, (m + 1) * sizeof *solution);
    solution[m] = 1;
    gsl_vector_view view = gsl_vector_view_array(solution, m + 1);
    return gsl_linalg_LU_decomp(tracing->bordered, tracing->order, &sign) == GSL_SUCCESS &&
           gsl_linalg_LU_svx(tracing->bordered, tracing->order, &view.vector) == GSL_SUCCESS &&
           isfinite(solution[m]);
}

static bool evaluate(void *context, const double *u, double *residuals)
{
    struct fold_tracing *tracing = context;
    int m = tracing->frozen->m;
    take(tracing, u);
    if (!probe_go(tracing->probe, tracing->z, tracing->parameters, residuals))
        return false;
    probe_slopes(tracing->probe, tracing->by_z, 0, NULL);
    if (!solve_bordered(tracing, false, tracing->v) || !solve_bordered(tracing, true, tracing->w))
        return false;
    residuals[m] = tracing->v[m];
    return true;
}

// w' times the slopes by z and both parameters, at z moved by `shift` times v.
static void sum_slopes(struct fold_tracing *tracing, double shift, double *sums)
{
    int m = tracing->frozen->m;
    for (int k = 0; k < m; k++)
        tracing->trial[k] = tracing->z[k] + shift * tracing->v[k];
    probe_go(tracing->probe, tracing->trial, tracing->parameters, tracing->residuals);
    probe_slopes(tracing->probe, tracing->by_z, tracing->set->parameter, tracing->by_first);
    probe_go(tracing->probe, tracing->trial, tracing->parameters, tracing->residuals);
    probe_slopes(tracing->probe, tracing->by_z, tracing->second, tracing->by_second);
    memset(sums, 0, (size_t)(m + 2) * sizeof *sums);
    for (int a = 0; a < m; a++) {
        for (int k = 0; k < m; k++)
            sums[k] += tracing->w[a] * tracing->by_z[a * m + k];
        sums[m] += tracing->w[a] * tracing->by_first[a];
        sums[m + 1] += tracing->w[a] * tracing->by_second[a];
    }
}

static void differentiate(void *context, const double *u, double *slopes)
{
    struct fold_tracing *tracing = context;
    const struct branch_set *set = tracing->set;
    int m = tracing->frozen->m, n = m + 2;
    double ranges[] = {set->high - set->low, tracing->second_high - tracing->second_low};
    double size = 0;
    take(tracing, u);
    for (int k = 0; k < m; k++)
        size = fmax(size, fabs(tracing->v[k]));
    double shift = STEP / (size > 0 ? size : 1);
    sum_slopes(tracing, shift, tracing->sums[0]);
    sum_slopes(tracing, -shift, tracing->sums[1]);
    for (int k = 0; k < n; k++) {
        double slope = -(tracing->sums[0][k] - tracing->sums[1][k]) / (2 * shift);
        slopes[m * n + k] = slope * (k < m ? tracing->root * set->scale[k] : ranges[k - m]);
    }
    sum_slopes(tracing, 0, tracing->sums[0]); // leaves the slopes at the point itself
    for (int a = 0; a < m; a++) {
        for (int k = 0; k < m; k++)
            slopes[a * n + k] = tracing->by_z[a * m + k] * tracing->root * set->scale[k];
        slopes[a * n + m] = tracing->by_first[a] * ranges[0];
        slopes[a * n + m + 1] = tracing->by_second[a] * ranges[1];
    }
}

// Takes the null vectors at the present point as borders for the next ones.
static void renew_borders(struct fold_tracing *tracing)
{
    int m = tracing->frozen->m;
    double v = 0, w = 0;
    for (int k = 0; k < m; k++) {
        v = hypot(v, tracing->v[k]);
        w = hypot(w, tracing->w[k]);
    }
    for (int k = 0; k < m && v > 0 && w > 0; k++) {
        tracing->c[k] = tracing->v[k] / v;
        tracing->b[k] = tracing->w[k] / w;
    }
}

static struct fold_point fold_of(struct fold_tracing *tracing, const double *u)
{
    int m = tracing->frozen->m;
    take(tracing, u);
    struct fold_point point = {.value = tracing->parameters[tracing->set->parameter],
                               .second = tracing->parameters[tracing->second],
                               .rest.z = ARENA_NEW_ARRAY(tracing->frozen->arena, double, m)};
    memcpy(point.rest.z, tracing->z, (size_t)m * sizeof(double));
    rest_fill(tracing->frozen, tracing->probe, tracing->parameters, &point.rest);
    return point;
}

static bool is_inside(const struct fold_tracing *tracing, const double *u)
{
    int m = tracing->frozen->m;
    return u[m] >= 0 && u[m] <= 1 && u[m + 1] >= 0 && u[m + 1] <= 1;
}

// The last place on the curve that is inside both ranges, within a step of length `taken`.
static void stop_at_edge(struct fold_tracing *tracing, const struct curve_point *from, double taken,
                         struct curve_point *at)
{
    double low = 0, high = taken;
    curve_point_copy(&tracing->curve, from, at);
    struct curve_point trial = curve_point_create(&tracing->curve, tracing->scratch);
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (curve_step(&tracing->curve, from, middle, &trial) && is_inside(tracing, trial.u)) {
            low = middle;
            curve_point_copy(&tracing->curve, &trial, at);
        } else {
            high = middle;
        }
    }
}

struct fold_list {
    struct fold_point *items;
    size_t count, capacity;
};

// Follows the folds from `seed` with the second parameter going up (`sign` 1) or down.
static void follow(struct fold_tracing *tracing, const double *seed, double sign,
                   struct fold_list *folds)
{
    int n = tracing->frozen->m + 2;
    const volatile sig_atomic_t *cancel = tracing->frozen->tip->options.cancel;
    struct curve_point from = curve_point_create(&tracing->curve, tracing->scratch);
    struct curve_point to = curve_point_create(&tracing->curve, tracing->scratch);
    double *along = ARENA_NEW_ARRAY(tracing->scratch, double, n);
    double length = FIRST, taken;
    along[n - 1] = sign;
    memcpy(from.u, seed, (size_t)n * sizeof *seed);
    if (!curve_start(&tracing->curve, &from, along))
        return;
    for (int i = 0; i < MAX_POINTS && !(cancel && *cancel); i++) {
        renew_borders(tracing);
        if (!curve_advance(&tracing->curve, &from, &length, &taken, &to))
            return;
        bool is_in = is_inside(tracing, to.u);
        if (!is_in)
            stop_at_edge(tracing, &from, taken, &to);
        ARRAY_PUSH(tracing->scratch, folds) = fold_of(tracing, to.u);
        double back = 0;
        for (int k = 0; k < n; k++)
            back = hypot(back, to.u[k] - seed[k]);
        if (!is_in || (i > 8 && back < taken))
            return;
        curve_point_copy(&tracing->curve, &to, &from);
    }
}

// Whether a curve already followed passes through this fold.
static bool is_followed(const struct fold_tracing *tracing, double value, double second)
{
    const struct branch_set *set = tracing->set;
    for (size_t i = 0; i + 1 < set->folds.count; i++) {
        const struct fold_point *a = &set->folds.items[i], *b = &set->folds.items[i + 1];
        double gap = b->second - a->second;
        bool is_between = (a->second <= second) != (b->second <= second);
        double share = is_between ? (second - a->second) / gap : 0;
        double at = (1 - share) * a->value + share * b->value;
        if (is_between && fabs(at - value) < 1e-3 * (set->high - set->low))
            return true;
    }
    return false;
}

static struct fold_tracing open_tracing(struct branch_set *set)
{
    struct frozen *frozen = set->frozen;
    struct arena *scratch = arena_create();
    int m = frozen->m;
    struct fold_tracing tracing = {.set = set, .frozen = frozen, .scratch = scratch};
    double **const lists[] = {&tracing.z,        &tracing.trial,     &tracing.residuals,
                              &tracing.by_first, &tracing.by_second, &tracing.b,
                              &tracing.c,        &tracing.v,         &tracing.w,
                              &tracing.sums[0],  &tracing.sums[1]};
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++)
        *lists[i] = ARENA_NEW_ARRAY(scratch, double, m + 2);
    tracing.by_z = ARENA_NEW_ARRAY(scratch, double, m *m);
    tracing.parameters = ARENA_NEW_ARRAY(scratch, double, frozen->n_parameters);
    memcpy(tracing.parameters, frozen->parameters, (size_t)frozen->n_parameters * sizeof(double));
    tracing.probe = probe_create(scratch, frozen);
    tracing.root = sqrt(m);
    tracing.bordered = gsl_matrix_alloc((size_t)m + 1, (size_t)m + 1);
    tracing.order = gsl_permutation_alloc((size_t)m + 1);
    return tracing;
}

// Follows the curve through one fold both ways and adds it to the set.
static void trace_fold(struct fold_tracing *tracing, const struct branch_event *event)
{
    struct branch_set *set = tracing->set;
    int m = tracing->frozen->m;
    double *seed = ARENA_NEW_ARRAY(tracing->scratch, double, m + 2);
    for (int k = 0; k < m; k++) {
        seed[k] = event->rest.z[k] / (tracing->root * set->scale[k]);
        tracing->b[k] = cos(k + 1);
        tracing->c[k] = sin(k + 1);
    }
    double second = tracing->frozen->parameters[tracing->second];
    seed[m] = (event->value - set->low) / (set->high - set->low);
    seed[m + 1] = (second - tracing->second_low) / (tracing->second_high - tracing->second_low);
    struct fold_list up = {0}, down = {0};
    follow(tracing, seed, 1, &up);
    follow(tracing, seed, -1, &down);
    for (size_t i = down.count; i-- > 0;)
        ARRAY_PUSH(tracing->frozen->arena, &set->folds) = down.items[i];
    ARRAY_PUSH(tracing->frozen->arena, &set->folds) = fold_of(tracing, seed);
    for (size_t i = 0; i < up.count; i++)
        ARRAY_PUSH(tracing->frozen->arena, &set->folds) = up.items[i];
}

bool fold_trace(struct branch_set *set, int second, double low, double high)
{
    const volatile sig_atomic_t *cancel = set->frozen->tip->options.cancel;
    double present = set->frozen->parameters[second];
    if (!set->frozen->m || !(present >= low && present <= high))
        return true;
    struct fold_tracing tracing = open_tracing(set);
    tracing.second = second;
    tracing.second_low = low;
    tracing.second_high = high;
    tracing.curve = (struct curve){.n = set->frozen->m + 1,
                                   .context = &tracing,
                                   .evaluate = evaluate,
                                   .differentiate = differentiate,
                                   .longest = LONGEST};
    curve_init(&tracing.curve, tracing.scratch);
    for (size_t i = 0; i < set->events.count; i++)
        if (set->events.items[i].kind == EVENT_FOLD &&
            !is_followed(&tracing, set->events.items[i].value, present))
            trace_fold(&tracing, &set->events.items[i]);
    gsl_matrix_free(tracing.bordered);
    gsl_permutation_free(tracing.order);
    arena_free(tracing.scratch);
    return !(cancel && *cancel);
}
