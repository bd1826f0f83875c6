import { randomUUID } from "node:crypto";
import type { CreateServiceBody } from "../../protocol/http/services.ts";
import type { Once } from "../identity/once.ts";

/** A service as it is answered to whoever added it. */
export interface ServiceOnRecord extends CreateServiceBody {
  readonly id: string;
}

/** Adds a service; answers undefined when the slug is taken. */
export async function createService(
  body: CreateServiceBody,
  once: Once<ServiceOnRecord>,
): Promise<ServiceOnRecord | undefined> {
  const earlier = await once.earlier();
  if (earlier) return earlier;
  const service = { id: randomUUID(), ...body };
  try {
    return await once.write(async (client) => {
      const { rowCount } = await client.query(
        `insert into service (id, slug, name, description) values ($1, $2, $3, $4) on conflict (slug) do nothing`,
        [service.id, service.slug, service.name, service.description],
      );
      if (rowCount !== 1) throw new SlugTaken();
      return service;
    });
  } catch (error) {
    if (error instanceof SlugTaken) return undefined;
    throw error;
  }
}

/** Somebody was quicker: undoes what was written with it. */
class SlugTaken extends Error {}
