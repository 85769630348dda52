// Tipping analysis on systems whose rest points, folds, Hopf points and separatrices are known.
#include "unit/support.h"

#include "analysis/tip/basin.h"
#include "analysis/tip/branch.h"
#include "analysis/tip/swing.h"
#include "program/tangent.h"

#include <math.h>
#include <string.h>

// Reads the model with `body` and answers no question yet.
static struct tip *open_tip(struct world *world, const char *time, const char *body,
                            const struct tip_options *options)
{
    const char *path = world_write(world, "model.cfg", model_text(world, time, body));
    struct tip *tip = tip_read(world->arena, path, options, world->units, &world->diag);
    assert_messages(world, "");
    assert_non_null(tip);
    return tip;
}

static struct tip_options plain_options(void)
{
    return (struct tip_options){.cases.time = time_spec_empty(), .at = NAN};
}

static const struct rest_set *rest_of(struct world *world, const char *body)
{
    const struct tip_options options = plain_options();
    struct tip *tip =
        open_tip(world, "start = 0.0; stop = 20.0; step = 0.0625; method = 'rk4';", body, &options);
    const struct rest_set *set = tip_rest_points(tip, &tip->cases[0], &world->diag);
    assert_messages(world, "");
    assert_non_null(set);
    return set;
}

#define PARAMETERS                                                                                 \
    "parameters: { second: { value = 1.0; unit = 'year'; range = (1.0, 1.0); source = 'test'; "    \
    "quality = 'D'; }; crowd: { value = 1000.0; unit = 'person'; range = (1.0, 2000.0); source = " \
    "'test'; quality = 'D'; }; };"

// The value of stock `name` at a point.
static double at_point(const struct rest_set *set, size_t point, const char *name)
{
    for (int i = 0; i < set->frozen->n_states; i++)
        if (strcmp(set->frozen->names[i], name) == 0)
            return set->items[point].unknowns[i];
    fail_msg("no stock '%s'", name);
    return NAN;
}

static void assert_point(const struct rest_set *set, size_t point, const char *name, double value,
                         enum rest_stability stability)
{
    assert_true(point < set->count);
    assert_close(at_point(set, point, name), value, 1e-11, 1e-11);
    assert_string_equal(rest_stability_name(set->items[point].stability),
                        rest_stability_name(stability));
}

static struct variable *frozen_stock(const struct rest_set *set, const char *name)
{
    struct variable *stock = model_find_variable(set->frozen->tip_case->source.model, name);
    assert_non_null(stock);
    return stock;
}

// One stock x with the rate `rate` and a parameter a.
static const char *one_stock(struct world *world, const char *a, const char *start,
                             const char *rate)
{
    return arena_format(world->arena,
                        "parameters: { a: { value = %s; unit = '1'; range = (0.0, 9.0); source = "
                        "'test'; quality = 'D'; }; second: { value = 1.0; unit = 'year'; range = "
                        "(1.0, 1.0); source = 'test'; quality = 'D'; }; };"
                        "stocks: { x: { unit = '1'; initial = '%s'; inflows = ( 'r' ); }; };"
                        "flows: { r: { unit = '1/year'; equation = '(%s) / second'; }; };",
                        a, start, rate);
}

static const char two_genes[] =
    "parameters: { a: { value = 3.0; unit = '1'; range = (0.0, 9.0); source = 'test'; quality = "
    "'D'; }; s: { value = 1.0; unit = 'year'; range = (1.0, 1.0); source = 'test'; quality = 'D'; "
    "}; };"
    "stocks: { u: { unit = '1'; initial = 1.0; inflows = ( 'du' ); };"
    "          v: { unit = '1'; initial = 2.0; inflows = ( 'dv' ); }; };"
    "flows: { du: { unit = '1/year'; equation = '(a / (1 + v^2) - u) / s'; };"
    "         dv: { unit = '1/year'; equation = '(a / (1 + u^2) - v) / s'; }; };";

