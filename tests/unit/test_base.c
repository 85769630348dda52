// base/: memory, texts and numbers, names, messages, files, CSV.
#include "unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/name.h"
#include "base/text.h"

static void arena_gives_zeroed_aligned_pieces(void **state)
{
    (void)state;
    struct arena *arena = arena_create();
    for (size_t size = 0; size < 200000; size = size * 3 + 1) {
        unsigned char *piece = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)piece % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(piece[i], 0);
        memset(piece, 0xFF, size); // must not reach the next piece
    }
    arena_free(arena);
    arena_free(NULL);
}

static void arena_copies_and_formats_text(void **state)
{
    struct world *world = *state;
    assert_string_equal(arena_copy_text(world->arena, "abcdef", 3), "abc");
    assert_null(arena_copy_string(world->arena, NULL));
    assert_string_equal(arena_format(world->arena, "%s-%d", "x", 7), "x-7");
}

static void array_keeps_items_while_growing(void **state)
{
    struct world *world = *state;
    struct {
        int *items;
        size_t count, capacity;
    } list = {0};
    for (int i = 0; i < 1000; i++)
        ARRAY_PUSH(world->arena, &list) = i;
    assert_int_equal(list.count, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(list.items[i], i);
}

// The same by printf: 15 digits where they read back, else 17.
static void check_number_text(double value)
{
    char found[NUMBER_TEXT_SIZE], expected[NUMBER_TEXT_SIZE];
    snprintf(expected, sizeof expected, "%.15g", value);
    if (strtod(expected, NULL) != value)
        snprintf(expected, sizeof expected, "%.17g", value);
    assert_string_equal(number_text(value, found), expected);
}

static void numbers_are_written_as_printf_does(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next_random(&random);
        double any, sign = bits & 1 ? 1 : -1;
        memcpy(&any, &bits, sizeof any);
        if (isfinite(any))
            check_number_text(any);
        check_number_text(sign * ldexp((double)(bits >> 11), -(int)(bits % 110)));
        check_number_text(sign * (double)(bits % 100000000) / pow(10, (double)(bits >> 40 & 15)));
        check_number_text(sign * ldexp((double)(bits >> 40), -(int)(bits % 24)));
    }
    for (int k = -75; k < 75; k++) { // ends of binades and decades
        check_number_text(ldexp(1, k));
        check_number_text(nextafter(ldexp(1, k), 0));
        check_number_text(nextafter(pow(10, k / 4), 0));
        check_number_text(nextafter(pow(10, k / 4), INFINITY));
    }
}

static void round_trip(double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    double back = 0;
    assert_true(number_parse(number_text(value, buffer), &back));
    assert_same_bits(back, value);
}

static void numbers_read_back_to_the_same_bits(void **state)
{
    (void)state;
    const double values[] = {0,
                             -0.0,
                             1,
                             0.1,
                             1.0 / 3,
                             5e-324,
                             1e-310,
                             1e22,
                             1e23,
                             -1e300,
                             123456789.12345,
                             0.30000000000000004,
                             2.5e-15,
                             1e15 + 1,
                             4503599627370497.5,
                             1.7976931348623157e308};
    for (size_t i = 0; i < ARRAY_COUNT(values); i++)
        round_trip(values[i]);
    round_trip(INFINITY);
    round_trip(-INFINITY);
    uint64_t random = 1;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next_random(&random);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value))
            round_trip(value);
    }
}

static void decimals_come_out_as_they_were_written(void **state)
{
    (void)state;
    char written[64], buffer[NUMBER_TEXT_SIZE];
    uint64_t random = 2;
    for (int i = 0; i < 20000; i++) {
        double number = (double)(next_random(&random) % 1000000000000) / 1e6;
        snprintf(written, sizeof written, "%.15g", number);
        assert_string_equal(number_text(strtod(written, NULL), buffer), written);
    }
    assert_string_equal(number_text(NAN, buffer), "nan");
    assert_string_equal(number_text(-INFINITY, buffer), "-inf");
    assert_string_equal(number_text(-0.0, buffer), "-0");
}

