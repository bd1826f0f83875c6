/** Why a request was refused, in a word. Apart from their schema (problem.ts), whose library the first load of a page is without. */
export const PROBLEM_CODES = [
  "notSignedIn",
  "notAllowed",
  "notFound",
  "bodyInvalid",
  "conflict",
  "refused",
  "tooMany",
  "unavailable",
  "defect",
] as const;
