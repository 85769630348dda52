// Stage: result. Numbers keep about three digits that count; large ones get a word for their scale.
#include "result/wording.h"

#include "base/array.h"

#include <math.h>
#include <string.h>

const char *unit_in_words(struct arena *arena, const char *unit, enum language language)
{
    static const struct {
        const char *unit;
        const char *words[N_LANGUAGES];
    } known[] = {
        {"person", {"personen", "people"}},
        {"people", {"personen", "people"}},
        {"firm", {"bedrijven", "firms"}},
        {"job", {"banen", "jobs"}},
        {"euro", {"euro", "euros"}},
        {"place", {"plaatsen", "places"}},
        {"course", {"cursussen", "courses"}},
        {"trainer", {"opleiders", "trainers"}},
        {"learner", {"cursisten", "learners"}},
        {"year", {"jaar", "years"}},
        {"month", {"maanden", "months"}},
        {"quarter", {"kwartalen", "quarters"}},
        {"week", {"weken", "weeks"}},
        {"day", {"dagen", "days"}},
        {"hour", {"uur", "hours"}},
        {"product", {"producten", "products"}},
    };
    static const struct {
        const char *unit;
        const char *words[N_LANGUAGES];
    } per[] = {{"year", {"per jaar", "a year"}},    {"person", {"per persoon", "a person"}},
               {"firm", {"per bedrijf", "a firm"}}, {"place", {"per plaats", "a place"}},
               {"job", {"per baan", "a job"}},      {"course", {"per cursus", "a course"}},
               {"month", {"per maand", "a month"}}, {"quarter", {"per kwartaal", "a quarter"}},
               {"week", {"per week", "a week"}},    {"day", {"per dag", "a day"}},
               {"hour", {"per uur", "an hour"}}};
    const char *slash = strrchr(unit, '/');
    if (strcmp(unit, "1") == 0)
        return "";
    for (size_t i = 0; slash && i < ARRAY_COUNT(per); i++)
        if (strcmp(slash + 1, per[i].unit) == 0) {
            const char *front = arena_copy_text(arena, unit, (size_t)(slash - unit));
            const char *counted = unit_in_words(arena, front, language);
            return arena_format(arena, "%s%s%s", counted, *counted ? " " : "",
                                per[i].words[language]);
        }
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (strcmp(unit, known[i].unit) == 0)
            return known[i].words[language];
    return unit;
}

// Dutch writes a decimal comma.
static const char *with_point_of(char *text, enum language language)
{
    for (char *at = text; *at && language == LANGUAGE_NL; at++)
        if (*at == '.')
            *at = ',';
    return text;
}

struct scale {
    double size;
    const char *words[N_LANGUAGES];
};

static const struct scale scales[] = {{1e9, {" miljard", " billion"}},
                                      {1e6, {" miljoen", " million"}},
                                      {1e3, {" duizend", " thousand"}},
                                      {1, {"", ""}}};

static const struct scale *scale_of(double value)
{
    size_t k = 0;
    while (k + 1 < ARRAY_COUNT(scales) && fabs(value) < 0.9995 * scales[k].size)
        k++;
    return &scales[k];
}

static int decimals_of(double value)
{
    double size = fabs(value);
    if (size == 0 || fabs(value - nearbyint(value)) < 0.005 * size)
        return 0;
    return size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
}

const char *value_in_words(struct arena *arena, double value, const char *unit, bool in_percent,
                           enum language language)
{
    if (isnan(value))
        return "-";
    if (in_percent) {
        double percent = 100 * value;
        int decimals = fabs(percent) >= 10 || fabs(percent) < 0.05 ? 0
                       : decimals_of(percent)                      ? 1
                                                                   : 0;
        return with_point_of(arena_format(arena, "%.*f%%", decimals, percent), language);
    }
    if (strcmp(unit, "euro") == 0)
        return money_in_words(arena, value, language);
    bool is_date = strcmp(unit, "year") == 0 && value > 1500 && value < 3000;
    const struct scale *scale = fabs(value) < 1e4 ? scale_of(1) : scale_of(value);
    const char *words = is_date ? "" : unit_in_words(arena, unit, language);
    double shown = value / scale->size;
    bool is_plain = shown == 0 || (fabs(shown) >= 1e-6 && fabs(shown) < 1e7);
    char *number = is_plain ? arena_format(arena, "%.*f", is_date ? 1 : decimals_of(shown), shown)
                            : arena_format(arena, "%.2g", shown);
    return arena_format(arena, "%s%s%s%s", with_point_of(number, language), scale->words[language],
                        *words ? " " : "", words);
}

const char *money_in_words(struct arena *arena, double money, enum language language)
{
    const struct scale *scale = scale_of(money);
    double shown = money / scale->size;
    char *number =
        arena_format(arena, "%.*f", fabs(shown) < 9.95 && decimals_of(shown) ? 1 : 0, shown);
    return arena_format(arena, language == LANGUAGE_NL ? "€ %s%s" : "€%s%s",
                        with_point_of(number, language), scale->words[language]);
}

const char *spaced_name(struct arena *arena, const char *name)
{
    char *copy = arena_copy_string(arena, name);
    for (char *at = copy; *at; at++)
        if (*at == '_')
            *at = ' ';
    return copy;
}

const char *element_in_words(struct arena *arena, const struct dimension *dimension, int element,
                             enum language language)
{
    const struct element *one = &dimension->elements[element];
    if (!one->name)
        return arena_format(arena, "%d", element + 1);
    return localized_text(&one->title, language, spaced_name(arena, one->name));
}

// "construction, young" for the subscripts `at` of a cell.
static const char *elements_in_words(struct arena *arena, const struct variable *variable,
                                     const char *at, enum language language)
{
    const char *titles = "";
    for (int d = 0; at && d < variable->n_dimensions; d++) {
        size_t length = strcspn(++at, ",]");
        const struct dimension *dimension = variable->dimensions[d];
        int element = dimension_find_element(dimension, name_key(arena, at, length));
        const char *title = element >= 0 ? element_in_words(arena, dimension, element, language)
                                         : arena_copy_text(arena, at, length);
        titles = arena_format(arena, "%s%s%s", titles, d ? ", " : "", title);
        at = at[length] ? at + length : NULL;
    }
    return titles;
}

const char *title_in_words(struct arena *arena, const struct variable *variable, const char *name,
                           enum language language)
{
    const char *title =
        localized_text(&variable->title, language, spaced_name(arena, variable->name));
    const char *at = strchr(name, '[');
    if (!variable->n_dimensions || !at)
        return title;
    return arena_format(arena, "%s (%s)", title, elements_in_words(arena, variable, at, language));
}

const char *title_in_sentence(struct arena *arena, const char *title)
{
    char *copy = arena_copy_string(arena, title);
    if (copy[0] >= 'A' && copy[0] <= 'Z' && copy[1] >= 'a' && copy[1] <= 'z')
        copy[0] = (char)(copy[0] - 'A' + 'a');
    return copy;
}

bool is_shown_in_percent(const char *unit, double low, double high)
{
    return strcmp(unit, "1") == 0 && low >= -1e-9 && high <= 1.5;
}

const char *bytes_in_words(struct arena *arena, double bytes)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    for (; bytes >= 999.5 && unit + 1 < ARRAY_COUNT(units); bytes /= 1000)
        unit++;
    return arena_format(arena, bytes < 9.95 && unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}
