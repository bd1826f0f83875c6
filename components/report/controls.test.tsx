import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Controls } from "./ControlsCard.tsx";

test("each control stands with its standing in words and with what the log holds of its steps", () => {
  const step = { id: "prepare", title: "Prepare <it>", text: "done; events 3 to 5; decided by event 2" };
  const html = renderToStaticMarkup(
    <Controls
      controls={[
        { control: "SOC2-03", standing: "shown", text: "shown by 1 of its 2 steps", steps: [step] },
        { control: "SOC2-06", standing: "none", text: "nothing shows it", steps: [] },
      ]}
    />,
  );
  expect(html).toContain('<section aria-label="SOC2-03"><p><b>SOC2-03</b> ');
  expect(html).toContain(">shown by 1 of its 2 steps</span>");
  expect(html).toContain("Prepare &lt;it&gt;");
  expect(html).toContain("done; events 3 to 5; decided by event 2");
  expect(html).toMatch(/<b>SOC2-06<\/b> <span class="text-ask">nothing shows it<\/span>/);
});
