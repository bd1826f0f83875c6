"use client";

import type { ReactNode } from "react";
import { useState } from "react";
import { ApiProblem, NotReached, postJson, wordsOfError } from "../data/apiClient.ts";
import { useReadRun, useRun } from "../data/RunProvider.tsx";
import { announce } from "../ui/announce.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Note } from "../ui/Note.tsx";
import { TextArea, TextInput } from "../ui/TextInput.tsx";
import { showToast } from "../ui/toast.ts";
import { Words } from "../ui/Words.tsx";
import { drawPlaces, isWord } from "./passphrase.ts";
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
    };

const ASKED_BACK = 3;

/**
 * Makes a passphrase in the browser: words shown once, three of them asked back, the place where it is kept, then sealed to the key
 * that the host made for this run. The server only ever sees it sealed.
 */
export default function SealDialog(props: { secret: string; onClose: () => void }) {
  const { run } = useRun();
  const secret = run.secrets.find(({ name }) => name === props.secret);
  const [stage, setStage] = useState<Stage>({ at: "start" });
  const [typed, setTyped] = useState<Readonly<Record<number, string>>>({});
  const [place, setPlace] = useState("");
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState<string | undefined>(undefined);
  const readRun = useReadRun();
  if (!secret) return null;

  const make = async (): Promise<void> => {
    setBusy("Making");
    setTrouble(undefined);
    try {
      const { checkRunKey, makeWords } = await import("./sealing.ts");
      // The host makes its key a moment after the window is planned, and no event of the run tells of it.
      const latest = secret.recipient === null ? await readRun(0) : undefined;
      const known = latest?.run.secrets.find(({ name }) => name === props.secret) ?? secret;
      const { recipient, recipientSignature, hostKey } = known;
      if (recipient === null || recipientSignature === null || hostKey === null) {
        setTrouble(`${secret.host} has not made its key for this run yet. It does as soon as its agent is connected.`);
        return;
      }
      const check = await checkRunKey({ runId: run.runId, recipient, signature: recipientSignature, hostKey });
      if (check === "signed") {
        setTyped({});
        setErrors({});
        setStage({ at: "words", words: makeWords(secret.words), recipient });
      } else setTrouble(KEY_TROUBLE[check]);
    } catch {
      setTrouble("The script that makes passphrases could not be fetched. Try again.");
    } finally {
      setBusy(undefined);
    }
  };

  const seal = async (asked: Extract<Stage, { at: "ask" }>): Promise<void> => {
    const wrong: Record<string, string> = {};
    for (const at of asked.places) {
      if (!isWord(typed[at] ?? "", asked.words[at] ?? "")) wrong[at] = "Not the word that was shown.";
    }
    if (place.trim() === "") wrong.place = "Say where it is kept.";
    setErrors(wrong);
    setTrouble(undefined);
    if (Object.keys(wrong).length > 0) return;
    setBusy("Sealing");
    try {
      const { sealWords } = await import("./sealing.ts");
      const ciphertext = await sealWords(asked.words, asked.recipient);
      const body = { secret: secret.name, recipient: asked.recipient, ciphertext, place: place.trim() };
      const { seq } = await postJson<{ seq: number }>(`/api/runs/${run.runId}/secrets`, body);
      announce(`${secret.title} sealed`);
      showToast({ tone: "good", title: "Sealed", detail: `${secret.title}, kept: ${place.trim()}` });
      await readRun(seq);
      props.onClose();
    } catch (error) {
      const { message, todo } = wordsOfError(error);
      const isKnown = error instanceof ApiProblem || error instanceof NotReached;
      setTrouble(isKnown ? [message, todo].filter(Boolean).join(" ") : "It could not be sealed. Nothing was sent.");
    } finally {
      setBusy(undefined);
    }
  };

  const frame = {
    open: true,
    eyebrow: { word: "Passphrase", glyph: "key", tone: "plain" },
    title: secret.title,
    wide: stage.at === "words",
  } as const;
  const away = { label: stage.at === "start" ? "Not now" : "Throw it away", onChoose: props.onClose };
  switch (stage.at) {
    case "start":
      return (
        <Dialog {...frame} safe={away} description={secret.keep} act={act("Make it", busy, () => void make())}>
          <div className="mt-4 flex flex-col gap-2 text-ink2">
            <p>
              {secret.words} words are made in this browser and shown once. You write them down, three are asked back,
              and they are sealed to {secret.host}. Nobody else, this server included, ever sees them.
            </p>
            <HostWords host={secret.host} hostId={secret.hostId} />
            {secret.sealed && (
              <Note tone="ask" title="It is sealed already.">
                {secret.sealed.holder} holds it: {secret.sealed.place}. New words replace the old ones for this run.
              </Note>
            )}
          </div>
          <Troubled trouble={trouble} />
        </Dialog>
      );
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
          act={act("Seal it", busy, () => void seal(stage))}
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
            <Field label="Where it is kept" required hint={secret.keep} error={errors.place}>
              {(control) => <TextArea {...control} value={place} onChange={(event) => setPlace(event.target.value)} />}
            </Field>
            <p className="text-ink3 text-label">Your name, the place and the time are recorded; the words are not.</p>
          </div>
          <Troubled trouble={trouble} />
        </Dialog>
      );
    default:
      return stage satisfies never;
  }
}

const KEY_TROUBLE = {
  notSigned:
    "The key for this run does not carry the host's signature. Nothing was made. Compare the host's words, and tell its owner.",
  cannotCheck: "This browser can't check the host's signature (Ed25519). Take a current browser; nothing was made.",
} as const;

function act(label: string, busy: string | undefined, onClick: () => void): ReactNode {
  return (
    <Button size="large" variant="primary" busy={busy} onClick={onClick}>
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
