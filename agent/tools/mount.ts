import type { ToolCall } from "./toolCall.ts";
import { failureBy } from "./toolCall.ts";

/** mount(8), "Return codes": 1 usage or permission, 2 system error, 4 bug, 8 interrupted, 16 mtab, 32 failure, 64 some succeeded. */
const failureOf = failureBy({ 1: "notPermitted", 32: "programFailed" }, [
  { says: /already mounted|mount point busy|target is busy/, means: "deviceInUse" },
  { says: /does not exist|can't find|special device .* does not exist/, means: "deviceMissing" },
  { says: /unknown filesystem type/, means: "kernelLacksModule" },
]);

/** Mounts an ext4 file system. Nothing on it may be a device or gain rights. */
export function mountCall(device: string, mountPoint: string): ToolCall {
  return {
    file: "mount",
    args: ["--types", "ext4", "--options", "noatime,nodev,nosuid", "--", device, mountPoint],
    debianPackage: "mount",
    failureOf,
  };
}

/** Unmounts. Never lazily: a lazy unmount would hide that something still writes. */
export function umountCall(mountPoint: string): ToolCall {
  return { file: "umount", args: ["--", mountPoint], debianPackage: "mount", failureOf };
}
