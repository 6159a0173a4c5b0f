import { exactTime, relativeTime } from './time-words.ts';
import { useNow } from './use-now.ts';

/** `4 min ago`, with the exact time on hover. */
export function RelativeTime({ time }: { readonly time: string }) {
  const now = useNow(5_000);
  const at = Date.parse(time);
  return (
    <time dateTime={time} title={exactTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}
