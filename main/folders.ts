import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything that the app keeps on disk, below one folder of the person's own. */
export interface Folders {
  readonly root: string;
  readonly policy: string;
  /** Journal and approvals. */
  readonly data: string;
  readonly recordings: string;
  readonly kubeconfigs: string;
  readonly logs: string;
  readonly keys: string;
  readonly demo: string;
  /** Start-up files for the shells of terminals. */
  readonly shell: string;
}

/** Makes the folders, each 0700 also where it existed with another mode. */
export async function prepareFolders(root: string): Promise<Folders> {
  const folders: Folders = {
    root,
    policy: join(root, 'policy'),
    data: join(root, 'data'),
    recordings: join(root, 'recordings'),
    kubeconfigs: join(root, 'kubeconfigs'),
    logs: join(root, 'logs'),
    keys: join(root, 'keys'),
    demo: join(root, 'demo'),
    shell: join(root, 'shell'),
  };
  for (const folder of Object.values(folders)) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  }
  return folders;
}
