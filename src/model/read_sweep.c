// Stage: model. The groups `sweep` and `fit` of a scenario file -> struct sweep_spec, struct
// fit_spec.
#include "base/array.h"
#include "base/name.h"
#include "model/read_spec.h"
#include "model/sweep_spec.h"

#include <math.h>
#include <string.h>

static const char *const design_names[N_DESIGN_KINDS] = {
    "grid",   "monte-carlo", "latin-hypercube", "maximin",      "sobol",
    "points", "saltelli",    "morris",          "one-at-a-time"};

static const char *const distribution_names[N_DISTRIBUTION_KINDS] = {
    "uniform", "loguniform", "normal", "lognormal", "triangular", "pert", "beta", "discrete"};

const char *design_kind_name(enum design_kind kind)
{
    return design_names[kind];
}

bool design_is_for_indices(enum design_kind kind)
{
    return kind == DESIGN_SALTELLI || kind == DESIGN_MORRIS || kind == DESIGN_ONE_AT_A_TIME;
}

const char *distribution_kind_name(enum distribution_kind kind)
{
    return distribution_names[kind];
}

bool distribution_kind_find(const char *name, enum distribution_kind *kind)
{
    for (int i = 0; i < N_DISTRIBUTION_KINDS; i++)
        if (strcmp(name, distribution_names[i]) == 0) {
            *kind = (enum distribution_kind)i;
            return true;
        }
    return false;
}

// Finds `name` in a list of names; -1 with an error that offers the nearest.
static int find_word(struct cfg_reader *cfg, const config_setting_t *setting, const char *what,
                     const char *name, const char *const *names, int n)
{
    struct nearest nearest = nearest_start(name);
    for (int i = 0; i < n; i++) {
        if (strcmp(name, names[i]) == 0)
            return i;
        nearest_consider(&nearest, names[i], names[i]);
    }
    diag_error(cfg->diag, setting_position(cfg, setting), "unknown %s '%s'", what, name);
    if (nearest.best) {
        diag_suggest(cfg->diag, nearest.best);
        return -1;
    }
    const char *all = "";
    for (int i = 0; i < n; i++)
        all = arena_format(cfg->arena, "%s%s%s", all, i ? ", " : "", names[i]);
    diag_hint(cfg->diag, "one of %s", all);
    return -1;
}

static void read_distribution(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct vary_spec *vary = object;
    const char *name = string_read(cfg, setting);
    int kind = name ? find_word(cfg, setting, "distribution", name, distribution_names,
                                N_DISTRIBUTION_KINDS)
                    : -1;
    if (kind < 0)
        return;
    vary->kind = (enum distribution_kind)kind;
    vary->has_distribution = true;
}

static void read_values(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct vary_spec *vary = object;
    vary->values = numbers_read(cfg, setting, &vary->n_values);
    if (!vary->has_distribution) {
        vary->kind = DISTRIBUTION_DISCRETE;
        vary->has_distribution = true;
    }
}

static void read_weights(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct vary_spec *vary = object;
    int n = 0;
    vary->weights = numbers_read(cfg, setting, &n);
    if (vary->weights && vary->values && n != vary->n_values)
        diag_error(cfg->diag, setting_position(cfg, setting), "%d weights for %d values", n,
                   vary->n_values);
}

// scale = (0.5, 2.0): uniform, and multiplies what is there.
static void read_scale(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct vary_spec *vary = object;
    vary->is_scale = true;
    if (config_setting_type(setting) == CONFIG_TYPE_BOOL) {
        vary->is_scale = config_setting_get_bool(setting);
        return;
    }
    int n = 0;
    const double *ends = numbers_read(cfg, setting, &n);
    if (!ends)
        return;
    if (n != 2) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'scale' must be two numbers, the lower one first, or true");
        return;
    }
    vary->min = ends[0];
    vary->max = ends[1];
}

