import { CopyButton } from "./CopyButton.tsx";
import { Fold } from "./Fold.tsx";
import { Words } from "./Words.tsx";

/**
 * A digest: its six words to compare, and behind a fold the whole of it to copy.
 * @param digest the full text, such as a SHA-256 in hex
 */
export function Digest(props: { words: readonly string[]; digest: string; name?: string; className?: string }) {
  const name = props.name ?? "SHA-256";
  return (
    <div className={props.className}>
      <Words words={props.words} />
      <Fold summary={name}>
        <div className="flex flex-wrap items-center gap-2 pt-1">
          <code className="break-all text-ink2">{props.digest}</code>
          <CopyButton size="small" text={props.digest} what={name}>
            Copy
          </CopyButton>
        </div>
      </Fold>
    </div>
  );
}
