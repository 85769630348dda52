// Stage: model. The sections of variables of a libconfig model: what each kind may hold is in the
// tables of fields.
#include "model/read_cfg_private.h"

#include "base/array.h"
#include "model/read_spec.h"

#include <math.h>
#include <string.h>

static struct equation constant_equation(struct cfg_reader *cfg, double value,
                                         struct position position)
{
    return (struct equation){.position = position, .tree = expr_number(cfg->arena, value)};
}

// An equation is a string, or a plain number for short.
void equation_setting_read(struct cfg_reader *cfg, config_setting_t *setting,
                           struct equation *equation)
{
    struct position position = setting_position(cfg, setting);
    double number;
    if (config_setting_type(setting) == CONFIG_TYPE_STRING) {
        position.excerpt = string_read(cfg, setting);
        *equation = (struct equation){.position = position};
    } else if (config_setting_is_scalar(setting)) {
        if (number_read(cfg, setting, &number))
            *equation = constant_equation(cfg, number, position);
    } else {
        diag_error(cfg->diag, position, "'%s' must be an equation in quotes",
                   config_setting_name(setting));
    }
}

static void read_equation(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    variable->equations = ARENA_NEW(cfg->arena, struct equation);
    variable->n_equations = 1;
    equation_setting_read(cfg, setting, variable->equations);
}

static void read_element(struct cfg_reader *cfg, config_setting_t *setting,
                         struct element_equation *element)
{
    element->subscripts = arena_copy_string(cfg->arena, config_setting_name(setting));
    equation_setting_read(cfg, setting, &element->equation);
}

static void read_listed_element(struct cfg_reader *cfg, config_setting_t *entry,
                                struct element_equation *element)
{
    config_setting_t *at = NULL, *equation = NULL, *initial = NULL;
    if (config_setting_is_group(entry)) {
        at = config_setting_get_member(entry, "at");
        equation = config_setting_get_member(entry, "equation");
        initial = config_setting_get_member(entry, "initial");
    }
    if (!at || !equation) {
        diag_error(cfg->diag, setting_position(cfg, entry),
                   "expected { at = \"element, element\"; equation = \"...\"; }");
        return;
    }
    element->subscripts = string_read(cfg, at);
    equation_setting_read(cfg, equation, &element->equation);
    if (initial)
        equation_setting_read(cfg, initial, &element->initial);
}

// elements: { construction = "..."; } or, with several dimensions,
// elements = ( { at = "construction, young"; equation = "..."; } )
static void read_elements(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    if (!config_setting_is_group(setting) && !config_setting_is_list(setting)) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'elements' must be a group { name = \"...\"; }");
        return;
    }
    variable->n_elements = config_setting_length(setting);
    variable->elements = ARENA_NEW_ARRAY(cfg->arena, struct element_equation, variable->n_elements);
    int n = 0;
    for (int i = 0; i < variable->n_elements; i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        struct element_equation *element = &variable->elements[n];
        if (config_setting_is_group(setting))
            read_element(cfg, entry, element);
        else
            read_listed_element(cfg, entry, element);
        n += element->subscripts != NULL;
    }
    variable->n_elements = n;
}

static void read_inflows(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    references_read(cfg, setting, &variable->inflows, &variable->n_inflows);
}

static void read_outflows(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    references_read(cfg, setting, &variable->outflows, &variable->n_outflows);
}

static void read_variable_dimensions(struct cfg_reader *cfg, config_setting_t *setting,
                                     void *object)
{
    struct variable *variable = object;
    references_read(cfg, setting, &variable->dimension_names, &variable->n_dimensions);
}

static void read_unit(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    variable->unit_text = string_read(cfg, setting);
    variable->unit_position = setting_position(cfg, setting);
    variable->unit_position.excerpt = variable->unit_text;
}

static void read_value(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    double *values = numbers_read(cfg, setting, &variable->n_values);
    if (values)
        variable->values = values;
    else
        variable->n_values = 1;
}

