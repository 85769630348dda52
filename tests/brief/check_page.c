// Checks a briefing against its tables and against what a reader needs:
//     check_page FOLDER nl|en
// reads FOLDER/brief.html and FOLDER/tables/*.csv. Every <data> must hold the very text of its
// cell, and what it shows must be that number rounded; prose outside <data> must hold no digits;
// headings, tables, pictures and links must be usable without eyes or a mouse. Prints what is
// wrong, a line each, and ends with 1.
#include <libxml/HTMLparser.h>
#include <libxml/xpath.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder, *language;
static int n_faults, n_data, n_words;

static void fault(const char *format, const char *a, const char *b)
{
    printf(format, a, b);
    putchar('\n');
    n_faults++;
}

static bool is_element(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

// The attribute, "" where there is none. Not freed: the program is short-lived.
static const char *attribute(xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetProp(node, (const xmlChar *)name);
    return value ? (const char *)value : "";
}

// ---------------------------------------------------------------- tables

static char *read_file(const char *path)
{
    FILE *stream = fopen(path, "rb");
    char *bytes = calloc(1, 1 << 22);
    if (!stream)
        return NULL;
    size_t length = fread(bytes, 1, (1 << 22) - 1, stream);
    bytes[length] = '\0';
    fclose(stream);
    return bytes;
}

// Copies the next field of a CSV text into `field` [1 << 16]; false at the end of a row.
static bool next_field(const char **at, char *field, bool *ends_row)
{
    size_t n = 0;
    bool is_quoted = **at == '"';
    if (is_quoted)
        (*at)++;
    while (**at && (is_quoted || !strchr(",\r\n", **at))) {
        if (is_quoted && **at == '"' && (*at)[1] != '"')
            break;
        *at += is_quoted && **at == '"';
        field[n++] = *(*at)++;
    }
    field[n] = '\0';
    *at += is_quoted && **at == '"';
    *ends_row = **at != ',';
    if (**at == ',')
        (*at)++;
    while (*ends_row && (**at == '\r' || **at == '\n'))
        (*at)++;
    return true;
}

// The text of a cell: row 1 is below the header. NULL where there is none.
static const char *cell_of(const char *table, int row, const char *column)
{
    static char field[1 << 16];
    char path[4096];
    snprintf(path, sizeof path, "%s/tables/%s.csv", folder, table);
    char *text = read_file(path);
    const char *at = text, *found = NULL;
    int wanted = -1;
    for (int i = 0; at && *at && i <= row; i++) {
        bool ends_row = false;
        for (int k = 0; !ends_row && next_field(&at, field, &ends_row); k++) {
            if (i == 0 && strcmp(field, column) == 0)
                wanted = k;
            if (i == row && k == wanted) {
                found = field;
                break;
            }
        }
    }
    free(text);
    return found;
}

// ---------------------------------------------------------------- numbers

static bool has(const char *text, const char *word)
{
    return strstr(text, word) != NULL;
}

// What the words behind a number multiply it with.
static double scale_of(const char *shown)
{
    if (has(shown, "%") || has(shown, "procentpunt") || has(shown, "percentage point"))
        return 0.01;
    if (has(shown, "maand") || has(shown, "month"))
        return 1.0 / 12;
    return has(shown, "miljoen") || has(shown, " million")   ? 1e6
           : has(shown, "miljard") || has(shown, " billion") ? 1e9
                                                             : 1;
}

static bool is_word_for(const char *shown, double value)
{
    static const char *const words[][2] = {
        {"geen", "none"},    {"één", "one"},    {"twee", "two"}, {"drie", "three"},
        {"vier", "four"},    {"vijf", "five"},  {"zes", "six"},  {"zeven", "seven"},
        {"acht", "eight"},   {"negen", "nine"}, {"tien", "ten"}, {"elf", "eleven"},
        {"twaalf", "twelve"}};
    if (!(value >= 0 && value < 13))
        return false;
    const char *word = words[(int)value][strcmp(language, "en") == 0];
    return strlen(shown) == strlen(word) && strcmp(shown + 1, word + 1) == 0;
}

// Reads the digits of `shown` by the customs of the language; `*unit`: of the last one.
static double parse_shown(const char *shown, double *unit)
{
    bool is_dutch = strcmp(language, "nl") == 0, has_point = false;
    char digits[64] = "";
    size_t n = 0;
    *unit = 1;
    for (const char *at = shown; *at && n < sizeof digits - 1; at++) {
        if (*at == (is_dutch ? ',' : '.') && n) {
            has_point = true;
            digits[n++] = '.';
        } else if (*at >= '0' && *at <= '9') {
            digits[n++] = *at;
            *unit /= has_point ? 10 : 1;
        } else if (n && *at == 'e' && at[1] >= '0' && at[1] <= '9') {
            *unit *= pow(10, atoi(at + 1));
            return (has(shown, "\xe2\x88\x92") ? -1 : 1) * atof(digits) * pow(10, atoi(at + 1));
        } else if (n && *at != (is_dutch ? '.' : ',')) {
            break;
        }
    }
    return n ? (has(shown, "\xe2\x88\x92") ? -1 : 1) * atof(digits) : NAN;
}

// Whether `shown` is `value` rounded: to its last digit or to three that count.
static bool is_rounded(const char *shown, double value, const char *table, const char *column)
{
    double unit, number = parse_shown(shown, &unit), scale = scale_of(shown);
    if (isnan(number))
        return is_word_for(shown, value);
    bool is_date = value > 1500 && value < 3000 && number > 1500 && number < 3000;
    bool may_be_date = strstr(column, "date") || strstr(column, "support_") ||
                       strcmp(table, "answer") == 0 || strcmp(column, "value") == 0;
    if (is_date && may_be_date && number == floor(value + 1e-6))
        return true;
    double tolerance = fmax(0.5 * unit * scale, 0.005 * fabs(value));
    return fabs(number * scale - value) <= tolerance * (1 + 1e-9);
}

static void check_data(xmlNode *node)
{
    const char *table = attribute(node, "data-table"), *column = attribute(node, "data-column");
    const char *value = attribute(node, "value");
    const char *cell = cell_of(table, atoi(attribute(node, "data-row")), column);
    const char *shown = (const char *)xmlNodeGetContent(node);
    n_data++;
    if (!cell || strcmp(cell, value) != 0)
        fault("a number says %s, its table %s", value, cell ? cell : "nothing");
    else if (!is_rounded(shown, atof(value), table, column))
        fault("'%s' is not %s rounded", shown, value);
}

// ---------------------------------------------------------------- prose

static bool is_not_prose(xmlNode *node)
{
    static const char *const names[] = {"svg", "style", "code", "title", "data"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_element(node, names[i]))
            return true;
    return is_element(node, "span") && strcmp(attribute(node, "class"), "name") == 0;
}

static void check_prose(xmlNode *node)
{
    for (; node; node = node->next) {
        if (is_element(node, "data"))
            check_data(node);
        if (node->type == XML_ELEMENT_NODE && !is_not_prose(node))
            check_prose(node->children);
        if (node->type != XML_TEXT_NODE)
            continue;
        const char *text = (const char *)node->content;
        for (const char *at = text; *at; at++)
            n_words += *at == ' ';
        if (strpbrk(text, "0123456789"))
            fault("a number that stands in no table: '%s'%s", text, "");
        if (strstr(text, "{{") || strstr(text, "}}"))
            fault("a mark that was not filled in: '%s'%s", text, "");
    }
}

// ---------------------------------------------------------------- structure

static xmlNodeSet *find(xmlXPathContext *context, const char *path)
{
    xmlXPathObject *object = xmlXPathEvalExpression((const xmlChar *)path, context);
    return object && object->nodesetval ? object->nodesetval : NULL;
}

static int count(xmlXPathContext *context, const char *path)
{
    xmlNodeSet *nodes = find(context, path);
    return nodes ? nodes->nodeNr : 0;
}

static void expect_none(xmlXPathContext *context, const char *path, const char *what)
{
    if (count(context, path))
        fault("%s%s", what, "");
}

static void check_ids(xmlXPathContext *context)
{
    xmlNodeSet *ids = find(context, "//@id"), *links = find(context, "//a/@href");
    for (int i = 0; ids && i < ids->nodeNr; i++)
        for (int k = 0; k < i; k++) {
            const char *a = (const char *)xmlNodeGetContent(ids->nodeTab[i]);
            if (strcmp(a, (const char *)xmlNodeGetContent(ids->nodeTab[k])) == 0)
                fault("the id '%s' occurs twice%s", a, "");
        }
    for (int i = 0; links && i < links->nodeNr; i++) {
        const char *target = (const char *)xmlNodeGetContent(links->nodeTab[i]);
        char path[512];
        snprintf(path, sizeof path, "//*[@id='%s']", target + 1);
        if (*target != '#' || count(context, path) != 1)
            fault("a link leads nowhere: '%s'%s", target, "");
    }
}

static void check_charts(xmlXPathContext *context)
{
    xmlNodeSet *charts = find(context, "//svg");
    for (int i = 0; charts && i < charts->nodeNr; i++) {
        context->node = charts->nodeTab[i];
        if (count(context, ".//path[string-length(@d) > 20]") < 2 || count(context, ".//text") < 3)
            fault("a chart is empty: '%s'%s", attribute(charts->nodeTab[i], "aria-label"), "");
    }
    context->node = NULL;
}

static void check_structure(xmlDoc *document)
{
    xmlXPathContext *context = xmlXPathNewContext(document);
    char path[128];
    snprintf(path, sizeof path, "/html[@lang='%s']", language);
    if (!count(context, path))
        fault("the page does not say that it is in '%s'%s", language, "");
    if (count(context, "//h1") != 1 || count(context, "//h2") < 5)
        fault("headings are missing%s%s", "", "");
    expect_none(context, "//h3[not(preceding::h2)]", "a heading skips a level");
    expect_none(context, "//table[not(caption)]", "a table has no caption");
    expect_none(context, "//th[not(@scope)]", "a table header has no scope");
    expect_none(context, "//svg[not(@role='img') or not(string(@aria-label))]",
                "a chart has no text for those who do not see it");
    expect_none(context, "//img[not(string(@alt))]", "a picture has no text");
    expect_none(context, "//figure[.//svg][not(figcaption)]", "a chart has no caption");
    expect_none(context, "//script|//link|//iframe|//*[starts-with(@src,'http')]",
                "the page does not stand alone");
    check_ids(context);
    check_charts(context);
    xmlXPathFreeContext(context);
}

int main(int argc, char **argv)
{
    char path[4096];
    if (argc != 3)
        return 2;
    folder = argv[1];
    language = argv[2];
    snprintf(path, sizeof path, "%s/brief.html", folder);
    xmlDoc *document = htmlReadFile(path, "UTF-8", HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
    if (!document) {
        printf("cannot read '%s'\n", path);
        return 1;
    }
    check_prose(xmlDocGetRootElement(document));
    check_structure(document);
    if (n_data < 6 || n_words < 100)
        fault("hardly anything is said%s%s", "", "");
    printf("%d numbers, %d faults\n", n_data, n_faults);
    xmlFreeDoc(document);
    return n_faults > 0;
}
