/** A line that sets the data directory, with what stands before and after the value. Comments don't count. */
const SETTING = /^[ \t]*data_directory[ \t]*=?[ \t]*'((?:[^'\\\n]|''|\\.)*)'.*$/gm;

/** The data directory that a postgresql.conf names; the last setting wins, as in the server. Undefined where there is none. */
export function dataDirectoryIn(configuration: string): string | undefined {
  const last = [...configuration.matchAll(SETTING)].at(-1)?.[1];
  return last?.replaceAll("''", "'");
}

/** The same configuration with another data directory: every earlier setting is commented out, one new line stands at the end. */
export function withDataDirectory(configuration: string, directory: string): string {
  const without = configuration.replaceAll(SETTING, (line) => `# before Slackwater: ${line.trim()}`);
  const end = without.endsWith("\n") || without === "" ? "" : "\n";
  return `${without}${end}data_directory = '${directory.replaceAll("'", "''")}'\n`;
}
