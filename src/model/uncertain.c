// Stage: model. Model -> which of its parameters are uncertain.
#include "model/uncertain.h"

#include "base/array.h"

#include <string.h>

// Whether the source says that people decide on it.
static bool is_choice(const struct variable *variable)
{
    static const char *const words[] = {"lever", "switch"};
    for (size_t i = 0; i < ARRAY_COUNT(words) && variable->source; i++)
        if (strncmp(variable->source, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

const bool *model_uncertainties(struct arena *arena, const struct model *model)
{
    size_t n = model->variables.count;
    bool *is_uncertain = ARENA_NEW_ARRAY(arena, bool, n), has_distributions = false;
    for (size_t i = 0; i < n; i++) {
        const struct variable *variable = model->variables.items[i];
        const struct spread *spread = &variable->spread;
        is_uncertain[i] = variable->kind == VARIABLE_PARAMETER && !variable->is_hidden &&
                          spread->has_range && spread->low < spread->high && !is_choice(variable);
        has_distributions |= is_uncertain[i] && spread->distribution;
    }
    for (size_t i = 0; i < n && has_distributions; i++)
        is_uncertain[i] &= model->variables.items[i]->spread.distribution != NULL;
    return is_uncertain;
}
