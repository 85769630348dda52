// Stage: analysis. Frozen case -> its conserved sums. By structure: each rate is a sum of terms
// (flows), and a combination of rates in which all terms cancel never changes; exact, and as good
// for hundreds of unknowns as for two. In small cases also by values, which sees through equations
// that say the same in other words: directions in which no rate has a component, the null space
// of the rates at many points.
#include "analysis/tip/laws.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FEW_UNKNOWNS = 30, POINTS = 24 };

static const double NULL_MARGIN = 1e-10; // singular values below this are 0
static const double TRACE = 1e-8;        // parts of a sum this small, in sizes, are rounding
static const double CANCELLED = 1e-9;    // what is left of terms that cancel, against the largest

// Goes to sample `index`; the residuals [n].
static void go(const struct frozen *frozen, struct tangent *tangent, long index, double *unknowns,
               double *residuals)
{
    frozen_sample(frozen, index, unknowns);
    tangent_evaluate(tangent, unknowns, frozen->parameters, frozen->time, residuals);
}

// The largest entry of rows `from` to `n` [n][width] in the columns up to `m` that are preferred;
// else, where these are all next to nothing, in any of them. Returns its size.
static double find_pivot(const double *rows, int from, int n, int m, int width,
                         const bool *is_preferred, int *row, int *column)
{
    double most = 0;
    for (int pass = is_preferred ? 0 : 1; pass < 2 && most < TRACE; pass++) {
        most = 0;
        *row = from;
        *column = 0;
        for (int i = from; i < n; i++)
            for (int k = 0; k < m; k++)
                if ((pass || is_preferred[k]) && fabs(rows[i * width + k]) > most) {
                    most = fabs(rows[i * width + k]);
                    *row = i;
                    *column = k;
                }
    }
    return most;
}

// Brings the first `m` columns of `n` rows [n][width] to the form in which each row has a pivot,
// with 1, that no other has, in preferred columns first; returns how many rows have one. They come
// first.
static int reduce_rows(double *rows, int n, int m, int width, const bool *is_preferred, int *pivots)
{
    for (int r = 0; r < n; r++) {
        int row, column;
        if (find_pivot(rows, r, n, m, width, is_preferred, &row, &column) < TRACE)
            return r;
        double pivot = rows[row * width + column];
        for (int k = 0; k < width; k++) {
            double value = rows[row * width + k] / pivot;
            rows[row * width + k] = rows[r * width + k];
            rows[r * width + k] = fabs(value) < CANCELLED ? 0 : value;
        }
        for (int i = 0; i < n; i++) {
            double factor = rows[i * width + column];
            for (int k = 0; k < width && i != r && factor != 0; k++) {
                double term = factor * rows[r * width + k], value = rows[i * width + k] - term;
                bool is_left = fabs(value) > CANCELLED * fabs(term);
                rows[i * width + k] = is_left ? value : 0;
            }
        }
        pivots[r] = column;
    }
    return n;
}

// Adds to `coefficients` [dag count] what the rate that node `rate` is consists of: sums are taken
// apart, and products with constants.
static void take_apart(const struct dag *dag, int rate, double *coefficients)
{
    coefficients[rate] += 1;
    for (int i = rate; i >= 0; i--) { // operands come before what uses them
        const struct node *node = &dag->items[i];
        double share = coefficients[i];
        int a = node->operands[0], b = node->operands[1];
        if (share == 0)
            continue;
        if (node->op == NODE_ADD || node->op == NODE_SUBTRACT) {
            coefficients[a] += share;
            coefficients[b] += node->op == NODE_ADD ? share : -share;
        } else if (node->op == NODE_NEGATE) {
            coefficients[a] -= share;
        } else if (node->op == NODE_MULTIPLY && dag_is_constant(dag, b)) {
            coefficients[a] += share * dag->items[b].value;
        } else if (node->op == NODE_MULTIPLY && dag_is_constant(dag, a)) {
            coefficients[b] += share * dag->items[a].value;
        } else if (node->op == NODE_DIVIDE && dag_is_constant(dag, b)) {
            coefficients[a] += share / dag->items[b].value;
        } else {
            continue; // a term
        }
        coefficients[i] = 0;
    }
}

