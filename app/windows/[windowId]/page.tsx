import { redirect } from "next/navigation";
import { pageForNow } from "../../../components/window/windowPages.ts";
import type { WindowRoute } from "./visitWindow.ts";
import { visitWindow } from "./visitWindow.ts";

/** The address of a window leads to its page that matters now. */
export default async function WindowPage(props: WindowRoute) {
  const { run } = await visitWindow((await props.params).windowId);
  redirect(`/windows/${run.windowId}/${pageForNow(run)}`);
}
