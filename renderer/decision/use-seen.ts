import { useEffect, useState } from 'react';
import { REST_MS } from './resting-time.ts';

/** All of the frame counts, but for what rounding to whole pixels takes. */
const WHOLE = 0.98;
/** In less room than this nobody has read a request. */
const LEAST_WIDTH = 240;
const LEAST_HEIGHT = 180;

/** What Intersection Observer version 2 adds; TypeScript's own types have version 1. */
interface TruthfulEntry extends IntersectionObserverEntry {
  /** Painted whole: uncovered, untransformed, opaque. False where the browser cannot promise it. */
  readonly isVisible: boolean;
}

/**
 * Whether all of this document has been painted, uncovered, for long enough to be read, since `what` was last another. The
 * document around the frame can cover, fade, shrink, clip or move it; the browser says here, in this process, that it did not
 * (W3C, Intersection Observer version 2: "trackVisibility").
 * @param what what is to be seen; null: nothing.
 */
export function useSeen(what: string | null): { readonly seen: boolean; readonly hidden: boolean } {
  const [painted, setPainted] = useState<boolean | null>(null);
  const [roomy, setRoomy] = useState(false);
  const [seen, setSeen] = useState<string | null>(null);
  const open = painted === true && roomy;

  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        const last = entries.at(-1) as TruthfulEntry | undefined;
        if (last === undefined) return;
        setPainted(last.isVisible && last.intersectionRatio >= WHOLE);
      },
      { threshold: [0, 0.5, WHOLE, 1], trackVisibility: true, delay: 100 } as IntersectionObserverInit,
    );
    observer.observe(document.documentElement);
    // A frame that shrinks still shows all of itself.
    const measure = () => setRoomy(innerWidth >= LEAST_WIDTH && innerHeight >= LEAST_HEIGHT);
    measure();
    window.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, []);

  useEffect(() => {
    setSeen(null);
    if (what === null || !open) return;
    const timer = setTimeout(() => setSeen(what), REST_MS);
    return () => clearTimeout(timer);
  }, [what, open]);

  return { seen: what !== null && seen === what && open, hidden: painted !== null && !open };
}
