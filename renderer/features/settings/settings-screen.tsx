import { NumberInput, SegmentedControl, Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Settings } from '../../../preload/contract.ts';
import { useInvoke } from '../../live/bridge.ts';
import { useLive } from '../../live/live-queries.ts';
import { useNavigation } from '../../live/navigation.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { ScreenLayout } from '../../ui/screen-layout.tsx';
import { SkeletonRows } from '../../ui/skeleton-rows.tsx';
import { DiagnosticsSection } from './diagnostics-section.tsx';
import { FoldersSection } from './folders-section.tsx';
import { PolicySection } from './policy-section.tsx';
import { PolicyUpgradeSection } from './policy-upgrade.tsx';
import { SettingRow, SettingSection } from './setting-row.tsx';
import styles from './settings.module.css';

/** What a person may change, and what is in force: each change is written at once. */
export function SettingsScreen({ title }: { readonly title: string }) {
  const invoke = useInvoke();
  const queryClient = useQueryClient();
  const { item } = useNavigation();
  const settings = useLive('settings.read');
  const [failure, setFailure] = useState<unknown>(null);
  const loaded = settings.data !== undefined;
  useEffect(() => {
    if (!loaded || item === null) return;
    const title = document.getElementById(`${item}-title`);
    title?.scrollIntoView({ block: 'start' });
    title?.focus({ preventScroll: true });
  }, [item, loaded]);
  const write = async (change: Partial<Settings>) => {
    setFailure(null);
    try {
      // What the person says no to comes back as it was.
      const written = await invoke('settings.write', change);
      queryClient.setQueryData(['settings.read'], written);
      return written;
    } catch (error) {
      setFailure(error);
      return null;
    }
  };
  return (
    <ScreenLayout title={title}>
      {failure ? <ProblemNotice title="The setting was not saved" error={failure} /> : null}
      {settings.isError ? (
        <ProblemNotice
          title="The settings could not be read"
          error={settings.error}
          onRetry={() => void settings.refetch()}
        />
      ) : settings.data === undefined ? (
        <SkeletonRows label="Loading settings" />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable by keyboard
        <div className={styles.scroll} tabIndex={0} role="group" aria-label="All settings">
          <div className={styles.page}>
            <AppearanceSection settings={settings.data} onChange={write} />
            <TerminalSection settings={settings.data} onChange={write} />
            <SettingSection id="secrets" title="Secrets">
              <SettingRow label="A revealed value hides after" hint="5 to 300 seconds" labels="reveal-seconds">
                <NumberInput
                  id="reveal-seconds"
                  w={110}
                  min={5}
                  max={300}
                  suffix=" s"
                  clampBehavior="strict"
                  value={settings.data.revealSeconds}
                  onChange={(value) => {
                    if (typeof value === 'number' && value >= 5 && value <= 300) void write({ revealSeconds: value });
                  }}
                />
              </SettingRow>
            </SettingSection>
            <PolicySection />
            <PolicyUpgradeSection />
            <FoldersSection settings={settings.data} />
            <DiagnosticsSection />
          </div>
        </div>
      )}
    </ScreenLayout>
  );
}

interface SectionProps {
  readonly settings: Settings;
  /** Answers the settings as they are then; null when they could not be written. */
  readonly onChange: (change: Partial<Settings>) => Promise<Settings | null>;
}

function AppearanceSection({ settings, onChange }: SectionProps) {
  return (
    <SettingSection id="appearance" title="Appearance">
      <SettingRow label="Theme">
        <SegmentedControl
          size="xs"
          aria-label="Theme"
          data={[
            { value: 'system', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
          value={settings.theme}
          onChange={(theme) => void onChange({ theme: theme as Settings['theme'] })}
        />
      </SettingRow>
    </SettingSection>
  );
}

function TerminalSection({ settings, onChange }: SectionProps) {
  return (
    <SettingSection id="terminal" title="Terminal">
      <SettingRow label="Font" hint="Empty: the system's monospace" labels="terminal-font">
        <LateTextInput
          id="terminal-font"
          value={settings.terminalFontFamily}
          onCommit={async (terminalFontFamily) => (await onChange({ terminalFontFamily }))?.terminalFontFamily}
        />
      </SettingRow>
      <SettingRow label="Font size" labels="terminal-font-size">
        <NumberInput
          id="terminal-font-size"
          w={110}
          min={9}
          max={28}
          suffix=" px"
          clampBehavior="strict"
          value={settings.terminalFontSize}
          onChange={(value) => {
            if (typeof value === 'number' && value >= 9 && value <= 28) void onChange({ terminalFontSize: value });
          }}
        />
      </SettingRow>
      <SettingRow label="Shell" hint="Empty: your login shell. For new terminals." labels="terminal-shell">
        <LateTextInput
          id="terminal-shell"
          value={settings.shell}
          onCommit={async (shell) => (await onChange({ shell }))?.shell}
        />
      </SettingRow>
      <SettingRow
        label="Bring back terminals and clusters at start"
        hint="As new shells in the same folders; nothing is run again"
        labels="bring-back"
      >
        <Switch
          id="bring-back"
          checked={settings.bringBack}
          onChange={(event) => onChange({ bringBack: event.currentTarget.checked })}
        />
      </SettingRow>
      <SettingRow
        label="Screen reader mode"
        hint="The terminal tells a screen reader what it prints"
        labels="screen-reader"
      >
        <Switch
          id="screen-reader"
          checked={settings.screenReaderMode}
          onChange={(event) => void onChange({ screenReaderMode: event.currentTarget.checked })}
        />
      </SettingRow>
      <SettingRow
        label="Record what is typed"
        hint="Off: only what the shell prints is recorded. On: also what is typed, where the terminal shows it."
        labels="record-input"
      >
        <Switch
          id="record-input"
          checked={settings.recordInput}
          onChange={(event) => void onChange({ recordInput: event.currentTarget.checked })}
        />
      </SettingRow>
    </SettingSection>
  );
}

/** A text that is written when the person is done with it, not at each letter. */
function LateTextInput(props: {
  readonly id: string;
  readonly value: string;
  /** Answers what it is then, where that is known. */
  readonly onCommit: (value: string) => Promise<string | undefined>;
}) {
  const [typed, setTyped] = useState(props.value);
  useEffect(() => setTyped(props.value), [props.value]);
  const commit = () => {
    if (typed !== props.value) void props.onCommit(typed).then((value) => value !== undefined && setTyped(value));
  };
  return (
    <TextInput
      id={props.id}
      w={300}
      styles={{ input: { fontFamily: 'var(--font-mono)', fontSize: 12 } }}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
