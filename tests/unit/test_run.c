// run/: the engine. Every kernel gives the same bits, every lane is a run of its own, and what is
// held during a step is held with every method.
#include "unit/support.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "program/scalar.h"
#include "run/kernel.h"

static const char *const kernel_names[] = {"generic", "avx2", "avx512"};

// A program over the parameters x and y.
struct xy_program {
    const struct program *program;
    int n_outputs;
};

static struct xy_program build_xy(struct world *world, const char *const *equations, int n)
{
    struct text body = {0};
    text_append(&body,
                "parameters: { x: { value = 1; unit = '1'; };"
                " y: { value = 1; unit = '1'; }; };"
                "tables: { curve: { points = ((-1, 3), (0.1, 0.7), (2, -5)); };"
                " line: { points = ((-1, 3), (0.1, 0.7), (2, -5)); kind = 'extrapolate'; };"
                " stairs: { points = ((-1, 3), (0.1, 0.7), (2, -5)); kind = 'discrete'; }; };"
                "auxiliaries: {");
    for (int i = 0; i < n; i++)
        text_append_format(&body, "e%d: { unit = '1'; equation = '%s'; };\n", i, equations[i]);
    text_append(&body, "};");
    struct model *model = world_model(world, model_text(world, NULL, text_string(&body)));
    assert_messages(world, "");
    text_clear(&body);
    const struct vary vary[] = {{model_find_variable(model, "x"), 0},
                                {model_find_variable(model, "y"), 0}};
    struct output *outputs = ARENA_NEW_ARRAY(world->arena, struct output, n);
    for (int i = 0; i < n; i++)
        outputs[i].variable = model_find_variable(model, arena_format(world->arena, "e%d", i));
    return (struct xy_program){
        program_build(world->arena, model, vary, 2, outputs, n, &world->diag), n};
}

// Evaluates the outputs for each of `n` pairs on `kernel`; [n_outputs][n].
static double *evaluate(struct world *world, struct xy_program xy, const struct kernel *kernel,
                        const double (*pairs)[2], int n)
{
    const struct method *euler = method_find("euler", (struct position){0}, &world->diag);
    struct workspace *workspace = workspace_create(xy.program, kernel, euler);
    double *results = ARENA_NEW_ARRAY(world->arena, double, (size_t)xy.n_outputs *(size_t)n);
    double parameters[2 * MAX_LANES], buffer[MAX_LANES];
    for (int first = 0; first < n; first += kernel->lanes) {
        for (int lane = 0; lane < kernel->lanes; lane++) {
            const double *pair = pairs[(first + lane) % n];
            parameters[lane] = pair[0];
            parameters[kernel->lanes + lane] = pair[1];
        }
        workspace_start(workspace, parameters);
        workspace_begin_step(workspace, 0, true);
        for (int i = 0; i < xy.n_outputs; i++) {
            const double *row = workspace_output(workspace, i, buffer);
            for (int lane = 0; lane < kernel->lanes && first + lane < n; lane++)
                results[i * n + first + lane] = row[lane];
        }
    }
    workspace_free(workspace);
    return results;
}

// Pairs of all special numbers, and random ones.
static int make_pairs(struct world *world, double (**pairs)[2])
{
    static const double special[] = {0,      -0.0,     1,         -1,  0.1,    2,      -2.5, 1e300,
                                     -1e300, INFINITY, -INFINITY, NAN, 5e-324, 1e-310, 3,    0.5};
    enum { N_SPECIAL = ARRAY_COUNT(special), N_RANDOM = 500 };
    int n = 0;
    uint64_t random = 3;
    *pairs = arena_alloc_array(world->arena, N_SPECIAL * N_SPECIAL + N_RANDOM, sizeof **pairs);
    for (int i = 0; i < N_SPECIAL; i++)
        for (int k = 0; k < N_SPECIAL; k++, n++)
            memcpy((*pairs)[n], (const double[]){special[i], special[k]}, sizeof **pairs);
    for (int i = 0; i < N_RANDOM; i++, n++)
        for (int k = 0; k < 2; k++)
            (*pairs)[n][k] = ldexp((double)next_random(&random) - 0x1p63, (int)(i % 40) - 80);
    return n;
}

