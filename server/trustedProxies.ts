import { BlockList, isIP } from "node:net";

/** Whether a peer is one of the proxies that TRUSTED_PROXIES names. */
export type IsProxy = (address: string) => boolean;

/** An address as people write it: an IPv4 peer of a socket that listens on IPv6 too is told as `::ffff:10.0.0.5`. */
export function plainAddress(address: string | undefined): string {
  return address?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "") ?? "unknown";
}

const family = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

/** True for an address, or a network such as 10.0.0.0/8, that `proxiesOf` takes. */
export function isProxyName(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 6 ? 128 : 32));
}

/** Which peers are named. Takes what `isProxyName` accepted. */
export function proxiesOf(names: readonly string[]): IsProxy {
  const list = new BlockList();
  for (const name of names) {
    const [address = "", prefix] = name.split("/");
    if (prefix === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, Number(prefix), family(address));
  }
  return (address) => isIP(address) !== 0 && list.check(address, family(address));
}

/**
 * Whether somebody may speak plain HTTP to us: this machine, by whichever of its addresses, and the named proxies. Whoever goes past those
 * would be read on the way.
 */
export function mayComePlainly(ends: { readonly peer: string; readonly ours: string }, isProxy: IsProxy): boolean {
  return isLoopbackAddress(ends.peer) || ends.peer === ends.ours || isProxy(ends.peer);
}

/** True for this machine itself. */
export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || /^127(\.\d{1,3}){3}$/.test(address);
}
