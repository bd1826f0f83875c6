import type { ActionRegistry } from "./action.ts";
import { registered, registryOf } from "./action.ts";
import { backupCreateAction } from "./backup/create.ts";
import { backupRestoreTestAction } from "./backup/restoreTest.ts";
import { backupVerifyAction } from "./backup/verify.ts";
import { filesCopyAction } from "./files/copy.ts";
import { filesManifestAction } from "./files/manifest.ts";
import { filesVerifyAction } from "./files/verify.ts";
import { hostCipherBenchmarkAction } from "./host/cipherBenchmark.ts";
import { hostDiskAction } from "./host/disk.ts";
import { hostDiskErrorsAction } from "./host/diskErrors.ts";
import { hostFactsAction } from "./host/facts.ts";
import { hostPrerequisitesAction } from "./host/prerequisites.ts";
import { httpCheckAction } from "./http/check.ts";
import { luksCreateAction } from "./luks/create.ts";
import { luksHeaderBackupAction } from "./luks/headerBackup.ts";
import { luksCloseAction, luksOpenAction, luksReopenAction } from "./luks/openClose.ts";
import { luksProveAction, luksStatusAction, luksTestSlotAction } from "./luks/status.ts";
import { postgresAtRestAction } from "./postgres/atRest.ts";
import { postgresCountAction } from "./postgres/count.ts";
import { postgresFactsAction } from "./postgres/facts.ts";
import { postgresPointAtAction } from "./postgres/pointAt.ts";
import { postgresPointBackAction } from "./postgres/pointBack.ts";
import { postgresQueryAction } from "./postgres/query.ts";
import { postgresReadyAction } from "./postgres/ready.ts";
import { postgresScanLogAction } from "./postgres/scanLog.ts";
import { postgresStartAction } from "./postgres/start.ts";
import { postgresStopAction } from "./postgres/stop.ts";
import { trafficProveAction } from "./traffic/prove.ts";
import { trafficStartAction } from "./traffic/start.ts";
import { trafficStopAction } from "./traffic/stop.ts";

/** Every action that this agent can carry out. An action is written in its pack's folder and listed here. */
export const ACTION_REGISTRY: ActionRegistry = registryOf([
  registered(hostFactsAction),
  registered(hostPrerequisitesAction),
  registered(hostDiskAction),
  registered(hostCipherBenchmarkAction),
  registered(hostDiskErrorsAction),
  registered(trafficStopAction),
  registered(trafficStartAction),
  registered(trafficProveAction),
  registered(luksCreateAction),
  registered(luksHeaderBackupAction),
  registered(luksOpenAction),
  registered(luksCloseAction),
  registered(luksReopenAction),
  registered(luksStatusAction),
  registered(luksProveAction),
  registered(luksTestSlotAction),
  registered(filesCopyAction),
  registered(filesVerifyAction),
  registered(filesManifestAction),
  registered(postgresFactsAction),
  registered(postgresCountAction),
  registered(postgresStopAction),
  registered(postgresStartAction),
  registered(postgresReadyAction),
  registered(postgresAtRestAction),
  registered(postgresQueryAction),
  registered(postgresScanLogAction),
  registered(postgresPointAtAction),
  registered(postgresPointBackAction),
  registered(backupCreateAction),
  registered(backupVerifyAction),
  registered(backupRestoreTestAction),
  registered(httpCheckAction),
]);
