// Reading XMILE: what the standard asks for, with values known beforehand, and files that are
// spoilt or hostile.
#include "unit/support.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/write_cfg.h"
#include "model/write_xmile.h"

// An XMILE file around <variables> and what else stands beside them; ' stands for ".
static const char *file_text(struct world *world, const char *specs, const char *before,
                             const char *variables, const char *after)
{
    return quoted(world, arena_format(world->arena,
                                      "<?xml version='1.0' encoding='utf-8'?>\n"
                                      "<xmile version='1.0' xmlns='http://docs.oasis-open.org/"
                                      "xmile/ns/XMILE/v1.0'>\n"
                                      "<sim_specs%s</sim_specs>%s\n"
                                      "<model><variables>%s</variables></model>%s</xmile>\n",
                                      specs, before, variables, after));
}

static const char *const ten_steps = "><start>0</start><stop>10</stop>";

static struct simulation *run_file(struct world *world, const char *path)
{
    static const struct metric_list no_metrics = {0};
    struct model *model = model_read(world->arena, path, world->units, &world->diag);
    if (!model || !resolve_model(model, &world->diag) || !units_check(model, &world->diag))
        fail_msg("%s", world_messages(world));
    struct simulation *simulation =
        simulate(world->arena, model, NULL, &no_metrics, 0, NULL, &world->diag);
    assert_messages(world, "");
    assert_non_null(simulation);
    return simulation;
}

static struct simulation *run_text(struct world *world, const char *text)
{
    return run_file(world, world_write(world, "model.xmile", text));
}

static struct simulation *run_variables(struct world *world, const char *variables)
{
    return run_text(world, file_text(world, ten_steps, "", variables, ""));
}

// The messages that reading `text` gives; it must fail.
static const char *failure_of(struct world *world, const char *text)
{
    const char *path = world_write(world, "model.xmile", text);
    struct model *model = model_read(world->arena, path, world->units, &world->diag);
    bool is_good = model && resolve_model(model, &world->diag);
    assert_false(is_good);
    assert_true(world->diag.n_errors > 0);
    return world_messages(world);
}

static void runge_kutta_is_that_of_the_formula(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = run_text(
        world, file_text(world, " method='RK4'><start>0</start><stop>4</stop><dt>0.5</dt>", "",
                         "<stock name='s'><eqn>1</eqn><inflow>f</inflow></stock>"
                         "<flow name='f'><eqn>s</eqn></flow>",
                         ""));
    double h = 0.5, factor = 1 + h + h * h / 2 + h * h * h / 6 + h * h * h * h / 24, s = 1;
    for (int i = 0; i < 8; i++)
        s *= factor;
    assert_close(value_at(simulation, "s", 4), s, 1e-14, 0);
    assert_close(value_at(simulation, "s", 4), exp(4), 2e-3, 0);
}

static void specs_are_read_as_written(void **state)
{
    struct world *world = *state;
    const char *path = world_write(
        world, "model.xmile",
        file_text(world,
                  " method='gear, rk4' time_units='Months' isee:save_interval='2'><start>1</start>"
                  "<stop>13</stop><dt reciprocal='true'>4</dt>",
                  "", "<aux name='a'><eqn>1</eqn></aux>", ""));
    const struct model *model = model_read(world->arena, path, world->units, &world->diag);
    assert_messages(world, ""); // not even of the prefix that nobody declares
    assert_same_bits(model->time.step, 0.25);
    assert_same_bits(model->time.save_every, 2);
    assert_string_equal(model->time.method, "gear, rk4");
    assert_string_equal(model->time.unit, "Months");
    assert_int_equal(model->variables.items[0]->kind, VARIABLE_PARAMETER);
}