static void read_range(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    int count;
    double *ends = numbers_read(cfg, setting, &count);
    if (!ends)
        return;
    if (count != 2 || !(ends[0] <= ends[1])) {
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'range' must be two numbers, the lower one first");
        return;
    }
    variable->spread.has_range = true;
    variable->spread.low = ends[0];
    variable->spread.high = ends[1];
}

static struct table *new_table(struct cfg_reader *cfg, struct variable *variable)
{
    if (!variable->table)
        variable->table = ARENA_NEW(cfg->arena, struct table);
    return variable->table;
}

static void read_points(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct table *table = new_table(cfg, object);
    const struct table *points = points_read(cfg, setting);
    if (points)
        *table = (struct table){table->kind, points->n_points, points->x, points->y};
}

static void read_table_kind(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    static const char *const names[] = {"continuous", "extrapolate", "discrete"};
    struct table *table = new_table(cfg, object);
    const char *name = string_read(cfg, setting);
    if (!name)
        return;
    struct nearest nearest = nearest_start(name);
    for (int i = 0; i < (int)ARRAY_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            table->kind = (enum table_kind)i;
            return;
        }
        nearest_consider(&nearest, names[i], names[i]);
    }
    diag_error(cfg->diag, setting_position(cfg, setting),
               "unknown kind of table '%s': continuous, extrapolate or discrete", name);
    diag_suggest(cfg->diag, nearest.best);
}

// `name` is read before anything else.
static void read_nothing(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    (void)cfg;
    (void)setting;
    (void)object;
}

// The value at the start of what has another equation during the run.
static void read_initial(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    variable->initials = ARENA_NEW(cfg->arena, struct equation);
    variable->n_initials = 1;
    equation_setting_read(cfg, setting, variable->initials);
}

// each = ( { at = "element"; points = ( (x, y), ... ); kind = "..."; } ): tables of elements
static void read_each(struct cfg_reader *cfg, config_setting_t *setting, void *object)
{
    struct variable *variable = object;
    static const struct field fields[] = {
        {"at", FIELD_CUSTOM, 0, true, read_nothing},
        {"points", FIELD_CUSTOM, 0, true, read_points},
        {"kind", FIELD_CUSTOM, 0, false, read_table_kind},
        {"input", FIELD_CUSTOM, 0, false, read_equation},
    };
    int n = config_setting_is_list(setting) ? config_setting_length(setting) : 0;
    if (!n)
        diag_error(cfg->diag, setting_position(cfg, setting),
                   "'each' must be a list ( { at = \"element\"; points = ( ... ); } )");
    variable->elements = ARENA_NEW_ARRAY(cfg->arena, struct element_equation, n);
    for (int i = 0; i < n; i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        struct variable part = {0};
        fields_read(cfg, entry, fields, ARRAY_COUNT(fields), &part, "table of an element");
        config_setting_t *at =
            config_setting_is_group(entry) ? config_setting_get_member(entry, "at") : NULL;
        const char *subscripts = at ? string_read(cfg, at) : NULL;
        struct element_equation element = {.subscripts = subscripts, .table = part.table};
        if (part.n_equations)
            element.equation = part.equations[0];
        if (subscripts && part.table)
            variable->elements[variable->n_elements++] = element;
    }
}

#define MEMBER(key, type, member)                                                                  \
    {                                                                                              \
        key, type, offsetof(struct variable, member), false, NULL                                  \
    }
#define CUSTOM(key, read)                                                                          \
    {                                                                                              \
        key, FIELD_CUSTOM, 0, false, read                                                          \
    }
#define COMMON_FIELDS                                                                              \
    CUSTOM("name", read_nothing), CUSTOM("unit", read_unit),                                       \
        CUSTOM("dimensions", read_variable_dimensions), MEMBER("title", FIELD_TEXT, title),        \
        MEMBER("doc", FIELD_TEXT, doc), MEMBER("source", FIELD_STRING, source),                    \
        MEMBER("quality", FIELD_STRING, quality)

