import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { ClusterEntry, Screen } from '../../preload/contract.ts';
import { useBridge } from './bridge.ts';
import { useLive } from './live-queries.ts';
import type { WaitingPlace } from './waiting-place.ts';

export interface Navigation {
  /** Null until it is known whether a cluster is connected. */
  readonly screen: Screen | null;
  /** What the screen should show: an approval's id, a recording's, a section of the settings. */
  readonly item: string | null;
  readonly go: (screen: Screen, item?: string | null) => void;
  /** The cluster that screens are about. */
  readonly cluster: ClusterEntry | null;
  readonly chooseCluster: (slug: string) => void;
  readonly activeTerminal: string | null;
  readonly activateTerminal: (id: string | null) => void;
  /** The panel of waiting requests; null while it is away. */
  readonly waiting: WaitingPlace | null;
  readonly setWaiting: (waiting: WaitingPlace | null) => void;
  /** A Secret's details are out: what they show must not be covered. */
  readonly guarded: boolean;
  readonly setGuarded: (guarded: boolean) => void;
}

const NavigationContext = createContext<Navigation | null>(null);

export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext);
  if (navigation === null) throw new Error('useNavigation outside NavigationProvider');
  return navigation;
}

/** Owns where the person is: the screen, its item, the chosen cluster and the terminal in front. */
export function NavigationProvider({ children }: { readonly children: ReactNode }) {
  const bridge = useBridge();
  const clusters = useLive('clusters.list').data;
  const terminals = useLive('terminals.list').data;
  const [place, setPlace] = useState<{ screen: Screen; item: string | null } | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [activeTerminal, activateTerminal] = useState<string | null>(null);
  const [waiting, setWaiting] = useState<Navigation['waiting']>(null);
  const [guarded, setGuarded] = useState(false);

  const connected = clusters?.filter((cluster) => cluster.state === 'connected') ?? [];
  const cluster = connected.find((entry) => entry.slug === chosen) ?? connected[0] ?? null;
  const start: Screen = connected.length > 0 || (terminals?.length ?? 0) > 0 ? 'terminal' : 'clusters';
  const known = clusters !== undefined && terminals !== undefined;

  // The first screen is decided once: a cluster that connects later must not move the person.
  useEffect(() => {
    if (known) setPlace((current) => current ?? { screen: start, item: null });
  }, [known, start]);

  useEffect(
    () =>
      bridge.on('navigate', ({ screen, item }) => {
        setPlace({ screen, item });
      }),
    [bridge],
  );

  const navigation = useMemo<Navigation>(
    () => ({
      screen: place?.screen ?? null,
      item: place?.item ?? null,
      go: (screen, item = null) => setPlace({ screen, item }),
      cluster,
      chooseCluster: setChosen,
      activeTerminal,
      activateTerminal,
      waiting,
      setWaiting,
      guarded,
      setGuarded,
    }),
    [place, cluster, activeTerminal, waiting, guarded],
  );
  return <NavigationContext.Provider value={navigation}>{children}</NavigationContext.Provider>;
}
