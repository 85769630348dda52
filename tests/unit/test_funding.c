// model/apply_scenario: every shape of a funding stream pays out the right amount of money, with
// every method and wherever its dates fall within a step; hidden parameters change streams; data
// replace inputs.
#include "unit/support.h"

#include <string.h>

// Money flows into a stock, and a stock tells what was paid.
static const char some_model[] =
    "model: { time: { start = 0; stop = 10; step = 0.25; };\n"
    "dimensions: { d = ['p', 'q']; };\n"
    "inputs: { money: { unit = 'euro/year'; }; base: { unit = 'euro/year'; default = 3; };\n"
    "  grants: { unit = 'euro/year'; dimensions = 'd'; }; };\n"
    "flows: { pay: { unit = 'euro/year'; equation = 'money'; };\n"
    "  pay_base: { unit = 'euro/year'; equation = 'base'; };\n"
    "  pay_p: { unit = 'euro/year'; equation = 'grants[p]'; };\n"
    "  pay_q: { unit = 'euro/year'; equation = 'grants[q]'; }; };\n"
    "stocks: { paid: { unit = 'euro'; initial = 0; inflows = 'pay'; };\n"
    "  paid_base: { unit = 'euro'; initial = 0; inflows = 'pay_base'; };\n"
    "  paid_p: { unit = 'euro'; initial = 0; inflows = 'pay_p'; };\n"
    "  paid_q: { unit = 'euro'; initial = 0; inflows = 'pay_q'; }; };\n"
    "};\n";

// Runs the model under a scenario with `body`, changed by the setting NAME (NULL: none).
static const struct simulation *fund(struct world *world, const char *method, const char *body,
                                     const char *name, double value)
{
    struct case_list cases = {0};
    struct case_options options = {.time = time_spec_empty()};
    static const struct metric_list no_metrics = {0};
    options.time.method = method;
    if (name)
        ARRAY_PUSH(world->arena, &options.settings) =
            (struct setting){.name = name, .value = value};
    world_write(world, "m.cfg", quoted(world, some_model));
    const char *path = world_write(
        world, "s.cfg",
        quoted(world, arena_format(world->arena, "scenario: { models = ('m.cfg'); %s };", body)));
    bool is_read = cases_read(world->arena, path, &options, world->units, &cases, &world->diag) &&
                   cases_check(&cases, &options, &world->diag) &&
                   resolve_model(cases.items[0].model, &world->diag);
    assert_messages(world, "");
    assert_true(is_read);
    return simulate(world->arena, cases.items[0].model, NULL, &no_metrics, 0, NULL, &world->diag);
}

static double paid(struct world *world, const char *method, const char *stream)
{
    const char *body = arena_format(world->arena, "funding = ({ stream = 'money'; %s });", stream);
    return last_value(fund(world, method, body, NULL, 0), "paid");
}

struct shape_case {
    const char *stream;
    double amount; // of money in all
};

static void amounts_of_shapes_without_slopes_are_exact(void **state)
{
    static const struct shape_case cases[] = {
        {"amount = 10; from = 2; until = 6;", 40},
        {"amount = 10; from = 2.1; until = 6.03;", 39.3}, // dates within a step
        {"amount = 10; from = 2.1; until = 2.15;", 0.5},  // both within one step
        {"amount = 10; from = 8;", 20},
        {"amount = 10; until = 2;", 20},
        {"amount = 10;", 100},
        {"amount = -10; from = 2; until = 3;", -10},
        {"amount = 10; from = 3; until = 3;", 0},
        {"amount = 10; from = 12; until = 15;", 0},
        {"amount = 7; from = 2; shape = 'pulse';", 7},
        {"amount = 7; from = 2.1; shape = 'pulse';", 7},
        {"amount = 7; from = 2; every = 2; until = 7; shape = 'pulse';", 21},
        {"amount = 7; from = 2.1; every = 2; until = 7; shape = 'pulse';", 21},
        {"shape = 'steps'; points = ((1, 10), (3, 20), (4, 0));", 40},
        {"shape = 'steps'; points = ((1.1, 10), (3.05, 20), (4.2, 0));", 42.5},
        {"shape = 'steps'; points = ((1, 10), (3, 20)); until = 5; amount = 2;", 120},
    };
    static const char *const methods_to_try[] = {"euler", "rk2", "rk4", "rkf45"};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        for (size_t k = 0; k < ARRAY_COUNT(methods_to_try); k++)
            assert_close(paid(*state, methods_to_try[k], cases[i].stream), cases[i].amount, 1e-12,
                         1e-12);
}

