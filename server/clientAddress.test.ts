import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { createServer, get } from "node:http";
import { expect, test } from "vitest";
import { stampClientAddress } from "./clientAddress.ts";
import { CLIENT_ADDRESS_HEADER } from "./identity/auth.ts";
import { proxiesOf } from "./trustedProxies.ts";

/** The headers that the server goes on with, for a request from this machine. */
async function stamped(headers: Readonly<Record<string, string>>, named: readonly string[]) {
  let seen: IncomingHttpHeaders = {};
  const server = createServer((request, response) => {
    stampClientAddress(request, proxiesOf(named));
    seen = request.headers;
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const asking = get({ port: address.port, host: "127.0.0.1", headers, agent: false });
  const [response] = await once(asking, "response");
  response.resume();
  await once(response, "end");
  server.close();
  return seen;
}

const CLAIM = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-real-ip": "203.0.113.9" };

test("what a client claims of its address is not believed", async () => {
  const seen = await stamped({ ...CLAIM, [CLIENT_ADDRESS_HEADER]: "203.0.113.9" }, []);
  expect(seen[CLIENT_ADDRESS_HEADER]).toBe("127.0.0.1");
  expect(seen["x-forwarded-for"] ?? seen["x-forwarded-proto"] ?? seen["x-real-ip"]).toBeUndefined();
});

test("a named proxy is believed, and only for the part that it wrote itself", async () => {
  const seen = await stamped({ ...CLAIM, "x-forwarded-for": "1.2.3.4, 203.0.113.9" }, ["127.0.0.1"]);
  expect(seen[CLIENT_ADDRESS_HEADER]).toBe("203.0.113.9");
  expect(seen["x-forwarded-proto"]).toBe("https");
  const two = await stamped({ "x-forwarded-for": "1.2.3.4, 203.0.113.9, 10.0.0.5" }, ["127.0.0.1", "10.0.0.0/8"]);
  expect(two[CLIENT_ADDRESS_HEADER]).toBe("203.0.113.9");
});

test("a named proxy that says nothing, or nonsense, is the client itself", async () => {
  for (const said of [{}, { "x-forwarded-for": "somebody" }, { "x-forwarded-for": "127.0.0.1" }]) {
    expect((await stamped(said, ["127.0.0.1"]))[CLIENT_ADDRESS_HEADER]).toBe("127.0.0.1");
  }
});
