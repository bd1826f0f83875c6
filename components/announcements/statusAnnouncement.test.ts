import { expect, test } from "vitest";
import type { AnnouncementLine } from "../../protocol/http/announcements.ts";
import { statusAnnouncement } from "./statusAnnouncement.ts";

const line = (
  id: string,
  stage: AnnouncementLine["stage"],
  audience: AnnouncementLine["audience"] = "users",
): AnnouncementLine => ({
  id,
  title: id,
  audience,
  stage,
  at: null,
});

test("what is for now comes before what is next, and users before the team", () => {
  const lines = [line("week", "sent"), line("during", "now"), line("done", "next")];
  expect(statusAnnouncement(lines)?.id).toBe("during");
  expect(statusAnnouncement([line("team", "now", "team"), line("users", "now")])?.id).toBe("users");
});

test("when all is sent, the newest of what was sent", () => {
  expect(statusAnnouncement([line("week", "sent"), line("done", "sent")])?.id).toBe("done");
  expect(statusAnnouncement([])).toBeUndefined();
});
