"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Role } from "../../domain/run/actor.ts";
import type { MadeToken, TokenView } from "../../protocol/http/tokens.ts";
import { getJson } from "../data/apiClient.ts";
import { queryKeys } from "../data/queryKeys.ts";
import { Age, TimeLeft } from "../ui/Age.tsx";
import { Badge } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { useNow } from "../ui/Now.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { MakeTokenForm } from "./MakeTokenForm.tsx";
import { RevokeTokenDialog } from "./RevokeTokenDialog.tsx";
import { ShowTokenDialog } from "./ShowTokenDialog.tsx";
import { scopeWords } from "./scopeWords.ts";

/** The reader's tokens for scripts: those there are, with their last use, making one, and revoking one. */
export function TokensCard(props: { role: Role }) {
  const client = useQueryClient();
  const { data, isError } = useQuery({
    queryKey: queryKeys.tokens,
    queryFn: ({ signal }) => getJson<readonly TokenView[]>("/api/tokens", signal),
  });
  const tokens = data ?? [];
  const [made, setMade] = useState<MadeToken>();
  const [leaving, setLeaving] = useState<TokenView>();
  const now = useNow();
  const isGood = (token: TokenView): boolean => token.revokedAt === null && token.expiresAt > now;
  const changed = (): void => void client.invalidateQueries({ queryKey: queryKeys.tokens });
  return (
    <Card title="Tokens for scripts" aside={data === undefined ? undefined : `${data.filter(isGood).length}`}>
      <CardContent>
        <p className="text-ink2">
          A script that has one asks and orders in your name, within your role. None of them signs a decision: that
          needs your passkey or SSH key.
        </p>
        {isError && (
          <p role="alert" className="mt-2 text-stop">
            The list could not be read. Load the page again.
          </p>
        )}
      </CardContent>
      {tokens.length > 0 && (
        <Rows className="pb-3" label="Your tokens">
          {tokens.map((token) => (
            <Row
              key={token.id}
              mark={<Glyph name="key" />}
              aside={
                isGood(token) ? (
                  <Button size="small" onClick={() => setLeaving(token)}>
                    Revoke {token.name}
                  </Button>
                ) : undefined
              }
              note={
                <>
                  {scopeWords(token.scope)};{" "}
                  {token.lastUsedAt === null ? (
                    "never used"
                  ) : (
                    <>
                      last used <Age sinceMs={token.lastUsedAt} ago />
                    </>
                  )}
                  {isGood(token) && (
                    <>
                      , <TimeLeft untilMs={token.expiresAt} />
                    </>
                  )}
                </>
              }
            >
              <span className="inline-flex flex-wrap items-center gap-2">
                {token.name}
                {token.revokedAt !== null ? <Badge>revoked</Badge> : !isGood(token) && <Badge>expired</Badge>}
              </span>
            </Row>
          ))}
        </Rows>
      )}
      <CardContent>
        <MakeTokenForm
          role={props.role}
          onMade={(token) => {
            setMade(token);
            changed();
          }}
        />
      </CardContent>
      {made !== undefined && <ShowTokenDialog made={made} onClose={() => setMade(undefined)} />}
      {leaving !== undefined && (
        <RevokeTokenDialog
          token={leaving}
          onClose={() => setLeaving(undefined)}
          onRevoked={() => {
            setLeaving(undefined);
            changed();
          }}
        />
      )}
    </Card>
  );
}
