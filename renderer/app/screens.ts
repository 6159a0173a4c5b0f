import {
  IconClipboardCheck,
  IconKey,
  IconListDetails,
  IconMovie,
  IconServer2,
  IconSettings,
  IconTerminal2,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Screen } from '../../preload/contract.ts';
import { SCREEN_NAMES } from '../../preload/screens.ts';
import { ActivityScreen } from '../features/activity/activity-screen.tsx';
import { ApprovalsScreen } from '../features/approvals/approvals-screen.tsx';
import { ClustersScreen } from '../features/clusters/clusters-screen.tsx';
import { RecordingsScreen } from '../features/recordings/recordings-screen.tsx';
import { SecretsScreen } from '../features/secrets/secrets-screen.tsx';
import { SettingsScreen } from '../features/settings/settings-screen.tsx';
import { TerminalScreen } from '../features/terminal/terminal-screen.tsx';
import type { AppShortcut } from '../live/shortcuts.ts';

export interface ScreenProps {
  readonly title: string;
  readonly shown: boolean;
  readonly onShortcut: (shortcut: AppShortcut) => void;
}

export interface ScreenEntry {
  readonly screen: Screen;
  readonly title: string;
  /** What one does there; the palette says it. */
  readonly about: string;
  readonly Icon: typeof IconKey;
  readonly Component: ComponentType<ScreenProps>;
  /** At the foot of the sidebar: about the app more than the work. */
  readonly foot?: true;
  /** Stays mounted while others are shown: a frame that is taken out of the document loses what it shows. */
  readonly stays?: true;
}

const PARTS: Readonly<Record<Screen, Omit<ScreenEntry, 'screen' | 'title'>>> = {
  terminal: {
    about: 'Work with kubectl through the gateway',
    Icon: IconTerminal2,
    Component: TerminalScreen,
    stays: true,
  },
  secrets: { about: 'Browse Secrets; values are masked', Icon: IconKey, Component: SecretsScreen },
  approvals: {
    about: 'What waits for you, and what was decided',
    Icon: IconClipboardCheck,
    Component: ApprovalsScreen,
  },
  activity: { about: 'Every request, and why it was decided so', Icon: IconListDetails, Component: ActivityScreen },
  recordings: { about: 'Replay terminal sessions', Icon: IconMovie, Component: RecordingsScreen },
  clusters: { about: 'Connect and disconnect', Icon: IconServer2, Component: ClustersScreen, foot: true },
  settings: {
    about: 'Theme, terminal, policy, diagnostics',
    Icon: IconSettings,
    Component: SettingsScreen,
    foot: true,
  },
};

/** Every screen of the window, in the order of the sidebar: what shows, names or opens screens reads them here. */
export const SCREENS: readonly ScreenEntry[] = (Object.keys(PARTS) as Screen[]).map((screen) => ({
  screen,
  title: SCREEN_NAMES[screen].title,
  ...PARTS[screen],
}));
