// Stage: analysis. Predictor: along the tangent. Corrector: Newton's method in the plane across it.
// The tangent is the direction that the slopes leave free; at a corner, where the equations bend,
// the curve goes on to the side that keeps the orientation of slopes and tangent (Eaves 1976).
#include "analysis/tip/curve.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

enum { CORRECTIONS = 12, EASY = 4, SLOW = 7 };

static const double SMOOTH =
    0.95; // cosine of the angle between tangents of a step; below: a corner
static const double PATIENT = 1e-3; // steps shorter than this may take SLOW corrections
static const double FIRST_AFTER_TURN = 1e-4;
static const double SHORTEST = 1e-10, TOLERANCE = 1e-11;

void curve_init(struct curve *curve, struct arena *arena)
{
    int n = curve->n + 1;
    curve->slopes = ARENA_NEW_ARRAY(arena, double, n *n);
    curve->bordered = ARENA_NEW_ARRAY(arena, double, n *n);
    curve->residuals = ARENA_NEW_ARRAY(arena, double, n);
    curve->step = ARENA_NEW_ARRAY(arena, double, n);
    curve->normal = ARENA_NEW_ARRAY(arena, double, n);
}

struct curve_point curve_point_create(const struct curve *curve, struct arena *arena)
{
    return (struct curve_point){.u = ARENA_NEW_ARRAY(arena, double, curve->n + 1),
                                .tangent = ARENA_NEW_ARRAY(arena, double, curve->n + 1)};
}

void curve_point_copy(const struct curve *curve, const struct curve_point *from,
                      struct curve_point *to)
{
    memcpy(to->u, from->u, (size_t)(curve->n + 1) * sizeof(double));
    memcpy(to->tangent, from->tangent, (size_t)(curve->n + 1) * sizeof(double));
    to->orientation = from->orientation;
}

