// Stage: report. Text of a template -> tree. Marks are cut out first to last; what stands in them
// is read by recursive descent, with every name checked at once, so that a mistake is found whether
// or not its branch is ever taken.
#include "report/brief/template_parser.h"

#include "base/array.h"
#include "base/file.h"
#include "base/name.h"

#include <string.h>

enum { MAX_INCLUDES = 8 };

// ---------------------------------------------------------------- marks

static struct template_node *parse_nodes(struct parser *parser, const char *opened_by,
                                         const char *opened_at, const char **closer);

static struct template_node *new_node(struct parser *parser, enum template_kind kind,
                                      const char *start)
{
    struct template_node *node = ARENA_NEW(parser->arena, struct template_node);
    node->kind = kind;
    node->position = parser_position(parser, start, (size_t)(parser->at - start));
    return node;
}

// Steps behind the mark, whether or not all of it was understood.
static void close_mark(struct parser *parser, bool is_good)
{
    if (is_good && parser_next_length(parser))
        parser_fail_expected(parser, "the end of the mark");
    parser->at = parser->end + 2;
    if (parser->is_alone)
        parser->at += strcspn(parser->at, "\n") + 1;
}

static void fail_closer(struct parser *parser, const char *closer, const char *opened_by,
                        struct position position)
{
    if (opened_by)
        diag_error(parser->diag, position, "'%s' does not belong into '%s'", closer, opened_by);
    else
        diag_error(parser->diag, position, "'%s' without an open 'if', 'for' or 'with'", closer);
}

