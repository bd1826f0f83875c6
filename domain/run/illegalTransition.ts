/**
 * A log holds an event that can't follow what stands before it. Never an operator's mistake: either the log was changed, or we
 * wrote what we should not have. The run is not carried on.
 */
export class IllegalTransition extends Error {
  override readonly name = "IllegalTransition";
  /** The event's place in the log. */
  readonly seq: number;

  constructor(seq: number, what: string) {
    super(`event ${seq}: ${what}`);
    this.seq = seq;
  }
}
