/** Text that may stand in a page as it is: everything that came from outside was escaped when it was put in. */
export class SafeHtml {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | SafeHtml | readonly SafeHtml[];

/** Puts a piece of a page together; every value that is no piece itself is escaped. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): SafeHtml {
  return new SafeHtml(literals.map((literal, index) => `${literal}${shown(parts[index])}`).join(""));
}

/** A table of two columns; a sentence where there is nothing to put into it. */
export function rows(entries: readonly (readonly [string, string])[], none = "None."): SafeHtml {
  if (entries.length === 0) return html`<p>${none}</p>`;
  return html`<table>${entries.map(([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>`)}</table>`;
}

/** A whole page that loads nothing and runs nothing, whatever its texts say. */
export function page(title: string, body: SafeHtml): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; border-bottom: 1px solid #999; }
pre { font: 12px/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; background: #f3f3f3; padding: .5rem; }
table { border-collapse: collapse; } th { text-align: left; font-weight: 600; padding-right: 1rem; vertical-align: top; }
td, th { border-bottom: 1px solid #ddd; overflow-wrap: anywhere; } li { margin: .5rem 0; break-inside: avoid; } small { color: #555; }
@media print { body { margin: 0; max-width: none; } pre { background: none; border: 1px solid #999; } }
</style>
</head>
<body>${body}
</body>
</html>
`.text;
}

function shown(part: Part | undefined): string {
  if (part === undefined) return "";
  if (part instanceof SafeHtml) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return String(part).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
