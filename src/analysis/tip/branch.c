// Stage: analysis. Rest points at several values of the parameter -> branches through them, both
// ways, and from where they cross onto the branches that cross them.
#include "analysis/tip/tracing.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_POINTS = 8000, HALVINGS = 40, MAX_BRANCHES = 60 };
enum { FEW_UNKNOWNS = 4, SOME_UNKNOWNS = 10, MANY_UNKNOWNS = 30 };
enum { MANY_PARTS = 32, SOME_PARTS = 12, FEW_PARTS = 4 }; // of the range, with a search at each
enum { MAX_BRANCHES_OF_MANY = 6, MAX_POINTS_OF_MANY = 500, SPARSE = 8 };

static const double LONGEST_OF_MANY = 0.05, LONGEST = 0.02, FIRST = 0.002, FAR = 1e6, TINY = 1e-9;
static const double DENSE =
    1e-6; // steps below this leave no point: they feel their way to a corner

double tracing_value(const struct tracing *tracing, const double *u)
{
    const struct branch_set *set = tracing->set;
    return set->low + u[tracing->frozen->m] * (set->high - set->low);
}

// Takes z and the parameter from u.
static void take(struct tracing *tracing, const double *u)
{
    for (int k = 0; k < tracing->frozen->m; k++)
        tracing->z[k] = u[k] * tracing->root * tracing->set->scale[k];
    tracing->parameters[tracing->set->parameter] = tracing_value(tracing, u);
}

static bool evaluate(void *context, const double *u, double *residuals)
{
    struct tracing *tracing = context;
    take(tracing, u);
    return probe_go(tracing->probe, tracing->z, tracing->parameters, residuals);
}

static void differentiate(void *context, const double *u, double *slopes)
{
    struct tracing *tracing = context;
    const struct branch_set *set = tracing->set;
    int m = tracing->frozen->m;
    (void)u;
    probe_slopes(tracing->probe, tracing->by_z, set->parameter, tracing->by_parameter);
    for (int a = 0; a < m; a++) {
        for (int b = 0; b < m; b++)
            slopes[a * (m + 1) + b] = tracing->by_z[a * m + b] * tracing->root * set->scale[b];
        slopes[a * (m + 1) + m] = tracing->by_parameter[a] * (set->high - set->low);
    }
}

void tracing_fill(struct tracing *tracing, const double *u, struct rest_point *point)
{
    int m = tracing->frozen->m;
    take(tracing, u);
    *point = (struct rest_point){.z = ARENA_NEW_ARRAY(tracing->frozen->arena, double, m)};
    memcpy(point->z, tracing->z, (size_t)m * sizeof(double));
    rest_fill(tracing->frozen, tracing->probe, tracing->parameters, point);
}

// Likewise for the next point of a branch; with many unknowns eigenvalues take long, so every
// SPARSE-th point and those behind a fold have their own, the others what the one before had.
static void fill_next(struct tracing *tracing, const struct curve_point *at, int index,
                      bool is_behind_event, const struct rest_point *before,
                      struct rest_point *point)
{
    int m = tracing->frozen->m;
    if (m <= MANY_UNKNOWNS || is_behind_event || index % SPARSE == 0) {
        tracing_fill(tracing, at->u, point);
        return;
    }
    take(tracing, at->u);
    *point = *before;
    point->z = ARENA_NEW_ARRAY(tracing->frozen->arena, double, m);
    memcpy(point->z, tracing->z, (size_t)m * sizeof(double));
    rest_fill_values(tracing->frozen, tracing->probe, tracing->parameters, point);
}

bool tracing_is_feasible(const struct frozen *frozen, const double *z)
{
    for (int k = 0; k < frozen->m; k++)
        if (z[k] < frozen->least[frozen->free[k]] / frozen->size[frozen->free[k]] - 1e-9)
            return false;
    return true;
}

static double distance(const double *a, const double *b, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum = hypot(sum, a[i] - b[i]);
    return sum;
}

static double largest(const double *values, int n)
{
    double size = 0;
    for (int i = 0; i < n; i++)
        size = fmax(size, fabs(values[i]));
    return size;
}

