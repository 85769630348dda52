// When to hand over, against a search of its own over dates, scales and thresholds.
#include "unit/support.h"

#include "analysis/tip/handover.h"
#include "analysis/tip/tip.h"

#include <string.h>

// At rest in 0 and 1 with the threshold a between. Push works on what has hardly begun, pull on
// what is under way: in between lies the best date to go from one to the other.
static const char system_text[] =
    "  stocks: { x: { unit = '1'; initial = '0'; inflows = ('change'); }; };\n"
    "  flows: { change: { unit = '1/year';\n"
    "    equation = 'MAX(-x, MIN(x - a, 1 - x)) / year + push * MAX(0, 1 - 3 * x) + pull * 5 * x'; "
    "}; "
    "};\n"
    "  parameters: { a: { value = 0.3; unit = '1'; range = (0.2, 0.4); };\n"
    "                year: { value = 1; unit = 'year'; }; };\n"
    "  inputs: { push: { unit = '1/year'; default = 0.0; };\n"
    "            pull: { unit = '1/year'; default = 0.0; }; };\n";

static const double UNTIL = 6, AMOUNT = 0.2;

static double slope(double x, double a, double push, double pull)
{
    return fmax(-x, fmin(x - a, 1 - x)) + push * fmax(0, 1 - 3 * x) + pull * 5 * x;
}

// Heun's method from x over `span`, in steps of about 1/400.
static double advance(double x, double a, double span, double push, double pull)
{
    int n = (int)ceil(400 * span);
    for (int i = 0; i < n; i++) {
        double h = span / n, first = slope(x, a, push, pull);
        x += h / 2 * (first + slope(x + h * first, a, push, pull));
    }
    return x;
}

// Whether support `scale` tips: the threshold itself decides, as nothing follows.
static bool tips(double a, double date, double scale)
{
    double x = advance(0, a, date, AMOUNT * scale, 0);
    return advance(x, a, UNTIL - date, 0, AMOUNT * scale) > a;
}

// The least scale up to 4; 4 where nothing tips, which is what is lost then.
static double least_scale(double a, double date)
{
    double low = 0, high = 4;
    if (!tips(a, date, high))
        return high;
    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        *(tips(a, date, middle) ? &high : &low) = middle;
    }
    return high;
}

static struct tip *ask(struct world *world, const char *scenario, uint64_t runs, int n_threads,
                       double amount_high)
{
    struct tip_options options = {.asked = 1u << TIP_SWITCH,
                                  .cases = {.time = time_spec_empty()},
                                  .at = NAN,
                                  .above = NAN,
                                  .settle = NAN,
                                  .discount = NAN,
                                  .support_from = NAN,
                                  .support_until = NAN,
                                  .amount_low = 0,
                                  .amount_high = amount_high,
                                  .duration_low = NAN,
                                  .duration_high = NAN,
                                  .runs = runs,
                                  .overlap = NAN,
                                  .n_threads = n_threads,
                                  .seed = 1};
    world_write(
        world, "model.cfg",
        model_text(world, "start = 0; stop = 10; step = 0.015625; method = 'rk4';", system_text));
    const char *path = world_write(
        world, "scenario.cfg",
        quoted(world,
               arena_format(world->arena, "scenario: { models = ('model.cfg'); %s };", scenario)));
    struct tip *tip = tip_read(world->arena, path, &options, world->units, &world->diag);
    assert_non_null(tip);
    assert_true(tip_run(tip, &world->diag));
    return tip;
}

static const struct tip_answer *find(const struct tip *tip, const char *metric)
{
    for (size_t i = 0; i < tip->answers.count; i++)
        if (strcmp(tip->answers.items[i].metric, metric) == 0)
            return &tip->answers.items[i];
    fail_msg("no row switch,%s", metric);
    return NULL;
}

static const char both[] = "funding = ({ stream = 'push'; from = 0; until = 6; amount = 0.2; },"
                           "           { stream = 'pull'; from = 0; until = 6; amount = 0.2; });"
                           "tip: { variable = 'x'; above = 0.6; settle = 40; };";