#define NUMBER(key)                                                                                \
    {                                                                                              \
#key, FIELD_NUMBER, offsetof(struct vary_spec, key), false, NULL                           \
    }

static const struct field vary_fields[] = {
    {"name", FIELD_STRING, offsetof(struct vary_spec, name), false, NULL},
    {"distribution", FIELD_CUSTOM, 0, false, read_distribution},
    NUMBER(min),
    NUMBER(max),
    NUMBER(mode),
    NUMBER(mean),
    NUMBER(sd),
    NUMBER(median),
    NUMBER(sigma),
    NUMBER(alpha),
    NUMBER(beta),
    NUMBER(levels),
    {"values", FIELD_CUSTOM, 0, false, read_values},
    {"weights", FIELD_CUSTOM, 0, false, read_weights},
    {"scale", FIELD_CUSTOM, 0, false, read_scale},
};

struct vary_spec vary_spec_empty(const char *name, struct position position)
{
    return (struct vary_spec){.name = name,
                              .min = NAN,
                              .max = NAN,
                              .mode = NAN,
                              .mean = NAN,
                              .sd = NAN,
                              .median = NAN,
                              .sigma = NAN,
                              .alpha = NAN,
                              .beta = NAN,
                              .levels = NAN,
                              .position = position};
}

static void read_vary_entry(struct cfg_reader *cfg, config_setting_t *group, void *object)
{
    struct sweep_spec *spec = object;
    struct vary_spec vary = vary_spec_empty(NULL, setting_position(cfg, group));
    if (config_setting_name(group))
        vary.name = arena_copy_string(cfg->arena, config_setting_name(group));
    fields_read(cfg, group, vary_fields, ARRAY_COUNT(vary_fields), &vary, "entry of 'vary'");
    if (!vary.name) {
        diag_error(cfg->diag, vary.position, "an entry of 'vary' has no 'name'");
        return;
    }
    for (size_t i = 0; i < spec->vary.count; i++)
        if (strcmp(spec->vary.items[i].name, vary.name) == 0)
            diag_error(cfg->diag, vary.position, "'%s' is varied twice", vary.name);
    ARRAY_PUSH(cfg->arena, &spec->vary) = vary;
}

// vary: { name: { ... }; } or, for names like x[element], vary = ( { name = "..."; ... } )
static void read_vary(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    if (config_setting_is_list(setting)) {
        for (int i = 0; i < config_setting_length(setting); i++)
            read_vary_entry(cfg, config_setting_get_elem(setting, (unsigned)i), object);
        return;
    }
    groups_read(cfg, setting, "entry", read_vary_entry, object);
}

static const struct field correlation_fields[] = {
    {"a", FIELD_STRING, offsetof(struct correlation_spec, a), true, NULL},
    {"b", FIELD_STRING, offsetof(struct correlation_spec, b), true, NULL},
    {"rho", FIELD_NUMBER, offsetof(struct correlation_spec, rho), true, NULL},
};

