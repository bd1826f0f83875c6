import { expect, test } from "vitest";
import { ACTION_REGISTRY } from "../../actions/registry.ts";
import { actionsHealth } from "./actions.ts";

const health = (action: string, given: { containers?: string[]; without: string[]; allowed?: string[] }) =>
  actionsHealth(
    ACTION_REGISTRY,
    { actions: given.allowed ?? ["postgres.*", "files.*"], containers: given.containers ?? [] },
    (tool) => !given.without.includes(tool),
  ).find((one) => one.action === action);

test("a missing program is named with its package, for an action that is allowed", () => {
  expect(health("files.copy", { without: ["rsync"] })).toMatchObject({
    verdict: "missing",
    missing: [{ tool: "rsync", debianPackage: "rsync" }],
  });
  expect(health("files.copy", { without: [] })?.verdict).toBe("ok");
  expect(health("files.copy", { without: ["rsync"], allowed: ["host.*"] })?.verdict).toBe("notAllowed");
});

test("Docker is missed only where its owner allows a container, and then PostgreSQL's programs only outside of one", () => {
  expect(health("postgres.stop", { without: ["docker"] })?.verdict).toBe("ok");
  expect(health("postgres.stop", { without: ["docker"], containers: ["pg"] })?.verdict).toBe("missing");
  expect(health("postgres.stop", { without: ["pg_ctl"] })?.verdict).toBe("missing");
  expect(health("postgres.stop", { without: ["pg_ctl"], containers: ["pg"] })).toMatchObject({
    verdict: "ok",
    missingOutside: [{ tool: "pg_ctl" }],
  });
});

test("one of two programs that do the same is enough", () => {
  const allowed = ["backup.*"];
  expect(health("backup.create", { allowed, without: ["gpg"] })?.verdict).toBe("ok");
  expect(health("backup.create", { allowed, without: ["gpg", "openssl"] })?.missing).toMatchObject([
    { tool: "openssl" },
    { tool: "gpg" },
  ]);
});
