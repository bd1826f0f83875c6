import fc from "fast-check";
import { describe, expect } from "vitest";
import type { LoadedAction } from "../../agent/actions/action.ts";
import { programsOf } from "../../agent/actions/action.ts";
import { loadEveryAction } from "../../agent/actions/packs.ts";
import { ACTION_REGISTRY } from "../../agent/actions/registry.ts";
import { linesOf } from "../../agent/byHand/callByHand.ts";
import { AgentConfig } from "../../agent/config.ts";
import { userNumbers } from "../../agent/policy/accounts.ts";
import { checkTask } from "../../agent/policy/checkTask.ts";
import { walkArguments } from "../../agent/policy/walkArguments.ts";
import type { ActionSpec } from "../../domain/action/defineAction.ts";
import { secretsOf } from "../../domain/action/defineAction.ts";
import { valueLike } from "./support/hostile.ts";
import { withstands } from "./support/withstands.ts";

/** Roots of a host whose owner allows what the examples need and nothing above it. */
const ROOTS = [
  ...["/var/lib/postgresql", "/etc/postgresql", "/usr/lib/postgresql", "/var/run/postgresql", "/run/postgresql"],
  ...["/var/lib/slackwater", "/var/backups/slackwater", "/mnt/pgdata", "/srv"],
];
const config = AgentConfig.parse({
  actions: [...ACTION_REGISTRY.keys()],
  roots: { read: ROOTS, write: ROOTS },
  databases: [{ names: ["*"] }],
  containers: ["*"],
  http: ["localhost:*"],
});
const ground = { trusted: new Set([0, ...userNumbers(["postgres"])]), ours: ["/var/lib/slackwater-agent"] };

const isBelow = (path: string) => ROOTS.some((root) => path === root || path.startsWith(`${root}/`));

/** No path that an action gets leads out of the roots, whatever stood in the order. */
function staysInside(spec: ActionSpec, args: unknown): void {
  walkArguments(spec.args, args, ({ role, value, at }) => {
    if (/Path$/.test(role) && value !== "" && !isBelow(String(value)))
      throw new Error(`${at} leads to ${String(value)}`);
    return value;
  });
}

/** Every text in a value. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A value of an order never stands where its program would read an option, and none of them cuts an argument short. */
function isNoOption(argv: readonly string[], values: ReadonlySet<string>): void {
  const end = argv.indexOf("--");
  argv.forEach((word, index) => {
    expect(word).not.toContain("\0");
    if (!word.startsWith("-") || !values.has(word) || (end !== -1 && index >= end)) return;
    const before = argv[index - 1] ?? "";
    if (!before.startsWith("-") || before === "--") throw new Error(`${word} is an option in ${argv.join(" ")}`);
  });
}

/** The same with a cluster in a container, where the action knows of one. */
function inContainer(example: unknown): unknown {
  if (typeof example !== "object" || example === null || !("cluster" in example)) return example;
  return { ...example, cluster: { kind: "docker", container: "pg", database: "app", user: "postgres" } };
}

/** An order of one of some actions, near to its example. */
const orderOf = (actions: readonly LoadedAction[]): fc.Arbitrary<Order> =>
  fc.oneof(
    ...actions.map(({ spec }) =>
      valueLike([spec.example ?? {}, inContainer(spec.example ?? {})]).map((given) => ({
        action: spec.name,
        arguments: given as Order["arguments"],
      })),
    ),
  );

interface Order {
  readonly action: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const loaded = await loadEveryAction();
const packs = Map.groupBy(loaded, ({ spec }) => spec.name.split(".", 1).join(""));

describe("whatever an order says, its action gets arguments that agent.yaml allows, or is refused with a code", () => {
  for (const [pack, actions] of packs)
    withstands(`${pack}.*`, {
      input: orderOf(actions),
      read(order) {
        const { spec, args } = checkTask(ACTION_REGISTRY, order, config, ground);
        staysInside(spec, args);
        const values = new Set(textsIn(args));
        const calls = loaded.find(({ spec: { name } }) => name === spec.name)?.plan(args) ?? [];
        for (const { file, args: words } of calls.flatMap(programsOf)) isNoOption([file, ...words], values);
        // What a person would run is made of the same values, and takes no more room.
        const byHand = calls.flatMap(linesOf).map(({ text }) => text);
        return { args, calls, byHand, secrets: secretsOf(spec, args) };
      },
    });
});
