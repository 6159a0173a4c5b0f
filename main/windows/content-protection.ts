/**
 * Keeps a window out of screenshots and screen sharing for a while. Several values may be shown at once: the protection
 * lasts as long as the longest of them.
 * @param protect switches it on and off.
 */
export function protectionFor(
  protect: (on: boolean) => void,
  now: () => number = () => performance.now(),
): (milliseconds: number) => void {
  let until = 0;
  let timer: NodeJS.Timeout | undefined;
  return (milliseconds) => {
    protect(true);
    until = Math.max(until, now() + milliseconds);
    clearTimeout(timer);
    timer = setTimeout(() => protect(false), until - now());
  };
}
