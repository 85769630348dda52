// Stage: analysis. Case -> equations that stand still. Long runs from all over the place show how
// large the states are, which of them grow without bound, and where the model ends up.
#include "analysis/tip/frozen_private.h"
#include "analysis/tip/laws.h"

#include "base/array.h"
#include "base/random.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_LOST = 4,
    N_ROUNDS = 3,
    RUNS_A_ROUND = 64,
    MAX_STEPS = 100000,
    MAX_EVEN = 16,
    MANY_UNKNOWNS = 30
};

static const double RUN_FACTOR = 5; // length of long runs, in lengths of the model's own
static const uint64_t SEED = 0x746970;

// A number of a fixed sequence for point `index` and unknown `dimension`, between 0 and 1: additive
// recurrences by powers of the generalised golden ratio (Roberts 2018), in many dimensions
// pseudo-random.
static double sequence(long index, int dimension, int n)
{
    if (n > MAX_EVEN)
        return random_uniform(SEED, (uint64_t)index, (uint32_t)dimension, 0);
    double root = 2;
    for (int i = 0; i < 60; i++)
        root = pow(1 + root, 1.0 / (n + 1));
    double value = 0.5 + (double)(index + 1) * pow(root, -(dimension + 1));
    return value - floor(value);
}

// Where unknown `i` stands in point `index`, before laws: evenly spread over twice its size, in
// every other point over four orders of magnitude, and in every eighth over ten.
static double spread_value(const struct frozen *frozen, long index, int i)
{
    double u = sequence(index, i, frozen->n);
    bool is_wide = index % 2 == 1, has_sign = frozen->least[i] < 0;
    if (!is_wide)
        return frozen->size[i] * (has_sign ? 4 * u - 2 : 2 * u);
    double sign = has_sign && random_bits(SEED, (uint64_t)index, (uint32_t)i, 1) % 2 ? -1 : 1;
    return sign * frozen->size[i] * pow(10, index % 8 == 7 ? 10 * u - 5 : 4 * u - 2);
}

// A state that has been seen: the start, or the end of a long run.
static const double *seen_state(const struct frozen *frozen, uint64_t pick)
{
    uint64_t i = pick % (uint64_t)(frozen->n_ends + 1);
    return i ? frozen->ends + ((int)i - 1) * frozen->n : frozen->start;
}

// The same in a case with many unknowns, which a box would hardly ever hit where the model lives:
// the start with all unknowns larger or smaller together; once ends are known, between two states
// that have been seen, and a little beyond. Some noise is on each unknown.
static double seen_value(const struct frozen *frozen, long index, int i)
{
    double common = random_uniform(SEED, (uint64_t)index, 0, 2);
    double noise = 0.8 + 0.4 * random_uniform(SEED, (uint64_t)index, (uint32_t)i, 3);
    if (!frozen->n_ends || index % 4 == 0) {
        double value = frozen->start[i] == 0 ? frozen->size[i] : frozen->start[i];
        return value * pow(10, 3 * common - 1.5) * noise;
    }
    const double *one = seen_state(frozen, random_bits(SEED, (uint64_t)index, 1, 2));
    const double *other = seen_state(frozen, random_bits(SEED, (uint64_t)index, 2, 2));
    double share = 1.4 * common - 0.2;
    return ((1 - share) * one[i] + share * other[i]) * noise;
}

// The value of the pivot of law `l` that keeps its sum, given the others.
static double pivot_value(const struct frozen *frozen, int l, const double *unknowns)
{
    const double *law = frozen->laws + l * frozen->m;
    double value = frozen->start[frozen->free[frozen->pivots[l]]];
    for (int k = 0; k < frozen->m; k++)
        if (k != frozen->pivots[l] && law[k] != 0)
            value -= law[k] * (unknowns[frozen->free[k]] - frozen->start[frozen->free[k]]);
    return value;
}

// How far the parts of the sum of law `l` may go from where they start, as a share of where they
// are, for its pivot not to fall below its least.
static double law_reach(const struct frozen *frozen, int l, const double *unknowns)
{
    int pivot = frozen->free[frozen->pivots[l]];
    double start = frozen->start[pivot], moved = pivot_value(frozen, l, unknowns);
    double least = frozen->stays_positive[pivot] ? 0 : frozen->least[pivot];
    return moved < least && start > moved ? 0.999 * fmax(0, start - least) / (start - moved) : 1;
}

