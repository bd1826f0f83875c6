"use client";

import { useRef, useState, useSyncExternalStore } from "react";
import { Button } from "../../ui/Button.tsx";
import { Switch } from "../../ui/Choice.tsx";
import { Kbd } from "../../ui/Kbd.tsx";
import { Modal } from "../../ui/Modal.tsx";
import { areKeysOn, chooseKeys } from "./keyChoice.ts";
import { keyNames } from "./keyNames.ts";
import type { CommandRegistry } from "./registry.ts";

/** All keys that work on this page, and the choice to turn single keys off. */
export default function KeysDialog(props: { registry: CommandRegistry; onClose: () => void }) {
  const { registry } = props;
  const commands = useSyncExternalStore(registry.subscribe, registry.list, registry.list);
  const [isOn, setIsOn] = useState(areKeysOn);
  const closeRef = useRef<HTMLButtonElement>(null);
  return (
    <Modal open focusRef={closeRef} onDismiss={props.onClose} labelledBy="keys-title" className="max-w-130 px-6 py-5">
      <h2 id="keys-title" className="text-title">
        Keys
      </h2>
      <dl className="mt-3 grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1.5">
        {commands.map(
          (command) =>
            command.keys !== undefined && (
              <div key={command.id} className="contents">
                <dt>{command.title}</dt>
                <dd className="flex items-center justify-end gap-1">
                  {keyNames(command.keys).map((name, place) => (
                    <span key={name} className="flex items-center gap-1">
                      {place > 0 && <span className="text-ink3 text-label">then</span>}
                      <Kbd>{name}</Kbd>
                    </span>
                  ))}
                </dd>
              </div>
            ),
        )}
        <dt>Everything, by typing</dt>
        <dd className="flex items-center justify-end gap-1">
          <Kbd>⌘</Kbd>
          <span className="text-ink3 text-label">or</span>
          <Kbd>Ctrl</Kbd>
          <Kbd>K</Kbd>
        </dd>
      </dl>
      <div className="mt-4 flex flex-wrap items-center justify-between gap-3 border-line border-t pt-4">
        <Switch
          label="Single keys"
          note="Off: only Command or Control K works."
          checked={isOn}
          onChange={(event) => {
            chooseKeys(event.target.checked);
            setIsOn(event.target.checked);
          }}
        />
        <Button ref={closeRef} onClick={props.onClose}>
          Close
        </Button>
      </div>
    </Modal>
  );
}
