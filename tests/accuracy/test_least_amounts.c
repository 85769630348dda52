// What support tips x' = f(x) + u for good, on textbook systems, against an integration and a
// bisection of the test's own: least amounts, windows in which more undoes it, levies, safe stops.
// Both sides of every bracket are run again.
#include "unit/support.h"

#include "analysis/tip/tip.h"
#include "model/time.h"

#include <string.h>

enum { MOST_STATES = 2 };

struct textbook {
    const char *name;
    int n; // states
    double start[MOST_STATES];
    void (*slope)(const double *x, double u, double *dx);
    const char *body;   // the model
    double from, until; // of support
    double level;       // of the first state
    bool is_below;      // tipped is below it
    double most;        // amount that tips for sure; negative: a levy
};

enum { STOP = 40, SETTLE = 160 };

static void allee(const double *x, double u, double *dx)
{
    dx[0] = x[0] * (1 - x[0]) * (x[0] - 0.3) + u;
}

static void cubic(const double *x, double u, double *dx)
{
    dx[0] = -0.1 + x[0] - x[0] * x[0] * x[0] + u;
}

static void lake(const double *x, double u, double *dx)
{
    double p = pow(x[0], 8);
    dx[0] = 0.35 + p / (1 + p) - 0.8 * x[0] + u;
}

static void budworm(const double *x, double u, double *dx)
{
    dx[0] = 0.5 * x[0] * (1 - x[0] / 10) - x[0] * x[0] / (1 + x[0] * x[0]) + u;
}

static void toggle(const double *x, double u, double *dx)
{
    dx[0] = 4 / (1 + x[1] * x[1]) - x[0] + u;
    dx[1] = 4 / (1 + x[0] * x[0]) - x[1];
}

static void two_wells(const double *x, double u, double *dx)
{
    dx[0] = x[1];
    dx[1] = x[0] - x[0] * x[0] * x[0] - 0.1 * x[1] + u;
}

static void harmful(const double *x, double u, double *dx)
{
    allee(x, u * (1 - u / 0.2), dx);
}

#define ONE_STATE(start, equation)                                                                 \
    "  stocks: { x: { unit = '1'; initial = '" start "'; inflows = ('change'); }; };\n"            \
    "  flows: { change: { unit = '1/year'; equation = '" equation "'; }; };\n"                     \
    "  parameters: { tau: { value = 1; unit = 'year'; }; };\n"                                     \
    "  inputs: { u: { unit = '1/year'; default = 0.0; }; };\n"
#define TWO_STATES(x, y, x_equation, y_equation)                                                   \
    "  stocks: { x: { unit = '1'; initial = '" x "'; inflows = ('dx'); };\n"                       \
    "            y: { unit = '1'; initial = '" y "'; inflows = ('dy'); }; };\n"                    \
    "  flows: { dx: { unit = '1/year'; equation = '(" x_equation ") / tau'; };\n"                  \
    "           dy: { unit = '1/year'; equation = '(" y_equation ") / tau'; }; };\n"               \
    "  parameters: { tau: { value = 1; unit = 'year'; }; };\n"                                     \
    "  inputs: { u: { unit = '1'; default = 0.0; }; };\n"
#define ALLEE ONE_STATE("0", "x * (1 - x) * (x - 0.3) / tau + u")

