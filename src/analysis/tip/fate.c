// Stage: analysis. The ends of long runs, and the rest points found -> what becomes of each run.
// Runs that still move go on until they settle or have had their time. Where one settles and no
// equation has a root, or where a root has stocks that are 0 but for rounding, ratios are 0 / 0:
// the rest point is then the limit, with exactly 0 for what has died out.
#include "analysis/tip/fate.h"

#include "analysis/tip/nearby.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LANES = 64, MOST_LANES_OF_MANY = 24, MANY_UNKNOWNS = 30 };
enum { MOST_ROUNDS = 8, MOST_ROUNDS_OF_MANY = 4 };

static const double AT_REST = 1e-3;         // a run this near a rest point, in sizes, is there
static const double SETTLED = 1e-7;         // change over a long run that counts as none
static const double RATES_COUNT = 1e-2;     // part of what present rates would change that counts
static const double NEARLY_SETTLED = 1e-2;  // likewise where numbers get too small to go on
static const double DEAD = 1e-6;            // what cannot be negative and is less, in sizes, is 0
static const double SAME_LIMIT = 1e-4;      // limits this near are one
static const double SAME_INTERRUPTED = 0.1; // likewise where numbers got too small to go on
static const double FAR_START = 10;         // sizes: a run from there may be too fast to follow
static const double FADED = 1e-3;           // of its rates, what is left at a smooth turn
static const double NOTABLY = 0.999; // part of a distance: a cycle around a point is neared too
static const double RUNAWAY = 1e4;   // sizes away: gone

// Runs that are followed.
struct following {
    struct frozen *frozen;
    struct rest_set *set;
    const double *parameters;
    struct probe *probe;
    int n;                // runs
    int own;              // of which one is the model's own
    double *states;       // [n][n_states] where they are
    double *before;       // [n][n_states] where they were a long run ago
    double *earlier;      // [n][n_states] and one before that
    bool *is_done;        // [n]
    double *unsettled;    // [n] see unrest()
    bool *is_interrupted; // [n] numbers got too small to go on
    bool *is_lost;        // [n] it ran away
    double *lengths;      // [n] how long each was followed
};

// Product of two vectors of states over those that are free, in sizes.
static double dot(const struct frozen *frozen, const double *a, const double *b)
{
    double sum = 0;
    for (int k = 0; k < frozen->m; k++) {
        int i = frozen->free[k];
        if (i < frozen->n_states)
            sum += a[i] * b[i] / (frozen->size[i] * frozen->size[i]);
    }
    return sum;
}

// States as scaled unknowns, what is remembered being as at the start.
static void scale_states(const struct frozen *frozen, const double *states, double *z)
{
    double *unknowns = malloc((size_t)(frozen->n + 1) * sizeof *unknowns);
    memcpy(unknowns, frozen->start, (size_t)frozen->n * sizeof *unknowns);
    memcpy(unknowns, states, (size_t)frozen->n_states * sizeof *unknowns);
    frozen_scale(frozen, unknowns, z);
    free(unknowns);
}

// Distance of states from a point, in sizes.
static double distance(const struct frozen *frozen, const double *states,
                       const struct rest_point *point)
{
    double sum = 0;
    for (int k = 0; k < frozen->m; k++) {
        int i = frozen->free[k];
        if (i < frozen->n_states)
            sum = hypot(sum, (states[i] - point->unknowns[i]) / frozen->size[i]);
    }
    return sum;
}

// The point nearest to states, an unstable one only where `is_any`; -1: there is none.
static int nearest(const struct rest_set *set, const double *states, bool is_any, double *away)
{
    int point = -1;
    *away = INFINITY;
    for (size_t i = 0; i < set->count; i++) {
        if (!is_any && set->items[i].stability == REST_UNSTABLE)
            continue;
        double gap = distance(set->frozen, states, &set->items[i]);
        if (gap < *away) {
            *away = gap;
            point = (int)i;
        }
    }
    return point;
}

// The largest of the free states, in sizes.
static double largest(const struct frozen *frozen, const double *states)
{
    double most = 0;
    for (int k = 0; k < frozen->m; k++)
        if (frozen->free[k] < frozen->n_states)
            most = fmax(most, fabs(states[frozen->free[k]]) / frozen->size[frozen->free[k]]);
    return most;
}

static bool is_floored(const struct frozen *frozen, int i)
{
    return frozen->stays_positive[i] || frozen->least[i] == 0;
}