void frozen_obey_laws(const struct frozen *frozen, double *unknowns)
{
    enum { ROUNDS = 3 }; // a part of two sums has to do for both
    int m = frozen->m;
    for (int round = 0; round < ROUNDS; round++)
        for (int l = 0; l < frozen->n_laws; l++) {
            double reach = law_reach(frozen, l, unknowns);
            for (int k = 0; k < m && reach < 1; k++) {
                int i = frozen->free[k];
                if (frozen->laws[l * m + k] != 0)
                    unknowns[i] = frozen->start[i] + reach * (unknowns[i] - frozen->start[i]);
            }
        }
    for (int l = 0; l < frozen->n_laws; l++)
        unknowns[frozen->free[frozen->pivots[l]]] = pivot_value(frozen, l, unknowns);
}

void frozen_sample(const struct frozen *frozen, long index, double *unknowns)
{
    bool has_many = frozen->n > MANY_UNKNOWNS;
    for (int i = 0; i < frozen->n; i++) {
        unknowns[i] = frozen->start[i];
        if (frozen->roles[i] == FROZEN_FREE)
            unknowns[i] =
                fmax(has_many ? seen_value(frozen, index, i) : spread_value(frozen, index, i),
                     frozen->least[i]);
    }
    frozen_obey_laws(frozen, unknowns);
}

void frozen_scale(const struct frozen *frozen, const double *unknowns, double *z)
{
    for (int k = 0; k < frozen->m; k++)
        z[k] = unknowns[frozen->free[k]] / frozen->size[frozen->free[k]];
}

void freezing_go(struct freezing *freezing)
{
    struct frozen *frozen = freezing->frozen;
    tangent_evaluate(freezing->tangent, freezing->unknowns, frozen->parameters, frozen->time,
                     freezing->residuals);
}

void freezing_go_to_states(struct freezing *freezing, const double *states)
{
    const struct frozen *frozen = freezing->frozen;
    enum { SETTLINGS = 8 };
    memcpy(freezing->unknowns, frozen->start, (size_t)frozen->n * sizeof(double));
    memcpy(freezing->unknowns, states, (size_t)frozen->n_states * sizeof(double));
    freezing_go(freezing);
    for (int round = 0; round < SETTLINGS && frozen->has_memory; round++) {
        for (int i = frozen->n_states; i < frozen->n; i++)
            freezing->unknowns[i] += freezing->residuals[i];
        freezing_go(freezing);
    }
}

// Whether a unit counts things, of which there cannot be fewer than none.
static bool counts_things(const struct variable *variable)
{
    static const char *const units[] = {"person", "people",  "firm",    "job",     "course",
                                        "place",  "trainer", "learner", "product", "household"};
    for (size_t i = 0; i < ARRAY_COUNT(units) && variable->unit_text; i++)
        if (strcmp(variable->unit_text, units[i]) == 0)
            return true;
    return false;
}

// The largest parameter in the unit of `variable`: a hint at how large a stock may be that starts
// empty.
static double size_hint(const struct model *model, const struct variable *variable)
{
    double size = 0;
    for (size_t i = 0; i < model->variables.count; i++) {
        const struct variable *other = model->variables.items[i];
        bool has_unit = other->kind == VARIABLE_PARAMETER && !other->is_hidden &&
                        strcmp(variable_unit_text(other), variable_unit_text(variable)) == 0;
        for (int k = 0; has_unit && k < other->n_values; k++)
            if (isfinite(other->values[k]))
                size = fmax(size, fabs(other->values[k]));
    }
    return size;
}

// Sizes before anything has run.
static void find_sizes(struct frozen *frozen)
{
    const struct lowered *lowered = frozen->lowered;
    for (int i = 0; i < frozen->n; i++) {
        const struct state *state = i < frozen->n_states ? &lowered->states.items[i] : NULL;
        double size = fabs(frozen->start[i]);
        if (size == 0 && state && state->variable)
            size = size_hint(lowered->model, state->variable);
        frozen->size[i] = size > 0 && isfinite(size) ? size : 1;
    }
}

static void list_unknowns(struct freezing *freezing)
{
    struct frozen *frozen = freezing->frozen;
    const struct lowered *lowered = frozen->lowered;
    for (int i = 0; i < frozen->n; i++) {
        const struct state *state = i < frozen->n_states ? &lowered->states.items[i] : NULL;
        const struct variable *variable = state ? state->variable : NULL;
        frozen->names[i] = state ? state->name : NULL;
        frozen->is_stock[i] = variable != NULL;
        bool is_bounded = variable && (variable->is_non_negative || counts_things(variable));
        frozen->least[i] = is_bounded ? 0 : -INFINITY;
        frozen->rate_size[i] = 1;
    }
    find_sizes(frozen);
}

