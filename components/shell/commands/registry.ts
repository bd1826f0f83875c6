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

/** All commands of the page that is shown. The newest registration wins an id or a key. */
export type CommandRegistry = {
  /** Adds commands until the returned function is called. */
  readonly register: (commands: readonly Command[]) => () => void;
  /** The commands of now; the same array until something changes. */
  readonly list: () => readonly Command[];
  readonly subscribe: (listener: () => void) => () => void;
};

/** Makes an empty registry. */
export function createCommandRegistry(): CommandRegistry {
  let groups: readonly (readonly Command[])[] = [];
  let commands: readonly Command[] = [];
  const listeners = new Set<() => void>();
  const set = (next: readonly (readonly Command[])[]): void => {
    groups = next;
    const byId = new Map<string, Command>();
    for (const command of groups.flat()) byId.set(command.id, command);
    const keyOwner = new Map<string, string>();
    for (const command of byId.values()) if (command.keys !== undefined) keyOwner.set(command.keys, command.id);
    commands = [...byId.values()].map((command) => {
      if (command.keys === undefined || keyOwner.get(command.keys) === command.id) return command;
      const { keys: _taken, ...rest } = command;
      return rest;
    });
    for (const listener of listeners) listener();
  };
  return {
    register: (added) => {
      set([...groups, added]);
      return () => set(groups.filter((group) => group !== added));
    },
    list: () => commands,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
