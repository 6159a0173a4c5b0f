import { Button } from '@mantine/core';
import { useInvoke } from '../../live/bridge.ts';
import { useLive } from '../../live/live-queries.ts';
import { Identifier } from '../../ui/identifier.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { OpenFolderButton } from './folders-section.tsx';
import { PolicyWarnings } from './policy-warnings.tsx';
import { SettingRow, SettingSection } from './setting-row.tsx';
import styles from './settings.module.css';

const STATUS = {
  loaded: ['allowed', 'In force'],
  stale: ['warning', 'Last good policy in force'],
  none: ['denied', 'None: everything is denied'],
} as const;

/** The policy in force, its documents, and what is wrong with a file, by line. */
export function PolicySection() {
  const invoke = useInvoke();
  const policy = useLive('policy.state');
  if (policy.isError) {
    return (
      <SettingSection id="policy" title="Policy">
        <ProblemNotice
          title="The policy could not be read"
          error={policy.error}
          onRetry={() => void policy.refetch()}
        />
      </SettingSection>
    );
  }
  const state = policy.data;
  if (state === undefined) return null;
  const [tone, word] = STATUS[state.status];
  return (
    <SettingSection id="policy" title="Policy">
      <SettingRow label="State">
        <StateBadge tone={tone} word={word} />
      </SettingRow>
      {state.waiting === null ? null : (
        <SettingRow label="A change of the policy waits for you" hint={`${state.waiting.why}.`}>
          <Button onClick={() => void invoke('policy.review', undefined).catch(() => undefined)}>Review change</Button>
        </SettingRow>
      )}
      {state.notices.map((notice) => (
        <SettingRow key={notice} label="Noticed" hint={notice}>
          <StateBadge tone="warning" word="Look at it" />
        </SettingRow>
      ))}
      {state.problems.length === 0 ? null : (
        <ul className={styles.problems} aria-label="Problems of the policy">
          {state.problems.map((problem) => {
            const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
            return (
              <li key={`${place} ${problem.code} ${problem.message}`} className={styles.problem}>
                <Identifier>{place}</Identifier>
                <p>
                  {problem.message} <Identifier>{problem.code}</Identifier>
                </p>
              </li>
            );
          })}
        </ul>
      )}
      {state.warnings.length === 0 ? null : <PolicyWarnings warnings={state.warnings} />}
      {state.policies.map((document) => (
        <SettingRow key={document.file} label={document.name} hint={`${document.rules} rules`}>
          <Identifier>{document.file}</Identifier>
        </SettingRow>
      ))}
      <SettingRow label="Version" hint="SHA-256 of the documents">
        <Identifier>{state.digest}</Identifier>
      </SettingRow>
      <SettingRow label="Loaded">
        <RelativeTime time={state.loadedAt} />
      </SettingRow>
      <SettingRow
        label="Folder"
        hint="Edit the files: what only tightens is taken at once, what opens something waits for you"
      >
        <span className={styles.grow}>
          <Identifier>{state.folder}</Identifier>
        </span>
        <OpenFolderButton folder="policy" label="policy" />
      </SettingRow>
    </SettingSection>
  );
}
