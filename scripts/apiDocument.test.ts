import { readFileSync } from "node:fs";
import path from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { apiDocument } from "../protocol/http/api/document.ts";
import { NOT_FOR_SCRIPTS, OPERATIONS } from "../protocol/http/api/operations.ts";
import { API_DOCUMENT } from "./apiDocument.ts";
import { projectFiles, projectRoot } from "./projectFiles.ts";

const text = (file: string) => readFileSync(path.join(projectRoot, file), "utf8");

/** Every method of every route file, `POST /api/runs/{runId}/orders`, with the source of its handler. */
const ROUTES = new Map<string, string>(
  projectFiles()
    .filter((file) => /^app\/api\/(.+\/)?route\.ts$/.test(file))
    .flatMap((file) => {
      const address = `/${path.dirname(file).slice("app/".length)}`.replace(/\[(?:\.{3})?(\w+)\]/g, "{$1}");
      const source = text(file);
      const handlers = [...source.matchAll(/^export (?:async )?function ([A-Z]+)\([\s\S]*?^}$/gm)].map(
        ([handler, method]) => [`${method} ${address}`, handler] as const,
      );
      const named = [...source.matchAll(/\b\w+ as (GET|POST|PUT|PATCH|DELETE)\b/g)].map(
        ([, method]) => [`${method} ${address}`, ""] as const,
      );
      return [...handlers, ...named];
    }),
);
const nameOf = ({ method, path: at }: (typeof OPERATIONS)[number]) => `${method.toUpperCase()} ${at}`;

test("each route of the API is in the document, or is said to be no script's; neither names one that is not there", () => {
  const told = [...OPERATIONS.map(nameOf), ...Object.keys(NOT_FOR_SCRIPTS)];
  expect(told.toSorted()).toEqual([...ROUTES.keys()].toSorted());
});

test("no route file is overlooked because it is written in another way", () => {
  for (const file of projectFiles().filter((name) => /^app\/api\/(.+\/)?route\.ts$/.test(name))) {
    const address = `/${path.dirname(file).slice("app/".length)}`.replace(/\[(?:\.{3})?(\w+)\]/g, "{$1}");
    const found = [...ROUTES.keys()].filter((name) => name.endsWith(` ${address}`));
    expect([file, found.length]).toEqual([
      file,
      text(file).match(/\b(?:GET|POST|PUT|PATCH|DELETE)\b(?=[(,]| })/g)?.length,
    ]);
  }
});

test("each route asks for the scope that the document says, and one that is no script's takes no token", () => {
  for (const operation of OPERATIONS) {
    const asked = /requireCaller\(request, "(\w+)"/.exec(ROUTES.get(nameOf(operation)) ?? "")?.[1] ?? "none";
    expect([nameOf(operation), asked]).toEqual([nameOf(operation), operation.scope]);
    const takesKey = ROUTES.get(nameOf(operation))?.includes("onceFor") ?? false;
    expect([nameOf(operation), takesKey]).toEqual([nameOf(operation), operation.takesKey === true]);
  }
  for (const name of Object.keys(NOT_FOR_SCRIPTS)) expect(ROUTES.get(name)).not.toContain("requireCaller");
});

test("the document is valid OpenAPI 3.1, and a validator that would say otherwise says so", async () => {
  const said = await new Validator().validate(apiDocument());
  expect(said).toEqual({ valid: true });
  const wrong = { ...apiDocument(), paths: { "/api/me": { get: { responses: { 200: {} } } } } };
  expect(await new Validator().validate(wrong)).toMatchObject({ valid: false });
});

test("the published document is what the schemas say today; npm run docs:api writes it", () => {
  expect(JSON.parse(text(API_DOCUMENT))).toEqual(JSON.parse(JSON.stringify(apiDocument())));
});
