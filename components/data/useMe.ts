"use client";

import { useQuery } from "@tanstack/react-query";
import type { Me } from "../../protocol/http/identity.ts";
import type { Person } from "../shell/UserMenu.tsx";
import { getJson } from "./apiClient.ts";
import { queryKeys } from "./queryKeys.ts";

/** The person who is signed in; given by the server's render, read again when a passkey was added. */
export function useMe(initial: Me): Me {
  const { data } = useQuery({
    queryKey: queryKeys.me,
    queryFn: ({ signal }) => getJson<Me>("/api/me", signal),
    initialData: initial,
  });
  return data;
}

/** The person as the bar shows them: their name and what they are here. */
export function toShellPerson(me: Me): Person {
  const groups = me.groups.join(", ");
  const role = me.role === "approver" ? `signs${groups === "" ? "" : ` for ${groups}`}` : me.role;
  return { name: me.name, role };
}
