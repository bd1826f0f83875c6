import { cpus, release, totalmem } from "node:os";

/** What a figure or a result was got on: without it neither can be compared with another. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Release of the kernel. */
  readonly kernel: string;
  readonly node: string;
}

/** The machine that this runs on. */
export function thisMachine(): Machine {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
  };
}
