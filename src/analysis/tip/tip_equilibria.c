// Stage: analysis. The question `equilibria`: which rest points are there, and which are stable.
#include "analysis/tip/swing.h"
#include "analysis/tip/tip_words.h"

#include "base/array.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

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
    struct swing swing; // of runs that swing
    bool has_swing;     // it is set
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

// "stable at 0.1 and 0.9 (2)" for the points of one stability, those that read the same told once;
// NULL where there are none.
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
    int counts[MOST + 1], n = 0, n_left = 0;
    for (size_t i = 0; i < telling->set->count; i++) {
        const struct rest_point *point = &telling->set->items[i];
        if (point->stability != stability)
            continue;
        const char *value =
            amount_in_words(arena, telling->headline.variable,
                            headline_value(&telling->headline, point), telling->language);
        bool is_new = n == 0 || strcmp(values[n - 1], value) != 0;
        n_left += is_new && n == MOST;
        if (is_new && n < MOST) {
            counts[n] = 0;
            values[n++] = value;
        }
        if (n_left == 0)
            counts[n - 1]++;
    }
    if (!n)
        return NULL;
    for (int i = 0; i < n; i++)
        if (counts[i] > 1)
            values[i] = arena_format(arena, say(telling, "%s (%d keer)", "%s (%d times)"),
                                     values[i], counts[i]);
    if (n_left)
        values[n++] = say(telling, "meer", "more");
    return arena_format(arena, say(telling, "%s bij %s", "%s at %s"),
                        names[stability][telling->language],
                        list_in_words(arena, values, n, telling->language));
}

// What is said where there are no rest points, or no end of them.
static const char *tell_no_points(const struct telling *telling, const char *condition)
{
    struct arena *arena = telling->tip->arena;
    const struct rest_set *set = telling->set;
    if (set->is_continuum)
        return arena_format(arena,
                            say(telling,
                                "%s liggen de rustpunten aaneengesloten: waar het model eindigt "
                                "hangt van het begin af, zonder kantelpunt; enkele zijn vermeld.",
                                "%s rest points lie side by side: where the model ends depends on "
                                "where it starts, without a tipping point; a few are listed."),
                            condition);
    if (!set->frozen->m)
        return arena_format(arena,
                            say(telling, "%s is er niets dat tot rust kan komen.",
                                "%s there is nothing that could come to rest."),
                            condition);
    return arena_format(
        arena, say(telling, "%s is er geen rustpunt gevonden.", "%s no rest point was found."),
        condition);
}

static const char *tell_points(const struct telling *telling)
{
    struct arena *arena = telling->tip->arena;
    const struct rest_set *set = telling->set;
    const char *condition = condition_in_words(telling->tip, telling->tip_case, telling->language);
    if (!set->count || set->is_continuum)
        return tell_no_points(telling, condition);
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
    const char *count = count_in_words(arena, (int)set->count, telling->language);
    if (set->is_full) // those nearest to the start are listed
        count = arena_format(arena, say(telling, "minstens %s", "at least %s"), count);
    return arena_format(
        arena,
        say(telling, "%s heeft het model %s %s (%s): %s.", "%s the model has %s %s (%s): %s."),
        condition, count, noun, of, list_in_words(arena, groups, n, telling->language));
}

static const char *time_in_words(const struct telling *telling, double time)
{
    const char *unit = telling->tip_case->source.model->time.unit;
    if (strcmp(unit, "year") == 0 && time > 1000) // not a date
        return arena_format(telling->tip->arena, "%.0f %s", time,
                            unit_in_words(telling->tip->arena, unit, telling->language));
    return value_in_words(telling->tip->arena, time, telling->tip_case->source.model->time.unit,
                          false, telling->language);
}

static const char *value_of(const struct telling *telling, double value)
{
    return amount_in_words(telling->tip->arena, telling->headline.variable, value,
                           telling->language);
}

