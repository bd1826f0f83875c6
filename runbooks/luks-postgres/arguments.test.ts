import { describe, expect, test } from "vitest";
import { compiled, expressions, GIB, START, useGoodDay } from "../../tests/support/goodDay.ts";

const { facts, scope } = useGoodDay();

describe("arguments", () => {
  test("the volume is the database and 20 %, in whole GiB and one more", () => {
    const create = compiled.steps.find((step) => step.id === "create-volume");
    if (create?.work.kind !== "task") throw new Error("create-volume is no task");
    const rendered = expressions.renderArguments(create.work.task.with, scope());
    expect(rendered).toMatchObject({
      ok: true,
      value: { sizeBytes: 61 * GIB, pbkdfIterations: 0, volume: { encryption: "luks2" } },
    });
  });

  test.each([{}, { kind: "docker", container: "pg" }])(
    "every order can be filled in and fits its action, for %o",
    async (given) => {
      const { actionNamed } = await import("../../domain/action/catalog.ts");
      Object.assign(facts, {
        "prepared.backup_path": "/b/x.enc",
        "final.backup_path": "/b/y.enc",
        "new.started_at": START,
      });
      const tasks = [
        ...compiled.measures.map((measure) => measure.task),
        ...[...compiled.steps, ...compiled.rollbackSteps].flatMap((step) =>
          step.work.kind === "task" ? [step.work.task] : [],
        ),
      ];
      for (const task of tasks) {
        const rendered = expressions.renderArguments(task.with, scope({}, given));
        if (!rendered.ok) throw new Error(`${task.action}: ${rendered.failure.message}`);
        const parsed = actionNamed(task.action)?.args.safeParse(rendered.value);
        expect(parsed?.error?.issues ?? [], task.action).toEqual([]);
      }
      for (const probe of Object.values(compiled.probes)) {
        const rendered = expressions.renderArguments(probe.with, scope({}, given));
        expect(rendered.ok && actionNamed(probe.action)?.args.safeParse(rendered.value).success, probe.title).toBe(
          true,
        );
      }
    },
  );
});
