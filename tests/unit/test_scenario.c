// model/: scenario files, what they do to models, and cases: which runs the files and options of a
// command line ask for.
#include "unit/support.h"

#include <string.h>

#include "base/file.h"

static const char some_model[] = "model: { name = 'm'; time: { start = 0; stop = 10; step = 1; };\n"
                                 "dimensions: { d = ['p', 'q']; };\n"
                                 "parameters: { rate: { value = 0.1; unit = '1/year'; }; };\n"
                                 "stocks: { s: { unit = 'person'; initial = 100; }; };\n"
                                 "inputs: { money: { unit = 'euro/year'; default = 2; };\n"
                                 "  grants: { unit = 'euro/year'; dimensions = 'd'; }; };\n"
                                 "};\n";

// Writes a scenario with `body` and the models m.cfg and other.cfg; returns its path.
static const char *write_scenario(struct world *world, const char *body)
{
    world_write(world, "m.cfg", quoted(world, some_model));
    world_write(world, "other.cfg",
                quoted(world, "model: { name = 'other'; time: { start = 0; stop = 10; };\n"
                              "parameters: { slope: { value = 1; unit = '1'; }; }; };\n"));
    return world_write(world, "s.cfg",
                       quoted(world, arena_format(world->arena, "scenario: {\n%s\n};\n", body)));
}

static struct case_options no_options(void)
{
    return (struct case_options){.time = time_spec_empty()};
}

// The first case of the scenario `body`; NULL with errors.
static struct run_case *read_case(struct world *world, const char *body)
{
    struct case_list cases = {0};
    struct case_options options = no_options();
    const char *path = write_scenario(world, body);
    bool is_good = cases_read(world->arena, path, &options, world->units, &cases, &world->diag) &&
                   cases_check(&cases, &options, &world->diag);
    return is_good ? &cases.items[0] : NULL;
}

static void assert_scenario_messages(struct world *world, const struct text_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct run_case *run_case = read_case(world, cases[i].text);
        assert_int_equal(run_case != NULL, *cases[i].messages == '\0');
        assert_messages(world, cases[i].messages);
    }
}

static void a_scenario_is_read_as_written(void **state)
{
    struct world *world = *state;
    const char *path = write_scenario(
        world,
        "name = 'mix'; title: { nl = 'Mix'; en = 'mix'; }; models = ('m.cfg', 'other.cfg');\n"
        "time: { stop = 8; method = 'rk4'; };\n"
        "parameters: { rate = 0.2; };\n"
        "funding: ({ stream = 'money'; from = 1; until = 3; amount = 5; shape = 'taper'; });\n"
        "periods: ({ from = 1; until = 3; title = 'support'; });\n"
        "tip: { variable = 's'; above = 120; settle = 20; };");
    const struct scenario *scenario = scenario_read(world->arena, path, &world->diag);
    assert_messages(world, "");
    assert_string_equal(scenario->name, "mix");
    assert_int_equal(scenario->n_models, 2);
    assert_int_equal(scenario->streams.items[0].shape, SHAPE_TAPER);
    assert_same_bits(scenario->periods.items[0].until, 3);
    assert_same_bits(scenario->tip.above, 120);
    assert_true(scenario_is_file(path));
    assert_false(scenario_is_file(world_path(world, "m.cfg")));
    assert_false(scenario_is_file(world->folder));
}

static void a_scenario_changes_its_models(void **state)
{
    struct world *world = *state;
    const struct run_case *run_case =
        read_case(world, "name = 'mix'; models = ('m.cfg', 'other.cfg');\n"
                         "time: { stop = 8; }; parameters: { rate = 0.2; slope = 3; };");
    assert_messages(world, "");
    assert_string_equal(run_case->label, "mix.m");
    assert_same_bits(run_case->model->time.stop, 8);
    assert_same_bits(model_find_variable(run_case->model, "rate")->values[0], 0.2);
    assert_string_equal(run_case[1].label, "mix.other");
    assert_same_bits(model_find_variable(run_case[1].model, "slope")->values[0], 3);
}

static void options_go_before_the_scenario(void **state)
{
    struct world *world = *state;
    struct case_list cases = {0};
    struct case_options options = no_options();
    options.time.stop = 5;
    ARRAY_PUSH(world->arena, &options.settings) = (struct setting){.name = "RATE", .value = 0.5};
    const char *path = write_scenario(
        world, "models = ('m.cfg'); time: { stop = 8; step = 0.5; }; parameters: { rate = 0.2; };");
    assert_true(cases_read(world->arena, path, &options, world->units, &cases, &world->diag));
    const struct model *model = cases.items[0].model;
    assert_string_equal(cases.items[0].label, "s.m"); // the file's name
    assert_same_bits(model->time.stop, 5);
    assert_same_bits(model->time.step, 0.5);
    assert_same_bits(model_find_variable(model, "rate")->values[0], 0.5);
}