static const struct field parameter_fields[] = {
    COMMON_FIELDS,
    CUSTOM("value", read_value),
    CUSTOM("elements", read_elements),
    CUSTOM("range", read_range),
    MEMBER("distribution", FIELD_STRING, spread.distribution),
    MEMBER("mode", FIELD_NUMBER, spread.mode),
};

static const struct field stock_fields[] = {
    COMMON_FIELDS,
    CUSTOM("initial", read_equation),
    CUSTOM("elements", read_elements),
    CUSTOM("inflows", read_inflows),
    CUSTOM("outflows", read_outflows),
    MEMBER("non_negative", FIELD_BOOLEAN, is_non_negative),
};

static const struct field flow_fields[] = {
    COMMON_FIELDS,
    CUSTOM("equation", read_equation),
    CUSTOM("elements", read_elements),
    CUSTOM("initial", read_initial),
    CUSTOM("points", read_points),
    CUSTOM("kind", read_table_kind),
    MEMBER("non_negative", FIELD_BOOLEAN, is_non_negative),
};

static const struct field auxiliary_fields[] = {
    COMMON_FIELDS,
    CUSTOM("equation", read_equation),
    CUSTOM("elements", read_elements),
    CUSTOM("initial", read_initial),
};

static const struct field table_fields[] = {
    COMMON_FIELDS,
    CUSTOM("input", read_equation),
    CUSTOM("points", read_points),
    CUSTOM("kind", read_table_kind),
    CUSTOM("each", read_each),
    CUSTOM("initial", read_initial),
};

static const struct field input_fields[] = {
    COMMON_FIELDS,
    CUSTOM("default", read_value),
};

static const struct kind_schema {
    const char *section;
    const struct field *fields;
    size_t n_fields;
    const char *needs; // the key without which the variable says nothing
} kind_schemas[N_VARIABLE_KINDS] = {
    [VARIABLE_PARAMETER] = {"parameters", parameter_fields, ARRAY_COUNT(parameter_fields), "value"},
    [VARIABLE_STOCK] = {"stocks", stock_fields, ARRAY_COUNT(stock_fields), "initial"},
    [VARIABLE_FLOW] = {"flows", flow_fields, ARRAY_COUNT(flow_fields), "equation"},
    [VARIABLE_AUXILIARY] = {"auxiliaries", auxiliary_fields, ARRAY_COUNT(auxiliary_fields),
                            "equation"},
    [VARIABLE_TABLE] = {"tables", table_fields, ARRAY_COUNT(table_fields), "points"},
    [VARIABLE_INPUT] = {"inputs", input_fields, ARRAY_COUNT(input_fields), NULL},
};

static void check_complete(struct cfg_reader *cfg, config_setting_t *group,
                           const struct variable *variable, bool is_lenient)
{
    struct position position = variable->position;
    const char *kind = variable_kind_name(variable->kind), *name = variable->name;
    const char *needs = kind_schemas[variable->kind].needs;
    if (needs && !config_setting_get_member(group, needs) &&
        !config_setting_get_member(group, "elements") && !config_setting_get_member(group, "each"))
        diag_error(cfg->diag, position, "%s '%s' has no '%s'", kind, name, needs);
    if (!variable->unit_text && variable->kind != VARIABLE_TABLE && !is_lenient &&
        !config_setting_get_member(group, "unit")) {
        diag_error(cfg->diag, position, "%s '%s' has no unit", kind, name);
        diag_hint(cfg->diag, "unit = \"person\"; or, for a pure number, unit = \"1\";");
    }
}

// The name of a variable: that of its group, or what `name` says where a group cannot be called so.
static const char *variable_name(struct cfg_reader *cfg, config_setting_t *group)
{
    config_setting_t *name = config_setting_get_member(group, "name");
    const char *given = name ? string_read(cfg, name) : NULL;
    return given ? given : config_setting_name(group);
}

