import {
  IconAlertTriangle,
  IconBan,
  IconCircle,
  IconCircleCheck,
  IconClock,
  IconEye,
  IconHelpCircle,
  IconLoader,
  IconLock,
  IconPlayerRecordFilled,
  IconPlugConnected,
  IconShieldExclamation,
} from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import styles from './ui.module.css';

/** What a state means. Colour follows the meaning; a word always stands beside it. */
export type Tone =
  | 'allowed'
  | 'waiting'
  | 'denied'
  | 'masked'
  | 'revealed'
  | 'recording'
  | 'production'
  | 'neutral'
  | 'unknown'
  | 'connected'
  | 'busy'
  | 'warning';

const LOOK = {
  allowed: [IconCircleCheck, 'allowed'],
  connected: [IconPlugConnected, 'allowed'],
  waiting: [IconClock, 'waiting'],
  warning: [IconAlertTriangle, 'waiting'],
  denied: [IconBan, 'denied'],
  masked: [IconLock, 'masked'],
  revealed: [IconEye, 'revealed'],
  recording: [IconPlayerRecordFilled, 'recording'],
  production: [IconShieldExclamation, 'production'],
  neutral: [IconCircle, 'text-dim'],
  unknown: [IconHelpCircle, 'text-dim'],
  busy: [IconLoader, 'text-dim'],
} as const;

export function StateBadge(props: { readonly tone: Tone; readonly word: string; readonly filled?: boolean }) {
  const [Icon, token] = LOOK[props.tone];
  const style = { '--tone': `var(--${token})`, '--tone-soft': `var(--${token}-soft, var(--hover))` } as CSSProperties;
  return (
    <span className={props.filled ? `${styles.badge} ${styles.badgeFilled}` : styles.badge} style={style}>
      <Icon size={14} aria-hidden />
      {props.word}
    </span>
  );
}
