"use client";

import { useState } from "react";
import type { HostView } from "../../protocol/http/hosts.ts";
import { deleteAt, wordsOfError } from "../data/apiClient.ts";
import { ConfirmByName } from "../ui/ConfirmByName.tsx";
import { Note } from "../ui/Note.tsx";
import { showToast } from "../ui/toast.ts";

/** Asks whether a host's key is not to be accepted any more: its name has to be typed. */
export function RevokeDialog(props: { host: HostView; onClose: () => void; onRevoked: () => void }) {
  const { host } = props;
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | undefined>();
  const revoke = async (): Promise<void> => {
    setBusy(true);
    setTrouble(undefined);
    try {
      await deleteAt(`/api/hosts/${host.hostId}`);
      showToast({ tone: "good", title: `${host.name} is revoked` });
      props.onRevoked();
    } catch (error) {
      setTrouble(wordsOfError(error).message);
      setBusy(false);
    }
  };
  const titles = host.openWindows.map(({ title }) => title);
  return (
    <ConfirmByName
      open
      name={host.name}
      verb="revoke it"
      title={`Revoke ${host.name}?`}
      eyebrow={{ word: "Revoke", glyph: "cross", tone: "stop" }}
      description="Its key is not accepted any more: it can't connect, and nothing more is ordered of it. To come back it is enrolled anew."
      safe={{ label: "Keep it", onChoose: props.onClose }}
      actLabel={`Revoke ${host.name}`}
      busy={busy ? "Revoking" : undefined}
      onAct={() => void revoke()}
    >
      {titles.length > 0 && (
        <Note tone="stop" className="mt-4" title="It has open windows">
          {titles.join(", ")}. {titles.length === 1 ? "It" : "They"} can't go on without it. What runs on the host now
          goes on to its end.
        </Note>
      )}
      {trouble !== undefined && (
        <p role="alert" className="mt-4 text-stop">
          {trouble}
        </p>
      )}
    </ConfirmByName>
  );
}
