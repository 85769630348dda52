// Stage: analysis. Folds of branches -> curves of folds over a second parameter. Beside the rest
// point's equations it holds that the slopes J are singular: g = 0, where g comes from the bordered
// system [J b; c 0] [v; g] = [0; 1] (Govaerts 2000, ch. 3). Its slopes are -w'(dJ)v with w from the
// transposed system, dJ v by differences of exact slopes along v. Two folds meet at a cusp where
// w'(dJ v)v changes its sign; a fold meets a Hopf point (Bogdanov-Takens) where w'v does.
#include "analysis/tip/plane.h"

#include "base/array.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

enum { SOME_UNKNOWNS = 10, MANY_UNKNOWNS = 30, SOME_PARTS = 6 };

static const double STEP = 1e-5;

struct folding {
    double *trial;        // [m + 2]
    double *b, *c;        // [m] borders
    double *v, *w;        // [m + 1] of the present point; v[m] is g
    double *sums[2];      // [m + 2] w' times the slopes on both sides
    gsl_matrix *bordered; // [m + 1][m + 1]
    gsl_permutation *order;
};

// Solves the bordered system, or the transposed one, with [0; 1] on the right.
static bool solve_bordered(struct plane *plane, bool is_transposed, double *solution)
{
    struct folding *folding = plane->own;
    size_t m = (size_t)plane->frozen->m;
    int sign;
    gsl_matrix_set_zero(folding->bordered);
    for (size_t i = 0; i < m; i++) {
        for (size_t k = 0; k < m; k++)
            gsl_matrix_set(folding->bordered, is_transposed ? k : i, is_transposed ? i : k,
                           plane->by_z[i * m + k]);
        gsl_matrix_set(folding->bordered, i, m, is_transposed ? folding->c[i] : folding->b[i]);
        gsl_matrix_set(folding->bordered, m, i, is_transposed ? folding->b[i] : folding->c[i]);
    }
    memset(solution, 0, (m + 1) * sizeof *solution);
    solution[m] = 1;
    gsl_vector_view view = gsl_vector_view_array(solution, m + 1);
    return gsl_linalg_LU_decomp(folding->bordered, folding->order, &sign) == GSL_SUCCESS &&
           gsl_linalg_LU_svx(folding->bordered, folding->order, &view.vector) == GSL_SUCCESS &&
           isfinite(solution[m]);
}

static bool condition(struct plane *plane, const double *u, double *value)
{
    struct folding *folding = plane->own;
    (void)u;
    probe_slopes(plane->probe, plane->by_z, 0, NULL);
    if (!solve_bordered(plane, false, folding->v) || !solve_bordered(plane, true, folding->w))
        return false;
    *value = folding->v[plane->frozen->m];
    return true;
}

// w' times the slopes by z and both parameters, at z moved by `shift` times v.
static void sum_slopes(struct plane *plane, const double *u, double shift, double *sums)
{
    struct folding *folding = plane->own;
    int m = plane->frozen->m;
    memcpy(folding->trial, u, (size_t)(m + 2) * sizeof *u);
    for (int k = 0; k < m; k++)
        folding->trial[k] += shift * folding->v[k] / (plane->root * plane->set->scale[k]);
    plane_go(plane, folding->trial);
    probe_slopes(plane->probe, plane->by_z, plane->set->parameter, plane->by_first);
    plane_go(plane, folding->trial);
    probe_slopes(plane->probe, plane->by_z, plane->second, plane->by_second);
    memset(sums, 0, (size_t)(m + 2) * sizeof *sums);
    for (int a = 0; a < m; a++) {
        for (int k = 0; k < m; k++)
            sums[k] += folding->w[a] * plane->by_z[a * m + k];
        sums[m] += folding->w[a] * plane->by_first[a];
        sums[m + 1] += folding->w[a] * plane->by_second[a];
    }
}

static void condition_slopes(struct plane *plane, const double *u, double *slopes)
{
    struct folding *folding = plane->own;
    int m = plane->frozen->m;
    double size = 0;
    for (int k = 0; k < m; k++)
        size = fmax(size, fabs(folding->v[k]) / plane->set->scale[k]);
    double shift = STEP / (size > 0 ? size : 1);
    sum_slopes(plane, u, shift, folding->sums[0]);
    sum_slopes(plane, u, -shift, folding->sums[1]);
    for (int k = 0; k < m + 2; k++) {
        double slope = -(folding->sums[0][k] - folding->sums[1][k]) / (2 * shift);
        slopes[k] = slope * (k < m ? plane->root * plane->set->scale[k] : plane->ranges[k - m]);
    }
}

