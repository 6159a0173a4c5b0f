import type { SecretEntry } from '../../preload/contract.ts';
import { readShortcut } from './frame-messages.ts';
import type { AppShortcut } from './shortcuts.ts';

/*
 * What the main document and the two documents inside it that decide say to each other. The main document says what to show
 * and where the keyboard goes; nothing that it says decides, reveals or presses anything.
 */

/** Which Secret to show. The names and keys are what a reveal is asked with, whoever sent them. */
export interface ShownSecret {
  readonly cluster: string;
  readonly secret: SecretEntry;
}

/** Main document -> inner document. */
export type ToInner =
  | { readonly type: 'showApproval'; readonly id: string }
  | { readonly type: 'showSecret'; readonly shown: ShownSecret }
  | { readonly type: 'focus' };

/** A key that means something to the list or panel around the document. */
export type OuterKey = 'Escape' | 'j' | 'k';
const OUTER_KEYS: readonly OuterKey[] = ['Escape', 'j', 'k'];

/** Inner document -> main document. */
export type FromInner =
  | { readonly type: 'ready' }
  | { readonly type: 'key'; readonly key: OuterKey }
  | { readonly type: 'shortcut'; readonly shortcut: AppShortcut };

/** The message, when it has the shape of one. */
export function readFromInner(data: unknown): FromInner | null {
  const message = fieldsOf(data);
  switch (message?.['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'key': {
      const key = OUTER_KEYS.find((known) => known === message['key']);
      return key === undefined ? null : { type: 'key', key };
    }
    case 'shortcut': {
      const shortcut = readShortcut(message['shortcut']);
      return shortcut === null ? null : { type: 'shortcut', shortcut };
    }
    default:
      return null;
  }
}

/** The message, when it has the shape of one: the main document's word is checked like any other's. */
export function readToInner(data: unknown): ToInner | null {
  const message = fieldsOf(data);
  switch (message?.['type']) {
    case 'focus':
      return { type: 'focus' };
    case 'showApproval':
      return typeof message['id'] === 'string' ? { type: 'showApproval', id: message['id'] } : null;
    case 'showSecret': {
      const shown = fieldsOf(message['shown']);
      const secret = readSecret(shown?.['secret']);
      return typeof shown?.['cluster'] === 'string' && secret
        ? { type: 'showSecret', shown: { cluster: shown['cluster'], secret } }
        : null;
    }
    default:
      return null;
  }
}

function readSecret(data: unknown): SecretEntry | null {
  const { namespace, name, type, keys, createdAt, owners, immutable } = fieldsOf(data) ?? {};
  if (typeof namespace !== 'string' || typeof name !== 'string' || typeof type !== 'string') return null;
  if (typeof createdAt !== 'string' || typeof immutable !== 'boolean') return null;
  if (!isTexts(keys) || !isTexts(owners)) return null;
  return { namespace, name, type, keys, createdAt, owners, immutable };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function fieldsOf(data: unknown): Readonly<Record<string, unknown>> | null {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : null;
}
