import {
  backupCreate,
  backupPutBack,
  backupRestore,
  backupRestoreTest,
  backupRotate,
  backupShip,
  backupVerify,
} from "./backup.ts";
import { composeLogs, composeOverlayOff, composeOverlayOn, composeStop, composeUp } from "./compose.ts";
import type { ActionSpec } from "./defineAction.ts";
import { filesCopy, filesManifest, filesVerify } from "./files.ts";
import { hostCipherBenchmark, hostDisk, hostDiskErrors, hostFacts, hostPrerequisites } from "./host.ts";
import { httpCheck } from "./http.ts";
import { httpJourney } from "./httpJourney.ts";
import {
  kubernetesApply,
  kubernetesCp,
  kubernetesDelete,
  kubernetesExec,
  kubernetesExport,
  kubernetesLogs,
  kubernetesPatch,
  kubernetesRolloutStatus,
  kubernetesScale,
  kubernetesTop,
  kubernetesWait,
} from "./kubernetes.ts";
import {
  luksClose,
  luksCreate,
  luksHeaderBackup,
  luksOpen,
  luksProve,
  luksReopen,
  luksStatus,
  luksTestSlot,
} from "./luks.ts";
import {
  postgresAtRest,
  postgresCount,
  postgresFacts,
  postgresPointAt,
  postgresPointBack,
  postgresQuery,
  postgresReady,
  postgresScanLog,
  postgresStart,
  postgresStop,
} from "./postgres.ts";
import { postgresBaseBackup, postgresDropSlot, postgresPromote, postgresStandby } from "./postgresStandby.ts";
import { prometheusQuery } from "./prometheus.ts";
import { scriptDestroy, scriptRun } from "./script.ts";
import { sqlAssert, sqlBatch, sqlCanary, sqlCancel, sqlTrigger } from "./sql.ts";
import { sqliteBackup, sqliteBackups, sqliteIntegrity, sqliteRestore } from "./sqlite.ts";
import { trafficProve, trafficStart, trafficStop } from "./traffic.ts";

/** Every action there is, typed. A new action is declared in its pack's file and listed here; the agent implements it by name. */
export const CATALOG = {
  "host.facts": hostFacts,
  "host.prerequisites": hostPrerequisites,
  "host.disk": hostDisk,
  "host.cipherBenchmark": hostCipherBenchmark,
  "host.diskErrors": hostDiskErrors,
  "traffic.stop": trafficStop,
  "traffic.start": trafficStart,
  "traffic.prove": trafficProve,
  "luks.create": luksCreate,
  "luks.headerBackup": luksHeaderBackup,
  "luks.open": luksOpen,
  "luks.close": luksClose,
  "luks.reopen": luksReopen,
  "luks.status": luksStatus,
  "luks.prove": luksProve,
  "luks.testSlot": luksTestSlot,
  "files.copy": filesCopy,
  "files.verify": filesVerify,
  "files.manifest": filesManifest,
  "postgres.facts": postgresFacts,
  "postgres.count": postgresCount,
  "postgres.stop": postgresStop,
  "postgres.start": postgresStart,
  "postgres.ready": postgresReady,
  "postgres.atRest": postgresAtRest,
  "postgres.query": postgresQuery,
  "postgres.scanLog": postgresScanLog,
  "postgres.pointAt": postgresPointAt,
  "postgres.pointBack": postgresPointBack,
  "postgres.baseBackup": postgresBaseBackup,
  "postgres.standby": postgresStandby,
  "postgres.promote": postgresPromote,
  "postgres.dropSlot": postgresDropSlot,
  "backup.create": backupCreate,
  "backup.verify": backupVerify,
  "backup.restoreTest": backupRestoreTest,
  "backup.restore": backupRestore,
  "backup.putBack": backupPutBack,
  "backup.rotate": backupRotate,
  "backup.ship": backupShip,
  "http.check": httpCheck,
  "http.journey": httpJourney,
  "prometheus.query": prometheusQuery,
  "sql.batch": sqlBatch,
  "sql.canary": sqlCanary,
  "sql.cancel": sqlCancel,
  "sql.trigger": sqlTrigger,
  "sql.assert": sqlAssert,
  "sqlite.backup": sqliteBackup,
  "sqlite.backups": sqliteBackups,
  "sqlite.restore": sqliteRestore,
  "sqlite.integrity": sqliteIntegrity,
  "compose.stop": composeStop,
  "compose.up": composeUp,
  "compose.overlayOn": composeOverlayOn,
  "compose.overlayOff": composeOverlayOff,
  "compose.logs": composeLogs,
  "kubernetes.export": kubernetesExport,
  "kubernetes.scale": kubernetesScale,
  "kubernetes.apply": kubernetesApply,
  "kubernetes.patch": kubernetesPatch,
  "kubernetes.rolloutStatus": kubernetesRolloutStatus,
  "kubernetes.wait": kubernetesWait,
  "kubernetes.exec": kubernetesExec,
  "kubernetes.cp": kubernetesCp,
  "kubernetes.logs": kubernetesLogs,
  "kubernetes.delete": kubernetesDelete,
  "kubernetes.top": kubernetesTop,
  "script.run": scriptRun,
  "script.destroy": scriptDestroy,
} as const;

/** Every action, for those who need no types of arguments: the linter, the documentation. */
export const ACTIONS: readonly ActionSpec[] = Object.values(CATALOG);

/** The action of a name; undefined where there is none. */
export function actionNamed(name: string): ActionSpec | undefined {
  return ACTIONS.find((action) => action.name === name);
}
