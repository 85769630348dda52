// Stage: analysis. Roots of the frozen equations from many starts: where long runs ended, a
// low-discrepancy set over the box of the states, and points between roots already found. The same
// roots in the same order for any number of threads.
#include "analysis/tip/rest.h"

#include "analysis/tip/fate.h"
#include "base/array.h"
#include "base/random.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BETWEEN = 12, BETWEEN_STEPS = 7, MAX_MARGINAL = 8, MAX_POINTS = 250 };
enum { MANY_UNKNOWNS = 30, MAX_BETWEEN_MANY = 6 }; // large cases: between stable points only

static const double SAME = 1e-6;            // roots this near each other, in sizes, are one
static const double SAME_MARGINAL = 1e-3;   // likewise where Newton's method is slow
static const double ALIKE = 1e-5;           // ends of runs this near each other are one start
static const double NEAR_END_MEMORY = 1e-4; // likewise with DELAY, where one may just pass by
static const double NEAR_END = 1e-2;        // a run that ended this near a root is at rest there

const char *rest_stability_name(enum rest_stability stability)
{
    static const char *const names[] = {"stable", "unstable", "marginal", "unknown"};
    return names[stability];
}

// A search under way.
struct rest_search {
    struct frozen *frozen;
    const double *parameters;
    struct rest_set *set;
    struct probe **probes; // [n_threads]
    int n_threads;
    double *starts; // [n_starts][m], replaced by roots
    double *found;  // [n_starts][m] as they started
    bool *is_root;  // [n_starts]
    int *n_alike;   // [n_starts] long runs that ended there, this one included
    long n_starts;
};

static double distance(const double *a, const double *b, int m)
{
    double most = 0;
    for (int k = 0; k < m; k++)
        most = fmax(most, fabs(a[k] - b[k]) / (1 + fmax(fabs(a[k]), fabs(b[k]))));
    return most;
}

// The largest real part of an eigenvalue at z; `point` gets the details. False where unknown.
static bool find_spectrum(const struct frozen *frozen, struct probe *probe,
                          const double *parameters, const double *z, struct rest_point *point)
{
    int n = frozen->m - frozen->n_laws;
    double *values = malloc((size_t)(2 * n + frozen->m) * sizeof *values);
    double *real = values, *imaginary = values + n, fastest = 0;
    bool is_known =
        probe_go(probe, z, parameters, values + 2 * n) && probe_eigenvalues(probe, real, imaginary);
    point->eigenvalue_max_real = is_known ? -INFINITY : NAN;
    point->n_unstable = 0;
    for (int i = 0; i < n && is_known; i++)
        fastest = fmax(fastest, hypot(real[i], imaginary[i]));
    for (int i = 0; i < n && is_known; i++) {
        point->n_unstable += real[i] > 1e-9 * fastest;
        if (real[i] > point->eigenvalue_max_real) {
            point->eigenvalue_max_real = real[i];
            point->frequency = fabs(imaginary[i]);
        }
    }
    point->stability = !is_known                                      ? REST_UNKNOWN
                       : point->n_unstable                            ? REST_UNSTABLE
                       : point->eigenvalue_max_real < -1e-9 * fastest ? REST_STABLE
                                                                      : REST_MARGINAL;
    free(values);
    return is_known;
}

// At a kink the equations are different ones on each side: the worst of them counts.
static void look_around(const struct frozen *frozen, struct probe *probe, const double *parameters,
                        struct rest_point *point)
{
    enum { DIRECTIONS = 24 };
    static const double STEP = 1e-6;
    int m = frozen->m;
    double *z = malloc((size_t)m * sizeof *z);
    for (int d = 0; d < DIRECTIONS; d++) {
        for (int k = 0; k < m; k++) {
            double least = frozen->least[frozen->free[k]] / frozen->size[frozen->free[k]];
            double u = 2 * random_uniform(1, (uint64_t)d, (uint32_t)k, 0) - 1;
            z[k] = point->z[k] + STEP * u * (1 + fabs(point->z[k]));
            if (z[k] < least)
                z[k] = least + STEP * fabs(u);
        }
        struct rest_point side = {0};
        if (find_spectrum(frozen, probe, parameters, z, &side) &&
            side.eigenvalue_max_real > point->eigenvalue_max_real) {
            point->eigenvalue_max_real = side.eigenvalue_max_real;
            point->frequency = side.frequency;
            point->n_unstable = side.n_unstable;
            point->stability = side.stability;
        }
    }
    free(z);
}