// Takes the null vectors at the present point as borders for the next ones.
static bool renew(struct plane *plane, const double *u)
{
    struct folding *folding = plane->own;
    int m = plane->frozen->m;
    double v = 0, w = 0, g;
    if (!plane_go(plane, u) || !condition(plane, u, &g))
        return false;
    for (int k = 0; k < m; k++) {
        v = hypot(v, folding->v[k]);
        w = hypot(w, folding->w[k]);
    }
    for (int k = 0; k < m && v > 0 && w > 0; k++) {
        folding->c[k] = folding->v[k] / v;
        folding->b[k] = folding->w[k] / w;
    }
    return true;
}

static void test(struct plane *plane, const double *u, double *values)
{
    struct folding *folding = plane->own;
    const struct frozen *frozen = plane->frozen;
    int m = frozen->m;
    double g;
    values[0] = values[1] = NAN;
    if (!plane_go(plane, u) || !condition(plane, u, &g))
        return;
    double *slopes = ARENA_NEW_ARRAY(plane->scratch, double, m + 2);
    condition_slopes(plane, u, slopes);
    values[0] = 0;
    for (int k = 0; k < m; k++)
        values[0] += slopes[k] * folding->v[k] / (plane->root * plane->set->scale[k]);
    if (frozen->n_laws || frozen->has_memory || m < 2)
        return;
    values[1] = 0;
    for (int k = 0; k < m; k++) // back from scaled rates
        values[1] += folding->w[k] * folding->v[k] * frozen->size[frozen->free[k]] /
                     frozen->rate_size[frozen->free[k]];
}

static void open_folding(struct plane *plane, struct folding *folding)
{
    int m = plane->frozen->m;
    double **const lists[] = {&folding->trial, &folding->b,       &folding->c,      &folding->v,
                              &folding->w,     &folding->sums[0], &folding->sums[1]};
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++)
        *lists[i] = ARENA_NEW_ARRAY(plane->scratch, double, m + 2);
    folding->bordered = gsl_matrix_alloc((size_t)m + 1, (size_t)m + 1);
    folding->order = gsl_permutation_alloc((size_t)m + 1);
    plane->own = folding;
    plane->kind = PLANE_FOLD;
    plane->condition = condition;
    plane->condition_slopes = condition_slopes;
    plane->renew = renew;
    plane->n_tests = 2;
    plane->test_kinds[0] = PLANE_CUSP;
    plane->test_kinds[1] = PLANE_BOGDANOV_TAKENS;
    plane->test = test;
}

// The curves through the folds of branches at one value of the second parameter.
static void trace_folds(struct plane *plane, const struct branch_set *at, double second)
{
    struct folding *folding = plane->own;
    for (size_t i = 0; i < at->events.count; i++) {
        const struct branch_event *event = &at->events.items[i];
        for (int k = 0; k < plane->frozen->m; k++) {
            folding->b[k] = cos(k + 1);
            folding->c[k] = sin(k + 1);
        }
        if (event->kind == EVENT_FOLD)
            plane_trace(plane, event->rest.z, event->value, second);
    }
}

// Adds those that do not reach the present value of the second parameter. False where cancelled.
static bool trace_others(struct plane *plane)
{
    struct frozen *frozen = plane->frozen;
    double present = frozen->parameters[plane->second];
    int n_parts = frozen->m <= SOME_UNKNOWNS ? SOME_PARTS : 1;
    bool is_good = true;
    for (int i = 0; i <= n_parts && frozen->m <= MANY_UNKNOWNS && is_good; i++) {
        double share = i == 0 ? 0 : i == n_parts ? 1 : (i + 0.0271) / n_parts;
        double second = plane->second_low + share * plane->ranges[1];
        if (second == present)
            continue;
        frozen->parameters[plane->second] = second;
        struct branch_set *at = branch_trace(frozen, plane->set->parameter, plane->set->low,
                                             plane->set->high, NULL, true);
        is_good = at != NULL;
        if (at)
            trace_folds(plane, at, second);
    }
    frozen->parameters[plane->second] = present;
    return is_good;
}

bool fold_trace(struct branch_set *set, int second, double low, double high)
{
    const volatile sig_atomic_t *cancel = set->frozen->tip->options.cancel;
    double present = set->frozen->parameters[second];
    if (!set->frozen->m)
        return true;
    struct plane plane = plane_open(set, second, low, high);
    struct folding folding = {0};
    open_folding(&plane, &folding);
    plane_begin(&plane);
    if (present >= low && present <= high)
        trace_folds(&plane, set, present);
    bool is_good = trace_others(&plane);
    gsl_matrix_free(folding.bordered);
    gsl_permutation_free(folding.order);
    plane_close(&plane);
    return is_good && !(cancel && *cancel);
}
