// Stage: analysis. Where branches cross -> the place, and the directions of the other branch. At a
// simple crossing the slopes J (m by m + 1) lose one rank: their kernel holds the directions of
// both branches, a t + b p, which the second derivative tells apart by 2 a b w'J'tp + b^2 w'J'pp =
// 0 (the algebraic branching equation: Keller 1977; Govaerts 2000, ch. 4).
#include "analysis/tip/tracing.h"

#include "base/array.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

enum { N_SAMPLES = 4, HALVINGS = 60 };

static const double AROUND = 1e-4;               // length on each side of a crossing for samples
static const double STEP = 1e-5;                 // for the second derivative
static const double SINGULAR = 0.1, FLAT = 1e-4; // see is_singular(), find_direction()
static const double DISTANCES[] = {1e-2, 1e-3, 1e-4}; // at which the other branch is looked for

// Slopes at u, with a row of zeros below: [m + 1][m + 1]. False where they are not finite.
static bool slopes_at(struct tracing *tracing, const double *u, gsl_matrix *slopes)
{
    struct curve *curve = &tracing->curve;
    gsl_matrix_set_zero(slopes);
    if (!curve->evaluate(curve->context, u, curve->residuals))
        return false;
    curve->differentiate(curve->context, u, slopes->data);
    for (size_t i = 0; i < slopes->size1 * slopes->size2; i++)
        if (!isfinite(slopes->data[i]))
            return false;
    return true;
}

// A function of u that passes through 0 with the determinant of slopes and tangent: g of the
// system [J; t] with a border. NaN where it cannot be computed.
static double determinant_like(struct tracing *tracing, const double *u, const double *tangent)
{
    size_t n = (size_t)tracing->curve.n + 1;
    int sign;
    gsl_matrix *slopes = gsl_matrix_alloc(n, n), *bordered = gsl_matrix_calloc(n + 1, n + 1);
    gsl_vector *solution = gsl_vector_calloc(n + 1);
    gsl_permutation *order = gsl_permutation_alloc(n + 1);
    bool is_good = slopes_at(tracing, u, slopes);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            gsl_matrix_set(bordered, i, k, i + 1 < n ? gsl_matrix_get(slopes, i, k) : tangent[k]);
    for (size_t i = 0; i < n; i++) {
        gsl_matrix_set(bordered, i, n, cos((double)i + 1));
        gsl_matrix_set(bordered, n, i, sin((double)i + 1));
    }
    gsl_vector_set(solution, n, 1);
    is_good = is_good && gsl_linalg_LU_decomp(bordered, order, &sign) == GSL_SUCCESS &&
              gsl_linalg_LU_svx(bordered, order, solution) == GSL_SUCCESS;
    double value = is_good ? gsl_vector_get(solution, n) : NAN;
    gsl_matrix_free(slopes);
    gsl_matrix_free(bordered);
    gsl_vector_free(solution);
    gsl_permutation_free(order);
    return value;
}

// The polynomial through the first `n` points (x[i], y[i]) at `at`.
static double interpolate(const double *x, const double *y, int n, double at)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double term = y[i];
        for (int k = 0; k < n; k++)
            term *= k == i ? 1 : (at - x[k]) / (x[i] - x[k]);
        sum += term;
    }
    return sum;
}

