// Stage: analysis. A rest point whose eigenvalues do not tell -> runs from points near it, twice as
// long as it takes for what is fast to die out -> stable where all come nearer in the second half,
// unstable where one goes away. That decides double roots, decay by power laws, and points where
// ratios are 0 / 0, for which a linearisation does not exist.
#include "analysis/tip/nearby.h"

#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 32, RATE_LANE = 3 };

static const double SLOW = 1e-3;    // change over a long run that an eigenvalue must show
static const double NEUTRAL = 1e-9; // relative change of a distance that counts
static const double ARRIVED = 1e-7; // part of the first distance that is as good as none
static const double GONE = 10;      // times the first distance: it has left, wherever it is now
static const uint64_t SEED = 0x6e656172;

// Distances of the starts; those from a point that cannot be evaluated are over more magnitudes,
// as rates there depend on the direction only.
static const double AWAY[] = {1e-2, 1e-3, 1e-4, 3e-3}, AWAY_FROM_LIMIT[] = {1e-3, 1e-4, 1e-6, 1e-8};

// Runs near a point under way.
struct trial {
    struct frozen *frozen;
    const double *parameters;
    const struct rest_point *point;
    double *states;          // [LANES][n_states] where they are
    double distances[LANES]; // from the point, in sizes
    struct run_ending endings[LANES];
};

bool nearby_is_needed(const struct frozen *frozen, const struct rest_point *point)
{
    if (frozen->has_memory || frozen->lowered->draws.count || point->is_jump)
        return false;
    return point->is_limit || isnan(point->eigenvalue_max_real) ||
           (point->frequency == 0 && fabs(point->eigenvalue_max_real) * frozen->run_length < SLOW);
}

// Whether unknown `i` has died out at a limit.
static bool is_dead(const struct frozen *frozen, const struct rest_point *point, int i)
{
    return point->is_limit && point->unknowns[i] == 0 &&
           (frozen->stays_positive[i] || frozen->least[i] == 0);
}

// How far states are from the point, in sizes; from a limit, whose other unknowns are less precise,
// how far what has died out there is from 0.
static double distance(const struct trial *trial, const double *states)
{
    const struct frozen *frozen = trial->frozen;
    const struct rest_point *point = trial->point;
    double sum = 0;
    for (int k = 0; k < frozen->m; k++) {
        int i = frozen->free[k];
        if (!point->is_limit || is_dead(frozen, point, i))
            sum = hypot(sum, (states[i] - point->unknowns[i]) / frozen->size[i]);
    }
    return sum;
}

// Puts lane `lane` near the point, in a direction of its own, within what the model can get to.
static void put_near(struct trial *trial, int lane)
{
    const struct frozen *frozen = trial->frozen;
    const struct rest_point *point = trial->point;
    double away = point->is_limit ? AWAY_FROM_LIMIT[lane % 4] : AWAY[lane % 4];
    double *unknowns = malloc((size_t)frozen->n * sizeof *unknowns);
    memcpy(unknowns, frozen->start, (size_t)frozen->n * sizeof *unknowns);
    for (int k = 0; k < frozen->m; k++) {
        int i = frozen->free[k];
        double u = 2 * random_uniform(SEED, (uint64_t)lane, (uint32_t)k, 0) - 1;
        bool is_floored =
            point->unknowns[i] >= 0 && (frozen->stays_positive[i] || frozen->least[i] == 0);
        double step = away * frozen->size[i];
        if (is_dead(frozen, point, i))
            unknowns[i] = step * pow(10, u);
        else if (point->is_limit)
            unknowns[i] = point->unknowns[i];
        else
            unknowns[i] = point->unknowns[i] + step * (lane % 2 ? u : lane % 4 ? 1 : -1);
        if (is_floored)
            unknowns[i] = fabs(unknowns[i]);
    }
    frozen_obey_laws(frozen, unknowns);
    memcpy(trial->states + lane * frozen->n_states, unknowns,
           (size_t)frozen->n_states * sizeof *unknowns);
    free(unknowns);
}

// Makes a long run of all lanes from where they are.
static bool go_on(struct trial *trial)
{
    int n = trial->frozen->n_states;
    double *from = malloc((size_t)(LANES * n + 1) * sizeof *from);
    memcpy(from, trial->states, (size_t)(LANES * n) * sizeof *from);
    bool is_good =
        frozen_run(trial->frozen, trial->parameters, LANES, from, trial->states, trial->endings);
    for (int lane = 0; lane < LANES; lane++)
        trial->distances[lane] = trial->endings[lane].end == RUN_COMPLETE
                                     ? distance(trial, trial->states + lane * n)
                                     : NAN;
    free(from);
    return is_good;
}

