import { type RefObject, useLayoutEffect, useState } from 'react';

/**
 * The width inside an element, without its scroll bar; 0 until it is measured.
 * @param contents what may bring a scroll bar or take it away: its size is measured again when this changes.
 */
export function useInnerWidth(element: RefObject<HTMLElement | null>, contents: unknown): number {
  const [width, setWidth] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the contents are what the width depends on
  useLayoutEffect(() => {
    const measured = element.current;
    if (measured === null) return;
    const measure = () => setWidth(measured.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(measured);
    return () => observer.disconnect();
  }, [element, contents]);
  return width;
}
