// Stage: analysis. What is uncertain about a case: what the scenario's sweep varies, but for
// funding, which is what is decided and not what is unknown; or every parameter with a range, but
// for those whose source begins with "lever" or "switch": these are decided on as well. The
// points are independent draws (Monte Carlo), so that shares of them have binomial errors; point i
// is the same for all models, name by name.
#include "analysis/support_engine.h"

#include "base/array.h"

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

// Levers and switches are decided on: their source says that they are such.
static bool is_choice(const struct variable *variable)
{
    static const char *const words[] = {"lever", "switch"};
    for (size_t i = 0; i < ARRAY_COUNT(words) && variable->source; i++)
        if (strncmp(variable->source, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

static void add_ranges(struct arena *arena, const struct model *model, struct sweep_spec *spec)
{
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *variable = model->variables.items[i];
        bool is_uncertain = variable->kind == VARIABLE_PARAMETER && !variable->is_hidden &&
                            variable->spread.has_range &&
                            variable->spread.low < variable->spread.high && !is_choice(variable);
        if (is_uncertain && !has_name(spec, variable->name))
            ARRAY_PUSH(arena, &spec->vary) = (struct vary_spec){.name = variable->name,
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
                                                                .position = variable->position};
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

// The cells of one uncertainty; a parameter that support flows into is none.
static bool tie(struct support *support, const struct vary_spec *vary,
                struct support_uncertain *uncertain)
{
    const struct model *model = support->source.model;
    *uncertain = (struct support_uncertain){.is_scale = vary->is_scale};
    struct variable *variable = model_find_named(model, vary->name);
    if (!variable || variable->n_equations || !variable->values)
        return true;
    uncertain->variable =
        model_find_cells(model, vary->name, vary->position, &uncertain->first_cell,
                         &uncertain->n_cells, support->diag);
    return uncertain->variable != NULL;
}

bool support_tie_uncertainties(struct support *support)
{
    const struct sweep_spec *spec = support->options.uncertain;
    struct sweep_spec drawn = spec ? *spec : (struct sweep_spec){0};
    struct arena *arena = support->arena;
    int n = spec ? (int)spec->vary.count : 0;
    struct sample_input *inputs = ARENA_NEW_ARRAY(arena, struct sample_input, n);
    bool is_good = true;
    support->uncertain = ARENA_NEW_ARRAY(arena, struct support_uncertain, n);
    for (int i = 0; i < n; i++) {
        const struct vary_spec *vary = &spec->vary.items[i];
        struct support_uncertain *uncertain = &support->uncertain[i];
        if (!tie(support, vary, uncertain))
            return false;
        const struct variable *variable = uncertain->variable;
        inputs[i].name = vary->name;
        if (variable)
            is_good &= distribution_build(&inputs[i].distribution, arena, vary, &variable->spread,
                                          variable->values[uncertain->first_cell], support->diag);
        else // another model's; its random numbers are drawn all the same
            inputs[i].distribution = (struct distribution){.high = 1, .b = 1};
    }
    if (!n)
        return true;
    if (design_is_for_indices(drawn.design)) // no sample of what is uncertain
        drawn.design = DESIGN_LATIN;
    return is_good &&
           sample_design_build(&support->design, arena, &drawn, inputs, n,
                               support->options.n_points, support->options.seed, support->diag);
}
