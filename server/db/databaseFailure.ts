/**
 * Every way in which bringing the database up can be refused. All of them stop the start: running on a database that
 * is not understood is worse than not running.
 */
export type DatabaseFailureCode =
  | "platformUnsupported"
  | "binariesBroken"
  | "folderNotUsable"
  | "clusterIncomplete"
  | "clusterOtherVersion"
  | "startFailed"
  | "databaseAhead"
  | "migrationEdited"
  | "migrationUnfinished"
  | "migrationRefused"
  | "migrationsUnreadable"
  | "notReachable";

/** A start that was refused: `code` is for code, the message tells a person what to do. */
export class DatabaseFailure extends Error {
  override readonly name = "DatabaseFailure";
  readonly code: DatabaseFailureCode;

  constructor(code: DatabaseFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
