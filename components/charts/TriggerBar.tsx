import clsx from "clsx";

/**
 * A trigger's value against its threshold: a 3 px bar and a mark where it fires. The words and the value stand beside it.
 * @param share where the value lies between nothing and the end of the bar, 0 to 1
 * @param threshold where the mark lies on the same bar
 */
export function TriggerBar(props: { share: number; threshold: number; fired?: boolean; className?: string }) {
  const percent = (share: number): string => `${Math.min(1, Math.max(0, share)) * 100}%`;
  return (
    <div
      aria-hidden="true"
      className={clsx("forced-color-adjust-none relative h-0.75 rounded-[0.125rem] bg-line", props.className)}
    >
      <div
        className={clsx("h-full rounded-[0.125rem]", props.fired ? "bg-stop" : "bg-ink3")}
        style={{ width: percent(props.share) }}
      />
      <div
        className="absolute -top-0.5 h-1.75 w-0.5 -translate-x-1/2 bg-stop"
        style={{ left: percent(props.threshold) }}
      />
    </div>
  );
}
