import { fitBrake } from "../../../agent/process/brake.ts";

/** Stops the processes of a task and then waits, to be killed in that moment. Arguments: task id, control group or nothing. */
const [, , taskId = "", group] = process.argv;
const brake = await fitBrake({ taskId, group: group === "" ? undefined : group });
if (brake === undefined) process.exit(1);
brake.stop();
process.stdout.write(`${brake.by}\n`);
setInterval(() => undefined, 1000);