static void rest_points_of_known_systems(void **state)
{
    struct world *world = *state;
    const struct rest_set *set = rest_of(world, one_stock(world, "0.0", "1", "a + x - x^3"));
    assert_int_equal(set->count, 3);
    assert_point(set, 0, "x", -1, REST_STABLE);
    assert_point(set, 1, "x", 0, REST_UNSTABLE);
    assert_point(set, 2, "x", 1, REST_STABLE);
    assert_close(set->items[0].eigenvalue_max_real, -2, 1e-12, 0);

    set = rest_of(world, one_stock(world, "0.3", "0.1", "x * (1 - x) * (x - a)"));
    assert_int_equal(set->count, 3);
    assert_point(set, 1, "x", 0.3, REST_UNSTABLE);
    assert_close(set->items[1].eigenvalue_max_real, 0.21, 1e-12, 0);

    // u v = 1 and u + v = 3 at the outer points; u (1 + u^2) = 3 at the middle one.
    set = rest_of(world, two_genes);
    double outer = (3 - sqrt(5)) / 2, middle = 1.2134116627622296;
    assert_int_equal(set->count, 3);
    assert_point(set, 0, "u", outer, REST_STABLE);
    assert_point(set, 0, "v", 3 - outer, REST_STABLE);
    assert_point(set, 1, "u", middle, REST_UNSTABLE);
    assert_int_equal(set->items[1].n_unstable, 1);
    assert_point(set, 2, "v", outer, REST_STABLE);

    set = rest_of(world, one_stock(world, "0.0", "2", "-x*(x - 1)*(x - 2)*(x - 3)*(x - 4)"));
    assert_int_equal(set->count, 5);
}

static void one_none_and_swinging(void **state)
{
    struct world *world = *state;
    const struct rest_set *set = rest_of(world, one_stock(world, "0.0", "0.1", "1 - x"));
    assert_int_equal(set->count, 1);
    assert_point(set, 0, "x", 1, REST_STABLE);

    set = rest_of(world, one_stock(world, "0.0", "0.1", "1 + x^2"));
    assert_int_equal(set->count, 0);

    // The Brusselator swings beyond b = 1 + a^2; at its rest point x = a, y = b / a.
    set = rest_of(world, PARAMETERS
                  "stocks: { x: { unit = '1'; initial = 1.0; inflows = ( 'dx' ); };"
                  "          y: { unit = '1'; initial = 1.0; inflows = ( 'dy' ); }; };"
                  "flows: { dx: { unit = '1/year'; equation = '(1 - 4*x + x^2*y) / second'; };"
                  "         dy: { unit = '1/year'; equation = '(3*x - x^2*y) / second'; }; };");
    assert_int_equal(set->count, 1);
    assert_point(set, 0, "y", 3, REST_UNSTABLE);
    assert_int_equal(set->items[0].n_unstable, 2);
    assert_close(set->items[0].eigenvalue_max_real, 0.5, 1e-12, 0);
    assert_int_equal(set->own.fate, FATE_SWINGS);
    assert_true(set->n_fates[FATE_SWINGS] > 50);
    struct swing swing;
    struct variable *x = frozen_stock(set, "x");
    assert_true(swing_look(set, x, 0, &swing, &world->diag));
    assert_int_equal(swing.kind, SWING_CYCLE);
    assert_close(swing.period, 7.1569, 1e-3, 0);
}

// Two that grow by each other, along the diagonal at rate - 1 as long as they are small.
static const char *two_that_need_each_other(struct world *world, double rate)
{
    return arena_format(world->arena,
                        PARAMETERS
                        "stocks: { x: { unit = '1'; initial = 1.0; inflows = ( 'dx' ); };"
                        "          y: { unit = '1'; initial = 2.0; inflows = ( 'dy' ); }; };"
                        "flows: { dx: { unit = '1/year'; equation = '(g * (1 - x / 9) - x) / "
                        "second'; }; dy: { unit = '1/year'; equation = '(g * (1 - y / 9) - y) / "
                        "second'; }; };"
                        "auxiliaries: { g: { unit = '1'; equation = '%g * 2 * x * y / (x + y)'; "
                        "}; };",
                        rate);
}

