// model/: what a model file may say, and every message about one that is wrong.
#include "unit/support.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "model/uncertain.h"

// A parameter array over three elements, two numbers, a stock with its flow and a bare table.
#define SOME_VARIABLES                                                                             \
    "dimensions: { d = ['p', 'q', 'r']; e = ['u', 'v']; };"                                        \
    "parameters: { a: { value = [1, 2, 3]; unit = '1'; dimensions = ['d']; };"                     \
    "  m: { value = 1; unit = '1'; dimensions = ['d', 'e']; };"                                    \
    "  i: { value = 2; unit = '1'; }; rate: { value = 0.5; unit = '1/year'; }; };"                 \
    "stocks: { people: { unit = 'person'; initial = 5; }; };"                                      \
    "tables: { effect: { unit = '1'; points = ((0, 0), (1, 1)); }; };"

// A model with one auxiliary on line 3, whose equation is in question.
#define X(unit, equation)                                                                          \
    SOME_VARIABLES "\nauxiliaries: { x: { unit = '" unit "'; equation = '" equation "'; }; };"

// The same for an auxiliary over dimension d.
#define XD(unit, equation)                                                                         \
    SOME_VARIABLES "\nauxiliaries: { x: { unit = '" unit                                           \
                   "'; dimensions = 'd'; equation = '" equation "'; }; };"

static void a_model_is_read_as_written(void **state)
{
    struct world *world = *state;
    const struct model *model = world_model(
        world, quoted(world, "model: { name = 'small'; title: { nl = 'klein'; en = 'small'; };\n"
                             "time: { start = 2025; stop = 2030.5; step = 0.5; unit = 'year';\n"
                             "  method = 'rk4'; save_every = 1; };\n"
                             "parts: { people: { title = 'people';\n"
                             "  stocks: { s: { unit = 'person'; initial = 'INIT(p)';\n"
                             "    inflows = 'f'; doc = 'who'; }; }; }; };\n"
                             "flows: { f: { unit = 'person/year'; equation = 2.5; }; };\n"
                             "parameters: { p: { value = 7; unit = 'person'; range = (1, 9);\n"
                             "  source = 'book'; quality = 'A'; }; };\n"
                             "inputs: { money: { unit = 'euro/year'; default = 3; }; }; };\n"));
    assert_messages(world, "");
    assert_string_equal(model->name, "small");
    assert_string_equal(localized_text(&model->title, LANGUAGE_NL, ""), "klein");
    assert_same_bits(model->time.stop, 2030.5);
    assert_string_equal(model->time.method, "rk4");
    const struct variable *stock = model_find_variable(model, "s");
    assert_string_equal(stock->part, "people");
    assert_string_equal(localized_text(&stock->doc, LANGUAGE_NL, ""), "who");
    assert_int_equal(stock->n_inflows, 1);
    assert_ptr_equal(stock->inflows[0].variable, model_find_variable(model, "f"));
    const struct variable *parameter = model_find_variable(model, "p");
    assert_same_bits(parameter->spread.high, 9);
    assert_string_equal(parameter->quality, "A");
    assert_same_bits(model_find_variable(model, "money")->values[0], 3);
}

static void arrays_are_settled_row_by_row(void **state)
{
    struct world *world = *state;
    const struct model *model = world_model(
        world, model_text(world, NULL,
                          "dimensions: { d = ['p', 'q']; e = ['u', 'v', 'w']; };"
                          "parameters: { a: { value = [1, 2, 3, 4, 5, 6]; unit = '1';"
                          "  dimensions = ['d', 'e']; };"
                          "  b: { value = 7; unit = '1'; dimensions = 'd'; elements: { q = 8; }; };"
                          "  c: { unit = '1'; dimensions = ['d', 'e'];"
                          "       value = 0; elements = ({ at = 'q, w'; equation = 9; }); }; };"));
    assert_messages(world, "");
    const struct variable *a = model_find_variable(model, "a");
    assert_string_equal(cell_name(world->arena, a, 5), "a[q,w]");
    assert_same_bits(a->values[4], 5);
    assert_same_bits(model_find_variable(model, "b")->values[0], 7);
    assert_same_bits(model_find_variable(model, "b")->values[1], 8);
    assert_same_bits(model_find_variable(model, "c")->values[5], 9);
}