// Typical sizes of the residuals: medians over points of the box.
static void measure_rates(struct freezing *freezing)
{
    enum { POINTS = 61 };
    struct frozen *frozen = freezing->frozen;
    double *values = malloc((size_t)frozen->n * POINTS * sizeof *values);
    for (int k = 0; k < POINTS; k++) {
        frozen_sample(frozen, 2 * k, freezing->unknowns);
        freezing_go(freezing);
        for (int i = 0; i < frozen->n; i++)
            values[i * POINTS + k] = fabs(freezing->residuals[i]);
    }
    for (int i = 0; i < frozen->n; i++) {
        double *row = values + i * POINTS;
        int n = 0;
        for (int k = 0; k < POINTS; k++)
            if (isfinite(row[k]) && row[k] > 0)
                row[n++] = row[k];
        gsl_sort(row, 1, (size_t)n);
        frozen->rate_size[i] = n ? row[n / 2] : 1;
    }
    free(values);
}

// Notes where a long run ended.
static void keep_end(struct freezing *freezing, const double *states)
{
    struct frozen *frozen = freezing->frozen;
    freezing_go_to_states(freezing, states);
    memcpy(frozen->ends + frozen->n_ends++ * frozen->n, freezing->unknowns,
           (size_t)frozen->n * sizeof(double));
    for (int i = 0; i < frozen->n_states; i++) {
        double value = fabs(freezing->unknowns[i]);
        double change = fabs(freezing->residuals[i]) * frozen->run_length;
        if (isfinite(value) && change < freezing_notable_growth * fmin(value, frozen->size[i]))
            frozen->size[i] = fmax(frozen->size[i], value);
    }
}

// Where run `index` of the exploration starts: anywhere that the model can get to.
static void choose_start(struct freezing *freezing, int index)
{
    const struct frozen *frozen = freezing->frozen;
    size_t bytes = (size_t)frozen->n_states * sizeof(double);
    if (index % RUNS_A_ROUND == 0) {
        memcpy(freezing->unknowns, frozen->start, bytes);
        return;
    }
    if (index == 1 && frozen->supported) {
        memcpy(freezing->unknowns, frozen->supported, bytes);
        return;
    }
    frozen_sample(frozen, index + index / 7, freezing->unknowns); // not the widest
    for (int i = 0; i < frozen->n_states; i++)
        if (frozen->stays_positive[i])
            freezing->unknowns[i] = fabs(freezing->unknowns[i]);
    frozen_obey_laws(frozen, freezing->unknowns);
}

// Long runs in `batch`.
static bool run_in(struct batch *batch, struct frozen *frozen, const double *parameters, long n,
                   const double *from, double *states, struct run_ending *endings)
{
    size_t bytes = (size_t)frozen->n_parameters * sizeof(double);
    double *rows = calloc((size_t)n * (size_t)frozen->n_parameters + 1, sizeof *rows);
    for (long run = 0; run < n; run++)
        memcpy(rows + run * frozen->n_parameters, parameters, bytes);
    bool is_good = batch_run_states(batch, n, rows, from, states, endings);
    for (long run = 0; run < n; run++)
        frozen->tip->n_ends[endings[run].end]++;
    free(rows);
    return is_good;
}

bool frozen_run(struct frozen *frozen, const double *parameters, long n, const double *from,
                double *states, struct run_ending *endings)
{
    return run_in(frozen->batch, frozen, parameters, n, from, states, endings);
}

bool frozen_retry(struct frozen *frozen, const double *parameters, double *states,
                  struct run_ending *endings, struct diag *diag)
{
    const struct method *method = method_find("msbdf", (struct position){0}, diag);
    struct batch *batch = batch_create(frozen->program, method, frozen->tip->options.n_threads,
                                       frozen->tip->options.cancel);
    bool is_good = run_in(batch, frozen, parameters, frozen->n_lost, frozen->lost, states, endings);
    batch_free(batch);
    return is_good;
}

