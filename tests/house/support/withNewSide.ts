import { readFileSync } from "node:fs";
import { parse } from "yaml";

const cluster = {
  kind: "plain",
  binDir: "{{ params.bin_dir }}",
  dataDir: "{{ params.data_dir }}",
  configFile: "{{ params.config_file }}",
  logFile: "{{ params.log_file }}",
  socketDir: "{{ params.socket_dir }}",
  port: "{{ params.port }}",
  database: "{{ params.database }}",
  user: "postgres",
  osUser: "{{ params.os_user }}",
};
const task = (action: string, more: object = {}) => ({ action, host: "db", with: { cluster, ...more } });
const asked = (title: string, sql: string, fact: string) => ({
  ...{ title, action: "postgres.query", host: "db", every: "1s", with: { cluster, sql }, fact },
  ...{ pausedFrom: "stop-writers", pausedUntil: "users-back-new" },
});
const since = (table: string) => `began("users-back-new") ? facts.new.${table}_count - facts.old.${table}_count : 0`;

/**
 * The runbook move-cluster with what a move has that lets users back in before it is accepted: rows counted before the switch, and while
 * users write, by table and with the newest; the way back saves the new side first.
 */
export function moveWithNewSide(): object {
  const runbook = parse(readFileSync(new URL("move-cluster.yaml", import.meta.url), "utf8"));
  const [phase] = runbook.phases;
  const at = (id: string) => phase.steps.findIndex((step: { id: string }) => step.id === id);
  phase.steps.splice(at("stop-postgres"), 0, {
    ...{ id: "count-old", title: "Count what is there", lasts: "1s", undo: "nothing" },
    task: {
      ...task("postgres.count", { tables: "operations; users" }),
      facts: { "old.operations_count": "result.rows.operations", "old.users_count": "result.rows.users" },
    },
  });
  phase.steps.splice(at("watch"), 0, {
    ...{ id: "users-back-new", title: "Let users back in", lasts: "1s", undo: ["close-new"] },
    ...{ task: task("traffic.start"), verify: [{ expr: "result.is_open" }] },
  });
  const [stopNew, ...back] = runbook.rollback.steps;
  return {
    ...runbook,
    id: "move-with-new-side",
    secrets: { backup: { title: "Passphrase of the dump", host: "db", holder: "operator", keep: "In the safe." } },
    parameters: { ...runbook.parameters, backup_dir: { type: "path", description: "Where dumps go" } },
    facts: {
      ...runbook.facts,
      "old.operations_count": { type: "count", title: "Operations before" },
      "old.users_count": { type: "count", title: "Users before" },
      "new.operations_count": { type: "count", title: "Operations on the new side", freshFor: "6s" },
      "new.users_count": { type: "count", title: "Users on the new side", freshFor: "6s" },
      "new.newest_at": { type: "instant", title: "Newest operation on the new side", freshFor: "6s" },
      "saved.path": { type: "text", title: "Dump of the new side" },
    },
    checklist: [
      ...runbook.checklist,
      { id: "secrets", title: "Passphrase", items: [{ id: "seal-backup", title: "Seal it", seal: "backup" }] },
    ],
    probes: {
      ...runbook.probes,
      operations: asked("Operations", "select count(*) from operations", "new.operations_count"),
      users: asked("Users", "select count(*) from users", "new.users_count"),
      newest: asked(
        "Newest operation",
        "select (extract(epoch from max(created_at)) * 1000)::bigint from operations",
        "new.newest_at",
      ),
    },
    rollback: {
      loses: {
        title: "Rows written since users were let back",
        expr: `{"operations": ${since("operations")}, "users": ${since("users")}}`,
        newest: "facts.new.newest_at",
      },
      steps: [
        {
          ...{ id: "close-new", title: "Close the service", when: 'began("users-back-new")', lasts: "1s" },
          task: task("traffic.stop", { graceMs: 1000 }),
          verify: [{ expr: "result.sessions_left_count == 0" }],
        },
        {
          ...{ id: "save-new-side", title: "Save the new side", when: 'began("users-back-new")', lasts: "1s" },
          task: {
            ...task("backup.create", {
              ...{ directory: "{{ params.backup_dir }}", label: "new-side", tables: "operations; users" },
              ...{ minBytes: 0, iterations: 1000 },
            }),
            facts: {
              "new.operations_count": "result.rows.operations",
              "new.users_count": "result.rows.users",
              "saved.path": "result.path",
            },
          },
          verify: [{ expr: "result.size_bytes > 0" }],
        },
        stopNew,
        ...back,
      ],
    },
  };
}
