import type { Flags } from '../command/flags.ts';
import { WITNESS_FILE } from '../journal/journal-witness.ts';
import { LOG_FORMATS, LOG_LEVELS } from './log/gateway-log.ts';
import { NOTIFY_FLAGS } from './notify/notify-flags.ts';

/** A timer of Node holds 24 days; nobody waits for longer than one. */
const WAIT_AT_MOST = 86_400;

/** Everything that can be said to a headless gateway. */
export const GATEWAY_FLAGS = {
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    kind: 'file',
    multiple: true,
    isRequired: true,
    says: 'how to reach the cluster; may be given several times, merged as kubectl does',
  },
  context: {
    type: 'string',
    value: 'NAME',
    kind: 'context',
    says: 'the context to serve (default: the current context)',
  },
  'write-kubeconfig': {
    type: 'string',
    value: 'FILE',
    kind: 'new-file',
    isRequired: true,
    says: 'where to write the kubeconfig for clients',
  },
  policy: {
    type: 'string',
    value: 'FOLDER',
    kind: 'folder',
    says: `the policy; at the first start of a data folder an empty or missing one gets the default policy (default: policy
in the data folder). A change that loosens waits for "gatehouse policy accept"`,
  },
  'trust-policy-folder': {
    type: 'boolean',
    says: `take each change of it at once: for a folder that Git or a configuration manager writes, and that nobody else
can`,
  },
  data: {
    type: 'string',
    value: 'FOLDER',
    kind: 'folder',
    says: `holds the journal and the keys; made when missing, and only its owner can enter it (default: $GATEHOUSE_DATA,
else ~/.gatehouse)`,
  },
  listen: {
    type: 'string',
    value: 'HOST:PORT',
    kind: 'address',
    default: '127.0.0.1:0',
    says: 'a loopback address; port 0 takes a free one',
  },
  wait: {
    type: 'string',
    value: 'SECONDS',
    kind: 'number',
    atMost: WAIT_AT_MOST,
    says: `be ready only when all is: the policy in force is what its folder says, the journal can be written, the API server
answers and takes the credential (whose plugin may be run for that). After this time the gateway ends and says what is
not ready (exit code 7)`,
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'text|json',
    choices: ['text', 'json'],
    default: 'text',
    says: 'the ready line in words, or as one JSON object with url, kubeconfig, policy, reach, checks, version and pid',
  },
  metrics: {
    type: 'string',
    value: 'HOST:PORT',
    kind: 'address',
    says: `a second loopback address, for /healthz, /readyz and /metrics in plain HTTP: every user of this machine can read
them, and nothing in them is secret (default: none)`,
  },
  'log-level': {
    type: 'string',
    value: 'LEVEL',
    choices: LOG_LEVELS,
    default: 'info',
    says: `what is logged: ${LOG_LEVELS.join(', ')}`,
  },
  'log-format': {
    type: 'string',
    value: 'FORMAT',
    choices: LOG_FORMATS,
    says: `${LOG_FORMATS.join(' or ')} (default: text in a terminal and in the system's journal, else json)`,
  },
  ...NOTIFY_FLAGS,
  'journal-days': { type: 'string', value: 'N', kind: 'number', default: '90', says: 'how long the journal is kept' },
  'journal-megabytes': { type: 'string', value: 'N', kind: 'number', default: '1024', says: 'how much of it is kept' },
  'journal-group': {
    type: 'string',
    value: 'GROUP',
    kind: 'group',
    says: `a group, by name or number, that may read the journal and nothing else of the data folder: for shippers. The user
of the gateway must be in it (default: the user alone)`,
  },
  'journal-witness': {
    type: 'string',
    value: 'FILE',
    kind: 'new-file',
    says: `${WITNESS_FILE}, so that one that was removed or set back is noticed (default: in $XDG_STATE_HOME/gatehouse, else
~/.local/state/gatehouse)`,
  },
} as const satisfies Flags;
