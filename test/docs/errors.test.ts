import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/command/exit-codes.ts';
import { REFUSALS } from '../../proxy/refusal.ts';
import { codes, filesBelow, read, section, tableRows } from './documents.ts';

const document = read('docs/errors.md');

/** Codes of errors that the app may show: every literal that is thrown with one of these classes. */
function thrownCodes(): readonly string[] {
  const thrown =
    /new (?:HostError|AccessError|ControlSocketError|PolicyChangeError|PolicyUpgradeError)\(\s*'([a-z-]+)'/g;
  const fixed = /readonly code = '([a-z-]+)'/g;
  const sources = [...filesBelow('main'), ...filesBelow('proxy')].map(read);
  return [
    ...new Set(sources.flatMap((text) => [...text.matchAll(thrown), ...text.matchAll(fixed)].map((m) => m[1] ?? ''))),
  ];
}

describe('docs/errors.md', () => {
  const answers = tableRows(section(document, '## Answers of the gateway'));

  it('has every code of the gateway once, with its status', () => {
    const documented = answers.map(([code = '', status]) => `${codes(code)[0]} ${status}`);
    const real = Object.entries(REFUSALS).map(([code, { status }]) => `${code} ${status}`);
    expect(documented.toSorted()).toEqual(real.toSorted());
  });

  it('says of every code what it means', () => {
    for (const [code, , means = ''] of answers) expect(means, code).not.toBe('');
  });

  it('has every exit code of the command line, by number and name', () => {
    const rows = tableRows(section(document, '## Exit codes of the command line'));
    expect(Object.fromEntries(rows.map(([number, name = '']) => [name, Number(number)]))).toEqual(exitCodes);
  });

  it('has every code that the app throws, and none that nothing throws', () => {
    const documented = tableRows(section(document, '## Codes in the app')).flatMap(([code = '']) => codes(code));
    // Codes of Node, of the page itself, and of anything that was thrown without one.
    const others = ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'screen-failed'];
    expect(documented.toSorted()).toEqual([...new Set([...thrownCodes(), ...others])].toSorted());
  });
});
