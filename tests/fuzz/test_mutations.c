// Spoils valid files in thousands of ways, always the same ones, and reads and runs what is left.
// Nothing may crash, every failure must come with a message, and only a file or the computation may
// be to blame.
#include "unit/support.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { N_MUTATIONS = 1000, MAX_STEPS_TO_RUN = 500, MAX_CELLS_TO_RUN = 2000 };

static const char *folder; // of the files to spoil

// The files to spoil, and what is run with each of them.
static const struct {
    const char *name, *study;
} files[] = {
    {"model.cfg", "scenario.cfg"}, {"part.cfg", "scenario.cfg"},   {"scenario.cfg", "scenario.cfg"},
    {"data.csv", "scenario.cfg"},  {"model.xmile", "model.xmile"},
};

struct bytes {
    char *items;
    size_t count;
};

static size_t pick(uint64_t *random, size_t n)
{
    return n ? (size_t)(next_random(random) % n) : 0;
}

// Overwrites one byte, with a sign of the language, or with anything but a zero.
static void spoil_byte(struct bytes *bytes, uint64_t *random)
{
    static const char signs[] = "(){}[];:=,\"+-*/^<>.0129eE \n_aNS#@\\";
    size_t at = pick(random, bytes->count);
    if (pick(random, 4))
        bytes->items[at] = signs[pick(random, sizeof signs - 1)];
    else
        bytes->items[at] = (char)(1 + pick(random, 255));
}

static void cut_out(struct bytes *bytes, uint64_t *random)
{
    size_t at = pick(random, bytes->count), length = 1 + pick(random, 20);
    if (length > bytes->count - at)
        length = bytes->count - at;
    memmove(bytes->items + at, bytes->items + at + length, bytes->count - at - length);
    bytes->count -= length;
}

// Copies a piece to another place; there is room for it.
static void repeat(struct bytes *bytes, uint64_t *random)
{
    size_t from = pick(random, bytes->count), to = pick(random, bytes->count);
    size_t length = 1 + pick(random, 40);
    if (length > bytes->count - from)
        length = bytes->count - from;
    char piece[64];
    memcpy(piece, bytes->items + from, length);
    memmove(bytes->items + to + length, bytes->items + to, bytes->count - to);
    memcpy(bytes->items + to, piece, length);
    bytes->count += length;
}

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

// A word of the text, starting from a random place.
static size_t pick_word(const struct bytes *bytes, uint64_t *random, size_t *length)
{
    size_t at = pick(random, bytes->count);
    while (at < bytes->count && !is_word_byte(bytes->items[at]))
        at++;
    while (at > 0 && is_word_byte(bytes->items[at - 1]))
        at--;
    for (*length = 0; at + *length < bytes->count && is_word_byte(bytes->items[at + *length]);)
        ++*length;
    return at;
}

// Puts one word in the place of another: it stays a text that can be read, but means another thing.
static void confuse_words(struct bytes *bytes, uint64_t *random)
{
    size_t old_length, new_length;
    size_t new_word = pick_word(bytes, random, &new_length);
    size_t old_word = pick_word(bytes, random, &old_length);
    char word[64];
    if (new_length > sizeof word)
        return;
    memcpy(word, bytes->items + new_word, new_length);
    memmove(bytes->items + old_word + new_length, bytes->items + old_word + old_length,
            bytes->count - old_word - old_length);
    memcpy(bytes->items + old_word, word, new_length);
    bytes->count += new_length - old_length;
}

static struct bytes spoil(struct arena *arena, const char *text, int mutation)
{
    static void (*const ways[])(struct bytes *, uint64_t *) = {
        spoil_byte, cut_out, repeat, confuse_words, confuse_words, confuse_words};
    uint64_t random = (uint64_t)mutation + 1;
    struct bytes bytes = {.count = strlen(text)};
    bytes.items = arena_alloc(arena, 2 * bytes.count + 512);
    memcpy(bytes.items, text, bytes.count);
    if (mutation % 8 == 0)
        bytes.count = pick(&random, bytes.count);
    for (int n = mutation % 3; n >= 0 && mutation % 8; n--)
        ways[mutation % ARRAY_COUNT(ways)](&bytes, &random);
    bytes.items[bytes.count] = '\0';
    return bytes;
}

static bool is_small(const struct study *study)
{
    for (int i = 0; i < study->n_cases; i++) {
        const struct model *model = study->cases[i].source.model;
        if (time_spec_n_steps(&model->time) > MAX_STEPS_TO_RUN || model->n_cells > MAX_CELLS_TO_RUN)
            return false;
    }
    return true;
}

// Reads and runs what stands in the world's folder; returns whether it could be run.
static bool attempt(struct world *world, const char *name, const char *label)
{
    struct arena *arena = arena_create();
    struct diag diag;
    struct case_options options = {.time = time_spec_empty()};
    const char *paths[] = {world_path(world, name)};
    diag_init(&diag, arena);
    struct study *study = study_read(arena, paths, 1, &options, world->units, &diag);
    bool has_run = study && is_small(study);
    bool is_good = has_run && study_run(study, NULL, &diag);
    if ((!study || (has_run && !is_good)) && !diag.n_errors)
        fail_msg("%s: failed without a message", label);
    if (diag.fault != FAULT_NONE && diag.fault != FAULT_FILE && diag.fault != FAULT_COMPUTATION)
        fail_msg("%s: the fault is %d: %s", label, (int)diag.fault, diag.items[0].text);
    arena_free(arena);
    return is_good;
}

static const char *read_original(struct world *world, const char *name)
{
    const char *path = path_join(world->arena, folder, name);
    return file_read(world->arena, path, 1 << 20, NULL, &world->diag);
}

static void copy_originals(struct world *world)
{
    for (size_t i = 0; i < ARRAY_COUNT(files); i++)
        world_write(world, files[i].name, read_original(world, files[i].name));
}

static void originals_are_fine(void **state)
{
    struct world *world = *state;
    struct case_options options = {.time = time_spec_empty()};
    copy_originals(world);
    const char *paths[] = {world_path(world, "scenario.cfg"), world_path(world, "model.xmile")};
    struct study *study = study_read(world->arena, paths, 2, &options, world->units, &world->diag);
    assert_messages(world, "");
    assert_non_null(study);
    assert_true(study_run(study, NULL, &world->diag));
    assert_messages(world, "");
}

static void spoilt_files_are_survived(void **state)
{
    struct world *world = *state;
    int n_run = 0;
    copy_originals(world);
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        const char *name = files[i].name, *original = read_original(world, name);
        for (int mutation = 0; mutation < N_MUTATIONS; mutation++) {
            struct arena *arena = arena_create();
            const char *label = arena_format(arena, "%s, mutation %d", name, mutation);
            world_write(world, name, spoil(arena, original, mutation).items);
            n_run += attempt(world, files[i].study, label);
            arena_free(arena);
        }
        world_write(world, name, original);
    }
    print_message("%d of %d spoilt studies could still be run\n", n_run,
                  (int)ARRAY_COUNT(files) * N_MUTATIONS);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(originals_are_fine),
        WORLD_TEST(spoilt_files_are_survived),
    };
    if (argc != 2)
        return 2;
    folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