static const struct textbook textbooks[] = {
    {"Allee, 1 year", 1, {0}, allee, ALLEE, 0, 1, 0.6, false, 1},
    {"Allee, 3 years", 1, {0}, allee, ALLEE, 2, 5, 0.6, false, 1},
    {"Allee, 15 years", 1, {0}, allee, ALLEE, 0, 15, 0.6, false, 1},
    {"Allee, at the end", 1, {0}, allee, ALLEE, 34, 40, 0.6, false, 1},
    {"cubic", 1, {-1}, cubic, ONE_STATE("-1", "(-0.1 + x - x ^ 3) / tau + u"), 5, 15, 0, false, 3},
    {"lake, clear",
     1,
     {0.4},
     lake,
     ONE_STATE("0.4", "(0.35 + x ^ 8 / (1 + x ^ 8) - 0.8 * x) / tau + u"),
     0,
     10,
     1,
     false,
     2},
    {"lake, turbid",
     1,
     {1.7},
     lake,
     ONE_STATE("1.7", "(0.35 + x ^ 8 / (1 + x ^ 8) - 0.8 * x) / tau + u"),
     0,
     10,
     1,
     true,
     -0.6},
    {"spruce budworm",
     1,
     {0.3},
     budworm,
     ONE_STATE("0.3", "(0.5 * x * (1 - x / 10) - x ^ 2 / (1 + x ^ 2)) / tau + u"),
     3,
     8,
     4,
     false,
     4},
    {"toggle",
     2,
     {0.1, 3.9},
     toggle,
     TWO_STATES("0.1", "3.9", "4 / (1 + y ^ 2) - x + u", "4 / (1 + x ^ 2) - y"),
     5,
     10,
     2,
     false,
     5},
    {"two wells",
     2,
     {-1, 0},
     two_wells,
     TWO_STATES("-1", "0", "y", "x - x ^ 3 - 0.1 * y + u"),
     0,
     3,
     0,
     false,
     1},
    {"too much harms",
     1,
     {0},
     harmful,
     ONE_STATE("0", "x * (1 - x) * (x - 0.3) / tau + u * (1 - 5 * tau * u)"),
     0,
     10,
     0.6,
     false,
     0.19},
};

static void integrate_span(const struct textbook *book, double *x, double from, double until,
                           double u)
{
    long n = lround(ceil((until - from) / 0.01));
    double h = n ? (until - from) / (double)n : 0, k[4][MOST_STATES], y[MOST_STATES];
    for (long step = 0; step < n; step++) {
        for (int stage = 0; stage < 4; stage++) {
            double part = stage == 0 ? 0 : stage == 3 ? h : h / 2;
            for (int i = 0; i < book->n; i++)
                y[i] = x[i] + (stage ? part * k[stage - 1][i] : 0);
            book->slope(y, u, k[stage]);
        }
        for (int i = 0; i < book->n; i++)
            x[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
    }
}

static bool tips(const struct textbook *book, double amount)
{
    double x[MOST_STATES] = {book->start[0], book->start[1]};
    integrate_span(book, x, 0, book->from, 0);
    integrate_span(book, x, book->from, book->until, amount);
    integrate_span(book, x, book->until, STOP + SETTLE, 0);
    return book->is_below ? x[0] < book->level : x[0] > book->level;
}

static struct tip *ask(struct world *world, const struct textbook *book, const char *scenario)
{
    const char *time = "start = 0; stop = 40; step = 0.0625; method = 'rk4';";
    const char *path = world_write(world, "model.cfg", model_text(world, time, book->body));
    struct tip_options options = {.cases.time = time_spec_empty(),
                                  .asked = 1u << TIP_LEAST,
                                  .at = NAN,
                                  .least = "u",
                                  .variable = "x",
                                  .above = book->level,
                                  .is_below = book->is_below,
                                  .settle = SETTLE,
                                  .discount = NAN,
                                  .support_from = book->from,
                                  .support_until = book->until,
                                  .amount_low = fmin(0, book->most),
                                  .amount_high = fmax(0, book->most),
                                  .duration_low = NAN,
                                  .duration_high = NAN,
                                  .overlap = NAN,
                                  .n_threads = 2};
    if (scenario) {
        path = world_write(
            world, "scenario.cfg",
            quoted(world, arena_format(world->arena, "scenario: { models = ('model.cfg'); %s };",
                                       scenario)));
        options.asked |= 1u << TIP_SAFE_STOP;
        options.amount_low = options.amount_high = NAN;
    }
    struct tip *tip = tip_read(world->arena, path, &options, world->units, &world->diag);
    assert_messages(world, "");
    assert_true(tip_run(tip, &world->diag));
    assert_messages(world, "");
    return tip;
}

static const struct tip_answer *answer_to(const struct tip *tip, const char *question,
                                          const char *metric)
{
    for (size_t i = 0; i < tip->answers.count; i++)
        if (strcmp(tip->answers.items[i].question, question) == 0 &&
            strcmp(tip->answers.items[i].metric, metric) == 0)
            return &tip->answers.items[i];
    return NULL;
}

// The two sides of an answer differ, a little further out, in the test's own runs.
static void assert_bracket(const struct textbook *book, const struct tip_answer *answer)
{
    double margin = 2e-5 * fabs(answer->value);
    assert_true(answer->lower <= answer->value && answer->value <= answer->upper);
    assert_true(tips(book, answer->lower - margin) != tips(book, answer->upper + margin));
    assert_true(answer->upper - answer->lower <= 1e-5 * fabs(answer->value));
}

static void find_least_amounts(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_COUNT(textbooks); i++) {
        const struct textbook *book = &textbooks[i];
        const struct tip *tip = ask(world, book, NULL);
        const struct tip_answer *amount = answer_to(tip, "least", "amount");
        const struct tip_answer *total = answer_to(tip, "least", "total");
        assert_bracket(book, amount);
        assert_true(tips(book, amount->value * (1 + 2e-5)));
        assert_false(tips(book, 0));
        assert_false(tips(book, amount->value * 0.5));
        assert_close(total->value, amount->value * (book->until - book->from), 1e-9, 0);
    }
}

