// equation/: from text to tree. Trees are compared as prefix text: (ADD a (NEGATE 2)).
#include "unit/support.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "equation/function.h"
#include "equation/parse.h"

static void append_tree(struct text *text, const struct expr *expr)
{
    static const char *const wrappers[] = {
        [EXPR_CALL] = "(CALL ", [EXPR_RANGE] = "(RANGE", [EXPR_AT] = "(AT", [EXPR_WHEN] = "(WHEN"};
    switch (expr->kind) {
    case EXPR_NUMBER:
        text_append_number(text, expr->number);
        return;
    case EXPR_WILDCARD:
        text_append(text, "*");
        return;
    case EXPR_OPERATION:
        text_append_format(text, "(%s", operation_info[expr->op].name);
        break;
    case EXPR_NAME:
        text_append_format(text, expr->n_args ? "(ELEMENT %s" : "%s", expr->key);
        break;
    default:
        text_append(text, wrappers[expr->kind]);
        text_append(text, expr->kind == EXPR_CALL ? expr->key : "");
    }
    for (int i = 0; i < expr->n_args; i++) {
        text_append(text, " ");
        append_tree(text, expr->args[i]);
    }
    if (expr->kind != EXPR_NAME || expr->n_args)
        text_append(text, ")");
}

static const char *parse_as(struct world *world, const char *equation, enum parse_dialect dialect)
{
    struct position position = {.file = "m.cfg", .line = 1, .excerpt = equation};
    const struct expr *tree = parse_expression(world->arena, position, dialect, &world->diag);
    if (!tree)
        return world_messages(world);
    struct text text = {0};
    append_tree(&text, tree);
    const char *copy = arena_copy_string(world->arena, text_string(&text));
    text_clear(&text);
    return copy;
}

struct parse_case {
    const char *equation, *tree;
};

static void assert_trees(struct world *world, const struct parse_case *cases, size_t n,
                         enum parse_dialect dialect)
{
    for (size_t i = 0; i < n; i++)
        assert_string_equal(parse_as(world, cases[i].equation, dialect), cases[i].tree);
}

#define ASSERT_TREES(cases) assert_trees(*state, (cases), ARRAY_COUNT(cases), PARSE_EQUATION)

static void operators_bind_as_xmile_says(void **state)
{
    static const struct parse_case cases[] = {
        {"a + b * c", "(ADD a (MULTIPLY b c))"},
        {"a * b + c", "(ADD (MULTIPLY a b) c)"},
        {"a * b ^ c", "(MULTIPLY a (POWER b c))"},
        {"a MOD b * c", "(MULTIPLY (MODULO a b) c)"},
        {"a + b < c - d", "(LESS (ADD a b) (SUBTRACT c d))"},
        {"a < b = c > d", "(EQUAL (LESS a b) (GREATER c d))"},
        {"a = b AND c <> d", "(AND (EQUAL a b) (NOT_EQUAL c d))"},
        {"a AND b OR c AND d", "(OR (AND a b) (AND c d))"},
        {"a >= b OR c <= d", "(OR (GREATER_EQUAL a b) (LESS_EQUAL c d))"},
        {"NOT a = b", "(EQUAL (NOT a) b)"},
        {"NOT a AND b", "(AND (NOT a) b)"},
        {"(a + b) * c", "(MULTIPLY (ADD a b) c)"},
    };
    ASSERT_TREES(cases);
}

static void operators_associate_to_the_left_but_powers(void **state)
{
    static const struct parse_case cases[] = {
        {"a - b - c", "(SUBTRACT (SUBTRACT a b) c)"}, {"a / b / c", "(DIVIDE (DIVIDE a b) c)"},
        {"a - b + c", "(ADD (SUBTRACT a b) c)"},      {"a < b < c", "(LESS (LESS a b) c)"},
        {"a ^ b ^ c", "(POWER a (POWER b c))"},
    };
    ASSERT_TREES(cases);
}

