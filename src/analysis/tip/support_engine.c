// Stage: analysis. Trials -> lanes -> verdicts. A program is compiled with all knobs of the levers
// as parameters; its time axis is lengthened behind the scenario's stop, where nothing is supported
// any more.
//
// The verdict: a run is looked at `settle` after the stop. Below the level: it falls back. Above:
// it tips. Unless it is on its way to the other side, that is, where its moves in the last quarters
// of settling, carried on as a geometric series, would take it there: below the level it then
// lingers, undecided; above it goes on for up to four times the settling time, and tips if it comes
// to a halt there. A run that crosses the level twice or more in the second half of settling
// wavers. A block of runs ends as soon as all have a verdict, or after one settling; the few that
// take longer are then run again, side by side.
#include "analysis/tip/support_engine.h"

#include "base/array.h"
#include "model/time.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { MOST_SETTLINGS = 4, SAMPLES = 64, QUARTERS = 4 };

enum { UNDECIDED = N_VERDICTS }; // of a run that one settling is too short for

// What one thread computes with.
struct engine_thread {
    struct workspace *workspace; // NULL until first needed
    double *parameters;          // [n_parameters][lanes]
};

struct support_engine {
    struct arena *arena;
    const struct support *support;
    struct program *program;
    const struct method *method;
    int lanes;         // of a pass
    bool takes_points; // of the uncertainties
    long stop_step;    // the scenario's stop
    long settle_steps;
    long stride;                   // steps between samples while settling
    struct engine_thread *threads; // [n_threads]
    int n_threads;
};

// One lane on its way to a verdict.
struct lane {
    bool is_decided, was_tipped;
    int n_crossings;      // of the level, in the second half of the present settling
    double drops[3];      // during the last three quarters
    double quarter;       // value at the end of the last quarter
    enum verdict verdict; //
    double value;         // at the verdict
    double decided_at;    // time of the verdict
    double costs[2];      // discounted, nominal: at the stop
};

// One pass: some trials side by side.
struct pass {
    const struct support_engine *engine;
    uint64_t costed;
    int n;
    bool is_short; // ends after one settling; what is undecided then starts again elsewhere
    struct lane lanes[MAX_LANES];
    volatile sig_atomic_t is_over; // all decided, or the user is tired of it
    // Of a trace or a probe, else NULL:
    double *trace;       // [n][n_times]
    const double *times; // [n_times]
    long n_times;
    double *last, *before; // [n][n_outputs]
};

static long half(const struct support_engine *engine)
{
    return engine->settle_steps / 2;
}

// Whether `step` ends a quarter of a settling; then `quarter` is its number, from 0 at the stop.
static bool is_quarter(const struct support_engine *engine, long step, long *quarter)
{
    long since = step - engine->stop_step;
    if (since < 0 || engine->settle_steps == 0)
        return false;
    *quarter = (since * QUARTERS + engine->settle_steps - 1) / engine->settle_steps;
    return *quarter * engine->settle_steps / QUARTERS == since;
}

static long trace_step(const struct pass *pass, long index)
{
    long all = pass->engine->stop_step + pass->engine->settle_steps;
    return pass->n_times > 1 ? index * all / (pass->n_times - 1) : 0;
}

static bool is_traced(const struct pass *pass, long step, long *index)
{
    long all = pass->engine->stop_step + pass->engine->settle_steps;
    if (!pass->trace || step > all)
        return false;
    *index = all ? (step * (pass->n_times - 1) + all - 1) / all : 0;
    return trace_step(pass, *index) == step;
}

// One step of each stride, now here, now there, so that no swing keeps in time with the samples.
static bool is_sample(const struct support_engine *engine, long since)
{
    long number = since / engine->stride;
    return since % engine->stride == number * 7919 % engine->stride;
}

static bool wants(void *context, long step, bool is_last)
{
    struct pass *pass = context;
    const struct support_engine *engine = pass->engine;
    const volatile sig_atomic_t *cancel = engine->support->options.cancel;
    long since = step - engine->stop_step, index;
    if (cancel && *cancel)
        pass->is_over = 1;
    return is_last || is_traced(pass, step, &index) || is_quarter(engine, step, &index) ||
           since == 0 || (since > 0 && is_sample(engine, since));
}

