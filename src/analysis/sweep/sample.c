// Stage: analysis. Points of a design by their number, so that any thread, block or resumed sweep
// finds the same ones: counter-based random numbers, permutations by network, GSL's Sobol sequence
// scrambled by Owen's nested permutations in the hashed form of Laine & Karras (Burley 2020).
// Correlation by a Gaussian copula (rank correlation rho needs 2 sin(pi rho / 6) of the normals).
#include "analysis/sweep/sample.h"

#include "base/array.h"
#include "base/csv.h"
#include "base/random.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_SOBOL_INPUTS = 40,      // GSL's table of direction numbers
    MAX_SOBOL_POINTS = 1 << 30, // its numbers have 30 bits
    MAX_MAXIMIN_POINTS = 2000,
    STREAM_JITTER = 1 << 16, // streams of random_uniform(): the input's number is added
    STREAM_SWAP = 2 << 16,
    STREAM_LEVEL = 3 << 16,
    STREAM_ORDER = 4 << 16,
    MORRIS_LEVELS = 4,
};

struct sampler {
    const struct sample_design *design;
    gsl_qrng *sobol;      // DESIGN_SOBOL
    uint64_t next;        // point that `sobol` gives next, from 1: GSL leaves out the origin
    uint32_t *scrambling; // [n_inputs] seeds, DESIGN_SOBOL
    double *unit;         // [n_inputs]
    double *normals;      // [n_inputs]
    struct sampler *base; // DESIGN_SALTELLI
    uint64_t base_point;  // whose place is in `base_unit`, plus 1; 0: none
    double *base_unit;    // [2 n_inputs]
};

static int find_input(const struct sample_input *inputs, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(inputs[i].name, name) == 0)
            return i;
    return -1;
}

// The Cholesky factor of the normals' correlation matrix.
static bool build_correlation(struct sample_design *design, struct arena *arena,
                              const struct sweep_spec *spec, struct diag *diag)
{
    size_t n = (size_t)design->n_inputs;
    if (!spec->correlations.count)
        return true;
    design->cholesky = ARENA_NEW_ARRAY(arena, double, n *n);
    for (size_t i = 0; i < n; i++)
        design->cholesky[i * n + i] = 1;
    for (size_t i = 0; i < spec->correlations.count; i++) {
        const struct correlation_spec *correlation = &spec->correlations.items[i];
        int a = find_input(design->inputs, (int)n, correlation->a);
        int b = find_input(design->inputs, (int)n, correlation->b);
        if (a < 0 || b < 0 || a == b) {
            diag_error(diag, correlation->position, "'%s' is not varied",
                       a < 0 ? correlation->a : correlation->b);
            return false;
        }
        double rho = 2 * sin(acos(-1) / 6 * correlation->rho);
        design->cholesky[(size_t)a * n + (size_t)b] = rho;
        design->cholesky[(size_t)b * n + (size_t)a] = rho;
    }
    gsl_matrix_view matrix = gsl_matrix_view_array(design->cholesky, n, n);
    if (gsl_linalg_cholesky_decomp1(&matrix.matrix) == GSL_SUCCESS)
        return true;
    diag_error(diag, spec->correlations.items[0].position,
               "these correlations cannot hold together");
    return false;
}

static bool build_grid(struct sample_design *design, const struct sweep_spec *spec,
                       struct diag *diag)
{
    double n = 1;
    for (int i = 0; i < design->n_inputs; i++)
        n *= design->inputs[i].n_levels;
    if (n > 1e12) {
        diag_error(diag, spec->position, "a grid of %.3g points is too large", n);
        return false;
    }
    design->n_points = (uint64_t)n;
    return true;
}

// Point `i` of a Latin hypercube, input `k`.
static double latin_unit(const struct sample_design *design, uint64_t point, int k)
{
    uint64_t key = random_bits(design->seed, 0, STREAM_SWAP + (uint32_t)k, 0);
    uint64_t stratum = random_permute(point, design->n_points, key);
    double jitter = random_uniform(design->seed, point, STREAM_JITTER + (uint32_t)k, 0);
    return ((double)stratum + jitter) / (double)design->n_points;
}

