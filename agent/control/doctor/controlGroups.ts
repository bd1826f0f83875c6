import { canMakeGroup } from "../../process/taskGroup.ts";
import type { Finding } from "./finding.ts";

/** How a cancel will find what a task has started. */
export function controlGroupsHere(): Finding {
  return canMakeGroup()
    ? {
        subject: "controlGroups",
        verdict: "ok",
        says: "Each task runs in one of its own (version 2): a cancel finds whatever it has started.",
      }
    : {
        subject: "controlGroups",
        verdict: "note",
        says: "None can be made here (version 2): a cancel finds what a task has started by a marker in the environment, which a program that clears its environment and forks twice would lose.",
        todo: "Boot with systemd's unified hierarchy (systemd.unified_cgroup_hierarchy=1), and in a container give it a writable cgroup tree.",
      };
}
