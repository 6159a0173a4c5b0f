import { RestingTime } from './resting-time.ts';

/*
 * Where this frame was when the pointer was over it, and since when it has the keyboard. A document around it could push it
 * under a click, or take the keyboard into it between two letters: neither then decides anything.
 */

/** A scaled display rounds a place on the screen to one pixel or the next. */
const STILL_PX = 2;

const place = new RestingTime();
let anchor = { x: 0, y: 0 };
const keyboard = new RestingTime();

/** Begins to follow the pointer and the focus; once for a document. */
export function followHands(window: Window): void {
  const note = (event: PointerEvent) => {
    // On the screen, not in the frame: what tells a frame that moved from a pointer that did.
    const [x, y] = [event.screenX - event.clientX, event.screenY - event.clientY];
    if (Math.abs(x - anchor.x) > STILL_PX || Math.abs(y - anchor.y) > STILL_PX) anchor = { x, y };
    place.note(`${anchor.x},${anchor.y}`, event.timeStamp);
  };
  for (const type of ['pointerover', 'pointermove', 'pointerdown'] as const) {
    window.addEventListener(type, note, { capture: true });
  }
  let times = 0;
  window.addEventListener('focus', (event) => {
    if (event.target !== window) return;
    times += 1;
    keyboard.note(`focus ${times}`, event.timeStamp);
  });
  if (window.document.hasFocus()) keyboard.note('focus 0', performance.now());
}

/** Whether the frame has been where it is since before the pointer came to it. */
export function hasRested(now: number): boolean {
  return place.has(now);
}

/** Whether keys have come here for a moment already. */
export function hasKeyboard(now: number): boolean {
  return document.hasFocus() && keyboard.has(now);
}