// Runs from everywhere; sizes learn from where those that come to rest do so.
static bool explore(struct freezing *freezing)
{
    struct frozen *frozen = freezing->frozen;
    int n = frozen->n_states, total = N_ROUNDS * RUNS_A_ROUND;
    frozen->n_ends = frozen->n_lost = 0;
    frozen->has_own_end = false;
    struct run_ending *endings = malloc((size_t)RUNS_A_ROUND * sizeof *endings);
    double *from = malloc((size_t)(RUNS_A_ROUND * (n + 1)) * sizeof *from);
    double *ends = malloc((size_t)(RUNS_A_ROUND * (n + 1)) * sizeof *ends);
    frozen->ends = ARENA_NEW_ARRAY(frozen->arena, double, total * frozen->n);
    frozen->lost = ARENA_NEW_ARRAY(frozen->arena, double, MOST_LOST *n);
    bool is_good = true;
    int n_rounds = frozen->n > MANY_UNKNOWNS ? 1 : N_ROUNDS;
    for (int round = 0; round < n_rounds && is_good; round++) {
        for (int run = 0; run < RUNS_A_ROUND; run++) {
            choose_start(freezing, round * RUNS_A_ROUND + run);
            memcpy(from + run * n, freezing->unknowns, (size_t)n * sizeof(double));
        }
        is_good = frozen_run(frozen, frozen->parameters, RUNS_A_ROUND, from, ends, endings);
        frozen->has_own_end |= round == 0 && endings[0].end == RUN_COMPLETE;
        for (int run = 0; run < RUNS_A_ROUND; run++)
            if (endings[run].end == RUN_COMPLETE)
                keep_end(freezing, ends + run * n);
            else if (frozen->n_lost < MOST_LOST && (run == 0 || round == 0))
                memcpy(frozen->lost + frozen->n_lost++ * n, from + run * n,
                       (size_t)n * sizeof(double));
    }
    free(ends);
    free(endings);
    free(from);
    return is_good;
}

// Whether law `l` says how large its pivot is, given the unknowns that act on others.
static bool settles_pivot(const struct freezing *freezing, int l)
{
    const struct frozen *frozen = freezing->frozen;
    for (int k = 0; k < frozen->m; k++)
        if (k != frozen->pivots[l] && frozen->laws[l * frozen->m + k] != 0 &&
            freezing_is_sink(freezing, frozen->free[k]))
            return false;
    return true;
}

// Leaves out the stocks that act on nothing, not even on themselves, unless a law says how large
// they are: whatever they have added up when the others come to rest, they keep. True where there
// were any.
static bool drop_sums(struct freezing *freezing)
{
    struct frozen *frozen = freezing->frozen;
    bool *is_settled = calloc((size_t)frozen->n + 1, sizeof *is_settled);
    for (int l = 0; l < frozen->n_laws; l++)
        is_settled[frozen->free[frozen->pivots[l]]] = settles_pivot(freezing, l);
    int m = 0;
    for (int k = 0; k < frozen->m; k++) {
        int i = frozen->free[k];
        if (freezing_is_sink(freezing, i) && !is_settled[i])
            frozen->roles[i] = FROZEN_GROWS;
        else
            frozen->free[m++] = i;
    }
    bool is_changed = m < frozen->m;
    frozen->m = m;
    free(is_settled);
    return is_changed;
}

// Finds the sums that never change, and leaves out what only adds up.
static void find_laws(struct freezing *freezing)
{
    struct frozen *frozen = freezing->frozen;
    bool *is_sum = calloc((size_t)frozen->n + 1, sizeof *is_sum);
    for (int i = 0; i < frozen->n; i++)
        is_sum[i] = freezing_is_sink(freezing, i);
    laws_find(frozen, freezing->tangent, is_sum);
    if (drop_sums(freezing))
        laws_find(frozen, freezing->tangent, is_sum);
    free(is_sum);
}

// Notes where the scenario's own run ends, support and all: often the only way that is known to an
// upper state.
static bool run_supported(struct frozen *frozen, int support, const struct vary_list *varied,
                          struct diag *diag)
{
    static const struct output_list none = {0};
    struct run_ending ending;
    struct program *program = tip_compile(frozen->tip, frozen->tip_case, varied, &none, 0, diag);
    if (!program)
        return false;
    double *parameters = ARENA_NEW_ARRAY(frozen->arena, double, varied->count);
    memcpy(parameters, frozen->parameters, varied->count * sizeof *parameters);
    parameters[support] = tip_full_support;
    frozen->supported = ARENA_NEW_ARRAY(frozen->arena, double, program->n_states);
    struct batch *batch = tip_batch(frozen->tip, frozen->tip_case, program);
    batch_run_states(batch, 1, parameters, NULL, frozen->supported, &ending);
    batch_free(batch);
    frozen->tip->n_ends[ending.end]++;
    if (ending.end != RUN_COMPLETE)
        frozen->supported = NULL;
    return true;
}

