/** The labels of every deployment here, beside its own. */
export const LABELS = { app: "hyperpage" };

/** A deployment as seed 4 has it. */
export function deployment(name: string, image: string, own: Record<string, string> = {}, replicas = 2) {
  const all = { ...LABELS, ...own };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels: all },
    spec: {
      replicas,
      selector: { matchLabels: all },
      template: { metadata: { labels: all }, spec: { containers: [{ name: "hyperpage", image }] } },
    },
  };
}
