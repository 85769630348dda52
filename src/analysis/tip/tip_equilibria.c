// Stage: analysis. The question `equilibria`: which rest points are there, and which are stable.
#include "analysis/tip/rest.h"
#include "analysis/tip/tip_words.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>

static bool ask(struct tip *tip, struct diag *diag);

const struct tip_question tip_question_equilibria = {
    .id = TIP_EQUILIBRIA,
    .name = "equilibria",
    .summary = "the rest points, and which of them are stable",
    .run = ask,
};

// What is said about the rest points of one case.
struct telling {
    struct tip *tip;
    const struct tip_case *tip_case;
    const struct rest_set *set;
    struct headline headline;
    enum language language;
    bool in_dutch;
};

static const char *say(const struct telling *telling, const char *dutch, const char *english)
{
    return telling->in_dutch ? dutch : english;
}

static int count_stability(const struct rest_set *set, enum rest_stability stability)
{
    int n = 0;
    for (size_t i = 0; i < set->count; i++)
        n += set->items[i].stability == stability;
    return n;
}

static void add_rows(struct tip *tip, const struct tip_case *tip_case, const struct rest_set *set)
{
    const struct frozen *frozen = set->frozen;
    static const char *const fixed[] = {"id", "stability", "eigenvalue_max_real"};
    if (tip->n_cases > 1)
        sheet_add_column(&tip->equilibria, "model");
    for (size_t i = 0; i < ARRAY_COUNT(fixed); i++)
        sheet_add_column(&tip->equilibria, fixed[i]);
    for (int k = 0; k < frozen->n_states; k++)
        if (frozen->is_stock[k] && frozen->roles[k] != FROZEN_GROWS)
            sheet_add_column(&tip->equilibria, frozen->names[k]);
    for (size_t i = 0; i < set->count; i++) {
        const struct rest_point *point = &set->items[i];
        tip_begin_row(tip, &tip->equilibria, tip_case);
        sheet_set_number(&tip->equilibria, "id", (double)(i + 1));
        sheet_set_text(&tip->equilibria, "stability", rest_stability_name(point->stability));
        sheet_set_number(&tip->equilibria, "eigenvalue_max_real", point->eigenvalue_max_real);
        for (int k = 0; k < frozen->n_states; k++)
            if (frozen->is_stock[k] && frozen->roles[k] != FROZEN_GROWS)
                sheet_set_number(&tip->equilibria, frozen->names[k], point->unknowns[k]);
    }
}

// "stable at 0.1 and 0.9" for the points of one stability; NULL where there are none.
static const char *tell_group(const struct telling *telling, enum rest_stability stability)
{
    static const char *const names[N_REST_STABILITIES][N_LANGUAGES] = {
        {"stabiel", "stable"},
        {"instabiel", "unstable"},
        {"op de grens van stabiliteit", "marginally stable"},
        {"met onbekende stabiliteit", "of unknown stability"}};
    enum { MOST = 8 };
    struct arena *arena = telling->tip->arena;
    const char *values[MOST + 1];
    int n = 0;
    for (size_t i = 0; i < telling->set->count; i++) {
        const struct rest_point *point = &telling->set->items[i];
        if (point->stability != stability || n > MOST)
            continue;
        values[n] = n == MOST ? "..."
                              : amount_in_words(arena, telling->headline.variable,
                                                headline_value(&telling->headline, point),
                                                telling->language);
        n++;
    }
    if (!n)
        return NULL;
    return arena_format(arena, say(telling, "%s bij %s", "%s at %s"),
                        names[stability][telling->language],
                        list_in_words(arena, values, n, telling->language));
}

static const char *tell_points(const struct telling *telling)
{
    struct arena *arena = telling->tip->arena;
    const struct rest_set *set = telling->set;
    const char *condition = condition_in_words(telling->tip, telling->tip_case, telling->language);
    if (!set->count)
        return arena_format(
            arena, say(telling, "%s is er geen rustpunt gevonden.", "%s no rest point was found."),
            condition);
    if (set->is_continuum)
        return arena_format(arena,
                            say(telling,
                                "%s liggen de rustpunten aaneengesloten: waar het model eindigt "
                                "hangt van het begin af, zonder kantelpunt; enkele zijn vermeld.",
                                "%s rest points lie side by side: where the model ends depends on "
                                "where it starts, without a tipping point; a few are listed."),
                            condition);
    const char *groups[N_REST_STABILITIES];
    int n = 0;
    for (int i = 0; i < N_REST_STABILITIES && telling->headline.variable; i++) {
        groups[n] = tell_group(telling, (enum rest_stability)i);
        n += groups[n] != NULL;
    }
    const char *of = telling->headline.variable
                         ? variable_in_words(arena, telling->headline.variable,
                                             telling->headline.cell, telling->language)
                         : "";
    const char *noun = set->count == 1 ? say(telling, "rustpunt", "rest point")
                                       : say(telling, "rustpunten", "rest points");
    return arena_format(
        arena,
        say(telling, "%s heeft het model %s %s (%s): %s.", "%s the model has %s %s (%s): %s."),
        condition, count_in_words(arena, (int)set->count, telling->language), noun, of,
        list_in_words(arena, groups, n, telling->language));
}

// Where the model's own run was after a long time, for those that do not come to rest.
static const char *tell_own_end(const struct telling *telling)
{
    const struct rest_set *set = telling->set;
    struct arena *arena = telling->tip->arena;
    if (isnan(set->own_end) || telling->headline.unknown >= 0 || !telling->headline.variable)
        return "";
    return arena_format(
        arena,
        say(telling, " De run vanaf vandaag stond na %s op %s.",
            " The run from today stood at %2$s after %1$s."),
        value_in_words(arena, set->frozen->run_length, telling->tip_case->source.model->time.unit,
                       false, telling->language),
        amount_in_words(arena, telling->headline.variable, set->own_end, telling->language));
}