void rest_fill(const struct frozen *frozen, struct probe *probe, const double *parameters,
               struct rest_point *point)
{
    find_spectrum(frozen, probe, parameters, point->z, point);
    rest_fill_values(frozen, probe, parameters, point);
}

void rest_fill_values(const struct frozen *frozen, struct probe *probe, const double *parameters,
                      struct rest_point *point)
{
    double *residuals = malloc((size_t)frozen->m * sizeof *residuals);
    probe_go(probe, point->z, parameters, residuals);
    free(residuals);
    point->unknowns = ARENA_NEW_ARRAY(frozen->arena, double, frozen->n);
    memcpy(point->unknowns, probe_unknowns(probe), (size_t)frozen->n * sizeof(double));
    for (int i = 0; i < frozen->n; i++)
        if (fabs(point->unknowns[i]) < 1e-13 * frozen->size[i])
            point->unknowns[i] = 0;
    point->watched = frozen->n_watched ? probe_watched(probe, 0) : NAN;
}

void rest_examine(struct rest_set *set, struct probe *probe, const double *parameters,
                  struct rest_point *point)
{
    struct frozen *frozen = set->frozen;
    rest_fill(frozen, probe, parameters, point);
    point->n_kinks = probe_kinks(probe, &point->kink);
    if (point->n_kinks && point->stability != REST_UNKNOWN)
        look_around(frozen, probe, parameters, point);
    if (point->kink) // names live with the set
        point->kink = arena_copy_string(frozen->arena, point->kink);
}

struct rest_point *rest_add(struct rest_set *set, struct probe *probe, const double *parameters,
                            const double *z)
{
    struct frozen *frozen = set->frozen;
    struct rest_point point = {.z = ARENA_NEW_ARRAY(frozen->arena, double, frozen->m)};
    memcpy(point.z, z, (size_t)frozen->m * sizeof *z);
    rest_examine(set, probe, parameters, &point);
    ARRAY_PUSH(frozen->arena, set) = point;
    return &set->items[set->count - 1];
}

// Whether no unknown is below its least.
static bool is_feasible(const struct frozen *frozen, const double *z)
{
    for (int k = 0; k < frozen->m; k++)
        if (z[k] * frozen->size[frozen->free[k]] <
            frozen->least[frozen->free[k]] - 1e-9 * frozen->size[frozen->free[k]])
            return false;
    return true;
}

// Makes what is nearly 0 beside its size 0, if the point is a root all the same.
static void tidy(const struct rest_search *search, struct probe *probe, double *z)
{
    static const double NEARLY = 1e-8, ROOT = 1e-12;
    int m = search->frozen->m;
    double *trial = malloc((size_t)(2 * m) * sizeof *trial), *residuals = trial + m;
    bool is_root = true, is_changed = false;
    for (int k = 0; k < m; k++) {
        trial[k] = fabs(z[k]) < NEARLY ? 0 : z[k];
        is_changed |= trial[k] != z[k];
    }
    if (is_changed && probe_go(probe, trial, search->parameters, residuals)) {
        for (int k = 0; k < m; k++)
            is_root &= fabs(residuals[k]) < ROOT;
        if (is_root)
            memcpy(z, trial, (size_t)m * sizeof *z);
    }
    free(trial);
}

static void solve_all(struct rest_search *search)
{
    const volatile sig_atomic_t *cancel = search->frozen->tip->options.cancel;
    int m = search->frozen->m;
#pragma omp parallel for schedule(dynamic, 4) num_threads(search->n_threads)
    for (long i = 0; i < search->n_starts; i++) {
        double *z = search->starts + i * m;
        struct probe *probe = search->probes[omp_get_thread_num()];
        memcpy(search->found + i * m, z, (size_t)m * sizeof *z);
        search->is_root[i] = !(cancel && *cancel) && probe_solve(probe, z, search->parameters);
        if (search->is_root[i])
            tidy(search, probe, z);
        search->is_root[i] = search->is_root[i] && is_feasible(search->frozen, z);
    }
}