static void graphical_functions_of_three_kinds(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = run_variables(
        world, "<gf name='held'><xscale min='2' max='6'/><ypts>1,5,3</ypts></gf>"
               "<gf name='carried' type='extrapolate'><xpts sep=';'>2;4;6</xpts>"
               "<ypts>1,5,3</ypts></gf>"
               "<gf name='stairs' type='discrete'><xpts>2,4,6</xpts><ypts>1,5,5</ypts></gf>"
               "<aux name='h'><eqn>held(TIME)</eqn></aux>"
               "<aux name='c'><eqn>carried(TIME)</eqn></aux>"
               "<aux name='s'><eqn>stairs(TIME)</eqn></aux>"
               "<aux name='borrower'><eqn>TIME</eqn><gf name='held'/></aux>"
               "<flow name='inline'><eqn>TIME</eqn><gf discrete='true'><xpts>0,5</xpts>"
               "<ypts>7,8</ypts></gf></flow>");
    assert_same_bits(value_at(simulation, "h", 0), 1);
    assert_same_bits(value_at(simulation, "h", 3), 3);
    assert_same_bits(value_at(simulation, "h", 9), 3);
    assert_same_bits(value_at(simulation, "c", 0), -3);
    assert_same_bits(value_at(simulation, "c", 5), 4);
    assert_same_bits(value_at(simulation, "c", 9), 0);
    assert_same_bits(value_at(simulation, "s", 0), 1);
    assert_same_bits(value_at(simulation, "s", 3), 1);
    assert_same_bits(value_at(simulation, "s", 4), 5);
    assert_same_bits(value_at(simulation, "borrower", 3), 3);
    assert_same_bits(value_at(simulation, "inline", 4), 7);
    assert_same_bits(value_at(simulation, "inline", 5), 8);
}

// Of a straight line a + b t the exponential average from a on is a + b (t - T (1 - exp(-t / T))).
static void forecasts_carry_on_the_trend(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = run_text(
        world, file_text(world, " method='rk4'><start>0</start><stop>10</stop><dt>0.0625</dt>", "",
                         "<aux name='f'><eqn>FORCST(5 + 2 * TIME, 3, 4)</eqn></aux>"
                         "<aux name='t'><eqn>TREND(5 + 2 * TIME, 3)</eqn></aux>"
                         "<aux name='given'><eqn>FORCST(8, 3, 4, 0.5)</eqn></aux>",
                         ""));
    for (double t = 0; t <= 10; t += 2.5) {
        double input = 5 + 2 * t, average = 5 + 2 * (t - 3 * (1 - exp(-t / 3)));
        double trend = (input - average) / (3 * average);
        assert_close(value_at(simulation, "t", t), trend, 1e-7, 1e-9);
        assert_close(value_at(simulation, "f", t), input * (1 + 4 * trend), 1e-7, 0);
    }
    assert_close(value_at(simulation, "given", 0), 8 * (1 + 0.5 * 4), 1e-14, 0);
}

static void names_are_compared_as_the_standard_says(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = run_variables(
        world, "<aux name='Größe des\\n\nMarkts'><eqn>3</eqn></aux>"
               "<aux name='a &quot;quoted&quot; one'><eqn>GRÖSSE_DES_MARKTS + 1</eqn></aux>"
               "<aux name='b'><eqn>&quot;A \\&quot;quoted\\&quot;   one&quot; * 2</eqn></aux>"
               "<aux name='mod'><eqn>5</eqn></aux>"
               "<aux name='c'><eqn>mod MOD 3 + std.ABS(-1)</eqn></aux>");
    assert_same_bits(value_at(simulation, "Größe des Markts", 0), 3);
    assert_same_bits(value_at(simulation, "b", 0), 8);
    assert_same_bits(value_at(simulation, "c", 0), 3);
}

static const char *const dimensions =
    "<dimensions><dim name='x'><elem name='a'/><elem name='b'/><elem name='c'/></dim>"
    "<dim name='part'><elem name='c'/><elem name='a'/></dim><dim name='n' size='2'/></dimensions>";

