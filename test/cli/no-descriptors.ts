import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** Above what a test's process has open, and quickly reached. */
const SOFT_LIMIT = 512;

const limit = (words: readonly string[]) => spawnSync('prlimit', ['--pid', String(process.pid), ...words]);

/** Whether this system has what {@link withoutDescriptors} needs: util-linux. */
export const canRunOut = process.platform === 'linux' && limit(['--nofile']).status === 0;

/** Does work in this process while it can open no file: each of its descriptors is taken. */
export async function withoutDescriptors<Result>(work: () => Promise<Result>): Promise<Result> {
  const before = limit(['--nofile', '--output=SOFT', '--noheadings', '--raw']).stdout.toString().trim();
  limit([`--nofile=${SOFT_LIMIT}:`]);
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    // EMFILE: that was the last one.
  }
  try {
    return await work();
  } finally {
    for (const descriptor of taken) closeSync(descriptor);
    limit([`--nofile=${before}:`]);
  }
}
