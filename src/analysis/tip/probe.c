// Stage: analysis. A frozen case at a point: scaled residuals and slopes, roots by Powell's hybrid
// method with exact slopes (GSL's hybridsj) and Newton's steps at the end, eigenvalues. The
// equation of one unknown a law, which follows from the others, gives way to the law itself.
#include "analysis/tip/frozen.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multiroots.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HYBRID_STEPS = 80, NEWTON_STEPS = 40, HALVINGS = 12 };

static const double FAR = 1e6; // sizes away from where states are usually found

struct probe {
    const struct frozen *frozen;
    struct tangent *tangent;
    double *unknowns, *residuals; // [n]
    double *slopes;               // [n][n]
    double *by_parameter;         // [n]
    double *start;                // [n] for the parameters in `start_parameters`
    double *start_parameters;     // [n_parameters]
    double *shown;                // [n] see probe_unknowns()
    bool has_start;
};

struct probe *probe_create(struct arena *arena, const struct frozen *frozen)
{
    struct probe *probe = ARENA_NEW(arena, struct probe);
    int n = frozen->n;
    *probe = (struct probe){.frozen = frozen};
    probe->tangent = tangent_create(arena, frozen->lowered, frozen->watched, frozen->n_watched);
    probe->unknowns = ARENA_NEW_ARRAY(arena, double, n);
    probe->residuals = ARENA_NEW_ARRAY(arena, double, n);
    probe->slopes = ARENA_NEW_ARRAY(arena, double, n *n);
    probe->by_parameter = ARENA_NEW_ARRAY(arena, double, n);
    probe->start = ARENA_NEW_ARRAY(arena, double, n);
    probe->start_parameters = ARENA_NEW_ARRAY(arena, double, frozen->n_parameters);
    probe->shown = ARENA_NEW_ARRAY(arena, double, n);
    return probe;
}

// Conserved sums and what is held are those of a run with the same parameters.
static void update_start(struct probe *probe, const double *parameters)
{
    const struct frozen *frozen = probe->frozen;
    size_t bytes = (size_t)frozen->n_parameters * sizeof *parameters;
    if (probe->has_start && memcmp(probe->start_parameters, parameters, bytes) == 0)
        return;
    tangent_start(probe->tangent, parameters, frozen->tip_case->source.model->time.start,
                  probe->start);
    memcpy(probe->start_parameters, parameters, bytes);
    probe->has_start = true;
}

// How far the sum of law `l` is off, in sizes of its pivot.
static double law_residual(const struct probe *probe, int l)
{
    const struct frozen *frozen = probe->frozen;
    const double *law = frozen->laws + l * frozen->m;
    double sum = 0;
    for (int k = 0; k < frozen->m; k++)
        sum += law[k] * (probe->unknowns[frozen->free[k]] - probe->start[frozen->free[k]]);
    return sum / frozen->size[frozen->free[frozen->pivots[l]]];
}

const double *probe_rates(struct probe *probe, const double *states, const double *parameters)
{
    const struct frozen *frozen = probe->frozen;
    update_start(probe, parameters);
    memcpy(probe->unknowns, probe->start, (size_t)frozen->n * sizeof(double));
    memcpy(probe->unknowns, states, (size_t)frozen->n_states * sizeof(double));
    tangent_evaluate(probe->tangent, probe->unknowns, parameters, frozen->time, probe->residuals);
    return probe->residuals;
}

bool probe_go(struct probe *probe, const double *z, const double *parameters, double *residuals)
{
    const struct frozen *frozen = probe->frozen;
    bool is_finite = true;
    update_start(probe, parameters);
    memcpy(probe->unknowns, probe->start, (size_t)frozen->n * sizeof(double));
    for (int k = 0; k < frozen->m; k++)
        probe->unknowns[frozen->free[k]] = z[k] * frozen->size[frozen->free[k]];
    tangent_evaluate(probe->tangent, probe->unknowns, parameters, frozen->time, probe->residuals);
    for (int k = 0; k < frozen->m; k++)
        residuals[k] = probe->residuals[frozen->free[k]] / frozen->rate_size[frozen->free[k]];
    for (int l = 0; l < frozen->n_laws; l++)
        residuals[frozen->pivots[l]] = law_residual(probe, l);
    for (int k = 0; k < frozen->m; k++)
        is_finite &= isfinite(residuals[k]);
    return is_finite;
}

