import { MantineProvider } from '@mantine/core';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { type Surroundings, SurroundingsContext } from '../ui/surroundings.ts';
import { cssVariables, theme } from '../ui/theme.ts';
import { BridgeContext, invoke, type LiveBridge, toProblem } from './bridge.ts';
import { useScheme } from './scheme.ts';

export interface LiveDocumentProps {
  readonly bridge: LiveBridge;
  readonly queryClient: QueryClient;
  readonly nonce: string;
}

/** What every document of the app stands on, the window, the player and the frames that decide: the world outside, its data, the theme. */
export function LiveDocument(props: LiveDocumentProps & { readonly children: ReactNode }) {
  const { bridge, queryClient, nonce, children } = props;
  const surroundings = useMemo<Surroundings>(
    () => ({ copyDetails: (reference) => invoke(bridge, 'app.copyProblem', { reference }), explain: toProblem }),
    [bridge],
  );
  return (
    <BridgeContext value={bridge}>
      <QueryClientProvider client={queryClient}>
        <SurroundingsContext value={surroundings}>
          <Themed nonce={nonce}>{children}</Themed>
        </SurroundingsContext>
      </QueryClientProvider>
    </BridgeContext>
  );
}

function Themed({ nonce, children }: { readonly nonce: string; readonly children: ReactNode }) {
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
