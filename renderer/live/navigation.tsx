import { useQuery } from '@tanstack/react-query';
import {
  createContext,
  type Dispatch,
  type ReactNode,
  type SetStateAction,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';
import type { ClusterEntry, Screen } from '../../preload/contract.ts';
import { useBridge, useInvoke } from './bridge.ts';
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
  /** The cluster that the frame names: beside a terminal that terminal's, connected or not, else `cluster`. */
  readonly named: ClusterEntry | null;
  readonly chooseCluster: (slug: string) => void;
  readonly activeTerminal: string | null;
  readonly activateTerminal: (id: string | null) => void;
  /** What is selected on the screen, so that a restart comes back to it. */
  readonly noteSelected: (item: string | null) => void;
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
  const invoke = useInvoke();
  const clusters = useLive('clusters.list').data;
  const terminals = useLive('terminals.list').data;
  const [place, setPlace] = useState<{ screen: Screen; item: string | null } | null>(null);
  const [selected, noteSelected] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [activeTerminal, activateTerminal] = useState<string | null>(null);
  const [waiting, setWaiting] = useState<Navigation['waiting']>(null);
  const [guarded, setGuarded] = useState(false);

  const connected = clusters?.filter((cluster) => cluster.state === 'connected') ?? [];
  const cluster = connected.find((entry) => entry.slug === chosen) ?? connected[0] ?? null;
  const start: Screen = connected.length > 0 || (terminals?.length ?? 0) > 0 ? 'terminal' : 'clusters';
  // Where the person was when the app ended; main answers once the terminals of then are there again.
  const before = useQuery({
    queryKey: ['workspace.placeAtStart'],
    queryFn: () => invoke('workspace.placeAtStart', undefined),
  });
  const known = clusters !== undefined && terminals !== undefined && !before.isPending;
  const was = before.data ?? null;

  // The first screen is decided once: a cluster that connects later must not move the person.
  useEffect(() => {
    if (!known) return;
    setPlace((current) => current ?? { screen: was?.place.screen ?? start, item: was?.place.item ?? null });
    if (was === null) return;
    setChosen((current) => current ?? was.place.cluster);
    activateTerminal((current) => current ?? was.terminal);
  }, [known, start, was]);

  const screen = place?.screen ?? null;
  useEffect(() => {
    if (screen === null) return;
    const moved = { screen, item: selected, cluster: chosen, terminal: activeTerminal };
    invoke('workspace.moved', moved).catch(() => undefined);
  }, [invoke, screen, selected, chosen, activeTerminal]);

  useEffect(
    () =>
      bridge.on('navigate', ({ screen, item }) => {
        setPlace({ screen, item });
        noteSelected(null);
      }),
    [bridge],
  );

  const inFront = screen === 'terminal' ? terminals?.find(({ id }) => id === activeTerminal) : undefined;
  const named = inFront === undefined ? cluster : (clusters?.find(({ slug }) => slug === inFront.cluster) ?? null);

  const navigation = useMemo<Navigation>(
    () => ({
      screen: place?.screen ?? null,
      item: place?.item ?? null,
      go: (next, item = null) => {
        setPlace({ screen: next, item });
        noteSelected(null);
      },
      cluster,
      named,
      chooseCluster: setChosen,
      activeTerminal,
      activateTerminal,
      noteSelected,
      waiting,
      setWaiting,
      guarded,
      setGuarded,
    }),
    [place, cluster, named, activeTerminal, waiting, guarded],
  );
  return <NavigationContext.Provider value={navigation}>{children}</NavigationContext.Provider>;
}

/** What is selected on a list screen: at first what it was opened on, and remembered for the next start of the app. */
export function useSelection(): [string | null, Dispatch<SetStateAction<string | null>>] {
  const { item, noteSelected } = useNavigation();
  const [selected, setSelected] = useState(item);
  useEffect(() => noteSelected(selected), [noteSelected, selected]);
  return [selected, setSelected];
}
