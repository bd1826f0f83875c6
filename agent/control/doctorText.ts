import type { ActionHealth } from "./doctor.ts";

/** What the doctor found, for a terminal: what is allowed and can't run first, and the packages that would mend it. */
export function doctorText(found: readonly ActionHealth[]): string {
  const lines = [...found]
    .sort((a, b) => rank(a) - rank(b) || (a.action < b.action ? -1 : 1))
    .map(({ action, isAllowed, missing }) => {
      const state = !isAllowed ? "not allowed by agent.yaml" : missing.length === 0 ? "ready" : "may miss";
      return `${action.padEnd(24)} ${state}${missing.length === 0 ? "" : ` ${missing.map(({ tool }) => tool).join(", ")}`}`;
    });
  const wanted = found.filter(({ isAllowed }) => isAllowed).flatMap(({ missing }) => missing);
  const packages = [...new Set(wanted.map(({ debianPackage }) => debianPackage))].sort();
  if (packages.length > 0) lines.push("", `apt-get install ${packages.join(" ")}`);
  return lines.join("\n");
}

function rank({ isAllowed, missing }: ActionHealth): number {
  if (!isAllowed) return 2;
  return missing.length > 0 ? 0 : 1;
}
