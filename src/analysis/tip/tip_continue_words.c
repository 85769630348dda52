// Stage: analysis. A continuation -> a few sentences: where two states are possible, which of them
// vanishes where, where swings begin, and what is not known.
#include "analysis/tip/tip_continue.h"

#include "result/wording.h"

#include <math.h>
#include <string.h>

// What is told, and in which language.
struct telling {
    struct arena *arena;
    const struct tip_continuation *following;
    enum language language;
    bool in_dutch;
};

static const char *say(const struct telling *telling, const char *dutch, const char *english)
{
    return telling->in_dutch ? dutch : english;
}

static const char *parameter_value(const struct telling *telling, double value)
{
    const struct branch_set *set = telling->following->set;
    bool is_zero = fabs(value) < 1e-7 * (set->high - set->low);
    return amount_in_words(telling->arena, telling->following->variable, is_zero ? 0 : value,
                           telling->language);
}

static const char *rest_value(const struct telling *telling, const struct rest_point *point)
{
    const struct headline *headline = &telling->following->headline;
    return amount_in_words(telling->arena, headline->variable, headline_value(headline, point),
                           telling->language);
}

// Whether a rest point vanishes at an event.
static bool vanishes_at(const struct branch_event *event)
{
    return event->kind == EVENT_FOLD || event->kind == EVENT_END;
}

// The event at a value of the parameter where a rest point vanishes; NULL where there is none: at
// the end of the range, or where branches cross.
static const struct branch_event *fold_at(const struct tip_continuation *following, double value)
{
    const struct branch_set *set = following->set;
    for (size_t i = 0; i < set->events.count; i++)
        if (set->events.items[i].value == value && vanishes_at(&set->events.items[i]))
            return &set->events.items[i];
    return NULL;
}

static bool has_fold(const struct tip_continuation *following)
{
    for (size_t i = 0; i < following->set->events.count; i++)
        if (following->set->events.items[i].kind == EVENT_FOLD)
            return true;
    return false;
}

// Room beside an event in which nothing else happens; `side` -1: below it, 1: above it.
static double room_beside(const struct branch_set *set, double value, int side)
{
    double room = 1e-3 * (set->high - set->low);
    for (size_t i = 0; i < set->events.count; i++) {
        double gap = side * (set->events.items[i].value - value);
        if (gap > 1e-9 * (set->high - set->low))
            room = fmin(room, gap / 2);
    }
    return room;
}

enum { MAX_STATES = 16 };

// The values [MAX_STATES] of the stable states at a value of the parameter; returns their number.
static int list_stable(const struct telling *telling, double value, double *values)
{
    const struct branch_set *set = telling->following->set;
    const struct headline *headline = &telling->following->headline;
    int n = 0;
    for (size_t b = 0; b < set->branches.count; b++)
        for (size_t i = 0; i + 1 < set->branches.items[b].count && n < MAX_STATES; i++) {
            const struct branch_point *one = &set->branches.items[b].items[i], *other = one + 1;
            double share = (value - one->value) / (other->value - one->value);
            const struct branch_point *near = share < 0.5 ? one : other;
            if ((one->value <= value) != (other->value <= value) &&
                near->rest.stability == REST_STABLE)
                values[n++] = (1 - share) * headline_value(headline, &one->rest) +
                              share * headline_value(headline, &other->rest);
        }
    return n;
}

// Which of the stable states vanishes at an event that lies on `side` of them.
enum vanishing { LOW_VANISHES, HIGH_VANISHES, ONE_OF_MANY_VANISHES };

static enum vanishing which_vanishes(const struct telling *telling,
                                     const struct branch_event *event, int side)
{
    double values[MAX_STATES];
    double inside = event->value - side * room_beside(telling->following->set, event->value, -side);
    double at = headline_value(&telling->following->headline, &event->rest);
    if (list_stable(telling, inside, values) != 2)
        return ONE_OF_MANY_VANISHES;
    bool is_first = fabs(values[0] - at) < fabs(values[1] - at);
    return values[!is_first] < values[is_first] ? LOW_VANISHES : HIGH_VANISHES;
}

