// Stage: model. libxml2 builds the tree; its nodes do not say where their text stands, so a second
// look at the bytes finds the tags again: the nth start tag is the nth element.
#include "model/xml.h"

#include "base/array.h"
#include "base/file.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 256 * 1024 * 1024 };

// Where an element's start tag and its content begin, as bytes of the file.
struct xml_place {
    size_t tag, content; // content 0: empty element
    int line, column;    // of the tag, 1-based
};

// Finds tags in the bytes of the file.
struct scanner {
    const char *bytes;
    size_t at;
    size_t line_start;
    int line;
};

static void move_to(struct scanner *scanner, size_t at)
{
    for (; scanner->at < at && scanner->bytes[scanner->at]; scanner->at++)
        if (scanner->bytes[scanner->at] == '\n') {
            scanner->line++;
            scanner->line_start = scanner->at + 1;
        }
}

static void skip_past(struct scanner *scanner, const char *end)
{
    const char *found = strstr(scanner->bytes + scanner->at, end);
    size_t stop = found ? (size_t)(found - scanner->bytes) + strlen(end) : SIZE_MAX;
    move_to(scanner, stop);
}

static bool starts_with(const struct scanner *scanner, const char *text)
{
    return strncmp(scanner->bytes + scanner->at, text, strlen(text)) == 0;
}

// Moves past a tag; whether it was that of an empty element.
static bool skip_tag(struct scanner *scanner)
{
    const char *bytes = scanner->bytes;
    size_t at = scanner->at;
    char quote = 0;
    for (; bytes[at] && (quote || bytes[at] != '>'); at++) {
        if (quote && bytes[at] == quote)
            quote = 0;
        else if (!quote && (bytes[at] == '"' || bytes[at] == '\''))
            quote = bytes[at];
    }
    bool is_empty = at > scanner->at && bytes[at - 1] == '/';
    move_to(scanner, bytes[at] ? at + 1 : at);
    return is_empty;
}

static void find_places(struct xml_file *file)
{
    struct scanner scanner = {.bytes = file->bytes, .line = 1};
    while (scanner.bytes[scanner.at]) {
        if (scanner.bytes[scanner.at] != '<') {
            move_to(&scanner, scanner.at + 1);
        } else if (starts_with(&scanner, "<!--")) {
            skip_past(&scanner, "-->");
        } else if (starts_with(&scanner, "<![CDATA[")) {
            skip_past(&scanner, "]]>");
        } else if (starts_with(&scanner, "<?")) {
            skip_past(&scanner, "?>");
        } else if (starts_with(&scanner, "</") || starts_with(&scanner, "<!")) {
            skip_tag(&scanner);
        } else {
            struct xml_place place = {.tag = scanner.at,
                                      .line = scanner.line,
                                      .column = (int)(scanner.at - scanner.line_start) + 1};
            place.content = skip_tag(&scanner) ? 0 : scanner.at;
            ARRAY_PUSH(file->arena, &file->places) = place;
        }
    }
}

static xmlNode *next_element(xmlNode *node)
{
    xmlNode *next = node->children;
    while (!next || next->type != XML_ELEMENT_NODE) {
        if (next) {
            if (next->next) {
                next = next->next;
                continue;
            }
            next = next->parent;
        } else {
            next = node;
        }
        while (next && !next->next)
            next = next->parent;
        if (!next || next->type == XML_DOCUMENT_NODE)
            return NULL;
        next = next->next;
    }
    return next;
}

// Numbers the elements from 1; without a place for each of them, none has one.
static void number_elements(struct xml_file *file)
{
    uintptr_t n = 0;
    for (xmlNode *node = xml_root(file); node; node = next_element(node))
        node->_private = (void *)++n; // NOLINT(performance-no-int-to-ptr)
    if (n != file->places.count)
        file->places.count = 0;
}

