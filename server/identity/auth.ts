import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import type { PrismaClient } from "../db/prisma.ts";
import { passkeyLogin } from "./passkeyLogin.ts";
import type { Settings } from "./settings.ts";

/** The header in which main.ts writes the address of the peer, after it removed whatever a client sent under that name. */
export const CLIENT_ADDRESS_HEADER = "x-slackwater-client";

/**
 * Sessions and passwords by better-auth. Nobody signs up by themselves: an admin adds people. Passkeys are ours
 * (passkeys.ts), because the same WebAuthn code signs decisions; `passkeyLogin` turns a checked passkey into a session.
 */
export function createAuth(prisma: PrismaClient, settings: Settings) {
  return betterAuth({
    appName: "Slackwater",
    baseURL: settings.appUrl,
    basePath: "/api/auth",
    secret: settings.sessionSecret,
    trustedOrigins: [...settings.origins],
    telemetry: { enabled: false },
    database: prismaAdapter(prisma, { provider: "postgresql" }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 256 },
    session: {
      // An operator at two in the morning must not be signed out in the middle of a run: the session slides while it is used.
      expiresIn: 60 * 60 * 24 * 7,
      updateAge: 60 * 10,
    },
    user: {
      additionalFields: {
        role: { type: "string", required: true, defaultValue: "viewer", input: false },
        groups: { type: "string[]", required: true, defaultValue: [], input: false },
      },
    },
    // Names stand in the record of decisions: nobody gives themselves another's. Accounts are an admin's to change.
    disabledPaths: ["/update-user", "/change-email", "/delete-user", "/unlink-account"],
    rateLimit: {
      enabled: true,
      storage: "database",
      window: 10,
      max: 100,
      customRules: { "/sign-in/email": { window: 60, max: 10 } },
    },
    advanced: {
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      useSecureCookies: settings.appUrl.startsWith("https:"),
    },
    plugins: [passkeyLogin(prisma, settings)],
  });
}

/** The configured better-auth instance. */
export type Auth = ReturnType<typeof createAuth>;
