"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { signedWith } from "../../domain/decision/signedWith.ts";
import type { Me } from "../../protocol/http/identity.ts";
import { queryKeys } from "../data/queryKeys.ts";
import { Age } from "../ui/Age.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { AddSshKeyForm } from "./AddSshKeyForm.tsx";
import { RemoveSshKeyDialog } from "./RemoveSshKeyDialog.tsx";

type SshKey = Me["sshKeys"][number];

/** An approver's SSH keys, which `slackwater approve` signs decisions with in a terminal: adding one, and taking one away. */
export function SshKeysCard(props: { me: Me; onChanged: () => void }) {
  const { me } = props;
  const client = useQueryClient();
  const [leaving, setLeaving] = useState<SshKey>();
  const changed = (): void => {
    void client.invalidateQueries({ queryKey: queryKeys.me });
    props.onChanged();
  };
  return (
    <Card title="SSH keys" aside={`${me.sshKeys.length}`}>
      <CardContent>
        <p className="text-ink2">
          With one you sign GO and NO-GO in a terminal, where no page of this server stands between you and what you
          sign. It signs nobody in. Each host's owner pins it, as they do a passkey.
        </p>
      </CardContent>
      {me.sshKeys.length > 0 && (
        <Rows className="pb-3" label="Your SSH keys">
          {me.sshKeys.map((key) => (
            <Row
              key={key.id}
              mark={<Glyph name="key" />}
              aside={
                <Button size="small" onClick={() => setLeaving(key)}>
                  Remove {key.name}
                </Button>
              }
              note={
                <>
                  <code className="break-all font-mono text-mono">{key.fingerprint}</code>, {key.type}, added{" "}
                  <Age sinceMs={key.createdAt} ago />
                </>
              }
            >
              {key.name}, {signedWith("ssh", key.software)}
            </Row>
          ))}
        </Rows>
      )}
      <CardContent>
        <AddSshKeyForm onAdded={changed} />
      </CardContent>
      {leaving !== undefined && (
        <RemoveSshKeyDialog
          sshKey={leaving}
          onClose={() => setLeaving(undefined)}
          onRemoved={() => {
            setLeaving(undefined);
            changed();
          }}
        />
      )}
    </Card>
  );
}
