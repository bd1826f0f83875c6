import type { TrustedKeyView } from "../../protocol/http/trust.ts";
import { Card, CardContent } from "../ui/Card.tsx";
import { CodeBlock } from "../ui/CodeBlock.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
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
            ? "A host obeys your GO only if its owner has written your key into its agent.yaml. Give them this:"
            : "Each host checks every GO by itself, against the keys in its own agent.yaml. This server can't add one. Paste these there, and start the agent anew:"}
        </p>
        {keys.length === 0 ? (
          <p className="font-medium">
            {whose === "you" ? "Add a passkey first." : "No approver has a passkey yet. They add one under Account."}
          </p>
        ) : (
          <>
            <CodeBlock label="approvers, for agent.yaml" className="max-h-80 overflow-y-auto">
              {yaml}
            </CodeBlock>
            <div>
              <CopyButton text={yaml} what="approvers, for agent.yaml">
                Copy for agent.yaml
              </CopyButton>
            </div>
            <p className="text-ink3 text-label">
              Whoever pastes it should have heard from each person that the key is theirs: a stolen server could show
              another one here.
            </p>
          </>
        )}
      </CardContent>
    </Card>
  );
}
