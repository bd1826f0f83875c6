/** Where a request belongs in somebody's trace (W3C Trace Context, https://www.w3.org/TR/trace-context/): ids in lower-case hexadecimal. */
export interface TraceContext {
  /** 32 digits: the whole trace. */
  readonly traceId: string;
  /** 16 digits: this part of it. */
  readonly spanId: string;
  /** Whoever began it keeps it. */
  readonly isSampled: boolean;
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NOTHING = /^0+$/;

/** Reads the header `traceparent`; undefined where it is none, and then a new trace begins. Later versions may say more at the end. */
export function readTraceparent(header: string): TraceContext | undefined {
  const [, version, traceId = "", spanId = "", flags = "", more] = FORM.exec(header.trim()) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The header for whoever is asked or answered next. */
export function traceparentOf({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}
