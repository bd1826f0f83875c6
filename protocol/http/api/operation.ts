import type { z } from "zod";
import type { TokenScope } from "../../../domain/identity/tokenScope.ts";

/** One thing that a script may ask for, as the published document tells it. */
export interface Operation {
  readonly method: "get" | "post" | "delete";
  /** As in OpenAPI: `/api/runs/{runId}`. */
  readonly path: `/${string}`;
  /** A name for generated clients, unique. */
  readonly id: string;
  readonly summary: string;
  readonly about?: string;
  /** The scope that a token needs; `none` where nobody is asked who they are. */
  readonly scope: TokenScope | "none";
  readonly parameters?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject;
  /** Request headers beyond those that every call may have. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** It may be repeated with an Idempotency-Key. */
  readonly takesKey?: true;
  /** What is answered when it was done. The refusals are the same everywhere. */
  readonly answers: readonly Answer[];
}

/** One kind of answer. */
export interface Answer {
  readonly status: number;
  readonly about: string;
  /** Absent: no body. A text names its media type instead. */
  readonly body?: z.ZodType | `${string}/${string}`;
}
