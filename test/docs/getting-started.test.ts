import { describe, expect, it } from 'vitest';
import { GATEWAY_FLAGS } from '../../cli/gateway/gateway-flags.ts';
import { codes, read, section, tableRows } from './documents.ts';

const headless = section(read('docs/getting-started.md'), '## Headless');

describe('docs/getting-started.md', () => {
  it('has every flag of the gateway in its table, once, and none that there is not', () => {
    const table = headless.slice(headless.indexOf('| flag | for |'), headless.indexOf('### Stopping'));
    const documented = tableRows(table).flatMap(([flags = '']) => codes(flags).map((flag) => flag.split(' ')[0]));
    expect(documented.toSorted()).toEqual(
      Object.keys(GATEWAY_FLAGS)
        .map((flag) => `--${flag}`)
        .toSorted(),
    );
  });
});
