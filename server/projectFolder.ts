import { dirname } from "node:path";

/** The root of the project: where the pages' build, the migrations and the shipped runbooks lie. */
export const projectFolder: string = dirname(import.meta.dirname);
