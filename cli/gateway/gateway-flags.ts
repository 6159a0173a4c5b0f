import type { Flags } from '../command/flags.ts';
import { WITNESS_FILE } from '../journal/journal-witness.ts';

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
  'journal-days': { type: 'string', value: 'N', kind: 'number', default: '90', says: 'how long the journal is kept' },
  'journal-megabytes': { type: 'string', value: 'N', kind: 'number', default: '1024', says: 'how much of it is kept' },
  'journal-witness': {
    type: 'string',
    value: 'FILE',
    kind: 'new-file',
    says: `${WITNESS_FILE}, so that one that was removed or set back is noticed (default: in $XDG_STATE_HOME/gatehouse, else
~/.local/state/gatehouse)`,
  },
} as const satisfies Flags;