// Whether the rates at some point differ between times at which the run is under way.
static bool moves_with_time(struct freezing *freezing)
{
    enum { POINTS = 5, TIMES = 12 };
    struct frozen *frozen = freezing->frozen;
    const struct time_spec *span = &frozen->tip_case->source.model->time;
    double time = frozen->time;
    bool moves = false;
    for (int k = 0; k < POINTS; k++) {
        frozen_sample(frozen, 2 * k, freezing->unknowns);
        double first = 0;
        for (int i = 0; i <= TIMES; i++) {
            frozen->time = span->start + i * (span->stop - span->start) / TIMES;
            freezing_go(freezing);
            double sum = 0;
            for (int j = 0; j < frozen->n; j++)
                sum += freezing->residuals[j] / frozen->rate_size[j] * (1 + 0.1 * j);
            moves |= i > 0 && fabs(sum - first) > 1e-9 * (1 + fabs(sum));
            first = i ? first : sum;
        }
    }
    frozen->time = time;
    return moves;
}

// The lists whose length is the number of unknowns.
static void make_room(struct frozen *frozen)
{
    struct arena *arena = frozen->arena;
    int n = frozen->n;
    frozen->names = ARENA_NEW_ARRAY(arena, const char *, n);
    frozen->is_stock = ARENA_NEW_ARRAY(arena, bool, n);
    frozen->roles = ARENA_NEW_ARRAY(arena, enum frozen_role, n);
    frozen->start = ARENA_NEW_ARRAY(arena, double, n);
    frozen->least = ARENA_NEW_ARRAY(arena, double, n);
    frozen->stays_positive = ARENA_NEW_ARRAY(arena, bool, n);
    frozen->size = ARENA_NEW_ARRAY(arena, double, n);
    frozen->rate_size = ARENA_NEW_ARRAY(arena, double, n);
    frozen->free = ARENA_NEW_ARRAY(arena, int, n);
}

// The long runs: the model's own time RUN_FACTOR times, as far as that is not too many steps, while
// TIME itself stands still.
static bool prepare_runs(struct frozen *frozen, const struct vary_list *varied, struct diag *diag)
{
    const struct time_spec *time = &frozen->tip_case->source.model->time;
    double length = fmax(time->stop - time->start, time->step);
    double longest = fmax(length, MAX_STEPS * time->step);
    frozen->run_length = fmin(RUN_FACTOR * length, longest);
    static const struct output_list none = {0};
    struct program *program = tip_compile(frozen->tip, frozen->tip_case, varied, &none,
                                          frozen->run_length - (time->stop - time->start), diag);
    if (!program)
        return false;
    program->holds_time = true;
    program->held_time = frozen->time;
    frozen->program = program;
    frozen->batch = tip_batch(frozen->tip, frozen->tip_case, program);
    return true;
}

// Adds the inputs that schedules or data set as parameters, at the values that they have at `at`.
static bool freeze_inputs(struct frozen *frozen, struct vary_list *varied, double at,
                          struct diag *diag)
{
    const struct model *model = frozen->tip_case->source.model;
    struct tangent *tangent = NULL;
    struct output_list inputs = {0};
    int *cells = ARENA_NEW_ARRAY(frozen->arena, int, model->n_cells);
    for (size_t i = 0; i < model->variables.count; i++) {
        struct variable *variable = model->variables.items[i];
        for (int cell = 0; variable->kind == VARIABLE_INPUT && cell < variable->n_cells; cell++) {
            cells[inputs.count] = variable->first_cell + cell;
            ARRAY_PUSH(frozen->arena, &inputs) = (struct output){variable, cell};
        }
    }
    const struct lowered *lowered = lower_model(frozen->arena, model, NULL, 0, diag);
    if (!lowered)
        return false;
    tangent = tangent_create(frozen->arena, lowered, cells, (int)inputs.count);
    double *unknowns = ARENA_NEW_ARRAY(frozen->arena, double, tangent_n_unknowns(tangent));
    tangent_start(tangent, NULL, model->time.start, unknowns);
    double *residuals = ARENA_NEW_ARRAY(frozen->arena, double, tangent_n_unknowns(tangent));
    tangent_evaluate(tangent, unknowns, NULL, at, residuals);
    for (size_t i = 0; i < inputs.count; i++) {
        bool is_extra = false;
        for (size_t k = 0; k < varied->count; k++)
            is_extra |= varied->items[k].variable == inputs.items[i].variable &&
                        varied->items[k].cell == inputs.items[i].cell;
        if (is_extra)
            continue;
        int index = tip_vary(frozen->arena, varied, inputs.items[i].variable, inputs.items[i].cell);
        frozen->parameters[index] = tangent_watched(tangent, (int)i);
    }
    return true;
}