static void collect_error(void *context, xmlErrorPtr error)
{
    struct xml_file *file = context;
    bool is_harmless =
        error->domain == XML_FROM_NAMESPACE || error->code == XML_ERR_HYPHEN_IN_COMMENT;
    if (error->level < XML_ERR_ERROR || is_harmless)
        return; // prefixes that nobody declared are common in files of this kind
    struct position position = {.file = file->path, .line = error->line, .column = error->int2};
    size_t length = error->message ? strcspn(error->message, "\n") : 0;
    diag_error(file->diag, position, "not well-formed XML: %.*s", (int)length,
               error->message ? error->message : "");
}

// Nobody needs entities of their own in a model, but they can blow up a file.
static void refuse_entity(void *context, const xmlChar *name, int type, const xmlChar *public_id,
                          const xmlChar *system_id, xmlChar *content)
{
    xmlParserCtxt *parser = context;
    struct xml_file *file = parser->_private;
    (void)type, (void)public_id, (void)system_id, (void)content;
    diag_error(
        file->diag,
        (struct position){.file = file->path, .line = parser->input ? parser->input->line : 0},
        "the file declares an entity, '%s'; models may not", (const char *)name);
    xmlStopParser(parser);
}

static bool is_utf8(const xmlDoc *document)
{
    const char *encoding = (const char *)document->encoding;
    return !encoding || xmlStrcasecmp(document->encoding, (const xmlChar *)"UTF-8") == 0 ||
           xmlStrcasecmp(document->encoding, (const xmlChar *)"US-ASCII") == 0;
}

bool xml_open(struct xml_file *file, struct arena *arena, const char *path, struct diag *diag)
{
    size_t length, n_errors = diag->n_errors;
    *file = (struct xml_file){.arena = arena, .diag = diag, .path = path};
    file->bytes = file_read(arena, path, MAX_BYTES, &length, diag);
    if (!file->bytes)
        return false;
    xmlParserCtxt *parser = xmlNewParserCtxt();
    if (!parser)
        abort();
    parser->_private = file;
    parser->sax->entityDecl = refuse_entity;
    xmlSetStructuredErrorFunc(file, collect_error);
    file->document = xmlCtxtReadMemory(parser, file->bytes, (int)length, path, NULL,
                                       XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES |
                                           XML_PARSE_RECOVER);
    xmlSetStructuredErrorFunc(NULL, NULL);
    xmlFreeParserCtxt(parser);
    if (diag->n_errors != n_errors)
        return false;
    if (!file->document || !xml_root(file)) {
        diag_error(diag, (struct position){.file = path}, "not an XML file");
        return false;
    }
    if (is_utf8(file->document)) {
        find_places(file);
        number_elements(file);
    }
    return true;
}

void xml_close(struct xml_file *file)
{
    xmlFreeDoc(file->document);
    file->document = NULL;
}

xmlNode *xml_root(const struct xml_file *file)
{
    return xmlDocGetRootElement(file->document);
}

// A name without its prefix, declared or not.
static const char *local_name(const xmlChar *name)
{
    const char *colon = strrchr((const char *)name, ':');
    return colon ? colon + 1 : (const char *)name;
}

const char *xml_name(const xmlNode *node)
{
    return local_name(node->name);
}

bool xml_is(const xmlNode *node, const char *name)
{
    return strcmp(xml_name(node), name) == 0;
}

static xmlNode *find_element(xmlNode *node, const char *name)
{
    while (node && (node->type != XML_ELEMENT_NODE || (name && !xml_is(node, name))))
        node = node->next;
    return node;
}

xmlNode *xml_child(const xmlNode *node, const char *name)
{
    return find_element(node->children, name);
}

xmlNode *xml_next(const xmlNode *node, const char *name)
{
    return find_element(node->next, name);
}

const char *xml_attribute(const struct xml_file *file, const xmlNode *node, const char *name)
{
    for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
        if (strcmp(local_name(attribute->name), name) != 0)
            continue;
        xmlChar *value = xmlNodeListGetString(node->doc, attribute->children, 1);
        const char *copy = arena_copy_string(file->arena, value ? (const char *)value : "");
        xmlFree(value);
        return copy;
    }
    return NULL;
}

static const struct xml_place *find_place(const struct xml_file *file, const xmlNode *node)
{
    uintptr_t number = (uintptr_t)node->_private;
    return number && number <= file->places.count ? &file->places.items[number - 1] : NULL;
}

