import { APIError, createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import type { BetterAuthPlugin } from "better-auth/types";
import { z } from "zod";
import type { PrismaClient } from "../db/prisma.ts";
import { beginLogin, finishLogin } from "./passkeys.ts";
import type { Settings } from "./settings.ts";
import { nameAt, siteOf } from "./settings.ts";
import { AssertionResponse } from "./webAuthn.ts";

/** `rpId`: asks for passkeys of another name of this server, while its host name is moved. */
const BeginBody = z.object({ rpId: z.string().max(253).optional() }).optional();

/** Two endpoints below /api/auth that turn a checked passkey into a session of better-auth. */
export function passkeyLogin(prisma: PrismaClient, settings: Settings) {
  /** One of our own names, or that of the page. */
  const rpIdFor = (wanted: string | undefined, host: string | null): string =>
    siteOf(settings).rpIds.find((rpId) => rpId === wanted) ?? nameAt(settings, host).rpId;
  return {
    id: "slackwater-passkey",
    endpoints: {
      beginPasskeyLogin: createAuthEndpoint("/passkey/begin", { method: "POST", body: BeginBody }, async (context) =>
        context.json(await beginLogin(prisma, rpIdFor(context.body?.rpId, context.headers?.get("host") ?? null))),
      ),
      finishPasskeyLogin: createAuthEndpoint(
        "/passkey/finish",
        { method: "POST", body: z.object({ challengeId: z.uuid(), credential: AssertionResponse }) },
        async (context) => {
          const userId = await finishLogin(prisma, settings, context.body);
          const user = userId ? await context.context.internalAdapter.findUserById(userId) : null;
          if (!user) throw new APIError("UNAUTHORIZED", { message: "That passkey is not known here." });
          const session = await context.context.internalAdapter.createSession(user.id);
          await setSessionCookie(context, { session, user });
          return context.json({ userId: user.id });
        },
      ),
    },
    rateLimit: [{ pathMatcher: (path: string) => path.startsWith("/passkey/"), window: 60, max: 30 }],
  } satisfies BetterAuthPlugin;
}
