"use client";

import { Fingerprint } from "lucide-react";
import { useState, useSyncExternalStore } from "react";
import { useForm } from "react-hook-form";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import type { SignInOutcome } from "./signIn.ts";
import { canUsePasskeys, signInByPasskey, signInByPassword } from "./signIn.ts";

interface Typed {
  readonly email: string;
  readonly password: string;
}

const never = () => () => undefined;

/**
 * Signing in: e-mail and password, or a passkey. What was typed stays, whatever goes wrong.
 * @param to where to go afterwards: a path of our own
 * @param otherNames host names that this server is moved from: their passkeys count as well
 */
export function SignInForm(props: { to: string; otherNames: readonly string[] }) {
  const [busy, setBusy] = useState<"password" | "passkey" | { readonly under: string } | undefined>();
  const [trouble, setTrouble] = useState<string | undefined>();
  const hasPasskeys = useSyncExternalStore(never, canUsePasskeys, () => true);
  const { register, handleSubmit, setError, formState } = useForm<Typed>({
    defaultValues: { email: "", password: "" },
  });
  const { errors } = formState;

  const end = (outcome: SignInOutcome): void => {
    // Left as a whole page: nothing that was read without a session stays.
    if (outcome.ok) {
      window.location.assign(props.to);
      return;
    }
    setBusy(undefined);
    if (outcome.field) setError(outcome.field, { message: outcome.words }, { shouldFocus: true });
    else setTrouble(outcome.words);
  };
  const byPassword = handleSubmit(async ({ email, password }) => {
    setTrouble(undefined);
    setBusy("password");
    end(await signInByPassword(email.trim(), password));
  });
  const byPasskey = async (under?: string): Promise<void> => {
    setTrouble(undefined);
    setBusy(under === undefined ? "passkey" : { under });
    end(await signInByPasskey(under));
  };

  return (
    // method: were the form sent before its script is here, the password must not end up in the address.
    <form method="post" noValidate onSubmit={(event) => void byPassword(event)} className="flex flex-col gap-4">
      <Field label="E-mail" required error={errors.email?.message}>
        {(control) => (
          <TextInput
            {...control}
            type="email"
            size="large"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            {...register("email", { required: "Write your e-mail address." })}
          />
        )}
      </Field>
      <Field label="Password" required error={errors.password?.message}>
        {(control) => (
          <TextInput
            {...control}
            type="password"
            size="large"
            autoComplete="current-password"
            {...register("password", { required: "Write your password." })}
          />
        )}
      </Field>
      <div role="alert" className="text-stop empty:hidden">
        {trouble}
      </div>
      <Button type="submit" variant="primary" size="large" wide busy={busy === "password" ? "Signing in" : undefined}>
        Sign in
      </Button>
      <Button
        size="large"
        wide
        icon={<Fingerprint aria-hidden="true" />}
        busy={busy === "passkey" ? "Waiting for your passkey" : undefined}
        disabledReason={hasPasskeys ? undefined : "This browser has no passkeys."}
        reasonPlace="below"
        onClick={() => void byPasskey()}
      >
        Sign in with a passkey
      </Button>
      {hasPasskeys &&
        props.otherNames.map((under) => (
          <Button
            key={under}
            size="large"
            wide
            busy={typeof busy === "object" && busy.under === under ? "Waiting for your passkey" : undefined}
            onClick={() => void byPasskey(under)}
          >
            With a passkey of {under}
          </Button>
        ))}
    </form>
  );
}
