import path from "node:path";

/**
 * A Next project of its own, for looking at components with sample props. Never part of the product.
 * @type {import("next").NextConfig}
 */
export default {
  devIndicators: false,
  turbopack: { root: path.resolve(import.meta.dirname, "../..") },
};
