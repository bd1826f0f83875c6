"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useForm, useWatch } from "react-hook-form";
import type { HostView } from "../../protocol/http/hosts.ts";
import type { Me } from "../../protocol/http/identity.ts";
import type { RunbookLine, RunbookView } from "../../protocol/http/runbooks.ts";
import { getJson, postJson, wordsOfError } from "../data/apiClient.ts";
import { queryKeys } from "../data/queryKeys.ts";
import { StepsCard } from "../runbooks/StepsCard.tsx";
import { Page } from "../shell/Page.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { announce } from "../ui/announce.ts";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { shownNowMs } from "../ui/clock.ts";
import { Field } from "../ui/Field.tsx";
import { Note } from "../ui/Note.tsx";
import { Select } from "../ui/Select.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import { Wells } from "../ui/Wells.tsx";
import { dropDraft, loadDraft, saveDraft } from "./draft.ts";
import { HostFields } from "./HostFields.tsx";
import { ParameterFields } from "./ParameterFields.tsx";
import type { Service } from "./ServiceField.tsx";
import { ServiceField } from "./ServiceField.tsx";
import { SummaryCard } from "./SummaryCard.tsx";
import { TypeField } from "./TypeField.tsx";
import { WhenFields } from "./WhenFields.tsx";
import type { FormErrors, WindowForm } from "./windowForm.ts";
import { carryParameters, emptyForm, fromServerErrors, isFieldName, readForm } from "./windowForm.ts";

const SAVE_AFTER_MS = 300;

/**
 * Plans a window: which runbook, for which service, when, on which hosts, with which parameters. What is wrong stands beside its field;
 * what was typed is kept in this tab until the window is planned.
 * @param chosen the digest of a runbook that was chosen on the way here
 */
export function NewWindowPage(props: NewWindowProps) {
  // Zone and draft are the browser's: the server's first frame knows neither, and a form that is filled again later would lose
  // sight of its fields.
  const isBrowser = useSyncExternalStore(never, always, () => false);
  const [round, setRound] = useState(0);
  return (
    <Page width="home">
      <PageTitle
        title="Plan a window"
        crumbs={[{ label: "Windows", href: "/windows" }, { label: "New" }]}
        note="Whoever plans it prepares it, and never decides on it."
      />
      {isBrowser ? (
        <PlanForm
          key={round}
          {...props}
          onStartAnew={() => {
            dropDraft();
            setRound(round + 1);
          }}
        />
      ) : (
        <Card aria-label="The form" className="mt-4">
          <Wells label="the form" lines={8} />
        </Card>
      )}
    </Page>
  );
}

interface NewWindowProps {
  readonly me: Me;
  readonly runbooks: readonly RunbookLine[];
  readonly services: readonly Service[];
  readonly hosts: readonly HostView[];
  readonly chosen: string | undefined;
}

const never = () => () => undefined;
const always = () => true;

