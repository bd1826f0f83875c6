import fc from "fast-check";
import { expect, test } from "vitest";
import {
  composeConfigCall,
  composeLogsCall,
  composeStopCall,
  composeUpCall,
  composeVersionCall,
  parseComposeLogs,
  parseComposeMajor,
  parseUnsetVariables,
} from "./compose.ts";
import { parseContainerIds } from "./docker.ts";
import type { ToolCall } from "./toolCall.ts";

const project = {
  name: "ersen",
  directory: "/srv/ersen",
  files: ["/srv/ersen/prod.yaml", "/srv/ersen/encrypted.yaml"],
};
const words = ({ file, args }: ToolCall) => [file, ...args].join(" ");
const AT =
  "--ansi=never --project-name=ersen --project-directory=/srv/ersen --file=/srv/ersen/prod.yaml --file=/srv/ersen/encrypted.yaml";

// Version 1 as in Debian 12 (1.29.2); the words are in the help of it and of 2.24.
test.each([
  ["v1", "docker-compose"],
  ["v2", "docker compose"],
] as const)("Compose %s is called with the project, its folder and its files named one by one", (client, program) => {
  expect(
    [
      composeConfigCall(client, project),
      composeStopCall(client, project, 60, []),
      composeStopCall(client, project, 60, ["web", "db"]),
      composeUpCall(client, project, ["web"]),
      composeLogsCall(client, project, 100, []),
    ].map(words),
  ).toEqual([
    `${program} ${AT} config --quiet`,
    `${program} ${AT} stop --timeout=60`,
    `${program} ${AT} stop --timeout=60 web db`,
    `${program} ${AT} up --detach --no-build web`,
    `${program} ${AT} logs --no-color --tail=100`,
  ]);
});

test("a version is read in the forms that both print, and anything else is none", () => {
  expect(["1.29.2\n", "v2.24.1\n", "2.29.7-desktop.1", "1.25.0-rc1"].map(parseComposeMajor)).toEqual([1, 2, 2, 1]);
  expect(["", "unknown", "docker: 'compose' is not a docker command.", "v"].map(parseComposeMajor)).toEqual(
    [0, 0, 0, 0].map(() => undefined),
  );
  expect(words(composeVersionCall())).toBe("docker compose version --short");
  fc.assert(
    fc.property(fc.string(), (text) => {
      const major = parseComposeMajor(text);
      return major === undefined || Number.isInteger(major);
    }),
  );
});

test("variables that nobody has set are named, by the words of both versions", () => {
  const v1 = "The TAG variable is not set. Defaulting to a blank string.\nWARNING: The TAG variable is not set.\n";
  const v2 =
    'time="2026-11-30" level=warning msg="The \\"DATA_DIR\\" variable is not set. Defaulting to a blank string."\n';
  expect(parseUnsetVariables(v1 + v2)).toEqual(["DATA_DIR", "TAG"]);
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/);
  fc.assert(
    fc.property(fc.array(name), fc.string(), (names, noise) => {
      const said = names.map((one) => `The ${one} variable is not set. Defaulting to a blank string.`);
      expect(parseUnsetVariables(said.join("\n"))).toEqual([...new Set(names)].sort());
      expect(Array.isArray(parseUnsetVariables(noise))).toBe(true);
    }),
  );
});

test("lines of a log are those of containers, and what Compose says itself is none", () => {
  expect(parseComposeLogs("Attaching to ersen_web_1\nweb_1  | ready\n\nweb_1  | error\n")).toEqual([
    "web_1  | ready",
    "web_1  | error",
  ]);
  fc.assert(fc.property(fc.string(), (text) => parseComposeLogs(text).every((line) => line !== "")));
});

test("ids of containers are read whole, and anything else is refused by name", () => {
  const id = fc.stringMatching(/^[0-9a-f]{64}$/);
  fc.assert(
    fc.property(fc.array(id), (ids) => {
      expect(parseContainerIds(ids.map((one) => `${one}\n`).join(""))).toEqual(ids);
    }),
  );
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 63 }).filter((text) => text.trim() !== ""),
      (text) => {
        expect(() => parseContainerIds(text)).toThrow(/docker ps/);
      },
    ),
  );
});

test("what Compose complains of is told by who can mend it", () => {
  const failure = (stderr: string) => composeUpCall("v1", project, []).failureOf?.(1, stderr);
  const meanings = {
    "docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.'":
      "dockerUnavailable",
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.": "dockerUnavailable",
    "The Compose file is invalid because:\nService web has neither an image nor a build context": "argumentsInvalid",
    "yaml.parser.ParserError: while parsing a flow node": "argumentsInvalid",
    "ERROR: No such service: nosuch": "argumentsInvalid",
    "no such service: nosuch": "argumentsInvalid",
    "Bind for 0.0.0.0:80 failed: port is already allocated": "portTaken",
    "pull access denied for hyperpage, repository does not exist": "objectMissing",
  };
  for (const [stderr, code] of Object.entries(meanings)) expect(failure(stderr), stderr).toBe(code);
});
