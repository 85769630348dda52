// Stage: report. Three digits that count, the decimal comma and "miljoen euro" in Dutch, "€1.2
// million" in English. A table of formats, each with the line that documents it.
#include "report/brief/page_number.h"

#include "base/array.h"
#include "base/text.h"
#include "result/wording.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_dutch(enum language language)
{
    return language == LANGUAGE_NL;
}

// `value` with so many decimals, thousands apart, a true minus sign.
static const char *grouped(struct arena *arena, double value, int decimals, enum language language)
{
    char digits[64];
    snprintf(digits, sizeof digits, "%.*f", decimals, fabs(value));
    char *point = strchr(digits, '.');
    size_t whole = point ? (size_t)(point - digits) : strlen(digits);
    bool is_zero = strspn(digits, "0.") == strlen(digits);
    struct text text = {0};
    text_append(&text, value < 0 && !is_zero ? "\xe2\x88\x92" : "");
    for (size_t i = 0; i < whole; i++) {
        text_append_bytes(&text, &digits[i], 1);
        if (whole > 4 && i + 1 < whole && (whole - i - 1) % 3 == 0)
            text_append(&text, is_dutch(language) ? "." : ",");
    }
    if (point) {
        text_append(&text, is_dutch(language) ? "," : ".");
        text_append(&text, point + 1);
    }
    const char *copy = arena_copy_string(arena, text_string(&text));
    text_clear(&text);
    return copy;
}

// Decimals that leave three digits that count, fewer where the rest are zeros.
static int decimals_of(double value)
{
    double size = fabs(value);
    int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.0995 || size == 0 ? 2 : 3;
    while (decimals > 0 &&
           fabs(size * pow(10, decimals - 1) - nearbyint(size * pow(10, decimals - 1))) < 0.05)
        decimals--;
    return decimals;
}

// Three digits that count: 12345 is 12.300 in Dutch; a scale word from a million on.
static const char *rounded(struct arena *arena, double value, enum language language)
{
    static const struct {
        double size;
        const char *words[N_LANGUAGES];
    } scales[] = {{1e9, {"miljard", "billion"}}, {1e6, {"miljoen", "million"}}};
    if (fabs(value) >= 1e15) {
        int exponent = (int)floor(log10(fabs(value)));
        double digits = value / pow(10, exponent);
        return arena_format(arena, "%se%d", grouped(arena, digits, 2, language), exponent);
    }
    for (size_t i = 0; i < ARRAY_COUNT(scales); i++) {
        double shown = value / scales[i].size;
        if (fabs(shown) >= 0.9995)
            return arena_format(arena, "%s %s", grouped(arena, shown, decimals_of(shown), language),
                                scales[i].words[language]);
    }
    double unit = fabs(value) >= 1000 ? pow(10, floor(log10(fabs(value))) - 2) : 1;
    if (unit > 1)
        return grouped(arena, nearbyint(value / unit) * unit, 0, language);
    return grouped(arena, value, decimals_of(value), language);
}

static const char *print_number(struct arena *arena, const struct fact *fact,
                                enum language language)
{
    return rounded(arena, fact->value, language);
}

static const char *print_count(struct arena *arena, const struct fact *fact, enum language language)
{
    return grouped(arena, fact->value, 0, language);
}

static const char *print_decimal(struct arena *arena, const struct fact *fact,
                                 enum language language)
{
    return grouped(arena, fact->value, 1, language);
}

static const char *print_words(struct arena *arena, const struct fact *fact, enum language language)
{
    static const char *const words[][N_LANGUAGES] = {
        {"geen", "none"},    {"\xc3\xa9\xc3\xa9n", "one"},
        {"twee", "two"},     {"drie", "three"},
        {"vier", "four"},    {"vijf", "five"},
        {"zes", "six"},      {"zeven", "seven"},
        {"acht", "eight"},   {"negen", "nine"},
        {"tien", "ten"},     {"elf", "eleven"},
        {"twaalf", "twelve"}};
    double value = fact->value;
    if (value >= 0 && value < (double)ARRAY_COUNT(words) && value == floor(value))
        return words[(size_t)value][language];
    return print_number(arena, fact, language);
}

