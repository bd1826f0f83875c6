/** The first thing the keyboard reaches: past the bars, to what matters on this page. */
export function SkipLink(props: { targetId: string; children: string }) {
  return (
    <a
      href={`#${props.targetId}`}
      className="-translate-y-20 fixed top-2 left-4 z-50 rounded-control border border-edge bg-surface px-3 py-2 font-medium focus:translate-y-0"
    >
      {props.children}
    </a>
  );
}
