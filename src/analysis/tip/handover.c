// Stage: analysis. What tipping costs by the value at which it is handed over, with nominal
// parameters. For each value the least support that tips is sought, all streams scaled alike, first
// over the whole range, then between the neighbours of the best value.
#include "analysis/tip/handover.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>

enum { N_COARSE = 17, N_FINE = 8, N_SCAN = 9, AT_ONCE = 120 }; // runs side by side

const char *tip_switch_dials[N_SWITCH_DIALS] = {"switch_date", "switch_share"};

// ---------------------------------------------------------------- plans

// The dials for hand-over at `value`: the one in question, the other out of the way.
static void set_dials(const struct handover *handover, double value, double *point)
{
    const struct support *support = handover->mix.support;
    for (int dial = 0; dial < N_SWITCH_DIALS; dial++) {
        int at = support_find_point(support, tip_switch_dials[dial]);
        if (at < 0)
            continue;
        const struct variable *variable = support->uncertain[at].variable;
        point[at] = dial == handover->dial       ? value
                    : variable->spread.has_range ? variable->spread.high
                                                 : NAN;
    }
}

static void set_streams(const struct handover *handover, double date, struct lever_plan *plans)
{
    const struct support_mix *mix = &handover->mix;
    double overlap = handover->tip->options.overlap;
    for (int i = 0; i < mix->n; i++) {
        struct lever_plan *plan = &plans[mix->levers[i]];
        if (mix->levers[i] != handover->first) {
            plan->begin = date;
        } else if (overlap > 0) {
            plan->full = date;
            plan->end = date + overlap;
        } else {
            plan->end = date;
        }
    }
}

void handover_set(const struct handover *handover, double value, struct lever_plan *plans,
                  double *point)
{
    if (handover->dial >= 0)
        set_dials(handover, value, point);
    else
        set_streams(handover, value, plans);
}

// ---------------------------------------------------------------- costs

// Some values, tried side by side.
struct trial_values {
    const struct handover *handover;
    const double *values; // [n]
    double *points;       // [n][n_inputs]
};

static void plan_value(void *context, int index, double x, struct lever_plan *plans,
                       const double **point)
{
    const struct trial_values *trials = context;
    const struct handover *handover = trials->handover;
    int n_inputs = handover->mix.support->design.n_inputs;
    double *own = trials->points + (long)index * n_inputs;
    support_mix_scale(&handover->mix, x, plans);
    for (int i = 0; i < n_inputs; i++)
        own[i] = NAN;
    handover_set(handover, trials->values[index], plans, own);
    *point = n_inputs ? own : NULL;
}

static int compare_values(const void *a, const void *b)
{
    double x = ((const struct handover_value *)a)->value;
    double y = ((const struct handover_value *)b)->value;
    return (x > y) - (x < y);
}

// What a search found, counted from what the same case costs without support from the mix.
static struct handover_value value_of(double value, double base, const struct search_result *result)
{
    bool is_found = result->end == SEARCH_FOUND, is_free = result->end == SEARCH_ALWAYS;
    return (struct handover_value){value,
                                   is_free    ? 0
                                   : is_found ? result->at_upper.cost - base
                                              : NAN,
                                   is_free    ? 0
                                   : is_found ? result->upper
                                              : NAN};
}

static bool try_values(struct handover *handover, const double *values, int n)
{
    struct support *support = handover->mix.support;
    struct search_result results[MOST_VALUES];
    struct trial_values trials = {
        handover, values, ARENA_NEW_ARRAY(support->arena, double, n * support->design.n_inputs)};
    double base, base_nominal;
    struct search search = {.support = support,
                            .way = handover->dial >= 0 ? SUPPORT_UNCERTAIN : SUPPORT_NOMINAL,
                            .costed = handover->mix.costed,
                            .n = n,
                            .high = handover->scale_high,
                            .n_scan = N_SCAN,
                            .n_inner = AT_ONCE / n,
                            .tolerance = 5e-4,
                            .plan = plan_value,
                            .context = &trials};
    if (!search_run(&search, results) ||
        !support_mix_base_cost(&handover->mix, &base, &base_nominal))
        return false;
    for (int i = 0; i < n; i++) {
        tip_count_runs(handover->tip, &results[i]);
        handover->values[handover->n_values++] = value_of(values[i], base, &results[i]);
    }
    qsort(handover->values, (size_t)handover->n_values, sizeof *handover->values, compare_values);
    return true;
}

static void find_best(struct handover *handover)
{
    handover->best = -1;
    for (int i = 0; i < handover->n_values; i++) {
        double total = handover->values[i].total;
        if (!isnan(total) && (handover->best < 0 || total < handover->values[handover->best].total))
            handover->best = i;
    }
}

// The values around the best at which tipping costs hardly more: less than 1 %.
static void find_valley(struct handover *handover)
{
    const struct handover_value *values = handover->values;
    int low = handover->best, high = handover->best;
    double limit = values[handover->best].total * 1.01;
    while (low > 0 && values[low - 1].total <= limit)
        low--;
    while (high + 1 < handover->n_values && values[high + 1].total <= limit)
        high++;
    handover->lower = values[low].value;
    handover->upper = values[high].value;
}

// `n` values strictly between the neighbours of the best, leaving out the best itself.
static int fine_values(const struct handover *handover, int n, double *values)
{
    int best = handover->best, last = handover->n_values - 1, count = 0;
    double centre = handover->values[best].value;
    double sides[] = {best > 0 ? handover->values[best - 1].value : centre,
                      best < last ? handover->values[best + 1].value : centre};
    bool is_inside = sides[0] < centre && sides[1] > centre;
    int each = is_inside ? n / 2 : n;
    for (int side = 0; side < 2; side++)
        for (int i = 1; i <= each && sides[side] != centre; i++)
            values[count++] = centre + (sides[side] - centre) * i / (each + 1);
    return count;
}

bool handover_find_costs(struct handover *handover)
{
    double values[N_COARSE];
    for (int i = 0; i < N_COARSE; i++)
        values[i] = handover->low + (handover->high - handover->low) * i / (N_COARSE - 1);
    handover->best = -1;
    handover->lower = handover->upper = NAN;
    if (!try_values(handover, values, N_COARSE))
        return false;
    find_best(handover);
    if (handover->best < 0)
        return true;
    int n = fine_values(handover, N_FINE, values);
    if (handover->values[handover->best].total > 0 && n && !try_values(handover, values, n))
        return false;
    find_best(handover);
    find_valley(handover);
    return true;
}

bool handover_is_flat(const struct handover *handover)
{
    return handover->best >= 0 && handover->lower == handover->low &&
           handover->upper == handover->high;
}
