import { spawn } from "node:child_process";
import { once } from "node:events";

/** The three streams of a program in a pod, as one connection carries them. */
export interface PodStreams {
  send(stream: "stdout" | "stderr", bytes: Buffer): void;
  /** The status that the API server ends with, as JSON. */
  end(status: object): void;
}

/** A program that runs "in a pod": here, in a folder of the test. */
export interface PodProcess {
  /** What comes on standard input; undefined is its end. */
  input(bytes: Buffer | undefined): void;
}

/** Runs it, and tells its end as the kubelet does: by its exit code, or that it is not there. */
export function runInPod(argv: readonly string[], hasInput: boolean, streams: PodStreams): PodProcess {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { stdio: [hasInput ? "pipe" : "ignore", "pipe", "pipe"] });
  child.stdout?.on("data", (bytes: Buffer) => streams.send("stdout", bytes));
  child.stderr?.on("data", (bytes: Buffer) => streams.send("stderr", bytes));
  child.stdin?.on("error", () => undefined);
  once(child, "close").then(
    ([code]) => streams.end(code === 0 ? { status: "Success", metadata: {} } : failureOf(Number(code))),
    () => streams.end({ status: "Failure", code: 500, message: `exec: "${file}": executable file not found in $PATH` }),
  );
  return {
    input: (bytes) => void (bytes === undefined ? child.stdin?.end() : child.stdin?.write(bytes)),
  };
}

function failureOf(code: number): object {
  return {
    ...{ status: "Failure", reason: "NonZeroExitCode", metadata: {} },
    message: `command terminated with non-zero exit code: exit status ${code}`,
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
}
