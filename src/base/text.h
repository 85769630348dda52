// A string that grows on the heap, and numbers as text that reads back to the same bits.
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *bytes;     // zero-terminated once something was appended, else NULL
    size_t length;   // without the terminating zero
    size_t capacity; // bytes allocated
};

void text_clear(struct text *text);
void text_append(struct text *text, const char *string);
void text_append_bytes(struct text *text, const char *bytes, size_t length);
void text_append_format(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Appends `value` in 15 digits where these read back to the same double, else in 17; NaN as "nan",
// infinities as "inf" and "-inf".
void text_append_number(struct text *text, double value);

// The string, never NULL; owned by `text`.
const char *text_string(const struct text *text);

enum { NUMBER_TEXT_SIZE = 32 };

// Writes what text_append_number() appends into `buffer` of NUMBER_TEXT_SIZE bytes; returns it.
const char *number_text(double value, char *buffer);

// Reads the whole of `string` as one number; false, with `*value` untouched, where it is not one.
bool number_parse(const char *string, double *value);

#endif
