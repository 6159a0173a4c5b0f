import * as AsciinemaPlayer from 'asciinema-player';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { ShortenedRecording } from './idle-limit.ts';

export interface PlayerHandle {
  readonly container: RefObject<HTMLDivElement | null>;
  readonly playing: boolean;
  /** Milliseconds on the recording's (shortened) time line. */
  readonly time: number;
  readonly toggle: () => void;
  readonly seek: (atMs: number) => void;
  /** Seeks by so many milliseconds. */
  readonly step: (byMs: number) => void;
}

/** Owns the asciinema player: it is made anew for another text or speed, and goes on where it was. */
export function usePlayer(recording: ShortenedRecording | null, speed: number): PlayerHandle {
  const container = useRef<HTMLDivElement>(null);
  const player = useRef<AsciinemaPlayer.Player | null>(null);
  const [playing, setPlaying] = useState(false);
  const [time, setTime] = useState(0);
  // Who opens a recording asked to play it.
  const resume = useRef({ fraction: 0, playing: true });

  useEffect(() => {
    if (recording === null || container.current === null) return;
    const durationMs = Math.max(1, recording.durationMs);
    const startAt = (resume.current.fraction * durationMs) / 1_000;
    const made = AsciinemaPlayer.create({ data: recording.cast, parser: 'asciicast' }, container.current, {
      fit: 'both',
      controls: false,
      speed,
      startAt,
      preload: true,
      autoPlay: resume.current.playing,
      poster: `npt:${startAt}`,
      terminalFontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace',
    });
    player.current = made;
    setTime(startAt * 1_000);
    const follow = (now: boolean) => {
      // One that is put away stops as well, which nobody asked for.
      if (player.current !== made) return;
      resume.current.playing = now;
      setPlaying(now);
    };
    made.addEventListener('playing', () => follow(true));
    made.addEventListener('pause', () => follow(false));
    made.addEventListener('ended', () => follow(false));
    const timer = setInterval(() => {
      const at = made.getCurrentTime() * 1_000;
      resume.current.fraction = Math.min(1, at / durationMs);
      setTime(at);
    }, 100);
    return () => {
      clearInterval(timer);
      player.current = null;
      made.dispose();
    };
  }, [recording, speed]);

  const seek = useCallback((atMs: number) => {
    setTime(atMs);
    void player.current?.seek(atMs / 1_000);
  }, []);
  const toggle = useCallback(() => {
    if (resume.current.playing) void player.current?.pause();
    else void player.current?.play();
  }, []);
  const step = useCallback(
    (byMs: number) => {
      const at = (player.current?.getCurrentTime() ?? 0) * 1_000;
      seek(Math.max(0, at + byMs));
    },
    [seek],
  );
  return { container, playing, time, toggle, seek, step };
}
