import { expect, test } from 'vitest';
import { prefers } from '../../../cli/health/prefers.ts';

const TEXT = 'text/plain';
const OPEN = 'application/openmetrics-text';

test.each([
  ['', TEXT],
  ['*/*', TEXT],
  ['application/openmetrics-text', OPEN],
  ['application/*', OPEN],
  ['text/plain;q=0.4, application/openmetrics-text;q=0.5', OPEN],
  ['text/plain;q=0.5, application/openmetrics-text;q=0.5', TEXT],
  ['application/openmetrics-text;q=0', TEXT],
  ['application/openmetrics-text;q=nonsense', TEXT],
  // What Prometheus 3 sends.
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    OPEN,
  ],
  // With scrape_protocols: [PrometheusText0.0.4].
  ['text/plain;version=0.0.4;q=0.5,*/*;q=0.1', TEXT],
])('%s', (accept, wanted) => expect(prefers(accept, [TEXT, OPEN])).toBe(wanted));
