import { spawn, spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import type { Cable, KeeperReport } from "./keeperMessages.ts";
import { KeeperOrder, KeeperSettings } from "./keeperMessages.ts";

/*
 * The keeper of one boot of a guest: the first process of a PID namespace and of a network namespace of their own
 * (keeperLink.ts starts it by unshare). It holds the guest kernel as its child and the host's ends of the guest's two
 * cables, and hands sockets of that network over to the process that started it.
 *
 * It ends with its parent (the message channel closes), with the guest kernel, or when its time is up; and with it
 * the kernel ends everything in the two namespaces. So nothing can be left over, however the parent died: this is why
 * the namespaces have no names and why no tap, address or process of a guest is ever the host's own.
 */

const HOST_END: Record<Cable, string> = { data: "10.231.0.1", control: "10.231.1.1" };
const GUEST_END: Record<Cable, string> = { data: "10.231.0.2", control: "10.231.1.2" };
const READY_LINE = /slackwater-guest: ready /;
/** The guest's listeners may come up a moment after its ready line; on a slow machine that moment is seconds. */
const REFUSED_RETRIES = 300;
const REFUSED_PAUSE_MS = 50;

const settings = KeeperSettings.parse(JSON.parse(process.argv[2] ?? ""));

process.on("disconnect", () => process.exit(0));
setTimeout(() => process.exit(0), settings.lifetimeMs);

function tell(report: KeeperReport, socket?: Socket): void {
  if (process.connected) process.send?.(report, socket);
}

/** Runs `ip -batch` on the given lines in the keeper's own network; throws what ip wrote when it failed. */
function configureNetwork(...lines: readonly string[]): void {
  const done = spawnSync("ip", ["-batch", "-"], { input: `${lines.join("\n")}\n`, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`ip failed: ${done.error?.message ?? done.stderr}`);
}

function startKernel(): ReturnType<typeof spawn> {
  const [file = "", ...argv] = settings.kernelArgv;
  const kernel = spawn(file, argv, {
    stdio: ["ignore", "pipe", "pipe"],
    // TMPDIR is where User-Mode Linux puts the file that is the guest's memory.
    env: { ...process.env, LD_PRELOAD: settings.shimPath, TMPDIR: "/dev/shm" },
  });
  const log = createWriteStream(settings.consolePath, { flags: "a" });
  let tail = "";
  let isReady = false;
  const take = (chunk: Buffer): void => {
    log.write(chunk);
    if (isReady) return;
    tail = (tail + chunk.toString("latin1")).slice(-4096);
    isReady = READY_LINE.test(tail);
    if (isReady) tell({ report: "ready" });
  };
  kernel.stdout.on("data", take);
  kernel.stderr.on("data", take);
  kernel.on("error", (error) => log.write(`keeper: ${error.message}\n`));
  kernel.on("close", () => log.end(() => process.exit(0)));
  return kernel;
}

/** Connections that the guest makes to one of the host's ports, each handed over as it comes. */
function takeConnectionsTo(port: number): void {
  createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => tell({ report: "arrived", port }, socket))
    .listen(port, HOST_END.data)
    .on("error", () => process.exit(1));
}

function dial(id: number, cable: Cable, port: number, retriesLeft = REFUSED_RETRIES): void {
  const socket = connect({ host: GUEST_END[cable], port, allowHalfOpen: true });
  socket.pause(); // else what the guest says first is read here and lost in the hand-over
  socket.on("error", (error) => {
    const isRefused = "code" in error && error.code === "ECONNREFUSED";
    if (isRefused && retriesLeft > 0) setTimeout(() => dial(id, cable, port, retriesLeft - 1), REFUSED_PAUSE_MS);
    else tell({ report: "failed", id, because: error.message });
  });
  socket.on("connect", () => {
    socket.removeAllListeners("error");
    tell({ report: "connected", id }, socket);
  });
}

configureNetwork(
  "link set lo up",
  "tuntap add dev data mode tap",
  `address add ${HOST_END.data}/30 dev data`,
  "link set data up",
  "tuntap add dev control mode tap",
  `address add ${HOST_END.control}/30 dev control`,
  "link set control up",
);
const kernel = startKernel();
for (const port of settings.ports) takeConnectionsTo(port);

process.on("message", (raw) => {
  const order = KeeperOrder.parse(raw);
  switch (order.order) {
    case "dial":
      dial(order.id, order.cable, order.port);
      return;
    case "network":
      // Never `link set down`: UML's driver does not recover from it. Without its address this end hears nothing.
      configureNetwork(`address ${order.state === "off" ? "delete" : "add"} ${HOST_END.data}/30 dev data`);
      tell({ report: "done", id: order.id });
      return;
    case "freeze":
      kernel.kill(order.frozen ? "SIGSTOP" : "SIGCONT");
      tell({ report: "done", id: order.id });
      return;
    case "cutPower":
      process.exit(0);
      return;
    default:
      return order satisfies never;
  }
});