// The part of the slopes by a parameter that comes through what is held and conserved.
static void add_start_slopes(struct probe *probe, int parameter, double *by_parameter)
{
    const struct frozen *frozen = probe->frozen;
    double *by_start = probe->shown; // free until probe_unknowns()
    bool has_held = false;
    for (int i = 0; i < frozen->n; i++)
        has_held |= frozen->roles[i] == FROZEN_HELD;
    if (!has_held && !frozen->n_laws)
        return;
    tangent_start(probe->tangent, probe->start_parameters,
                  frozen->tip_case->source.model->time.start, probe->start);
    tangent_start_slopes(probe->tangent, parameter, by_start);
    for (int a = 0; a < frozen->m; a++)
        for (int i = 0; i < frozen->n; i++)
            if (frozen->roles[i] == FROZEN_HELD)
                by_parameter[a] += probe->slopes[frozen->free[a] * frozen->n + i] * by_start[i] /
                                   frozen->rate_size[frozen->free[a]];
    for (int l = 0; l < frozen->n_laws; l++) {
        double sum = 0;
        for (int k = 0; k < frozen->m; k++)
            sum -= frozen->laws[l * frozen->m + k] * by_start[frozen->free[k]];
        by_parameter[frozen->pivots[l]] = sum / frozen->size[frozen->free[frozen->pivots[l]]];
    }
}

void probe_slopes(struct probe *probe, double *by_z, int parameter, double *by_parameter)
{
    const struct frozen *frozen = probe->frozen;
    int n = frozen->n, m = frozen->m;
    tangent_differentiate(probe->tangent, probe->slopes, parameter, probe->by_parameter);
    for (int a = 0; a < m; a++)
        for (int b = 0; b < m; b++)
            by_z[a * m + b] = probe->slopes[frozen->free[a] * n + frozen->free[b]] *
                              frozen->size[frozen->free[b]] / frozen->rate_size[frozen->free[a]];
    for (int l = 0; l < frozen->n_laws; l++)
        for (int k = 0; k < m; k++)
            by_z[frozen->pivots[l] * m + k] = frozen->laws[l * m + k] *
                                              frozen->size[frozen->free[k]] /
                                              frozen->size[frozen->free[frozen->pivots[l]]];
    if (!by_parameter)
        return;
    for (int a = 0; a < m; a++)
        by_parameter[a] = probe->by_parameter[frozen->free[a]] / frozen->rate_size[frozen->free[a]];
    add_start_slopes(probe, parameter, by_parameter);
}

const double *probe_unknowns(const struct probe *probe)
{
    const struct frozen *frozen = probe->frozen;
    for (int i = 0; i < frozen->n; i++)
        probe->shown[i] = frozen->roles[i] == FROZEN_GROWS ? NAN : probe->unknowns[i];
    return probe->shown;
}

double probe_watched(const struct probe *probe, int i)
{
    return tangent_watched(probe->tangent, i);
}

int probe_kinks(const struct probe *probe, const char **first)
{
    return tangent_kinks(probe->tangent, 1e-9, first);
}

// One search, as GSL wants it.
struct search {
    struct probe *probe;
    const double *parameters;
};

static int search_residuals(const gsl_vector *z, void *context, gsl_vector *residuals)
{
    struct search *search = context;
    return probe_go(search->probe, z->data, search->parameters, residuals->data) ? GSL_SUCCESS
                                                                                 : GSL_EBADFUNC;
}

static int search_slopes(const gsl_vector *z, void *context, gsl_matrix *slopes)
{
    struct search *search = context;
    double *residuals = malloc(z->size * sizeof *residuals);
    bool is_finite = probe_go(search->probe, z->data, search->parameters, residuals);
    free(residuals);
    probe_slopes(search->probe, slopes->data, 0, NULL);
    for (size_t i = 0; i < z->size * z->size; i++)
        is_finite &= isfinite(slopes->data[i]);
    return is_finite ? GSL_SUCCESS : GSL_EBADFUNC;
}

