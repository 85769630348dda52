// Stage: model. A wrapper around UDUNITS-2 that owns every unit it hands out, adds base units that
// it lacks (persons, firms, euros ...) and remembers the texts for messages.
#include "model/unit.h"

#include "base/array.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <udunits2.h>

struct unit {
    ut_unit *ut;
    const char *text; // as first written, NULL for computed ones
};

struct unit_list {
    struct unit **items;
    size_t count, capacity;
};

struct unit_system {
    struct arena *arena;
    ut_system *ut;
    struct unit_list units;
    struct name_table by_text; // written units
    struct unit *one;
    struct {
        const char **items;
        size_t count, capacity;
    } defined; // names of our own base units
};

static const char *const own_units[] = {"person", "firm",        "job",     "euro",
                                        "course", "trainer",     "place",   "learner",
                                        "module", "participant", "vacancy", "product"};

static struct unit *keep(struct unit_system *system, ut_unit *ut, const char *text)
{
    if (!ut)
        return NULL;
    struct unit *unit = ARENA_NEW(system->arena, struct unit);
    unit->ut = ut;
    unit->text = text;
    ARRAY_PUSH(system->arena, &system->units) = unit;
    return unit;
}

static void define(struct unit_system *system, const char *name, ut_unit *ut)
{
    ut_map_name_to_unit(name, UT_UTF8, ut);
    ARRAY_PUSH(system->arena, &system->defined) = arena_copy_string(system->arena, name);
}

void unit_define(struct unit_system *system, const char *name)
{
    ut_unit *known = ut_parse(system->ut, name, UT_UTF8);
    if (known) {
        ut_free(known);
        return;
    }
    ut_unit *ut = ut_new_base_unit(system->ut);
    define(system, name, ut);
    ut_map_unit_to_name(ut, name, UT_UTF8);
    const char *plural = arena_format(system->arena, "%ss", name);
    define(system, plural, ut);
    if (strcmp(name, "person") == 0)
        define(system, "people", ut);
    if (strcmp(name, "vacancy") == 0)
        define(system, "vacancies", ut);
    if (strcmp(name, "euro") == 0) {
        define(system, "EUR", ut);
        define(system, "€", ut);
    }
    ut_free(ut);
}

void unit_alias(struct unit_system *system, const char *alias, const char *name)
{
    ut_unit *known = ut_parse(system->ut, alias, UT_UTF8);
    ut_unit *ut = known ? NULL : ut_parse(system->ut, name, UT_UTF8);
    if (ut && *alias)
        define(system, alias, ut);
    ut_free(known);
    ut_free(ut);
}

const char *unit_name(struct arena *arena, const char *name)
{
    char *word = arena_copy_string(arena, name);
    for (char *at = word; *at; at++)
        if (*at == ' ')
            *at = '_';
    return word;
}

struct unit_system *unit_system_create(struct diag *diag)
{
    ut_set_error_message_handler(ut_ignore);
    ut_system *ut = ut_read_xml(NULL);
    if (!ut) {
        diag_fail(diag, FAULT_ENVIRONMENT, "cannot read the unit database of UDUNITS-2");
        diag_hint(diag, "install the package libudunits2-data, or set UDUNITS2_XML_PATH");
        return NULL;
    }
    struct arena *arena = arena_create();
    struct unit_system *system = ARENA_NEW(arena, struct unit_system);
    system->arena = arena;
    system->ut = ut;
    name_table_init(&system->by_text, arena);
    system->one = keep(system, ut_get_dimensionless_unit_one(ut), "1");
    static const char *const numbers[] = {"1", "", "dimensionless", "Dmnl", "dmnl", "unitless"};
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
        name_table_add(&system->by_text, numbers[i], system->one);
    for (size_t i = 0; i < ARRAY_COUNT(own_units); i++)
        unit_define(system, own_units[i]);
    unit_alias(system, "quarter", "3 months");
    unit_alias(system, "quarters", "3 months");
    return system;
}

void unit_system_free(struct unit_system *system)
{
    if (!system)
        return;
    for (size_t i = 0; i < system->units.count; i++)
        ut_free(system->units.items[i]->ut);
    ut_free_system(system->ut);
    arena_free(system->arena);
}