static const char *print_percent(struct arena *arena, const struct fact *fact,
                                 enum language language)
{
    double percent = 100 * fact->value;
    int decimals = fabs(percent) < 0.005 || fabs(percent - nearbyint(percent)) < 1e-7 ? 0
                   : fabs(percent) < 0.1                                              ? 2
                                                                                      : 1;
    return arena_format(arena, "%s%%", grouped(arena, percent, decimals, language));
}

static const char *print_chance(struct arena *arena, const struct fact *fact,
                                enum language language)
{
    double percent = 100 * fact->value, edge = fmin(percent, 100 - percent);
    int decimals = edge <= 0 || edge >= 0.995 ? 0 : edge >= 0.0995 ? 1 : 2;
    return arena_format(arena, "%s%%", grouped(arena, percent, decimals, language));
}

static const char *print_points(struct arena *arena, const struct fact *fact,
                                enum language language)
{
    double points = 100 * fact->value;
    const char *unit = is_dutch(language)              ? "procentpunt"
                       : fabs(fabs(points) - 1) < 0.05 ? "percentage point"
                                                       : "percentage points";
    return arena_format(arena, "%s %s", grouped(arena, points, 1, language), unit);
}

static const char *print_money(struct arena *arena, const struct fact *fact, enum language language)
{
    double value = fabs(fact->value) < 0.5 ? 0 : fact->value;
    double shown = fabs(value) < 1000 ? nearbyint(value) : value;
    if (is_dutch(language))
        return arena_format(arena, "%s euro", rounded(arena, shown, language));
    return arena_format(arena, "%s\xe2\x82\xac%s", shown < 0 ? "\xe2\x88\x92" : "",
                        rounded(arena, fabs(shown), language));
}

static const char *print_year(struct arena *arena, const struct fact *fact, enum language language)
{
    (void)language;
    return arena_format(arena, "%.0f", floor(fact->value + 1e-6));
}

static const char *print_month(struct arena *arena, const struct fact *fact, enum language language)
{
    static const char *const months[][N_LANGUAGES] = {
        {"januari", "January"}, {"februari", "February"}, {"maart", "March"},
        {"april", "April"},     {"mei", "May"},           {"juni", "June"},
        {"juli", "July"},       {"augustus", "August"},   {"september", "September"},
        {"oktober", "October"}, {"november", "November"}, {"december", "December"}};
    double whole = floor(fact->value + 1e-6);
    int month = (int)floor(12 * (fact->value + 1e-6 - whole));
    return arena_format(arena, "%s %.0f", months[month][language], whole);
}

static const char *print_duration(struct arena *arena, const struct fact *fact,
                                  enum language language)
{
    double value = fact->value, months = nearbyint(12 * value);
    bool is_whole = fabs(value - nearbyint(value)) < 1e-6;
    if (fabs(value) < 2 && !is_whole) {
        const char *one = is_dutch(language) ? "maand" : "month";
        const char *many = is_dutch(language) ? "maanden" : "months";
        return arena_format(arena, "%s %s", grouped(arena, months, 0, language),
                            fabs(months) == 1 ? one : many);
    }
    const char *unit = is_dutch(language) ? "jaar" : fabs(value) == 1 ? "year" : "years";
    bool has_decimal = !is_whole && fabs(value) < 99.95;
    return arena_format(arena, "%s %s", grouped(arena, value, has_decimal, language), unit);
}

