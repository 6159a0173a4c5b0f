import { posix } from 'node:path';
import { findUntrue } from './check-plan.mjs';
import { findCircles } from './find-circles.mjs';
import { isOpenTo, roomOf } from './floor-plan.mjs';
import { SOURCE } from './read-files.mjs';
import { readImports } from './read-imports.mjs';
import { resolvePath } from './resolve-path.mjs';

/**
 * @typedef {import('./floor-plan.mjs').FloorPlan} FloorPlan
 * @typedef {import('./floor-plan.mjs').Room} Room
 * @typedef {import('./read-imports.mjs').Import} Import
 * @typedef {import('./check-plan.mjs').Resolved} Resolved
 * @typedef {import('./check-plan.mjs').Breach} Breach
 */

/** What the plan names that is no package. @type {Readonly<Record<string, string>>} */
const NAMED = { node: "Node's own modules", computed: 'what is computed, for no wall can be seen to hold there' };

/**
 * Compares what the files import with the floor plan, and the floor plan with the files.
 * @param {FloorPlan} plan
 * @param {ReadonlyMap<string, string>} files every file by its path from the root, with its text where it is source
 * @returns {Breach[]}
 */
export function checkWalls(plan, files) {
  const sources = [...files].filter(([file]) => SOURCE.test(file));
  const imports = sources.flatMap(([file, text]) => readImports(file, text)).map((one) => resolve(files, one));
  const breaches = [
    ...sources.flatMap(([file]) => unlisted(plan, file)),
    ...imports.flatMap((one) => crossed(plan, one)),
    ...circles(imports),
    ...[...plan.rooms.values()].flatMap((room) => findUntrue(plan, room, [...files.keys()], imports)),
  ];
  return withoutKnown(plan.known, breaches);
}

/** @param {ReadonlyMap<string, string>} files
 * @param {Import} one
 * @returns {Resolved} */
function resolve(files, one) {
  return { ...one, target: one.path === null ? null : resolvePath(files, one.path) };
}

/** @param {FloorPlan} plan
 * @param {string} file
 * @returns {Breach[]} */
function unlisted(plan, file) {
  if (roomOf(plan, file)) return [];
  const to = posix.dirname(file);
  const mend = `put the file into a room that is there, or give ${to} its place in walls.yaml`;
  return [{ where: `${file}:1`, from: file, to, text: `${to} is no room of walls.yaml`, mend }];
}

/** What an import does that its room may not.
 * @param {FloorPlan} plan
 * @param {Resolved} one
 * @returns {Breach[]} */
function crossed(plan, one) {
  const { file, target } = one;
  const from = roomOf(plan, file);
  if (!from || from.uses === 'everything') return [];
  const breach = (/** @type {string} */ to, /** @type {string} */ text, /** @type {string} */ mend) => {
    return [{ where: `${file}:${one.line}`, from: file, to, text, mend }];
  };
  if (one.package !== null) {
    if (from.packages === 'any' || from.packages.includes(one.package)) return [];
    const what = NAMED[one.package] ?? one.package;
    const mend = `let a room that has it do this and hand the result in, or add it to the packages of ${from.name} in walls.yaml`;
    return breach(one.package, `${from.name} may not import ${what}: it is ${from.is}`, mend);
  }
  if (target === null) {
    if (one.isAddress) return [];
    return breach(one.path ?? '', `${one.path} is no file`, 'name a file that is there');
  }
  const to = roomOf(plan, target);
  if (!to || to === from) return [];
  if (!from.uses.includes(to.name) && !from.uses.includes(target)) {
    if (to.floor > from.floor)
      return breach(
        target,
        `${from.name} stands beneath ${to.name} and may not know it`,
        'move what both need to a floor below them, or have it handed in from above',
      );
    const mend = `reach it through a room that ${from.name} uses, or add ${to.name} to its \`uses\` in walls.yaml and say why`;
    return breach(target, `${from.name} does not use ${to.name}`, mend);
  }
  if (isOpenTo(to, target, from)) return [];
  const open = [...(to.face === 'all' ? [] : to.face)].join(', ') || 'nothing';
  return breach(
    target,
    `${target} is not in the face of ${to.name}, which shows ${open}`,
    `take it from a file of the face, or add it to the \`face\` of ${to.name} in walls.yaml`,
  );
}

/** @param {readonly Resolved[]} imports
 * @returns {Breach[]} */
function circles(imports) {
  /** @type {Map<string, Set<string>>} */
  const graph = new Map();
  for (const { file, target, isAddress } of imports) {
    if (target === null || isAddress) continue;
    graph.set(file, (graph.get(file) ?? new Set()).add(target));
  }
  return findCircles(graph).map((circle) => {
    const [from = '', to = from] = circle;
    const line = imports.find(({ file, target }) => file === from && target === to)?.line;
    const text = `imports go round in a circle: ${[...circle, from].join(' -> ')}`;
    return {
      where: `${from}:${line}`,
      from,
      to,
      text,
      mend: 'move what both need, types too, into a file beneath both',
    };
  });
}

/**
 * Takes out the breaches that the plan knows of. One that is known but not found is a breach of its own, so that the list
 * only ever grows shorter.
 * @param {readonly string[]} known `from -> to`, each a file or all that is in a folder; or `from` alone
 * @param {readonly Breach[]} breaches
 * @returns {Breach[]}
 */
function withoutKnown(known, breaches) {
  const within = (/** @type {string} */ place, /** @type {string} */ folder) => {
    return place === folder || place.startsWith(`${folder}/`);
  };
  const excuses = known.map((line) => {
    const [from = '', to] = line.split(' -> ');
    const covers = (/** @type {Breach} */ breach) => {
      return within(breach.from, from) && (to === undefined || within(breach.to, to));
    };
    return { line, covers };
  });
  const mended = excuses.filter(({ covers }) => !breaches.some(covers));
  return [
    ...breaches.filter((breach) => !excuses.some(({ covers }) => covers(breach))),
    ...mended.map(({ line }) => {
      return {
        where: 'walls.yaml',
        from: line,
        to: line,
        text: `the known breach "${line}" is mended`,
        mend: 'take it out of the list',
      };
    }),
  ];
}
