// Stage: report. The analyses behind a briefing: tipping, uncertainty, sensitivity.
#include "report/brief_private.h"

bool brief_analyse(struct brief *brief)
{
    brief_caveat(brief, "no-tipping", NULL);
    brief_caveat(brief, "no-uncertainty", NULL);
    brief_caveat(brief, "no-sensitivity", NULL);
    return true;
}
