import { eventText } from "../../../domain/run/eventText.ts";
import type { RunView } from "../../../protocol/http/runs.ts";
import type { Subject } from "./subject.ts";

/** The run's log as its pages tell it: who decided by themselves on a host is named, and so is what counts for nothing since. */
export function presentStory({ events, names }: Pick<Subject, "events" | "names">): RunView["log"] {
  const setAside = new Set<number>();
  for (const { seq, event } of events) {
    if (event.type !== "runTakenOver") continue;
    for (let behind = event.from.seq + 1; behind < seq; behind += 1) setAside.add(behind);
  }
  let actor = "";
  return events.flatMap(({ seq, at, event }) => {
    if (event.type === "runTakenOver") actor = `${names.host(event.hostId)}, local run by ${names.person(event.by)}: `;
    const text = eventText(event, names);
    const before = setAside.has(seq) ? "Counts for nothing: " : actor;
    if (event.type === "runGivenBack") actor = "";
    return text === undefined ? [] : [{ seq, at, type: event.type, text: `${before}${text}` }];
  });
}
