/** Where the sample links lead. */
export default function Elsewhere() {
  return <main>Elsewhere</main>;
}