static void wrong_keys(void **state)
{
    static const struct text_case cases[] = {
        {"", "s.cfg:1: error: the scenario has no 'models'\n"},
        {"models = 'm.cfg';",
         "s.cfg:2: error: 'models' must be a list of model files ( \"file.cfg\", ... )\n"},
        {"models = ();",
         "s.cfg:2: error: 'models' must be a list of model files ( \"file.cfg\", ... )\n"},
        {"models = (3);", "s.cfg:2: error: 'entry' must be a text in quotes\n"},
        {"models = ('m.cfg'); fundng = ();",
         "s.cfg:2: error: unknown key 'fundng' in the scenario (did you mean 'funding'?)\n"},
        {"models = ('m.cfg'); funding: { };",
         "s.cfg:2: error: 'funding' must be a list ( { stream = \"...\"; ... }, ... )\n"},
        {"models = ('m.cfg'); data = ();",
         "s.cfg:2: error: 'data' must be a group { name = \"file.csv\"; }\n"},
        {"models = ('m.cfg'); periods: { };",
         "s.cfg:2: error: 'periods' must be a list ( { from = 2026.0; until = 2034.0; }, ... )\n"},
        {"models = ('m.cfg'); periods = ({ from = 1; });",
         "s.cfg:2: error: period has no 'until'\n"},
        {"models = ('m.cfg'); tip: { level = 3; };",
         "s.cfg:2: error: unknown key 'level' in 'tip'\n"},
        {"models = ('m.cfg'); parameters = 3;",
         "s.cfg:2: error: 'parameters' must be a group { name = number; }\n"},
        {"models = ('m.cfg'); parameters: { rate = 'x'; };",
         "s.cfg:2: error: 'rate' must be a number (write it without quotes)\n"},
        {"models = ('m.cfg'); parameters = ({ name = 'rate'; });",
         "s.cfg:2: error: setting has no 'value'\n"},
        {"models = ('m.cfg');\ntime: { stop = -1; };",
         "s.cfg:3: error: the run stops at -1, before it starts at 0\n"},
        {"models = ('m.cfg'); time: { stp = 3; };",
         "s.cfg:2: error: unknown key 'stp' in 'time' (did you mean 'stop'?)\n"},
    };
    assert_scenario_messages(*state, cases, ARRAY_COUNT(cases));
}

static void wrong_streams(void **state)
{
    static const struct text_case cases[] = {
        {"models = ('m.cfg'); funding = ({ amount = 3; });",
         "s.cfg:2: error: funding stream has no 'stream'\n"},
        {"models = ('m.cfg'); funding = ({ stream = 'money'; });",
         "s.cfg:2: error: stream 'money' has no 'amount'\n"},
        {"models = ('m.cfg'); funding = ({ stream = 'money'; amount = 1; shape = 'tapr'; });",
         "s.cfg:2: error: unknown shape 'tapr': constant, taper, ramp, pulse, points or steps "
         "(did you mean 'taper'?)\n"},
        {"models = ('m.cfg'); funding = ({ stream = 'money'; amount = 1; from = 3; until = 2; });",
         "s.cfg:2: error: stream 'money' ends at 2, before it starts at 3\n"},
        {"models = ('m.cfg'); funding = ({ stream = 'money'; amount = 1; shape = 'taper'; });",
         "s.cfg:2: error: a taper needs 'from' and 'until'\n"},
        {"models = ('m.cfg'); funding = ({ stream = 'money'; amount = 1; shape = 'ramp'; });",
         "s.cfg:2: error: a ramp needs 'from', and 'until' or 'full_from'\n"},
        {"models = ('m.cfg'); funding = ({ stream = 'money'; amount = 1; shape = 'pulse'; });",
         "s.cfg:2: error: a pulse needs 'from'\n"},
        {"models = ('m.cfg'); funding = ({ stream = 'money'; shape = 'points'; });",
         "s.cfg:2: error: stream 'money' needs 'points'\n"},
        {"models = ('m.cfg'); funding = ({ stream = 'money'; shape = 'steps'; });",
         "s.cfg:2: error: stream 'money' needs 'points'\n"},
        {"models = ('m.cfg'); funding = ({ stream = 'money'; points = ((2, 1), (1, 1)); });",
         "s.cfg:2: error: the x of point 2 is not above that of the point before it\n"},
        {"models = ('m.cfg'); funding = ({ stream = 's'; amount = 1; });",
         "s.cfg:2: error: 's' is a stock, not an input that money can flow into\n"},
        {"models = ('m.cfg'); funding = ({ stream = 'grants[r]'; amount = 1; });",
         "s.cfg:2: error: 'r' is not an element of dimension 'd'\n"},
    };
    assert_scenario_messages(*state, cases, ARRAY_COUNT(cases));
}