static int search_both(const gsl_vector *z, void *context, gsl_vector *residuals,
                       gsl_matrix *slopes)
{
    int code = search_residuals(z, context, residuals);
    return code == GSL_SUCCESS ? search_slopes(z, context, slopes) : code;
}

static double largest(const double *values, int n)
{
    double size = 0;
    for (int i = 0; i < n; i++)
        size = isnan(values[i]) ? INFINITY : fmax(size, fabs(values[i]));
    return size;
}

// Brings z near a root, or as near as it gets.
static void approach(struct search *search, double *z)
{
    size_t m = (size_t)search->probe->frozen->m;
    gsl_multiroot_fdfsolver *solver =
        gsl_multiroot_fdfsolver_alloc(gsl_multiroot_fdfsolver_hybridsj, m);
    gsl_multiroot_function_fdf function = {search_residuals, search_slopes, search_both, m, search};
    gsl_vector_view start = gsl_vector_view_array(z, m);
    if (gsl_multiroot_fdfsolver_set(solver, &function, &start.vector) == GSL_SUCCESS) {
        for (int i = 0; i < HYBRID_STEPS; i++)
            if (gsl_multiroot_fdfsolver_iterate(solver) != GSL_SUCCESS ||
                largest(solver->f->data, (int)m) < 1e-7)
                break;
        memcpy(z, solver->x->data, m * sizeof *z);
    }
    gsl_multiroot_fdfsolver_free(solver);
}

// Room for Newton's method.
struct newton {
    struct search search;
    int m;
    double *residuals, *step, *trial; // [m]
    double *slopes;                   // [m][m]
    gsl_permutation *order;
};

// Sets `step` to Newton's at the present point; false where the slopes are singular.
static bool find_step(struct newton *newton)
{
    int m = newton->m, sign;
    probe_slopes(newton->search.probe, newton->slopes, 0, NULL);
    if (!isfinite(largest(newton->slopes, m * m)))
        return false;
    gsl_matrix_view matrix = gsl_matrix_view_array(newton->slopes, (size_t)m, (size_t)m);
    gsl_vector_view right = gsl_vector_view_array(newton->residuals, (size_t)m);
    gsl_vector_view step = gsl_vector_view_array(newton->step, (size_t)m);
    return gsl_linalg_LU_decomp(&matrix.matrix, newton->order, &sign) == GSL_SUCCESS &&
           gsl_linalg_LU_solve(&matrix.matrix, newton->order, &right.vector, &step.vector) ==
               GSL_SUCCESS &&
           isfinite(largest(newton->step, m));
}

// Goes along the step, less far where residuals would grow; false where they grow all the same.
static bool take_step(struct newton *newton, double *z)
{
    double before = largest(newton->residuals, newton->m), share = 1;
    for (int i = 0; i < HALVINGS; i++, share /= 2) {
        for (int k = 0; k < newton->m; k++)
            newton->trial[k] = z[k] - share * newton->step[k];
        if (probe_go(newton->search.probe, newton->trial, newton->search.parameters,
                     newton->residuals) &&
            largest(newton->residuals, newton->m) <= before) {
            memcpy(z, newton->trial, (size_t)newton->m * sizeof *z);
            return true;
        }
    }
    probe_go(newton->search.probe, z, newton->search.parameters, newton->residuals);
    return false;
}

// Newton's steps until they change nothing any more.
static bool polish(struct newton *newton, double *z)
{
    double last = INFINITY;
    if (!probe_go(newton->search.probe, z, newton->search.parameters, newton->residuals))
        return false;
    for (int i = 0; i < NEWTON_STEPS; i++) {
        if (largest(newton->residuals, newton->m) == 0)
            return true;
        if (!find_step(newton))
            break;
        double size = largest(newton->step, newton->m);
        bool is_done = size <= 1e-11 * (1 + largest(z, newton->m));
        if (!take_step(newton, z))
            return last <= 1e-9 * (1 + largest(z, newton->m)) || is_done;
        if (is_done || largest(z, newton->m) > FAR)
            return is_done;
        last = size;
    }
    return largest(newton->residuals, newton->m) < 1e-12; // slowly, to a degenerate root
}