// Whether unknown `k` of the free ones cannot be negative and is 0 but for a trace in z.
static bool is_nearly_dead(const struct frozen *frozen, const double *z, int k)
{
    return is_floored(frozen, frozen->free[k]) && z[k] != 0 && fabs(z[k]) < DEAD;
}

// Whether something that cannot be negative is as good as 0.
static bool has_dead(const struct frozen *frozen, const double *states)
{
    for (int k = 0; k < frozen->m; k++) {
        int i = frozen->free[k];
        if (i < frozen->n_states && is_floored(frozen, i) &&
            fabs(states[i]) < DEAD * frozen->size[i])
            return true;
    }
    return false;
}

// How much is still moving, in sizes, beside what is as good as 0 and gets less: over the last long
// run, or over the next at present rates, as a swing may come back to the same place.
static double unrest(struct following *following, const double *before, const double *now)
{
    const struct frozen *frozen = following->frozen;
    const double *rates = probe_rates(following->probe, now, following->parameters);
    double most = 0;
    for (int k = 0; k < frozen->m; k++) {
        int i = frozen->free[k];
        bool is_dying = i < frozen->n_states && is_floored(frozen, i) && now[i] <= before[i] &&
                        before[i] < DEAD * frozen->size[i];
        if (i >= frozen->n_states || is_dying)
            continue;
        double size = fmax(frozen->size[i], fabs(now[i]));
        double change =
            fmax(fabs(now[i] - before[i]), RATES_COUNT * fabs(rates[i]) * frozen->run_length);
        most = fmax(most, isfinite(change) ? change / size : INFINITY);
    }
    return most;
}

// The rates of what is nearly 0 in z, that being `share` of what it is: [m], 0 for the others.
static void rates_of_dying(struct following *following, const double *z, double share,
                           double *rates)
{
    const struct frozen *frozen = following->frozen;
    int m = frozen->m;
    double *near = calloc((size_t)m + 1, sizeof *near);
    for (int k = 0; k < m; k++)
        near[k] = is_nearly_dead(frozen, z, k) ? share * fabs(z[k]) : z[k];
    probe_go(following->probe, near, following->parameters, rates);
    for (int k = 0; k < m; k++)
        rates[k] = is_nearly_dead(frozen, z, k) ? fabs(rates[k]) : 0;
    free(near);
}

// Makes what cannot be negative and is nearly 0 exactly 0, where its rate vanishes along with it;
// where it is fed by something else it stays as it is, but for rounding below 0. Whether something
// died.
static bool bury(struct following *following, double *z)
{
    static const double FED = 30; // times the rate that falls in proportion
    const struct frozen *frozen = following->frozen;
    int m = frozen->m;
    double *small = malloc((size_t)(2 * m + 1) * sizeof *small), *tiny = small + m;
    bool has_died = false;
    rates_of_dying(following, z, 1e-3, small);
    rates_of_dying(following, z, 1e-6, tiny);
    for (int k = 0; k < m; k++) {
        if (!is_nearly_dead(frozen, z, k))
            continue;
        bool is_fed = tiny[k] > FED * 1e-3 * small[k];
        has_died |= !is_fed;
        z[k] = is_fed ? fmax(z[k], 0) : 0;
    }
    free(small);
    return has_died;
}

// The watched value that is approached as what is dead gets ever smaller.
static double watched_limit(struct probe *probe, const struct frozen *frozen,
                            const double *parameters, const double *z)
{
    double *near = malloc((size_t)(2 * frozen->m + 1) * sizeof *near), values[2];
    for (int round = 0; round < 2; round++) {
        for (int k = 0; k < frozen->m; k++)
            near[k] = z[k] == 0 ? (round ? 1e-9 : 1e-7) : z[k];
        probe_go(probe, near, parameters, near + frozen->m);
        values[round] = probe_watched(probe, 0);
    }
    free(near);
    return fabs(values[1]) < 0.1 * fabs(values[0]) ? 0 : values[1];
}

// Makes a point the limit of runs whose dead stocks are 0.
static void make_limit(struct following *following, struct rest_point *point)
{
    const struct frozen *frozen = following->frozen;
    double *residuals = malloc((size_t)(frozen->m + 1) * sizeof *residuals);
    probe_go(following->probe, point->z, following->parameters, residuals);
    memcpy(point->unknowns, probe_unknowns(following->probe), (size_t)frozen->n * sizeof(double));
    if (frozen->n_watched)
        point->watched = watched_limit(following->probe, frozen, following->parameters, point->z);
    point->is_limit = true;
    free(residuals);
}

