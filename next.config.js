/**
 * Next serves pages and routes only; server/main.ts owns the HTTP server, the sockets and the status page's bytes.
 * @type {import("next").NextConfig}
 */
export default {
  poweredByHeader: false,
  devIndicators: false,
  // Left unbundled: they load native parts, wasm or reflect metadata, and break (or are doubled) inside a bundle.
  serverExternalPackages: [
    "pg",
    "pg-boss",
    "@prisma/client",
    "@prisma/adapter-pg",
    "better-auth",
    "@simplewebauthn/server",
    "execa",
    "socket.io",
    "ws",
  ],
};
