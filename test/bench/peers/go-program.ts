import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findCommand } from '../harness/processes.ts';

/** Builds a peer that is written in Go; null where Go is not installed. */
export function buildGoProgram(name: string, folder: string): string | null {
  const go = findCommand('go') ?? findCommand('../go/bin/go');
  if (go === null) return null;
  const out = join(folder, name);
  // Modules are off: the peers use nothing but Go's own library.
  execFileSync(go, ['build', '-o', out, 'main.go'], {
    cwd: join(process.cwd(), 'test/bench/peers', name),
    env: { ...process.env, GO111MODULE: 'off', CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return out;
}