bool probe_solve(struct probe *probe, double *z, const double *parameters)
{
    int m = probe->frozen->m;
    struct newton newton = {.search = {probe, parameters}, .m = m};
    if (!m)
        return false;
    newton.residuals = malloc((size_t)m * 3 * sizeof(double));
    newton.step = newton.residuals + m;
    newton.trial = newton.step + m;
    newton.slopes = malloc((size_t)m * (size_t)m * sizeof(double));
    newton.order = gsl_permutation_alloc((size_t)m);
    approach(&newton.search, z);
    bool is_found = isfinite(largest(z, m)) && polish(&newton, z) && largest(z, m) <= FAR;
    if (is_found)
        probe_go(probe, z, parameters, newton.residuals);
    free(newton.residuals);
    free(newton.slopes);
    gsl_permutation_free(newton.order);
    return is_found;
}

// The law that settles free unknown `k`, or -1.
static int law_of(const struct frozen *frozen, int k)
{
    for (int l = 0; l < frozen->n_laws; l++)
        if (frozen->pivots[l] == k)
            return l;
    return -1;
}

// How the rate of free unknown `a` changes with free unknown `b`, in sizes of both.
static double scaled_slope(const struct probe *probe, int a, int b)
{
    const struct frozen *frozen = probe->frozen;
    int i = frozen->free[a], k = frozen->free[b];
    return probe->slopes[i * frozen->n + k] * frozen->size[k] / frozen->size[i];
}

// The slopes over the unknowns that no law settles, those of the others being carried along.
static void reduce_slopes(const struct probe *probe, const int *kept, gsl_matrix *reduced)
{
    const struct frozen *frozen = probe->frozen;
    for (size_t r = 0; r < reduced->size1; r++)
        for (size_t s = 0; s < reduced->size1; s++) {
            double slope = scaled_slope(probe, kept[r], kept[s]);
            for (int l = 0; l < frozen->n_laws; l++) {
                int pivot = frozen->pivots[l];
                double share = frozen->laws[l * frozen->m + kept[s]] *
                               frozen->size[frozen->free[kept[s]]] /
                               frozen->size[frozen->free[pivot]];
                slope -= scaled_slope(probe, kept[r], pivot) * share;
            }
            gsl_matrix_set(reduced, r, s, slope);
        }
}

bool probe_eigenvalues(struct probe *probe, double *real, double *imaginary)
{
    const struct frozen *frozen = probe->frozen;
    size_t n = (size_t)(frozen->m - frozen->n_laws);
    if (frozen->has_memory || n == 0)
        return false;
    int *kept = malloc(n * sizeof *kept), at = 0;
    for (int k = 0; k < frozen->m; k++)
        if (law_of(frozen, k) < 0)
            kept[at++] = k;
    tangent_differentiate(probe->tangent, probe->slopes, 0, NULL);
    gsl_matrix *reduced = gsl_matrix_alloc(n, n);
    gsl_vector_complex *values = gsl_vector_complex_alloc(n);
    gsl_eigen_nonsymm_workspace *work = gsl_eigen_nonsymm_alloc(n);
    gsl_eigen_nonsymm_params(0, 1, work);
    reduce_slopes(probe, kept, reduced);
    bool is_good = isfinite(largest(reduced->data, (int)(n * n))) &&
                   gsl_eigen_nonsymm(reduced, values, work) == GSL_SUCCESS;
    for (size_t i = 0; i < n && is_good; i++) {
        real[i] = GSL_REAL(gsl_vector_complex_get(values, i));
        imaginary[i] = GSL_IMAG(gsl_vector_complex_get(values, i));
    }
    gsl_eigen_nonsymm_free(work);
    gsl_vector_complex_free(values);
    gsl_matrix_free(reduced);
    free(kept);
    return is_good;
}