// Where eigenvalues do not tell runs do: double roots, decay by a power law, ratios that are 0 / 0.
static void stability_by_runs(void **state)
{
    struct world *world = *state;
    const struct rest_set *set =
        rest_of(world, one_stock(world, "0.3", "0.5", "(x - a)^2 * (2 - x)"));
    assert_int_equal(set->count, 2);
    assert_close(at_point(set, 0, "x"), 0.3, 1e-8, 0);
    assert_int_equal(set->items[0].stability, REST_UNSTABLE);
    assert_true(set->items[0].is_by_runs);
    set = rest_of(world, one_stock(world, "0.3", "0.5", "-a * x^3"));
    assert_int_equal(set->count, 1);
    assert_point(set, 0, "x", 0, REST_STABLE);
    assert_int_equal(set->own.fate, FATE_HEADS);
    const double rates[] = {0.5, 1.5}, expected[] = {-0.5, 0.5};
    for (int i = 0; i < 2; i++) {
        set = rest_of(world, two_that_need_each_other(world, rates[i]));
        assert_int_equal(set->count, 2);
        size_t empty = i ? 0 : 1; // the other one is at 9 * (1 - 1 / rate)
        assert_point(set, empty, "x", 0, i ? REST_UNSTABLE : REST_STABLE);
        assert_true(set->items[empty].is_limit);
        assert_close(set->items[empty].eigenvalue_max_real, expected[i], 1e-5, 0);
    }
}

// People are conserved; cases, and the sum of cases, only add up.
static void conserved_and_growing(void **state)
{
    struct world *world = *state;
    const struct rest_set *set = rest_of(
        world, PARAMETERS
        "stocks: { S: { unit = 'person'; initial = 999.0; inflows = ( 'wane' ); outflows = ( "
        "'infect' ); };"
        "  I: { unit = 'person'; initial = 1.0; inflows = ( 'infect' ); outflows = ( 'recover' ); "
        "};"
        "  R: { unit = 'person'; initial = 0.0; inflows = ( 'recover' ); outflows = ( 'wane' ); };"
        "  cases: { unit = 'person'; initial = 0.0; inflows = ( 'case' ); };"
        "  burden: { unit = 'person*year'; initial = 0.0; inflows = ( 'adding' ); }; };"
        "flows: { infect: { unit = 'person/year'; equation = '0.5 / second * S * I / crowd'; };"
        "  recover: { unit = 'person/year'; equation = '0.2 / second * I'; };"
        "  wane: { unit = 'person/year'; equation = '0.02 / second * R'; };"
        "  case: { unit = 'person/year'; equation = 'infect'; };"
        "  adding: { unit = 'person'; equation = 'cases'; }; };");
    const struct frozen *frozen = set->frozen;
    assert_int_equal(frozen->n_laws, 1);
    assert_int_equal(frozen->roles[3], FROZEN_GROWS);
    assert_int_equal(frozen->roles[4], FROZEN_GROWS);
    assert_int_equal(set->count, 2);
    assert_point(set, 0, "S", 400, REST_STABLE);
    assert_close(at_point(set, 0, "I"), 600 * 0.02 / 0.22, 1e-11, 0);
    assert_point(set, 1, "S", 1000, REST_UNSTABLE);
    assert_true(isnan(at_point(set, 0, "cases")));
}