// Where the polynomial through `n` points passes through 0 between x[1] and x[2]; NaN where it does
// not.
static double root_between(const double *x, const double *y, int n)
{
    double low = x[1], high = x[2];
    if (!(y[1] * y[2] <= 0))
        return NAN;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if ((interpolate(x, y, n, middle) > 0) == (y[1] > 0))
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

// The two directions that the slopes at u leave free, as far as they do: columns n - 2 and n - 1 of
// v are the last two right singular vectors, `left` [n] the left one of the last singular value
// that is not 0 by itself. Returns that value; NaN where it is not known.
static double find_kernel(struct tracing *tracing, const double *u, gsl_matrix *v, double *left)
{
    size_t n = (size_t)tracing->curve.n + 1;
    gsl_matrix *slopes = gsl_matrix_alloc(n, n);
    gsl_vector *values = gsl_vector_alloc(n), *work = gsl_vector_alloc(n);
    bool is_good = slopes_at(tracing, u, slopes) &&
                   gsl_linalg_SV_decomp(slopes, v, values, work) == GSL_SUCCESS;
    size_t column = n - 2; // of the last two, one belongs to the row of zeros
    double last[2] = {0};
    for (size_t i = 0; i + 1 < n && is_good; i++)
        for (size_t k = 0; k < 2; k++)
            last[k] = hypot(last[k], gsl_matrix_get(slopes, i, n - 2 + k));
    column += last[1] > last[0];
    for (size_t i = 0; i < n; i++)
        left[i] = is_good && i + 1 < n ? gsl_matrix_get(slopes, i, column) : 0;
    double value = is_good ? gsl_vector_get(values, n - 2) : NAN;
    if (n == 2)
        left[0] = 1;
    gsl_matrix_free(slopes);
    gsl_vector_free(values);
    gsl_vector_free(work);
    return value;
}

// Whether the slopes are much nearer to losing rank at u than at `beside`.
static bool is_singular(struct tracing *tracing, const double *u, const double *beside)
{
    size_t n = (size_t)tracing->curve.n + 1;
    gsl_matrix *v = gsl_matrix_alloc(n, n);
    double *left = ARENA_NEW_ARRAY(tracing->scratch, double, n);
    double here = find_kernel(tracing, u, v, left);
    bool is_so = here < SINGULAR * find_kernel(tracing, beside, v, left);
    gsl_matrix_free(v);
    return is_so;
}

// A place within a step, or a little outside: `share` of it along the cubic through its ends.
static void predict(const struct tracing *tracing, const struct branch_step *step, double share,
                    double *u, double *tangent)
{
    double t = share, length = 0, taken = step->taken;
    for (int k = 0; k <= tracing->curve.n; k++) {
        double a = step->from->u[k], da = step->from->tangent[k] * taken;
        double b = step->to->u[k], db = step->to->tangent[k] * taken;
        double c = 3 * (b - a) - 2 * da - db, d = da + db - 2 * (b - a);
        u[k] = a + t * (da + t * (c + t * d));
        tangent[k] = da + t * (2 * c + 3 * t * d);
        length = hypot(length, tangent[k]);
    }
    for (int k = 0; k <= tracing->curve.n; k++)
        tangent[k] /= length;
}

// Goes to the curve at that place; returns the function that is 0 at a crossing, NaN where it is
// not known.
static double sample(struct tracing *tracing, const struct branch_step *step, double share,
                     double *u, double *tangent)
{
    predict(tracing, step, share, u, tangent);
    return curve_settle(&tracing->curve, u, tangent) ? determinant_like(tracing, u, tangent) : NAN;
}

// The share of a step where the function changes its sign, within `margin`; NaN where it does not.
static double find_change(struct tracing *tracing, const struct branch_step *step, double margin,
                          double *u, double *tangent)
{
    static const double parts[] = {0.5, 0.37, 0.63}; // where one fails, another may not
    double low = 0, high = 1, at_low = sample(tracing, step, 0, u, tangent);
    if (!(at_low * sample(tracing, step, 1, u, tangent) < 0))
        return NAN;
    while (high - low > margin) {
        double middle = NAN, value = NAN;
        for (size_t i = 0; i < ARRAY_COUNT(parts) && isnan(value); i++) {
            middle = low + parts[i] * (high - low);
            value = sample(tracing, step, middle, u, tangent);
        }
        if (isnan(value))
            break;
        *((value > 0) == (at_low > 0) ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

bool crossing_locate(struct tracing *tracing, const struct branch_step *step,
                     struct crossing *crossing)
{
    static const double places[N_SAMPLES] = {-2, -1, 1, 2};
    int n = tracing->curve.n + 1;
    double around = fmin(AROUND / step->taken, 1), x[N_SAMPLES], y[N_SAMPLES], at[N_SAMPLES];
    double *points[N_SAMPLES], *u = ARENA_NEW_ARRAY(tracing->scratch, double, n);
    double *tangent = ARENA_NEW_ARRAY(tracing->scratch, double, n);
    double near = find_change(tracing, step, around, u, tangent);
    for (int i = 0; i < N_SAMPLES && !isnan(near); i++) {
        points[i] = ARENA_NEW_ARRAY(tracing->scratch, double, n);
        x[i] = near + places[i] * around;
        y[i] = sample(tracing, step, x[i], points[i], tangent);
    }
    double root = isnan(near) ? NAN : root_between(x, y, N_SAMPLES), length = 0;
    if (isnan(root))
        return false;
    for (int k = 0; k < n; k++) {
        for (int i = 0; i < N_SAMPLES; i++)
            at[i] = points[i][k];
        u[k] = interpolate(x, at, N_SAMPLES, root);
        tangent[k] = points[2][k] - points[1][k];
        length = hypot(length, tangent[k]);
    }
    for (int k = 0; k < n; k++)
        tangent[k] /= length;
    double margin = fabs(root - root_between(x, y, N_SAMPLES - 1)) * step->taken;
    *crossing = (struct crossing){u, tangent, margin};
    return is_singular(tracing, u, points[3]);
}

// w' times the derivative of the slopes along `along`, times `other`.
static double second_derivative(struct tracing *tracing, const double *u, const double *along,
                                const double *other, const double *left)
{
    size_t n = (size_t)tracing->curve.n + 1;
    double *moved = ARENA_NEW_ARRAY(tracing->scratch, double, n), sums[2] = {0};
    gsl_matrix *slopes = gsl_matrix_alloc(n, n);
    for (int side = 0; side < 2; side++) {
        for (size_t k = 0; k < n; k++)
            moved[k] = u[k] + (side ? STEP : -STEP) * along[k];
        slopes_at(tracing, moved, slopes);
        for (size_t i = 0; i + 1 < n; i++)
            for (size_t k = 0; k < n; k++)
                sums[side] += left[i] * gsl_matrix_get(slopes, i, k) * other[k];
    }
    gsl_matrix_free(slopes);
    return (sums[1] - sums[0]) / (2 * STEP);
}

// The direction [n] of the branch that crosses.
static void find_direction(struct tracing *tracing, const struct crossing *crossing,
                           double *direction)
{
    size_t n = (size_t)tracing->curve.n + 1;
    double *left = ARENA_NEW_ARRAY(tracing->scratch, double, n), along[2] = {0};
    gsl_matrix *v = gsl_matrix_alloc(n, n);
    find_kernel(tracing, crossing->u, v, left);
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < 2; c++)
            along[c] += crossing->tangent[k] * gsl_matrix_get(v, k, n - 2 + c);
    double size = hypot(along[0], along[1]);
    for (size_t k = 0; k < n; k++) // across the tangent, within the kernel
        direction[k] =
            (along[1] * gsl_matrix_get(v, k, n - 2) - along[0] * gsl_matrix_get(v, k, n - 1)) /
            size;
    gsl_matrix_free(v);
    double mixed = second_derivative(tracing, crossing->u, crossing->tangent, direction, left);
    double across = second_derivative(tracing, crossing->u, direction, direction, left);
    double length = hypot(across, 2 * mixed);
    if (!isfinite(length) || fabs(mixed) <= FLAT * length || length == 0)
        return;
    for (size_t k = 0; k < n; k++)
        direction[k] = (2 * mixed * direction[k] - across * crossing->tangent[k]) / length;
}

bool crossing_switch(struct tracing *tracing, const struct crossing *crossing, double sign,
                     double *seed, double *direction)
{
    int n = tracing->curve.n + 1;
    find_direction(tracing, crossing, direction);
    for (size_t i = 0; i < ARRAY_COUNT(DISTANCES); i++) {
        double moved = 0;
        for (int k = 0; k < n; k++)
            seed[k] = crossing->u[k] + sign * DISTANCES[i] * direction[k];
        if (!curve_settle(&tracing->curve, seed, direction))
            continue;
        for (int k = 0; k < n; k++)
            moved = hypot(moved, seed[k] - crossing->u[k] - sign * DISTANCES[i] * direction[k]);
        if (moved < DISTANCES[i] / 2)
            return true;
    }
    return false;
}