static double distance(const double *a, const double *b, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

// How crowded points `a` and `b` are (Morris & Mitchell 1995, p = 20): small is good.
static double crowding(const double *points, int n_points, int n_inputs, int a, int b)
{
    double sum = 0;
    for (int i = 0; i < n_points; i++) {
        if (i != a)
            sum += pow(distance(points + i * n_inputs, points + a * n_inputs, n_inputs), -10);
        if (i != b && i != a)
            sum += pow(distance(points + i * n_inputs, points + b * n_inputs, n_inputs), -10);
    }
    return sum;
}

static bool build_maximin(struct sample_design *design, struct arena *arena,
                          const struct sweep_spec *spec, struct diag *diag)
{
    if (design->n_points > MAX_MAXIMIN_POINTS) {
        diag_error(diag, spec->position, "design 'maximin' is for at most %d runs",
                   MAX_MAXIMIN_POINTS);
        diag_hint(diag, "latin-hypercube or sobol take any number");
        return false;
    }
    int n = (int)design->n_points, m = design->n_inputs;
    double *points = ARENA_NEW_ARRAY(arena, double, (size_t)n *(size_t)m);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < m; k++)
            points[i * m + k] = latin_unit(design, (uint64_t)i, k);
    for (int swap = 0; swap < 20 * n && n > 1; swap++) {
        uint64_t bits = random_bits(design->seed, (uint64_t)swap, STREAM_SWAP, 1);
        int k = (int)(bits % (uint64_t)m), a = (int)(bits / 64 % (uint64_t)n);
        int b = (int)(bits / 64 / (uint64_t)n % (uint64_t)n);
        double before = crowding(points, n, m, a, b), kept = points[a * m + k];
        points[a * m + k] = points[b * m + k];
        points[b * m + k] = kept;
        if (crowding(points, n, m, a, b) < before)
            continue;
        points[b * m + k] = points[a * m + k];
        points[a * m + k] = kept;
    }
    design->points = points;
    return true;
}

uint64_t sample_group_size(enum design_kind kind, int n_inputs)
{
    uint64_t n = (uint64_t)n_inputs;
    return kind == DESIGN_SALTELLI ? n + 2 : kind == DESIGN_MORRIS ? n + 1 : 2 * n + 1;
}

// Designs for indices come in whole groups: as many as the points asked for allow.
static bool build_groups(struct sample_design *design, struct arena *arena,
                         const struct sweep_spec *spec, struct diag *diag)
{
    uint64_t size = sample_group_size(design->kind, design->n_inputs);
    uint64_t n = design->kind == DESIGN_ONE_AT_A_TIME ? 1 : design->n_points / size;
    if (spec->correlations.count && design->kind != DESIGN_ONE_AT_A_TIME) {
        diag_error(diag, spec->correlations.items[0].position,
                   "design '%s' needs inputs that do not depend on each other",
                   design_kind_name(design->kind));
        return false;
    }
    if (n < (design->kind == DESIGN_ONE_AT_A_TIME ? 1 : 2)) {
        diag_error(diag, spec->position, "design '%s' over %d inputs needs at least %llu runs",
                   design_kind_name(design->kind), design->n_inputs, 2 * (unsigned long long)size);
        return false;
    }
    design->n_points = n * size;
    if (design->kind != DESIGN_SALTELLI)
        return true;
    design->base = ARENA_NEW(arena, struct sample_design);
    *design->base = (struct sample_design){.kind = DESIGN_LATIN,
                                           .n_inputs = 2 * design->n_inputs,
                                           .n_points = n,
                                           .seed = design->seed};
    if (2 * design->n_inputs <= MAX_SOBOL_INPUTS && n <= MAX_SOBOL_POINTS)
        design->base->kind = DESIGN_SOBOL;
    return true;
}

bool sample_design_build(struct sample_design *design, struct arena *arena,
                         const struct sweep_spec *spec, struct sample_input *inputs, int n_inputs,
                         uint64_t n_points, uint64_t seed, struct diag *diag)
{
    *design = (struct sample_design){.kind = spec->design,
                                     .inputs = inputs,
                                     .n_inputs = n_inputs,
                                     .n_points = n_points,
                                     .seed = seed};
    if (design->kind == DESIGN_SOBOL && n_inputs > MAX_SOBOL_INPUTS) {
        diag_error(diag, spec->position, "a Sobol sequence is for at most %d inputs; these are %d",
                   MAX_SOBOL_INPUTS, n_inputs);
        diag_hint(diag, "design = \"latin-hypercube\" takes any number");
        return false;
    }
    if (design->kind == DESIGN_SOBOL && n_points > MAX_SOBOL_POINTS) {
        diag_error(diag, spec->position, "a Sobol sequence is for at most %d runs",
                   MAX_SOBOL_POINTS);
        diag_hint(diag, "monte-carlo and latin-hypercube take any number");
        return false;
    }
    if (!build_correlation(design, arena, spec, diag))
        return false;
    if (design->kind == DESIGN_GRID)
        return build_grid(design, spec, diag);
    if (design->kind == DESIGN_MAXIMIN)
        return build_maximin(design, arena, spec, diag);
    if (design_is_for_indices(design->kind))
        return build_groups(design, arena, spec, diag);
    return true;
}

