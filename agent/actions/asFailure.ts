import type { FailureCode } from "../../domain/failure.ts";
import { Failure } from "../../domain/failure.ts";

/** What the operating system's own error names mean for people. Any other is a defect of ours. */
const BY_ERRNO: Readonly<Record<string, FailureCode>> = {
  ENOSPC: "diskFull",
  EDQUOT: "diskFull",
  ENOENT: "deviceMissing",
  ENOTDIR: "deviceMissing",
  ENXIO: "deviceMissing",
  EACCES: "notPermitted",
  EPERM: "notPermitted",
  EROFS: "ioError",
  EIO: "ioError",
  EUCLEAN: "ioError",
  EBUSY: "deviceInUse",
  ETXTBSY: "deviceInUse",
  ENOMEM: "outOfMemory",
};

/** What an action threw, as something that people can mend: a file call that the system refused is no defect. Failures stay as they are. */
export function asFailure(error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !("code" in error)) return error;
  const code = typeof error.code === "string" ? BY_ERRNO[error.code] : undefined;
  return code === undefined ? error : new Failure(code, `${error.message}.`, { cause: error });
}
