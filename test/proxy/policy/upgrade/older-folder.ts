import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PolicyUpgrade, PolicyUpgraded } from '../../../../model/policy-upgrade.ts';
import { planUpgrade, takeOver } from '../../../../proxy/policy/upgrade/policy-upgrade.ts';
import { FIRST_POLICY } from './first-policy.ts';

/** A policy folder as the first version wrote it, alone in a folder that goes with the test. */
export async function folderOfFirstVersion(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'gatehouse-upgrade-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await fill(join(root, 'policy'), FIRST_POLICY);
  return join(root, 'policy');
}

export async function fill(folder: string, files: Iterable<readonly [name: string, text: string]>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of files) await writeFile(join(folder, name), text, { mode: 0o600 });
}

/** Everything in a folder, hidden too, by name and content. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).toSorted();
  const entries = names.map(async (name) => {
    const path = join(folder, name);
    return [name, (await lstat(path)).isFile() ? await readFile(path, 'utf8') : ''] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

export const offeredIn = ({ parts }: PolicyUpgrade) => parts.filter((part) => part.offered).map(({ id }) => id);

/** Takes over all that is offered. */
export async function takeAll(folder: string): Promise<PolicyUpgraded> {
  const plan = await planUpgrade(folder);
  return takeOver(folder, { digest: plan.digest, parts: offeredIn(plan) });
}
