import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { expect, test } from "vitest";
import { createSoftwarePasskey, restoreSoftwarePasskey } from "./softwarePasskey.ts";

const site = { rpId: "localhost", origin: "http://localhost:3000" };
const challenge = Buffer.from("a challenge of thirty-two bytes!").toString("base64url");
const expected = { expectedChallenge: challenge, expectedOrigin: site.origin, expectedRPID: site.rpId };

test("what it registers and signs passes the same checks as a person's passkey", async () => {
  const passkey = createSoftwarePasskey(site);
  const registered = await verifyRegistrationResponse({ response: passkey.register(challenge), ...expected });
  expect(registered.verified).toBe(true);
  const credential = registered.registrationInfo?.credential;
  expect(credential?.id).toBe(passkey.credentialId);
  expect(Buffer.from(credential?.publicKey ?? []).toString("base64url")).toBe(passkey.publicKey);
  const signed = await verifyAuthenticationResponse({
    response: passkey.assert(challenge),
    ...expected,
    credential: credential!,
  });
  expect(signed.verified).toBe(true);
  expect(signed.authenticationInfo.userVerified).toBe(true);
});

test("a restored one signs under the same id and key", () => {
  const passkey = createSoftwarePasskey(site);
  const restored = restoreSoftwarePasskey(passkey.export(), site);
  expect([restored.credentialId, restored.publicKey]).toEqual([passkey.credentialId, passkey.publicKey]);
});

test("another site's passkey is worth nothing here", async () => {
  const passkey = createSoftwarePasskey({ ...site, rpId: "elsewhere.example" });
  await expect(verifyRegistrationResponse({ response: passkey.register(challenge), ...expected })).rejects.toThrow();
});
