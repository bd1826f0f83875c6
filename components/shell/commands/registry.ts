/** Something a person can order from the keyboard or the command menu. */
export type Command = {
  readonly id: string;
  /** What happens, as a button would say it: "Hold", "Go to windows". */
  readonly title: string;
  /** The heading it stands under in the menu: "This run". */
  readonly group: string;
  /** One key, "h", or two one after the other, "g w". No single key destroys: such a command opens a dialog. */
  readonly keys?: string;
  readonly run: () => void;
  /** Why it cannot be given now; it stays listed. */
  readonly disabledReason?: string | undefined;
  /** Other words it can be found by. */
  readonly keywords?: readonly string[];
};

/** All commands of the page that is shown. The newest owner wins an id or a key. */
export interface CommandRegistry {
  /** Says what an owner (a part of the page) offers from now on; as often as it likes. */
  readonly put: (owner: string, commands: readonly Command[]) => void;
  /** The owner is no longer shown. */
  readonly drop: (owner: string) => void;
  /** The commands of now; the same array until something that is read of one changes. Each does what was put last. */
  readonly list: () => readonly Command[];
  readonly subscribe: (listener: () => void) => () => void;
}

/** Makes an empty registry. */
export function createCommandRegistry(): CommandRegistry {
  const owners = new Map<string, readonly Command[]>();
  let newest: ReadonlyMap<string, Command> = new Map();
  let listed: readonly Command[] = [];
  let words = "[]";
  const listeners = new Set<() => void>();
  const renew = (): void => {
    newest = new Map([...owners.values()].flat().map((command) => [command.id, command]));
    // A page that is drawn several times a second puts its commands as often: only other words are news.
    const newWords = JSON.stringify([...newest.values()]);
    if (newWords === words) return;
    words = newWords;
    const keyOwner = new Map<string, string>();
    for (const { id, keys } of newest.values()) if (keys !== undefined) keyOwner.set(keys, id);
    listed = [...newest.values()].map(({ keys, ...command }) => ({
      ...command,
      run: () => newest.get(command.id)?.run(),
      ...(keys !== undefined && keyOwner.get(keys) === command.id && { keys }),
    }));
    for (const listener of listeners) listener();
  };
  return {
    put: (owner, commands) => {
      owners.set(owner, commands);
      renew();
    },
    drop: (owner) => {
      owners.delete(owner);
      renew();
    },
    list: () => listed,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