static void signs_stand_below_powers_and_above_products(void **state)
{
    static const struct parse_case cases[] = {
        {"-a ^ b", "(NEGATE (POWER a b))"},
        {"-2 ^ 2", "(NEGATE (POWER 2 2))"},
        {"a ^ -b", "(POWER a (NEGATE b))"},
        {"2 ^ -3 ^ 2", "(POWER 2 (NEGATE (POWER 3 2)))"},
        {"-a * b", "(MULTIPLY (NEGATE a) b)"},
        {"a * -b", "(MULTIPLY a (NEGATE b))"},
        {"a - -b", "(SUBTRACT a (NEGATE b))"},
        {"- - a", "(NEGATE (NEGATE a))"},
        {"+a", "a"},
        {"-2", "-2"},
        {"-(2)", "-2"},
        {"NOT NOT a", "(NOT (NOT a))"},
    };
    ASSERT_TREES(cases);
}

static void conditions_take_all_that_follows(void **state)
{
    static const struct parse_case cases[] = {
        {"IF a > b THEN c ELSE d + 1", "(SELECT (GREATER a b) c (ADD d 1))"},
        {"if a then b else if c then d else e", "(SELECT a b (SELECT c d e))"},
        {"1 + IF a THEN b ELSE c", "(ADD 1 (SELECT a b c))"},
        {"(IF a THEN b ELSE c) + 1", "(ADD (SELECT a b c) 1)"},
    };
    ASSERT_TREES(cases);
}

static void numbers_are_read_in_every_form(void **state)
{
    static const struct parse_case cases[] = {
        {"3", "3"},           {"3.", "3"},     {".5", "0.5"},  {"3.25", "3.25"}, {"1e3", "1000"},
        {"1.5E-3", "0.0015"}, {"2e+2", "200"}, {"  7\n", "7"}, {"1e-400", "0"},
    };
    ASSERT_TREES(cases);
}

static void names_may_be_quoted_and_qualified(void **state)
{
    static const struct parse_case cases[] = {
        {"Contact_Rate", "contact_rate"},
        {"\"contact rate\"", "contact_rate"},
        {"\"a-b\" * 2", "(MULTIPLY a-b 2)"},
        {"\"say \\\"hi\\\"\"", "say_\"hi\""},
        {"market.demand", "market.demand"},
        {"market.\"final demand\"", "market.final_demand"},
        {"größe", "grösse"},
        {"$price", "$price"},
        {"ands + nota", "(ADD ands nota)"}, // key words only as whole words
    };
    ASSERT_TREES(cases);
}

static void comments_and_blanks_are_passed_over(void **state)
{
    static const struct parse_case cases[] = {
        {"a {the first} + b", "(ADD a b)"},
        {"{all}a{}+{b}b{end}", "(ADD a b)"},
        {"a\n\t+\r\nb", "(ADD a b)"},
        {"a\xC2\xA0+\xC2\xA0"
         "b",
         "(ADD a b)"},
    };
    ASSERT_TREES(cases);
}

static void calls_and_subscripts_take_lists(void **state)
{
    static const struct parse_case cases[] = {
        {"MIN(a, b + 1)", "(CALL min a (ADD b 1))"},
        {"f()", "(CALL f)"},
        {"x[a, b]", "(ELEMENT x a b)"},
        {"x[*, 2]", "(ELEMENT x * 2)"},
        {"SUM(x[a:c])", "(CALL sum (ELEMENT x (RANGE a c)))"},
        {"x[i + 1] ^ 2", "(POWER (ELEMENT x (ADD i 1)) 2)"},
    };
    ASSERT_TREES(cases);
}

static void metrics_know_at_and_when(void **state)
{
    static const struct parse_case cases[] = {
        {"x AT 2050", "(AT x 2050)"},
        {"2 * x AT 2050 + 1", "(ADD (MULTIPLY 2 (AT x 2050)) 1)"},
        {"(a - b) at 3", "(AT (SUBTRACT a b) 3)"},
        {"TIME WHEN x > 0.2", "(WHEN (GREATER x 0.2))"},
        {"TIME WHEN x > a + 1 AND b", "(AND (WHEN (GREATER x (ADD a 1))) b)"},
        {"MAX(x) - x AT STOPTIME", "(SUBTRACT (CALL max x) (AT x stoptime))"},
    };
    assert_trees(*state, cases, ARRAY_COUNT(cases), PARSE_METRIC);
}

