import fc from "fast-check";
import { expect, test } from "vitest";
import { dockerInspectCall, dockerSetRestartCall, parseContainer, pgdataMount, pgdataOf } from "./docker.ts";

// Captured from Docker 28.2 with an image imported from a root file system; shortened to what is looked at.
const INSPECT = `[
  {
    "Id": "a06a145feae28c944821fee005f8e250fae59b08bcc5b66454ad9dbf707d1fa6",
    "Name": "/pg",
    "State": {
      "Status": "running",
      "Running": true,
      "Pid": 7811,
      "ExitCode": 0,
      "StartedAt": "2026-11-21T04:18:52.717560601Z"
    },
    "HostConfig": {
      "NetworkMode": "none",
      "RestartPolicy": {
        "Name": "always",
        "MaximumRetryCount": 0
      },
      "PortBindings": {},
      "ShmSize": 67108864
    },
    "Mounts": [
      {
        "Type": "bind",
        "Source": "/tmp/ap/pgdata",
        "Destination": "/var/lib/postgresql/data",
        "Mode": "",
        "RW": true,
        "Propagation": "rprivate"
      }
    ],
    "Config": {
      "Hostname": "a06a145feae2",
      "User": "",
      "Env": [
        "PGDATA=/var/lib/postgresql/data"
      ],
      "Cmd": [
        "/bin/busybox",
        "sleep",
        "600"
      ],
      "Image": "slack:test",
      "Volumes": null,
      "WorkingDir": "",
      "Entrypoint": null,
      "Labels": {
        "a": "b"
      }
    }
  }
]`;

test("a container tells its state, its restart policy and where its data lies on the host", () => {
  const container = parseContainer(INSPECT);
  expect(container.State.Running).toBe(true);
  expect(container.HostConfig.RestartPolicy.Name).toBe("always");
  expect(pgdataOf(container)).toBe("/var/lib/postgresql/data");
  expect(pgdataMount(container)?.hostPath).toBe("/tmp/ap/pgdata");
});

test("data in a folder below the mount is found there, and data in the container's own layer is not on the host", () => {
  const below = INSPECT.replace("PGDATA=/var/lib/postgresql/data", "PGDATA=/var/lib/postgresql/data/pg/16");
  expect(pgdataMount(parseContainer(below))?.hostPath).toBe("/tmp/ap/pgdata/pg/16");
  const elsewhere = INSPECT.replace("PGDATA=/var/lib/postgresql/data", "PGDATA=/var/lib/postgresql/database");
  expect(pgdataMount(parseContainer(elsewhere))).toBeUndefined();
});

test("no container, two containers and anything else are refused by name", () => {
  expect(() => parseContainer("[]\n")).toThrow(/docker inspect/);
  expect(() => parseContainer(`[${INSPECT.slice(1, -1)},${INSPECT.slice(1, -1)}]`)).toThrow(/docker inspect/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => parseContainer(text)).toThrow(/docker inspect/);
    }),
  );
});

test("a container that is not there is told from a Docker that does not answer", () => {
  const { failureOf } = dockerInspectCall("pg");
  expect(failureOf?.(1, "Error response from daemon: No such container: pg")).toBe("containerMissing");
  const silent = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
  expect(failureOf?.(1, silent)).toBe("dockerUnavailable");
  expect(dockerSetRestartCall("pg", "no").args).toEqual(["update", "--restart=no", "pg"]);
});
