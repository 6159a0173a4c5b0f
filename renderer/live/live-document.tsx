import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Surroundings, SurroundingsContext } from '../ui/surroundings.ts';
import { cssVariables, theme } from '../ui/theme.ts';
import { invoke, toProblem } from './bridge.ts';
import { queryClient } from './live-queries.ts';
import { useScheme } from './scheme.ts';

/** What every document of the app stands on, the window and the player: main's data, the theme, the clipboard. */
export function LiveDocument({ nonce, children }: { readonly nonce: string; readonly children: ReactNode }) {
  return (
    <QueryClientProvider client={queryClient}>
      <SurroundingsContext value={SURROUNDINGS}>
        <Themed nonce={nonce}>{children}</Themed>
      </SurroundingsContext>
    </QueryClientProvider>
  );
}

const SURROUNDINGS: Surroundings = { copy: (text) => invoke('app.copy', text), explain: toProblem };

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
