import { readFileSync } from "node:fs";

/** The user numbers of accounts given by name or number, from the host's own list. A name that is not there counts for nobody. */
export function userNumbers(accounts: readonly (string | number)[], passwdFile = "/etc/passwd"): ReadonlySet<number> {
  const byName = accounts.some((account) => typeof account === "string") ? readAccounts(passwdFile) : new Map();
  return new Set(
    accounts.flatMap((account) => {
      const number: unknown = typeof account === "number" ? account : byName.get(account);
      return typeof number === "number" ? [number] : [];
    }),
  );
}

function readAccounts(passwdFile: string): ReadonlyMap<string, number> {
  const lines = readFileSync(passwdFile, "utf8").split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [name, , number] = line.split(":");
      return name !== undefined && number !== undefined && /^\d+$/.test(number) ? [[name, Number(number)]] : [];
    }),
  );
}
