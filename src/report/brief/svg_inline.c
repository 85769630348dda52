// Stage: report. An SVG file as gnuplot or Graphviz writes it -> an element of an HTML page. Ids
// hold for the whole page, so those of several pictures must differ.
#include "report/brief/svg_inline.h"

#include "base/array.h"
#include "base/text.h"
#include "report/brief/page_number.h"

#include <stdio.h>
#include <string.h>

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

// Where an id begins behind `at`, if one does: at the attribute id, in a reference to one.
static size_t id_offset(const char *at)
{
    static const char *const openings[] = {" id=\"",  " id='", "href=\"#",
                                           "href='#", "url(#", "url('#"};
    for (size_t i = 0; i < ARRAY_COUNT(openings); i++)
        if (starts_with(at, openings[i]))
            return strlen(openings[i]);
    return 0;
}

// The length of an element that only sighted people with a mouse would meet.
static size_t remark_length(const char *at)
{
    static const char *const ends[][2] = {
        {"<title>", "</title>"}, {"<desc>", "</desc>"}, {"<!--", "-->"}};
    for (size_t i = 0; i < ARRAY_COUNT(ends); i++) {
        const char *end = starts_with(at, ends[i][0]) ? strstr(at, ends[i][1]) : NULL;
        if (end)
            return (size_t)(end - at) + strlen(ends[i][1]);
    }
    return 0;
}

// The value of an attribute of the root element, "" where there is none.
static const char *attribute(struct arena *arena, const char *root, const char *end,
                             const char *name)
{
    const char *opening = arena_format(arena, "%s=\"", name);
    const char *at = strstr(root, opening);
    if (!at || at > end)
        return "";
    at += strlen(opening);
    return arena_copy_text(arena, at, strcspn(at, "\""));
}

// Whether the picture is nearly as high as wide, or higher.
static bool is_tall(const char *box)
{
    double left, top, width, height;
    return sscanf(box, "%lf %lf %lf %lf", &left, &top, &width, &height) == 4 &&
           height > 0.75 * width;
}

const char *svg_inline(struct arena *arena, const char *svg, const char *prefix, const char *label)
{
    const char *root = strstr(svg, "<svg");
    const char *end = root ? strchr(root, '>') : NULL;
    if (!end)
        return NULL;
    const char *box = attribute(arena, root, end, "viewBox");
    struct text text = {0};
    text_append_format(&text,
                       "<svg xmlns=\"http://www.w3.org/2000/svg\" "
                       "xmlns:xlink=\"http://www.w3.org/1999/xlink\" class=\"%s\" "
                       "viewBox=\"%s\" role=\"img\" aria-label=\"%s\">",
                       is_tall(box) ? "tall" : "wide", box, html_text(arena, label));
    for (const char *at = end + 1; *at;) {
        size_t skipped = *at == '<' ? remark_length(at) : 0;
        size_t opening = skipped ? 0 : id_offset(at);
        text_append_bytes(&text, at, opening);
        at += skipped + opening;
        if (opening)
            text_append(&text, prefix);
        else if (!skipped)
            text_append_bytes(&text, at++, 1);
    }
    const char *copy = arena_copy_string(arena, text_string(&text));
    text_clear(&text);
    return copy;
}
