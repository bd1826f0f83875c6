import { describe, expect, test } from "vitest";
import type { KnownValue } from "../../domain/announcement/render.ts";
import { renderAnnouncement } from "../../domain/announcement/render.ts";
import type { FactValue } from "../../domain/fact/fact.ts";
import { runbook, START, useGoodDay } from "../../tests/support/goodDay.ts";

const { facts, scope } = useGoodDay();

describe("announcements", () => {
  const known = (more: Readonly<Record<string, FactValue | null>> = {}): Map<string, KnownValue> => {
    const all: Record<string, FactValue | null> = {
      "window.service": "Orders",
      "window.title": "Encrypt orders",
      "window.zone": "America/Los_Angeles",
      "window.starts_at": START,
      "window.ends_at": START + 3 * 3_600_000,
      "run.started_at": START + 30_000,
      "run.ended_at": START + 8_000_000,
      "run.duration_ms": 7_970_000,
      "run.expected_end_at": START + 7_800_000,
      "step.title": "Copy",
      "step.for_users": "Your data is being copied onto the encrypted disk.",
      "run.loses_nothing": true,
      "note.issue": null,
      "note.lost": null,
      "note.next_date": null,
      ...Object.fromEntries(Object.entries(scope().params).map(([name, value]) => [`params.${name}`, value])),
      ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [`facts.${name}`, value])),
      ...more,
    };
    return new Map(Object.entries(all).map(([name, value]) => [name, { value, source: "test" }]));
  };
  const render = (id: string, values = known()) => {
    const announcement = runbook.announcements.find((any) => any.id === id);
    if (announcement === undefined) throw new Error(`no announcement ${id}`);
    const rendered = renderAnnouncement(announcement, values);
    if (!rendered.ok) throw new Error(rendered.message);
    return rendered;
  };

  test("every template renders with full facts, and none has a gap", () => {
    for (const { id } of runbook.announcements) {
      const rendered = render(id);
      expect(rendered.missing, id).toEqual([]);
      expect(`# ${rendered.subject}\n\n${rendered.text}`).toMatchSnapshot(id);
    }
  });

  test("no template can tell users the names of hosts, containers or paths", () => {
    for (const { id, subject, body } of runbook.announcements) {
      expect(`${subject}${body}`, id).not.toMatch(
        /params\.(container|data_dir|bin_dir|config_file|volume_path|mount_point|database|db_user|os_user|port)/,
      );
    }
  });

  test("what was not measured is not said: the gap has its name", () => {
    delete facts["accepted.slower_percent"];
    const rendered = render("done");
    expect(rendered.missing).toEqual(["facts.accepted.slower_percent"]);
    expect(rendered.text).toContain("[facts.accepted.slower_percent] %");
  });

  test("a trial without encryption says so in capitals", () => {
    expect(render("done").text).toContain("LUKS2");
    expect(render("done", known({ "facts.volume.encrypted": "none" })).text).toContain("NOT ENCRYPTED");
  });

  test("a rollback tells what happened, what was lost and the new date, where a person wrote it", () => {
    const values = known({
      "note.issue": "A checksum differed.",
      "note.lost": "Entries after 04:00 are kept and will be added.",
      "note.next_date": "10 December",
    });
    const text = render("rolled-back", values).text;
    expect(text).toContain("A checksum differed.");
    expect(text).toContain("Entries after 04:00");
    expect(text).toContain("10 December, to be confirmed");
    expect(render("rolled-back").text).toContain("Nothing was lost.");
  });

  test("after users returned, a rollback never claims that nothing was lost", () => {
    const rendered = render("rolled-back", known({ "run.loses_nothing": false }));
    expect(rendered.text).not.toContain("Nothing was lost");
    expect(rendered.missing).toEqual(["note.lost"]);
  });
});
