import { createInterface } from "node:readline";

/** What a person types, line by line. */
export interface TypedLines {
  /** The next line without blanks around it; `nothing` when none came in time, `end` when none will come any more. */
  next(withinMs?: number): Promise<{ readonly line: string } | "nothing" | "end">;
  close(): void;
}

/** Reads lines from a terminal or a pipe. What was typed before it was asked for is kept. */
export function typedLines(input: NodeJS.ReadableStream): TypedLines {
  const typed: string[] = [];
  let isOver = false;
  let stir: () => void = () => {};
  const reader = createInterface({ input });
  reader.on("line", (line) => {
    typed.push(line.trim());
    stir();
  });
  reader.on("close", () => {
    isOver = true;
    stir();
  });
  return {
    async next(withinMs) {
      if (typed.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          const timer = withinMs === undefined ? undefined : setTimeout(resolve, withinMs);
          stir = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const line = typed.shift();
      if (line !== undefined) return { line };
      return isOver ? "end" : "nothing";
    },
    close: () => reader.close(),
  };
}