// Two results agree: the same bits, or both not a number (whose bits mean nothing).
static bool agree(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void assert_kernels_agree(struct world *world, const char *const *equations, int n_equations)
{
    double(*pairs)[2];
    int n = make_pairs(world, &pairs);
    struct xy_program xy = build_xy(world, equations, n_equations);
    const double *wanted = evaluate(world, xy, kernel_find("generic"), pairs, n);
    for (size_t k = 1; k < ARRAY_COUNT(kernel_names); k++) {
        const struct kernel *kernel = kernel_find(kernel_names[k]);
        if (!kernel) {
            print_message("this processor cannot run the kernel %s\n", kernel_names[k]);
            continue;
        }
        const double *found = evaluate(world, xy, kernel, pairs, n);
        const double *few = evaluate(world, xy, kernel_find_narrow(kernel_names[k]), pairs, n);
        for (int i = 0; i < n_equations * n; i++)
            if (!agree(found[i], wanted[i]) || !agree(few[i], wanted[i]))
                fail_msg("%s: %s for x = %a, y = %a: %a, expected %a", kernel_names[k],
                         equations[i / n], pairs[i % n][0], pairs[i % n][1], found[i], wanted[i]);
    }
}

static void kernels_agree_on_operators_in_every_form(void **state)
{
    static const char *const symbols[] = {"+", "-",  "*",  "/", "^",  "MOD", "<",
                                          ">", "<=", ">=", "=", "<>", "AND", "OR"};
    // Row or number on either side, either side in the accumulator (enum binary_form).
    static const char *const forms[] = {"x %s y",         "x %s 2.5",          "2.5 %s x",
                                        "(x - y) %s y",   "y %s (x - y)",      "(x - y) %s 2.5",
                                        "2.5 %s (x - y)", "(x - y) %s (x * y)"};
    struct world *world = *state;
    const char *equations[ARRAY_COUNT(symbols) * ARRAY_COUNT(forms)];
    int n = 0;
    for (size_t i = 0; i < ARRAY_COUNT(symbols); i++)
        for (size_t k = 0; k < ARRAY_COUNT(forms); k++) {
            struct text text = {0};
            const char *hole = strstr(forms[k], "%s");
            text_append_bytes(&text, forms[k], (size_t)(hole - forms[k]));
            text_append(&text, symbols[i]);
            text_append(&text, hole + 2);
            equations[n++] = arena_copy_string(world->arena, text_string(&text));
            text_clear(&text);
        }
    assert_kernels_agree(world, equations, n);
}

static void kernels_agree_on_functions(void **state)
{
    static const char *const equations[] = {
        "-x",
        "NOT x",
        "ABS(x)",
        "INT(x)",
        "SQRT(x)",
        "EXP(x)",
        "LN(x)",
        "LOG10(x)",
        "SIN(x)",
        "COS(x)",
        "TAN(x)",
        "ARCSIN(x)",
        "ARCCOS(x)",
        "ARCTAN(x)",
        "MIN(x, y)",
        "MAX(x, y)",
        "MIN(x, 1)",
        "MAX(1, x)",
        "SAFEDIV(x, y)",
        "IF x THEN y ELSE x",
        "IF x > y THEN y ELSE 2",
        "IF x > y THEN 2 ELSE y",
        "IF x > y THEN 2 ELSE 3",
        "curve(x)",
        "line(x)",
        "stairs(x)",
    };
    assert_kernels_agree(*state, equations, ARRAY_COUNT(equations));
}

static void kernels_agree_with_the_folding_of_constants(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *equation;
        enum operation op;
    } cases[] = {
        {"x + y", OP_ADD},           {"x - y", OP_SUBTRACT},    {"x * y", OP_MULTIPLY},
        {"x / y", OP_DIVIDE},        {"x ^ y", OP_POWER},       {"x MOD y", OP_MODULO},
        {"MIN(x, y)", OP_MINIMUM},   {"MAX(x, y)", OP_MAXIMUM}, {"x < y", OP_LESS},
        {"x = y", OP_EQUAL},         {"x <> y", OP_NOT_EQUAL},  {"x AND y", OP_AND},
        {"EXP(x)", OP_EXPONENTIAL},  {"LN(x)", OP_LOGARITHM},   {"INT(x)", OP_FLOOR},
        {"SQRT(x)", OP_SQUARE_ROOT}, {"ABS(x)", OP_ABSOLUTE},   {"LOG10(x)", OP_LOGARITHM_10}};
    const char *equations[ARRAY_COUNT(cases)];
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        equations[i] = cases[i].equation;
    double(*pairs)[2];
    int n = make_pairs(world, &pairs);
    struct xy_program xy = build_xy(world, equations, ARRAY_COUNT(cases));
    const double *found = evaluate(world, xy, kernel_best(), pairs, n);
    for (int i = 0; i < (int)ARRAY_COUNT(cases) * n; i++) {
        const double *pair = pairs[i % n];
        double wanted = scalar_operation(cases[i / n].op, pair[0], pair[1], 0);
        if (!agree(found[i], wanted))
            fail_msg("%s for x = %a, y = %a: %a, folded %a", cases[i / n].equation, pair[0],
                     pair[1], found[i], wanted);
    }
}