// Whether z with what is dead at 0 is a root by itself; whether it can be evaluated.
static bool is_root(struct following *following, const double *z, bool *is_finite)
{
    static const double ROOT = 1e-9;
    int m = following->frozen->m;
    double *residuals = malloc((size_t)(m + 1) * sizeof *residuals);
    bool is_good = probe_go(following->probe, z, following->parameters, residuals);
    *is_finite = is_good;
    for (int k = 0; k < m && is_good; k++)
        is_good = fabs(residuals[k]) < ROOT;
    free(residuals);
    return is_good;
}

// Looks at the roots that have stocks which are 0 but for rounding.
static void bury_roots(struct following *following)
{
    struct rest_set *set = following->set;
    size_t bytes = (size_t)following->frozen->m * sizeof(double);
    double *before = malloc(bytes + 1);
    for (size_t i = 0; i < set->count; i++) {
        struct rest_point *point = &set->items[i];
        memcpy(before, point->z, bytes);
        bool is_finite;
        bool has_died = bury(following, point->z);
        bool is_still_root = is_root(following, point->z, &is_finite);
        if (has_died && is_finite && !is_still_root) // something feeds it after all
            for (int k = 0; k < following->frozen->m; k++)
                point->z[k] = is_floored(following->frozen, following->frozen->free[k])
                                  ? fmax(before[k], 0)
                                  : before[k];
        if (has_died && !is_finite)
            make_limit(following, point);
        else if (memcmp(before, point->z, bytes) != 0)
            rest_examine(set, following->probe, following->parameters, point);
    }
    free(before);
}

// Where a run has settled, as scaled unknowns; the root there if there is one. Whether it is a
// root.
static bool find_settled(struct following *following, const double *states, double *z)
{
    const struct frozen *frozen = following->frozen;
    int m = frozen->m;
    double *root = malloc((size_t)(m + 1) * sizeof *root);
    scale_states(frozen, states, z);
    memcpy(root, z, (size_t)m * sizeof *root);
    bool is_near = probe_solve(following->probe, root, following->parameters);
    for (int k = 0; k < m && is_near; k++)
        is_near = fabs(root[k] - z[k]) < AT_REST;
    bool is_finite;
    if (is_near && bury(following, root))
        is_near = is_root(following, root, &is_finite);
    if (is_near)
        memcpy(z, root, (size_t)m * sizeof *z);
    else
        bury(following, z);
    free(root);
    return is_near;
}

// Whether everything that is dead in z is so at a limit of the set: where z heads for, as far as a
// run can tell that numbers have stopped.
static bool is_on_the_way(const struct rest_set *set, const double *z)
{
    for (size_t i = 0; i < set->count; i++) {
        bool is_part = set->items[i].is_limit;
        for (int k = 0; k < set->frozen->m && is_part; k++)
            is_part = z[k] != 0 || set->items[i].z[k] == 0;
        if (is_part)
            return true;
    }
    return false;
}

// Adds where a run has settled, unless it is known; a limit that has settled better replaces one.
static void add_settled(struct following *following, const double *states, double unsettled,
                        bool is_interrupted)
{
    struct rest_set *set = following->set;
    double away, *z = malloc((size_t)(following->frozen->m + 1) * sizeof *z);
    bool is_root = find_settled(following, states, z);
    int known = nearest(set, states, true, &away);
    struct rest_point *point = known >= 0 ? &set->items[known] : NULL;
    bool is_known = away <= (is_root          ? AT_REST
                             : is_interrupted ? SAME_INTERRUPTED
                                              : fmax(SAME_LIMIT, 10 * unsettled));
    if (!is_known && is_interrupted && is_on_the_way(set, z)) {
        free(z);
        return;
    }
    if (!is_known) {
        point = rest_add(set, following->probe, following->parameters, z);
        point->unsettled = unsettled;
        if (!is_root)
            make_limit(following, point);
    } else if (point->is_limit && !is_root && unsettled < point->unsettled) {
        memcpy(point->z, z, (size_t)following->frozen->m * sizeof *z);
        point->unsettled = unsettled;
        make_limit(following, point);
    }
    point->is_end = true;
    free(z);
}

// Whether a run has not got further since `before` than a few steps at its rates.
static bool is_stuck(const struct frozen *frozen, const double *before, const double *now,
                     const double *rates)
{
    enum { STEPS = 4 };
    double step = frozen->tip_case->source.model->time.step;
    bool is_good = true;
    for (int k = 0; k < frozen->m; k++) {
        int i = frozen->free[k];
        if (i < frozen->n_states)
            is_good &= fabs(now[i] - before[i]) <=
                       STEPS * step * fabs(rates[i]) + SETTLED * frozen->size[i];
    }
    return is_good;
}

