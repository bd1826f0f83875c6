"use client";

import type { MadeToken } from "../../protocol/http/tokens.ts";
import { CodeBlock } from "../ui/CodeBlock.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Dialog } from "../ui/Dialog.tsx";

/** Shows a new token, this once: closing it throws it away. */
export function ShowTokenDialog(props: { made: MadeToken; onClose: () => void }) {
  const { token, view } = props.made;
  return (
    <Dialog
      open
      wide
      title={`The token of ${view.name}`}
      description="It is shown once; only its hash is kept. Whoever has it acts in your name: put it where the script keeps its secrets."
      safe={{ label: "Close and forget the token", onChoose: props.onClose }}
      act={
        <CopyButton size="large" variant="primary" text={token} what="Token">
          Copy the token
        </CopyButton>
      }
    >
      <CodeBlock label="Token" className="mt-4">
        {token}
      </CodeBlock>
    </Dialog>
  );
}
