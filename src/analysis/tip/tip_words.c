// Stage: analysis. Numbers and names of answers -> words.
#include "analysis/tip/tip_words.h"

#include "base/array.h"
#include "base/text.h"
#include "result/wording.h"

#include <math.h>
#include <string.h>

static const double NEARLY_WIDEST = 0.9; // a stock this wide of the widest will do: the first

const char *count_in_words(struct arena *arena, int n, enum language language)
{
    static const char *const words[][N_LANGUAGES] = {
        {"geen", "no"},      {"één", "one"},    {"twee", "two"}, {"drie", "three"},
        {"vier", "four"},    {"vijf", "five"},  {"zes", "six"},  {"zeven", "seven"},
        {"acht", "eight"},   {"negen", "nine"}, {"tien", "ten"}, {"elf", "eleven"},
        {"twaalf", "twelve"}};
    return n >= 0 && n < (int)ARRAY_COUNT(words) ? words[n][language]
                                                 : arena_format(arena, "%d", n);
}

const char *list_in_words(struct arena *arena, const char *const *items, int n,
                          enum language language)
{
    const char *list = n ? items[0] : "";
    for (int i = 1; i < n; i++) {
        const char *joint = i + 1 < n ? ", " : language == LANGUAGE_NL ? " en " : " and ";
        list = arena_format(arena, "%s%s%s", list, joint, items[i]);
    }
    return list;
}

const char *variable_in_words(struct arena *arena, const struct variable *variable, int cell,
                              enum language language)
{
    if (!localized_text(&variable->title, language, NULL)) // as the user spells it
        return spaced_name(arena, cell_name(arena, variable, cell));
    return title_in_sentence(
        arena, title_in_words(arena, variable, cell_name(arena, variable, cell), language));
}

const char *amount_in_words(struct arena *arena, const struct variable *variable, double value,
                            enum language language)
{
    return value_in_words(arena, value, variable->unit_text ? variable->unit_text : "1", false,
                          language);
}

const char *condition_in_words(const struct tip *tip, const struct tip_case *tip_case,
                               enum language language)
{
    double at = tip->options.at;
    if (!isnan(at))
        return arena_format(tip->arena,
                            language == LANGUAGE_NL ? "Met de invoer van tijdstip %.10g"
                                                    : "With inputs as they are at time %.10g",
                            at);
    if (tip_case->support_until)
        return language == LANGUAGE_NL ? "Zonder steun" : "With all support off";
    return language == LANGUAGE_NL ? "Met de invoer op zijn standaardwaarden"
                                   : "With inputs at their defaults";
}

struct headline headline_of(const struct tip_case *tip_case, const struct rest_set *set)
{
    const struct output *given = &tip_case->target.output;
    const struct frozen *frozen = set->frozen;
    bool is_watched = given->variable && frozen->n_watched &&
                      frozen->watched[0] == given->variable->first_cell + given->cell;
    if (is_watched)
        return (struct headline){given->variable, given->cell, -1};
    struct headline headline = {.unknown = -1};
    double widest = 0;
    for (int i = 0; i < frozen->n_states; i++)
        if (frozen->is_stock[i] && frozen->roles[i] == FROZEN_FREE)
            widest = fmax(widest, rest_spread(set, i));
    for (int i = 0; i < frozen->n_states; i++) {
        const struct state *state = &frozen->lowered->states.items[i];
        if (!frozen->is_stock[i] || frozen->roles[i] != FROZEN_FREE)
            continue;
        bool is_given = given->variable == state->variable && given->cell == state->cell;
        bool is_wide = !headline.variable && !(rest_spread(set, i) < NEARLY_WIDEST * widest);
        if (is_given || is_wide)
            headline = (struct headline){state->variable, state->cell, i};
        if (is_given)
            break;
    }
    return headline;
}

double headline_value(const struct headline *headline, const struct rest_point *point)
{
    return headline->unknown < 0 ? point->watched : point->unknowns[headline->unknown];
}