struct position xml_position(const struct xml_file *file, const xmlNode *node)
{
    const struct xml_place *place = find_place(file, node);
    return (struct position){.file = file->path,
                             .line = place ? place->line : (int)xmlGetLineNo((xmlNode *)node)};
}

static bool is_blank(char c)
{
    return c && isspace((unsigned char)c);
}

// Returns the text of `node` and, in `*start`, how many blanks were taken off before it.
static char *trimmed_text(const struct xml_file *file, const xmlNode *node, int *start)
{
    xmlChar *content = xmlNodeGetContent(node);
    const char *text = content ? (const char *)content : "";
    *start = 0;
    while (is_blank(text[*start]))
        ++*start;
    size_t length = strlen(text + *start);
    while (length && is_blank(text[*start + (int)length - 1]))
        length--;
    char *copy = arena_copy_text(file->arena, text + *start, length);
    xmlFree(content);
    return copy;
}

const char *xml_text(const struct xml_file *file, const xmlNode *node)
{
    int start;
    return trimmed_text(file, node, &start);
}

const char *xml_raw_text(const struct xml_file *file, const xmlNode *node)
{
    xmlChar *content = xmlNodeGetContent(node);
    const char *copy = arena_copy_string(file->arena, content ? (const char *)content : "");
    xmlFree(content);
    return copy;
}

// The number of bytes of UTF-8 that the escaped sign at `at` ("&lt;", "&#233;") stands for.
static int escaped_length(const char *at)
{
    if (at[1] != '#')
        return 1;
    bool is_hexadecimal = at[2] == 'x';
    long code = strtol(at + (is_hexadecimal ? 3 : 2), NULL, is_hexadecimal ? 16 : 10);
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

// Maps the bytes of the text inside an element, from its byte `skip` on, to lines and columns.
static struct text_map *map_text(const struct xml_file *file, const struct xml_place *place,
                                 int skip)
{
    struct text_map *map = ARENA_NEW(file->arena, struct text_map);
    struct scanner scanner = {.bytes = file->bytes,
                              .at = place->tag,
                              .line_start = place->tag - (size_t)place->column + 1,
                              .line = place->line};
    move_to(&scanner, place->content);
    int at = -skip;
    bool is_new = true; // a span has to start here
    while (file->bytes[scanner.at]) {
        const char *here = file->bytes + scanner.at;
        if (starts_with(&scanner, "</"))
            break;
        size_t length = 1;
        int n = 1;
        if (starts_with(&scanner, "<!--")) {
            const char *end = strstr(here, "-->");
            length = end ? (size_t)(end - here) + 3 : strlen(here);
            n = 0;
        } else if (*here == '<') {
            bool opens_text = starts_with(&scanner, "<![CDATA[");
            length = opens_text ? strlen("<![CDATA[") : strcspn(here, ">") + 1;
            n = 0;
        } else if (starts_with(&scanner, "]]>")) {
            length = 3;
            n = 0;
        } else if (*here == '&') {
            length = strcspn(here, ";") + 1;
            n = escaped_length(here);
        } else if (*here == '\r' && here[1] == '\n') {
            n = 0; // read as one line end
        }
        if (is_new && n && at + n > 0) {
            int before = at < 0 ? -at : 0; // bytes of this piece that were taken off
            ARRAY_PUSH(file->arena, map) = (struct text_span){
                at < 0 ? 0 : at, scanner.line, (int)(scanner.at - scanner.line_start) + 1 + before};
            is_new = false;
        }
        is_new |= *here == '\n' || length != (size_t)n;
        move_to(&scanner, scanner.at + length);
        at += n;
    }
    return map->count ? map : NULL;
}

struct position xml_text_position(const struct xml_file *file, const xmlNode *node)
{
    int skip;
    struct position position = xml_position(file, node);
    const struct xml_place *place = find_place(file, node);
    position.excerpt = trimmed_text(file, node, &skip);
    if (place && place->content)
        position.map = map_text(file, place, skip);
    return position_mark(position, 0, 0);
}