static void number_parse_takes_whole_numbers_only(void **state)
{
    (void)state;
    double value = 7;
    const char *const bad[] = {"", " ", "x", "1x", "1 2", "1,5", "--1", ".", "1e", "e5"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_false(number_parse(bad[i], &value));
        assert_same_bits(value, 7);
    }
    assert_true(number_parse(" \t-2.5e3 ", &value));
    assert_same_bits(value, -2500);
}

static void text_grows(void **state)
{
    (void)state;
    struct text text = {0};
    assert_string_equal(text_string(&text), "");
    for (int i = 0; i < 1000; i++)
        text_append_format(&text, "%d,", i % 10);
    assert_int_equal(text.length, 2000);
    text_append_number(&text, 0.5);
    assert_string_equal(text.bytes + 2000, "0.5");
    text_clear(&text);
    assert_string_equal(text_string(&text), "");
}

static void assert_key(struct world *world, const char *name, const char *key)
{
    assert_string_equal(name_key(world->arena, name, strlen(name)), key);
}

static void names_are_compared_as_xmile_says(void **state)
{
    struct world *world = *state;
    assert_key(world, "Hello World", "hello_world");
    assert_key(world, "hello_world", "hello_world");
    assert_key(world, "hello__ \t world", "hello_world");
    assert_key(world, "hello\\nworld", "hello_world");
    assert_key(world, "hello\nworld", "hello_world");
    assert_key(world, "hello\xC2\xA0world", "hello_world"); // no-break space
    assert_key(world, "\"hello world\"", "hello_world");
    assert_key(world, "\"say \\\"hi\\\"\"", "say_\"hi\"");
    assert_key(world, "  padded  ", "padded");
    assert_key(world, "_leading", "_leading");
    assert_key(world, "", "");
}

static void names_fold_case_in_any_script(void **state)
{
    struct world *world = *state;
    assert_key(world, "CAFÉ", "café");
    assert_key(world, "Cafe\xCC\x81", "café"); // e and a combining accent
    assert_key(world, "ΣΊΣΥΦΟΣ", "σίσυφοσ");
    assert_key(world, "STRASSE", "strasse");
    assert_key(world, "Straße", "strasse");
    assert_key(world, "bad\xFF", "bad\xFF"); // not UTF-8: left alone
}

static void name_table_finds_what_was_added(void **state)
{
    struct world *world = *state;
    struct name_table table;
    int objects[1000];
    name_table_init(&table, world->arena);
    for (int i = 0; i < 1000; i++)
        assert_null(name_table_add(&table, arena_format(world->arena, "k%d", i), &objects[i]));
    for (int i = 0; i < 1000; i++)
        assert_ptr_equal(name_table_find(&table, arena_format(world->arena, "k%d", i)),
                         &objects[i]);
    assert_null(name_table_find(&table, "k1000"));
    assert_ptr_equal(name_table_add(&table, "k5", &objects[6]), &objects[5]);
    assert_ptr_equal(name_table_find(&table, "k5"), &objects[5]);
}

static const char *nearest_of(const char *wanted)
{
    static const char *const names[] = {"contact_rate", "novel_share", "staff", "a", "price_gap"};
    struct nearest nearest = nearest_start(wanted);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        nearest_consider(&nearest, names[i], names[i]);
    return nearest.best ? nearest.best : "";
}

static void nearest_spelling_is_what_was_meant(void **state)
{
    (void)state;
    assert_string_equal(nearest_of("contct_rate"), "contact_rate");
    assert_string_equal(nearest_of("contact_rates"), "contact_rate");
    assert_string_equal(nearest_of("contcat_rate"), "contact_rate"); // neighbours swapped
    assert_string_equal(nearest_of("shre_novel"), "");
    assert_string_equal(nearest_of("stafff"), "staff");
    assert_string_equal(nearest_of("q"), ""); // one of one letter is not near
    assert_string_equal(nearest_of("something_else"), "");
}

