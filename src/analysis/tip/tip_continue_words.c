// Stage: analysis. A continuation -> a few sentences: where two states are possible, which of them
// vanishes where, and where swings begin.
#include "analysis/tip/tip_continue.h"

#include "result/wording.h"

#include <math.h>

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
    return amount_in_words(telling->arena, telling->following->variable, value, telling->language);
}

static const char *rest_value(const struct telling *telling, const struct rest_point *point)
{
    const struct headline *headline = &telling->following->headline;
    return amount_in_words(telling->arena, headline->variable, headline_value(headline, point),
                           telling->language);
}

// The fold at a value of the parameter; NULL where it is none but the end of the range.
static const struct branch_event *fold_at(const struct tip_continuation *following, double value)
{
    const struct branch_set *set = following->set;
    for (size_t i = 0; i < set->events.count; i++)
        if (set->events.items[i].value == value && set->events.items[i].kind == EVENT_FOLD)
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

// Which of the two states vanishes at the upper fold.
static bool low_vanishes_above(const struct telling *telling, const struct branch_event *below,
                               const struct branch_event *above)
{
    const struct headline *headline = &telling->following->headline;
    if (below && above)
        return headline_value(headline, &above->rest) < headline_value(headline, &below->rest);
    const struct branch_set *set = telling->following->set;
    const struct branch_event *fold = above ? above : below;
    double at = headline_value(headline, &fold->rest), most = -INFINITY;
    for (size_t b = 0; b < set->branches.count; b++)
        for (size_t i = 0; i < set->branches.items[b].count; i++)
            if (set->branches.items[b].items[i].rest.stability == REST_STABLE)
                most = fmax(most, headline_value(headline, &set->branches.items[b].items[i].rest));
    bool is_low = at < most - 0.25 * fabs(most - at);
    return above ? is_low : !is_low;
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
    bool is_everywhere =
        following->low == following->set->low && following->high == following->set->high;
    if (!below && !above)
        return arena_format(arena, "%s%s", text,
                            is_everywhere && !has_fold(following)
                                ? say(telling, ", over het hele bereik: dit alleen kantelt niet.",
                                      ", over the whole range: this alone does not tip.")
                                : ".");
    bool is_low = low_vanishes_above(telling, below, above);
    const char *first = is_low ? say(telling, "lage", "low") : say(telling, "hoge", "high");
    const char *other = is_low ? say(telling, "hoge", "high") : say(telling, "lage", "low");
    if (below && above)
        return arena_format(
            arena,
            say(telling,
                "%s: een hysterese van %s breed. Boven %s verdwijnt de %s (bij %s), pas onder %s "
                "verdwijnt de %s (bij %s).",
                "%s: a hysteresis %s wide. Above %s the %s one vanishes (at %s), only below %s "
                "does "
                "the %s one (at %s)."),
            text, parameter_value(telling, following->high - following->low),
            parameter_value(telling, following->high), first, rest_value(telling, &above->rest),
            parameter_value(telling, following->low), other, rest_value(telling, &below->rest));
    if (above)
        return arena_format(
            arena,
            say(telling,
                "%s. Boven %s verdwijnt de %s (bij %s); terug naar %s brengt die niet terug: de %s "
                "blijft bestaan.",
                "%s. Above %s the %s one vanishes (at %s); going back to %s does not bring it "
                "back: "
                "the %s one remains."),
            text, parameter_value(telling, following->high), first,
            rest_value(telling, &above->rest), parameter_value(telling, following->low), other);
    return arena_format(
        arena,
        say(telling,
            "%s. Onder %s verdwijnt de %s (bij %s); terug naar %s brengt die niet terug: de %s "
            "blijft "
            "bestaan.",
            "%s. Below %s the %s one vanishes (at %s); going back to %s does not bring it back: "
            "the "
            "%s one remains."),
        text, parameter_value(telling, following->low), other, rest_value(telling, &below->rest),
        parameter_value(telling, following->high), first);
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
        return arena_format(
            arena,
            say(telling, "%s zijn er geen rustpunten gevonden.", "%s no rest points were found."),
            range);
    return arena_format(arena,
                        say(telling, "%s zijn er nergens twee stabiele toestanden%s.",
                            "%s there are nowhere two stable states%s."),
                        range,
                        has_fold(following) ? say(telling, ", al keert een tak wel om",
                                                  ", though a branch does fold")
                        : ending_of(set, ENDS_LOST)
                            ? ""
                            : say(telling, " en keert geen tak om: er is niets om te kantelen",
                                  " and no branch folds: there is nothing to tip"));
}

static const char *tell_events(const struct telling *telling, enum branch_event_kind kind,
                               const char *dutch, const char *english)
{
    const struct branch_set *set = telling->following->set;
    enum { MOST = 6 };
    const char *values[MOST];
    int n = 0;
    for (size_t i = 0; i < set->events.count && n < MOST; i++)
        if (set->events.items[i].kind == kind)
            values[n++] = parameter_value(telling, set->events.items[i].value);
    if (!n)
        return "";
    return arena_format(telling->arena, say(telling, dutch, english),
                        list_in_words(telling->arena, values, n, telling->language));
}

// Branches that end within the range, near which it is not known what happens.
static const char *tell_lost(const struct telling *telling)
{
    const struct branch_set *set = telling->following->set;
    const struct branch_ending *ending = ending_of(set, ENDS_LOST);
    if (ending)
        return arena_format(telling->arena,
                            say(telling, " Een tak kon voorbij %s niet gevolgd worden.",
                                " A branch could not be followed beyond %s."),
                            parameter_value(telling, ending->value));
    return "";
}

const char *continuation_in_words(struct tip *tip, const struct tip_continuation *following,
                                  enum language language)
{
    const struct telling telling = {tip->arena, following, language, language == LANGUAGE_NL};
    const char *states = following->headline.variable && !isnan(following->low)
                             ? tell_bistable(&telling)
                             : tell_single(&telling);
    bool is_told = fold_at(following, following->low) || fold_at(following, following->high);
    const char *folds = is_told ? ""
                                : tell_events(&telling, EVENT_FOLD, " Een tak keert om bij %s.",
                                              " A branch folds at %s.");
    return arena_format(
        tip->arena, "%s%s%s%s%s%s", states, folds, tell_lost(&telling),
        tell_events(&telling, EVENT_HOPF, " Schommelingen beginnen of eindigen bij %s.",
                    " Swings begin or end at %s."),
        tell_events(&telling, EVENT_CROSS, " Takken kruisen elkaar bij %s.",
                    " Branches cross at %s."),
        tell_events(&telling, EVENT_KINK, " Stabiliteit verspringt op een knik bij %s.",
                    " Stability jumps at a bend at %s."));
}
