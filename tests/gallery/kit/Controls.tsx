"use client";

import { Download, Search } from "lucide-react";
import { useState } from "react";
import { Button } from "../../../components/ui/Button.tsx";
import type { ButtonVariant } from "../../../components/ui/buttonLook.ts";
import { Card, CardContent } from "../../../components/ui/Card.tsx";
import { Checkbox, Switch } from "../../../components/ui/Choice.tsx";
import { Field } from "../../../components/ui/Field.tsx";
import { Glyph } from "../../../components/ui/Glyph.tsx";
import { LinkButton } from "../../../components/ui/LinkButton.tsx";
import { RadioGroup } from "../../../components/ui/RadioGroup.tsx";
import { Segmented } from "../../../components/ui/Segmented.tsx";
import { Select } from "../../../components/ui/Select.tsx";
import { NumberInput, TextArea, TextInput } from "../../../components/ui/TextInput.tsx";
import { flow } from "./arrange.ts";

const VARIANTS: readonly ButtonVariant[] = ["primary", "neutral", "back", "backFilled", "stop", "destroy", "quiet"];

/** What is pressed, chosen and typed into. */
export function Controls() {
  const [view, setView] = useState<"all" | "open">("all");
  const [way, setWay] = useState<"cold" | "standby">("cold");
  return (
    <>
      <Card title="Buttons">
        <CardContent style={{ display: "grid", gap: 8 }}>
          {VARIANTS.map((variant) => (
            <div key={variant} style={flow}>
              <Button variant={variant} icon={<Glyph name="bentArrow" />} keyHint="B">
                {variant}
              </Button>
              <Button variant={variant} busy="Ordering">
                {variant}
              </Button>
              <Button variant={variant} disabledReason="The run is over.">
                {variant}
              </Button>
            </div>
          ))}
          <div style={flow}>
            <Button size="small">Change</Button>
            <Button>Read it</Button>
            <Button size="large">Hold</Button>
            <Button size="huge" variant="stop" icon={<Glyph name="key" />}>
              NO-GO
            </Button>
            <Button size="small" aria-label="Download the log" icon={<Download aria-hidden="true" />}>
              {null}
            </Button>
            <LinkButton href="/plan" icon={<Search aria-hidden="true" />}>
              Read the plan
            </LinkButton>
          </div>
        </CardContent>
      </Card>
      <Card title="Fields">
        <CardContent style={{ display: "grid", gap: 12 }}>
          <Field label="Title" required>
            {(control) => <TextInput {...control} defaultValue="Encrypt orders-db at rest" />}
          </Field>
          <Field label="Start" hint="Los Angeles, 24 h" error="Write a time, 00:00 to 23:59." required>
            {(control) => <TextInput {...control} defaultValue="25:10" />}
          </Field>
          <Field label="Bandwidth">{(control) => <NumberInput {...control} unit="MB/s" defaultValue="24" />}</Field>
          <Field label="Reason" required>
            {(control) => <TextArea {...control} placeholder="Why this step is skipped" />}
          </Field>
          <Field label="Runbook" required>
            {(control) => (
              <Select
                {...control}
                options={[
                  { value: "7", label: "luks-postgres 7" },
                  { value: "6", label: "luks-postgres 6" },
                ]}
              />
            )}
          </Field>
          <TextInput aria-label="Locked" disabled defaultValue="luks-postgres 7" />
          <RadioGroup
            label="Way"
            value={way}
            onChange={setWay}
            options={[
              { value: "cold", label: "Cold", note: "Writes stop for about 73 min." },
              { value: "standby", label: "Standby", note: "Writes stop for about 2 min." },
            ]}
          />
          <div style={flow}>
            <Checkbox label="Notify support" />
            <Checkbox label="Off site" defaultChecked />
            <Switch label="Sound" defaultChecked />
            <Switch label="Follow" />
            <Segmented
              label="Show"
              value={view}
              onChange={setView}
              options={[
                { value: "all", label: "All" },
                { value: "open", label: "Open", count: 4 },
              ]}
            />
          </div>
        </CardContent>
      </Card>
    </>
  );
}