// Whether a direction hardly moves at a point, so that roots around it are found with less
// precision.
static bool is_slow(const struct frozen *frozen, const struct rest_point *point)
{
    return point->stability == REST_MARGINAL ||
           fabs(point->eigenvalue_max_real) * frozen->run_length < 1e-3;
}

static struct rest_point *find_same(const struct rest_search *search, const double *z)
{
    struct rest_set *set = search->set;
    for (size_t i = 0; i < set->count; i++) {
        double same = is_slow(search->frozen, &set->items[i]) ? SAME_MARGINAL : SAME;
        if (distance(set->items[i].z, z, search->frozen->m) < same)
            return &set->items[i];
    }
    return NULL;
}

// The root of start `i` as a point of the set; NULL where there is none.
static struct rest_point *take_root(struct rest_search *search, long i)
{
    struct frozen *frozen = search->frozen;
    struct rest_set *set = search->set;
    const double *z = search->starts + i * frozen->m;
    if (!search->is_root[i])
        return NULL;
    struct rest_point *same = find_same(search, z);
    set->is_full |= !same && set->count == MAX_POINTS;
    if (same || set->is_continuum || set->is_full)
        return same;
    struct rest_point *point = rest_add(set, search->probes[0], search->parameters, z);
    int n_marginal = 0;
    for (size_t k = 0; k < set->count; k++)
        n_marginal += is_slow(frozen, &set->items[k]);
    set->is_continuum = n_marginal > MAX_MARGINAL;
    return point;
}

// Room for `n` starts.
static void open_starts(struct rest_search *search, long n)
{
    size_t m = (size_t)search->frozen->m;
    search->n_starts = n;
    search->starts = malloc(((size_t)n * m + 1) * sizeof(double));
    search->found = malloc(((size_t)n * m + 1) * sizeof(double));
    search->is_root = malloc(((size_t)n + 1) * sizeof(bool));
    search->n_alike = calloc((size_t)n + 1, sizeof(int));
}

static void close_starts(struct rest_search *search)
{
    free(search->starts);
    free(search->found);
    free(search->is_root);
    free(search->n_alike);
}

// Makes the ends of long runs starts, one of those that are alike; returns their number.
static long start_from_ends(struct rest_search *search)
{
    const struct frozen *frozen = search->frozen;
    int m = frozen->m;
    long n = 0;
    for (int i = 0; i < frozen->n_ends; i++) {
        double *z = search->starts + n * m;
        long same = 0;
        frozen_scale(frozen, frozen->ends + i * frozen->n, z);
        while (same < n && distance(search->starts + same * m, z, m) > ALIKE)
            same++;
        search->n_alike[same]++;
        n += same == n;
    }
    return n;
}

// From the ends of long runs, the start and samples.
static void search_widely(struct rest_search *search, int n_samples)
{
    struct frozen *frozen = search->frozen;
    int m = frozen->m;
    double *unknowns = malloc((size_t)frozen->n * sizeof *unknowns);
    open_starts(search, frozen->n_ends + 1 + n_samples);
    long n_ends = start_from_ends(search);
    search->n_starts = n_ends + 1 + n_samples;
    frozen_scale(frozen, frozen->start, search->starts + n_ends * m);
    for (int i = 0; i < n_samples; i++) {
        frozen_sample(frozen, i, unknowns);
        frozen_scale(frozen, unknowns, search->starts + (n_ends + 1 + i) * m);
    }
    solve_all(search);
    for (long i = 0; i < search->n_starts; i++) {
        struct rest_point *point = take_root(search, i);
        bool is_near =
            search->is_root[i] && distance(search->found + i * m, search->starts + i * m, m) <
                                      (frozen->has_memory ? NEAR_END_MEMORY : NEAR_END);
        if (i < n_ends && point && is_near) {
            point->is_end = true;
            point->n_ends += search->n_alike[i];
        }
        if (!is_near)
            search->set->n_moving += search->n_alike[i];
    }
    close_starts(search);
    free(unknowns);
}