// The marks that part or close a block.
static const char *closer_name(struct parser *parser)
{
    static const char *const names[] = {"end", "else", "elif", "between", "last"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (parser_next_is(parser, names[i]))
            return names[i];
    return NULL;
}

// What follows the condition of an `if` or `elif`, up to and including its `end`.
static void parse_branches(struct parser *parser, struct template_node *node, const char *start)
{
    const char *closer = NULL;
    node->body = parse_nodes(parser, "if", start, &closer);
    if (closer && strcmp(closer, "elif") == 0) {
        node->otherwise = ARENA_NEW(parser->arena, struct template_node);
        node->otherwise->kind = TEMPLATE_IF;
        node->otherwise->expr = parse_template_condition(parser);
        close_mark(parser, node->otherwise->expr);
        parse_branches(parser, node->otherwise, start);
        return;
    }
    if (!closer)
        return;
    close_mark(parser, true);
    if (strcmp(closer, "else") == 0) {
        node->otherwise = parse_nodes(parser, "else", start, &closer);
        if (closer)
            close_mark(parser, true);
    }
}

static struct template_node *parse_if(struct parser *parser, const char *start)
{
    struct template_node *node = new_node(parser, TEMPLATE_IF, start);
    node->expr = parse_template_condition(parser);
    close_mark(parser, node->expr);
    parse_branches(parser, node, start);
    return node;
}

static struct template_node *parse_for(struct parser *parser, const char *start, bool is_with)
{
    struct template_node *node = new_node(parser, TEMPLATE_FOR, start);
    bool is_good = parse_template_loop(parser, &node->loop);
    if (is_with)
        node->loop.limit = 1;
    close_mark(parser, is_good);
    const char *closer = NULL, *kind = is_with ? "with" : "for";
    node->body = parse_nodes(parser, kind, start, &closer);
    while (closer) {
        bool is_otherwise = strcmp(closer, "else") == 0;
        struct template_node **place = is_otherwise                     ? &node->otherwise
                                       : strcmp(closer, "between") == 0 ? &node->between
                                       : strcmp(closer, "last") == 0    ? &node->last
                                                                        : NULL;
        close_mark(parser, true);
        if (!place)
            break;
        parser->n_bindings -= is_otherwise && is_good; // no row there
        *place = parse_nodes(parser, kind, start, &closer);
        parser->n_bindings += is_otherwise && is_good;
    }
    parser->n_bindings -= is_good;
    return node;
}

static struct template_node *parse_chart(struct parser *parser, const char *start)
{
    struct template_node *node = new_node(parser, TEMPLATE_CHART, start);
    node->expr = parse_template_value(parser);
    close_mark(parser, node->expr);
    return node;
}

static bool parse_format(struct parser *parser, struct template_node *node)
{
    const char *name = parser_take_name(parser, "the name of a format");
    if (!name)
        return false;
    struct position position = parser_position(parser, parser->at - strlen(name), strlen(name));
    const struct page_format *format = page_format_find(name);
    if (format && node->n_formats < MAX_TEMPLATE_FORMATS) {
        node->formats[node->n_formats++] = format;
        return true;
    }
    diag_error(parser->diag, position, format ? "too many formats" : "there is no format '%s'",
               name);
    struct nearest nearest = nearest_start(name);
    for (int i = 0; i < n_page_formats; i++)
        nearest_consider(&nearest, page_formats[i].name, page_formats[i].name);
    if (!format)
        diag_suggest(parser->diag, nearest.best);
    return false;
}

static struct template_node *parse_print(struct parser *parser, const char *start)
{
    struct template_node *node = new_node(parser, TEMPLATE_VALUE, start);
    node->expr = parse_template_value(parser);
    bool is_good = node->expr;
    if (is_good && node->expr->operation == TEMPLATE_LITERAL && !node->expr->literal.text) {
        diag_error(parser->diag, node->expr->position, "a number can come from a table only");
        is_good = false;
    }
    while (is_good && parser_take(parser, "|"))
        is_good = parse_format(parser, node);
    if (is_good)
        node->position = parser_position(parser, start, (size_t)(parser->end + 2 - start));
    close_mark(parser, is_good);
    return node;
}

static struct template_node *parse_file(struct parser *parser, const char *path);

static struct template_node *parse_include(struct parser *parser, const char *start)
{
    const struct template_expr *name = parse_template_value(parser);
    struct position position = parser_position(parser, start, (size_t)(parser->at - start));
    close_mark(parser, name);
    if (!name)
        return NULL;
    if (!name->literal.text || parser->depth == MAX_INCLUDES) {
        diag_error(parser->diag, position,
                   name->literal.text ? "files include each other without end"
                                      : "include needs the name of a file in quotes");
        return NULL;
    }
    const char *folder = path_folder(parser->arena, parser->path);
    const char *path = path_join(parser->arena, folder, name->literal.text);
    if (!file_exists(path)) {
        diag_error(parser->diag, position, "there is no file '%s' to include", path);
        return NULL;
    }
    return parse_file(parser, path);
}

static struct template_node *parse_mark(struct parser *parser, const char *start)
{
    if (parser_take(parser, "if"))
        return parse_if(parser, start);
    if (parser_take(parser, "for"))
        return parse_for(parser, start, false);
    if (parser_take(parser, "with"))
        return parse_for(parser, start, true);
    if (parser_take(parser, "chart"))
        return parse_chart(parser, start);
    if (parser_take(parser, "include"))
        return parse_include(parser, start);
    return parse_print(parser, start);
}

// Whether the mark from `start` to `end` stands alone on its line.
static bool is_alone(const struct parser *parser, const char *start, const char *end)
{
    while (start > parser->text && (start[-1] == ' ' || start[-1] == '\t'))
        start--;
    while (*end == ' ' || *end == '\t')
        end++;
    return (start == parser->text || start[-1] == '\n') && *end == '\n';
}

// Blocks, comments and includes print nothing themselves.
static bool is_silent(struct parser *parser)
{
    static const char *const names[] = {"if", "for", "with", "include", "!"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (parser_next_is(parser, names[i]))
            return true;
    return closer_name(parser);
}

static struct template_node **add_text(struct parser *parser, struct template_node **tail,
                                       const char *start, const char *end)
{
    if (end <= start)
        return tail;
    struct template_node *node = ARENA_NEW(parser->arena, struct template_node);
    node->kind = TEMPLATE_TEXT;
    node->text = arena_copy_text(parser->arena, start, (size_t)(end - start));
    *tail = node;
    return &node->next;
}

// Finds the next mark: its start, NULL where there is none; the parser then stands in it.
static const char *open_mark(struct parser *parser)
{
    const char *start = strstr(parser->at, "{{");
    if (!start)
        return NULL;
    parser->end = strstr(start, "}}");
    parser->at = start + 2;
    if (parser->end)
        return start;
    diag_error(parser->diag, parser_position(parser, start, 2), "this mark has no closing braces");
    diag_hint(parser->diag, "a mark ends in }}");
    return NULL;
}

// Whether the mark `closer` may part or close a block opened by `opener` (NULL: none).
static bool closer_fits(const char *closer, const char *opener)
{
    if (!opener || strcmp(closer, "end") == 0)
        return opener;
    if (strcmp(opener, "if") == 0)
        return closer[0] == 'e';
    return strcmp(opener, "else") != 0 && strcmp(closer, "elif") != 0;
}

// Nodes up to the mark that closes the block; `*closer`: its name, with the parser behind that
// word, NULL at the end of the file.
static struct template_node *parse_nodes(struct parser *parser, const char *opened_by,
                                         const char *opened_at, const char **closer)
{
    struct template_node *first = NULL, **tail = &first;
    *closer = NULL;
    for (;;) {
        const char *text = parser->at, *start = open_mark(parser);
        if (!start) {
            parser->at = text + strlen(text);
            add_text(parser, tail, text, parser->at);
            if (opened_by)
                diag_error(parser->diag, parser_position(parser, opened_at, 2),
                           "this '%s' has no {{end}}", opened_by);
            return first;
        }
        const char *text_end = start;
        parser->is_alone = is_silent(parser) && is_alone(parser, start, parser->end + 2);
        while (parser->is_alone && text_end > text && text_end[-1] != '\n')
            text_end--;
        tail = add_text(parser, tail, text, text_end);
        const char *name = closer_name(parser);
        if (name && closer_fits(name, opened_by)) {
            parser_take(parser, name);
            *closer = name;
            return first;
        }
        if (name)
            fail_closer(parser, name, opened_by,
                        parser_position(parser, start, (size_t)(parser->end + 2 - start)));
        if (name || parser_take(parser, "!"))
            close_mark(parser, false);
        else
            *tail = parse_mark(parser, start);
        while (*tail)
            tail = &(*tail)->next;
    }
}

static struct template_node *parse_file(struct parser *parser, const char *path)
{
    struct parser inner = *parser;
    const char *closer;
    inner.path = path;
    inner.text = inner.at = file_read(parser->arena, path, 1 << 20, NULL, parser->diag);
    inner.depth++;
    return inner.text ? parse_nodes(&inner, NULL, NULL, &closer) : NULL;
}

struct template *template_read(struct arena *arena, const char *path, const struct fact_spec *specs,
                               int n, struct diag *diag)
{
    size_t n_errors = diag->n_errors;
    struct parser parser = {.arena = arena, .specs = specs, .n_specs = n, .diag = diag};
    struct template *template = ARENA_NEW(arena, struct template);
    template->first = parse_file(&parser, path);
    return diag->n_errors == n_errors ? template : NULL;
}
