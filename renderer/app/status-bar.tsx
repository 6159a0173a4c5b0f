import {
  IconFileCheck,
  IconPlayerRecordFilled,
  IconPlugConnected,
  IconServer2,
  IconShieldCheck,
  IconShieldExclamation,
  IconUser,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { PolicyState } from '../../model/policy-state.ts';
import type { ClusterEntry, GatewayStatus, TerminalEntry } from '../../preload/contract.ts';
import { useLive } from '../live/live-queries.ts';
import { useNavigation } from '../live/navigation.tsx';
import { clusterWords } from '../live/reach-words.ts';
import styles from './shell.module.css';

const GATEWAY_WORDS = {
  starting: ['Gateway starting', 'waiting'],
  running: ['Gateway running', 'allowed'],
  restarting: ['Gateway restarting', 'waiting'],
  failed: ['Gateway failed', 'denied'],
  stopped: ['Gateway stopped', 'denied'],
} as const satisfies Record<GatewayStatus['state'], readonly [string, string]>;

/** What is in force right now; each part opens what it names. */
export function StatusBar() {
  const { go, named: cluster, activeTerminal } = useNavigation();
  const gateway = useLive('gateway.status').data;
  const info = useLive('app.info').data;
  const policy = useLive('policy.state').data;
  const terminal = useLive('terminals.list').data?.find((entry) => entry.id === activeTerminal);
  const [gatewayWord, gatewayTone] = GATEWAY_WORDS[gateway?.state ?? 'starting'];
  const recording = recordingWords(terminal);
  const open = useLive('streams.list').data?.length ?? 0;
  const inForce = policyWords(policy);
  return (
    <footer className={styles.status}>
      <StatusItem tone={gatewayTone} opens="settings" onClick={() => go('settings', 'diagnostics')}>
        {gatewayTone === 'allowed' ? (
          <IconShieldCheck size={14} aria-hidden />
        ) : (
          <IconShieldExclamation size={14} aria-hidden />
        )}
        {gatewayWord}
      </StatusItem>
      <ClusterItem cluster={cluster} onClick={() => go('clusters', cluster?.slug ?? null)} />
      <StatusItem tone="neutral" opens="settings" onClick={() => go('settings', 'diagnostics')}>
        <IconUser size={14} aria-hidden />
        {info?.principal ?? '…'}
      </StatusItem>
      <StatusItem tone={inForce.tone} opens="policy" about={inForce.names} onClick={() => go('settings', 'policy')}>
        <IconFileCheck size={14} aria-hidden />
        {inForce.words}
      </StatusItem>
      <div className={styles.statusEnd}>
        {open === 0 ? null : (
          <StatusItem tone="neutral" opens="activity" onClick={() => go('activity')}>
            <IconPlugConnected size={14} aria-hidden />
            {open === 1 ? '1 stream open' : `${open} streams open`}
          </StatusItem>
        )}
        <StatusItem tone={recording.tone} opens="recordings" onClick={() => go('recordings')}>
          <IconPlayerRecordFilled size={12} aria-hidden />
          {recording.words}
        </StatusItem>
      </div>
    </footer>
  );
}

function ClusterItem({ cluster, onClick }: { readonly cluster: ClusterEntry | null; readonly onClick: () => void }) {
  const words = cluster === null ? null : clusterWords(cluster);
  const said = words !== null && words.word !== 'Connected' && words.word !== 'Checking';
  const tone = said
    ? words.tone === 'warning'
      ? 'waiting'
      : words.tone
    : cluster?.production
      ? 'production'
      : 'neutral';
  const about = cluster?.reach?.problem ?? '';
  return (
    <StatusItem tone={tone} opens="clusters" about={about} onClick={onClick}>
      <IconServer2 size={14} aria-hidden />
      {cluster === null ? 'No cluster' : cluster.context}
      {cluster?.production ? ' · production' : ''}
      {said ? ` · ${words.word.toLowerCase()}` : ''}
    </StatusItem>
  );
}

function StatusItem(props: {
  readonly tone: string;
  readonly opens: string;
  /** More of it, on hover. */
  readonly about?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={styles.statusItem}
      data-tone={props.tone}
      title={props.about ? `${props.about}\nOpen ${props.opens}` : `Open ${props.opens}`}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

function policyWords(policy: PolicyState | undefined): { words: string; names: string; tone: string } {
  if (policy === undefined) return { words: 'Policy', names: '', tone: 'neutral' };
  if (policy.waiting !== null && policy.status === 'none') {
    return { words: 'Policy waits for you: everything is denied', names: '', tone: 'denied' };
  }
  if (policy.status === 'none') return { words: 'No policy: everything is denied', names: '', tone: 'denied' };
  const words = `Policy ${policy.digest.slice(0, 8)}`;
  const names = policy.policies.map((document) => document.name).join(', ');
  if (policy.status === 'stale') return { words: `${words} · last good, a file is broken`, names, tone: 'waiting' };
  if (policy.waiting !== null) return { words: `${words} · a change waits for you`, names, tone: 'waiting' };
  return { words, names, tone: 'neutral' };
}

function recordingWords(terminal: TerminalEntry | undefined): { words: string; tone: string } {
  if (terminal === undefined || terminal.recording.state === 'ended')
    return { words: 'Not recording', tone: 'neutral' };
  if (terminal.recording.state === 'failed') return { words: 'Recording failed', tone: 'denied' };
  return { words: 'Recording this terminal', tone: 'recording' };
}