// Whether a run is held where equations jump, by rates that push it there from both sides: it is
// stuck, and a step along its rates turns them round, however near one looks (at a smooth turn they
// fade out). Leaves the place in `held` [n_states].
static bool is_held(struct following *following, const double *before, const double *now,
                    double *held)
{
    enum { HALVINGS = 60 };
    const struct frozen *frozen = following->frozen;
    double step = frozen->tip_case->source.model->time.step;
    int n = frozen->n_states;
    double *rates = malloc((size_t)(n + 1) * sizeof *rates);
    memcpy(rates, probe_rates(following->probe, now, following->parameters),
           (size_t)n * sizeof *rates);
    double norm = dot(frozen, rates, rates);
    double low = 0, high = 1;              // parts of the step: short of the place, beyond it
    double short_of_it = norm, beyond = 0; // what is left there of the rates, along themselves
    bool is_good = is_stuck(frozen, before, now, rates);
    for (int round = 0; round < HALVINGS && is_good; round++) {
        double part = round ? (low + high) / 2 : high;
        for (int i = 0; i < n; i++)
            held[i] = now[i] + part * step * rates[i];
        double along =
            dot(frozen, rates, probe_rates(following->probe, held, following->parameters));
        is_good = round > 0 || along < 0;
        *(along < 0 ? &high : &low) = part;
        *(along < 0 ? &beyond : &short_of_it) = along;
    }
    free(rates);
    return is_good && short_of_it > FADED * norm && -beyond > FADED * norm;
}

// Adds a place where runs are held, unless it is known.
static void add_held(struct following *following, const double *held)
{
    const struct frozen *frozen = following->frozen;
    struct rest_set *set = following->set;
    double away, *z = malloc((size_t)(frozen->m + 1) * sizeof *z);
    scale_states(frozen, held, z);
    nearest(set, held, true, &away);
    if (away > SAME_LIMIT) {
        struct rest_point *point = rest_add(set, following->probe, following->parameters, z);
        point->stability = REST_STABLE;
        point->eigenvalue_max_real = NAN;
        point->is_end = point->is_jump = true;
    }
    free(z);
}

// Makes a long run of all that are not done; settled ones are added to the set.
static bool go_on(struct following *following)
{
    struct frozen *frozen = following->frozen;
    size_t n = (size_t)frozen->n_states, bytes = (size_t)following->n * n * sizeof(double);
    struct run_ending *endings = malloc((size_t)following->n * sizeof *endings);
    double *held = malloc((n + 1) * sizeof *held);
    memcpy(following->earlier, following->before, bytes);
    memcpy(following->before, following->states, bytes);
    bool is_good = frozen_run(frozen, following->parameters, following->n, following->before,
                              following->states, endings);
    for (int i = 0; i < following->n && is_good; i++) {
        double *now = following->states + (size_t)i * n,
               *before = following->before + (size_t)i * n;
        if (following->is_done[i]) {
            memcpy(now, before, n * sizeof *now);
            continue;
        }
        bool is_complete = endings[i].end == RUN_COMPLETE;
        if (!is_complete) {
            memcpy(now, before, n * sizeof *now);
            before = following->earlier + (size_t)i * n;
        }
        following->lengths[i] += frozen->run_length;
        double size = largest(frozen, now);
        following->is_lost[i] = (size > RUNAWAY && size > 2 * largest(frozen, before)) ||
                                (!is_complete && !has_dead(frozen, now));
        double unsettled = unrest(following, before, now);
        following->is_done[i] = following->is_lost[i] || !is_complete || unsettled <= SETTLED;
        following->unsettled[i] = unsettled;
        following->is_interrupted[i] = !is_complete && !following->is_lost[i];
        if (is_complete && !following->is_lost[i] && unsettled <= SETTLED)
            add_settled(following, now, unsettled, false);
        if (!following->is_done[i] && is_held(following, before, now, held)) {
            add_held(following, held);
            memcpy(now, held, n * sizeof *now);
            following->is_done[i] = true;
        }
    }
    free(endings);
    free(held);
    return is_good;
}

