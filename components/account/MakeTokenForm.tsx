"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { TokenScope } from "../../domain/identity/tokenScope.ts";
import { scopesOf } from "../../domain/identity/tokenScope.ts";
import type { Role } from "../../domain/run/actor.ts";
import type { MadeToken } from "../../protocol/http/tokens.ts";
import { postJson, wordsOfError } from "../data/apiClient.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Select } from "../ui/Select.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import { scopeWords } from "./scopeWords.ts";

type Wrong = Readonly<Partial<Record<"name" | "scope" | "days", string>>>;

/** Makes a token: its name, what it may do, for how long. Nothing typed is lost when the server refuses. */
export function MakeTokenForm(props: { role: Role; onMade: (made: MadeToken) => void }) {
  const [name, setName] = useState("");
  const [scope, setScope] = useState<string>("read");
  const [days, setDays] = useState("30");
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    if (name.trim() === "") return setWrong({ name: "Give the token a name, such as the script that uses it." });
    setWrong({});
    setBusy(true);
    try {
      // Anything but a number is the server's to refuse, in the words that stand beside the field.
      const made = await postJson<MadeToken>("/api/tokens", { name: name.trim(), scope, days: Number(days) });
      setName("");
      props.onMade(made);
    } catch (error) {
      const { message, todo, fields } = wordsOfError(error);
      const isOfField = fields.name ?? fields.scope ?? fields.days;
      setWrong(isOfField === undefined ? { name: [message, todo].filter(Boolean).join(" ") } : fields);
    } finally {
      setBusy(false);
    }
  };
  const options = scopesOf(props.role).map((value: TokenScope) => ({ value, label: scopeWords(value) }));
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <Field label="Name of a new token" hint="The script that uses it: Deploy pipeline." required error={wrong.name}>
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
      <div className="flex flex-wrap gap-3">
        <Field label="What it may do" required error={wrong.scope} className="min-w-60 flex-1">
          {(wired) => (
            <Select {...wired} options={options} value={scope} onChange={(event) => setScope(event.target.value)} />
          )}
        </Field>
        <Field label="Days until it expires" required error={wrong.days} className="min-w-40 flex-1">
          {(wired) => (
            <TextInput
              {...wired}
              value={days}
              inputMode="numeric"
              autoComplete="off"
              onChange={(event) => setDays(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div>
        <Button type="submit" busy={busy ? "Making the token" : undefined} icon={<KeyRound aria-hidden="true" />}>
          Make a token
        </Button>
      </div>
    </form>
  );
}
