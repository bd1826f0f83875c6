/** Suffixes of Kubernetes' quantities (k8s.io/apimachinery, resource.Quantity): what one of them is. */
const UNITS: Readonly<Record<string, number>> = {
  ...{ "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};
/** Those of parts: how many make one. */
const PARTS: Readonly<Record<string, number>> = { n: 1e9, u: 1e6, m: 1e3 };

/** A quantity such as `250m`, `34Mi` or `12e2` as a number; undefined for what is none. */
export function quantityOf(text: string): number | undefined {
  const [, digits, unit = ""] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([A-Za-z]{0,2})$/.exec(text) ?? [];
  if (digits === undefined || !(Object.hasOwn(UNITS, unit) || Object.hasOwn(PARTS, unit))) return undefined;
  const value = (Number(digits) * (UNITS[unit] ?? 1)) / (PARTS[unit] ?? 1);
  return Number.isFinite(value) ? value : undefined;
}
