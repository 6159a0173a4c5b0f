import '@mantine/core/styles.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { LiveDocument } from '../live/live-document.tsx';
import { startDocument } from '../live/start-document.tsx';
import { ReviewScreen } from './review-screen.tsx';

startDocument((props) => (
  <LiveDocument {...props}>
    <ReviewScreen close={() => window.close()} />
  </LiveDocument>
));