static bool is_tipped(const struct support *support, double value)
{
    if (!support->has_level)
        return false;
    return support->is_below ? value < support->above : value > support->above;
}

// How far the value is past the level, and how it moved: towards the level is positive.
static double past(const struct support *support, double value)
{
    return support->is_below ? support->above - value : value - support->above;
}

// Whether a value that fell by `drops` in the last three quarters (sign 1; rose: -1) comes to the
// level, `left` away, if it goes on so. One that has just turned may well do so; where that must be
// for sure, it does if it goes much of the way in a quarter.
static bool comes_to_level(const double drops[3], double sign, double left, bool is_for_sure)
{
    double first = sign * drops[0], before = sign * drops[1], now = sign * drops[2];
    bool has_turned = first <= 0 || before <= 0, goes_far = now > 0.01 * left;
    if (now <= 1e-9 * left || (is_for_sure && has_turned && !goes_far))
        return false;
    if (before <= 0 || now >= before)
        return true; // it does not slow down
    double ratio = now / before;
    return now * ratio / (1 - ratio) >= left;
}

// The verdict at the end of settling number `round` (from 1), if there is one yet.
static void decide(struct lane *lane, const struct support *support, double value, long round)
{
    bool is_up = is_tipped(support, value), is_last = round == MOST_SETTLINGS;
    bool is_leaving =
        comes_to_level(lane->drops, is_up ? 1 : -1, fabs(past(support, value)), is_last || !is_up);
    lane->is_decided = is_last || !is_leaving || !is_up || lane->n_crossings >= 2;
    lane->value = value;
    if (lane->n_crossings >= 2)
        lane->verdict = VERDICT_WAVERS;
    else if (is_up)
        lane->verdict = is_leaving ? VERDICT_FALLING : VERDICT_TIPS;
    else
        lane->verdict = is_leaving ? VERDICT_LINGERS : VERDICT_FALLS_BACK;
    lane->n_crossings = 0;
}

static void settle(const struct pass *pass, struct lane *lane, double value, long step)
{
    const struct support_engine *engine = pass->engine;
    const struct support *support = engine->support;
    long since = step - engine->stop_step, quarter;
    bool is_up = is_tipped(support, value);
    if (engine->settle_steps == 0 && since == 0) {
        decide(lane, support, value, MOST_SETTLINGS);
        return;
    }
    if (since % engine->settle_steps > half(engine) || since % engine->settle_steps == 0)
        lane->n_crossings += since > 0 && is_up != lane->was_tipped;
    lane->was_tipped = is_up;
    if (!is_quarter(engine, step, &quarter))
        return;
    double now = past(support, value);
    lane->drops[0] = lane->drops[1];
    lane->drops[1] = lane->drops[2];
    lane->drops[2] = lane->quarter - now;
    lane->quarter = now;
    if (quarter > 0 && quarter % QUARTERS == 0)
        decide(lane, support, value, quarter / QUARTERS);
}

static void take_costs(const struct pass *pass, struct lane *lane, int index,
                       const struct workspace *workspace)
{
    const struct support *support = pass->engine->support;
    double buffer[MAX_LANES];
    lane->costs[0] = lane->costs[1] = 0;
    for (int i = 0; i < support->n_costs; i++) {
        bool is_costed = support->cost_name || pass->costed >> (i / 2) & 1;
        if (is_costed)
            lane->costs[i % 2] += workspace_output(workspace, 1 + i, buffer)[index];
    }
}

static void store_outputs(const struct pass *pass, const struct workspace *workspace, double *to)
{
    double buffer[MAX_LANES];
    int n = workspace->program->n_outputs;
    for (int i = 0; i < n; i++) {
        const double *row = workspace_output(workspace, i, buffer);
        for (int lane = 0; lane < pass->n; lane++)
            to[lane * n + i] = row[lane];
    }
}

