"use client";

import clsx from "clsx";
import { lazy, useState } from "react";
import type { ChecklistItemView } from "../../protocol/http/evidence.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Part } from "../ui/Part.tsx";
import { Progress } from "../ui/Progress.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { ChecklistGroup } from "./ChecklistGroup.tsx";
import { CHECKLIST_COLUMNS } from "./checklistColumns.ts";
import { countItems, countsText, isMine, itemsOf } from "./preparation.ts";
import { useHeldOpen } from "./useHeldOpen.ts";

const ConfirmDialog = lazy(() => import("./ConfirmDialog.tsx"));
const SealDialog = lazy(() => import("../secrets/SealDialog.tsx"));

type Filter = "all" | "open" | "mine";

/** The checklist: what is open first, whatever its group; groups that are done fold. Nothing moves under a hand (`useHeldOpen`). */
export function ChecklistCard() {
  const { run, me } = useRun();
  const [filter, setFilter] = useState<Filter>("all");
  const [askedId, setAskedId] = useState<string | undefined>(undefined);
  const items = itemsOf(run);
  const counts = countItems(items);
  const open = items.filter((item) => item.state !== "done");
  const { held, ref, look } = useHeldOpen(open.map((item) => item.id));
  const isAmongOpen = (item: ChecklistItemView): boolean => held?.has(item.id) ?? item.state !== "done";
  const isShown = (item: ChecklistItemView): boolean => filter !== "mine" || isMine(item, me);
  const openShown = items.filter((item) => isAmongOpen(item) && isShown(item));
  const isAnyOpen = items.some(isAmongOpen);
  const asked = items.find((item) => item.id === askedId);
  return (
    <>
      <Card ref={ref} aria-label="Checklist" onPointerEnter={look} onPointerLeave={look} onFocus={look} onBlur={look}>
        <div className="flex min-h-14 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2">
          <p className="flex flex-wrap items-baseline gap-x-4">
            <span className="font-semibold text-figure">
              {counts.done} of {counts.all}
            </span>
            <span className="text-ink2">{countsText(counts)}</span>
          </p>
          <span className="flex flex-wrap items-center gap-2">
            <Progress
              label="Prepared"
              size="thin"
              tone="good"
              share={counts.all === 0 ? undefined : counts.done / counts.all}
              valueText={`${counts.done} of ${counts.all} items are done`}
              className="w-40"
            />
            <Segmented
              label="Which items"
              value={filter}
              onChange={setFilter}
              options={[
                { value: "all", label: "All" },
                { value: "open", label: "Open", count: open.length },
                { value: "mine", label: "Mine", count: items.filter((item) => isMine(item, me)).length },
              ]}
            />
          </span>
        </div>
        <div
          aria-hidden="true"
          className={clsx(
            CHECKLIST_COLUMNS,
            "grid gap-x-2 border-line border-t px-4 py-1.5 text-ink3 text-label phone:hidden",
          )}
        >
          <span />
          <span>Item</span>
          <span>Measured</span>
          <span>Needed</span>
          <span>Age</span>
          <span>Owner</span>
        </div>
        {openShown.length > 0 && (
          <ChecklistGroup
            id="open"
            title="Open"
            items={openShown}
            aside={String(open.filter(isShown).length)}
            isOpen
            isDone={false}
            onAsk={setAskedId}
          />
        )}
        {filter !== "open" &&
          run.checklist.map((group) => {
            const settled = group.items.filter((item) => !isAmongOpen(item));
            const shown = settled.filter(isShown);
            if (shown.length === 0) return null;
            const isWhole = settled.length === group.items.length;
            const done = group.items.filter((item) => item.state === "done").length;
            return (
              <ChecklistGroup
                key={group.id}
                id={group.id}
                title={group.title}
                items={shown}
                aside={`${done} of ${group.items.length}`}
                isOpen={!isWhole || !isAnyOpen}
                isDone={isWhole}
                onAsk={setAskedId}
              />
            );
          })}
        {openShown.length === 0 && filter !== "all" && (
          <EmptyState title={filter === "open" ? "Nothing is open" : "Nothing of yours is open"} />
        )}
        {items.length === 0 && (
          <EmptyState title="This runbook has no checklist">Its criteria are judged as they are.</EmptyState>
        )}
      </Card>
      {asked && <ItemDialog item={asked} onClose={() => setAskedId(undefined)} />}
    </>
  );
}

function ItemDialog(props: { item: ChecklistItemView; onClose: () => void }) {
  const { item, onClose } = props;
  return (
    <Part>
      {item.kind === "seal" ? (
        <SealDialog secret={item.secret ?? ""} onClose={onClose} />
      ) : (
        <ConfirmDialog item={item} onClose={onClose} />
      )}
    </Part>
  );
}
