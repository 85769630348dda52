// The unit tests' helpers; see support.h.
#include "unit/support.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

int world_open(void **state)
{
    gsl_set_error_handler_off();
    struct arena *arena = arena_create();
    struct world *world = ARENA_NEW(arena, struct world);
    char *folder = arena_copy_string(arena, "/tmp/kantelpunt-test-XXXXXX");
    world->arena = arena;
    world->folder = mkdtemp(folder);
    diag_init(&world->diag, arena);
    world->units = unit_system_create(&world->diag);
    *state = world;
    return world->folder && world->units ? 0 : -1;
}

int world_close(void **state)
{
    struct world *world = *state;
    int code = system(arena_format(world->arena, "rm -rf '%s'", world->folder));
    unit_system_free(world->units);
    arena_free(world->arena);
    return code;
}

const char *world_path(struct world *world, const char *name)
{
    return arena_format(world->arena, "%s/%s", world->folder, name);
}

const char *world_write(struct world *world, const char *name, const char *contents)
{
    const char *path = world_path(world, name);
    assert_true(file_write(world->arena, path, contents, &world->diag));
    return path;
}

// Appends `string` without the folder's name.
static void append_without_folder(struct text *text, const struct world *world, const char *string)
{
    size_t length = strlen(world->folder);
    for (const char *at; (at = strstr(string, world->folder));) {
        text_append_bytes(text, string, (size_t)(at - string));
        text_append(text, at[length] == '/' ? "" : "FOLDER");
        string = at + length + (at[length] == '/');
    }
    text_append(text, string);
}

static void append_message(struct text *text, const struct world *world,
                           const struct diag_message *message)
{
    static const char *const words[] = {"note", "warning", "error"};
    const struct position *position = &message->position;
    if (position->file)
        append_without_folder(text, world, position->file);
    if (position->line)
        text_append_format(text, ":%d", position->line);
    if (position->column)
        text_append_format(text, ":%d", position->column);
    text_append_format(text, "%s%s: ", position->file ? ": " : "", words[message->severity]);
    append_without_folder(text, world, message->text);
    if (position->excerpt && position->length) {
        text_append(text, " [");
        text_append_bytes(text, position->excerpt + position->start,
                          strnlen(position->excerpt + position->start, (size_t)position->length));
        text_append(text, "]");
    }
    if (message->hint) {
        text_append(text, " (");
        append_without_folder(text, world, message->hint);
        text_append(text, ")");
    }
    text_append(text, "\n");
}

const char *world_messages(struct world *world)
{
    struct text text = {0};
    for (size_t i = 0; i < world->diag.count; i++)
        append_message(&text, world, &world->diag.items[i]);
    const char *messages = arena_copy_string(world->arena, text_string(&text));
    text_clear(&text);
    diag_init(&world->diag, world->arena);
    return messages;
}

const char *quoted(struct world *world, const char *text)
{
    char *copy = arena_copy_string(world->arena, text);
    for (char *at = copy; *at; at++)
        if (*at == '\'')
            *at = '"';
    return copy;
}

const char *model_text(struct world *world, const char *time, const char *body)
{
    const char *text = arena_format(world->arena, "model: { time: { %s };\n%s\n};\n",
                                    time ? time : "start = 0; stop = 10; step = 1;", body);
    return quoted(world, text);
}

void assert_model_messages(struct world *world, const struct text_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        world_model(world, model_text(world, NULL, cases[i].text));
        assert_messages(world, cases[i].messages);
    }
}

struct model *world_model(struct world *world, const char *text)
{
    const char *path = world_write(world, "model.cfg", text);
    struct model *model = model_read(world->arena, path, world->units, &world->diag);
    if (!model || !resolve_model(model, &world->diag) || !units_check(model, &world->diag))
        return NULL;
    return model;
}

struct simulation *world_run(struct world *world, const char *text)
{
    static const struct metric_list no_metrics = {0};
    struct model *model = world_model(world, text);
    assert_messages(world, "");
    assert_non_null(model);
    struct simulation *simulation =
        simulate(world->arena, model, NULL, &no_metrics, 0, NULL, &world->diag);
    assert_messages(world, "");
    assert_non_null(simulation);
    return simulation;
}

struct simulation *world_run_body(struct world *world, const char *time, const char *body)
{
    return world_run(world, model_text(world, time, body));
}

static int column_of(const struct simulation *simulation, const char *name)
{
    int column = series_find(simulation->series, name);
    if (column < 0)
        fail_msg("no variable '%s'", name);
    return column;
}

double value_at(const struct simulation *simulation, const char *name, double time)
{
    return series_at_time(simulation->series, column_of(simulation, name), time);
}

double last_value(const struct simulation *simulation, const char *name)
{
    return series_at(simulation->series, column_of(simulation, name),
                     simulation->series->n_saves - 1);
}

void check_close(double actual, double expected, double relative, double absolute,
                 const char *expression, const char *file, int line)
{
    if (actual == expected || (isnan(actual) && isnan(expected)))
        return;
    double error = fabs(actual - expected);
    if (error <= relative * fabs(expected) || error <= absolute)
        return;
    print_error("%s = %.17g, expected %.17g\n", expression, actual, expected);
    _fail(file, line);
}

void check_same_bits(double actual, double expected, const char *expression, const char *file,
                     int line)
{
    if (memcmp(&actual, &expected, sizeof actual) == 0)
        return;
    print_error("%s = %a, expected %a\n", expression, actual, expected);
    _fail(file, line);
}

uint64_t next_random(uint64_t *state)
{
    uint64_t word = *state += 0x9E3779B97F4A7C15u;
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9u;
    word = (word ^ word >> 27) * 0x94D049BB133111EBu;
    return word ^ word >> 31;
}
