"use client";

import { Command as Menu } from "cmdk";
import { useId, useRef, useSyncExternalStore } from "react";
import { Kbd } from "../../ui/Kbd.tsx";
import { Modal } from "../../ui/Modal.tsx";
import { keyNames } from "./keyNames.ts";
import type { Command, CommandRegistry } from "./registry.ts";

/** Everything that can be ordered here, found by typing. Fetched when it is first opened. */
export default function CommandMenu(props: {
  registry: CommandRegistry;
  onGive: (command: Command) => void;
  onClose: () => void;
}) {
  const { registry } = props;
  const commands = useSyncExternalStore(registry.subscribe, registry.list, registry.list);
  const inputRef = useRef<HTMLInputElement>(null);
  const id = useId();
  const groups = [...new Set(commands.map((command) => command.group))];
  const choose = (command: Command): void => {
    props.onClose();
    props.onGive(command);
  };
  return (
    <Modal
      open
      focusRef={inputRef}
      onDismiss={props.onClose}
      labelledBy={`${id}-title`}
      className="mt-[12vh] max-w-140 overflow-hidden phone:mt-4"
    >
      <h2 id={`${id}-title`} className="sr-only">
        Command
      </h2>
      <Menu label="Command" loop>
        <Menu.Input
          ref={inputRef}
          placeholder="What should happen?"
          className="-outline-offset-2 w-full border-line border-b bg-surface px-4 py-3 text-large"
        />
        <Menu.List className="max-h-96 overflow-y-auto p-2">
          <Menu.Empty className="px-2 py-4 text-ink2">No command has these words.</Menu.Empty>
          {groups.map((group) => (
            <Menu.Group
              key={group}
              heading={group}
              className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-ink3 [&_[cmdk-group-heading]]:text-label"
            >
              {commands
                .filter((command) => command.group === group)
                .map((command) => (
                  <Menu.Item
                    key={command.id}
                    value={command.id}
                    keywords={[command.title, ...(command.keywords ?? [])]}
                    disabled={command.disabledReason !== undefined}
                    onSelect={() => choose(command)}
                    className="flex min-h-9 cursor-pointer items-center justify-between gap-3 rounded-control px-2 data-[disabled=true]:cursor-not-allowed data-[selected=true]:bg-sunken data-[disabled=true]:text-ink3 touch:min-h-11"
                  >
                    <span>
                      {command.title}
                      {command.disabledReason !== undefined && (
                        <span className="block text-label">{command.disabledReason}</span>
                      )}
                    </span>
                    {command.keys !== undefined && (
                      <span className="flex gap-1">
                        {keyNames(command.keys).map((name) => (
                          <Kbd key={name}>{name}</Kbd>
                        ))}
                      </span>
                    )}
                  </Menu.Item>
                ))}
            </Menu.Group>
          ))}
        </Menu.List>
      </Menu>
    </Modal>
  );
}
