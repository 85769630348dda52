// Stage: analysis. Quantile functions by GSL. What a, b, c, d hold:
//   uniform, loguniform   a, b: ends
//   normal                a: mean, b: standard deviation
//   lognormal             a: mean, b: standard deviation of the logarithm
//   triangular            a, b: ends, c: mode
//   beta, PERT            a, b: ends, c, d: shape; PERT after Clark (1962), with weight 4
#include "analysis/sweep/distribution.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

struct builder {
    struct distribution *out;
    struct arena *arena;
    struct vary_spec spec; // with the model's spread filled in
    struct diag *diag;
};

static bool fail(struct builder *builder, const char *problem)
{
    diag_error(builder->diag, builder->spec.position, "'%s': a %s distribution %s",
               builder->spec.name, distribution_kind_name(builder->spec.kind), problem);
    return false;
}

static bool build_ends(struct builder *builder)
{
    const struct vary_spec *spec = &builder->spec;
    if (isnan(spec->min) || isnan(spec->max))
        return fail(builder, "needs 'min' and 'max'");
    if (!(spec->min <= spec->max))
        return fail(builder, "needs its 'min' below its 'max'");
    builder->out->a = builder->out->least = spec->min;
    builder->out->b = builder->out->most = spec->max;
    return true;
}

static bool build_loguniform(struct builder *builder)
{
    if (!build_ends(builder))
        return false;
    return builder->spec.min > 0 || fail(builder, "needs 'min' above 0");
}

// Turns min and max, where given, into probabilities at which to cut.
static bool build_cut(struct builder *builder, double low, double high)
{
    builder->out->low = low;
    builder->out->high = high;
    if (!isnan(builder->spec.min))
        builder->out->least = builder->spec.min;
    if (!isnan(builder->spec.max))
        builder->out->most = builder->spec.max;
    return low < high || fail(builder, "has nothing left between its 'min' and 'max'");
}

static bool build_normal(struct builder *builder)
{
    const struct vary_spec *spec = &builder->spec;
    if (isnan(spec->mean) || !(spec->sd > 0))
        return fail(builder, "needs 'mean' and an 'sd' above 0");
    builder->out->a = spec->mean;
    builder->out->b = spec->sd;
    double low = isnan(spec->min) ? 0 : gsl_cdf_gaussian_P(spec->min - spec->mean, spec->sd);
    double high = isnan(spec->max) ? 1 : gsl_cdf_gaussian_P(spec->max - spec->mean, spec->sd);
    return build_cut(builder, low, high);
}

static bool build_lognormal(struct builder *builder)
{
    const struct vary_spec *spec = &builder->spec;
    if (spec->median > 0 && spec->sigma > 0) {
        builder->out->a = log(spec->median);
        builder->out->b = spec->sigma;
    } else if (spec->mean > 0 && spec->sd > 0) {
        double variance = log1p(spec->sd * spec->sd / (spec->mean * spec->mean));
        builder->out->a = log(spec->mean) - variance / 2;
        builder->out->b = sqrt(variance);
    } else {
        return fail(builder, "needs 'median' and 'sigma', or 'mean' and 'sd', all above 0");
    }
    double a = builder->out->a, b = builder->out->b;
    double low = isnan(spec->min) || spec->min <= 0 ? 0 : gsl_cdf_lognormal_P(spec->min, a, b);
    double high = isnan(spec->max) ? 1 : spec->max <= 0 ? 0 : gsl_cdf_lognormal_P(spec->max, a, b);
    return build_cut(builder, low, high);
}

static bool build_mode(struct builder *builder)
{
    if (!build_ends(builder))
        return false;
    double mode = builder->spec.mode;
    if (!(mode >= builder->spec.min && mode <= builder->spec.max))
        return fail(builder, "needs a 'mode' between its 'min' and 'max'");
    builder->out->c = mode;
    return true;
}

static bool build_pert(struct builder *builder)
{
    if (!build_mode(builder))
        return false;
    struct distribution *out = builder->out;
    double width = out->b - out->a, mode = out->c;
    out->c = width > 0 ? 1 + 4 * (mode - out->a) / width : 1;
    out->d = width > 0 ? 1 + 4 * (out->b - mode) / width : 1;
    return true;
}

static bool build_beta(struct builder *builder)
{
    struct vary_spec *spec = &builder->spec;
    if (isnan(spec->min))
        spec->min = 0;
    if (isnan(spec->max))
        spec->max = 1;
    if (!(spec->alpha > 0) || !(spec->beta > 0))
        return fail(builder, "needs 'alpha' and 'beta' above 0");
    builder->out->c = spec->alpha;
    builder->out->d = spec->beta;
    return build_ends(builder);
}

static bool build_discrete(struct builder *builder)
{
    const struct vary_spec *spec = &builder->spec;
    if (!spec->values)
        return fail(builder, "needs 'values'");
    double *weights = ARENA_NEW_ARRAY(builder->arena, double, spec->n_values);
    double sum = 0;
    for (int i = 0; i < spec->n_values; i++) {
        double weight = spec->weights ? spec->weights[i] : 1;
        if (!(weight >= 0))
            return fail(builder, "needs weights from 0");
        weights[i] = sum += weight;
    }
    if (!(sum > 0))
        return fail(builder, "needs a weight above 0");
    for (int i = 0; i < spec->n_values; i++)
        weights[i] /= sum;
    builder->out->values = spec->values;
    builder->out->weights = weights;
    builder->out->n = spec->n_values;
    return true;
}

