// Branches over a parameter, on systems with known answers that come as XMILE: folds, crossings,
// corners, jumps, poles, closed branches, cusps, curves of Hopf points, and very different scales.
#include "unit/support.h"

#include "analysis/tip/branch.h"

#include <string.h>

// A model: pairs of name and value, then of stock and (initial value, rate).
struct system {
    const char *parameters[8]; // name, value, ...; ends with NULL
    const char *stocks[12];    // name, initial value, rate, ...; ends with NULL
};

// `n_idle` stocks beside it only come to rest at 1.
static const char *xmile_of(struct world *world, const struct system *system, int n_idle)
{
    const char *text =
        "<xmile version=\"1.0\" xmlns=\"http://docs.oasis-open.org/xmile/ns/XMILE/v1.0\">"
        "<header><vendor>t</vendor><product version=\"1\">t</product><name>known</name></header>"
        "<sim_specs method=\"rk4\" time_units=\"year\"><start>0</start><stop>40</stop>"
        "<dt>0.0625</dt></sim_specs><model><variables>";
    for (int i = 0; system->parameters[i]; i += 2)
        text = arena_format(world->arena, "%s<aux name=\"%s\"><eqn>%s</eqn></aux>", text,
                            system->parameters[i], system->parameters[i + 1]);
    for (int i = 0; system->stocks[i]; i += 3)
        text = arena_format(world->arena,
                            "%s<stock name=\"%s\"><eqn>%s</eqn><inflow>rate_%s</inflow></stock>"
                            "<flow name=\"rate_%s\"><eqn>%s</eqn></flow>",
                            text, system->stocks[i], system->stocks[i + 1], system->stocks[i],
                            system->stocks[i], system->stocks[i + 2]);
    for (int i = 0; i < n_idle; i++)
        text = arena_format(world->arena,
                            "%s<stock name=\"idle_%d\"><eqn>0.5</eqn><inflow>fill_%d</inflow>"
                            "</stock><flow name=\"fill_%d\"><eqn>1 - idle_%d</eqn></flow>",
                            text, i, i, i, i);
    return arena_format(world->arena, "%s</variables></model></xmile>", text);
}

// Follows the first parameter; where `until` is above `from`, folds and Hopf points over the second
// between those as well.
static struct branch_set *follow_among(struct world *world, const struct system *system, int n_idle,
                                       double low, double high, double from, double until)
{
    const struct tip_options options = {.cases.time = time_spec_empty(), .at = NAN};
    const char *path = world_write(world, "known.xmile", xmile_of(world, system, n_idle));
    struct tip *tip = tip_read(world->arena, path, &options, world->units, &world->diag);
    assert_non_null(tip);
    struct model *model = tip->cases[0].source.model;
    struct vary_list extra = {0};
    tip_vary(world->arena, &extra, model_find_variable(model, system->parameters[0]), 0);
    if (from < until)
        tip_vary(world->arena, &extra, model_find_variable(model, system->parameters[2]), 0);
    struct frozen *frozen = frozen_open(tip, &tip->cases[0], &extra, NULL, 0, &world->diag);
    assert_non_null(frozen);
    struct branch_set *set = branch_trace(frozen, 0, low, high, NULL, false);
    assert_non_null(set);
    if (from < until) {
        assert_true(fold_trace(set, 1, from, until));
        assert_true(hopf_trace(set, 1, from, until));
    }
    frozen_close(frozen);
    (void)world_messages(world); // a model without units warns
    return set;
}

static struct branch_set *follow(struct world *world, const struct system *system, double low,
                                 double high, double from, double until)
{
    return follow_among(world, system, 0, low, high, from, until);
}

