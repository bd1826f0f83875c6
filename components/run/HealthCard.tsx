"use client";

import { lazy } from "react";
import { useRun } from "../data/RunProvider.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Part } from "../ui/Part.tsx";
import { Wells } from "../ui/Wells.tsx";

const HealthCharts = lazy(() => import("./HealthCharts.tsx"));

/** The health of each host that the run uses, one card each; the charts are fetched after what matters more. */
export function HealthCards() {
  const { run } = useRun();
  const hosts = [...new Map(run.hosts.map((host) => [host.hostId, host])).values()];
  return hosts.map((host) => (
    <Card key={host.hostId} title={`Health, ${host.name}`} aside="last 30 min">
      <CardContent>
        <Part fallback={<Wells label="the charts" lines={3} className="h-26 p-0" />}>
          <HealthCharts hostId={host.hostId} />
        </Part>
      </CardContent>
    </Card>
  ));
}