function PlanForm(props: NewWindowProps & { onStartAnew: () => void }) {
  const router = useRouter();
  const [sending, setSending] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const [draft] = useState(loadDraft);
  const [initial] = useState(() => firstForm(draft, props.chosen));
  const form = useForm<WindowForm>({ mode: "onTouched", defaultValues: initial });
  const { register, control, formState, setError, clearErrors, setValue, getValues } = form;
  const { errors } = formState;
  const digest = useWatch({ control, name: "runbookDigest" });
  const { data: runbook, error: runbookError } = useQuery({
    queryKey: queryKeys.runbook(digest),
    queryFn: ({ signal }) => getJson<RunbookView>(`/api/runbooks/${digest}`, signal),
    enabled: digest !== "",
    // A version never changes: its digest is its name.
    staleTime: Number.POSITIVE_INFINITY,
  });

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = form.subscribe({
      formState: { values: true },
      callback: ({ values, name, type }) => {
        // Only what a person typed: a default that the page fills in is no draft.
        if (name === undefined || type !== "change") return;
        // What is being corrected is not wrong any more; a parameter is judged again right after this.
        if (isFieldName(name)) clearErrors(name);
        clearTimeout(timer);
        timer = setTimeout(() => saveDraft(values), SAVE_AFTER_MS);
      },
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [form, clearErrors]);

  // The fields of a runbook are shown once their values are there: an empty field that registers itself would count as typed.
  const [filled, setFilled] = useState<RunbookView>();
  useEffect(() => {
    if (!runbook || filled === runbook) return;
    setValue("parameters", carryParameters(getValues("parameters"), filled, runbook));
    setFilled(runbook);
    const [onlyHost, ...others] = props.hosts;
    for (const { role } of runbook.hosts) {
      if (!getValues(`hosts.${role}`))
        setValue(`hosts.${role}`, onlyHost && others.length === 0 ? onlyHost.hostId : "");
    }
  }, [runbook, filled, setValue, getValues, props.hosts]);

  const show = (wrong: FormErrors): void => {
    const fields = Object.entries(wrong);
    for (const [name, message] of fields) if (isFieldName(name)) setError(name, { type: "wrong", message });
    const elsewhere = fields.flatMap(([name, message]) => (isFieldName(name) ? [] : [message]));
    const count = fields.length === 1 ? "One field is not right." : `${fields.length} fields are not right.`;
    const words = [count, ...elsewhere].join(" ");
    setTrouble(words);
    announce(`Not planned. ${words}`);
    requestAnimationFrame(() => document.querySelector<HTMLElement>("form [aria-invalid]")?.focus());
  };

  const plan = async (): Promise<void> => {
    clearErrors();
    setTrouble(undefined);
    const read = readForm(getValues(), runbook, shownNowMs());
    if (!read.ok) {
      show(read.errors);
      return;
    }
    setSending(true);
    try {
      const { windowId } = await postJson<{ windowId: string }>("/api/windows", read.body);
      dropDraft();
      router.push(`/windows/${windowId}/prepare`);
    } catch (error) {
      setSending(false);
      const words = wordsOfError(error);
      if (Object.keys(words.fields).length > 0) show(fromServerErrors(words.fields));
      else setTrouble([words.message, words.todo].filter(Boolean).join(" "));
    }
  };

  return (
    <>
      {draft !== undefined && (
        <Note className="mt-3" title="This is what you typed before">
          It was kept in this tab.{" "}
          <Button size="small" className="ml-2" onClick={props.onStartAnew}>
            Start anew
          </Button>
        </Note>
      )}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void plan();
        }}
        className="mt-4 grid grid-cols-[minmax(0,1fr)_22.5rem] items-start gap-4 narrow:grid-cols-1"
      >
        <div className="grid min-w-0 gap-4">
          <Card title="What">
            <CardContent className="grid gap-4">
              <Field label="Runbook" required error={errors.runbookDigest?.message ?? runbookError?.message}>
                {(wired) => (
                  <Select
                    {...wired}
                    {...register("runbookDigest")}
                    placeholder={props.runbooks.length === 0 ? "No runbook is stored" : "Choose a runbook"}
                    options={props.runbooks.map((one) => ({
                      value: one.digest,
                      label: `${one.title} (${one.slug} ${one.version})`,
                    }))}
                  />
                )}
              </Field>
              <Field
                label="Title"
                hint="What your team calls it. Users see the service's name."
                required
                error={errors.title?.message}
              >
                {(wired) => <TextInput {...wired} {...register("title")} maxLength={200} autoComplete="off" />}
              </Field>
              <ServiceField form={form} services={props.services} role={props.me.role} />
              <TypeField form={form} />
            </CardContent>
          </Card>
          <WhenFields form={form} />
          {runbook && filled === runbook && <HostFields form={form} roles={runbook.hosts} hosts={props.hosts} />}
          {runbook && filled === runbook && <ParameterFields key={runbook.digest} form={form} runbook={runbook} />}
          {digest !== "" && !runbook && !runbookError && (
            <Card aria-label="Parameters">
              <Wells label="the runbook" />
            </Card>
          )}
        </div>
        <div className="grid min-w-0 gap-4 wide:sticky wide:top-4">
          <SummaryCard form={form} runbook={runbook} trouble={trouble}>
            <Button type="submit" size="large" variant="primary" wide busy={sending ? "Planning" : undefined}>
              Plan the window
            </Button>
          </SummaryCard>
          {runbook && (
            <StepsCard steps={runbook.steps} className="wide:max-h-[calc(100dvh-20rem)] wide:overflow-y-auto" />
          )}
        </div>
      </form>
    </>
  );
}

/** What was typed before in this tab, or an empty form on the clocks of the reader; a runbook chosen on the way here wins. */
function firstForm(draft: WindowForm | undefined, chosen: string | undefined): WindowForm {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const start = draft ?? emptyForm(timeZone, "");
  return { ...start, zone: start.zone || timeZone, runbookDigest: chosen ?? start.runbookDigest };
}
