import { openSpotlight } from '@mantine/spotlight';
import { useCallback, useEffect } from 'react';
import { WaitingPanel } from '../features/approvals/waiting-panel.tsx';
import { useNavigation } from '../live/navigation.tsx';
import { type AppShortcut, appShortcut, isMac } from '../live/shortcuts.ts';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { Banners } from './banners.tsx';
import { CommandPalette } from './command-palette.tsx';
import { SCREENS } from './screens.ts';
import styles from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { StatusBar } from './status-bar.tsx';

/** The frame: sidebar, the open screen with what waits sliding over its right, status bar. */
export function Shell() {
  const { screen, go, named, setWaitingOpen } = useNavigation();
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

  return (
    <div className={styles.shell}>
      <div className={named?.production ? styles.production : styles.noProduction} />
      <Sidebar />
      <main className={styles.main}>
        <Banners />
        {screen === null ? <SkeletonRows label="Loading" /> : null}
        <div className={styles.stage}>
          {SCREENS.filter((entry) => entry.stays || entry.screen === screen).map((entry) => (
            <div key={entry.screen} className={styles.screen} hidden={entry.screen !== screen}>
              <entry.Component title={entry.title} shown={entry.screen === screen} onShortcut={onShortcut} />
            </div>
          ))}
          {screen === 'approvals' ? null : <WaitingPanel />}
        </div>
      </main>
      <StatusBar />
      <CommandPalette />
    </div>
  );
}
