// Stage: command line. Messages with place, quote, caret and hint.
#include "cli/terminal.h"

#include "base/array.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { QUOTE_WIDTH = 100 };

static const char *const red = "\033[1;31m", *const yellow = "\033[1;33m",
                         *const green = "\033[1;32m", *const cyan = "\033[36m",
                         *const plain = "\033[0m";

void terminal_init(struct terminal *terminal, const struct options *options)
{
    const char *no_color = getenv("NO_COLOR");
    *terminal = (struct terminal){.is_quiet = options->quiet,
                                  .is_verbose = options->verbose,
                                  .is_tty = isatty(STDERR_FILENO)};
    terminal->has_color = terminal->is_tty && !options->no_color && !(no_color && *no_color);
}

static void paint(const struct terminal *terminal, const char *color, const char *text)
{
    if (terminal->has_color)
        fprintf(stderr, "%s%s%s", color, text, plain);
    else
        fputs(text, stderr);
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

// Number of columns that `length` bytes of UTF-8 take, all signs being one wide.
static int columns_of(const char *text, int length)
{
    int columns = 0;
    for (int i = 0; i < length && text[i]; i++)
        columns += !is_continuation(text[i]);
    return columns;
}

// Quotes the line of the excerpt that holds the mark, and points to it. A long line is shown from
// a little before the mark.
static void print_quote(const struct terminal *terminal, const struct position *position)
{
    const char *excerpt = position->excerpt;
    int length = (int)strlen(excerpt), mark = position->start < length ? position->start : length;
    int start = mark, end = mark;
    while (start > 0 && excerpt[start - 1] != '\n')
        start--;
    while (excerpt[end] && excerpt[end] != '\n')
        end++;
    bool is_cut_left = false, is_cut_right = false;
    if (end - start > QUOTE_WIDTH && mark - start > QUOTE_WIDTH / 2) {
        start = mark - QUOTE_WIDTH / 4;
        is_cut_left = true;
    }
    while (is_continuation(excerpt[start]))
        start++;
    if (end - start > QUOTE_WIDTH) {
        end = start + QUOTE_WIDTH;
        is_cut_right = true;
        while (is_continuation(excerpt[end]))
            end--;
    }
    fputs("    ", stderr);
    fputs(is_cut_left ? "..." : "", stderr);
    for (int i = start; i < end; i++)
        fputc(isspace((unsigned char)excerpt[i]) ? ' ' : excerpt[i], stderr);
    fprintf(stderr, "%s\n", is_cut_right ? "..." : "");
    if (position->length <= 0)
        return;
    int before = columns_of(excerpt + start, mark - start) + (is_cut_left ? 3 : 0);
    int marked_bytes = position->length < end - mark ? position->length : end - mark;
    int marked = columns_of(excerpt + mark, marked_bytes);
    fprintf(stderr, "    %*s", before, "");
    char carets[QUOTE_WIDTH + 1];
    if (marked < 1)
        marked = 1;
    if (marked > QUOTE_WIDTH)
        marked = QUOTE_WIDTH;
    memset(carets, '^', (size_t)marked);
    carets[marked] = '\0';
    paint(terminal, green, carets);
    fputc('\n', stderr);
}

static void print_message(const struct terminal *terminal, const struct diag_message *message)
{
    static const char *const words[] = {"note", "warning", "error"};
    const char *const colors[] = {cyan, yellow, red};
    const struct position *position = &message->position;
    if (position->file && position->line && position->column)
        fprintf(stderr, "%s:%d:%d: ", position->file, position->line, position->column);
    else if (position->file && position->line)
        fprintf(stderr, "%s:%d: ", position->file, position->line);
    else if (position->file)
        fprintf(stderr, "%s: ", position->file);
    else
        fputs("kantelpunt: ", stderr);
    paint(terminal, colors[message->severity], words[message->severity]);
    fprintf(stderr, ": %s\n", message->text);
    if (position->excerpt && *position->excerpt)
        print_quote(terminal, position);
    if (message->hint) {
        paint(terminal, cyan, "hint");
        fprintf(stderr, ": %s\n", message->hint);
    }
}

void terminal_flush(struct terminal *terminal, const struct diag *diag)
{
    if (terminal->is_silent)
        return;
    for (; terminal->n_printed < diag->count; terminal->n_printed++) {
        const struct diag_message *message = &diag->items[terminal->n_printed];
        if (message->severity == SEVERITY_NOTE && !terminal->is_verbose)
            continue;
        if (message->severity == SEVERITY_WARNING && terminal->is_quiet)
            continue;
        print_message(terminal, message);
    }
    size_t n_hidden = diag->n_errors > DIAG_MAX_ERRORS ? diag->n_errors - DIAG_MAX_ERRORS : 0;
    if (n_hidden > terminal->n_counted)
        fprintf(stderr, "kantelpunt: %zu more error%s not shown\n", n_hidden,
                n_hidden == 1 ? " is" : "s are");
    terminal->n_counted = n_hidden;
}

void table_init(struct text_table *table, struct arena *arena, int n_columns)
{
    *table = (struct text_table){.arena = arena, .n_columns = n_columns};
}

void table_add(struct text_table *table, const char *cell)
{
    ARRAY_PUSH(table->arena, &table->cells) = cell;
}

static bool looks_like_number(const char *cell)
{
    return isdigit((unsigned char)cell[0]) || (cell[0] == '-' && cell[1]) || !strcmp(cell, "-");
}

void table_print(const struct text_table *table, FILE *stream)
{
    int n = table->n_columns;
    int *widths = ARENA_NEW_ARRAY(table->arena, int, n);
    for (size_t i = 0; i < table->cells.count; i++) {
        int width = columns_of(table->cells.items[i], (int)strlen(table->cells.items[i]));
        if (width > widths[i % (size_t)n])
            widths[i % (size_t)n] = width;
    }
    for (size_t i = 0; i < table->cells.count; i++) {
        const char *cell = table->cells.items[i];
        int column = (int)(i % (size_t)n);
        int pad = widths[column] - columns_of(cell, (int)strlen(cell));
        bool is_last = column == n - 1;
        // The header of a column stands as its first number does.
        size_t below = i < (size_t)n ? i + (size_t)n : i;
        bool to_right = below < table->cells.count && looks_like_number(table->cells.items[below]);
        if (to_right)
            fprintf(stream, "%*s%s", pad, "", cell);
        else
            fprintf(stream, "%s%*s", cell, is_last ? 0 : pad, "");
        fputs(is_last ? "\n" : "  ", stream);
    }
}

const char *number_for_people(struct arena *arena, double value, enum language language)
{
    char point = language == LANGUAGE_NL ? ',' : '.', comma = language == LANGUAGE_NL ? '.' : ',';
    if (isnan(value))
        return "-";
    if (isinf(value))
        return value > 0 ? "inf" : "-inf";
    double size = fabs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e15))
        return arena_format(arena, "%.3e", value);
    int decimals = size >= 1000 || size == 0 ? 0
                   : size >= 100             ? 1
                   : size >= 10              ? 2
                   : size >= 1               ? 3
                                             : 4;
    char digits[64];
    snprintf(digits, sizeof digits, "%.*f", decimals, value);
    char *dot = strchr(digits, '.');
    int whole = dot ? (int)(dot - digits) : (int)strlen(digits);
    char *text = arena_alloc(arena, 2 * sizeof digits);
    int n = 0;
    for (int i = 0; i < whole; i++) {
        text[n++] = digits[i];
        int left = whole - 1 - i;
        if (left && left % 3 == 0 && isdigit((unsigned char)digits[i]))
            text[n++] = comma;
    }
    if (dot) {
        text[n++] = point;
        strcpy(text + n, dot + 1);
    }
    return text;
}
