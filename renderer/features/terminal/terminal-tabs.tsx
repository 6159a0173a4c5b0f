import { ActionIcon, Menu } from '@mantine/core';
import { IconChevronDown, IconPlayerRecordFilled, IconPlus, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { TerminalEntry } from '../../../preload/contract.ts';
import { useLive } from '../../live/live-queries.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { useInnerWidth } from '../../ui/use-inner-width.ts';
import styles from './terminal.module.css';

/** The open terminals: context and namespace, recording, production line. */
export function TerminalTabs(props: {
  readonly terminals: readonly TerminalEntry[];
  readonly active: string | null;
  readonly onActivate: (id: string) => void;
  readonly onClose: (id: string) => void;
  readonly onOpen: (cluster: string) => void;
}) {
  const { terminals, active } = props;
  const connected = (useLive('clusters.list').data ?? []).filter((cluster) => cluster.state === 'connected');
  const list = useRef<HTMLDivElement>(null);
  const width = useInnerWidth(list, terminals.length);
  const overflows = width > 0 && (list.current?.scrollWidth ?? 0) > width + 1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: where the tab is depends on how many there are, and on the width
  useEffect(() => {
    if (active === null) return;
    const tab = document.getElementById(`tab-${active}`)?.parentElement;
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [active, terminals.length, width]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Delete' && active !== null) props.onClose(active);
    const at = terminals.findIndex((terminal) => terminal.id === active);
    const places = new Map([
      ['ArrowRight', at + 1],
      ['ArrowLeft', at - 1],
      ['Home', 0],
      ['End', terminals.length - 1],
    ]);
    const next = terminals[places.get(event.key) ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    props.onActivate(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div className={styles.tabs}>
      <div ref={list} className={styles.tabList} role="tablist" aria-label="Terminals" onKeyDown={onKeyDown}>
        {terminals.map((terminal) => {
          const selected = terminal.id === active;
          return (
            <div
              key={terminal.id}
              role="presentation"
              className={styles.tab}
              data-active={selected || undefined}
              data-production={terminal.production || undefined}
            >
              <button
                type="button"
                id={`tab-${terminal.id}`}
                role="tab"
                aria-selected={selected}
                aria-keyshortcuts="Delete"
                aria-controls={selected ? 'terminal-panel' : undefined}
                tabIndex={selected ? 0 : -1}
                className={styles.tabButton}
                onClick={() => props.onActivate(terminal.id)}
                onAuxClick={(event) => {
                  if (event.button === 1) props.onClose(terminal.id);
                }}
              >
                {terminal.recording.state === 'recording' ? (
                  <IconPlayerRecordFilled className={styles.dot} size={10} aria-label="recording" />
                ) : null}
                {terminal.clusterName}
                <span className={styles.tabNamespace}>{terminal.namespace}</span>
                {terminal.production ? <span className="visually-hidden">production</span> : null}
                {terminal.state === 'open' ? null : (
                  <span className={styles.tabNamespace}>({terminal.state === 'exited' ? 'ended' : 'waiting'})</span>
                )}
              </button>
              {/* For the mouse alone: a tab list may hold nothing but tabs. By keyboard: Delete, or Close terminal in the bar. */}
              <ActionIcon
                className={styles.close ?? ''}
                size={20}
                tabIndex={-1}
                aria-hidden
                onClick={() => props.onClose(terminal.id)}
              >
                <IconX size={12} aria-hidden />
              </ActionIcon>
            </div>
          );
        })}
      </div>
      {overflows ? (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon my="auto" ml={4} aria-label={`All ${terminals.length} terminals`} title="All terminals">
              <IconChevronDown size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown className={styles.allTerminals ?? ''}>
            {terminals.map((terminal) => (
              <Menu.Item
                key={terminal.id}
                {...(terminal.id === active ? { 'aria-current': true } : {})}
                rightSection={
                  terminal.production ? <StateBadge tone="production" word="production" filled /> : undefined
                }
                onClick={() => props.onActivate(terminal.id)}
              >
                {terminal.clusterName} <span className={styles.tabNamespace}>{terminal.namespace}</span>
                {terminal.state === 'open' ? null : (
                  <span className={styles.tabNamespace}> ({terminal.state === 'exited' ? 'ended' : 'waiting'})</span>
                )}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {connected.length === 1 && connected[0] ? (
        <ActionIcon my="auto" ml={4} aria-label="New terminal" onClick={() => props.onOpen(connected[0]?.slug ?? '')}>
          <IconPlus size={16} aria-hidden />
        </ActionIcon>
      ) : (
        <Menu position="bottom-start">
          <Menu.Target>
            <ActionIcon my="auto" ml={4} aria-label="New terminal" disabled={connected.length === 0}>
              <IconPlus size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {connected.map((cluster) => (
              <Menu.Item key={cluster.slug} onClick={() => props.onOpen(cluster.slug)}>
                {cluster.context}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