// Moves what has died out at a limit, as it is in `states`, along its rates for a moment, and makes
// it as small as before: again and again, the direction that wins remains.
static void find_direction(const struct trial *trial, struct probe *probe, double *states)
{
    enum { MOMENTS = 2000 };
    static const double MOMENT = 0.2; // relative change of what changes most
    const struct frozen *frozen = trial->frozen;
    double size = distance(trial, states);
    for (int moment = 0; moment < MOMENTS; moment++) {
        const double *rates = probe_rates(probe, states, trial->parameters);
        double fastest = 0;
        for (int k = 0; k < frozen->m; k++) {
            int i = frozen->free[k];
            if (is_dead(frozen, trial->point, i))
                fastest =
                    fmax(fastest, fabs(rates[i]) / fmax(states[i], 1e-3 * size * frozen->size[i]));
        }
        if (!(fastest > 0) || !isfinite(fastest))
            return;
        for (int k = 0; k < frozen->m; k++) {
            int i = frozen->free[k];
            if (is_dead(frozen, trial->point, i))
                states[i] = fmax(states[i] + MOMENT / fastest * rates[i], 0);
        }
        double grown = distance(trial, states) / size;
        for (int k = 0; k < frozen->m; k++)
            if (is_dead(frozen, trial->point, frozen->free[k]))
                states[frozen->free[k]] /= grown;
    }
}

// The largest eigenvalue near a limit, along the direction that wins; NaN where it is not known.
static double rate_nearby(const struct trial *trial, struct probe *probe)
{
    const struct frozen *frozen = trial->frozen;
    int n = frozen->m - frozen->n_laws;
    double *unknowns = malloc((size_t)(frozen->n + 2 * frozen->m + 2 * n) * sizeof *unknowns);
    double *z = unknowns + frozen->n, *residuals = z + frozen->m, *real = residuals + frozen->m;
    double most = -INFINITY;
    memcpy(unknowns, frozen->start, (size_t)frozen->n * sizeof *unknowns);
    memcpy(unknowns, trial->states + RATE_LANE * frozen->n_states,
           (size_t)frozen->n_states * sizeof *unknowns);
    find_direction(trial, probe, unknowns);
    frozen_scale(frozen, unknowns, z);
    bool is_known = probe_go(probe, z, trial->parameters, residuals) &&
                    probe_eigenvalues(probe, real, real + n);
    for (int i = 0; i < n; i++)
        most = fmax(most, real[i]);
    free(unknowns);
    return is_known ? most : NAN;
}

// What the lanes say after their second run, given their distances after the first.
static enum rest_stability verdict(const struct trial *trial, const double *starts,
                                   const double *first)
{
    int n_nearer = 0, n_away = 0;
    for (int lane = 0; lane < LANES; lane++) {
        double before = first[lane], after = trial->distances[lane];
        if (starts[lane] == 0)
            continue;
        if (trial->point->is_limit && isnan(after)) // ratios of ever smaller numbers end as 0 / 0
            n_nearer += before < starts[lane];
        else if (isnan(after) || before > GONE * starts[lane])
            n_away++;
        else if (after <= ARRIVED * starts[lane] || after < before * (1 - NEUTRAL))
            n_nearer++;
        else
            n_away += after > before * (1 + NEUTRAL);
    }
    return n_away ? REST_UNSTABLE : n_nearer > LANES / 4 ? REST_STABLE : REST_MARGINAL;
}

bool nearby_judge(struct frozen *frozen, struct probe *probe, const double *parameters,
                  struct rest_point *point)
{
    struct trial trial = {.frozen = frozen, .parameters = parameters, .point = point};
    double starts[LANES], first[LANES];
    if (!nearby_is_needed(frozen, point))
        return true;
    trial.states = malloc((size_t)(LANES * frozen->n_states + 1) * sizeof *trial.states);
    for (int lane = 0; lane < LANES; lane++) {
        put_near(&trial, lane);
        starts[lane] = distance(&trial, trial.states + lane * frozen->n_states);
    }
    double rate = point->is_limit ? rate_nearby(&trial, probe) : NAN;
    bool is_good = go_on(&trial);
    memcpy(first, trial.distances, sizeof first);
    is_good = is_good && go_on(&trial);
    if (is_good) {
        point->stability = verdict(&trial, starts, first);
        point->is_by_runs = true;
        point->n_unstable = point->stability == REST_UNSTABLE;
        bool is_at_odds = point->stability == REST_UNSTABLE ? rate < 0 : rate > 0;
        if (point->is_limit) // rates may depend on how small everything is
            point->eigenvalue_max_real = is_at_odds ? NAN : rate;
    }
    free(trial.states);
    return is_good;
}
