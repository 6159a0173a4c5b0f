import { Notifications } from '@mantine/notifications';
import { Component, type ReactNode, StrictMode } from 'react';
import { LiveDocument, type LiveDocumentProps } from '../live/live-document.tsx';
import { NavigationProvider } from '../live/navigation.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Shell } from './shell.tsx';

export function App(props: LiveDocumentProps) {
  return (
    <StrictMode>
      <LiveDocument {...props}>
        <LastResort>
          <NavigationProvider>
            <Shell />
          </NavigationProvider>
        </LastResort>
        <Notifications position="bottom-right" />
      </LiveDocument>
    </StrictMode>
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