// Whether a run's way from the last two rounds to this leads nearer to a point each time.
static bool comes_nearer(const struct following *following, int i, const struct rest_point *point)
{
    const struct frozen *frozen = following->frozen;
    int n = frozen->n_states;
    if (point->stability != REST_STABLE && point->frequency > 0)
        return false; // it goes round
    double now = distance(frozen, following->states + i * n, point);
    double before = distance(frozen, following->before + i * n, point);
    double earlier = distance(frozen, following->earlier + i * n, point);
    return now < NOTABLY * before && before < NOTABLY * earlier;
}

// Whether a state of a run grew in each of the last two rounds, and is large.
static bool keeps_growing(const struct following *following, int i)
{
    const struct frozen *frozen = following->frozen;
    for (int k = 0; k < frozen->m; k++) {
        int at = frozen->free[k], n = frozen->n_states;
        if (at >= n)
            continue;
        double now = fabs(following->states[i * n + at]);
        double before = fabs(following->before[i * n + at]);
        double earlier = fabs(following->earlier[i * n + at]);
        if (now > 1.02 * before && before > 1.02 * earlier && now > 10 * frozen->size[at])
            return true;
    }
    return false;
}

static struct run_fate judge(const struct following *following, int i)
{
    const struct rest_set *set = following->set;
    struct run_fate fate = {.fate = FATE_UNKNOWN, .length = following->lengths[i]};
    fate.states = following->states + (size_t)i * (size_t)following->frozen->n_states;
    fate.point = nearest(set, fate.states, true, &fate.away);
    bool was_followed = following->lengths[i] > following->frozen->run_length;
    bool is_there = fate.point >= 0 && fate.away <= AT_REST;
    if (!is_there)
        fate.point = nearest(set, fate.states, false, &fate.away);
    bool is_near = following->is_interrupted[i] && fate.away <= SAME_INTERRUPTED;
    if (following->is_lost[i] || (was_followed && keeps_growing(following, i)))
        fate.fate = FATE_GROWS;
    else if (is_there)
        fate.fate = FATE_RESTS;
    else if (fate.point >= 0 &&
             (is_near || (was_followed && comes_nearer(following, i, &set->items[fate.point]))))
        fate.fate = FATE_HEADS;
    else if (largest(following->frozen, fate.states) < RUNAWAY)
        fate.fate = FATE_SWINGS; // or it drifts: see swing_look()
    if (fate.fate != FATE_RESTS && fate.fate != FATE_HEADS)
        fate.point = -1;
    return fate;
}

// Room for `most` runs, in the arena of the set as fates point to states.
static void make_room(struct following *following, int most)
{
    struct arena *arena = following->frozen->arena;
    int n = following->frozen->n_states;
    following->states = ARENA_NEW_ARRAY(arena, double, most *n);
    following->before = ARENA_NEW_ARRAY(arena, double, most *n);
    following->earlier = ARENA_NEW_ARRAY(arena, double, most *n);
    following->is_done = ARENA_NEW_ARRAY(arena, bool, most);
    following->unsettled = ARENA_NEW_ARRAY(arena, double, most);
    following->is_interrupted = ARENA_NEW_ARRAY(arena, bool, most);
    following->is_lost = ARENA_NEW_ARRAY(arena, bool, most);
    following->lengths = ARENA_NEW_ARRAY(arena, double, most);
}

// Adds a run that is at `states` after its first long run.
static void add_run(struct following *following, const double *states, bool is_at_rest)
{
    const struct frozen *frozen = following->frozen;
    int i = following->n++;
    double *const kept[] = {following->states, following->before, following->earlier};
    for (int k = 0; k < 3; k++)
        memcpy(kept[k] + i * frozen->n_states, states, (size_t)frozen->n_states * sizeof *states);
    following->is_done[i] = is_at_rest || frozen->has_memory || frozen->lowered->draws.count;
    following->lengths[i] = frozen->run_length;
}

// Takes the own run and those that still move; the others are at rest.
static void choose_runs(struct following *following, int most)
{
    const struct frozen *frozen = following->frozen;
    for (int end = 0; end < frozen->n_ends && following->n < most; end++) {
        const double *states = frozen->ends + end * frozen->n;
        double away;
        bool is_own = end == 0 && frozen->has_own_end;
        bool is_at_rest = nearest(following->set, states, true, &away) >= 0 && away <= AT_REST;
        if (is_at_rest && !is_own)
            following->set->n_fates[FATE_RESTS]++;
        else
            add_run(following, states, is_at_rest);
    }
}

