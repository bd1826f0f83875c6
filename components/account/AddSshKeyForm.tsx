"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { SshKeyQuestion } from "../../protocol/http/identity.ts";
import { getJson, postJson, wordsOfError } from "../data/apiClient.ts";
import { announce } from "../ui/announce.ts";
import { Button } from "../ui/Button.tsx";
import { CodeBlock } from "../ui/CodeBlock.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Field } from "../ui/Field.tsx";
import { TextArea, TextInput } from "../ui/TextInput.tsx";
import { showToast } from "../ui/toast.ts";
import { pastedKeyProblem, sshKeyCommand } from "./sshKeyCommand.ts";

type Wrong = Readonly<Partial<Record<"name" | "publicKey" | "signature", string>>>;

/** Puts an SSH key on record in two steps: the key, then the signature that proves that its person holds it. */
export function AddSshKeyForm(props: { onAdded: () => void }) {
  const [name, setName] = useState("");
  const [publicKey, setPublicKey] = useState("");
  const [signature, setSignature] = useState("");
  const [question, setQuestion] = useState<SshKeyQuestion>();
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);

  const act = async (what: () => Promise<void>): Promise<void> => {
    setWrong({});
    setBusy(true);
    try {
      await what();
    } catch (error) {
      const { message, todo, fields } = wordsOfError(error);
      const said = [message, todo].filter(Boolean).join(" ");
      const isOfField = fields.name ?? fields.publicKey ?? fields.signature;
      setWrong(isOfField === undefined ? { [question === undefined ? "publicKey" : "signature"]: said } : fields);
    } finally {
      setBusy(false);
    }
  };
  const ask = async (): Promise<void> => {
    const problem = pastedKeyProblem(publicKey);
    if (problem !== undefined) return setWrong({ publicKey: problem });
    if (name.trim() === "") return setWrong({ name: "Give the key a name, such as the machine it lives on." });
    await act(async () => setQuestion(await getJson<SshKeyQuestion>("/api/ssh-keys")));
  };
  const add = async ({ challengeId }: SshKeyQuestion): Promise<void> => {
    if (signature.trim() === "") return setWrong({ signature: "Paste what the command wrote." });
    await act(async () => {
      await postJson("/api/ssh-keys", { challengeId, name: name.trim(), publicKey, signature });
      announce("SSH key added");
      showToast({ tone: "good", title: "SSH key added", detail: name.trim() });
      setName("");
      setPublicKey("");
      startAnew();
      props.onAdded();
    });
  };
  const startAnew = (): void => {
    setQuestion(undefined);
    setSignature("");
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void (question === undefined ? ask() : add(question));
      }}
    >
      <Field
        label="Public key"
        hint="The one line of the .pub file: ed25519, a security key (sk-…), ecdsa P-256, or RSA from 3072 bits."
        required
        error={wrong.publicKey}
      >
        {(wired) => (
          <TextArea
            {...wired}
            mono
            rows={2}
            value={publicKey}
            maxLength={8000}
            autoComplete="off"
            spellCheck={false}
            placeholder="ssh-ed25519 AAAA… you@laptop"
            onChange={(event) => {
              setPublicKey(event.target.value);
              startAnew();
            }}
          />
        )}
      </Field>
      <Field label="Its name" hint="For you: Work laptop, security key." required error={wrong.name}>
        {(wired) => (
          <TextInput
            {...wired}
            value={name}
            maxLength={80}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {question !== undefined && (
        <>
          <p className="text-ink2">
            Prove that you hold it: run this where the key is, within five minutes, and paste what it writes. If your
            key lies elsewhere, change the path at the end.
          </p>
          <CodeBlock label="Command that signs the proof">{sshKeyCommand(question, publicKey)}</CodeBlock>
          <div>
            <CopyButton text={() => sshKeyCommand(question, publicKey)} what="Command that signs the proof">
              Copy the command
            </CopyButton>
          </div>
          <Field label="What it wrote" required error={wrong.signature}>
            {(wired) => (
              <TextArea
                {...wired}
                mono
                rows={6}
                value={signature}
                maxLength={12_000}
                autoComplete="off"
                spellCheck={false}
                placeholder="-----BEGIN SSH SIGNATURE-----"
                onChange={(event) => setSignature(event.target.value)}
              />
            )}
          </Field>
        </>
      )}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" busy={busy ? "Asking the server" : undefined} icon={<KeyRound aria-hidden="true" />}>
          {question === undefined ? "Go on to the proof" : "Add the SSH key"}
        </Button>
        {question !== undefined && (
          <Button variant="quiet" onClick={() => void ask()}>
            Ask for a new text
          </Button>
        )}
      </div>
    </form>
  );
}
