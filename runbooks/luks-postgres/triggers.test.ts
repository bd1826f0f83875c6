import { describe, expect, test } from "vitest";
import { runbook, useGoodDay } from "../../tests/support/goodDay.ts";

const { facts, scope, judge } = useGoodDay();

describe("triggers", () => {
  const trigger = (id: string) => runbook.triggers.find((any) => any.id === id);

  test("five health checks in a row that fail roll back, four do not", () => {
    const probe = (consecutive_failures: number) => scope({ probe: { ok: false, consecutive_failures, missed: 0 } });
    expect(judge(trigger("health")?.expr ?? "", probe(5))).toBe("pass");
    expect(judge(trigger("health")?.expr ?? "", probe(4))).toBe("fail");
    expect(trigger("health")).toMatchObject({ action: "rollback", armed: { after: "open-database" } });
  });

  test("a database that answers late three times in a row rolls back, and how late is too late is the window's to say", () => {
    const probe = (consecutive_failures: number) => scope({ probe: { ok: false, consecutive_failures, missed: 0 } });
    expect(judge(trigger("connections")?.expr ?? "", probe(3))).toBe("pass");
    expect(judge(trigger("connections")?.expr ?? "", probe(2))).toBe("fail");
    expect(runbook.probes.database?.with.waitMs).toBe("{{ params.answer_within }}");
    expect(runbook.parameters.answer_within).toMatchObject({ type: "duration", default: "5s" });
  });

  test("ten times the usual errors fire, and a baseline without errors counts as one per minute", () => {
    const probe = (value: number) => scope({ probe: { ok: true, value, consecutive_failures: 0, missed: 0 } });
    facts["baseline.errors_per_minute"] = 0;
    expect(judge(trigger("errors")?.expr ?? "", probe(10))).toBe("fail");
    expect(judge(trigger("errors")?.expr ?? "", probe(11))).toBe("pass");
    facts["baseline.errors_per_minute"] = 3;
    expect(judge(trigger("errors")?.expr ?? "", probe(30))).toBe("fail");
    expect(judge(trigger("errors")?.expr ?? "", probe(31))).toBe("pass");
    expect(trigger("errors")).toMatchObject({ action: "rollback", for: "2m" });
  });
});
