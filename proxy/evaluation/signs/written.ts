import type { Sign, SignCode } from '../../../model/sign.ts';
import type { JsonValue } from '../../request/json-value.ts';

/** A write, as those who look for signs see it. */
export interface WrittenObject {
  /** `create`, `update`, `patch`. */
  readonly verb: string;
  /** Says all of the object, and not only what changes: a create, a PUT, a server-side apply. */
  readonly isWhole: boolean;
  readonly namespace: string;
  /** From the URL, or from the body of a create; empty where the API server makes it up. */
  readonly name: string;
  readonly object: JsonValue;
}

export type FindSigns = (written: WrittenObject) => readonly Sign[];

export function sign(code: SignCode, says: string): Sign {
  return { code, says };
}

/** Names of nodes, services, hosts (RFC 1123), and addresses: what may be repeated of a body. */
const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9._:/]{0,252}[A-Za-z0-9])?$/;

/** A name or an address as it was written; of anything else only that there is something. */
export function nameWords(value: unknown): string {
  return typeof value === 'string' && NAME.test(value) ? value : '(something else)';
}