// A branch being followed in one direction.
struct following {
    struct tracing *tracing;
    struct branch *branch;
    struct branch_ending *ending;
    const double *seed;          // [m + 1]
    struct curve_point from, to; // ends of the present step
    struct curve_point at;       // a place within it
    struct rest_point before, after;
    double taken;
    struct {
        struct curve_point point;
        double taken;     // to it
        size_t item;      // of the branch
    } recent[SPARSE + 1]; // from the last point with eigenvalues of its own, that one included
    int n_recent;
};

static void add_point(struct tracing *tracing, struct branch *branch, double value,
                      const struct rest_point *point)
{
    ARRAY_PUSH(tracing->frozen->arena, branch) = (struct branch_point){value, *point};
}

static bool end(struct following *following, enum branch_ending_kind kind)
{
    double value = tracing_value(following->tracing, following->from.u);
    const struct branch_set *set = following->tracing->set;
    bool is_zero = fabs(value) < 1e-6 * (set->high - set->low);
    *following->ending = (struct branch_ending){kind, is_zero ? 0 : value};
    return false;
}

// Goes to where the parameter reaches `bound` within the present step of length `taken`, about: the
// result is `at`. False where that fails.
static bool approach_bound(struct following *following, double taken, double bound)
{
    enum { ROUNDS = 40 };
    struct tracing *tracing = following->tracing;
    int m = tracing->frozen->m;
    double low = 0, at_low = following->from.u[m] - bound;
    double high = taken, at_high = following->to.u[m] - bound;
    for (int i = 0; i < ROUNDS && at_low * at_high < 0; i++) { // Illinois method
        double middle = (low * at_high - high * at_low) / (at_high - at_low);
        if (!curve_step(&tracing->curve, &following->from, middle, &following->at))
            return false;
        double here = following->at.u[m] - bound;
        if (fabs(here) < 1e-9)
            return true;
        bool is_low = here * at_low > 0;
        *(is_low ? &low : &high) = middle;
        *(is_low ? &at_low : &at_high) = here;
        *(is_low ? &at_high : &at_low) /= 2;
    }
    return false;
}

// Ends a branch exactly at a bound of the parameter, between the present point and `to`, a step of
// length `taken` away.
static void add_range_end(struct following *following, double taken)
{
    struct tracing *tracing = following->tracing;
    int m = tracing->frozen->m;
    double bound = following->to.u[m] > 0.5 ? 1 : 0, *at = following->at.u;
    double *normal = ARENA_NEW_ARRAY(tracing->scratch, double, m + 1);
    double *moved = ARENA_NEW_ARRAY(tracing->scratch, double, m + 1);
    if (following->from.u[m] == bound || !approach_bound(following, taken, bound))
        return;
    at[m] = bound;
    memcpy(moved, at, (size_t)(m + 1) * sizeof *moved);
    normal[m] = 1;
    struct rest_point point;
    if (!curve_settle(&tracing->curve, at, normal) || distance(moved, at, m) > taken / 10)
        return;
    at[m] = bound;
    tracing_fill(tracing, at, &point);
    if (tracing_is_feasible(tracing->frozen, point.z))
        add_point(tracing, following->branch, tracing_value(tracing, at), &point);
}

// Ends a branch where a stock reaches its least within the present step.
static void add_bound_end(struct following *following)
{
    struct tracing *tracing = following->tracing;
    double low = 0, high = following->taken;
    curve_point_copy(&tracing->curve, &following->from, &following->at);
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        bool is_on = curve_step(&tracing->curve, &following->from, middle, &following->to);
        take(tracing, following->to.u);
        if (is_on && tracing_is_feasible(tracing->frozen, tracing->z)) {
            low = middle;
            curve_point_copy(&tracing->curve, &following->to, &following->at);
        } else {
            high = middle;
        }
    }
    struct rest_point point;
    tracing_fill(tracing, following->at.u, &point);
    if (low > 0)
        add_point(tracing, following->branch, tracing_value(tracing, following->at.u), &point);
    curve_point_copy(&tracing->curve, &following->at, &following->from);
}

