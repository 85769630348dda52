// Stage: every stage. Messages are kept in the order in which they were found.
#include "base/diag.h"

#include "base/array.h"

#include <stdarg.h>
#include <string.h>

struct position position_mark(struct position position, int start, int length)
{
    position.start = start;
    position.length = length;
    if (!position.map) {
        position.column += position.column ? start : 0;
        return position;
    }
    size_t i = position.map->count - 1;
    while (i > 0 && position.map->items[i].start > start)
        i--;
    const struct text_span *span = &position.map->items[i];
    position.line = span->line;
    position.column = span->column + start - span->start;
    return position;
}

void diag_init(struct diag *diag, struct arena *arena)
{
    *diag = (struct diag){.arena = arena};
}

// One mistake may be met more than once, for example where an argument is used twice.
static bool repeats_last(const struct diag *diag, const struct diag_message *message)
{
    if (!diag->count)
        return false;
    const struct diag_message *last = &diag->items[diag->count - 1];
    return last->severity == message->severity && last->position.file == message->position.file &&
           last->position.line == message->position.line &&
           last->position.excerpt == message->position.excerpt &&
           last->position.start == message->position.start &&
           strcmp(last->text, message->text) == 0;
}

static void diag_add(struct diag *diag, enum severity severity, struct position position,
                     const char *format, va_list arguments)
{
    if (severity == SEVERITY_ERROR && ++diag->n_errors > DIAG_MAX_ERRORS)
        return;
    struct diag_message message = {
        .severity = severity,
        .position = position,
        .text = arena_format_list(diag->arena, format, arguments),
    };
    if (!repeats_last(diag, &message))
        ARRAY_PUSH(diag->arena, diag) = message;
}

void diag_error(struct diag *diag, struct position position, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!diag->fault)
        diag->fault = position.is_option ? FAULT_USAGE : FAULT_FILE;
    diag_add(diag, SEVERITY_ERROR, position, format, arguments);
    va_end(arguments);
}

void diag_warning(struct diag *diag, struct position position, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_add(diag, SEVERITY_WARNING, position, format, arguments);
    va_end(arguments);
}

void diag_fail(struct diag *diag, enum fault fault, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!diag->fault)
        diag->fault = fault;
    diag_add(diag, SEVERITY_ERROR, (struct position){0}, format, arguments);
    va_end(arguments);
}

void diag_note(struct diag *diag, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_add(diag, SEVERITY_NOTE, (struct position){0}, format, arguments);
    va_end(arguments);
}

void diag_hint(struct diag *diag, const char *format, ...)
{
    if (!diag->count || diag->n_errors > DIAG_MAX_ERRORS)
        return;
    va_list arguments;
    va_start(arguments, format);
    diag->items[diag->count - 1].hint = arena_format_list(diag->arena, format, arguments);
    va_end(arguments);
}

void diag_suggest(struct diag *diag, const char *nearest)
{
    if (nearest)
        diag_hint(diag, "did you mean '%s'?", nearest);
}