static void arrays_turn_slice_and_follow_parts(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = run_text(
        world,
        file_text(
            world, ten_steps, dimensions,
            "<aux name='m'><dimensions><dim name='x'/><dim name='n'/></dimensions>"
            "<eqn>10 * x + n</eqn></aux>"
            "<aux name='sq'><dimensions><dim name='n'/><dim name='n'/></dimensions>"
            "<element subscript='1,1'><eqn>1</eqn></element>"
            "<element subscript='1,2'><eqn>2</eqn></element>"
            "<element subscript='2,1'><eqn>3</eqn></element>"
            "<element subscript='2,2'><eqn>4</eqn></element></aux>"
            "<aux name='by name'><dimensions><dim name='n'/><dim name='x'/></dimensions>"
            "<eqn>m</eqn></aux>"
            "<aux name='turned'><dimensions><dim name='n'/><dim name='n'/></dimensions>"
            "<eqn>sq&apos;</eqn></aux>"
            "<aux name='placed'><dimensions><dim name='n'/><dim name='n'/></dimensions>"
            "<eqn>sq[@2, @1]</eqn></aux>"
            "<aux name='few'><dimensions><dim name='part'/></dimensions><eqn>m[part, 2]</eqn></aux>"
            "<aux name='total'><eqn>SUM(m[*:part, 1])</eqn></aux>"
            "<aux name='row'><dimensions><dim name='x'/></dimensions><eqn>SUM(m[x, *])</eqn></aux>"
            "<aux name='number'><eqn>x.c + SIZE(part) + m(4)</eqn></aux>"
            "<aux name='mixed'><eqn>MAX(m, 99) + MIN(m[*, 1], 5)</eqn></aux>"
            "<aux name='beyond'><eqn>m[TIME + 2, 1]</eqn></aux>",
            ""));
    assert_same_bits(value_at(simulation, "m[b,2]", 0), 22);
    assert_same_bits(value_at(simulation, "by name[2,c]", 0), 32);
    assert_same_bits(value_at(simulation, "turned[1,2]", 0), 3);
    assert_same_bits(value_at(simulation, "placed[1,2]", 0), 3);
    assert_same_bits(value_at(simulation, "few[c]", 0), 32);
    assert_same_bits(value_at(simulation, "few[a]", 0), 12);
    assert_same_bits(value_at(simulation, "total", 0), 31 + 11);
    assert_same_bits(value_at(simulation, "row[b]", 0), 43);
    assert_same_bits(value_at(simulation, "number", 0), 3 + 2 + 22);
    assert_same_bits(value_at(simulation, "mixed", 0), 99 + 5);
    assert_same_bits(value_at(simulation, "beyond", 1), 31);
    assert_same_bits(value_at(simulation, "beyond", 2), 0);
}

static void elements_have_functions_and_starts_of_their_own(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = run_text(
        world, file_text(world, ten_steps, dimensions,
                         "<aux name='g'><dimensions><dim name='n'/></dimensions><eqn>TIME</eqn>"
                         "<element subscript='1'><gf><xscale min='0' max='10'/><ypts>0,100</ypts>"
                         "</gf></element><element subscript='2'><gf><xscale min='0' max='10'/>"
                         "<ypts>50,0</ypts></gf></element></aux>"
                         "<aux name='called'><eqn>LOOKUP(g[2], 5)</eqn></aux>"
                         "<aux name='each'><dimensions><dim name='n'/></dimensions>"
                         "<eqn>g(1)</eqn></aux>"
                         "<aux name='active'><eqn>TIME</eqn><init_eqn>45</init_eqn></aux>"
                         "<stock name='s'><eqn>active</eqn></stock>",
                         ""));
    assert_same_bits(value_at(simulation, "g[1]", 3), 30);
    assert_same_bits(value_at(simulation, "g[2]", 3), 35);
    assert_same_bits(value_at(simulation, "called", 0), 25);
    assert_same_bits(value_at(simulation, "each[2]", 0), 45);
    assert_same_bits(value_at(simulation, "s", 0), 45);
    assert_same_bits(value_at(simulation, "active", 0), 0);
}