// "between 0.4 and 3.8, every 7.2 years" for runs that swing.
static const char *tell_swing(const struct telling *telling)
{
    static const char *const texts[][N_LANGUAGES] = {
        [SWING_CYCLE] = {" blijft het schommelen tussen %s en %s, met een periode van %s.",
                         " it keeps swinging between %s and %s, with a period of %s."},
        [SWING_IRREGULAR] = {" blijft het onregelmatig schommelen, tussen %s en %s.",
                             " it keeps swinging irregularly, between %s and %s."},
        [SWING_DAMPED] = {" schommelt het na %4$s nog tussen %1$s en %2$s, steeds minder, met een "
                          "periode van %3$s.",
                          " it still swings between %1$s and %2$s after %4$s, ever less, with a "
                          "period of %3$s."},
        [SWING_WIDENING] = {" schommelt het steeds wilder, na %4$s tussen %1$s en %2$s, met een "
                            "periode van %3$s.",
                            " it swings ever more widely, after %4$s between %1$s and %2$s, with a "
                            "period of %3$s."},
        [SWING_NONE] = {" is het na %4$s nog in beweging, van %1$s naar %2$s in de laatste %5$s.",
                        " it still moves after %4$s, from %1$s to %2$s over the last %5$s."}};
    const struct swing *swing = &telling->swing;
    const struct rest_set *set = telling->set;
    struct arena *arena = telling->tip->arena;
    bool is_own = set->own.fate == FATE_SWINGS, is_still = swing->kind == SWING_NONE;
    double low = is_still ? swing->first : swing->low, high = is_still ? swing->last : swing->high;
    return arena_format(arena, "%s%s",
                        is_own ? say(telling, " Vanaf vandaag", " From today")
                               : say(telling, " Vanaf andere beginpunten", " From other starts"),
                        arena_format(arena, texts[swing->kind][telling->language],
                                     value_of(telling, low), value_of(telling, high),
                                     time_in_words(telling, swing->period),
                                     time_in_words(telling, set->swings.length + swing->length),
                                     time_in_words(telling, swing->length)));
}

// Where the model's own run goes, if not straight to rest.
static const char *tell_own(const struct telling *telling)
{
    const struct rest_set *set = telling->set;
    struct arena *arena = telling->tip->arena;
    if (set->own.fate == FATE_GROWS && telling->headline.variable)
        return say(telling, " Vanaf vandaag groeit het zonder grens.",
                   " From today it grows without bound.");
    if (set->own.fate != FATE_HEADS)
        return "";
    return arena_format(
        arena,
        say(telling, " Vanaf vandaag gaat het langzaam naar rustpunt %d: na %s is het er nog niet.",
            " From today it heads slowly for rest point %d: after %s it is not there yet."),
        set->own.point + 1, time_in_words(telling, set->own.length));
}

// What becomes of the runs that do not come to rest.
static const char *tell_fates(const struct telling *telling)
{
    const struct rest_set *set = telling->set;
    struct arena *arena = telling->tip->arena;
    const char *text = tell_own(telling);
    if (telling->has_swing)
        text = arena_format(arena, "%s%s", text, tell_swing(telling));
    bool has_growth = set->n_fates[FATE_GROWS] > 0 && set->own.fate != FATE_GROWS;
    if (has_growth)
        text = arena_format(arena, "%s%s", text,
                            say(telling, " Vanaf sommige beginpunten groeit het zonder grens.",
                                " From some starts it grows without bound."));
    if (set->n_fates[FATE_UNKNOWN] || (set->n_fates[FATE_SWINGS] && !telling->has_swing))
        text = arena_format(arena, "%s%s", text,
                            say(telling, " Sommige runs waren aan hun eind nog in beweging.",
                                " Some runs were still moving at their end."));
    return text;
}

// Whether every run ended at one of the stable points or was on its way there.
static bool all_settle(const struct rest_set *set)
{
    return !set->n_fates[FATE_SWINGS] && !set->n_fates[FATE_GROWS] && !set->n_fates[FATE_UNKNOWN];
}

// What follows for tipping.
static const char *tell_meaning(const struct telling *telling)
{
    const struct rest_set *set = telling->set;
    int n_stable = count_stability(set, REST_STABLE);
    if (set->is_continuum)
        return "";
    if (n_stable >= 2)
        return say(telling, " Er is dus iets om naartoe te kantelen.",
                   " So there is a state to tip into.");
    if (n_stable == 1 && all_settle(set))
        return say(telling,
                   " Een tweede stabiele toestand is niet gevonden: runs vanaf allerlei "
                   "beginpunten eindigen daar.",
                   " No second stable state was found: runs from all over the place end there.");
    if (n_stable == 1)
        return say(telling,
                   " Een tweede stabiele toestand is niet gevonden, maar niet alle runs komen in "
                   "de eerste tot rust.",
                   " No second stable state was found, but not all runs come to rest in the "
                   "first.");
    return "";
}

