import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CATALOG } from "../../domain/action/catalog.ts";
import { Failure } from "../../domain/failure.ts";
import { AgentConfig } from "../config.ts";
import type { Ground } from "./checkRole.ts";
import { checkTask } from "./checkTask.ts";
import { groundOf } from "./ground.ts";

const actions = new Map(Object.values(CATALOG).map((spec) => [spec.name, { spec }]));
const uid = process.getuid?.() ?? 0;
const ground: Ground = { trusted: new Set([uid]), ours: [] };
let base = "";

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "slackwater-check-task-")));
  for (const name of ["data", "mount", "secretPlace"]) mkdirSync(join(base, name));
  symlinkSync(join(base, "secretPlace"), join(base, "mount", "escape"));
});
afterAll(() => rmSync(base, { recursive: true }));

function policy(changes: object = {}): AgentConfig {
  return AgentConfig.parse({
    actions: ["files.*", "http.check", "postgres.ready", "luks.status"],
    roots: { read: [join(base, "data")], write: [join(base, "mount")] },
    ...changes,
  });
}

function copy(from: string, to: string) {
  return { action: "files.copy", arguments: { from, to } };
}

function refusal(order: { action: string; arguments: Record<string, unknown> }, config = policy(), on = ground) {
  try {
    checkTask(actions, order, config, on);
    return undefined;
  } catch (error) {
    return error instanceof Failure ? `${error.code}: ${error.message}` : String(error);
  }
}

