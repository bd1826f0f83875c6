import { pinOf } from "../../domain/identity/serverPin.ts";
import type { Config, Environment } from "../config.ts";
import { readConfig } from "../config.ts";
import { fingerprintWords } from "../identity/words.ts";
import { readChain, shown } from "../tls/chain.ts";
import { readCertificates } from "../tls/givenFiles.ts";
import { readLocalCa } from "../tls/localCa.ts";
import type { CommandReport } from "./report.ts";

/** Said where it is read aloud: these are the words that hosts and people compare. */
const wordsLine = (fingerprint: string) => [
  `in six words  ${fingerprintWords(fingerprint).join(" ")}`,
  `sha256        ${fingerprint}`,
];

/**
 * Says what hosts pin of the server's TLS, in six words, and the local authority's certificate where there is one. From the configuration
 * and the state directory: the server need not run.
 */
export function sayCa(words: { readonly state: string | undefined; readonly environment: Environment }): CommandReport {
  const { state, environment } = words;
  const config = readConfig(state === undefined ? environment : { ...environment, STATE_DIRECTORY: state }, []);
  const { tls } = config;
  switch (tls.kind) {
    case "given":
      return ofFile(tls.certFile, "TLS_CERT");
    case "proxy":
      if (tls.certFile !== undefined) return ofFile(tls.certFile, "PROXY_CERT");
      return nothing("The proxy has the certificate. To let hosts pin it, name its file in PROXY_CERT.");
    case "localCa":
    case "none":
      // Also without the server's own environment: whoever asks for the words has just the folder at hand.
      return ofLocalCa(config);
    default:
      return tls satisfies never;
  }
}

const nothing = (line: string): CommandReport => ({ exitCode: 1, lines: [line] });

function ofFile(file: string, setting: string): CommandReport {
  const pin = pinOf(readChain(readCertificates(file, setting)).map(shown));
  return pin === undefined ? nothing(`${file} holds no certificate.`) : { exitCode: 0, lines: wordsLine(pin) };
}

function ofLocalCa({ stateDirectory }: Config): CommandReport {
  const ca = readLocalCa(stateDirectory);
  if (ca !== undefined) return { exitCode: 0, lines: [...wordsLine(ca.fingerprint), ca.certificate.trimEnd()] };
  return nothing(
    `There is no local certificate authority in ${stateDirectory}. It is made when the server starts with TLS_LOCAL_CA=1.`,
  );
}
