import { expect, it } from 'vitest';
import { metricsText } from '../../cli/health/metrics-text.ts';
import { OWN_METRICS } from '../../cli/health/own-metrics.ts';
import { freshSources } from '../cli/health/sources.ts';
import { codes, read, section, tableRows } from './documents.ts';

const document = section(read('docs/operations.md'), '## Health and metrics');
const rows = tableRows(section(document, '### Metrics')).filter(([name = '']) =>
  codes(name)[0]?.startsWith('gatehouse_'),
);

it('docs/operations.md has every metric with its type, labels and help, in the order in which they are printed', () => {
  const documented = rows.map(([name = '', type, labels = '', says]) => [codes(name)[0], type, codes(labels), says]);
  expect(documented).toEqual(OWN_METRICS.map(({ name, type, labels = [], help }) => [name, type, [...labels], help]));
});

it('docs/operations.md names nothing in its recipes that /metrics does not print', async () => {
  const printed = await metricsText('prometheus', freshSources()).text();
  const known = new Set([...printed.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
  const used = [...document.matchAll(/\b(?:gatehouse|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(?:bucket|sum|count)$/, ''),
  );
  expect(used.length).toBeGreaterThan(OWN_METRICS.length);
  expect(used.filter((name) => !known.has(name))).toEqual([]);
});