// Looks again at runs that the model's own method lost, with one that adapts its steps: whether
// they do run away. The own run is the first where it was lost.
static bool retry(struct following *following, struct diag *diag)
{
    struct frozen *frozen = following->frozen;
    int n = frozen->n_lost;
    if (!n || frozen->has_memory || frozen->m > MANY_UNKNOWNS)
        return true;
    double *states = malloc((size_t)(n * frozen->n_states + 1) * sizeof *states);
    struct run_ending *endings = malloc((size_t)n * sizeof *endings);
    bool is_good = frozen_retry(frozen, following->parameters, states, endings, diag);
    for (int i = 0; i < n && is_good; i++) {
        bool is_complete = endings[i].end == RUN_COMPLETE;
        const double *start = frozen->lost + i * frozen->n_states;
        const double *last = is_complete ? states + i * frozen->n_states : start;
        if (!is_complete && largest(frozen, start) > FAR_START)
            continue; // it may have been too fast rather than too far
        add_run(following, last, false);
        following->is_lost[following->n - 1] = !is_complete;
        following->is_done[following->n - 1] |= !is_complete;
    }
    free(states);
    free(endings);
    return is_good;
}

// Notes a run that swings.
static void note_swing(struct rest_set *set, const struct run_fate *fate)
{
    int n = set->frozen->n_states;
    if (!set->swings.states) {
        set->swings = *fate;
        set->swing_low = ARENA_NEW_ARRAY(set->frozen->arena, double, n);
        set->swing_high = ARENA_NEW_ARRAY(set->frozen->arena, double, n);
        memcpy(set->swing_low, fate->states, (size_t)n * sizeof(double));
        memcpy(set->swing_high, fate->states, (size_t)n * sizeof(double));
    }
    for (int i = 0; i < n; i++) {
        set->swing_low[i] = fmin(set->swing_low[i], fate->states[i]);
        set->swing_high[i] = fmax(set->swing_high[i], fate->states[i]);
    }
}

static void fill_in(struct following *following)
{
    struct rest_set *set = following->set;
    set->own = (struct run_fate){.fate = FATE_UNKNOWN, .point = -1};
    for (int i = 0; i < following->n; i++) {
        struct run_fate fate = judge(following, i);
        set->n_fates[fate.fate]++;
        if (i == following->own)
            set->own = fate;
        if (fate.fate == FATE_SWINGS)
            note_swing(set, &fate);
    }
    set->n_moving = 0;
    for (int fate = FATE_HEADS; fate < N_FATES; fate++)
        set->n_moving += set->n_fates[fate];
}

// Adds where runs were when their numbers got too small to go on, the most settled first: how far
// each had got by then differs.
static void add_interrupted(struct following *following)
{
    double last = 0;
    for (;;) {
        int next = -1;
        for (int i = 0; i < following->n; i++)
            if (following->is_interrupted[i] && following->unsettled[i] > last &&
                following->unsettled[i] <= NEARLY_SETTLED &&
                (next < 0 || following->unsettled[i] < following->unsettled[next]))
                next = i;
        if (next < 0)
            return;
        last = following->unsettled[next];
        add_settled(following, following->states + next * following->frozen->n_states, last, true);
    }
}

// Follows all runs until they settle or have had their time.
static bool follow(struct following *following)
{
    bool is_moving = true, is_good = true;
    int most = following->frozen->m > MANY_UNKNOWNS ? MOST_ROUNDS_OF_MANY : MOST_ROUNDS;
    for (int round = 0; round <= most && is_moving && is_good; round++) {
        is_good = round == 0 || go_on(following);
        is_moving = false;
        for (int i = 0; i < following->n; i++)
            is_moving |= !following->is_done[i];
    }
    add_interrupted(following);
    return is_good;
}

bool fate_find(struct rest_set *set, const double *parameters, struct diag *diag)
{
    struct frozen *frozen = set->frozen;
    struct arena *scratch = arena_create();
    struct following following = {.frozen = frozen, .set = set, .parameters = parameters};
    following.probe = probe_create(scratch, frozen);
    bool is_good = true;
    if (frozen->m) {
        bury_roots(&following);
        int most = frozen->m > MANY_UNKNOWNS ? MOST_LANES_OF_MANY : MOST_LANES;
        make_room(&following, most + frozen->n_lost);
        choose_runs(&following, most);
        following.own = frozen->has_own_end ? 0 : following.n;
        is_good = retry(&following, diag) && follow(&following);
        for (size_t i = 0; i < set->count && is_good && !set->is_continuum; i++)
            is_good = nearby_judge(frozen, following.probe, parameters, &set->items[i]);
        rest_sort(set);
        fill_in(&following);
    }
    arena_free(scratch);
    return is_good;
}
