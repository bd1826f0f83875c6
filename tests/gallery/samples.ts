import type { ChartPoint } from "../../components/charts/chartData.ts";
import type { TimelineData } from "../../components/timeline/timelineData.ts";

/** 02:00 in Los Angeles on Thu 3 Dec 2026: the night that the look was drawn for. */
const START = Date.UTC(2026, 11, 3, 10);
export const ZONE = "America/Los_Angeles";
export const at = (hour: number, minute: number, second = 0): number =>
  START + ((hour - 2) * 3600 + minute * 60 + second) * 1000;
export const NOW = at(3, 4, 18);

/** A wave that looks measured and is the same on every run, so that screenshots can be compared. */
export function wave(fromMs: number, toMs: number, stepMs: number, low: number, high: number): ChartPoint[] {
  const points: ChartPoint[] = [];
  let seed = 7;
  for (let atMs = fromMs; atMs <= toMs; atMs += stepMs) {
    seed = (seed * 16_807) % 2_147_483_647;
    const share = (Math.sin(points.length / 9) + Math.sin(points.length / 23) + (seed / 2_147_483_647) * 1.2) / 3.2;
    points.push({ atMs, value: low + (high - low) * (0.5 + share / 2) });
  }
  return points;
}

export const TIMELINE: TimelineData = {
  now: NOW,
  windowStart: at(2, 0),
  windowEnd: at(5, 0),
  pnr: at(4, 32),
  steps: [
    {
      kind: "step",
      id: "1",
      number: 1,
      title: "Check hosts and backup",
      state: "done",
      plannedStart: at(2, 0),
      plannedEnd: at(2, 8),
      actualStart: at(2, 0, 10),
      actualEnd: at(2, 6, 40),
    },
    {
      kind: "step",
      id: "2",
      number: 2,
      title: "Create the volume",
      shortTitle: "Create volume",
      state: "done",
      plannedStart: at(2, 8),
      plannedEnd: at(2, 30),
      actualStart: at(2, 6, 40),
      actualEnd: at(2, 31, 19),
    },
    {
      kind: "gate",
      id: "a",
      title: "Cutover",
      state: "open",
      note: "GO 02:34:52",
      plannedStart: at(2, 30),
      plannedEnd: at(2, 35),
      actualStart: at(2, 31, 19),
      actualEnd: at(2, 34, 52),
    },
    {
      kind: "step",
      id: "3",
      number: 3,
      title: "Stop the writers",
      state: "done",
      plannedStart: at(2, 35),
      plannedEnd: at(2, 37),
      actualStart: at(2, 34, 52),
      actualEnd: at(2, 36, 28),
    },
    {
      kind: "step",
      id: "4",
      number: 4,
      title: "Stop PostgreSQL",
      state: "done",
      plannedStart: at(2, 37),
      plannedEnd: at(2, 40),
      actualStart: at(2, 36, 28),
      actualEnd: at(2, 41, 10),
    },
    {
      kind: "step",
      id: "5",
      number: 5,
      title: "Copy the data",
      shortTitle: "Copy",
      state: "running",
      progress: "61 %",
      plannedStart: at(2, 40),
      plannedEnd: at(3, 12),
      actualStart: at(2, 41, 12),
      forecastEndP50: at(3, 18),
      forecastEndP90: at(3, 24),
    },
    {
      kind: "step",
      id: "6",
      number: 6,
      title: "Verify the copy",
      shortTitle: "Verify",
      state: "planned",
      plannedStart: at(3, 12),
      plannedEnd: at(3, 30),
      forecastEndP50: at(3, 37),
      forecastEndP90: at(3, 44),
    },
    {
      kind: "gate",
      id: "b",
      title: "Data verified",
      state: "ahead",
      note: "about 03:37, needs 1 GO",
      plannedStart: at(3, 30),
      plannedEnd: at(3, 35),
    },
    {
      kind: "step",
      id: "7",
      number: 7,
      title: "Start on the new side",
      state: "planned",
      plannedStart: at(3, 35),
      plannedEnd: at(3, 38),
    },
    {
      kind: "step",
      id: "8",
      number: 8,
      title: "Check the journeys",
      state: "planned",
      plannedStart: at(3, 38),
      plannedEnd: at(3, 46),
    },
    {
      kind: "gate",
      id: "c",
      title: "Let users in",
      state: "ahead",
      note: "needs 2 GO",
      plannedStart: at(3, 46),
      plannedEnd: at(3, 50),
    },
    {
      kind: "step",
      id: "9",
      number: 9,
      title: "Let the writers back",
      state: "planned",
      plannedStart: at(3, 50),
      plannedEnd: at(3, 52),
    },
    {
      kind: "step",
      id: "10",
      number: 10,
      title: "Back up the new side",
      shortTitle: "Back up",
      state: "planned",
      plannedStart: at(3, 52),
      plannedEnd: at(4, 10),
      forecastEndP50: at(4, 16),
      forecastEndP90: at(4, 31),
    },
  ],
};
