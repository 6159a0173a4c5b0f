import '@mantine/core/styles.css';
import 'asciinema-player/dist/bundle/asciinema-player.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { LiveDocument } from '../live/live-document.tsx';
import { followEvents, queryClient } from '../live/live-queries.ts';
import { PlayerScreen } from './player-screen.tsx';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
setNonce(nonce);
followEvents(queryClient);

const id = new URLSearchParams(location.search).get('id') ?? '';
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <LiveDocument nonce={nonce}>
      <PlayerScreen id={id} />
    </LiveDocument>,
  );
}