static void amounts_of_slopes_are_exact_on_the_grid(void **state)
{
    static const struct shape_case cases[] = {
        {"amount = 10; from = 2; until = 6; shape = 'taper';", 20},
        {"amount = 10; from = 2; full_until = 4; until = 6; shape = 'taper';", 30},
        {"amount = 10; from = 2; until = 6; shape = 'ramp';", 20},
        {"amount = 10; from = 2; full_from = 4; until = 6; shape = 'ramp';", 30},
        {"shape = 'points'; points = ((1, 0), (3, 10), (5, 0));", 20},
        {"points = ((1, 0), (3, 10), (5, 0)); amount = 3;", 60},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_close(paid(*state, "rk4", cases[i].stream), cases[i].amount, 1e-12, 0);
        assert_close(paid(*state, "rk2", cases[i].stream), cases[i].amount, 1e-12, 0);
    }
}

// Euler takes the height at the start of each step for all of it: half a step too high on a slope
// that falls, too low on one that rises.
static void slopes_are_of_first_order_with_euler(void **state)
{
    assert_close(paid(*state, "euler", "amount = 10; from = 2; until = 6; shape = 'taper';"),
                 20 + 10 * 0.25 / 2, 1e-12, 0);
    assert_close(paid(*state, "euler", "amount = 10; from = 2; until = 6; shape = 'ramp';"),
                 20 - 10 * 0.25 / 2, 1e-12, 0);
}

static void heights_on_a_slope_are_those_of_the_moment(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = fund(
        world, "rk4",
        "funding = ({ stream = 'money'; amount = 10; from = 2; until = 6; shape = 'taper'; });",
        NULL, 0);
    int money = series_find(simulation->series, "money");
    assert_true(series_at_time(simulation->series, money, 2) == 10);
    assert_true(series_at_time(simulation->series, money, 4) == 5);
    assert_true(series_at_time(simulation->series, money, 5.75) == 0.625);
    assert_true(series_at_time(simulation->series, money, 6) == 0);
}

static void amounts_of_slopes_are_exact_off_the_grid(void **state)
{
    static const struct shape_case cases[] = {
        {"amount = 10; from = 2.1; until = 6.3; shape = 'taper';", 21},
        {"amount = 10; from = 2.1; until = 6.3; shape = 'ramp';", 21},
        {"points = ((1.1, 0), (5.3, 10));", 21},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_close(paid(*state, "rk4", cases[i].stream), cases[i].amount, 1e-12, 0);
    }
}

static void streams_of_one_input_add_up(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation =
        fund(world, "euler",
             "funding = ({ stream = 'money'; amount = 10; from = 1; until = 2; },"
             "{ stream = 'Money'; amount = 5; from = 2; until = 4; },"
             "{ stream = 'money'; amount = 1; });",
             NULL, 0);
    assert_close(last_value(simulation, "paid"), 10 + 10 + 10, 1e-12, 0);
}

static void streams_come_on_top_of_the_default(void **state)
{
    const struct simulation *simulation =
        fund(*state, "euler", "funding = ({ stream = 'base'; amount = 10; from = 1; until = 2; });",
             NULL, 0);
    assert_close(last_value(simulation, "paid_base"), 30 + 10, 1e-12, 0);
}