// What grows and acts on others is held; without a way down an end is one of a continuum.
// Sixteen places where people move between two states (80 % idle at rest), a flow that is off, and
// sums of what has moved: those that a law settles have a value at rest, the other has none.
static void conserved_in_a_large_model(void **state)
{
    struct world *world = *state;
    const struct rest_set *set = rest_of(
        world,
        "dimensions: { place: { elements = [ 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', "
        "'k', 'l', 'm', 'n', 'o', 'p' ]; }; };" PARAMETERS
        "stocks: { idle: { unit = 'person'; dimensions = [ 'place' ]; initial = 'crowd'; inflows = "
        "( 'back', 'arriving' ); outflows = ( 'going' ); };"
        "  busy: { unit = 'person'; dimensions = [ 'place' ]; initial = 0.0; inflows = ( 'going' "
        "); "
        "outflows = ( 'back' ); };"
        "  hired: { unit = 'person'; initial = 0.0; inflows = ( 'net' ); };"
        "  hired_there: { unit = 'person'; dimensions = [ 'place' ]; initial = 0.0; inflows = ( "
        "'net_there' ); };"
        "  strain: { unit = 'person*year'; initial = 0.0; inflows = ( 'strained' ); }; };"
        "flows: { going: { unit = 'person/year'; dimensions = [ 'place' ]; equation = '0.1 * idle "
        "/ "
        "second'; };"
        "  back: { unit = 'person/year'; dimensions = [ 'place' ]; equation = '0.4 * busy / "
        "second'; };"
        "  arriving: { unit = 'person/year'; dimensions = [ 'place' ]; equation = '0 * busy / "
        "second'; };"
        "  net_there: { unit = 'person/year'; dimensions = [ 'place' ]; equation = 'going - back'; "
        "};"
        "  net: { unit = 'person/year'; equation = 'SUM(net_there)'; };"
        "  strained: { unit = 'person'; equation = 'SUM(busy) - 3.2 * crowd'; }; };");
    assert_int_equal(set->frozen->n_laws, 16 + 16 + 1);
    assert_int_equal(set->count, 1);
    assert_point(set, 0, "busy[a]", 200, REST_STABLE);
    assert_point(set, 0, "idle[p]", 800, REST_STABLE);
    assert_point(set, 0, "hired_there[b]", 200, REST_STABLE);
    assert_point(set, 0, "hired", 3200, REST_STABLE);
    assert_true(isnan(at_point(set, 0, "strain")));
    assert_close(set->items[0].eigenvalue_max_real, -0.5, 1e-9, 0);
}

static void held_and_continuum(void **state)
{
    struct world *world = *state;
    const struct rest_set *set = rest_of(
        world, PARAMETERS
        "stocks: { x: { unit = '1'; initial = 0.9; inflows = ( 'dx' ); };"
        "  known: { unit = '1'; initial = 10.0; inflows = ( 'learn' ); }; };"
        "flows: { dx: { unit = '1/year'; equation = 'x * (1 - x) * (x - 0.5 * cost) / second'; };"
        "  learn: { unit = '1/year'; equation = 'x / second'; }; };"
        "auxiliaries: { cost: { unit = '1'; equation = '(known / 10)^(-0.2)'; }; };");
    assert_int_equal(set->frozen->roles[1], FROZEN_HELD);
    assert_int_equal(set->count, 3);
    assert_point(set, 1, "x", 0.5, REST_UNSTABLE);
    assert_point(set, 1, "known", 10, REST_UNSTABLE);

    set = rest_of(
        world, PARAMETERS
        "stocks: { S: { unit = 'person'; initial = 999.0; outflows = ( 'infect' ); };"
        "  I: { unit = 'person'; initial = 1.0; inflows = ( 'infect' ); outflows = ( "
        "'recover' ); }; };"
        "flows: { infect: { unit = 'person/year'; equation = '0.5 / second * S * I / crowd'; };"
        "  recover: { unit = 'person/year'; equation = '0.2 / second * I'; }; };");
    assert_true(set->is_continuum);
}

// At a kink the worse side counts, and the kink is told.
static void kinks(void **state)
{
    struct world *world = *state;
    const struct rest_set *set =
        rest_of(world, one_stock(world, "2.0", "0.5", "MIN(1, MAX(0, a * x - 0.2)) - x"));
    assert_int_equal(set->count, 3);
    assert_point(set, 0, "x", 0, REST_STABLE);
    assert_point(set, 1, "x", 0.2, REST_UNSTABLE);
    assert_int_equal(set->items[1].n_kinks, 0);

    set = rest_of(world, one_stock(world, "2.0", "0.5", "MAX(0, a * x) - x - x^2 / 4"));
    assert_point(set, 1, "x", 0, REST_UNSTABLE); // from above it grows by 1, from below it decays
    assert_int_equal(set->items[1].n_kinks, 1);
    assert_string_equal(set->items[1].kink, "r");
    assert_close(set->items[1].eigenvalue_max_real, 1, 1e-5, 0);
}

