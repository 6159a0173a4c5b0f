import type { BrowserWindow, PowerMonitor } from 'electron';

/** Tells whether a person can see the window: not while it is minimised or hidden, nor while the machine sleeps. */
export function followSeen(
  window: BrowserWindow,
  power: Pick<PowerMonitor, 'on' | 'off'>,
  tell: (seen: boolean) => void,
): void {
  const seen = () => tell(window.isVisible() && !window.isMinimized());
  const unseen = () => tell(false);
  window.on('show', seen).on('restore', seen).on('hide', unseen).on('minimize', unseen);
  power.on('suspend', unseen);
  power.on('resume', seen);
  window.on('closed', () => {
    power.off('suspend', unseen);
    power.off('resume', seen);
    tell(false);
  });
}