static void messages_carry_place_fault_and_hint(void **state)
{
    struct world *world = *state;
    struct diag *diag = &world->diag;
    struct position position = {.file = "a.cfg", .line = 3, .excerpt = "x + yy"};
    diag_warning(diag, position, "mind this");
    assert_int_equal(diag->fault, FAULT_NONE);
    diag_error(diag, position_mark(position, 4, 2), "unknown name '%s'", "yy");
    diag_suggest(diag, "y");
    diag_suggest(diag, NULL);
    diag_fail(diag, FAULT_ENVIRONMENT, "disk full");
    assert_int_equal(diag->fault, FAULT_FILE); // of the first error
    assert_int_equal(diag->n_errors, 2);
    assert_messages(world, "a.cfg:3: warning: mind this\n"
                           "a.cfg:3: error: unknown name 'yy' [yy] (did you mean 'y'?)\n"
                           "error: disk full\n");
}

static void errors_of_options_are_wrong_usage(void **state)
{
    struct world *world = *state;
    diag_error(&world->diag, (struct position){.file = "--set", .is_option = true}, "no");
    assert_int_equal(world->diag.fault, FAULT_USAGE);
    assert_messages(world, "--set: error: no\n");
}

static void errors_past_the_twentieth_are_only_counted(void **state)
{
    struct world *world = *state;
    struct diag *diag = &world->diag;
    for (int i = 0; i < 30; i++) {
        diag_error(diag, (struct position){0}, "error %d", i);
        diag_hint(diag, "hint %d", i);
    }
    assert_int_equal(diag->count, DIAG_MAX_ERRORS);
    assert_int_equal(diag->n_errors, 30);
    assert_string_equal(diag->items[DIAG_MAX_ERRORS - 1].hint, "hint 19");
}

static void paths_are_taken_apart_and_joined(void **state)
{
    struct world *world = *state;
    struct arena *arena = world->arena;
    assert_string_equal(path_folder(arena, "a/b/c.cfg"), "a/b");
    assert_string_equal(path_folder(arena, "c.cfg"), ".");
    assert_string_equal(path_folder(arena, "/c.cfg"), "/");
    assert_string_equal(path_base("a/b/c.cfg"), "c.cfg");
    assert_string_equal(path_stem(arena, "a/b.x/c.tar.gz"), "c.tar");
    assert_string_equal(path_stem(arena, ".hidden"), ".hidden");
    assert_string_equal(path_join(arena, "a", "b"), "a/b");
    assert_string_equal(path_join(arena, ".", "b"), "b");
    assert_string_equal(path_join(arena, "a", "/b"), "/b");
    assert_true(path_has_ending("x.CFG", "cfg"));
    assert_false(path_has_ending("xcfg", "cfg"));
}

static void files_are_read_whole(void **state)
{
    struct world *world = *state;
    char *large = arena_alloc(world->arena, 100001);
    memset(large, 'x', 100000);
    size_t length = 0;
    const char *path = world_write(world, "large", large);
    assert_string_equal(file_read(world->arena, path, 1 << 20, &length, &world->diag), large);
    assert_int_equal(length, 100000);
    assert_null(file_read(world->arena, path, 50000, NULL, &world->diag));
    assert_null(file_read(world->arena, world->folder, 10, NULL, &world->diag));
    assert_null(file_read(world->arena, world_path(world, "none"), 10, NULL, &world->diag));
    assert_int_equal(world->diag.fault, FAULT_FILE);
    assert_messages(world, "error: cannot read 'large': larger than 50000 bytes\n"
                           "error: cannot read 'FOLDER': it is a folder\n"
                           "error: cannot read 'none': No such file or directory\n");
}