// Delays settle: stages of DELAY3 are states; what DELAY yields is what went in.
static void delays(void **state)
{
    struct world *world = *state;
    const struct rest_set *set =
        rest_of(world, one_stock(world, "0.3", "0.5", "SMTH3(x, 2) * (1 - x) * (x - a)"));
    assert_int_equal(set->count, 3);
    assert_point(set, 1, "x", 0.3, REST_UNSTABLE);
    set = rest_of(world, one_stock(world, "0.3", "0.5", "x * (1 - DELAY(x, 1))"));
    assert_int_equal(set->count, 2);
    assert_point(set, 0, "x", 0, REST_UNKNOWN);
    assert_point(set, 1, "x", 1, REST_STABLE);
}

// Follows parameter a (and `second`) of a model.
static struct branch_set *follow(struct world *world, const char *body, const char *first,
                                 double low, double high, const char *second)
{
    const struct tip_options options = plain_options();
    struct tip *tip =
        open_tip(world, "start = 0.0; stop = 20.0; step = 0.0625; method = 'rk4';", body, &options);
    struct model *model = tip->cases[0].source.model;
    struct vary_list extra = {0};
    tip_vary(world->arena, &extra, model_find_variable(model, first), 0);
    if (second)
        tip_vary(world->arena, &extra, model_find_variable(model, second), 0);
    struct frozen *frozen = frozen_open(tip, &tip->cases[0], &extra, NULL, 0, &world->diag);
    assert_non_null(frozen);
    struct branch_set *set = branch_trace(frozen, 0, low, high, NULL, false);
    assert_non_null(set);
    if (second)
        assert_true(fold_trace(set, 1, 0, 2));
    frozen_close(frozen);
    return set;
}

static void assert_event(const struct branch_set *set, size_t i, enum branch_event_kind kind,
                         double value, double margin)
{
    assert_true(i < set->events.count);
    assert_string_equal(branch_event_name(set->events.items[i].kind), branch_event_name(kind));
    assert_close(set->events.items[i].value, value, 0, margin);
}

static void folds_are_where_they_are(void **state)
{
    struct world *world = *state;
    double fold = 2 / (3 * sqrt(3));
    struct branch_set *set =
        follow(world, one_stock(world, "0.0", "1", "a + x - x^3"), "a", -1, 1, NULL);
    assert_int_equal(set->events.count, 2);
    assert_event(set, 0, EVENT_FOLD, -fold, 1e-12);
    assert_event(set, 1, EVENT_FOLD, fold, 1e-12);
    assert_int_equal(set->branches.count, 1);
    assert_close(set->branches.items[0].items[0].value, -1, 0, 0); // from one end to the other
    assert_close(set->branches.items[0].items[set->branches.items[0].count - 1].value, 1, 0, 0);

    // Corners fold too: the lower branch x = a ends at 0.4, the upper one, x = a + 1, at 0.4 + 1/3.
    set = follow(world, one_stock(world, "0.1", "0.1", "a - x + MAX(0, MIN(1, 3 * (x - 0.4)))"),
                 "a", -0.5, 1, NULL);
    assert_int_equal(set->events.count, 2);
    assert_event(set, 0, EVENT_FOLD, -4.0 / 15, 1e-9);
    assert_event(set, 1, EVENT_FOLD, 0.4, 1e-9);

    // Transcritical at a = 0 and a = 1; a pitchfork at a = 2: branches cross, none folds.
    set = follow(world, one_stock(world, "0.3", "0.1", "x * (1 - x) * (x - a)"), "a", -1, 2, NULL);
    assert_int_equal(set->events.count, 2);
    assert_event(set, 0, EVENT_CROSS, 0, 1e-12);
    assert_event(set, 1, EVENT_CROSS, 1, 1e-12);
    set = follow(world, two_genes, "a", 0.5, 5, NULL);
    assert_int_equal(set->events.count, 1);
    assert_event(set, 0, EVENT_CROSS, 2, 1e-7);
}

