"use client";

import { Card } from "../../../components/ui/Card.tsx";
import { DataTable } from "../../../components/ui/DataTable.tsx";
import { StepMark } from "../../../components/ui/Mark.tsx";

/** A table, which is rows of name and value on a phone. */
export function StepsTable() {
  return (
    <Card className="gallery-gap" aria-label="Steps">
      <DataTable
        caption="Steps"
        keyOf={(row) => row.step}
        isChosen={(row) => row.state === "running"}
        isStale={(row) => row.state === "unknown"}
        columns={[
          { key: "step", header: "Step", isName: true, cell: (row) => row.step },
          { key: "state", header: "State", cell: (row) => <StepMark state={row.state} withWord /> },
          { key: "planned", header: "Planned", align: "end", cell: (row) => row.planned },
          { key: "took", header: "Took", align: "end", cell: (row) => row.took },
        ]}
        items={[
          { step: "2 Create the encrypted volume", state: "done", planned: "22:00", took: "24:39" } as const,
          { step: "5 Copy", state: "running", planned: "32:00", took: "23:06" } as const,
          { step: "fra-db-2 load", state: "unknown", planned: "0.4", took: "0.4" } as const,
        ]}
      />
    </Card>
  );
}