static void assert_events(const struct branch_set *set, const char *kinds, const double *values,
                          double margin)
{
    char found[64] = "";
    for (size_t i = 0; i < set->events.count && i < 8; i++) {
        strcat(found, i ? " " : "");
        strcat(found, branch_event_name(set->events.items[i].kind));
    }
    assert_string_equal(found, kinds);
    for (size_t i = 0; i < set->events.count; i++)
        assert_close(set->events.items[i].value, values[i], 0, margin);
}

static bool has_ending(const struct branch_set *set, enum branch_ending_kind kind, double value,
                       double margin)
{
    for (size_t b = 0; b < set->branches.count; b++)
        for (int side = 0; side < 2; side++)
            if (set->branches.items[b].ends[side].kind == kind &&
                fabs(set->branches.items[b].ends[side].value - value) <= margin)
                return true;
    return false;
}

// The point of a kind over two parameters; fails where there is not exactly one.
static const struct plane_point *only_point(const struct branch_set *set, enum plane_kind kind)
{
    const struct plane_point *found = NULL;
    for (size_t i = 0; i < set->folds.count; i++)
        if (set->folds.items[i].kind == kind) {
            assert_null(found);
            found = &set->folds.items[i];
        }
    assert_non_null(found);
    return found;
}

// Each crossing leads to the other branch, and every branch is there once.
static void crossings(void **state)
{
    struct world *world = *state;
    static const double zero[] = {0}, quarter[] = {0.25}, one[] = {1, 3};
    const struct system transcritical = {{"r", "0.5"}, {"x", "1", "r*x - x^2"}};
    struct branch_set *set = follow(world, &transcritical, -1, 1, 0, 0);
    assert_events(set, "branch", zero, 1e-9);
    assert_int_equal(set->branches.count, 2);

    const struct system pitchfork = {{"r", "-0.5"}, {"x", "0.1", "r*x - x^3"}};
    set = follow(world, &pitchfork, -1, 1, 0, 0);
    assert_events(set, "branch", zero, 1e-9);
    assert_int_equal(set->branches.count, 2);

    static const double turns[] = {-0.25, -0.25, 0};
    const struct system subcritical = {{"r", "0.5"}, {"x", "1", "r*x + x^3 - x^5"}};
    set = follow(world, &subcritical, -1, 1, 0, 0);
    assert_events(set, "fold fold branch", turns, 1e-9);
    assert_int_equal(set->branches.count, 2);

    // Conserved people; below the threshold the other branch is negative.
    const struct system epidemic = {
        {"beta", "0.5", "g", "0.25"},
        {"S", "999", "g*I - beta*S*I/(S + I)", "I", "1", "beta*S*I/(S + I) - g*I"}};
    set = follow(world, &epidemic, 0.05, 1, 0, 0);
    assert_events(set, "branch", quarter, 1e-8);
    assert_int_equal(set->branches.count, 2);

    // The predator of Rosenzweig and MacArthur comes in at k = 1 and swings from k = 3.
    const struct system predator = {
        {"k", "2", "m", "0.5"},
        {"N", "1", "N*(1 - N/k) - P*N/(1 + N)", "P", "0.3", "P*(N/(1 + N) - m)"}};
    set = follow(world, &predator, 0.5, 6, 0, 0);
    assert_events(set, "branch hopf", one, 1e-8);

    // A line of rest points at r = 0 crosses all three others.
    static const double zeros[] = {0, 0, 0};
    const struct system line = {{"r", "0.5"}, {"x", "1.5", "r*(1 - x)*x*(x + 1)"}};
    set = follow(world, &line, -1, 1, 0, 0);
    assert_events(set, "branch branch branch", zeros, 1e-9);
    assert_int_equal(set->branches.count, 4);
}

