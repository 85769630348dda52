// Stage: report. Texts of dot files, and the program `dot` that lays them out.
#include "report/graphviz.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// Appends `text`; each sign goes through `escape` (NULL: as it is), blanks may become `line_break`.
static void append_broken(struct text *dot, const char *text, int width, const char *line_break,
                          const char *(*escape)(char sign))
{
    int n = 0;
    for (; *text; text++) {
        if (*text == ' ' && width && n > width) {
            text_append(dot, line_break);
            n = 0;
            continue;
        }
        const char *escaped = escape(*text);
        if (escaped)
            text_append(dot, escaped);
        else
            text_append_bytes(dot, text, 1);
        n++;
    }
}

static const char *escape_quoted(char sign)
{
    return sign == '"' ? "\\\"" : sign == '\\' ? "\\\\" : sign == '\n' ? "\\n" : NULL;
}

static const char *escape_html(char sign)
{
    return sign == '&' ? "&amp;" : sign == '<' ? "&lt;" : sign == '>' ? "&gt;" : NULL;
}

void dot_append(struct text *dot, const char *text, int width)
{
    append_broken(dot, text, width, "\\n", escape_quoted);
}

void dot_append_html(struct text *dot, const char *text, int width)
{
    append_broken(dot, text, width, "<BR/>", escape_html);
}

void dot_begin(struct text *dot, const char *name, const char *title, const char *rankdir)
{
    text_append_format(dot,
                       "// made by kantelpunt; draw it with: dot -Tsvg %s.dot\n"
                       "digraph model {\n  rankdir=%s; labelloc=t; fontname=\"DejaVu Sans\"; "
                       "fontsize=18; nodesep=0.35; ranksep=0.55;\n"
                       "  node [fontname=\"DejaVu Sans\" fontsize=12];\n"
                       "  edge [fontname=\"DejaVu Sans\" fontsize=10];\n  label=\"",
                       name, rankdir);
    dot_append(dot, title, 0);
    text_append(dot, "\";\n");
}

// Runs `dot` with the given arguments; returns its exit code, 127 where it cannot be started.
static int run_dot(char *const arguments[])
{
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, STDERR_FILENO);
        execvp("dot", arguments);
        _exit(127);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

bool dot_is_there(const char *what, struct diag *diag)
{
    if (run_dot((char *const[]){"dot", "-V", NULL}) == 0)
        return true;
    diag_warning(diag, (struct position){0}, "%s is not drawn: 'dot' cannot be started", what);
    diag_hint(diag, "install Graphviz (Debian: graphviz)");
    return false;
}

static bool draw_format(const char *source, const char *target, char *format, struct diag *diag)
{
    int code = run_dot((char *const[]){"dot", format, "-o", (char *)target, (char *)source, NULL});
    if (code == 0)
        return true;
    diag_fail(diag, FAULT_ENVIRONMENT,
              code == 127 ? "cannot draw the diagram: 'dot' cannot be started"
                          : "'dot' could not draw the diagram");
    if (code == 127)
        diag_hint(diag, "install Graphviz (Debian: graphviz)");
    unlink(target);
    return false;
}

bool dot_draw(struct arena *arena, const char *folder, const char *name,
              const bool formats[N_FORMATS], struct diag *diag)
{
    static const char *const endings[N_FORMATS] = {"svg", "png", "pdf"};
    const char *source = arena_format(arena, "%s/%s.dot", folder, name);
    for (int i = 0; i < N_FORMATS; i++)
        if (formats[i] &&
            !draw_format(source, arena_format(arena, "%s/%s.%s", folder, name, endings[i]),
                         arena_format(arena, "-T%s", endings[i]), diag))
            return false;
    return true;
}

bool dot_write(struct arena *arena, const char *folder, const char *name, struct text *dot,
               const bool formats[N_FORMATS], struct diag *diag)
{
    text_append(dot, "}\n");
    const char *path = arena_format(arena, "%s/%s.dot", folder, name);
    bool is_good = file_write(arena, path, text_string(dot), diag);
    text_clear(dot);
    return is_good && dot_draw(arena, folder, name, formats, diag);
}