describe("an order held against agent.yaml", () => {
  test("passes when every path lies under an allowed root, and gets its defaults", () => {
    const checked = checkTask(actions, copy(join(base, "data"), join(base, "mount", "data")), policy(), ground);
    expect(checked.args).toMatchObject({ from: join(base, "data"), maxKiBps: 0, resumeByChecksum: true });
  });

  test("an action that the owner did not name is refused, and so is one that nobody knows", () => {
    expect(refusal({ action: "host.facts", arguments: {} })).toMatch(/^outsideAllowedRoots: .*"actions"/);
    expect(refusal({ action: "host.format", arguments: {} })).toMatch(/^actionUnknown/);
  });

  test("arguments that the action does not know are refused by name", () => {
    expect(refusal({ action: "files.copy", arguments: { from: "/a" } })).toMatch(/^argumentsInvalid: files.copy: to/);
  });

  test("a path outside the roots is refused, however it is spelled", () => {
    const inside = join(base, "data");
    for (const to of ["/etc", `${base}/mount/../secretPlace`, `${base}/mount/escape/x`, `${base}/mountain`]) {
      expect(refusal(copy(inside, to)), to).toMatch(/^(outsideAllowedRoots|argumentsInvalid)/);
    }
    expect(refusal(copy("/etc/shadow", join(base, "mount", "data")))).toMatch(/from: "\/etc\/shadow".*roots.read/);
  });

  test("what may be written may be read, but not the other way round", () => {
    expect(refusal(copy(join(base, "mount"), join(base, "mount", "b")))).toBeUndefined();
    expect(refusal(copy(join(base, "data"), join(base, "data", "b")))).toMatch(/roots.write/);
  });

  test("the agent's own key is out of reach even where the roots would allow it", () => {
    const own: Ground = { ...ground, ours: [join(base, "mount", "state")] };
    expect(refusal(copy(join(base, "data"), join(base, "mount", "state", "x")), policy(), own)).toMatch(/own state/);
    expect(refusal(copy(join(base, "data"), join(base, "mount")), policy(), own)).toMatch(/own state/);
    expect(refusal(copy(join(base, "mount", "state"), join(base, "mount", "x")), policy(), own)).toMatch(/own state/);
  });

  test.runIf(uid === 0)(
    "a folder that another user could swap for a link is refused, unless its owner is trusted",
    () => {
      const theirs = join(base, "mount", "theirs");
      mkdirSync(theirs);
      chownSync(theirs, 4711, 4711);
      const order = copy(join(base, "data"), join(theirs, "data"));
      expect(refusal(order)).toMatch(/trustedOwners.*is owned by user 4711/);
      expect(refusal(order, policy(), { ...ground, trusted: new Set([uid, 4711]) })).toBeUndefined();
      chownSync(theirs, 0, 0);
      chmodSync(theirs, 0o777);
      expect(refusal(order)).toMatch(/can be written by other users/);
    },
  );

  test("a device counts only when it is named; a file of the same kind of argument is held against the roots", () => {
    const volume = (path: string, backing: string) => ({
      action: "luks.status",
      arguments: { volume: { name: "v", backing, path, mountPoint: join(base, "mount", "v") } },
    });
    expect(refusal(volume("/dev/null", "device"))).toMatch(/volume.path.*"devices"/);
    expect(refusal(volume("/dev/null", "device"), policy({ devices: ["/dev/null"] }))).toBeUndefined();
    expect(refusal(volume("/dev/null", "file"), policy({ devices: ["/dev/null"] }))).toMatch(/roots.write/);
    expect(refusal(volume(join(base, "mount", "v.img"), "file"))).toBeUndefined();
  });

  test("a volume that is not encrypted, or larger than allowed, is refused until the owner says otherwise", () => {
    const create = (changes: object, sizeBytes = 1024 ** 3) => ({
      action: "luks.create",
      arguments: {
        volume: { name: "v", path: join(base, "mount", "v.img"), mountPoint: join(base, "mount", "v"), ...changes },
        sizeBytes,
      },
    });
    const actionsAllowed = { actions: ["luks.*"] };
    expect(refusal(create({}), policy(actionsAllowed))).toBeUndefined();
    expect(refusal(create({ encryption: "none" }), policy(actionsAllowed))).toMatch(/volumes.allowUnencrypted/);
    expect(refusal(create({}, 2 * 1024 ** 4), policy(actionsAllowed))).toMatch(/sizeBytes.*volumes.largestGiB/);
    const open = policy({ ...actionsAllowed, volumes: { allowUnencrypted: true, largestGiB: 4096 } });
    expect(refusal(create({ encryption: "none" }, 2 * 1024 ** 4), open)).toBeUndefined();
  });

  test("an address is held against its host and port, not against how it begins", () => {
    const http = ["localhost:1900", "app.example:*"];
    const asking = [
      { action: "http.check", arguments: {} },
      { action: "prometheus.query", arguments: { query: "up" } },
    ];
    for (const { action, arguments: given } of asking) {
      const config = policy({ http, actions: [action] });
      const ask = (url: string) => refusal({ action, arguments: { ...given, url } }, config);
      expect(ask("http://localhost:1900/health")).toBeUndefined();
      expect(ask("https://app.example/x")).toBeUndefined();
      for (const url of ["http://localhost:1901/", "http://localhost:1900@evil.example/", "http://app.example.evil/"]) {
        expect(ask(url), url).toMatch(/^outsideAllowedRoots: url/);
      }
    }
  });

  test("a database is known by its port or by its container, and by its name", () => {
    const docker = { kind: "docker", container: "postgres", database: "app", user: "u" };
    const ready = (changes: object) =>
      refusal(
        { action: "postgres.ready", arguments: { cluster: { ...docker, ...changes } } },
        policy({ containers: ["postgres"], databases: [{ port: 5433, names: ["app"] }] }),
      );
    expect(ready({})).toBeUndefined();
    expect(ready({ container: "other" })).toMatch(/cluster.container.*"containers"/);
    expect(ready({ database: "template1" })).toMatch(/cluster.database.*"databases"/);
  });

  test("a namespace is reached only with the kubeconfig and in the context that the owner named for it", () => {
    const kubeconfig = join(base, "kubeconfig");
    writeFileSync(kubeconfig, "{}", { mode: 0o600 });
    const allowed = { actions: ["kubernetes.*"], kubernetes: [{ kubeconfig, context: "prod", namespaces: ["shop"] }] };
    const scale = (changes: object) =>
      refusal(
        {
          action: "kubernetes.scale",
          arguments: {
            cluster: { kubeconfig, context: "prod", namespace: "shop", ...changes },
            workload: { name: "web" },
            replicas: 0,
          },
        },
        policy(allowed),
      );
    expect(scale({})).toBeUndefined();
    expect(scale({ namespace: "kube-system" })).toMatch(/cluster.namespace.*"kubernetes".*"prod"/);
    expect(scale({ context: "other" })).toMatch(/^outsideAllowedRoots: cluster.namespace/);
    expect(scale({ kubeconfig: "/etc/kubernetes/admin.conf" })).toMatch(/cluster.kubeconfig.*"kubernetes"/);
    for (const namespace of ["--all-namespaces", "-A", "a.b", "Shop", ""])
      expect(scale({ namespace })).toMatch(/^argumentsInvalid: kubernetes.scale: cluster.namespace/);
    chmodSync(kubeconfig, 0o666);
    expect(scale({})).toMatch(/can be written by other users/);
  });

  test("a copy goes elsewhere only as the account, to the folder and by the files that the owner named together", () => {
    const [identity, knownHosts] = [join(base, "mount", "key"), join(base, "mount", "known_hosts")];
    for (const path of [identity, knownHosts]) writeFileSync(path, "", { mode: 0o600 });
    const box = { address: "box.example.org", port: 23, user: "u1", folder: "backups", identity, knownHosts };
    const allowed = policy({ actions: ["backup.*"], offSite: [box, { ...box, user: "u2", folder: "other" }] });
    const ship = (changes: object) =>
      refusal(
        { action: "backup.ship", arguments: { path: join(base, "data"), machine: { ...box, ...changes } } },
        allowed,
      );
    expect(ship({})).toBeUndefined();
    expect(ship({ folder: "backups/daily" })).toBeUndefined();
    for (const changes of [
      ...[{ address: "box.example.com" }, { port: 22 }, { user: "u2" }, { folder: "backups2" }, { folder: "." }],
      ...[{ identity: knownHosts }, { identity: "/root/.ssh/id_ed25519" }, { knownHosts: "/root/.ssh/known_hosts" }],
    ]) {
      expect(ship(changes), JSON.stringify(changes)).toMatch(/^outsideAllowedRoots: machine\..*"offSite"/);
    }
    for (const changes of [
      { user: "-oProxyCommand=x" },
      { folder: "a/../.." },
      { identity: "/a b" },
      { address: "-x" },
    ]) {
      expect(ship(changes), JSON.stringify(changes)).toMatch(/^argumentsInvalid: backup.ship: machine\./);
    }
    chmodSync(knownHosts, 0o666);
    expect(ship({})).toMatch(/can be written by other users/);
    const own = groundOf(allowed, { stateDir: "/nowhere/state", configFile: "/nowhere/agent.yaml", uid });
    expect(refusal(copy(identity, join(base, "mount", "x")), policy({ offSite: [box] }), own)).toMatch(
      /own state there/,
    );
  });

  test("no copy may carry a kubeconfig away or put another in its place, though its folder may be written", () => {
    const kubeconfig = join(base, "mount", "kubeconfig");
    const config = policy({ kubernetes: [{ kubeconfig, context: "prod", namespaces: ["shop"] }] });
    const own = groundOf(config, { stateDir: "/nowhere/state", configFile: "/nowhere/agent.yaml", uid });
    expect(refusal(copy(kubeconfig, join(base, "mount", "x")), config, own)).toMatch(/account of a cluster/);
    expect(refusal(copy(join(base, "data"), kubeconfig), config, own)).toMatch(/account of a cluster/);
  });

  test("a script runs only where the owner said so, in a folder under the roots, and with no variable that decides what runs", () => {
    const scripts = { actions: ["script.*"], scripts: true };
    const script = (changes: object = {}, config: object = scripts) =>
      refusal(
        { action: "script.run", arguments: { interpreter: "/bin/sh", text: "true", ...changes } },
        policy(config),
      );
    expect(script()).toBeUndefined();
    expect(script({}, { actions: ["script.*"] })).toMatch(/^outsideAllowedRoots: text: .*"scripts: true"/);
    expect(script({}, { scripts: true })).toMatch(/"actions"/);
    expect(script({ workIn: join(base, "data") })).toBeUndefined();
    expect(script({ workIn: "/etc" })).toMatch(/workIn.*roots.read/);
    expect(script({ interpreter: "/usr/bin/env" })).toMatch(/^argumentsInvalid: script.run: interpreter/);
    expect(script({ environment: { TARGET: "web", LDAP_URL: "x", PORT: 80 } })).toBeUndefined();
    for (const name of [
      "PATH",
      "LD_PRELOAD",
      "BASH_ENV",
      "BASH_FUNC_ls",
      "ENV",
      "PYTHONPATH",
      "SLACKWATER_TASK",
      "a",
      "A=B",
    ])
      expect(script({ environment: { [name]: "x" } }), name).toMatch(/^argumentsInvalid: script.run: environment/);
    expect(script({ args: ["a\0b"] })).toMatch(/^argumentsInvalid: script.run: args/);
  });

  test("a Compose project is known by its name, and its folder and files lie under the roots", () => {
    const project = { name: "ersen", directory: join(base, "data"), files: [join(base, "data", "compose.yaml")] };
    const stop = (changes: object) =>
      refusal(
        { action: "compose.stop", arguments: { project: { ...project, ...changes } } },
        policy({ actions: ["compose.*"], composeProjects: ["ersen"] }),
      );
    expect(stop({})).toBeUndefined();
    expect(stop({ name: "other" })).toMatch(/project.name.*"composeProjects"/);
    expect(stop({ name: "--help" })).toMatch(/^argumentsInvalid/);
    expect(stop({ directory: "/etc" })).toMatch(/project.directory.*roots.read/);
    expect(stop({ files: [...project.files, "/etc/other.yaml"] })).toMatch(/project.files\[1\].*roots.read/);
  });
});
