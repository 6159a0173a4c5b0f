import { posix } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

const names = z.array(z.string().min(1)).default([]);

const roomSchema = z.strictObject({
  is: z.string().min(1),
  uses: z.union([z.literal('everything'), names]).default([]),
  packages: z.union([z.literal('any'), names]).default([]),
  face: z.union([z.literal('all'), names]).default([]),
  inner: z.union([z.literal('all'), names]).default([]),
});

const planSchema = z.strictObject({ rooms: z.record(z.string(), roomSchema), known: names });

/**
 * @typedef {z.infer<typeof roomSchema> & { name: string, floor: number, line: number }} Room
 * @typedef {{ rooms: ReadonlyMap<string, Room>, known: readonly string[] }} FloorPlan the rooms from the ground up
 */

/**
 * @param {string} text of walls.yaml
 * @returns {FloorPlan}
 */
export function readFloorPlan(text) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors[0]) throw new Error(`walls.yaml: ${document.errors[0].message}`);
  const { rooms, known } = planSchema.parse(document.toJS());
  const lineOf = (/** @type {string} */ name) => {
    const pair = /** @type {any} */ (document.get('rooms')).items.find(
      (/** @type {any} */ item) => item.key.value === name,
    );
    return lines.linePos(pair.key.range[0]).line;
  };
  const entries = Object.entries(rooms).map(([name, room], floor) => {
    return /** @type {const} */ ([name, { ...room, name, floor, line: lineOf(name) }]);
  });
  return { rooms: new Map(entries), known };
}

/**
 * The room that a file is in: the file itself where the plan has it as one, else its folder, else the folder above that
 * the plan has with all that is in it (`test/**`).
 * @param {FloorPlan} plan
 * @param {string} file
 * @returns {Room | undefined}
 */
export function roomOf({ rooms }, file) {
  const own = rooms.get(file) ?? rooms.get(posix.dirname(file));
  if (own) return own;
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) {
    const deep = rooms.get(`${folder}/**`);
    if (deep) return deep;
  }
  return undefined;
}

/**
 * Whether a room may import a file of another: it is in the face, or among the inner ones of a room under the same roof.
 * @param {Room} to
 * @param {string} file
 * @param {Room} from
 */
export function isOpenTo(to, file, from) {
  if (to.name === file || to.face === 'all' || to.face.some((name) => isNamed(to, name, file))) return true;
  const roof = posix.dirname(to.name);
  const underIt = from.name === roof || from.name.startsWith(`${roof}/`);
  return underIt && (to.inner === 'all' || to.inner.some((name) => isNamed(to, name, file)));
}

/**
 * Whether an entry of a room's face means a file; the endings of source files are left out there.
 * @param {Room} room
 * @param {string} name
 * @param {string} file
 */
export function isNamed(room, name, file) {
  const path = `${room.name}/${name}`;
  return file === path || file.replace(/\.(ts|tsx|mjs)$/, '') === path;
}