// The largest residual a little way along the tangent; infinite where they have no value.
static double residual_at(struct following *following, double away)
{
    struct tracing *tracing = following->tracing;
    double *u = following->at.u;
    for (int k = 0; k <= tracing->frozen->m; k++)
        u[k] = following->from.u[k] +
               away * fmax(1, fabs(following->from.u[k])) * following->from.tangent[k];
    bool is_finite = evaluate(tracing, u, tracing->curve.residuals);
    return is_finite ? largest(tracing->curve.residuals, tracing->frozen->m) : INFINITY;
}

// Ends a branch from which no step goes on: at a jump of the equations, where they have no value,
// or for a reason that is not known.
static bool end_here(struct following *following)
{
    static const double BEYOND = 1e-7, JUMPS = 1e-4;
    struct tracing *tracing = following->tracing;
    struct branch *branch = following->branch;
    double ahead = residual_at(following, BEYOND), behind = residual_at(following, -BEYOND);
    bool is_finite = isfinite(ahead), jumps = is_finite && ahead > JUMPS && behind < ahead / 100;
    double value = tracing_value(tracing, following->from.u);
    if (!branch->count || branch->items[branch->count - 1].value != value)
        add_point(tracing, branch, value, &following->before);
    if (jumps) {
        struct branch_event event = {.kind = EVENT_END,
                                     .branch = (int)tracing->set->branches.count,
                                     .value = value,
                                     .rest = following->before};
        ARRAY_PUSH(tracing->frozen->arena, &tracing->set->events) = event;
    }
    return end(following, jumps ? ENDS_AT_JUMP : is_finite ? ENDS_LOST : ENDS_AT_GAP);
}

// Remembers the present point as one whose eigenvalues may have to be looked at after all.
static void remember(struct following *following, const struct curve_point *point, bool is_own)
{
    struct tracing *tracing = following->tracing;
    if (tracing->frozen->m <= MANY_UNKNOWNS)
        return;
    if (is_own || following->n_recent > SPARSE)
        following->n_recent = 0;
    int at = following->n_recent++;
    if (!following->recent[at].point.u)
        following->recent[at].point = curve_point_create(&tracing->curve, tracing->scratch);
    curve_point_copy(&tracing->curve, point, &following->recent[at].point);
    following->recent[at].taken = following->taken;
    following->recent[at].item = following->branch->count;
}

// Stability has changed since the last point with eigenvalues of its own: looks at those between.
static void look_back(struct following *following)
{
    struct tracing *tracing = following->tracing;
    struct rest_point before;
    for (int i = 0; i < following->n_recent; i++) {
        struct rest_point after;
        const struct curve_point *to = &following->recent[i].point;
        tracing_fill(tracing, to->u, &after);
        if (i > 0) {
            const struct branch_step step = {&following->recent[i - 1].point, to, &before, &after,
                                             following->recent[i].taken};
            event_find(tracing, &step, &following->at);
        }
        size_t item = following->recent[i].item;
        if (item > 0 && item <= following->branch->count)
            following->branch->items[item - 1].rest = after;
        before = after;
    }
    if (following->n_recent)
        following->before = before;
}

// Goes on by one step; false where the branch ends.
static bool go_on(struct following *following, int index, double *length)
{
    struct tracing *tracing = following->tracing;
    int m = tracing->frozen->m;
    const struct curve_point *from = &following->from, *to = &following->to;
    if (!curve_advance(&tracing->curve, from, length, &following->taken, &following->to))
        return end_here(following);
    if (to->u[m] < 0 || to->u[m] > 1) {
        add_range_end(following, following->taken);
        return end(following, ENDS_AT_RANGE);
    }
    bool is_event =
        (from->tangent[m] > 0) != (to->tangent[m] > 0) || from->orientation != to->orientation;
    fill_next(tracing, to, index, is_event, &following->before, &following->after);
    bool is_own = is_event || index % SPARSE == 0; // where eigenvalues are sparse
    if (is_own && !is_event && following->before.n_unstable != following->after.n_unstable)
        look_back(following);
    const struct branch_step step = {from, to, &following->before, &following->after,
                                     following->taken};
    double length_to_turn = event_find(tracing, &step, &following->at);
    if (length_to_turn > 0) { // beyond the end of the range and back
        curve_point_copy(&tracing->curve, &following->at, &following->to);
        add_range_end(following, length_to_turn);
        return end(following, ENDS_AT_RANGE);
    }
    if (!tracing_is_feasible(tracing->frozen, following->after.z)) {
        add_bound_end(following);
        return end(following, ENDS_AT_BOUND);
    }
    if (largest(to->u, m) > FAR)
        return end(following, ENDS_FAR);
    if (following->taken > DENSE)
        add_point(tracing, following->branch, tracing_value(tracing, to->u), &following->after);
    remember(following, to, is_own);
    if (index > 8 && distance(to->u, following->seed, m + 1) < following->taken)
        return end(following, ENDS_AT_START);
    curve_point_copy(&tracing->curve, to, &following->from);
    following->before = following->after;
    return true;
}

