import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Surroundings } from '../../../../proxy/policy/never-matches/surroundings.ts';
import type { PolicySource } from '../../../../proxy/policy/policy-source.ts';
import { acceptedPolicyIn } from '../../../../proxy/policy/source/accepted-policy.ts';
import { openPolicyFolder } from '../../../../proxy/policy/source/policy-folder.ts';
import { document, question } from '../policies.ts';
import { opening } from './opening.ts';
import { stateWith } from './state-with.ts';

const ALLOW = '  - {id: all, effect: allow, match: {}}\n';
const deny = (resource: string) =>
  `  - {id: no-deletes, effect: deny, match: {verbs: [delete], resources: [${resource}]}}\n`;
const RIGHT = document(ALLOW + deny('deployments.apps'));
const WRONG = document(ALLOW + deny('deployments'));
const DELETION = question({ verb: 'delete', apiGroup: 'apps', resource: 'deployments' });

let root: string;
let folder: string;
let logged: string[];
let source: PolicySource | null;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse-policy-'));
  folder = join(root, 'policy');
  logged = [];
  source = null;
  await mkdir(folder);
});

afterEach(async () => {
  await source?.close();
  await rm(root, { recursive: true });
});

const write = (text: string) => writeFile(join(folder, 'a.yaml'), text);

/** A start, as the first with a data folder, or with the record that an earlier version left of what was accepted. */
async function start(accepted: string | null = null): Promise<PolicySource> {
  const key = new Uint8Array(randomBytes(32));
  const store = acceptedPolicyIn(join(root, 'data'), { key, origin: accepted === null ? 'made' : 'kept' });
  if (accepted !== null) await store.write([{ name: 'a.yaml', text: accepted }]);
  const log = {
    info: () => undefined,
    warn: (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`),
    error: () => undefined,
  };
  source = await openPolicyFolder(folder, { store, trustsFolder: false }, { ...opening(), log });
  return source;
}

describe('a deny that names its resource wrongly', () => {
  it('is not taken at the first start: everything is denied, and each refusal says what to write', async () => {
    await write(WRONG);
    const gateway = await start();
    expect(gateway.state()).toMatchObject({
      status: 'none',
      problems: [{ file: 'a.yaml', line: 7, code: 'never-matches' }],
    });
    const { outcome, message } = gateway.decide(DELETION);
    expect(outcome).toBe('deny');
    expect(message).toContain('a.yaml, line 7');
    expect(message).toContain('write deployments.apps');
    expect(logged.join()).toContain('write deployments.apps');
  });

  it('is not taken while another policy is in force, which goes on', async () => {
    await write(RIGHT);
    const gateway = await start();
    await write(WRONG);
    const state = await stateWith(gateway, ({ status }) => status === 'stale');
    expect(state.problems[0]?.message).toContain('write deployments.apps');
    expect(gateway.decide(DELETION).outcome).toBe('deny');
  });
});

describe('a policy that an earlier version accepted with such a rule', () => {
  it('goes on as it was, and says at once what to write', async () => {
    await write(WRONG);
    const gateway = await start(WRONG);
    expect(gateway.state()).toMatchObject({ status: 'stale', problems: [{ line: 7, code: 'never-matches' }] });
    expect(gateway.decide(question()).outcome).toBe('allow');
    expect(logged.join()).toContain('write deployments.apps');
  });

  it('is tightened by setting the name right, which nobody has to accept', async () => {
    await write(WRONG);
    const gateway = await start(WRONG);
    expect(gateway.decide(DELETION).outcome).toBe('allow');
    await write(RIGHT);
    await stateWith(gateway, ({ status }) => status === 'loaded');
    expect(gateway.state()).toMatchObject({ waiting: null, problems: [] });
    expect(gateway.decide(DELETION).outcome).toBe('deny');
  });

  it('does not come into force with another mistake in it', async () => {
    await write(WRONG);
    const gateway = await start(`${WRONG}nonsense`);
    expect(gateway.state().status).toBe('none');
    expect(gateway.decide(question()).outcome).toBe('deny');
  });
});

describe('warnings of a policy in force', () => {
  const around = (...names: string[]): Surroundings => ({
    clusters: names.map((name) => ({ name, slug: name, labels: {}, served: new Map() })),
    otherContexts: [],
    sessions: ['headless'],
    principal: { user: 'local:ci', groups: ['gatehouse:local'] },
  });
  const IN_PROD = document(
    `${ALLOW}  - {id: prod, effect: deny, match: {clusters: {names: [prod-eu]}, verbs: [delete]}}\n`,
  );

  it('come and go with what is connected, and each is logged once', async () => {
    await write(IN_PROD);
    const gateway = await start();
    expect(gateway.state().warnings).toEqual([]);
    gateway.surroundedBy(around('prod-ue'));
    expect(gateway.state()).toMatchObject({
      status: 'loaded',
      warnings: [
        { file: 'a.yaml', line: 7, rule: 'p/prod', message: expect.stringContaining('did you mean prod-ue?') },
      ],
    });
    gateway.surroundedBy(around('prod-eu'));
    expect(gateway.state().warnings).toEqual([]);
    gateway.surroundedBy(around('prod-ue'));
    expect(gateway.state().warnings).toHaveLength(1);
    expect(logged).toEqual([
      expect.stringMatching(/"event":"policy-matches-nothing","file":"a\.yaml","line":7,.*did you mean prod-ue\?/),
    ]);
  });

  it('are told of the policy that comes', async () => {
    await write(IN_PROD);
    const gateway = await start();
    const told: number[] = [];
    gateway.onChange(({ warnings }) => told.push(warnings.length));
    gateway.surroundedBy(around('test'));
    await write(document(`${ALLOW}  - {id: prod, effect: deny, match: {verbs: [delete]}}\n`));
    await stateWith(gateway, ({ warnings }) => warnings.length === 0);
    expect(told).toEqual([1, 0]);
  });
});