// From points on straight lines between roots.
static void search_between(struct rest_search *search)
{
    int m = search->frozen->m, points[MAX_BETWEEN], n = 0;
    struct rest_set *set = search->set;
    bool is_large = m > MANY_UNKNOWNS;
    int most = is_large ? MAX_BETWEEN_MANY : MAX_BETWEEN;
    for (size_t i = 0; i < set->count && n < most; i++)
        if (!is_large || set->items[i].stability == REST_STABLE)
            points[n++] = (int)i;
    if (set->is_continuum)
        return;
    open_starts(search, n * (n - 1) / 2 * BETWEEN_STEPS);
    long at = 0;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++)
            for (int step = 1; step <= BETWEEN_STEPS; step++, at++)
                for (int k = 0; k < m; k++) {
                    double share = step / (double)(BETWEEN_STEPS + 1);
                    search->starts[at * m + k] = (1 - share) * set->items[points[a]].z[k] +
                                                 share * set->items[points[b]].z[k];
                }
    solve_all(search);
    for (long i = 0; i < search->n_starts; i++)
        take_root(search, i);
    close_starts(search);
}

static int compare_points(const void *a, const void *b)
{
    const struct rest_point *left = a, *right = b;
    if (left->watched < right->watched || left->watched > right->watched)
        return left->watched < right->watched ? -1 : 1;
    return *left->z < *right->z ? -1 : *left->z > *right->z;
}

void rest_sort(struct rest_set *set)
{
    if (set->count)
        qsort(set->items, set->count, sizeof *set->items, compare_points);
}

int rest_samples(const struct frozen *frozen)
{
    int n = 6000 / (frozen->m + 1);
    return n < 40 ? 40 : n > 2000 ? 2000 : n;
}

// The watched value where the model's own long run ended.
static double watched_at(struct probe *probe, const struct frozen *frozen, const double *parameters)
{
    double *z = malloc((size_t)(2 * frozen->m + 1) * sizeof *z);
    frozen_scale(frozen, frozen->ends, z);
    probe_go(probe, z, parameters, z + frozen->m);
    free(z);
    return probe_watched(probe, 0);
}

struct rest_set *rest_search(struct frozen *frozen, const double *parameters, int n_samples)
{
    struct rest_set *set = ARENA_NEW(frozen->arena, struct rest_set);
    const struct tip_options *options = &frozen->tip->options;
    set->frozen = frozen;
    struct rest_search search = {.frozen = frozen, .parameters = parameters, .set = set};
    search.n_threads = options->n_threads ? options->n_threads : omp_get_num_procs();
    struct arena *scratch = arena_create();
    search.probes = ARENA_NEW_ARRAY(scratch, struct probe *, search.n_threads);
    for (int i = 0; i < search.n_threads; i++)
        search.probes[i] = probe_create(scratch, frozen);
    set->own_end = NAN;
    if (frozen->n_ends && frozen->n_watched)
        set->own_end = watched_at(search.probes[0], frozen, parameters);
    if (frozen->m) {
        search_widely(&search, n_samples);
        search_between(&search);
        rest_sort(set);
    }
    for (size_t i = 0; i < set->count && frozen->has_memory; i++)
        if (set->items[i].n_ends > 1)
            set->items[i].stability = REST_STABLE;
    arena_free(scratch);
    return options->cancel && *options->cancel ? NULL : set;
}

const struct rest_set *tip_rest_points(struct tip *tip, struct tip_case *tip_case,
                                       struct diag *diag)
{
    if (tip_case->at_rest)
        return tip_case->at_rest;
    const struct variable *watched = tip_case->target.output.variable;
    int cell = watched ? watched->first_cell + tip_case->target.output.cell : 0;
    struct frozen *frozen = frozen_open(tip, tip_case, NULL, &cell, watched ? 1 : 0, diag);
    struct rest_set *set =
        frozen ? rest_search(frozen, frozen->parameters, rest_samples(frozen)) : NULL;
    if (set && fate_find(set, frozen->parameters, diag))
        tip_case->at_rest = set;
    frozen_close(frozen); // the runs are made
    return tip_case->at_rest;
}

double rest_spread(const struct rest_set *rest, int unknown)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < rest->count; i++) {
        low = fmin(low, rest->items[i].unknowns[unknown]);
        high = fmax(high, rest->items[i].unknowns[unknown]);
    }
    double size = fmax(fabs(low), fabs(high));
    return high > low ? (high - low) / size : 0;
}
