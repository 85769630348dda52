// Stage: command line. Folder, charts and JSON of whatever a command found out.
#include "cli/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *results_folder(const struct session *session, const char *name)
{
    const char *output = session->options.output;
    return output ? output : arena_format(session->arena, "results/%s", name);
}

struct chart_context results_chart_context(struct session *session, const char *folder,
                                           const char *run_id)
{
    const struct options *options = &session->options;
    struct chart_context context = {.arena = session->arena,
                                    .folder = folder,
                                    .language = options_chart_language(options),
                                    .run_id = run_id,
                                    .source = "Kantelpunt " KANTELPUNT_VERSION,
                                    .diag = &session->diag};
    memcpy(context.formats, options->formats, sizeof context.formats);
    return context;
}

json_t *results_number(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

void results_print_json(json_t *root)
{
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    if (!text)
        abort();
    puts(text);
    free(text);
    json_decref(root);
}
