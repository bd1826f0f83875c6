import { startServer } from "./start.ts";
import { whyNotStarted } from "./startTrouble.ts";

/**
 * The server's way in: reads the configuration, starts everything, says so in one line of JSON on stdout, and ends gracefully on
 * SIGTERM or SIGINT. Whatever stops the start is said in words on stderr, with exit code 1.
 */
try {
  const running = await startServer(process.env, process.argv.slice(2));
  let ending = false;
  const end = (): void => {
    // A second Ctrl-C of somebody who does not want to wait.
    if (ending) process.exit(1);
    ending = true;
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The server did not end cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  void running.lost.then(() => {
    process.stderr.write("The database is lost, so the server ends. Look at the lines above, and start it again.\n");
    process.exit(1);
  });
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.stdout.write(`${JSON.stringify({ ready: true, url: running.url })}\n`);
} catch (error) {
  process.stderr.write(`${whyNotStarted(error, process.env.STATE_DIRECTORY ?? ".slackwater")}\n`);
  process.exit(1);
}
