import { setNonce } from 'get-nonce';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { electronBridge } from './electron-bridge.ts';
import type { LiveDocumentProps } from './live-document.tsx';
import { createQueryClient, followEvents } from './live-queries.ts';

/** Draws a document of the app on a bridge of its own, with what main tells it kept up to date. */
export function startDocument(draw: (props: LiveDocumentProps) => ReactNode): void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
  // Mantine's modal locks scrolling through react-remove-scroll, which takes its nonce from here.
  setNonce(nonce);
  const bridge = electronBridge(window);
  const queryClient = createQueryClient();
  followEvents(bridge, queryClient);
  const root = document.getElementById('root');
  if (root !== null) createRoot(root).render(draw({ bridge, queryClient, nonce }));
}
