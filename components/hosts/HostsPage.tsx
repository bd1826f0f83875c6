"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { BrowserFrame } from "../../protocol/browser.ts";
import type { HostIncidentView, HostView } from "../../protocol/http/hosts.ts";
import type { Me } from "../../protocol/http/identity.ts";
import type { TrustedKeyView } from "../../protocol/http/trust.ts";
import { getJson } from "../data/apiClient.ts";
import { useRoom } from "../data/live/LiveProvider.tsx";
import { queryKeys } from "../data/queryKeys.ts";
import { Page } from "../shell/Page.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Button } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import type { Enrolment } from "./EnrolDialog.tsx";
import { EnrolDialog } from "./EnrolDialog.tsx";
import { HostCard, NoHosts } from "./HostCard.tsx";
import { IncidentsCard } from "./IncidentsCard.tsx";
import { RevokeDialog } from "./RevokeDialog.tsx";
import { TrustCard } from "./TrustCard.tsx";

/** While a new host is waited for, the list is read this often (ms): its enrolment comes by HTTP and has no frame. */
const WAIT_READ_MS = 2_000;
/** Otherwise the socket tells; this is for what it can't, such as a host that another admin revoked. */
const IDLE_READ_MS = 60_000;

/** Every host, with its health of now; adding and revoking them; whose decisions they obey. */
export function HostsPage(props: {
  me: Me;
  hosts: readonly HostView[];
  incidents: readonly HostIncidentView[];
  trusted: readonly TrustedKeyView[];
}) {
  const client = useQueryClient();
  const [dialog, setDialog] = useState<"enrol" | HostView | undefined>();
  const [enrolment, setEnrolment] = useState<Enrolment | undefined>();
  const { data: hosts, error } = useQuery({
    queryKey: queryKeys.hosts,
    queryFn: ({ signal }) => getJson<readonly HostView[]>("/api/hosts", signal),
    initialData: props.hosts,
    refetchInterval: enrolment === undefined ? IDLE_READ_MS : WAIT_READ_MS,
  });
  const { data: incidents } = useQuery({
    queryKey: [...queryKeys.hosts, "incidents"],
    queryFn: ({ signal }) => getJson<readonly HostIncidentView[]>("/api/hosts/incidents", signal),
    initialData: props.incidents,
  });
  const readAgain = (): void => void client.invalidateQueries({ queryKey: queryKeys.hosts });
  const onFrame = (frame: BrowserFrame): void => {
    if (frame.type === "hostChanged" || frame.type === "windowsChanged") readAgain();
  };
  useRoom("windows", onFrame, readAgain);

  const isAdmin = props.me.role === "admin";
  const connected = hosts.filter((host) => host.connected).length;
  const enrol = (
    <Button
      variant="primary"
      size="large"
      disabledReason={isAdmin ? undefined : `Only an admin enrols hosts; you are ${props.me.role}.`}
      reasonPlace="below"
      onClick={() => setDialog("enrol")}
    >
      Enrol a host
    </Button>
  );
  return (
    <Page width="home">
      <PageTitle
        title="Hosts"
        {...(hosts.length > 0 && { note: `${connected} of ${hosts.length} connected` })}
        aside={enrol}
      />
      {error !== null && (
        <Note tone="ask" className="mt-4">
          The list could not be read again. It is what this page knew before.
        </Note>
      )}
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)_22.5rem] items-start gap-4 narrow:grid-cols-1">
        <div className="grid gap-4">
          {hosts.length === 0 && <NoHosts isAdmin={isAdmin} />}
          {hosts.map((host) => (
            <HostCard
              key={host.hostId}
              host={host}
              revokeDisabled={isAdmin ? undefined : "Only an admin."}
              onRevoke={() => setDialog(host)}
            />
          ))}
        </div>
        <div className="grid gap-4">
          <IncidentsCard incidents={incidents} />
          {(isAdmin || props.me.role === "operator") && <TrustCard keys={props.trusted} whose="approvers" />}
          {props.me.role === "approver" && <TrustCard keys={props.trusted} whose="you" />}
        </div>
      </div>
      {dialog === "enrol" && (
        <EnrolDialog
          hosts={hosts}
          enrolment={enrolment}
          onMade={setEnrolment}
          onClose={() => {
            setEnrolment(undefined);
            setDialog(undefined);
          }}
        />
      )}
      {dialog !== undefined && dialog !== "enrol" && (
        <RevokeDialog
          host={dialog}
          onClose={() => setDialog(undefined)}
          onRevoked={() => {
            setDialog(undefined);
            readAgain();
          }}
        />
      )}
    </Page>
  );
}