// Follows the branch from its seed in one direction: `sign` times `along` [m + 1].
static void follow(struct tracing *tracing, const double *seed, const double *along, double sign,
                   struct branch *branch, struct branch_ending *ending)
{
    int m = tracing->frozen->m;
    const volatile sig_atomic_t *cancel = tracing->frozen->tip->options.cancel;
    struct following following = {tracing, branch, ending, seed, .taken = 0};
    following.from = curve_point_create(&tracing->curve, tracing->scratch);
    following.to = curve_point_create(&tracing->curve, tracing->scratch);
    following.at = curve_point_create(&tracing->curve, tracing->scratch);
    double *towards = ARENA_NEW_ARRAY(tracing->scratch, double, m + 1), length = FIRST;
    for (int k = 0; k <= m; k++)
        towards[k] = sign * along[k];
    memcpy(following.from.u, seed, (size_t)(m + 1) * sizeof *seed);
    end(&following, ENDS_LOST);
    if (!curve_start(&tracing->curve, &following.from, towards))
        return;
    tracing_fill(tracing, seed, &following.before);
    remember(&following, &following.from, true);
    int most = m > MANY_UNKNOWNS ? MAX_POINTS_OF_MANY : MAX_POINTS;
    for (int i = 0; i < most && !(cancel && *cancel); i++)
        if (!go_on(&following, i, &length))
            return;
    end(&following, ENDS_LOST);
}

// Takes u from a point of a branch.
static void place(const struct tracing *tracing, const struct branch_point *point, double *u)
{
    const struct branch_set *set = tracing->set;
    int m = tracing->frozen->m;
    for (int k = 0; k < m; k++)
        u[k] = point->rest.z[k] / (tracing->root * set->scale[k]);
    u[m] = (point->value - set->low) / (set->high - set->low);
}

// Whether a branch leads nowhere: the seed was no rest point but a place where equations are so
// large that Newton's method takes it for one.
static bool is_nothing(struct tracing *tracing, const struct branch *branch, const double *seed)
{
    int n = tracing->frozen->m + 1;
    double *u = ARENA_NEW_ARRAY(tracing->scratch, double, n), away = 0;
    for (size_t i = 0; i < branch->count; i++) {
        place(tracing, &branch->items[i], u);
        away = fmax(away, distance(u, seed, n));
    }
    return branch->ends[0].kind == ENDS_LOST && branch->ends[1].kind == ENDS_LOST && away < 1e-4;
}

// Both halves of the branch through a seed as one, from one end to the other; `along` [m + 1] is
// roughly its direction there.
static void trace_seed(struct tracing *tracing, const double *seed, const double *along)
{
    struct branch_set *set = tracing->set;
    struct branch up = {0}, down = {0}, whole = {0};
    struct rest_point point;
    follow(tracing, seed, along, 1, &up, &whole.ends[1]);
    whole.ends[0] = whole.ends[1];
    if (whole.ends[1].kind != ENDS_AT_START)
        follow(tracing, seed, along, -1, &down, &whole.ends[0]);
    for (size_t i = down.count; i-- > 0;)
        add_point(tracing, &whole, down.items[i].value, &down.items[i].rest);
    tracing_fill(tracing, seed, &point);
    add_point(tracing, &whole, tracing_value(tracing, seed), &point);
    for (size_t i = 0; i < up.count; i++)
        add_point(tracing, &whole, up.items[i].value, &up.items[i].rest);
    if (is_nothing(tracing, &whole, seed))
        set->has_untraced = true;
    else
        ARRAY_PUSH(tracing->frozen->arena, &set->branches) = whole;
}

