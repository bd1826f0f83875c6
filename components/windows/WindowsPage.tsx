"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { BrowserFrame } from "../../protocol/browser.ts";
import type { Me } from "../../protocol/http/identity.ts";
import type { WindowLine } from "../../protocol/http/windows.ts";
import { getJson } from "../data/apiClient.ts";
import { useRoom } from "../data/live/LiveProvider.tsx";
import { queryKeys } from "../data/queryKeys.ts";
import { maySubmit } from "../runbooks/maySubmit.ts";
import { Page } from "../shell/Page.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { LinkButton } from "../ui/LinkButton.tsx";
import { Note } from "../ui/Note.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import type { Shown } from "./findWindows.ts";
import { findWindows, isOver } from "./findWindows.ts";
import { WindowsTable } from "./WindowsTable.tsx";

/** Every window, open ones first; the list keeps itself true. */
export function WindowsPage(props: { me: Me; windows: readonly WindowLine[] }) {
  const client = useQueryClient();
  const [shown, setShown] = useState<Shown>("open");
  const [words, setWords] = useState("");
  const { data: windows, error } = useQuery({
    queryKey: queryKeys.windows,
    queryFn: ({ signal }) => getJson<readonly WindowLine[]>("/api/windows", signal),
    initialData: props.windows,
  });
  const readAgain = (): void => void client.invalidateQueries({ queryKey: queryKeys.windows });
  const onFrame = (frame: BrowserFrame): void => {
    if (frame.type === "windowsChanged" || frame.type === "runChanged") readAgain();
  };
  useRoom("windows", onFrame, readAgain);
  const over = windows.filter(isOver).length;
  const found = findWindows(windows, shown, words);
  return (
    <Page width="home">
      <PageTitle
        title="Windows"
        aside={
          maySubmit(props.me.role) ? (
            <LinkButton href="/windows/new" size="large" variant="primary">
              Plan a window
            </LinkButton>
          ) : (
            <p className="text-ink3 text-label">Operators and approvers plan windows; you are {props.me.role}.</p>
          )
        }
      />
      {error !== null && (
        <Note tone="ask" className="mt-4">
          The list could not be read again. It is what this page knew before.
        </Note>
      )}
      <Card aria-label="Windows" className="mt-4">
        {windows.length === 0 ? (
          <EmptyState title="No window is planned">
            Here you will see each window with its time, its hosts and its state.
            {maySubmit(props.me.role) && " Plan one from a runbook with the button above."}
          </EmptyState>
        ) : (
          <>
            <div className="flex flex-wrap items-center gap-3 px-4 py-3">
              <Segmented
                label="Which windows"
                value={shown}
                onChange={setShown}
                options={[
                  { value: "open", label: "Open", count: windows.length - over },
                  { value: "over", label: "Over", count: over },
                  { value: "all", label: "All", count: windows.length },
                ]}
              />
              <TextInput
                type="search"
                aria-label="Find a window"
                placeholder="Find by title, service, host or runbook"
                value={words}
                onChange={(event) => setWords(event.target.value)}
                className="max-w-80"
              />
            </div>
            {found.length === 0 ? (
              <EmptyState title={words.trim() === "" ? "None of them" : "Nothing has these words"}>
                {shown === "open" ? "Look among those that are over." : "Look among all of them."}
              </EmptyState>
            ) : (
              <WindowsTable windows={found} />
            )}
          </>
        )}
      </Card>
    </Page>
  );
}