// What the scenario leaves open comes from the model: its distribution, range and value.
static void fill_in(struct vary_spec *spec, const struct spread *spread, double value)
{
    bool has_numbers = !isnan(spec->min) || !isnan(spec->max) || !isnan(spec->mean) ||
                       !isnan(spec->median) || spec->values;
    if (!spec->has_distribution && !has_numbers && spread && spread->distribution)
        spec->has_distribution = distribution_kind_find(spread->distribution, &spec->kind);
    if (!spec->has_distribution)
        spec->kind = DISTRIBUTION_UNIFORM;
    bool has_ends = spec->kind != DISTRIBUTION_NORMAL && spec->kind != DISTRIBUTION_LOGNORMAL;
    if (spread && spread->has_range && !spec->is_scale) {
        if (isnan(spec->min) && (has_ends || !has_numbers))
            spec->min = spread->low;
        if (isnan(spec->max) && (has_ends || !has_numbers))
            spec->max = spread->high;
        if (isnan(spec->mode))
            spec->mode = isnan(spread->mode) ? value : spread->mode;
    }
    if (isnan(spec->mode) && spec->is_scale)
        spec->mode = 1;
}

bool distribution_build(struct distribution *distribution, struct arena *arena,
                        const struct vary_spec *spec, const struct spread *spread, double value,
                        struct diag *diag)
{
    static bool (*const builders[N_DISTRIBUTION_KINDS])(struct builder *) = {
        build_ends, build_loguniform, build_normal, build_lognormal,
        build_mode, build_pert,       build_beta,   build_discrete};
    struct builder builder = {distribution, arena, *spec, diag};
    fill_in(&builder.spec, spread, value);
    *distribution = (struct distribution){
        .kind = builder.spec.kind, .low = 0, .high = 1, .least = -INFINITY, .most = INFINITY};
    return builders[builder.spec.kind](&builder);
}

static double triangular_quantile(const struct distribution *distribution, double u)
{
    double a = distribution->a, b = distribution->b, mode = distribution->c;
    double share = b > a ? (mode - a) / (b - a) : 0;
    if (u < share)
        return a + sqrt(u * (b - a) * (mode - a));
    return b - sqrt((1 - u) * (b - a) * (b - mode));
}

// GSL's own inverse finds nothing for some shapes below 1; these are searched for among all doubles
// from 0 to 1, which are in the order of their bits.
static double beta_quantile(double u, double a, double b)
{
    double x = gsl_cdf_beta_Pinv(u, a, b);
    if (a >= 1 && b >= 1 && isfinite(x))
        return x;
    const double one = 1;
    uint64_t low = 0, high;
    memcpy(&high, &one, sizeof high);
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        memcpy(&x, &middle, sizeof x);
        if (gsl_cdf_beta_P(x, a, b) < u)
            low = middle;
        else
            high = middle;
    }
    memcpy(&x, &high, sizeof x);
    return x;
}

static double discrete_quantile(const struct distribution *distribution, double u)
{
    for (int i = 0; i < distribution->n - 1; i++)
        if (u < distribution->weights[i])
            return distribution->values[i];
    return distribution->values[distribution->n - 1];
}

// Where the distribution is not cut.
static double whole_quantile(const struct distribution *distribution, double u)
{
    double a = distribution->a, b = distribution->b;
    switch (distribution->kind) {
    case DISTRIBUTION_UNIFORM:
        return a + u * (b - a);
    case DISTRIBUTION_LOGUNIFORM:
        return exp(log(a) + u * (log(b) - log(a)));
    case DISTRIBUTION_NORMAL:
        return a + gsl_cdf_gaussian_Pinv(u, b);
    case DISTRIBUTION_LOGNORMAL:
        return exp(a + gsl_cdf_gaussian_Pinv(u, b));
    case DISTRIBUTION_TRIANGULAR:
        return triangular_quantile(distribution, u);
    case DISTRIBUTION_PERT:
    case DISTRIBUTION_BETA:
        return a + (b - a) * beta_quantile(u, distribution->c, distribution->d);
    default:
        return discrete_quantile(distribution, u);
    }
}

// Rounding must not carry a value over an end.
double distribution_quantile(const struct distribution *distribution, double u)
{
    u = distribution->low + u * (distribution->high - distribution->low);
    double value = whole_quantile(distribution, u);
    return fmin(fmax(value, distribution->least), distribution->most);
}

void distribution_ends(const struct distribution *distribution, double *low, double *high)
{
    bool is_open =
        distribution->kind == DISTRIBUTION_NORMAL || distribution->kind == DISTRIBUTION_LOGNORMAL;
    *low = distribution->a;
    *high = distribution->b;
    if (is_open) {
        *low = distribution_quantile(distribution, distribution->low > 0 ? 1e-12 : 1e-3);
        *high = distribution_quantile(distribution, distribution->high < 1 ? 1 - 1e-12 : 1 - 1e-3);
    }
    for (int i = 0; i < distribution->n; i++) {
        *low = i ? fmin(*low, distribution->values[i]) : distribution->values[i];
        *high = i ? fmax(*high, distribution->values[i]) : distribution->values[i];
    }
}

double distribution_level(const struct distribution *distribution, int level, int n_levels)
{
    double low, high;
    if (distribution->kind == DISTRIBUTION_DISCRETE)
        return distribution->values[level];
    distribution_ends(distribution, &low, &high);
    if (n_levels == 1)
        return (low + high) / 2;
    if (level == n_levels - 1)
        return high;
    double share = (double)level / (n_levels - 1);
    if (distribution->kind == DISTRIBUTION_LOGUNIFORM)
        return exp(log(low) + share * (log(high) - log(low)));
    return low + share * (high - low);
}