static void names_that_no_model_has(void **state)
{
    static const struct text_case cases[] = {
        {"models = ('m.cfg'); funding = ({ stream = 'mony'; amount = 1; });",
         "s.cfg:2: error: funding stream 'mony' is in none of the scenario's models "
         "(did you mean 'money'?)\n"},
        {"models = ('m.cfg', 'other.cfg'); parameters: { rat = 1; slope = 2; };",
         "s.cfg:2: error: parameter 'rat' is in none of the scenario's models "
         "(did you mean 'rate'?)\n"},
        {"models = ('m.cfg'); data: { zebra = 'z.csv'; };",
         "s.cfg:2: error: data 'zebra' is in none of the scenario's models\n"},
        {"models = ('n.cfg');", "s.cfg:2: error: there is no model file 'n.cfg' "
                                "(paths of models go from the folder of the scenario)\n"},
        {"models = ('.');", "error: cannot read '.': it is a folder\n"},
    };
    assert_scenario_messages(*state, cases, ARRAY_COUNT(cases));
}

static void wrong_data(void **state)
{
    struct world *world = *state;
    static const struct {
        const char *csv, *messages;
    } cases[] = {
        {"time,money\n1,3\n2,4\n", ""},
        {"jaar;bedrag\n1;3\n2;4\n", ""}, // two columns: no need of its name
        {"time,a,b\n1,3,4\n", "d.csv:1: error: no column 'money' after the time column\n"},
        {"time,money\n2,3\n1,4\n", "d.csv:3: error: times must rise from row to row\n"},
        {"time,money\n1,3\n,4\n", "d.csv:3: error: times must rise from row to row\n"},
        {"time,money\n1,\n2,?\n", "d.csv: error: no values in column 'money'\n"},
        {"time,money\n1,x\n", "d.csv:2: error: 'x' in column 'money' is not a number\n"},
    };
    const char *body = "models = ('m.cfg');\ndata: { money = 'd.csv'; };";
    assert_null(read_case(world, body));
    assert_messages(world, "error: cannot read 'd.csv': No such file or directory "
                           "(it is named at s.cfg:3)\n");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        world_write(world, "d.csv", cases[i].csv);
        assert_int_equal(read_case(world, body) != NULL, *cases[i].messages == '\0');
        assert_messages(world, cases[i].messages);
    }
}

static void settings_that_no_case_knows(void **state)
{
    struct world *world = *state;
    struct case_list cases = {0};
    struct case_options options = no_options();
    ARRAY_PUSH(world->arena, &options.settings) = (struct setting){.name = "rat", .value = 1};
    ARRAY_PUSH(world->arena, &options.settings) = (struct setting){.name = "money.scale"};
    const char *path = write_scenario(world, "models = ('m.cfg');");
    assert_true(cases_read(world->arena, path, &options, world->units, &cases, &world->diag));
    assert_false(cases_check(&cases, &options, &world->diag));
    assert_int_equal(world->diag.fault, FAULT_USAGE);
    assert_messages(world, "error: --set rat: no model has a variable of that name "
                           "(did you mean 'rate'?)\n"
                           "error: --set money.scale: no model has a variable of that name\n");
}

static void two_runs_of_one_name(void **state)
{
    struct world *world = *state;
    struct case_list cases = {0};
    struct case_options options = no_options();
    const char *path = write_scenario(world, "models = ('m.cfg', 'm.cfg');");
    assert_true(cases_read(world->arena, path, &options, world->units, &cases, &world->diag));
    assert_false(cases_check(&cases, &options, &world->diag));
    assert_messages(world, "error: two of the runs are called 's.m'\n");
}

static void models_may_lie_in_other_folders(void **state)
{
    struct world *world = *state;
    struct case_list cases = {0};
    struct case_options options = no_options();
    assert_true(folder_create(world_path(world, "models"), &world->diag));
    assert_true(folder_create(world_path(world, "scenarios"), &world->diag));
    world_write(world, "models/m.cfg", quoted(world, some_model));
    world_write(world, "scenarios/d.csv", "time,money\n0,3\n");
    const char *path = world_write(
        world, "scenarios/s.cfg",
        quoted(world, "scenario: { models = ('../models/m.cfg'); data: { money = 'd.csv'; }; };"));
    assert_true(cases_read(world->arena, path, &options, world->units, &cases, &world->diag));
    assert_messages(world, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_scenario_is_read_as_written),
        WORLD_TEST(a_scenario_changes_its_models),
        WORLD_TEST(options_go_before_the_scenario),
        WORLD_TEST(wrong_keys),
        WORLD_TEST(wrong_streams),
        WORLD_TEST(names_that_no_model_has),
        WORLD_TEST(wrong_data),
        WORLD_TEST(settings_that_no_case_knows),
        WORLD_TEST(two_runs_of_one_name),
        WORLD_TEST(models_may_lie_in_other_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
