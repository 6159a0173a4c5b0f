import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { inheritNothing } from '../../proxy/inherit-nothing.ts';
import type { Environment } from './login-shell-environment.ts';

const NAME = process.platform === 'win32' ? 'kubectl.exe' : 'kubectl';

/** kubectl's path as the shell would find it, or null. */
export async function findKubectl(environment: Environment): Promise<string | null> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (!folder) continue;
    const file = join(folder, NAME);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return null;
}

/** `v1.36.3`, or an empty text when kubectl does not say. */
export async function kubectlVersion(path: string, environment: Environment): Promise<string> {
  try {
    const start = inheritNothing(path, ['version', '--client', '-o', 'json'], environment);
    const { stdout } = await promisify(execFile)(start.file, start.args, {
      env: environment as NodeJS.ProcessEnv,
      timeout: 10_000,
    });
    const version = (JSON.parse(stdout) as { clientVersion?: { gitVersion?: unknown } }).clientVersion?.gitVersion;
    return typeof version === 'string' ? version : '';
  } catch {
    return '';
  }
}