static void files_that_cannot_be_read(void **state)
{
    struct world *world = *state;
    static const struct text_case cases[] = {
        {"", "model.cfg: error: the file has no 'model'\n"},
        {"modl: { };",
         "model.cfg:1: error: unknown key 'modl' in the file (did you mean 'model'?)\n"
         "model.cfg: error: the file has no 'model'\n"},
        {"model = 3;", "model.cfg:1: error: the model must be a group { ... }\n"},
        {"model: { };", "model.cfg: error: the time axis needs a start and a stop (time: { start = "
                        "2025.0; stop = 2050.0; step = 0.03125; unit = \"year\"; })\n"},
        {"model: {\n  name  'x';\n};",
         "model.cfg:2: error: syntax error (look at this line and the one before it for a missing "
         "';', quote or bracket)\n"},
        {"model: { name = 'x'; name = 'y'; };",
         "model.cfg:1: error: duplicate name in this group\n"},
        {"model: {\n  name = 'x", "model.cfg:2: error: syntax error (look at this line and the one "
                                  "before it for a missing ';', quote or bracket)\n"},
        {"model: {\n@include 'none.cfg'\n};",
         "model.cfg:2: error: cannot open include file (included files are looked for from the "
         "folder of 'model.cfg')\n"},
        {"model: { doc = '\xE9'; };",
         "model.cfg:1: error: this line is not UTF-8 text (save the file as UTF-8)\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_null(world_model(world, quoted(world, cases[i].text)));
        assert_messages(world, cases[i].messages);
    }
    const char *missing = world_path(world, "missing.cfg");
    assert_null(model_read(world->arena, missing, world->units, &world->diag));
    assert_null(model_read(world->arena, world->folder, world->units, &world->diag));
    assert_int_equal(world->diag.fault, FAULT_FILE);
    assert_messages(world, "error: cannot read 'missing.cfg': No such file or directory\n"
                           "error: cannot read 'FOLDER': it is a folder\n");
}

static void binary_files_are_refused(void **state)
{
    struct world *world = *state;
    const char *path = world_path(world, "binary.cfg");
    FILE *stream = fopen(path, "wb");
    fwrite("model\0x", 1, 7, stream);
    fclose(stream);
    assert_null(model_read(world->arena, path, world->units, &world->diag));
    assert_messages(world, "error: 'binary.cfg' is not a text file\n");
}

static void included_files_are_named_in_messages(void **state)
{
    struct world *world = *state;
    const char *model = "model: { time: { start = 0; stop = 1; };\n@include 'part.cfg'\n};";
    world_write(world, "part.cfg",
                quoted(world, "auxiliaries: {\n x: { unit = '1'; equation = 'y'; };\n};\n"));
    assert_null(world_model(world, quoted(world, model)));
    world_write(world, "part.cfg", quoted(world, "auxiliaries: {\n x: { unit '1'; };\n};\n"));
    assert_null(world_model(world, quoted(world, model)));
    world_write(
        world, "part.cfg",
        quoted(world, "auxiliaries: {\n x: { unit = '1'; equation = 12345678901; };\n};\n"));
    assert_null(world_model(world, quoted(world, model)));
    assert_messages(world,
                    "part.cfg:2: error: unknown name 'y' [y]\n"
                    "part.cfg:2: error: syntax error (look at this line and the one before it for "
                    "a missing ';', quote or bracket)\n"
                    "part.cfg:2: error: the whole number 12345678901 is too long "
                    "(write it with a decimal point: 12345678901.0)\n");
}

static void keys_and_types(void **state)
{
    static const struct text_case cases[] = {
        {"stoks: { };",
         "model.cfg:2: error: unknown key 'stoks' in the model (did you mean 'stocks'?)\n"},
        {"stocks = 3;", "model.cfg:2: error: 'stocks' must be a group { ... }\n"},
        {"stocks: { s = 3; };", "model.cfg:2: error: stock 's' must be a group { ... }\n"},
        {"stocks: { s: { unit = '1'; initial = 1; inflow = 'f'; }; };",
         "model.cfg:2: error: unknown key 'inflow' in stock 's' (did you mean 'inflows'?)\n"},
        {"stocks: { s: { unit = '1'; initial = 1; inflows = 3; }; };",
         "model.cfg:2: error: 'inflows' must be a list of names "
         "(for example inflows = ( \"name\", \"name\" );)\n"},
        {"stocks: { s: { unit = '1'; initial = 1; non_negative = 1; }; };",
         "model.cfg:2: error: 'non_negative' must be true or false\n"},
        {"stocks: { s: { unit = '1'; }; };", "model.cfg:2: error: stock 's' has no 'initial'\n"},
        {"flows: { f: { unit = '1'; }; };", "model.cfg:2: error: flow 'f' has no 'equation'\n"},
        {"auxiliaries: { x: { equation = '1'; }; };",
         "model.cfg:2: error: auxiliary 'x' has no unit "
         "(unit = \"person\"; or, for a pure number, unit = \"1\";)\n"},
        {"auxiliaries: { x: { unit = 1; equation = '1'; }; };",
         "model.cfg:2: error: 'unit' must be a text in quotes\n"},
        {"auxiliaries: { x: { unit = '1'; equation: { }; }; };",
         "model.cfg:2: error: 'equation' must be an equation in quotes\n"},
        {"auxiliaries: { x: { unit = '1'; equation = true; }; };",
         "model.cfg:2: error: 'equation' must be a number\n"},
        {"parameters: { p: { unit = '1'; }; };",
         "model.cfg:2: error: parameter 'p' has no 'value'\n"},
        {"parameters: { p: { unit = '1'; value = '3'; }; };",
         "model.cfg:2: error: 'value' must be a number (write it without quotes)\n"},
        {"parameters: { p: { unit = '1'; value = 1e999; }; };",
         "model.cfg:2: error: 'value' is too large a number\n"},
        {"parameters: { p: { unit = '1'; value = 1234567890; }; };",
         "model.cfg:2: error: the whole number 1234567890 is too long "
         "(write it with a decimal point: 1234567890.0)\n"},
        {"parameters: { p: { unit = '1'; value = (); }; };",
         "model.cfg:2: error: 'value' is empty\n"},
        {"parameters: { p: { unit = '1'; value = 1; range = (2, 1); }; };",
         "model.cfg:2: error: 'range' must be two numbers, the lower one first\n"},
        {"parameters: { p: { unit = '1'; value = 1; title = 5; }; };",
         "model.cfg:2: error: 'title' must be a text or a group { nl = \"...\"; en = \"...\"; }\n"},
        {"parameters: { p: { unit = '1'; value = 1; title: { de = 'x'; }; }; };",
         "model.cfg:2: error: unknown key 'de' in text\n"},
        {"tables: { t: { unit = '1'; }; };", "model.cfg:2: error: table 't' has no 'points'\n"},
        {"tables: { t: { points = ((0, 0), (0, 1)); }; };",
         "model.cfg:2: error: the x of point 2 is not above that of the point before it\n"},
        {"tables: { t: { points = ((0, 0), (1, 2, 3)); }; };",
         "model.cfg:2: error: point 2 must be (x, y)\n"},
        {"tables: { t: { points = 3; }; };",
         "model.cfg:2: error: 'points' must be a list of points ( (x, y), (x, y) )\n"},
        {"tables: { t: { points = ((0, 0)); kind = 'discreet'; }; };",
         "model.cfg:2: error: unknown kind of table 'discreet': continuous, extrapolate or "
         "discrete "
         "(did you mean 'discrete'?)\n"},
        {"name = 'a/b';", "model.cfg:2: error: 'a/b' is no name for files (it must not be empty, "
                          "hold a '/' or start with a '.')\n"},
        {"name = '';", "model.cfg:2: error: '' is no name for files (it must not be empty, hold a "
                       "'/' or start with a '.')\n"},
        {"time = 3;", "model.cfg:2: error: duplicate name in this group\n"},
        {"parts: { p = 3; };", "model.cfg:2: error: part 'p' must be a group { ... }\n"},
        {"dimensions = 3;",
         "model.cfg:2: error: 'dimensions' must be a group { name = [ \"element\" ]; }\n"},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

static void metrics_checks_and_charts(void **state)
{
    static const struct text_case cases[] = {
        {"metrics: { };",
         "model.cfg:2: error: 'metrics' must be a list ( { name = \"...\"; expression = \"...\"; } "
         ")\n"},
        {"metrics = ({ name = 'x'; });", "model.cfg:2: error: metric has no 'expression'\n"},
        {"metrics = (3);", "model.cfg:2: error: metric must be a group { ... }\n"},
        {"metrics = ({ name = 'x'; expression = 'MAX(y)'; better = 'big'; });",
         "model.cfg:2: error: 'better' must be high or low\n"},
        {"checks: { c: { }; };", "model.cfg:2: error: check 'c' has no 'expect'\n"},
        {"checks: { c = 3; };", "model.cfg:2: error: check 'c' must be a group { ... }\n"},
        {"checks: { c: { expect = '1'; scenario = 's'; runs: { a: { }; }; }; };",
         "model.cfg:2: error: check 'c' has both 'runs' and a run of its own "
         "(move 'scenario', 'model' and 'set' into the runs)\n"},
        {"checks: { c: { expect = '1'; set = 3; }; };",
         "model.cfg:2: error: 'set' must be a group { name = number; }\n"},
        {"checks: { c: { expect = '1'; runs: { a: { scenaro = 's'; }; }; }; };",
         "model.cfg:2: error: unknown key 'scenaro' in run 'a' (did you mean 'scenario'?)\n"},
        {"metrics = ({ name = 'x'; expression = 'MAX(y)'; },\n"
         " { name = 'x'; expression = 'MIN(y)'; });",
         "model.cfg:3: error: duplicate metric 'x'\n"},
        {"charts = ({ name = '../x'; kind = 'compare'; variables = 'x'; });",
         "model.cfg:2: error: '../x' is no name for files (it must not be empty, hold a '/' or "
         "start "
         "with a '.')\n"},
        {"leaves_out = 'imports';",
         "model.cfg:2: error: 'leaves_out' must be a list of texts ( \"...\", { nl = \"...\"; en = "
         "\"...\"; } )\n"},
        {"leaves_out = ( 'imports', 3 );",
         "model.cfg:2: error: 'entry' must be a text or a group { nl = \"...\"; en = \"...\"; "
         "}\n"},
        {"charts: { };",
         "model.cfg:2: error: 'charts' must be a list ( { name = \"...\"; kind = \"...\"; ... } "
         ")\n"},
        {"charts = ({ name = 'c'; kind = 'funds'; variables = 'x'; });",
         "model.cfg:2: error: unknown kind of chart 'funds': timeseries, funding, compare, "
         "cost-effect or sectors\n"},
        {"charts = ({ name = 'c'; kind = 'cost-effect'; variables = 'x'; });",
         "model.cfg:2: error: chart 'c' needs two variables, cost and effect, not 1\n"},
        {"dimensions: { d: { titles: { p = 'P'; }; }; };",
         "model.cfg:2: error: dimension 'd' has no elements\n"},
        {"dimensions: { d: { elements = ['p']; titles: { q = 'Q'; }; }; };",
         "model.cfg:2: error: dimension 'd' has no element 'q'\n"},
        {"dimensions: { d: { elements = ['p']; titles = 3; }; };",
         "model.cfg:2: error: 'titles' must be a group { element = \"...\"; }\n"},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

static void names_are_unique_and_not_built_in(void **state)
{
    static const struct text_case cases[] = {
        {"stocks: { people: { unit = '1'; initial = 1; }; };\n"
         "auxiliaries: { People: { unit = '1'; equation = '1'; }; };",
         "model.cfg:3: error: duplicate name 'People' (it is already a stock at model.cfg:2)\n"},
        {"auxiliaries: { x: { unit = '1'; equation = '1'; }; };\n"
         "parts: { p: { inputs: { x: { unit = '1'; }; }; }; };",
         "model.cfg:3: error: duplicate name 'x' (it is already an auxiliary at model.cfg:2)\n"},
        {"flows: { Time: { unit = '1'; equation = '1'; }; };",
         "model.cfg:2: error: 'Time' is the name of a built-in (choose another name)\n"},
        {"dimensions: { d = ['p', 'q', 'P']; };",
         "model.cfg:2: error: duplicate element 'P' in dimension 'd'\n"},
        {"dimensions: { d = ['p']; D = ['q']; };", "model.cfg:2: error: duplicate dimension 'D'\n"},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

static void shapes_of_arrays(void **state)
{
    static const struct text_case cases[] = {
        {"parameters: { p: { value = 1; unit = '1'; dimensions = ['secto']; }; };"
         "dimensions: { sector = ['a']; };",
         "model.cfg:2: error: unknown dimension 'secto' (did you mean 'sector'?)\n"},
        {"dimensions: { d = []; };", "model.cfg:2: error: dimension 'd' has no elements\n"},
        {"dimensions: { d = ['a', 'b', 'c']; };"
         "parameters: { p: { value = [1, 2]; unit = '1'; dimensions = ['d']; }; };",
         "model.cfg:2: error: 'p' has 2 values for 3 elements\n"},
        {"parameters: { p: { value = [1, 2]; unit = '1'; }; };",
         "model.cfg:2: error: 'p' has 2 values for 1 element\n"},
        {"dimensions: { d = ['a', 'b']; };"
         "auxiliaries: { x: { unit = '1'; dimensions = 'd'; elements: { a = 1; }; }; };",
         "model.cfg:2: error: 'x[b]' has no equation\n"},
        {"dimensions: { d = ['a', 'b']; };"
         "auxiliaries: { x: { unit = '1'; dimensions = 'd'; elements: { a = 1; bb = 2; }; }; };",
         "model.cfg:2: error: 'bb' is not an element of dimension 'd' (did you mean 'b'?)\n"},
        {"dimensions: { d = ['a', 'b']; };"
         "parameters: { x: { unit = '1'; dimensions = 'd'; value = 1; elements: { a = 'x'; }; }; "
         "};",
         "model.cfg:2: error: the value of a parameter must be a number\n"},
        {"dimensions: { d = ['a', 'b']; };"
         "auxiliaries: { x: { unit = '1'; dimensions = 'd'; elements = ({ at = 'a'; }); }; };",
         "model.cfg:2: error: expected { at = \"element, element\"; equation = \"...\"; }\n"},
        {"auxiliaries: { x: { unit = '1'; elements = 3; }; };",
         "model.cfg:2: error: 'elements' must be a group { name = \"...\"; }\n"},
        {"auxiliaries: { x: { unit = '1'; elements: { a = 3; }; }; };",
         "model.cfg:2: error: 'x' is no array: it takes no subscripts\n"},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

// A dimension d of `n` elements.
static const char *large_dimension(struct world *world, int n)
{
    const char *elements = "'e0'";
    for (int i = 1; i < n; i++)
        elements = arena_format(world->arena, "%s, 'e%d'", elements, i);
    return arena_format(world->arena, "dimensions: { d = (%s); };", elements);
}

static void too_many_elements(void **state)
{
    struct world *world = *state;
    const char *one = "unit = '1'; equation = 1; dimensions = ('d', 'd', 'd');";
    const char *body = arena_format(world->arena, "%s\nauxiliaries: {\nx: { %s }; };",
                                    large_dimension(world, 101), one);
    assert_null(world_model(world, model_text(world, NULL, body)));
    body = arena_format(world->arena,
                        "%s\nauxiliaries: {\na: { %s }; b: { %s }; c: { %s };\nd: { %s };\n"
                        "e: { %s }; };",
                        large_dimension(world, 100), one, one, one, one, one);
    assert_null(world_model(world, model_text(world, NULL, body)));
    assert_messages(world, "model.cfg:4: error: 'x' has more than 1000000 elements\n"
                           "model.cfg:6: error: the model has more than 4000000 elements in all\n");
}

static void names_in_equations(void **state)
{
    static const struct text_case cases[] = {
        {X("1", "rat * 2"),
         "model.cfg:3: error: unknown name 'rat' [rat] (did you mean 'rate'?)\n"},
        {X("1", "1 + zebra"), "model.cfg:3: error: unknown name 'zebra' [zebra]\n"},
        {X("1", "sqroot(2)"),
         "model.cfg:3: error: unknown function 'sqroot' [sqroot] (did you mean 'SQRT'?)\n"},
        {X("1", "efect(2)"),
         "model.cfg:3: error: unknown function 'efect' [efect] (did you mean 'effect'?)\n"},
        {X("1", "SMTH1(i)"), "model.cfg:3: error: SMTH1 takes 2 to 3 arguments, not 1 [SMTH1(i)] "
                             "(it is written SMTH1(input, time[, initial]))\n"},
        {X("1", "SQRT(1, 2)"), "model.cfg:3: error: SQRT takes 1 argument, not 2 [SQRT(1, 2)] "
                               "(it is written SQRT(x))\n"},
        {X("1", "MIN()"), "model.cfg:3: error: MIN takes at least 1 argument, not 0 [MIN()] "
                          "(it is written MIN(a, b))\n"},
        {X("1", "effect(1, 2)"), "model.cfg:3: error: the graphical function 'effect' takes 1 "
                                 "argument, not 2 [effect(1, 2)]\n"},
        {X("1", "i(2)"), "model.cfg:3: error: 'i' is a parameter, not a function [i] "
                         "(is a '*' missing before the '('?)\n"},
        {X("1", "a(1, 2)"),
         "model.cfg:3: error: the array 'a' takes 1 argument, not 2 [a(1, 2)]\n"},
        {X("1", "SIN + 1"),
         "model.cfg:3: error: 'SIN' is a function [SIN] (it is written SIN(x))\n"},
        {X("1", "rat + zbra"),
         "model.cfg:3: error: unknown name 'rat' [rat] (did you mean 'rate'?)\n"
         "model.cfg:3: error: unknown name 'zbra' [zbra]\n"},
        {X("1", "(1 + 2"), "model.cfg:3: error: expected ')' or an operator, found the end of the "
                           "equation [] (the '(' at character 1 is never closed)\n"},
        {X("1", ""), "model.cfg:3: error: the equation is empty\n"},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

static void subscripts_in_equations(void **state)
{
    static const struct text_case cases[] = {
        {X("1", "a"),
         "model.cfg:3: error: 'a' has one value for each element of 'd', which 'x' has not [a] "
         "(add them with SUM(a[*]), or pick one with a[p])\n"},
        {X("1", "a[s]"), "model.cfg:3: error: 's' is not an element of dimension 'd' [s]\n"},
        {X("1", "a[4]"), "model.cfg:3: error: dimension 'd' has elements 1 to 3, not 4 [4]\n"},
        {X("1", "a[1.5]"),
         "model.cfg:3: error: dimension 'd' has elements 1 to 3, not 1.5 [1.5]\n"},
        {X("1", "a[p, u]"), "model.cfg:3: error: 'a' has 1 dimension, not 2 [a[p, u]]\n"},
        {X("1", "m[p]"), "model.cfg:3: error: 'm' has 2 dimensions, not 1 [m[p]]\n"},
        {X("1", "i[p]"), "model.cfg:3: error: 'i' is no array: it takes no subscripts [i[p]]\n"},
        {X("year", "TIME[1]"),
         "model.cfg:3: error: 'TIME' is no array: it takes no subscripts [TIME[1]]\n"},
        {X("1", "a[*]"), "model.cfg:3: error: several elements where one value is needed [*] "
                         "(for their sum write SUM(a[...]))\n"},
        {X("1", "a[p:q] + 1"), "model.cfg:3: error: several elements where one value is needed "
                               "[p:q] (for their sum write SUM(a[...]))\n"},
        {X("1", "a[d]"), "model.cfg:3: error: 'x' does not run over dimension 'd' [d]\n"},
        {X("1", "d + 1"), "model.cfg:3: error: 'x' does not run over dimension 'd' [d]\n"},
        {X("1", "SUM(a[r:p])"), "model.cfg:3: error: this range ends before it starts [r:p]\n"},
        {X("1", "SUM(a[i:r])"),
         "model.cfg:3: error: a range needs elements of dimension 'd' at its ends [i]\n"},
        {X("1", "SUM(a[p:d])"),
         "model.cfg:3: error: a range needs elements of dimension 'd' at its ends [d]\n"},
        {XD("1", "m[d]"), "model.cfg:3: error: 'm' has 2 dimensions, not 1 [m[d]]\n"},
        {XD("1", "m"),
         "model.cfg:3: error: 'm' has one value for each element of 'e', which 'x' has not [m] "
         "(add them with SUM(m[*]), or pick one with m[u])\n"},
        {XD("1", "PREVIOUS(SELF[s], 0)"),
         "model.cfg:3: error: 's' is not an element of dimension 'd' [s]\n"},
        {XD("1", "a + a[d] + a[d.p] + d + m[d, u] + SUM(m[d, *]) + a[i] + a[INT(TIME / DT) + 1]"),
         ""},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

static void flows_of_stocks(void **state)
{
    static const struct text_case cases[] = {
        {"stocks: { s: { unit = '1'; initial = 1; inflows = ('ff'); }; };"
         "flows: { fff: { unit = '1/year'; equation = 1; }; };",
         "model.cfg:2: error: unknown flow 'ff' of stock 's' (did you mean 'fff'?)\n"},
        {"stocks: { s: { unit = '1'; initial = 1; outflows = ('x'); }; };"
         "auxiliaries: { x: { unit = '1/year'; equation = 1; }; };",
         "model.cfg:2: error: 'x' is an auxiliary, not a flow\n"},
        {"dimensions: { d = ['p', 'q']; };"
         "stocks: { s: { unit = '1'; initial = 1; inflows = ('f'); }; };"
         "flows: { f: { unit = '1/year'; equation = 1; dimensions = 'd'; }; };",
         "model.cfg:2: error: flow 'f' does not have the same dimensions as stock 's'\n"},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

static void units_of_equations(void **state)
{
    static const struct text_case cases[] = {
        {X("person", "people"), ""},
        {X("person", "i"), "model.cfg:3: error: unit mismatch: the equation of auxiliary 'x': "
                           "person expected, 1 found [i]\n"},
        {X("person/year", "people"),
         "model.cfg:3: error: unit mismatch: the equation of auxiliary 'x': person/year expected, "
         "person found [people] (divide by a time)\n"},
        {X("person", "people * rate"),
         "model.cfg:3: error: unit mismatch: the equation of auxiliary 'x': person expected, "
         "person/year found [people * rate] (multiply by a time)\n"},
        {X("person", "people + rate"),
         "model.cfg:3: error: unit mismatch: the two sides of '+': person expected, 1/year found "
         "[people + rate]\n"},
        {X("person", "people + 5"), "model.cfg:3: error: unit mismatch: the two sides of '+': "
                                    "person expected, 1 found [people + 5]\n"},
        {X("person", "people + 0"), ""},
        {X("person", "MAX(people, 5)"), ""},
        {X("1", "people > 5"), ""},
        {X("1", "people > rate"), "model.cfg:3: error: unit mismatch: the two sides of '>': person "
                                  "expected, 1/year found [people > rate]\n"},
        {X("person", "IF i > 1 THEN people ELSE rate"),
         "model.cfg:3: error: unit mismatch: the two branches of IF: person expected, 1/year found "
         "[IF i > 1 THEN people ELSE rate]\n"},
        {X("1", "EXP(people)"),
         "model.cfg:3: error: unit mismatch: an argument of EXP: 1 expected, "
         "person found [people]\n"},
        {X("person", "SMTH1(people, rate)"),
         "model.cfg:3: warning: unit mismatch: an argument of SMTH1: year expected, 1/year found "
         "[rate]\n"},
        {X("person", "MIN(people, rate)"), "model.cfg:3: error: unit mismatch: an argument of MIN: "
                                           "person expected, 1/year found [rate]\n"},
        {X("1", "2 ^ people"), "model.cfg:3: error: unit mismatch: an exponent must be a pure "
                               "number: 1 expected, person found [people]\n"},
        {X("person", "people ^ 2 / people"), ""},
        {X("person", "(people ^ 2) ^ 0.5"), ""},
        {X("person", "SQRT(people * people)"), ""},
        {X("1", "people ^ 1.5"), "model.cfg:3: error: unit mismatch: the base of a power that is "
                                 "not a whole number must be "
                                 "a pure number: 1 expected, person found [people]\n"},
        {X("1", "people ^ 0.5"),
         "model.cfg:3: warning: the unit person has no root [people ^ 0.5]\n"},
        {X("year", "rate"), "model.cfg:3: warning: unit mismatch: the equation of auxiliary 'x': "
                            "year expected, 1/year "
                            "found [rate]\n"},
        {X("person/month", "people * rate"),
         "model.cfg:3: error: unit mismatch: the equation of auxiliary 'x': person/month expected, "
         "person/year found [people * rate] (one person/year is 0.0833333 person/month)\n"},
        {X("person", "SAFEDIV(people, i, people)"), ""},
        {X("person", "SAFEDIV(people, i, rate)"), "model.cfg:3: error: unit mismatch: the third "
                                                  "argument of SAFEDIV: person expected, 1/year "
                                                  "found [SAFEDIV(people, i, rate)]\n"},
        {X("person", "FORCST(people, 2, 3) + PULSE(people, 2) * DT + RAMP(people, 1) * rate"), ""},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

// Two functions, and an auxiliary on line 3.
#define XF(unit, equation)                                                                         \
    "functions: { sum3: { arguments = ('a', 'b', 'c'); equation = 'a + b + c'; };"                 \
    "  twice: { arguments = 'x'; equation = 'sum3(x, x, 0)'; }; };" X(unit, equation)

// A function on line 2, which nobody calls.
#define FUNCTION(arguments, equation)                                                              \
    "functions: { f: { arguments = " arguments "; equation = '" equation "'; }; };"

static void functions_of_the_model(void **state)
{
    static const struct text_case cases[] = {
        {XF("person", "twice(people) + sum3(people, people * i, 0)"), ""},
        {XF("person", "twice(twice(people))"), ""},
        {XF("1", "twice(a[q]) + SUM(a[*])"), ""},
        {XF("person", "twice(SMTH1(people, 2 / rate))"), ""},
        {XF("person", "twice(rate)"), "model.cfg:3: error: unit mismatch: the equation of "
                                      "auxiliary 'x': person expected, 1/year found "
                                      "[twice(rate)]\n"},
        {XF("person", "i * sum3(people, rate, 0)"),
         "model.cfg:3: error: unit mismatch: the two sides of '+': person expected, 1/year found "
         "[sum3(people, rate, 0)]\n"},
        {XF("1", "sum3(i, i)"), "model.cfg:3: error: sum3 takes 3 arguments, not 2 [sum3(i, i)] "
                                "(it is written sum3(a, b, c))\n"},
        {XF("1", "twoce(i)"),
         "model.cfg:3: error: unknown function 'twoce' [twoce] (did you mean 'twice'?)\n"},
        {XF("1", "twice(j)"), "model.cfg:3: error: unknown name 'j' [j]\n"},
        {XF("1", "twice(a)"), "model.cfg:3: error: 'a' has one value for each element of 'd', "
                              "which 'x' has not [a] (add them with SUM(a[*]), or pick one with "
                              "a[p])\n"},
        {FUNCTION("'x'", "x + y"),
         "model.cfg:2: error: unknown name 'y' in function 'f', which sees only its arguments and "
         "other functions [y]\n"},
        {FUNCTION("'x'", "g(x)"),
         "model.cfg:2: error: unknown function 'g' in function 'f', which sees only its arguments "
         "and other functions [g]\n"},
        {FUNCTION("'x'", "f(x)"), "model.cfg:2: error: function 'f' calls itself\n"},
        {FUNCTION("'x'", "x[1]"), "model.cfg:2: error: 'x' takes no subscripts here [x[1]] (give "
                                  "the function an element where it is called: f(x[a]))\n"},
        {FUNCTION("'x'", "x +"), "model.cfg:2: error: expected a number, a name or '(', found the "
                                 "end of the equation []\n"},
        {FUNCTION("'x'", "SQRT(x, x)"), "model.cfg:2: error: SQRT takes 1 argument, not 2 "
                                        "[SQRT(x, x)] (it is written SQRT(x))\n"},
        {"functions: { MAX: { arguments = 'x'; equation = 'x'; }; };",
         "model.cfg:2: error: 'MAX' is the name of a built-in (choose another name)\n"},
        {"functions: { f: { equation = '1'; }; };",
         "model.cfg:2: error: function 'f' has no 'arguments'\n"},
        {FUNCTION("'x'", "x") "auxiliaries: { F: { unit = '1'; equation = '1'; }; };",
         "model.cfg:2: error: duplicate name 'F' (it is already a function at model.cfg:2)\n"},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

static void units_of_stocks_and_flows(void **state)
{
    static const struct text_case cases[] = {
        {"stocks: { s: { unit = 'person'; initial = 'p'; inflows = 'f'; }; };"
         "parameters: { p: { value = 1; unit = 'firm'; }; };"
         "flows: { f: { unit = 'person/month'; equation = '1'; }; };",
         "model.cfg:2: error: unit mismatch: the initial value of stock 's': person expected, firm "
         "found [p]\n"
         "model.cfg:2: error: unit mismatch: flow 'f' of stock 's': person/year expected, "
         "person/month found (one person/month is 12 person/year)\n"},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

static void units_themselves(void **state)
{
    static const struct text_case cases[] = {
        {X("persn", "1"),
         "model.cfg:3: error: unknown unit 'persn' [persn] (did you mean 'person'?)\n"},
        {X("euro/persn", "1"),
         "model.cfg:3: error: unknown unit 'persn' [persn] (did you mean 'person'?)\n"},
        {X("widget", "1"),
         "model.cfg:3: warning: unknown unit 'widget', taken as a base unit of its own [widget] "
         "(say so in the model: units = [ \"widget\" ];)\n"},
        {X("person/", "1"), "model.cfg:3: error: 'person/' is not a unit "
                            "(for example \"person/year\", \"euro/person\", or \"1\" for a "
                            "number)\n"},
        {"units = ['gadget'];" X("gadgets", "1"), ""},
        {X("people", "people"), ""},
        {X("EUR", "1"), ""},
    };
    ASSERT_MODEL_MESSAGES(cases);
}

static void the_unit_of_time(void **state)
{
    struct world *world = *state;
    assert_null(world_model(world, model_text(world, "start = 0; stop = 1; unit = 'yaer';", "")));
    assert_messages(world,
                    "model.cfg:1: error: unknown unit 'yaer' [yaer] (did you mean 'year'?)\n");
    assert_non_null(world_model(world, model_text(world, "start = 0; stop = 1; unit = 'week';",
                                                  "auxiliaries: { x: { unit = 'day';"
                                                  "  equation = 'p * TIME'; }; };"
                                                  "parameters: { p: { value = 7; unit = 'day/week';"
                                                  " }; };")));
    assert_messages(world, "");
}

static void reciprocals_are_not_equal(void **state)
{
    struct world *world = *state;
    struct position nowhere = {0};
    const struct unit *year = unit_parse(world->units, "year", UNIT_STRICT, nowhere, &world->diag);
    const struct unit *per_year =
        unit_parse(world->units, "1/year", UNIT_STRICT, nowhere, &world->diag);
    const struct unit *month =
        unit_parse(world->units, "month", UNIT_STRICT, nowhere, &world->diag);
    assert_false(unit_equal(year, per_year));
    assert_false(unit_convertible(year, per_year));
    assert_true(unit_convertible(year, month));
    assert_false(unit_equal(year, month));
    assert_close(unit_factor(year, month), 12, 1e-12, 0);
    assert_true(unit_equal(unit_multiply(world->units, year, per_year), unit_one(world->units)));
    assert_true(unit_equal(unit_root(world->units, unit_raise(world->units, year, 4), 4), year));
}

static const char *check_time(struct world *world, struct time_spec time)
{
    time.position = (struct position){.file = "t.cfg", .line = 4};
    time_spec_check(&time, &world->diag);
    return world_messages(world);
}

static struct time_spec axis(double start, double stop, double step)
{
    struct time_spec time = time_spec_empty();
    time.start = start;
    time.stop = stop;
    time.step = step;
    return time;
}

static void wrong_time_axes(void **state)
{
    struct world *world = *state;
    assert_string_equal(check_time(world, axis(0, 10, 0.25)), "");
    assert_string_equal(check_time(world, axis(5, 5, 1)), "");
    assert_string_equal(check_time(world, axis(0, 10, -0.25)),
                        "t.cfg:4: error: the time step is -0.25; it must be above 0\n");
    assert_string_equal(check_time(world, axis(0, 10, 0)),
                        "t.cfg:4: error: the time step is 0; it must be above 0\n");
    assert_string_equal(check_time(world, axis(2050, 2025, 1)),
                        "t.cfg:4: error: the run stops at 2025, before it starts at 2050\n");
    assert_string_equal(check_time(world, axis(0, INFINITY, 1)),
                        "t.cfg:4: error: the time axis must be finite\n");
    assert_string_equal(check_time(world, axis(0, 1e9, 1)),
                        "t.cfg:4: error: 1e+09 steps are more than the 100000000 that are "
                        "possible\n");
    assert_string_equal(check_time(world, axis(0, 10, 3)),
                        "t.cfg:4: warning: the step 3 does not divide the time from 0 to 10; the "
                        "run ends at 9\n");
    struct time_spec time = axis(0, 10, 1);
    time.save_every = 1.5;
    assert_string_equal(check_time(world, time),
                        "t.cfg:4: warning: save_every = 1.5 is not a whole number of steps\n");
    time.save_every = -1;
    assert_string_equal(check_time(world, time),
                        "t.cfg:4: error: save_every is -1; it must be above 0\n");
    time.save_every = NAN;
    time.tolerance = 0;
    assert_string_equal(check_time(world, time),
                        "t.cfg:4: error: tolerance is 0; it must be above 0\n");
}

static void times_of_whole_fractions_are_exact(void **state)
{
    struct world *world = *state;
    struct time_spec tenths = axis(0, 10, 0.1), months = axis(2025, 2050, 1.0 / 12);
    assert_true(time_spec_check(&tenths, &world->diag));
    assert_true(time_spec_check(&months, &world->diag));
    assert_int_equal(time_spec_n_steps(&tenths), 100);
    assert_same_bits(time_spec_at(&tenths, 3), 0.3);
    assert_same_bits(time_spec_at(&tenths, 7), 0.7);
    assert_same_bits(time_spec_at(&months, 120), 2035);
    tenths.save_every = 0.5;
    assert_int_equal(time_spec_steps_per_save(&tenths), 5);
}

static void settings_replace_values(void **state)
{
    struct world *world = *state;
    struct model *model = world_model(world, model_text(world, NULL, X("1", "i * 2")));
    const struct setting settings[] = {{"a[q]", 7, {0}}, {"i", 3, {0}}, {"x", 9, {0}}};
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++)
        assert_true(model_set(model, &settings[i], &world->diag));
    assert_same_bits(model_find_variable(model, "a")->values[0], 1);
    assert_same_bits(model_find_variable(model, "a")->values[1], 7);
    assert_same_bits(model_find_variable(model, "i")->values[0], 3);
    assert_true(expr_is_number(model_find_variable(model, "x")->equations[0].tree, 9));
    assert_messages(world, "");
}

static void wrong_settings(void **state)
{
    struct world *world = *state;
    struct model *model = world_model(world, model_text(world, NULL, X("1", "i * 2")));
    static const char *const names[] = {"ii", "a[s]", "a[p,u]", "m[p]", "i[p]", "a[p", "effect"};
    const struct position position = {.file = "--set", .is_option = true};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        assert_false(model_set(model, &(struct setting){names[i], 1, position}, &world->diag));
    assert_int_equal(world->diag.fault, FAULT_USAGE);
    assert_messages(world, "--set: error: unknown name 'ii' (did you mean 'i'?)\n"
                           "--set: error: 's' is not an element of dimension 'd'\n"
                           "--set: error: 'a' has 1 dimension, not 2\n"
                           "--set: error: 'm' has 2 dimensions, not 1\n"
                           "--set: error: 'i' is no array: it takes no subscripts\n"
                           "--set: error: 'a[p' lacks its ']' at the end\n"
                           "--set: error: 'effect' is a table: it has no value to set\n");
}

// With bare ranges all but levers are uncertain; once one has a distribution, only such.
static void what_is_uncertain(void **state)
{
    struct world *world = *state;
    static const char *const spreads[] = {"", "distribution = 'triangular';"};
    for (int given = 0; given < 2; given++) {
        const struct model *model = world_model(
            world,
            model_text(world, NULL,
                       arena_format(world->arena,
                                    "parameters: {"
                                    "a: { value = 1.0; unit = '1'; range = (0.0, 2.0); %s source = "
                                    "'test'; quality = 'D'; };"
                                    "b: { value = 1.0; unit = '1'; range = (0.0, 2.0); source = "
                                    "'test'; quality = 'D'; };"
                                    "c: { value = 1.0; unit = '1'; range = (1.0, 1.0); source = "
                                    "'test'; quality = 'D'; };"
                                    "d: { value = 1.0; unit = '1'; range = (0.0, 2.0); source = "
                                    "'lever: on or off'; quality = 'S'; }; };",
                                    spreads[given])));
        assert_messages(world, "");
        const bool *is_uncertain = model_uncertainties(world->arena, model);
        for (size_t i = 0; i < model->variables.count; i++) {
            char name = *model->variables.items[i]->name;
            assert_int_equal(is_uncertain[i], name == 'a' || (name == 'b' && !given));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_model_is_read_as_written),
        WORLD_TEST(arrays_are_settled_row_by_row),
        WORLD_TEST(files_that_cannot_be_read),
        WORLD_TEST(binary_files_are_refused),
        WORLD_TEST(included_files_are_named_in_messages),
        WORLD_TEST(keys_and_types),
        WORLD_TEST(metrics_checks_and_charts),
        WORLD_TEST(names_are_unique_and_not_built_in),
        WORLD_TEST(shapes_of_arrays),
        WORLD_TEST(too_many_elements),
        WORLD_TEST(names_in_equations),
        WORLD_TEST(subscripts_in_equations),
        WORLD_TEST(flows_of_stocks),
        WORLD_TEST(units_of_equations),
        WORLD_TEST(functions_of_the_model),
        WORLD_TEST(units_of_stocks_and_flows),
        WORLD_TEST(units_themselves),
        WORLD_TEST(the_unit_of_time),
        WORLD_TEST(reciprocals_are_not_equal),
        WORLD_TEST(wrong_time_axes),
        WORLD_TEST(times_of_whole_fractions_are_exact),
        WORLD_TEST(settings_replace_values),
        WORLD_TEST(wrong_settings),
        WORLD_TEST(what_is_uncertain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
