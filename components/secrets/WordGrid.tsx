/** The words of a passphrase, numbered and large enough to copy by hand. */
export function WordGrid(props: { words: readonly string[] }) {
  const numbered = props.words.map((word, place) => ({ word, number: place + 1 }));
  return (
    <ol
      aria-label="The words"
      className="mt-4 grid grid-cols-4 gap-x-4 gap-y-2 rounded-control border border-line bg-sunken p-4 phone:grid-cols-2"
    >
      {numbered.map(({ word, number }) => (
        <li key={number} className="flex items-baseline gap-2">
          <span className="w-4 text-right text-ink3 text-label">{number}</span>
          <span className="select-text font-mono text-large">{word}</span>
        </li>
      ))}
    </ol>
  );
}
