// Texts of `kantelpunt help TOPIC` that are not made from a table.
#ifndef CLI_TOPICS_H
#define CLI_TOPICS_H

extern const char topic_model[], topic_scenario[], topic_metrics[], topic_designs[],
    topic_tipping[], topic_support[], topic_loops[], topic_sensitivity[], topic_results[],
    topic_charts[], topic_codes[], topic_briefing[], topic_fitting[], topic_optimizing[],
    topic_xmile[];

#endif
