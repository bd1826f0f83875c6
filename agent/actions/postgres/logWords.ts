/** How much of a log's end is looked at (bytes). */
export const LOG_TAIL_BYTES = 16 * 2 ** 20;

/** A line that reports an error: PostgreSQL's severities, and the level words that services write. */
export const ERROR = /\b(?:ERROR|FATAL|PANIC)\b:?|"level":"?(?:error|fatal|50|60)"?/;
/** An error nobody may go on from: PANIC, FATAL that is not about one session, damaged data, a file that may not be read. */
export const CRITICAL =
  /\bPANIC\b|invalid page|could not read block|checksum (?:mismatch|failure)|corrupt|Permission denied|could not (?:open|fsync|write) file|No space left/i;
/** FATAL is what PostgreSQL calls the end of a session, whoever ended it: one that was refused, ended, or left by its client. */
export const ONE_SESSION =
  /FATAL:\s+(?:connection to client lost|canceling authentication due to timeout|too many connections|password authentication failed|no pg_hba\.conf entry|terminating connection|the database system is|role ".*" does not exist|database ".*" (?:does not exist|is not currently accepting connections)|sorry, too many clients)/;
