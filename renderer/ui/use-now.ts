import { useEffect, useState } from 'react';

/**
 * The time, ticking: epoch milliseconds, anew every `every` milliseconds while the component is shown, and at each of
 * its renders: what happened since the last tick must not look as if it lay ahead.
 */
export function useNow(every: number): number {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), every);
    return () => clearInterval(timer);
  }, [every]);
  return Date.now();
}