// One of more than two states vanishes above or below.
static const char *tell_one_of_many(const struct telling *telling, const char *dutch,
                                    const char *english, const struct branch_event *event)
{
    return event ? arena_format(telling->arena, say(telling, dutch, english),
                                parameter_value(telling, event->value),
                                rest_value(telling, &event->rest))
                 : "";
}

// Which of two states vanishes above, which below, and what that means.
static const char *tell_folds(const struct telling *telling, const char *text,
                              const struct branch_event *below, const struct branch_event *above)
{
    struct arena *arena = telling->arena;
    const char *low = parameter_value(telling, telling->following->low);
    const char *high = parameter_value(telling, telling->following->high);
    const struct branch_event *event = above ? above : below;
    enum vanishing vanishing = which_vanishes(telling, event, above ? 1 : -1);
    if (vanishing == ONE_OF_MANY_VANISHES)
        return arena_format(arena, "%s%s%s.", text,
                            tell_one_of_many(telling, "; boven %s verdwijnt er een (bij %s)",
                                             "; above %s one vanishes (at %s)", above),
                            tell_one_of_many(telling, "; onder %s verdwijnt er een (bij %s)",
                                             "; below %s one vanishes (at %s)", below));
    const char *names[] = {say(telling, "lage", "low"), say(telling, "hoge", "high")};
    const char *gone = names[vanishing == HIGH_VANISHES], *other = names[vanishing == LOW_VANISHES];
    if (above && below && which_vanishes(telling, below, -1) == vanishing)
        return arena_format(arena,
                            say(telling, "%s. Boven %s en onder %s verdwijnt de %s.",
                                "%s. Above %s and below %s the %s one vanishes."),
                            text, high, low, gone);
    if (below && above)
        return arena_format(
            arena,
            say(telling,
                "%s: een hysterese van %s breed. Boven %s verdwijnt de %s (bij %s), pas onder %s "
                "verdwijnt de %s (bij %s).",
                "%s: a hysteresis %s wide. Above %s the %s one vanishes (at %s), only below %s "
                "does the %s one (at %s)."),
            text, parameter_value(telling, telling->following->high - telling->following->low),
            high, gone, rest_value(telling, &above->rest), low, other,
            rest_value(telling, &below->rest));
    return arena_format(
        arena,
        above ? say(telling,
                    "%s. Boven %s verdwijnt de %s (bij %s); terug naar %s brengt die niet terug: "
                    "de %s blijft bestaan.",
                    "%s. Above %s the %s one vanishes (at %s); going back to %s does not bring it "
                    "back: the %s one remains.")
              : say(telling,
                    "%s. Onder %s verdwijnt de %s (bij %s); terug naar %s brengt die niet terug: "
                    "de %s blijft bestaan.",
                    "%s. Below %s the %s one vanishes (at %s); going back to %s does not bring it "
                    "back: the %s one remains."),
        text, above ? high : low, gone, rest_value(telling, &event->rest), above ? low : high,
        other);
}

static const char *tell_bistable(const struct telling *telling)
{
    const struct tip_continuation *following = telling->following;
    struct arena *arena = telling->arena;
    const struct branch_event *below = fold_at(following, following->low);
    const struct branch_event *above = fold_at(following, following->high);
    const char *name =
        variable_in_words(arena, following->variable, following->cell, telling->language);
    const char *text = arena_format(
        arena,
        say(telling, "Bij %s van %s tot %s zijn er twee stabiele toestanden",
            "With %s from %s to %s there are two stable states"),
        name, parameter_value(telling, following->low), parameter_value(telling, following->high));
    if (below || above)
        return tell_folds(telling, text, below, above);
    bool is_everywhere =
        following->low == following->set->low && following->high == following->set->high;
    return arena_format(arena, "%s%s", text,
                        is_everywhere && !has_fold(following)
                            ? say(telling, ", over het hele bereik: dit alleen kantelt niet.",
                                  ", over the whole range: this alone does not tip.")
                            : ".");
}

// Whether a branch ends within the range for such a reason.
static const struct branch_ending *ending_of(const struct branch_set *set,
                                             enum branch_ending_kind kind)
{
    for (size_t i = 0; i < set->branches.count; i++)
        for (int side = 0; side < 2; side++)
            if (set->branches.items[i].ends[side].kind == kind)
                return &set->branches.items[i].ends[side];
    return NULL;
}

