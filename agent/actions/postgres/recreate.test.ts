import { expect, test } from "vitest";
import { parseContainer } from "../../tools/docker.ts";
import { networksOf, recreateArgs } from "./recreate.ts";

/** A container as Compose makes them, with what people set on a database. */
const old = parseContainer(
  JSON.stringify([
    {
      Id: "a06a145feae28c944821fee005f8e250fae59b08bcc5b66454ad9dbf707d1fa6",
      Name: "/app-db-1",
      Image: "sha256:51d2",
      State: { Running: false, Pid: 0, ExitCode: 0 },
      HostConfig: {
        NetworkMode: "app_default",
        RestartPolicy: { Name: "unless-stopped" },
        PortBindings: { "5432/tcp": [{ HostIp: "127.0.0.1", HostPort: "5433" }] },
        ShmSize: 268435456,
        Memory: 2147483648,
        NanoCpus: 1500000000,
        CapDrop: ["NET_RAW"],
        Ulimits: [{ Name: "nofile", Soft: 1024, Hard: 4096 }],
        Tmpfs: { "/tmp": "", "/run": "size=16m" },
        LogConfig: { Type: "json-file", Config: { "max-size": "10m" } },
      },
      NetworkSettings: {
        Networks: { app_default: { Aliases: ["db", "a06a145feae2"] }, admin: { Aliases: ["database"] } },
      },
      Mounts: [
        {
          Type: "volume",
          Name: "app_pg",
          Source: "/v/app_pg/_data",
          Destination: "/var/lib/postgresql/data",
          RW: true,
        },
        { Type: "bind", Source: "/etc/pg.conf", Destination: "/etc/pg.conf", RW: false },
        { Type: "tmpfs", Source: "", Destination: "/scratch", RW: true },
      ],
      Config: {
        Image: "postgres:16",
        Hostname: "a06a145feae2",
        User: "999:999",
        Env: ["POSTGRES_DB=app", "PGDATA=/var/lib/postgresql/data"],
        Cmd: ["postgres", "-c", "work_mem=64MB"],
        Entrypoint: ["docker-entrypoint.sh"],
        StopSignal: "SIGINT",
        Labels: { "com.docker.compose.service": "db" },
        Healthcheck: { Test: ["CMD", "pg_isready", "-U", "it's"], Interval: 5000000000, Retries: 3 },
      },
    },
  ]),
);

test("a container is made anew as it was, but for its data, its name and that nothing starts it by itself", () => {
  expect(recreateArgs(old, "db", "/mnt/pgdata/data").join(" ")).toBe(
    [
      "--name db --restart no --network app_default --network-alias db --shm-size 268435456 --user 999:999 --stop-signal SIGINT",
      "--memory 2147483648 --cpus 1.5 --ulimit nofile=1024:4096 --cap-drop NET_RAW --tmpfs /tmp --tmpfs /run:size=16m",
      "--log-driver json-file --log-opt max-size=10m",
      "--health-cmd 'pg_isready' '-U' 'it'\\''s' --health-interval 5000000000ns --health-retries 3",
      "--label com.docker.compose.service=db --env POSTGRES_DB=app --env PGDATA=/var/lib/postgresql/data",
      "--publish 127.0.0.1:5433:5432/tcp",
      "--mount type=bind,source=/etc/pg.conf,destination=/etc/pg.conf,readonly --mount type=tmpfs,destination=/scratch",
      "--mount type=bind,source=/mnt/pgdata/data,destination=/var/lib/postgresql/data",
      "--entrypoint docker-entrypoint.sh sha256:51d2 postgres -c work_mem=64MB",
    ].join(" "),
  );
});

test("it keeps every network that it was in, and the names that others call it by there", () => {
  expect(networksOf(old)).toEqual([
    { network: "app_default", aliases: ["db"] },
    { network: "admin", aliases: ["database"] },
  ]);
});
