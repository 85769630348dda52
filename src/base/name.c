// Stage: reading and resolving. Case folding is Unicode's, by libunistring; the distance between
// spellings is Damerau's (one insertion, deletion, substitution or swap of neighbours counts 1).
#include "base/name.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

static bool is_quote_escape(const char *at, const char *end)
{
    return at + 1 < end && *at == '\\' && (at[1] == '"' || at[1] == '\\' || at[1] == 'n');
}

// Bytes that XMILE treats as a blank inside a name; 0 where `at` starts something else.
static size_t blank_length(const char *at, const char *end)
{
    if (*at == ' ' || *at == '_' || *at == '\n' || *at == '\r' || *at == '\t')
        return 1;
    if (at + 1 < end && *at == '\\' && at[1] == 'n')
        return 2;
    if (at + 1 < end && (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] == 0xA0)
        return 2;
    return 0;
}

// Whether the quote at `at` opens or closes a part of a qualified name; others belong to it.
static bool encloses_part(const char *name, const char *at, const char *end)
{
    return at == name || at + 1 == end || at[-1] == '.' || at[1] == '.';
}

// Writes `name` with blanks joined and quotes off into `out`; returns its length.
static size_t join_blanks(const char *name, size_t length, char *out)
{
    const char *at = name, *end = name + length;
    size_t n = 0;
    while (at < end && blank_length(at, end) && *at != '_')
        at += blank_length(at, end);
    bool pending = false;
    while (at < end) {
        size_t blank = blank_length(at, end);
        if (blank) {
            pending = true;
            at += blank;
            continue;
        }
        if (*at == '"' && encloses_part(name, at, end)) {
            at++;
            continue;
        }
        if (pending)
            out[n++] = '_';
        pending = false;
        if (is_quote_escape(at, end))
            at++;
        out[n++] = *at++;
    }
    if (pending && end > name && end[-1] == '_')
        out[n++] = '_';
    return n;
}

static bool is_plain_ascii(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)bytes[i] >= 0x80)
            return false;
    return true;
}

const char *name_key(struct arena *arena, const char *name, size_t length)
{
    char *joined = arena_alloc(arena, length + 2);
    size_t n = join_blanks(name, length, joined);
    joined[n] = '\0';
    if (is_plain_ascii(joined, n)) {
        for (size_t i = 0; i < n; i++)
            if (joined[i] >= 'A' && joined[i] <= 'Z')
                joined[i] = (char)(joined[i] - 'A' + 'a');
        return joined;
    }
    if (u8_check((const uint8_t *)joined, n))
        return joined;
    uint8_t folded[256];
    size_t folded_length = sizeof folded;
    uint8_t *result =
        u8_casefold((const uint8_t *)joined, n, NULL, UNINORM_NFC, folded, &folded_length);
    if (!result)
        return joined;
    const char *key = arena_copy_text(arena, (const char *)result, folded_length);
    if (result != folded)
        free(result);
    return key;
}

static bool is_reserved(const char *word, size_t length)
{
    static const char *const words[] = {"and", "or", "not", "mod", "if", "then", "else"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == length && strncasecmp(words[i], word, length) == 0)
            return true;
    return false;
}

// Whether the `length` bytes at `part`, blanks standing for '_', are a name without quotes.
static bool is_plain_part(const char *part, size_t length)
{
    bool is_plain =
        length > 0 && *part != ' ' && part[length - 1] != ' ' && !isdigit((unsigned char)*part);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)part[i];
        is_plain &= isalnum(c) || c == '_' || c == ' ' || c == '$' || c >= 0x80;
    }
    return is_plain && !is_reserved(part, length) && *part != '$';
}

const char *name_quoted(struct arena *arena, const char *name)
{
    bool is_plain = true;
    for (const char *part = name; part;) {
        size_t length = strcspn(part, ".");
        is_plain &= is_plain_part(part, length);
        part = part[length] ? part + length + 1 : NULL;
    }
    char *text = arena_alloc(arena, 2 * strlen(name) + 3), *to = text;
    if (!is_plain)
        *to++ = '"';
    for (const char *from = name; *from; from++) {
        if (!is_plain && (*from == '"' || *from == '\\'))
            *to++ = '\\';
        *to++ = is_plain && *from == ' ' ? '_' : *from;
    }
    if (!is_plain)
        *to++ = '"';
    return text;
}

struct name_slot {
    const char *key; // NULL: free
    void *object;
};

static uint64_t hash_string(const char *key) // FNV-1a, 64 bits
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
    return hash;
}

static struct name_slot *slot_for(struct name_slot *slots, size_t capacity, const char *key)
{
    size_t at = (size_t)hash_string(key) & (capacity - 1);
    while (slots[at].key && strcmp(slots[at].key, key) != 0)
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

void name_table_init(struct name_table *table, struct arena *arena)
{
    *table = (struct name_table){.arena = arena, .capacity = 64};
    table->slots = ARENA_NEW_ARRAY(arena, struct name_slot, table->capacity);
}

static void name_table_grow(struct name_table *table)
{
    size_t larger = table->capacity * 2;
    struct name_slot *slots = ARENA_NEW_ARRAY(table->arena, struct name_slot, larger);
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slots[i].key)
            *slot_for(slots, larger, table->slots[i].key) = table->slots[i];
    table->slots = slots;
    table->capacity = larger;
}

void *name_table_add(struct name_table *table, const char *key, void *object)
{
    if (table->count * 2 >= table->capacity)
        name_table_grow(table);
    struct name_slot *slot = slot_for(table->slots, table->capacity, key);
    if (slot->key)
        return slot->object;
    *slot = (struct name_slot){key, object};
    table->count++;
    return NULL;
}

void *name_table_find(const struct name_table *table, const char *key)
{
    return slot_for(table->slots, table->capacity, key)->object;
}

enum { MAX_COMPARED = 64 }; // longer names are compared by their first bytes

// Damerau-Levenshtein distance, restricted form (Boytsov 2011, section 2.2).
static size_t edit_distance(const char *a, const char *b)
{
    size_t n_a = strnlen(a, MAX_COMPARED), n_b = strnlen(b, MAX_COMPARED);
    size_t rows[3][MAX_COMPARED + 1];
    for (size_t j = 0; j <= n_b; j++)
        rows[1][j] = j;
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t i = 1; i <= n_a; i++) {
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[n_b];
}

struct nearest nearest_start(const char *wanted)
{
    return (struct nearest){.wanted = wanted};
}

void nearest_consider(struct nearest *nearest, const char *key, const char *shown)
{
    size_t length = strlen(nearest->wanted);
    size_t allowed = length <= 2 ? 1 : length <= 5 ? 2 : length / 3 + 1;
    size_t distance = edit_distance(nearest->wanted, key);
    if (distance >= length || distance > allowed)
        return;
    if (!nearest->best || distance < nearest->distance) {
        nearest->best = shown;
        nearest->distance = distance;
    }
}
