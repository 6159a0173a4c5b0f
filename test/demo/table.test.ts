import { describe, expect, it } from 'vitest';
import { humanDuration } from '../../demo/table/column.ts';
import { podStatus } from '../../demo/table/pod-status.ts';
import { tableOf } from '../../demo/table/table.ts';

describe('an age', () => {
  const minute = 60_000;
  it.each([
    [5_000, '5s'],
    [119_000, '119s'],
    [2 * minute, '2m'],
    [2.5 * minute, '2m30s'],
    [61 * minute, '61m'],
    [200 * minute, '3h20m'],
    [30 * 60 * minute, '30h'],
    [50 * 60 * minute, '2d2h'],
    [100 * 24 * 60 * minute, '100d'],
    [800 * 24 * 60 * minute, '2y70d'],
  ])('of %d ms reads %s', (milliseconds, text) => {
    expect(humanDuration(milliseconds)).toBe(text);
  });
});

describe('the status of a pod', () => {
  const container = (state: object, ready = false) => ({ name: 'c', state, ready, restartCount: 0 });
  it.each([
    [
      'its phase',
      { phase: 'Running', containerStatuses: [container({ running: { startedAt: 'x' } }, true)] },
      '1/1',
      'Running',
    ],
    [
      'what it waits for',
      { phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ContainerCreating' } })] },
      '0/1',
      'ContainerCreating',
    ],
    [
      'how it ended',
      { phase: 'Succeeded', containerStatuses: [container({ terminated: { reason: 'Completed', exitCode: 0 } })] },
      '0/1',
      'Completed',
    ],
  ])('is %s', (_title, status, ready, text) => {
    const pod = JSON.parse(JSON.stringify({ metadata: {}, spec: { containers: [{ name: 'c' }] }, status }));
    expect(podStatus(pod)).toMatchObject({ ready, status: text });
  });
});

describe('a Table', () => {
  const secret = { metadata: { name: 's' }, type: 'Opaque', data: { a: 'YQ==' } };
  const options = { version: 'v1', include: 'Metadata', withColumns: true } as const;

  it('of Secrets shows the number of keys and no value', () => {
    const table = JSON.parse(JSON.stringify(tableOf('Secret', [secret], {}, options)));
    expect(table.rows[0].cells.slice(0, 3)).toEqual(['s', 'Opaque', 1]);
    expect(JSON.stringify(table)).not.toContain('YQ==');
  });

  it.each([
    ['None', null],
    ['Metadata', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 's' } }],
    ['Object', secret],
  ] as const)('with includeObject=%s carries as much of the object', (include, object) => {
    const table = JSON.parse(JSON.stringify(tableOf('Secret', [secret], {}, { ...options, include })));
    expect(table.rows[0].object).toEqual(object);
  });
});
