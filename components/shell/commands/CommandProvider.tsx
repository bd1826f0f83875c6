"use client";

import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { createContext, lazy, use, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { announce } from "../../ui/announce.ts";
import { Part } from "../../ui/Part.tsx";
import type { Place } from "../places.ts";
import { areKeysOn } from "./keyChoice.ts";
import { keyOf, NO_KEYS, pressKey } from "./keySequence.ts";
import type { Command, CommandRegistry } from "./registry.ts";
import { createCommandRegistry } from "./registry.ts";

const CommandMenu = lazy(() => import("./CommandMenu.tsx"));
const KeysDialog = lazy(() => import("./KeysDialog.tsx"));

type Commands = { readonly registry: CommandRegistry; readonly openMenu: () => void };

const CommandContext = createContext<Commands | undefined>(undefined);

function useCommandContext(): Commands {
  const commands = use(CommandContext);
  if (!commands) throw new Error("Commands need an AppShell above them");
  return commands;
}

/**
 * Lets a page say what can be ordered on it, from the keyboard and the command menu, for as long as it is shown.
 * @param commands may be made anew at each rendering: what is done is the newest, and lists change only when their words do
 */
export function useCommands(commands: readonly Command[]): void {
  const { registry } = useCommandContext();
  const owner = useId();
  useEffect(() => registry.put(owner, commands));
  useEffect(() => () => registry.drop(owner), [registry, owner]);
}

/** Opens the command menu, for its button in the top bar. */
export function useOpenCommandMenu(): () => void {
  return useCommandContext().openMenu;
}

/** Gives a command, or says politely why it cannot be given now. */
function give(command: Command): void {
  if (command.disabledReason === undefined) command.run();
  else announce(`${command.title}: ${command.disabledReason}`);
}

/**
 * Listens to the keyboard and holds the commands of the page: G then a letter goes to a place, ? shows all keys, Command
 * or Control K everything. The menu and the list of keys are fetched when they are first wanted.
 */
export function CommandProvider(props: { places: readonly Place[]; children: ReactNode }) {
  const { places } = props;
  const router = useRouter();
  const [registry] = useState(createCommandRegistry);
  const [opened, setOpened] = useState<"menu" | "keys" | undefined>(undefined);
  const keyStateRef = useRef(NO_KEYS);

  useEffect(
    () =>
      registry.put("places", [
        ...places.map((place) => ({
          id: `go-${place.id}`,
          title: `Go to ${place.label.toLowerCase()}`,
          group: "Go",
          keys: `g ${place.key}`,
          run: () => router.push(place.href),
        })),
        { id: "keys", title: "Show all keys", group: "Help", keys: "?", run: () => setOpened("keys") },
      ]),
    [registry, places, router],
  );

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
        // Over a question nothing opens: its answer comes first.
        if (document.querySelector("dialog:modal")) return;
        event.preventDefault();
        setOpened("menu");
        return;
      }
      const key = keyOf(event);
      if (key === undefined || !areKeysOn()) return;
      const commands = registry.list();
      const bindings = new Set(commands.flatMap((command) => command.keys ?? []));
      const { state, match } = pressKey(keyStateRef.current, key, event.timeStamp, bindings);
      keyStateRef.current = state;
      const command = commands.find((each) => each.keys === match && match !== undefined);
      if (!command) return;
      event.preventDefault();
      give(command);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [registry]);

  const openMenu = useCallback(() => setOpened("menu"), []);
  const commands = useMemo(() => ({ registry, openMenu }), [registry, openMenu]);
  const close = (): void => setOpened(undefined);
  return (
    <CommandContext value={commands}>
      {props.children}
      {opened !== undefined && (
        <Part key={opened} name={opened === "menu" ? "The menu" : "The list of keys"} floats>
          {opened === "menu" && <CommandMenu registry={registry} onGive={give} onClose={close} />}
          {opened === "keys" && <KeysDialog registry={registry} onClose={close} />}
        </Part>
      )}
    </CommandContext>
  );
}
