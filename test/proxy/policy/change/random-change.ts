import { ROADS } from '../../../../model/gained-identity.ts';
import type { PolicyQuestion } from '../../../../proxy/policy/policy-question.ts';
import type { Random } from '../../masking/random.ts';
import { acting, question } from '../policies.ts';

/** Policies over a small vocabulary, so that rules meet each other and the requests; and changes as people make them. */

type Block = Record<string, unknown>;
export interface RandomRule extends Block {
  id: string;
  effect: string;
  match: Block;
}
export interface RandomPolicy {
  sets: Block;
  rules: RandomRule[];
}

const VERBS = ['get', 'list', 'create', 'delete', '*'];
const RESOURCES = ['pods', 'secrets', 'pods/exec', 'jobs.batch', '*', '*/*', 'pods/*', '*.batch', '*/exec'];
const PATHS = ['/healthz', '/healthz/*', '*'];
const NAMES = ['shop', 'vault', 'sh*', '*', '*op', 's*p', ''];
const USERS = ['local:ada', 'local:bob', 'local:*', '*'];
const GROUPS = ['gatehouse:local', 'dev', 'gate*'];
const IDENTITIES = ['bob', 'system:admin', 'b*', '*'];
const ACCOUNTS = ['ci:bot', 'ci:*', '*'];
const TIMES = ['5m', '10m', '2h'];

function some(random: Random, all: readonly string[]): string[] {
  return [...new Set(Array.from({ length: 1 + random.below(2) }, () => random.pick(all)))];
}

const maybe = (random: Random, chance: number) => random.next() < chance;

function identities(random: Random): Block | string {
  if (maybe(random, 0.15)) return '$people';
  const block: Block = {};
  if (maybe(random, 0.6)) block['users'] = some(random, IDENTITIES);
  if (maybe(random, 0.4)) block['groups'] = some(random, ['dev', 'system:*', '*']);
  if (maybe(random, 0.4) || Object.keys(block).length === 0) block['serviceAccounts'] = some(random, ACCOUNTS);
  return block;
}

const DIMENSIONS: Readonly<Record<string, (random: Random) => unknown>> = {
  verbs: (random) => (maybe(random, 0.2) ? ['$reads'] : some(random, VERBS)),
  resources: (random) => some(random, RESOURCES),
  nonResourceURLs: (random) => some(random, PATHS),
  namespaces: (random) => (maybe(random, 0.2) ? ['$spaces'] : some(random, NAMES)),
  names: (random) => some(random, ['p', 'q', 'p*', '*']),
  subjects: (random) => (maybe(random, 0.7) ? { users: some(random, USERS) } : { groups: some(random, GROUPS) }),
  sessions: (random) => some(random, ['inAppTerminal', 'headless']),
  clusters: (random) => {
    const block: Block = {};
    if (maybe(random, 0.6)) block['names'] = some(random, ['prod', 'pr*', 'test']);
    if (maybe(random, 0.5) || !block['names']) block['labels'] = { env: random.pick(['prod', 'test']) };
    return maybe(random, 0.15) ? '$there' : block;
  },
  impersonation: (random) => ({
    ...(maybe(random, 0.4) ? { any: true } : { as: identities(random) }),
    ...(maybe(random, 0.3) ? { uids: some(random, ['1', '*']) } : {}),
  }),
};

function dimensions(random: Random, chance: number): Block {
  return Object.fromEntries(
    Object.entries(DIMENSIONS).flatMap(([key, make]) => (maybe(random, chance) ? [[key, make(random)]] : [])),
  );
}

function exclusion(random: Random): Block {
  const block = dimensions(random, 0.2);
  return Object.keys(block).length === 0 ? { verbs: some(random, VERBS) } : block;
}

function actsAs(random: Random): Block {
  return {
    ...(maybe(random, 0.5) ? { any: true } : { as: identities(random) }),
    ...(maybe(random, 0.4) ? { through: some(random, ['impersonation', 'token', 'pod']) } : {}),
    ...(maybe(random, 0.4) ? { strong: true } : {}),
  };
}

function match(random: Random): Block {
  return {
    ...dimensions(random, 0.25),
    ...(maybe(random, 0.25) ? { not: Array.from({ length: 1 + random.below(2) }, () => exclusion(random)) } : {}),
    ...(maybe(random, 0.2) ? { actsAs: actsAs(random) } : {}),
  };
}

