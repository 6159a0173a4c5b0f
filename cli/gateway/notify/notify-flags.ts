import type { Flags } from '../../command/flags.ts';

/** How somebody is told; the same for the gateway and for `gatehouse notify test`. */
export const NOTIFY_FLAGS = {
  'notify-command': {
    type: 'string',
    value: "'FILE ARGS'",
    kind: 'command',
    says: `a program that is started for each request that waits, is decided or ends, and for a change of the policy that
waits: it gets a JSON object on its standard input. No shell reads the line; quotes keep words together`,
  },
  'notify-webhook': {
    type: 'string',
    value: 'URL',
    kind: 'url',
    says: 'an address that gets the same by POST, signed as Standard Webhooks says; https, or http on this machine',
  },
  'notify-secret-file': {
    type: 'string',
    value: 'FILE',
    kind: 'file',
    says: 'the key of that signature, as whsec_ and base64; a file that nobody else can read',
  },
  'notify-ca-file': {
    type: 'string',
    value: 'FILE',
    kind: 'file',
    says: "the authorities, in PEM, that alone may sign the webhook's certificate (default: those that Node knows)",
  },
  'notify-timeout': {
    type: 'string',
    value: 'SECONDS',
    kind: 'number',
    default: '10',
    says: 'how long the program may run, and the webhook may take to answer',
  },
} as const satisfies Flags;