// Whether the curve between two points of a branch passes through u; `room` [3][m + 1].
static bool passes(struct tracing *tracing, const struct branch_point *first,
                   const struct branch_point *second, const double *u, double *room)
{
    int n = tracing->frozen->m + 1;
    double *a = room, *normal = room + n, *at = room + 2 * n, length = 0, along = 0;
    place(tracing, first, a);
    place(tracing, second, normal);
    for (int k = 0; k < n; k++) {
        normal[k] -= a[k];
        length = hypot(length, normal[k]);
    }
    if (length == 0)
        return distance(a, u, n) < 1e-7;
    for (int k = 0; k < n; k++) {
        normal[k] /= length;
        along += normal[k] * (u[k] - a[k]);
    }
    if (along < -0.1 * length || along > 1.1 * length)
        return false;
    for (int k = 0; k < n; k++)
        at[k] = a[k] + along * normal[k];
    double margin = 1e-6 * fmax(1, largest(u, n)), gap = distance(at, u, n);
    if (gap < margin)
        return true;
    return gap < length / 2 && curve_settle(&tracing->curve, at, normal) &&
           distance(at, u, n) < margin;
}

// Newton's method is not sharp at a fold or crossing: a seed near one is on its branch.
static bool is_at_event(const struct branch_set *set, const struct branch_event *event,
                        double value, const double *z)
{
    if (fabs(event->value - value) > 1e-6 * (set->high - set->low))
        return false;
    for (int k = 0; k < set->frozen->m; k++)
        if (fabs(event->rest.z[k] - z[k]) > 1e-2 * (1 + fabs(z[k])))
            return false;
    return true;
}

// Whether a branch already traced passes through u.
static bool is_traced(struct tracing *tracing, const double *u)
{
    const struct branch_set *set = tracing->set;
    int n = tracing->frozen->m + 1;
    double *room = malloc((size_t)(3 * n) * sizeof *room);
    bool is_found = false;
    for (size_t b = 0; b < set->branches.count && !is_found; b++) {
        const struct branch *branch = &set->branches.items[b];
        for (size_t i = 0; i + 1 < branch->count && !is_found; i++)
            is_found = passes(tracing, &branch->items[i], &branch->items[i + 1], u, room);
    }
    free(room);
    return is_found;
}

static size_t most_branches(const struct tracing *tracing)
{
    return tracing->frozen->m > MANY_UNKNOWNS ? MAX_BRANCHES_OF_MANY : MAX_BRANCHES;
}

// Whether the equations have no value right where the point nearly is: at a state of which all is
// gone, divided by what is left.
static bool is_gap(struct tracing *tracing, const double *u)
{
    static const double NEARLY = 1e-6;
    int m = tracing->frozen->m;
    bool is_near = false;
    take(tracing, u);
    for (int k = 0; k < m; k++) {
        double scale = tracing->set->scale[k];
        bool is_nothing = fabs(tracing->z[k]) < NEARLY * (scale < NEARLY ? 1 : scale);
        is_near |= is_nothing;
        tracing->z[k] = is_nothing ? 0 : tracing->z[k];
    }
    return is_near &&
           !probe_go(tracing->probe, tracing->z, tracing->parameters, tracing->curve.residuals);
}

// Whether a place on a branch that crosses is one to start from.
static bool is_start(struct tracing *tracing, const double *u)
{
    double share = u[tracing->frozen->m];
    take(tracing, u);
    return share >= 0 && share <= 1 && tracing_is_feasible(tracing->frozen, tracing->z) &&
           !is_gap(tracing, u) && !is_traced(tracing, u);
}