// Terms as columns of `shares` [m][dag count], those that are 0 wherever one looks set to 0: what
// flows there is off.
static void drop_idle_terms(const struct frozen *frozen, struct tangent *tangent, double *shares)
{
    int m = frozen->m;
    size_t n_nodes = frozen->lowered->dag.count;
    double *unknowns = malloc((size_t)(2 * frozen->n + 1) * sizeof *unknowns);
    bool *is_alive = calloc(n_nodes, sizeof *is_alive);
    for (int point = 0; point < POINTS; point++) {
        go(frozen, tangent, point, unknowns, unknowns + frozen->n);
        for (size_t node = 0; node < n_nodes; node++)
            is_alive[node] |= tangent_node_value(tangent, (int)node) != 0;
    }
    for (int k = 0; k < m; k++)
        for (size_t node = 0; node < n_nodes; node++)
            if (!is_alive[node])
                shares[(size_t)k * n_nodes + node] = 0;
    free(is_alive);
    free(unknowns);
}

// Rows of the terms of each free unknown's rate, each term over its largest share, followed by a
// unit matrix: [m][n_terms + m], to be freed. `shares` is [m][dag count].
static double *list_terms(const struct frozen *frozen, const double *shares, int *n_terms)
{
    size_t n_nodes = frozen->lowered->dag.count, m = (size_t)frozen->m;
    double *largest = calloc(n_nodes, sizeof *largest);
    *n_terms = 0;
    for (size_t node = 0; node < n_nodes; node++) {
        for (size_t k = 0; k < m; k++)
            largest[node] = fmax(largest[node], fabs(shares[k * n_nodes + node]));
        *n_terms += largest[node] > 0;
    }
    size_t width = (size_t)*n_terms + m;
    double *rows = calloc(m * width + 1, sizeof *rows);
    for (size_t k = 0; k < m; k++) {
        size_t at = k * width;
        for (size_t node = 0; node < n_nodes; node++)
            if (largest[node] > 0)
                rows[at++] = shares[k * n_nodes + node] / largest[node];
        rows[at + k] = 1;
    }
    free(largest);
    return rows;
}

// Laws by structure into `laws` [m][m]; returns their number.
static int find_by_structure(const struct frozen *frozen, struct tangent *tangent, double *laws)
{
    const struct lowered *lowered = frozen->lowered;
    int m = frozen->m, n_terms;
    size_t n_nodes = lowered->dag.count;
    double *shares = calloc((size_t)m * n_nodes + 1, sizeof *shares);
    for (int k = 0; k < m; k++) {
        int i = frozen->free[k];
        if (i < frozen->n_states)
            take_apart(&lowered->dag, lowered->states.items[i].rate, shares + (size_t)k * n_nodes);
    }
    drop_idle_terms(frozen, tangent, shares);
    double *rows = list_terms(frozen, shares, &n_terms);
    free(shares);
    int width = n_terms + m, n = 0, *pivots = malloc((size_t)(m + 1) * sizeof *pivots);
    int rank = reduce_rows(rows, m, n_terms, width, NULL, pivots);
    for (int i = rank; i < m; i++) {
        memcpy(laws + n * m, rows + i * width + n_terms, (size_t)m * sizeof *laws);
        bool is_remembered = false; // what PREVIOUS yields has no rate
        for (int k = 0; k < m; k++)
            is_remembered |= laws[n * m + k] != 0 && frozen->free[k] >= frozen->n_states;
        n += !is_remembered;
    }
    free(pivots);
    free(rows);
    return n;
}

