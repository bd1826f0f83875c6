"use client";

import { signedWith } from "../../domain/decision/signedWith.ts";
import { formatTimeSeconds } from "../../domain/format/time.ts";
import type { DecisionView, GateView } from "../../protocol/http/gates.ts";
import { useRun } from "../data/RunProvider.tsx";
import { untilText } from "../delegation/delegationWords.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent, CardSection } from "../ui/Card.tsx";
import { DecisionMark, GateMark } from "../ui/Mark.tsx";
import { Note } from "../ui/Note.tsx";
import { useNow } from "../ui/Now.tsx";
import { Words } from "../ui/Words.tsx";
import { standingDecision, wordFor } from "./deciding.ts";
import { SigningButtons } from "./SigningButtons.tsx";
import { SigningPlace } from "./SigningPlace.tsx";
import { useSigning } from "./SigningProvider.tsx";

/** Who has decided, the six words, the two answers, and what a NO-GO leads to. On a phone the answers are in the bar below. */
export function SigningCard(props: { gate: GateView }) {
  const { gate } = props;
  const { run, me } = useRun();
  const { trouble, takeBack } = useSigning();
  const mine = standingDecision(gate, me.userId);
  const canTakeBack = mine !== undefined && mine.life !== "spent" && (gate.stage === "asking" || gate.stage === "open");
  const goes = gate.decisions.filter(
    (made) => made.verdict === "GO" && (made.life === "valid" || made.life === "spent"),
  );
  const fallen = gate.decisions.filter((made) => made.life === "void" || made.life === "takenBack");
  const [firstStep] = gate.willDo;
  return (
    <Card bleed title="Decisions" aside={`${goes.length} GO so far`}>
      <CardContent>
        <ul aria-label="Who decides" className="flex flex-col gap-2">
          {gate.deciders.map((decider) => (
            <Decider key={decider.userId} gate={gate} decider={decider} />
          ))}
        </ul>
        <p className="mt-2 text-ink3 text-label">
          This gate {gate.needs}. <Requesters gate={gate} />
        </p>
        {mine && (
          <Note
            tone={mine.life === "valid" ? "good" : "ask"}
            title={
              mine.inPlaceOf === null
                ? `You signed ${mine.verdict}.`
                : `You signed ${mine.verdict} in place of ${mine.inPlaceOf.name}.`
            }
            className="mt-3"
          >
            {mine.because !== null && <p>{mine.because}</p>}
            {canTakeBack && (
              <p className="pt-1">
                <Button size="small" onClick={takeBack}>
                  Take it back
                </Button>
              </p>
            )}
          </Note>
        )}
      </CardContent>
      <CardSection title="You sign these words">
        <Words words={gate.words} layout="grid" className="mt-1" />
        <p className="mt-1 text-ink3 text-label">Everyone at this gate sees the same six.</p>
        {run.hosts.map((host) => (
          <p key={host.hostId} className="text-ink3 text-label">
            Host {host.name}: <Words words={host.words} />
          </p>
        ))}
        {trouble !== undefined && (
          <Note tone="ask" className="mt-3">
            <p role="alert">{trouble}</p>
          </Note>
        )}
        <div className="mt-4 phone:hidden">
          <SigningPlace gate={gate} />
          <SigningButtons />
          {(gate.stage === "asking" || gate.stage === "open") && (
            <p className="mt-2 text-center text-ink2 text-label">
              Signed with your passkey. Can be taken back until{" "}
              {firstStep?.number ? `step ${firstStep.number}` : "the next step"} starts.
            </p>
          )}
        </div>
      </CardSection>
      {gate.afterNoGo !== null && (
        <CardSection title="What NO-GO leads to">
          <p className="text-ink2">{gate.afterNoGo}</p>
        </CardSection>
      )}
      {fallen.length > 0 && (
        <CardSection title="No longer standing">
          <ul className="flex flex-col gap-2">
            {fallen.map((made) => (
              <Signed key={`${made.userId} ${made.signedAt}`} made={made} zone={run.zone} />
            ))}
          </ul>
        </CardSection>
      )}
    </Card>
  );
}

/** One person who may decide: what they signed, or that they are waited for, or why they can't. */
function Decider(props: { gate: GateView; decider: GateView["deciders"][number] }) {
  const { gate, decider } = props;
  const { run, me } = useRun();
  const made = wordFor(gate, decider.userId);
  const isMe = decider.userId === me.userId;
  const now = useNow();
  const away = gate.delegations.find(({ from }) => from.userId === decider.userId);
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-2">
      <Avatar name={decider.name} own={isMe} />
      <span className="min-w-0">
        {isMe ? "You" : decider.name} <span className="text-ink3">{decider.groups.join(", ")}</span>
      </span>
      {made ? (
        <span className="inline-flex items-center gap-1.5 font-medium">
          <DecisionMark state={made.life === "takenBack" ? "void" : made.life} />
          {made.verdict} {formatTimeSeconds(made.signedAt, run.zone)}
        </span>
      ) : decider.isRequester ? (
        <span className="text-ink3">can't sign</span>
      ) : gate.stage === "asking" ? (
        <span className="inline-flex items-center gap-1.5 font-medium text-ask">
          <GateMark state="waiting" />
          waiting
        </span>
      ) : (
        <span className="text-ink3">{gate.stage === "ahead" ? "not asked yet" : "not needed"}</span>
      )}
      {made && (
        <span className="col-span-2 col-start-2 text-ink3 text-label">
          <Words words={made.words} show={3} className="text-ink2" />, {signedWith(made.signedWith, made.software)}
          {made.life !== "valid" && `, ${made.life}`}
          {made.inPlaceOf !== null && <span className="block">signed by {made.by} in their place</span>}
        </span>
      )}
      {!made && away && (
        <span className="col-span-2 col-start-2 text-ink2 text-label">
          {away.to.name} decides in their place {untilText(away.until, now, run.zone)}: {away.reason}
        </span>
      )}
    </li>
  );
}

function Requesters(props: { gate: GateView }) {
  const { run } = useRun();
  const names = props.gate.deciders.filter((decider) => decider.isRequester).map((decider) => decider.name);
  if (names.length === 0 && run.requesters.length === 0) return null;
  const who = names.length > 0 ? names : run.requesters;
  return <>{who.join(" and ")} requested, edited or started this, and can't sign it.</>;
}

function Signed(props: { made: DecisionView; zone: string }) {
  const { made, zone } = props;
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)_auto] gap-x-2 text-label">
      <DecisionMark state={made.life === "takenBack" ? "void" : made.life} />
      <span>
        <b>{made.verdict}</b> {made.by} {made.inPlaceOf !== null && `in place of ${made.inPlaceOf.name} `}
        <span className="text-ink3">{made.groups.join(", ")}</span>
      </span>
      <span className="text-ink3">{formatTimeSeconds(made.signedAt, zone)}</span>
      <span className="col-span-2 col-start-2 text-ink2">
        <Words words={made.words} show={3} />, {signedWith(made.signedWith, made.software)}
        {made.life === "takenBack" && ", taken back"}
        {made.because !== null && <span className="block">{made.because}</span>}
      </span>
    </li>
  );
}
