import { z } from 'zod';
import type { RevealedValue, SecretEntry } from '../../preload/contract.ts';
import { HostError } from '../hosts/protocol.ts';
import type { GatewayDoor } from './gateway-door.ts';
import { pageShape, toSecretEntry } from './secret-entry.ts';

const PAGE = 500;
const MOST_PAGES = 200;

const namespaceShape = z.object({ metadata: z.object({ name: z.string() }) });
const revealedShape = z.object({ value: z.string() });

/** What the Secrets screen may ask. Everything goes through the gateway, so policy and journal see it as they see kubectl. */
export class Secrets {
  readonly #door: GatewayDoor;
  readonly #revealSeconds: () => number;

  constructor(door: GatewayDoor, revealSeconds: () => number) {
    this.#door = door;
    this.#revealSeconds = revealSeconds;
  }

  async namespaces(cluster: string): Promise<string[]> {
    const items = await this.#list(`/c/${cluster}/api/v1/namespaces`);
    return items.map((item) => namespaceShape.parse(item).metadata.name).sort();
  }

  /** @param namespace null: all of them. */
  async list(cluster: string, namespace: string | null): Promise<SecretEntry[]> {
    const path = namespace === null ? 'secrets' : `namespaces/${namespace}/secrets`;
    return (await this.#list(`/c/${cluster}/api/v1/${path}`)).map(toSecretEntry);
  }

  /** Settles when the approval was decided. The value is in the answer and nowhere else. */
  async reveal(request: {
    readonly cluster: string;
    readonly namespace: string;
    readonly name: string;
    readonly key: string;
    readonly reason: string;
  }): Promise<RevealedValue> {
    const { value } = revealedShape.parse(await this.#door.post('/_gatehouse/v1/reveal', request));
    const expiresAt = new Date(Date.now() + this.#revealSeconds() * 1000).toISOString();
    const text = asText(Buffer.from(value, 'base64'));
    return text === null ? { value, encoding: 'base64', expiresAt } : { value: text, encoding: 'utf8', expiresAt };
  }

  async #list(path: string): Promise<unknown[]> {
    const items: unknown[] = [];
    let next = '';
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const query = `?limit=${PAGE}${next ? `&continue=${encodeURIComponent(next)}` : ''}`;
      const { items: found, metadata } = pageShape.parse(await this.#door.get(path + query));
      items.push(...(found ?? []));
      next = metadata?.continue ?? '';
      if (!next) return items;
    }
    throw new HostError('list-too-long', `More than ${PAGE * MOST_PAGES} objects; choose a namespace`);
  }
}

/** UTF-8 text, or null where the bytes are none. */
function asText(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