static void folds_at_any_scale(void **state)
{
    struct world *world = *state;
    double fold = 2 / (3 * sqrt(3));
    const double folds[] = {-fold, fold}, small[] = {-1e-9 * fold, 1e-9 * fold};
    const struct system large = {{"r", "0"}, {"x", "1e9", "1e9*(r + x/1e9 - (x/1e9)^3)"}};
    assert_events(follow(world, &large, -1, 1, 0, 0), "fold fold", folds, 1e-10);
    const struct system tiny = {{"r", "0"}, {"x", "1", "r/1e-9 + x - x^3"}};
    assert_events(follow(world, &tiny, -1e-9, 1e-9, 0, 0), "fold fold", small, 1e-19);

    // The range ends at a fold, and just before it: then the branches end there.
    const struct system cubic = {{"r", "0"}, {"x", "1", "r + x - x^3"}};
    assert_events(follow(world, &cubic, -1, fold, 0, 0), "fold fold", folds, 1e-10);
    struct branch_set *set = follow(world, &cubic, -1, 0.3848, 0, 0);
    assert_events(set, "fold", folds, 1e-10);
    assert_int_equal(set->branches.count, 2);
    for (size_t b = 0; b < 2; b++)
        for (int side = 0; side < 2; side++)
            assert_int_equal(set->branches.items[b].ends[side].kind, ENDS_AT_RANGE);

    // Twelve orders of magnitude are one branch.
    const struct system wide = {{"p", "1e6"}, {"x", "1e6", "p - x"}};
    set = follow(world, &wide, 0, 1e12, 0, 0);
    assert_int_equal(set->branches.count, 1);
    assert_close(set->branches.items[0].items[0].value, 0, 0, 0);
    assert_close(set->branches.items[0].items[set->branches.items[0].count - 1].value, 1e12, 0, 0);

    // A closed branch that neither end of the range nor the present value sees.
    static const double ring[] = {0.6, 0.8};
    const struct system closed = {{"p", "-1"},
                                  {"x", "3", "-((p - 0.7)^2 + (x - 2)^2 - 0.01)*(x + 1)"}};
    set = follow(world, &closed, -2, 2, 0, 0);
    assert_events(set, "fold fold", ring, 1e-10);
    assert_int_equal(set->branches.items[1].ends[0].kind, ENDS_AT_START);
}

static void ends_and_corners(void **state)
{
    struct world *world = *state;
    static const double jumps[] = {-0.5, 0.5}, corners[] = {-1, 1};
    const struct system step = {{"a", "0.1"}, {"x", "0.1", "a - x + IF x > 0.5 THEN 1 ELSE 0"}};
    struct branch_set *set = follow(world, &step, -1, 2, 0, 0);
    assert_events(set, "end end", jumps, 1e-8);
    assert_true(has_ending(set, ENDS_AT_JUMP, -0.5, 1e-8));

    const struct system bent = {{"a", "0"},
                                {"x", "1.5", "a + x - MAX(x - 1, 0)*2 - MIN(x + 1, 0)*2"}};
    set = follow(world, &bent, -2, 2, 0, 0);
    assert_events(set, "fold fold", corners, 1e-8);
    assert_int_equal(set->branches.count, 1);

    const struct system pole = {{"r", "0.5"}, {"x", "1", "1/r - x"}};
    set = follow(world, &pole, -1, 1, 0, 0);
    assert_int_equal(set->branches.count, 2);
    assert_true(has_ending(set, ENDS_FAR, 0, 0));

    // Where both have died out their ratio is 0/0: that state is no branch.
    static const double quarter[] = {0.25};
    const struct system ratio = {{"g", "1"},
                                 {"x", "1", "x*(g*y/(x + y) - 0.25)", "y", "1", "y*(0.9 - x - y)"}};
    set = follow(world, &ratio, 0.1, 2, 0, 0);
    assert_events(set, "branch", quarter, 1e-8);
    assert_int_equal(set->branches.count, 2);
}

