// SLACKWATER_TEST_RUN marks what a test run started, so that a server left behind by a test is found.
const PASSED_ON = ["PATH", "TMPDIR", "SLACKWATER_TEST_RUN"];

/** The whole environment of PostgreSQL's programs. Ours may hold passwords (mail, OIDC) that are no business of theirs. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const environment: Record<string, string> = { LC_ALL: "C", TZ: "UTC" };
  for (const name of PASSED_ON) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, NODE_ENV: "production" };
}