static void take(void *context, const struct workspace *workspace, long step, double time)
{
    struct pass *pass = context;
    const struct support_engine *engine = pass->engine;
    double buffer[MAX_LANES];
    const double *row = workspace_output(workspace, 0, buffer);
    long since = step - engine->stop_step, index;
    bool is_over = true;
    if (is_traced(pass, step, &index))
        for (int i = 0; i < pass->n; i++)
            pass->trace[i * pass->n_times + index] = row[i];
    if (since < 0)
        return;
    for (int i = 0; i < pass->n; i++) {
        if (since == 0)
            take_costs(pass, &pass->lanes[i], i, workspace);
        if (!pass->lanes[i].is_decided)
            settle(pass, &pass->lanes[i], row[i], step);
        if (pass->lanes[i].is_decided && isnan(pass->lanes[i].decided_at))
            pass->lanes[i].decided_at = time;
        is_over &= pass->lanes[i].is_decided;
    }
    if (pass->before && since == half(engine))
        store_outputs(pass, workspace, pass->before);
    if (pass->last && since == engine->settle_steps)
        store_outputs(pass, workspace, pass->last);
    bool is_recording = (pass->trace || pass->last) && since < engine->settle_steps;
    is_over |= pass->is_short && since == engine->settle_steps;
    if (is_over && !is_recording)
        pass->is_over = 1;
}

static struct vary *list_varied(struct support *support, bool takes_points, int *count)
{
    struct arena *arena = support->arena;
    int n = 0, at = 0;
    for (int i = 0; i < support->n_levers; i++)
        n += lever_n_knobs(support->levers[i]);
    for (int i = 0; takes_points && i < support->design.n_inputs; i++)
        n += support->uncertain[i].n_cells;
    struct vary *varied = ARENA_NEW_ARRAY(arena, struct vary, n);
    struct variable **knobs = ARENA_NEW_ARRAY(arena, struct variable *, n);
    for (int i = 0; i < support->n_levers; i++) {
        lever_list_knobs(support->levers[i], knobs);
        for (int k = 0; k < lever_n_knobs(support->levers[i]); k++)
            varied[at++] = (struct vary){knobs[k], 0};
    }
    for (int i = 0; takes_points && i < support->design.n_inputs; i++)
        for (int k = 0; k < support->uncertain[i].n_cells; k++)
            varied[at++] =
                (struct vary){support->uncertain[i].variable, support->uncertain[i].first_cell + k};
    *count = n;
    return varied;
}

// Compiles the model; with a time axis that goes on behind the stop.
static struct support_engine *compile(struct support *support, enum support_way way)
{
    struct arena *arena = arena_create();
    struct model *model = support->source.model;
    struct support_engine *engine = ARENA_NEW(arena, struct support_engine);
    struct time_spec time = model->time;
    struct diag ignored; // what is wrong with the step was said before
    int n_varied;
    diag_init(&ignored, arena);
    *engine = (struct support_engine){.arena = arena, .support = support};
    engine->takes_points = way == SUPPORT_UNCERTAIN;
    const struct vary *varied = list_varied(support, engine->takes_points, &n_varied);
    if (way == SUPPORT_HALF_STEP) {
        model->time.step /= 2;
        model->time.save_every = NAN;
        time_spec_check(&model->time, &ignored);
    }
    engine->stop_step = time_spec_n_steps(&model->time);
    engine->settle_steps = lround(support->settle / model->time.step);
    engine->method = method_find(model->time.method, model->time.position, support->diag);
    if (engine->method)
        engine->program = program_build(arena, model, varied, n_varied, support->outputs,
                                        support->n_outputs, support->diag);
    model->time = time;
    if (!engine->program) {
        arena_free(arena);
        return NULL;
    }
    support->is_random = engine->program->n_draws > 0;
    long n_steps = engine->stop_step + MOST_SETTLINGS * engine->settle_steps;
    engine->program->time.stop =
        engine->program->time.start + (double)n_steps * engine->program->time.step;
    engine->stride = engine->settle_steps / SAMPLES > 1 ? engine->settle_steps / SAMPLES : 1;
    engine->lanes = engine->method->is_adaptive ? 1 : kernel_best()->lanes;
    engine->n_threads =
        support->options.n_threads ? support->options.n_threads : omp_get_num_procs();
    engine->threads = ARENA_NEW_ARRAY(arena, struct engine_thread, engine->n_threads);
    return engine;
}

static struct support_engine *engine_of(struct support *support, enum support_way way)
{
    if (!support->engines[way])
        support->engines[way] = compile(support, way);
    return support->engines[way];
}

