"use client";

import { useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import { useFormState } from "react-hook-form";
import type { Role } from "../../domain/run/actor.ts";
import { postJson, wordsOfError } from "../data/apiClient.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Select } from "../ui/Select.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import type { WindowForm } from "./windowForm.ts";

/** What users know by name. */
export interface Service {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
}

/** Which service the window is for; one that is not there yet is made right here. */
export function ServiceField(props: { form: UseFormReturn<WindowForm>; services: readonly Service[]; role: Role }) {
  const { form } = props;
  const { errors } = useFormState({ control: form.control, name: "serviceId" });
  const [made, setMade] = useState<readonly Service[]>([]);
  const [isMaking, setIsMaking] = useState(false);
  const services = [...props.services, ...made];
  const mayMake = props.role === "operator" || props.role === "admin";
  return (
    <div className="flex flex-col items-start gap-2">
      <Field
        label="Service"
        hint="It has a line on the public status page."
        required
        error={errors.serviceId?.message}
        className="w-full"
      >
        {(wired) => (
          <Select
            {...wired}
            {...form.register("serviceId")}
            placeholder={services.length === 0 ? "No service is known yet" : "Choose a service"}
            options={services.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
      </Field>
      {isMaking ? (
        <NewService
          onClose={() => setIsMaking(false)}
          onMade={(service) => {
            setMade([...made, service]);
            setIsMaking(false);
            // After the option is there: a select takes no value that it does not have.
            requestAnimationFrame(() => form.setValue("serviceId", service.id, { shouldDirty: true }));
          }}
        />
      ) : (
        <Button
          size="small"
          disabledReason={mayMake ? undefined : "Operators and admins add services."}
          onClick={() => setIsMaking(true)}
        >
          Add a service
        </Button>
      )}
    </div>
  );
}

function NewService(props: { onMade: (service: Service) => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const address = slug ?? slugOf(name);
  const make = async (): Promise<void> => {
    setWrong({});
    if (name.trim() === "") {
      setWrong({ name: "Give the service the name that users know." });
      return;
    }
    setBusy(true);
    try {
      props.onMade(await postJson<Service>("/api/services", { name: name.trim(), slug: address, description: "" }));
    } catch (error) {
      const words = wordsOfError(error);
      setWrong(Object.keys(words.fields).length > 0 ? words.fields : { name: words.message });
      setBusy(false);
    }
  };
  return (
    <fieldset className="flex w-full flex-col gap-3 rounded-control border border-line p-3">
      <legend className="px-1 font-medium">New service</legend>
      <div className="grid grid-cols-2 gap-3 phone:grid-cols-1">
        <Field label="Name" hint="As users know it." required error={wrong.name}>
          {(wired) => (
            <TextInput {...wired} value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Field
          label="Short name"
          hint="For addresses: lower-case letters, digits, hyphens."
          required
          error={wrong.slug}
        >
          {(wired) => (
            <TextInput
              {...wired}
              mono
              value={address}
              maxLength={63}
              onChange={(event) => setSlug(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button onClick={props.onClose}>Add none</Button>
        <Button busy={busy ? "Adding" : undefined} onClick={() => void make()}>
          Add the service
        </Button>
      </div>
    </fieldset>
  );
}

/** A short name made of a name: "Order Desk" → "order-desk". */
function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "")
    .slice(0, 63);
}