static void mistakes_are_pointed_at(void **state)
{
    static const struct parse_case cases[] = {
        {"", "m.cfg:1: error: the equation is empty\n"},
        {" {nothing} ", "m.cfg:1: error: the equation is empty\n"},
        {"a +", "m.cfg:1: error: expected a number, a name or '(', found the end of the equation "
                "[]\n"},
        {"a + * b", "m.cfg:1: error: expected a number, a name or '(', found '*' [*]\n"},
        {"(a + b", "m.cfg:1: error: expected ')' or an operator, found the end of the equation [] "
                   "(the '(' at character 1 is never closed)\n"},
        {"a + b)", "m.cfg:1: error: expected an operator or the end, found ')' [)] "
                   "(there is one ')' too many)\n"},
        {"a b", "m.cfg:1: error: expected an operator or the end, found 'b' [b] "
                "(is a '*' or another operator missing before it?)\n"},
        {"a 2", "m.cfg:1: error: expected an operator or the end, found '2' [2] "
                "(is a '*' or another operator missing before it?)\n"},
        {"(a)(b)", "m.cfg:1: error: expected an operator or the end, found '(' [(] "
                   "(is a '*' or another operator missing before it?)\n"},
        {"MIN(a b)", "m.cfg:1: error: expected ')' or an operator, found 'b' [b]\n"},
        {"MIN(a,)", "m.cfg:1: error: expected a number, a name or '(', found ')' [)]\n"},
        {"x[a", "m.cfg:1: error: expected ']' or ',', found the end of the equation [] "
                "(the '[' at character 2 is never closed)\n"},
        {"x[]", "m.cfg:1: error: expected a number, a name or '(', found ']' []]\n"},
        {"IF a b", "m.cfg:1: error: expected THEN, found 'b' [b]\n"},
        {"IF a THEN b", "m.cfg:1: error: expected ELSE, found the end of the equation []\n"},
        {"a {open", "m.cfg:1: error: this comment is never closed [{] (end it with '}')\n"},
        {"\"open", "m.cfg:1: error: this quote is never closed [\"]\n"},
        {"1e999", "m.cfg:1: error: this number is too large [1e999]\n"},
        {"2nd", "m.cfg:1: error: a name cannot start with a digit [2nd] "
                "(put the name in double quotes, or a '*' between the number and the name)\n"},
        {"0x10", "m.cfg:1: error: a name cannot start with a digit [0x10] "
                 "(put the name in double quotes, or a '*' between the number and the name)\n"},
    };
    ASSERT_TREES(cases);
}

static void signs_of_other_languages_get_a_hint(void **state)
{
    static const struct parse_case cases[] = {
        {"a == b", "m.cfg:1: error: this sign is not part of the equation language [==] "
                   "(equality is written '=')\n"},
        {"a != b", "m.cfg:1: error: this sign is not part of the equation language [!=] "
                   "('not equal' is written '<>')\n"},
        {"a && b", "m.cfg:1: error: this sign is not part of the equation language [&&] "
                   "(write AND)\n"},
        {"a || b", "m.cfg:1: error: this sign is not part of the equation language [||] "
                   "(write OR)\n"},
        {"a ** b", "m.cfg:1: error: this sign is not part of the equation language [**] "
                   "(a power is written '^')\n"},
        {"!a", "m.cfg:1: error: this sign is not part of the equation language [!] (write NOT)\n"},
        {"5 % 2", "m.cfg:1: error: this sign is not part of the equation language [%] "
                  "(write MOD for the remainder; a share of 5 % is 0.05)\n"},
        {"a ; b", "m.cfg:1: error: this sign is not part of the equation language [;]\n"},
        {"a.", "m.cfg:1: error: this sign is not part of the equation language [.]\n"},
    };
    ASSERT_TREES(cases);
}

