import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { IconPlugConnected, IconSearch, IconTerminal2 } from '@tabler/icons-react';
import { useInvoke } from '../live/bridge.ts';
import { useLive } from '../live/live-queries.ts';
import { useNavigation } from '../live/navigation.tsx';
import styles from './command-palette.module.css';
import { SCREENS } from './screens.ts';

/** Screens and clusters by name: Ctrl or Cmd with K. */
export function CommandPalette() {
  const invoke = useInvoke();
  const { go, chooseCluster } = useNavigation();
  const clusters = useLive('clusters.list').data ?? [];
  const screens: SpotlightActionData[] = SCREENS.map(({ screen, Icon, title, about }) => ({
    id: `screen-${screen}`,
    label: title,
    description: about,
    leftSection: <Icon size={18} stroke={1.6} aria-hidden />,
    onClick: () => go(screen),
  }));
  const usable = clusters.filter((cluster) => cluster.problem === null);
  const open: SpotlightActionData[] = usable.map((cluster) => ({
    id: `cluster-${cluster.slug}`,
    label: cluster.state === 'connected' ? `Open a terminal on ${cluster.context}` : `Connect ${cluster.context}`,
    description: cluster.production ? `${cluster.server} · production` : cluster.server,
    leftSection:
      cluster.state === 'connected' ? (
        <IconTerminal2 size={18} stroke={1.6} aria-hidden />
      ) : (
        <IconPlugConnected size={18} stroke={1.6} aria-hidden />
      ),
    onClick: () => {
      chooseCluster(cluster.slug);
      if (cluster.state === 'connected') go('terminal', 'new');
      else {
        go('clusters', cluster.slug);
        void invoke('clusters.connect', cluster.slug).catch(() => undefined);
      }
    },
  }));
  return (
    <Spotlight
      actions={[
        { group: 'Screens', actions: screens },
        { group: 'Clusters', actions: open },
      ]}
      shortcut={null}
      nothingFound="Nothing by that name"
      highlightQuery
      scrollable
      maxHeight={420}
      radius={6}
      overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
      classNames={{ action: styles.action ?? '', actionsGroup: styles.group ?? '', search: styles.search ?? '' }}
      transitionProps={{ duration: 80 }}
      attributes={{ content: { 'aria-label': 'Go to a screen or a cluster' } }}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      searchProps={{
        leftSection: <IconSearch size={16} aria-hidden />,
        placeholder: 'Go to a screen or a cluster',
        'aria-label': 'Go to',
      }}
    />
  );
}
