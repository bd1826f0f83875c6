import type { RunView } from "../../protocol/http/runs.ts";
import { Badge } from "../ui/Badge.tsx";

/** Marks a run whose volume was measured as not encrypted, wherever the run is named. Nothing where it is, or is not known yet. */
export function EncryptionBadge(props: { encrypted: RunView["encrypted"] }) {
  if (props.encrypted !== "none") return null;
  return (
    <Badge tone="ask" glyph="warning">
      NOT ENCRYPTED
    </Badge>
  );
}
