// Reads an SVG of gnuplot with libxml2: texts stand in groups that carry place, size, weight and
// anchor; what a plot command drew stands in groups called NAME_plot_1b: plot 1 of panel b.
#include "charts/picture.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = ' ', LAST = '~', MAX_BOXES = 1000, MAX_PLOTS = 64 };

// Advance widths of DejaVu Sans 2.37, in 2048ths of an em.
static const short widths[2][LAST - FIRST + 1] = {
    // regular
    {651,  821,  942,  1716, 1303, 1946, 1597, 563,  799,  799,  1024, 1716, 651,  739,  651,  690,
     1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 690,  690,  1716, 1716, 1716, 1087,
     2048, 1401, 1405, 1430, 1577, 1294, 1178, 1587, 1540, 604,  604,  1343, 1141, 1767, 1532, 1612,
     1235, 1612, 1423, 1300, 1251, 1499, 1401, 2025, 1403, 1251, 1403, 799,  690,  799,  1716, 1024,
     1024, 1255, 1300, 1126, 1300, 1260, 721,  1300, 1298, 569,  569,  1186, 569,  1995, 1298, 1253,
     1300, 1300, 842,  1067, 803,  1298, 1212, 1675, 1212, 1212, 1075, 1303, 690,  1303, 1716},
    // bold
    {713,  934,  1067, 1716, 1425, 2052, 1786, 627,  936,  936,  1071, 1716, 778,  850,  778,  748,
     1425, 1425, 1425, 1425, 1425, 1425, 1425, 1425, 1425, 1425, 819,  819,  1716, 1716, 1716, 1188,
     2048, 1585, 1561, 1503, 1700, 1399, 1399, 1681, 1714, 762,  762,  1587, 1305, 2038, 1714, 1741,
     1501, 1741, 1577, 1475, 1397, 1663, 1585, 2259, 1579, 1483, 1485, 936,  748,  936,  1716, 1024,
     1024, 1382, 1466, 1214, 1466, 1389, 891,  1466, 1458, 702,  702,  1362, 702,  2134, 1458, 1407,
     1466, 1466, 1010, 1219, 979,  1458, 1335, 1892, 1321, 1335, 1192, 1458, 748,  1458, 1716},
};

struct box {
    double left, top, right, bottom;
    char text[128];
};

struct picture {
    double width, height;
    struct box boxes[MAX_BOXES];
    int n_boxes;
    bool is_panel[26], is_drawn[26]; // by the letter of the panel; a is the page
};

// Width of the one character that starts at `text`, in em; `*length` bytes long.
static double advance(const char *text, bool is_bold, int *length)
{
    unsigned char c = (unsigned char)*text;
    *length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (c >= FIRST && c <= LAST)
        return widths[is_bold][c - FIRST] / 2048.0;
    if (*length == 2) // accented letters are as wide as an e, nearly
        return (is_bold ? 1400 : 1260) / 2048.0;
    return strncmp(text, "…", 3) == 0 ? 1.0 : strncmp(text, "–", 3) == 0 ? 0.5 : 0.75;
}

static double text_width(const char *text, double size, bool is_bold)
{
    double width = 0;
    int length;
    for (const char *at = text; *at; at += length)
        width += size * advance(at, is_bold, &length);
    return width;
}

static const char *attribute(xmlNode *node, const char *name)
{
    for (xmlAttr *one = node->properties; one; one = one->next)
        if (strcmp((const char *)one->name, name) == 0 && one->children)
            return (const char *)one->children->content;
    return "";
}

static void add_text(struct picture *picture, xmlNode *node, const char *text)
{
    xmlNode *group = node->parent;
    double x, y, size = strtod(attribute(group, "font-size"), NULL);
    const char *transform = attribute(group, "transform"),
               *anchor = attribute(group, "text-anchor");
    if (sscanf(transform, "translate(%lf,%lf)", &x, &y) != 2 || picture->n_boxes == MAX_BOXES)
        return;
    double width = text_width(text, size, strcmp(attribute(group, "font-weight"), "bold") == 0);
    double before = strcmp(anchor, "start") == 0 ? 0 : strcmp(anchor, "end") == 0 ? 1 : 0.5;
    struct box *box = &picture->boxes[picture->n_boxes++];
    snprintf(box->text, sizeof box->text, "%s", text);
    if (strstr(transform, "rotate"))
        *box = (struct box){x - 0.73 * size, y - (1 - before) * width, x + 0.05 * size,
                            y + before * width, ""};
    else
        *box = (struct box){x - before * width, y - 0.73 * size, x + (1 - before) * width,
                            y + 0.05 * size, ""};
    snprintf(box->text, sizeof box->text, "%s", text);
}

