import '@mantine/core/styles.css';
import '@mantine/spotlight/styles.css';
import '@mantine/notifications/styles.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { electronBridge } from '../live/electron-bridge.ts';
import { createQueryClient, followEvents } from '../live/live-queries.ts';
import { App } from './app.tsx';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
// Mantine's modal locks scrolling through react-remove-scroll, which takes its nonce from here.
setNonce(nonce);

const bridge = electronBridge(window);
const queryClient = createQueryClient();
followEvents(bridge, queryClient);

const root = document.getElementById('root');
if (root) createRoot(root).render(<App bridge={bridge} queryClient={queryClient} nonce={nonce} />);