static void find_best_date(void **state)
{
    struct world *world = *state;
    struct tip *tip = ask(world, both, 2000, 2, NAN);
    double best = 0, least = INFINITY;
    for (int i = 0; i <= 600; i++) {
        double scale = least_scale(0.3, UNTIL * i / 600);
        if (scale < least) {
            least = scale;
            best = UNTIL * i / 600;
        }
    }
    assert_true(best > 0.5 && best < 5.5);
    const struct tip_answer *date = find(tip, "date");
    const struct tip_answer *total = find(tip, "total-at-date");
    assert_close(total->value, least * AMOUNT * UNTIL, 5e-3, 0);
    assert_true(date->lower <= best && best <= date->upper);
    assert_close(date->value, best, 0, 0.25);
    assert_true(date->lower > 0 && date->upper < UNTIL);
    // within 1 % of the least at the ends of the interval, not so one grid step beyond
    assert_true(least_scale(0.3, date->lower) < 1.015 * least);
    assert_true(least_scale(0.3, date->upper) < 1.015 * least);
}

// Mean regret over thresholds evenly spread over the range, by date.
static double mean_regret(double date, const double *best, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += least_scale(0.2 + 0.2 * (k + 0.5) / n, date) - best[k];
    return AMOUNT * UNTIL * sum / n;
}

static void find_least_regret(void **state)
{
    enum { THRESHOLDS = 20, DATES = 60 };
    struct world *world = *state;
    struct tip *tip = ask(world, both, 12000, 2, NAN);
    double best[THRESHOLDS], least = INFINITY, date = 0;
    for (int k = 0; k < THRESHOLDS; k++) {
        best[k] = INFINITY;
        for (int i = 0; i <= DATES; i++)
            best[k] =
                fmin(best[k], least_scale(0.2 + 0.2 * (k + 0.5) / THRESHOLDS, UNTIL * i / DATES));
    }
    for (int i = 0; i <= DATES; i++) {
        double regret = mean_regret(UNTIL * i / DATES, best, THRESHOLDS);
        if (regret < least) {
            least = regret;
            date = UNTIL * i / DATES;
        }
    }
    const struct tip_answer *found = find(tip, "least-regret-date");
    const struct tip_answer *at_once = find(tip, "regret-more-at-once-by-date");
    assert_true(found->lower <= date && date <= found->upper);
    assert_close(found->value, date, 0, 0.5);
    assert_close(find(tip, "draws-by-date")->value, 200, 0, 0);
    double more = mean_regret(0, best, THRESHOLDS) - least;
    assert_true(at_once->lower < more && more < at_once->upper);
    assert_close(at_once->value, more, 0.1, 0);
}

static void say_odd_cases(void **state)
{
    static const struct {
        const char *scenario, *text;
    } cases[] = {
        {"funding = ({ stream = 'push'; from = 0; until = 6; amount = 0.2; },"
         "           { stream = 'pull'; from = 0; until = 6; amount = 0.2; });"
         "tip: { variable = 'x'; above = 0.6; settle = 40; };",
         "At no time of handing over"},
        {"parameters: { a = -0.2; };"
         "funding = ({ stream = 'push'; from = 0; until = 6; amount = 0.2; },"
         "           { stream = 'pull'; from = 0; until = 6; amount = 0.2; });"
         "tip: { variable = 'x'; above = 0.6; settle = 40; };",
         "it tips without support"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct tip *tip = ask(world, cases[i].scenario, 200, 2, 0.01);
        const char *said = tip->sentences.items[0].text.text[LANGUAGE_EN];
        if (!strstr(said, cases[i].text))
            fail_msg("'%s' does not say '%s'", said, cases[i].text);
    }
}

static void same_on_threads(void **state)
{
    struct world *world = *state;
    struct tip *tips[] = {ask(world, both, 600, 1, NAN), ask(world, both, 600, 2, NAN)};
    assert_int_equal(tips[0]->answers.count, tips[1]->answers.count);
    for (size_t i = 0; i < tips[0]->answers.count; i++) {
        assert_same_bits(tips[0]->answers.items[i].value, tips[1]->answers.items[i].value);
        assert_same_bits(tips[0]->answers.items[i].lower, tips[1]->answers.items[i].lower);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(find_best_date),
        WORLD_TEST(find_least_regret),
        WORLD_TEST(say_odd_cases),
        WORLD_TEST(same_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
