import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { useInvoke } from '../../live/bridge.ts';
import { useLive } from '../../live/live-queries.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { OpenButton } from './open-button.tsx';
import { SettingRow, SettingSection } from './setting-row.tsx';

/** Whether what the app needs is there and running; all of it can be copied for a bug report. */
export function DiagnosticsSection() {
  const invoke = useInvoke();
  const info = useLive('app.info');
  // kubectl may have been installed since; no event tells of that.
  const { refetch } = info;
  useEffect(() => void refetch(), [refetch]);
  const gateway = useLive('gateway.status').data;
  if (info.isError) return <ProblemNotice title="The app's state could not be read" error={info.error} />;
  if (info.data === undefined || gateway === undefined) return null;
  const { kubectl, osSandbox } = info.data;
  const up = gateway.state === 'running';
  return (
    <SettingSection id="diagnostics" title="Diagnostics">
      <SettingRow label="Gateway" hint={gateway.restarts > 0 ? `Restarted ${gateway.restarts} times` : ''}>
        <StateBadge tone={up ? 'allowed' : 'warning'} word={up ? 'Running' : `Not running (${gateway.state})`} />
        {gateway.url === null ? null : <Identifier>{gateway.url}</Identifier>}
        <Button ml="auto" onClick={() => void invoke('gateway.restart', undefined).catch(() => undefined)}>
          Restart gateway
        </Button>
      </SettingRow>
      <SettingRow label="Principal" hint="Who the journal says you are">
        <Identifier>{info.data.principal}</Identifier>
      </SettingRow>
      <SettingRow label="kubectl">
        {kubectl === null ? (
          <StateBadge tone="warning" word="Not found on PATH: install it, then restart your terminals" />
        ) : (
          <Identifier>{`${kubectl.version}  ${kubectl.path}`}</Identifier>
        )}
      </SettingRow>
      <SettingRow label="OS sandbox">
        <StateBadge
          tone={osSandbox ? 'allowed' : 'warning'}
          word={osSandbox ? 'On' : 'Off: this machine does not allow it'}
        />
      </SettingRow>
      <SettingRow label="Gatehouse">
        <Identifier>{info.data.version}</Identifier>
        <OpenButton label="Licences" name="Open licences" open={() => invoke('app.openLicences', undefined)} />
      </SettingRow>
      <SettingRow label="Electron">
        <Identifier>{`${info.data.electron} (Chromium ${info.data.chromium}, Node ${info.data.node})`}</Identifier>
      </SettingRow>
      <SettingRow label="Report" hint="Versions and states; no names of clusters or people">
        <CopyButton label="Copy report" copy={() => invoke('app.copyReport', undefined)} />
      </SettingRow>
    </SettingSection>
  );
}
