import { readFileSync, readlinkSync } from 'node:fs';
import { type ElectronApplication, expect } from '@playwright/test';

/**
 * Asserts from the kernel's own record that every renderer runs in Chromium's sandbox: system calls filtered (seccomp
 * mode 2, see proc_pid_status(5)), no way to new privileges, and, where namespaces made the sandbox, in another user
 * namespace than the tests.
 */
export async function assertSandboxed(electron: ElectronApplication): Promise<void> {
  const renderers = await electron.evaluate(({ webContents }) =>
    webContents
      .getAllWebContents()
      .flatMap((contents) => contents.mainFrame.framesInSubtree.map((frame) => frame.osProcessId)),
  );
  expect(renderers.length, 'there is a renderer').toBeGreaterThan(0);
  for (const pid of new Set(renderers)) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status, `renderer ${pid}`).toMatch(/^Seccomp:\s+2$/m);
    expect(status, `renderer ${pid}`).toMatch(/^NoNewPrivs:\s+1$/m);
    const namespace = userNamespace(pid);
    if (namespace !== null) expect(namespace, `user namespace of renderer ${pid}`).not.toBe(userNamespace('self'));
  }
}

/** Null where the kernel does not show it to us: under the setuid helper the process belongs to root's namespace. */
function userNamespace(pid: number | 'self'): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`);
  } catch {
    return null;
  }
}