// Amounts at which more undoes it, and still more does it again, in turn.
static void find_windows(void **state)
{
    struct world *world = *state;
    static const char *const metrics[] = {"amount-undone-above",   "amount-again-above",
                                          "amount-undone-above-2", "amount-again-above-2",
                                          "amount-undone-above-3", "amount-again-above-3"};
    const struct textbook *wells = &textbooks[9], *harm = &textbooks[10];
    const struct tip *tip = ask(world, wells, NULL);
    double before = answer_to(tip, "least", "amount")->value;
    for (int i = 0; i < 5; i++) {
        const struct tip_answer *edge = answer_to(tip, "least", metrics[i]);
        assert_non_null(edge);
        assert_true(edge->value > before);
        assert_bracket(wells, edge);
        assert_true(tips(wells, (before + edge->value) / 2) == (i % 2 == 0));
        before = edge->value;
    }
    assert_null(answer_to(tip, "least", metrics[5]));

    // by hand: u (1 - 5 u) is the same at u and 1/5 - u
    tip = ask(world, harm, NULL);
    double least = answer_to(tip, "least", "amount")->value;
    assert_close(answer_to(tip, "least", metrics[0])->value, 0.2 - least, 1e-5, 0);
}

// Two streams that overlap: the earlier one ends when it is scheduled to, or at the safe date.
static void stop_two_streams(void **state)
{
    struct world *world = *state;
    struct textbook book = textbooks[0];
    book.body = "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('change'); }; };\n"
                "  flows: { change: { unit = '1/year';\n"
                "    equation = 'x * (1 - x) * (x - 0.3) / tau + u + v'; }; };\n"
                "  parameters: { tau: { value = 1; unit = 'year'; }; };\n"
                "  inputs: { u: { unit = '1/year'; default = 0.0; };\n"
                "            v: { unit = '1/year'; default = 0.0; }; };\n";
    const struct tip *tip =
        ask(world, &book,
            "funding = ({ stream = 'u'; from = 5; until = 15; amount = 0.03; },"
            "           { stream = 'v'; from = 2; until = 8; amount = 0.04; });");
    double low = 8, high = 15;
    for (int i = 0; i < 40; i++) {
        double date = (low + high) / 2, x[MOST_STATES] = {0};
        integrate_span(&book, x, 2, 5, 0.04);
        integrate_span(&book, x, 5, 8, 0.07);
        integrate_span(&book, x, 8, date, 0.03);
        integrate_span(&book, x, date, STOP + SETTLE, 0);
        *(x[0] > book.level ? &high : &low) = date;
    }
    assert_close(answer_to(tip, "safe-stop", "date")->value, high, 1e-5, 0);
    assert_close(answer_to(tip, "safe-stop", "slack")->value, 15 - high, 1e-4, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(find_least_amounts),
        WORLD_TEST(find_windows),
        WORLD_TEST(stop_two_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
