"use client";

import { useState } from "react";
import type { Me } from "../../protocol/http/identity.ts";
import { deleteAt, wordsOfError } from "../data/apiClient.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { showToast } from "../ui/toast.ts";

/** Asks whether an SSH key is to be taken off the record, and says what that changes and what not. */
export function RemoveSshKeyDialog(props: {
  sshKey: Me["sshKeys"][number];
  onClose: () => void;
  onRemoved: () => void;
}) {
  const { sshKey } = props;
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const remove = async (): Promise<void> => {
    setBusy(true);
    setTrouble(undefined);
    try {
      await deleteAt(`/api/ssh-keys/${sshKey.id}`);
      showToast({ tone: "good", title: `${sshKey.name} is removed` });
      props.onRemoved();
    } catch (error) {
      setTrouble(wordsOfError(error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={`Remove ${sshKey.name}?`}
      description="This server takes no more decisions by it. What was signed with it stays signed: take that back in its run. Hosts obey the key until their owners take it out of agent.yaml."
      safe={{ label: "Keep it", onChoose: props.onClose }}
      act={
        <Button size="large" variant="stop" busy={busy ? "Removing" : undefined} onClick={() => void remove()}>
          Remove {sshKey.name}
        </Button>
      }
    >
      {trouble !== undefined && (
        <p role="alert" className="mt-4 text-stop">
          {trouble}
        </p>
      )}
    </Dialog>
  );
}