static void modules_see_what_they_are_connected_to(void **state)
{
    struct world *world = *state;
    world_write(
        world, "other.xmile",
        file_text(world, ten_steps, "",
                  "<aux name='in'><eqn>1</eqn></aux><aux name='out'><eqn>in * 2</eqn></aux>", ""));
    const struct simulation *simulation = run_text(
        world,
        file_text(world, ten_steps, "",
                  "<module name='Left Side'><connect to='in' from='.rate'/></module>"
                  "<module name='other' resource='other.xmile'>"
                  "<connect to='in' from='Left_Side.out'/></module>"
                  "<aux name='rate'><eqn>TIME</eqn></aux>"
                  "<aux name='sum'><eqn>Left_Side.out + other.out + Left_Side.deep.far</eqn></aux>",
                  "<model name='Left Side'><variables>"
                  "<aux name='in' access='input'><eqn>{nothing yet}</eqn></aux>"
                  "<module name='deep'><connect to='near' from='in'/></module>"
                  "<stock name='out' access='output'><eqn>3</eqn><inflow>f</inflow></stock>"
                  "<flow name='f'><eqn>in</eqn></flow></variables></model>"
                  "<model name='deep'><variables><aux name='near'><eqn>0</eqn></aux>"
                  "<aux name='far'><eqn>near * 100 + .rate</eqn></aux></variables></model>"));
    assert_same_bits(value_at(simulation, "Left Side.out", 3), 3 + 0 + 1 + 2);
    assert_same_bits(value_at(simulation, "other.out", 3), 12);
    assert_same_bits(value_at(simulation, "Left Side.deep.far", 3), 303);
    assert_same_bits(value_at(simulation, "sum", 3), 6 + 12 + 303);
}

static void macros_have_copies_of_their_variables(void **state)
{
    struct world *world = *state;
    const char *text = file_text(
        world, "><start>0</start><stop>10</stop><dt>0.25</dt>", dimensions,
        "<aux name='in'><dimensions><dim name='n'/></dimensions><eqn>STEP(n, 2)</eqn></aux>"
        "<aux name='mine'><dimensions><dim name='n'/></dimensions><eqn>1 + SMOOTH1(in, "
        "4)</eqn></aux>"
        "<aux name='theirs'><dimensions><dim name='n'/></dimensions><eqn>1 + SMTH1(in, "
        "4)</eqn></aux>"
        "<aux name='again'><eqn>SMOOTH1(TIME, 2, 7) - SMOOTH1(TIME, 2)</eqn></aux>"
        "<aux name='eight'><eqn>LOG(256, 2)</eqn></aux>",
        "<macro name='SMOOTH1'><parm>input</parm><parm>averaging_time</parm>"
        "<parm default='input'>initial</parm><eqn>Smooth of Input</eqn><variables>"
        "<stock name='Smooth of Input'><eqn>initial</eqn><inflow>change</inflow></stock>"
        "<flow name='change'><eqn>(input - Smooth_of_Input) / averaging_time</eqn></flow>"
        "</variables></macro>"
        "<macro name='LOG'><parm>x</parm><parm>base</parm><eqn>LN(x)/LN(base)</eqn></macro>");
    const struct simulation *simulation = run_text(world, text);
    for (double t = 0; t <= 10; t += 2.5) {
        assert_same_bits(value_at(simulation, "mine[2]", t), value_at(simulation, "theirs[2]", t));
        assert_close(value_at(simulation, "again", t), 7 * pow(1 - 0.25 / 2, t / 0.25), 1e-12, 0);
    }
    assert_close(value_at(simulation, "eight", 0), 8, 1e-14, 0);
}