static void streams_may_reach_one_element_or_all(void **state)
{
    const struct simulation *simulation =
        fund(*state, "rk4",
             "funding = ({ stream = 'grants[q]'; amount = 10; from = 1; until = 2; },"
             "{ stream = 'grants'; amount = 1; from = 5; until = 7; });",
             NULL, 0);
    assert_close(last_value(simulation, "paid_p"), 2, 1e-12, 0);
    assert_close(last_value(simulation, "paid_q"), 12, 1e-12, 0);
}

static void hidden_parameters_change_streams(void **state)
{
    static const char *const body =
        "funding = ({ stream = 'money'; amount = 10; from = 1; until = 2; },"
        "{ stream = 'MONEY'; amount = 5; from = 2; until = 4; shape = 'taper'; },"
        "{ stream = 'grants[q]'; amount = 10; from = 1; until = 2; });";
    static const struct {
        const char *name;
        double value, paid, paid_q;
    } cases[] = {
        {"money.1.amount", 20, 25, 10},
        {"money.1.from", 1.5, 10, 10},
        {"money.1.until", 3, 25, 10},
        {"money.2.amount", 7, 17, 10},
        {"money.2.full_until", 3, 17.5, 10},
        {"money.scale", 2, 30, 10},
        {"grants[q].1.amount", 30, 15, 30},
        {"grants.scale", 0, 15, 0},
        {"money", 1, 10, 10}, // a constant in its place
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const struct simulation *simulation =
            fund(*state, "rk4", body, cases[i].name, cases[i].value);
        assert_close(last_value(simulation, "paid"), cases[i].paid, 1e-12, 0);
        assert_close(last_value(simulation, "paid_q"), cases[i].paid_q, 1e-12, 0);
    }
}

static void data_take_the_place_of_inputs(void **state)
{
    struct world *world = *state;
    world_write(world, "d.csv", "time,money\n1,10\n3,30\n5,\n7,30\n");
    const struct simulation *simulation =
        fund(world, "rk4", "data: { money = 'd.csv'; };", NULL, 0);
    assert_same_bits(value_at(simulation, "money", 0), 10); // held before the first
    assert_same_bits(value_at(simulation, "money", 2), 20); // a straight line between
    assert_same_bits(value_at(simulation, "money", 5), 30); // an empty cell is no zero
    assert_same_bits(value_at(simulation, "money", 10), 30);
    assert_close(last_value(simulation, "paid"), 10 + 40 + 210, 1e-12, 0);
}

static void streams_come_on_top_of_data(void **state)
{
    struct world *world = *state;
    world_write(world, "d.csv", "time,money\n0,10\n");
    const struct simulation *simulation =
        fund(world, "euler",
             "data: { money = 'd.csv'; }; funding = ({ stream = 'money'; amount = 5; from = 8; });",
             NULL, 0);
    assert_close(last_value(simulation, "paid"), 110, 1e-12, 0);
}

static void observations_leave_other_variables_alone(void **state)
{
    struct world *world = *state;
    world_write(world, "d.csv", "time,paid\n0,10\n");
    const struct simulation *simulation =
        fund(world, "euler", "data: { paid = 'd.csv'; };", NULL, 0);
    assert_same_bits(last_value(simulation, "paid"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(amounts_of_shapes_without_slopes_are_exact),
        WORLD_TEST(amounts_of_slopes_are_exact_on_the_grid),
        WORLD_TEST(slopes_are_of_first_order_with_euler),
        WORLD_TEST(heights_on_a_slope_are_those_of_the_moment),
        WORLD_TEST(amounts_of_slopes_are_exact_off_the_grid),
        WORLD_TEST(streams_of_one_input_add_up),
        WORLD_TEST(streams_come_on_top_of_the_default),
        WORLD_TEST(streams_may_reach_one_element_or_all),
        WORLD_TEST(hidden_parameters_change_streams),
        WORLD_TEST(data_take_the_place_of_inputs),
        WORLD_TEST(streams_come_on_top_of_data),
        WORLD_TEST(observations_leave_other_variables_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