static bool draws_something(xmlNode *node)
{
    for (xmlNode *child = node->children; child; child = child->next) {
        static const char *const marks[] = {"path", "polygon", "use", "circle", "rect"};
        for (size_t i = 0; child->name && i < sizeof marks / sizeof *marks; i++)
            if (strcmp((const char *)child->name, marks[i]) == 0)
                return true;
        if (draws_something(child))
            return true;
    }
    return false;
}

// The letter of the panel that a group of a plot command belongs to; -1: it is no such group.
static int panel_of(xmlNode *node)
{
    const char *id = attribute(node, "id"), *at = strstr(id, "_plot_");
    if (!at || !isdigit((unsigned char)at[6]))
        return -1;
    char letter = id[strlen(id) - 1];
    return letter >= 'a' && letter <= 'z' ? letter - 'a' : -1;
}

static void walk(struct picture *picture, struct text *texts, xmlNode *node)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        int panel = panel_of(node);
        if (panel >= 0) {
            picture->is_panel[panel] = true;
            picture->is_drawn[panel] |= draws_something(node);
        }
        if (strcmp((const char *)node->name, "text") == 0) {
            char *text = (char *)xmlNodeGetContent(node);
            if (text && *text) {
                add_text(picture, node, text);
                text_append_format(texts, "%s\n", text);
            }
            xmlFree(text);
        }
        walk(picture, texts, node->children);
    }
}

static bool read_picture(const char *path, struct picture *picture, struct text *texts)
{
    xmlDoc *document = xmlReadFile(path, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    memset(picture, 0, sizeof *picture);
    bool is_svg =
        root && strcmp((const char *)root->name, "svg") == 0 &&
        sscanf(attribute(root, "viewBox"), "0 0 %lf %lf", &picture->width, &picture->height) == 2;
    if (is_svg)
        walk(picture, texts, root->children);
    xmlFreeDoc(document);
    return is_svg;
}

bool picture_texts(const char *path, struct text *texts)
{
    static struct picture picture;
    return read_picture(path, &picture, texts);
}

static void check_edges(const struct picture *picture, const char *path, struct text *faults)
{
    for (int i = 0; i < picture->n_boxes; i++) {
        const struct box *box = &picture->boxes[i];
        if (box->left < -1 || box->top < -1 || box->right > picture->width + 1 ||
            box->bottom > picture->height + 1)
            text_append_format(faults, "%s: beyond the edge: '%s'\n", path, box->text);
    }
}

static void check_overlaps(const struct picture *picture, const char *path, struct text *faults)
{
    enum { MAY_TOUCH = 3 };
    for (int i = 0; i < picture->n_boxes; i++)
        for (int k = 0; k < i; k++) {
            const struct box *a = &picture->boxes[i], *b = &picture->boxes[k];
            double across = fmin(a->right, b->right) - fmax(a->left, b->left);
            double down = fmin(a->bottom, b->bottom) - fmax(a->top, b->top);
            if (across > MAY_TOUCH && down > MAY_TOUCH)
                text_append_format(faults, "%s: on each other: '%s' and '%s'\n", path, b->text,
                                   a->text);
        }
}

bool picture_check(const char *path, struct text *faults)
{
    static struct picture picture;
    struct text texts = {0};
    size_t before = faults->length;
    if (!read_picture(path, &picture, &texts))
        text_append_format(faults, "%s: no SVG\n", path);
    check_edges(&picture, path, faults);
    check_overlaps(&picture, path, faults);
    for (int i = 1; i < 26; i++)
        if (picture.is_panel[i] && !picture.is_drawn[i])
            text_append_format(faults, "%s: nothing is drawn in panel %d\n", path, i);
    text_clear(&texts);
    return faults->length == before;
}