static void stocks_and_flows_stay_above_nothing(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation = run_text(
        world,
        file_text(world, ten_steps, "<behavior><flow><non_negative/></flow></behavior>",
                  // limited in the order of the outflows, inflows included
                  "<stock name='s'><eqn>4</eqn><inflow>i</inflow><outflow>f</outflow>"
                  "<outflow>g</outflow><non_negative/></stock>"
                  "<flow name='i'><eqn>1</eqn></flow><flow name='f'><eqn>3</eqn></flow>"
                  "<flow name='g'><eqn>9</eqn></flow>"
                  // what flows back is no loop
                  "<stock name='tank'><eqn>10</eqn><inflow>back</inflow><outflow>out</outflow>"
                  "<non_negative/></stock><flow name='out'><eqn>8</eqn></flow>"
                  "<flow name='back'><eqn>out / 2</eqn></flow>"
                  // a flow that leaves two stocks cannot be limited for one
                  "<stock name='p'><eqn>3</eqn><outflow>both</outflow><non_negative/></stock>"
                  "<stock name='q'><eqn>3</eqn><outflow>both</outflow></stock>"
                  "<flow name='both'><eqn>2</eqn></flow>"
                  "<flow name='uni'><eqn>TIME - 5</eqn></flow>"
                  "<flow name='bi'><eqn>TIME - 5</eqn><non_negative>false</non_negative></flow>",
                  ""));
    assert_same_bits(value_at(simulation, "g", 0), 2);
    assert_same_bits(value_at(simulation, "f", 1), 1);
    assert_same_bits(value_at(simulation, "s", 1), 0);
    assert_same_bits(value_at(simulation, "tank", 1), 6);
    assert_same_bits(value_at(simulation, "out", 1), 6);
    assert_same_bits(value_at(simulation, "p", 2), 0);
    assert_same_bits(value_at(simulation, "q", 2), -1);
    assert_same_bits(value_at(simulation, "uni", 2), 0);
    assert_same_bits(value_at(simulation, "bi", 2), -3);
}

static void flows_change_units_on_their_way(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation =
        run_variables(world, "<stock name='from'><eqn>100</eqn><outflow>f</outflow></stock>"
                             "<stock name='to'><eqn>0</eqn><inflow>f</inflow></stock>"
                             "<flow name='f'><eqn>4</eqn><multiplier>pieces</multiplier></flow>"
                             "<aux name='pieces'><eqn>3</eqn></aux>");
    assert_same_bits(value_at(simulation, "from", 5), 80);
    assert_same_bits(value_at(simulation, "to", 5), 60);
    assert_same_bits(value_at(simulation, "f", 5), 4);
}

static void drafts_and_groups_are_read(void **state)
{
    struct world *world = *state;
    const char *path = world_write(
        world, "model.stmx",
        quoted(world, "<xmile version='1.0' xmlns='http://www.systemdynamics.org/XMILE'>"
                      "<sim_specs><start>0</start><stop>1</stop></sim_specs><model>"
                      "<stock name='s'><eqn>1</eqn><inflow>f</inflow><display x='1' y='2'/></stock>"
                      "<aux name='f'><eqn>2</eqn></aux>"
                      "<group name='Finance'><doc>money</doc><entity name='s'/></group>"
                      "</model></xmile>"));
    const struct simulation *simulation = run_file(world, path);
    const struct model *model = simulation->model;
    assert_same_bits(value_at(simulation, "s", 1), 3);
    assert_string_equal(model_find_variable(model, "s")->part, "Finance");
    assert_int_equal(model_find_variable(model, "f")->kind, VARIABLE_FLOW);
    assert_string_equal(model->parts.items[0].doc.text[LANGUAGE_EN], "money");
}

