/** The id of the log's search field, for the key / . Apart from the log, whose script is fetched after what matters more. */
export const LOG_SEARCH_ID = "log-search";
