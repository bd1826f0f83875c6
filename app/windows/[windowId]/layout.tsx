import type { Metadata } from "next";
import type { ReactNode } from "react";
import { WindowFrame } from "../../../components/window/WindowFrame.tsx";
import type { WindowRoute } from "./visitWindow.ts";
import { visitWindow } from "./visitWindow.ts";

export async function generateMetadata(route: WindowRoute): Promise<Metadata> {
  const { run } = await visitWindow((await route.params).windowId);
  return { title: run.title };
}

/** One window: its run is read for the first frame here, and kept up to date by the frame for all of its pages. */
export default async function WindowLayout(props: WindowRoute & { children: ReactNode }) {
  const { run, reader, me } = await visitWindow((await props.params).windowId);
  return (
    <WindowFrame initial={{ run, reader }} me={me}>
      {props.children}
    </WindowFrame>
  );
}
