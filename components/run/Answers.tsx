"use client";

import clsx from "clsx";
import { lazy, useState } from "react";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { LinkButton } from "../ui/LinkButton.tsx";
import { Part } from "../ui/Part.tsx";
import { windowPath } from "../window/windowPages.ts";
import type { Answer, ReasonOrder } from "./cards/answers.ts";

const ReasonDialog = lazy(() => import("./ReasonDialog.tsx"));

/** The answers to a state: at most one filled, the others beside it, each with its reason where it can't be given now. */
export function Answers(props: { answers: readonly Answer[]; size?: "small" | "large" }) {
  const { run } = useRun();
  const { give, busyWord } = useOrders();
  const [asked, setAsked] = useState<{ order: ReasonOrder; label: string } | undefined>(undefined);
  if (props.answers.length === 0) return null;
  return (
    <div className={clsx("flex flex-wrap gap-2", props.size !== "small" && "mt-4")}>
      {props.answers.map((answer) => {
        const look = {
          size: props.size ?? "large",
          variant: answer.filled && answer.because === undefined ? "primary" : "neutral",
        } as const;
        if (answer.does === "go") {
          return (
            <LinkButton key={answer.label} {...look} href={windowPath(run.windowId, answer.page)}>
              {answer.label}
            </LinkButton>
          );
        }
        const { order } = answer;
        return (
          <Button
            key={answer.label}
            {...look}
            disabledReason={answer.because}
            busy={answer.does === "order" ? busyWord(answer.order) : undefined}
            onClick={() => {
              if (answer.does === "order") void give(answer.order);
              else if (isReasonOrder(order)) setAsked({ order, label: answer.label });
            }}
          >
            {answer.label}
          </Button>
        );
      })}
      {asked && (
        <Part>
          <ReasonDialog order={asked.order} label={asked.label} onClose={() => setAsked(undefined)} />
        </Part>
      )}
    </div>
  );
}

function isReasonOrder(order: { readonly order: string }): order is ReasonOrder {
  return order.order === "skip" || order.order === "cancelTask" || order.order === "giveRollbackReason";
}
