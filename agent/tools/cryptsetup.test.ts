import { describe, expect, test } from "vitest";
import { isLuks2, luksAddKey, luksFormat, luksTestPassphrase, parseLuksDump } from "./cryptsetup.ts";
