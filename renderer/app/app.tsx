import { MantineProvider } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { Component, type ReactNode, StrictMode } from 'react';
import { queryClient, useLive } from '../live/live-queries.ts';
import { NavigationProvider } from '../live/navigation.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { cssVariables, theme } from '../ui/theme.ts';
import { Shell } from './shell.tsx';

export function App({ nonce }: { readonly nonce: string }) {
  return (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Themed nonce={nonce}>
          <LastResort>
            <NavigationProvider>
              <Shell />
            </NavigationProvider>
          </LastResort>
          <Notifications position="bottom-right" />
        </Themed>
      </QueryClientProvider>
    </StrictMode>
  );
}

/** The scheme that is in force: the setting, or the system's. */
export function useScheme(): 'light' | 'dark' {
  const system = useColorScheme('light', { getInitialValueInEffect: false });
  const chosen = useLive('settings.read').data?.theme ?? 'system';
  return chosen === 'system' ? system : chosen;
}

export function Themed({ nonce, children }: { readonly nonce: string; readonly children: ReactNode }) {
  const scheme = useScheme();
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={scheme}
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => nonce}
    >
      {children}
    </MantineProvider>
  );
}

/** A screen that throws must not take the window with it: the fault is shown, with its details to copy. */
class LastResort extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    const retry = () => this.setState({ error: null });
    return (
      <main>
        <ProblemNotice title="Gatehouse's window failed" error={this.state.error} onRetry={retry} />
      </main>
    );
  }
}