// Traces the branch through u unless it is known, and those that cross it, and so on.
static void trace_new(struct tracing *tracing, const double *u)
{
    struct branch_set *set = tracing->set;
    int n = tracing->frozen->m + 1;
    double *seed = ARENA_NEW_ARRAY(tracing->scratch, double, n);
    double *along = ARENA_NEW_ARRAY(tracing->scratch, double, n);
    if (is_traced(tracing, u))
        return;
    set->is_capped |= set->branches.count >= most_branches(tracing);
    if (set->is_capped)
        return;
    size_t first = tracing->crossings.count;
    along[n - 1] = 1;
    trace_seed(tracing, u, along);
    for (size_t i = first; i < tracing->crossings.count; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            struct crossing crossing = tracing->crossings.items[i];
            if (set->branches.count < most_branches(tracing) &&
                crossing_switch(tracing, &crossing, sign, seed, along) && is_start(tracing, seed))
                trace_seed(tracing, seed, along);
        }
}

// Rest points at one value of the parameter.
struct start {
    double value;
    const struct rest_set *rest;
};

struct start_list {
    struct start *items;
    size_t count, capacity;
};

static bool add_start(struct tracing *tracing, struct start_list *starts, double value,
                      int n_samples)
{
    tracing->parameters[tracing->set->parameter] = value;
    const struct rest_set *rest = rest_search(tracing->frozen, tracing->parameters, n_samples);
    if (rest)
        ARRAY_PUSH(tracing->scratch, starts) = (struct start){value, rest};
    return rest != NULL;
}

// Takes over the rest points at the present value that are known already; false where they are not
// of the same unknowns, or the value is outside the range.
static bool add_known(struct tracing *tracing, struct start_list *starts,
                      const struct rest_set *known)
{
    struct frozen *frozen = tracing->frozen;
    const struct branch_set *set = tracing->set;
    double value = frozen->parameters[set->parameter];
    bool is_same = known && known->frozen->m == frozen->m && known->frozen->n == frozen->n &&
                   value >= set->low && value <= set->high;
    for (int k = 0; k < frozen->m && is_same; k++)
        is_same = known->frozen->free[k] == frozen->free[k];
    if (!is_same)
        return false;
    struct rest_set *copy = ARENA_NEW(frozen->arena, struct rest_set);
    *copy = (struct rest_set){.frozen = frozen};
    for (size_t i = 0; i < known->count; i++) {
        struct rest_point point = known->items[i];
        point.z = ARENA_NEW_ARRAY(frozen->arena, double, frozen->m);
        frozen_scale(frozen, point.unknowns, point.z);
        ARRAY_PUSH(frozen->arena, copy) = point;
    }
    ARRAY_PUSH(tracing->scratch, starts) = (struct start){value, copy};
    return true;
}

// Traces the branches through the rest points at one value of the parameter.
static void trace_from(struct tracing *tracing, const struct start *start)
{
    struct branch_set *set = tracing->set;
    int m = tracing->frozen->m;
    double *seed = ARENA_NEW_ARRAY(tracing->scratch, double, m + 1);
    for (size_t i = 0; i < start->rest->count; i++) {
        const struct branch_point point = {start->value, start->rest->items[i]};
        bool is_side = m > MANY_UNKNOWNS && point.rest.n_unstable > 1, is_known = false;
        for (size_t k = 0; k < set->events.count; k++)
            is_known |= is_at_event(set, &set->events.items[k], start->value, point.rest.z);
        if (is_side || is_known)
            continue;
        place(tracing, &point, seed);
        if (is_gap(tracing, seed))
            set->has_gap = true;
        else
            trace_new(tracing, seed);
    }
}

// How large each unknown is among the rest points.
static void find_scale(const struct tracing *tracing, const struct start_list *starts)
{
    double *scale = tracing->set->scale;
    for (int k = 0; k < tracing->frozen->m; k++) {
        for (size_t i = 0; i < starts->count; i++)
            for (size_t p = 0; p < starts->items[i].rest->count; p++)
                scale[k] = fmax(scale[k], fabs(starts->items[i].rest->items[p].z[k]));
        if (scale[k] < TINY)
            scale[k] = 1;
    }
}

