import { readFile } from 'node:fs/promises';
import { app, type BrowserWindow } from 'electron';
import type { AppInfo } from '../../preload/contract.ts';
import { findKubectl, kubectlVersion } from '../environment/find-kubectl.ts';
import type { Environment } from '../environment/login-shell-environment.ts';
import type { Folders } from '../folders.ts';

/** The Settings screen's facts about this installation. */
export async function appInfo(
  { environment, principal }: { readonly environment: Environment; readonly principal: string },
  folders: Folders,
  window: BrowserWindow | null,
): Promise<AppInfo> {
  const { policy, data, recordings, kubeconfigs, logs } = folders;
  const path = await findKubectl(environment);
  return {
    version: app.getVersion(),
    electron: process.versions['electron'] ?? '',
    chromium: process.versions['chrome'] ?? '',
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    principal,
    folders: { policy, data, recordings, kubeconfigs, logs },
    kubectl: path === null ? null : { path, version: await kubectlVersion(path, environment) },
    osSandbox: await rendererIsSandboxed(window),
  };
}

/** Whether the system itself confines the page: on Linux the page's process must run under a seccomp filter. */
async function rendererIsSandboxed(window: BrowserWindow | null): Promise<boolean> {
  if (app.commandLine.hasSwitch('no-sandbox')) return false;
  if (process.platform !== 'linux' || !window) return true;
  const status = await readFile(`/proc/${window.webContents.getOSProcessId()}/status`, 'utf8').catch(() => '');
  return /^Seccomp:\s*2$/m.test(status);
}
