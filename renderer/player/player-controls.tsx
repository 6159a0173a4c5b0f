import { ActionIcon, Select, Switch } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { position } from '../ui/time-words.ts';
import styles from './player.module.css';
import type { PlayerHandle } from './use-player.ts';

/** Milliseconds that an arrow key moves on the position. */
const STEP = 100;

/**
 * Up to the next step. The browser rounds what lies between two steps: the End key would stop before the end, and a
 * value that it rounded counts as one that the person chose, and is jumped to.
 */
const wholeSteps = (atMs: number) => Math.ceil(atMs / STEP) * STEP;

const SPEEDS = ['0.5', '1', '2', '4', '8'];

/** Play and pause, seek, speed, skip idle. */
export function PlayerControls(props: {
  readonly player: PlayerHandle;
  readonly durationMs: number;
  /** Where the API requests stand, in milliseconds. */
  readonly marks: readonly number[];
  readonly speed: number;
  readonly onSpeed: (speed: number) => void;
  readonly skipIdle: boolean;
  readonly onSkipIdle: (skip: boolean) => void;
}) {
  const { player, durationMs } = props;
  const name = player.playing ? 'Pause' : 'Play';
  return (
    <div className={styles.controls} role="group" aria-label="Playback">
      <ActionIcon variant="filled" color="accent" aria-label={name} title={`${name} (Space)`} onClick={player.toggle}>
        {player.playing ? (
          <IconPlayerPauseFilled size={16} aria-hidden />
        ) : (
          <IconPlayerPlayFilled size={16} aria-hidden />
        )}
      </ActionIcon>
      <span className={styles.time}>
        {position(player.time)} / {position(durationMs)}
      </span>
      <div className={styles.seek}>
        {props.marks.map((mark) => (
          <span key={mark} className={styles.mark} style={{ left: `${(mark / Math.max(1, durationMs)) * 100}%` }} />
        ))}
        <input
          type="range"
          className={styles.range}
          aria-label="Position"
          aria-valuetext={position(player.time)}
          min={0}
          max={wholeSteps(Math.max(1, durationMs))}
          step={STEP}
          value={wholeSteps(Math.min(player.time, durationMs))}
          onChange={(event) => player.seek(Number(event.currentTarget.value))}
        />
      </div>
      <Select
        w={84}
        aria-label="Speed"
        data={SPEEDS.map((speed) => ({ value: speed, label: `${speed}×` }))}
        value={String(props.speed)}
        onChange={(speed) => props.onSpeed(Number(speed ?? '1'))}
      />
      <Switch
        label="Skip idle"
        checked={props.skipIdle}
        onChange={(event) => props.onSkipIdle(event.currentTarget.checked)}
      />
    </div>
  );
}
