import { describe, expect, it } from 'vitest';
import { SeenValues } from '../../../proxy/redaction/seen-values.ts';
import { REDACTED, redactText } from '../../../proxy/redaction/stream-redactor.ts';

const HELD = 'held-by-a-stream';

/** So many others that what came before is pushed out. */
function flood(seen: SeenValues, name: string): void {
  for (let index = 0; index <= 20_000; index += 1) seen.add(Buffer.from(`${name}-number-${index}`));
}

describe('values that a running stream holds', () => {
  it('stay, however many others are seen meanwhile', () => {
    const seen = new SeenValues();
    const letGo = seen.hold([Buffer.from(HELD)]);
    for (const name of ['one', 'two', 'three']) flood(seen, name);
    expect(redactText(seen, HELD)).toBe(REDACTED);
    letGo();
    expect(redactText(seen, HELD)).toBe(REDACTED);
    flood(seen, 'four');
    expect(redactText(seen, HELD)).toBe(HELD);
  });

  it('stay until the last of those who hold them lets go, who counts once', () => {
    const seen = new SeenValues();
    const [one, other] = [seen.hold([Buffer.from(HELD)]), seen.hold([Buffer.from(HELD)])];
    one();
    one();
    flood(seen, 'one');
    expect(redactText(seen, HELD)).toBe(REDACTED);
    other();
    flood(seen, 'two');
    expect(redactText(seen, HELD)).toBe(HELD);
  });

  it('that were seen before are held too', () => {
    const seen = new SeenValues();
    seen.add(Buffer.from(HELD));
    seen.hold([Buffer.from(HELD)]);
    flood(seen, 'one');
    expect(redactText(seen, HELD)).toBe(REDACTED);
  });

  it('take no room from what is seen', () => {
    const seen = new SeenValues();
    seen.hold([Buffer.alloc(3 * 1024 * 1024, 'h')]);
    seen.add(Buffer.alloc(3 * 1024 * 1024, 's'));
    expect(seen.trims).toBe(0);
    expect(seen.values()).toHaveLength(2);
  });

  it('are held up to 4 MiB; what is more is as good as anything seen', () => {
    const seen = new SeenValues();
    const megabyte = (letter: string) => Buffer.alloc(1024 * 1024, letter);
    seen.hold([...'abcdef'].map(megabyte));
    for (const letter of 'stuvwxyz') seen.add(megabyte(letter));
    const left = seen.values().map((value) => value.toString('latin1', 0, 1));
    expect(left.slice(0, 4)).toEqual([...'abcd']);
    expect(left).not.toContain('e');
  });

  it('that are too short are not looked for', () => {
    const seen = new SeenValues();
    seen.hold([Buffer.from('short')])();
    expect(seen.isEmpty).toBe(true);
  });
});