// The Brusselator begins to swing at b = 1 + a^2, with the frequency a.
static void hopf_of_the_brusselator(void **state)
{
    struct world *world = *state;
    static const char body[] =
        "parameters: { second: { value = 1.0; unit = 'year'; range = (1.0, 1.0); source = 'test'; "
        "quality = 'D'; }; a: { value = 1.5; unit = '1'; range = (0.0, 9.0); source = 'test'; "
        "quality = 'D'; }; b: { value = 3.0; unit = '1'; range = (0.0, 9.0); source = 'test'; "
        "quality = 'D'; }; };"
        "stocks: { x: { unit = '1'; initial = 1.0; inflows = ( 'dx' ); };"
        "          y: { unit = '1'; initial = 1.0; inflows = ( 'dy' ); }; };"
        "flows: { dx: { unit = '1/year'; equation = '(a - (b + 1) * x + x^2 * y) / second'; };"
        "         dy: { unit = '1/year'; equation = '(b * x - x^2 * y) / second'; }; };";
    struct branch_set *set = follow(world, body, "b", 1, 6, NULL);
    assert_int_equal(set->events.count, 1);
    assert_event(set, 0, EVENT_HOPF, 3.25, 1e-10);
    assert_close(set->events.items[0].rest.frequency, 1.5, 1e-9, 0);
}

// x' = r + a x - x^3 folds on 27 r^2 = 4 a^3, a curve with a cusp at 0.
static void folds_over_two_parameters(void **state)
{
    struct world *world = *state;
    static const char body[] =
        "parameters: { second: { value = 1.0; unit = 'year'; range = (1.0, 1.0); source = 'test'; "
        "quality = 'D'; }; a: { value = 1.0; unit = '1'; range = (0.0, 9.0); source = 'test'; "
        "quality = 'D'; }; r: { value = 0.0; unit = '1'; range = (0.0, 9.0); source = 'test'; "
        "quality = 'D'; }; };"
        "stocks: { x: { unit = '1'; initial = 1.0; inflows = ( 'dx' ); }; };"
        "flows: { dx: { unit = '1/year'; equation = '(r + a * x - x^3) / second'; }; };";
    struct branch_set *set = follow(world, body, "r", -1, 1, "a");
    assert_int_equal(set->events.count, 2);
    assert_true(set->folds.count > 40);
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < set->folds.count; i++) {
        const struct plane_point *fold = &set->folds.items[i];
        assert_close(27 * fold->value * fold->value, 4 * pow(fold->second, 3), 1e-8, 1e-9);
        least = fmin(least, fold->second);
        most = fmax(most, fold->second);
    }
    assert_true(least < 0.02); // through the cusp, to both ends
    assert_close(most, 3 / cbrt(4), 1e-6, 0);
    assert_close(fabs(set->folds.items[0].value), 1, 1e-6, 0);
    assert_close(set->folds.items[0].value, -set->folds.items[set->folds.count - 1].value, 1e-6, 0);
}

// Conserved people stay conserved where the parameter is their number.
static void parameter_of_a_law(void **state)
{
    struct world *world = *state;
    static const char body[] =
        "parameters: { second: { value = 1.0; unit = 'year'; range = (1.0, 1.0); source = 'test'; "
        "quality = 'D'; }; n: { value = 1000.0; unit = 'person'; range = (0.0, 9.0); source = "
        "'test'; quality = 'D'; }; crowd: { value = 400.0; unit = 'person'; range = (1.0, 2000.0); "
        "source = 'test'; quality = 'D'; }; };"
        "stocks: { S: { unit = 'person'; initial = 'n - I'; inflows = ( 'back' ); outflows = ( "
        "'infect' ); };"
        "  I: { unit = 'person'; initial = 1.0; inflows = ( 'infect' ); outflows = ( 'back' ); }; "
        "};"
        "flows: { infect: { unit = 'person/year'; equation = '0.5 / second * S * I / crowd'; };"
        "  back: { unit = 'person/year'; equation = '0.2 / second * I'; }; };";
    struct branch_set *set = follow(world, body, "n", 50, 2000, NULL);
    assert_int_equal(set->events.count, 1);
    assert_event(set, 0, EVENT_CROSS, 160, 1e-8);
    for (size_t b = 0; b < set->branches.count; b++)
        for (size_t i = 0; i < set->branches.items[b].count; i++) {
            const struct branch_point *point = &set->branches.items[b].items[i];
            assert_close(point->rest.unknowns[0] + point->rest.unknowns[1], point->value, 1e-10, 0);
        }
}