// Kernels divide by constants without a division; the quotient must be that of C to the last bit,
// in blocks of usual numbers as in those with extreme ones among them.
static void division_by_constants_is_exactly_rounded(void **state)
{
    struct world *world = *state;
    static const double divisors[] = {3,
                                      7,
                                      -49,
                                      0.1,
                                      1e-30,
                                      0x1.fffffffffffffp0,
                                      0x1.0000000000001p0,
                                      0x1.5555555555555p-1,
                                      6.02e23,
                                      1.3e31};
    enum { N_DIVISORS = ARRAY_COUNT(divisors), N = 64 * 500 };
    const char *equations[2 * N_DIVISORS];
    for (int i = 0; i < N_DIVISORS; i++) {
        equations[2 * i] = arena_format(world->arena, "x / (%.17g)", divisors[i]);
        equations[2 * i + 1] = arena_format(world->arena, "(x * y) / (%.17g)", divisors[i]);
    }
    struct xy_program xy = build_xy(world, equations, 2 * N_DIVISORS);
    double(*pairs)[2] = (double(*)[2])ARENA_NEW_ARRAY(world->arena, double, 2 * N);
    uint64_t random = 9;
    for (int i = 0; i < N; i++) {
        bool is_tame = i / 64 % 4 != 0; // whole blocks, and some of anything
        uint64_t bits = next_random(&random);
        double any;
        memcpy(&any, &bits, sizeof any);
        pairs[i][0] =
            is_tame ? ldexp((double)(int64_t)bits, (int)(next_random(&random) % 80) - 100) : any;
        pairs[i][1] = i % 5 ? 1 : 0.37;
        if (i % 3 == 0) // near the middle between two quotients
            pairs[i][0] = nextafter(divisors[i % N_DIVISORS] * (1 + (double)(bits >> 12) * 0x1p-52),
                                    bits & 1 ? INFINITY : -INFINITY);
    }
    for (size_t k = 0; k < ARRAY_COUNT(kernel_names); k++) {
        const struct kernel *kernel = kernel_find(kernel_names[k]);
        const double *found = kernel ? evaluate(world, xy, kernel, pairs, N) : NULL;
        for (int i = 0; found && i < 2 * N_DIVISORS * N; i++) {
            const double *pair = pairs[i % N];
            double wanted = (i / N % 2 ? pair[0] * pair[1] : pair[0]) / divisors[i / N / 2];
            if (!agree(found[i], wanted))
                fail_msg("%s with %s for x = %a: %a, not %a", equations[i / N], kernel->name,
                         pair[0], found[i], wanted);
        }
    }
}

