import { beforeEach, describe, expect, test } from 'vitest';
import { ShownApprovals } from '../../../main/approvals/shown-approvals.ts';

const refused = expect.objectContaining({ code: 'approval-not-shown' });
const FRAME = '7/3';

describe('a vote', () => {
  let now: number;
  let shown: ShownApprovals;
  beforeEach(() => {
    now = 1_000;
    shown = new ShownApprovals(() => now);
  });

  test.each<[string, () => void]>([
    ['that no frame shows', () => undefined],
    ['that another frame shows', () => shown.shows('7/4', 'a-1')],
    ['when the frame shows another', () => shown.shows(FRAME, 'a-2')],
    [
      'when the frame has gone on to another',
      () => {
        shown.shows(FRAME, 'a-1');
        now += 60_000;
        shown.shows(FRAME, 'a-2');
      },
    ],
    [
      'that the frame does not show any more',
      () => {
        shown.shows(FRAME, 'a-1');
        now += 60_000;
        shown.shows(FRAME, null);
      },
    ],
  ])('is refused for a request %s', (_what, before) => {
    before();
    now += 60_000;
    expect(() => shown.requireShown(FRAME, 'a-1', true)).toThrow(refused);
  });

  test.each([
    [0, false],
    [299, false],
    [300, true],
    [60_000, true],
  ])('%i ms after the frame said that it shows it is taken: %s', (waited, taken) => {
    shown.shows(FRAME, 'a-1');
    now += waited;
    const vote = () => shown.requireShown(FRAME, 'a-1', true);
    if (taken) expect(vote).not.toThrow();
    else expect(vote).toThrow(refused);
  });

  test('is refused while the window cannot be seen, however long ago that was', () => {
    shown.shows(FRAME, 'a-1');
    now += 60_000;
    expect(() => shown.requireShown(FRAME, 'a-1', false)).toThrow(refused);
    expect(() => shown.requireShown(FRAME, 'a-1', true)).not.toThrow();
  });

  test('waits no longer because the frame says it again', () => {
    shown.shows(FRAME, 'a-1');
    now += 200;
    shown.shows(FRAME, 'a-1');
    now += 100;
    expect(() => shown.requireShown(FRAME, 'a-1', true)).not.toThrow();
  });

  test('is refused where a request comes back into view, until it has been there anew', () => {
    shown.shows(FRAME, 'a-1');
    now += 60_000;
    shown.shows(FRAME, 'a-2');
    shown.shows(FRAME, 'a-1');
    expect(() => shown.requireShown(FRAME, 'a-1', true)).toThrow(refused);
  });

  test('needs no memory of the frames that are gone', () => {
    for (let frame = 0; frame < 1_000; frame += 1) shown.shows(`old/${frame}`, 'a-1');
    shown.shows(FRAME, 'a-1');
    now += 60_000;
    expect(() => shown.requireShown('old/0', 'a-1', true)).toThrow(refused);
    expect(() => shown.requireShown(FRAME, 'a-1', true)).not.toThrow();
  });
});
