"use client";

import { useState } from "react";
import { Button } from "../../../components/ui/Button.tsx";
import { ConfirmByName } from "../../../components/ui/ConfirmByName.tsx";
import { Dialog } from "../../../components/ui/Dialog.tsx";
import { Note } from "../../../components/ui/Note.tsx";
import { showToast } from "../../../components/ui/toast.ts";
import { flow } from "./arrange.ts";

/** What floats: the two questions before a rollback, and a toast. */
export function Questions() {
  const [asked, setAsked] = useState<"plain" | "name" | undefined>();
  return (
    <>
      <div style={{ ...flow, marginTop: 16 }}>
        <Button variant="back" onClick={() => setAsked("name")}>
          Roll back, ask for the name
        </Button>
        <Button onClick={() => setAsked("plain")}>Ask</Button>
        <Button
          onClick={() => showToast({ tone: "move", title: "Hold ordered", detail: "Waiting for pdx-db-1 to confirm" })}
        >
          Toast
        </Button>
      </div>
      <ConfirmByName
        open={asked === "name"}
        eyebrow={{ word: "Roll back", glyph: "bentArrow", tone: "back" }}
        title="Back on the old volume by 04:11?"
        description="Users have written on the new side since 03:58."
        name="orders-db"
        verb="roll back"
        actLabel="Roll back, lose 214 rows"
        onAct={() => setAsked(undefined)}
        safe={{ label: "Stay on the new side", onChoose: () => setAsked(undefined) }}
      >
        <Note tone="stop" title="This loses 214 rows, newest 04:02:51." className="gallery-gap">
          orders 182, order_items 32. They are saved first, encrypted, on pdx-db-1.
        </Note>
      </ConfirmByName>
      <Dialog
        open={asked === "plain"}
        eyebrow={{ word: "Roll back", glyph: "bentArrow", tone: "back" }}
        title="Back on the old volume by 03:12?"
        description="Loses nothing: no write since 02:36:28."
        safe={{ label: "Go on copying", onChoose: () => setAsked(undefined) }}
        act={
          <Button size="large" variant="backFilled" onClick={() => setAsked(undefined)}>
            Roll back
          </Button>
        }
      />
    </>
  );
}
