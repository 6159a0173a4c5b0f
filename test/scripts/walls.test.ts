import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../../scripts/set-up/cache-folder.mjs';
import { checkWalls } from '../../scripts/walls/check-walls.mjs';
import { readFloorPlan } from '../../scripts/walls/floor-plan.mjs';
import { readFiles } from '../../scripts/walls/read-files.mjs';

const HOUSE = `
rooms:
  model:
    is: words
    face: [principal]
  proxy:
    is: the ground of the gateway
    face: all
  proxy/masking/walk:
    is: the walk
    uses: [model]
    inner: [masker]
  proxy/masking:
    is: masks
    uses: [proxy, proxy/masking/walk]
    face: [mask]
  proxy/gateway.ts:
    is: the gateway
    uses: [proxy/masking]
    packages: [node]
  renderer/app:
    is: the windows
    uses: [model]
    packages: [react]
  main/gateway-host:
    is: a utility process
    uses: [proxy/gateway.ts]
    face: [protocol]
  main:
    is: the start of the app
    uses: [main/gateway-host]
    packages: [electron]
  test/**:
    is: the tests
    uses: everything
    packages: any
`;

/** A house in which every wall holds and every entry of the plan is needed. */
const FILES = {
  'model/principal.ts': 'export interface Principal {}',
  'model/decision.ts': "import type { Principal } from './principal.ts';",
  'proxy/refusal.ts': '',
  'proxy/masking/walk/masker.ts': "import type { Principal } from '../../../model/principal.ts';",
  'proxy/masking/walk/frame.ts': '',
  'proxy/masking/mask.ts': "import '../refusal.ts';\nimport './walk/masker.ts';",
  'proxy/gateway.ts': "import { join } from 'node:path';\nexport { mask } from './masking/mask.ts';",
  'renderer/app/app.tsx':
    "import type { Principal } from '../../model/principal.ts';\nexport const app = <App />;\nimport 'react';",
  'renderer/app/app.css': '',
  'main/gateway-host/index.ts': "import '../../proxy/gateway.ts';",
  'main/gateway-host/protocol.ts': '',
  'main/index.ts': "import { app } from 'electron';\nimport './gateway-host/protocol.ts';",
  'test/proxy/gateway.test.ts':
    "import '../../proxy/gateway.ts';\nimport '../../proxy/masking/walk/frame.ts';\nimport 'vitest';",
};

function breaches(planted: Record<string, string>, change: (plan: string) => string = (plan) => plan): string[] {
  const files = new Map(Object.entries({ ...FILES, ...planted }));
  return checkWalls(readFloorPlan(change(HOUSE)), files).map(({ where, text }) => `${where}: ${text}`);
}

/** One file more, with one import. */
function imports(file: string, code: string): string[] {
  return breaches({ [file]: code });
}

describe('a house whose walls hold', () => {
  it('has no breach', () => {
    expect(breaches({})).toEqual([]);
  });

  it('lets tests import everything', () => {
    expect(imports('test/main/deep/any.test.ts', "import '../../../model/decision.ts';\nimport 'electron';")).toEqual(
      [],
    );
  });

  it('is this one', { timeout: 120_000 }, async () => {
    const plan = readFloorPlan(await readFile(join(repository, 'walls.yaml'), 'utf8'));
    expect(checkWalls(plan, await readFiles(repository)).map(({ where, text }) => `${where}: ${text}`)).toEqual([]);
  });
});

