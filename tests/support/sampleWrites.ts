/**
 * Pause between two writes of the sample's client in tests that work in guests (ms). At the demo's ten a second its client and service take
 * most of the one core that a guest has on a slow machine, and what the test is about waits for the rest.
 */
export const WRITE_EVERY_MS = 400;
