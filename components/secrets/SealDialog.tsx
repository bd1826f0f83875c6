"use client";

import type { ReactNode } from "react";
import { useState } from "react";
import { useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Note } from "../ui/Note.tsx";
import { TextArea, TextInput } from "../ui/TextInput.tsx";
import { Words } from "../ui/Words.tsx";
import { drawPlaces, isWord } from "./passphrase.ts";
import { useSealing } from "./useSealing.ts";
import { WordGrid } from "./WordGrid.tsx";

/** Where the making of a passphrase stands. The words are in this page's memory and nowhere else until they are sealed. */
type Stage =
  | { readonly at: "start" }
  | { readonly at: "words"; readonly words: readonly string[]; readonly recipient: string }
  | {
      readonly at: "ask";
      readonly words: readonly string[];
      readonly recipient: string;
      readonly places: readonly number[];
    }
  | { readonly at: "type"; readonly recipient: string };

const ASKED_BACK = 3;

/**
 * Seals a passphrase to the key that the host made for this run. New words are made in the browser, shown once, and three of them asked back;
 * words that their holder has already, because a restart of the host took the key away, are typed from what was written down. Either way
 * with the place where they are kept. The server only ever sees them sealed.
 */
export default function SealDialog(props: { secret: string; onClose: () => void }) {
  const { run } = useRun();
  const secret = run.secrets.find(({ name }) => name === props.secret);
  const sealing = useSealing(secret);
  const [stage, setStage] = useState<Stage>({ at: "start" });
  const [typed, setTyped] = useState<Readonly<Record<number, string>>>({});
  const [held, setHeld] = useState("");
  const [place, setPlace] = useState(secret?.unsealed?.place ?? "");
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  if (!secret) return null;

  const begin = async (how: "make" | "type"): Promise<void> => {
    const recipient = await sealing.fetchKey();
    if (recipient === undefined) return;
    setErrors({});
    if (how === "type") {
      setStage({ at: "type", recipient });
      return;
    }
    const { makeWords } = await import("./sealing.ts");
    setTyped({});
    setStage({ at: "words", words: makeWords(secret.words), recipient });
  };

  const sealAsked = async (asked: Extract<Stage, { at: "ask" }>): Promise<void> => {
    const wrong: Record<string, string> = {};
    for (const at of asked.places) {
      if (!isWord(typed[at] ?? "", asked.words[at] ?? "")) wrong[at] = "Not the word that was shown.";
    }
    await seal(asked.words, asked.recipient, wrong);
  };

  const sealTyped = async ({ recipient }: Extract<Stage, { at: "type" }>): Promise<void> => {
    const { readWords } = await import("./sealing.ts");
    const read = readWords(held, secret.words);
    if ("amiss" in read) await seal([], recipient, { held: read.amiss });
    else await seal(read.words, recipient, {});
  };

  const seal = async (words: readonly string[], recipient: string, wrong: Record<string, string>): Promise<void> => {
    if (place.trim() === "") wrong.place = "Say where it is kept.";
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) return;
    if (await sealing.seal(words, recipient, place.trim())) props.onClose();
  };

  const frame = {
    open: true,
    eyebrow: { word: "Passphrase", glyph: "key", tone: "plain" },
    title: secret.title,
    wide: stage.at === "words",
  } as const;
  const isMade = stage.at === "words" || stage.at === "ask";
  const away = { label: isMade ? "Throw it away" : "Not now", onChoose: props.onClose };
  const placeField = (
    <Field label="Where it is kept" required hint={secret.keep} error={errors.place}>
      {(control) => <TextArea {...control} value={place} onChange={(event) => setPlace(event.target.value)} />}
    </Field>
  );
  const recorded = (
    <p className="text-ink3 text-label">Your name, the place and the time are recorded; the words are not.</p>
  );
  switch (stage.at) {
    case "start": {
      const make = act(
        secret.unsealed ? "Make new words" : "Make it",
        sealing.busy,
        () => void begin("make"),
        secret.unsealed === null,
      );
      const type = act("I hold the words", sealing.busy, () => void begin("type"), secret.unsealed !== null);
      return (
        <Dialog {...frame} safe={away} description={secret.keep} act={[type, make]}>
          <div className="mt-4 flex flex-col gap-2 text-ink2">
            {secret.unsealed && (
              <Note tone="ask" title="It was sealed, and the host was started anew.">
                {secret.unsealed.holder} holds it: {secret.unsealed.place}. Type those words again: what was made with
                them opens with no others.
              </Note>
            )}
            {!secret.unsealed && (
              <p>
                {secret.words} words are made in this browser and shown once. You write them down, three are asked back,
                and they are sealed to {secret.host}. Nobody else, this server included, ever sees them.
              </p>
            )}
            <HostWords host={secret.host} hostId={secret.hostId} />
            {secret.sealed && (
              <Note tone="ask" title="It is sealed already.">
                {secret.sealed.holder} holds it: {secret.sealed.place}. New words replace the old ones for this run.
              </Note>
            )}
          </div>
          <Troubled trouble={sealing.trouble} />
        </Dialog>
      );
    }
    case "words":
      return (
        <Dialog
          {...frame}
          safe={away}
          description="Write them down now, in this order. They are not shown again."
          act={act("I have written them down", undefined, () =>
            setStage({ ...stage, at: "ask", places: drawPlaces(stage.words.length, ASKED_BACK, crypto) }),
          )}
        >
          <WordGrid words={stage.words} />
        </Dialog>
      );
    case "ask":
      return (
        <Dialog
          {...frame}
          safe={away}
          description="Read these three from what you wrote down."
          act={act("Seal it", sealing.busy, () => void sealAsked(stage))}
        >
          <div className="mt-4 flex flex-col gap-4">
            <div className="grid grid-cols-3 items-start gap-3 phone:grid-cols-1">
              {stage.places.map((at) => (
                <Field key={at} label={`Word ${at + 1}`} required error={errors[at]}>
                  {(control) => (
                    <TextInput
                      {...control}
                      mono
                      autoComplete="off"
                      value={typed[at] ?? ""}
                      onChange={(event) => setTyped({ ...typed, [at]: event.target.value })}
                    />
                  )}
                </Field>
              ))}
            </div>
            {placeField}
            {recorded}
          </div>
          <Troubled trouble={sealing.trouble} />
        </Dialog>
      );
    case "type":
      return (
        <Dialog
          {...frame}
          safe={away}
          description="Read all of them from what was written down, in their order."
          act={act("Seal it", sealing.busy, () => void sealTyped(stage))}
        >
          <div className="mt-4 flex flex-col gap-4">
            <Field
              label={`The ${secret.words} words`}
              required
              hint="With a space between each two."
              error={errors.held}
            >
              {(control) => (
                <TextArea
                  {...control}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  value={held}
                  onChange={(event) => setHeld(event.target.value)}
                />
              )}
            </Field>
            {placeField}
            {recorded}
          </div>
          <Troubled trouble={sealing.trouble} />
        </Dialog>
      );
    default:
      return stage satisfies never;
  }
}

function act(label: string, busy: string | undefined, onClick: () => void, isMain = true): ReactNode {
  return (
    <Button key={label} size="large" variant={isMain ? "primary" : "neutral"} busy={busy} onClick={onClick}>
      {label}
    </Button>
  );
}

function HostWords(props: { host: string; hostId: string }) {
  const { run } = useRun();
  const host = run.hosts.find(({ hostId }) => hostId === props.hostId);
  if (!host) return null;
  return (
    <p className="text-ink3 text-label">
      {props.host} signs with: <Words words={host.words} className="text-ink" />
    </p>
  );
}

function Troubled(props: { trouble: string | undefined }) {
  if (props.trouble === undefined) return null;
  return (
    <Note tone="stop" className="mt-4">
      <p role="alert">{props.trouble}</p>
    </Note>
  );
}
