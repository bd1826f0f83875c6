import { PreparePage } from "../../../../components/prepare/PreparePage.tsx";
import { requireVisitor } from "../../../visitor.ts";
import type { WindowRoute } from "../visitWindow.ts";

/** What is shown comes with the layout's run; a page asked for by itself asks for the session once more. */
export default async function Page(props: WindowRoute) {
  await requireVisitor(`/windows/${(await props.params).windowId}/prepare`);
  return <PreparePage />;
}
