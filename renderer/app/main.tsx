import '@mantine/core/styles.css';
import '@mantine/spotlight/styles.css';
import '@mantine/notifications/styles.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { startDocument } from '../live/start-document.tsx';
import { App } from './app.tsx';

startDocument((props) => <App {...props} />);