static const char *print_value(struct arena *arena, const struct fact *fact, enum language language)
{
    const char *unit = fact->unit;
    if (strcmp(unit, "year") == 0 && fact->value > 1500 && fact->value < 3000)
        return print_year(arena, fact, language);
    if (strcmp(unit, "year") == 0)
        return print_duration(arena, fact, language);
    if (strncmp(unit, "euro/", 5) == 0) {
        const char *rest = unit_in_words(arena, arena_format(arena, "1%s", unit + 4), language);
        return arena_format(arena, "%s %s", print_money(arena, fact, language),
                            strncmp(rest, "1 ", 2) == 0 ? rest + 2 : rest);
    }
    const char *words = *unit ? unit_in_words(arena, unit, language) : "";
    return arena_format(arena, "%s%s%s", rounded(arena, fact->value, language), *words ? " " : "",
                        words);
}

static const char *print_size(struct arena *arena, const struct fact *fact, enum language language)
{
    struct fact size = {NULL, fabs(fact->value), fact->unit};
    return page_format_of_unit(&size)->print(arena, &size, language);
}

static const char *print_plain(struct arena *arena, const struct fact *fact, enum language language)
{
    if (fact->text)
        return fact->text;
    return page_format_of_unit(fact)->print(arena, fact, language);
}

// The first letter in upper or lower case; UTF-8 letters outside ASCII stay.
static const char *with_first(struct arena *arena, const char *text, int (*change)(int))
{
    char *copy = arena_copy_string(arena, text);
    if (*copy > 0)
        *copy = (char)change(*copy);
    return copy;
}

static const char *print_lower(struct arena *arena, const struct fact *fact, enum language language)
{
    const char *text = print_plain(arena, fact, language);
    bool is_abbreviation = *text && isupper((unsigned char)text[1]);
    return is_abbreviation ? text : with_first(arena, text, tolower);
}

static const char *print_upper(struct arena *arena, const struct fact *fact, enum language language)
{
    return with_first(arena, print_plain(arena, fact, language), toupper);
}

const struct page_format page_formats[] = {
    {"number", "three digits that count: 12.300, 4,56", false, print_number},
    {"count", "a whole number: 12.345", false, print_count},
    {"decimal", "one decimal: 4,6", false, print_decimal},
    {"words", "whole numbers up to twelve in words: drie", false, print_words},
    {"percent", "a share in percent with one decimal: 12,3%", false, print_percent},
    {"chance", "a share in whole percents: 12%", false, print_chance},
    {"points", "a difference of shares: 1,2 procentpunt", false, print_points},
    {"money", "euros: 1,2 miljoen euro", false, print_money},
    {"year", "the calendar year of a date: 2034", false, print_year},
    {"month", "a date with its month: augustus 2034", false, print_month},
    {"duration", "a span of years: 6,3 jaar, 9 maanden", false, print_duration},
    {"value", "a number with the unit of its row", false, print_value},
    {"size", "without its sign, else as its unit asks", false, print_size},
    {"lower", "first letter small, unless an abbreviation", true, print_lower},
    {"upper", "first letter large", true, print_upper},
    {"plain", "without the tie to its table, for use inside an HTML attribute", true, print_plain},
};
const int n_page_formats = (int)ARRAY_COUNT(page_formats);

const struct page_format *page_format_find(const char *name)
{
    for (int i = 0; i < n_page_formats; i++)
        if (strcmp(page_formats[i].name, name) == 0)
            return &page_formats[i];
    return NULL;
}

const struct page_format *page_format_of_unit(const struct fact *fact)
{
    static const struct {
        const char *unit, *format;
    } known[] = {{"share", "percent"}, {"chance", "chance"},     {"euro", "money"},
                 {"date", "year"},     {"duration", "duration"}, {"count", "count"}};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (strcmp(fact->unit, known[i].unit) == 0)
            return page_format_find(known[i].format);
    return page_format_find("value");
}

const char *html_text(struct arena *arena, const char *text)
{
    struct text escaped = {0};
    for (; *text; text++) {
        const char *entity = *text == '&'   ? "&amp;"
                             : *text == '<' ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '"' ? "&quot;"
                                            : NULL;
        if (entity)
            text_append(&escaped, entity);
        else
            text_append_bytes(&escaped, text, 1);
    }
    const char *copy = arena_copy_string(arena, text_string(&escaped));
    text_clear(&escaped);
    return copy;
}