static void output_appears_only_when_it_is_whole(void **state)
{
    struct world *world = *state;
    struct output_file file;
    const char *path = world_path(world, "out.csv");
    assert_true(output_open(&file, world->arena, path, &world->diag));
    fputs("half", file.stream);
    assert_false(file_exists(path));
    output_discard(&file);
    assert_false(file_exists(path));
    assert_false(file_exists(file.temporary));
    assert_true(output_open(&file, world->arena, path, &world->diag));
    fputs("whole", file.stream);
    assert_true(output_commit(&file, &world->diag));
    assert_false(file_exists(file.temporary));
    output_discard(&file);
    assert_string_equal(file_read(world->arena, path, 100, NULL, &world->diag), "whole");
}

static void output_through_a_link_keeps_the_link(void **state)
{
    struct world *world = *state;
    const char *target = world_write(world, "target", "old"), *link = world_path(world, "link");
    struct stat status;
    assert_int_equal(symlink(target, link), 0);
    assert_true(file_write(world->arena, link, "new", &world->diag));
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_string_equal(file_read(world->arena, target, 100, NULL, &world->diag), "new");
}

static void devices_are_written_to_and_stay(void **state)
{
    struct world *world = *state;
    struct stat status;
    assert_true(file_write(world->arena, "/dev/null", "x", &world->diag));
    assert_false(file_write(world->arena, "/dev/full", "x", &world->diag));
    assert_int_equal(stat("/dev/full", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    assert_int_equal(world->diag.fault, FAULT_ENVIRONMENT);
    assert_messages(world, "error: cannot write '/dev/full': No space left on device\n");
}

static void folders_are_made_with_their_parents(void **state)
{
    struct world *world = *state;
    assert_true(folder_create(world_path(world, "a/b/c"), &world->diag));
    assert_true(file_is_folder(world_path(world, "a/b/c")));
    assert_true(folder_create(world_path(world, "a/b"), &world->diag));
    world_write(world, "file", "");
    assert_false(folder_create(world_path(world, "file"), &world->diag));
    assert_false(folder_create(world_path(world, "file/x"), &world->diag));
    assert_false(file_write(world->arena, world_path(world, "file/x"), "", &world->diag));
    assert_false(file_write(world->arena, world_path(world, "a"), "", &world->diag));
    assert_int_equal(world->diag.fault, FAULT_ENVIRONMENT);
    assert_messages(world, "error: cannot make the folder 'file': a file has that name\n"
                           "error: cannot make the folder 'file/x': Not a directory\n"
                           "error: cannot write 'file/x': Not a directory\n"
                           "error: cannot write 'a': it is a folder\n");
}

// Reads `contents` as a CSV file; NULL where that fails.
static struct csv_table *read_csv(struct world *world, const char *contents)
{
    struct csv_table *table = ARENA_NEW(world->arena, struct csv_table);
    const char *path = world_write(world, "t.csv", contents);
    return csv_read(table, world->arena, path, &world->diag) ? table : NULL;
}

static void csv_understands_the_usual_dialects(void **state)
{
    struct world *world = *state;
    const char *const dialects[] = {
        "time,x y\n1,2.5\n2,3\n",
        "time;x y\n1;2.5\n2;3\n",
        "time\tx y\n1\t2.5\n2\t3\n",
        "time,x y\r\n1,2.5\r\n\r\n2,3\r\n",
        "\xEF\xBB\xBFtime,x y\n1,2.5\n2,3",
        "# where from\ntime,\"x y\"\n1,\"2.5\"\n# a remark\n\n2,3\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(dialects); i++) {
        const struct csv_table *table = read_csv(world, dialects[i]);
        assert_messages(world, "");
        assert_int_equal(table->n_columns, 2);
        assert_int_equal(table->n_rows, 2);
        assert_same_bits(table->cells[1], 2.5);
        assert_same_bits(table->cells[3], 3);
        assert_int_equal(csv_find_column(table, world->arena, "X_Y"), 1);
        assert_int_equal(csv_find_column(table, world->arena, "z"), -1);
    }
}

static void csv_leaves_empty_cells_unknown(void **state)
{
    struct world *world = *state;
    const struct csv_table *table = read_csv(world, "time,a,b\n1,,?\n2,5,6\n");
    assert_true(isnan(table->cells[1]) && isnan(table->cells[2]));
    assert_int_equal(table->lines[1], 3);
}

static void csv_errors_name_the_line(void **state)
{
    struct world *world = *state;
    assert_null(read_csv(world, "time,a\n1,2\n2,abc\n"));
    assert_null(read_csv(world, "tijd;a\n1;2\n2;3,5\n"));
    assert_null(read_csv(world, "time,a\n1,2\n2\n"));
    assert_null(read_csv(world, "time,a\n1,2,3\n"));
    assert_null(read_csv(world, "time,a\n1,2,x\n"));
    assert_null(read_csv(world, "time,a\n"));
    assert_null(read_csv(world, ""));
    assert_messages(world, "t.csv:3: error: 'abc' in column 'a' is not a number\n"
                           "t.csv:3: error: '3,5' in column 'a' is not a number "
                           "(write a decimal point, not a comma)\n"
                           "t.csv:3: error: 1 cell where the header has 2\n"
                           "t.csv:2: error: 3 cells where the header has 2\n"
                           "t.csv:2: error: more cells than the 2 of the header\n"
                           "t.csv: error: no rows below the header\n"
                           "t.csv: error: no rows below the header\n");
}

static void csv_refuses_binary_files(void **state)
{
    struct world *world = *state;
    struct csv_table table;
    const char *path = world_path(world, "b.csv");
    FILE *stream = fopen(path, "wb");
    fwrite("time,a\n1,2\0,3\n", 1, 14, stream);
    fclose(stream);
    assert_false(csv_read(&table, world->arena, path, &world->diag));
    assert_messages(world, "error: 'b.csv' is not a text file\n");
}

static void csv_fields_are_quoted_where_they_must(void **state)
{
    (void)state;
    struct text text = {0};
    const char *const fields[] = {"plain", "x[a,b]", "say \"hi\"", "two\nlines", ""};
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        csv_append_field(&text, fields[i]);
        text_append(&text, ";");
    }
    assert_string_equal(text_string(&text), "plain;\"x[a,b]\";\"say \"\"hi\"\"\";\"two\nlines\";;");
    text_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_pieces),
        WORLD_TEST(arena_copies_and_formats_text),
        WORLD_TEST(array_keeps_items_while_growing),
        cmocka_unit_test(numbers_are_written_as_printf_does),
        cmocka_unit_test(numbers_read_back_to_the_same_bits),
        cmocka_unit_test(decimals_come_out_as_they_were_written),
        cmocka_unit_test(number_parse_takes_whole_numbers_only),
        cmocka_unit_test(text_grows),
        WORLD_TEST(names_are_compared_as_xmile_says),
        WORLD_TEST(names_fold_case_in_any_script),
        WORLD_TEST(name_table_finds_what_was_added),
        cmocka_unit_test(nearest_spelling_is_what_was_meant),
        WORLD_TEST(messages_carry_place_fault_and_hint),
        WORLD_TEST(errors_of_options_are_wrong_usage),
        WORLD_TEST(errors_past_the_twentieth_are_only_counted),
        WORLD_TEST(paths_are_taken_apart_and_joined),
        WORLD_TEST(files_are_read_whole),
        WORLD_TEST(output_appears_only_when_it_is_whole),
        WORLD_TEST(output_through_a_link_keeps_the_link),
        WORLD_TEST(devices_are_written_to_and_stay),
        WORLD_TEST(folders_are_made_with_their_parents),
        WORLD_TEST(csv_understands_the_usual_dialects),
        WORLD_TEST(csv_leaves_empty_cells_unknown),
        WORLD_TEST(csv_errors_name_the_line),
        WORLD_TEST(csv_refuses_binary_files),
        WORLD_TEST(csv_fields_are_quoted_where_they_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
