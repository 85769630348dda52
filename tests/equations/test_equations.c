// Runs the lines of equations/*.txt: every function and operator of the equation language with
// values that are known beforehand. A line is one of
//     # a remark
//     time START STOP STEP METHOD     the time axis of the lines below
//     model TEXT                      part of the model that they stand in, ' for "
//     EXPRESSION at TIME = VALUE      what the expression must be then, to 12 digits;
//     EXPRESSION at TIME = VALUE within ERROR      or to within an absolute error
// VALUE is an expression of numbers. The last test fails where a function has no line at all.
#include "unit/support.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "equation/function.h"
#include "equation/parse.h"

struct line {
    int number;
    const char *expression, *value;
    double time, error;
};

// Lines that share a time axis: one model.
struct batch {
    struct world *world;
    const char *path;
    const char *time;
    struct text body;
    struct {
        struct line *items;
        size_t count, capacity;
    } lines;
    int n_wrong;
};

static bool is_covered[256]; // by index in functions[]
static bool is_operation_covered[N_OPERATIONS];

static void cover(struct expr *expr, void *context)
{
    (void)context;
    const struct function *function =
        expr->kind == EXPR_NAME || expr->kind == EXPR_CALL ? function_find(expr->key) : NULL;
    if (expr->kind == EXPR_OPERATION)
        is_operation_covered[expr->op] = true;
    if (!function)
        return;
    is_covered[function - functions] = true;
    if (function->id == FUNCTION_OPERATION)
        is_operation_covered[function->op] = true;
    if (function->id == FUNCTION_MIN || function->id == FUNCTION_MAX)
        is_operation_covered[function->id == FUNCTION_MIN ? OP_MINIMUM : OP_MAXIMUM] = true;
}

// Returns the last place of `word` in `text`, or NULL.
static char *find_last(char *text, const char *word)
{
    char *last = NULL;
    for (char *at = strstr(text, word); at; at = strstr(at + 1, word))
        last = at;
    return last;
}

static void fail_line(const struct batch *batch, int number, const char *problem)
{
    fail_msg("%s:%d: %s", batch->path, number, problem);
}

// Cuts an assertion into its parts.
static void read_assertion(struct batch *batch, char *text, int number)
{
    struct line line = {.number = number, .error = NAN};
    char *at = find_last(text, " at "), *equals = at ? strstr(at, " = ") : NULL;
    if (!equals)
        fail_line(batch, number, "expected EXPRESSION at TIME = VALUE");
    char *within = strstr(equals, " within ");
    *at = *equals = '\0';
    if (within) {
        *within = '\0';
        line.error = strtod(within + 8, NULL);
    }
    line.expression = text;
    line.value = equals + 3;
    line.time = strtod(at + 4, NULL);
    struct position position = {.file = batch->path, .line = number, .excerpt = line.expression};
    struct expr *tree =
        parse_expression(batch->world->arena, position, PARSE_EQUATION, &batch->world->diag);
    assert_messages(batch->world, "");
    expr_walk(tree, cover, NULL);
    ARRAY_PUSH(batch->world->arena, &batch->lines) = line;
}

static void check_line(struct batch *batch, const struct simulation *simulation, size_t index)
{
    struct arena *arena = batch->world->arena;
    const struct line *line = &batch->lines.items[index];
    double found = value_at(simulation, arena_format(arena, "found%zu", index), line->time);
    double wanted = value_at(simulation, arena_format(arena, "wanted%zu", index), line->time);
    double error = isnan(line->error) ? 1e-12 * fabs(wanted) : line->error;
    if (found == wanted || fabs(found - wanted) <= error || (isnan(found) && isnan(wanted)))
        return;
    print_error("%s:%d: %s at %g = %.15g, expected %.15g\n", batch->path, line->number,
                line->expression, line->time, found, wanted);
    batch->n_wrong++;
}

// Runs the lines read so far, all in one model; units do not matter here.
static void run_batch(struct batch *batch)
{
    static const struct metric_list no_metrics = {0};
    struct world *world = batch->world;
    struct text text = {0};
    for (size_t i = 0; i < batch->lines.count; i++)
        text_append_format(&text,
                           "found%zu: { unit = '1'; equation = '%s'; };\n"
                           "wanted%zu: { unit = '1'; equation = '%s'; };\n",
                           i, batch->lines.items[i].expression, i, batch->lines.items[i].value);
    const char *body = arena_format(world->arena, "%s\nauxiliaries: {\n%s};",
                                    text_string(&batch->body), text_string(&text));
    text_clear(&text);
    const char *path = world_write(world, "model.cfg", model_text(world, batch->time, body));
    struct model *model = model_read(world->arena, path, world->units, &world->diag);
    if (!model || !resolve_model(model, &world->diag))
        fail_msg("%s: %s", batch->path, world_messages(world));
    const struct simulation *simulation =
        simulate(world->arena, model, NULL, &no_metrics, 0, NULL, &world->diag);
    assert_messages(world, "");
    for (size_t i = 0; i < batch->lines.count; i++)
        check_line(batch, simulation, i);
    batch->lines.count = 0;
}

static void read_time(struct batch *batch, char *text)
{
    const char *words[4];
    for (int i = 0; i < 4; i++)
        words[i] = strtok(i ? NULL : text, " ");
    batch->time =
        arena_format(batch->world->arena, "start = %s; stop = %s; step = %s; method = '%s';",
                     words[0], words[1], words[2], words[3]);
}

static void read_line(struct batch *batch, char *text, int number)
{
    if (!*text || *text == '#')
        return;
    if (strncmp(text, "time ", 5) == 0) {
        run_batch(batch);
        read_time(batch, text + 5);
    } else if (strncmp(text, "model ", 6) == 0) {
        text_append_format(&batch->body, "%s\n", text + 6);
    } else {
        read_assertion(batch, text, number);
    }
}

static void lines_hold(void **state)
{
    struct batch batch = {.path = *state};
    void *world;
    assert_int_equal(world_open(&world), 0);
    batch.world = world;
    char *text = file_read(batch.world->arena, batch.path, 1 << 20, NULL, &batch.world->diag);
    assert_messages(batch.world, "");
    int number = 1;
    for (char *end; (end = strchr(text, '\n')); text = end + 1, number++) {
        *end = '\0';
        read_line(&batch, text, number);
    }
    run_batch(&batch);
    text_clear(&batch.body);
    world_close(&world);
    assert_int_equal(batch.n_wrong, 0);
}

static void every_function_has_a_line(void **state)
{
    (void)state;
    int n_missing = 0;
    for (int i = 0; i < n_functions; i++)
        if (!is_covered[i]) {
            print_error("no line in tests/equations for %s\n", functions[i].name);
            n_missing++;
        }
    for (int i = 0; i < N_OPERATIONS; i++)
        if (!is_operation_covered[i]) {
            print_error("no line in tests/equations for %s\n", operation_info[i].name);
            n_missing++;
        }
    assert_int_equal(n_missing, 0);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[64];
    size_t n = 0;
    for (int i = 1; i < argc && n + 1 < ARRAY_COUNT(tests); i++)
        tests[n++] = (struct CMUnitTest){path_base(argv[i]), lines_hold, NULL, NULL, argv[i]};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(every_function_has_a_line);
    return _cmocka_run_group_tests("equations", tests, n, NULL, NULL);
}