bool sample_points_read(struct sample_design *design, struct arena *arena, const char *path,
                        struct diag *diag)
{
    struct csv_table table;
    if (!csv_read(&table, arena, path, diag))
        return false;
    int *columns = ARENA_NEW_ARRAY(arena, int, table.n_columns);
    struct sample_input *inputs = ARENA_NEW_ARRAY(arena, struct sample_input, table.n_columns);
    int n = 0;
    for (int i = 0; i < table.n_columns; i++) {
        if (strcmp(table.names[i], "run") == 0)
            continue;
        inputs[n].name = table.names[i];
        columns[n++] = i;
    }
    if (!n) {
        diag_error(diag, (struct position){.file = path}, "the file holds no column of an input");
        return false;
    }
    double *points = ARENA_NEW_ARRAY(arena, double, (size_t)table.n_rows *(size_t)n);
    for (long row = 0; row < table.n_rows; row++)
        for (int k = 0; k < n; k++) {
            double value = table.cells[row * table.n_columns + columns[k]];
            points[row * n + k] = value;
            if (isnan(value)) {
                diag_error(diag, (struct position){.file = path, .line = table.lines[row]},
                           "no value for '%s'", inputs[k].name);
                return false;
            }
        }
    *design = (struct sample_design){.kind = DESIGN_POINTS,
                                     .inputs = inputs,
                                     .n_inputs = n,
                                     .n_points = (uint64_t)table.n_rows,
                                     .points = points};
    return true;
}

struct sampler *sampler_create(const struct sample_design *design)
{
    struct sampler *sampler = calloc(1, sizeof *sampler);
    size_t n = (size_t)design->n_inputs;
    if (!sampler)
        abort();
    sampler->design = design;
    sampler->next = 1;
    sampler->unit = calloc(n + 1, sizeof(double));
    sampler->normals = calloc(n + 1, sizeof(double));
    if (design->kind == DESIGN_SOBOL && n)
        sampler->sobol = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)n);
    sampler->scrambling = calloc(n + 1, sizeof(uint32_t));
    for (size_t k = 0; k < n && sampler->scrambling; k++)
        sampler->scrambling[k] = (uint32_t)random_bits(design->seed, 0, (uint32_t)k, 0);
    sampler->base_unit = calloc(2 * n + 1, sizeof(double));
    if (design->base)
        sampler->base = sampler_create(design->base);
    if (!sampler->unit || !sampler->normals || !sampler->base_unit || !sampler->scrambling ||
        (design->kind == DESIGN_SOBOL && n && !sampler->sobol))
        abort();
    return sampler;
}

void sampler_free(struct sampler *sampler)
{
    if (!sampler)
        return;
    if (sampler->sobol)
        gsl_qrng_free(sampler->sobol);
    free(sampler->scrambling);
    sampler_free(sampler->base);
    free(sampler->base_unit);
    free(sampler->unit);
    free(sampler->normals);
    free(sampler);
}

static uint32_t reverse_bits(uint32_t x)
{
    x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
    x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
    x = (x & 0x0F0F0F0Fu) << 4 | (x >> 4 & 0x0F0F0F0Fu);
    return __builtin_bswap32(x);
}

// Owen's scrambling in base 2: each bit is flipped by a hash of the bits above it.
static uint32_t scramble(uint32_t x, uint32_t seed)
{
    x = reverse_bits(x);
    x ^= x * 0x3D20ADEAu;
    x += seed;
    x *= seed >> 16 | 1;
    x ^= x * 0x05526C56u;
    x ^= x * 0x53A22864u;
    return reverse_bits(x);
}

// The first 2^k points fill each dyadic interval evenly, the origin among them.
static void take_sobol(struct sampler *sampler, uint64_t point, double *unit)
{
    const struct sample_design *design = sampler->design;
    memset(unit, 0, (size_t)design->n_inputs * sizeof *unit);
    if (point < sampler->next) {
        gsl_qrng_init(sampler->sobol);
        sampler->next = 1;
    }
    for (; sampler->next <= point; sampler->next++)
        gsl_qrng_get(sampler->sobol, unit);
    for (int k = 0; k < design->n_inputs; k++) {
        uint32_t bits = scramble((uint32_t)(unit[k] * 0x1p32), sampler->scrambling[k]);
        unit[k] = ((double)bits + 0.5) * 0x1p-32;
    }
}

static void take_saltelli(struct sampler *sampler, uint64_t point, double *unit)
{
    size_t n = (size_t)sampler->design->n_inputs;
    uint64_t size = sample_group_size(DESIGN_SALTELLI, (int)n);
    uint64_t group = point / size, place = point % size;
    if (sampler->base_point != group + 1)
        sampler_take_unit(sampler->base, group, sampler->base_unit);
    sampler->base_point = group + 1;
    memcpy(unit, sampler->base_unit + (place == 1 ? n : 0), n * sizeof *unit);
    if (place >= 2)
        unit[place - 2] = sampler->base_unit[n + place - 2];
}

