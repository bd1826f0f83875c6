"use client";

import Link from "next/link";
import { useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { useSigning } from "./SigningProvider.tsx";

/** NO-GO and GO: equal in size, in one row, NO-GO left; neither is chosen beforehand. Their reasons stand below both. */
export function SigningButtons() {
  const { reasons, signing, sign } = useSigning();
  const { me } = useRun();
  const words = [...new Set([reasons.noGo, reasons.go])].filter((reason) => reason !== undefined);
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <Button
          wide
          size="huge"
          variant="stop"
          icon={<Glyph name="key" />}
          busy={signing === "NO-GO" ? "Signing" : undefined}
          disabledReason={reasons.noGo}
          reasonPlace="elsewhere"
          onClick={() => sign("NO-GO")}
        >
          NO-GO
        </Button>
        <Button
          wide
          size="huge"
          variant="primary"
          icon={<Glyph name="key" />}
          busy={signing === "GO" ? "Signing" : undefined}
          disabledReason={reasons.go}
          reasonPlace="elsewhere"
          onClick={() => sign("GO")}
        >
          GO
        </Button>
      </div>
      {words.length > 0 && <p className="mt-2 text-ink2 text-label">{words.join(" ")}</p>}
      {me.passkeys.length === 0 && words.length > 0 && me.role === "approver" && (
        <p className="mt-1 text-label">
          <Link href="/account">Add a passkey to your account</Link>
          {me.sshKeys.length > 0 && ", or sign in a terminal with slackwater approve and your SSH key"}
        </p>
      )}
    </>
  );
}