static void read_correlations(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct sweep_spec *spec = object;
    if (!config_setting_is_list(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'correlations' must be a list ( { a = \"x\"; b = \"y\"; rho = 0.5; } )");
        return;
    }
    for (int i = 0; i < config_setting_length(setting); i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        struct correlation_spec correlation = {.position = setting_position(cfg, entry)};
        fields_read(cfg, entry, correlation_fields, ARRAY_COUNT(correlation_fields), &correlation,
                    "correlation");
        if (!(fabs(correlation.rho) < 1))
            diag_error(cfg->diag, correlation.position, "rho is %g; it must lie between -1 and 1",
                       correlation.rho);
        ARRAY_PUSH(cfg->arena, &spec->correlations) = correlation;
    }
}

static void read_design(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct sweep_spec *spec = object;
    const char *name = string_read(cfg, setting);
    int kind = name ? find_word(cfg, setting, "design", name, design_names, N_DESIGN_KINDS) : -1;
    if (kind >= 0)
        spec->design = (enum design_kind)kind;
}

static void read_metrics(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct sweep_spec *spec = object;
    metric_specs_read(cfg, setting, &spec->metrics);
}

static void read_scenarios(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct sweep_spec *spec = object;
    references_read(cfg, setting, &spec->scenarios, &spec->n_scenarios);
}

static void read_band_variables(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct sweep_spec *spec = object;
    references_read(cfg, setting, &spec->band_variables, &spec->n_band_variables);
}

static void read_quantiles(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct sweep_spec *spec = object;
    spec->quantiles = numbers_read(cfg, setting, &spec->n_quantiles);
    if (spec->n_quantiles > MAX_QUANTILES)
        diag_error(cfg->diag, setting_position(cfg, setting), "more than %d quantiles",
                   MAX_QUANTILES);
    for (int i = 0; spec->quantiles && i < spec->n_quantiles; i++)
        if (!(spec->quantiles[i] > 0 && spec->quantiles[i] < 1) ||
            (i && spec->quantiles[i] <= spec->quantiles[i - 1]))
            diag_error(cfg->diag, setting_position(cfg, setting),
                       "quantiles must rise and lie between 0 and 1");
}

static const struct field band_fields[] = {
    {"variables", FIELD_CUSTOM, 0, true, read_band_variables},
    {"every", FIELD_NUMBER, offsetof(struct sweep_spec, band_every), false, NULL},
    {"quantiles", FIELD_CUSTOM, 0, false, read_quantiles},
};

static void read_bands(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    fields_read(cfg, setting, band_fields, ARRAY_COUNT(band_fields), object, "'bands'");
}

static const struct field sweep_fields[] = {
    {"runs", FIELD_NUMBER, offsetof(struct sweep_spec, runs), false, NULL},
    {"design", FIELD_CUSTOM, 0, false, read_design},
    {"seed", FIELD_NUMBER, offsetof(struct sweep_spec, seed), false, NULL},
    {"vary", FIELD_CUSTOM, 0, false, read_vary},
    {"correlations", FIELD_CUSTOM, 0, false, read_correlations},
    {"points", FIELD_STRING, offsetof(struct sweep_spec, points), false, NULL},
    {"scenarios", FIELD_CUSTOM, 0, false, read_scenarios},
    {"metrics", FIELD_CUSTOM, 0, false, read_metrics},
    {"bands", FIELD_CUSTOM, 0, false, read_bands},
};

struct sweep_spec sweep_spec_empty(struct position position)
{
    return (struct sweep_spec){
        .runs = NAN, .design = DESIGN_SOBOL, .seed = NAN, .band_every = NAN, .position = position};
}

void sweep_spec_read(struct cfg_reader *cfg, config_setting_t *setting, struct sweep_spec *spec)
{
    *spec = sweep_spec_empty(setting_position(cfg, setting));
    spec->is_given = true;
    fields_read(cfg, setting, sweep_fields, ARRAY_COUNT(sweep_fields), spec, "'sweep'");
    const double limit = 1e12;
    if (spec->runs < 1 || spec->runs > limit || spec->runs != floor(spec->runs))
        if (!isnan(spec->runs))
            diag_error(cfg->diag, spec->position, "'runs' must be a whole number from 1 to %g",
                       limit);
    if (spec->seed < 0 || spec->seed != floor(spec->seed))
        if (!isnan(spec->seed))
            diag_error(cfg->diag, spec->position, "'seed' must be a whole number from 0");
    if (spec->points)
        spec->design = DESIGN_POINTS;
}

// Checks the number of points from which a search may start.
static void check_starts(struct cfg_reader *cfg, double starts, struct position position)
{
    enum { MAX_STARTS = 1000000 };
    if (!isnan(starts) && !(starts >= 1 && starts <= MAX_STARTS && starts == floor(starts)))
        diag_error(cfg->diag, position, "'starts' must be a whole number from 1 to %d", MAX_STARTS);
}

static void read_fit_vary(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct fit_spec *spec = object;
    read_vary(cfg, setting, &spec->search);
}

static void read_errors(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct fit_spec *spec = object;
    settings_read(cfg, setting, &spec->errors);
    for (size_t i = 0; i < spec->errors.count; i++)
        if (!(spec->errors.items[i].value > 0))
            diag_error(cfg->diag, spec->errors.items[i].position,
                       "the error of '%s' must be above 0", spec->errors.items[i].name);
}

static const struct field fit_fields[] = {
    {"vary", FIELD_CUSTOM, 0, true, read_fit_vary},
    {"errors", FIELD_CUSTOM, 0, false, read_errors},
    {"starts", FIELD_NUMBER, offsetof(struct fit_spec, starts), false, NULL},
};

void fit_spec_read(struct cfg_reader *cfg, config_setting_t *setting, struct fit_spec *spec)
{
    *spec = (struct fit_spec){.is_given = true,
                              .search = sweep_spec_empty(setting_position(cfg, setting)),
                              .starts = NAN,
                              .position = setting_position(cfg, setting)};
    fields_read(cfg, setting, fit_fields, ARRAY_COUNT(fit_fields), spec, "'fit'");
    check_starts(cfg, spec->starts, spec->position);
}

static void read_optimize_vary(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct optimize_spec *spec = object;
    read_vary(cfg, setting, &spec->search);
}

static const struct field limit_fields[] = {
    {"expression", FIELD_POSITION, offsetof(struct limit_spec, expression), true, NULL},
    {"least", FIELD_NUMBER, offsetof(struct limit_spec, least), false, NULL},
    {"most", FIELD_NUMBER, offsetof(struct limit_spec, most), false, NULL},
};

static void read_limits(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct optimize_spec *spec = object;
    if (!config_setting_is_list(setting)) {
        diag_error(
            cfg->diag, setting_position(cfg, setting),
            "'limits' must be a list ( { expression = \"INTEGRAL(cost)\"; most = 1.0e9; } )");
        return;
    }
    for (int i = 0; i < config_setting_length(setting); i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        struct limit_spec limit = {
            .least = NAN, .most = NAN, .position = setting_position(cfg, entry)};
        fields_read(cfg, entry, limit_fields, ARRAY_COUNT(limit_fields), &limit, "limit");
        if (isnan(limit.least) && isnan(limit.most))
            diag_error(cfg->diag, limit.position, "a limit needs 'least' or 'most'");
        ARRAY_PUSH(cfg->arena, &spec->limits) = limit;
    }
}

static void read_better(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct optimize_spec *spec = object;
    spec->better = string_read(cfg, setting);
    if (spec->better && strcmp(spec->better, "high") != 0 && strcmp(spec->better, "low") != 0)
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'better' must be \"high\" or \"low\", not '%s'", spec->better);
}

static const struct field optimize_fields[] = {
    {"goal", FIELD_POSITION, offsetof(struct optimize_spec, goal), false, NULL},
    {"better", FIELD_CUSTOM, 0, false, read_better},
    {"vary", FIELD_CUSTOM, 0, false, read_optimize_vary},
    {"limits", FIELD_CUSTOM, 0, false, read_limits},
    {"starts", FIELD_NUMBER, offsetof(struct optimize_spec, starts), false, NULL},
};

void optimize_spec_read(struct cfg_reader *cfg, config_setting_t *setting,
                        struct optimize_spec *spec)
{
    *spec = (struct optimize_spec){.is_given = true,
                                   .search = sweep_spec_empty(setting_position(cfg, setting)),
                                   .starts = NAN,
                                   .position = setting_position(cfg, setting)};
    fields_read(cfg, setting, optimize_fields, ARRAY_COUNT(optimize_fields), spec, "'optimize'");
    check_starts(cfg, spec->starts, spec->position);
}
