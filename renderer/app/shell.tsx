import { openSpotlight } from '@mantine/spotlight';
import { useCallback, useEffect } from 'react';
import { WAITING_FRAME, WaitingPanel } from '../features/approvals/waiting-panel.tsx';
import { focusInnerFrame } from '../live/inner-frame.tsx';
import { useNavigation } from '../live/navigation.tsx';
import { type AppShortcut, appShortcut, isMac, isOfTerminals } from '../live/shortcuts.ts';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { Banners } from './banners.tsx';
import { CommandPalette } from './command-palette.tsx';
import { SCREENS } from './screens.ts';
import styles from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { StatusBar } from './status-bar.tsx';

/** The frame: sidebar, the open screen with what waits sliding over its right, status bar. */
export function Shell() {
  const { screen, go, named, guarded, setWaiting } = useNavigation();
  const onShortcut = useCallback(
    (shortcut: AppShortcut) => {
      if (shortcut === 'palette') openSpotlight();
      else if (shortcut === 'waiting') {
        if (guarded) return go('approvals');
        setWaiting({ id: null, openedBy: 'person' });
        requestAnimationFrame(() => focusInnerFrame(WAITING_FRAME));
      } else if (shortcut === 'newTerminal') go('terminal', 'new');
    },
    [go, guarded, setWaiting],
  );
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const shortcut = appShortcut(event, isMac(), false);
      if (shortcut === null || isOfTerminals(shortcut)) return;
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
          <WaitingPanel shown={screen !== 'approvals'} onShortcut={onShortcut} />
        </div>
      </main>
      <StatusBar />
      <CommandPalette />
    </div>
  );
}
