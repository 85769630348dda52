// The template language and the numbers of the briefing: every mark, every mistake with its
// message, every format in both languages.
#include "unit/support.h"

#include "report/brief/facts.h"
#include "report/brief/page_number.h"
#include "report/brief/svg_inline.h"
#include "report/brief/template.h"

#include <string.h>

static const struct fact_spec specs[] = {
    {"about", true, "", {{"title", NULL, ""}, {"n", "count", ""}, {"nothing", "1", ""}}},
    {"runs",
     false,
     "",
     {{"name", NULL, ""}, {"unit", NULL, ""}, {"share", "share", ""}, {"end", "", ""}}},
};

static struct facts *some_facts(struct world *world)
{
    static const struct {
        const char *name;
        double share, end;
    } rows[] = {{"b & c", 0.25, 1200}, {"a", NAN, 3}, {"d", 0.5, 7}};
    struct facts *facts = facts_create(world->arena, specs, ARRAY_COUNT(specs));
    facts_add_row(facts, "about");
    facts_set_text(facts, "about", 0, "title", "Title");
    facts_set_number(facts, "about", 0, "n", 3);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int row = facts_add_row(facts, "runs");
        facts_set_text(facts, "runs", row, "name", rows[i].name);
        facts_set_text(facts, "runs", row, "unit", "person");
        facts_set_number(facts, "runs", row, "share", rows[i].share);
        facts_set_number(facts, "runs", row, "end", rows[i].end);
    }
    return facts;
}

static const char *one_chart(void *context, const char *name)
{
    return strcmp(name, context) == 0 ? "<svg/>" : NULL;
}

// The template filled in; "" with errors.
static const char *expanded(struct world *world, const char *template_text)
{
    const char *path = world_write(world, "page.html", template_text);
    struct template *template =
        template_read(world->arena, path, specs, ARRAY_COUNT(specs), &world->diag);
    struct template_page page = {.language = LANGUAGE_EN, .context = "b & c", .chart = one_chart};
    struct text text = {0};
    if (template)
        template_expand(template, some_facts(world), &page, &text, &world->diag);
    const char *copy = arena_copy_string(world->arena, text_string(&text));
    text_clear(&text);
    return copy;
}

struct expansion_case {
    const char *template_text, *text;
};

