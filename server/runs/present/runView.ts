import { forecastOf } from "../../../domain/forecast/forecast.ts";
import { parseDuration } from "../../../domain/time.ts";
import type { RunView } from "../../../protocol/http/runs.ts";
import { fingerprintWords } from "../../identity/words.ts";
import { presentAnnouncementLines } from "./announcements.ts";
import { presentChecklist } from "./checklist.ts";
import { presentCriteria } from "./criteria.ts";
import { dataSentence } from "./dataSentence.ts";
import { presentFacts } from "./facts.ts";
import { presentForecast } from "./forecast.ts";
import { presentGates } from "./gates.ts";
import { leftText, presentRollback } from "./rollback.ts";
import { currentStep, stateWord } from "./stateWords.ts";
import { presentSteps } from "./steps.ts";
import { presentStory } from "./story.ts";
import type { Subject } from "./subject.ts";
import { presentTriggers } from "./triggers.ts";

/** The view of a run that every page of its window reads; the same for every reader. */
export function presentRun(subject: Subject): RunView {
  const { state, plan, head, now, window, names } = subject;
  const { runbook } = plan;
  const forecast = forecastOf(plan, state, { now, progress: subject.progress });
  const [goGate] = plan.gates;
  const note = state.notes.at(-1);
  return {
    seq: head.seq,
    now,
    runId: state.runId,
    windowId: window.id,
    kind: state.kind,
    stage: state.stage,
    stateWord: stateWord(subject),
    outcome: state.outcome ?? null,
    title: window.title,
    service: window.service,
    type: window.type,
    startsAt: window.startsAt,
    endsAt: window.endsAt,
    zone: window.zone,
    runbook: { title: runbook.title, version: runbook.version, digest: plan.digests.whole, risk: runbook.risk },
    dataSentence: dataSentence(subject),
    encrypted: encryptionOf(subject),
    createdAt: state.createdAt,
    startedAt: state.startedAt ?? null,
    endedAt: state.endedAt ?? null,
    hold: state.hold
      ? {
          cause: state.hold.cause,
          detail: state.hold.detail,
          since: state.hold.since,
          during: state.hold.during,
          stepId: state.hold.stepId ?? null,
          by: state.hold.by ? names.person(state.hold.by) : null,
        }
      : null,
    takenOver: state.takenOver
      ? {
          host: names.host(state.takenOver.hostId),
          by: names.person(state.takenOver.by),
          since: state.takenOver.at,
        }
      : null,
    rolledBack: state.rollback
      ? {
          beganAt: state.rollback.beganAt,
          detail: state.rollback.detail,
          reason: state.rollback.reason ?? null,
          by: state.rollback.by ? names.person(state.rollback.by) : null,
          left: leftText(subject),
        }
      : null,
    rollbackOrdered: state.rollbackOrdered
      ? {
          at: state.rollbackOrdered.at,
          by: state.rollbackOrdered.by ? names.person(state.rollbackOrdered.by) : null,
          detail: state.rollbackOrdered.detail,
        }
      : null,
    currentStepId: currentStep(subject),
    steps: presentSteps(subject, forecast),
    gates: presentGates(subject),
    criteria: goGate ? presentCriteria(subject, goGate) : [],
    checklist: presentChecklist(subject),
    secrets: presentSecrets(subject),
    triggers: presentTriggers(subject),
    rollback: presentRollback(subject),
    forecast: presentForecast(forecast),
    announcements: presentAnnouncementLines(subject, forecast),
    facts: presentFacts(subject),
    hosts: subject.hosts.map(({ role, hostId, name, connected, lastSeenAt, fingerprint }) => ({
      ...{ role, hostId, name, connected, lastSeenAt },
      words: fingerprintWords(fingerprint),
    })),
    downtime: state.downtime
      ? {
          lastAcceptedAt: state.downtime.lastAcceptedAt,
          firstAcceptedAt: state.downtime.firstAcceptedAt ?? null,
          downtimeMs: state.downtime.downtimeMs ?? null,
          measuredBy: state.downtime.measuredBy ?? "client",
        }
      : null,
    contacts: runbook.contacts.map(({ role, parameter }) => ({
      role,
      text: String(state.parameters[parameter] ?? ""),
    })),
    note: note ? { text: note.text, by: names.person(note.by), at: note.at } : null,
    afterwards: runbook.afterwards.map((task) => ({
      id: task.id,
      title: task.title,
      dueAt: state.endedAt === undefined ? null : state.endedAt + (parseDuration(task.due) ?? 0),
      kind: task.kind,
      notes: task.notes ?? null,
    })),
    completion: state.completion ? { ...state.completion, by: names.person(state.completion.by) } : null,
    signOff: runbook.signOff,
    requesters: state.requesters.map(names.person),
    log: presentStory(subject),
  };
}

/** What was measured of the volume's encryption: the newest result of a step that says so. */
function encryptionOf({ state }: Subject): RunView["encrypted"] {
  const said = Object.values(state.steps)
    .filter((step) => step.result !== undefined && "encrypted" in step.result)
    .toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))[0]?.result?.encrypted;
  return said === "luks2" || said === "none" ? said : null;
}

function presentSecrets({ state, plan, hosts, runKeys, names }: Subject): RunView["secrets"] {
  return Object.entries(plan.runbook.secrets).map(([name, spec]) => {
    const host = hosts.find(({ role }) => role === spec.host);
    const sealed = state.secrets[name];
    const unsealed = state.unsealed[name];
    const key = host ? runKeys.get(host.hostId) : undefined;
    return {
      name,
      title: spec.title,
      keep: spec.keep,
      words: spec.words,
      host: host?.name ?? spec.host,
      hostId: host?.hostId ?? "",
      sealed: sealed ? { holder: names.person(sealed.holder), place: sealed.place, at: sealed.sealedAt } : null,
      unsealed: unsealed ? { holder: names.person(unsealed.holder), place: unsealed.place } : null,
      recipient: key?.recipient ?? null,
      recipientSignature: key?.signature ?? null,
      hostKey: host?.publicKey ?? null,
      holder: spec.holder,
    };
  });
}
