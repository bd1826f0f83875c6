import { z } from "zod";
import { Milliseconds, ReadPathOrNone, SecretOrNone, WholeNumber } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { role } from "./roles.ts";

/** `${name}` in a path, a header or a body: the secret, or what an earlier request captured. */
export const PLACEHOLDER = /\$\{([A-Za-z][A-Za-z0-9_]{0,39})\}/g;
/** The placeholder that stands for the sealed secret, or for the line of the file. */
export const SECRET_PLACEHOLDER = "secret";

const CapturedName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, "a name of letters, digits and _")
  .refine((name) => name !== SECRET_PLACEHOLDER, "another name than `secret`");
const HeaderName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "the name of a header");
const OneLine = z
  .string()
  .max(4000)
  .regex(/^[^\r\n\0]*$/, "one line");

const JourneyRequest = z
  .strictObject({
    name: z.string().min(1).max(80).describe("What a person calls it: `log in`."),
    method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
    path: OneLine.regex(/^\//, "a path that begins with /").describe("Below the journey's address, with its query."),
    headers: z.record(HeaderName, OneLine).default({}).describe("Headers by name."),
    body: z.string().max(64_000).default("").describe("What is sent; empty: nothing."),
    bodyType: z
      .enum(["json", "form", "text"])
      .default("json")
      .describe("What the body is. It decides how values are written into it, so that none can be more than a value."),
    expectStatus: WholeNumber.pipe(z.int().min(100).max(599))
      .default(200)
      .describe("The status that the answer must have. Redirects are not followed: 302 is an answer."),
    contains: z.string().max(1000).default("").describe("Text that the answer must hold; empty: any."),
    capture: z
      .record(
        CapturedName,
        z.string().regex(/^(\/|header:).{1,400}$/, "a JSON pointer such as /user/id, or header:name"),
      )
      .default({})
      .describe("What later requests need of the answer, by name: a JSON pointer (`/token`), or `header:location`."),
  })
  .meta({ title: "Request of a journey", description: "One request, which `${name}` fills with what came before it." });
/** One request of a journey. */
export type JourneyRequest = z.infer<typeof JourneyRequest>;

/** The names that a request asks for. */
export function placeholdersIn({ path, headers, body }: JourneyRequest): string[] {
  return [path, body, ...Object.values(headers)].flatMap((text) =>
    [...text.matchAll(PLACEHOLDER)].map(([, name]) => name ?? ""),
  );
}

const Requests = z
  .array(JourneyRequest)
  .min(1)
  .max(50)
  .superRefine((requests, context) => {
    const known = new Set([SECRET_PLACEHOLDER]);
    for (const [index, request] of requests.entries()) {
      for (const name of placeholdersIn(request)) {
        if (known.has(name)) continue;
        context.addIssue({
          code: "custom",
          path: [index],
          message: `\${${name}} is nothing that an earlier request captures`,
        });
      }
      for (const name of Object.keys(request.capture)) known.add(name);
    }
  });

/** `http.journey`. */
export const httpJourney = defineAction({
  name: "http.journey",
  title: "Go through the service as a user does",
  about:
    "Sends requests one after another, as a person's browser would: log in, read, write. Cookies are kept as a browser keeps them, and values of one answer go into the requests after it. The first answer that is not as expected ends it; that is a result (`ok` false), not a failure. Redirects are not followed, and every request goes to the same address.",
  class: "change",
  args: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .meta(role("url"))
        .describe("The service's address: `http://localhost:1900`, with a path where all paths are below one."),
      requests: Requests.describe("The requests, in order."),
      secret: SecretOrNone.default("").describe("Name of the sealed secret that `${secret}` stands for; empty: none."),
      secretFile: ReadPathOrNone.default("").describe(
        "File on the host whose one line `${secret}` stands for; empty: none.",
      ),
      timeoutMs: Milliseconds.default(10_000).describe("How long one request may take."),
    })
    .superRefine(({ requests, secret, secretFile }, context) => {
      const isAsked = requests.some((request) => placeholdersIn(request).includes(SECRET_PLACEHOLDER));
      if (isAsked && secret === "" && secretFile === "")
        context.addIssue({
          code: "custom",
          path: ["secret"],
          message: "a request asks for ${secret}: name it, or its file",
        });
    }),
  example: {
    url: "http://localhost:1900",
    secretFile: "/etc/app/smoke-password",
    requests: [
      {
        name: "log in",
        method: "POST",
        path: "/api/login",
        body: '{"user": "smoke", "password": "${secret}"}',
        capture: { token: "/token" },
      },
      { name: "read", path: "/api/notes", headers: { authorization: "Bearer ${token}" }, contains: "notes" },
    ],
  },
  result: z.object({
    ok: z.boolean().describe("Every request was answered as expected."),
    requests_count: z.int().min(0).describe("Requests that were sent."),
    failed_name: z.string().describe("The request whose answer was not as expected; empty: none."),
    detail: z.string().describe("What was not as expected."),
    duration_ms: z.number().describe("Of all requests together."),
    slowest_name: z.string(),
    slowest_ms: z.number(),
  }),
  undo: "What it wrote at the service stays there, unless a later request of it removes it.",
  tools: {},
  secrets: [],
  secretArgs: ["secret"],
});
