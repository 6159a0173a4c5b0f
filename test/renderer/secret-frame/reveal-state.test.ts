import { describe, expect, test } from 'vitest';
import { MASKED, nextReveal, type RevealEvent, type RevealState } from '../../../renderer/secret-frame/reveal-state.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const value = { value: 's3cret', encoding: 'utf8', expiresAt: new Date(NOW + 30_000).toISOString() } as const;
const problem = { code: 'approval-denied', message: 'denied', details: '', reference: null };
const through = (...events: RevealEvent[]): RevealState => events.reduce(nextReveal, MASKED);
const ASK: RevealEvent = { type: 'ask' };
const SENT: RevealEvent = { type: 'sent', now: NOW };
const ANSWERED: RevealEvent = { type: 'answered', value, now: NOW };

describe('revealing one key', () => {
  test('goes from the question over the wait to the value', () => {
    expect(through(ASK).kind).toBe('asking');
    expect(through(ASK, SENT).kind).toBe('waiting');
    expect(through(ASK, SENT, ANSWERED)).toMatchObject({ kind: 'revealed', value });
  });

  test('the value goes when its time is over, not before', () => {
    const shown = through(ASK, SENT, ANSWERED);
    expect(nextReveal(shown, { type: 'tick', now: NOW + 29_999 }).kind).toBe('revealed');
    expect(nextReveal(shown, { type: 'tick', now: NOW + 30_000 })).toEqual(MASKED);
  });

  test('hiding drops the value from the state', () => {
    expect(JSON.stringify(through(ASK, SENT, ANSWERED, { type: 'hide' }))).not.toContain('s3cret');
  });

  test('an answer that comes after it was hidden is never shown', () => {
    expect(through(ASK, SENT, { type: 'hide' }, ANSWERED)).toEqual(MASKED);
  });

  test('an answer whose time is over already is never shown', () => {
    expect(through(ASK, SENT, { ...ANSWERED, now: NOW + 31_000 })).toEqual(MASKED);
  });

  test('a value cannot appear without having been asked for', () => {
    expect(through(ANSWERED)).toEqual(MASKED);
    expect(through(ASK, ANSWERED)).toEqual(MASKED);
  });

  test('a refusal says why, and can be asked again', () => {
    const refused = through(ASK, SENT, { type: 'refused', problem });
    expect(refused).toEqual({ kind: 'refused', problem });
    expect(nextReveal(refused, ASK).kind).toBe('asking');
  });
});
