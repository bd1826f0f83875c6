const copy = (from: string, to: string) => ({ action: "files.copy", host: "db", with: { from, to } });
const look = (path: string) => ({ action: "files.manifest", host: "db", with: { path } });
const same = { title: "As many files as in the source", expr: "result.files_source == result.files_target" };

/** A small runbook that has one of everything: real language, real actions, checked like any other. */
export const SAMPLE = {
  slackwater: 1,
  id: "sample",
  title: "Move a directory",
  version: "1",
  summary: "Moves a directory and looks whether all of it arrived.",
  risk: "low",
  objective: { rollbackWithin: "30m", safetyMargin: "10m" },
  hosts: { db: { title: "The host" } },
  groups: { approvers: { title: "Those who decide" }, holders: { title: "Those who hold a passphrase" } },
  parameters: {
    from: { type: "path", default: "/srv/old", description: "Where it lies now." },
    to: { type: "path", default: "/srv/new/data", description: "Where it goes." },
  },
  secrets: {},
  facts: {
    "host.cores": { type: "count", title: "Processor cores", freshFor: "48h" },
    "host.aes": { type: "flag", title: "AES instructions", freshFor: "48h" },
    "dir.size_bytes": { type: "size", title: "Size of the directory", freshFor: "48h" },
    "team.is_ready": { type: "flag", title: "The team is ready" },
    "copy.files_count": { type: "count", title: "Files copied" },
    "new.rows_count": { type: "count", title: "Rows written on the new side" },
  },
  checklist: [
    {
      id: "host",
      title: "Host",
      items: [
        {
          id: "measure-host",
          title: "Measure the host",
          measure: {
            action: "host.facts",
            host: "db",
            with: {},
            facts: { "host.cores": "result.cores", "host.aes": "result.aes" },
          },
        },
        {
          id: "measure-size",
          title: "Measure the directory",
          measure: { ...look("{{ params.from }}"), facts: { "dir.size_bytes": "result.size_bytes" } },
        },
      ],
    },
    {
      id: "people",
      title: "People",
      items: [
        {
          id: "team-ready",
          title: "The team is ready",
          confirm: { type: "yesNo", by: ["operator"], fact: "team.is_ready" },
          expect: "value == true",
        },
        { id: "tell-users", title: "Users were told", announce: "notice" },
      ],
    },
  ],
  criteria: {
    go: [
      { id: "cores", title: "At least one core", expr: "facts.host.cores >= 1" },
      {
        id: "aes",
        title: "The processor has AES instructions",
        expr: "facts.host.aes",
        waivable: { by: ["approvers"] },
      },
      { id: "ready", title: "The team is ready", expr: "facts.team.is_ready" },
    ],
    nogo: [{ id: "huge", title: "The directory is larger than 1 TiB", expr: "facts.dir.size_bytes > gib(1024)" }],
  },
  approval: { title: "GO for the move", quorum: { of: ["approvers"], atLeast: 1 } },
  phases: [
    {
      id: "move",
      title: "Move",
      steps: [
        {
          id: "prepare",
          title: "Prepare the target",
          lasts: "5m",
          task: copy("{{ params.from }}", "{{ params.to }}"),
          verify: [same],
          undo: "nothing",
          controls: ["SOC2-03"],
        },
        {
          id: "copy",
          title: "Copy the directory",
          lasts: { perGiB: "1.5m", of: "dir.size_bytes", atLeast: "1m" },
          needs: ["prepare"],
          task: {
            ...copy("{{ params.from }}", "{{ params.to }}"),
            facts: { "copy.files_count": "result.files_target" },
          },
          verify: [same],
          retry: { times: 1, pause: "30s" },
          onFailure: "rollback",
          skippable: false,
        },
        {
          id: "counted",
          title: "Something was copied",
          lasts: "0s",
          gate: {
            title: "Something was copied",
            opensBy: "criteria",
            criteria: [{ id: "some", title: "At least one file", expr: "facts.copy.files_count >= 1" }],
            onNoGo: "rollback",
          },
        },
      ],
    },
    {
      id: "accept",
      title: "Accept",
      steps: [
        {
          id: "try-it",
          title: "Try it",
          lasts: "5m",
          manual: {
            instructions: "Open the page and look whether it works.",
            fields: { works: { title: "It works", type: "yesNo", expect: "value" } },
          },
        },
        {
          id: "keep",
          title: "Keep the new side",
          lasts: "5m",
          gate: {
            title: "Keep the new side",
            quorum: { of: ["approvers"], atLeast: 1 },
            onNoGo: "rollback",
            expires: "30m",
          },
          controls: ["SOC2-06", "SOC2-03"],
        },
        { id: "say-so", title: "Tell the users", lasts: "1m", announce: { announcement: "finished" } },
        { id: "soak", title: "Watch it", lasts: "10m", wait: { for: "10m" } },
        { id: "look", title: "Look once more", lasts: "1m", task: look("{{ params.to }}"), onFailure: "continue" },
      ],
    },
  ],
  probes: {
    app: { title: "The service", action: "http.check", host: "db", every: "5s", with: { url: "http://127.0.0.1:1" } },
  },
  triggers: [
    {
      id: "app-down",
      title: "The service does not answer",
      probe: "app",
      expr: "probe.consecutive_failures >= 3",
      for: "10s",
      action: "rollback",
      armed: { after: "try-it" },
    },
    {
      id: "app-slow",
      title: "The service is slow",
      probe: "app",
      expr: "probe.value > 100.0",
      action: "hold",
      armed: { after: "prepare" },
    },
  ],
  rollback: {
    steps: [
      {
        id: "copy-back",
        title: "Put the directory back",
        when: 'began("copy")',
        lasts: "20m",
        task: copy("{{ params.to }}", "{{ params.from }}"),
        verify: [same],
      },
      {
        id: "tell-team",
        title: "Tell the team",
        when: 'began("try-it")',
        lasts: "1m",
        manual: { instructions: "Tell the team that the old side is back." },
      },
    ],
    loses: { title: "Rows written on the new side", expr: "has(facts.new.rows_count) ? facts.new.rows_count : 0" },
  },
  announcements: [
    { id: "notice", title: "Notice", audience: "users", at: { before: "7d" }, subject: "Soon", body: "It moves." },
    {
      id: "begun",
      title: "It begins",
      audience: "users",
      at: { on: "started" },
      subject: "Now",
      body: "It moves now.",
    },
    { id: "finished", title: "It is done", audience: "users", at: { on: "anytime" }, subject: "Done", body: "Done." },
  ],
  signOff: { before: "The checklist is done.", after: "All of it was verified." },
} as const;
