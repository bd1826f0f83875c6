"use client";

import { useState } from "react";
import type { TokenView } from "../../protocol/http/tokens.ts";
import { deleteAt, wordsOfError } from "../data/apiClient.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { showToast } from "../ui/toast.ts";

/** Asks whether a token is to be revoked, and says what that ends and what not. */
export function RevokeTokenDialog(props: { token: TokenView; onClose: () => void; onRevoked: () => void }) {
  const { token } = props;
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const revoke = async (): Promise<void> => {
    setBusy(true);
    setTrouble(undefined);
    try {
      await deleteAt(`/api/tokens/${token.id}`);
      showToast({ tone: "good", title: `${token.name} is revoked` });
      props.onRevoked();
    } catch (error) {
      setTrouble(wordsOfError(error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={`Revoke ${token.name}?`}
      description="Its script is refused from its next request on. What it ordered before stays ordered."
      safe={{ label: "Keep it", onChoose: props.onClose }}
      act={
        <Button size="large" variant="stop" busy={busy ? "Revoking" : undefined} onClick={() => void revoke()}>
          Revoke {token.name}
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