// Adds what an annotation says of a variable that another reader has read.
static void annotate_variable(struct cfg_reader *cfg, config_setting_t *group,
                              enum variable_kind kind, struct part_reader *reader)
{
    const char *name = variable_name(cfg, group);
    struct variable *variable =
        model_find_variable(reader->model, name_key(cfg->arena, name, strlen(name)));
    if (!variable) {
        diag_warning(cfg->diag, setting_position(cfg, group),
                     "'%s' is annotated, but there is no such variable", name);
        return;
    }
    const struct kind_schema *schema = &kind_schemas[kind];
    fields_read(cfg, group, schema->fields, schema->n_fields, variable,
                arena_format(cfg->arena, "the annotation of '%s'", name));
    bool is_number = variable->kind == VARIABLE_PARAMETER;
    if (*reader->name)
        variable->part = reader->name;
    if (is_number && kind == VARIABLE_INPUT)
        variable->kind = VARIABLE_INPUT;
    if (is_number && kind == VARIABLE_AUXILIARY)
        variable_make_equation(cfg->arena, variable, VARIABLE_AUXILIARY);
}

static void read_variable(struct cfg_reader *cfg, config_setting_t *group, enum variable_kind kind,
                          struct part_reader *reader)
{
    struct position position = setting_position(cfg, group);
    const char *name = variable_name(cfg, group);
    struct variable *variable = model_add_variable(reader->model, name, kind, position, cfg->diag);
    if (!variable)
        return;
    variable->part = reader->name;
    if (kind == VARIABLE_PARAMETER || kind == VARIABLE_INPUT) {
        variable->values = ARENA_NEW(cfg->arena, double);
        *variable->values = kind == VARIABLE_INPUT ? 0 : NAN; // NaN: only elements have values
        variable->n_values = 1;
    }
    const struct kind_schema *schema = &kind_schemas[kind];
    const char *what = arena_format(cfg->arena, "%s '%s'", variable_kind_name(kind), name);
    fields_read(cfg, group, schema->fields, schema->n_fields, variable, what);
    bool is_lenient = reader->model->is_lenient;
    if (kind == VARIABLE_TABLE && !variable->unit_text && !is_lenient)
        variable->unit_text = "1";
    check_complete(cfg, group, variable, is_lenient);
}

static void read_section(struct cfg_reader *cfg, config_setting_t *section, enum variable_kind kind,
                         struct part_reader *reader)
{
    if (!config_setting_is_group(section)) {
        diag_error(cfg->diag, setting_position(cfg, section), "'%s' must be a group { ... }",
                   config_setting_name(section));
        return;
    }
    for (int i = 0; i < config_setting_length(section); i++) {
        config_setting_t *member = config_setting_get_elem(section, (unsigned)i);
        if (config_setting_is_group(member) && reader->is_annotation)
            annotate_variable(cfg, member, kind, reader);
        else if (config_setting_is_group(member))
            read_variable(cfg, member, kind, reader);
        else
            diag_error(cfg->diag, setting_position(cfg, member), "%s '%s' must be a group { ... }",
                       variable_kind_name(kind), config_setting_name(member));
    }
}

#define SECTION_READER(function, kind)                                                             \
    void function(struct cfg_reader *cfg, config_setting_t *setting, void *object)                 \
    {                                                                                              \
        read_section(cfg, setting, kind, object);                                                  \
    }
SECTION_READER(parameters_read, VARIABLE_PARAMETER)
SECTION_READER(stocks_read, VARIABLE_STOCK)
SECTION_READER(flows_read, VARIABLE_FLOW)
SECTION_READER(auxiliaries_read, VARIABLE_AUXILIARY)
SECTION_READER(tables_read, VARIABLE_TABLE)
SECTION_READER(inputs_read, VARIABLE_INPUT)