// Whether all cells of the stock that is unknown `i` have its role, and it is the first of them.
static bool leads_whole_array(const struct frozen *frozen, int i)
{
    const struct state *states = frozen->lowered->states.items;
    const struct variable *stock = states[i].variable;
    int n = 0;
    for (int k = 0; k < frozen->n_states; k++)
        n += states[k].variable == stock && frozen->roles[k] == frozen->roles[i];
    return stock->n_cells > 1 && n == stock->n_cells && states[i].cell == 0;
}

// Names the stocks with a role, arrays that have it altogether by their own name.
static const char *tell_role(const struct telling *telling, enum frozen_role role,
                             const char *dutch, const char *english)
{
    const struct frozen *frozen = telling->set->frozen;
    struct arena *arena = telling->tip->arena;
    const char **names = ARENA_NEW_ARRAY(arena, const char *, frozen->n_states);
    const struct variable *whole = NULL;
    int n = 0;
    for (int i = 0; i < frozen->n_states; i++) {
        const struct variable *stock = frozen->lowered->states.items[i].variable;
        if (frozen->roles[i] != role || !frozen->is_stock[i] || stock == whole)
            continue;
        bool is_whole = leads_whole_array(frozen, i);
        whole = is_whole ? stock : whole;
        names[n++] = spaced_name(arena, is_whole ? stock->name : frozen->names[i]);
    }
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
        if (point->is_jump)
            text = arena_format(arena,
                                say(telling,
                                    "%s In rustpunt %d springen de vergelijkingen: zij duwen er "
                                    "van weerskanten naartoe.",
                                    "%s At rest point %d the equations jump: they push towards it "
                                    "from both sides."),
                                text, (int)i + 1);
        else if (point->n_kinks && point->kink)
            text = arena_format(arena,
                                say(telling, "%s Rustpunt %d ligt op een knik van '%s'.",
                                    "%s Rest point %d lies on a bend of '%s'."),
                                text, (int)i + 1, point->kink);
    }
    return text;
}

// The stocks that have died out at a limit, the first few by name.
static const char *tell_dead(const struct telling *telling, const struct rest_point *point)
{
    enum { MOST = 6 };
    const struct frozen *frozen = telling->set->frozen;
    struct arena *arena = telling->tip->arena;
    const char *names[MOST + 1];
    int n = 0, n_left = 0;
    for (int i = 0; i < frozen->n_states; i++) {
        if (!frozen->is_stock[i] || frozen->roles[i] != FROZEN_FREE || point->unknowns[i] != 0)
            continue;
        const struct state *state = &frozen->lowered->states.items[i];
        if (n < MOST)
            names[n++] = variable_in_words(arena, state->variable, state->cell, telling->language);
        else
            n_left++;
    }
    if (n_left)
        names[n++] = n_left == 1
                         ? say(telling, "één andere", "one other")
                         : arena_format(arena, say(telling, "%d andere", "%d others"), n_left);
    return list_in_words(arena, names, n, telling->language);
}

// The numbers of the points that are limits, or of the others whose stability is by runs: "1 and
// 3", or how many where they are many.
static const char *list_by_runs(const struct telling *telling, bool is_limit, int *n, int *first)
{
    enum { MOST = 8 };
    const struct rest_set *set = telling->set;
    struct arena *arena = telling->tip->arena;
    const char *numbers[MOST];
    *n = 0;
    for (size_t i = 0; i < set->count && !set->is_continuum; i++)
        if (set->items[i].is_by_runs && set->items[i].is_limit == is_limit) {
            *first = *n ? *first : (int)i;
            if (*n < MOST)
                numbers[*n] = arena_format(arena, "%d", (int)i + 1);
            (*n)++;
        }
    const char *noun = *n == 1 ? say(telling, "rustpunt", "rest point")
                               : say(telling, "rustpunten", "rest points");
    if (*n > MOST)
        return arena_format(arena, "%d %s", *n, noun);
    return arena_format(arena, "%s %s", noun, list_in_words(arena, numbers, *n, telling->language));
}

