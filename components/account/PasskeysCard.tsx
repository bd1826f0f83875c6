"use client";

import { useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { Me } from "../../protocol/http/identity.ts";
import { queryKeys } from "../data/queryKeys.ts";
import { Age } from "../ui/Age.tsx";
import { announce } from "../ui/announce.ts";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Field } from "../ui/Field.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import { showToast } from "../ui/toast.ts";
import { Words } from "../ui/Words.tsx";
import { addPasskey } from "./addPasskey.ts";

/** The reader's passkeys, and adding one that this device makes. */
export function PasskeysCard(props: { me: Me; onAdded: () => void }) {
  const { me } = props;
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const add = async (): Promise<void> => {
    setWrong(undefined);
    if (name.trim() === "") {
      setWrong("Give the passkey a name, such as the device it lives on.");
      return;
    }
    setBusy(true);
    const added = await addPasskey(name.trim());
    setBusy(false);
    if (!added.ok) {
      setWrong(added.words);
      return;
    }
    announce("Passkey added");
    showToast({ tone: "good", title: "Passkey added", detail: name.trim() });
    setName("");
    await client.invalidateQueries({ queryKey: queryKeys.me });
    props.onAdded();
  };
  return (
    <Card title="Passkeys" aside={`${me.passkeys.length}`}>
      {me.passkeys.length === 0 ? (
        <CardContent>
          <p className="text-ink2">
            None yet. A passkey signs you in without a password
            {me.role === "approver" ? ", and you sign GO and NO-GO on these pages with it." : "."}
          </p>
        </CardContent>
      ) : (
        <Rows className="pb-3" label="Your passkeys">
          {me.passkeys.map((passkey) => (
            <Row
              key={passkey.id}
              mark={<Glyph name="key" />}
              note={
                <>
                  added <Age sinceMs={passkey.createdAt} ago />
                </>
              }
            >
              <span className="inline-flex flex-wrap items-center gap-2">
                {passkey.name}
                {passkey.software && (
                  <Badge tone="ask" glyph="warning">
                    software, for demos and tests
                  </Badge>
                )}
                {passkey.waitsForSecond && (
                  <Badge tone="ask" glyph="warning">
                    waits for a second person
                  </Badge>
                )}
              </span>
              {passkey.keyWords && (
                <p className="mt-1 text-ink2 text-label">
                  Read these six words to somebody who may approve, so that they confirm it:{" "}
                  <Words words={passkey.keyWords} className="text-ink" />
                </p>
              )}
            </Row>
          ))}
        </Rows>
      )}
      <CardContent>
        <form
          noValidate
          className="flex flex-wrap items-start gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <Field
            label="Add one that this device makes"
            hint="Its name is for you: Telephone, work laptop, security key."
            required
            error={wrong}
            className="min-w-60 flex-1"
          >
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
          <Button
            type="submit"
            variant={me.passkeys.length === 0 ? "primary" : "neutral"}
            busy={busy ? "Waiting for your device" : undefined}
            icon={<KeyRound aria-hidden="true" />}
            className="mt-[calc(var(--text-body-line)+var(--text-label-line)+0.5rem)] phone:mt-0 phone:w-full"
          >
            Add a passkey
          </Button>
        </form>
      </CardContent>
    </Card>
  );
}
