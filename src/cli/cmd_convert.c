// Stage: command line. `kantelpunt convert`: models between libconfig and XMILE.
#include "cli/command.h"

#include "base/file.h"
#include "model/read_xmile.h"
#include "model/resolve.h"
#include "model/write_cfg.h"
#include "model/write_xmile.h"

static int run(struct session *session)
{
    struct diag *diag = &session->diag;
    const char **files = session->options.files;
    if (session->options.n_files != 2) {
        diag_fail(diag, FAULT_USAGE, "convert needs two files: what to read and what to write");
        return session_finish(session);
    }
    bool to_xmile = xmile_is_file(files[1]);
    if (!to_xmile && !path_has_ending(files[1], "cfg")) {
        diag_fail(diag, FAULT_USAGE, "'%s' ends neither in .cfg nor in .xmile", files[1]);
        diag_hint(diag, "the ending of the second file says what to write");
        return session_finish(session);
    }
    struct unit_system *units = session_units(session);
    struct model *model = units ? model_read(session->arena, files[0], units, diag) : NULL;
    if (model && resolve_model(model, diag)) {
        if (to_xmile)
            model_write_xmile(model, files[1], diag);
        else
            model_write_cfg(model, files[1], diag);
    }
    return session_finish(session);
}

const struct command command_convert = {
    .name = "convert",
    .bit = COMMAND_CONVERT,
    .usage = "convert [OPTIONS] IN OUT",
    .summary = "a model between .cfg and .xmile",
    .text =
        "Reads the model IN and writes it as OUT; the endings say in which form: .cfg, or .xmile,\n"
        ".stmx, .itmx, .xml for XMILE v1.0, which Stella, Simlin and others open, with a diagram.\n"
        "Back and forth nothing is lost: what XMILE has no place for (ranges, sources, titles,\n"
        "metrics, checks, charts) stands in an element of its own that other programs pass over.\n"
        "Modules of an XMILE file become one flat model, macros with variables are written out.",
    .run = run,
};
