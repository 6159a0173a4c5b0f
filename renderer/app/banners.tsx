import { Button } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { opensInWords } from '../../model/policy-change-words.ts';
import { offerInWords } from '../../model/policy-upgrade-words.ts';
import { useInvoke } from '../live/bridge.ts';
import { useLive } from '../live/live-queries.ts';
import { useNavigation } from '../live/navigation.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { useStoredState } from '../ui/stored-state.ts';
import styles from './shell.module.css';

/** What is wrong for the whole window: the gateway is down, the journal cannot be written, the policy is broken. */
export function Banners() {
  const invoke = useInvoke();
  const gateway = useLive('gateway.status').data;
  const policy = useLive('policy.state').data;
  const { go } = useNavigation();
  // Until the next start: a notice stands for something that is still so.
  const [hidden, setHidden] = useState<readonly string[]>([]);
  return (
    <div role="status" aria-label="Notices">
      {gateway?.state === 'restarting' ? (
        <Banner>
          The gateway stopped and is coming back. Open terminals go on; kubectl answers again when it is up.
        </Banner>
      ) : null}
      {gateway?.state === 'failed' || gateway?.state === 'stopped' ? (
        <Banner severe>
          <span>
            <strong>The gateway is down.</strong>{' '}
            {gateway.problem?.message ?? 'kubectl reaches no cluster until it runs.'}
          </span>
          <span className={styles.bannerEnd}>
            {gateway.problem ? (
              <CopyButton label="Copy details" copy={() => invoke('app.copyProblem', 'gateway')} />
            ) : null}
            <Button size="compact-xs" onClick={() => void invoke('gateway.restart', undefined).catch(() => undefined)}>
              Start gateway
            </Button>
          </span>
        </Banner>
      ) : null}
      {gateway?.notices
        .filter((notice) => !hidden.includes(notice))
        .map((notice) => (
          <NoticeBanner key={notice} notice={notice} onHide={() => setHidden([...hidden, notice])} />
        ))}
      {policy !== undefined && policy.problems.length > 0 ? (
        <Banner severe={policy.status === 'none'}>
          <span>
            {policy.status === 'none'
              ? 'No policy could be loaded, so every request is denied.'
              : 'A policy file is broken; the last good policy stays in force.'}
          </span>
          <span className={styles.bannerEnd}>
            <Button size="compact-xs" onClick={() => go('settings', 'policy')}>
              Show policy
            </Button>
          </span>
        </Banner>
      ) : null}
      {policy?.waiting ? (
        <Banner severe={policy.status === 'none'}>
          <span className={styles.bannerText}>
            {`A change of the policy waits for you${policy.status === 'none' ? ', and everything is denied until then' : ''}: `}
            {opensInWords(policy.waiting.opens)}.
          </span>
          <span className={styles.bannerEnd}>
            <Button size="compact-xs" onClick={() => void invoke('policy.review', undefined).catch(() => undefined)}>
              Review change
            </Button>
          </span>
        </Banner>
      ) : null}
      {policy?.notices
        .filter((notice) => !hidden.includes(notice))
        .map((notice) => (
          <NoticeBanner key={notice} notice={notice} onHide={() => setHidden([...hidden, notice])} />
        ))}
      <UpgradeBanner />
    </div>
  );
}

/** What the policy folder lacks of this version's policy, until it is taken over or put off; another offer is told anew. */
function UpgradeBanner() {
  const { go } = useNavigation();
  const parts = useLive('policy.upgrade').data?.parts ?? [];
  const [putOff, putOffNow] = useStoredState('policy.not-now', (stored) => (typeof stored === 'string' ? stored : ''));
  const offer = offerInWords(parts);
  const key = JSON.stringify(parts.filter(({ offered }) => offered).map(({ id, builtIn }) => [id, builtIn]));
  if (offer === null || key === putOff) return null;
  return (
    <Banner calm>
      <span className={styles.bannerText}>{`${offer}.`}</span>
      <span className={styles.bannerEnd}>
        <Button size="compact-xs" onClick={() => go('settings', 'policy-upgrade')}>
          Show rules
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={() => putOffNow(key)}>
          Not now
        </Button>
      </span>
    </Banner>
  );
}

/** One line, cut where the window ends; Details unfolds all of it. */
function NoticeBanner({ notice, onHide }: { readonly notice: string; readonly onHide: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Banner>
      <span className={styles.bannerText} data-open={open || undefined}>
        {notice}
      </span>
      <span className={styles.bannerEnd}>
        <Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Less' : 'Details'}
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={onHide}>
          Hide
        </Button>
      </span>
    </Banner>
  );
}

interface BannerProps {
  readonly severe?: boolean;
  /** Nothing is wrong: it can wait. */
  readonly calm?: boolean;
  readonly children: ReactNode;
}

export function Banner({ severe, calm, children }: BannerProps) {
  const Icon = calm ? IconInfoCircle : IconAlertTriangle;
  return (
    <div className={styles.banner} data-severe={severe || undefined} data-calm={calm || undefined}>
      <Icon className={styles.bannerIcon} size={16} aria-hidden />
      {children}
    </div>
  );
}