// Whether something is left open, so that what was not found may be there all the same.
static bool is_open(const struct branch_set *set)
{
    return ending_of(set, ENDS_LOST) || ending_of(set, ENDS_AT_GAP) || set->has_gap ||
           set->has_untraced || set->is_capped;
}

// How many stable states there are just below an event (`side` -1) or just above it (1).
static int count_beside(const struct branch_set *set, double value, int side)
{
    return continuation_count_stable(set, value + side * room_beside(set, value, side));
}

// Where the only stable state vanishes.
static const char *tell_last(const struct telling *telling)
{
    const struct branch_set *set = telling->following->set;
    const char *text = "";
    for (size_t i = 0; i < set->events.count; i++) {
        const struct branch_event *event = &set->events.items[i];
        bool is_near_end = event->value <= set->low || event->value >= set->high;
        if (!vanishes_at(event) || is_near_end || !telling->following->headline.variable)
            continue;
        int below = count_beside(set, event->value, -1), above = count_beside(set, event->value, 1);
        if ((below == 0) != (above == 0))
            text = arena_format(
                telling->arena,
                above
                    ? say(telling,
                          "%s Onder %s is er geen stabiele toestand: hij verdwijnt daar (bij %s).",
                          "%s Below %s there is no stable state: it vanishes there (at %s).")
                    : say(telling,
                          "%s Boven %s is er geen stabiele toestand: hij verdwijnt daar (bij %s).",
                          "%s Above %s there is no stable state: it vanishes there (at %s)."),
                text, parameter_value(telling, event->value), rest_value(telling, &event->rest));
    }
    return text;
}

// Whether rest points move with the parameter at all.
static bool anything_moves(const struct branch_set *set)
{
    for (size_t b = 0; b < set->branches.count; b++) {
        const struct branch *branch = &set->branches.items[b];
        for (size_t i = 1; i < branch->count; i++)
            for (int k = 0; k < set->frozen->m; k++)
                if (fabs(branch->items[i].rest.z[k] - branch->items[0].rest.z[k]) >
                    1e-9 * fmax(1, set->scale[k]))
                    return true;
    }
    return false;
}

static bool has_stability(const struct branch_set *set, enum rest_stability stability)
{
    for (size_t b = 0; b < set->branches.count; b++)
        for (size_t i = 0; i < set->branches.items[b].count; i++)
            if (set->branches.items[b].items[i].rest.stability == stability)
                return true;
    return false;
}

// Why there are nowhere two stable states, or what follows from it.
static const char *tell_why_single(const struct telling *telling)
{
    const struct tip_continuation *following = telling->following;
    const struct branch_set *set = following->set;
    bool has_stable = has_stability(set, REST_STABLE);
    if (!has_stable && has_stability(set, REST_MARGINAL))
        return say(telling,
                   ", en ook niet één: de rustpunten zijn onbeslist (een eigenwaarde is 0)",
                   ", and not even one: the rest points are undecided (an eigenvalue is 0)");
    if (!has_stable)
        return say(telling, ", en ook niet één: alle rustpunten zijn instabiel",
                   ", and not even one: all rest points are unstable");
    if (has_fold(following))
        return say(telling, ", al keert een tak wel om", ", though a branch does fold");
    if (set->folds.count)
        return arena_format(telling->arena,
                            say(telling, " en keert geen tak om met %s zoals nu",
                                " and no branch folds with %s as it is"),
                            variable_in_words(telling->arena, following->second,
                                              following->second_cell, telling->language));
    if (set->has_untraced)
        return say(telling,
                   "; iets wat kantelt is niet gevonden, maar een kleiner bereik toont misschien "
                   "meer",
                   "; nothing that tips was found, but a narrower range may show more");
    if (is_open(set))
        return say(telling, "; iets wat kantelt is niet gevonden", "; nothing that tips was found");
    return say(telling, " en keert geen tak om: er is niets om te kantelen",
               " and no branch folds: there is nothing to tip");
}

