import { Menu, Tooltip, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  IconChevronDown,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconServer2,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { ClusterEntry } from '../../preload/contract.ts';
import { pendingApprovals } from '../live/approval-order.ts';
import { useLive } from '../live/live-queries.ts';
import { useNavigation } from '../live/navigation.tsx';
import { clusterWords, isTroubled } from '../live/reach-words.ts';
import { useStoredState } from '../ui/stored-state.ts';
import { useNow } from '../ui/use-now.ts';
import { SCREENS, type ScreenEntry } from './screens.ts';
import styles from './shell.module.css';

/** Screens and the cluster they are about. Folds to icons; the fold is remembered. */
export function Sidebar() {
  const { screen, go } = useNavigation();
  const narrow = useMediaQuery('(max-width: 999px)', undefined, { getInitialValueInEffect: false }) ?? false;
  const [wide, setWide] = useStoredState('sidebar.folded', (stored) => stored === true);
  const [unfolded, setUnfolded] = useState(false);
  // A narrow window has it folded until asked; that is not what the person wants of a wide one.
  const folded = narrow ? !unfolded : wide;
  const setFolded = (fold: boolean) => (narrow ? setUnfolded(!fold) : setWide(fold));
  const now = useNow(1_000);
  const waiting = pendingApprovals(useLive('approvals.list').data ?? [], now).length;
  const item = ({ screen: target, title, Icon }: ScreenEntry) => {
    const count = target === 'approvals' ? waiting : 0;
    return (
      <SidebarItem
        key={target}
        label={title}
        name={count > 0 ? `${title} ${count} waiting` : title}
        folded={folded}
        current={screen === target}
        onClick={() => go(target)}
      >
        <Icon size={18} stroke={1.6} aria-hidden />
        <span className={styles.label}>{title}</span>
        {count > 0 ? (
          <>
            <span className={styles.count}>{count}</span>
            <VisuallyHidden>waiting</VisuallyHidden>
          </>
        ) : null}
      </SidebarItem>
    );
  };
  return (
    <nav className={`${styles.sidebar} ${folded ? styles.folded : ''}`} aria-label="Screens">
      <ClusterSwitcher folded={folded} />
      <div className={styles.items}>{SCREENS.filter((entry) => !entry.foot).map(item)}</div>
      <div className={`${styles.items} ${styles.foot}`}>
        {SCREENS.filter((entry) => entry.foot).map(item)}
        <SidebarItem
          label={folded ? 'Unfold sidebar' : 'Fold sidebar'}
          name={folded ? 'Unfold sidebar' : 'Fold sidebar'}
          folded={folded}
          current={false}
          onClick={() => setFolded(!folded)}
        >
          {folded ? (
            <IconLayoutSidebarLeftExpand size={18} stroke={1.6} aria-hidden />
          ) : (
            <IconLayoutSidebarLeftCollapse size={18} stroke={1.6} aria-hidden />
          )}
          <span className={styles.label}>Fold sidebar</span>
        </SidebarItem>
      </div>
    </nav>
  );
}

function SidebarItem(props: {
  readonly label: string;
  readonly name: string;
  readonly folded: boolean;
  readonly current: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Tooltip label={props.label} position="right" disabled={!props.folded}>
      <button
        type="button"
        className={styles.item}
        // Unfolded its name is what stands in it: who speaks to the app says what they see (WCAG 2.5.3).
        aria-label={props.folded ? props.name : undefined}
        aria-current={props.current ? 'page' : undefined}
        onClick={props.onClick}
      >
        {props.children}
      </button>
    </Tooltip>
  );
}

/** `Connected`, `Production`, `Unreachable · production`: that it is production is said whatever else is. */
function switcherWords(cluster: ClusterEntry): string {
  const { word } = clusterWords(cluster);
  if (!cluster.production) return word;
  return word === 'Connected' ? 'Production' : `${word} · production`;
}

function ClusterSwitcher({ folded }: { readonly folded: boolean }) {
  const { named: cluster, chooseCluster, screen, go } = useNavigation();
  const terminals = useLive('terminals.list').data ?? [];
  const clusters = useLive('clusters.list').data ?? [];
  const connected = clusters.filter((entry) => entry.state === 'connected');
  const state = cluster === null ? 'None connected' : switcherWords(cluster);
  const choose = (slug: string) => {
    chooseCluster(slug);
    // Beside a terminal, the cluster and the terminal in front must not be two different ones.
    const open = terminals.findLast((terminal) => terminal.cluster === slug);
    if (screen === 'terminal') go('terminal', open?.id ?? `new:${slug}`);
  };
  const name = cluster?.context ?? 'Choose a cluster';
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <button type="button" className={styles.switcher} aria-label={folded ? `Cluster ${name} ${state}` : undefined}>
          <IconServer2 size={18} stroke={1.6} aria-hidden />
          {folded ? null : (
            <>
              <VisuallyHidden>Cluster</VisuallyHidden>
              <span className={styles.switcherWords}>
                <span className={styles.switcherName}>{name}</span>
                <span
                  className={styles.switcherState}
                  data-production={cluster?.production || undefined}
                  data-tone={cluster === null ? undefined : clusterWords(cluster).tone}
                >
                  {state}
                </span>
              </span>
              <IconChevronDown size={14} aria-hidden />
            </>
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {connected.map((entry) => (
          <Menu.Item
            key={entry.slug}
            aria-current={entry.slug === cluster?.slug || undefined}
            onClick={() => choose(entry.slug)}
          >
            {entry.context}
            {entry.production ? ' (production)' : ''}
            {isTroubled(entry) ? ` · ${clusterWords(entry).word.toLowerCase()}` : ''}
          </Menu.Item>
        ))}
        {connected.length > 0 ? <Menu.Divider /> : null}
        <Menu.Item onClick={() => go('clusters')}>All clusters</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
