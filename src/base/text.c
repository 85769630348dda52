// Stage: every stage. The program never calls setlocale(), so printf and strtod use a decimal
// point everywhere.
#include "base/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text_reserve(struct text *text, size_t extra)
{
    size_t wanted = text->length + extra + 1;
    if (wanted <= text->capacity)
        return;
    size_t capacity = text->capacity ? text->capacity : 64;
    while (capacity < wanted)
        capacity *= 2;
    text->bytes = realloc(text->bytes, capacity);
    if (!text->bytes)
        abort();
    text->capacity = capacity;
}

void text_clear(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

void text_append_bytes(struct text *text, const char *bytes, size_t length)
{
    text_reserve(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_append(struct text *text, const char *string)
{
    text_append_bytes(text, string, strlen(string));
}

void text_append_format(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    text_reserve(text, (size_t)length);
    va_start(arguments, format);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_append_number(struct text *text, double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    text_append(text, number_text(value, buffer));
}

const char *text_string(const struct text *text)
{
    return text->bytes ? text->bytes : "";
}

bool number_parse(const char *string, double *value)
{
    while (isspace((unsigned char)*string))
        string++;
    if (!*string)
        return false;
    char *end;
    double number = strtod(string, &end);
    if (end == string)
        return false;
    while (isspace((unsigned char)*end))
        end++;
    if (*end)
        return false;
    *value = number;
    return true;
}