static void mistakes_are_reported_where_they_are(void **state)
{
    struct world *world = *state;
    const struct text_case cases[] = {
        {"<aux name='a'><eqn>b</eqn></aux>", "model.xmile:4:38: error: unknown name 'b' [b]\n"},
        {"<aux name='a'><eqn>&lt;</eqn></aux>",
         "model.xmile:4:38: error: expected a number, a name or '(', found '<' [<]\n"},
        {"<aux name='a'><eqn>1 &lt;  )</eqn></aux>",
         "model.xmile:4:46: error: expected a number, a name or '(', found ')' [)]\n"},
        {"<aux name='a'/>", "model.xmile:4: error: 'a' has no equation\n"},
        {"<aux name='a'><eqn>1</eqn></aux><aux name='A'><eqn>1</eqn></aux>",
         "model.xmile:4: error: duplicate name 'A' (it is already a parameter at model.xmile:4)\n"},
        {"<stock name='s'><eqn>1</eqn><inflow>f</inflow></stock>",
         "model.xmile:4:55: error: unknown flow 'f' of stock 's'\n"},
        {"<aux name='a'><dimensions><dim name='d'/></dimensions><eqn>TIME</eqn></aux>",
         "model.xmile:4: error: unknown dimension 'd'\n"},
        {"<gf name='g'><xscale min='0' max='1'/></gf>",
         "model.xmile:4: error: a graphical function has no points <ypts>\n"},
        {"<gf name='g'><xpts>0,1</xpts><ypts>1,2,3</ypts></gf>",
         "model.xmile:4: error: 2 points <xpts> for 3 points <ypts>\n"},
        {"<gf name='g' type='odd'><xpts>0,1</xpts><ypts>1,2</ypts></gf>",
         "model.xmile:4: error: unknown type 'odd' of a graphical function: continuous, "
         "extrapolate or discrete\n"},
        {"<aux name='a'><eqn>1</eqn><gf name='none'/></aux>",
         "model.xmile:4: error: there is no graphical function 'none'\n"},
        {"<aux name='a'><eqn>TIME[@1]</eqn></aux>",
         "model.xmile:4:38: error: 'TIME' is no array: it takes no subscripts [TIME[@1]]\n"},
        {"<aux name='a'><eqn>@1</eqn></aux>",
         "model.xmile:4:38: error: expected a number, a name or '(', found '@' [@]\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        if (cases[i].messages)
            assert_string_equal(
                failure_of(world, file_text(world, ten_steps, "", cases[i].text, "")),
                cases[i].messages);
    assert_string_equal(failure_of(world, file_text(world, ten_steps,
                                                    "<dimensions><dim name='d'/>"
                                                    "</dimensions>",
                                                    "", "")),
                        "model.xmile:3: error: dimension 'd' has no elements\n");
    assert_string_equal(failure_of(world, file_text(world, ">", "", "", "")),
                        "model.xmile:3: error: the time axis needs a start and a stop "
                        "(time: { start = 2025.0; stop = 2050.0; step = 0.03125; unit = \"year\"; "
                        "})\n");
}

static void macros_and_modules_can_be_wrong(void **state)
{
    struct world *world = *state;
    const char *recursive =
        "<macro name='F'><parm>x</parm><eqn>IF x &lt; 1 THEN 1 ELSE F(x-1)</eqn>"
        "</macro>";
    const char *timed = "<macro name='F'><parm>x</parm><eqn>x</eqn><sim_specs><start>1</start>"
                        "</sim_specs></macro>";
    const char *selfish = "<model name='m'><variables><module name='m'/></variables></model>";
    assert_string_equal(
        failure_of(world, file_text(world, ten_steps, "", "<aux name='a'><eqn>F(1)</eqn></aux>",
                                    recursive)),
        "model.xmile:4: error: function 'F' calls itself\n");
    assert_string_equal(
        failure_of(world, file_text(world, ten_steps, "", "", timed)),
        "model.xmile:4: error: macro 'F' runs on a time axis of its own, which is not supported\n");
    assert_string_equal(
        failure_of(world, file_text(world, ten_steps, "", "<module name='m'/>", selfish)),
        "model.xmile:4: error: module 'm' is nested too deep: is it inside itself?\n");
    assert_string_equal(
        failure_of(world, file_text(world, ten_steps, "",
                                    "<module name='m' resource='nothing.xmile'/>", "")),
        "model.xmile:4: error: there is no file 'nothing.xmile' for module 'm'\n");
}

static void hostile_files_are_refused(void **state)
{
    struct world *world = *state;
    world_write(world, "secret.txt", "42");
    const char *bomb =
        quoted(world, "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>"
                      "<xmile>&b;</xmile>");
    const char *outside = quoted(world, "<!DOCTYPE x [<!ENTITY a SYSTEM 'secret.txt'>]>"
                                        "<xmile>&a;</xmile>");
    const char *wrong[] = {
        "",
        "  \n",
        "not XML at all",
        "<xmile",
        "<xmile><model></xmile>",
        "<html><body/></html>",
        "<xmile/>",
        "<xmile>&undefined;</xmile>",
        "\xFF\xFE<\0x\0m\0",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><xmile><a b=\"\xC3\x28\"/></xmile>",
        "<?xml version=\"1.0\" encoding=\"no-such-code\"?><xmile/>",
        bomb,
        outside,
    };
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++)
        assert_null(strstr(failure_of(world, wrong[i]), "42"));
    assert_non_null(strstr(failure_of(world, bomb), "the file declares an entity, 'a'"));
}

static void deep_and_long_files_are_survived(void **state)
{
    struct world *world = *state;
    struct text text = {0};
    text_append(&text, "<xmile><model><variables>");
    for (int i = 0; i < 100000; i++)
        text_append(&text, "<a>");
    failure_of(world, text_string(&text)); // libxml2 stops at 256 levels
    text_clear(&text);
    text_append(&text, "<xmile><model><variables><aux name=\"a\"><eqn>");
    for (int i = 0; i < 20000; i++)
        text_append(&text, "((((((((((");
    text_append(&text, "</eqn></aux></variables></model></xmile>");
    assert_non_null(strstr(failure_of(world, text_string(&text)), "nested more than"));
    text_clear(&text);
}

// Every beginning of a good file is a bad one.
static void truncated_files_are_refused(void **state)
{
    struct world *world = *state;
    const char *whole = file_text(world, ten_steps, dimensions,
                                  "<aux name='a'><eqn>1 &lt; <![CDATA[ 2 ]]></eqn></aux>"
                                  "<!-- a remark --><gf name='g'><xpts>0,1</xpts>"
                                  "<ypts>0,1</ypts></gf>",
                                  "");
    for (size_t length = 0; length + 2 < strlen(whole); length += 3)
        failure_of(world, arena_copy_text(world->arena, whole, length));
}

static void other_encodings_are_read(void **state)
{
    struct world *world = *state;
    const struct simulation *simulation =
        run_text(world, quoted(world, "<?xml version='1.0' encoding='iso-8859-1'?><xmile>"
                                      "<sim_specs><start>0</start><stop>1</stop></sim_specs>"
                                      "<model><variables><aux name='caf\xE9'><eqn>7</eqn></aux>"
                                      "</variables></model></xmile>"));
    assert_same_bits(value_at(simulation, "café", 0), 7);
}

// What a model with everything becomes in another form, and there again.
static void nothing_is_lost_on_the_way(void **state)
{
    struct world *world = *state;
    const char *text = file_text(
        world, ten_steps, dimensions,
        "<aux name='in &amp; out'><dimensions><dim name='n'/></dimensions><eqn>TIME + n</eqn></aux>"
        "<aux name='p'><dimensions><dim name='x'/></dimensions>"
        "<element subscript='a'><eqn>1</eqn></element><element subscript='b'><eqn>2</eqn></element>"
        "<element subscript='c'><eqn>-3</eqn></element></aux>"
        "<stock name='s'><eqn>1</eqn><inflow>f</inflow><non_negative/></stock>"
        "<flow name='f'><eqn>TIME</eqn><gf><xpts>0,1,5</xpts><ypts>1,-2,3</ypts></gf></flow>"
        "<aux name='g'><dimensions><dim name='n'/></dimensions><eqn>TIME</eqn>"
        "<element subscript='1'><gf><xscale min='0' max='10'/><ypts>0,100</ypts></gf></element>"
        "<element subscript='2'><gf type='discrete'><xscale min='0' max='10'/><ypts>5,6</ypts>"
        "</gf></element></aux>"
        "<aux name='start'><eqn>-s^2 * (1 - 2) - (3 - 4) + NOT (1 AND 0)</eqn>"
        "<init_eqn>9</init_eqn></aux><stock name='t'><eqn>start</eqn></stock>"
        "<aux name='twice'><eqn>DOUBLE(MIXED(s, 2))</eqn></aux>"
        "<module name='m'><connect to='in' from='.s'/></module>",
        "<model name='m'><variables><aux name='in'><eqn>0</eqn></aux>"
        "<aux name='out'><eqn>(IF in > 3 THEN in ELSE -in) ^ 2</eqn></aux></variables></model>"
        "<macro name='DOUBLE'><parm>x</parm><eqn>2 * x</eqn></macro>"
        "<macro name='MIXED'><parm>x</parm><parm>y</parm><eqn>z</eqn><variables>"
        "<stock name='z'><eqn>y</eqn><inflow>w</inflow></stock><flow name='w'><eqn>x</eqn></flow>"
        "</variables></macro>");
    const struct simulation *first = run_text(world, text), *again[3];
    model_write_cfg(first->model, world_path(world, "again.cfg"), &world->diag);
    again[0] = run_file(world, world_path(world, "again.cfg"));
    model_write_xmile(again[0]->model, world_path(world, "third.xmile"), &world->diag);
    again[1] = run_file(world, world_path(world, "third.xmile"));
    model_write_xmile(first->model, world_path(world, "fourth.xmile"), &world->diag);
    again[2] = run_file(world, world_path(world, "fourth.xmile"));
    static const char *const names[] = {"in & out[2]", "p[c]", "s",     "f",    "g[1]", "g[2]",
                                        "start",       "t",    "twice", "m.in", "m.out"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        for (size_t k = 0; k < ARRAY_COUNT(again); k++)
            for (double t = 0; t <= 10; t++)
                assert_same_bits(value_at(again[k], names[i], t), value_at(first, names[i], t));
}

static void annotations_add_to_variables(void **state)
{
    struct world *world = *state;
    const char *annotated =
        file_text(world, ten_steps, "", "<aux name='a'><eqn>1</eqn><units>person</units></aux>",
                  "<kantelpunt:annotation xmlns:kantelpunt='urn:kantelpunt:annotation'><![CDATA["
                  "inputs: { a: { title: { nl = 'een'; en = 'one'; }; }; };\n"
                  "parameters: { gone: { source = 'x'; }; };]]></kantelpunt:annotation>");
    const char *path = world_write(world, "model.xmile", annotated);
    const struct model *model = model_read(world->arena, path, world->units, &world->diag);
    assert_messages(world, "model.xmile:5: warning: 'gone' is annotated, but there is no such "
                           "variable\n");
    assert_int_equal(model->variables.items[0]->kind, VARIABLE_INPUT);
    assert_string_equal(model->variables.items[0]->title.text[LANGUAGE_NL], "een");
    assert_string_equal(
        failure_of(world, file_text(world, ten_steps, "", "<aux name='a'><eqn>1</eqn></aux>",
                                    "\n<annotation><![CDATA[metrics: 3;]]></annotation>")),
        "model.xmile:5: error: 'metrics' must be a list ( { name = \"...\"; expression = \"...\"; "
        "} )\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(runge_kutta_is_that_of_the_formula),
        WORLD_TEST(specs_are_read_as_written),
        WORLD_TEST(graphical_functions_of_three_kinds),
        WORLD_TEST(forecasts_carry_on_the_trend),
        WORLD_TEST(names_are_compared_as_the_standard_says),
        WORLD_TEST(arrays_turn_slice_and_follow_parts),
        WORLD_TEST(elements_have_functions_and_starts_of_their_own),
        WORLD_TEST(modules_see_what_they_are_connected_to),
        WORLD_TEST(macros_have_copies_of_their_variables),
        WORLD_TEST(stocks_and_flows_stay_above_nothing),
        WORLD_TEST(flows_change_units_on_their_way),
        WORLD_TEST(drafts_and_groups_are_read),
        WORLD_TEST(mistakes_are_reported_where_they_are),
        WORLD_TEST(macros_and_modules_can_be_wrong),
        WORLD_TEST(hostile_files_are_refused),
        WORLD_TEST(deep_and_long_files_are_survived),
        WORLD_TEST(truncated_files_are_refused),
        WORLD_TEST(other_encodings_are_read),
        WORLD_TEST(nothing_is_lost_on_the_way),
        WORLD_TEST(annotations_add_to_variables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