static struct basin map(struct world *world, const char *body, const char *first,
                        const char *second)
{
    const struct tip_options options = plain_options();
    struct tip *tip =
        open_tip(world, "start = 0.0; stop = 20.0; step = 0.0625; method = 'rk4';", body, &options);
    struct basin basin = {.n_axes = second ? 2 : 1};
    const struct rest_set *rest = tip_rest_points(tip, &tip->cases[0], &world->diag);
    assert_true(basin_find_axis(&tip->cases[0], first, &basin.axes[0], &world->diag));
    if (second)
        assert_true(basin_find_axis(&tip->cases[0], second, &basin.axes[1], &world->diag));
    assert_true(basin_open(&basin, tip, &tip->cases[0], rest, &world->diag));
    assert_true(basin_map(&basin, 24));
    return basin;
}

// x' = x (1 - x) (x - a): the threshold is a. The two genes: the separatrix is the diagonal.
static void separatrices(void **state)
{
    struct world *world = *state;
    double threshold;
    struct basin basin =
        map(world, one_stock(world, "0.3", "0.1", "x * (1 - x) * (x - a)"), "x", NULL);
    assert_int_equal(basin.separatrix.count, 1);
    assert_close(basin.separatrix.items[0].at[0], 0.3, 1e-8, 0);
    assert_true(basin_threshold(&basin, &threshold));
    assert_close(threshold, 0.3, 1e-8, 0);
    basin_close(&basin);

    basin = map(world, two_genes, "u", "v");
    assert_true(basin.separatrix.count > 60);
    for (size_t i = 0; i < basin.separatrix.count; i++)
        assert_close(basin.separatrix.items[i].at[0], basin.separatrix.items[i].at[1], 1e-6, 1e-6);
    for (int i = 0; i < basin.n; i++)
        for (int k = 0; k < basin.n; k++)
            if (i != k) // more u than v leads to where u is high
                assert_int_equal(basin.ends[i * basin.n + k], i > k ? 2 : 0);
    basin_close(&basin);
}

// Where equations jump and push towards the jump; where a stock is fed by what has nearly died out.
static void jumps_and_feeds(void **state)
{
    struct world *world = *state;
    const struct rest_set *set =
        rest_of(world, one_stock(world, "0.7", "0", "IF x < a THEN 1 ELSE -1"));
    assert_int_equal(set->count, 1);
    assert_point(set, 0, "x", 0.7, REST_STABLE);
    assert_true(set->items[0].is_jump);

    set = rest_of(world, one_stock(world, "0.3", "0.5", "1e-9 - x"));
    assert_int_equal(set->count, 1);
    assert_false(set->items[0].is_limit);
    assert_close(at_point(set, 0, "x"), 1e-9, 1e-6, 0);

    // With r times the delay beyond pi / 2 the logistic equation swings around its rest point.
    set = rest_of(world, one_stock(world, "2.0", "0.5", "x * (1 - DELAY(x, a * second))"));
    assert_int_equal(set->count, 2);
    assert_int_equal(set->items[1].stability, REST_UNKNOWN);
    assert_int_equal(set->own.fate, FATE_SWINGS);
}

// One stable rest point only, and beyond a border growth without bound, or a cycle.
static void borders_of_what_never_rests(void **state)
{
    struct world *world = *state;
    double threshold;
    struct basin basin = map(world, one_stock(world, "0.3", "0.1", "x * (x - a)"), "x", NULL);
    assert_true(basin_threshold(&basin, &threshold));
    assert_close(threshold, 0.3, 1e-8, 0);
    assert_int_equal(basin.ends[0], 0);
    assert_int_equal(basin.ends[basin.n - 1], ELSEWHERE);
    basin_close(&basin);

    basin =
        map(world,
            PARAMETERS "stocks: { x: { unit = '1'; initial = 0.2; inflows = ( 'dx' ); };"
                       "          y: { unit = '1'; initial = 0.0; inflows = ( 'dy' ); }; };"
                       "flows: { dx: { unit = '1/year'; equation = '(x * m - y) / second'; };"
                       "         dy: { unit = '1/year'; equation = '(y * m + x) / second'; }; };"
                       "auxiliaries: { m: { unit = '1'; equation = '2 * q - q^2 - 0.5'; };"
                       "               q: { unit = '1'; equation = 'x^2 + y^2'; }; };",
            "x", "y");
    assert_true(basin.separatrix.count > 40);
    for (size_t i = 0; i < basin.separatrix.count; i++) {
        const double *at = basin.separatrix.items[i].at;
        double square = at[0] * at[0] + at[1] * at[1];
        if (square < 2) // beyond, the method steps over the cycle
            assert_close(square, 1 - sqrt(0.5), 1e-4, 0);
    }
    basin_close(&basin);

    // Slow: it takes far longer than a run to get away from the threshold.
    basin = map(world, one_stock(world, "0.001", "0.1", "x * (1 - x) * (x - a)"), "x", NULL);
    assert_true(basin_threshold(&basin, &threshold));
    assert_close(threshold, 0.001, 1e-6, 0);
    basin_close(&basin);
}