describe('an import through a wall', () => {
  it.each([
    [
      'of a room above',
      'proxy/masking/walk/up.ts',
      "import '../mask.ts';",
      'proxy/masking/walk stands beneath proxy/masking and may not know it',
    ],
    [
      'of a room that is not among those it uses',
      'proxy/masking/walk/across.ts',
      "import '../../refusal.ts';",
      'proxy/masking/walk does not use proxy',
    ],
    [
      'of a file that is not in the face',
      'renderer/app/list.ts',
      "import '../../model/decision.ts';",
      'model/decision.ts is not in the face of model, which shows principal',
    ],
    [
      'of a file that is only for the rooms under its own roof',
      'proxy/gateway.ts',
      "import 'node:path';\nimport './masking/mask.ts';\nimport './masking/walk/masker.ts';",
      'proxy/gateway.ts does not use proxy/masking/walk',
    ],
    [
      'of the gateway in a window',
      'renderer/app/gateway.ts',
      "import { gateway } from '../../proxy/gateway.ts';",
      'renderer/app does not use proxy/gateway.ts',
    ],
    [
      'of a type of the gateway in a window',
      'renderer/app/gateway.ts',
      "import type { Gateway } from '../../proxy/gateway.ts';",
      'renderer/app does not use proxy/gateway.ts',
    ],
    [
      'of Electron in a host',
      'main/gateway-host/window.ts',
      "import { BrowserWindow } from 'electron/main';",
      'main/gateway-host may not import electron: it is a utility process',
    ],
    [
      'of React in the gateway',
      'proxy/view.ts',
      "import 'react/jsx-runtime';",
      'proxy may not import react: it is the ground of the gateway',
    ],
    [
      "of Node's own in the model",
      'model/read.ts',
      "import { readFile } from 'node:fs/promises';",
      "model may not import Node's own modules: it is words",
    ],
    [
      'of a test',
      'proxy/double.ts',
      "import '../test/proxy/gateway.test.ts';",
      'proxy stands beneath test/** and may not know it',
    ],
    [
      'that leaves the ending out',
      'proxy/masking/walk/up.ts',
      "import '../mask';",
      'proxy/masking/walk stands beneath proxy/masking and may not know it',
    ],
    [
      'that names the file as it will be built',
      'proxy/masking/walk/up.ts',
      "import '../mask.js';",
      'proxy/masking/walk stands beneath proxy/masking and may not know it',
    ],
    ['of no file', 'proxy/lost.ts', "import './gone.ts';", 'proxy/gone.ts is no file'],
    [
      'whose target is computed',
      'proxy/plugin.ts',
      'const plugin = (name: string) => import(name);',
      'proxy may not import what is computed, for no wall can be seen to hold there: it is the ground of the gateway',
    ],
  ])('%s', (_case, file, code, text) => {
    const lines = code.split('\n').length;
    expect(imports(file, code)).toEqual([`${file}:${lines}: ${text}`]);
  });

  it.each([
    ['an import', "import { mask } from '../mask.ts';"],
    ['an import for its effects', "import '../mask.ts';"],
    ['an import of types', "import type { Mask } from '../mask.ts';"],
    ['an import of one type', "import { type Mask } from '../mask.ts';"],
    ['a re-export', "export { mask } from '../mask.ts';"],
    ['a re-export of everything', "export * from '../mask.ts';"],
    ['a re-export of types', "export type { Mask } from '../mask.ts';"],
    ['import()', "const mask = await import('../mask.ts');"],
    ['import() of a template', 'const mask = await import(`../mask.ts`);'],
    ['the type of an import()', "type Mask = import('../mask.ts').Mask;"],
    ['require()', "const mask = require('../mask.ts');"],
    ['an address', "const worker = new URL('../mask.ts', import.meta.url);"],
  ])('is found in %s', (_form, code) => {
    expect(imports('proxy/masking/walk/up.ts', `\n${code}`)).toEqual([
      'proxy/masking/walk/up.ts:2: proxy/masking/walk stands beneath proxy/masking and may not know it',
    ]);
  });

  it('opens a face of a neighbour to the rooms under the same roof alone', () => {
    const using = (plan: string) => plan.replace('uses: [proxy/masking]', 'uses: [proxy/masking, proxy/masking/walk]');
    const code = "import 'node:path';\nimport './masking/mask.ts';\nimport './masking/walk/masker.ts';";
    expect(breaches({ 'proxy/gateway.ts': code }, using)).toEqual([
      'proxy/gateway.ts:3: proxy/masking/walk/masker.ts is not in the face of proxy/masking/walk, which shows nothing',
    ]);
  });

  it('may be of one file of a face alone', () => {
    const using = (plan: string) =>
      plan
        .replace('face: [principal]', 'face: [principal, decision]')
        .replace('uses: [model]', 'uses: [model/principal.ts]');
    const planted = {
      'proxy/masking/walk/frame.ts': "import '../../../model/decision.ts';",
      'renderer/app/list.ts': "import '../../model/decision.ts';",
    };
    expect(breaches(planted, using)).toEqual(['proxy/masking/walk/frame.ts:1: proxy/masking/walk does not use model']);
  });
});

