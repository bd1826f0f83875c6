import { formatCounted } from "../../domain/format/count.ts";
import type { Problem } from "../../domain/runbook/problem.ts";
import { Card, CardContent } from "../ui/Card.tsx";
import { Glyph } from "../ui/Glyph.tsx";

/**
 * What is wrong with a text, in its order. Each leads to its place.
 * @param isOld the text was changed since it was checked: the places may be elsewhere by now
 */
export function ProblemList(props: {
  checked: readonly Problem[] | undefined;
  isOld: boolean;
  onGoTo: (problem: Problem) => void;
}) {
  const { checked } = props;
  if (checked === undefined) {
    return (
      <Card title="Problems" className="narrow:order-1">
        <CardContent>
          <p className="text-ink2">
            Nothing is checked yet. Each problem will stand here with its line, its column and what was expected.
          </p>
        </CardContent>
      </Card>
    );
  }
  const errors = checked.filter(({ severity }) => severity === "error").length;
  return (
    <Card
      title={`Not stored: ${formatCounted(errors, "error")}`}
      aside={props.isOld ? "changed since" : undefined}
      tone="stop"
      className="sticky top-4 max-h-[calc(100dvh-2rem)] overflow-y-auto narrow:static narrow:order-1 narrow:max-h-80"
    >
      <ol>
        {checked.map((problem) => (
          <li
            key={`${problem.line}:${problem.column} ${problem.at} ${problem.message}`}
            className="border-line border-t"
          >
            <button
              type="button"
              onClick={() => props.onGoTo(problem)}
              className="-outline-offset-2 grid w-full grid-cols-[1rem_minmax(0,1fr)] gap-x-2 px-4 py-2 text-left hover:bg-sunken"
            >
              <Glyph
                name={problem.severity === "error" ? "cross" : "warning"}
                className={`mt-0.5 ${problem.severity === "error" ? "text-stop" : "text-ask"}`}
              />
              <span>
                <span className="text-ink3 text-label">
                  Line {problem.line}, column {problem.column}
                  {problem.severity === "warning" && ", warning"}
                </span>
                <span className="block">{problem.message}</span>
                {problem.at !== "" && <code className="break-all text-ink3">{problem.at}</code>}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </Card>
  );
}