static void two_parameters(void **state)
{
    struct world *world = *state;
    const struct system cusp = {{"h", "0", "r", "-0.5"}, // at r = -0.5 nothing folds
                                {"x", "0.1", "h - 0.3 + (r - 0.2)*x - x^3"}};
    struct branch_set *set = follow(world, &cusp, -1, 1, -1, 2);
    assert_int_equal(set->events.count, 0);
    assert_int_equal(set->n_curves, 1);
    const struct plane_point *point = only_point(set, PLANE_CUSP);
    assert_close(point->value, 0.3, 0, 1e-9);
    assert_close(point->second, 0.2, 0, 1e-9);
    for (size_t i = 0; i < set->folds.count; i++)
        assert_close(27 * pow(set->folds.items[i].value - 0.3, 2),
                     4 * pow(set->folds.items[i].second - 0.2, 3), 1e-8, 1e-9);

    // The spruce budworm: r = 3/8 sqrt(3), q = 3 sqrt(3).
    const struct system budworm = {{"r", "0.5", "q", "10"},
                                   {"x", "1", "r*x*(1 - x/q) - x^2/(1 + x^2)"}};
    point = only_point(follow(world, &budworm, 0.05, 1, 2, 20), PLANE_CUSP);
    assert_close(point->value, 3 * sqrt(3) / 8, 0, 1e-8);
    assert_close(point->second, 3 * sqrt(3), 0, 1e-7);

    // Bogdanov-Takens: folds on b1 = b2^2 / 4, Hopf points on b1 = 0, b2 < 0; both meet at 0.
    const struct system takens = {{"b1", "-0.5", "b2", "-0.5"},
                                  {"x", "0.1", "y", "y", "0.1", "b1 + b2*x + x^2 - x*y"}};
    set = follow(world, &takens, -1, 1, -1, 1);
    point = only_point(set, PLANE_BOGDANOV_TAKENS);
    assert_close(point->value, 0, 0, 1e-9);
    assert_close(point->second, 0, 0, 1e-9);
    for (size_t i = 0; i < set->folds.count; i++) {
        point = &set->folds.items[i];
        double expected = point->kind == PLANE_HOPF ? 0 : pow(point->second, 2) / 4;
        assert_close(point->value, expected, 0, 1e-8);
    }

    // The Brusselator: b = 1 + a^2.
    const struct system swings = {{"b", "1.5", "a", "1"},
                                  {"x", "1", "a - (b + 1)*x + x^2*y", "y", "1", "b*x - x^2*y"}};
    set = follow(world, &swings, 1, 5, 0.5, 1.5);
    assert_true(set->folds.count > 20);
    for (size_t i = 0; i < set->folds.count; i++)
        assert_close(set->folds.items[i].value, 1 + pow(set->folds.items[i].second, 2), 1e-9, 0);
}

// With many unknowns eigenvalues are looked at now and then only: events are where they are all the
// same.
static void many_unknowns(void **state)
{
    struct world *world = *state;
    double fold = 2 / (3 * sqrt(3));
    const double folds[] = {-fold, fold};
    static const double swings[] = {3.25};
    const struct system cubic = {{"r", "0"}, {"x", "1", "r + x - x^3"}};
    struct branch_set *set = follow_among(world, &cubic, 35, -1, 1, 0, 0);
    assert_events(set, "fold fold", folds, 1e-9);
    assert_int_equal(set->branches.count, 1);
    const struct system brusselator = {
        {"b", "2"}, {"x", "1.5", "1.5 - (b + 1)*x + x^2*y", "y", "1.4", "b*x - x^2*y"}};
    set = follow_among(world, &brusselator, 35, 1, 6, 0, 0);
    assert_events(set, "hopf", swings, 1e-9);
    for (size_t i = 0; i < set->branches.items[0].count; i++) {
        const struct branch_point *point = &set->branches.items[0].items[i];
        assert_int_equal(point->rest.stability, point->value < 3.25 ? REST_STABLE : REST_UNSTABLE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(crossings),      WORLD_TEST(folds_at_any_scale), WORLD_TEST(ends_and_corners),
        WORLD_TEST(two_parameters), WORLD_TEST(many_unknowns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