// The parameters of the equations: extra cells at their values, then what is frozen.
static bool prepare_equations(struct frozen *frozen, const struct vary_list *extra,
                              struct diag *diag)
{
    const struct tip_case *tip_case = frozen->tip_case;
    double at = frozen->tip->options.at;
    struct vary_list varied = {0};
    frozen->parameters =
        ARENA_NEW_ARRAY(frozen->arena, double, tip_case->source.model->n_cells + 1);
    for (size_t i = 0; extra && i < extra->count; i++) {
        const struct variable *variable = extra->items[i].variable;
        int index =
            tip_vary(frozen->arena, &varied, extra->items[i].variable, extra->items[i].cell);
        frozen->parameters[index] = variable->values ? variable->values[extra->items[i].cell] : 0;
    }
    int support = isnan(at) ? tip_vary_support(frozen->arena, &varied, tip_case) : -1;
    if (support >= 0)
        frozen->parameters[support] = tip_no_support;
    if (!isnan(at) && !freeze_inputs(frozen, &varied, at, diag))
        return false;
    frozen->n_parameters = (int)varied.count;
    frozen->varied = varied;
    frozen->time = isnan(at) ? tip_case->source.model->time.stop : at;
    frozen->lowered =
        lower_model(frozen->arena, tip_case->source.model, varied.items, (int)varied.count, diag);
    return frozen->lowered && prepare_runs(frozen, &varied, diag) &&
           (support < 0 || run_supported(frozen, support, &varied, diag));
}

struct frozen *frozen_open(struct tip *tip, const struct tip_case *tip_case,
                           const struct vary_list *extra, const int *watched, int n_watched,
                           struct diag *diag)
{
    struct arena *arena = tip->arena;
    struct frozen *frozen = ARENA_NEW(arena, struct frozen);
    *frozen = (struct frozen){.arena = arena, .tip = tip, .tip_case = tip_case};
    if (!prepare_equations(frozen, extra, diag))
        return NULL;
    frozen->watched = ARENA_NEW_ARRAY(arena, int, n_watched);
    for (int i = 0; i < n_watched; i++)
        frozen->watched[i] = watched[i];
    frozen->n_watched = n_watched;
    struct freezing *freezing = ARENA_NEW(arena, struct freezing);
    freezing->frozen = frozen;
    frozen->freezing = freezing;
    freezing->tangent = tangent_create(arena, frozen->lowered, watched, n_watched);
    frozen->n = tangent_n_unknowns(freezing->tangent);
    frozen->n_states = (int)frozen->lowered->states.count;
    frozen->has_memory = frozen->n > frozen->n_states;
    make_room(frozen);
    freezing->unknowns = ARENA_NEW_ARRAY(arena, double, frozen->n);
    freezing->residuals = ARENA_NEW_ARRAY(arena, double, frozen->n);
    tangent_start(freezing->tangent, frozen->parameters, tip_case->source.model->time.start,
                  frozen->start);
    list_unknowns(freezing);
    measure_rates(freezing);
    freezing_find_signs(freezing);
    if (!explore(freezing)) {
        frozen_close(frozen);
        return NULL;
    }
    measure_rates(freezing);
    freezing_find_roles(freezing);
    find_laws(freezing);
    if (frozen->n_laws)
        find_sizes(frozen);                     // what has been seen so far need not be possible
    if (frozen->n_laws && !explore(freezing)) { // again, with the sums that there are
        frozen_close(frozen);
        return NULL;
    }
    frozen->moves_with_time = moves_with_time(freezing);
    return frozen;
}

bool frozen_explore(struct frozen *frozen, const double *parameters)
{
    size_t bytes = (size_t)frozen->n_parameters * sizeof *parameters;
    double *kept = malloc(bytes + 1);
    memcpy(kept, frozen->parameters, bytes);
    memcpy(frozen->parameters, parameters, bytes);
    bool is_good = explore(frozen->freezing);
    memcpy(frozen->parameters, kept, bytes);
    free(kept);
    return is_good;
}

void frozen_close(struct frozen *frozen)
{
    if (!frozen)
        return;
    batch_free(frozen->batch);
    frozen->batch = NULL;
}
