import '@mantine/core/styles.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { followHands } from '../decision/hands.ts';
import { startInnerDocument } from '../inner/start-inner-document.tsx';
import { SecretDocument } from './secret-document.tsx';

followHands(window);
startInnerDocument(<SecretDocument />);