// A model of everything that keeps something between steps, varied in one parameter.
static const char busy_model[] =
    "parameters: { k: { value = 1; unit = '1/year'; }; };"
    "stocks: { s: { unit = '1'; initial = '1 + k * DT'; inflows = 'f'; outflows = 'g'; }; };"
    "flows: { f: { unit = '1/year'; equation = 'k * s * (3 - s) / 3 + PULSE(0.1, 2, 3)'; };"
    "  g: { unit = '1/year'; equation = 'SMTH3(s, 1 / k) * 0.1 / DT * DT * k'; }; };"
    "auxiliaries: { d: { unit = '1'; equation = 'DELAY(s, 1 / k) + PREVIOUS(s, 0) + curve(s)'; };"
    "  e: { unit = '1'; equation = 'EXP(-s) + SIN(s) ^ 2 + DELAY3(d, 2)'; }; };"
    "tables: { curve: { points = ((0, 1), (1.5, 0.3), (3, 2)); }; };";

enum { BUSY_OUTPUTS = 3 };

struct lanes_run {
    double finals[BUSY_OUTPUTS][MAX_LANES];
    struct run_ending endings[MAX_LANES];
};

// Takes the outputs of the last step.
struct finals_taker {
    struct lanes_run *run;
};

static bool wants_last(void *context, long step, bool is_last)
{
    (void)context, (void)step;
    return is_last;
}

static void take_finals(void *context, const struct workspace *workspace, long step, double time)
{
    struct finals_taker *taker = context;
    double buffer[MAX_LANES];
    (void)step, (void)time;
    for (int i = 0; i < BUSY_OUTPUTS; i++)
        memcpy(taker->run->finals[i], workspace_output(workspace, i, buffer),
               (size_t)workspace->lanes * sizeof(double));
}

// Runs `text` with k = values[lane] in `n` lanes.
static struct lanes_run run_lanes(struct world *world, const char *text, const char *method_name,
                                  const struct kernel *kernel, const double *values, int n,
                                  const char *const names[BUSY_OUTPUTS])
{
    struct model *model = world_model(world, text);
    assert_messages(world, "");
    const struct vary vary = {model_find_variable(model, "k"), 0};
    struct output outputs[BUSY_OUTPUTS];
    for (int i = 0; i < BUSY_OUTPUTS; i++)
        outputs[i] = (struct output){model_find_variable(model, names[i]), 0};
    struct program *program =
        program_build(world->arena, model, &vary, 1, outputs, BUSY_OUTPUTS, &world->diag);
    const struct method *method = method_find(method_name, (struct position){0}, &world->diag);
    struct workspace *workspace = workspace_create(program, kernel, method);
    double parameters[MAX_LANES];
    for (int lane = 0; lane < kernel->lanes; lane++)
        parameters[lane] = values[lane < n ? lane : 0];
    struct lanes_run run = {0};
    struct finals_taker taker = {&run};
    struct integration integration = {.workspace = workspace,
                                      .parameters = parameters,
                                      .n_lanes = n,
                                      .observers = {{&taker, wants_last, take_finals}},
                                      .n_observers = 1,
                                      .endings = run.endings};
    integrate(&integration);
    workspace_free(workspace);
    return run;
}

static const char *const busy_names[] = {"s", "d", "e"};