// What follows for tipping.
static const char *tell_meaning(const struct telling *telling)
{
    const struct rest_set *set = telling->set;
    struct arena *arena = telling->tip->arena;
    int n_stable = count_stability(set, REST_STABLE);
    if (set->is_continuum)
        return "";
    if (n_stable >= 2)
        return say(telling, " Er is dus iets om naartoe te kantelen.",
                   " So there is a state to tip into.");
    if (n_stable == 1 && set->n_moving > 0)
        return arena_format(
            arena, "%s%s",
            say(telling,
                " Er is geen tweede stabiele toestand gevonden, maar niet alle runs kwamen in de "
                "eerste tot rust.",
                " No second stable state was found, but not all runs came to rest in the first."),
            tell_own_end(telling));
    if (n_stable == 1)
        return say(telling,
                   " Er is geen tweede stabiele toestand: na afloop van steun keert het model "
                   "daarheen terug.",
                   " There is no second stable state: after any support the model returns there.");
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i].frequency > 0 && set->n_moving > 0)
            return arena_format(
                arena,
                say(telling,
                    " Het model komt niet tot rust maar blijft schommelen, bij het rustpunt met "
                    "een periode van %s.",
                    " The model does not come to rest but keeps swinging, near the rest point with "
                    "a period of %s."),
                value_in_words(arena, 2 * acos(-1) / set->items[i].frequency,
                               telling->tip_case->source.model->time.unit, false,
                               telling->language));
    if (set->n_moving > 0)
        return arena_format(arena, "%s%s",
                            say(telling, " Runs waren aan hun eind nog in beweging.",
                                " Runs were still moving at their end."),
                            tell_own_end(telling));
    return "";
}

// Names the stocks with a role.
static const char *tell_role(const struct telling *telling, enum frozen_role role,
                             const char *dutch, const char *english)
{
    const struct frozen *frozen = telling->set->frozen;
    struct arena *arena = telling->tip->arena;
    const char **names = ARENA_NEW_ARRAY(arena, const char *, frozen->n_states);
    int n = 0;
    for (int i = 0; i < frozen->n_states; i++)
        if (frozen->roles[i] == role && frozen->is_stock[i])
            names[n++] = spaced_name(arena, frozen->names[i]);
    if (!n)
        return "";
    return arena_format(arena, say(telling, dutch, english),
                        list_in_words(arena, names, n, telling->language));
}

static const char *tell_kinks(const struct telling *telling)
{
    struct arena *arena = telling->tip->arena;
    const char *text = "";
    for (size_t i = 0; i < telling->set->count; i++) {
        const struct rest_point *point = &telling->set->items[i];
        if (point->n_kinks && point->kink)
            text = arena_format(arena,
                                say(telling, "%s Rustpunt %d ligt op een knik van '%s'.",
                                    "%s Rest point %d lies on a bend of '%s'."),
                                text, (int)i + 1, point->kink);
    }
    return text;
}

static const char *tell_time(const struct telling *telling)
{
    const struct frozen *frozen = telling->set->frozen;
    const char *text = "";
    if (frozen->moves_with_time)
        text = arena_format(telling->tip->arena,
                            say(telling,
                                " De vergelijkingen hangen van de tijd zelf af; die staat "
                                "hier stil op %.10g.",
                                " The equations depend on time itself, which stands still here at "
                                "%.10g."),
                            frozen->time);
    if (frozen->lowered->draws.count)
        text = arena_format(telling->tip->arena, "%s%s", text,
                            say(telling, " Toeval staat stil op zijn midden.",
                                " Noise stands still at its middle."));
    if (frozen->has_memory)
        text = arena_format(telling->tip->arena, "%s%s", text,
                            say(telling,
                                " Door DELAY of PREVIOUS volgt stabiliteit niet uit eigenwaarden, "
                                "maar uit waar runs eindigen.",
                                " With DELAY or PREVIOUS stability does not follow from "
                                "eigenvalues, but from where runs end."));
    return text;
}

static const char *tell(struct telling *telling, enum language language)
{
    telling->language = language;
    telling->in_dutch = language == LANGUAGE_NL;
    const char *grows =
        tell_role(telling, FROZEN_GROWS, " Buiten beschouwing, want ze tellen alleen op: %s.",
                  " Left out, as they only add up: %s.");
    const char *held = tell_role(telling, FROZEN_HELD,
                                 " Vastgehouden op de beginwaarde, want ze blijven groeien: %s.",
                                 " Held at their starting values, as they keep growing: %s.");
    return arena_format(telling->tip->arena, "%s%s%s%s%s%s", tell_points(telling),
                        tell_meaning(telling), grows, held, tell_kinks(telling),
                        tell_time(telling));
}

static bool ask(struct tip *tip, struct diag *diag)
{
    for (int i = 0; i < tip->n_cases; i++) {
        struct tip_case *tip_case = &tip->cases[i];
        const struct rest_set *set = tip_rest_points(tip, tip_case, diag);
        if (!set)
            return false;
        const struct tip_question *question = &tip_question_equilibria;
        add_rows(tip, tip_case, set);
        tip_answer(tip, tip_case, question, "count", (double)set->count, NAN, NAN, "1");
        tip_answer(tip, tip_case, question, "stable", count_stability(set, REST_STABLE), NAN, NAN,
                   "1");
        struct telling telling = {
            .tip = tip, .tip_case = tip_case, .set = set, .headline = headline_of(tip_case, set)};
        const char *dutch = tell(&telling, LANGUAGE_NL), *english = tell(&telling, LANGUAGE_EN);
        tip_say(tip, tip_case, question, dutch, english);
    }
    return true;
}