void support_drop_engines(struct support *support)
{
    for (int way = 0; way < N_SUPPORT_WAYS; way++) {
        struct support_engine *engine = support->engines[way];
        if (!engine)
            continue;
        for (int i = 0; i < engine->n_threads; i++)
            workspace_free(engine->threads[i].workspace);
        arena_free(engine->arena);
        support->engines[way] = NULL;
    }
}

// Sets column `lane` of the parameters as `trial` wants.
static void set_lane(const struct support_engine *engine, const struct support_trial *trial,
                     double *parameters, int lane, double *buffer)
{
    const struct support *support = engine->support;
    double stop = support->source.model->time.stop;
    int n_lanes = kernel_best()->lanes, at = 0;
    for (int i = 0; i < support->n_levers; i++) {
        lever_set_knobs(support->levers[i], &trial->plans[i], stop, buffer + at);
        at += lever_n_knobs(support->levers[i]);
    }
    for (int i = 0; engine->takes_points && i < support->design.n_inputs; i++) {
        const struct support_uncertain *uncertain = &support->uncertain[i];
        for (int k = 0; k < uncertain->n_cells; k++) {
            double nominal = uncertain->variable->values[uncertain->first_cell + k];
            double value = trial->point ? trial->point[i] : NAN;
            buffer[at++] = isnan(value) ? nominal : uncertain->is_scale ? nominal * value : value;
        }
    }
    for (int i = 0; i < at; i++)
        parameters[i * n_lanes + lane] = buffer[i];
}

// Where the results of a call go, for all its trials.
struct job {
    struct support_engine *engine;
    const struct support_trial *trials;
    long n;
    struct support_outcome *outcomes; // NULL: not wanted
    struct pass pass;                 // what all passes start from
};

static struct support_outcome outcome_of(const struct lane *lane, const struct run_ending *ending)
{
    bool has_failed = ending->end == RUN_NONFINITE || ending->end == RUN_STEP_TOO_SMALL;
    if (!lane->is_decided)
        return (struct support_outcome){has_failed ? VERDICT_FAILS : (enum verdict)UNDECIDED, NAN,
                                        NAN, NAN};
    if (has_failed && ending->time <= lane->decided_at)
        return (struct support_outcome){VERDICT_FAILS, NAN, NAN, NAN};
    return (struct support_outcome){lane->verdict, lane->value, lane->costs[0], lane->costs[1]};
}

// What a run that failed before its verdict has left behind is no result.
static void blank(const struct job *job, const struct pass *pass, int lane, double failed_at)
{
    int n = job->engine->program->n_outputs;
    for (long k = 0; pass->trace && k < pass->n_times; k++)
        if (pass->times[k] >= failed_at)
            pass->trace[lane * pass->n_times + k] = NAN;
    for (int k = 0; pass->last && k < n; k++)
        pass->last[lane * n + k] = pass->before[lane * n + k] = NAN;
}

static void run_pass(const struct job *job, long first)
{
    struct support_engine *engine = job->engine;
    struct engine_thread *thread = &engine->threads[omp_get_thread_num()];
    struct run_ending endings[MAX_LANES];
    struct pass pass = job->pass;
    int lanes = kernel_best()->lanes, n_outputs = engine->program->n_outputs;
    for (int i = 0; i < MAX_LANES; i++)
        pass.lanes[i].decided_at = NAN;
    pass.n = job->n - first < engine->lanes ? (int)(job->n - first) : engine->lanes;
    if (pass.trace)
        pass.trace += first * pass.n_times;
    if (pass.last) {
        pass.last += first * n_outputs;
        pass.before += first * n_outputs;
    }
    int n = engine->program->n_parameters;
    struct arena *scratch = arena_create();
    double *buffer = ARENA_NEW_ARRAY(scratch, double, n + 1);
    for (int lane = 0; lane < lanes; lane++)
        set_lane(engine, &job->trials[first + (lane < pass.n ? lane : 0)], thread->parameters, lane,
                 buffer);
    arena_free(scratch);
    struct integration integration = {.workspace = thread->workspace,
                                      .parameters = thread->parameters,
                                      .n_lanes = pass.n,
                                      .observers = {{&pass, wants, take}},
                                      .n_observers = 1,
                                      .cancel = &pass.is_over,
                                      .endings = endings};
    integrate(&integration);
    for (int i = 0; i < pass.n; i++) {
        bool has_failed = endings[i].end == RUN_NONFINITE || endings[i].end == RUN_STEP_TOO_SMALL;
        if (job->outcomes)
            job->outcomes[first + i] = outcome_of(&pass.lanes[i], &endings[i]);
        if (has_failed)
            blank(job, &pass, i, endings[i].time);
    }
}