static void one_lane_and_all_lanes_agree(void **state)
{
    struct world *world = *state;
    static const char *const fixed_methods[] = {"euler", "rk2", "rk4"};
    const char *text = model_text(world, "start = 0; stop = 10; step = 0.125;", busy_model);
    double values[MAX_LANES];
    for (int lane = 0; lane < MAX_LANES; lane++)
        values[lane] = 0.3 + 0.05 * lane;
    for (size_t m = 0; m < ARRAY_COUNT(fixed_methods); m++)
        for (size_t k = 0; k < ARRAY_COUNT(kernel_names); k++) {
            const struct kernel *kernel = kernel_find(kernel_names[k]);
            if (!kernel)
                continue;
            struct lanes_run all =
                run_lanes(world, text, fixed_methods[m], kernel, values, kernel->lanes, busy_names);
            for (int lane = 0; lane < kernel->lanes; lane += 5) {
                struct lanes_run one =
                    run_lanes(world, text, fixed_methods[m], kernel, &values[lane], 1, busy_names);
                struct lanes_run narrow =
                    run_lanes(world, text, fixed_methods[m], kernel_find_narrow(kernel_names[k]),
                              &values[lane], 1, busy_names);
                for (int i = 0; i < BUSY_OUTPUTS; i++) {
                    assert_same_bits(all.finals[i][lane], one.finals[i][0]);
                    assert_same_bits(all.finals[i][lane], narrow.finals[i][0]);
                }
            }
        }
}

static void lanes_agree_with_a_run_of_folded_constants(void **state)
{
    struct world *world = *state;
    const double k = 0.7;
    const char *text =
        model_text(world, "start = 0; stop = 10; step = 0.125; method = 'rk4';", busy_model);
    struct lanes_run lanes = run_lanes(world, text, "rk4", kernel_best(), &k, 1, busy_names);
    struct model *model = world_model(world, text);
    static const struct metric_list no_metrics = {0};
    assert_true(model_set(model, &(struct setting){"k", k, {0}}, &world->diag));
    const struct simulation *simulation =
        simulate(world->arena, model, NULL, &no_metrics, 0, NULL, &world->diag);
    for (int i = 0; i < BUSY_OUTPUTS; i++)
        assert_same_bits(lanes.finals[i][0], last_value(simulation, busy_names[i]));
}

static void a_lane_that_fails_leaves_the_others_alone(void **state)
{
    struct world *world = *state;
    static const char *const names[] = {"s", "t", "f"};
    // Blows up where k > 0: s' = k s^2 from s = 1 is infinite at 1 / k.
    const char *text =
        model_text(world, "start = 0; stop = 10; step = 0.25;",
                   "parameters: { k: { value = 1; unit = '1/year'; }; };"
                   "stocks: { s: { unit = '1'; initial = 1; inflows = 'f'; };"
                   "  t: { unit = '1'; initial = 0; inflows = 'g'; }; };"
                   "flows: { f: { unit = '1/year'; equation = 'k * s * s'; };"
                   "  g: { unit = '1/year'; equation = 's * k - t * 0.1 / DT'; }; };");
    const struct kernel *kernel = kernel_best();
    double values[MAX_LANES];
    for (int lane = 0; lane < kernel->lanes; lane++)
        values[lane] = lane % 3 == 1 ? 2 + lane : -0.1 * lane;
    struct lanes_run all = run_lanes(world, text, "rk4", kernel, values, kernel->lanes, names);
    for (int lane = 0; lane < kernel->lanes; lane++) {
        if (lane % 3 == 1) {
            assert_int_equal(all.endings[lane].end, RUN_NONFINITE);
            assert_in_range((uintmax_t)all.endings[lane].time, 0, 9);
            continue;
        }
        struct lanes_run one = run_lanes(world, text, "rk4", kernel, &values[lane], 1, names);
        assert_int_equal(all.endings[lane].end, RUN_COMPLETE);
        assert_same_bits(all.finals[0][lane], one.finals[0][0]);
        assert_same_bits(all.finals[1][lane], one.finals[1][0]);
    }
}

static struct simulation *run_to_its_end(struct world *world, const char *time, const char *body)
{
    static const struct metric_list no_metrics = {0};
    struct model *model = world_model(world, model_text(world, time, body));
    assert_messages(world, "");
    return simulate(world->arena, model, NULL, &no_metrics, 0, NULL, &world->diag);
}

