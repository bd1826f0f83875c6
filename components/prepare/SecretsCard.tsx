"use client";

import { lazy, useState } from "react";
import { formatDayTime } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { CheckMark } from "../ui/Mark.tsx";
import { Part } from "../ui/Part.tsx";
import { Row, Rows } from "../ui/Rows.tsx";

const SealDialog = lazy(() => import("../secrets/SealDialog.tsx"));

/** The passphrases that this run needs: who holds each and where, never its words. Nothing where it needs none. */
export function SecretsCard() {
  const { run, reader, me } = useRun();
  const [sealing, setSealing] = useState<string | undefined>(undefined);
  if (run.secrets.length === 0) return null;
  const may = reader.may.recordSecret;
  return (
    <Card
      title="Passphrases"
      aside={`${run.secrets.filter((secret) => secret.sealed).length} of ${run.secrets.length} sealed`}
    >
      <Rows label="Passphrases">
        {run.secrets.map((secret) => {
          const isHolder = secret.holder === me.role || me.groups.includes(secret.holder);
          const because =
            may?.allowed === false ? (may.because ?? undefined) : isHolder ? undefined : `${secret.holder} seals this.`;
          return (
            <Row
              key={secret.name}
              mark={<CheckMark state={secret.sealed ? "pass" : "person"} />}
              note={
                secret.sealed
                  ? `${secret.sealed.holder} holds it: ${secret.sealed.place.replace(/\.$/, "")}. Sealed ${formatDayTime(secret.sealed.at, run.zone)}.`
                  : secret.unsealed
                    ? `The host was started anew. ${secret.unsealed.holder} holds the words: ${secret.unsealed.place.replace(/\.$/, "")}. They have to be sealed again.`
                    : secret.keep
              }
              aside={
                <Button
                  size="small"
                  variant={secret.sealed ? "quiet" : "neutral"}
                  disabledReason={because}
                  reasonPlace="elsewhere"
                  aria-label={`${secret.sealed ? "Seal anew" : secret.unsealed ? "Seal again" : "Make and seal"}: ${secret.title}`}
                  onClick={() => setSealing(secret.name)}
                >
                  {secret.sealed ? "Anew" : secret.unsealed ? "Seal again" : "Make and seal"}
                </Button>
              }
            >
              {secret.title}
            </Row>
          );
        })}
      </Rows>
      {sealing !== undefined && (
        <Part>
          <SealDialog secret={sealing} onClose={() => setSealing(undefined)} />
        </Part>
      )}
    </Card>
  );
}