function approval(random: Random): Block {
  return {
    level: random.pick(['ownerConfirm', 'ownerConfirm', 'peer']),
    requestTTL: random.pick(TIMES),
    grantTTL: random.pick(TIMES),
    hold: random.pick(['60s', '120s']),
    reason: random.pick(['optional', 'required']),
  };
}

const SECRET_FIELDS = ['data.*', "data['ca.crt']", 'data.password'];
const COPY = 'kubectl.kubernetes.io/last-applied-configuration';

function mask(random: Random): Block {
  const block: Block = { resource: random.pick(['secrets', 'secrets', '*']) };
  if (maybe(random, 0.7)) block['fields'] = some(random, SECRET_FIELDS);
  if (maybe(random, 0.4)) block['annotations'] = some(random, [COPY, 'note']);
  if (maybe(random, 0.3)) block['patterns'] = some(random, ['builtin:jwt', 'builtin:private-key']);
  if (maybe(random, 0.3)) block['keep'] = some(random, SECRET_FIELDS);
  if (maybe(random, 0.3)) block['as'] = 'redact';
  return block['fields'] || block['annotations'] || block['patterns'] ? block : { ...block, fields: ['data.*'] };
}

function obligations(random: Random): Block {
  const block: Block = {};
  if (maybe(random, 0.4)) block['mask'] = Array.from({ length: 1 + random.below(2) }, () => mask(random));
  if (maybe(random, 0.3)) {
    block['record'] = {
      level: random.pick(['metadata', 'full']),
      required: maybe(random, 0.5),
      input: random.pick(['on', 'off', 'off']),
    };
  }
  if (maybe(random, 0.3)) {
    const stream: Block = {};
    if (maybe(random, 0.4)) stream['stdin'] = 'deny';
    if (maybe(random, 0.5)) stream['ports'] = some(random, ['80', '8080', '8000-9000']);
    if (maybe(random, 0.5) || Object.keys(stream).length === 0) stream['maxDuration'] = random.pick(TIMES);
    block['stream'] = stream;
  }
  if (maybe(random, 0.15)) block['warnings'] = 'off';
  return block;
}

function effectOf(random: Random, rule: RandomRule): void {
  rule.effect = random.pick(['allow', 'allow', 'allow', 'deny', 'requireApproval', 'requireApproval', 'none']);
  if (rule.effect === 'requireApproval') rule['approval'] ??= approval(random);
  else delete rule['approval'];
  if (rule.effect === 'none') rule['obligations'] ??= obligations(random);
}

function rule(random: Random, id: string): RandomRule {
  const made: RandomRule = { id, effect: 'allow', match: match(random) };
  if (maybe(random, 0.4)) made['obligations'] = obligations(random);
  effectOf(random, made);
  return made;
}

function sets(random: Random): Block {
  return {
    reads: some(random, VERBS),
    spaces: some(random, NAMES),
    people: { users: some(random, IDENTITIES), serviceAccounts: some(random, ACCOUNTS) },
    there: { clusters: { names: some(random, ['prod', 'pr*', 'test']) } },
  };
}

export function randomPolicy(random: Random): RandomPolicy {
  return {
    sets: sets(random),
    rules: [
      { id: 'base', effect: 'allow', match: maybe(random, 0.8) ? {} : match(random) },
      ...Array.from({ length: 1 + random.below(5) }, (_, index) => rule(random, `r${index}`)),
    ],
  };
}

/** One list made longer or shorter, or anything else of a block made anew. */
function changeBlock(random: Random, block: Block, key: string, make: (random: Random) => unknown): void {
  const value = block[key];
  if (Array.isArray(value) && maybe(random, 0.6)) {
    if (value.length > 1 && maybe(random, 0.5)) value.splice(random.below(value.length), 1);
    else value.push(...[make(random)].flat().filter((one) => !value.includes(one)));
  } else if (value !== undefined && maybe(random, 0.5)) delete block[key];
  else block[key] = make(random);
}

