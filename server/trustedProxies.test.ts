import { expect, test } from "vitest";
import { isLoopbackAddress, isProxyName, mayComePlainly, plainAddress, proxiesOf } from "./trustedProxies.ts";

test("a proxy is one that was named, by address or network, however the socket tells it", () => {
  const isProxy = proxiesOf(["10.0.0.5", "192.168.7.0/24", "fd00::/8"]);
  for (const address of ["10.0.0.5", "192.168.7.200", "fd12::1"]) expect(isProxy(address)).toBe(true);
  for (const address of ["10.0.0.6", "192.168.8.1", "fe80::1", "unknown", ""]) expect(isProxy(address)).toBe(false);
  expect(isProxy(plainAddress("::ffff:10.0.0.5"))).toBe(true);
});

test("nobody is a proxy where none was named", () => {
  expect(proxiesOf([])("127.0.0.1")).toBe(false);
});

test("what is neither address nor network is told before the start", () => {
  expect(["10.0.0.5", "::1", "10.0.0.0/8", "fd00::/64"].every(isProxyName)).toBe(true);
  for (const text of ["proxy.example.org", "10.0.0.0/33", "10.0.0.0/8/9", "10.0.0.0/", "/8", ""]) {
    expect([text, isProxyName(text)]).toEqual([text, false]);
  }
});

test("plain HTTP is taken from this machine and named proxies, and from nobody who goes past them", () => {
  const isProxy = proxiesOf(["10.0.0.5"]);
  const ours = "10.0.0.8";
  for (const peer of ["127.0.0.1", "::1", "10.0.0.5", ours]) expect(mayComePlainly({ peer, ours }, isProxy)).toBe(true);
  for (const peer of ["10.0.0.6", "203.0.113.9", "unknown"])
    expect(mayComePlainly({ peer, ours }, isProxy)).toBe(false);
});

test("only this machine itself is loopback", () => {
  expect(["127.0.0.1", "127.9.9.9", "::1"].every(isLoopbackAddress)).toBe(true);
  expect(["0.0.0.0", "::", "10.0.0.1", "localhost.example.org"].some(isLoopbackAddress)).toBe(false);
});