// No two stable states anywhere.
static const char *tell_single(const struct telling *telling)
{
    const struct tip_continuation *following = telling->following;
    const struct branch_set *set = following->set;
    struct arena *arena = telling->arena;
    const char *name =
        variable_in_words(arena, following->variable, following->cell, telling->language);
    const char *range =
        arena_format(arena, say(telling, "Bij %s van %s tot %s", "With %s from %s to %s"), name,
                     parameter_value(telling, set->low), parameter_value(telling, set->high));
    if (!set->branches.count)
        return arena_format(arena, "%s %s", range,
                            set->has_gap ? say(telling, "zijn er geen rustpunten te volgen.",
                                               "there are no rest points to follow.")
                                         : say(telling, "zijn er geen rustpunten gevonden.",
                                               "no rest points were found."));
    if (set->frozen->has_memory && has_stability(set, REST_UNKNOWN))
        return arena_format(
            arena,
            say(telling,
                "%s zijn rustpunten gevolgd, maar welke stabiel zijn is niet bekend: het model "
                "onthoudt iets met DELAY of PREVIOUS.",
                "%s rest points were followed, but which of them are stable is not known: the "
                "model remembers something with DELAY or PREVIOUS."),
            range);
    return arena_format(arena, "%s %s%s.%s", range,
                        is_open(set)
                            ? say(telling, "konden nergens twee stabiele toestanden worden gevolgd",
                                  "nowhere could two stable states be followed")
                            : say(telling, "zijn er nergens twee stabiele toestanden",
                                  "there are nowhere two stable states"),
                        tell_why_single(telling), tell_last(telling));
}

// The values of the events of a kind, each once.
static const char *tell_events(const struct telling *telling, enum branch_event_kind kind,
                               const char *dutch, const char *english)
{
    const struct branch_set *set = telling->following->set;
    enum { MOST = 6 };
    const char *values[MOST];
    int n = 0;
    for (size_t i = 0; i < set->events.count && n < MOST; i++) {
        const char *value = parameter_value(telling, set->events.items[i].value);
        bool is_new = set->events.items[i].kind == kind;
        for (int k = 0; k < n && is_new; k++)
            is_new = strcmp(values[k], value) != 0;
        if (is_new)
            values[n++] = value;
    }
    if (!n)
        return "";
    return arena_format(telling->arena, say(telling, dutch, english),
                        list_in_words(telling->arena, values, n, telling->language));
}

static const char *tell_ending(const struct telling *telling, enum branch_ending_kind kind,
                               const char *dutch, const char *english)
{
    const struct branch_ending *ending = ending_of(telling->following->set, kind);
    return ending ? arena_format(telling->arena, say(telling, dutch, english),
                                 parameter_value(telling, ending->value))
                  : "";
}

// Where a stock reaches its least, unless branches cross there.
static const char *tell_bound(const struct telling *telling)
{
    const struct branch_set *set = telling->following->set;
    const struct branch_ending *ending = ending_of(set, ENDS_AT_BOUND);
    for (size_t i = 0; i < set->events.count && ending; i++)
        if (fabs(set->events.items[i].value - ending->value) < 1e-4 * (set->high - set->low))
            ending = NULL;
    return ending
               ? arena_format(telling->arena,
                              say(telling,
                                  " Een tak eindigt bij %s: een voorraad zou er onder nul komen.",
                                  " A branch ends at %s: a stock would fall below zero there."),
                              parameter_value(telling, ending->value))
               : "";
}

// Branches that end within the range, and what was left out.
static const char *tell_open(const struct telling *telling)
{
    const struct branch_set *set = telling->following->set;
    return arena_format(
        telling->arena, "%s%s%s%s%s%s", tell_bound(telling),
        tell_ending(telling, ENDS_LOST, " Een tak kon voorbij %s niet gevolgd worden.",
                    " A branch could not be followed beyond %s."),
        tell_ending(telling, ENDS_AT_GAP,
                    " Een tak eindigt bij %s: verder hebben de vergelijkingen geen waarde.",
                    " A branch ends at %s: beyond it the equations have no value."),
        tell_ending(telling, ENDS_FAR, " Een tak loopt bij %s onbegrensd weg.",
                    " A branch runs off without bound at %s."),
        set->has_gap ? say(telling,
                           " Een toestand waarin iets 0 is, is niet gevolgd: de vergelijkingen "
                           "delen daar door 0.",
                           " A state in which something is 0 was not followed: the equations "
                           "divide by 0 there.")
                     : "",
        set->is_capped ? say(telling, " Er zijn meer takken dan er gevolgd zijn.",
                             " There are more branches than were followed.")
                       : "");
}

