// What the unit tests share: a world with a temporary folder, models from strings, runs of them,
// and the messages that came up, as one text.
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kantelpunt.h"

#include "base/array.h"

struct world {
    struct arena *arena;
    struct diag diag;
    struct unit_system *units;
    const char *folder; // temporary; gone after the test
};

// Set-up and tear-down of a test; its state is a struct world *.
int world_open(void **state);
int world_close(void **state);

#define WORLD_TEST(function) cmocka_unit_test_setup_teardown(function, world_open, world_close)

// The path of `name` in the world's folder.
const char *world_path(struct world *world, const char *name);

// Writes `contents` as the file `name`; returns its path.
const char *world_write(struct world *world, const char *name, const char *contents);

// The messages since the last call, a line each, without the folder's name:
//     file:line:column: error: text [marked part of the equation] (hint)
// where line, column, mark and hint stand only if there are any.
const char *world_messages(struct world *world);

#define assert_messages(world, expected) assert_string_equal(world_messages(world), expected)

// Returns `text` with " for every ': libconfig texts are easier to read that way in C.
const char *quoted(struct world *world, const char *text);

// The text of a model with `body` (quoted() is applied) from its second line on. `time` is what its
// time group holds; NULL: from 0 to 10 in steps of 1.
const char *model_text(struct world *world, const char *time, const char *body);

// What there is to say about wrong text.
struct text_case {
    const char *text;
    const char *messages;
};

// Fails unless reading each text as the body of a model gives its messages.
void assert_model_messages(struct world *world, const struct text_case *cases, size_t n);
#define ASSERT_MODEL_MESSAGES(cases) assert_model_messages(*state, (cases), ARRAY_COUNT(cases))

// Reads, resolves and unit-checks the model `text` from the file model.cfg; NULL with errors.
struct model *world_model(struct world *world, const char *text);

// Runs the model `text`; fails the test where anything is wrong with it.
struct simulation *world_run(struct world *world, const char *text);

// Runs model_text(world, time, body).
struct simulation *world_run_body(struct world *world, const char *time, const char *body);

// The value of variable `name` at `time`; the last value.
double value_at(const struct simulation *simulation, const char *name, double time);
double last_value(const struct simulation *simulation, const char *name);

// Whether two numbers are equal to within a relative or an absolute error; equal infinities and
// two NaNs are.
#define assert_close(actual, expected, relative, absolute)                                         \
    check_close((actual), (expected), (relative), (absolute), #actual, __FILE__, __LINE__)
void check_close(double actual, double expected, double relative, double absolute,
                 const char *expression, const char *file, int line);

// Whether two numbers are the same to the last bit.
#define assert_same_bits(actual, expected)                                                         \
    check_same_bits((actual), (expected), #actual, __FILE__, __LINE__)
void check_same_bits(double actual, double expected, const char *expression, const char *file,
                     int line);

// The next of a series of random 64-bit words (SplitMix64, Steele et al. 2014), the same series in
// every run.
uint64_t next_random(uint64_t *state);

#endif