const CHANGES: ReadonlyArray<(random: Random, policy: RandomPolicy, rule: RandomRule) => void> = [
  (random, { rules }) => void rules.push(rule(random, `n${random.below(3)}`)),
  (_random, policy, old) => void policy.rules.splice(policy.rules.indexOf(old), 1),
  (random, _policy, old) => effectOf(random, old),
  (random, _policy, old) => {
    const [key = '', make = () => null] = random.pick(Object.entries(DIMENSIONS));
    changeBlock(random, old.match, key, make);
  },
  (random, _policy, old) => changeBlock(random, old.match, 'not', exclusion),
  (random, _policy, old) => changeBlock(random, old.match, 'actsAs', actsAs),
  (random, _policy, { approval: known }) => {
    if (typeof known === 'object' && known !== null) {
      Object.assign(known, Object.fromEntries([random.pick(Object.entries(approval(random)))]));
    }
  },
  (random, _policy, old) => {
    const known = (old['obligations'] ?? {}) as Block;
    old['obligations'] = known;
    const key = random.pick(['mask', 'record', 'stream', 'warnings']);
    const made = obligations(random);
    if (key in made) known[key] = made[key];
    else delete known[key];
    if (old.effect === 'none' && Object.keys(known).length === 0) known['record'] = { level: 'metadata' };
  },
  (random, _policy, { obligations: known }) => {
    const masks = (known as Block | undefined)?.['mask'] as Block[] | undefined;
    const made = mask(random);
    if (masks?.[0] !== undefined) {
      changeBlock(
        random,
        masks[0],
        random.pick(['fields', 'keep', 'annotations', 'patterns']),
        () => made['fields'] ?? made['keep'] ?? ['data.*'],
      );
    }
  },
  (random, { sets: known }) => {
    const key = random.pick(['reads', 'spaces']);
    changeBlock(random, known, key, () => some(random, key === 'reads' ? VERBS : NAMES));
    known[key] ??= ['get'];
  },
];

export function randomChange(random: Random, policy: RandomPolicy): RandomPolicy {
  const changed = structuredClone(policy);
  for (let left = 1 + random.below(2); left > 0 && changed.rules.length > 0; left -= 1) {
    random.pick(CHANGES)(random, changed, random.pick(changed.rules));
  }
  return changed;
}

export function policyText({ sets: known, rules }: RandomPolicy): string {
  const spec = { sets: known, rules };
  return JSON.stringify({ apiVersion: 'gatehouse/v1', kind: 'AccessPolicy', metadata: { name: 'p' }, spec });
}

/** A request about which all is known, so that its decision is the last one. */
export function randomQuestion(random: Random): PolicyQuestion {
  const isPath = maybe(random, 0.1);
  const [resource = '', apiGroup = ''] = random.pick([['pods'], ['secrets'], ['pods/exec'], ['jobs', 'batch']]);
  const impersonation = maybe(random, 0.35)
    ? acting(random.pick(['bob', 'system:admin', 'system:serviceaccount:ci:bot', 'eve']), {
        uid: maybe(random, 0.2) ? random.pick(['1', '2']) : '',
        groups: maybe(random, 0.4) ? [random.pick(['dev', 'system:masters'])] : [],
        extra: maybe(random, 0.1) ? new Map([['scopes', ['x']]]) : new Map(),
      })
    : null;
  const gained = maybe(random, 0.4)
    ? Array.from({ length: 1 + random.below(2) }, () => ({
        road: random.pick(ROADS.filter((road) => ['token', 'pod', 'rbac'].includes(road))),
        user: random.pick(['system:serviceaccount:ci:bot', 'system:serviceaccount:shop:default', 'bob', '']),
        groups: maybe(random, 0.3) ? ['system:masters'] : [],
        anyone: maybe(random, 0.2),
        strong: maybe(random, 0.6),
        says: 'somebody',
        ...(maybe(random, 0.25) ? { incidental: true as const } : {}),
      }))
    : [];
  return question({
    principal: {
      user: random.pick(['local:ada', 'local:bob', 'ci']),
      groups: maybe(random, 0.5) ? ['gatehouse:local'] : ['dev'],
      session: { kind: random.pick(['inAppTerminal', 'headless'] as const), id: 's' },
    },
    cluster: {
      name: random.pick(['prod', 'test']),
      labels: maybe(random, 0.6) ? { env: random.pick(['prod', 'test']) } : {},
    },
    verb: random.pick(['get', 'list', 'create', 'delete']),
    apiGroup: isPath ? '' : apiGroup,
    resource: isPath ? '' : resource,
    namespace: isPath ? '' : random.pick(['shop', 'vault', 'stop', '']),
    name: isPath ? '' : random.pick(['p', 'q', 'pq', '']),
    nonResourcePath: isPath ? random.pick(['/healthz', '/healthz/ready', '/version']) : '',
    impersonation,
    gained,
    evaluated: true,
  });
}
