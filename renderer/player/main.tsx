import '@mantine/core/styles.css';
import 'asciinema-player/dist/bundle/asciinema-player.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { LiveDocument } from '../live/live-document.tsx';
import { startDocument } from '../live/start-document.tsx';
import { PlayerScreen } from './player-screen.tsx';

const id = new URLSearchParams(location.search).get('id') ?? '';
startDocument((props) => (
  <LiveDocument {...props}>
    <PlayerScreen id={id} />
  </LiveDocument>
));
