import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PolicySource } from '../../../../proxy/policy/policy-source.ts';
import { openPolicyFolder } from '../../../../proxy/policy/source/policy-folder.ts';
import { document, question } from '../policies.ts';
import { opening, trusted } from './opening.ts';
import { stateWith } from './state-with.ts';

const ALLOW = document('  - {id: allow, effect: allow, match: {verbs: ["*"]}}\n');
const DENY = document('  - {id: deny, effect: deny, match: {verbs: ["*"]}}\n');
const BROKEN = document('  - {id: allow, effect: allow, match: {}, when: []}\n');

let folder: string;
let source: PolicySource;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'gatehouse-policy-')), 'policy');
});

afterEach(async () => {
  await source.close();
  await rm(join(folder, '..'), { recursive: true });
});

async function openWith(files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  source = await openPolicyFolder(folder, trusted(), opening());
}

describe('a policy folder', () => {
  it('gets the built-in policy when it is missing, as files that only their owner can read', async () => {
    source = await openPolicyFolder(folder, trusted(), opening());
    expect((await readdir(folder)).sort()).toEqual(['confirm.yaml', 'everyday.yaml', 'never.yaml']);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'never.yaml'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'everyday.yaml'), 'utf8')).toMatch(/^# What you do all day/);
    expect(source.state()).toMatchObject({ status: 'loaded', problems: [] });
    expect(source.decide(question()).outcome).toBe('allow');
  });

  it('keeps what a person wrote and adds nothing to it', async () => {
    await openWith({ 'mine.yml': DENY });
    expect(await readdir(folder)).toEqual(['mine.yml']);
    expect(source.decide(question()).decidingRule).toBe('p/deny');
  });

  it('follows changes, new files and removals', async () => {
    await openWith({ 'a.yaml': ALLOW });
    const { digest } = source.state();
    expect(source.decide(question())).toMatchObject({ outcome: 'allow', policyDigest: digest });
    await writeFile(join(folder, 'b.yaml'), DENY.replace('name: p', 'name: q'));
    const both = await stateWith(source, (state) => state.policies.length === 2);
    expect(both.digest).not.toBe(digest);
    expect(source.decide(question()).decidingRule).toBe('q/deny');
    await rm(join(folder, 'b.yaml'));
    expect((await stateWith(source, (state) => state.policies.length === 1)).digest).toBe(digest);
    expect(source.decide(question()).outcome).toBe('allow');
  });

  it('keeps the last good policy when a file breaks, and says where', async () => {
    await openWith({ 'a.yaml': DENY });
    const { digest } = source.state();
    await writeFile(join(folder, 'a.yaml'), BROKEN);
    const state = await stateWith(source, ({ status }) => status === 'stale');
    expect(state).toMatchObject({ digest, problems: [{ file: 'a.yaml', line: 6, code: 'not-supported-yet' }] });
    expect(source.decide(question())).toMatchObject({ outcome: 'deny', decidingRule: 'p/deny', policyDigest: digest });
    await writeFile(join(folder, 'a.yaml'), ALLOW);
    await stateWith(source, ({ status }) => status === 'loaded');
    expect(source.decide(question()).outcome).toBe('allow');
  });

  it('never opens when a file is emptied, removed with all others, or the folder is gone', async () => {
    await openWith({ 'allow.yaml': ALLOW, 'deny.yaml': DENY.replace('name: p', 'name: q') });
    await writeFile(join(folder, 'deny.yaml'), '');
    await stateWith(source, ({ status }) => status === 'stale');
    expect(source.decide(question()).decidingRule).toBe('q/deny');
    await rename(folder, `${folder}-away`);
    await stateWith(source, ({ problems }) => problems.some(({ code }) => code === 'missing'));
    expect(source.decide(question()).decidingRule).toBe('policy-not-loaded');
    await mkdir(folder);
    await stateWith(source, ({ problems }) => problems.some(({ code }) => code === 'no-documents'));
    expect(source.decide(question()).decidingRule).toBe('policy-not-loaded');
    await writeFile(join(folder, 'allow.yaml'), ALLOW);
    await stateWith(source, ({ status }) => status === 'loaded');
    expect(source.decide(question()).outcome).toBe('allow');
  });

  it('denies everything while there has been no good policy, naming file and line', async () => {
    await openWith({ 'a.yaml': ALLOW, 'b.yaml': BROKEN.replace('name: p', 'name: q') });
    expect(source.state().status).toBe('none');
    const decision = source.decide(question());
    expect([decision.outcome, decision.decidingRule]).toEqual(['deny', 'policy-not-loaded']);
    expect(decision.message).toContain('b.yaml, line 6');
    await writeFile(join(folder, 'b.yaml'), DENY.replace('name: p', 'name: q'));
    await stateWith(source, ({ status }) => status === 'loaded');
    expect(source.decide(question()).decidingRule).toBe('q/deny');
  });

  it('has a digest of names and contents', async () => {
    await openWith({ 'a.yaml': ALLOW });
    const { digest } = source.state();
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    await rename(join(folder, 'a.yaml'), join(folder, 'b.yaml'));
    await stateWith(source, (state) => state.digest !== digest);
    expect(source.state().policies).toEqual([{ name: 'p', file: 'b.yaml', rules: 1 }]);
  });
});