static struct tracing open_tracing(struct branch_set *set, struct frozen *frozen)
{
    struct arena *scratch = arena_create();
    int m = frozen->m;
    struct tracing tracing = {.set = set, .frozen = frozen, .scratch = scratch};
    tracing.probe = probe_create(scratch, frozen);
    tracing.parameters = ARENA_NEW_ARRAY(scratch, double, frozen->n_parameters);
    memcpy(tracing.parameters, frozen->parameters, (size_t)frozen->n_parameters * sizeof(double));
    tracing.z = ARENA_NEW_ARRAY(scratch, double, m);
    tracing.by_z = ARENA_NEW_ARRAY(scratch, double, m *m);
    tracing.by_parameter = ARENA_NEW_ARRAY(scratch, double, m);
    tracing.real = ARENA_NEW_ARRAY(scratch, double, m);
    tracing.imaginary = ARENA_NEW_ARRAY(scratch, double, m);
    tracing.root = sqrt(m > 0 ? m : 1);
    return tracing;
}

// Rest points at several values, so that branches apart from each other are found.
static bool start_everywhere(struct tracing *tracing, struct start_list *starts, bool is_quick)
{
    const struct branch_set *set = tracing->set;
    const struct frozen *frozen = tracing->frozen;
    double present = frozen->parameters[set->parameter];
    int n_samples = rest_samples(frozen);
    int n_parts = is_quick                     ? FEW_PARTS
                  : frozen->m <= FEW_UNKNOWNS  ? MANY_PARTS
                  : frozen->m <= SOME_UNKNOWNS ? SOME_PARTS
                                               : FEW_PARTS;
    if (present > set->low && present < set->high &&
        !add_start(tracing, starts, present, n_samples))
        return false;
    for (int i = 0; i <= n_parts; i++) { // uneven: folds like round numbers
        double share = i == 0 ? 0 : i == n_parts ? 1 : (i + 0.0271) / n_parts;
        double value = set->low + share * (set->high - set->low);
        if (!add_start(tracing, starts, value, n_samples / (is_quick ? 8 : n_parts / 2)))
            return false;
    }
    return true;
}

// With many unknowns, where long runs end at the present value and at both ends of the range.
static bool start_at_few(struct tracing *tracing, struct start_list *starts,
                         const struct rest_set *known, bool is_quick)
{
    const struct branch_set *set = tracing->set;
    double present = tracing->frozen->parameters[set->parameter];
    const double values[] = {present, set->low, set->high};
    bool has_present = add_known(tracing, starts, known);
    for (int i = has_present; i < 3 && !(has_present && is_quick); i++) {
        bool is_inside = values[i] >= set->low && values[i] <= set->high;
        if (!is_inside || (i && values[i] == present))
            continue;
        tracing->parameters[set->parameter] = values[i];
        bool is_explored = i == 0; // when the case was frozen
        if ((!is_explored && !frozen_explore(tracing->frozen, tracing->parameters)) ||
            !add_start(tracing, starts, values[i], 0))
            return false;
    }
    return true;
}

struct branch_set *branch_trace(struct frozen *frozen, int parameter, double low, double high,
                                const struct rest_set *present, bool is_quick)
{
    struct branch_set *set = ARENA_NEW(frozen->arena, struct branch_set);
    const volatile sig_atomic_t *cancel = frozen->tip->options.cancel;
    *set = (struct branch_set){.frozen = frozen, .parameter = parameter, .low = low, .high = high};
    set->scale = ARENA_NEW_ARRAY(frozen->arena, double, frozen->m);
    if (!frozen->m)
        return set;
    bool has_many = frozen->m > MANY_UNKNOWNS;
    struct tracing tracing = open_tracing(set, frozen);
    tracing.curve = (struct curve){.n = frozen->m,
                                   .context = &tracing,
                                   .evaluate = evaluate,
                                   .differentiate = differentiate,
                                   .longest = has_many ? LONGEST_OF_MANY : LONGEST};
    curve_init(&tracing.curve, tracing.scratch);
    struct start_list starts = {0};
    bool is_good = has_many ? start_at_few(&tracing, &starts, present, is_quick)
                            : start_everywhere(&tracing, &starts, is_quick);
    find_scale(&tracing, &starts);
    for (size_t i = 0; i < starts.count && is_good; i++)
        trace_from(&tracing, &starts.items[i]);
    events_merge(set);
    arena_free(tracing.scratch);
    return is_good && !(cancel && *cancel) ? set : NULL;
}
