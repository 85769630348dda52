// Stage: analysis. What "tipped" means where the scenario does not say it, or not all of it: above
// the unstable rest point between the lowest stable one and the next, or half way where there is
// none between.
#include "analysis/tip/rest.h"
#include "analysis/tip/tip_words.h"

#include <math.h>

// The level between the two lowest stable rest points; NaN where there are not two.
static double level_between(const struct rest_set *set, const struct headline *headline)
{
    double low = NAN, high = NAN;
    for (size_t i = 0; i < set->count; i++) {
        double value = headline_value(headline, &set->items[i]);
        if (set->items[i].stability != REST_STABLE || isnan(value))
            continue;
        if (isnan(low) || value < low) {
            high = low;
            low = value;
        } else if (value > low && !(value >= high)) {
            high = value;
        }
    }
    double level = (low + high) / 2;
    for (size_t i = 0; i < set->count; i++) {
        double value = headline_value(headline, &set->items[i]);
        if (set->items[i].stability == REST_UNSTABLE && value > low && value < high)
            level = value;
    }
    return level;
}

const struct tip_target *tip_target(struct tip *tip, struct tip_case *tip_case, struct diag *diag)
{
    struct tip_target *target = &tip_case->target;
    if (tip_case->has_target)
        return isnan(target->above) ? NULL : target;
    if (!target->is_given) {
        const struct rest_set *set = tip_rest_points(tip, tip_case, diag);
        if (!set)
            return NULL;
        struct headline headline = headline_of(tip_case, set);
        if (!headline.variable)
            return NULL;
        const struct time_spec *time = &tip_case->source.model->time;
        if (isnan(target->above))
            target->above = level_between(set, &headline);
        if (isnan(target->settle))
            target->settle = set->frozen->run_length - (time->stop - time->start);
        target->output = (struct output){(struct variable *)headline.variable, headline.cell};
        target->name = cell_name(tip->arena, headline.variable, headline.cell);
        target->unit = variable_unit_text(headline.variable);
    }
    tip_case->has_target = true;
    return isnan(target->above) ? NULL : target;
}
