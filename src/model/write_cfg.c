// Stage: model, on the way out. struct model -> a libconfig file, or the annotation of an XMILE
// file. Sections come in the order in which their variables do, so that results keep their columns.
#include "model/write_cfg.h"

#include "base/file.h"
#include "model/macro.h"
#include "model/print.h"
#include "model/write_cfg_private.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

void cfg_line(struct cfg_writer *writer)
{
    text_append(writer->text, "\n");
    for (int i = 0; i < writer->depth; i++)
        text_append(writer->text, "  ");
}

void cfg_open(struct cfg_writer *writer, const char *key)
{
    cfg_line(writer);
    text_append_format(writer->text, "%s: {", key);
    writer->depth++;
}

void cfg_close(struct cfg_writer *writer)
{
    writer->depth--;
    cfg_line(writer);
    text_append(writer->text, "};");
}

void cfg_number(struct cfg_writer *writer, double value)
{
    char buffer[NUMBER_TEXT_SIZE];
    const char *number = number_text(value, buffer);
    bool is_whole = !strpbrk(number, ".eE");
    text_append_format(writer->text, "%s%s", number, is_whole ? ".0" : "");
}

void cfg_string(struct cfg_writer *writer, const char *string)
{
    text_append(writer->text, "\"");
    for (const char *at = string; *at; at++) {
        if (*at == '"' || *at == '\\')
            text_append_format(writer->text, "\\%c", *at);
        else if (*at == '\n')
            text_append(writer->text, "\\n");
        else if (*at == '\t')
            text_append(writer->text, "\\t");
        else if (*at != '\r')
            text_append_bytes(writer->text, at, 1);
    }
    text_append(writer->text, "\"");
}

void cfg_put_number(struct cfg_writer *writer, const char *key, double value)
{
    if (isnan(value))
        return;
    text_append_format(writer->text, " %s = ", key);
    cfg_number(writer, value);
    text_append(writer->text, ";");
}

void cfg_put_string(struct cfg_writer *writer, const char *key, const char *value)
{
    if (!value)
        return;
    text_append_format(writer->text, " %s = ", key);
    cfg_string(writer, value);
    text_append(writer->text, ";");
}

void cfg_put_localized(struct cfg_writer *writer, const char *key, const struct localized *value)
{
    const char *nl = value->text[LANGUAGE_NL], *en = value->text[LANGUAGE_EN];
    if (!nl && !en)
        return;
    cfg_line(writer);
    if (nl && en && strcmp(nl, en) == 0) {
        text_append_format(writer->text, "%s = ", key);
        cfg_string(writer, nl);
        text_append(writer->text, ";");
        return;
    }
    text_append_format(writer->text, "%s: {", key);
    cfg_put_string(writer, "nl", nl);
    cfg_put_string(writer, "en", en);
    text_append(writer->text, " };");
}

void cfg_put_references(struct cfg_writer *writer, const char *key,
                        const struct reference *references, int n)
{
    if (!n)
        return;
    text_append_format(writer->text, " %s = (", key);
    for (int i = 0; i < n; i++) {
        text_append(writer->text, i ? ", " : "");
        cfg_string(writer,
                   references[i].variable ? references[i].variable->name : references[i].name);
    }
    text_append(writer->text, ");");
}

const char *cfg_key(const struct cfg_writer *writer, const char *name, bool *is_name)
{
    char *key = arena_copy_string(writer->model->arena, name);
    for (char *at = key; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '_' && *at != '-')
            *at = '_';
    if (!isalpha((unsigned char)*key))
        key = arena_format(writer->model->arena, "v_%s", key);
    *is_name = strcmp(key, name) == 0;
    return key;
}

static void put_time(struct cfg_writer *writer)
{
    const struct time_spec *time = &writer->model->time;
    bool is_plain = strcasecmp(time->method, "rk4") == 0 || strcasecmp(time->method, "euler") == 0;
    bool has_tolerance = time->tolerance != 1e-8;
    if (writer->is_annotation && is_plain && !has_tolerance)
        return;
    cfg_line(writer);
    text_append(writer->text, "time: {");
    if (!writer->is_annotation) {
        cfg_put_number(writer, "start", time->start);
        cfg_put_number(writer, "stop", time->stop);
        cfg_put_number(writer, "step", time->step);
        cfg_put_number(writer, "save_every", time->save_every);
        cfg_put_string(writer, "unit", time->unit);
    }
    cfg_put_string(writer, "method", time->method);
    cfg_put_number(writer, "tolerance", has_tolerance ? time->tolerance : NAN);
    text_append(writer->text, " };");
}

static bool has_titles(const struct dimension *dimension)
{
    for (int i = 0; i < dimension->n_elements; i++)
        for (int k = 0; k < N_LANGUAGES; k++)
            if (dimension->elements[i].title.text[k])
                return true;
    return false;
}

static void put_elements(struct cfg_writer *writer, const struct dimension *dimension)
{
    text_append(writer->text, "(");
    for (int i = 0; i < dimension->n_elements; i++) {
        text_append(writer->text, i ? ", " : "");
        cfg_string(writer, dimension->elements[i].name);
    }
    text_append(writer->text, ");");
}

