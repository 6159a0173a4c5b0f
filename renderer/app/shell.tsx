import { openSpotlight } from '@mantine/spotlight';
import { useCallback, useEffect } from 'react';
import { ActivityScreen } from '../features/activity/activity-screen.tsx';
import { ApprovalsScreen } from '../features/approvals/approvals-screen.tsx';
import { WaitingPanel } from '../features/approvals/waiting-panel.tsx';
import { ClustersScreen } from '../features/clusters/clusters-screen.tsx';
import { RecordingsScreen } from '../features/recordings/recordings-screen.tsx';
import { SecretsScreen } from '../features/secrets/secrets-screen.tsx';
import { SettingsScreen } from '../features/settings/settings-screen.tsx';
import { TerminalScreen } from '../features/terminal/terminal-screen.tsx';
import { useNavigation } from '../live/navigation.tsx';
import { type AppShortcut, appShortcut, isMac } from '../live/shortcuts.ts';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { Banners } from './banners.tsx';
import { CommandPalette } from './command-palette.tsx';
import styles from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { StatusBar } from './status-bar.tsx';

const SCREENS = {
  clusters: ClustersScreen,
  secrets: SecretsScreen,
  approvals: ApprovalsScreen,
  activity: ActivityScreen,
  recordings: RecordingsScreen,
  settings: SettingsScreen,
} as const;

/** The frame: sidebar, the open screen with what waits sliding over its right, status bar. */
export function Shell() {
  const { screen, go, cluster, setWaitingOpen } = useNavigation();
  const onShortcut = useCallback(
    (shortcut: AppShortcut) => {
      if (shortcut === 'palette') openSpotlight();
      else if (shortcut === 'waiting') {
        setWaitingOpen(true);
        requestAnimationFrame(() => document.getElementById('waiting-panel')?.focus());
      } else if (shortcut === 'newTerminal') go('terminal', 'new');
    },
    [go, setWaitingOpen],
  );
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const shortcut = appShortcut(event, isMac(), false);
      if (shortcut === null || shortcut === 'find') return;
      event.preventDefault();
      onShortcut(shortcut);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [onShortcut]);

  const Shown = screen === null || screen === 'terminal' ? null : SCREENS[screen];
  return (
    <div className={styles.shell}>
      <div className={cluster?.production ? styles.production : styles.noProduction} />
      <Sidebar />
      <main className={styles.main}>
        <Banners />
        {screen === null ? <SkeletonRows label="Loading" /> : null}
        <div className={styles.stage}>
          {/* Terminals stay mounted: a frame that is taken out of the document loses what it shows. */}
          <div className={styles.screen} hidden={screen !== 'terminal'}>
            <TerminalScreen shown={screen === 'terminal'} onShortcut={onShortcut} />
          </div>
          {Shown ? (
            <div className={styles.screen}>
              <Shown />
            </div>
          ) : null}
          {screen === 'approvals' ? null : <WaitingPanel />}
        </div>
      </main>
      <StatusBar />
      <CommandPalette />
    </div>
  );
}
