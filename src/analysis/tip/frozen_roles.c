// Stage: analysis. What becomes of each unknown of a frozen case: solved for, left out as it only
// adds up, or held. By signs of rates at many points, by structure, and by where long runs ended.
#include "analysis/tip/frozen_private.h"

#include <math.h>
#include <stdlib.h>

const double freezing_notable_growth = 0.02;

// Growth of state `i` over a long run at its present rate, in its present value; below 0: it
// shrinks.
double freezing_growth(const struct freezing *freezing, int i)
{
    const struct frozen *frozen = freezing->frozen;
    double value = freezing->unknowns[i];
    return freezing->residuals[i] * frozen->run_length / (value == 0 ? frozen->size[i] : value);
}

// Makes those unknowns positive that cannot become negative.
static void keep_sign(struct freezing *freezing)
{
    const struct frozen *frozen = freezing->frozen;
    for (int i = 0; i < frozen->n; i++)
        if (frozen->stays_positive[i])
            freezing->unknowns[i] = fabs(freezing->unknowns[i]);
    freezing_go(freezing);
}

// Whether unknown `i` does not fall where it is 0 and those that stay positive are so.
static bool is_floored(struct freezing *freezing, int i)
{
    enum { POINTS = 64 };
    const struct frozen *frozen = freezing->frozen;
    bool is_good = true;
    for (int k = 0; k < POINTS && is_good; k++) {
        frozen_sample(frozen, k, freezing->unknowns);
        freezing->unknowns[i] = 0;
        keep_sign(freezing);
        is_good = !(freezing->residuals[i] < -1e-9 * frozen->rate_size[i]);
    }
    return is_good;
}

// Finds the unknowns that start at 0 or above and cannot become negative.
void freezing_find_signs(struct freezing *freezing)
{
    const struct frozen *frozen = freezing->frozen;
    for (int i = 0; i < frozen->n; i++)
        frozen->stays_positive[i] = frozen->start[i] >= 0;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (int i = 0; i < frozen->n; i++)
            if (frozen->stays_positive[i] && !is_floored(freezing, i)) {
                frozen->stays_positive[i] = false;
                is_changed = true;
            }
    }
}

// Whether the rate of a stock is never negative, and above 0 where the stock itself is empty.
static bool only_rises(struct freezing *freezing, int i)
{
    enum { POINTS = 64 };
    const struct frozen *frozen = freezing->frozen;
    double least = INFINITY, at_zero = -INFINITY;
    for (int k = 0; k < POINTS; k++) {
        frozen_sample(frozen, k, freezing->unknowns);
        keep_sign(freezing);
        least = fmin(least, freezing->residuals[i]);
        freezing->unknowns[i] = 0;
        freezing_go(freezing);
        at_zero = fmax(at_zero, freezing->residuals[i]);
    }
    for (int k = 0; k < frozen->n_ends; k++) {
        freezing_go_to_states(freezing, frozen->ends + k * frozen->n);
        keep_sign(freezing);
        least = fmin(least, freezing->residuals[i]);
    }
    return least >= -1e-9 * frozen->rate_size[i] && at_zero > 1e-9 * frozen->rate_size[i];
}

// Whether the rate of state `i` is 0 everywhere: what it adds up is an input that is off.
static bool is_idle(struct freezing *freezing, int i)
{
    enum { POINTS = 16 };
    bool is_zero = true;
    for (int k = 0; k < POINTS && is_zero; k++) {
        frozen_sample(freezing->frozen, k, freezing->unknowns);
        keep_sign(freezing);
        is_zero = freezing->residuals[i] == 0;
    }
    return is_zero;
}

bool freezing_is_sink(const struct freezing *freezing, int i)
{
    const struct frozen *frozen = freezing->frozen;
    for (int k = 0; k < frozen->n; k++)
        if (frozen->roles[k] != FROZEN_GROWS && tangent_depends(freezing->tangent, k, i))
            return false;
    return true;
}

static bool acts_on_others(const struct freezing *freezing, int i)
{
    bool is_found = false;
    for (int k = 0; k < freezing->frozen->n; k++)
        is_found |= k != i && tangent_depends(freezing->tangent, k, i);
    return is_found;
}

// Finds the stocks that grow without bound.
void freezing_find_roles(struct freezing *freezing)
{
    struct frozen *frozen = freezing->frozen;
    int *n_growing = calloc((size_t)frozen->n + 1, sizeof *n_growing); // ends at which it grows
    for (int k = 0; k < frozen->n_ends; k++) {
        freezing_go_to_states(freezing, frozen->ends + k * frozen->n);
        for (int i = 0; i < frozen->n_states; i++)
            n_growing[i] += freezing_growth(freezing, i) > freezing_notable_growth;
    }
    for (bool is_changed = true; is_changed;) { // sums of sums
        is_changed = false;
        for (int i = 0; i < frozen->n_states; i++)
            if (frozen->roles[i] == FROZEN_FREE && frozen->is_stock[i] &&
                freezing_is_sink(freezing, i) && (n_growing[i] || is_idle(freezing, i))) {
                frozen->roles[i] = FROZEN_GROWS;
                is_changed = true;
            }
    }
    for (int i = 0; i < frozen->n_states; i++) {
        const struct variable *stock = frozen->lowered->states.items[i].variable;
        if (frozen->roles[i] == FROZEN_FREE && stock && !stock->n_outflows &&
            2 * n_growing[i] > frozen->n_ends && acts_on_others(freezing, i) &&
            only_rises(freezing, i))
            frozen->roles[i] = FROZEN_HELD;
    }
    for (int i = 0; i < frozen->n; i++)
        if (frozen->roles[i] == FROZEN_FREE)
            frozen->free[frozen->m++] = i;
    free(n_growing);
}
