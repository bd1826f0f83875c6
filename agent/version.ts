import manifest from "../package.json" with { type: "json" };

/** The version of the agent, as it is told to the server and shown on the Hosts page. */
export const AGENT_VERSION: string = manifest.version;
