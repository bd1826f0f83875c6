import { formatBytes, formatBytesOf } from "../../domain/format/bytes.ts";
import { formatNumber } from "../../domain/format/count.ts";
import { formatPercentFigure } from "../../domain/format/percent.ts";
import type { HealthSample } from "../../protocol/agent.ts";

/** What happened with a host, by kind, in words; a kind of a newer server is shown as it is. */
const INCIDENTS: Readonly<Record<string, string>> = {
  keyInUse: "A second agent came with its key and was refused",
  badSignature: "Somebody came in its name without its key and was refused",
  otherMachine: "Its key came from another machine and was refused",
  notItsOwn: "It spoke of work that is not its own",
  left: "It was taken off the list by its owner, on the host",
  unreadableFrame: "It sent what could not be read",
};

/** An incident's kind in words. */
export function incidentWords(kind: string): string {
  return INCIDENTS[kind] ?? kind;
}

/** One figure of a host's health, ready to show. `share` is 0 to 1 where there is a whole. */
export interface HealthFigure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** The figures of one second: processor, memory, disk, network. */
export function healthFigures(sample: HealthSample): readonly HealthFigure[] {
  const busy = sample.diskBusyPercent;
  return [
    { label: "CPU", value: formatPercentFigure(sample.cpuPercent), note: `load ${formatNumber(sample.load1)}` },
    {
      label: "Memory",
      value: formatPercentFigure((sample.memoryUsedBytes / Math.max(1, sample.memoryTotalBytes)) * 100),
      note: formatBytesOf(sample.memoryUsedBytes, sample.memoryTotalBytes),
    },
    {
      label: "Disk busy",
      value: busy === undefined ? "not measured" : formatPercentFigure(busy),
      note: `${formatBytes(sample.diskReadBytesPerSecond)}/s in, ${formatBytes(sample.diskWriteBytesPerSecond)}/s out`,
    },
    {
      label: "Network",
      value: `${formatBytes(sample.networkInBytesPerSecond)}/s`,
      note: `${formatBytes(sample.networkOutBytesPerSecond)}/s out`,
    },
  ];
}

/** What a host says about the PostgreSQL that it watches; undefined where it watches none. */
export function postgresWords(sample: HealthSample): string | undefined {
  const { postgres } = sample;
  if (postgres === undefined) return undefined;
  switch (postgres.state) {
    case "up":
      return `answers in ${formatNumber(postgres.latencyMs)} ms`;
    case "down":
      return `does not answer: ${postgres.error}`;
    case "paused":
      return "paused: planned stop";
    default:
      return postgres satisfies never;
  }
}