static void marks_print_what_they_say(void **state)
{
    static const struct expansion_case cases[] = {
        {"plain { text } }}", "plain { text } }}"},
        {"{{about.title}}", "<span class=\"name\">Title</span>"},
        {"{{about.title | lower | plain}}", "title"},
        {"{{ about.n }}",
         "<data value=\"3\" data-table=\"about\" data-row=\"1\" data-column=\"n\">3</data>"},
        {"{{about.n | words | plain}}", "three"},
        {"{{about.nothing}}", "–"},
        {"{{for r in runs}}{{r.name | plain}}{{between}}, {{last}} and {{end}}",
         "b &amp; c, a and d"},
        {"{{for r in runs}}{{r.name | plain}}{{between}}/{{end}}", "b &amp; c/a/d"},
        {"{{for r in runs where r.share > 0.3}}{{r.share}}{{end}}",
         "<data value=\"0.5\" data-table=\"runs\" data-row=\"3\" data-column=\"share\">50%</data>"},
        {"{{for r in runs by r.share}}{{r.name | plain}} {{end}}", "b &amp; c d a "},
        {"{{for r in runs by r.share down}}{{r.name | plain}} {{end}}", "d b &amp; c a "},
        {"{{for r in runs by r.name limit 2}}{{r.name | plain}} {{end}}", "a b &amp; c "},
        {"{{for r in runs where r.end > 1e9}}x{{else}}none{{end}}", "none"},
        {"{{with r in runs where r.end < 10}}{{r.name | plain}}{{else}}none{{end}}", "a"},
        {"{{for r in runs}}{{for q in runs where q.end < r.end}}{{q.name | plain}}{{end}};{{end}}",
         "ad;;a;"},
        {"{{if about.n = 3}}three{{else}}other{{end}}", "three"},
        {"{{if about.n <> 3}}a{{elif about.n >= 3}}b{{else}}c{{end}}", "b"},
        {"{{if about.n < 3}}a{{elif about.n > 3}}b{{else}}c{{end}}", "c"},
        {"{{if about.nothing = 0}}zero{{elif about.nothing <> 0}}some{{else}}unknown{{end}}",
         "unknown"},
        {"{{if about.title = \"Title\" and not about.nothing}}yes{{end}}", "yes"},
        {"{{if any r in runs where r.end > 1000 or (r.end = 3 and r.share)}}yes{{end}}", "yes"},
        {"{{if any r in runs where r.end > 2000}}yes{{end}}", ""},
        {"{{for r in runs where known r.share and not known about.nothing}}x{{end}}", "xx"},
        {"{{chart \"b & c\"}}{{for r in runs limit 1}}{{chart r.name}}{{end}}", "<svg/><svg/>"},
        {"a\n  {{if about.n}}  \nb\n{{end}}\nc", "a\nb\nc"},
        {"a\n{{! a remark }}\nb {{! another }}c", "a\nb c"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_string_equal(expanded(world, cases[i].template_text), cases[i].text);
        assert_messages(world, "");
    }
}

static void files_include_others(void **state)
{
    struct world *world = *state;
    world_write(world, "part.html", "[{{r.name | plain}}]");
    assert_string_equal(expanded(world, "{{for r in runs}}{{include \"part.html\"}}{{end}}"),
                        "[b &amp; c][a][d]");
    world_write(world, "part.html", "{{r.nam}}");
    assert_string_equal(expanded(world, "{{for r in runs}}\n{{include \"part.html\"}}\n{{end}}"),
                        "");
    assert_messages(world, "part.html:1:5: error: the table 'runs' has no column 'nam' [nam] "
                           "(did you mean 'name'?)\n");
    world_write(world, "part.html", "{{include \"part.html\"}}");
    expanded(world, "{{include \"part.html\"}}");
    assert_messages(world, "part.html:1:1: error: files include each other without end "
                           "[{{include \"part.html\"]\n");
}

static void mistakes_are_reported_with_their_place(void **state)
{
    static const struct expansion_case cases[] = {
        {"a\n {{about.tilte}}",
         "page.html:2:10: error: the table 'about' has no column 'tilte' [tilte] "
         "(did you mean 'title'?)\n"},
        {"{{abuot.title}}",
         "page.html:1:3: error: unknown name 'abuot' [abuot] (did you mean 'about'?)\n"},
        {"{{runs.name}}", "page.html:1:3: error: 'runs' has many rows: which one is meant? [runs] "
                          "({{for row in runs}} ... {{row.column}} ... {{end}})\n"},
        {"{{for r in rums}}{{end}}",
         "page.html:1:12: error: there is no table 'rums' [rums] (did you mean 'runs'?)\n"},
        {"{{for r of runs}}{{end}}",
         "page.html:1:9: error: expected 'in' and a table, not 'of' [of]\n"},
        {"{{if about.n = }}x{{end}}",
         "page.html:1:16: error: expected a value, not the end of the mark [}}]\n"},
        {"{{if (about.n = 1}}x{{end}}",
         "page.html:1:18: error: expected ')', not the end of the mark [}}]\n"},
        {"{{if about.n == 1}}x{{end}}", "page.html:1:15: error: expected a value, not '=' [=]\n"},
        {"{{if about.title = \"x}}y{{end}}",
         "page.html:1:20: error: this text has no closing quote [\"x]\n"},
        {"{{about.n | word}}",
         "page.html:1:13: error: there is no format 'word' [word] (did you mean 'words'?)\n"},
        {"{{about.n words}}",
         "page.html:1:11: error: expected the end of the mark, not 'words' [words]\n"},
        {"{{about}}", "page.html:1:8: error: expected a point and a column behind 'about', not the "
                      "end of the mark [}}]\n"},
        {"{{12}}", "page.html:1:3: error: a number can come from a table only [12]\n"},
        {"{{for r in runs limit 0}}{{end}}",
         "page.html:1:23: error: a limit is a whole number from 1 [0]\n"},
        {"x {{if about.n}} y", "page.html:1:3: error: this 'if' has no {{end}} [{{]\n"},
        {"x {{end}} y",
         "page.html:1:3: error: 'end' without an open 'if', 'for' or 'with' [{{end}}]\n"},
        {"{{if about.n}}{{between}}{{end}}",
         "page.html:1:15: error: 'between' does not belong into 'if' [{{between}}]\n"},
        {"{{for r in runs}}{{elif about.n}}{{end}}",
         "page.html:1:18: error: 'elif' does not belong into 'for' [{{elif about.n}}]\n"},
        {"a {{about.n", "page.html:1:3: error: this mark has no closing braces [{{] "
                        "(a mark ends in }})\n"},
        {"{{include \"none.html\"}}",
         "page.html:1:1: error: there is no file 'none.html' to include "
         "[{{include \"none.html\"]\n"},
        {"{{include about}}", "page.html:1:16: error: expected a point and a column behind "
                              "'about', not the end of the mark [}}]\n"},
        {"{{chart \"none\"}}", "page.html:1:1: error: there is no chart 'none' [{{chart] "
                               "({{for chart in charts}} goes over those that were drawn)\n"},
        // Several at once, and in branches that are not taken.
        {"{{if about.n = 4}}{{about.x}}{{end}}{{about.y}}",
         "page.html:1:27: error: the table 'about' has no column 'x' [x] (kantelpunt help briefing "
         "lists the columns)\n"
         "page.html:1:45: error: the table 'about' has no column 'y' [y] (kantelpunt help briefing "
         "lists the columns)\n"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        expanded(world, cases[i].template_text);
        assert_messages(world, cases[i].text);
    }
}

static void numbers_read_as_people_write_them(void **state)
{
    static const struct {
        const char *format;
        double value;
        const char *unit, *dutch, *english;
    } cases[] = {
        {NULL, 0.3008, "share", "30,1%", "30.1%"},
        {NULL, 0.2, "share", "20%", "20%"},
        {NULL, 0.00042, "share", "0,04%", "0.04%"},
        {NULL, 0.987, "chance", "99%", "99%"},
        {NULL, 0.004, "chance", "0,4%", "0.4%"},
        {NULL, 0.9996, "chance", "99,96%", "99.96%"},
        {NULL, 1, "chance", "100%", "100%"},
        {NULL, 1.2345e9, "euro", "1,23 miljard euro", "€1.23 billion"},
        {NULL, 20e6, "euro", "20 miljoen euro", "€20 million"},
        {NULL, 999.6e6, "euro", "1 miljard euro", "€1 billion"},
        {NULL, 12345, "euro", "12.300 euro", "€12,300"},
        {NULL, -2.5e6, "euro", "−2,5 miljoen euro", "−€2.5 million"},
        {NULL, 0.2, "euro", "0 euro", "€0"},
        {NULL, 2034.99, "date", "2034", "2034"},
        {NULL, 0.75, "duration", "9 maanden", "9 months"},
        {NULL, 1.0 / 12, "duration", "1 maand", "1 month"},
        {NULL, 1, "duration", "1 jaar", "1 year"},
        {NULL, 6.26, "duration", "6,3 jaar", "6.3 years"},
        {NULL, 151964, "person", "152.000 personen", "152,000 people"},
        {NULL, 4.6, "euro/person", "5 euro per persoon", "€5 a person"},
        {NULL, 2031.2, "year", "2031", "2031"},
        {NULL, 0.123, "1", "0,12", "0.12"},
        {NULL, -1.234e20, "1", "−1,23e20", "−1.23e20"},
        {"month", 2034.6, "date", "augustus 2034", "August 2034"},
        {"month", 2034, "date", "januari 2034", "January 2034"},
        {"points", 0.0123, "share", "1,2 procentpunt", "1.2 percentage points"},
        {"size", -0.25, "share", "25%", "25%"},
        {"words", 0, "count", "geen", "none"},
        {"words", 12, "count", "twaalf", "twelve"},
        {"words", 13, "count", "13", "13"},
        {"number", 1234, "1", "1230", "1230"},
        {"count", 12345, "1", "12.345", "12,345"},
        {"decimal", -0.04, "1", "0,0", "0.0"},
        {"percent", 0.055, "1", "5,5%", "5.5%"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fact fact = {NULL, cases[i].value, cases[i].unit};
        const struct page_format *format =
            cases[i].format ? page_format_find(cases[i].format) : page_format_of_unit(&fact);
        assert_non_null(format);
        assert_string_equal(format->print(world->arena, &fact, LANGUAGE_NL), cases[i].dutch);
        assert_string_equal(format->print(world->arena, &fact, LANGUAGE_EN), cases[i].english);
    }
}

static void pictures_on_one_page_do_not_share_ids(void **state)
{
    struct world *world = *state;
    const char *svg = "<?xml version=\"1.0\"?>\n<svg width=\"9\" viewBox=\"0 0 90 30\">\n"
                      "<title>t</title><g id=\"a\"><use xlink:href='#a'/>"
                      "<path fill='url(#a)' d='M0,0'/></g></svg>\n";
    assert_string_equal(
        svg_inline(world->arena, svg, "p-", "It is \"so\""),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
        "class=\"wide\" viewBox=\"0 0 90 30\" role=\"img\" aria-label=\"It is &quot;so&quot;\">\n"
        "<g id=\"p-a\"><use xlink:href='#p-a'/><path fill='url(#p-a)' d='M0,0'/></g></svg>\n");
    assert_null(svg_inline(world->arena, "no picture", "p-", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(marks_print_what_they_say),
        WORLD_TEST(files_include_others),
        WORLD_TEST(mistakes_are_reported_with_their_place),
        WORLD_TEST(numbers_read_as_people_write_them),
        WORLD_TEST(pictures_on_one_page_do_not_share_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
