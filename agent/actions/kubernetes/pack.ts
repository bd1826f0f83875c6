import type { LoadedAction } from "../action.ts";
import { registered } from "../action.ts";
import { kubernetesApplyAction } from "./apply.ts";
import { kubernetesCpAction } from "./cp.ts";
import { kubernetesDeleteAction } from "./deleteObject.ts";
import { kubernetesExecAction } from "./exec.ts";
import { kubernetesExportAction } from "./exportObject.ts";
import { kubernetesLogsAction } from "./logs.ts";
import { kubernetesPatchAction } from "./patch.ts";
import { kubernetesRolloutStatusAction } from "./rolloutStatus.ts";
import { kubernetesScaleAction } from "./scale.ts";
import { kubernetesTopAction } from "./top.ts";
import { kubernetesWaitAction } from "./wait.ts";

/** The actions of the pack `kubernetes`, in the order in which the catalogue lists them. */
export const ACTIONS: readonly LoadedAction[] = [
  registered(kubernetesExportAction),
  registered(kubernetesScaleAction),
  registered(kubernetesApplyAction),
  registered(kubernetesPatchAction),
  registered(kubernetesRolloutStatusAction),
  registered(kubernetesWaitAction),
  registered(kubernetesExecAction),
  registered(kubernetesCpAction),
  registered(kubernetesLogsAction),
  registered(kubernetesDeleteAction),
  registered(kubernetesTopAction),
];
