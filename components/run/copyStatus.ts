import { formatCounted } from "../../domain/format/count.ts";
import { formatTimeSeconds } from "../../domain/format/time.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { readAnnouncement } from "../announcements/readAnnouncement.ts";
import { statusAnnouncement } from "../announcements/statusAnnouncement.ts";
import { wordsOfError } from "../data/apiClient.ts";
import { announce } from "../ui/announce.ts";
import { copyText } from "../ui/copyText.ts";
import { showToast } from "../ui/toast.ts";

/** The status text with its subject, as a ticket or a chat takes it; undefined where the runbook has none. */
export async function readStatusText(run: RunView): Promise<{ text: string; missing: readonly string[] } | undefined> {
  const status = statusAnnouncement(run.announcements);
  if (!status) return undefined;
  const view = await readAnnouncement(run.runId, status.id, run.zone);
  return { text: `${view.subject}\n\n${view.text}`, missing: view.missing };
}

/** Copies the status text, for the key C: read on the press, so that what is copied is what is true then. */
export async function copyStatus(run: RunView): Promise<void> {
  try {
    const status = await readStatusText(run);
    if (!status) {
      announce("The runbook has no status text.");
      return;
    }
    const isCopied = await copyText(status.text);
    const title = isCopied ? `Copied as of ${formatTimeSeconds(Date.now(), run.zone)}` : "Not copied";
    const detail = isCopied ? copiedDetail(status) : "The browser refused. Copy it from the Announcements page.";
    announce(`${title}. ${detail}`);
    showToast({ tone: isCopied ? (status.missing.length > 0 ? "ask" : "good") : "stop", title, detail });
  } catch (error) {
    const { message } = wordsOfError(error);
    announce(`Not copied. ${message}`);
    showToast({ tone: "stop", title: "Not copied", detail: message });
  }
}

function copiedDetail(status: { text: string; missing: readonly string[] }): string {
  const length = `Status text, plain, ${formatCounted(status.text.length, "character")}`;
  return status.missing.length === 0 ? length : `${length}. Without a value: ${status.missing.join(", ")}.`;
}
