import { z } from "zod";

/** What the keeper of one boot is told when it starts (one JSON argument). Paths are the host's. */
export const KeeperSettings = z.object({
  /** The guest kernel with its arguments. */
  kernelArgv: z.array(z.string()).min(1),
  shimPath: z.string(),
  consolePath: z.string(),
  /** Loopback ports of the host that the guest may reach. */
  ports: z.array(z.int().min(1).max(65_535)),
  /** The keeper, and with it the guest, ends by itself after this. */
  lifetimeMs: z.int().positive(),
});
export type KeeperSettings = z.infer<typeof KeeperSettings>;

/** Which of the guest's two cables: `data` is the one that can be pulled, `control` always works. */
export const Cable = z.enum(["data", "control"]);
export type Cable = z.infer<typeof Cable>;

/** What the process that started a guest orders its keeper to do. */
export const KeeperOrder = z.discriminatedUnion("order", [
  z.object({ order: z.literal("dial"), id: z.int(), cable: Cable, port: z.int() }),
  z.object({ order: z.literal("network"), id: z.int(), state: z.enum(["off", "on"]) }),
  z.object({ order: z.literal("freeze"), id: z.int(), frozen: z.boolean() }),
  z.object({ order: z.literal("cutPower") }),
]);
export type KeeperOrder = z.infer<typeof KeeperOrder>;

/** What a keeper reports; `connected` and `arrived` come with the socket itself, as the message's handle. */
export const KeeperReport = z.discriminatedUnion("report", [
  z.object({ report: z.literal("ready") }),
  z.object({ report: z.literal("connected"), id: z.int() }),
  z.object({ report: z.literal("done"), id: z.int() }),
  z.object({ report: z.literal("failed"), id: z.int(), because: z.string() }),
  z.object({ report: z.literal("arrived"), port: z.int() }),
]);
export type KeeperReport = z.infer<typeof KeeperReport>;