static void numbers_that_are_not_finite_are_blamed(void **state)
{
    static const struct {
        const char *time, *body, *blame;
        int line;
    } cases[] = {
        {NULL,
         "stocks: { s: { unit = '1'; initial = 1; inflows = 'f'; }; };\n"
         "auxiliaries: { x: { unit = '1'; equation = 'TIME / DT - 4'; };\n"
         "  y: { unit = '1'; equation = '1 / x'; }; };\n"
         "flows: { f: { unit = '1/year'; equation = 'y / DT'; }; };",
         "'y' is not a finite number at time 4", 4},
        {"start = 0; stop = 10; step = 0.5; method = 'rkf45';",
         "stocks: { s: { unit = '1'; initial = 1; inflows = 'f'; }; };\n"
         "flows: { f: { unit = '1/year'; equation = 'LN(s - 2) / DT'; }; };",
         "'f' is not a finite number at time 0", 3},
        {"start = 0; stop = 10; step = 1; method = 'rk4';",
         "stocks: { s: { unit = '1'; initial = 0.1; outflows = 'f'; }; };\n"
         "flows: { f: { unit = '1/year'; equation = 'SQRT(s) / DT'; }; };",
         "'s' is not a finite number at time 1", 2},
        {NULL, "stocks: { s: { unit = '1'; initial = '1 / TIME * DT'; }; };",
         "'s' is not a finite number at time 0", 2},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const struct simulation *simulation = run_to_its_end(world, cases[i].time, cases[i].body);
        assert_int_equal(simulation->ending.end, RUN_NONFINITE);
        assert_string_equal(simulation->blame, cases[i].blame);
        assert_int_equal(simulation->blame_position.line, cases[i].line);
    }
}

static void adaptive_methods_blame_time_where_they_must(void **state)
{
    const struct simulation *simulation =
        run_to_its_end(*state, "start = 0; stop = 10; step = 1; method = 'rkf45';",
                       "stocks: { s: { unit = '1'; initial = 0.1; outflows = 'f'; }; };"
                       "flows: { f: { unit = '1/year'; equation = 'SQRT(s) / DT'; }; };");
    assert_int_equal(simulation->ending.end, RUN_NONFINITE);
    assert_string_equal(simulation->blame, "a rate is not a finite number just after time 0");
}

static void what_was_computed_before_a_failure_is_kept(void **state)
{
    const struct simulation *simulation = run_to_its_end(
        *state, NULL,
        "stocks: { s: { unit = '1'; initial = 1; inflows = 'f'; }; };"
        "flows: { f: { unit = '1/year'; equation = '1 / (STARTTIME + 4 * DT - TIME)'; "
        "}; };");
    assert_int_equal(simulation->series->n_saves, 5);
    assert_same_bits(value_at(simulation, "s", 1), 1.25);
}

static void states_may_be_each_others_rates(void **state)
{
    // x' = y, y' = -x: rates that are themselves states must not change under the update.
    static const char body[] = "stocks: { x: { unit = 'm'; initial = 1; inflows = 'fx'; };"
                               "  y: { unit = 'm'; initial = 0; outflows = 'fy'; }; };"
                               "flows: { fx: { unit = 'm/year'; equation = 'y / unity'; };"
                               "  fy: { unit = 'm/year'; equation = 'x / unity'; }; };"
                               "parameters: { unity: { value = 1; unit = 'year'; }; };";
    const struct simulation *euler =
        world_run_body(*state, "start = 0; stop = 2; step = 0.5;", body);
    assert_same_bits(value_at(euler, "x", 0.5), 1);
    assert_same_bits(value_at(euler, "y", 0.5), -0.5);
    assert_same_bits(value_at(euler, "x", 1), 0.75);
    assert_same_bits(value_at(euler, "y", 1), -1);
    const struct simulation *rk4 =
        world_run_body(*state, "start = 0; stop = 2; step = 0.03125; method = 'rk4';", body);
    assert_close(last_value(rk4, "x"), cos(2), 0, 1e-7);
    assert_close(last_value(rk4, "y"), -sin(2), 0, 1e-7);
}

