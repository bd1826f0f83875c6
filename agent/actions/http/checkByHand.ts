import type { z } from "zod";
import type { httpCheck } from "../../../domain/action/http.ts";
import type { BashLine } from "../../byHand/bash.ts";
import { bash, Definition } from "../../byHand/bash.ts";
import { REFUSE, secretOf, WORK } from "../../byHand/prelude.ts";

const ASK_ADDRESS = new Definition(
  "ask_address",
  bash`# Asks an address once. Refuses another status and a body without the text; prints how long it took, in seconds.
ask_address() { # seconds that it may take, status, text, address, further words of curl
  local answer
  answer=$(curl --disable --silent --show-error --globoff --max-time "$1" --output "$${WORK}/body" \
    --write-out '%{http_code} %{time_total}' "\${@:5}" -- "$4")
  if [[ $answer != "$2 "* ]]; then ${REFUSE} "$4 answered \${answer%% *}, not $2."; fi
  if [[ -n $3 && $(tr -d '\0' <"$${WORK}/body") != *"$3"* ]]; then ${REFUSE} "The answer of $4 does not hold: $3"; fi
  printf '%s\n' "\${answer#* }"
}`,
);

/** How a person asks an address as often as the action does, and takes the median. */
export function checkedByHand(args: z.output<typeof httpCheck.args>): readonly BashLine[] {
  const { url, samples, warmUps, timeoutMs, expectStatus, contains } = args;
  const { token, header } = bearerByHand(args);
  const ask = bash`${ASK_ADDRESS} ${[timeoutMs / 1000, expectStatus, contains, url]}${header}`;
  return [
    ...token,
    ...(warmUps === 0 ? [] : [bash`for ((i = 0; i < ${warmUps}; i += 1)); do ${ask} >/dev/null; done`]),
    bash`took=$(for ((i = 0; i < ${samples}; i += 1)); do ${ask}; done | sort --numeric-sort)`,
    bash`printf 'The median of %s: %s s\n' ${samples} "$(sed -n ${`${Math.ceil(samples / 2)}p`} <<<"$took")"`,
  ];
}

/** The token reaches curl by a file in memory: it is in no argument. */
function bearerByHand({ bearerFile, bearerSecret }: z.output<typeof httpCheck.args>) {
  const token = bearerFile === "" ? bash`$(${secretOf(bearerSecret)})` : bash`$(<${bearerFile})`;
  if (bearerFile === "" && bearerSecret === "") return { token: [], header: bash`` };
  return {
    token: [bash`(umask 077 && printf 'Authorization: Bearer %s\n' "${token}" >"$${WORK}/header")`],
    header: bash` --header @"$${WORK}/header"`,
  };
}
