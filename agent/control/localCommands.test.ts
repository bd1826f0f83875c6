import { describe, expect, test } from "vitest";
import { RunId, StepId, UserId } from "../../domain/ids.ts";
import type { LocalView } from "../localRun/localView.ts";
import type { LocalRequest } from "./controlMessages.ts";
import { LOCAL_COMMANDS } from "./localCommands.ts";

const running: LocalView = {
  runId: RunId.parse("4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10"),
  title: "Window",
  zone: "UTC",
  packSeq: 20,
  stage: "running",
  isOurs: true,
  running: [],
  people: [],
  lines: [],
  lineCount: 0,
};
const copy = StepId.parse("copy");
const stopped = { stepId: copy, title: "Copy", notes: "Look at the disk first." };
const field = (name: string, type: "yesNo" | "number" | "text", required = true) => ({
  name,
  title: name,
  type,
  required,
});
const manual = (...fields: ReturnType<typeof field>[]): NonNullable<LocalView["question"]> => ({
  kind: "manual",
  stepId: copy,
  title: "Look",
  instructions: "Look.",
  by: ["operator"],
  fields,
});

/** Types a command and what it asks for; tells what was ordered, and what was said. */
async function type(view: LocalView, word: string, ...typed: readonly string[]) {
  const sent: LocalRequest[] = [];
  const said: string[] = [];
  const left = [...typed];
  const command = LOCAL_COMMANDS.find((one) => one.word === word && one.isOffered(view));
  if (command === undefined) throw new Error(`${word} is not offered`);
  await command.run({
    view,
    person: UserId.parse("olga"),
    say: (text) => said.push(text),
    ask: async () => left.shift() ?? "",
    send: async (request) => {
      sent.push(request);
      return request.command === "askSignature"
        ? { ...view, asked: { lines: ["  verdict     GO"], path: "/to-sign" } }
        : view;
    },
  });
  return {
    orders: sent.map((request) => ("order" in request ? request.order : request.command)),
    said: said.join("\n"),
  };
}

describe("at the terminal of a run that is carried on", () => {
  test.each<[string, LocalView, string]>([
    ["start", { ...running, stage: "ready" }, "yes"],
    ["resume", { ...running, stage: "held" }, "Resume"],
    ["again", { ...running, stage: "held", stopped }, "y"],
    ["inspect", { ...running, stage: "held", stopped }, ""],
    ["roll back", { ...running, rollback: { steps: ["Put it back"], loses: "nothing" } }, "rollback"],
    ["give back", running, "back"],
    ["hold", running, ""],
    ["skip", { ...running, stage: "held", stopped }, ""],
    ["cancel", { ...running, runningStep: copy }, ""],
  ])("nothing is done by %s until its word, or a reason, is typed in full", async (word, view, typed) => {
    const { orders, said } = await type(view, word, typed);
    expect(orders).toEqual([]);
    expect(said).toContain("Nothing was done.");
  });

  test("a signature is given only whole, for an approver of the window, and over what was shown", async () => {
    const gate: NonNullable<LocalView["question"]> = {
      kind: "gate",
      stepId: copy,
      title: "Users come back",
      of: ["approvers"],
    };
    const anna = { userId: UserId.parse("anna"), name: "Anna", role: "approver" };
    const view: LocalView = { ...running, question: gate, people: [anna, { ...anna, name: "Olga", role: "operator" }] };
    const armour = ["-----BEGIN SSH SIGNATURE-----", "AAAA", "-----END SSH SIGNATURE-----"];
    expect((await type(view, "sign", "Olga")).orders).toEqual([]);
    expect((await type(view, "sign", "Anna", "go")).orders).toEqual([]);
    const cut = await type(view, "sign", "Anna", "GO", ...armour.slice(0, 2));
    expect(cut.orders).toEqual(["askSignature"]);
    expect(cut.said).toContain("That is no signature. Nothing was done.");
    const whole = await type(view, "sign", "Anna", "GO", ...armour);
    expect(whole.orders).toEqual(["askSignature", "giveSignature"]);
    expect(whole.said).toMatch(/Anna would sign this:\n {2}verdict {5}GO\n.*cat \/to-sign \|.*Signed GO\./s);
  });

  test("a rollback says what it does and loses before it is ordered, and its reason may be left out", async () => {
    const view = { ...running, rollback: { steps: ["Put it back", "Tell them"], loses: "Rows written since" } };
    const { orders, said } = await type(view, "roll back", "roll back", "");
    expect(said).toContain("  Put it back\n  Tell them\nIt loses: Rows written since.");
    expect(orders).toEqual([{ order: "rollBack", reason: "" }]);
  });

  test("a step that failed is tried again with its notes read first, or looked at by the host", async () => {
    const view: LocalView = { ...running, stage: "held", stopped };
    expect(await type(view, "again", "again")).toEqual({
      orders: [{ order: "retry", stepId: copy }],
      said: "Look at the disk first.",
    });
    expect((await type(view, "inspect", "inspect")).orders).toEqual([{ order: "inspectAgain", stepId: copy }]);
    expect((await type(view, "skip", "Done by hand.")).orders).toEqual([
      { order: "skip", stepId: copy, reason: "Done by hand." },
    ]);
  });

  test("a step by hand takes each field in its kind, and none in another", async () => {
    const view = {
      ...running,
      question: manual(field("works", "yesNo"), field("rows", "number"), field("note", "text", false)),
    };
    const { orders } = await type(view, "confirm", "no", "12", "", "confirm");
    expect(orders).toEqual([{ order: "confirmManual", stepId: copy, fields: { works: false, rows: 12 } }]);
    expect((await type(view, "confirm", "maybe")).said).toBe('"maybe" is not yes or no. Nothing was done.');
    expect((await type(view, "confirm", "yes", "many")).orders).toEqual([]);
  });

  test("what makes no sense now is not offered", () => {
    const offered = LOCAL_COMMANDS.filter(({ isOffered }) => isOffered(running)).map(({ word }) => word);
    expect(offered).toEqual(["hold", "give back"]);
  });
});