describe('a circle', () => {
  it('of imports is told with the way round', () => {
    const planted = {
      'proxy/a.ts': "import './b.ts';",
      'proxy/b.ts': "\nimport './c.ts';",
      'proxy/c.ts': "import './a.ts';\nimport './refusal.ts';",
    };
    expect(breaches(planted)).toEqual([
      'proxy/a.ts:1: imports go round in a circle: proxy/a.ts -> proxy/b.ts -> proxy/c.ts -> proxy/a.ts',
    ]);
  });

  it('of types alone is one too', () => {
    const planted = {
      'proxy/a.ts': "import type { B } from './b.ts';",
      'proxy/b.ts': "export type A = import('./a.ts').A;",
    };
    expect(breaches(planted)).toEqual([
      'proxy/a.ts:1: imports go round in a circle: proxy/a.ts -> proxy/b.ts -> proxy/a.ts',
    ]);
  });

  it('is told once for each knot, in tests too', () => {
    const planted = {
      'proxy/a.ts': "import './b.ts';",
      'proxy/b.ts': "import './a.ts';",
      'test/a.ts': "import './b.ts';",
      'test/b.ts': "import './a.ts';",
    };
    expect(breaches(planted)).toHaveLength(2);
  });

  it('is not made by an address, which loads nothing', () => {
    const planted = { 'proxy/a.ts': "import './b.ts';", 'proxy/b.ts': "new URL('./a.ts', import.meta.url);" };
    expect(breaches(planted)).toEqual([]);
  });
});

describe('a floor plan that is not true', () => {
  it('has no place for a folder', () => {
    expect(imports('proxy/masking/scan/scanner.ts', '')).toEqual([
      'proxy/masking/scan/scanner.ts:1: proxy/masking/scan is no room of walls.yaml',
    ]);
  });

  it.each([
    ['a room that is not there', 'rooms:', 'rooms:\n  attic:\n    is: old things', 'attic is not there'],
    [
      'a face that shows no file',
      'face: [principal]',
      'face: [principal, session]',
      'the face of model shows session, which is no file of it',
    ],
    [
      'a face that shows what only tests import',
      'inner: [masker]',
      'inner: [masker]\n    face: [frame]',
      'the face of proxy/masking/walk shows frame, which nobody imports',
    ],
    [
      'a use of nothing',
      'uses: [proxy/masking]',
      'uses: [model, proxy/masking]',
      'proxy/gateway.ts uses nothing of model',
    ],
    [
      'a use of a room that is not there',
      'uses: [proxy/masking]',
      'uses: [proxy/masking, proxy/signals]',
      'proxy/gateway.ts uses proxy/signals, which is not there',
    ],
    [
      'a package that nobody imports',
      'packages: [electron]',
      'packages: [electron, zod]',
      'nothing in main imports zod',
    ],
    [
      'a known breach that is mended',
      'rooms:',
      'known: [proxy -> electron]\nrooms:',
      'the known breach "proxy -> electron" is mended',
    ],
  ])('has %s', (_case, from, to, text) => {
    const found = breaches({}, (plan) => plan.replace(from, to));
    expect(found.map((line) => line.replace(/^walls\.yaml(:\d+)?: /, ''))).toEqual([text]);
  });

  it('has a room use one that stands on it', () => {
    const found = breaches({}, (plan) => plan.replace('is: words', 'is: words\n    uses: [proxy]'));
    expect(found).toEqual(['walls.yaml:3: model uses proxy, which does not stand beneath it']);
  });

  it.each([
    ['a word that it does not know', '  model:\n    is: words\n    faces: [principal]\n'],
    ['a room without a word on what it is', '  model:\n    face: all\n'],
    ['a room twice', '  model:\n    is: a\n  model:\n    is: b\n'],
  ])('cannot be read with %s', (_case, rooms) => {
    expect(() => readFloorPlan(`rooms:\n${rooms}`)).toThrow();
  });

  it('excuses the breaches that it knows of, and no other', () => {
    const planted = { 'proxy/view.ts': "import 'react';\nimport 'electron';" };
    expect(breaches(planted, (plan) => `${plan}known: [proxy/view.ts -> react]`)).toEqual([
      'proxy/view.ts:2: proxy may not import electron: it is the ground of the gateway',
    ]);
  });
});
