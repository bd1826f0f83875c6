import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createBench, makeRoom } from "./support/bench.ts";

const hasCompose =
  spawnSync("docker", ["compose", "version"]).status === 0 || spawnSync("docker-compose", ["version"]).status === 0;
if (!hasCompose)
  console.warn("SKIPPED, overlays of a Compose project: neither docker compose nor docker-compose is installed");

const room = makeRoom();
const [base, overlay] = [join(room, "compose.yaml"), join(room, "encrypted.yaml")];
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** Compose reads its files without a Docker daemon; what needs one is in tests/guest/sampleContainer.test.ts. */
describe.skipIf(!hasCompose)("an overlay of a project, by the host's own Compose", () => {
  const { run, fails, inspect, undo } = createBench();
  const project = { name: "slackwater-test", directory: room, files: [base] };

  beforeEach(async () => {
    writeFileSync(base, 'version: "3"\nservices:\n  web:\n    image: web:1\n    volumes: ["./data:/data"]\n');
    writeFileSync(overlay, 'version: "3"\nservices:\n  web:\n    volumes: ["/mnt/encrypted:/data"]\n');
    rmSync(join(room, ".env"), { force: true });
    undo.length = 0;
    await run("compose.overlayOff", { project, overlay });
  });

  test("is used from now on once Compose can read the project with it, and no longer when it is taken off", async () => {
    expect(await inspect("compose.overlayOn", { project, overlay })).toEqual({ state: "notBegun" });
    const on = await run("compose.overlayOn", { project, overlay });
    expect(on).toMatchObject({
      changed: true,
      files: [base, overlay],
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(undo).toEqual([{ kind: "composeOverlay", facts: { project: project.name, overlay } }]);
    expect(await inspect("compose.overlayOn", { project, overlay })).toMatchObject({ state: "done" });

    expect(await run("compose.overlayOff", { project, overlay })).toEqual({ changed: true, files: [base] });
    expect(await run("compose.overlayOff", { project, overlay })).toEqual({ changed: false, files: [base] });
  });

  test("is refused when it can't be read, is not the expected one, or leaves a variable empty that would mount something else", async () => {
    writeFileSync(overlay, "services: [\n");
    expect((await fails("compose.overlayOn", { project, overlay })).code).toBe("argumentsInvalid");
    writeFileSync(overlay, 'version: "3"\nservices:\n  web:\n    volumes: ["${MOUNT}:/data"]\n');
    const unset = await fails("compose.overlayOn", { project, overlay });
    expect(unset).toMatchObject({ code: "expectationFailed", message: expect.stringContaining("MOUNT") });
    writeFileSync(join(room, ".env"), "MOUNT=/mnt/encrypted\n");
    expect(await run("compose.overlayOn", { project, overlay })).toMatchObject({ changed: true });
    await run("compose.overlayOff", { project, overlay });
    const other = await fails("compose.overlayOn", { project, overlay, expectSha256: "0".repeat(64) });
    expect(other.code).toBe("expectationFailed");
    expect(await run("compose.overlayOff", { project, overlay })).toMatchObject({ changed: false });
  });

  test("that was changed since it was put on stops every order that would use it", async () => {
    await run("compose.overlayOn", { project, overlay });
    writeFileSync(overlay, 'version: "3"\nservices:\n  web:\n    privileged: true\n');
    const changed = await fails("compose.logs", { project });
    expect(changed).toMatchObject({ code: "expectationFailed", message: expect.stringContaining(overlay) });
  });
});