// Workspaces are made beforehand, so that threads only compute.
static void prepare_threads(struct support_engine *engine, int n)
{
    for (int i = 0; i < n; i++) {
        struct engine_thread *thread = &engine->threads[i];
        if (thread->workspace)
            continue;
        thread->workspace = workspace_create(engine->program, kernel_best(), engine->method);
        thread->parameters = ARENA_NEW_ARRAY(engine->arena, double,
                                             engine->program->n_parameters *kernel_best()->lanes);
    }
}

static bool run_passes(const struct job *job)
{
    struct support_engine *engine = job->engine;
    long n_passes = (job->n + engine->lanes - 1) / engine->lanes;
    int n_threads = n_passes < engine->n_threads ? (int)n_passes : engine->n_threads;
    const volatile sig_atomic_t *cancel = engine->support->options.cancel;
    if (n_threads < 1)
        return true;
    prepare_threads(engine, n_threads);
#pragma omp parallel for schedule(dynamic) num_threads(n_threads)
    for (long i = 0; i < n_passes; i++)
        if (!(cancel && *cancel))
            run_pass(job, i * engine->lanes);
    return !(cancel && *cancel);
}

// Runs the trials that are undecided after one settling again, side by side, to their verdict: few
// runs take longer, and all others of their block would have to wait.
static bool run_long_ones(const struct job *job)
{
    struct arena *scratch = arena_create();
    long *places = ARENA_NEW_ARRAY(scratch, long, job->n);
    struct support_trial *trials = ARENA_NEW_ARRAY(scratch, struct support_trial, job->n);
    struct job rest = *job;
    rest.n = 0;
    for (long i = 0; i < job->n; i++)
        if ((int)job->outcomes[i].verdict == UNDECIDED) {
            trials[rest.n] = job->trials[i];
            places[rest.n++] = i;
        }
    rest.trials = trials;
    rest.outcomes = ARENA_NEW_ARRAY(scratch, struct support_outcome, rest.n);
    rest.pass.is_short = false;
    bool is_good = run_passes(&rest);
    for (long i = 0; i < rest.n; i++)
        job->outcomes[places[i]] = rest.outcomes[i];
    arena_free(scratch);
    return is_good;
}

static bool run_job(const struct job *job)
{
    return run_passes(job) && (!job->pass.is_short || run_long_ones(job));
}

bool support_try(struct support *support, enum support_way way, const struct support_trial *trials,
                 long n, uint64_t costed, struct support_outcome *outcomes)
{
    struct support_engine *engine = engine_of(support, way);
    struct job job = {engine, trials, n, outcomes, {.engine = engine}};
    job.pass.costed = costed;
    job.pass.is_short = true;
    return engine && run_job(&job);
}

long support_n_times(struct support *support, long most)
{
    const struct support_engine *engine = engine_of(support, SUPPORT_NOMINAL);
    long n = engine ? engine->stop_step + engine->settle_steps + 1 : 1;
    return n < most ? n : most;
}

bool support_trace(struct support *support, const struct support_trial *trials, long n,
                   long n_times, double *times, double *values)
{
    struct support_engine *engine = engine_of(support, SUPPORT_NOMINAL);
    struct job job = {engine, trials, n, NULL, {.engine = engine}};
    job.pass.trace = values;
    job.pass.times = times;
    job.pass.n_times = n_times;
    for (long i = 0; engine && i < n_times; i++)
        times[i] = time_spec_at(&engine->program->time, trace_step(&job.pass, i));
    return engine && run_job(&job);
}

bool support_probe(struct support *support, const struct support_trial *trials, long n,
                   double *last, double *before)
{
    struct support_engine *engine = engine_of(support, SUPPORT_NOMINAL);
    struct job job = {engine, trials, n, NULL, {.engine = engine}};
    job.pass.last = last;
    job.pass.before = before;
    return engine && run_job(&job);
}