// Points where something has died out.
static const char *tell_limits(const struct telling *telling)
{
    static const char *const ends[][N_LANGUAGES] = {
        [REST_STABLE] = {"die doven er uit", "they die out"},
        [REST_UNSTABLE] = {"die groeien ervan weg", "they grow away from it"},
        [REST_MARGINAL] = {"die laten het open", "they leave it open"}};
    struct arena *arena = telling->tip->arena;
    int n, first = 0;
    const char *numbers = list_by_runs(telling, true, &n, &first);
    if (n == 0)
        return "";
    if (n > 1)
        return arena_format(arena,
                            say(telling,
                                " In %s is iets uitgestorven: verhoudingen zijn daar "
                                "0/0, dus of zij aantrekken blijkt uit runs die er vlakbij "
                                "beginnen.",
                                " At %s something has died out: ratios are 0/0 there, "
                                "so whether they attract shows in runs that start near them."),
                            numbers);
    const struct rest_point *point = &telling->set->items[first];
    return arena_format(arena,
                        say(telling,
                            " In %s is niets over van %s: verhoudingen zijn daar 0/0, dus "
                            "of het aantrekt blijkt uit runs die er vlakbij beginnen, en %s.",
                            " At %s nothing is left of %s: ratios are 0/0 there, so "
                            "whether it attracts shows in runs that start near it, and %s."),
                        numbers, tell_dead(telling, point),
                        ends[point->stability][telling->language]);
}

// Points that runs approach or leave more slowly than any eigenvalue says.
static const char *tell_slow(const struct telling *telling)
{
    static const char *const ends[][N_LANGUAGES] = {
        [REST_STABLE] = {"komen steeds langzamer dichterbij", "come nearer, ever more slowly"},
        [REST_UNSTABLE] = {"gaan er aan minstens één kant vandaan",
                           "leave it on at least one side"},
        [REST_MARGINAL] = {"blijven waar zij zijn", "stay where they are"}};
    struct arena *arena = telling->tip->arena;
    int n, first = 0;
    const char *numbers = list_by_runs(telling, false, &n, &first);
    if (n == 0)
        return "";
    if (n > 1)
        return arena_format(
            arena,
            say(telling,
                " Van %s zeggen eigenwaarden niet of zij aantrekken; dat blijkt uit "
                "runs die er vlakbij beginnen.",
                " Of %s eigenvalues do not tell whether they attract: that shows in runs "
                "that start near them."),
            numbers);
    return arena_format(
        arena,
        say(telling,
            " Van %s zeggen eigenwaarden niet of het aantrekt: runs die er vlakbij "
            "beginnen %s.",
            " Of %s eigenvalues do not tell whether it attracts: runs that start near "
            "it %s."),
        numbers, ends[telling->set->items[first].stability][telling->language]);
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
    return arena_format(telling->tip->arena, "%s%s%s%s%s%s%s%s%s", tell_points(telling),
                        tell_meaning(telling), tell_fates(telling), tell_limits(telling),
                        tell_slow(telling), grows, held, tell_kinks(telling), tell_time(telling));
}

// Looks at how runs swing that do; false with errors.
static bool look_at_swings(struct telling *telling, struct diag *diag)
{
    struct headline *headline = &telling->headline;
    size_t n_errors = diag->n_errors;
    if (!telling->set->n_fates[FATE_SWINGS] || !headline->variable)
        return true;
    telling->has_swing = swing_look(telling->set, (struct variable *)headline->variable,
                                    headline->cell, &telling->swing, diag);
    if (telling->has_swing && telling->swing.kind == SWING_NONE)
        telling->has_swing = strcmp(value_of(telling, telling->swing.first),
                                    value_of(telling, telling->swing.last)) != 0;
    if (telling->has_swing && telling->swing.kind == SWING_CYCLE) {
        const char *unit = variable_unit_text(headline->variable);
        const struct tip_question *question = &tip_question_equilibria;
        tip_answer(telling->tip, telling->tip_case, question, "swing-low", telling->swing.low, NAN,
                   NAN, unit);
        tip_answer(telling->tip, telling->tip_case, question, "swing-high", telling->swing.high,
                   NAN, NAN, unit);
        tip_answer(telling->tip, telling->tip_case, question, "swing-period", telling->swing.period,
                   NAN, NAN, telling->tip_case->source.model->time.unit);
    }
    return diag->n_errors == n_errors;
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
        if (!look_at_swings(&telling, diag))
            return false;
        const char *dutch = tell(&telling, LANGUAGE_NL), *english = tell(&telling, LANGUAGE_EN);
        tip_say(tip, tip_case, question, dutch, english);
    }
    return true;
}