// Rows of scaled rates of the free unknowns at many points, each row of length 1; returns their
// number.
static size_t sample_rates(const struct frozen *frozen, struct tangent *tangent, gsl_matrix *rates)
{
    size_t n_rows = 0;
    double *unknowns = malloc((size_t)(2 * frozen->n + 1) * sizeof *unknowns);
    double *residuals = unknowns + frozen->n;
    for (long index = 0; n_rows < rates->size1 && index < 4 * (long)rates->size1; index++) {
        double length = 0;
        go(frozen, tangent, index, unknowns, residuals);
        for (int k = 0; k < frozen->m; k++)
            length = hypot(length, residuals[frozen->free[k]] / frozen->rate_size[frozen->free[k]]);
        if (!isfinite(length) || length == 0)
            continue;
        for (int k = 0; k < frozen->m; k++)
            gsl_matrix_set(rates, n_rows, (size_t)k,
                           residuals[frozen->free[k]] / frozen->rate_size[frozen->free[k]] /
                               length);
        n_rows++;
    }
    free(unknowns);
    return n_rows;
}

// Laws by values into `laws` [m][m]; returns their number.
static int find_by_values(const struct frozen *frozen, struct tangent *tangent, double *laws)
{
    size_t m = (size_t)frozen->m;
    gsl_matrix *rates = gsl_matrix_calloc(2 * m + 20, m), *v = gsl_matrix_alloc(m, m);
    gsl_vector *values = gsl_vector_alloc(m), *work = gsl_vector_alloc(m);
    bool is_good = sample_rates(frozen, tangent, rates) >= m + 1 &&
                   gsl_linalg_SV_decomp(rates, v, values, work) == 0;
    double margin = NULL_MARGIN * gsl_vector_max(values);
    int n = 0;
    for (size_t k = 0; k < m && is_good; k++) // singular values fall
        if (gsl_vector_get(values, k) <= margin) {
            for (size_t i = 0; i < m; i++) // back from scaled rates
                laws[(size_t)n * m + i] =
                    gsl_matrix_get(v, i, k) / frozen->rate_size[frozen->free[i]];
            n++;
        }
    gsl_matrix_free(rates);
    gsl_matrix_free(v);
    gsl_vector_free(values);
    gsl_vector_free(work);
    return n;
}

void laws_find(struct frozen *frozen, struct tangent *tangent, const bool *is_preferred)
{
    int m = frozen->m;
    frozen->n_laws = 0;
    if (!m)
        return;
    double *laws = malloc((size_t)m * (size_t)m * sizeof *laws);
    int n = m > FEW_UNKNOWNS ? 0 : find_by_values(frozen, tangent, laws);
    if (!n)
        n = find_by_structure(frozen, tangent, laws);
    for (int l = 0; l < n; l++) { // over sizes: a sum is best made up by its largest part
        double most = 0;
        for (int k = 0; k < m; k++) {
            laws[l * m + k] *= frozen->size[frozen->free[k]];
            most = fmax(most, fabs(laws[l * m + k]));
        }
        for (int k = 0; k < m; k++)
            laws[l * m + k] /= most;
    }
    bool *is_first = calloc((size_t)m, sizeof *is_first);
    for (int k = 0; k < m; k++)
        is_first[k] = is_preferred[frozen->free[k]];
    frozen->pivots = ARENA_NEW_ARRAY(frozen->arena, int, n);
    frozen->n_laws = reduce_rows(laws, n, m, m, is_first, frozen->pivots);
    frozen->laws = ARENA_NEW_ARRAY(frozen->arena, double, frozen->n_laws *m);
    for (int l = 0; l < frozen->n_laws; l++) {
        double pivot_size = frozen->size[frozen->free[frozen->pivots[l]]];
        for (int k = 0; k < m; k++)
            if (fabs(laws[l * m + k]) > TRACE)
                frozen->laws[l * m + k] =
                    laws[l * m + k] * pivot_size / frozen->size[frozen->free[k]];
    }
    free(is_first);
    free(laws);
}
