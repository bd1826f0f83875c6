import { signedWith } from "../../domain/decision/signedWith.ts";
import type { TrustedKeyView } from "../../protocol/http/trust.ts";
import { Card, CardContent } from "../ui/Card.tsx";
import { CodeBlock } from "../ui/CodeBlock.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Words } from "../ui/Words.tsx";
import { approversYaml } from "./approversYaml.ts";

/**
 * How a host learns whose decisions it obeys: a piece of configuration that its owner pastes there. The server can't put it there by
 * itself, and that is the point.
 * @param whose "the approvers" on the Hosts page, "you" on one's own
 */
export function TrustCard(props: { keys: readonly TrustedKeyView[]; whose: "approvers" | "you" }) {
  const { keys, whose } = props;
  const yaml = approversYaml(keys);
  return (
    <Card title={whose === "you" ? "Hosts that obey your decisions" : "Whose decisions a host obeys"}>
      <CardContent className="flex flex-col gap-3">
        <p className="text-ink2">
          {whose === "you"
            ? "A host obeys your GO only if its owner has pinned your key there. Give them this, and tell them the six words yourself, by another way:"
            : "Each host checks every GO by itself, against the keys in its own agent.yaml. This server can't add one. Give this to the host's owner:"}
        </p>
        {keys.length === 0 ? (
          <p className="font-medium">
            {whose === "you"
              ? "Add a passkey or an SSH key first."
              : "No approver has a passkey or an SSH key yet. They add one under Account."}
          </p>
        ) : (
          <>
            <ul aria-label="Keys" className="flex flex-col gap-1">
              {keys.map((key) => (
                <li key={key.keyWords.join(" ")} className="flex flex-wrap gap-x-3">
                  <span className="font-medium">
                    {key.person}, {key.name}
                    {key.kind === "ssh" && `, ${signedWith(key.kind, key.software)}`}
                  </span>
                  <Words words={key.keyWords} />
                </li>
              ))}
            </ul>
            <CodeBlock label="approvers, for agent.yaml" className="max-h-80 overflow-y-auto">
              {yaml}
            </CodeBlock>
            <div>
              <CopyButton text={yaml} what="approvers, for agent.yaml">
                Copy for agent.yaml
              </CopyButton>
            </div>
            <p className="text-ink3 text-label">
              On the host, <code className="font-mono text-mono">slackwater-agent trust add FILE</code> shows the same
              words and asks whether each person was asked for theirs: a stolen server could show another key here.
            </p>
          </>
        )}
      </CardContent>
    </Card>
  );
}
