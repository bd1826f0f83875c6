import { bash, Definition } from "./bash.ts";
import { WORK } from "./prelude.ts";

/** `pgpass file`: prints the name of a file in memory from which PostgreSQL's own programs read the password that stands in the file. */
export const PGPASS = new Definition(
  "pgpass",
  bash`# The password of a file for PostgreSQL's own programs, which read it from a file of another form; that one lies in memory.
pgpass() { # file with the password
  local password
  read -r password <"$1" || [[ -n $password ]]
  password=\${password//\\/\\\\}
  (umask 077 && printf '*:*:*:*:%s\n' "\${password//:/\\:}" >|"$${WORK}/pgpass")
  printf '%s' "$${WORK}/pgpass"
}`,
);