// Derivatives of every operation against differences of the residuals.
static void derivatives_are_exact(void **state)
{
    struct world *world = *state;
    static const char *const rates[] = {"x + a",
                                        "x - a * x",
                                        "x * x / (a + x)",
                                        "x^a",
                                        "a^x",
                                        "x MOD 2",
                                        "-x",
                                        "IF x > a THEN x * x ELSE 3 * x",
                                        "MIN(x, x * a)",
                                        "MAX(x * x, a)",
                                        "ABS(x - 5)",
                                        "INT(x)",
                                        "SQRT(x)",
                                        "EXP(-x)",
                                        "LN(x)",
                                        "LOG10(x)",
                                        "SINH(x / 3)",
                                        "COSH(x)",
                                        "TANH(x - 2)",
                                        "a * x + 0 * RANDOM(0, 1)",
                                        "x - 0.1 * POISSON(x * a)",
                                        "SIN(x)",
                                        "COS(a * x)",
                                        "TAN(x)",
                                        "ARCSIN(x / 9)",
                                        "ARCCOS(x / 9)",
                                        "ARCTAN(x)",
                                        "SAFEDIV(a, x)",
                                        "SMTH1(x, a)",
                                        "NOT (x > 1) + x"};
    for (size_t i = 0; i < ARRAY_COUNT(rates); i++) {
        struct model *model =
            world_model(world, model_text(world, NULL, one_stock(world, "1.7", "2.3", rates[i])));
        struct vary vary = {model_find_variable(model, "a"), 0};
        const struct lowered *lowered = lower_model(world->arena, model, &vary, 1, &world->diag);
        struct tangent *tangent = tangent_create(world->arena, lowered, NULL, 0);
        double x[2] = {2.3, 2.9}, r[2], up[2], down[2], slopes[4], by_a[2], a = 1.7, h = 1e-6;
        int n = tangent_n_unknowns(tangent);
        tangent_evaluate(tangent, x, &a, 0, r);
        tangent_differentiate(tangent, slopes, 0, by_a);
        x[0] += h;
        tangent_evaluate(tangent, x, &a, 0, up);
        x[0] -= 2 * h;
        tangent_evaluate(tangent, x, &a, 0, down);
        x[0] += h;
        assert_close(slopes[0], (up[0] - down[0]) / (2 * h), 1e-8, 1e-8);
        double more = a + h, less = a - h;
        tangent_evaluate(tangent, x, &more, 0, up);
        tangent_evaluate(tangent, x, &less, 0, down);
        for (int k = 0; k < n; k++)
            assert_close(by_a[k], (up[k] - down[k]) / (2 * h), 1e-8, 1e-8);
    }
    (void)world_messages(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(derivatives_are_exact),
        WORLD_TEST(rest_points_of_known_systems),
        WORLD_TEST(one_none_and_swinging),
        WORLD_TEST(stability_by_runs),
        WORLD_TEST(conserved_and_growing),
        WORLD_TEST(conserved_in_a_large_model),
        WORLD_TEST(held_and_continuum),
        WORLD_TEST(kinks),
        WORLD_TEST(delays),
        WORLD_TEST(folds_are_where_they_are),
        WORLD_TEST(hopf_of_the_brusselator),
        WORLD_TEST(folds_over_two_parameters),
        WORLD_TEST(parameter_of_a_law),
        WORLD_TEST(separatrices),
        WORLD_TEST(jumps_and_feeds),
        WORLD_TEST(borders_of_what_never_rests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
