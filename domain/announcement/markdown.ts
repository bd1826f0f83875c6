import type { Token } from "markdown-it";
import MarkdownIt from "markdown-it";

// HTML in a text is shown, not obeyed; links to anything but the web and mail are left as text by the library.
const reader = new MarkdownIt({ html: false, linkify: true, breaks: true });

/** Markdown as HTML, safe to show: no HTML of the text's own passes through. */
export function markdownToHtml(markdown: string): string {
  return reader.render(markdown).trimEnd();
}

function inlineText(children: readonly Token[]): string {
  let text = "";
  let href = "";
  let linkStart = 0;
  for (const child of children) {
    switch (child.type) {
      case "text":
      case "text_special":
      case "code_inline":
        text += child.content;
        break;
      case "softbreak":
      case "hardbreak":
        text += "\n";
        break;
      case "link_open":
        href = String(child.attrGet("href") ?? "");
        linkStart = text.length;
        break;
      case "link_close":
        if (text.slice(linkStart) !== href.replace(/^mailto:/, "")) text += ` (${href})`;
        break;
      default:
        // Emphasis and its like have no form in plain text.
        break;
    }
  }
  return text;
}

/** Markdown as plain text, as it would be typed by hand: paragraphs with a line between, lists with hyphens or numbers. */
export function markdownToText(markdown: string): string {
  const blocks: string[] = [];
  const lists: { next: number | undefined; isFirst: boolean }[] = [];
  let marker = "";
  for (const token of reader.parse(markdown, {})) {
    switch (token.type) {
      case "bullet_list_open":
      case "ordered_list_open":
        lists.push({
          next: token.type === "ordered_list_open" ? Number(token.attrGet("start") ?? 1) : undefined,
          isFirst: lists.length === 0,
        });
        break;
      case "bullet_list_close":
      case "ordered_list_close":
        lists.pop();
        break;
      case "list_item_open": {
        const list = lists.at(-1);
        marker = list?.next === undefined ? "- " : `${list.next}. `;
        if (list?.next !== undefined) list.next += 1;
        break;
      }
      case "inline":
      case "fence":
      case "code_block": {
        const text = token.type === "inline" ? inlineText(token.children ?? []) : token.content.trimEnd();
        const list = lists.at(-1);
        const indent = "  ".repeat(Math.max(0, lists.length - 1));
        const block = `${indent}${marker}${text.replaceAll("\n", `\n${indent}${" ".repeat(marker.length)}`)}`;
        const previous = blocks.pop();
        if (previous === undefined) blocks.push(block);
        else if (list !== undefined && marker !== "" && !list.isFirst) blocks.push(`${previous}\n${block}`);
        else blocks.push(previous, block);
        if (list !== undefined) list.isFirst = false;
        marker = "";
        break;
      }
      default:
        break;
    }
  }
  return blocks.join("\n\n");
}