// Trajectory by trajectory (Morris 1991): each input starts at a random level of the lower or the
// upper half and moves to the other half when its turn comes. Levels are the middles of ranges of
// equal probability.
static void take_morris(const struct sample_design *design, uint64_t point, double *unit)
{
    uint64_t n = (uint64_t)design->n_inputs, group = point / (n + 1), place = point % (n + 1);
    uint64_t order = random_bits(design->seed, group, STREAM_ORDER, 0);
    for (uint64_t k = 0; k < n; k++) {
        uint64_t bits = random_bits(design->seed, group, STREAM_LEVEL + (uint32_t)k, 0);
        bool has_moved = random_permute(k, n, order) < place;
        bool is_upper = (bits >> 32 & 1) != has_moved;
        double level = (double)(bits % (MORRIS_LEVELS / 2)) + (is_upper ? MORRIS_LEVELS / 2 : 0);
        unit[k] = (level + 0.5) / MORRIS_LEVELS;
    }
}

void sample_ends(const struct distribution *distribution, double ends[2])
{
    bool is_endless =
        distribution->kind == DISTRIBUTION_NORMAL || distribution->kind == DISTRIBUTION_LOGNORMAL;
    distribution_ends(distribution, &ends[0], &ends[1]);
    for (int i = 0; i < 2 && is_endless; i++)
        ends[i] = distribution_quantile(distribution, i ? 0.95 : 0.05);
}

static void take_one_at_a_time(const struct sample_design *design, uint64_t point, double *values)
{
    for (int k = 0; k < design->n_inputs; k++)
        values[k] = design->inputs[k].nominal;
    if (!point)
        return;
    double ends[2];
    sample_ends(&design->inputs[(point - 1) / 2].distribution, ends);
    values[(point - 1) / 2] = ends[(point - 1) % 2];
}

// Makes independent places correlated.
static void correlate(struct sampler *sampler, double *unit)
{
    const struct sample_design *design = sampler->design;
    int n = design->n_inputs;
    for (int k = 0; k < n; k++)
        sampler->normals[k] = gsl_cdf_ugaussian_Pinv(unit[k]);
    for (int k = 0; k < n; k++) {
        double sum = 0;
        for (int j = 0; j <= k; j++)
            sum += design->cholesky[k * n + j] * sampler->normals[j];
        unit[k] = fmin(fmax(gsl_cdf_ugaussian_P(sum), 0x1p-53), 1 - 0x1p-53);
    }
}

void sampler_take_unit(struct sampler *sampler, uint64_t point, double *unit)
{
    const struct sample_design *design = sampler->design;
    int n = design->n_inputs;
    switch (design->kind) {
    case DESIGN_LATIN:
        for (int k = 0; k < n; k++)
            unit[k] = latin_unit(design, point, k);
        break;
    case DESIGN_MAXIMIN:
        memcpy(unit, design->points + point * (uint64_t)n, (size_t)n * sizeof *unit);
        break;
    case DESIGN_SOBOL:
        if (n)
            take_sobol(sampler, point, unit);
        break;
    case DESIGN_SALTELLI:
        take_saltelli(sampler, point, unit);
        break;
    case DESIGN_MORRIS:
        take_morris(design, point, unit);
        break;
    default:
        for (int k = 0; k < n; k += 2) {
            double pair[2];
            random_uniform_pair(design->seed, point, (uint32_t)k, 0, pair);
            memcpy(unit + k, pair, (k + 1 < n ? 2 : 1) * sizeof *unit);
        }
    }
    if (design->cholesky)
        correlate(sampler, unit);
}

// The last input runs fastest.
static void take_grid(const struct sample_design *design, uint64_t point, double *values)
{
    for (int k = design->n_inputs - 1; k >= 0; k--) {
        const struct sample_input *input = &design->inputs[k];
        int level = (int)(point % (uint64_t)input->n_levels);
        point /= (uint64_t)input->n_levels;
        values[k] = distribution_level(&input->distribution, level, input->n_levels);
    }
}

void sampler_take(struct sampler *sampler, uint64_t point, double *values)
{
    const struct sample_design *design = sampler->design;
    if (design->kind == DESIGN_POINTS) {
        memcpy(values, design->points + point * (uint64_t)design->n_inputs,
               (size_t)design->n_inputs * sizeof *values);
        return;
    }
    if (design->kind == DESIGN_GRID) {
        take_grid(design, point, values);
        return;
    }
    if (design->kind == DESIGN_ONE_AT_A_TIME) {
        take_one_at_a_time(design, point, values);
        return;
    }
    sampler_take_unit(sampler, point, sampler->unit);
    for (int k = 0; k < design->n_inputs; k++)
        values[k] = distribution_quantile(&design->inputs[k].distribution, sampler->unit[k]);
}
