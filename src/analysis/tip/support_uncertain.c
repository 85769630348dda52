// Stage: analysis. What is uncertain about a case: what the scenario's sweep varies, but for
// funding, which is what is decided and not what is unknown; without a sweep, what the models say
// is uncertain. The points are independent draws (Monte Carlo), so that shares of them have
// binomial errors; point i is the same for all models, name by name.
#include "analysis/tip/support_engine.h"

#include "base/array.h"
#include "model/uncertain.h"

#include <math.h>
#include <string.h>

static const struct variable *find_anywhere(const struct case_list *cases, const char *name)
{
    for (size_t i = 0; i < cases->count; i++) {
        const struct variable *variable = model_find_named(cases->items[i].model, name);
        if (variable)
            return variable;
    }
    return NULL;
}

static bool has_name(const struct sweep_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->vary.count; i++)
        if (strcmp(spec->vary.items[i].name, name) == 0)
            return true;
    return false;
}

static void add_ranges(struct arena *arena, const struct model *model, struct sweep_spec *spec)
{
    const bool *is_uncertain = model_uncertainties(arena, model);
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        if (is_uncertain[i] && !has_name(spec, variable->name))
            ARRAY_PUSH(arena, &spec->vary) = vary_spec_empty(variable->name, variable->position);
    }
}

struct sweep_spec *support_uncertainties(struct arena *arena, const struct case_list *cases,
                                         struct diag *diag)
{
    struct sweep_spec *spec = ARENA_NEW(arena, struct sweep_spec);
    const struct scenario *scenario = cases->count ? cases->items[0].scenario : NULL;
    const struct sweep_spec *given = scenario ? &scenario->sweep : NULL;
    spec->design = DESIGN_MONTE_CARLO;
    for (size_t i = 0; given && i < given->vary.count; i++) {
        const struct variable *variable = find_anywhere(cases, given->vary.items[i].name);
        if (variable && variable->kind == VARIABLE_PARAMETER && !variable->is_hidden)
            ARRAY_PUSH(arena, &spec->vary) = given->vary.items[i];
    }
    for (size_t i = 0; given && i < given->correlations.count; i++)
        if (has_name(spec, given->correlations.items[i].a) &&
            has_name(spec, given->correlations.items[i].b))
            ARRAY_PUSH(arena, &spec->correlations) = given->correlations.items[i];
    for (size_t i = 0; i < cases->count && !spec->vary.count; i++)
        for (size_t k = 0; k < cases->count; k++)
            add_ranges(arena, cases->items[k].model, spec);
    if (spec->vary.count)
        return spec;
    diag_error(diag, (struct position){.file = cases->count ? cases->items[0].label : NULL},
               "nothing is uncertain: no parameter has a range, and no sweep varies any");
    diag_hint(diag, "give parameters a range = (low, high), or the scenario a group 'sweep'");
    return NULL;
}

// The cells of one parameter; one that support flows into cannot vary, another model's is passed
// by.
static bool tie(struct support *support, const char *name, struct position position,
                struct support_uncertain *uncertain)
{
    const struct model *model = support->source.model;
    struct variable *variable = model_find_named(model, name);
    uncertain->name = name;
    if (!variable || variable->n_equations || !variable->values)
        return true;
    uncertain->variable = model_find_cells(model, name, position, &uncertain->first_cell,
                                           &uncertain->n_cells, support->diag);
    return uncertain->variable != NULL;
}

static bool tie_input(struct support *support, const struct vary_spec *vary,
                      struct support_uncertain *uncertain, struct sample_input *input)
{
    if (!tie(support, vary->name, vary->position, uncertain))
        return false;
    const struct variable *variable = uncertain->variable;
    uncertain->is_scale = vary->is_scale;
    input->name = vary->name;
    if (variable)
        return distribution_build(&input->distribution, support->arena, vary, &variable->spread,
                                  variable->values[uncertain->first_cell], support->diag);
    input->distribution = (struct distribution){.high = 1, .b = 1}; // drawn all the same
    return true;
}

bool support_tie_uncertainties(struct support *support)
{
    static const struct sweep_spec none = {.design = DESIGN_MONTE_CARLO};
    const struct support_options *options = &support->options;
    const struct sweep_spec *spec = options->uncertain ? options->uncertain : &none;
    int n_drawn = (int)spec->vary.count, n = n_drawn + options->n_dials;
    struct sample_input *inputs = ARENA_NEW_ARRAY(support->arena, struct sample_input, n);
    bool is_good = true;
    support->uncertain = ARENA_NEW_ARRAY(support->arena, struct support_uncertain, n);
    for (int i = 0; i < n_drawn; i++)
        is_good &= tie_input(support, &spec->vary.items[i], &support->uncertain[i], &inputs[i]);
    for (int i = n_drawn; i < n; i++) {
        const char *name = options->dials[i - n_drawn];
        is_good &= tie(support, name, (struct position){0}, &support->uncertain[i]);
        support->uncertain[i].is_dial = true;
        inputs[i] = (struct sample_input){.name = name, .distribution = {.high = 1, .b = 1}};
    }
    return is_good && (!n || sample_design_build(&support->design, support->arena, spec, inputs, n,
                                                 options->n_points, options->seed, support->diag));
}

int support_n_uncertain(const struct support *support)
{
    int n = 0;
    for (int i = 0; i < support->design.n_inputs; i++)
        n += !support->uncertain[i].is_dial;
    return n;
}

int support_find_point(const struct support *support, const char *name)
{
    for (int i = 0; i < support->design.n_inputs; i++)
        if (support->uncertain[i].variable && strcmp(support->uncertain[i].name, name) == 0)
            return i;
    return -1;
}

void support_take_points(const struct support *support, long first, long n, double *points)
{
    int n_inputs = support->design.n_inputs;
    struct sampler *sampler = sampler_create(&support->design);
    for (long i = 0; i < n && n_inputs; i++) {
        sampler_take(sampler, (uint64_t)(first + i), points + i * n_inputs);
        for (int k = 0; k < n_inputs; k++)
            if (support->uncertain[k].is_dial)
                points[i * n_inputs + k] = NAN;
    }
    sampler_free(sampler);
}

double *support_points(const struct support *support, long n)
{
    double *points = ARENA_NEW_ARRAY(support->arena, double, n * support->design.n_inputs);
    support_take_points(support, 0, n, points);
    return points;
}
