import { describe, expect, it } from 'vitest';
import { POOL_LIMITS } from '../../../proxy/forward/connection-pool.ts';
import { CAPACITY, Capacity } from '../../../proxy/listener/capacity.ts';

const LIMITS = { requests: 3, requestsOfSession: 2, slow: 1, slowOfSession: 1, lasting: 1, lastingOfSession: 1 };

describe('the capacity of the gateway', () => {
  it('gives no more places than there are, and gives them again when they are left', () => {
    const capacity = new Capacity(LIMITS);
    const places = ['a', 'a', 'b'].map((session) => capacity.enter(session));
    expect(places).not.toContain(null);
    expect(capacity.enter('c')).toBeNull();
    places[0]?.leave();
    expect(capacity.enter('c')).not.toBeNull();
  });

  it('keeps one session from taking all of them', () => {
    const capacity = new Capacity(LIMITS);
    capacity.enter('a');
    capacity.enter('a');
    expect(capacity.enter('a')).toBeNull();
    expect(capacity.enter('b')).not.toBeNull();
  });

  it('counts what lasts apart, and only so much of it', () => {
    const capacity = new Capacity(LIMITS);
    const first = capacity.enter('a');
    expect(first?.lasting()).toBe(true);
    expect(first?.lasting()).toBe(true);
    expect(capacity.enter('a')?.lasting()).toBe(false);
    expect(capacity.enter('a')).not.toBeNull();
    first?.leave();
    expect(capacity.enter('b')?.lasting()).toBe(true);
  });

  it('keeps one session from taking all of what lasts', () => {
    const capacity = new Capacity({ ...LIMITS, lasting: 2 });
    const first = capacity.enter('a');
    expect(first?.lasting()).toBe(true);
    expect(capacity.enter('a')?.lasting()).toBe(false);
    expect(capacity.enter('b')?.lasting()).toBe(true);
    first?.leave();
    first?.leave();
    expect(capacity.enter('a')?.lasting()).toBe(true);
  });

  it('leaves connections to a cluster for short requests when all that lasts is there', () => {
    expect(POOL_LIMITS.connections).toBeGreaterThanOrEqual(CAPACITY.lasting + CAPACITY.slow + CAPACITY.requests);
  });

  it('counts slow bodies apart, so that however many there are, others are served', () => {
    const capacity = new Capacity({ ...LIMITS, slow: 2 });
    const slow = capacity.enter('a');
    expect(slow?.slow()).toBe(true);
    expect(capacity.enter('a')?.slow()).toBe(false);
    expect(capacity.enter('b')?.slow()).toBe(true);
    expect(capacity.enter('a')).not.toBeNull();
    expect(slow?.lasting()).toBe(true);
    expect(capacity.enter('c')?.slow()).toBe(true);
  });

  it('counts a place that is left twice once', () => {
    const capacity = new Capacity(LIMITS);
    const place = capacity.enter('a');
    place?.leave();
    place?.leave();
    capacity.enter('a');
    capacity.enter('a');
    expect(capacity.enter('a')).toBeNull();
  });
});