static double dot(const double *a, const double *b, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static double largest(const double *values, int n)
{
    double size = 0;
    for (int i = 0; i < n; i++)
        size = isnan(values[i]) ? INFINITY : fmax(size, fabs(values[i]));
    return size;
}

// Solves [slopes; border] step = right, in place; the slopes are those at u. Returns the sign of
// the determinant, 0 where it is singular.
static int solve_bordered(struct curve *curve, const double *border, double *right)
{
    int n = curve->n, sign;
    size_t size = (size_t)(n + 1);
    memcpy(curve->bordered, curve->slopes, (size_t)n * size * sizeof(double));
    memcpy(curve->bordered + (size_t)n * size, border, size * sizeof(double));
    gsl_matrix_view matrix = gsl_matrix_view_array(curve->bordered, size, size);
    gsl_vector_view vector = gsl_vector_view_array(right, size);
    gsl_permutation *order = gsl_permutation_alloc(size);
    bool is_good = isfinite(largest(curve->bordered, (n + 1) * (n + 1))) &&
                   gsl_linalg_LU_decomp(&matrix.matrix, order, &sign) == GSL_SUCCESS &&
                   gsl_linalg_LU_svx(&matrix.matrix, order, &vector.vector) == GSL_SUCCESS &&
                   isfinite(largest(right, n + 1));
    int determinant = is_good ? gsl_linalg_LU_sgndet(&matrix.matrix, sign) : 0;
    gsl_permutation_free(order);
    return determinant;
}

bool curve_start(struct curve *curve, struct curve_point *point, const double *along)
{
    int n = curve->n + 1;
    if (!curve->evaluate(curve->context, point->u, curve->residuals))
        return false;
    curve->differentiate(curve->context, point->u, curve->slopes);
    memset(point->tangent, 0, (size_t)n * sizeof(double));
    point->tangent[n - 1] = 1;
    point->orientation = solve_bordered(curve, along, point->tangent);
    double length = sqrt(dot(point->tangent, point->tangent, n));
    for (int i = 0; i < n; i++)
        point->tangent[i] /= length;
    return point->orientation != 0 && isfinite(length);
}

// The largest step beside the size of what it is added to.
static double relative_size(const double *step, const double *u, int n)
{
    double size = 0;
    for (int k = 0; k < n; k++)
        size = isnan(step[k]) ? INFINITY : fmax(size, fabs(step[k]) / fmax(1, fabs(u[k])));
    return size;
}

bool curve_settle(struct curve *curve, double *u, const double *normal)
{
    int n = curve->n + 1;
    double *start = curve->step; // what has been added so far is across the normal
    for (int i = 0; i < CORRECTIONS; i++) {
        curve->n_corrections = i + 1;
        if (!curve->evaluate(curve->context, u, curve->residuals))
            return false;
        curve->differentiate(curve->context, u, curve->slopes);
        memcpy(start, curve->residuals, (size_t)(n - 1) * sizeof(double));
        start[n - 1] = 0;
        if (!solve_bordered(curve, normal, start))
            return false;
        for (int k = 0; k < n; k++)
            u[k] -= start[k];
        double size = relative_size(start, u, n);
        if (size > 10)
            return false;
        if (size < TOLERANCE)
            return true;
    }
    return relative_size(curve->step, u, n) < 1e-8;
}

bool curve_step(struct curve *curve, const struct curve_point *from, double length,
                struct curve_point *to)
{
    int n = curve->n + 1;
    for (int i = 0; i < n; i++)
        to->u[i] = from->u[i] + length * from->tangent[i];
    if (!curve_settle(curve, to->u, from->tangent) || !curve_start(curve, to, from->tangent))
        return false;
    double moved = 0; // far from where the tangent led it is another curve
    for (int i = 0; i < n; i++)
        moved = hypot(moved, to->u[i] - from->u[i] - length * from->tangent[i]);
    if (moved > fmax(length, 10 * SHORTEST))
        return false;
    double cosine = dot(from->tangent, to->tangent, n);
    if (cosine < SMOOTH && to->orientation != from->orientation) {
        for (int i = 0; i < n; i++)
            to->tangent[i] = -to->tangent[i];
        to->orientation = -to->orientation;
    }
    return true;
}

// Goes around a corner just ahead of `from`, where the curve turns back in the direction of the
// tangent: the slopes beyond it tell the new direction, and the orientation which way.
static bool turn(struct curve *curve, const struct curve_point *from, struct curve_point *to)
{
    static const double BEYOND = 1e-6;
    int n = curve->n + 1;
    for (int i = 0; i < n; i++)
        to->u[i] = from->u[i] + BEYOND * from->tangent[i];
    if (!curve_start(curve, to, from->tangent))
        return false;
    double sign = to->orientation == from->orientation ? 1 : -1;
    double *normal = curve->normal;
    for (int i = 0; i < n; i++) {
        normal[i] = sign * to->tangent[i];
        to->u[i] = from->u[i] + BEYOND * normal[i];
    }
    if (!curve_settle(curve, to->u, normal) || !curve_start(curve, to, normal))
        return false;
    double moved = 0;
    for (int i = 0; i < n; i++)
        moved = hypot(moved, to->u[i] - from->u[i]);
    return moved < 10 * BEYOND && to->orientation == from->orientation;
}

// The longest step from a point: shares of what is large.
static double longest_step(const struct curve *curve, const struct curve_point *from)
{
    double size = 0;
    for (int i = 0; i <= curve->n; i++)
        size = hypot(size, from->tangent[i] / fmax(1, fabs(from->u[i])));
    return size > 0 ? curve->longest / size : curve->longest;
}

bool curve_advance(struct curve *curve, const struct curve_point *from, double *length,
                   double *taken, struct curve_point *to)
{
    double longest = longest_step(curve, from);
    for (*length = fmin(*length, longest); *length >= SHORTEST; *length /= 2) {
        if (!curve_step(curve, from, *length, to))
            continue;
        bool is_slow = curve->n_corrections > SLOW; // a crossing is near: not onto it
        if (is_slow && *length > PATIENT)
            continue;
        double cosine = dot(from->tangent, to->tangent, curve->n + 1);
        bool is_corner = *length < 1e3 * SHORTEST; // a bend that goes on ahead
        if (cosine < SMOOTH && !is_corner)
            continue;
        *taken = *length;
        *length *= cosine > 1 - (1 - SMOOTH) / EASY ? 2 : 1;
        return true;
    }
    *length = FIRST_AFTER_TURN;
    *taken = 0;
    return turn(curve, from, to);
}