static const char *const all_methods[] = {"euler", "rk2", "rk4", "rkf45", "rk8pd", "msbdf"};

static const struct simulation *run_method(struct world *world, const char *method,
                                           const char *body)
{
    const char *time = arena_format(
        world->arena, "start = 0; stop = 10; step = 0.25; method = '%s'; tolerance = 1e-10;",
        method);
    return world_run_body(world, time, body);
}

static void pulses_conserve_their_amount(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(all_methods); i++) {
        const struct simulation *simulation =
            run_method(*state, all_methods[i],
                       "stocks: { s: { unit = '1'; initial = 0; inflows = 'f'; }; };"
                       "flows: { f: { unit = '1/year'; equation = 'PULSE(3, 1.1, 2)'; }; };");
        assert_close(last_value(simulation, "s"), 15, 1e-12, 0);
        assert_close(value_at(simulation, "s", 1.25), 0, 0, 0);
        assert_close(value_at(simulation, "s", 1.5), 3, 1e-12, 0);
    }
}

static void what_is_held_is_the_same_with_every_method(void **state)
{
    // The step's start is what each of these sees, at whatever stage: the sum is that of Euler.
    static const char body[] = "stocks: { s: { unit = 'year'; initial = 0; inflows = 'f'; };"
                               "  d: { unit = 'year'; initial = 0; inflows = 'g'; }; };"
                               "flows: { f: { unit = '1'; equation = 'PREVIOUS(TIME, 0) / DT'; };"
                               "  g: { unit = '1'; equation = 'DELAY(TIME, 0.5, 0) / DT'; }; };";
    double previous = 0, delayed = 0;
    for (int step = 0; step < 40; step++) {
        previous += step >= 1 ? 0.25 * (step - 1) : 0;
        delayed += step >= 2 ? 0.25 * (step - 2) : 0;
    }
    for (size_t i = 0; i < ARRAY_COUNT(all_methods); i++) {
        const struct simulation *simulation = run_method(*state, all_methods[i], body);
        assert_close(last_value(simulation, "s"), previous, 1e-10, 0);
        assert_close(last_value(simulation, "d"), delayed, 1e-10, 0);
    }
}

static void transfers_between_stocks_conserve_their_sum(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(all_methods); i++) {
        const struct simulation *simulation =
            run_method(*state, all_methods[i],
                       "stocks: { a: { unit = '1'; initial = 900; outflows = 'f'; inflows = 'g'; };"
                       "  b: { unit = '1'; initial = 100; inflows = 'f'; outflows = 'g'; }; };"
                       "flows: { f: { unit = '1/year'; equation = 'a * b / 1000 * k'; };"
                       "  g: { unit = '1/year'; equation = 'b ^ 0.5 * k'; }; };"
                       "parameters: { k: { value = 0.8; unit = '1/year'; }; };");
        assert_close(last_value(simulation, "a") + last_value(simulation, "b"), 1000, 1e-12, 0);
    }
}

static void saves_are_taken_at_their_times(void **state)
{
    const struct simulation *simulation =
        world_run_body(*state, "start = 2; stop = 5.2; step = 0.1; save_every = 0.5;",
                       "auxiliaries: { t: { unit = 'year'; equation = 'TIME'; }; };");
    const struct series *series = simulation->series;
    assert_int_equal(series->n_saves, 8); // 2, 2.5, ... 5, and the last step
    assert_same_bits(series->times[3], 3.5);
    assert_same_bits(series->times[7], 5.2);
    assert_same_bits(series_at(series, 0, 7), 5.2);
    assert_close(series_at_time(series, 0, 3.25), 3.25, 1e-12, 0);
    assert_true(isnan(series_at_time(series, 0, 1)) && isnan(series_at_time(series, 0, 6)));
}

static void a_run_without_length_has_one_row(void **state)
{
    const struct simulation *simulation = world_run_body(
        *state, "start = 3; stop = 3; step = 1;", "stocks: { s: { unit = '1'; initial = 7; }; };");
    assert_int_equal(simulation->ending.end, RUN_COMPLETE);
    assert_int_equal(simulation->series->n_saves, 1);
    assert_same_bits(last_value(simulation, "s"), 7);
}

