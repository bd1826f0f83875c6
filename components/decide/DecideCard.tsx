import type { ReactNode } from "react";
import { Card, CardContent } from "../ui/Card.tsx";
import type { Tone } from "../ui/tone.ts";

/** A card of the Decide page: edge to edge on a phone, where each takes the whole width. */
export function DecideCard(props: { title: ReactNode; aside?: ReactNode; tone?: Tone; children: ReactNode }) {
  return (
    <Card
      bleed
      title={props.title}
      {...(props.aside !== undefined && { aside: props.aside })}
      {...(props.tone && { tone: props.tone })}
    >
      <CardContent>{props.children}</CardContent>
    </Card>
  );
}
