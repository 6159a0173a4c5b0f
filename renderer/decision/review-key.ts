import type { KeyboardEvent } from 'react';
import type { Review } from './use-review.ts';

/**
 * What a key does to the request that has the keyboard.
 * @returns true when it was one of ours.
 */
export function reviewKey(event: KeyboardEvent, review: Review): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return false;
  if (review.confirming !== null) {
    // Whoever goes on typing did not mean to be asked.
    const leaves = event.key === 'Escape' || (event.key.length === 1 && event.key !== ' ');
    if (leaves) review.back();
    return leaves;
  }
  if (event.repeat) return false;
  const press = { timeStamp: event.timeStamp, detail: 0 };
  if (event.key === 'a') review.decide('approve', press);
  else if (event.key === 'd') review.decide('deny', press);
  else return false;
  return true;
}
