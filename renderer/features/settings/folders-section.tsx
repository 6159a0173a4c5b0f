import type { AppInfo, Settings } from '../../../preload/contract.ts';
import { useInvoke } from '../../live/bridge.ts';
import { useLive } from '../../live/live-queries.ts';
import { Identifier } from '../../ui/identifier.tsx';
import { OpenButton } from './open-button.tsx';
import { SettingRow, SettingSection } from './setting-row.tsx';
import styles from './settings.module.css';

type Folder = keyof AppInfo['folders'];

const FOLDERS: ReadonlyArray<{ folder: Folder; label: string; hint: string }> = [
  { folder: 'data', label: 'Journal and approvals', hint: 'Append-only, hash-chained' },
  { folder: 'recordings', label: 'Recordings', hint: 'asciicast v3 files' },
  { folder: 'kubeconfigs', label: 'Kubeconfigs of the gateway', hint: 'One for each terminal' },
  { folder: 'logs', label: 'Logs', hint: 'Of the app and the gateway; no Secret material' },
];

/** Where the app keeps its files. */
export function FoldersSection({ settings }: { readonly settings: Settings }) {
  const info = useLive('app.info').data;
  if (info === undefined) return null;
  return (
    <SettingSection id="folders" title="Folders">
      {FOLDERS.map(({ folder, label, hint }) => (
        <SettingRow key={folder} label={label} hint={hint}>
          <span className={styles.grow}>
            <Identifier>{info.folders[folder]}</Identifier>
          </span>
          <OpenFolderButton folder={folder} label={label.toLowerCase()} />
        </SettingRow>
      ))}
      {settings.kubeconfigFiles.map((file) => (
        <SettingRow key={file} label="Imported kubeconfig">
          <Identifier>{file}</Identifier>
        </SettingRow>
      ))}
    </SettingSection>
  );
}

export function OpenFolderButton({ folder, label }: { readonly folder: Folder; readonly label: string }) {
  const invoke = useInvoke();
  return <OpenButton label="Open" name={`Open folder: ${label}`} open={() => invoke('app.openFolder', folder)} />;
}