static void mistakes_of_metrics_are_pointed_at(void **state)
{
    static const struct parse_case cases[] = {
        {"TIME WHEN x", "m.cfg:1: error: TIME WHEN needs a comparison [x] "
                        "(for example: TIME WHEN novel_share > 0.2)\n"},
        {"x AT", "m.cfg:1: error: expected a number, a name or '(', found the end of the equation "
                 "[]\n"},
    };
    assert_trees(*state, cases, ARRAY_COUNT(cases), PARSE_METRIC);
    assert_string_equal(parse_as(*state, "x AT 2050", PARSE_EQUATION),
                        "m.cfg:1: error: expected an operator or the end, found 'AT' [AT] "
                        "(is a '*' or another operator missing before it?)\n");
}

// `n` times `open`, then `middle`, then `n` times `close`.
static const char *nest(struct world *world, int n, const char *open, const char *middle,
                        const char *close)
{
    struct text text = {0};
    for (int i = 0; i < n; i++)
        text_append(&text, open);
    text_append(&text, middle);
    for (int i = 0; i < n; i++)
        text_append(&text, close);
    const char *copy = arena_copy_string(world->arena, text_string(&text));
    text_clear(&text);
    return copy;
}

static void depth_and_length_have_limits(void **state)
{
    struct world *world = *state;
    const char *too_deep = "m.cfg:1: error: nested more than 200 levels deep [%s] "
                           "(split it over several variables)\n";
    assert_string_equal(parse_as(world, nest(world, 199, "(", "a", ")"), PARSE_EQUATION), "a");
    assert_string_equal(parse_as(world, nest(world, 200, "(", "a", ")"), PARSE_EQUATION),
                        arena_format(world->arena, too_deep, "a"));
    assert_string_equal(parse_as(world, nest(world, 100000, "-", "a", ""), PARSE_EQUATION),
                        arena_format(world->arena, too_deep, "-"));
    assert_non_null(strstr(parse_as(world, nest(world, 0, "", "a", ""), PARSE_EQUATION), "a"));
    const char *sum = nest(world, 5000, "a+", "a", "");
    assert_non_null(strstr(parse_as(world, sum, PARSE_EQUATION), "(ADD"));
    assert_string_equal(parse_as(world, nest(world, 5001, "a+", "a", ""), PARSE_EQUATION),
                        "m.cfg:1: error: more than 5000 operators in one equation [+] "
                        "(split it over several variables)\n");
}

static void trees_know_where_they_stand(void **state)
{
    struct world *world = *state;
    struct position position = {.file = "m.cfg", .line = 1, .excerpt = " a + MIN( b ,c[ 1]) "};
    const struct expr *sum = parse_expression(world->arena, position, PARSE_EQUATION, &world->diag);
    const struct expr *call = sum->args[1], *element = call->args[1];
    assert_int_equal(sum->start, 1);
    assert_int_equal(sum->length, 18);
    assert_int_equal(sum->mark, 3);
    assert_int_equal(call->start, 5);
    assert_int_equal(call->length, 14);
    assert_int_equal(element->start, 13);
    assert_int_equal(element->length, 5);
}

static void every_function_is_found_by_its_name(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < n_functions; i++) {
        const char *name = functions[i].name;
        assert_ptr_equal(function_find(name_key(world->arena, name, strlen(name))), &functions[i]);
        assert_memory_equal(functions[i].signature, name, strlen(name));
    }
    assert_null(function_find("sin_"));
    assert_null(function_find("si"));
    assert_null(function_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(operators_bind_as_xmile_says),
        WORLD_TEST(operators_associate_to_the_left_but_powers),
        WORLD_TEST(signs_stand_below_powers_and_above_products),
        WORLD_TEST(conditions_take_all_that_follows),
        WORLD_TEST(numbers_are_read_in_every_form),
        WORLD_TEST(names_may_be_quoted_and_qualified),
        WORLD_TEST(comments_and_blanks_are_passed_over),
        WORLD_TEST(calls_and_subscripts_take_lists),
        WORLD_TEST(metrics_know_at_and_when),
        WORLD_TEST(mistakes_are_pointed_at),
        WORLD_TEST(signs_of_other_languages_get_a_hint),
        WORLD_TEST(mistakes_of_metrics_are_pointed_at),
        WORLD_TEST(depth_and_length_have_limits),
        WORLD_TEST(trees_know_where_they_stand),
        WORLD_TEST(every_function_is_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
