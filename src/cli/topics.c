#include "cli/topics.h"
const char topic_model[] = "", topic_scenario[] = "", topic_metrics[] = "", topic_results[] = "",
           topic_codes[] = "";
