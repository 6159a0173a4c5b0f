import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { quotedYaml } from '../../proxy/quoted-yaml.ts';
import {
  ourReading,
  PLACE,
  type Reading,
  type Recorded,
  readingOfClientGo,
} from '../proxy/clusters/client-go-reading.ts';
import { bytesOf, type GeneratedKubeconfig, generateKubeconfig } from '../proxy/clusters/generated-kubeconfig.ts';
import { ODD_KUBECONFIGS } from '../proxy/clusters/odd-kubeconfigs.ts';
import { ODD_NAMES } from '../proxy/clusters/odd-names.ts';
import { Random, seeds } from '../proxy/masking/random.ts';

/** Built of test/clients/libraries/kubeconfigs; `npm run test:cluster` does. */
const program = process.env['GATEHOUSE_TEST_CLIENT_GO'] ?? '';
const kubectl = process.env['GATEHOUSE_TEST_KUBECTL'] ?? 'kubectl';
const fixture = new URL('../proxy/clusters/fixtures/client-go-readings.json', import.meta.url);
/** Set to write the fixture anew. */
const recording = process.env['GATEHOUSE_TEST_RECORD'] !== undefined;

const FILES_A_SEED = 1_000;
/** Shares of fields that are odd: in most files one or two, in some nearly all. */
const ODDITIES = [0.02, 0.1, 0.3];

function generated(seed: number, count: number): GeneratedKubeconfig[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, at) => generateKubeconfig(random, ODDITIES[at % ODDITIES.length] ?? 0));
}

function clientGo(kubeconfigs: readonly GeneratedKubeconfig[]): Reading[] {
  const input = kubeconfigs.map(({ blocks, form }) => ({
    file: PLACE,
    bytes: bytesOf(blocks, form).toString('base64'),
  }));
  const output = execFileSync(program, {
    input: input.map((line) => JSON.stringify(line)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const answers = output.trimEnd().split('\n');
  expect(answers).toHaveLength(kubeconfigs.length);
  return answers.map((line) => readingOfClientGo(JSON.parse(line)));
}

/** What client-go makes of each, and of what is left without the entries that our reader calls wrong. */
function record(kubeconfigs: readonly (GeneratedKubeconfig & { readonly name: string })[]): Recorded[] {
  const readings = clientGo(kubeconfigs);
  const lefts = kubeconfigs.map((kubeconfig) => ({ ...kubeconfig, blocks: ourReading(kubeconfig).left }));
  const readingsOfLefts = clientGo(lefts);
  return kubeconfigs.map((kubeconfig, at) => {
    const text = lefts[at]?.blocks.join('') ?? '';
    const whole = text === kubeconfig.blocks.join('');
    return {
      ...kubeconfig,
      reading: readings[at] ?? null,
      left: whole ? null : { text, reading: readingsOfLefts[at] ?? null },
    };
  });
}

/** One line of what our reader makes otherwise, or null. */
function difference({ reading, left, ...kubeconfig }: Recorded): string | null {
  const ours = ourReading(kubeconfig).reading;
  const expected = left === null ? reading : left.reading;
  const same = JSON.stringify(ours) === JSON.stringify(expected) && (left === null || reading === null);
  const told = { form: kubeconfig.form, text: kubeconfig.blocks.join(''), ours, expected, refused: reading === null };
  return same ? null : JSON.stringify(told, null, 1);
}

function contextCalled(name: string): object {
  return {
    clusters: [{ name, cluster: { server: name } }],
    users: [{ name, user: { token: name } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: name } }],
    'current-context': name,
  };
}

describe.skipIf(program === '')('client-go, asked about kubeconfigs', () => {
  it.each(seeds(4))('reads what we read in a thousand files by chance (seed %i)', (seed) => {
    const all = record(
      generated(seed, FILES_A_SEED).map((kubeconfig, at) => ({ ...kubeconfig, name: `${seed}/${at}` })),
    );
    expect(all.flatMap((one) => difference(one) ?? []).slice(0, 3)).toEqual([]);
    // Each kind of outcome is there, so that the comparison means something.
    expect(all.filter(({ reading }) => reading !== null).length).toBeGreaterThan(FILES_A_SEED / 5);
    expect(all.filter(({ left }) => left !== null).length).toBeGreaterThan(FILES_A_SEED / 5);
  });

  it.each(seeds(2))('reads what Gatehouse writes, whatever a context is called (seed %i)', (seed) => {
    const random = new Random(seed);
    const anyName = () => random.pick(ODD_NAMES) + random.pick(['', random.text(), random.pick(ODD_NAMES)]);
    const names = [...new Set([...ODD_NAMES, ...Array.from({ length: 500 }, anyName)])];
    const written = names.map((name) => ({ blocks: [quotedYaml(contextCalled(name))], form: 'plain' as const }));
    expect(clientGo(written)).toEqual(
      names.map((name) => ({
        clusters: { [`entry ${name}`]: { server: name } },
        users: { [`entry ${name}`]: { token: name } },
        contexts: { [`entry ${name}`]: { cluster: name, user: name, namespace: name } },
        currentContext: name,
      })),
    );
  });

  it('reads still what was recorded of it', () => {
    const odd = Object.entries(ODD_KUBECONFIGS).map(([name, blocks]) => ({ name, blocks, form: 'plain' as const }));
    const chance = generated(1, 100).map((kubeconfig, at) => ({ ...kubeconfig, name: `by chance, number ${at}` }));
    const now = record([...odd, ...chance]);
    if (recording) writeFileSync(fixture, `[\n${now.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`);
    expect(now).toEqual(JSON.parse(readFileSync(fixture, 'utf8')));
    expect(now.flatMap((one) => difference(one) ?? [])).toEqual([]);
  });
});

describe('kubectl itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-kubeconfigs-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const recorded: readonly Recorded[] = JSON.parse(readFileSync(fixture, 'utf8'));

  it('shows and refuses what client-go does, fifty times', async () => {
    // It shows paths as they are written, and client-go resolves them.
    const withoutPaths = recorded.filter(
      ({ blocks }) => !/(?:certificate|authority|key|File|command): /.test(blocks.join('')),
    );
    const fifty = withoutPaths.slice(-50);
    expect(fifty).toHaveLength(50);
    for (const [at, { blocks, form, reading, name }] of fifty.entries()) {
      const file = join(folder, `config-${at}`);
      writeFileSync(file, bytesOf(blocks, form));
      const shown = await promisify(execFile)(
        kubectl,
        ['config', 'view', '--raw', '-o', 'json', '--kubeconfig', file],
        {
          env: { HOME: folder },
        },
      ).catch(() => null);
      const seen = shown === null ? null : readingOfClientGo({ config: JSON.parse(shown.stdout) });
      expect(seen, name).toEqual(reading);
    }
  });

  it('lists what Gatehouse writes under the names that it was given', async () => {
    // Its table turns tabs into blanks.
    const names = ODD_NAMES.filter((name) => !/[\t\r\n]/.test(name));
    const file = join(folder, 'written');
    const contexts = [...new Set(names)].map((name) => ({ name, context: { cluster: name, user: name } }));
    writeFileSync(file, quotedYaml({ contexts, 'current-context': 'no' }));
    const run = (...words: string[]) =>
      promisify(execFile)(kubectl, ['config', ...words, '--kubeconfig', file], { env: { HOME: folder } });
    const { stdout } = await run('get-contexts', '-o', 'name');
    expect(stdout.split('\n').filter(Boolean).sort()).toEqual([...new Set(names)].sort());
    expect((await run('current-context')).stdout).toBe('no\n');
  });
});
