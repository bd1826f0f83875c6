"use client";

import type { UseFormReturn } from "react-hook-form";
import { useFormState } from "react-hook-form";
import type { HostView } from "../../protocol/http/hosts.ts";
import type { RunbookView } from "../../protocol/http/runbooks.ts";
import { Card, CardContent } from "../ui/Card.tsx";
import { Field } from "../ui/Field.tsx";
import { Select } from "../ui/Select.tsx";
import type { WindowForm } from "./windowForm.ts";

/** Which enrolled host takes each part that the runbook has for one. */
export function HostFields(props: {
  form: UseFormReturn<WindowForm>;
  roles: RunbookView["hosts"];
  hosts: readonly HostView[];
}) {
  const { form, hosts } = props;
  const { errors } = useFormState({ control: form.control, name: "hosts" });
  return (
    <Card title="Hosts">
      <CardContent className="grid gap-4">
        {props.roles.map(({ role, title }) => (
          <Field key={role} label={title} required error={errors.hosts?.[role]?.message}>
            {(wired) => (
              <Select
                {...wired}
                {...form.register(`hosts.${role}`)}
                placeholder={hosts.length === 0 ? "No host is enrolled" : "Choose a host"}
                options={hosts.map((host) => ({
                  value: host.hostId,
                  label: `${host.name}, ${host.connected ? "connected" : "not connected"}`,
                }))}
              />
            )}
          </Field>
        ))}
        {hosts.length === 0 && (
          <p className="text-ink2">
            A host is enrolled on the <a href="/hosts">Hosts</a> page. What you typed here is kept.
          </p>
        )}
        <p className="text-ink3 text-label">
          The key of each host is pinned from here on: another one can't take its place.
        </p>
      </CardContent>
    </Card>
  );
}
