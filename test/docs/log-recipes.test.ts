import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../cli/run.ts';
import { read, section } from './documents.ts';

const LOGROTATE = ['/usr/sbin/logrotate', '/sbin/logrotate', 'logrotate'].find(
  (program) => spawnSync(program, ['--version']).error === undefined,
);
if (LOGROTATE === undefined) console.log('skipped: no logrotate here to run the recipe for a log file with');

/** The file of the document, for another log and for whoever runs this. */
function recipe(log: string): string {
  const text = /^```\n(\/var\/log\/gatehouse\/gateway\.log \{\n.*?)^```$/ms.exec(
    section(read('docs/operations.md'), '## Logs'),
  )?.[1];
  expect(text).toContain('    su gatehouse gatehouse\n');
  return (text ?? '').replace('/var/log/gatehouse/gateway.log', log).replace('    su gatehouse gatehouse\n', '');
}

test.runIf(LOGROTATE !== undefined)(
  'the recipe for logrotate, word for word: what appends goes on after the cut',
  async () => {
    const folder = join(await temporaryFolder(), 'log');
    await mkdir(folder, { mode: 0o750 });
    await chmod(folder, 0o750);
    const log = join(folder, 'gateway.log');
    const configuration = join(folder, '..', 'gatehouse.conf');
    await writeFile(configuration, recipe(log), { mode: 0o644 });
    await chmod(configuration, 0o644);
    const rotate = () =>
      spawnSync(LOGROTATE ?? '', ['--force', '--state', join(folder, '..', 'state'), configuration], {
        encoding: 'utf8',
      });

    // As the shell of the document opens it; each line is awaited by the next read of the file.
    const writer = spawn('sh', ['-c', 'while read -r line; do echo "$line" >&2; echo; done 2>> "$1"', 'sh', log], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const write = async (line: string) => {
      const written = new Promise((resolve) => writer.stdout.once('data', resolve));
      writer.stdin.write(`${line}\n`);
      await written;
    };
    await write('before');
    expect(rotate()).toMatchObject({ status: 0, stderr: '' });
    await write('between');
    expect(rotate()).toMatchObject({ status: 0, stderr: '' });
    await write('after');
    writer.stdin.end();
    expect(await readFile(log, 'utf8')).toBe('after\n');
    expect(await readFile(`${log}.1`, 'utf8')).toBe('between\n');
    expect((await readdir(folder)).sort()).toEqual(['gateway.log', 'gateway.log.1', 'gateway.log.2.gz']);
  },
);
