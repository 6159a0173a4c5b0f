import '@mantine/core/styles.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { followHands } from '../decision/hands.ts';
import { startInnerDocument } from '../inner/start-inner-document.tsx';
import { ApprovalDocument } from './approval-document.tsx';

followHands(window);
startInnerDocument(<ApprovalDocument />);