static void a_cancelled_run_keeps_its_rows(void **state)
{
    struct world *world = *state;
    static const struct metric_list no_metrics = {0};
    const volatile sig_atomic_t cancel = 1;
    struct model *model = world_model(
        world, model_text(world, NULL, "stocks: { s: { unit = '1'; initial = 7; }; };"));
    const struct simulation *simulation =
        simulate(world->arena, model, NULL, &no_metrics, 0, &cancel, &world->diag);
    assert_int_equal(simulation->ending.end, RUN_CANCELLED);
    assert_int_equal(simulation->series->n_saves, 1);
    assert_string_equal(run_end_name(simulation->ending.end), "cancelled");
}

static void variables_are_selected(void **state)
{
    struct world *world = *state;
    struct model *model =
        world_model(world, model_text(world, NULL,
                                      "dimensions: { d = ['p', 'q']; };"
                                      "stocks: { s: { unit = '1'; initial = 7; dimensions = 'd'; };"
                                      "  t: { unit = '1'; initial = 7; }; };"));
    const char *names[] = {"S", "t", "s[q]"};
    const struct selection selection = {names, 3, false};
    struct output_list outputs = {0};
    assert_true(select_outputs(model, &selection, world->arena, &outputs, &world->diag));
    assert_int_equal(outputs.count, 4);
    assert_int_equal(outputs.items[3].cell, 1);
    const char *wrong[] = {"s[r]", "u"};
    const struct selection wrong_selection = {wrong, 2, false};
    assert_false(select_outputs(model, &wrong_selection, world->arena, &outputs, &world->diag));
    assert_int_equal(world->diag.fault, FAULT_USAGE);
    assert_messages(world, "--select: error: 'r' is not an element of dimension 'd'\n"
                           "--select: error: unknown name 'u'\n");
}

static void methods_are_found_by_any_of_their_names(void **state)
{
    struct world *world = *state;
    const struct position position = {.file = "m.cfg", .line = 2};
    static const char *const names[][2] = {{"euler", "euler"},
                                           {"RK4", "rk4"},
                                           {"rk45", "rkf45"},
                                           {"gear", "msbdf"},
                                           {"foo, rk2", "rk2"}};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        assert_string_equal(method_find(names[i][0], position, &world->diag)->name, names[i][1]);
    assert_null(method_find("rk5", position, &world->diag));
    assert_messages(world, "m.cfg:2: error: unknown method 'rk5': euler, rk2, rk4, rkf45, rk8pd or "
                           "msbdf (did you mean 'rk2'?)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(kernels_agree_on_operators_in_every_form),
        WORLD_TEST(kernels_agree_on_functions),
        WORLD_TEST(division_by_constants_is_exactly_rounded),
        WORLD_TEST(kernels_agree_with_the_folding_of_constants),
        WORLD_TEST(one_lane_and_all_lanes_agree),
        WORLD_TEST(lanes_agree_with_a_run_of_folded_constants),
        WORLD_TEST(a_lane_that_fails_leaves_the_others_alone),
        WORLD_TEST(numbers_that_are_not_finite_are_blamed),
        WORLD_TEST(adaptive_methods_blame_time_where_they_must),
        WORLD_TEST(what_was_computed_before_a_failure_is_kept),
        WORLD_TEST(states_may_be_each_others_rates),
        WORLD_TEST(pulses_conserve_their_amount),
        WORLD_TEST(what_is_held_is_the_same_with_every_method),
        WORLD_TEST(transfers_between_stocks_conserve_their_sum),
        WORLD_TEST(saves_are_taken_at_their_times),
        WORLD_TEST(a_run_without_length_has_one_row),
        WORLD_TEST(a_cancelled_run_keeps_its_rows),
        WORLD_TEST(variables_are_selected),
        WORLD_TEST(methods_are_found_by_any_of_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
