import { generateKeyPairSync, sign } from "node:crypto";
import type { Digest } from "../../domain/ids.ts";
import { UserId } from "../../domain/ids.ts";
import type { Joined, Joining } from "../../domain/localRun/joinTurn.ts";
import { joinTurn } from "../../domain/localRun/joinTurn.ts";
import type { JoiningTurn, LocalActor, LocalInput } from "../../domain/localRun/localTurn.ts";
import { inputOf } from "../../domain/localRun/localTurn.ts";
import { digestAfter, giveBackText, localTurnText, takeOverText } from "../../domain/localRun/signedTexts.ts";
import { decide } from "../../domain/run/decide.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import { evolve, fold } from "../../domain/run/evolve.ts";
import type { RunState } from "../../domain/run/state.ts";
import { Instant } from "../../domain/time.ts";
import { JOIN_CHECKS } from "../../server/joinChecks.ts";
import { chained } from "./packOfSample.ts";
import { HOST, OPERATOR, SampleRun, sha256 } from "./sampleRun.ts";

export { JOIN_CHECKS } from "../../server/joinChecks.ts";

/** A host's key, as a run is made with it. */
export function hostKey() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("base64");
  return {
    publicKey: raw,
    fingerprint: JOIN_CHECKS.fingerprintOf(raw),
    sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString("base64"),
  };
}
export type HostKey = ReturnType<typeof hostKey>;

/** Decides as a host does that carries a sample run on from where it stands, and signs each turn. */
export class HostTurns {
  readonly turns: JoiningTurn[] = [];
  readonly key: HostKey;
  readonly #run: SampleRun;
  state: RunState;
  #events = 0;
  #digest: Digest | undefined;
  now: Instant;

  constructor(run: SampleRun, key: HostKey) {
    this.key = key;
    this.#run = run;
    this.state = run.state;
    this.now = Instant.parse(run.now + 1000);
    const by = UserId.parse("operator");
    const last = chained(run).at(-1);
    if (last === undefined) throw new Error("an empty log");
    const from = { seq: last.seq, hash: last.hash };
    const { runId } = run.state;
    const signature = key.sign(takeOverText({ runId, hostId: HOST, by, from }));
    this.take({ kind: "takeOver", takeOver: { hostId: HOST, by, from, publicKey: key.publicKey, signature } });
  }

  take(input: LocalInput): JoiningTurn {
    const given = inputOf(input, this.state, HOST);
    if (given === undefined) throw new Error(`${input.kind} is refused`);
    const { events } = decide(this.#run.plan, this.state, given, this.now, HOST);
    const before = this.#events;
    for (const event of events) {
      this.state = evolve(this.state, { seq: this.state.seq + 1, at: this.now, event });
      this.#digest = digestAfter(this.#digest, { at: this.now, event }, sha256);
    }
    this.#events += events.length;
    const digest = this.#digest ?? sha256("");
    const signature = this.key.sign(localTurnText({ runId: this.state.runId, digest }));
    const turn = { before, at: this.now, input, digest, signature };
    this.turns.push(turn);
    return turn;
  }

  giveBack(): JoiningTurn {
    const by = UserId.parse("operator");
    const digest = this.#digest ?? sha256("");
    const signature = this.key.sign(giveBackText({ runId: this.state.runId, hostId: HOST, by, digest }));
    return this.take({ kind: "giveBack", giveBack: { hostId: HOST, by, signature } });
  }
}

/** The server's side: the log as it is on record, to which turns are joined. */
export class Record {
  log: LoggedEvent[];
  readonly #run: SampleRun;
  now: Instant;

  constructor(run: SampleRun) {
    this.#run = run;
    this.log = chained(run);
    this.now = Instant.parse(run.now + 60_000);
  }

  get state(): RunState {
    const state = fold(this.log);
    if (state === undefined) throw new Error("an empty log");
    return state;
  }

  join(turn: JoiningTurn, changes: Partial<Joining> = {}): Joined {
    const { log, state, now } = this;
    const joined = joinTurn({ plan: this.#run.plan, log, state, hostId: HOST, turn, now, ...changes }, JOIN_CHECKS);
    if (joined.kind === "joins") {
      const placed = joined.events.map((event, index) => ({ seq: this.log.length + 1 + index, at: joined.at, event }));
      this.log = chained({ ...this.#run, log: [...this.log, ...placed], state } as unknown as SampleRun);
    }
    return joined;
  }
}

/** A started sample run that its host took over and holds; the server wrote a note meanwhile, and has joined what the host did. */
export function carriedOn(): SampleRun {
  const key = hostKey();
  const run = new SampleRun(undefined, undefined, undefined, key.fingerprint).start();
  const host = new HostTurns(run, key);
  const actor: LocalActor = { userId: OPERATOR.userId, role: "operator", groups: [] };
  host.take({ kind: "order", order: { order: "hold", reason: "Wait." }, actor });
  run.order({ order: "writeNote", text: "Where is the host?" });
  const record = new Record(run);
  for (const turn of host.turns) record.join(turn);
  return Object.assign(run, { log: record.log, state: record.state });
}