static bool is_word_byte(char c)
{
    return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static const char *nearest_unit(struct unit_system *system, const char *word)
{
    static const char *const common[] = {"year", "month", "week", "day", "percent", "hour"};
    struct nearest nearest = nearest_start(word);
    for (size_t i = 0; i < system->defined.count; i++)
        nearest_consider(&nearest, system->defined.items[i], system->defined.items[i]);
    for (size_t i = 0; i < ARRAY_COUNT(common); i++)
        nearest_consider(&nearest, common[i], common[i]);
    bool is_near = nearest.best && nearest.distance <= (strlen(word) > 4 ? 2 : 1);
    return is_near ? nearest.best : NULL;
}

// Defines the words of `text` that UDUNITS-2 does not know; false where one looks misspelt.
static bool define_words(struct unit_system *system, const char *text,
                         enum unit_strictness strictness, struct position position,
                         struct diag *diag)
{
    bool is_good = true;
    for (const char *at = text; *at;) {
        if (!is_word_byte(*at)) {
            at++;
            continue;
        }
        const char *start = at;
        while (is_word_byte(*at))
            at++;
        const char *word = arena_copy_text(system->arena, start, (size_t)(at - start));
        ut_unit *known = ut_parse(system->ut, word, UT_UTF8);
        if (known) {
            ut_free(known);
            continue;
        }
        const char *nearest = strictness == UNIT_STRICT ? nearest_unit(system, word) : NULL;
        struct position where = position_mark(position, (int)(start - text), (int)(at - start));
        if (nearest) {
            diag_error(diag, where, "unknown unit '%s'", word);
            diag_suggest(diag, nearest);
            is_good = false;
            continue;
        }
        if (strictness == UNIT_STRICT) {
            diag_warning(diag, where, "unknown unit '%s', taken as a base unit of its own", word);
            diag_hint(diag, "say so in the model: units = [ \"%s\" ];", word);
        }
        unit_define(system, word);
    }
    return is_good;
}

const struct unit *unit_parse(struct unit_system *system, const char *text,
                              enum unit_strictness strictness, struct position position,
                              struct diag *diag)
{
    struct unit *before = name_table_find(&system->by_text, text);
    if (before)
        return before;
    position.excerpt = text;
    if (!define_words(system, text, strictness, position, diag))
        return NULL;
    char *copy = arena_copy_string(system->arena, text);
    ut_unit *ut = ut_parse(system->ut, ut_trim(copy, UT_UTF8), UT_UTF8);
    if (!ut) {
        if (strictness == UNIT_STRICT) {
            diag_error(diag, position, "'%s' is not a unit", text);
            diag_hint(diag, "for example \"person/year\", \"euro/person\", or \"1\" for a number");
        }
        return NULL;
    }
    const char *kept = arena_copy_string(system->arena, text);
    struct unit *unit = keep(system, ut, kept);
    name_table_add(&system->by_text, kept, unit);
    return unit;
}

const struct unit *unit_one(struct unit_system *system)
{
    return system->one;
}

const struct unit *unit_multiply(struct unit_system *system, const struct unit *a,
                                 const struct unit *b)
{
    return keep(system, ut_multiply(a->ut, b->ut), NULL);
}

const struct unit *unit_divide(struct unit_system *system, const struct unit *a,
                               const struct unit *b)
{
    return keep(system, ut_divide(a->ut, b->ut), NULL);
}

const struct unit *unit_raise(struct unit_system *system, const struct unit *a, int power)
{
    return keep(system, ut_raise(a->ut, power), NULL);
}

const struct unit *unit_root(struct unit_system *system, const struct unit *a, int root)
{
    return keep(system, ut_root(a->ut, root), NULL);
}

bool unit_equal(const struct unit *a, const struct unit *b)
{
    if (a == b || ut_compare(a->ut, b->ut) == 0)
        return true;
    // Scales computed along different paths may differ in their last bits.
    return unit_convertible(a, b) && fabs(unit_factor(a, b) - 1) < 1e-9;
}

bool unit_convertible(const struct unit *a, const struct unit *b)
{
    if (!ut_are_convertible(a->ut, b->ut))
        return false;
    // UDUNITS-2 also converts a unit to its reciprocal: to it, a year is 1/year.
    ut_unit *ratio = ut_divide(a->ut, b->ut);
    bool is_same = !ratio || ut_is_dimensionless(ratio);
    ut_free(ratio);
    return is_same;
}

double unit_factor(const struct unit *a, const struct unit *b)
{
    cv_converter *converter = ut_get_converter(a->ut, b->ut);
    if (!converter)
        return 1;
    double factor = cv_convert_double(converter, 1);
    cv_free(converter);
    return factor;
}

const char *unit_text(struct unit_system *system, struct arena *arena, const struct unit *unit)
{
    for (size_t i = 0; i < system->units.count; i++)
        if (system->units.items[i]->text && unit_equal(system->units.items[i], unit))
            return system->units.items[i]->text;
    // A product or quotient of two written units, as a reader would put it.
    for (size_t i = 0; i < system->units.count; i++)
        for (size_t j = 0; j < system->units.count; j++) {
            const struct unit *a = system->units.items[i], *b = system->units.items[j];
            if (!a->text || !b->text)
                continue;
            ut_unit *quotient = ut_divide(a->ut, b->ut), *product = ut_multiply(a->ut, b->ut);
            bool is_quotient = quotient && ut_compare(quotient, unit->ut) == 0;
            bool is_product = product && ut_compare(product, unit->ut) == 0;
            ut_free(quotient);
            ut_free(product);
            if (is_quotient)
                return arena_format(arena, strpbrk(b->text, "*/. ") ? "%s/(%s)" : "%s/%s", a->text,
                                    b->text);
            if (is_product && strncmp(a->text, "1/", 2) == 0)
                return arena_format(arena, "%s/%s", b->text, a->text + 2);
            if (is_product && strncmp(b->text, "1/", 2) == 0)
                return arena_format(arena, "%s/%s", a->text, b->text + 2);
            if (is_product)
                return arena_format(arena, "%s.%s", a->text, b->text);
        }
    char buffer[256];
    int length = ut_format(unit->ut, buffer, sizeof buffer - 1, UT_UTF8 | UT_NAMES);
    if (length < 0 || length >= (int)sizeof buffer)
        return "another unit";
    buffer[length] = '\0';
    return arena_copy_string(arena, buffer);
}
