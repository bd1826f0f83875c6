// A program of its own that starts a guest, says so, and then does nothing: for ending it in every way there is.
import { startGuest } from "../../../scripts/guest/guest.ts";

const stateDirectory = process.argv[2];
if (!stateDirectory) throw new Error("usage: holdGuest.ts <state directory>");
await startGuest({ name: "held", stateDirectory, memoryMiB: 256, lifetimeMs: 60_000 });
console.log("up");
