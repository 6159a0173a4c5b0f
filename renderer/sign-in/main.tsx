import '@mantine/core/styles.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { electronBridge } from '../live/electron-bridge.ts';
import { LiveDocument } from '../live/live-document.tsx';
import { createQueryClient, followEvents } from '../live/live-queries.ts';
import { SignInScreen } from './sign-in-screen.tsx';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
setNonce(nonce);

const bridge = electronBridge(window);
const queryClient = createQueryClient();
followEvents(bridge, queryClient);

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <LiveDocument bridge={bridge} queryClient={queryClient} nonce={nonce}>
      <SignInScreen />
    </LiveDocument>,
  );
}