// The points of a kind on curves over two parameters.
static const char *tell_points(const struct telling *telling, enum plane_kind kind,
                               const char *dutch, const char *english)
{
    const struct tip_continuation *following = telling->following;
    const struct branch_set *set = following->set;
    struct arena *arena = telling->arena;
    enum { MOST = 4 };
    const char *places[MOST];
    int n = 0;
    for (size_t i = 0; i < set->folds.count && n < MOST; i++) {
        const struct plane_point *point = &set->folds.items[i];
        if (point->kind != kind)
            continue;
        const char *place = arena_format(
            arena, "(%s %s, %s %s)",
            variable_in_words(arena, following->variable, following->cell, telling->language),
            parameter_value(telling, point->value),
            variable_in_words(arena, following->second, following->second_cell, telling->language),
            amount_in_words(arena, following->second, point->second, telling->language));
        bool is_new = true;
        for (int k = 0; k < n && is_new; k++)
            is_new = strcmp(places[k], place) != 0;
        if (is_new)
            places[n++] = place;
    }
    return n ? arena_format(arena, say(telling, dutch, english),
                            list_in_words(arena, places, n, telling->language))
             : "";
}

// What was found over two parameters.
static const char *tell_plane(const struct telling *telling)
{
    const struct tip_continuation *following = telling->following;
    const struct branch_set *set = following->set;
    if (!following->second)
        return "";
    const char *none = set->folds.count
                           ? ""
                           : say(telling,
                                 " Over beide parameters samen is geen kromme van keerpunten "
                                 "gevonden.",
                                 " Over both parameters together no curve of folds was found.");
    return arena_format(
        telling->arena, "%s%s%s%s", none,
        tell_points(telling, PLANE_CUSP,
                    " Twee keerpunten komen samen bij %s: voorbij die spits kantelt er niets meer.",
                    " Two folds meet at %s: beyond that cusp nothing tips any more."),
        tell_points(telling, PLANE_BOGDANOV_TAKENS,
                    " Keerpunt en schommelingen komen samen bij %s (Bogdanov-Takens).",
                    " Fold and swings meet at %s (Bogdanov-Takens)."),
        set->n_not_followed ? say(telling, " Een keerpunt op een knik is niet over beide gevolgd.",
                                  " A fold at a corner was not followed over both.")
                            : "");
}

const char *continuation_in_words(struct tip *tip, const struct tip_continuation *following,
                                  enum language language)
{
    const struct telling telling = {tip->arena, following, language, language == LANGUAGE_NL};
    const struct branch_set *set = following->set;
    bool is_double = following->headline.variable && !isnan(following->low);
    const char *states = is_double ? tell_bistable(&telling) : tell_single(&telling);
    bool is_told = fold_at(following, following->low) || fold_at(following, following->high);
    const char *folds = is_told ? ""
                                : tell_events(&telling, EVENT_FOLD, " Een tak keert om bij %s.",
                                              " A branch folds at %s.");
    const char *still = set->branches.count && !set->events.count && !anything_moves(set)
                            ? say(&telling, " De rustpunten hangen er niet van af.",
                                  " The rest points do not depend on it.")
                            : "";
    return arena_format(
        tip->arena, "%s%s%s%s%s%s%s%s%s", states, still, folds,
        tell_events(&telling, EVENT_END,
                    " Een tak eindigt bij %s, waar de vergelijkingen springen.",
                    " A branch ends at %s, where the equations jump."),
        tell_open(&telling),
        tell_events(&telling, EVENT_HOPF, " Schommelingen beginnen of eindigen bij %s.",
                    " Swings begin or end at %s."),
        tell_events(&telling, EVENT_CROSS, " Takken kruisen elkaar bij %s.",
                    " Branches cross at %s."),
        tell_events(&telling, EVENT_KINK, " Stabiliteit verspringt op een knik bij %s.",
                    " Stability jumps at a bend at %s."),
        tell_plane(&telling));
}
