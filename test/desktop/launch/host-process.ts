import type { ElectronApplication } from '@playwright/test';

/** One of the app's utility processes. */
export type HostName = 'gateway' | 'terminal' | 'demo cluster';

/** The process id of a host. @throws when it does not run. */
export async function hostProcess(electron: ElectronApplication, host: HostName): Promise<number> {
  const name = `Gatehouse ${host}`;
  const metrics = await electron.evaluate(({ app }) =>
    app.getAppMetrics().map(({ pid, name = '' }) => ({ pid, name })),
  );
  const found = metrics.find((process) => process.name === name);
  if (!found) throw new Error(`no process "${name}" among ${metrics.map((process) => process.name).join(', ')}`);
  return found.pid;
}
