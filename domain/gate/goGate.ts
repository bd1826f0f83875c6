import { GateId } from "../ids.ts";

/** The approval gate: what must be open before anything on a host is changed. */
export const GO_GATE = GateId.parse("go");
