import { expect, test } from "vitest";
import type { Container } from "../../tools/docker.ts";
import { asProjectContainer, inWords } from "./containers.ts";

function container(state: object, policy: object = { Name: "always", MaximumRetryCount: 0 }): Container {
  return {
    Id: "a".repeat(64),
    Name: "/ersen_web_1",
    Config: { Image: "web:1", Labels: { "com.docker.compose.service": "web" } },
    State: { Running: true, ExitCode: 0, Pid: 7, ...state },
    HostConfig: { NetworkMode: "ersen_default", RestartPolicy: { Name: "", ...policy } },
    Mounts: [],
  };
}

test("a container is ready when it runs and its own check is content, and not while Docker starts it again and again", () => {
  const looks = {
    running: container({}),
    healthy: container({ Health: { Status: "healthy" } }),
    starting: container({ Health: { Status: "starting" } }),
    "starting again after exit code 1": container({ Restarting: true, ExitCode: 1 }),
    "ended with 137": container({ Running: false, ExitCode: 137 }),
  };
  const ready = Object.entries(looks).flatMap(([state, one]) => {
    const read = asProjectContainer(one);
    expect(inWords([read])).toBe(`ersen_web_1 (${state})`);
    return read.isReady ? [state] : [];
  });
  expect(ready).toEqual(["running", "healthy"]);
  expect(asProjectContainer(container({})).service).toBe("web");
});

test("a restart policy is kept in the words in which docker update takes it back", () => {
  const policy = (given: object) => asProjectContainer(container({}, given)).restartPolicy;
  expect(policy({ Name: "unless-stopped", MaximumRetryCount: 0 })).toBe("unless-stopped");
  expect(policy({ Name: "on-failure", MaximumRetryCount: 3 })).toBe("on-failure:3");
  expect(policy({ Name: "" })).toBe("no");
});