static void put_titles(struct cfg_writer *writer, const struct dimension *dimension)
{
    bool is_name;
    cfg_open(writer, "titles");
    for (int i = 0; i < dimension->n_elements; i++)
        cfg_put_localized(writer, cfg_key(writer, dimension->elements[i].name, &is_name),
                          &dimension->elements[i].title);
    cfg_close(writer);
}

// In short, name = ("element", ...); or, with titles or another name, as a group.
static void put_dimension(struct cfg_writer *writer, const struct dimension *dimension)
{
    bool is_name, is_titled = has_titles(dimension);
    const char *key = cfg_key(writer, dimension->name, &is_name);
    if (writer->is_annotation && !is_titled)
        return;
    if (is_name && !is_titled) {
        cfg_line(writer);
        text_append_format(writer->text, "%s = ", key);
        put_elements(writer, dimension);
        return;
    }
    cfg_open(writer, key);
    if (!is_name)
        cfg_put_string(writer, "name", dimension->name);
    if (!writer->is_annotation) {
        text_append(writer->text, " elements = ");
        put_elements(writer, dimension);
    }
    if (is_titled)
        put_titles(writer, dimension);
    cfg_close(writer);
}

static void put_dimensions(struct cfg_writer *writer)
{
    const struct model *model = writer->model;
    bool is_any = false;
    for (size_t i = 0; i < model->dimensions.count; i++)
        is_any |= !writer->is_annotation || has_titles(model->dimensions.items[i]);
    if (!is_any)
        return;
    cfg_open(writer, "dimensions");
    for (size_t i = 0; i < model->dimensions.count; i++)
        put_dimension(writer, model->dimensions.items[i]);
    cfg_close(writer);
}

static void put_units(struct cfg_writer *writer)
{
    const struct model *model = writer->model;
    if (!model->unit_names.count)
        return;
    cfg_line(writer);
    text_append(writer->text, "units = (");
    for (size_t i = 0; i < model->unit_names.count; i++) {
        text_append(writer->text, i ? ", " : "");
        cfg_string(writer, model->unit_names.items[i]);
    }
    text_append(writer->text, ");");
}

// Functions with variables of their own are written out where they are called: see equation_text().
static void put_functions(struct cfg_writer *writer)
{
    const struct model *model = writer->model;
    size_t n = 0;
    for (size_t i = 0; i < model->macros.count; i++) {
        const struct macro *macro = model->macros.items[i];
        bool is_name;
        const char *key = cfg_key(writer, macro->name, &is_name);
        if (macro->variables.count || (writer->is_annotation && !macro->doc.text[LANGUAGE_NL]))
            continue;
        if (!n++)
            cfg_open(writer, "functions");
        cfg_open(writer, key);
        if (!writer->is_annotation) {
            cfg_put_references(writer, "arguments", macro->parameters, macro->n_parameters);
            cfg_put_string(writer, "equation", macro->equation.position.excerpt);
        }
        cfg_put_localized(writer, "doc", &macro->doc);
        cfg_close(writer);
    }
    if (n)
        cfg_close(writer);
}

static void put_leaves_out(struct cfg_writer *writer)
{
    const struct model *model = writer->model;
    if (!model->n_leaves_out)
        return;
    cfg_line(writer);
    text_append(writer->text, "leaves_out = (");
    for (int i = 0; i < model->n_leaves_out; i++) {
        const struct localized *text = &model->leaves_out[i];
        text_append(writer->text, i ? ", {" : " {");
        cfg_put_string(writer, "nl", text->text[LANGUAGE_NL]);
        cfg_put_string(writer, "en", text->text[LANGUAGE_EN]);
        text_append(writer->text, " }");
    }
    text_append(writer->text, " );");
}

static void put_model(struct cfg_writer *writer)
{
    const struct model *model = writer->model;
    if (model->is_lenient) {
        cfg_line(writer);
        text_append(writer->text, "lenient = true;");
    }
    cfg_line(writer);
    text_append(writer->text, "name = ");
    cfg_string(writer, model->name);
    text_append(writer->text, ";");
    cfg_put_localized(writer, "title", &model->title);
    cfg_put_localized(writer, "doc", &model->doc);
    cfg_put_localized(writer, "question", &model->question);
    put_leaves_out(writer);
    put_time(writer);
    put_units(writer);
    put_dimensions(writer);
    put_functions(writer);
    cfg_put_variables(writer);
    cfg_put_specs(writer);
}

void model_append_annotation(struct text *text, const struct model *model)
{
    struct cfg_writer writer = {.text = text, .model = model, .is_annotation = true};
    put_model(&writer);
    text_append(text, "\n");
}

bool model_write_cfg(const struct model *model, const char *path, struct diag *diag)
{
    struct text text = {0};
    struct cfg_writer writer = {.text = &text, .model = model};
    text_append(&text, "model: {");
    writer.depth++;
    put_model(&writer);
    cfg_close(&writer);
    text_append(&text, "\n");
    bool is_good = file_write(model->arena, path, text_string(&text), diag);
    text_clear(&text);
    return is_good;
}
