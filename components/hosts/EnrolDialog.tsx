"use client";

import { useState } from "react";
import { useForm } from "react-hook-form";
import type { EnrolmentView, HostView } from "../../protocol/http/hosts.ts";
import { postJson, wordsOfError } from "../data/apiClient.ts";
import { TimeLeft } from "../ui/Age.tsx";
import { Button } from "../ui/Button.tsx";
import { CodeBlock } from "../ui/CodeBlock.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import { Words } from "../ui/Words.tsx";

/** What is under way: a token was made, and the host that is waited for. */
export interface Enrolment extends EnrolmentView {
  readonly hostName: string;
  /** Hosts that were there before: the new one is none of them. */
  readonly known: ReadonlySet<string>;
}

/**
 * Adds a host: its name, then the command to type on it, with the words to compare, until it appears. The command is shown once;
 * closing the dialog throws it away.
 * @param arrived the host, once it is enrolled
 */
export function EnrolDialog(props: {
  hosts: readonly HostView[];
  enrolment: Enrolment | undefined;
  onMade: (enrolment: Enrolment) => void;
  onClose: () => void;
}) {
  const { enrolment, hosts } = props;
  if (enrolment === undefined) return <AskName hosts={hosts} onMade={props.onMade} onClose={props.onClose} />;
  const arrived = hosts.find((host) => host.name === enrolment.hostName && !enrolment.known.has(host.hostId));
  return arrived ? (
    <Arrived host={arrived} onClose={props.onClose} />
  ) : (
    <ShowCommand enrolment={enrolment} onClose={props.onClose} />
  );
}

function AskName(props: { hosts: readonly HostView[]; onMade: (enrolment: Enrolment) => void; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | undefined>();
  const { register, handleSubmit, setError, formState } = useForm({ defaultValues: { hostName: "" } });
  const make = handleSubmit(async ({ hostName }) => {
    const name = hostName.trim();
    if (props.hosts.some((host) => host.name === name)) {
      setError("hostName", { message: "There is a host of that name." });
      return;
    }
    setBusy(true);
    setTrouble(undefined);
    try {
      const made = await postJson<EnrolmentView>("/api/hosts/enrolments", { hostName: name });
      props.onMade({ ...made, hostName: name, known: new Set(props.hosts.map(({ hostId }) => hostId)) });
    } catch (error) {
      const words = wordsOfError(error);
      if (words.fields.hostName) setError("hostName", { message: words.fields.hostName });
      else setTrouble(words.message);
      setBusy(false);
    }
  });
  return (
    <Dialog
      open
      title="Enrol a host"
      description="The host's owner types one command there. It works once, for half an hour."
      safe={{ label: "Enrol nothing", onChoose: props.onClose }}
      act={
        <Button
          size="large"
          variant="primary"
          type="submit"
          form="enrol"
          busy={busy ? "Making the command" : undefined}
        >
          Make the command
        </Button>
      }
    >
      <form id="enrol" noValidate className="mt-4" onSubmit={(event) => void make(event)}>
        <Field
          label="Name of the host"
          hint="As your team calls it, such as pdx-db-1."
          required
          error={formState.errors.hostName?.message ?? trouble}
        >
          {(control) => (
            <TextInput
              {...control}
              mono
              size="large"
              autoComplete="off"
              maxLength={120}
              {...register("hostName", {
                required: "Give the host a name.",
                pattern: { value: /^\s*[A-Za-z0-9._-]+\s*$/, message: "Letters, digits, dots and hyphens." },
              })}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

function ShowCommand(props: { enrolment: Enrolment; onClose: () => void }) {
  const { enrolment } = props;
  return (
    <Dialog
      open
      wide
      title={`Type this on ${enrolment.hostName}, as root`}
      description={
        <>
          It is shown once and works once, <TimeLeft untilMs={enrolment.expiresAt} />. Whoever has it can put a machine
          in this host's place.
        </>
      }
      safe={{ label: "Close and forget the command", onChoose: props.onClose }}
      act={
        <CopyButton size="large" variant="primary" text={enrolment.command} what="Command">
          Copy the command
        </CopyButton>
      }
    >
      <CodeBlock label="Command" className="mt-4">
        {enrolment.command}
      </CodeBlock>
      <p className="mt-4">
        The host shows six words for this server before it trusts it. They must be these, in this order:
      </p>
      <Words words={enrolment.serverWords} layout="grid" className="mt-2 font-semibold" />
      {enrolment.tlsWords && (
        <>
          <p className="mt-4">And these for its TLS key:</p>
          <Words words={enrolment.tlsWords} layout="grid" className="mt-2 font-semibold" />
        </>
      )}
      <p role="status" className="mt-4 flex items-center gap-2 text-move">
        <Glyph name="ring" />
        Waiting for {enrolment.hostName}
      </p>
    </Dialog>
  );
}

function Arrived(props: { host: HostView; onClose: () => void }) {
  const { host } = props;
  return (
    <Dialog
      open
      title={`${host.name} is enrolled`}
      eyebrow={{ word: host.connected ? "Connected" : "Enrolled", glyph: "check", tone: "good" }}
      description="The host has shown six words for its own key. If they are not these, revoke it: another machine was enrolled."
      safe={{ label: "The words are the same", onChoose: props.onClose }}
    >
      <Words words={host.fingerprintWords} layout="grid" className="mt-4 font-semibold" />
      {!host.connected && (
        <p role="status" className="mt-4 text-ink2">
          Not connected yet. Start the agent there: slackwater-agent run
        </p>
      )}
    </Dialog>
  );
}
