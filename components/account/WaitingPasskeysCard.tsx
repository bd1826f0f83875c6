"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { WaitingPasskeyView } from "../../protocol/http/identity.ts";
import { getJson } from "../data/apiClient.ts";
import { queryKeys } from "../data/queryKeys.ts";
import { Age } from "../ui/Age.tsx";
import { announce } from "../ui/announce.ts";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { Words } from "../ui/Words.tsx";
import { confirmPasskey } from "./confirmPasskey.ts";

/** Passkeys of others that were made anew after a move of the host name, for the second person to confirm. Nothing where none waits. */
export function WaitingPasskeysCard() {
  const [busy, setBusy] = useState<string>();
  const [wrong, setWrong] = useState<string>();
  const { data: waiting = [], refetch } = useQuery({
    queryKey: queryKeys.waitingPasskeys,
    queryFn: ({ signal }) => getJson<readonly WaitingPasskeyView[]>("/api/passkeys/confirmations", signal),
  });
  if (waiting.length === 0) return null;
  const confirm = async (passkey: WaitingPasskeyView): Promise<void> => {
    setWrong(undefined);
    setBusy(passkey.id);
    const confirmed = await confirmPasskey(passkey.id);
    setBusy(undefined);
    if (!confirmed.ok) {
      setWrong(confirmed.words);
      return;
    }
    announce(`The passkey of ${passkey.person} is confirmed`);
    await refetch();
  };
  return (
    <Card title="Passkeys that wait for you" aside={`${waiting.length}`}>
      <CardContent>
        <p className="text-ink2">
          They were made anew for this host name. Ask each person, face to face or by telephone, for the six words that
          stand beside their key under Account, and sign with your own passkey only where they are these.
        </p>
      </CardContent>
      <Rows label="Passkeys that wait for you">
        {waiting.map((passkey) => (
          <Row
            key={passkey.id}
            mark={<Glyph name="key" />}
            note={
              <>
                made <Age sinceMs={passkey.createdAt} ago />
              </>
            }
          >
            <span className="flex flex-wrap items-center gap-3">
              <span>
                {passkey.person}, {passkey.passkey}
              </span>
              <Words words={passkey.keyWords} />
              <Button
                busy={busy === passkey.id ? "Waiting for your passkey" : undefined}
                onClick={() => void confirm(passkey)}
              >
                Confirm the passkey of {passkey.person}
              </Button>
            </span>
          </Row>
        ))}
      </Rows>
      <CardContent>
        <div role="alert" className="text-stop empty:hidden">
          {wrong}
        </div>
      </CardContent>
    </Card>
  );
}
